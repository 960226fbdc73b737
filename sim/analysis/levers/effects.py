"""What each lever does to each outcome: paired differences on common streams, in standard deviations of the outcome."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import model
from sim.analysis.levers.trials import Lever, Trial
from sim.analysis.outcomes import Outcome, dates_shown, headline, outcomes_of
from sim.ensemble.executors import complete
from sim.scenario import Given, Origin, Scenario

Floats = NDArray[np.float64]
Progress = Callable[[int, int], None]

ENOUGH = 0.05
"""A lever moves an outcome if it moves it by this many of its standard deviations."""
CLEAR = 3.0  # standard errors of the mean paired difference
NARROW = 0.1  # of an outcome's widest spread: dates with less are measured against that much
SPREAD = "spread of "
ORIGIN = Origin("set", "audit of the levers")


@dataclass(frozen=True, slots=True)
class Effect:
    """What one lever does to one outcome at the year end where it does most.

    ``change`` is the mean paired difference, in the outcome's unit, between the settings ``low`` and ``high`` (of a
    choice: those two options that lie furthest apart, the later one minus the earlier). ``standard`` and ``error`` are
    the difference and its standard error in standard deviations of the outcome in the scenario; ``error`` counts the
    runs' own spread only. ``expected`` is ``raises`` or ``lowers`` where theory gives a direction.
    """

    key: str
    outcome: str
    title: str
    unit: str
    scenario: str
    tried: str
    low: str
    high: str
    day: date
    change: float
    standard: float
    error: float
    expected: str = ""

    @property
    def moves(self) -> bool:
        """Whether it is large enough to count, and more than noise."""
        return abs(self.standard) >= ENOUGH and abs(self.standard) >= CLEAR * self.error

    @property
    def verdict(self) -> str:
        """How it went with the expected direction: ``held``, ``wrong way``, ``no clear effect``; empty without one."""
        if not self.expected:
            return ""
        if abs(self.standard) < CLEAR * self.error or self.standard == 0:
            return "no clear effect"
        return "held" if (self.standard > 0) == (self.expected == "raises") else "wrong way"


@dataclass(frozen=True, slots=True)
class Case:
    """One scenario and the levers tried in it."""

    scenario: Scenario
    levers: tuple[Lever, ...]


@dataclass(frozen=True, slots=True)
class Audit:
    """Every lever in its scenario; ``outcomes`` are looked at for all, beside those a lever declares."""

    cases: tuple[Case, ...]
    outcomes: tuple[Outcome, ...]
    runs: int = 200
    seed: int = 1

    @property
    def tasks(self) -> list[tuple[int, int]]:
        """(case, lever) of everything that is tried."""
        return [(at, which) for at, case in enumerate(self.cases) for which in range(len(case.levers))]

    def name(self, task: tuple[int, int]) -> str:
        """The key of a task."""
        return self.cases[task[0]].levers[task[1]].key

    def effects(self, task: tuple[int, int]) -> list[Effect]:
        """The effects of one lever on every outcome, in the order of the outcomes."""
        case = self.cases[task[0]]
        lever = case.levers[task[1]]
        outcomes = dict.fromkeys((*self.outcomes, *declared(lever)))
        base = _recorded(
            case.scenario, tuple(dict.fromkeys((*self.outcomes, *_all_declared(case)))), self.runs, self.seed
        )
        tried = [_simulated(tried_in(case.scenario, trial), outcomes, self.runs, self.seed) for trial in lever.trials]
        return [
            _effect(lever, outcome, case.scenario, base[outcome], [values[outcome] for values in tried])
            for outcome in outcomes
        ]


def declared(lever: Lever) -> dict[Outcome, str]:
    """The outcomes that a lever's parameter names, each with the direction expected: empty where it has none."""
    parameter = lever.parameter
    expected = {"raises": parameter.raises, "lowers": parameter.lowers, "": parameter.moves}
    return {outcome: way for way, names in expected.items() for name in names for outcome in _outcomes(name, lever)}


def _outcomes(name: str, lever: Lever) -> tuple[Outcome, ...]:
    """What a declaration names: of entities those of the lever, where it moves a few, else the total or the mean."""
    stem = name.removeprefix(SPREAD)
    variable, _, label = stem.partition("=")
    about = next(each for each in model.variables() if each.name == variable.partition(":")[0])
    if about.labels:
        chosen = tuple(each for each in outcomes_of(about, ("",)) if each.key == stem or not label)
    elif about.entity and ":" not in variable:
        codes = model.registry().axes
        axis = next(each for each in codes if each.name == about.entity)
        own = [entity for entity in lever.entities if entity in axis.codes]
        chosen = tuple(outcomes_of(about, own or (("ALL",) if "ALL" in axis.codes else ("",))))
    else:
        chosen = tuple(outcomes_of(about, (variable.partition(":")[2],)))
    if stem == name:
        return chosen
    return tuple(
        replace(each, name=f"{SPREAD}{each.name}", long_name=f"Distance from the mean, {each.long_name}")
        for each in chosen
    )


