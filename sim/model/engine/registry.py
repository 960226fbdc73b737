"""The registry that wires systems together: the only list of systems the program works with."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import Any

from sim.errors import InputError
from sim.model import groups
from sim.model.engine.block import Engine
from sim.model.engine.declaration import State, System
from sim.model.engine.draws import Draw, draws_in
from sim.model.engine.streams import EVENTS, PARAMETERS
from sim.model.engine.variables import Axes, Axis, Variable
from sim.model.renamed import CONDITIONS, RENAMED
from sim.scenario import Catalogue, Given, Origin, Recorded, Scenario, fit

# The scenario's events come before all systems, dated ones before those on a condition, the recording after them.
FIRST_PHASE, CONDITION_PHASE, LAST_PHASE = "events", "conditions", "record"


class Registry:
    """Systems in order: first those of this program, as they act within a day, then others by name.

    Raises InputError, one line, if two systems claim the same name, key, variable, state, axis, phase or stream, or
    if one refers to a system or phase that is not there.
    """

    def __init__(self, own: Sequence[System], others: Iterable[System] = ()) -> None:
        self.others = tuple(sorted(others, key=lambda system: system.name))
        self.systems = (*own, *self.others)
        self._by_name = {system.name: system for system in self.systems}
        self._refuse_collisions()
        self._refuse_loose_ends()
        acting = _placed([system.phase for system in own if system.phase], self.others)
        self.phases = (FIRST_PHASE, CONDITION_PHASE, *acting, LAST_PHASE)
        self._layers: dict[date, Mapping[str, Given]] = {}

    @cached_property
    def catalogue(self) -> Catalogue:
        """Every parameter of every system."""
        try:
            parameters = (
                replace(
                    parameter,
                    default=None if parameter.default is None else fit(parameter.default, parameter.domain),
                    used_in=(system.title, system.declared_in),
                )
                for system in self.systems
                for parameter in system.parameters
            )
            recorded = map(self._recorded, self.variables)
            return Catalogue(parameters, RENAMED, recorded, CONDITIONS, groups.named())
        except ValueError as fault:
            raise InputError(f"a system declares a parameter wrongly: {fault}") from fault

    @cached_property
    def variables(self) -> tuple[Variable, ...]:
        """Every recorded variable, yearly ones first."""
        declared = [variable for system in self.systems for variable in system.variables]
        return tuple(sorted(declared, key=lambda variable: variable.every != "year"))

    def _recorded(self, variable: Variable) -> Recorded:
        codes = next((axis.codes for axis in self.axes if axis.name == variable.entity), ())
        yearly = variable.every == "year"
        return Recorded(variable.name, variable.unit, codes, variable.labels, variable.flag, yearly)

    @cached_property
    def draws(self) -> dict[str, System]:
        """The system of everything that runs draw after their first day, by name."""
        return {draw.name: system for system in self.systems for draw in system.draws}

    def draws_in(self, scenario: Scenario, axes: Axes) -> tuple[Draw, ...]:
        """What the runs of a scenario draw after their first day."""
        return draws_in([draw for system in self.systems for draw in system.draws], scenario, axes)

    @cached_property
    def axes(self) -> tuple[Axis, ...]:
        """Every axis of entities."""
        return tuple(axis for system in self.systems for axis in system.axes)

    @cached_property
    def states(self) -> dict[str, State]:
        """Every state that ``explain`` can name."""
        return {name: state for system in self.systems for name, state in system.states.items()}

    @cached_property
    def streams(self) -> dict[str, int]:
        """The stream number of every system."""
        return {system.name: system.stream_number for system in self.systems}

    def facts_layer(self, start: date) -> Mapping[str, Given]:
        """Values that follow from what was known at ``start``: the layer between defaults and a scenario's files."""
        if start not in self._layers:
            origin = Origin("facts", f"facts as of {start.isoformat()}", 0, 0)
            self._layers[start] = {
                key: Given(value, origin)
                for system in self.systems
                if system.at_start
                for key, value in system.at_start(start).items()
            }
        return self._layers[start]

    def acts(self, key: str, day: date, scenario: Scenario) -> bool:
        """Whether a full key can have an effect in a scenario by ``day``, as its system says."""
        return self._owners[key].acts(key, day, scenario)

    def remarks(self, scenario: Scenario) -> list[str]:
        """What the systems say of settings that do not act as one may think, and why keys are reported only."""
        named = dict.fromkeys([*scenario.settings, *(key for event in scenario.events for key, _ in event.sets)])
        reported = [
            f"{key} is reported only: {parameter.reported_only}"
            for key in named
            if (parameter := self.catalogue.find(key)) is not None and parameter.reported_only
        ]
        return [*reported, *(line for system in self.systems for line in system.remarks(scenario))]

    def build(self, engine: Engine) -> dict[str, Any]:
        """Every system for one block of runs, by name, each after those it reads."""
        built: dict[str, Any] = {}

        def finish(system: System) -> Any:
            if system.name not in built:
                needed = [finish(self._by_name[name]) for name in system.reads]
                built[system.name] = system.build(engine, *needed)
            return built[system.name]

        for system in self.systems:
            finish(system)
        return built

    @cached_property
    def _owners(self) -> dict[str, System]:
        return {
            key: system for system in self.systems for parameter in system.parameters for key in parameter.expanded()
        }

    def _refuse_collisions(self) -> None:
        claims: dict[str, list[tuple[Any, str]]] = {
            "system": [(system.name, system.name) for system in self.systems],
            "phase": [(phase, "the engine") for phase in (FIRST_PHASE, CONDITION_PHASE, LAST_PHASE)],
            "stream": [(PARAMETERS, "the engine"), (EVENTS, "the engine")],
            "key": [],
            "variable": [],
            "state": [],
            "axis": [],
            "draw": [],
        }
        for system in self.systems:
            name = system.name
            claims["phase"] += [(system.phase, name)] if system.phase else []
            claims["stream"].append((system.stream_number, name))
            claims["key"] += [(key, name) for parameter in system.parameters for key in parameter.expanded()]
            claims["variable"] += [(variable.name, name) for variable in system.variables]
            claims["state"] += [(state, name) for state in system.states]
            claims["draw"] += [(draw.name, name) for draw in system.draws]
            claims["axis"] += [(axis.name, name) for axis in system.axes]
        for what, claimed in claims.items():
            twice = [claim for claim, count in Counter(claim for claim, _ in claimed).items() if count > 1]
            if twice:
                owners = [owner for claim, owner in claimed if claim == twice[0]]
                raise InputError(f"{what} {twice[0]} is declared twice: by {' and by '.join(owners)}")

    def _refuse_loose_ends(self) -> None:
        axes, keys = {axis.name for axis in self.axes}, {p.key for system in self.systems for p in system.parameters}
        variables = {variable.name for variable in self.variables}
        for system in self.systems:
            states = system.states.values()
            named = {
                "system": (system.reads, self._by_name),
                "axis": ([variable.entity for variable in system.variables if variable.entity], axes),
                "state": ([read for state in states for read in (*state.reads, *state.reads_responding)], self.states),
                "key": ([key for state in states for key in state.keys], keys),
                "variable": (
                    [_variable(name) for p in system.parameters for name in (*p.raises, *p.lowers, *p.moves)],
                    variables,
                ),
            }
            for what, (names, known) in named.items():
                unknown = [name for name in names if name not in known]
                if unknown:
                    verb = "moves" if what == "variable" else "reads"
                    raise InputError(
                        f"system {system.name} {verb} the {what} {unknown[0]}, and there is no such {what}"
                    )


def _variable(outcome: str) -> str:
    """The variable behind an outcome that a parameter names: of an entity, of a label, or its spread."""
    return re.split("[:=]", outcome.removeprefix("spread of "))[0]


def _placed(phases: Sequence[str], others: Sequence[System]) -> list[str]:
    """The phases of a day with those of other packages' systems where these say."""
    order = list(phases)
    waiting = [system for system in others if system.phase]
    while waiting:
        ready = [system for system in waiting if (system.after or system.before or order[-1]) in order]
        if not ready:
            system = waiting[0]
            raise InputError(
                f"system {system.name} acts {'after' if system.after else 'before'} the phase "
                f"{system.after or system.before}, and there is no such phase; there are {', '.join(order)}"
            )
        for system in ready:
            if system.before and not system.after:
                order.insert(order.index(system.before), system.phase)
            else:
                order.insert(order.index(system.after or order[-1]) + 1, system.phase)
        waiting = [system for system in waiting if system not in ready]
    return order
