"""The channel behind an outcome is named in plain words: by attribute, by explain of a result, and of a scenario."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from sim.analysis.attribution import attribute
from sim.analysis.explain.channels import channel
from sim.analysis.explain.scenarios import explain_scenario
from sim.analysis.outcomes import chosen_outcomes
from sim.cli.program import program
from sim.loading import load
from sim.model import catalogue, registry, variables
from sim.shipped import shipped_questions

ALLIES = "europe_canada_share_pct_gdp"
EUROPE, USA, GROUND = "military_aid_allocated_beur:EUR", "military_aid_allocated_beur:USA", "russian_controlled_km2"
CHANNELS = [
    ("summits.adoption_probability", ALLIES, ("adoption of a target and the path it asks of members", "budgets")),
    ("us.pressure.level", ALLIES, ("U.S. pressure, under which targets are adopted and laggards jump", "budgets")),
    ("us.pressure.level", "target_pct_gdp", ("U.S. pressure, under which targets are adopted", "adoption of a target")),
    ("us.aid.executive_pace", USA, ("pace of the U.S. executive",)),
    ("europe.aid.replacement_long_run", EUROPE, ("what Europe makes up",)),
    ("us.aid.delivery_factor", GROUND, ("deliveries of arms", "movement of the front", "territory")),
    ("war.collapse_per_month", "threat", ("front gives way", "threat that members perceive")),
    ("war.collapse_per_month", EUROPE, ("front gives way", "military aid")),
    ("war.collapse_per_month", ALLIES, ("front gives way", "threat that members", "threat as budgets", "budgets")),
    ("us.commitment.level", "threat", ("credibility of the U.S. guarantee", "threat")),
    ("us.commitment.level", ALLIES, ("credibility of the U.S. guarantee", "budgets")),
    ("us.troops.thousand", "threat", ("U.S. troops in Europe", "threat")),
    ("us.troops.thousand", ALLIES, ("U.S. troops in Europe", "budgets")),
    ("economy.exchange_rate_factor", "europe_canada_spending_busd_current", ("exchange rates",)),
]


@pytest.mark.parametrize(("key", "outcome", "named"), CHANNELS)
def test_the_channel_of_each_size_is_named(key, outcome, named):
    assert catalogue().find(key) is not None
    name, _, entity = outcome.partition(":")
    variable = next(each for each in variables() if each.name == name)
    way = channel([key], variable, entity, load("baseline"))
    assert len(way) == len(named), way
    for step, words in zip(way, named, strict=True):
        assert words in step


def test_what_does_not_reach_an_outcome_has_no_channel():
    variable = next(each for each in variables() if each.name == "republican_house")
    assert channel(["war.collapse_per_month"], variable, "", load("baseline")) == ()


def test_every_state_says_what_it_is_and_no_two_say_the_same():
    told = [state.about for state in registry().states.values()]
    assert all(told)
    assert len(set(told)) == len(told)


@pytest.mark.parametrize("name", shipped_questions())
def test_every_lever_of_a_question_has_a_channel_or_is_told_to_be_reported_only(name):
    told = explain_scenario(load(name))
    assert told.levers
    for lever in told.levers:
        assert lever.channels or lever.reported_only, lever.name
        assert all(lever.meanings)


def test_the_command_reads_a_question_by_its_number():
    whole = CliRunner().invoke(program, ["explain", "questions/11_troops_leave"])
    short = CliRunner().invoke(program, ["explain", "questions/11"])
    assert whole.exit_code == 0, whole.output
    assert short.output == whole.output
    text = " ".join(whole.output.split())
    assert "20,000, then 45,000 U.S. troops leave Europe" in text
    assert "U.S. troops in Europe → the threat that members perceive → Perceived threat" in text
    assert "Press reports of 2025" in text
    document = json.loads(CliRunner().invoke(program, ["explain", "questions/11", "--json"]).output)
    assert {lever["name"].split(" = ")[0] for lever in document["levers"]} == {
        "us.commitment.posture", "us.troops.thousand",
    }  # fmt: skip


def test_what_is_reported_only_is_told_for_a_scenario(tmp_path):
    path = tmp_path / "related.toml"
    path.write_text(
        'title = "t"\ndescription = "d"\nreferences = ["r"]\nextends = "baseline"\nsummits.related_pct_gdp = 1.5\n'
    )
    output = CliRunner().invoke(program, ["explain", str(path)]).output
    assert "reported only: " in output


def test_an_attribution_names_the_channel_of_each_group_that_moves_an_outcome():
    outcomes = chosen_outcomes([GROUND, "us_commitment"])
    made = attribute(load("baseline"), load(named("15")), runs=20, outcomes=outcomes)
    ways = made.channels()
    assert {key for _, key in ways} == {GROUND}
    (way,) = ways.values()
    assert way == ("deliveries of arms", "the monthly movement of the front", "the territory that Russia holds")


def named(number: str) -> str:
    return next(name for name in shipped_questions() if name.startswith(f"questions/{number}"))
