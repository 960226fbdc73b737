"""Which keys a recorded variable of an entity can depend on by a day, in a scenario.

The way goes backwards from the variable through the states that the systems declare: a variable is made of states, a
state reads keys and other states. What restricts a key or a state stands in the declarations too.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from sim.model import registry

if TYPE_CHECKING:
    from sim.model import Variable
    from sim.scenario import Scenario


def states_behind(variable: Variable, entity: str, scenario: Scenario) -> dict[str, int]:
    """Every state that can enter a variable, in order, with how many states lie between: 0 for its own."""
    states = registry().states
    distances: dict[str, int] = {}
    nearest, distance = list(variable.states_of(entity)), 0
    while nearest:
        distances |= {name: distance for name in nearest if name not in distances}
        reads = [read for name in nearest for read in enters(name, scenario)]
        nearest = [read for read in reads if read not in distances]
        distance += 1
    return {name: distances[name] for name in states if name in distances}


def enters(name: str, scenario: Scenario) -> list[str]:
    """The states that enter a state directly in a scenario."""
    return [*registry().states[name].reads_in(scenario), *_through_conditions(name, scenario)]


def _through_conditions(name: str, scenario: Scenario) -> Iterator[str]:
    """States behind the conditions of those events that set a key of the state ``name``."""
    systems = registry()
    parameters = map(systems.catalogue.find, systems.states[name].keys)
    keys = {key for parameter in parameters if parameter for key in parameter.expanded()}
    for event in scenario.events:
        if event.when and any(key in keys for key, _ in event.sets):
            watched = event.when
            variable = next(other for other in systems.variables if other.name == watched.variable)
            yield from variable.states_of(watched.entity)


def keys_behind(variable: Variable, entity: str, day: date, scenario: Scenario) -> dict[str, int]:
    """Full keys that a variable of ``entity`` can depend on by ``day``, nearest first, with their distance."""
    systems = registry()
    behind = states_behind(variable, entity, scenario)
    about = (entity,) if entity else variable.about
    # Where entities respond to each other, the keys of each concern all.
    about = () if any(systems.states[name].responds(scenario) for name in behind) else about
    about = () if any(event.when for event in scenario.events) else about
    near: dict[str, int] = {}
    for name, distance in behind.items():
        state = systems.states[name]
        for pattern in state.keys:
            parameter = systems.catalogue.find(pattern)
            if parameter is None:
                raise KeyError(pattern)
            for key, code in zip(parameter.expanded(), parameter.entities or ("",), strict=True):
                foreign = state.own and about and code and code not in about
                if not foreign and distance < near.get(key, distance + 1) and systems.acts(key, day, scenario):
                    near[key] = distance
    order = {key: number for number, key in enumerate(systems.catalogue.keys())}
    return dict(sorted(near.items(), key=lambda item: (item[1], order[item[0]])))
