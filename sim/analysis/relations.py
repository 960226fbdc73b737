"""Relations between scenarios, checked run by run on the same streams."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import loading
from sim.analysis.relation_file import EVERY_RUN, EVERYTHING, ON_AVERAGE, Hold, Relation, Side, read_relation
from sim.analysis.simulated import Simulated, simulated
from sim.errors import InputError, Problem
from sim.scenario.scenario import Scenario

ROUNDING = 1e-5

Load = Callable[[str, Sequence[str]], Scenario]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether one relation held. ``broken`` counts the runs in which it did not; ``told`` is the answer in words."""

    relation: Relation
    hold: Hold
    passed: bool
    broken: int
    told: str


def verify(
    paths: Sequence[Path], *, runs: int | None = None, seed: int = 1, load: Load | None = None
) -> tuple[Verdict, ...]:
    """Check every relation of every file, in order; ``runs`` overrides the files' numbers of runs.

    ``load`` reads a scenario from a path or shipped name with settings; by default as the whole package does.

    Raises:
        InputError: a file is not a file of relations, or a side's scenario is wrong; all mistakes of a file at once.
    """
    relations = [read_relation(path) for path in paths]
    made: dict[tuple[str, int], Simulated] = {}
    verdicts = []
    for relation in relations:
        count = runs or relation.runs
        sides = {}
        for side in relation.sides:
            scenario = _loaded(side, relation.path, load or loading.load)
            key = (scenario.hash, count)
            if key not in made:
                made[key] = simulated(scenario, count, seed)
            sides[side.name] = made[key]
        for hold in relation.holds:
            judge = _judge_all if hold.variable == EVERYTHING else _judge
            verdicts.append(judge(relation, hold, sides[hold.left], sides[hold.right]))
    return tuple(verdicts)


def _loaded(side: Side, path: Path, load: Load) -> Scenario:
    beside = path.parent / side.scenario
    return load(str(beside) if beside.is_file() else side.scenario, side.sets)


def _judge_all(relation: Relation, hold: Hold, left: Simulated, right: Simulated) -> Verdict:
    """The verdict on everything recorded: the first series that breaks the relation, or that none does."""
    count = 0
    for name, variable in left.variables.items():
        if not _kept(hold, left.dates(name), right.dates(name)).any():
            continue
        for entity in left.entities[variable.entity] if variable.entity else ("",):
            verdict = _judge(relation, replace(hold, variable=name, entity=entity), left, right)
            if not verdict.passed:
                return replace(verdict, hold=hold)
            count += 1
    return Verdict(relation, hold, True, 0, f"{hold}: holds in all {count} series")


def _kept(hold: Hold, dates: NDArray[np.datetime64], others: NDArray[np.datetime64]) -> NDArray[np.bool_]:
    """Which of ``dates`` the relation is about."""
    kept = np.isin(dates, others)
    if hold.since:
        kept &= dates >= np.datetime64(hold.since)
    if hold.until:
        kept &= dates <= np.datetime64(hold.until)
    if hold.at_end:
        kept &= dates == dates[kept][-1:]
    return kept


def _judge(relation: Relation, hold: Hold, left: Simulated, right: Simulated) -> Verdict:
    dates = left.dates(hold.variable)
    kept = _kept(hold, dates, right.dates(hold.variable))
    if not kept.any():
        raise InputError((Problem(str(relation.path), 0, 0, "holds", f"{hold}: no date to compare"),))
    dates = dates[kept]
    a = left.values(hold.variable, hold.entity or None)[kept]
    b = right.values(hold.variable, hold.entity or None)[np.isin(right.dates(hold.variable), dates)]
    wrong = _wrong(a, b, hold)
    if wrong.any():
        broken = int(wrong.any(axis=0).sum()) if hold.mode == EVERY_RUN else a.shape[1]
        return Verdict(relation, hold, False, broken, _counterexample(hold, dates, a, b, wrong))
    if hold.sign in "<>" and not (a != b).any():
        return Verdict(relation, hold, False, a.shape[1], f"{hold}: both sides are the same in every run")
    runs = f"{a.shape[1]:,} runs" if hold.mode == EVERY_RUN else f"the mean of {a.shape[1]:,} runs"
    return Verdict(relation, hold, True, 0, f"{hold}: holds in {runs} at {len(dates)} dates")


def _wrong(a: NDArray[Any], b: NDArray[Any], hold: Hold) -> NDArray[np.bool_]:
    """Where the relation is broken, ``(time, runs)``, or ``(time, 1)`` for means; rounding of sums is forgiven."""
    if hold.mode == ON_AVERAGE:
        a, b = a.mean(axis=1, keepdims=True, dtype=np.float64), b.mean(axis=1, keepdims=True, dtype=np.float64)
    if hold.sign == "==":
        different: NDArray[np.bool_] = a != b
        return different
    slack = ROUNDING * np.maximum(np.abs(a), np.abs(b))
    found: NDArray[np.bool_] = a > b + slack if hold.sign[0] == "<" else a < b - slack
    return found


def _counterexample(
    hold: Hold, dates: NDArray[np.datetime64], a: NDArray[Any], b: NDArray[Any], wrong: NDArray[np.bool_]
) -> str:
    if hold.mode == ON_AVERAGE:
        time = int(np.argmax(wrong[:, 0]))
        return (
            f"{hold}: on {dates[time]} the means are {hold.left} {a[time].mean(dtype=np.float64):.6g} and "
            f"{hold.right} {b[time].mean(dtype=np.float64):.6g}"
        )
    gap = np.where(wrong, np.abs(a.astype(np.float64) - b), -1)
    time, run = (int(place) for place in np.unravel_index(np.argmax(gap), gap.shape))
    return (
        f"{hold}: broken in {int(wrong.any(axis=0).sum()):,} of {a.shape[1]:,} runs; worst in run {run} on "
        f"{dates[time]}: {hold.left} {a[time, run]:.6g}, {hold.right} {b[time, run]:.6g}"
    )
