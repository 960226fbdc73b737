"""The thirty questions: each can be said in a short file, checks clean, and moves the outcome it is about."""

from __future__ import annotations

import importlib.util
import re
import sys
import tomllib
from pathlib import Path

import pytest

from sim import load
from sim.analysis.sweep import solve
from sim.analysis.sweep.worked import read_question
from sim.loading import check
from sim.shipped import find_scenario, shipped_folder, shipped_questions

_spec = importlib.util.spec_from_file_location("shipped_questions", Path(__file__).with_name("questions.py"))
assert _spec is not None
assert _spec.loader is not None
questions = importlib.util.module_from_spec(_spec)
sys.modules[_spec.name] = questions  # its dataclasses look themselves up there
_spec.loader.exec_module(questions)

HEADS = ("title", "description", "references", "extends")
LONGEST = 15


def test_there_are_thirty_and_each_is_held_to_something() -> None:
    assert [int(name.split("/")[1][:2]) for name in shipped_questions()] == list(range(1, 31))
    assert {expected.question for expected in questions.EXPECTED} == set(shipped_questions())


@pytest.mark.parametrize("name", shipped_questions())
def test_a_question_is_short_and_checks_clean(name: str) -> None:
    path = find_scenario(name)
    assert check(path) == []
    scenario = load(name)
    assert scenario.title
    assert len(scenario.description) > 60
    assert scenario.references
    written = tomllib.loads(path.read_text(encoding="utf-8"))
    assert set(HEADS) <= written.keys()
    text = path.read_text(encoding="utf-8").split("extends =")[1].splitlines()[1:]
    assert len([line for line in text if line.strip()]) <= LONGEST


@pytest.mark.parametrize(
    "expected", questions.EXPECTED, ids=lambda each: f"{each.question[10:12]}-{each.outcome}-{each.day}"
)
def test_a_question_moves_what_it_is_about(expected: object) -> None:
    found = questions.seen(expected)
    assert questions.holds(expected, found), f"{expected}: {found}"


def test_the_last_two_name_the_worked_answers_that_are_there() -> None:
    worked = re.compile(r"questions/\w+\.toml")
    for name in shipped_questions()[-2:]:
        (file,) = worked.findall(load(name).description)
        assert (shipped_folder().parent / file).is_file()


@pytest.mark.parametrize(
    "word", ["questions/05", "questions/5", "questions/05_below_2_jump", "questions/05_below_2_jump.toml"]
)
def test_a_question_is_found_by_name_and_number(word: str) -> None:
    assert find_scenario(word).resolve() == (shipped_folder() / "questions" / "05_below_2_jump.toml").resolve()


@pytest.mark.parametrize(
    ("file", "least", "most"),
    [("hold_deliveries", 1.2, 3.0), ("reach_3_5_by_2035", 3.6, 10.0)],
)
def test_the_last_two_are_answered_by_solve(file: str, least: float, most: float) -> None:
    """Europe must commit more than it does, and decide on more than 3.5%: few runs tell the direction, not the size."""
    worked = read_question(shipped_folder().parent / "questions" / f"{file}.toml")
    found = solve(worked.scenario, worked.lever, worked.target, runs=48, seed=worked.seed)
    assert found.standing == "from"
    assert found.value is not None
    assert least < found.value < most
    assert found.shares[0] < 0.5 < found.shares[-1]
    assert (found.shares[1:] >= found.shares[:-1] - 0.05).all()
