"""A key of an earlier version is answered with its new name, wherever it is typed."""

from __future__ import annotations

import pytest

from sim.loading import check as check_shipped
from sim.scenario import Catalogue
from sim.scenario.resolve import check
from tests.scenario.conftest import HEAD, small_catalogue

RENAMED = {
    "us.stance": "us.commitment.posture",
    "members.*.intent_pct": "members.*.plan_pct_gdp",
    "top": "summit",
}


@pytest.fixture
def catalogue() -> Catalogue:
    return Catalogue(small_catalogue().parameters, RENAMED)


def test_old_keys_old_groups_and_old_keys_of_a_member_have_new_names(catalogue, tmp_path):
    path = tmp_path / "old.toml"
    path.write_text(HEAD + '[us]\nstance = "conditionl"\n[members.POL]\nintent_pct = 3.0\n[top]\ntarget_pct_gdp = 99\n')
    told = [str(problem).removeprefix(str(path)) for problem in check(path, catalogue=catalogue)]
    assert ":5:1  us.stance  this key is called us.commitment.posture now" in told
    assert ":7:1  members.POL.intent_pct  this key is called members.POL.plan_pct_gdp now" in told
    assert ":8:2  top  this key is called summit now" in told
    # What is set is checked under the new name, so that all that is wrong is told at once.
    assert len(told) == 5
    assert any("conditional" in line for line in told)
    assert any("0 to 10" in line for line in told)


def test_a_setting_is_answered_too(catalogue, tmp_path):
    path = tmp_path / "now.toml"
    path.write_text(HEAD)
    (problem,) = check(path, catalogue=catalogue, sets=["us.stance=conditional"])
    assert "us.commitment.posture" in problem.message


def test_the_group_of_the_states_of_the_european_union_has_one_name():
    for place in ("members.EU.target_pct_gdp", "economy.EU.growth_shift_pct"):
        group = place.partition(".")[0]
        (problem,) = check_shipped("baseline", [f"{place}=1"])
        assert problem.message == f"this key is called {group}.EU_states now"


def test_what_was_never_a_key_has_no_successor(catalogue):
    assert catalogue.successor("us.commitment") is None
    assert catalogue.successor("members.POL.opt_out") is None


def test_every_new_name_of_the_model_is_a_key_or_a_group_of_it():
    from sim.model import catalogue
    from sim.model.renamed import RENAMED as OURS

    for old, new in OURS.items():
        assert catalogue().find(new) or catalogue().is_group(new), old
        assert not catalogue().find(old), f"{old} is still a key"