def audit(asked: Audit, *, jobs: int = 1, progress: Progress | None = None) -> list[Effect]:
    """The effects of all levers, in the order of cases, levers and outcomes.

    Args:
        asked: what is tried.
        jobs: worker processes.
        progress: called with levers done and in all.

    Raises:
        InputError, FaultError: a lever could not be tried, as `complete` raises it.
    """
    found: dict[tuple[int, int], list[Effect]] = {}
    for task, effects in complete(asked.effects, asked.tasks, jobs, asked.name):
        found[task] = effects
        if progress is not None:
            progress(len(found), len(asked.tasks))
    return [effect for task in asked.tasks for effect in found[task]]


def usual_outcomes() -> tuple[Outcome, ...]:
    """The headline outcomes, of entities their totals and groups; times until something happens are left out."""
    return tuple(outcome for outcome in headline() if outcome.kind != "wait")


def tried_in(scenario: Scenario, trial: Trial) -> Scenario:
    """The scenario with the setting of a trial, on top of all it says itself, its events included."""
    keys = {key for key, _ in trial.settings}
    values = {**scenario.values, **{key: Given(value, ORIGIN) for key, value in trial.settings}}
    events = tuple(
        replace(event, sets=tuple(pair for pair in event.sets if pair[0] not in keys)) for event in scenario.events
    )
    return replace(scenario, values=values, events=tuple(event for event in events if event.sets))


def _all_declared(case: Case) -> tuple[Outcome, ...]:
    return tuple(outcome for lever in case.levers for outcome in declared(lever))


Recorded = dict[Outcome, Floats]
_remembered: dict[tuple[str, tuple[Outcome, ...], int, int], Recorded] = {}


def _recorded(scenario: Scenario, outcomes: tuple[Outcome, ...], runs: int, seed: int) -> Recorded:
    """The scenario as it is; one is remembered, since all its levers ask for it one after the other."""
    asked = (scenario.hash, outcomes, runs, seed)
    if asked not in _remembered:
        _remembered.clear()
        _remembered[asked] = _simulated(scenario, outcomes, runs, seed)
    return _remembered[asked]


def _simulated(scenario: Scenario, outcomes: Any, runs: int, seed: int) -> Recorded:
    """Every outcome at year ends and at the end, ``(dates, runs)``."""
    axes, about = model.axes(scenario), {variable.name: variable for variable in model.variables()}
    only = {outcome.variable for outcome in outcomes}
    record = model.simulate(scenario, seed, 0, runs, only=only, memory=_memory(seed, runs))
    found: Recorded = {}
    for outcome in outcomes:
        variable = about[outcome.variable]
        values = record[outcome.variable]
        if variable.entity:
            codes = axes.codes(variable.entity)
            values = values[:, codes.index(outcome.entity)] if outcome.entity else values.mean(axis=1)
        if outcome.kind == "label":
            values = values == outcome.label
        if outcome.name.startswith(SPREAD):
            values = np.abs(values - values.mean(axis=-1, keepdims=True))
        found[outcome] = np.asarray(values[_shown(axes.dates(variable.every))], np.float64)
    return found


def _shown(days: Sequence[date]) -> NDArray[np.bool_]:
    return dates_shown(np.array(days, "datetime64[D]"))


@lru_cache(maxsize=1)
def _memory(seed: int, runs: int) -> dict[Any, Any]:  # noqa: ARG001
    """What these runs have drawn: every trial draws the same, and so nothing is drawn twice."""
    return {}


def _effect(lever: Lever, outcome: Outcome, scenario: Scenario, base: Floats, tried: Sequence[Floats]) -> Effect:
    means = np.stack([values.mean(axis=1) for values in tried])  # (trials, dates)
    spread = _spread(base, tried)
    low, high = np.sort(np.stack([means.argmin(axis=0), means.argmax(axis=0)]), axis=0)
    dates = np.arange(means.shape[1])
    standard = np.where(spread > 0, (means[high, dates] - means[low, dates]) / np.where(spread > 0, spread, 1.0), 0.0)
    at = int(np.abs(standard).argmax())
    first, last = int(low[at]), int(high[at])
    if first == last:  # nothing differs anywhere
        last = len(tried) - 1
    gap = tried[last][at] - tried[first][at]
    error = float(gap.std(ddof=1) / np.sqrt(len(gap))) if len(gap) > 1 else 0.0
    axes = model.axes(scenario)
    every = next(variable.every for variable in model.variables() if variable.name == outcome.variable)
    days = [day for day, shown in zip(axes.dates(every), _shown(axes.dates(every)), strict=True) if shown]
    scale = float(spread[at]) or 1.0
    return Effect(
        lever.key, outcome.key, outcome.title, outcome.unit, scenario.name, lever.text, lever.trials[first].text,
        lever.trials[last].text, days[at], float(gap.mean()), float(standard[at]), error / scale,
        declared(lever).get(outcome, ""),
    )  # fmt: skip


def _spread(base: Floats, tried: Sequence[Floats]) -> Floats:
    """The standard deviation that a difference is measured in, date by date; of all trials if the scenario has none."""
    alone = base.std(axis=1)
    spread = alone if alone.max() > 0 else np.concatenate(tried, axis=1).std(axis=1)
    return np.asarray(np.maximum(spread, NARROW * spread.max()), np.float64)
