"""New aid to Ukraine: what every donor promises each month, and Europe's partial replacement of U.S. aid.

A donor's yearly level a moves around its own mean, a' = mean + persistence (a - mean) + sd * mean * e, and reaches
Ukraine as monthly promises, military ones as packages that come with a probability. In the months of its packages a
state allocates out of what it has promised, in the others nothing. U.S. aid is what Congress grants.
Where U.S. aid falls short of what it was, Europe makes up a share that grows from the first half-year to the second
year. What becomes of a promise is in ``pipeline``, where it all begins in ``start``. Source: Kiel Ukraine Support
Tracker.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from sim import facts
from sim.model.engine import (
    Engine,
    Flags,
    Latest,
    Numbers,
    Process,
    month_end,
    month_number,
    ndtri,
    single,
    within,
)
from sim.model.systems.aid.packages import Packages
from sim.model.systems.aid.parameters import DONORS, PLACES
from sim.model.systems.aid.pipeline import MILITARY, OTHER, Delays, Handling, Pipeline
from sim.model.systems.aid.start import Beginning, beginning
from sim.model.systems.aid.stated import Stated
from sim.model.systems.commitment import Commitment
from sim.model.systems.elections import Elections
from sim.model.systems.hostilities import Hostilities
from sim.model.systems.supplementals import Supplementals

PHASE = "aid"
GROUPS = ("EUR", "OTHER", "ALL")
_GROUP = np.array([donor.group for donor in facts.donors()])
EUROPE = np.flatnonzero(_GROUP == "EUR")
REST = np.flatnonzero(_GROUP == "OTHER")
GIVERS = {  # what each group of GROUPS is the sum of
    "EUR": tuple(DONORS[row] for row in EUROPE),
    "OTHER": tuple(DONORS[row] for row in REST),
    "ALL": ("USA", "EUR", "OTHER"),
}
GROUP = np.array([("USA", "EUR", "OTHER").index(group) for group in _GROUP])
USA, EU = DONORS.index("USA"), DONORS.index("EUI")
_STATES = np.array([[donor.kind == "country" and donor.code != "USA"] for donor in facts.donors()])
DELAY_KEYS = ("aid.stock_median_days", "aid.stock_sd_log", "aid.procurement_months", "aid.other_months")
HANDLING_KEYS = (
    *DELAY_KEYS,
    "aid.allocation_usa",
    "aid.allocation_states",
    "aid.allocation_eu",
    "us.aid.allocation_factor",
    "us.aid.delivery_factor",
    "europe.aid.delivery_factor",
)
FACTOR_KEYS = frozenset(
    f"aid.{whose}{name}"
    for name in ("military_factor", "other_factor", "commitment_factor")
    for whose in ("", *(f"{code}." for code in DONORS))
)
# EUR bn that one donor can promise of one kind in a month, whatever a scenario sets: what it produces in a year.
MOST_A_MONTH = np.array([[donor.gdp_beur_2021 or 10_000.0] for donor in facts.donors()], np.float32)
MONTHS_OF_ALARM = 6  # months after a collapse of the Ukrainian front in which European aid answers it
SMOOTH = 6  # months over which the flow of deliveries is read
QUARTER = 3  # months over which a fall in U.S. aid is read


class Aid:
    """All donors. ``pipeline`` holds the stocks; ``deliveries`` is the six-month mean of military deliveries."""

    def __init__(
        self,
        engine: Engine,
        elections: Elections,
        commitment: Commitment,
        supplementals: Supplementals,
        hostilities: Hostilities,
    ) -> None:
        self._engine, self._elections, self._commitment = engine, elections, commitment
        self._supplementals, self._hostilities = supplementals, hostilities
        self.pipeline = Pipeline(len(DONORS), engine.runs)
        self._places = [PLACES[code] for code in DONORS]
        governed = [(DONORS.index(code), row) for row, code in enumerate(elections.codes) if code in DONORS]
        self._governed = tuple(np.array(rows) for rows in zip(*governed, strict=True))
        settings = engine.settings
        self._handling = Latest(settings, self._handle, HANDLING_KEYS)
        self._factors = Latest(settings, self._factors_of_kinds, FACTOR_KEYS)
        self._doubts = Latest(settings, self._doubts_of, ["aid.sceptic_effect"])
        self._paced_from: Numbers | None = None  # parts of the backlog that are cleared, before and after the pace
        self._paced = np.zeros((0, 0), np.float32)
        self._unfatigued = single([1.0])  # what fatigue has left of European aid so far
        self._untired = single([1.0])  # and of all aid
        self._changes = 0
        number = engine.settings.number
        known = beginning(
            engine.start,
            number("aid.generosity_at_1000km_pct_gdp"),
            number("aid.distance_slope"),
            self._central_delays(),
            engine.settings.central("aid.stock_share"),
        )
        self._known: Beginning = known
        self._mean = engine.fill(known.yearly)
        self.generosity = first_generosity(
            self._mean,
            number("aid.generosity_persistence"),
            number("aid.generosity_sd"),
            engine.streams.normals("aid", 0, self._places, purpose=2),
        )
        self._load(known)
        self._share_of_europe = np.zeros((len(DONORS), 1), np.float32)  # of a replacement; 0 outside Europe
        self._share_of_europe[EUROPE, 0] = known.europe_weight
        self._us_sum, self._us_months = engine.zeros(), 0
        self._us_before = engine.fill(np.full(1, known.us_monthly_military or 0, np.float32))
        self._us_recent = [self._us_before] * QUARTER
        self._months_short = engine.zeros()
        self.replacement = engine.zeros()
        self.us_arms = engine.zeros()  # U.S. arms that Europe has bought for Ukraine since the start, EUR bn
        self._stated = Stated(engine.settings, self._mean)
        self._packages = Packages(engine.settings)
        self._recent: list[Numbers] = []
        self.deliveries = engine.zeros()

    def process(self) -> Process:
        """Catches up on months that were not published at the start, then runs a month at each month's end."""
        clock = self._engine.clock
        for day in _missing(self._known.until, clock.start):
            self._month(day)
        for day in clock.month_ends:
            yield clock.at(day, PHASE)
            self._month(day)

    @property
    def committed(self) -> tuple[Numbers, Numbers]:
        """Aid committed so far, EUR bn: donors, ``(donors, runs)``, and groups EUR, OTHER and ALL, ``(3, runs)``."""
        return _with_groups(self.pipeline.committed)

    @property
    def allocated(self) -> tuple[Numbers, Numbers]:
        """Aid allocated so far, likewise."""
        return _with_groups(self.pipeline.allocated)

    @property
    def delivered(self) -> tuple[Numbers, Numbers]:
        """Aid delivered so far, likewise."""
        return _with_groups(self.pipeline.delivered)

    @property
    def allocated_military(self) -> tuple[Numbers, Numbers]:
        """Military aid allocated so far, likewise."""
        return _with_groups(self.pipeline.allocated_military)

    @property
    def allocated_other(self) -> tuple[Numbers, Numbers]:
        """Financial and humanitarian aid allocated so far, likewise."""
        return _with_groups(self.pipeline.allocated - self.pipeline.allocated_military)

    def _load(self, known: Beginning) -> None:
        pipe = self.pipeline
        pipe.backlog += known.backlog[..., None]
        if self._engine.settings.is_set("aid.eu_backlog_military_share"):
            military = self._engine.settings.number("aid.eu_backlog_military_share")
            pipe.backlog[:, EU] = np.stack(np.broadcast_arrays(military, 1 - military)) * pipe.backlog[:, EU].sum(
                axis=0
            )
        pipe.on_the_way += known.on_the_way[..., None]
        pipe.allocated_military += known.allocated[MILITARY][:, None]
        pipe.allocated += known.allocated.sum(axis=0)[:, None]
        pipe.committed += (known.allocated + known.backlog).sum(axis=0)[:, None]
        pipe.delivered += (known.allocated.sum(axis=0) - known.on_the_way.sum(axis=0))[:, None]

    def _month(self, day: date) -> None:
        number = self._engine.settings.number
        if day.month == 1:
            self._new_year(day.year)
        drawn = self._engine.streams.uniforms("aid", month_number(day), self._places)
        chance = self._engine.settings.numbers("aid.*.package_probability", DONORS)
        handling, new = self._handling(), self._new(day, drawn, chance)
        direct = np.empty_like(new)
        np.multiply(self._replace() + self._buy_us_arms(day), self._share_of_europe, out=direct[MILITARY])
        direct[OTHER] = 0
        cleared = in_packages(self._cleared_now(handling.cleared), drawn, chance)
        cleared = self._stated.apply(new, direct, cleared)
        self.us_arms = self.us_arms + np.float32(self._packages.give(day, direct, self.pipeline))
        self.pipeline.month(new, direct, cleared, number("aid.stock_share"), handling.delays, handling.arriving)
        self._recent = [*self._recent[-(SMOOTH - 1) :], self.pipeline.delivered_military_now]
        self.deliveries = _mean(self._recent)
        self._follow_usa(self.pipeline.allocated_military_now[USA].copy())

    def _buy_us_arms(self, day: date) -> Numbers:
        """U.S. arms that Europe buys this month, EUR bn, ``(runs,)`` or ``(1,)``."""
        bought = single(self._engine.settings.number("aid.us_arms_beur_per_month") * self._hostilities.full_scale)
        if day >= self._engine.start:
            self.us_arms = self.us_arms + bought
        return bought

    def _cleared_now(self, cleared: Numbers) -> Numbers:
        """The parts of the backlog allocated this month: at the pace of the U.S. executive, the EU unless blocked."""
        pace = self._commitment.of_posture("us.aid.executive_pace", "us.aid.executive_pace")
        free = self._unblocked()
        if bool((pace == 1).all()) and bool((free == 1).all()):
            return cleared
        if self._paced_from is not cleared:
            self._paced_from, self._paced = cleared, cleared.copy()
        np.multiply(cleared[USA], pace, out=self._paced[USA])
        np.multiply(cleared[EU], free, out=self._paced[EU])
        return self._paced

    def _unblocked(self) -> Numbers:
        """The part of the money of the EU institutions that no member holds up, ``(1,)`` or ``(runs,)``."""
        return single(1 - self._engine.settings.number("aid.eu_blocked_share"))

    def _central_delays(self) -> Delays:
        return Delays.of(*(self._engine.settings.central(key) for key in DELAY_KEYS))

    def _follow_usa(self, given: Numbers) -> None:
        """Keeps the last quarter of U.S. military aid; without history its own first two years are the reference."""
        self._us_recent = [*self._us_recent[1:], given]
        unknown = self._known.us_monthly_military is None
        if unknown and self._us_months < 24 and bool(self._hostilities.full_scale.any()):
            self._us_sum, self._us_months = self._us_sum + given, self._us_months + 1
            self._us_before = single(self._us_sum / self._us_months)

    def _new_year(self, year: int) -> None:
        """Each donor's aid for the year: a = mu + phi (a - mu) + sd mu e, not below 0."""
        number = self._engine.settings.number
        luck = self._engine.streams.normals("aid", year, self._places, purpose=1)
        self.generosity = next_generosity(
            self.generosity, self._mean, number("aid.generosity_persistence"), number("aid.generosity_sd"), luck
        )

    def _new(self, day: date, drawn: Numbers, chance: Numbers) -> Numbers:
        """New commitments by kind and donor, EUR bn, (2, donors, runs)."""
        period = month_number(day)
        willing = self._willing(day)
        spread = self._engine.settings.number("aid.package_sd_log")
        new = np.multiply(self.generosity, willing, dtype=np.float32)
        new[MILITARY] *= package(drawn, chance, spread)
        if self._hostilities.months_since_collapse.min() < MONTHS_OF_ALARM:
            alarmed = self._hostilities.months_since_collapse < MONTHS_OF_ALARM
            new[MILITARY, EUROPE] *= np.where(alarmed, np.exp(self._engine.settings.number("aid.collapse_response")), 1)
        new[:, USA] = self._from_congress(day, period)
        new[:, EU] *= self._unblocked()
        for kind, factor in enumerate(self._factors()):
            if kind == OTHER and (rebuilding := self._rebuilding()) is not None:
                factor = rebuilding if factor is None else factor * rebuilding
            if factor is not None:
                new[kind] *= factor
        np.minimum(new, MOST_A_MONTH, out=new)
        return new

    def _factors_of_kinds(self) -> list[Numbers | None]:
        """The scenario's factors on aid of each kind, ``(donors, 1 or runs)``; None where all are 1."""
        settings, factors = self._engine.settings, list[Numbers | None]()
        for name in ("military_factor", "other_factor"):
            own = settings.numbers(f"aid.*.{name}", DONORS)
            factor = own * settings.numbers("aid.*.commitment_factor", DONORS) * settings.number(f"aid.{name}")
            factors.append(factor if (factor != 1).any() else None)
        return factors

    def _rebuilding(self) -> Numbers | None:
        """Factor on other aid under a ceasefire: the stated one in place of that on all aid; None without either."""
        settings, ceasefire = self._engine.settings, self._hostilities.ceasefire
        if not settings.is_set("aid.reconstruction_factor") or not ceasefire.any():
            return None
        usual = settings.number("aid.after_ceasefire_factor")
        stated = settings.stated("aid.reconstruction_factor", usual) / np.maximum(usual, 1e-6)
        return single(np.where(ceasefire, stated, 1))

    def _willing(self, day: date) -> Numbers:
        """What part of a year's usual aid each donor is ready to promise this month, ``(donors, runs)``."""
        number = self._engine.settings.number
        factor = np.where(
            self._hostilities.fighting,
            1,
            np.where(self._hostilities.full_scale, number("aid.after_ceasefire_factor"), 0),
        )
        if day >= self._engine.start:
            kept = self._engine.settings.reckoned(kept_a_month, "europe.aid.fatigue_pct_per_year")
            self._unfatigued = single(self._unfatigued * kept)
            self._untired = single(self._untired * (1 - number("aid.tiring_pct_per_month") / 100))
        europe = self._unfatigued * number("europe.aid.commitment_factor")
        factor = single(factor * self._untired / 12)
        by_group = np.stack([factor, factor * europe, factor * number("other.aid.commitment_factor")])
        willing = by_group.take(GROUP, axis=0)
        willing *= self._doubts(self._elections.sceptic)
        return willing

    def _doubts_of(self, sceptic: Flags) -> Numbers:
        """Factor on aid of donors, ``(donors, runs)``: below 1 where their governments are ``sceptic``."""
        donors, governments = self._governed
        less = np.exp(-self._engine.settings.number("aid.sceptic_effect"))
        doubts = np.ones((len(DONORS), self._engine.runs), np.float32)
        doubts[donors] = np.where(sceptic[governments], less, np.float32(1))
        return doubts

    def _from_congress(self, day: date, period: int) -> Numbers:
        number, war = self._engine.settings.number, self._hostilities
        calm = np.where(war.ceasefire, number("aid.after_ceasefire_factor"), np.float32(1))
        factor = single(number("us.aid.commitment_factor") * calm * self._untired)
        left, counts = self.pipeline.backlog[MILITARY, USA], day >= self._engine.start
        return np.stack(self._supplementals.new_authority(left, war.full_scale, period, factor, counts))

    def _handle(self) -> Handling:
        """How donors handle what they have promised."""
        delays = Delays.of(*map(self._engine.settings.number, DELAY_KEYS))
        return Handling(self._cleared(), delays, self._arriving())

    def _cleared(self) -> Numbers:
        number, donors = self._engine.settings.number, facts.donors()
        eu = np.array([donor.kind == "institution" for donor in donors])[:, None]
        states = within(number("aid.allocation_states") * self._known.pace, 0, 1)
        cleared = np.array(np.where(eu, number("aid.allocation_eu"), states), np.float32)
        cleared = np.array(np.broadcast_to(cleared, (len(donors), self._engine.runs)), np.float32)
        cleared[USA] = within(number("aid.allocation_usa") * number("us.aid.allocation_factor"), 0, 1)
        return cleared

    def _arriving(self) -> Numbers:
        number = self._engine.settings.number
        factors = np.broadcast_arrays(
            number("us.aid.delivery_factor"), number("europe.aid.delivery_factor"), np.float32(1)
        )
        return np.ones((1, 1), np.float32) if all((part == 1).all() for part in factors) else np.stack(factors)[GROUP]

    def _replace(self) -> Numbers:
        """European military aid in place of missing U.S. aid this month, EUR bn, ``(runs,)``."""
        number = self._engine.settings.number
        recent = _mean(self._us_recent)
        missing = np.maximum(0, self._us_before - recent) * self._hostilities.fighting
        self._months_short = single(np.where(missing > 0.25 * self._us_before, self._months_short + 1, 0))
        share = replacement_share(
            self._months_short,
            number("europe.aid.replacement_first_half_year"),
            number("europe.aid.replacement_long_run"),
            number("europe.aid.replacement_tiring_per_year"),
        )
        goal = share * missing
        self.replacement += number("europe.aid.replacement_speed") * (goal - self.replacement)
        return self.replacement * number("europe.aid.commitment_factor") * self._untired


