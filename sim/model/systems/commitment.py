"""The U.S. commitment to the guarantee: posture, credibility, troops in Europe, and the law against withdrawal.

An election outcome is not a policy: which posture follows from which winner is an assumption with a key of its own.
Credibility C in [0, 1] closes a part of its distance to the level of the posture each month and takes shocks, of which
the Secretary-General may absorb a part of the negative ones:

    C' = C + speed (level - C) + (1 - absorbed) min(shock, 0) + max(shock, 0) + noise

Troops move to the posture's level over some months; a Congress of the other party restrains cuts. Sources: Eurasia
Group poll 2024 for the level under continuity, NDAA FY2024 s. 1250A for the law; effects of postures are swept.
"""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

from sim import facts
from sim.model.engine import (
    Block,
    Draw,
    Engine,
    Latest,
    Numbers,
    Parts,
    Process,
    State,
    System,
    Variable,
    assumption,
    by_month,
    data,
    month_number,
    monthly_chance,
    single,
    under,
    within,
)
from sim.model.systems.hostilities import DAY_ONE
from sim.model.systems.roster import CODES, Roster
from sim.model.systems.secretary_general import SecretaryGeneral
from sim.model.systems.us_politics import PARTY, UnitedStates
from sim.scenario import (
    Choice,
    Day,
    Distribution,
    Flag,
    Number,
    Parameter,
    Value,
    Weights,
    discrete,
    fixed,
    normal,
    uniform,
)

PHASE = "commitment"
POSTURES = ("continuity", "conditional", "retrenchment")
BY_WINNER = "by_winner"
FIRST_CHOICE = 2025  # the first presidency whose posture is a question; before it, continuity
CONTINUITY, CONDITIONAL, RETRENCHMENT = range(3)
_USA_ROW = CODES.index("USA")
_OCCUPIED = slice(CODES.index("GEO"), CODES.index("UKR") + 1)  # aspirants part of whose ground Russia holds: these two
FISCAL_2027 = date(2026, 10, 1)  # from here on the floor of the law for fiscal 2026 may lapse
CUTS = date(2025, 10, 29)  # a U.S. brigade in Romania is not replaced
YEAR_PAST = date(2026, 1, 20)  # the administration of 2025 has been in office for a year
REFERENCE = 0.54  # share of respondents in FRA, DEU, GBR who see the USA as a reliable guarantor, 2024
AFTER_2025 = date(2026, 1, 1)  # starts from here on have seen what the administration of 2025 did in its first year

_POSTURE_SOURCE = "assumption: no data to 2024 ties a winner to a posture"
_TROOPS_SOURCE = "scenario cuts of 0, 20 and 50 thousand"
_PRESSURE_SOURCE = "not identified; pressure works where abandonment is credible and threat is high (Blankenship)"


def _pressure(posture: str, default: Distribution, sweep: str) -> Parameter:
    return assumption(
        f"us.pressure.level_{posture}",
        "index 0 to 1",
        default,
        Number(0.0, 1.0),
        f"pressure that a posture of {posture} puts on allies to spend more; 1: protection is made conditional "
        "in public and a figure is named",
        _PRESSURE_SOURCE,
        depends_on=True,
        sweep=sweep,
        raises=("us_pressure", "europe_canada_share_pct_gdp"),
    )


