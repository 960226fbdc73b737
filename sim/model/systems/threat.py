"""Perceived threat and Russia's military spending: what the war does to both, and how they fall after a ceasefire.

The threat T stands at a fixed level while the war goes on and loses half its distance to a floor in each half-life
under a ceasefire. Budgets respond to a lagged threat B, moved each 1 October: B' = B + lag (T - B). Russia's military
share of GDP closes a part of its distance to a level of war or of ceasefire each January. Sources: NATO June 2024
release (level and lag of the threat), SIPRI (Russia); the fall after a ceasefire is not identified and is swept.
"""

from __future__ import annotations

from datetime import date

import numpy as np

from sim import facts
from sim.facts.tables import per_folder
from sim.model.engine import (
    Block,
    Engine,
    Flags,
    Latest,
    Numbers,
    Parts,
    Process,
    State,
    System,
    Variable,
    assumption,
    estimated,
    single,
    under,
    within,
)
from sim.model.systems.commitment import Commitment
from sim.model.systems.hostilities import DAY_ONE, NEVER, Hostilities, may_begin
from sim.scenario import Distribution, Number, Parameter, Scenario, Value, beta, discrete, fixed, normal, uniform

PHASE = "threat"
CRIMEA = date(2014, 3, 18)
HIGHEST = 10.0  # bound of the scale; the full-scale war of 2022 put the threat at 1.8
MOST_EFFORT = 50.0  # % of GDP: what a country in total war can spend, and the end of what a file can set
PEACETIME = 0.33  # unit of the scale: its mean over 2015-21


def _rise(name: str, meaning: str, default: Distribution, sweep: str) -> Parameter:
    return assumption(
        f"threat.{name}", "index", default, Number(0.0, 3.0), meaning, "not identified", depends_on=True, sweep=sweep,
        raises=("threat",),
    )  # fmt: skip


PARAMETERS = (
    estimated("threat.peacetime_level", "index", None, Number(0.0, 5.0),
        "perceived threat without full-scale war; 0.33 is its level in 2015-21",
        "yearly means of defence shares 2015-24 (NATO June 2024): 0.33 in 2015-21; 0 before March 2014, set",
        raises=("threat", "europe_canada_share_pct_gdp"), sweep="0 to 0.66"),
    estimated("threat.war_level", "index", fixed(1.8), Number(0.0, 10.0),
        "perceived threat while the full-scale war goes on",
        "yearly means of defence shares 2022-24 (NATO June 2024)", raises=("threat", "europe_canada_share_pct_gdp")),
    assumption("threat.floor", "index", discrete({0.33: 0.5, 0.8: 0.5}), Number(0.0, 5.0),
        "level to which the threat falls after a ceasefire",
        "not identified", depends_on=True, sweep="0.33, 0.8", raises=("threat",)),
    assumption("threat.half_life_years", "years", discrete({2.0: 1 / 3, 5.0: 1 / 3, 10.0: 1 / 3}), Number(0.1, 100.0),
        "time in which the threat loses half its distance to the floor under a ceasefire",
        "not identified; falling threat does not cut spending symmetrically (Cappella Zielinski et al. 2017)",
        depends_on=True, sweep="2, 5, 10", raises=("threat",)),
    estimated("threat.budget_lag", "per year", beta(6.0, 4.0), Number(0.0, 1.0),
        "part of the distance to today's threat that the threat behind budgets closes in a year",
        "yearly means of defence shares 2022-24, just identified"),
    estimated("russia.effort_wartime_pct_gdp", "% of GDP", normal(6.5, 0.8, low=1.0), Number(0.5, 40.0, percent=False),
        "military expenditure that Russia settles at while the war goes on",
        "SIPRI: 5.4 in 2023, 7.1 in the budget of 2024; plan for 2025: 6.3% (PISM)",
        raises=("russian_military_share_pct_gdp",)),
    assumption("russia.effort_after_ceasefire_pct_gdp", "% of GDP", uniform(4.0, 6.5),
        Number(0.5, 40.0, percent=False),
        "military expenditure that Russia settles at under a ceasefire",
        "not identified", depends_on=True, sweep="4 to 6.5", raises=("russian_military_share_pct_gdp",)),
    assumption("russia.effort_speed", "per year", beta(2.0, 2.0), Number(0.0, 1.0),
        "part of the distance to that level closed in a year",
        "weak prior", moves=("russian_military_share_pct_gdp",)),
    estimated("russia.effort_noise_pp", "sd, points of GDP", fixed(0.8), Number(0.0, 5.0),
        "yearly noise in Russia's military share of GDP",
        "SIPRI, yearly changes 2014-24 (published in April 2025, data to 2024)",
        raises=("spread of russian_military_share_pct_gdp",)),
    assumption("russia.spending_factor", "factor", fixed(1.0), Number(0.0, 10.0),
        "factor on Russia's military expenditure over what it would be",
        "scenario lever", raises=("russian_military_share_pct_gdp",)),
    _rise(
        "collapse_rise",
        "rise of the threat per 5,000 km2 that Ukraine loses where its front gives way",
        uniform(0.0, 0.6),
        "0 to 0.6",
    ),
    assumption("threat.collapse_half_life_years", "years", uniform(0.5, 3.0), Number(0.1, 100.0),
        "time in which that rise loses half of itself",
        "not identified", depends_on=True, sweep="0.5 to 3", raises=("threat", "europe_canada_share_pct_gdp")),
    _rise(
        "commitment_rise",
        "rise of the threat per 0.25 that the U.S. commitment has fallen since the start",
        uniform(0.0, 0.3),
        "0 to 0.3",
    ),
    _rise(
        "troops_rise",
        "rise of the threat per ten thousand fewer U.S. troops in Europe than at the start",
        uniform(0.0, 0.05),
        "0 to 0.05",
    ),
)  # fmt: skip