def first_generosity(mean: Numbers, persistence: Numbers, sd: Numbers, luck: Numbers) -> Numbers:
    """A donor's yearly level on the first day, not below 0: it moves around its mean as in any year, in the long run.

    EUR bn a year; ``luck`` (donors, runs) is standard normal. The variance is that of the yearly rule when it has run
    for long: sd squared / (1 - persistence squared). A level that keeps all of its deviation has no such law; it begins
    as wide as one that keeps 0.98, the most that the prior allows.
    """
    spread = single(sd / np.sqrt(1 - np.minimum(persistence, np.float32(0.98)) ** 2))
    return single(np.maximum(0, mean * (1 + spread * luck)))


def in_packages(cleared: Numbers, drawn: Numbers, chance: Numbers) -> Numbers:
    """The part of the backlog that each donor allocates this month, at most 1: a state only where it has a package.

    In those months the part is 1 / p as large, so that it is ``cleared`` on the mean. All are (donors, 1 or runs).
    """
    lumps = np.where(drawn < chance, np.minimum(1, cleared / chance), 0)
    return single(np.where(_STATES, lumps, cleared))


def kept_a_month(lost_pct_per_year: Numbers) -> Numbers:
    """The part left after a month of what loses so much in a year."""
    return np.asarray((1 - lost_pct_per_year / 100) ** (1 / 12))


