"""Groups of members by name: what a key of a group means for each member, and what is told of it."""

from __future__ import annotations

import json

import pytest

from sim.loading import load_text, notes
from sim.scenario import Scenario, check, load
from tests.scenario.conftest import CODES, HEAD, small_facts


@pytest.fixture
def plans(catalogue, write):
    """The plans of members that a file leads to, as numbers by code."""

    def read(body, sets=(), **others):
        made = load(write(body, **others), catalogue=catalogue, facts_layer=small_facts, sets=sets)
        keys = {code: made.values.get(f"members.{code}.plan_pct_gdp") for code in CODES}
        return {code: given.value["value"] for code, given in keys.items() if given}, made

    return read


def test_a_key_of_a_group_is_a_key_of_each_member_and_keeps_its_line(plans):
    found, made = plans("[members.eastern_flank]\nplan_pct_gdp = 3.5\nopt_out = true\n")
    assert found == {"EST": 3.5, "HUN": 3.5, "POL": 3.5}
    assert made.values["members.EST.plan_pct_gdp"].origin.line == 5
    assert made.values["members.HUN.opt_out"].value is True
    assert not any("eastern_flank" in key for key in made.values)


@pytest.mark.parametrize("own_first", [True, False])
def test_a_members_own_key_beats_a_group_whatever_the_order(plans, own_first):
    parts = ["members.POL.plan_pct_gdp = 5\n", "members.eastern_flank.plan_pct_gdp = 3.5\n"]
    found, made = plans("".join(parts if own_first else parts[::-1]))
    assert found == {"EST": 3.5, "HUN": 3.5, "POL": 5}
    (told,) = made.remarks
    assert "members.eastern_flank.plan_pct_gdp" in told
    assert "does not hold for POL, set to 5" in told


@pytest.mark.parametrize("small_first", [True, False])
def test_the_smaller_group_beats_the_larger(plans, small_first):
    small, large = "members.below_guideline.plan_pct_gdp = 2\n", "members.EU_states.plan_pct_gdp = 3\n"
    found, _ = plans("start = 2024-10-01\n" + (small + large if small_first else large + small))
    assert found == {"BEL": 2, "CAN": 2, "DEU": 3, "EST": 3, "POL": 4.1}


def test_of_two_groups_of_one_size_the_later_line_holds(plans):
    one, other = "members.EU_states.plan_pct_gdp = 2\n", "members.eastern_flank.plan_pct_gdp = 3\n"
    assert plans(one + other)[0]["EST"] == 3
    assert plans(other + one)[0]["EST"] == 2


def test_a_group_by_the_facts_follows_the_start(plans):
    body = "members.below_guideline.plan_pct_gdp = 2\n"
    assert "CAN" in plans("start = 2024-06-01\n" + body)[0]
    assert "CAN" not in plans("start = 2025-06-01\n" + body)[0]


def test_own_groups_are_inherited_and_kept(plans, catalogue, write):
    body = 'extends = "parent.toml"\nmembers.visegrad.plan_pct_gdp = 3\n'
    found, made = plans(body, parent='[groups]\nvisegrad = ["POL", "HUN"]\n')
    assert found == {"POL": 3, "HUN": 3}
    assert made.groups == {"visegrad": ("POL", "HUN")}
    assert Scenario.from_dict(json.loads(json.dumps(made.to_dict()))) == made


def test_a_stronger_file_and_the_command_line_stand_over_a_weaker_and_say_so(plans):
    found, made = plans(
        'extends = "parent.toml"\nmembers.EU_states.plan_pct_gdp = 3\n', parent="members.DEU.plan_pct_gdp = 2\n"
    )
    assert found["DEU"] == 3
    assert any(
        "members.EU_states.plan_pct_gdp" in told and "replaces members.DEU.plan_pct_gdp" in told
        for told in made.remarks
    )
    found, _ = plans("members.DEU.plan_pct_gdp = 2\n", sets=["members.EU_states.plan_pct_gdp=3"])
    assert found["DEU"] == 3
    found, _ = plans(
        "", sets=["members.EU_states.plan_pct_gdp=3", "members.Germany.plan_pct_gdp=2", "members.Nordics.opt_out=true"]
    )
    assert (found["DEU"], found["BEL"]) == (2, 3)