_spent = per_folder(facts.russia_milex_share)  # every block asks for the same


class Threat:
    """``level``: perceived now; ``in_budgets``: what budgets respond to; ``effort``: Russia's military share of GDP."""

    def __init__(self, engine: Engine, hostilities: Hostilities, commitment: Commitment) -> None:
        self._engine, self._hostilities, self._commitment = engine, hostilities, commitment
        floor = under("threat", "floor war_level")
        self._effort_today = Latest(engine.settings, self._with_lever, ["russia.spending_factor"])
        self._floor = Latest(engine.settings, self._floor_of, (*floor, "reassurance.threat_relief"))
        self._troops_before = commitment.troops.copy()
        self._credibility_before = commitment.credibility.copy()
        self.alarm = engine.zeros()  # what collapses of the front have left in the threat
        settings = engine.settings
        self.level = single(
            np.where(
                hostilities.full_scale, settings.number("threat.war_level"), settings.number("threat.peacetime_level")
            )
        )
        self._without_alarms = self.level
        self.in_budgets = self._history()
        known = _spent(engine.start)
        self._year = max(known)
        self.known_effort = np.full(engine.runs, known[self._year], np.float32)
        self._effort = self.known_effort
        self._in_peace = self.known_effort  # without a war it returns to what it was

    @property
    def effort(self) -> Numbers:
        """Russia's military expenditure today, % of GDP, ``(runs,)``."""
        return self._effort_today(self._effort)

    def process(self) -> Process:
        """Moves the threat monthly, the threat behind budgets each 1 October, Russia's effort each year."""
        clock = self._engine.clock
        rounds = [date(year, 10, 1) for year in range(clock.start.year, clock.end.year + 1)]
        while self._year < clock.start.year:
            self._spend(self._year + 1)
        for day in clock.days([*clock.month_ends, *rounds, *self._engine.event_days]):
            yield clock.at(day, PHASE)
            self._follow(monthly=clock.ends_month(day))
            if day in rounds:
                self.in_budgets = in_budgets_next(
                    self.in_budgets, self.level, self._engine.settings.number("threat.budget_lag")
                )
            if day.month == 1 and clock.ends_month(day) and day.year > self._year:
                self._spend(day.year)

    def _follow(self, monthly: bool) -> None:
        settings, hostilities = self._engine.settings, self._hostilities
        war = settings.number("threat.war_level")
        floor = self._floor(hostilities.reassured)
        kept = settings.reckoned(kept_a_month, "threat.half_life_years") if monthly else 1.0
        decayed = floor + (self._without_alarms - floor) * kept
        calm = np.where(hostilities.full_scale, decayed, settings.number("threat.peacetime_level"))
        self._without_alarms = single(np.where(hostilities.fighting, war, calm))
        if monthly and hostilities.fewest_since_collapse < NEVER:
            self.alarm = next_alarm(
                self.alarm,
                hostilities.collapsed_km2,
                settings.number("threat.collapse_rise"),
                settings.reckoned(kept_a_month, "threat.collapse_half_life_years"),
            )
        lost = np.maximum(0, self._credibility_before - self._commitment.credibility) / np.float32(0.25)
        fewer = (self._troops_before - self._commitment.troops) / np.float32(10)
        alone = settings.number("threat.commitment_rise") * lost + settings.number("threat.troops_rise") * fewer
        self.level = single(within(self._without_alarms + self.alarm + alone, 0, HIGHEST))

    def _floor_of(self, reassured: Flags) -> Numbers:
        """The level to which the threat falls under a ceasefire, lower behind a reassurance force."""
        number = self._engine.settings.number
        floor = np.minimum(number("threat.floor"), number("threat.war_level"))
        return floor * (1 - reassured * number("reassurance.threat_relief"))

    def _with_lever(self, effort: Numbers) -> Numbers:
        factor = self._engine.settings.number("russia.spending_factor")
        return single(within(effort * factor, 0.1, MOST_EFFORT))

    def _spend(self, year: int) -> None:
        self._year = year
        settings, hostilities = self._engine.settings, self._hostilities
        goal = np.where(
            hostilities.ceasefire,
            settings.number("russia.effort_after_ceasefire_pct_gdp"),
            settings.number("russia.effort_wartime_pct_gdp"),
        )
        goal = np.where(hostilities.full_scale, goal, self._in_peace)
        noise = settings.number("russia.effort_noise_pp") * self._engine.streams.normal("threat", year)
        moved = self._effort + settings.number("russia.effort_speed") * (goal - self._effort) + noise
        self._effort = single(within(moved, 1, 40))

    def _history(self) -> Numbers:
        """The threat behind budgets at the start, from the yearly rounds before it."""
        settings, start = self._engine.settings, self._engine.start
        lag, war = settings.number("threat.budget_lag"), settings.number("threat.war_level")
        level = np.zeros(1, np.float32)
        for year in range(2013, start.year + 1):
            day = date(year, 10, 1)
            if day >= start:
                break
            now = war if day >= DAY_ONE else single([PEACETIME if day >= CRIMEA else 0.0])
            level = now if day.year == CRIMEA.year else in_budgets_next(level, now, lag)
        return self._engine.fill(level)