PARAMETERS = by_month(
    assumption("us.commitment.posture", "label", BY_WINNER, Choice((BY_WINNER, *POSTURES)),
        "U.S. posture from the inauguration of 2025 on; 'by_winner' draws it given the president's party",
        _POSTURE_SOURCE, depends_on=True,
        sweep="through us.commitment.posture_if_democratic, us.commitment.posture_if_republican",
        moves=("us_commitment", "military_aid_allocated_beur:USA")),
    assumption("us.commitment.posture_in_office", "label", BY_WINNER, Choice((BY_WINNER, *POSTURES)),
        "posture of the president in office at the start, to the end of the term; 'by_winner': drawn as for a new one",
        "record of 2025-26: aid ended and no ally lost the guarantee; which of two postures that is stays open",
        depends_on=True, sweep="any", moves=("us_commitment",)),
    assumption("us.commitment.posture_if_democratic", "label",
        Weights((("continuity", 0.9), ("conditional", 0.1), ("retrenchment", 0.0))), Choice(POSTURES),
        "posture under a Democratic president",
        _POSTURE_SOURCE, depends_on=True, sweep="any", lowers=("us_commitment", "military_aid_allocated_beur:USA")),
    assumption("us.commitment.posture_if_republican", "label",
        Weights((("continuity", 0.25), ("conditional", 0.5), ("retrenchment", 0.25))), Choice(POSTURES),
        "posture under a Republican president",
        _POSTURE_SOURCE, depends_on=True, sweep="any", lowers=("us_commitment", "military_aid_allocated_beur:USA")),
    data("us.commitment.level_at_start", "index 0 to 1", None, Number(0.0, 1.0),
        "credibility of the guarantee at the start; not set: the level of continuity",
        "Institute for Global Affairs poll, June 2025: 71% in FRA, DEU, GBR see the USA as an unreliable guarantor",
        sweep="0.2 to 0.6", raises=("us_commitment",)),
    data("us.commitment.level_continuity", "index 0 to 1", normal(0.54, 0.05, low=0.0, high=1.0), Number(0.0, 1.0),
        "credibility of the guarantee that continuity settles at",
        "Eurasia Group poll 2024: 46% in FRA, DEU, GBR see the USA as an unreliable guarantor",
        raises=("us_commitment",)),
    assumption("us.commitment.level_conditional", "index 0 to 1", uniform(0.25, 0.50), Number(0.0, 1.0),
        "credibility that a conditional posture settles at",
        "direction from survey experiments (Barrett & Nilsen); level not identified", depends_on=True,
        sweep="0.15 to 0.54", raises=("us_commitment",)),
    assumption("us.commitment.level_retrenchment", "index 0 to 1", uniform(0.15, 0.35), Number(0.0, 1.0),
        "credibility that retrenchment settles at",
        "direction from survey experiments (Barrett & Nilsen); level not identified", depends_on=True,
        sweep="0.05 to 0.50", raises=("us_commitment",)),
    assumption("us.commitment.speed_per_month", "per month", uniform(0.1, 0.5), Number(0.0, 1.0),
        "part of the distance to its level that credibility closes in a month",
        "not identified", depends_on=True, sweep="0.02 to 0.8", moves=("us_commitment",)),
    assumption("us.commitment.noise", "sd, index points", fixed(0.01), Number(0.0, 0.2),
        "monthly noise in credibility",
        "polls repeat within 2 to 3 points a year (Pew 2017, IGA 2024)", raises=("spread of us_commitment",)),
    assumption("us.commitment.statements_per_year", "per year", uniform(0.0, 2.0), Number(0.0, 12.0),
        "statements or incidents a year that move credibility, in either direction alike",
        "not identified; presidential statements have effects that are hard to sign (Becker et al. 2024)",
        depends_on=True, sweep="0 to 6", raises=("spread of us_commitment",)),
    assumption("us.commitment.statement_size", "index points", uniform(0.01, 0.06), Number(0.0, 0.5),
        "by how much a statement or an incident moves credibility",
        "Pew 2017: little change after the first criticisms", depends_on=True,
        sweep="0.01 to 0.06", raises=("spread of us_commitment",)),
    assumption("us.commitment.shock", "index points", fixed(0.0), Number(-1.0, 1.0),
        "a shock to credibility in each month that an event holds this value",
        "scenario lever", sweep="-0.3 to 0.3", raises=("us_commitment",)),
    assumption("us.troops.start_thousand", "thousand", None, Number(0.0, 400.0),
        "U.S. troops in Europe at the start",
        "about 100 thousand in 2022-24, 60 to 80 thousand before (public statements, recalled)", at_start=True,
        raises=("us_troops_europe_thousand",)),
    assumption("us.troops.cut_conditional_thousand", "thousand", uniform(0.0, 20.0), Number(0.0, 200.0),
        "cut of U.S. troops in Europe under a conditional posture",
        _TROOPS_SOURCE, depends_on=True, sweep="0 to 50", lowers=("us_troops_europe_thousand",)),
    assumption("us.troops.cut_retrenchment_thousand", "thousand", uniform(20.0, 50.0), Number(0.0, 200.0),
        "cut of U.S. troops in Europe under retrenchment",
        _TROOPS_SOURCE, depends_on=True, sweep="0 to 100", lowers=("us_troops_europe_thousand",)),
    assumption("us.troops.congress_restraint", "share", uniform(0.0, 1.0), Number(0.0, 1.0),
        "share of a cut that a Congress with both chambers of the other party prevents",
        "Congress limited cuts by defence authorisation acts; size not identified", depends_on=True,
        sweep="0 to 1", raises=("us_troops_europe_thousand",)),
    assumption("us.troops.months", "months", uniform(12.0, 36.0), Number(1.0, 240.0),
        "time over which troops move to a new level",
        "assumption: basing and rotation cycles", raises=("us_troops_europe_thousand",)),
    assumption("us.withdrawal.probability_per_year", "per year", uniform(0.0, 0.01), Number(0.0, 1.0),
        "probability a year of leaving the treaty under retrenchment; the law asks for two thirds of the Senate or "
        "an Act of Congress",
        "NDAA FY2024 s. 1250A; at most 0.01 a year", depends_on=True, sweep="0 to 0.1",
        raises=("us_withdrawn",), lowers=("us_commitment",)),
    assumption("us.commitment.level", "index 0 to 1", None, Number(0.0, 1.0),
        "credibility that the guarantee moves to, whatever the posture says; not set: the posture's level",
        "scenario lever", sweep="0.2 to 0.54", raises=("us_commitment",)),
    assumption("us.commitment.shock_half_life_months", "months", None, Number(0.1, 240.0),
        "time in which a shock loses half of its effect; not set: it fades as fast as credibility moves",
        "scenario lever", sweep="3 to 36", lowers=("us_commitment",)),
    _pressure("continuity", fixed(0.1), "0 to 0.3"),
    _pressure("conditional", uniform(0.3, 0.9), "0.3 to 0.9"),
    _pressure("retrenchment", uniform(0.3, 1.0), "0.3 to 1"),
    assumption("us.pressure.level", "index 0 to 1", None, Number(0.0, 1.0),
        "pressure on allies to spend more, whatever the posture says; not set: the posture's level",
        "scenario lever", sweep="0 to 1", raises=("us_pressure", "europe_canada_share_pct_gdp")),
    assumption("us.troops.thousand", "thousand", None, Number(0.0, 400.0),
        "number of U.S. troops in Europe, whatever the posture says; not set: what follows from the posture",
        "scenario lever", sweep="40 to 100", raises=("us_troops_europe_thousand",)),
    assumption("us.troops.floor_thousand", "thousand", None, Number(0.0, 400.0),
        "number of U.S. troops in Europe below which the law does not allow a cut; not set: no such law",
        "NDAA FY2026 asks for 76 thousand; whether a law for fiscal 2027 does is open", sweep="0 to 76",
        raises=("us_troops_europe_thousand",)),
    assumption("us.withdrawal.law_binds", "yes or no", False, Flag(),
        "the law against withdrawal binds in full: the United States leaves only on a stated date or by an event",
        "scenario lever; NDAA FY2024 s. 1250A", lowers=("us_withdrawn",)),
    assumption("us.commitment.accession_shift", "index points", uniform(-0.1, 0.1), Number(-1.0, 1.0),
        "shift of the level of credibility when a country whose ground Russia holds joins: the guarantee covers more",
        "not identified, and its sign is open", depends_on=True, sweep="-0.1 to 0.1", raises=("us_commitment",)),
    assumption("us.withdrawal.date", "date", None, Day(),
        "day on which the United States leaves the treaty; not set: only by the yearly probability",
        "scenario lever", at_start=True, raises=("us_withdrawn",), lowers=("us_commitment",)),
)  # fmt: skip


