"""Whatever a scenario that is accepted sets, every number is finite and within stated bounds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.errors import InputError
from sim.loading import load_text
from sim.model import catalogue, simulate, variables
from sim.scenario import Number

HEAD = 'title = "t"\ndescription = "d"\nreferences = ["r"]\nextends = "baseline"\nend = 2028-06-30\n'
KEYS = sorted(
    (parameter.expanded()[0] if parameter.entities else parameter.key, parameter.domain.low, parameter.domain.high)
    for parameter in catalogue()
    if isinstance(parameter.domain, Number)
)
UKRAINE_KM2 = 603_550
# Least and greatest value by unit; the shares of GDP and what follows from them by name.
BOUNDS = {
    "% of GDP": (0, 15.001),  # single precision, and means of members at 15
    "index 0 to 1": (0, 1),
    "0/1": (0, 1),
    "ratio": (0, 1e6),
    "members": (0, 40),
    "km2": (-UKRAINE_KM2, UKRAINE_KM2),
    "km²": (-UKRAINE_KM2, UKRAINE_KM2),
}
WIDEST = 1e6  # thousands of soldiers, billions of any currency: more than the world has


def outside(sets: list[str]) -> dict[str, tuple[float, float]]:
    """The variables whose values leave their bounds where ``sets`` hold; nothing for what is refused."""
    try:
        scenario = load_text(HEAD, "case.toml", sets=sets)
    except InputError:
        return {}
    values = simulate(scenario, 1, 0, 8)
    found = {}
    for variable in variables():
        low, high = BOUNDS.get(variable.unit, (-WIDEST, WIDEST))
        if variable.name.startswith("russian_military"):
            high = 50  # Russia in war; no more can be set
        array = values[variable.name]
        if not (np.isfinite(array).all() and low <= array.min() and array.max() <= high):
            found[variable.name] = (float(array.min()), float(array.max()))
    return found


def test_every_number_a_scenario_can_set_has_two_ends() -> None:
    assert [key for key, low, high in KEYS if not (np.isfinite(low) and np.isfinite(high))] == []


# Those that gave 109 to 288% of GDP, or ten billion times a billion euros.
WILD = [
    ["budgets.war_debt_pp=-5"],
    ["budgets.growth_pp=5"],
    ["budgets.growth_pp=-5"],
    ["budgets.left_right_pp=5"],
    ["aid.distance_slope=10"],
    ["russia.spending_factor=10"],
    ["us.aid.law_sd_log=3", "us.aid.law_median_busd=500", "us.aid.commitment_factor=10"],
    ["aid.distance_slope=10", "europe.aid.commitment_factor=10", "aid.package_sd_log=3"],
    ["us.aid.allocation_factor=10", "us.aid.executive_pace=5"],
    ["budgets.war_debt_pp=-5", "budgets.growth_pp=5", "budgets.left_right_pp=5", "budgets.change_pp=5"],
]


@pytest.mark.parametrize("sets", WILD, ids=" ".join)
def test_what_once_ran_away_stays_within_bounds(sets: list[str]) -> None:
    assert outside(sets) == {}


STARTS = ["2014-01-01", "2022-02-24", "2024-10-01", "2026-10-01"]


def from_the_second_year(key: str, number: float, start: str) -> list[str]:
    """What sets a key from the second calendar year on and leaves open what holds before."""
    year = int(start[:4])
    return [f"start={start}", f"end={year + 2}-12-31", f'{key}={{ how = "step", {year + 1} = {number!r} }}']


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize(
    "key",
    [
        "us.commitment.level_at_start",
        "aid.eu_backlog_military_share",
        "elections.EST.left_right",
        "members.ITA.plan_year",
    ],
)
def test_a_number_that_is_set_later_leaves_numbers_before(key: str, start: str) -> None:
    number = 2030 if key.endswith("year") else 0.5
    assert outside(from_the_second_year(key, number, start)) == {}


@st.composite
def accepted(draw: st.DrawFn) -> list[str]:
    """Some keys at an end of their range or anywhere in it."""
    chosen = draw(st.lists(st.sampled_from(KEYS), min_size=1, max_size=6, unique_by=lambda key: key[0]))
    return [
        f"{key}={draw(st.one_of(st.sampled_from((low, high)), st.floats(low, high)))!r}" for key, low, high in chosen
    ]


@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(accepted())
def test_accepted_scenarios_give_finite_numbers_within_bounds(sets: list[str]) -> None:
    assert outside(sets) == {}


@pytest.mark.long
@pytest.mark.parametrize(("key", "low", "high"), KEYS, ids=[key for key, _, _ in KEYS])
def test_each_key_at_each_end(key: str, low: float, high: float) -> None:
    assert outside([f"{key}={low!r}"]) == {}
    assert outside([f"{key}={high!r}"]) == {}


@pytest.mark.long
@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize(("key", "low", "high"), KEYS, ids=[key for key, _, _ in KEYS])
def test_each_key_set_later(key: str, low: float, high: float, start: str) -> None:
    assert outside(from_the_second_year(key, low, start)) == {}
    assert outside(from_the_second_year(key, high, start)) == {}


@pytest.mark.long
@settings(max_examples=1000, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(accepted())
def test_a_thousand_accepted_scenarios(sets: list[str]) -> None:
    assert outside(sets) == {}
