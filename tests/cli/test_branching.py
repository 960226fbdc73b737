"""``alliance branch``, ``tree`` and ``verify``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Alliance

FEW = ("--runs", "10", "--jobs", "1", "--quiet")
HEAD = 'title = "{}"\ndescription = "For tests."\nreferences = ["none"]\n'


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a short scenario, and an inject in a folder of its own."""
    (tmp_path / "short.toml").write_text(HEAD.format("Short") + 'extends = "baseline.toml"\nend = 2025-12-31\n')
    (tmp_path / "injects").mkdir()
    (tmp_path / "injects" / "stop.toml").write_text(HEAD.format("Stop") + "[us.aid]\ncommitment_factor = 0.0\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_branch_is_a_sound_scenario_that_equals_its_parent_before_the_date(here: Path, alliance: Alliance) -> None:
    from sim.ensemble import open_result

    done = alliance("branch", "short.toml", "--at", "2025-07-01", "--inject", "injects/stop.toml")
    assert (done.exit_code, done.stdout) == (0, "short_stop.toml\n")
    assert alliance("check", "short_stop.toml").exit_code == 0
    for name in ("short", "short_stop"):
        assert alliance("run", f"{name}.toml", *FEW, "--no-figures").exit_code == 0
    parent, child = (open_result(f"results/{name}") for name in ("short", "short_stop"))
    early = parent.dates("us_commitment").astype(str) < "2025-07-01"
    assert early.any()
    for variable in ("russian_controlled_km2", "us_commitment", "threat"):
        assert (parent.values(variable)[early] == child.values(variable)[early]).all()


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["--at", "2031-01-01", "--inject", "injects/stop.toml"], "is no day to branch short on"),
        (["--at", "soon", "--inject", "injects/stop.toml"], "'soon' does not match the format"),
        (["--at", "2025-07-01"], "Missing option '--inject'"),
        (["--at", "2025-07-01", "--inject", "injects/gone.toml"], "gone.toml"),
    ],
)
def test_a_branch_that_cannot_be_made_is_answered(
    words: list[str], answer: str, here: Path, alliance: Alliance
) -> None:
    done = alliance("branch", "short.toml", *words)
    assert (done.exit_code, done.stdout) == (2, "")
    assert answer in done.stderr
    assert not list(here.glob("short_*.toml"))


def test_a_branch_overwrites_a_file_only_when_forced(here: Path, alliance: Alliance) -> None:
    words = ["branch", "short.toml", "--at", "2025-07-01", "--inject", "injects/stop.toml", "--out", "mine.toml"]
    Path("mine.toml").write_text("mine")
    refused = alliance(*words)
    assert refused.exit_code == 2
    assert "--force" in refused.stderr
    assert Path("mine.toml").read_text() == "mine"
    assert alliance(*words, "--force").exit_code == 0
    assert Path("mine.toml").read_text().startswith("title = ")


def test_the_tree_shows_who_extends_whom_and_how_each_ends(here: Path, alliance: Alliance) -> None:
    assert alliance("branch", "short.toml", "--at", "2025-07-01", "--inject", "injects/stop.toml").exit_code == 0
    assert alliance("run", "short.toml", *FEW, "--no-figures").exit_code == 0
    done = alliance("tree", "--variable", "us_commitment")
    assert done.exit_code == 0, done.stderr
    legend, _, head, short, stop = done.stdout.splitlines()
    assert legend == "A  U.S. commitment to the guarantee (median, index 0 to 1)"
    assert head.split() == ["branches", "on", "A"]
    assert short.startswith("short ")
    assert 0 < float(short.split()[-1]) < 1
    assert stop.startswith("  short_stop")
    assert stop.split()[1:] == ["2025-07-01", "-"]
    nodes = json.loads(alliance("tree", "--json").stdout)
    assert [(node["name"], node["parents"], node["at"]) for node in nodes] == [
        ("short", [], None),
        ("short_stop", ["short"], "2025-07-01"),
    ]
    Path("short.toml").write_text(Path("short.toml").read_text() + "[us.aid]\ncommitment_factor = 0.5\n")
    told = alliance("tree").stdout
    assert "*  changed since its run" in told
    assert "short* " in told
    assert max(map(len, told.splitlines())) <= 80


def test_a_tree_of_nothing_is_one_line(here: Path, alliance: Alliance) -> None:
    for words in (["gone"], [".", "--variable", "threatt"]):
        done = alliance("tree", *words)
        assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)


def test_verify_tells_what_holds_and_what_is_broken(alliance: Alliance) -> None:
    relation = Path(__file__).parents[1] / "relations" / "posture.toml"
    done = alliance("verify", relation, "--runs", "5")
    assert done.exit_code == 0, done.stderr
    assert all(line.startswith("holds ") for line in done.stdout.splitlines()[:-1])
    told = json.loads(alliance("verify", relation, "--runs", "5", "--json").stdout)
    assert {one["passed"] for one in told} == {True}


def test_a_broken_relation_ends_with_one(alliance: Alliance, tmp_path: Path) -> None:
    relation = Path(__file__).parents[1] / "relations" / "posture.toml"
    text = relation.read_text()
    assert " < " in text
    (tmp_path / "turned.toml").write_text(text.replace(" < ", " > ").replace("scenarios/plain.toml", "baseline"))
    done = alliance("verify", tmp_path / "turned.toml", "--runs", "5")
    assert done.exit_code == 1
    assert done.stdout.startswith("BROKEN")
    assert "worst in run" in done.stdout


def test_verify_without_relations_says_so(alliance: Alliance, here: Path) -> None:
    done = alliance("verify")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "name the files" in done.stderr


def test_a_file_that_extends_itself_does_not_hide_the_tree(here: Path, alliance: Alliance) -> None:
    (here / "self.toml").write_text('title = "Self"\nextends = "self.toml"\n')
    done = alliance("tree")
    assert done.exit_code == 2
    assert "short" in done.stdout
    assert "self" not in done.stdout
    assert "self.toml:2:11  extends  the files extend each other: self.toml -> self.toml" in done.stderr
    assert "short" in [node["name"] for node in json.loads(alliance("tree", "--json").stdout)]
