"""Members' defence budgets: each decides once a year on its own fiscal calendar, for the year ahead.

The equation is a sum of named terms in points of GDP; ``terms`` computes them, so that the simulation, the back-test
and ``explain`` share one rule. It was estimated on NATO's June 2024 release; see docs/model.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from sim import facts
from sim.model.budget_parameters import COEFFICIENT_KEYS, PARAMETERS, WITH_FORCES
from sim.model.clock import Process
from sim.model.commitment import REFERENCE, Commitment
from sim.model.economy import Economy
from sim.model.elections import CENTRE, Elections
from sim.model.engine import Engine, Flags, Numbers, single
from sim.model.plans import Announced, Plans
from sim.model.streams import slot
from sim.model.summits import Summits
from sim.model.threat import PEACETIME, Threat

__all__ = ["PARAMETERS", "Budgets", "Coefficients", "Situation", "exposure", "next_share", "terms", "war_part"]

PHASE = "budgets"
_USA = WITH_FORCES.index("USA")
LOWEST = 0.2  # % of GDP; no ally with forces has reported less than 0.3
DEADLINE_REACH = 0.5  # points of GDP: the largest distance that was closed in one deadline year
WAR_SCALE = 1.47  # threat behind budgets in war less in peace: 1.8 - 0.33
BEND = 1.5  # % of GDP at which the pull towards the wartime ceiling is 1


@dataclass(frozen=True, slots=True)
class Coefficients:
    """What a budget responds to. Points of GDP a year per unit of each regressor; each ``(1,)`` or ``(runs,)``."""

    drift: Numbers
    gap: Numbers
    exposure: Numbers
    war: Numbers
    war_exposure: Numbers
    war_debt: Numbers
    ceiling: Numbers
    growth: Numbers
    plan_in_progress: Numbers
    plan_overdue: Numbers
    deadline: Numbers
    left_right: Numbers
    election_year: Numbers
    commitment: Numbers
    neighbours: Numbers


@dataclass(frozen=True, slots=True)
class Situation:
    """What a government sees when it decides; arrays ``(members, 1)`` or ``(members, runs)`` unless said otherwise.

    ``share`` and ``before``: this year's and last year's share, % of GDP. ``asked``: the target asked for.
    ``guideline``: the one in force at the start. ``pledge`` and ``compliance`` (factors on the response to the
    guideline and to a new target), ``threat`` (behind budgets), ``credibility``: ``(runs,)``. ``exposure``: d.
    ``debt``: % of GDP. ``growth``: real growth less its norm, points. ``plans``: what was announced. ``falls_due``:
    the deadline is this year. ``meets_deadline``, ``kept``, ``reverses``: whether a member near the guideline
    meets it in the deadline year, a plan is kept, a jump reversed.
    ``neighbours``: last year's mean change of the others, ``noise``: both in points of GDP.
    """

    share: Numbers
    before: Numbers
    asked: Numbers
    guideline: Numbers
    pledge: Numbers
    compliance: Numbers
    threat: Numbers
    credibility: Numbers
    exposure: Numbers
    debt: Numbers
    growth: Numbers
    plans: Announced
    falls_due: Flags
    meets_deadline: Flags
    kept: Flags
    reverses: Flags
    left_right: Numbers
    election_year: Flags
    neighbours: Numbers
    noise: Numbers


def exposure(distance_km: Numbers) -> Numbers:
    """Exposure to Russia from the distance of the capital to Moscow: max(0, 1 - ln D / 1.47), D in 1000 km."""
    return np.maximum(0, 1 - np.log(distance_km / 1000) / 1.47).astype(np.float32)


def war_part(threat: Numbers) -> Numbers:
    """The threat behind budgets above its level of 2015-21, 1 in a lasting war: max(0, B - 0.33) / 1.47."""
    return single(np.maximum(0, threat - PEACETIME) / WAR_SCALE)


def terms(by: Coefficients, at: Situation) -> dict[str, Numbers]:
    """The change of the share from this year to the next, term by term, points of GDP. Hand-worked in the tests."""
    war = war_part(at.threat)
    room = np.clip((by.ceiling - at.share) / (by.ceiling - BEND), -0.2, 1.2)
    to_guideline = np.maximum(0, at.guideline - at.share)
    above = np.maximum(0, at.asked - np.maximum(at.guideline, at.share))
    free = (at.plans.final == 0) & (at.plans.in_progress == 0) & (at.plans.overdue == 0)
    planned = by.plan_in_progress * at.plans.in_progress + by.plan_overdue * at.plans.overdue + at.kept * at.plans.final
    bunches = at.meets_deadline & (to_guideline < DEADLINE_REACH)
    jump = at.share - at.before
    excess = np.sign(jump) * np.maximum(0, np.abs(jump) - 0.25)
    return {
        "drift": by.drift,
        "distance to the target": by.gap * (at.pledge * to_guideline + at.compliance * above),
        "exposure": by.exposure * at.exposure * np.minimum(1, at.threat / PEACETIME),
        "war": war * room * (by.war + by.war_exposure * at.exposure),
        "debt in war": -war * by.war_debt * (at.debt - 60) / 10,
        "growth": -by.growth * at.growth,
        "plans": planned,
        "deadline": at.falls_due
        * np.where(bunches, np.maximum(0, to_guideline - planned), by.deadline * to_guideline * free),
        "reversal of one-off purchases": -(at.reverses * excess),
        "orientation": by.left_right * (at.left_right - CENTRE),
        "election year": by.election_year * at.election_year,
        "U.S. commitment": by.commitment * at.exposure * (REFERENCE - at.credibility) / 0.25,
        "neighbours": by.neighbours * at.neighbours,
        "shock": at.noise,
    }


def next_share(share: Numbers, change: dict[str, Numbers]) -> Numbers:
    """Next year's share, % of GDP: this year's plus the sum of the terms, not below 0.2."""
    total = share
    for term in change.values():
        total = total + term
    return np.maximum(total, LOWEST).astype(np.float32)


def coefficients(engine: Engine) -> Coefficients:
    """The coefficients in force today."""
    return Coefficients(**{name: engine.settings.number(key) for name, key in COEFFICIENT_KEYS.items()})


class Budgets:
    """Shares of GDP of the 31 members with forces, rows in the order of ``WITH_FORCES``.

    ``share`` is that of the latest year each member has decided on; ``of_year`` looks up a year.
    """

    phase = PHASE

    def __init__(
        self,
        engine: Engine,
        economy: Economy,
        elections: Elections,
        commitment: Commitment,
        threat: Threat,
        summits: Summits,
    ) -> None:
        self._engine, self._economy, self._elections = engine, economy, elections
        self._commitment, self._threat, self._summits = commitment, threat, summits
        self._slots = [slot(code) for code in WITH_FORCES]
        distance = {member.code: member.distance_km for member in facts.members()}
        self.exposure = exposure(np.array([[distance[code]] for code in WITH_FORCES], np.float32))
        told = bool(engine.settings.flag("budgets.plans_told").all())
        self._plans = Plans(engine.start, WITH_FORCES, told)
        self._years: dict[int, Numbers] = {}
        self._decided: dict[int, set[int]] = {}
        self.explained: dict[tuple[str, int], dict[str, Numbers]] = {}  # (runs,) by term, if explaining
        keeps = engine.streams.uniforms("budgets", 0, self._slots)
        self._keeps = keeps < engine.settings.number("budgets.plan_kept")  # a trait of the member in this run
        meets = engine.streams.uniforms("budgets", 0, self._slots, purpose=5)
        self._meets = meets < engine.settings.number("budgets.deadline_met")
        self._load()

    def of_year(self, year: int) -> Numbers:
        """Shares in ``year``, % of GDP, ``(members, runs)``: known, decided, or as in the year before."""
        if year not in self._years:
            self._years[year] = self.of_year(year - 1).copy()
        return self._years[year]

    def process(self) -> Process:
        """Each member decides on the 20th of its budget month; those overdue at the start decide on the first day."""
        clock = self._engine.clock
        for day, rounds in sorted(self._calendar().items()):
            yield clock.at(day, PHASE)
            for year in sorted(rounds):
                self._decide(year, rounds[year])

    def _load(self) -> None:
        """Known shares; the estimate of the year under way is off by its revision noise."""
        known = facts.defence_shares(self._engine.start)
        last = max(max(known[code]) for code in WITH_FORCES)
        for year in range(last - 2, last + 1):
            values = [[_at(known[code], year)] for code in WITH_FORCES]
            self._years[year] = self._engine.fill(np.array(values, np.float32))
            self._decided[year] = set(range(len(WITH_FORCES)))
        self.last_known = last
        if last in facts.estimated_years(self._engine.start):
            self._years[last] = self._revised(last)

    def _revised(self, year: int) -> Numbers:
        settings = self._engine.settings
        told, jump = self._years[year], self._years[year] - self._years[year - 1]
        noise = self._engine.streams.students("budgets", year, self._slots, 5.0, purpose=1)
        back = settings.number("budgets.estimate_bias_pp") * np.sign(jump) * (np.abs(jump) > 0.1)
        spread = settings.number("budgets.estimate_noise_pp") * np.sqrt(told / 1.5)
        return single(np.maximum(told - back + spread * noise, LOWEST))

    def _calendar(self) -> dict[date, dict[int, list[int]]]:
        clock = self._engine.clock
        days: dict[date, dict[int, list[int]]] = {}
        for row, code in enumerate(WITH_FORCES):
            month = int(self._engine.settings.central(f"members.{code}.budget_month")[0])
            for year in range(self.last_known + 1, clock.end.year + 2):
                decided = date(year if month <= 6 else year - 1, month, 20)
                day = max(decided, clock.start)
                if day <= clock.end:
                    days.setdefault(day, {}).setdefault(year, []).append(row)
        return days

    def _decide(self, year: int, rows: list[int]) -> None:
        allies = [row for row in rows if row != _USA]
        if allies:
            self._change(year, allies, terms(coefficients(self._engine), self._situation(year, allies)))
        if len(allies) < len(rows):
            self._change(year, [_USA], self._united_states(year))

    def _change(self, year: int, rows: list[int], change: dict[str, Numbers]) -> None:
        share = self.of_year(year - 1)[rows]
        lever = self._lever(year, rows)
        after = self._told(year, rows, next_share(next_share(share, change), {"scenario lever": lever}))
        self.of_year(year)[rows] = after
        if self._engine.explaining:
            parts = change | {"scenario lever": lever}
            for place, row in enumerate(rows):
                here = {name: np.broadcast_to(value, after.shape)[place] for name, value in parts.items()}
                rest = after[place] - share[place] - sum(here.values())
                self.explained[WITH_FORCES[row], year] = here | {"floor or told share": rest}

    def _situation(self, year: int, rows: list[int]) -> Situation:
        share = self.of_year(year - 1)[rows]
        engine, settings = self._engine, self._engine.settings
        slots = [self._slots[row] for row in rows]
        codes = [WITH_FORCES[row] for row in rows]
        draws = engine.streams
        before = self.of_year(year - 2)[rows]
        common = settings.number("budgets.common_shock_pp") * draws.students("budgets", year, [0], 4.0)[0]
        own = settings.numbers("budgets.*.own_shock_pp", codes) * (share / BEND)
        abroad = [self._elections.codes.index(code) for code in codes]
        return Situation(
            share=share,
            before=before,
            asked=self._summits.asked_of(year)[rows],
            guideline=self._summits.old,
            pledge=self._summits.pledge(),
            compliance=self._summits.compliance(),
            threat=self._threat.in_budgets,
            credibility=self._commitment.credibility,
            exposure=self.exposure[rows],
            debt=self._economy.debt(year - 1)[rows],
            growth=(self._economy.growth(year) - self._economy.normal)[rows],
            plans=self._plans.asked(year, rows, share),
            falls_due=self._summits.deadline(year),
            meets_deadline=self._meets[rows],
            kept=self._keeps[rows],
            reverses=draws.uniforms("budgets", year, slots, purpose=2)
            < settings.number("budgets.reversal_probability"),
            left_right=self._elections.left_right[abroad],
            election_year=self._elections.in_year(year)[abroad],
            neighbours=self._neighbours(year, rows),
            noise=common + own * draws.students("budgets", year, slots, 4.0),
        )

    def _neighbours(self, year: int, rows: list[int]) -> Numbers:
        """Last year's mean change of the other members, points of GDP, ``(rows, runs)``."""
        change = self.of_year(year - 1) - self.of_year(year - 2)
        return single((change.sum(axis=0) - change[rows]) / (len(WITH_FORCES) - 1))

    def _united_states(self, year: int) -> dict[str, Numbers]:
        number = self._engine.settings.number
        luck = self._engine.streams.normals("budgets", year, [self._slots[_USA]])
        away = number("budgets.usa_level_pct_gdp") - self.of_year(year - 1)[[_USA]]
        return {
            "return to its level": (1 - number("budgets.usa_persistence")) * away,
            "shock": number("budgets.usa_shock_pp") * luck,
        }

    def _lever(self, year: int, rows: list[int]) -> Numbers:
        """What the scenario adds, points of GDP: dated values say what holds in the budget's year."""
        settings, middle = self._engine.settings, date(year, 7, 1)
        own = settings.numbers("members.*.budget_change_pp", [WITH_FORCES[row] for row in rows], middle)
        return own + settings.number("budgets.change_pp", middle)

    def _told(self, year: int, rows: list[int], after: Numbers) -> Numbers:
        """Shares that the scenario states in place of the equation's."""
        settings, middle = self._engine.settings, date(year, 7, 1)
        for place, row in enumerate(rows):
            key = f"members.{WITH_FORCES[row]}.share_pct_gdp"
            if settings.is_set(key):
                told = settings.number(key, middle)
                after[place] = np.where(np.isnan(told), after[place], told)
        return after


def _at(series: dict[int, float], year: int) -> float:
    years = [known for known in series if known <= year] or [min(series)]
    return series[max(years)]
