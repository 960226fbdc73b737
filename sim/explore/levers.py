"""The levers that stand in front on the page, and everything the page must know about keys, variables and scenarios.

``FRONT`` is the one declared place: groups in the order people think, in each the keys that move outcomes most. A key
that the catalogue does not hold is left out, so one table serves every vintage of the model.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from sim.scenario.entities import NAMES
from sim.scenario.parameter import Choice, Day, Flag, Number
from sim.scenario.values import Dated, Distribution, Weights, describe

if TYPE_CHECKING:
    from collections.abc import Mapping

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
            Lever("us.aid.laws_republican_per_year", "Aid laws a year under a Republican Congress", 0, 2, 0.05),
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
            Lever("us.aid.executive_pace", "Pace of aid already authorised", 0, 1.5, 0.05),
            Lever("us.troops.thousand", "Troops in Europe", 0, 150, 5),
            Lever("us.withdrawal.probability_per_year", "Chance a year of leaving the treaty", 0, 0.2, 0.01),
        ),
    ),
    (
        "Aid from the United States and Europe",
        (
            Lever("us.aid.commitment_factor", "U.S. commitments, times", 0, 2, 0.1, grid=(0, 1, 2)),
            Lever("europe.aid.commitment_factor", "European commitments, times", 0, 2, 0.1, grid=(0.5, 1, 1.5)),
            Lever("europe.aid.replacement_first_half_year", "Lost U.S. aid replaced at first", 0, 1.5, 0.05),
            Lever("europe.aid.replacement_long_run", "Lost U.S. aid replaced in the long run", 0, 1, 0.05),
            Lever("europe.aid.fatigue_pct_per_year", "European aid tires by, a year", 0, 30, 1),
            Lever("aid.after_ceasefire_factor", "Aid after a ceasefire, times", 0, 1.5, 0.05),
        ),
    ),
    (
        "Donors",
        (
            Lever("aid.EUI.level_beur_per_year", "EU institutions give a year", 0, 80, 1),
            Lever("aid.DEU.level_beur_per_year", "Germany gives a year", 0, 30, 0.5),
            Lever("aid.GBR.level_beur_per_year", "United Kingdom gives a year", 0, 20, 0.5),
            Lever("aid.us_arms_beur_per_month", "Europe buys U.S. arms, a month", 0, 3, 0.1),
        ),
    ),
    (
        "Defence targets and compliance",
        (
            Lever("summits.adoption_probability", "Chance that a summit adopts a new target", 0, 1, 0.05),
            Lever("summits.new_target_pct_gdp", "The new target", 2, 5, 0.1),
            Lever("budgets.path_keeping", "Distance to the target's path closed, a year", 0, 1, 0.05),
            Lever("summits.compliance", "Compliance with a target", 0, 1.5, 0.05),
            Lever("budgets.pressure_jump_probability", "Laggards jump under pressure", 0, 1, 0.05),
            Lever("budgets.commitment_pp", "Budgets' answer to lost commitment", -0.05, 0.3, 0.01),
            Lever("budgets.change_pp", "Every budget changes by, a year", -0.3, 0.5, 0.01, grid=(-0.1, 0, 0.1)),
        ),
    ),
    (
        "Members",
        (
            Lever("members.DEU.budget_change_pp", "Germany's budget changes by, a year", -0.3, 0.5, 0.01),
            Lever("members.FRA.budget_change_pp", "France's budget changes by, a year", -0.3, 0.5, 0.01),
            Lever("members.ESP.opt_out", "Spain opts out of a new target"),
        ),
    ),
    (
        "War effort and negotiation",
        (
            Lever("negotiation.hazard_per_year", "Ceasefires a year without pressure", 0, 2, 0.05, grid=(0, 0.3, 1)),
            Lever("negotiation.us_pressure", "U.S. pressure for talks, times", 0.5, 3, 0.1),
            Lever("negotiation.hold_probability", "Chance that a ceasefire holds", 0, 1, 0.05),
            Lever("reassurance.thousand", "European reassurance force", 0, 100, 5),
            Lever("war.effort_factor", "Russian effort, times", 0.5, 1.5, 0.05, grid=(0.75, 1, 1.25)),
            Lever("war.gain_per_aid_km2", "What aid does to the front", 0, 200, 5),
            Lever("war.collapse_per_month", "Chance a month of a collapse", 0, 0.1, 0.005),
        ),
    ),
    (
        "Secretary-General's agenda",
        (
            Lever("secretary_general.rutte.compliance_effect", "Compliance under Rutte", -0.2, 0.2, 0.01),
            Lever("secretary_general.rutte.new_target_on_agenda", "Rutte puts a new target on the agenda"),
        ),
    ),
    (
        "Threat and money",
        (
            Lever("threat.half_life_years", "Half-life of threat after a ceasefire", 1, 20, 0.5),
            Lever("threat.floor", "Threat never falls below", 0, 1.8, 0.05),
            Lever("economy.growth_shift_pct", "Growth higher or lower by", -3, 3, 0.1),
            Lever("economy.dollar_change_pct", "Dollar rises or falls by, a year", -10, 10, 0.5),
        ),
    ),
)


@cache
def front() -> tuple[tuple[str, tuple[Lever, ...]], ...]:
    """The groups of ``FRONT`` with the levers that this model has."""
    from sim.model import catalogue

    known = catalogue()
    groups = ((name, tuple(lever for lever in levers if known.find(lever.key))) for name, levers in FRONT)
    return tuple((name, levers) for name, levers in groups if levers)


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
    told = {}
    for key in keys:
        given, parameter = scenario.values.get(key), known.find(key)
        if parameter is None:
            continue
        value = given.value if given else parameter.default
        words = describe(value) if value is not None else parameter.prior_text
        span = None
        if isinstance(value, Distribution) and not value.is_fixed:
            span = [float(f"{edge:.4g}") for edge in _edges(value)]
        told[key] = {
            "value": value_shown(value),
            "text": words,
            "span": span,
            "dated": isinstance(value, Dated),
            "acts": registry().acts(key, scenario.end, scenario),
            "layer": given.origin.layer if given else "default",
            "origin": str(given.origin) if given else "default",
        }
    return told


def _edges(value: Distribution) -> list[float]:
    import numpy as np

    return [float(edge) for edge in value.ppf(np.array([0.05, 0.95]))]


def _domain(parameter: Parameter) -> dict[str, Any]:
    domain = parameter.domain
    if isinstance(domain, Number):
        ends = [None if abs(edge) == float("inf") else edge for edge in (domain.low, domain.high)]
        return {"is": "number", "low": ends[0], "high": ends[1], "whole": domain.integer}
    if isinstance(domain, Choice):
        return {"is": "choice", "options": list(domain.options)}
    return {"is": {Flag: "flag", Day: "day"}.get(type(domain), "text")}


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


@cache
def page_facts() -> Mapping[str, Any]:
    """All that the page is told once: scenarios, levers, parameters, variables, codes and places of members."""
    import sim
    from sim.explore.answer import DEFAULT_CHARTS, views
    from sim.explore.drawn import codes, groups
    from sim.explore.state import MOST_RUNS
    from sim.figures.tiles import PLACES
    from sim.model import catalogue, variables

    axes = dict.fromkeys(variable.entity for variable in variables() if variable.entity)
    parameters = [
        {
            "key": parameter.key,
            "meaning": parameter.meaning,
            "unit": parameter.unit,
            "kind": parameter.kind,
            "default": parameter.prior_text,
            "source": parameter.source,
            "domain": _domain(parameter),
            "sweep": parameter.sweep,
            "open": parameter.depends_on,
            "at_start": parameter.at_start,
            "entities": list(parameter.entities),
            "system": parameter.used_in[0] if parameter.used_in else "",
        }
        for parameter in catalogue()
    ]
    return {
        "version": sim.__version__,
        "scenarios": scenarios(),
        "groups": [
            {
                "name": name,
                "levers": [
                    {"key": lever.key, "label": lever.label, "low": lever.low, "high": lever.high, "step": lever.step}
                    for lever in levers
                ],
            }
            for name, levers in front()
        ],
        "parameters": parameters,
        "variables": [
            {
                "name": variable.name,
                "title": variable.long_name,
                "unit": variable.unit,
                "basis": variable.price_basis,
                "every": variable.every,
                "entity": variable.entity,
                "labels": list(variable.labels),
                "flag": variable.flag,
                "headline": variable.headline,
            }
            for variable in variables()
        ],
        "axes": {axis: {"codes": list(codes(axis)), "groups": list(groups(axis))} for axis in axes},
        "names": NAMES | {"EUR": "Europe", "OTHER": "other donors", "ALL": "all donors"},
        "places": {code: list(place) for code, place in PLACES.items()},
        "charts": list(DEFAULT_CHARTS),
        "views": views(),
        "most_runs": MOST_RUNS,
    }
