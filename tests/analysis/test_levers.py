"""The audit of the levers: each key moves something it can be held to, and the way that theory says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from sim import load
from sim.analysis.levers import Audit, Case, Effect, Lever, audit, lever, levers, usual_outcomes
from sim.analysis.levers.effects import declared
from sim.analysis.levers.situations import SITUATIONS, cases, situation_of
from sim.analysis.levers.table import csv_text, faults, kept, leading, read, rows, stored
from sim.errors import InputError
from sim.model import catalogue
from sim.scenario import Parameter, Scenario, fixed

STORED = list(stored())
RUNS = 400
WATCHED = (
    "us.commitment.posture_if_republican",
    "summits.compliance",
    "members.*.budget_change_pp",
    "war.break_even_thousand",
    "europe.aid.fatigue_pct_per_year",
    "negotiation.hold_probability",
)


def parameter(key: str) -> Parameter:
    found = catalogue().find(key)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def baseline() -> Scenario:
    return load("baseline")


def made(key: str, scenario: Scenario) -> Lever:
    found = lever(parameter(key), scenario)
    assert found is not None
    return found


def test_no_lever_is_dead_and_none_moves_the_wrong_way() -> None:
    assert faults(STORED) == []


def test_the_stored_audit_is_that_of_the_model_for_some_keys() -> None:
    seen = kept(audit(Audit(cases([parameter(key) for key in WATCHED]), usual_outcomes(), RUNS)))
    assert {effect.key for effect in seen} == set(WATCHED)
    fresh = sorted(read(csv_text(seen)), key=lambda effect: (effect.key, effect.outcome))
    told = sorted((each for each in STORED if each.key in WATCHED), key=lambda effect: (effect.key, effect.outcome))
    for new, old in zip(fresh, told, strict=True):
        assert replace(new, change=0, standard=0, error=0) == replace(old, change=0, standard=0, error=0)
        assert (new.change, new.standard, new.error) == pytest.approx((old.change, old.standard, old.error), rel=2e-3)


@pytest.mark.long
def test_the_stored_audit_is_that_of_the_model_for_every_key() -> None:
    seen = kept(audit(Audit(cases(), usual_outcomes(), RUNS), jobs=2))
    assert faults(seen) == []
    assert csv_text(seen) == csv_text(STORED)


EFFECT = Effect(
    "aid.military_factor", "military_aid_allocated_beur:ALL", "Military aid", "EUR bn", "baseline", "0.5 to 1.5", "0.5",
    "1.5", date(2026, 12, 31), 20.0, 1.2, 0.05, "raises",
)  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, []),
        (
            {"standard": 0.04, "error": 0.001},
            ["aid.military_factor moves nothing by 0.05 standard deviations: at most"],
        ),
        ({"standard": 0.2, "error": 0.1}, ["aid.military_factor moves nothing by 0.05 standard deviations: at most"]),
        (
            {"standard": -1.2},
            ["aid.military_factor raises military_aid_allocated_beur:ALL, it says, and moves it by -1.2"],
        ),
    ],
)
def test_what_the_audit_finds_fault_with(changed: dict[str, float], told: list[str]) -> None:
    found = faults([replace(EFFECT, **changed)], [parameter("aid.military_factor")])
    assert [text.startswith(start) for text, start in zip(found, told, strict=True)] == [True] * len(told)


def test_a_key_without_a_range_is_a_fault_unless_it_is_reported_only() -> None:
    bare = replace(parameter("us.commitment.shock"), sweep="")
    assert faults([], [bare]) == ["us.commitment.shock is not tried: it needs a range"]
    assert faults([], [replace(bare, reported_only="nothing reads it")]) == []


@pytest.mark.parametrize(
    ("key", "kind", "text"),
    [
        ("us.aid.posture_factor_conditional", "range", "0 to 1.5"),
        ("threat.half_life_years", "range", "2, 5, 10"),
        ("us.aid.commitment_factor", "around", "0.5 to 1.5"),
        ("budgets.war_pp", "prior", "-0.02618 to 0.1482"),
        ("war.kursk_held", "options", "false, true"),
        ("us.withdrawal.date", "day", "never to 2025-10-01"),
    ],
)
def test_over_what_a_key_is_tried(key: str, kind: str, text: str, baseline: Scenario) -> None:
    found = made(key, baseline)
    assert (found.kind, found.text) == (kind, text)


def test_a_pattern_sets_every_entity_and_a_key_of_one_sets_that(baseline: Scenario) -> None:
    (together,) = levers(baseline, ["members.*.budget_change_pp"])
    assert {len(trial.settings) for trial in together.trials} == {31}
    assert together.entities == ()
    (alone,) = levers(baseline, ["members.Germany.budget_change_pp"])
    assert [trial.settings for trial in alone.trials] == [
        (("members.DEU.budget_change_pp", fixed(-0.1)),),
        (("members.DEU.budget_change_pp", fixed(0.1)),),
    ]
    assert [outcome.key for outcome in declared(alone)] == ["defence_share_pct_gdp:DEU"]
    assert len(levers(baseline, ["members.*.budget_change_pp"], each=True)) == 31


def test_the_effect_is_the_paired_difference_between_the_ends_in_standard_deviations(baseline: Scenario) -> None:
    from sim import model

    tried = made("budgets.change_pp", baseline)
    effects = audit(Audit((Case(baseline, (tried,)),), usual_outcomes(), 64))
    found = next(effect for effect in effects if effect.outcome == "europe_canada_share_pct_gdp")
    place = [day.isoformat() for day in model.axes(baseline).years].index(found.day.isoformat())

    def share(scenario: Scenario) -> np.ndarray:
        values = model.simulate(scenario, 1, 0, 64, only={"europe_canada_share_pct_gdp"})
        return np.asarray(values["europe_canada_share_pct_gdp"][place], float)

    low, high = (share(load("baseline", [f"budgets.change_pp={end}"])) for end in (-0.1, 0.1))
    assert found.change == pytest.approx((high - low).mean(), rel=1e-6)
    assert found.standard == pytest.approx((high - low).mean() / share(baseline).std(), rel=1e-6)
    assert found.error == pytest.approx((high - low).std(ddof=1) / 8 / share(baseline).std(), rel=1e-6)
    assert (found.expected, found.verdict, found.moves) == ("raises", "held", True)


def test_effects_do_not_depend_on_what_else_is_tried_or_on_jobs(baseline: Scenario) -> None:
    some = (made("threat.floor", baseline), made("us.withdrawal.date", baseline), made("war.effort_factor", baseline))
    together = audit(Audit((Case(baseline, some),), usual_outcomes(), 32), jobs=2)
    alone = audit(Audit((Case(baseline, some[2:]),), usual_outcomes(), 32))
    usual = {outcome.key for outcome in usual_outcomes()}
    assert [each for each in together if each.key == "war.effort_factor" and each.outcome in usual] == [
        each for each in alone if each.outcome in usual
    ]


def test_a_dead_key_moves_nothing_to_the_last_bit(baseline: Scenario) -> None:
    effects = audit(Audit((Case(baseline, (made("reassurance.hold_effect", baseline),)),), usual_outcomes(), 32))
    assert {effect.standard for effect in effects} == {0.0}
    assert not any(effect.moves for effect in effects)


def test_every_situation_loads_and_is_where_some_key_needs_it() -> None:
    keys = {each.key for each in catalogue()}
    assert [key for situation in SITUATIONS for key in situation.keys if key not in keys] == []
    named = [key for situation in SITUATIONS for key in situation.keys]
    assert len(named) == len(set(named))
    assert situation_of("aid.military_factor").name == "baseline"


def test_the_table_keeps_the_largest_effect_and_every_direction() -> None:
    small = replace(EFFECT, outcome="ceasefire", standard=0.1, expected="")
    larger = replace(EFFECT, outcome="us_commitment", standard=-2.0, expected="")
    assert kept([small, EFFECT, larger]) == [larger, EFFECT]
    assert leading([small, EFFECT, larger]) == [larger]
    assert [row[4] for row in rows([EFFECT, larger])] == ["`us_commitment`", "`military_aid_allocated_beur:ALL`"]
    assert read(csv_text([EFFECT])) == [EFFECT]


def test_names_that_are_no_keys_are_told_at_once(baseline: Scenario) -> None:
    with pytest.raises(InputError) as raised:
        levers(baseline, ["us.troops.thousands", "nothing"])
    assert [problem.path for problem in raised.value.problems] == ["--key 'us.troops.thousands'", "--key 'nothing'"]


def test_a_key_that_cannot_cross_a_range_is_told(baseline: Scenario) -> None:
    with pytest.raises(InputError, match=r"--key aid.packages: rows, days and texts have no range to cross"):
        levers(baseline, ["aid.packages"])