class Commitment:
    """``credibility`` in [0, 1], ``posture`` (index into POSTURES), ``troops`` in thousand, ``withdrawn``."""

    def __init__(self, engine: Engine, politics: UnitedStates, secretary: SecretaryGeneral, roster: Roster) -> None:
        self._engine, self._politics, self._secretary, self._roster = engine, politics, secretary, roster
        settings = engine.settings
        usual = settings.number("us.commitment.level_continuity")
        self.credibility = engine.fill(settings.stated("us.commitment.level_at_start", usual))
        self.troops = engine.fill(settings.number("us.troops.start_thousand"))
        self._troops_before = self.troops.copy()
        self.posture: NDArray[np.int8] = np.zeros(engine.runs, np.int8)
        self.withdrawn = engine.no()
        self._free_before = ~roster.member[_OCCUPIED]
        self.pressure = engine.fill(settings.number("us.pressure.level_continuity"))
        # What shocks with a half-life of their own have left in credibility; None before there are any.
        self._from_shocks: Numbers | None = None
        self._leaves_on = settings.date("us.withdrawal.date")
        self._by_party: list[NDArray[np.int8]] = []
        self._chosen_from: tuple[NDArray[np.int8] | None, list[NDArray[np.int8]], int] = None, self._by_party, 0
        self._of_posture: dict[str, Latest[Numbers]] = {}  # by prefix of their keys
        self._troops_sought = Latest(
            settings,
            self._seek_troops,
            under("us.troops", "cut_retrenchment_thousand cut_conditional_thousand congress_restraint floor_thousand"),
        )

    def process(self) -> Process:
        """Draws a posture when a presidency begins and moves credibility and troops at each month's end."""
        clock = self._engine.clock
        for day in clock.month_ends:
            yield clock.at(day, PHASE)
            if day.year >= FIRST_CHOICE:
                self._choose(day)
            self._move(month_number(day))
            self._withdraw(day)

    def _choose(self, day: date) -> None:
        """The posture of the presidency in office; a presidency keeps the draw of its first January."""
        settings = self._engine.settings
        if (
            day.month == 1
            or not self._by_party
            or any(
                day.replace(day=1) <= other <= day for other in (*self._engine.event_days, *self._engine.condition_days)
            )
        ):
            began = day.year - (day.year - 1) % 4
            drawn = self._engine.streams.quantiles(f"posture:{began}")
            self._by_party = [settings.drawn_again(f"us.commitment.posture_if_{party}", drawn) for party in PARTY]
        before = self._chosen_from
        self._chosen_from = self._politics.president, self._by_party, settings.changes
        if before[0] is self._politics.president and before[1] is self._by_party and before[2] == settings.changes:
            return
        said = settings.choice("us.commitment.posture")
        given_winner = np.where(self._politics.president == 1, self._by_party[1], self._by_party[0])
        if day.year - (day.year - 1) % 4 < self._engine.start.year:
            in_office = settings.choice("us.commitment.posture_in_office")
            given_winner = np.where(in_office == 0, given_winner, in_office - 1)
        posture = np.where(said == 0, given_winner, said - 1).astype(np.int8)
        if not np.array_equal(posture, self.posture):
            self.posture = posture

    def of_posture(self, prefix: str, stated: str) -> Numbers:
        """The value that belongs to the posture of each run, or the one that the scenario states instead."""
        settings = self._engine.settings
        if prefix not in self._of_posture:
            keys = [f"{prefix}_{name}" for name in POSTURES]

            def rule(posture: NDArray[np.int8]) -> Numbers:
                return settings.stated(stated, of_each_posture(posture, *map(settings.number, keys)))

            self._of_posture[prefix] = Latest(settings, rule, [*keys, stated])
        return self._of_posture[prefix](self.posture)

    def _move(self, period: int) -> None:
        settings, streams = self._engine.settings, self._engine.streams
        self.pressure = self.of_posture("us.pressure.level", "us.pressure.level")
        chance, drawn = settings.number("us.commitment.statements_per_year") / 12, streams.uniform("commitment", period)
        sign = np.where(drawn < chance / 2, np.float32(-1), drawn < chance)
        shock = sign * settings.number("us.commitment.statement_size") + settings.number("us.commitment.shock")
        noise = settings.number("us.commitment.noise") * streams.normal("commitment", period, purpose=1)
        before, absorbed = self.credibility, self._secretary.absorbed()
        if settings.is_set("us.commitment.shock_half_life_months"):
            kept = 0.5 ** (1 / settings.number("us.commitment.shock_half_life_months"))
            own_life = ~np.isnan(kept)
            kept, shaken = np.where(own_life, kept, 0), np.where(own_life, shock, 0)
            left = self._engine.zeros() if self._from_shocks is None else self._from_shocks
            before = before - left
            self._from_shocks = single(kept * left + (1 - absorbed) * np.minimum(shaken, 0) + np.maximum(shaken, 0))
            shock = np.where(own_life, 0, shock)
        self.credibility = next_credibility(
            before,
            self._level(),
            settings.number("us.commitment.speed_per_month"),
            shock,
            absorbed,
            noise,
        )
        if self._from_shocks is not None:
            self.credibility = single(within(self.credibility + self._from_shocks, 0, 1))
        self._move_troops()

    def _level(self) -> Numbers:
        """The level that credibility moves to: the posture's, shifted by occupied countries that have joined."""
        level = self.of_posture("us.commitment.level", "us.commitment.level")
        joined = self._roster.member[_OCCUPIED] & self._free_before
        if not np.count_nonzero(joined):
            return level
        shift = self._engine.settings.number("us.commitment.accession_shift") * joined.sum(axis=0)
        return single(within(level + shift, 0, 1))

    def _move_troops(self) -> None:
        settings, politics = self._engine.settings, self._politics
        goal = self._troops_sought(self.posture, politics.president, politics.house, politics.senate)
        speed = settings.reckoned(part_moved, "us.troops.months")
        moved = self.troops + (goal * ~self.withdrawn - self.troops) * speed
        self.troops = single(settings.stated("us.troops.thousand", moved))

    def _seek_troops(self, posture: NDArray[np.int8], *_offices: NDArray[np.int8]) -> Numbers:
        """The number of troops that a posture moves to, as Congress lets it, thousand."""
        settings = self._engine.settings
        cut = np.where(
            posture == RETRENCHMENT,
            settings.number("us.troops.cut_retrenchment_thousand"),
            np.where(posture == CONDITIONAL, settings.number("us.troops.cut_conditional_thousand"), 0),
        )
        restrained = settings.number("us.troops.congress_restraint") * (self._politics.chambers_of_other_party() == 2)
        goal = np.maximum(self._troops_before - cut * (1 - restrained), 0)
        if settings.is_set("us.troops.floor_thousand"):
            goal = np.fmax(goal, np.minimum(settings.number("us.troops.floor_thousand"), self._troops_before))
        return single(goal)

    def _withdraw(self, day: date) -> None:
        """Leaves the treaty by the yearly chance, on the scenario's day, or where an event ends the membership."""
        settings, period = self._engine.settings, month_number(day)
        chance = settings.reckoned(monthly_chance, "us.withdrawal.probability_per_year")
        drawn = self._engine.streams.uniform("commitment", period, purpose=2)
        leaves = (drawn < chance) & (self.posture == RETRENCHMENT)
        if settings.anywhere("us.withdrawal.law_binds"):
            leaves &= ~settings.flag("us.withdrawal.law_binds")
        if self._leaves_on is not None and self._leaves_on <= day:
            leaves[:] = True
        if np.count_nonzero(leaves):
            self._roster.leave("USA", leaves)
        self.withdrawn = ~self._roster.member[_USA_ROW]
        if np.count_nonzero(self.withdrawn):
            self.credibility = single(np.where(self.withdrawn, 0, self.credibility))


