"""Conditions are read, written and kept exactly; `check` says in one line what each event does."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date

import pytest

from sim.errors import InputError
from sim.loading import load_text, outlook
from sim.scenario import Scenario, check, load
from sim.scenario.condition import parse_condition
from tests.scenario.conftest import HEAD

EVENT = '[[events]]\nname = "E"\nwhen = "{}"\nset = {{ aid.delivery_factor = 0.5 }}\n'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("ceasefire", "ceasefire"),
        ("not ceasefire", "not ceasefire"),
        ("not not ceasefire", "ceasefire"),
        ("democratic_president", "not republican_president"),
        ("not democratic_president", "republican_president"),
        ("us_posture = retrenchment", "us_posture = retrenchment"),
        ("us_posture == 'retrenchment'", "us_posture = retrenchment"),
        ("us_commitment<0.3", "us_commitment < 0.3"),
        ("us_commitment >= 0.3", "us_commitment >= 0.3"),
        ("defence_share_pct_gdp:Germany <= 2", "defence_share_pct_gdp:DEU <= 2"),
        ("defence_share_pct_gdp : UK > 2", "defence_share_pct_gdp:GBR > 2"),
    ],
)
def test_what_a_condition_means(text, told, catalogue):
    condition = parse_condition(text, catalogue)
    assert condition.describe() == told
    assert parse_condition(told, catalogue) == condition


def test_it_is_kept_exactly_and_counts_in_the_hash(catalogue, write):
    text = EVENT.format("us_commitment < 0.3").replace("set", "after_months = 6\nfor_months = 12\nonce = false\nset")
    made = load(write(text), catalogue=catalogue)
    (event,) = made.events
    assert (event.date, event.after_months, event.for_months, event.once) == (None, 6, 12, False)
    assert Scenario.from_dict(json.loads(json.dumps(made.to_dict()))) == made
    for change in ({"after_months": 5}, {"for_months": None}, {"once": True}, {"until": date(2026, 1, 1)}):
        assert replace(made, events=(replace(event, **change),)).hash != made.hash
    dated = load(write(EVENT.format("x").replace('when = "x"', "date = 2025-02-01")), catalogue=catalogue)
    assert "when" not in dated.to_dict()["events"][0]


def test_two_events_that_contradict_each_other_may_be_left_to_chance_or_the_child(catalogue, write):
    two = (
        '[[events]]\nname = "a"\ndate = 2026-01-01\nset = { aid.delivery_factor = 0.5 }\n'
        '[[events]]\nname = "b"\ndate = 2026-01-01\nset = { aid.delivery_factor = 0.7 }\n'
    )
    assert len(check(write(two), catalogue=catalogue)) == 1
    assert not check(write(two.replace('"b"', '"b"\nprobability = 0.5')), catalogue=catalogue)
    assert not check(write(two.replace("0.7", "0.5")), catalogue=catalogue)


def test_events_that_wait_alike_for_one_condition_contradict_each_other(catalogue, write):
    one, other = EVENT.format("ceasefire"), EVENT.format("not not ceasefire").replace('"E"', '"F"')
    other = other.replace("0.5", "0.7")
    (problem,) = check(write(one + other), catalogue=catalogue)
    assert 'two events set aid.delivery_factor when ceasefire: 0.7 here and 0.5 in "E"' in problem.message
    assert (problem.line, problem.key) == (11, "events[2].set.aid.delivery_factor")
    for change in ("after_months = 1\n", "once = false\n", "probability = 0.5\n"):
        assert not check(write(one + other.replace("set", change + "set")), catalogue=catalogue)


WRONG = [
    ("us_commitment < 0.3 and ceasefire", "us_commitment < 0.3 and ceasefire is more than one condition"),
    ("ceasefire or in_talks", "for or, write an event for each"),
    ("us_posture != retrenchment", 'write "not us_posture = retrenchment"'),
    ("us_commitment => 0.3", "=> is not among <, <=, >, >= and =; did you mean >=?"),
    ("us_commitment \u2264 0.3", "did you mean <=?"),
    ("us_commitment < 0,3", "0,3 is not a number; did you mean 0.3?"),
    ("us_commitment < 1_0", "1_0 is not a number"),
    ("us_commitment > 5", "us_commitment is an index from 0 to 1, which never passes 5"),
    ("defence_share_pct_gdp:DEU > 1e39", "never comes near 1e39"),
    (
        "defence_share_pct_gdp:nordics > 2",
        "nordics is a group, and a condition reads one member or donor; name one of NOR",
    ),
    ("defence_share_pct_gdp::DEU > 2", "DEU (Germany)"),
    ("aid.delivery_factor > 1", "aid.delivery_factor is a key that files set"),
    ("us_commitment" + " " * 30_000 + "x", "is no condition"),
    ("us_commitment <" + " " * 30_000, "is no condition"),
    ("a:" + " " * 30_000, "is no condition"),
    ("not " * 30_000, "neither a recorded variable nor a condition"),
]


@pytest.mark.parametrize(("text", "message"), WRONG, ids=[text[:30] for text, _ in WRONG])
def test_what_is_no_condition_is_answered_with_what_to_write(text, message, catalogue):
    with pytest.raises(ValueError, match=re.escape(message)) as fault:
        parse_condition(text, catalogue)
    assert len(str(fault.value)) < 400


def test_a_condition_denied_ten_thousand_times_is_still_read(catalogue):
    assert parse_condition("not " * 10_001 + "ceasefire", catalogue).describe() == "not ceasefire"


LINES = [
    ("date = 2026-03-10\nset = { us.commitment.shock = -0.2 }",
     "sets us.commitment.shock to -0.2 from 2026-03-10 to the end; first seen at the end of March 2026"),
    ("date = 2026-03-10\nuntil = 2026-09-01\nprobability = 0.5\nset = { members.DEU.share_pct_gdp = 3 }",
     "sets members.DEU.share_pct_gdp to 3 from 2026-03-10 until 2026-09-01; counts by the calendar year, "
     "in 0.5 of the runs"),
    ('when = "ceasefire"\nafter_months = 6\nset = { aid.military_factor = 0.5, aid.other_factor = 2 }',
     "sets aid.military_factor to 0.5 and aid.other_factor to 2 when ceasefire is first recorded, 6 months later "
     "(on 2025-05-01 at the earliest) to the end, in the runs in which that happens"),
    ('when = "collapse"\nonce = false\nfor_months = 1\nset = { aid.military_factor = 0.5 }',
     "sets aid.military_factor to 0.5 while ukrainian_front_collapsed is recorded (on 2024-11-01 at the earliest) "
     "for 1 month, in the runs in which that happens"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "line"), LINES)
def test_one_line_says_what_an_event_does(body, line, tmp_path):
    path = tmp_path / "a.toml"
    path.write_text(f'{HEAD}[[events]]\nname = "E"\n{body}\n')
    assert outlook(path) == [f'the event "E" {line}']


def test_conditions_of_the_model(tmp_path):
    names = ("ceasefire", "not ceasefire", "collapse", "republican_president", "democratic_president",
             "us_posture = retrenchment", "military_aid_allocated_beur:EUR > 100")  # fmt: skip
    events = "".join(
        f'[[events]]\nname = "{number}"\nwhen = "{name}"\nset = {{ aid.other_factor = {number + 2} }}\n'
        for number, name in enumerate(names)
    )
    assert len(load_text(HEAD + events).events) == len(names)
    with pytest.raises(InputError, match="did you mean ceasefire"):
        load_text(HEAD + '[[events]]\nname = "E"\nwhen = "ceasefires"\nset = { aid.other_factor = 2 }\n')
