"""U.S. supplemental laws, the money of U.S. aid to Ukraine.

A request is before Congress while the military authority that is left is low. It becomes law in a month with
probability 1 - exp(-rate * factor of the posture / 12); the rate depends on which party holds the presidency and the
House. The size of a law is log-normal. Source: five laws 2022-24 (CSIS, CRS); a Republican president and House have no
data and are swept.
"""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

from sim import facts
from sim.model.engine import (
    Engine,
    Flags,
    Latest,
    Numbers,
    State,
    System,
    Variable,
    assumption,
    by_month,
    data,
    estimated,
    month_number,
    single,
    under,
)
from sim.model.systems.commitment import POSTURES, Commitment, of_each_posture
from sim.model.systems.us_politics import UnitedStates
from sim.scenario import Column, Day, Number, Row, Rows, Table, Text, Value, discrete, fixed, gamma, normal, uniform

LARGEST_LAW = 500.0  # USD bn; all U.S. defence spending of a year is below 1,000
ENOUGH = 0.5  # years under one control of Congress from which on they are counted
_LAWS = "five supplemental laws 2022-24 (CSIS, CRS); Jeffreys posterior"

PARAMETERS = by_month(
    estimated("us.aid.laws_democratic_house_per_year", "per year", gamma(4.5, 0.83), Number(0.0, 60.0),
        "rate at which an open request becomes law under a Democratic president and House",
        _LAWS + ": 4 in 0.83 years", raises=("military_aid_allocated_beur:USA",)),
    estimated("us.aid.laws_split_per_year", "per year", gamma(1.5, 2.0), Number(0.0, 60.0),
        "rate at which an open request becomes law when President and House are of different parties",
        _LAWS + ": 1 in 2.0 years, Democratic president and Republican House; the mirror case has no data",
        raises=("military_aid_allocated_beur:USA",)),
    assumption("us.aid.laws_republican_per_year", "per year", discrete({0.0: 1 / 3, 0.25: 1 / 3, 0.75: 1 / 3}),
        Number(0.0, 60.0),
        "rate at which an open request becomes law under a Republican president and House",
        "no data to 2024", depends_on=True, sweep="0, 0.25, 0.75", raises=("military_aid_allocated_beur:USA",)),
    assumption("us.aid.posture_factor_continuity", "factor", fixed(1.0), Number(0.0, 5.0),
        "factor on the rates at which requests become U.S. laws under continuity",
        "reference", raises=("military_aid_allocated_beur:USA",)),
    assumption("us.aid.posture_factor_conditional", "factor", uniform(0.5, 1.0), Number(0.0, 5.0),
        "factor on the rates at which requests become U.S. laws under a conditional posture",
        "no data to 2024", depends_on=True, sweep="0 to 1.5", raises=("military_aid_allocated_beur:USA",)),
    assumption("us.aid.posture_factor_retrenchment", "factor", uniform(0.0, 0.5), Number(0.0, 5.0),
        "factor on the rates at which requests become U.S. laws under retrenchment",
        "no data to 2024", depends_on=True, sweep="0 to 1", raises=("military_aid_allocated_beur:USA",)),
    assumption("us.aid.law_median_busd", "USD bn, current prices", fixed(20.0), Number(0.0, 500.0),
        "military part of a supplemental law, median",
        "military parts of the five laws: 4.2, 19.1, 4.5, 21.0, 28.8", sweep="10 to 30",
        raises=("military_aid_allocated_beur:USA",)),
    assumption("us.aid.law_sd_log", "sd of the logarithm", fixed(0.6), Number(0.0, 3.0),
        "spread of the size of a supplemental law",
        "totals of the five laws ran from 12 to 61", raises=("spread of military_aid_allocated_beur:USA",)),
    data("us.aid.other_to_military", "ratio", fixed(0.6), Number(0.0, 5.0),
        "financial and humanitarian aid in a law, relative to its military part",
        "five laws: 47 of economic and humanitarian to 77 of military-related USD bn",
        raises=("aid_committed_beur:USA",)),
    assumption("us.aid.request_below_beur", "EUR bn, current prices", uniform(3.0, 8.0), Number(0.0, 500.0),
        "military authority below which a new request is open before Congress",
        "assumption; 8.8 was left at the end of August 2024 (Kiel release 20), USD 3.8 bn at the year's end",
        raises=("military_aid_allocated_beur:USA",)),
    assumption("us.aid.law_busd", "USD bn, current prices", None, Number(0.0, 500.0),
        "military part of a law that passes at the end of the month in which an event or a dated value first says it; "
        "a new value is a new law; its other part is us.aid.other_to_military times that, and both count times "
        "us.aid.commitment_factor; for a law that an event or a condition brings, while a law whose day and sums are "
        "known is a row of us.aid.laws; not set: laws come by their rate only",
        "scenario lever", raises=("military_aid_allocated_beur:USA",), sweep="0 to 60"),
    data("us.aid.eur_per_usd", "EUR per USD", normal(0.92, 0.04, low=0.5), Number(0.1, 5.0),
        "exchange rate for new U.S. laws",
        "Kiel release 29 books 20 USD bn of October 2024 as 18.34 EUR bn", raises=("military_aid_allocated_beur:USA",)),
)  # fmt: skip