def package(drawn: Numbers, chance: Numbers, spread: Numbers) -> Numbers:
    """The month's package relative to the donor's mean month: 0 with probability 1 - p, else log-normal with mean 1/p.

    One number in (0, 1) decides both: given that it lies below p, its rank below p is uniform.
    """
    cells = np.flatnonzero(drawn < chance)
    if chance.shape[1] == 1:
        first_of_rows = np.searchsorted(cells, np.arange(0, drawn.size + 1, drawn.shape[1]))
        chances = np.repeat(chance[:, 0], np.diff(first_of_rows))
    else:
        chances = chance.ravel()[cells]
    spreads = spread[0] if spread.shape[0] == 1 else np.broadcast_to(spread, drawn.shape).ravel()[cells]
    rank = drawn.ravel()[cells] / chances
    luck = ndtri(np.minimum(rank, np.float32(1 - 1e-6), out=rank))
    luck *= spreads
    luck -= spreads**2 / 2
    np.exp(luck, out=luck)
    luck /= chances
    size = np.zeros_like(drawn)
    size.ravel()[cells] = luck
    return size


def next_generosity(now: Numbers, mean: Numbers, kept: Numbers, spread: Numbers, luck: Numbers) -> Numbers:
    """A donor's aid next year, EUR bn: mean + kept (now - mean) + spread * mean * luck, not below 0."""
    return single(np.maximum(0, mean + kept * (now - mean) + spread * mean * luck))


