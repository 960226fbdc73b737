"""Scenarios made in memory, and a few shared blocks of runs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sim.model import catalogue, facts_layer, registry, simulate
from sim.model.engine import Engine, simulation
from sim.model.engine.clock import Clock
from sim.model.engine.settings import Settings
from sim.model.engine.streams import Streams
from sim.scenario import Event, Given, Origin, Scenario, Value, fixed
from sim.scenario.condition import parse_condition

DEFAULT = Origin("default", "", 0, 0)
SET = Origin("set", "", 0, 0)
START = date(2024, 10, 1)
SHORT = date(2026, 1, 31)
RUNS = 16
SEED = 7


def value_of(told: Any) -> Value:
    """A plain number as a fixed value, everything else as it is."""
    if isinstance(told, (int, float)) and not isinstance(told, bool):
        return fixed(float(told))
    return told


def event(
    day: date | None,
    sets: Mapping[str, Any],
    *,
    name: str = "event",
    until: date | None = None,
    chance: float = 1.0,
    when: str = "",
    **more: Any,
):
    return Event(
        date=day,
        until=until,
        name=name,
        sets=tuple((key, value_of(told)) for key, told in sets.items()),
        probability=chance,
        origin=SET,
        when=parse_condition(when, catalogue()) if when else None,
        **more,
    )


def scenario(
    sets: Mapping[str, Any] | None = None,
    *events: Event,
    start: date = START,
    end: date = SHORT,
) -> Scenario:
    """Defaults and facts as of ``start``, with ``sets`` on top: what a scenario file becomes, without a file."""
    values = dict(facts_layer(start))
    for parameter in catalogue():
        for key in parameter.expanded():
            if key not in values and parameter.default is not None:
                values[key] = Given(parameter.default, DEFAULT)
    for key, told in (sets or {}).items():
        values[key] = Given(value_of(told), SET)
    return Scenario(
        name="made",
        title="made",
        description="made for a test",
        references=(),
        start=start,
        end=end,
        values=values,
        events=events,
        files=(),
    )


def run(made: Scenario, first: int = 0, count: int = RUNS, seed: int = SEED, **more: Any) -> dict[str, np.ndarray]:
    return simulate(made, seed, first, count, **more)


def differing(one: Mapping[str, np.ndarray], other: Mapping[str, np.ndarray]) -> list[str]:
    """Names of the variables whose bytes differ."""
    assert one.keys() == other.keys()
    return [name for name in one if one[name].tobytes() != other[name].tobytes()]


@pytest.fixture(scope="session")
def baseline() -> dict[str, np.ndarray]:
    """Sixteen runs of the defaults from October 2024 to January 2026."""
    return run(scenario())


def systems_at(made: Scenario, count: int = RUNS, *, central: bool = False):
    """The systems of a scenario as they stand before the first day, with the engine they share."""
    clock = Clock(made.start, made.end, registry().phases)
    streams = streams_of(SEED, 0, count)
    engine = Engine(clock, Settings(made, catalogue(), streams, clock, central), streams, ())
    return SimpleNamespace(**registry().build(engine)), engine


def register_in(order, monkeypatch) -> list[object]:
    """From now on processes are registered in this order of their places; the list fills with those registered."""
    registered: list[object] = []

    def start(environment, processes):
        registered.extend(environment.process(processes[place]) for place in order)

    monkeypatch.setattr(simulation, "_start", start)
    return registered


def streams_of(seed: int, first: int, count: int) -> Streams:
    """The streams of a block, with the numbers of the systems."""
    return Streams(seed, first, count, registry().streams)
