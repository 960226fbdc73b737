"""Worked questions: each file's stored answer is what the model answers, and a wrong file is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from sim.analysis.sweep import solve
from sim.analysis.sweep.worked import answer_of, is_question, read_question
from sim.cli.program import program
from sim.errors import InputError
from sim.shipped import find_worked, worked_questions

ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = sorted((ROOT / "questions").glob("*.toml"))


@pytest.mark.parametrize("path", QUESTIONS, ids=lambda path: path.stem)
def test_a_worked_question_has_the_answer_stored_with_it(path: Path) -> None:
    """Renew with ``alliance solve questions/NAME.toml --keep`` and name the change in the CHANGELOG."""
    worked = read_question(path)
    assert worked.stored
    found = solve(worked.scenario, worked.lever, worked.target, runs=worked.runs, seed=worked.seed, jobs=2)
    assert answer_of(found, worked) == worked.stored


def test_an_answer_is_kept_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "question.toml"
    text = (
        'title = "What level?"\nscenario = "baseline"\nsets = ["us.commitment.posture=conditional"]\n'
        'lever = "us.commitment.level_conditional=0:1"\ntarget = "P(us_commitment@2025 >= 0.5) >= 0.5"\n'
        'report = ["us_commitment@2025"]\nruns = 16\n'
    )
    path.write_text(text)
    assert is_question(path)
    worked = read_question(path)
    found = solve(worked.scenario, worked.lever, worked.target, runs=16)
    for _ in range(2):
        worked.keep(answer_of(found, worked))
        assert path.read_text().startswith(text)
        assert read_question(path).stored == answer_of(found, worked)
    assert read_question(path).stored["low"] < read_question(path).stored["value"]
    assert not is_question(ROOT / "scenarios" / "baseline.toml")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("lever = 3", "title is missing"),
        ('title = "x"\nscenario = "baseline"\nlever = "a=0:1"\ntarget = "b"\nlevre = "c"', "did you mean lever?"),
        ('title = "x"\nscenario = "baseline"\nlever = 1\ntarget = "b"', "lever is 1; it must be str"),
        ("lever = ", "Invalid value"),
    ],
)
def test_a_wrong_file_is_told(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "question.toml"
    path.write_text(text)
    with pytest.raises(InputError, match=words.replace("?", r"\?")):
        read_question(path)


def test_worked_questions_are_found_by_name_from_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert list(worked_questions().values()) == QUESTIONS
    for text in ("hold_deliveries", "hold_deliveries.toml", "questions/hold_deliveries.toml"):
        assert find_worked(text) == ROOT / "questions" / "hold_deliveries.toml"
    for text in ("baseline", "elsewhere/hold_deliveries.toml", "hold_deliveries.csv"):
        assert find_worked(text) is None
    (tmp_path / "hold_deliveries.toml").write_text("")  # one's own file comes first
    assert find_worked("hold_deliveries.toml") is None
    listed = CliRunner().invoke(program, ["list", "worked"]).output
    assert "What must Europe allocate to hold deliveries at the level of 2024" in listed
    kept = CliRunner().invoke(program, ["solve", "even_odds_of_ceasefire", "--keep"])
    assert kept.exit_code == 2
    assert "is a shipped question; name the path of a file of your own" in kept.output
