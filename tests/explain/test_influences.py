"""What is not named leaves a variable bit-identical; what is named moves it in at least one run."""

from __future__ import annotations

import importlib.util
from datetime import date
from functools import cache
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from numpy.typing import NDArray

from sim import load
from sim.analysis.explain import influences
from sim.facts.tables import folder
from sim.model import Variable, axes, catalogue, registry, simulate, variables
from sim.scenario import Scenario

RUNS = 32


@cache
def changing() -> ModuleType:
    spec = importlib.util.spec_from_file_location("changing", Path(__file__).with_name("changing.py"))
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def declared(variable: str) -> Variable:
    return next(other for other in variables() if other.name == variable)


def keys_behind(variable: str, entity: str, day: date, scenario: Scenario) -> dict[str, int]:
    return influences.keys_behind(declared(variable), entity, day, scenario)


@cache
def scenario(name: str) -> Scenario:
    return load("baseline", sets=["budgets.neighbours=0.2"]) if name == "responding" else load(name)


@cache
def simulated(name: str) -> dict[str, NDArray[np.float32]]:
    return simulate(scenario(name), 1, 0, RUNS)


@cache
def moved(name: str, key: str) -> dict[tuple[str, str], date]:
    """Variables and entities that differ in some run when ``key`` is changed, with the first day on which they do."""
    other, found = simulate(changing().changed(scenario(name), key), 1, 0, RUNS), {}
    along = axes(scenario(name))
    for variable in variables():
        differs = (simulated(name)[variable.name] != other[variable.name]).any(axis=-1)
        differs = differs if variable.entity else differs[:, None]
        days = along.years if variable.every == "year" else along.months
        for row in np.flatnonzero(differs.any(axis=0)):
            found[variable.name, (along.codes(variable.entity) or ("",))[row]] = days[int(differs[:, row].argmax())]
    return found


# Chosen from every system; all keys of the catalogue were tried once in these three scenarios and none was missing.
KEYS = (
    "alliance.UKR.member", "aid.generosity_sd", "aid.POL.package_probability", "aid.other_months",
    "budgets.war_exposure_pp", "budgets.DEU.own_shock_pp", "budgets.usa_shock_pp", "members.FRA.budget_change_pp",
    "economy.dollar_inflation_pct", "economy.own_growth_sd_pct", "elections.DEU.left_right", "elections.term_years",
    "equipment.noise_pct", "europe.aid.replacement_speed", "negotiation.conceded_km2", "negotiation.hazard_per_year",
    "russia.effort_speed", "secretary_general.rutte.shock_absorption", "summits.new_target_pct_gdp", "threat.floor",
    "us.aid.other_to_military", "us.commitment.speed_per_month", "us.elections.2026.house", "us.troops.months",
    "us.withdrawal.probability_per_year", "war.gain_per_aid_km2", "war.loss_ratio", "war.kursk_held",
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "key"),
    [("baseline", key) for key in KEYS]
    + [("history_2022", key) for key in KEYS[::4]]
    + [("responding", key) for key in KEYS if key.startswith(("budgets.", "members."))],
)
def test_everything_that_moves_names_the_key(name: str, key: str) -> None:
    unnamed = [
        (variable, entity, str(day))
        for (variable, entity), day in moved(name, key).items()
        if key not in keys_behind(variable, entity, day, scenario(name))
    ]
    assert unnamed == []


