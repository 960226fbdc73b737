"""One block of runs: the systems are built, run as SimPy processes in one environment, and recorded."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import numpy as np
import simpy

from sim.errors import FaultError
from sim.model.engine.block import Engine, Numbers
from sim.model.engine.clock import Clock, Process, month_ends, month_number, year_ends
from sim.model.engine.conditions import condition_days, follow_conditions
from sim.model.engine.draws import kept
from sim.model.engine.record import Record
from sim.model.engine.registry import FIRST_PHASE, Registry
from sim.model.engine.settings import Settings
from sim.model.engine.streams import LANES, Memory, Seed, Streams
from sim.model.engine.variables import Axes
from sim.scenario import Event, Scenario


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
    draws: bool = False,
    groups_only: bool = False,
) -> tuple[dict[str, Numbers], dict[str, Any]]:
    """Runs ``first`` to ``first + count - 1`` of an ensemble.

    Returns every variable, name -> float32 array (time, runs) or (time, entities, runs), and the systems by name as
    they stand at the end. The systems compute whole lanes of 16 runs: their arrays hold ``first % 16`` runs before the
    block's own. ``central`` puts every parameter at its median; ``explaining`` makes systems keep what their ``parts``
    need. ``only`` names the variables to record, None for all. ``memory`` is that of `Streams`. With ``draws`` the
    values hold what the runs drew after the first day too, ``(1, runs)`` by the names of `Draw`. With ``groups_only``
    variables that keep the runs of groups only are recorded for these alone, ``(time, groups, runs)``. Raises
    FaultError if a recorded value is not a number.
    """
    lead = first % LANES
    lanes = -(-(lead + count) // LANES) * LANES
    clock = Clock(scenario.start, scenario.end, registry.phases)
    streams = Streams(seed, first - lead, lanes, registry.streams, memory, month_number(scenario.end))
    settings = Settings(scenario, registry.catalogue, streams, clock, central)
    dated = [event for event in scenario.events if event.date]
    days = [day for event in dated for day in (event.date, event.until) if day]
    engine = Engine(clock, settings, streams, clock.days(days), explaining, clock.days(condition_days(scenario)))
    watched = {event.when.variable for event in scenario.events if event.when}
    with np.errstate(all="ignore"):  # every branch is computed for every run, also where it is masked out afterwards
        systems = registry.build(engine)
        needed = None if only is None else {*only, *watched}
        on = axes(registry, scenario)
        picks = {each.name: on.grouped(each) for each in registry.variables} if groups_only else {}
        whole = {name for name in picks if name in watched}  # a condition may be about a single entity
        record = Record(engine, on, registry.systems, systems, needed, picks.keys() - whole)
        acting = [systems[system.name].process() for system in registry.systems if system.phase]
        events = [_follow_events(engine, dated), follow_conditions(engine, scenario, record)]
        _start(clock.environment, [*events, *acting, record.process()])
        clock.environment.run()
    recorded = {name: values for name, values in record.values.items() if only is None or name in only}
    for name in whole.intersection(recorded):
        if picks[name]:
            recorded[name] = recorded[name][:, list(picks[name])]
    cut = slice(lead, lead + count)
    answer = {name: _checked(name, values, cut) for name, values in recorded.items()}
    if draws:
        owners = {name: systems[system.name] for name, system in registry.draws.items()}
        asked, months = registry.draws_in(scenario, axes(registry, scenario)), clock.month_ends
        found = kept(asked, record.values, owners, settings.acted, months)
        answer |= {name: values[:, cut] for name, values in found.items()}
    return answer, systems


def _start(environment: simpy.Environment, processes: Iterable[Process]) -> None:
    """Registers the processes; their order does not matter, since each waits in phases of its own."""
    for process in processes:
        environment.process(process)


def _follow_events(engine: Engine, events: Sequence[Event]) -> Process:
    """The scenario's dated events: on their date in force, on ``until`` lifted, before anything else of that day."""
    clock = engine.clock
    for day in engine.event_days:
        yield clock.at(day, FIRST_PHASE)
        for event in events:
            if event.until == day:
                engine.settings.lift(event)
        for event in events:
            if event.date == day:
                engine.settings.begin(event)


def _checked(name: str, values: Numbers, cut: slice) -> Numbers:
    """The block's own runs of what was recorded. Raises FaultError if one is not a number."""
    # The sum is finite only if all are; it may overflow where none is beyond bounds, or a run beside the block's own
    # may spoil it. This way to add up takes a third of the time of NumPy's sum, which keeps more digits.
    own = values[..., cut]
    if not math.isfinite(np.einsum("i->", values.reshape(-1))) and not np.isfinite(own).all():
        raise FaultError(f"{name} is not a number in some runs: please report the scenario as a defect")
    return own