LAWS = assumption(
    "us.aid.laws", "rows", Table(), Rows((
        Column("name", Text(), "name by which a child file can replace the row", optional=True),
        Column("date", Day(), "day on which it becomes law"),
        Column("military_busd", Number(0.0, LARGEST_LAW), "military authority", "USD bn, current prices"),
        Column("other_busd", Number(0.0, LARGEST_LAW), "financial and humanitarian aid", "USD bn, current prices",
               default=0.0),
        Column("probability", Number(0.0, 1.0), "share of runs in which it becomes law", default=1.0),
    )),
    "laws of given sums, military and other, each on a given day and with a probability, beside those that requests "
    "lead to; us.aid.commitment_factor and aid.reconstruction_factor leave their sums as they are; for laws whose days "
    "are known, while one that an event or a condition brings is us.aid.law_busd",
    "scenario lever", at_start=True,
)  # fmt: skip


RATE_KEYS = under("us.aid", "laws_democratic_house_per_year laws_split_per_year laws_republican_per_year")
POSTURE_KEYS = tuple(f"us.aid.posture_factor_{name}" for name in POSTURES)


_NOT_STATED = np.full(1, np.nan, np.float32)


class Supplementals:
    """Requests before Congress; the authority left is in the aid pipeline.

    ``passed`` counts the laws since the first day, ``money`` adds up what they grant, EUR bn, military and other;
    each ``(runs,)``.
    """

    def __init__(self, engine: Engine, politics: UnitedStates, commitment: Commitment) -> None:
        self._engine, self._politics, self._commitment = engine, politics, commitment
        self._stated = _NOT_STATED  # the law that the scenario stated last month, if any
        self.passed = engine.zeros()
        self.money = engine.zeros()
        self._none = engine.zeros()
        self._laws: dict[int, list[tuple[int, Row]]] = {}  # those that the scenario dates, with their numbers, by month
        for law in enumerate(engine.settings.rows(LAWS.key)):
            self._laws.setdefault(month_number(law[1].day("date")), []).append(law)
        self._chance = Latest(engine.settings, self._chance_of, (*RATE_KEYS, *POSTURE_KEYS))

    def new_authority(
        self, left: Numbers, open_war: Flags, period: int, factor: Numbers, on_other: Numbers | None, counts: bool
    ) -> tuple[Numbers, Numbers]:
        """Military and other aid (EUR bn) that Congress grants this month, each ``(runs,)``.

        ``left`` is the military authority not allocated yet; ``open_war`` the runs in which requests are made at all;
        ``period`` the number of the month; ``factor`` what a law is worth of its size, its other money
        ``on_other`` times as much; ``counts`` is False in months before the first day, which are caught up.
        """
        engine, politics, commitment = self._engine, self._politics, self._commitment
        number = engine.settings.number
        passes = (left < number("us.aid.request_below_beur")) & open_war
        passes &= ~commitment.withdrawn
        if np.count_nonzero(passes):
            chance = self._chance(politics.president, politics.house, commitment.posture)
            passes &= engine.streams.uniform("supplementals", period) < chance
        stated, fresh = self._stated_law()
        if fresh is not None:
            passes |= fresh
        military = other = self._none
        if np.count_nonzero(passes):
            luck = engine.streams.normal("supplementals", period, purpose=1)
            dollars = number("us.aid.law_median_busd") * np.exp(number("us.aid.law_sd_log") * luck)
            dollars = np.minimum(dollars, LARGEST_LAW)
            if fresh is not None:
                dollars = np.where(fresh, stated, dollars)
            military = single(np.where(passes, dollars * number("us.aid.eur_per_usd"), 0) * factor)
            other = single(military * number("us.aid.other_to_military"))
            if on_other is not None:
                other = other * on_other
        of_rows = self._laws_on(period) if counts else None
        if of_rows is not None:
            rate = number("us.aid.eur_per_usd")
            rows, rows_other, passed = of_rows
            military, other = single(military + rows * rate), single(other + rows_other * rate)
            self.passed = self.passed + passed
        if counts and military is not self._none:
            self.passed = self.passed + passes
            self.money = single(self.money + military + other)
        return military, other

    def _chance_of(self, president: NDArray[np.int8], house: NDArray[np.int8], posture: NDArray[np.int8]) -> Numbers:
        """The probability that a request becomes law in a month."""
        number = self._engine.settings.number
        rate = law_rate(president, house, *map(number, RATE_KEYS))
        willing = of_each_posture(posture, *map(number, POSTURE_KEYS))
        return 1 - np.exp(-rate * willing / 12)

    def _laws_on(self, period: int) -> tuple[Numbers, Numbers, Numbers] | None:
        """Military and other sums of the laws that the scenario dates in a month, USD bn, and how many pass.

        None in a month without any.
        """
        laws = self._laws.get(period)
        if laws is None:
            return None
        military, other, passed = (self._engine.zeros() for _ in range(3))
        for number, row in laws:
            day = row.day("date")
            drawn = self._engine.streams.quantiles(f"{LAWS.key}:{row.get('name') or f'{day} {number}'}")
            passes = drawn < row.number("probability")
            military += passes * np.float32(row.number("military_busd"))
            other += passes * np.float32(row.number("other_busd"))
            passed += passes
        return military, other, passed

    def _stated_law(self) -> tuple[Numbers, Flags | None]:
        """The military sum of a law that the scenario states, USD bn, and where it passes: once, when it is new."""
        settings = self._engine.settings
        if not settings.is_set("us.aid.law_busd"):
            self._stated = _NOT_STATED
            return _NOT_STATED, None
        stated = settings.number("us.aid.law_busd")
        fresh = ~np.isnan(stated) & (stated != self._stated)
        self._stated = stated
        return np.nan_to_num(stated), np.asarray(fresh, np.bool_)