@pytest.mark.parametrize(
    ("variable", "entity", "key"),
    [
        ("defence_share_pct_gdp", "POL", "budgets.war_exposure_pp"),
        ("defence_share_pct_gdp", "POL", "threat.floor"),
        ("defence_share_pct_gdp", "POL", "us.commitment.level_conditional"),
        ("defence_share_pct_gdp", "POL", "us.elections.2024.president"),
        ("defence_share_pct_gdp", "DEU", "elections.DEU.left_right"),
        ("defence_share_pct_gdp", "DEU", "war.gain_per_effort_km2"),
        ("defence_share_pct_gdp", "USA", "budgets.usa_persistence"),
        ("members_at_2pct", "", "budgets.plan_kept"),
        ("europe_canada_share_pct_gdp", "", "economy.own_growth_sd_pct"),
        ("us_commitment", "", "us.withdrawal.probability_per_year"),
        ("military_aid_allocated_beur", "EUR", "us.aid.law_median_busd"),
        ("aid_delivered_beur", "ALL", "aid.other_months"),
        ("russian_controlled_km2", "", "aid.stock_share"),
        ("ceasefire", "", "war.effort_drift_pct_per_month"),
        ("us_troops_europe_thousand", "", "us.elections.2026.senate"),
    ],
)
def test_a_named_key_moves_the_number(variable: str, entity: str, key: str) -> None:
    last = axes(scenario("baseline")).years[-1]
    assert key in keys_behind(variable, entity, last, scenario("baseline"))
    assert (variable, entity) in moved("baseline", key)


@pytest.mark.parametrize(
    ("variable", "entity", "key"),
    [
        ("defence_share_pct_gdp", "POL", "members.DEU.budget_change_pp"),
        ("defence_share_pct_gdp", "POL", "equipment.noise_pct"),
        ("defence_share_pct_gdp", "POL", "budgets.usa_shock_pp"),
        ("defence_share_pct_gdp", "USA", "threat.war_level"),
        ("us_commitment", "", "budgets.war_pp"),
        ("europe_canada_share_pct_gdp", "", "economy.dollar_inflation_pct"),
        ("military_aid_allocated_beur", "EUR", "us.aid.other_to_military"),
        ("russian_controlled_km2", "", "economy.own_growth_sd_pct"),
        ("ceasefire", "", "budgets.war_pp"),
        ("threat", "", "us.elections.2018.house"),
    ],
)
def test_a_key_that_is_not_named_leaves_the_number_as_it_is(variable: str, entity: str, key: str) -> None:
    last = axes(scenario("baseline")).years[-1]
    assert key not in keys_behind(variable, entity, last, scenario("baseline"))
    assert (variable, entity) not in moved("baseline", key)


def test_members_that_respond_to_each_other_name_each_other() -> None:
    last = axes(scenario("responding")).years[-1]
    for key in ("members.DEU.budget_change_pp", "budgets.usa_shock_pp"):
        assert key in keys_behind("defence_share_pct_gdp", "POL", last, scenario("responding"))
        assert ("defence_share_pct_gdp", "POL") in moved("responding", key)


def test_every_key_enters_a_state_and_every_variable_has_one() -> None:
    patterns = {parameter.key for parameter in catalogue()}
    states = registry().states
    assert {key for state in states.values() for key in state.keys} == patterns
    assert {read for state in states.values() for read in state.reads} <= states.keys()
    for variable in variables():
        for entity in ("", *axes(scenario("baseline")).codes(variable.entity)):
            assert variable.states_of(entity), variable.name
            assert set(variable.states_of(entity)) <= states.keys()


def test_an_election_counts_from_the_day_its_winners_are_seated() -> None:
    key = "us.elections.2028.president"
    assert key not in keys_behind("us_posture", "", date(2028, 12, 31), scenario("baseline"))
    assert key in keys_behind("us_posture", "", date(2029, 1, 31), scenario("baseline"))


def test_distance_counts_states_in_between() -> None:
    near = influences.states_behind(declared("us_commitment"), "", scenario("baseline"))
    assert near == {
        "office": 2,
        "voice": 1,
        "president": 2,
        "posture": 1,
        "withdrawal": 1,
        "roster": 1,
        "credibility": 0,
    }


def test_tables_of_facts_are_there() -> None:
    assert {table for state in registry().states.values() for table in state.tables} <= {
        path.name.removesuffix(".csv") for path in folder().iterdir()
    }