def replacement_share(months: Numbers, first: Numbers, later: Numbers, tiring: Numbers) -> Numbers:
    """Part of missing U.S. aid that Europe aims to replace after so many months of it.

    ``first`` to month 6, ``later`` from month 18, linear between; after a year it falls by ``tiring`` a year.
    """
    share = first + (later - first) * within((months - 6) / 12, 0, 1)
    return single(share * (1 - tiring) ** (np.maximum(0, months - 12) / 12))


def _missing(until: date, start: date) -> list[date]:
    """Ends of the months after ``until`` that ended before ``start``."""
    days, day = [], month_end(until + timedelta(days=1))
    while day < start:
        days.append(day)
        day = month_end(day + timedelta(days=1))
    return days


def _mean(months: Sequence[Numbers]) -> Numbers:
    return single(sum(months[1:], months[0]) / np.float32(len(months)))


def _with_groups(stock: Numbers) -> tuple[Numbers, Numbers]:
    """A stock ``(donors, runs)`` and the sums of EUR, OTHER and ALL."""
    groups = np.empty((len(GROUPS), stock.shape[1]), np.float32)
    europe, other, everyone = groups
    np.add.reduce(stock.take(EUROPE, axis=0), axis=0, out=europe)
    np.add.reduce(stock.take(REST, axis=0), axis=0, out=other)
    np.add(europe, other, out=everyone)
    everyone += stock[USA]
    return stock, groups
