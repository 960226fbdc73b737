"""What a sweep simulates: scenarios at the points of a design, and what is kept of each sample."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim import model
from sim.analysis.sweep.design import Design, Input
from sim.analysis.sweep.question import Condition, Outcome, Recorded, Target, question
from sim.ensemble import source
from sim.errors import AllianceError, InputError, Problem
from sim.scenario.entities import entity_name
from sim.scenario.scenario import Scenario, decode, encode

if TYPE_CHECKING:
    from sim.model.engine.streams import Seed

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Answer = tuple[Floats, Singles, dict[int, str]]
Question = Outcome | Condition

BLOCK = 16  # samples
MOST_REMEMBERED = 5_000  # runs whose draws are kept in memory from sample to sample
LEVELS = 100  # order statistics kept of each outcome: a probability is known to the nearest per cent
FORMAT = 1


@dataclass(frozen=True)
class Plan:
    """Everything that shapes a sweep's numbers; small and picklable."""

    scenarios: tuple[Scenario, ...]
    design: Design
    questions: tuple[Question, ...]
    runs: int
    seed: int

    @property
    def blocks(self) -> list[tuple[int, int]]:
        """(scenario, first sample) of every block."""
        return [
            (which, first) for which in range(len(self.scenarios)) for first in range(0, self.design.samples, BLOCK)
        ]

    def inputs(self) -> dict[str, Any]:
        """What the numbers depend on; equal inputs give equal bytes."""
        return {
            "scenarios": [scenario.hash for scenario in self.scenarios],
            "inputs": [as_json(entry) for entry in self.design.inputs],
            "design": self.design.method,
            "points": hashlib.sha256(self.design.units.tobytes()).hexdigest(),
            "outcomes": [str(each) for each in self.questions],
            "runs": self.runs,
            "seed": self.seed,
            "facts": source.facts_stamp(),
            "code": source.code_stamp(),
            "format_version": FORMAT,
            "versions": source.versions(),
        }


def recorded(scenario: Scenario) -> Recorded:
    """What can be asked about a scenario."""
    axes, variables = model.axes(scenario), model.variables()
    return Recorded(
        every={variable.name: variable.every for variable in variables},
        entities={variable.name: axes.codes(variable.entity) for variable in variables if variable.entity},
        years=tuple(axes.years),
        months=tuple(axes.months),
        labelled=frozenset(variable.name for variable in variables if variable.labels),
    )


def in_words(asked: Question) -> str:
    """A question as a reader says it: what, of whom, when, and for a condition on which side of which level."""
    outcome = asked.outcome if isinstance(asked, Condition) else asked
    variable = next(each for each in model.variables() if each.name == outcome.variable)
    what = variable.long_name + (f" ({entity_name(outcome.entity)})" if outcome.entity else "")
    at = f"from {_when(outcome.before)} to {_when(outcome.day)}" if outcome.before else f"at {_when(outcome.day)}"
    if not isinstance(asked, Condition):
        return f"{what} {at}"
    parts = 0 < asked.level <= 1 if asked.sign in ("<", ">=") else 0 <= asked.level < 1
    if variable.flag and not outcome.before and parts:
        return f"{what} {at}" if asked.sign in (">", ">=") else f"not: {what} {at}"
    side = {"<": "below", "<=": "at most", ">": "above", ">=": "at least"}[asked.sign]
    return f"{what} {at} is {side} {asked.level:,g} ({variable.unit})"


def headed(asked: Question) -> str:
    """A question as the heading of its numbers: in words, with their unit."""
    if isinstance(asked, Condition):
        return f"Share of runs in which: {in_words(asked)}"
    variable = next(each for each in model.variables() if each.name == asked.variable)
    return f"{in_words(asked)} ({'share of runs' if variable.flag else variable.unit})"


def goal(target: Target) -> str:
    """A target in words: the condition, and in how many runs it is to hold."""
    most = "at least" if target.sign == ">=" else "at most"
    return f"{in_words(target.condition)} in {most} {100 * target.probability:.3g}% of runs"


def _when(day: date) -> str:
    return f"the end of {day.year}" if (day.month, day.day) == (12, 31) else day.isoformat()


def headline_questions(scenario: Scenario) -> list[str]:
    """The headline variables at every year's end, totals where they are recorded by entity."""
    axes = model.axes(scenario)
    names = [variable.name for variable in model.variables() if variable.headline and variable.entity != "member"]
    return [f"{name}@{day.year}" for name in names for day in axes.years[1:] or axes.years]


