"""What differs in the inputs: only the changed values and events, each with where it was set and on what grounds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sim.scenario.parameter import Catalogue, Parameter
from sim.scenario.scenario import Event, Scenario
from sim.scenario.values import describe
from sim.text import later_marked

EVENT = "event: "
NOT_SET = "not set"
NO_EVENT = "does not happen"


@dataclass(frozen=True, slots=True)
class Change:
    """One input that is not the same in every scenario; the tuples hold one text per scenario, in their order.

    ``key`` is the dotted catalogue key, ``start``, ``end``, or ``event: NAME``. ``kind`` is data, estimated, assumption
    or event. ``depends_on`` says that the literature does not identify this input, so a conclusion turns on it.
    ``origins`` are ``file:line`` or the layer; ``sources`` the catalogue's source for a default, with a mark after what
    is later than the start, and for a value of the scenario's own the place where it is set.
    """

    key: str
    meaning: str
    unit: str
    kind: str
    depends_on: bool
    values: tuple[str, ...]
    origins: tuple[str, ...]
    sources: tuple[str, ...]


def changed_inputs(scenarios: Sequence[Scenario], catalogue: Catalogue) -> tuple[Change, ...]:
    """The inputs in which ``scenarios`` differ: start and end first, then keys in order of name, then events."""
    changes = [*_period(scenarios)]
    changes += [_value_change(key, scenarios, catalogue) for key in changed_keys(scenarios)]
    changes += [_event_change(name, scenarios, catalogue) for name in changed_events(scenarios)]
    return tuple(changes)


def own_figures(changes: Iterable[Change], catalogue: Catalogue, entities: Mapping[str, Sequence[str]]) -> list[str]:
    """``VARIABLE:CODE`` for each member or donor with a changed key of its own, the variable that the key moves first.

    ``entities`` gives the codes of each recorded variable that is kept by member or donor.
    """
    figures = []
    for change in changes:
        parameter = catalogue.find(change.key)
        if parameter is None or "*" not in parameter.key:
            continue
        code = next(code for code in parameter.entities if parameter.key.replace("*", code) == change.key)
        effects = (*parameter.raises, *parameter.lowers, *parameter.moves)
        variable = next((effect for effect in effects if code in entities.get(effect, ())), None)
        figures += [f"{variable}:{code}"] if variable else []
    return list(dict.fromkeys(figures))


def first_moved(scenarios: Sequence[Scenario], catalogue: Catalogue) -> list[str]:
    """What the changed inputs of the alliance, of Washington and of the war move first: declared names of outcomes.

    Those set by changed events count too. Keys of single members and donors have figures of their own: `own_figures`.
    """
    names = changed_events(scenarios)
    events = [event for scenario in scenarios for event in scenario.events if event.name in names]
    moved: list[str] = []
    for key in (*changed_keys(scenarios), *(key for event in events for key, _ in event.sets)):
        parameter = catalogue.find(key)
        if parameter is not None and "*" not in parameter.key:
            moved += (*parameter.raises, *parameter.lowers, *parameter.moves)[:1]
    return [name for name in dict.fromkeys(moved) if not name.startswith("spread of ")]


def changed_keys(scenarios: Sequence[Scenario]) -> list[str]:
    """Keys whose value is not the same in every scenario, by name."""
    keys = sorted({key for scenario in scenarios for key in scenario.values})
    return [key for key in keys if _differs(key, scenarios)]


def changed_events(scenarios: Sequence[Scenario]) -> list[str]:
    """Names of events that are not the same in every scenario, in order of appearance."""
    names = dict.fromkeys(event.name for scenario in scenarios for event in scenario.events)
    return [name for name in names if len({_events_told(name, scenario) for scenario in scenarios}) > 1]


def events_named(name: str, scenario: Scenario) -> tuple[Event, ...]:
    """The events of ``scenario`` with this name, in its order."""
    return tuple(event for event in scenario.events if event.name == name)


def _events_told(name: str, scenario: Scenario) -> tuple[object, ...]:
    """Everything about the events of a name but where they were written."""
    return tuple(event.inputs() for event in events_named(name, scenario))


def _period(scenarios: Sequence[Scenario]) -> Iterable[Change]:
    for key, meaning in (("start", "first day of the simulation"), ("end", "last day of the simulation")):
        days = tuple(getattr(scenario, key).isoformat() for scenario in scenarios)
        if len(set(days)) > 1:
            names = tuple(scenario.files[-1] if scenario.files else "" for scenario in scenarios)
            yield Change(key, meaning, "date", "data", False, days, names, ("",) * len(days))


def _differs(key: str, scenarios: Sequence[Scenario]) -> bool:
    given = [scenario.values.get(key) for scenario in scenarios]
    values = [NOT_SET if value is None else (type(value.value), value.value) for value in given]
    return any(value != values[0] for value in values[1:])


def meaning_of(parameter: Parameter) -> str:
    """What a parameter means, and that it is reported only where nothing else reacts to it."""
    return f"{parameter.meaning} (reported only)" if parameter.reported_only else parameter.meaning


def _value_change(key: str, scenarios: Sequence[Scenario], catalogue: Catalogue) -> Change:
    parameter = catalogue.find(key)
    values, origins, sources = [], [], []
    for scenario in scenarios:
        given = scenario.values.get(key)
        values.append(NOT_SET if given is None else describe(given.value))
        origins.append("" if given is None else str(given.origin))
        own = given is not None and given.origin.layer not in ("default", "facts")
        if own and given is not None:
            sources.append(str(given.origin))
        else:
            sources.append(later_marked(parameter.source, scenario.start) if parameter else "")
    return Change(
        key,
        meaning_of(parameter) if parameter else "",
        parameter.unit if parameter else "",
        parameter.kind if parameter else "assumption",
        bool(parameter and parameter.depends_on),
        tuple(values),
        tuple(origins),
        tuple(sources),
    )


def _event_change(name: str, scenarios: Sequence[Scenario], catalogue: Catalogue) -> Change:
    groups = [events_named(name, scenario) for scenario in scenarios]
    parameters = [catalogue.find(key) for group in groups for event in group for key, _ in event.sets]
    return Change(
        EVENT + name,
        "something the scenario makes happen",
        "",
        "event",
        any(parameter.depends_on for parameter in parameters if parameter),
        tuple("; ".join(map(_event_text, group)) or NO_EVENT for group in groups),
        tuple("; ".join(str(event.origin) for event in group) for group in groups),
        tuple("; ".join(str(event.origin) for event in group) for group in groups),
    )


def _event_text(event: Event) -> str:
    sets = ", ".join(f"{key} = {describe(value)}" for key, value in event.sets)
    chance = "" if event.probability >= 1 else f", with probability {event.probability:g}"
    return f"{event.timing()}: {sets}{chance}"
