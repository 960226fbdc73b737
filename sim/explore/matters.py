"""What matters for an outcome: each input moved alone, or all together, screened by Morris and shared out by Sobol."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim import text
from sim.analysis.sweep.design import Design, Input, assumptions
from sim.analysis.sweep.sensitivity import morris, morris_points, sobol_points, sobol_shares
from sim.errors import InputError
from sim.explore.drawn import GivenUp, Subject, simulated
from sim.explore.levers import front
from sim.explore.state import State
from sim.scenario.domain import Choice, Flag, Number
from sim.scenario.parameter import declared_range
from sim.scenario.values import Distribution

if TYPE_CHECKING:
    from sim.scenario import Parameter, Scenario

Progress = Callable[[int, int], None]
Stopped = Callable[[], bool]
Question = Callable[[Progress, Stopped], dict[str, Any]]

RUNS = 256
DRAWN = ("drawn", "by_winner", "by_posture")
"""Options of a choice that leave it to chance or to another key."""
PATHS, BASE, MOST_SHARED, SCREENED_RUNS = 6, 32, 6, 64
"""Paths of the screening, rows of each design of shares, inputs shared over, and runs at each point."""


def outcome(raw: Mapping[str, Any], scenario: Scenario) -> tuple[Subject, datetime.date]:
    """The outcome a request asks about, and the day within the scenario."""
    subject = Subject.read(raw.get("subject"), scenario)
    if subject.about.labels:
        raise InputError(f"{subject.title} is a name, not a number; choose another outcome")
    date = raw.get("date")
    try:
        day = datetime.date.fromisoformat(date) if isinstance(date, str) and date else scenario.end
    except ValueError:
        raise InputError("date must be a day such as 2027-12-31") from None
    return subject, min(max(day, scenario.start), scenario.end)


def days(scenario: Scenario, subject: Subject) -> tuple[datetime.date, ...]:
    """The days on which a subject is recorded."""
    from sim.model import axes

    axis = axes(scenario)
    return axis.years if subject.about.every == "year" else axis.months


def row_of(scenario: Scenario, subject: Subject, day: datetime.date) -> int:
    """The place of the last value on or before ``day``; the first where none is."""
    return max(0, sum(date <= day for date in days(scenario, subject)) - 1)


def values_of(scenario: Scenario, seed: int, subject: Subject, day: datetime.date, runs: int = RUNS) -> NDArray[Any]:
    """The outcome in every run."""
    series = simulated(scenario, seed, 0, runs, subject.series)
    return np.asarray(subject.of(series)[row_of(scenario, subject, day)], np.float64)


def parameter_of(key: str) -> Parameter:
    """The parameter of a key. Raises InputError for a key that the model does not have."""
    from sim.model import catalogue

    parameter = catalogue().find(key)
    if parameter is None or "*" in key:
        raise InputError(text.unknown("key", text.tame(key, 80), catalogue().keys()))
    return parameter


def label_of(key: str) -> str:
    """The short name of a lever in front, else the key."""
    return next((lever.label for _, levers in front() for lever in levers if lever.key == key), key)


def ends_of(key: str, scenario: Scenario) -> tuple[str, str] | None:
    """The two ends between which a key is moved, as TOML texts: its range in front, the declared one, or 90%."""
    parameter = parameter_of(key)
    lever = next((lever for _, levers in front() for lever in levers if lever.key == key), None)
    domain = parameter.domain
    if isinstance(domain, Flag):
        return "false", "true"
    if isinstance(domain, Choice):
        options = [option for option in domain.options if option not in DRAWN]
        return f'"{options[0]}"', f'"{options[-1]}"'
    if not isinstance(domain, Number):
        return None
    given = scenario.values.get(key)
    value = given.value if given else parameter.default
    declared_low, declared_high, listed = declared_range(parameter)
    if lever:
        low, high = lever.low, lever.high
    elif listed:
        low, high = (float(_central(value)) for value in (listed[0], listed[-1]))
    elif declared_low < declared_high:
        low, high = declared_low, declared_high
    elif isinstance(value, Distribution) and not value.is_fixed:
        low, high = (float(edge) for edge in value.ppf(np.array([0.05, 0.95])))
    else:
        return None
    if domain.integer:
        low, high = round(low), round(high)
    return (f"{low:.6g}", f"{high:.6g}") if low < high else None


def _central(value: Any) -> float:
    return value.central() if isinstance(value, Distribution) else float("nan")


def tornado(raw: Mapping[str, Any]) -> Question:
    """What matters for an outcome: each front lever, or each assumption that data leave open, moved over its range."""
    state = State.read(raw.get("state"))
    scenario = state.scenario()
    subject, day = outcome(raw, scenario)
    keys = _keys_to_move(raw.get("of"), scenario)

    def run(progress: Progress, stopped: Stopped) -> dict[str, Any]:
        middle = values_of(scenario, state.seed, subject, day)
        bars = []
        for row, (key, ends, label) in enumerate(keys):
            progress(row, len(keys))
            if stopped():
                raise GivenUp
            try:
                moved = [values_of(state.with_set(key, end).scenario(), state.seed, subject, day) for end in ends]
            except InputError:  # the end does not go together with the rest of this state
                continue
            means = [float(values.mean() - middle.mean()) for values in moved]
            noise = [1.96 * float((values - middle).std()) / len(middle) ** 0.5 for values in moved]
            if max(map(abs, means)) > 0:
                bars.append({"key": key, "label": label, "ends": ends, "means": means, "noise": noise})
        bars.sort(key=lambda bar: -max(map(abs, bar["means"])))
        return {
            "title": subject.title,
            "unit": subject.unit,
            "date": text.when(day, subject.about.every),
            "middle": float(middle.mean()),
            "runs": RUNS,
            "moved": len(keys),
            "bars": bars[:24],
        }

    return run


def _keys_to_move(of: Any, scenario: Scenario) -> list[tuple[str, tuple[str, str], str]]:
    from sim.model import catalogue

    if of == "open":
        keys = [
            (parameter.key, parameter.key)
            for parameter in catalogue()
            if parameter.depends_on and not parameter.entities
        ]
    else:
        keys = [(lever.key, lever.label) for _, levers in front() for lever in levers]
    return [(key, ends, label) for key, label in keys if (ends := ends_of(key, scenario))]


def screening(raw: Mapping[str, Any]) -> Question:
    """What matters where all inputs move at once: Morris finds those that do, Sobol shares out the variance over them.

    The outcome is the mean over the runs; every point of both designs is simulated with the same runs.
    """
    state = State.read(raw.get("state"))
    scenario = state.scenario()
    subject, day = outcome(raw, scenario)
    inputs = inputs_to_move(raw.get("of"), scenario)
    until = _until(scenario, days(scenario, subject)[row_of(scenario, subject, day)])

    def run(progress: Progress, stopped: Stopped) -> dict[str, Any]:
        rough = morris_points(len(inputs), PATHS, state.seed)
        steps = len(rough) + BASE * (MOST_SHARED + 2)
        done = 0

        def means(design: Design) -> NDArray[np.float64]:
            nonlocal done
            found = np.empty(design.samples)
            for row, numbers in enumerate(design.numbers()):
                progress(done, steps)
                if stopped():
                    raise GivenUp
                done += 1
                moved = design.scenario(until, numbers)
                found[row] = values_of(moved, state.seed, subject, until.end, SCREENED_RUNS).mean()
            return found

        screened = morris(rough, means(Design(inputs, rough, "morris")))
        left = screened.leading(MOST_SHARED)
        chosen = tuple(inputs[row] for row in left)
        rows = [
            {
                "key": inputs[row].name,
                "label": label_of(inputs[row].name),
                "ends": [inputs[row].text(end) for end in (inputs[row].ends()[0], inputs[row].ends()[-1])],
                "effect": float(screened.mean[row, 0]),
                "size": float(screened.size[row, 0]),
                "interval": [float(screened.low[row, 0]), float(screened.high[row, 0])],
            }
            for row in screened.leading(len(inputs))
        ]
        if len(chosen) > 1:
            fine = sobol_points(len(chosen), BASE, state.seed)
            shares = sobol_shares(len(chosen), means(Design(chosen, fine, "sobol")))
            for row, told in enumerate(rows[: len(chosen)]):
                told["share"] = float(shares.total[row, 0])
                told["alone"] = float(shares.first[row, 0])
                told["share_interval"] = [float(edge) for edge in shares.total_interval[row, 0]]
        return {
            "title": subject.title,
            "unit": subject.unit,
            "date": text.when(day, subject.about.every),
            "rows": rows,
            "moved": len(inputs),
            "points": [len(rough), BASE * (len(chosen) + 2) if len(chosen) > 1 else 0],
            "runs": SCREENED_RUNS,
        }

    return run


def inputs_to_move(of: Any, scenario: Scenario) -> tuple[Input, ...]:
    """The front levers, each over its range, or every open assumption over its own."""
    if of == "open":
        from sim.model import catalogue

        return tuple(assumptions(catalogue(), scenario))
    inputs = []
    for key, (low, high), _ in _keys_to_move(of, scenario):
        parameter = parameter_of(key)
        entry = Input(key, (key,), parameter.meaning, parameter.unit)
        domain = parameter.domain
        if isinstance(domain, Number):
            inputs.append(replace(entry, low=float(low), high=float(high), whole=domain.integer))
        elif isinstance(domain, Choice):
            inputs.append(replace(entry, values=tuple(each for each in domain.options if each not in DRAWN)))
        else:
            inputs.append(replace(entry, values=(False, True)))
    return tuple(inputs)


def _until(scenario: Scenario, day: datetime.date) -> Scenario:
    """The scenario up to a day: what comes later changes nothing before."""
    events = tuple(event for event in scenario.events if event.first_day(scenario.start) <= day)
    return replace(scenario, end=day, events=events)
