"""One block of runs: the systems, wired in the order of what they need, and run as SimPy processes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.errors import FaultError
from sim.model.aid import Aid
from sim.model.budget_parameters import WITH_FORCES
from sim.model.budgets import Budgets
from sim.model.clock import PHASES, Clock, Process
from sim.model.commitment import Commitment
from sim.model.economy import Economy
from sim.model.elections import Elections
from sim.model.engine import Engine, Numbers
from sim.model.equipment import Equipment
from sim.model.hostilities import Hostilities
from sim.model.negotiation import Negotiation
from sim.model.parameters import catalogue
from sim.model.record import Axes, Record
from sim.model.roster import Roster
from sim.model.secretary_general import SecretaryGeneral
from sim.model.settings import Settings
from sim.model.streams import LANES, Streams
from sim.model.summits import Summits
from sim.model.threat import Threat
from sim.model.united_states import UnitedStates
from sim.model.war import War
from sim.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Systems:
    """Every system of one block."""

    economy: Economy
    hostilities: Hostilities
    secretary: SecretaryGeneral
    roster: Roster
    elections: Elections
    states: UnitedStates
    commitment: Commitment
    threat: Threat
    summits: Summits
    budgets: Budgets
    equipment: Equipment
    aid: Aid
    war: War
    negotiation: Negotiation


def axes(scenario: Scenario) -> Axes:
    """The axes of a scenario's results."""
    clock = Clock(scenario.start, scenario.end)
    return Axes(years=clock.year_ends, months=clock.month_ends)


def simulate(
    scenario: Scenario,
    seed: int,
    first: int,
    count: int,
    *,
    central: bool = False,
    order: Sequence[int] | None = None,
) -> dict[str, Numbers]:
    """Runs ``first`` to ``first + count - 1`` of an ensemble.

    Returns variable -> float32 array (time, runs) or (time, entity, runs). ``central`` puts every parameter at its
    median; ``order`` permutes the registration of the processes, which changes nothing. Raises FaultError if a value
    is not a number.
    """
    record, _ = run_block(scenario, seed, first, count, central=central, order=order)
    return record


def run_block(
    scenario: Scenario,
    seed: int,
    first: int,
    count: int,
    *,
    central: bool = False,
    order: Sequence[int] | None = None,
    explaining: bool = False,
) -> tuple[dict[str, Numbers], Systems]:
    """``simulate``, with the systems as they stand at the end."""
    lead = first % LANES
    lanes = -(-(lead + count) // LANES) * LANES
    clock = Clock(scenario.start, scenario.end)
    streams = Streams(seed, first - lead, lanes)
    settings = Settings(scenario, catalogue(), streams, clock, central)
    event_days = clock.days(
        [event.date for event in scenario.events] + [event.until for event in scenario.events if event.until]
    )
    engine = Engine(clock, settings, streams, event_days, explaining)
    with np.errstate(all="ignore"):
        systems = _build(engine)
    record = Record(engine, systems)
    processes: list[Process] = [
        _follow_events(engine, scenario),
        *(
            system.process()
            for system in (
                systems.secretary,
                systems.roster,
                systems.elections,
                systems.states,
                systems.commitment,
                systems.threat,
                systems.summits,
                systems.budgets,
                systems.aid,
                systems.war,
                systems.negotiation,
                record,
            )
        ),
    ]
    for place in range(len(PHASES)) if order is None else order:
        clock.environment.process(processes[place])
    with np.errstate(all="ignore"):
        clock.environment.run()
    return {name: _checked(name, values[..., lead : lead + count]) for name, values in record.values.items()}, systems


def _follow_events(engine: Engine, scenario: Scenario) -> Process:
    """The scenario's events: on their date in force, on ``until`` lifted, before anything else of that day."""
    clock = engine.clock
    for day in engine.event_days:
        yield clock.at(day, "events")
        for event in scenario.events:
            if event.until == day:
                engine.settings.lift(event)
        for event in scenario.events:
            if event.date == day:
                engine.settings.begin(event)


def _build(engine: Engine) -> Systems:
    governed = tuple(code for code in WITH_FORCES if code != "USA")
    economy = Economy(engine, WITH_FORCES)
    hostilities = Hostilities(engine)
    secretary = SecretaryGeneral(engine)
    roster = Roster(engine)
    elections = Elections(engine, governed)
    states = UnitedStates(engine)
    commitment = Commitment(engine, states, secretary, roster)
    threat = Threat(engine, hostilities)
    summits = Summits(engine, WITH_FORCES, secretary)
    budgets = Budgets(engine, economy, elections, commitment, threat, summits)
    aid = Aid(engine, elections, states, commitment, hostilities)
    war = War(engine, hostilities, threat, aid)
    return Systems(
        economy=economy,
        hostilities=hostilities,
        secretary=secretary,
        roster=roster,
        elections=elections,
        states=states,
        commitment=commitment,
        threat=threat,
        summits=summits,
        budgets=budgets,
        equipment=Equipment(engine, budgets),
        aid=aid,
        war=war,
        negotiation=Negotiation(engine, hostilities, commitment, war),
    )


def _checked(name: str, values: Numbers) -> Numbers:
    if not np.isfinite(values).all():
        raise FaultError(f"{name} is not a number in some runs: please report the scenario as a defect")
    return values