def kept_a_month(half_life_years: Numbers) -> Numbers:
    """The part left after a month of what loses half of itself in so many years."""
    return np.asarray(0.5 ** (1 / (12 * half_life_years)))


def next_alarm(now: Numbers, lost_km2: Numbers, rise: Numbers, kept: Numbers) -> Numbers:
    """What collapses of the front add to the threat a month later: a part is ``kept``, and it rises per 5,000 km2."""
    return single(now * kept + rise * np.maximum(0, lost_km2) / 5000)


def in_budgets_next(before: Numbers, threat: Numbers, lag: Numbers) -> Numbers:
    """The threat behind budgets a year later: B' = B + rho_B (T - B)."""
    return before + lag * (threat - before)


def peacetime_level(start: date) -> dict[str, Value]:
    """The threat without a full-scale war: none before Crimea was annexed."""
    return {"threat.peacetime_level": fixed(0.0 if start < CRIMEA else PEACETIME)}


def acts(key: str, _day: date, scenario: Scenario) -> bool:
    """The level of peacetime acts only where a full-scale war can still begin."""
    return key != "threat.peacetime_level" or may_begin(scenario)


def by_ceasefire(block: Block, _: str) -> Parts:
    """The change of the threat, told apart by whether a ceasefire is in force on the day."""
    values, ceasefire = block.of("threat"), block.record["ceasefire"][-1] > 0
    moved = values[-1] - values[0]
    parts = {"runs under a ceasefire": moved * ceasefire, "other runs": moved * ~ceasefire}
    how = "change in runs with and without a ceasefire on the day, weighed by their share"
    return Parts(values[0], values[-1], parts, how)


SYSTEM = System(
    name="threat",
    title="threat",
    build=Threat,
    reads=("hostilities", "commitment"),
    phase=PHASE,
    stream=13,
    parameters=PARAMETERS,
    variables=(
        Variable(
            "russian_military_share_pct_gdp", "Russia, military expenditure, share of GDP", "% of GDP", "year",
            read="effort", states=("Russia's budget",),
        ),
        Variable(
            "threat", "Perceived threat", "index, 2015-21 = 0.33, full-scale war = 1.8", "month",
            read="level", states=("threat",), parts=by_ceasefire,
        ),
    ),
    states={
        "threat": State(about="the threat that members perceive",
            keys=(
                "threat.peacetime_level",
                "threat.war_level",
                "threat.floor",
                "threat.half_life_years",
                "threat.collapse_rise",
                "threat.collapse_half_life_years",
                "threat.commitment_rise",
                "threat.troops_rise",
                "reassurance.threat_relief",
            ),
            reads=("onset", "ceasefire", "collapse", "credibility", "troops", "reassurance"),
        ),
        "lagged threat": State(about="the threat as budgets see it, with a delay",
            keys=("threat.budget_lag",), reads=("threat",)),
        "Russia's budget": State(about="Russia's military budget",
            keys=under(
                "russia",
                "effort_wartime_pct_gdp effort_after_ceasefire_pct_gdp effort_speed effort_noise_pp spending_factor",
            ),
            reads=("onset", "ceasefire"),
            tables=("milex",),
        ),
    },
    at_start=peacetime_level,
    acts=acts,
)  # fmt: skip
