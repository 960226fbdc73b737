"""``alliance new`` writes a scenario that checks clean, changes nothing, and shows what can be changed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.loading import check, load
from tests.cli.conftest import Alliance


@pytest.mark.parametrize("parent", ["baseline", "trump_conditional", "history_2014", "questions/26_truce_breaks"])
def test_a_new_scenario_checks_clean_and_is_its_parent_until_it_is_changed(
    parent: str, alliance: Alliance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = alliance("new", "my_own.toml", "--extends", parent)
    assert (done.exit_code, done.stdout, done.stderr) == (0, "my_own.toml\n", "")
    scenario = load("my_own.toml")
    assert scenario.hash == load(parent).hash
    assert (scenario.title, scenario.label) == ("My own", "My own")
    text = Path("my_own.toml").read_text(encoding="utf-8")
    assert f'extends = "{parent}.toml"' in text
    assert f"`alliance compare {parent}.toml my_own.toml`" in text


@pytest.mark.parametrize(
    ("parent", "offered"),
    [("trump_conditional", "us.elections.2024.president"), ("baseline_2026", "us.elections.2028.president")],
)
def test_every_line_that_is_uncommented_is_right_and_changes_nothing(
    parent: str, offered: str, alliance: Alliance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    alliance("new", "mine.toml", "--extends", parent)
    text = Path("mine.toml").read_text(encoding="utf-8")
    keys = re.findall(r"^# ([a-z_]+(?:\.[\w]+)+) = ", text, flags=re.M)
    assert offered in keys
    whole = re.sub(r"^# ((?:start|end|[a-z_]+(?:\.\w+)+) = )", r"\1", text, flags=re.M)
    Path("mine.toml").write_text(whole, encoding="utf-8")
    assert check("mine.toml") == []
    assert load("mine.toml").hash == load(parent).hash
    event = re.sub(r"^# (\[\[events|(?:date|name|probability|set) = )", r"\1", whole, flags=re.M)
    Path("mine.toml").write_text(event, encoding="utf-8")
    assert check("mine.toml") == []
    assert len(load("mine.toml").events) == 1


def test_it_extends_a_file_elsewhere_by_its_path(
    alliance: Alliance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    alliance("new", "first.toml")
    alliance("new", "deeper/second", "--extends", "first.toml")
    assert 'extends = "../first.toml"' in Path("deeper/second.toml").read_text(encoding="utf-8")
    assert load("deeper/second.toml").hash == load("baseline").hash


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["here.toml"], "here.toml exists; choose another name"),
        (["con"], "con.toml: Windows has no such file name; write con_.toml"),
        (["a:b.toml"], "a:b.toml: Windows has no such file name; write a_b.toml"),
        (["mine.toml", "--extends", "baselin"], "did you mean 'baseline'?"),
        ([], "Missing argument 'FILE.toml'"),
    ],
)
def test_it_never_replaces_a_file_and_refuses_names_that_do_not_travel(
    words: list[str], answer: str, alliance: Alliance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("here.toml").write_text("mine")
    done = alliance("new", *words)
    assert done.exit_code == 2
    assert answer in done.stderr
    assert Path("here.toml").read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["here.toml"]