def part_moved(months: Numbers) -> Numbers:
    """The part of their way to a new level that troops move in a month, when they move over so many months."""
    return np.minimum(3 / months, 1)


def of_each_posture(
    posture: NDArray[np.int8], continuity: Numbers, conditional: Numbers, retrenchment: Numbers
) -> Numbers:
    """The value that belongs to the posture of each run."""
    others = np.where(posture == CONDITIONAL, conditional, retrenchment)
    return single(np.where(posture == CONTINUITY, continuity, others))


def next_credibility(
    now: Numbers, level: Numbers, speed: Numbers, shock: Numbers, absorbed: Numbers, noise: Numbers
) -> Numbers:
    """Credibility a month later, in [0, 1]: C + rho (C* - C) + (1 - psi) min(shock, 0) + max(shock, 0) + e."""
    moved = now + speed * (level - now) + (1 - absorbed) * np.minimum(shock, 0) + np.maximum(shock, 0) + noise
    return single(within(moved, 0, 1))


def known_posture(start: date) -> dict[str, Value]:
    """U.S. troops in Europe on a day, the poll of 2025, and the posture in office once it had shown for a year.

    No count of troops after 2024 is in the facts: cuts were announced from October 2025 on, the law forbids fewer than
    76 thousand.
    """
    values: dict[str, Value] = {
        "us.troops.start_thousand": normal(100.0, 5.0) if start >= DAY_ONE else uniform(60.0, 80.0)
    }
    if start >= CUTS:
        values["us.troops.start_thousand"] = uniform(76.0, 95.0)
    floors = [law.value / 1000 for law in facts.events(start, "law") if law.unit == "troops" and law.value]
    if floors:
        lasting = fixed(floors[-1]) if start < FISCAL_2027 else discrete({0.0: 0.5, floors[-1]: 0.5})
        values["us.troops.floor_thousand"] = lasting
    share = facts.reliable_guarantor_share(start)
    if share is not None and share < REFERENCE:
        values["us.commitment.level_at_start"] = normal(share, 0.05, low=0.0, high=1.0)
        values["us.commitment.level_conditional"] = uniform(share - 0.05, share + 0.05)
        values["us.commitment.level_retrenchment"] = uniform(0.15, share)
    if start >= YEAR_PAST:
        values["us.commitment.posture_in_office"] = Weights((("conditional", 0.7), ("retrenchment", 0.3)))
    if start >= AFTER_2025:
        values["us.pressure.level_conditional"] = uniform(0.5, 1.0)
        values["us.pressure.level_retrenchment"] = uniform(0.4, 1.0)
    return values


