"""The terms sum to the change, the end is the result's own figure, and inputs carry where they come from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim import load, run
from sim.analysis.explain import Explanation, explain, explanation
from sim.ensemble import Result
from sim.errors import InputError
from sim.model import variables
from sim.shipped import find_scenario

RUNS = 50  # not a multiple of the lanes, so that padding would show
SETS = ("budgets.change_pp=0.3", "members.ITA.budget_change_pp=-9e-1", "members.DEU.share_pct_gdp=2.5")
ENTITY = {
    "member": ("USA", "ITA"),
    "donor": ("DEU", "EUR", "ALL"),
    None: ("",),
}


@pytest.fixture(scope="module")
def baseline() -> Result:
    return run("baseline", runs=RUNS)


@pytest.fixture(scope="module")
def history() -> Result:
    return run("history_2022", runs=RUNS)


@pytest.fixture(scope="module")
def told() -> Result:
    return run(load("trump_retrenchment", sets=SETS), runs=RUNS)


def total(found: Explanation) -> float:
    return sum(term.mean for term in found.terms)


def entities(result: Result, name: str) -> tuple[str, ...]:
    variable = result.variable(name)
    return variable.labels[:2] if variable.labels else ENTITY[variable.entity]


CASES = [("told", variable.name) for variable in variables()] + [
    ("history", name)
    for name in ("defence_share_pct_gdp", "members_at_2pct", "russian_controlled_km2", "aid_allocated_beur")
]


@pytest.mark.parametrize(("which", "name"), CASES)
def test_terms_sum_to_the_change(which: str, name: str, request: pytest.FixtureRequest) -> None:
    result: Result = request.getfixturevalue(which)
    for entity in entities(result, name):
        found = explain(result, name, entity)
        stored = float(result.mean(name, entity or None)[-1])
        assert found.end == pytest.approx(stored, rel=2e-6, abs=2e-6)
        assert total(found) == pytest.approx(found.change, rel=1e-5, abs=1e-5 * max(1, abs(found.end)))
        assert found.runs == RUNS


def test_a_day_before_the_last_is_explained_by_what_came_before_it(baseline: Result) -> None:
    for name, entity, day in (("defence_share_pct_gdp", "EST", "2027-12-31"), ("us_commitment", "", "2025-03-31")):
        found = explain(baseline, name, entity, day)
        place = [str(one) for one in baseline.dates(name)].index(day)
        assert found.end == pytest.approx(float(baseline.mean(name, entity or None)[place]), rel=2e-6)
        assert total(found) == pytest.approx(found.change, abs=1e-6)


def test_budget_terms_are_those_of_the_equation(baseline: Result) -> None:
    names = {term.name for term in explain(baseline, "defence_share_pct_gdp", "POL").terms}
    assert {"plans", "exposure", "war", "debt in war", "growth", "shock", "drift"} <= names
    assert {term.name for term in explain(baseline, "defence_share_pct_gdp", "USA").terms} == {
        "revision of the estimate for 2024", "return to its level", "shock",
    }  # fmt: skip


def test_levers_floors_and_told_shares_are_terms_of_their_own(told: Result) -> None:
    italy = {term.name: term for term in explain(told, "defence_share_pct_gdp", "ITA").terms}
    assert italy["scenario lever"].mean == pytest.approx(5 * (0.3 - 0.9), abs=1e-5)
    assert italy["floor or told share"].mean > 0  # the floor of 0.2 holds up what the lever takes away
    germany = explain(told, "defence_share_pct_gdp", "DEU")
    assert germany.end == pytest.approx(2.5)
    assert "floor or told share" in {term.name for term in germany.terms}
    france = {term.name: term for term in explain(told, "defence_share_pct_gdp", "FRA").terms}
    assert france["scenario lever"].mean == pytest.approx(5 * 0.3, abs=1e-5)
    assert "floor or told share" not in france


def test_blocks_join_in_the_order_of_runs(baseline: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = [explain(baseline, *what) for what in (("defence_share_pct_gdp", "GRC"), ("russian_controlled_km2", ""))]
    monkeypatch.setattr(explanation, "BLOCK", 24)  # the second block begins within lanes
    parted = [explain(baseline, *what) for what in (("defence_share_pct_gdp", "GRC"), ("russian_controlled_km2", ""))]
    assert parted == whole


def test_only_the_first_runs_are_made_again(baseline: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explanation, "MOST_RUNS", 32)
    monkeypatch.setattr(explanation, "BLOCK", 16)
    assert explain(baseline, "us_commitment").runs == 32


def test_inputs_say_where_they_come_from(told: Result) -> None:
    inputs = {one.key: one for one in explain(told, "defence_share_pct_gdp", "FRA").inputs}
    assert inputs["budgets.change_pp"].origin.startswith("--set budgets.change_pp=0.3")
    assert inputs["budgets.change_pp"].value == "0.3"
    lines = find_scenario("trump_retrenchment").read_text(encoding="utf-8").splitlines()
    line = next(number for number, text in enumerate(lines, 1) if text.startswith("posture ="))
    assert inputs["us.commitment.posture"].origin.endswith(f"trump_retrenchment.toml:{line}")
    assert inputs["budgets.war_pp"].value.startswith("posterior mean ")
    assert inputs["budgets.commitment_pp"].depends_on
    assert "members.ITA.budget_change_pp" not in inputs
    distances = [one.distance for one in inputs.values()]
    assert distances == sorted(distances)


def test_events_by_the_day_are_named_and_said_to_act_or_not(history: Result) -> None:
    war = explain(history, "defence_share_pct_gdp", "POL", "2022-12-31")
    assert next(event.name for event in war.events if event.acts) == "Full-scale war"
    assert all(event.date <= "2022-12-31" for event in war.events)
    office = explain(history, "secretary_general", "Mark Rutte")
    assert "Full-scale war" in {event.name for event in office.events if not event.acts}


def test_facts_carry_their_vintage(baseline: Result) -> None:
    tables = {one.table: one for one in explain(baseline, "defence_share_pct_gdp", "POL").facts}
    assert tables["defence"].vintages[-1] == "2024-06-17"
    assert "N24" in tables["defence"].sources
    assert tables["plans"].recalled > 0
    assert {one.table for one in explain(baseline, "us_posture", "continuity").facts} == {"us_composition"}


def test_it_goes_through_json(baseline: Result) -> None:
    told = json.loads(json.dumps(explain(baseline, "us_commitment").to_dict()))
    assert told["change"] == pytest.approx(sum(term["mean"] for term in told["terms"]))


@pytest.mark.parametrize(
    ("what", "words"),
    [
        (("defence_share",), "defence_share_pct_gdp"),
        (("defence_share_pct_gdp",), "name one: ALB"),
        (("defence_share_pct_gdp", "Plan"), "Plan is not among the codes here"),
        (("us_posture",), "name one: continuity, conditional, retrenchment"),
        (("us_commitment", "POL"), "no entity 'POL'"),
        (("us_commitment", "", "2025-12-30"), "the nearest day is 2025-12-31"),
        (("us_commitment", "", "last year"), "is no date"),
    ],
)
def test_bad_questions_get_one_clear_line(baseline: Result, what: tuple[str, ...], words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        explain(baseline, *what)
    assert len(str(caught.value).splitlines()) == 1


def test_a_member_may_be_called_by_its_name(baseline: Result) -> None:
    assert explain(baseline, "defence_share_pct_gdp", "Poland") == explain(baseline, "defence_share_pct_gdp", "POL")


def test_a_result_of_other_code_is_not_explained(baseline: Result, tmp_path: Path) -> None:
    other = Result(tmp_path, {**baseline.manifest, "inputs": {**baseline.manifest["inputs"], "code": "0"}})
    with pytest.raises(InputError, match="another version"):
        explain(other, "us_commitment")