def law_rate(
    president: np.ndarray, house: np.ndarray, democratic: Numbers, split: Numbers, republican: Numbers
) -> Numbers:
    """Laws a year by the parties (0 Democratic, 1 Republican) of president and House."""
    same = np.where(house == 1, republican, democratic)
    return single(np.where(president == house, same, split))


def known_laws(start: date) -> dict[str, Value]:
    """Laws under a Republican president and House once there have been such months: none, a Jeffreys posterior."""
    held = facts.us_composition(start)[-1]
    if not (held.republican_president and held.republican_house):
        return {}
    years = (min(start, facts.FACTS_END) - held.since).days / 365.25
    return {"us.aid.laws_republican_per_year": gamma(0.5, years)} if years >= ENOUGH else {}


SYSTEM = System(
    name="supplementals",
    title="U.S. supplementals",
    build=Supplementals,
    reads=("us_politics", "commitment"),
    stream=10,
    parameters=(*PARAMETERS, LAWS),
    variables=(
        Variable(
            "us_laws_for_ukraine", "U.S. laws with money for Ukraine since the start", "laws", "month",
            cumulative=True, read="passed", states=("laws",),
        ),
        Variable(
            "us_law_money_beur", "Money for Ukraine in U.S. laws since the start, cumulative", "EUR bn", "month",
            price_basis="current euro, Kiel definition", cumulative=True, read="money", states=("law money",),
        ),
    ),
    states={
        "law money": State(about="the money in U.S. laws", keys=("us.aid.other_to_military",), reads=("laws",)),
        "laws": State(about="U.S. laws and the authority that they leave",
            keys=(
                *(parameter.key for parameter in PARAMETERS if parameter.key != "us.aid.other_to_military"),
                LAWS.key,
                *under("us.aid", "commitment_factor allocation_factor executive_pace executive_pace_continuity"),
                *under("us.aid", "executive_pace_conditional executive_pace_retrenchment"),
                *under("aid", "allocation_usa after_ceasefire_factor tiring_pct_per_month *.stop"),
                *under("aid", "*.level_beur_per_year *.level_pct_gdp"),
                *under("aid", "*.military_level_beur_per_year *.military_level_pct_gdp"),
            ),
            reads=("president", "house", "posture", "withdrawal", "onset", "ceasefire"),
            tables=("aid_by_donor", "aid_monthly"),
        ),
    },
    at_start=known_laws,
)  # fmt: skip