def test_events_and_every_table_of_members_take_groups(catalogue, write):
    text = (
        "[aid.eastern_flank]\npackage_probability = 0.4\n"
        '[[events]]\ndate = 2026-01-01\nname = "E"\n'
        "set = { members.EU_states.plan_pct_gdp = 3, members.DEU.plan_pct_gdp = 2, "
        "members.eastern_flank.plan_pct_gdp = 4 }\n"
    )
    made = load(write(text), catalogue=catalogue)
    assert made.values["aid.POL.package_probability"].value["value"] == 0.4
    (event,) = made.events
    sets = {key.split(".")[1]: value["value"] for key, value in event.sets}
    assert sets == {"DEU": 2, "BEL": 3, "EST": 4, "HUN": 4, "POL": 4}


def test_two_parents_that_disagree_through_a_group_are_told(catalogue, write):
    path = write(
        'extends = ["one.toml", "two.toml"]\n',
        one="members.EU_states.plan_pct_gdp = 3\n", two="members.DEU.plan_pct_gdp = 2\n",
    )  # fmt: skip
    (problem,) = check(path, catalogue=catalogue)
    assert problem.key == "members.DEU.plan_pct_gdp"
    assert "two parents disagree" in problem.message


def test_equal_files_with_and_without_groups_are_one_scenario(plans):
    _, grouped = plans("members.nordics.plan_pct_gdp = 3\n")
    _, plain = plans("members.NOR.plan_pct_gdp = 3\n")
    assert grouped.hash == plain.hash


def test_groups_of_the_model(tmp_path):
    made = load_text(
        HEAD + "[members.european_allies]\ntarget_pct_gdp = 3.5\n[aid.euro_area]\ncommitment_factor = 0.5\n"
        "[members.below_guideline]\ncompliance = 1.0\n[aid.EU_states]\nmilitary_factor = 2\n"
    )
    values = made.values
    assert values["members.TUR.target_pct_gdp"].value["value"] == 3.5
    assert "members.CAN.target_pct_gdp" not in made.settings
    assert values["aid.DEU.commitment_factor"].value["value"] == 0.5
    assert values["aid.POL.commitment_factor"].value["value"] == 1
    assert values["aid.EUI.military_factor"].value["value"] == 1
    assert "members.POL.compliance" not in made.settings
    assert values["members.ESP.compliance"].value["value"] == 1
    path = tmp_path / "a.toml"
    path.write_text(HEAD + "members.EU_states.target_pct_gdp = 3\nmembers.ESP.target_pct_gdp = 2.1\n")
    assert any("does not hold for ESP, set to 2.1" in note for note in notes(path))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('[groups]\ng = ["nordics"]\n', "nordics is a group, and a group holds codes; write NOR"),
        ('[groups]\ng = ["below_guideline"]\n', "below_guideline is a group, and a group holds codes"),
        ('[groups]\n"" = ["DEU"]\n', "an empty text is no name of a group"),
        ("[members.far_east]\nplan_pct_gdp = 3\n", "none of the group far_east is among the codes here"),
        ("[members.eu]\nplan_pct_gdp = 3\n", "its member states are EU_states"),
    ],
)
def test_what_cannot_stand_for_a_member_is_named_for_what_it_is(catalogue, write, body, message):
    (problem,) = check(write(body), catalogue=catalogue)
    assert message in problem.message


@pytest.mark.parametrize("text", ['groups.g=["DEU"]', "groups={}", "events=[]", "events.e=1"])
def test_groups_and_events_are_written_in_the_file(catalogue, write, text):
    (problem,) = check(write(""), catalogue=catalogue, sets=[text])
    assert "write it in the file" in problem.message
