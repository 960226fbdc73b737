"""The levers that stand in front on the page, and everything the page must know about keys, variables and scenarios.

``FRONT`` is the one declared place: groups in the order people think, in each keys that move outcomes by the stored
audit of the levers, sorted by it. A key that the catalogue does not hold is left out.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from sim import text
from sim.errors import InputError
from sim.scenario.domain import Choice, Day, Flag, Number, Rows, Text
from sim.scenario.values import Dated, Distribution, Weights, describe

if TYPE_CHECKING:
    from sim.analysis.levers import Effect
    from sim.scenario import Parameter, Scenario
    from sim.scenario.values import Value


@dataclass(frozen=True, slots=True)
class Lever:
    """A key in front: its short name, and for numbers the range and the step of its slider.

    ``grid`` marks the levers of the page without a server, in order of what they move, with the levels that are
    calculated in advance.
    """

    key: str
    label: str
    low: float = 0.0
    high: float = 1.0
    step: float = 0.05
    grid: tuple[float | str | None, ...] = ()


FRONT: tuple[tuple[str, tuple[Lever, ...]], ...] = (
    (
        "Elections and Congress",
        (
            Lever("us.elections.2024.president", "President elected in 2024"),
            Lever("us.elections.2028.president", "President elected in 2028"),
            Lever("us.elections.2026.house", "House after the 2026 mid-terms"),
        ),
    ),
    (
        "United States posture",
        (
            Lever(
                "us.commitment.posture",
                "Posture towards the alliance",
                grid=("continuity", "conditional", "retrenchment"),
            ),
            Lever("us.commitment.level", "Commitment to the guarantee", 0, 1, 0.02),
            Lever("us.pressure.level", "Pressure on allies", 0, 1, 0.05),
            Lever("us.troops.thousand", "Troops in Europe", 0, 150, 5),
        ),
    ),
    (
        "Aid from the United States and Europe",
        (
            Lever("europe.aid.commitment_factor", "European commitments, times", 0, 2, 0.1, grid=(0.5, 1, 1.5)),
            Lever("us.aid.executive_pace", "Pace of U.S. aid already authorised", 0, 1.5, 0.05, grid=(None, 0, 1)),
            Lever("us.aid.commitment_factor", "U.S. commitments, times", 0, 2, 0.1),
            Lever("europe.aid.replacement_long_run", "Lost U.S. aid replaced in the long run", 0, 1, 0.05),
            Lever("europe.aid.fatigue_pct_per_year", "European aid tires by, a year", 0, 30, 1),
            Lever("aid.after_ceasefire_factor", "Aid after a ceasefire, times", 0, 1.5, 0.05),
        ),
    ),
    (
        "Donors",
        (
            Lever("aid.EUI.level_beur_per_year", "EU institutions give a year", 0, 80, 1),
            Lever("aid.us_arms_beur_per_month", "Europe buys U.S. arms, a month", 0, 3, 0.1),
        ),
    ),
    (
        "Defence targets and compliance",
        (
            Lever("budgets.change_pp", "Every budget changes by, a year", -0.3, 0.5, 0.01, grid=(-0.1, 0, 0.1)),
            Lever("summits.adoption_probability", "Chance that a summit adopts a new target", 0, 1, 0.05),
            Lever("budgets.pressure_jump_probability", "Laggards jump under pressure", 0, 1, 0.05),
            Lever("budgets.path_keeping", "Distance to the target's path closed, a year", 0, 1, 0.05),
        ),
    ),
    (
        "Members",
        (
            Lever("members.DEU.budget_change_pp", "Germany's budget changes by, a year", -0.3, 0.5, 0.01),
            Lever("members.ESP.opt_out", "Spain opts out of a new target"),
        ),
    ),
    (
        "War effort and negotiation",
        (
            Lever("war.effort_factor", "Russian effort, times", 0.5, 1.5, 0.05, grid=(0.75, 1, 1.25)),
            Lever("negotiation.hazard_per_year", "Ceasefires a year without pressure", 0, 2, 0.05, grid=(None, 0, 1)),
            Lever("negotiation.hold_probability", "Chance that a ceasefire holds", 0, 1, 0.05),
        ),
    ),
    (
        "Secretary-General's agenda",
        (Lever("secretary_general.rutte.new_target_on_agenda", "Rutte puts a new target on the agenda"),),
    ),
    (
        "Threat and money",
        (
            Lever("threat.war_level", "Threat felt while the war lasts", 0, 3, 0.05),
            Lever("economy.dollar_change_pct", "Dollar rises or falls by, a year", -10, 10, 0.5),
        ),
    ),
)


@cache
def front() -> tuple[tuple[str, tuple[Lever, ...]], ...]:
    """The groups of ``FRONT`` with the levers that this model has; what moves outcomes most stands first in each."""
    from sim.model import catalogue

    known = catalogue()
    groups = ((name, [lever for lever in levers if known.find(lever.key)]) for name, levers in FRONT)
    return tuple(
        (name, tuple(sorted(levers, key=lambda lever: -strength(lever.key)))) for name, levers in groups if levers
    )


def audited(key: str) -> list[Effect]:
    """What the stored audit says of a key, the largest effect first; of a key of one entity, that of all of them."""
    from sim.analysis.levers.table import stored
    from sim.model import catalogue

    parameter = catalogue().find(key)
    found = [effect for effect in stored() if parameter and effect.key in (key, parameter.key)]
    return sorted(found, key=lambda effect: -abs(effect.standard))


def strength(key: str) -> float:
    """The largest effect of a key on a headline number, else a hundredth of that on any, in standard deviations."""
    from sim.model import variables

    headlines = {variable.name for variable in variables() if variable.headline}
    effects = audited(key)
    on_headlines = [abs(effect.standard) for effect in effects if effect.outcome.partition(":")[0] in headlines]
    return max(on_headlines, default=max((abs(effect.standard) / 100 for effect in effects), default=0.0))


def about(key: str, scenario: Scenario) -> dict[str, Any]:
    """What ``alliance explain`` says of a key in a scenario: its source, with what is later than the start marked.

    And the channels through which it acts: the states of the model on the way, and the outcomes at their end.

    Raises:
        InputError: the model has no such key.
    """
    from sim.analysis.explain.scenarios import channels_of
    from sim.model import catalogue

    parameter = catalogue().with_groups(scenario.groups).find(key)
    if parameter is None or "*" in key:
        raise InputError(text.unknown("key", text.tame(key, 80), catalogue().keys()))
    held = settings(scenario, (key,)).get(key, {"text": parameter.prior_text, "origin": "default"})
    single = key if catalogue().find(key) else parameter.key.replace("*", parameter.entities[0])  # of an own group
    return {
        "source": text.later_marked(parameter.source, scenario.start),
        "here": {"text": held["text"], "origin": said_origin(held["origin"])},
        "channels": [{"through": list(way), "outcomes": list(names)} for way, names in channels_of([single], scenario)],
    }


def said_origin(origin: str) -> str:
    """Where a value was set, for a reader of the page, who knows no file of what is set there."""
    from sim.explore.state import NAME

    return "set on this page" if origin.startswith(NAME) else origin


def grid_levers() -> tuple[Lever, ...]:
    """The levers of the page without a server."""
    return tuple(lever for _, levers in front() for lever in levers if lever.grid)


def value_shown(value: Value) -> Any:
    """A value as a control can hold it: a number, a label, a flag, an ISO day, or None where only words say it."""
    if isinstance(value, bool | str):
        return value
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, Distribution):
        return float(f"{value.central():.6g}")
    if isinstance(value, Weights):
        return value.central() if max(weight for _, weight in value.items) == 1 else None
    return None


def settings(scenario: Scenario, keys: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """For each key what holds in ``scenario``: a value for a control, words, where it was set, and whether it acts."""
    from sim.model import catalogue, registry

    known = catalogue()
    texts = {}
    for key in keys:
        given, parameter = scenario.values.get(key), known.find(key)
        if parameter is None:
            continue
        value = given.value if given else parameter.default
        words = describe(value) if value is not None else parameter.prior_text
        span = None
        if isinstance(value, Distribution) and not value.is_fixed:
            span = [float(f"{edge:.4g}") for edge in _edges(value)]
        texts[key] = {
            "value": value_shown(value),
            "text": words,
            "span": span,
            "dated": isinstance(value, Dated),
            "acts": registry().acts(key, scenario.end, scenario),
            "layer": given.origin.layer if given else "default",
            "origin": str(given.origin) if given else "default",
        }
    return texts


def _edges(value: Distribution) -> list[float]:
    import numpy as np

    return [float(edge) for edge in value.ppf(np.array([0.05, 0.95]))]


def domain_shown(parameter: Parameter) -> dict[str, Any]:
    """What a key may hold, for the field in which it is set: a kind, its limits or its options."""
    domain = parameter.domain
    if isinstance(domain, Number):
        ends = [None if abs(edge) == float("inf") else edge for edge in (domain.low, domain.high)]
        return {"is": "number", "low": ends[0], "high": ends[1], "whole": domain.integer}
    if isinstance(domain, Choice):
        return {"is": "choice", "options": list(domain.options)}
    return {"is": {Rows: "rows", Flag: "flag", Day: "day", Text: "text"}.get(type(domain), "other")}


@cache
def scenarios() -> tuple[dict[str, Any], ...]:
    """Every shipped scenario: name, title, what it extends, the baseline it goes back to, start and end."""
    from sim.loading import load
    from sim.shipped import shipped_names

    loaded = {name: load(name) for name in shipped_names()}
    parents = {name: [file_stem(path) for path in scenario.files[:-1]] for name, scenario in loaded.items()}
    rows = []
    for name, scenario in loaded.items():
        roots = [parent for parent in parents[name] if not parents.get(parent)]
        rows.append(
            {
                "name": name,
                "title": scenario.title,
                "label": getattr(scenario, "label", "") or scenario.title,
                "description": scenario.description,
                "start": scenario.start.isoformat(),
                "end": scenario.end.isoformat(),
                "baseline": roots[0] if roots else name,
                "is_baseline": not parents[name],
                "changes": sum(
                    file_stem(origin.file) == name
                    for origin in [given.origin for given in scenario.values.values()]
                    + [event.origin for event in scenario.events]
                ),
            }
        )
    return tuple(rows)


def file_stem(path: str) -> str:
    """The name of a scenario from the path of its file."""
    return path.replace("\\", "/").rpartition("/")[2].removesuffix(".toml")