def plan(
    scenarios: Sequence[Scenario], design: Design, questions: Sequence[str] = (), *, runs: int = 500, seed: int = 1
) -> Plan:
    """What to simulate; the headline outcomes are kept if no question is asked.

    Raises:
        InputError: a question cannot be read, all at once, or there is no scenario.
    """
    if not scenarios:
        raise InputError("a sweep needs a scenario")
    texts = dict.fromkeys(questions or headline_questions(scenarios[0]))
    problems: list[Problem] = []
    asked: list[Question] = []
    for text in texts:
        try:
            asked += [question(text, recorded(scenario)) for scenario in scenarios][:1]
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(tuple(dict.fromkeys(problems)))
    if len({(scenario.start, scenario.end) for scenario in scenarios}) > 1:
        raise InputError("scenarios of one sweep must start and end on the same days")
    return Plan(tuple(map(partial(_trimmed, asked), scenarios)), design, tuple(asked), runs, seed)


def _trimmed(questions: Sequence[Question], scenario: Scenario) -> Scenario:
    """The scenario up to the last day asked about: what comes later changes nothing before."""
    last = max((each.outcome if isinstance(each, Condition) else each).day for each in questions)
    events = tuple(event for event in scenario.events if event.first_day(scenario.start) <= last)
    return replace(scenario, end=last, events=events)


def warnings(plan: Plan) -> tuple[str, ...]:
    """What the reader must know about the design: inputs that events of a scenario set anew."""
    return tuple(
        f"{scenario.name}: {key} varies until the event {event.name!r} ({event.timing()}) sets it"
        for scenario in plan.scenarios
        for event in scenario.events
        for entry in plan.design.inputs
        for key in entry.keys
        if key in dict(event.sets)
    )


def answers(plan: Plan, scenario: Scenario, seed: Seed | None = None) -> list[Floats]:
    """The values of every question in each run, ``(runs,)``; of a condition 0 or 1. One simulation, nothing on disk.

    ``seed`` replaces the plan's, as a function of what is drawn.
    """
    outcomes = [each.outcome if isinstance(each, Condition) else each for each in plan.questions]
    only = {each.variable for each in outcomes}
    kept = None if seed is not None or plan.runs > MOST_REMEMBERED else _memory(plan.seed, plan.runs)
    record = model.simulate(scenario, plan.seed if seed is None else seed, 0, plan.runs, only=only, memory=kept)
    values = [each.read(record) for each in outcomes]
    return [
        each.holds(value).astype(np.float64) if isinstance(each, Condition) else value
        for each, value in zip(plan.questions, values, strict=True)
    ]


@lru_cache(maxsize=1)
def _memory(seed: int, runs: int) -> dict[Any, Any]:  # noqa: ARG001
    """What these runs have drawn: every sample draws the same, and so nothing is drawn twice."""
    return {}


def compute(plan: Plan, block: tuple[int, int]) -> Answer:
    """The samples of one block: mean and sd ``(samples, questions, 2)``, order statistics, and errors by sample.

    Raises:
        AllianceError: no sample of the block could be simulated.
    """
    which, first = block
    numbers = plan.design.numbers()[first : first + BLOCK]
    moments = np.full((len(numbers), len(plan.questions), 2), np.nan)
    levels = np.full((len(numbers), len(plan.questions), LEVELS), np.nan, np.float32)
    ranks = ((np.arange(LEVELS) + 0.5) / LEVELS * plan.runs).astype(np.intp)
    failed: dict[int, str] = {}
    for index, row in enumerate(numbers):
        try:
            values = np.stack(answers(plan, plan.design.scenario(plan.scenarios[which], row)))
        except AllianceError as error:
            failed[first + index] = str(error)
            if len(failed) == len(numbers):
                raise
            continue
        moments[index] = np.column_stack([values.mean(axis=1), values.std(axis=1, ddof=min(1, plan.runs - 1))])
        levels[index] = np.sort(values, axis=1)[:, ranks]
    return moments, levels, failed


def as_json(entry: Input) -> dict[str, Any]:
    """An input as JSON."""
    content = {each.name: getattr(entry, each.name) for each in fields(entry)}
    for end in ("low", "high"):
        content[end] = None if entry.listed else content[end]
    content["values"] = [encode(value) for value in entry.values]
    content["since"] = entry.since.isoformat() if entry.since else None
    return content


def from_json(content: Mapping[str, Any]) -> Input:
    """Inverse of `as_json`."""
    read = dict(content, keys=tuple(content["keys"]), values=tuple(decode(value) for value in content["values"]))
    read["since"] = date.fromisoformat(read["since"]) if read["since"] else None
    for end in ("low", "high"):
        read[end] = math.nan if read[end] is None else read[end]
    return Input(**read)