def by_posture(block: Block, _: str) -> Parts:
    """The change of credibility, told apart by the posture on the day."""
    values, posture = block.of("us_commitment"), block.record["us_posture"][-1]
    moved = values[-1] - values[0]
    parts = {f"runs under {name}": moved * (posture == index) for index, name in enumerate(POSTURES)}
    how = "change in the runs at each posture on the day, weighed by their share"
    return Parts(values[0], values[-1], parts, how)


SYSTEM = System(
    name="commitment",
    title="U.S. commitment",
    build=Commitment,
    reads=("us_politics", "secretary_general", "roster"),
    phase=PHASE,
    stream=5,
    parameters=PARAMETERS,
    draws=tuple(
        Draw(name=f"posture of {year}", options=POSTURES, variable="us_posture", day=date(year, 1, 20))
        for year in range(FIRST_CHOICE, 2101, 4)
    ),
    variables=(
        Variable(
            "us_commitment", "U.S. commitment to the guarantee", "index 0 to 1", "month", headline=True,
            read="credibility", states=("credibility",), parts=by_posture,
        ),
        Variable("us_posture", "U.S. posture", "label", "month", labels=POSTURES, read="posture", states=("posture",)),
        Variable(
            "us_pressure", "U.S. pressure on allies to spend more", "index 0 to 1", "month",
            read="pressure", states=("pressure",),
        ),
        Variable(
            "us_troops_europe_thousand", "U.S. troops in Europe", "thousand", "month", read="troops", states=("troops",)
        ),
        Variable(
            "us_withdrawn", "United States has left the treaty", "0/1", "month", flag=True,
            read="withdrawn", states=("withdrawal",),
        ),
    ),
    states={
        "posture": State(about="the U.S. posture",
            keys=under("us.commitment", "posture posture_in_office posture_if_democratic posture_if_republican"),
            reads=("president",),
        ),
        "pressure": State(about="U.S. pressure, under which targets are adopted and laggards jump",
            keys=(
                "us.pressure.level_continuity",
                "us.pressure.level_conditional",
                "us.pressure.level_retrenchment",
                "us.pressure.level",
            ),
            reads=("posture",),
        ),
        "withdrawal": State(about="U.S. withdrawal from the treaty",
            keys=(*under("us.withdrawal", "probability_per_year law_binds date"), "alliance.*.member"),
            reads=("posture",),
        ),
        "credibility": State(about="the credibility of the U.S. guarantee",
            keys=(
                "us.commitment.level_at_start",
                "us.commitment.level_continuity",
                "us.commitment.level_conditional",
                "us.commitment.level_retrenchment",
                "us.commitment.speed_per_month",
                "us.commitment.noise",
                "us.commitment.statements_per_year",
                "us.commitment.statement_size",
                "us.commitment.shock",
                "us.commitment.shock_half_life_months",
                "us.commitment.level",
                "us.commitment.accession_shift",
            ),
            reads=("posture", "withdrawal", "voice", "roster"),
        ),
        "troops": State(about="U.S. troops in Europe",
            keys=(
                "us.troops.start_thousand",
                "us.troops.cut_conditional_thousand",
                "us.troops.cut_retrenchment_thousand",
                "us.troops.congress_restraint",
                "us.troops.months",
                "us.troops.thousand",
                "us.troops.floor_thousand",
            ),
            reads=("posture", "withdrawal", "house", "senate"),
            tables=("events",),
        ),
    },
    at_start=known_posture,
)  # fmt: skip
