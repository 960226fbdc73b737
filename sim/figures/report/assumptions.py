"""The assumptions behind a comparison: what the scenarios set, and everything that no data settle."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sim.analysis import Comparison
from sim.scenario.parameter import Catalogue, Parameter
from sim.scenario.scenario import Scenario
from sim.scenario.values import describe

OWN_LAYERS = ("file", "set", "branch")
MOST_ENTITIES = 3


@dataclass(frozen=True, slots=True)
class Assumption:
    """One assumption: its values in the scenarios, its sweep range, its source, and whether results turn on it.

    ``values`` are (scenarios, value); the first is empty where every scenario has the same.
    """

    key: str
    meaning: str
    unit: str
    kind: str
    values: tuple[tuple[str, str], ...]
    sweep: str
    source: str
    depends_on: bool
    is_set: bool


@dataclass(frozen=True, slots=True)
class System:
    """A part of the model and its assumptions."""

    name: str
    assumptions: tuple[Assumption, ...]


def systems(comparison: Comparison, catalogue: Catalogue) -> list[System]:
    """Every assumption that a scenario sets or that is marked "depends on", by part of the model."""
    views = comparison.views[:1] if comparison.conditional else comparison.views
    scenarios = [view.scenario for view in views]
    own = set(_own_keys(scenarios))
    found: dict[str, list[Assumption]] = {}
    for parameter in catalogue:
        is_set = parameter.kind == "assumption" and bool(own & set(parameter.expanded()))
        if parameter.depends_on or is_set:
            name = parameter.used_in[0] if parameter.used_in else "other"
            found.setdefault(name, []).append(_assumption(parameter, scenarios, is_set))
    return [System(name, tuple(some)) for name, some in found.items()]


def _own_keys(scenarios: Iterable[Scenario]) -> Iterable[str]:
    for scenario in scenarios:
        yield from (key for key, given in scenario.values.items() if given.origin.layer in OWN_LAYERS)
        yield from (key for event in scenario.events for key, _ in event.sets)


def _assumption(parameter: Parameter, scenarios: list[Scenario], is_set: bool) -> Assumption:
    return Assumption(
        key=parameter.key,
        meaning=parameter.meaning,
        unit=parameter.unit,
        kind=parameter.kind,
        values=_values(parameter, scenarios),
        sweep=parameter.sweep or "not swept",
        source=parameter.source,
        depends_on=parameter.depends_on,
        is_set=is_set,
    )


def _values(parameter: Parameter, scenarios: list[Scenario]) -> tuple[tuple[str, str], ...]:
    told = [_told(parameter, scenario) for scenario in scenarios]
    names: dict[str, list[str]] = {}
    for scenario, text in zip(scenarios, told, strict=True):
        names.setdefault(text, []).append(scenario.name)
    if len(names) == 1:
        return (("", told[0]),)
    return tuple((", ".join(some), text) for text, some in names.items())


def _told(parameter: Parameter, scenario: Scenario) -> str:
    """The value of a parameter, or the default and what single members have instead."""
    if "*" not in parameter.key:
        given = scenario.values.get(parameter.key)
        return parameter.prior_text if given is None else describe(given.value)
    own = [
        (code, given)
        for code, key in zip(parameter.entities, parameter.expanded(), strict=True)
        if (given := scenario.values.get(key)) is not None and given.origin.layer in OWN_LAYERS
    ]
    parts = [f"{code} {describe(given.value)}" for code, given in own[:MOST_ENTITIES]]
    if len(own) > MOST_ENTITIES:
        parts.append(f"{len(own) - MOST_ENTITIES} more")
    return "; ".join([*parts, f"otherwise {parameter.prior_text}"] if parts else [parameter.prior_text])
