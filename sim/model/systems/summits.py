"""Summits and targets: yearly meetings on real dates, adoption of a new target, the path it asks for, and its review.

A target, once adopted, asks of each member a straight path from its share in the year of adoption to the target in the
deadline year. Pressure by the United States raises the odds of adoption. A review can move the deadline, and with it
the slope of the paths. How far members follow the path is a term of their budgets.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from sim import facts
from sim.model.engine import (
    Engine,
    Flags,
    Latest,
    Numbers,
    Process,
    State,
    System,
    Variable,
    assumption,
    data,
    single,
    within,
)
from sim.model.systems.commitment import AFTER_2025, Commitment
from sim.model.systems.roster import ALLIES, PLACES, WITH_FORCES
from sim.model.systems.secretary_general import SecretaryGeneral
from sim.scenario import Day, Flag, Number, Value, beta, discrete, fixed, normal

PHASE = "summits"
WALES_PLEDGE = date(2014, 9, 5)
NEW_TARGET_TALK = date(2024, 1, 1)

PARAMETERS = (
    data("summits.target_pct_gdp", "% of GDP", fixed(2.0), Number(0.0, 10.0),
        "spending guideline in force at the start",
        "Riga 2006 guideline, Wales pledge of 5 September 2014, Vilnius 2023", at_start=True,
        raises=("target_pct_gdp",)),
    data("summits.deadline_year", "year", None, Number(2000, 2100, integer=True),
        "year by which the guideline in force is to be met; not set: none",
        "Wales Summit Declaration: 'within a decade', read as 2024", moves=("members_at_2pct",), sweep="2023 to 2026"),
    data("summits.new_target_discussed", "yes or no", None, Flag(),
        "a target above the one in force is under discussion",
        "press 2024: talk of 2.5% and 3%", raises=("target_pct_gdp",)),
    assumption("summits.adoption_probability", "per summit", discrete({0.0: 1 / 3, 0.2: 1 / 3, 0.5: 1 / 3}),
        Number(0.0, 1.0),
        "probability that a summit adopts the new target once it is discussed",
        "three target decisions since 2006; not identified", depends_on=True, sweep="0, 0.2, 0.5",
        raises=("target_pct_gdp", "europe_canada_share_pct_gdp")),
    assumption("summits.new_target_pct_gdp", "% of GDP", discrete({2.5: 1 / 3, 3.0: 1 / 3, 3.5: 1 / 3}),
        Number(0.0, 10.0),
        "the new target",
        "proposals in the press of 2024", depends_on=True, sweep="2.5, 3, 3.5",
        raises=("europe_canada_share_pct_gdp",)),
    assumption("summits.path_years", "years", fixed(10.0), Number(1.0, 30.0),
        "years over which the target rises linearly from the old to the new",
        "as the Wales pledge", sweep="5 to 15", lowers=("europe_canada_share_pct_gdp",)),
    assumption("summits.opt_out_probability", "per member", fixed(0.05), Number(0.0, 1.0),
        "probability that a member does not take part in the new target",
        "not identified", at_start=True, depends_on=True, sweep="0 to 0.3", lowers=("europe_canada_share_pct_gdp",)),
    assumption("summits.compliance", "factor", beta(8.0, 2.0), Number(0.0, 1.5),
        "factor on the part of the distance to the path of a new target that members close",
        "not identified above 2%", depends_on=True, sweep="0.4 to 1", raises=("europe_canada_share_pct_gdp",),
        read="by the calendar year"),
    assumption("summits.pressure_log_odds", "log odds", normal(1.5, 1.5, low=0.0), Number(0.0, 20.0),
        "rise of the log odds of adoption when the pressure on allies goes from 0.1 to 1.1",
        "sign as Blankenship 2021; size not identified before the summit of June 2025, one observation after",
        depends_on=True, sweep="0 to 4", raises=("target_pct_gdp",)),
    assumption("summits.adopt_on", "date", None, Day(),
        "day on which the new target is adopted in any case; not set: by chance at summits only",
        "scenario lever", at_start=True, moves=("target_pct_gdp",)),
    data("summits.adopted_year", "year", None, Number(2000, 2100, integer=True),
        "year in which the new target had been adopted by the start; not set: it had not",
        "NATO summit declarations", at_start=True, sweep="2021 to 2025", moves=("europe_canada_share_pct_gdp",)),
    data("summits.review_year", "year", None, Number(2000, 2100, integer=True),
        "year in which a new target is reviewed; not set: it is not",
        "NATO summit declarations: the target of June 2025 is reviewed in 2029", sweep="2027 to 2031",
        moves=("europe_canada_share_pct_gdp",)),
    assumption("summits.review_slip_years", "years", discrete({0.0: 2 / 3, 5.0: 1 / 3}), Number(-10.0, 30.0),
        "years by which the review puts off the deadline of the new target",
        "not identified", depends_on=True, sweep="0, 5, 10", lowers=("europe_canada_share_pct_gdp",)),
    assumption("summits.related_pct_gdp", "% of GDP", fixed(0.0), Number(0.0, 10.0),
        "spending related to defence that the new target asks for beside core defence in its deadline year",
        "NATO summit declarations: 1.5% by 2035",
        reported_only="no figures of related spending by member exist, so no budget answers to it"),
    assumption("members.*.target_pct_gdp", "% of GDP", None, Number(0.0, 10.0),
        "this member's own target in place of the new target of the alliance",
        "scenario lever", entities=ALLIES, sweep="2 to 3.5", raises=("defence_share_pct_gdp",)),
    assumption("members.*.opt_out", "yes or no", False, Flag(),
        "this member takes no part in the new target and keeps the guideline",
        "scenario lever", entities=ALLIES, lowers=("defence_share_pct_gdp",)),
    assumption("members.*.compliance", "factor", None, Number(0.0, 1.5),
        "factor on the part of the distance to its path that this member closes; not set: as all members",
        "scenario lever", entities=ALLIES, sweep="0.4 to 1.5", raises=("defence_share_pct_gdp",),
        read="by the calendar year"),
    assumption("members.*.deadline_year", "year", None, Number(2000, 2100, integer=True),
        "year in which this member's path reaches the new target; not set: the year of the alliance",
        "scenario lever", entities=ALLIES, sweep="2030 to 2040", lowers=("defence_share_pct_gdp",)),
)  # fmt: skip


_OWN = frozenset(f"members.{code}.{name}" for code in ALLIES for name in ("target_pct_gdp", "deadline_year"))
_OPT_OUT = frozenset(f"members.{code}.opt_out" for code in ALLIES)


class Summits:
    """The target: ``old``, ``new`` (% of GDP), ``adopted`` (year, 0 if none) and ``due`` (year), each ``(runs,)``."""

    def __init__(self, engine: Engine, commitment: Commitment, secretary: SecretaryGeneral) -> None:
        self._engine, self._commitment, self._secretary = engine, commitment, secretary
        settings = engine.settings
        self.old = engine.fill(settings.number("summits.target_pct_gdp"))
        self.new = self.old.copy()
        self.adopted: NDArray[np.int32] = np.zeros(engine.runs, np.int32)
        self.due = engine.zeros()
        drawn = engine.streams.uniforms("summits", 0, [PLACES[code] for code in WITH_FORCES])
        self._takes_part = drawn >= settings.number("summits.opt_out_probability")
        self._own = Latest(settings, self._with_terms_of_their_own, _OWN | _OPT_OUT)
        before = settings.number("summits.adopted_year")
        if settings.is_set("summits.adopted_year"):
            self._adopt(~np.isnan(before), np.nan_to_num(before))

    def process(self) -> Process:
        """Adopts a new target at a summit, in the runs in which one is discussed and agreed, and reviews it later."""
        clock, settings = self._engine.clock, self._engine.settings
        summits, named = clock.days(summit_days(clock.start, clock.end)), settings.date("summits.adopt_on")
        for day in clock.days([*summits, *([named] if named else [])]):
            yield clock.at(day, PHASE)
            year = np.full(self._engine.runs, day.year, np.float32)
            if day == named:
                self._adopt(self.adopted == 0, year)
            if day in summits:
                self._adopt(self._agreed(day), year)
                self._review(day)

    def _agreed(self, day: date) -> Flags:
        settings = self._engine.settings
        discussed = settings.flag("summits.new_target_discussed") | self._secretary.new_target_on_agenda()
        chance = under_pressure(
            settings.number("summits.adoption_probability"),
            settings.number("summits.pressure_log_odds"),
            self._commitment.pressure,
        )
        drawn = self._engine.streams.uniform("summits", day.year)
        wanted = settings.number("summits.new_target_pct_gdp")
        agreed = discussed & (self.adopted == 0) & (drawn < chance * self._secretary.adoption()) & (wanted > self.old)
        return np.asarray(agreed, np.bool_)

    def _adopt(self, runs: Flags, year: Numbers) -> None:
        settings = self._engine.settings
        self.adopted = np.where(runs, year, self.adopted).astype(np.int32)
        self.new = single(np.where(runs, settings.number("summits.new_target_pct_gdp"), self.new))
        self.due = single(np.where(runs, year + settings.number("summits.path_years"), self.due))

    def _review(self, day: date) -> None:
        """In the year of the review the deadline moves."""
        settings = self._engine.settings
        slip = settings.number("summits.review_slip_years")
        moved = (settings.number("summits.review_year") == day.year) & (self.adopted > 0) & (slip != 0)
        self.due = single(np.where(moved, np.maximum(self.due + slip, day.year + 1), self.due))

    def target(self, year: int) -> Numbers:
        """The target in force in ``year`` as decided so far, % of GDP, ``(runs,)``; a new one is phased in linearly."""
        return target_path(self.old, self.new, self.adopted, year, np.maximum(self.due - self.adopted, 1))

    def target_on(self, day: date) -> Numbers:
        """The target in force on a day as decided so far, % of GDP, ``(runs,)``."""
        return self.target(day.year)

    def related_on(self, day: date) -> Numbers:
        """Related spending that the new target asks for in the year of a day, % of GDP, ``(runs,)``."""
        asked = self._engine.settings.number("summits.related_pct_gdp")
        years = np.maximum(self.due - self.adopted, 1)
        return target_path(np.zeros(1, np.float32), single(asked), self.adopted, day.year, years)

    def path(self, year: int, rows: Sequence[int], base: Numbers) -> Numbers:
        """The share that the new target asks of members in ``year``, % of GDP, ``(rows, runs)``; 0 where nothing is.

        A straight line from ``base``, the share in the year of adoption, to the member's target in the deadline year.
        """
        settings, codes = self._engine.settings, [WITH_FORCES[row] for row in rows]
        if not (self.adopted > 0).any():
            return np.zeros_like(base)
        middle = date(year, 7, 1)
        goal, due, takes_part = self.new, self.due, self._takes_part[list(rows)]
        if own := self._own().intersection(codes):
            goal, due = (np.broadcast_to(common, base.shape).copy() for common in (goal, due))
            for code in own:
                row = codes.index(code)
                goal[row] = settings.stated(f"members.{code}.target_pct_gdp", goal[row], middle)
                due[row] = settings.stated(f"members.{code}.deadline_year", due[row], middle)
                takes_part[row] &= ~settings.flag(f"members.{code}.opt_out")
        asked = path_point(base, goal, self.adopted, due, year)
        return single(np.where(takes_part & (self.adopted > 0), asked, 0))

    def _with_terms_of_their_own(self) -> set[str]:
        """Members for which the scenario states a target or a deadline of their own, or that they take no part."""
        settings = self._engine.settings
        opted_out = set(filter(settings.anywhere, settings.told(_OPT_OUT)))
        return {key.split(".")[1] for key in settings.told(_OWN) | opted_out}

    def deadline(self, year: int) -> Flags:
        """Whether the guideline in force at the start falls due in ``year``, ``(1,)`` or ``(runs,)``."""
        return np.asarray(self._engine.settings.number("summits.deadline_year") == year, np.bool_)

    def pledge(self) -> Numbers:
        """Factor on the response to the guideline in force at the start, ``(runs,)``."""
        return self._secretary.compliance()

    def compliance(self, year: int, rows: Sequence[int]) -> Numbers:
        """Factor on the part of the distance to its path that a member closes in ``year``.

        ``(rows, runs)``, or ``(runs,)`` where all members have the same.
        """
        settings, codes = self._engine.settings, [WITH_FORCES[row] for row in rows]
        common = settings.mean_of_year("summits.compliance", year)
        own = settings.means_of_year("members.*.compliance", codes, year)
        all_alike = np.isnan(own).all()
        return single(self._secretary.compliance() * (common if all_alike else np.where(np.isnan(own), common, own)))


def under_pressure(chance: Numbers, log_odds: Numbers, pressure: Numbers) -> Numbers:
    """The chance of adoption under pressure: log odds higher by ``log_odds`` (P - 0.1); 0 and 1 stay what they are."""
    odds = np.exp(log_odds * (pressure - np.float32(0.1)))
    return single(chance * odds / (1 - chance + chance * odds))


def path_point(base: Numbers, goal: Numbers, begun: NDArray[np.int32], due: Numbers, year: int) -> Numbers:
    """The point of the straight line from ``base`` in ``begun`` to ``goal`` in ``due`` in ``year``; then it stays."""
    done = within((year - begun) / np.maximum(due - begun, 1), 0, 1)
    return single(base + (goal - base) * done)


def target_path(old: Numbers, new: Numbers, adopted: NDArray[np.int32], year: int, years: Numbers) -> Numbers:
    """The target in ``year``: linear from ``old`` in the year of adoption to ``new`` after ``years`` years."""
    done = within((year - adopted) / years, 0, 1) * (adopted > 0)
    return single(old + (new - old) * done)


def summit_days(start: date, end: date) -> list[date]:
    """Summits announced by ``start``, a year ahead at least; one each 1 July in the years after the last of them."""
    soon = start + timedelta(days=400)  # a real date beyond it was not known then and would be hindsight
    dates = [summit.date for summit in facts.summits(start) if not summit.date_is_hindsight or summit.date <= soon]
    known = [day for day in dates if start <= day <= end]
    last = max((day.year for day in known), default=start.year if start.month > 7 else start.year - 1)
    return known + [date(year, 7, 1) for year in range(last + 1, end.year + 1)]


def known_targets(start: date) -> dict[str, Value]:
    """What was known on a day: whether a new target was discussed, the Wales deadline, a target adopted since."""
    values: dict[str, Value] = {"summits.new_target_discussed": start >= NEW_TARGET_TALK}
    if start >= WALES_PLEDGE:
        values["summits.deadline_year"] = fixed(2024.0)
    values |= _adopted(start)
    if start >= AFTER_2025:
        values["summits.pressure_log_odds"] = normal(2.5, 1.2, low=0.0)
    return values


def _adopted(start: date) -> dict[str, Value]:
    """The target that a summit before ``start`` adopted: its parts, deadline and review, and a member's own line."""
    values: dict[str, Value] = {}
    for event in facts.events(start, "target"):
        if event.date >= start or event.value is None:  # a start on the day of the summit meets before it decides
            continue
        if event.label.endswith("core component"):
            deadline = float(event.unit.removeprefix("% of GDP by "))
            values["summits.new_target_pct_gdp"] = fixed(event.value)
            values["summits.adopted_year"] = fixed(float(event.date.year))
            values["summits.path_years"] = fixed(deadline - event.date.year)
        elif event.label.endswith("related component"):
            values["summits.related_pct_gdp"] = fixed(event.value)
        elif event.label.startswith("review"):
            values["summits.review_year"] = fixed(event.value)
        elif "keeps" in event.label:
            code = next(member.code for member in facts.members() if member.name == event.actor)
            values[f"members.{code}.target_pct_gdp"] = fixed(event.value)
    return values


SYSTEM = System(
    name="summits",
    title="summits",
    build=Summits,
    reads=("commitment", "secretary_general"),
    phase=PHASE,
    stream=6,
    parameters=PARAMETERS,
    variables=(
        Variable(
            "target_pct_gdp", "Spending target in force", "% of GDP", "year", read="target_on", states=("target",)
        ),
        Variable(
            "related_target_pct_gdp", "Related spending asked for beside core defence (reported only)", "% of GDP",
            "year",
            read="related_on", states=("related target",),
        ),
    ),
    states={
        "related target": State(about="the related spending asked for",
            keys=("summits.related_pct_gdp",), reads=("target",)),
        "target": State(about="the adoption of a target and the path it asks of members",
            keys=(
                "summits.target_pct_gdp",
                "summits.new_target_discussed",
                "summits.adoption_probability",
                "summits.new_target_pct_gdp",
                "summits.path_years",
                "summits.pressure_log_odds",
                "summits.adopt_on",
                "summits.adopted_year",
                "summits.review_year",
                "summits.review_slip_years",
            ),
            reads=("agenda", "pressure"),
            tables=("summits", "events"),
        ),
    },
    at_start=known_targets,
)  # fmt: skip
