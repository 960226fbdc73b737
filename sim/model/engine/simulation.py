"""One block of runs: the systems are built, run as SimPy processes in one environment, and recorded."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import numpy as np
import simpy

from sim.errors import FaultError
from sim.model.engine.block import Engine, Numbers
from sim.model.engine.clock import Clock, Process, month_ends, year_ends
from sim.model.engine.record import Record
from sim.model.engine.registry import FIRST_PHASE, Registry
from sim.model.engine.settings import Settings
from sim.model.engine.streams import LANES, Memory, Seed, Streams
from sim.model.engine.variables import Axes
from sim.scenario import Scenario


def axes(registry: Registry, scenario: Scenario) -> Axes:
    """The axes of a scenario's results."""
    start, end = scenario.start, scenario.end
    return Axes(year_ends(start, end), month_ends(start, end), registry.axes)


def run_block(
    registry: Registry,
    scenario: Scenario,
    seed: Seed,
    first: int,
    count: int,
    *,
    central: bool = False,
    explaining: bool = False,
    only: Collection[str] | None = None,
    memory: Memory | None = None,
) -> tuple[dict[str, Numbers], dict[str, Any]]:
    """Runs ``first`` to ``first + count - 1`` of an ensemble.

    Returns every variable, name -> float32 array (time, runs) or (time, entities, runs), and the systems by name as
    they stand at the end. The systems compute whole lanes of 16 runs: their arrays hold ``first % 16`` runs before the
    block's own. ``central`` puts every parameter at its median; ``explaining`` makes systems keep what their ``parts``
    need. ``only`` names the variables to record, None for all. ``memory`` is that of `Streams`. Raises FaultError if a
    value is not a number.
    """
    lead = first % LANES
    lanes = -(-(lead + count) // LANES) * LANES
    clock = Clock(scenario.start, scenario.end, registry.phases)
    streams = Streams(seed, first - lead, lanes, registry.streams, memory)
    settings = Settings(scenario, registry.catalogue, streams, clock, central)
    event_days = clock.days(
        [event.date for event in scenario.events] + [event.until for event in scenario.events if event.until]
    )
    engine = Engine(clock, settings, streams, event_days, explaining)
    with np.errstate(all="ignore"):
        systems = registry.build(engine)
        record = Record(engine, axes(registry, scenario), registry.systems, systems, only)
        acting = [systems[system.name].process() for system in registry.systems if system.phase]
        _start(clock.environment, [_follow_events(engine, scenario), *acting, record.process()])
        clock.environment.run()
    return {name: _checked(name, values[..., lead : lead + count]) for name, values in record.values.items()}, systems


def _start(environment: simpy.Environment, processes: Iterable[Process]) -> None:
    """Registers the processes; their order does not matter, since each waits in phases of its own."""
    for process in processes:
        environment.process(process)


def _follow_events(engine: Engine, scenario: Scenario) -> Process:
    """The scenario's events: on their date in force, on ``until`` lifted, before anything else of that day."""
    clock = engine.clock
    for day in engine.event_days:
        yield clock.at(day, FIRST_PHASE)
        for event in scenario.events:
            if event.until == day:
                engine.settings.lift(event)
        for event in scenario.events:
            if event.date == day:
                engine.settings.begin(event)


def _checked(name: str, values: Numbers) -> Numbers:
    if not np.isfinite(values).all():
        raise FaultError(f"{name} is not a number in some runs: please report the scenario as a defect")
    return values
