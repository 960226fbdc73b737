"""Which keys a recorded variable of an entity can depend on by a day, in a scenario."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from sim.analysis.states import OF_VARIABLE, STATES
from sim.scenario import Weights, fixed

if TYPE_CHECKING:
    from sim.scenario import Scenario

# Rules of the allies that exist for the United States in the catalogue only: its share and its aid have their own.
_ALLIES_RULES = ("budgets.USA.own_shock_pp", "aid.USA.package_probability")
_BEFORE_THE_WAR = (
    "war.onset_probability_per_year", "war.occupied_before_km2", "war.first_advance_km2", "threat.peacetime_level",
)  # fmt: skip


@cache
def states_behind(variable: str, entity: str = "", responding: bool = False) -> dict[str, int]:
    """Every state that can enter a variable, in order, with how many states lie between: 0 for its own.

    ``responding``: members respond to each other's changes, so those of the United States enter every share.
    """
    nearest = list(OF_VARIABLE[variable])
    if variable in ("defence_share_pct_gdp", "equipment_share_pct", "defence_spending_busd_2015") and entity:
        nearest.remove("shares" if entity == "USA" else "U.S. share")
    found: dict[str, int] = {}
    distance = 0
    while nearest:
        found |= {state: distance for state in nearest if state not in found}
        nearest = [read for state in nearest for read in _read_by(state, responding) if read not in found]
        distance += 1
    return {state: found[state] for state in STATES if state in found}


def _read_by(state: str, responding: bool) -> tuple[str, ...]:
    reads = STATES[state].reads
    return (*reads, "U.S. share") if state == "shares" and responding else reads


def keys_behind(variable: str, entity: str, day: date, scenario: Scenario) -> dict[str, int]:
    """Full keys that a variable of ``entity`` can depend on by ``day``, nearest first, with their distance."""
    from sim.model import catalogue

    near: dict[str, int] = {}
    for state, distance in states_behind(variable, entity, _responding(scenario)).items():
        for pattern in STATES[state].keys:
            near[pattern] = min(distance, near.get(pattern, distance))
    keys = {
        key: near[parameter.key]
        for parameter in catalogue()
        if parameter.key in near
        for key in parameter.expanded()
        if _acts(key, day, scenario)
        and _in_time(key, day, scenario)
        and _of_entity(key, parameter.key, variable, entity, scenario)
    }
    return dict(sorted(keys.items(), key=lambda item: item[1]))


def _in_time(key: str, day: date, scenario: Scenario) -> bool:
    """An election counts from the day its winners are seated, if that is not before the start."""
    parts = key.split(".")
    if parts[:2] != ["us", "elections"] or not parts[2].isdigit():
        return True
    year = int(parts[2])
    return day >= date(year + 1, 1, 3) and scenario.start <= date(year + 1, 1, 20)


def _of_entity(key: str, pattern: str, variable: str, entity: str, scenario: Scenario) -> bool:
    """A member's own keys concern its budget alone, unless members respond to each other."""
    if not pattern.startswith(("members.*.", "budgets.*.", "elections.*.")):
        return True
    if variable.startswith("europe_canada") and key.startswith("members.USA.") and not _responding(scenario):
        return False
    if not entity or not variable.startswith(("defence_", "equipment_")) or f".{entity}." in key:
        return True
    return entity != "USA" and _responding(scenario)


def _acts(key: str, day: date, scenario: Scenario) -> bool:
    """Whether a key can act at all in this scenario: the war has begun or not, who holds the office, who is the USA."""
    if key in _ALLIES_RULES:
        return False
    if key in _BEFORE_THE_WAR:
        given = scenario.values.get("war.full_scale")
        return not (given and given.value) or _in_event("war.full_scale", scenario)
    if key == "secretary_general.next_holder":
        handover = scenario.values.get("secretary_general.handover")
        return handover is not None and isinstance(handover.value, date) and handover.value <= day
    parts = key.split(".")
    if parts[0] == "secretary_general" and len(parts) == 3:
        return parts[1] in _holders(day, scenario)
    return True


def _holders(day: date, scenario: Scenario) -> set[object]:
    """Who may hold the office of Secretary-General up to ``day``."""
    told = {name: given.value for name, given in scenario.values.items() if name.startswith("secretary_general.")}
    found = {told.get("secretary_general.holder")}
    handover = told.get("secretary_general.handover")
    if isinstance(handover, date) and handover <= day:
        found.add(told.get("secretary_general.next_holder", "other"))
    names = ("secretary_general.holder", "secretary_general.next_holder")
    values = [*told.values(), *(value for event in scenario.events for key, value in event.sets if key in names)]
    found |= {name for value in values if isinstance(value, Weights) for name, _ in value.items}
    return found | {value for event in scenario.events for key, value in event.sets if key in names}


def _in_event(key: str, scenario: Scenario) -> bool:
    return any(name == key for event in scenario.events for name, _ in event.sets)


def _responding(scenario: Scenario) -> bool:
    """Whether members respond to each other's changes: any value of ``budgets.neighbours`` but a plain 0."""
    given = scenario.values.get("budgets.neighbours")
    return _in_event("budgets.neighbours", scenario) or (given is not None and given.value != fixed(0.0))
