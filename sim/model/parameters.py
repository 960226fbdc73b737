"""The catalogue: every parameter of every system, and the values that depend on the start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache

from sim import facts
from sim.model import (
    aid_parameters,
    budget_parameters,
    commitment,
    economy,
    elections,
    equipment,
    negotiation,
    roster,
    secretary_general,
    summits,
    supplementals,
    threat,
    united_states,
    war_parameters,
)
from sim.model.hostilities import DAY_ONE
from sim.scenario import Catalogue, Given, Origin, Parameter, fit, fixed, normal, uniform
from sim.scenario.values import Value

_SYSTEMS = {
    "alliance roster": roster,
    "economy": economy,
    "member budgets": budget_parameters,
    "equipment share": equipment,
    "elections abroad": elections,
    "U.S. elections": united_states,
    "U.S. commitment": commitment,
    "aid pipeline": aid_parameters,
    "U.S. supplementals": supplementals,
    "war": war_parameters,
    "negotiation": negotiation,
    "summits": summits,
    "Secretary-General": secretary_general,
    "threat": threat,
}
_HOLDER = {"Anders Fogh Rasmussen": "rasmussen", "Jens Stoltenberg": "stoltenberg", "Mark Rutte": "rutte"}
_US_RESULT_2024 = date(2024, 11, 6)
_WALES_PLEDGE = date(2014, 9, 5)
_NEW_TARGET_TALK = date(2024, 1, 1)
DEFAULT_START = date(2024, 10, 1)
DEFAULT_END = date(2029, 12, 31)


@cache
def catalogue() -> Catalogue:
    """Every parameter of the model."""
    return Catalogue(
        replace(
            parameter,
            default=None if parameter.default is None else fit(parameter.default, parameter.domain),
            used_in=(system, f"sim/model/{module.__name__.rsplit('.', 1)[-1]}.py"),
        )
        for system, module in _SYSTEMS.items()
        for parameter in _of(module)
    )


def _of(module: object) -> tuple[Parameter, ...]:
    found: tuple[Parameter, ...] = module.PARAMETERS  # type: ignore[attr-defined]
    return found


@cache
def facts_layer(start: date) -> Mapping[str, Given]:
    """Values that follow from what was known at ``start``: the layer between the defaults and the scenario's files."""
    values: dict[str, Value] = {}
    values |= {key: fixed(number) for key, number in budget_parameters.facts_defaults().items()}
    values |= {key: fixed(number) for key, number in aid_parameters.facts_defaults().items()}
    values |= _alliance(start) | _washington(start) | _office(start) | _war(start)
    values |= {
        f"elections.{code}.left_right": fixed(value) for code, value in elections.known_left_right(start).items()
    }
    origin = Origin("facts", f"facts as of {start.isoformat()}", 0, 0)
    return {key: Given(value, origin) for key, value in values.items()}


def _alliance(start: date) -> dict[str, Value]:
    values: dict[str, Value] = {
        f"alliance.{member.code}.member": member.accession <= start for member in facts.members()
    }
    for accession in facts.accessions(start):
        if accession.invited_on is not None and accession.acceded_on is None:
            values[f"alliance.{accession.member}.invited"] = accession.invited_on
    values["summits.new_target_discussed"] = start >= _NEW_TARGET_TALK
    if start >= _WALES_PLEDGE:
        values["summits.deadline_year"] = fixed(2024.0)
    return values


def _washington(start: date) -> dict[str, Value]:
    values: dict[str, Value] = {
        "us.troops.start_thousand": normal(100.0, 5.0) if start >= DAY_ONE else uniform(60.0, 80.0),
        "us.elections.house_republican_probability": fixed(0.5),
        "us.elections.senate_republican_probability": fixed(0.5),
    }
    for forecast in facts.us_forecast(start):  # by date: the latest stands
        if forecast.item in ("house", "senate") and forecast.outcome.lower() == "republican" and not forecast.recalled:
            values[f"us.elections.{forecast.item}_republican_probability"] = fixed(forecast.probability)
    values |= _elected(start)
    if start >= _US_RESULT_2024:  # the result of 5 November 2024, public record
        values["us.elections.2024.president"] = "trump"
        values["us.elections.2024.house"] = values["us.elections.2024.senate"] = "republican"
    return values


def _elected(start: date) -> dict[str, Value]:
    """Results of an election held before ``start`` whose winners take office after it."""
    year = start.year if start.month > 10 else start.year - 1
    seated = date(year + 1, 1, 20)
    if year % 2 or not united_states.election_day(year) < start <= seated or year == 2024:
        return {}
    held = facts.us_composition(seated)[-1]
    party = {True: "republican", False: "democratic"}
    values: dict[str, Value] = {
        f"us.elections.{year}.house": party[held.republican_house],
        f"us.elections.{year}.senate": party[held.republican_senate],
    }
    if year % 4 == 0:
        values[f"us.elections.{year}.president"] = party[held.republican_president]
    return values


def _office(start: date) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for term in facts.secretaries_general(start):
        name = _HOLDER.get(term.name, "other")
        if term.start <= start:
            values["secretary_general.holder"] = name
        else:
            values["secretary_general.next_holder"], values["secretary_general.handover"] = name, term.start
    return values


def _war(start: date) -> dict[str, Value]:
    begun = start >= DAY_ONE
    losses = sum(facts.casualties(start).values())
    values: dict[str, Value] = {
        "war.full_scale": begun,
        "war.occupied_before_km2": fixed(0.0 if start < threat.CRIMEA else 43_000.0),
        "threat.peacetime_level": fixed(0.0 if start < threat.CRIMEA else threat.PEACETIME),
        # U.S. officials and a leaked Ukrainian estimate, October 2024, in proportion to the Russian count
        "war.ukrainian_casualties_at_start_thousand": uniform(0.47 * losses, 0.74 * losses) if losses else fixed(0.0),
    }
    return values
