"""The channel from an input to an outcome: the states of the model on the shortest way, in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sim.analysis.explain.influences import enters, states_behind
from sim.model import registry

if TYPE_CHECKING:
    from sim.model import Variable
    from sim.scenario import Scenario

ARROW = " → "


def channel(keys: Iterable[str], variable: Variable, entity: str, scenario: Scenario) -> tuple[str, ...]:
    """The states between a set of keys and a variable, in the order in which they act, each in a few words.

    Of all ways those through the fewest states are taken; states side by side on them are joined by "and". There is
    none where no key reaches the variable.
    """
    systems, behind = registry(), states_behind(variable, entity, scenario)
    parameters = [systems.catalogue.find(key) for key in keys]
    patterns = {parameter.key for parameter in parameters if parameter is not None}
    reached = [name for name in behind if not patterns.isdisjoint(systems.states[name].keys)]
    if not reached:
        return ()
    least = min(behind[name] for name in reached)
    way = [[name for name in reached if behind[name] == least]]
    for nearer in range(least - 1, -1, -1):
        beside = [name for name, distance in behind.items() if distance == nearer]
        way.append([name for name in beside if not set(way[-1]).isdisjoint(enters(name, scenario))])
    return tuple(_joined([systems.states[name].about or name for name in names]) for names in way)


def _joined(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def keys_of(changed: str, scenarios: Iterable[Scenario]) -> tuple[str, ...]:
    """The keys behind a changed input: itself, or those that an event ``event: NAME`` sets."""
    prefix = "event: "
    if not changed.startswith(prefix):
        return (changed,)
    name = changed.removeprefix(prefix)
    return tuple(
        key for scenario in scenarios for event in scenario.events if event.name == name for key, _ in event.sets
    )
