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
_NO_STATES = ~_STATES  # they allocate in every month
PACKAGE_KEYS = frozenset(("aid.package_sd_log", *(f"aid.{code}.package_probability" for code in DONORS)))
DELAY_KEYS = ("aid.stock_median_days", "aid.stock_sd_log", "aid.procurement_months", "aid.other_months")
HANDLING_KEYS = (
    *DELAY_KEYS,
    *PACKAGE_KEYS,
    "aid.eu_blocked_share",
    "aid.allocation_usa",
    "aid.allocation_states",
    "aid.allocation_eu",
    "us.aid.allocation_factor",
    "us.aid.delivery_factor",
    "europe.aid.delivery_factor",
)
TIRING_KEYS = ("europe.aid.fatigue_pct_per_year", "aid.tiring_pct_per_month")
WILLING_KEYS = (
    "aid.after_ceasefire_factor",
    "us.aid.commitment_factor",
    "europe.aid.commitment_factor",
    "other.aid.commitment_factor",
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
        self._law = Latest(settings, self._law_of_packages, PACKAGE_KEYS)
        self._factors = Latest(settings, self._factors_of_kinds, FACTOR_KEYS)
        self._doubts = Latest(settings, self._doubts_of, ["aid.sceptic_effect"])
        self._us_arms_bought = Latest(settings, self._arms_to_buy, ["aid.us_arms_beur_per_month"])
        self._left = Latest(settings, self._left_a_month, TIRING_KEYS)
        self._by_group = Latest(settings, self._willing_by_group, WILLING_KEYS)
        self._laws_worth = Latest(settings, self._worth_of_a_law, WILLING_KEYS)
        self._unfatigued = single([1.0])  # what fatigue has left of European aid so far
        self._untired = single([1.0])  # and of all aid
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
        self._gives_arms = (self._mean[MILITARY] > 0).any(axis=1, keepdims=True)
        self._gives_arms[USA] = False  # what it gives is what Congress grants
        self.generosity = first_generosity(
            self._mean,
            number("aid.generosity_persistence"),
            number("aid.generosity_sd"),
            engine.streams.normals("aid", 0, self._places, purpose=2),
        )
        # What a month promises, and the parts of the backlog that it allocates, in memory that is kept.
        self._promised, self._at_once = np.zeros((2, 2, len(DONORS), engine.runs), np.float32)
        self._cleared_now, self._willing_now = np.zeros((2, len(DONORS), engine.runs), np.float32)
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
            together = pipe.backlog[:, EU].sum(axis=0)
            usual = pipe.backlog[MILITARY, EU] / np.maximum(together, np.float32(1e-6))
            military = self._engine.settings.stated("aid.eu_backlog_military_share", usual)
            pipe.backlog[:, EU] = np.stack(np.broadcast_arrays(military, 1 - military)) * together
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
        handling = self._handling(self._commitment.of_posture("us.aid.executive_pace", "us.aid.executive_pace"))
        law = self._law()
        has_package = drawn < law[0]
        new = self._new(day, package(drawn, has_package & self._gives_arms, *law))
        # Only what a scenario states of donors is other aid that does not pass the backlog.
        stated = self._stated.anything()
        direct = self._at_once if stated or self._packages.due(day) else self._at_once[: MILITARY + 1]
        at_once = self._replace()
        if (bought := self._us_arms_bought(self._hostilities.full_scale)) is not None:
            at_once = at_once + bought
            if day >= self._engine.start:
                self.us_arms = self.us_arms + bought
        np.multiply(at_once, self._share_of_europe, out=direct[MILITARY])
        direct[OTHER:] = 0
        cleared = in_packages(handling.lumps, has_package, self._cleared_now)
        if stated:
            cleared = self._stated.apply(new, direct, cleared)
        if arms := self._packages.give(day, direct, self.pipeline):
            self.us_arms = self.us_arms + np.float32(arms)
        self.pipeline.month(new, direct, cleared, number("aid.stock_share"), handling.delays)
        self._recent = [*self._recent[-(SMOOTH - 1) :], self.pipeline.delivered_military_now]
        self.deliveries = _mean(self._recent)
        self._follow_usa(self.pipeline.allocated_military_now[USA].copy())

    def _arms_to_buy(self, full_scale: Flags) -> Numbers | None:
        """U.S. arms that Europe buys in a month, EUR bn, ``(runs,)`` or ``(1,)``; None if it buys none."""
        bought = self._engine.settings.number("aid.us_arms_beur_per_month")
        return single(bought * full_scale) if bought.any() else None

    def _unblocked(self) -> Numbers:
        """The part of the money of the EU institutions that no member holds up, ``(1,)`` or ``(runs,)``."""
        return self._engine.settings.reckoned(not_held_up, "aid.eu_blocked_share")

    def _central_delays(self) -> Delays:
        return Delays.of(*(self._engine.settings.central(key) for key in DELAY_KEYS))

    def _follow_usa(self, given: Numbers) -> None:
        """Keeps the last quarter of U.S. military aid; without history its own first two years are the reference."""
        self._us_recent = [*self._us_recent[1:], given]
        unknown = self._known.us_monthly_military is None
        if unknown and self._us_months < 24 and self._hostilities.full_scale.any():
            self._us_sum, self._us_months = self._us_sum + given, self._us_months + 1
            self._us_before = single(self._us_sum / self._us_months)

    def _new_year(self, year: int) -> None:
        """Each donor's aid for the year: a = mu + phi (a - mu) + sd mu e, not below 0."""
        number = self._engine.settings.number
        luck = self._engine.streams.normals("aid", year, self._places, purpose=1)
        self.generosity = next_generosity(
            self.generosity, self._mean, number("aid.generosity_persistence"), number("aid.generosity_sd"), luck
        )

    def _new(self, day: date, packages: Numbers) -> Numbers:
        """New commitments by kind and donor, EUR bn, (2, donors, runs).

        ``packages`` are those of military aid relative to a mean month.
        """
        period = month_number(day)
        willing = self._willing(day)
        new = np.multiply(self.generosity, willing, out=self._promised)
        new[MILITARY] *= packages
        if self._hostilities.fewest_since_collapse < MONTHS_OF_ALARM:
            alarmed = self._hostilities.months_since_collapse < MONTHS_OF_ALARM
            new[MILITARY, EUROPE] *= np.where(alarmed, np.exp(self._engine.settings.number("aid.collapse_response")), 1)
        rebuilding = self._rebuilding()
        if rebuilding is not None:
            new[OTHER] *= rebuilding
        new[MILITARY, USA], new[OTHER, USA] = self._from_congress(day, period, rebuilding)
        new[:, EU] *= self._unblocked()
        for kind, factor in enumerate(self._factors()):
            if factor is not None:
                new[kind] *= factor
        np.minimum(new, MOST_A_MONTH, out=new)
        return new

    def _law_of_packages(self) -> tuple[Numbers, Numbers, Numbers]:
        """The probability of a package, the spread of its size and half of its variance, each ``(donors, runs)``."""
        settings, shape = self._engine.settings, (len(DONORS), self._engine.runs)
        spread = settings.number("aid.package_sd_log")
        # NumPy squares a single number by another function, whose last bit may differ from that of an array's.
        variance = spread[0] ** 2 if spread.shape[0] == 1 else spread**2
        chance = settings.numbers("aid.*.package_probability", DONORS)
        wide = [np.ascontiguousarray(np.broadcast_to(each, shape)) for each in (chance, spread, variance / 2)]
        return wide[0], wide[1], wide[2]

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
        if not self._hostilities.ceasefire_anywhere or not settings.is_set("aid.reconstruction_factor"):
            return None
        usual = settings.number("aid.after_ceasefire_factor")
        stated = settings.stated("aid.reconstruction_factor", usual) / np.maximum(usual, 1e-6)
        return single(np.where(ceasefire, stated, 1))

    def _willing(self, day: date) -> Numbers:
        """What part of a year's usual aid each donor is ready to promise this month, ``(donors, runs)``."""
        if day >= self._engine.start:
            kept, lasting = self._left()
            if kept is not None:
                self._unfatigued = single(self._unfatigued * kept)
            if lasting is not None:
                self._untired = single(self._untired * lasting)
        war = self._hostilities
        by_group = self._by_group(war.full_scale, war.ceasefire, self._unfatigued, self._untired)
        willing = by_group.take(GROUP, axis=0, out=self._willing_now, mode="clip")  # it would be copied with "raise"
        willing *= self._doubts(self._elections.sceptic)
        return willing

    def _left_a_month(self) -> list[Numbers | None]:
        """What fatigue leaves of European aid and tiring of all aid in a month; None where nothing is lost."""
        settings = self._engine.settings
        left = [
            settings.reckoned(kept_a_month, "europe.aid.fatigue_pct_per_year"),
            single(1 - settings.number("aid.tiring_pct_per_month") / 100),
        ]
        return [part if (part != 1).any() else None for part in left]

    def _willing_by_group(self, full_scale: Flags, _ceasefire: Flags, unfatigued: Numbers, untired: Numbers) -> Numbers:
        """The same without doubts of governments, for the United States, Europe and others, ``(3, runs)``."""
        number = self._engine.settings.number
        in_truce = np.where(full_scale, number("aid.after_ceasefire_factor"), 0)
        factor = single(np.where(self._hostilities.fighting, 1, in_truce) * untired / 12)
        europe = unfatigued * number("europe.aid.commitment_factor")
        return np.stack([factor, factor * europe, factor * number("other.aid.commitment_factor")])

    def _doubts_of(self, sceptic: Flags) -> Numbers:
        """Factor on aid of donors, ``(donors, runs)``: below 1 where their governments are ``sceptic``."""
        donors, governments = self._governed
        less = self._engine.settings.reckoned(left_by_sceptics, "aid.sceptic_effect")
        doubts = np.ones((len(DONORS), self._engine.runs), np.float32)
        doubts[donors] = np.maximum(less, ~sceptic[governments])  # ``less`` is at most 1
        return doubts

    def _from_congress(self, day: date, period: int, rebuilding: Numbers | None) -> tuple[Numbers, Numbers]:
        """Military and other aid that Congress grants this month, EUR bn, each ``(runs,)``."""
        war, left = self._hostilities, self.pipeline.backlog[MILITARY, USA]
        worth = self._laws_worth(war.ceasefire, self._untired)
        counts = day >= self._engine.start
        return self._supplementals.new_authority(left, war.full_scale, period, worth, rebuilding, counts)

    def _worth_of_a_law(self, ceasefire: Flags, untired: Numbers) -> Numbers:
        """What a law is worth of its size, ``(runs,)``."""
        number = self._engine.settings.number
        calm = np.where(ceasefire, number("aid.after_ceasefire_factor"), np.float32(1))
        return single(number("us.aid.commitment_factor") * calm * untired)

    def _handle(self, pace: Numbers) -> Handling:
        """How donors handle what they have promised, the United States at the ``pace`` of its executive."""
        cleared = self._cleared()
        cleared[USA] = np.minimum(cleared[USA] * pace, 1)
        cleared[EU] *= self._unblocked()
        chance, _, _ = self._law()
        delays = Delays.of(*map(self._engine.settings.number, DELAY_KEYS))
        return Handling(lumps(cleared, chance), delays.held_back(self._arriving()))

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


def lumps(cleared: Numbers, chance: Numbers) -> Numbers:
    """The part of the backlog that each donor allocates in a month in which it allocates, at most 1.

    A state does so in the months of its packages only: the part is then 1 / p as large, so that it is ``cleared`` on
    the mean. All are (donors, 1 or runs). Before the first day of a dated probability the facts do not know, it is NaN:
    such a donor has no packages, and the part must still be a number.
    """
    return single(np.where(_STATES, np.fmin(1, cleared / chance), cleared))


def in_packages(lumps: Numbers, has_package: Flags, out: Numbers | None = None) -> Numbers:
    """The part of the backlog that each donor allocates this month: a state only where it has a package."""
    parts: Numbers = np.multiply(lumps, has_package | _NO_STATES, out=out)
    return parts


def not_held_up(blocked: Numbers) -> Numbers:
    """The part that is left of what is ``blocked`` in part."""
    return single(1 - blocked)


def left_by_sceptics(effect: Numbers) -> Numbers:
    """The part that a government which opposes aid leaves of it."""
    return np.asarray(np.exp(-effect))


def kept_a_month(lost_pct_per_year: Numbers) -> Numbers:
    """The part left after a month of what loses so much in a year."""
    return np.asarray((1 - lost_pct_per_year / 100) ** (1 / 12))


def package(drawn: Numbers, given: Flags, chance: Numbers, spread: Numbers, half_variance: Numbers) -> Numbers:
    """The month's package relative to the donor's mean month: 0 where none is ``given``, else log-normal with mean 1/p.

    One number in (0, 1) decides both: a package is given where it lies below p, and its rank below p is uniform. All
    are (donors, runs); sizes are reckoned for the packages given only.
    """
    cells = given.ravel().nonzero()[0]
    chances = chance.take(cells)
    rank = drawn.take(cells)
    rank /= chances
    luck = ndtri(np.minimum(rank, np.float32(1 - 1e-6), out=rank))
    luck *= spread.take(cells)
    luck -= half_variance.take(cells)
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
