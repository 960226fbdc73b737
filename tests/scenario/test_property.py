"""No text and no bytes whatever make anything but problems; nor does any damage to a good file."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.errors import InputError, Problem
from sim.scenario import Scenario, check, load
from tests.scenario.conftest import HEAD, small_catalogue, small_facts

CATALOGUE = small_catalogue()
GOOD = (
    HEAD
    + """start = 2024-06-01
[us.elections.2024]
president = {harris = 0.5, trump = 0.5}
[us.commitment]
posture = "conditional"
continuity = {dist = "normal", mean = 0.54, sd = 0.05}
[summit]
target_pct_gdp = {how = "linear", 2025 = 2.0, 2030 = {dist = "uniform", low = 2.5, high = 3.5}}
[members.POL]
plan_pct_gdp = 4.7
opt_out = false
[negotiation]
talks_from = "never"
[war]
full_scale_from = 2022-02-24
[[events]]
date = 2026-01-15
until = 2026-03-15
name = "Pause of deliveries"
set = {aid.delivery_factor = 0.0}
probability = 0.5
"""
)
# Words of the language, so that damage reaches deep into the reader
WORDS = [
    "=", ".", ",", "{", "}", "[", "]", '"', "'", '"""', "#", "\n", "\r", "\0", "\t", "nan", "inf", "-", "0x",
    "[[events]]",
    "1e999", "9" * 5000, "true", "dist", "how", "set", "events", "members", "UK", "*", "2024-02-30",
    "2024-01-01T00:00:00",
    "\ufeff", "\u202e", "\U0001f600", "extends", "[" * 400, "{a=" * 400, "a." * 400,
]  # fmt: skip
PIECES = st.sampled_from(WORDS) | st.sampled_from(GOOD.split()) | st.text(max_size=5)

quietly = settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("any") / "any.toml"


def examine(path, content: bytes, sets=()) -> None:
    path.write_bytes(content)
    problems = check(path, catalogue=CATALOGUE, facts_layer=small_facts, sets=sets)
    assert problems == sorted(set(problems))
    assert all(isinstance(problem, Problem) and problem.message for problem in problems)
    assert all(str(problem).isprintable() for problem in problems)
    if problems:
        with pytest.raises(InputError) as raised:
            load(path, catalogue=CATALOGUE, facts_layer=small_facts, sets=sets)
        assert list(raised.value.problems) == problems
    else:
        scenario = load(path, catalogue=CATALOGUE, facts_layer=small_facts, sets=sets)
        assert Scenario.from_dict(scenario.to_dict()) == scenario


def test_the_file_to_damage_is_good(path):
    path.write_text(GOOD)
    assert check(path, catalogue=CATALOGUE) == []


@quietly
@given(content=st.binary(max_size=300))
def test_any_bytes(path, content):
    examine(path, content)


@quietly
@given(text=st.text(max_size=300))
def test_any_text(path, text):
    examine(path, text.encode())


@quietly
@given(pieces=st.lists(PIECES, max_size=12), head=st.sampled_from(["", HEAD]))
def test_any_words_of_the_language(path, pieces, head):
    examine(path, (head + " ".join(pieces)).encode())


@quietly
@given(
    cuts=st.lists(st.tuples(st.integers(0, len(GOOD)), st.integers(0, 12), PIECES), min_size=1, max_size=4),
)
def test_any_damage_to_a_good_file(path, cuts):
    text = GOOD
    for place, length, piece in cuts:
        text = text[:place] + piece + text[place + length :]
    examine(path, text.encode())


@quietly
@given(text=st.lists(PIECES, max_size=5).map("".join) | st.text(alphabet=st.characters(), max_size=30))
def test_any_setting(path, text):
    examine(path, GOOD.encode(), sets=[text])
    examine(path, GOOD.encode(), sets=[f"summit.target_pct_gdp={text}"])
