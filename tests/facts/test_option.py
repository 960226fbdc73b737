"""``--facts`` and ALLIANCE_FACTS reach every verb and every worker; a faulty folder stops them before they begin."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sim import facts
from sim.cli.program import VERBS, program
from sim.facts import tables

HEAD = "member;year;share_pct_gdp;estimate;definition;vintage;known_on;source\n"


@pytest.fixture(autouse=True)
def _shipped_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(tables.ENVIRONMENT, raising=False)
    monkeypatch.chdir(tmp_path)


def mine(share: str) -> None:
    Path("mine").mkdir(exist_ok=True)
    Path("mine/defence.csv").write_text(f"{HEAD}POL;2024;{share};1;total;2024-06-17;2024-06-17;own estimate\n")


def alliance(*words: str) -> Result:
    return CliRunner().invoke(program, words)


def poland(result: str) -> float:
    with Path(result, "summary.csv").open(encoding="utf-8", newline="") as handle:
        row = next(
            row
            for row in csv.DictReader(handle)
            if (row["variable"], row["entity"], row["date"]) == ("defence_share_pct_gdp", "POL", "2024-12-31")
        )
    return float(row["mean"])


def stamp(result: str) -> str:
    return str(json.loads(Path(result, "manifest.json").read_text("utf-8"))["inputs"]["facts"])


def test_own_figures_move_a_run_and_its_stamp_in_every_worker() -> None:
    mine("5,2")
    words = ("run", "baseline", "--runs", "20", "--no-figures", "-q")
    assert alliance(*words, "--out", "shipped").exit_code == 0
    assert alliance(*words, "--out", "own", "--facts", "mine", "--jobs", "1").exit_code == 0
    assert alliance(*words, "--out", "workers", "--facts", "mine", "--jobs", "2").exit_code == 0
    assert poland("own") == poland("workers") > poland("shipped") + 0.5
    assert stamp("own") == stamp("workers") != stamp("shipped") == facts.stamp()
    assert tables.ENVIRONMENT not in os.environ


@pytest.mark.parametrize("verb", ["run", "check"])
@pytest.mark.parametrize(
    ("share", "message"),
    [("212", "mine/defence.csv:2:10  share_pct_gdp  212 is impossible; it must lie between 0.01 and 15"),
     ("", "")],
)  # fmt: skip
def test_a_faulty_folder_ends_every_verb_with_2_and_writes_nothing(verb: str, share: str, message: str) -> None:
    if share:
        mine(share)
    said = alliance(verb, "baseline", "--facts", "mine")
    assert said.exit_code == 2
    assert said.stderr.strip().endswith(message or "mine: no folder of facts; it must hold tables like defence.csv")
    assert len(said.stderr.strip().splitlines()) == 1
    assert [path.name for path in Path().iterdir()] == (["mine"] if share else [])


def test_every_verb_takes_the_option() -> None:
    for verb in VERBS:
        text = alliance(verb, "--help").stdout
        assert ("--facts FOLDER" in text) == (verb != "facts"), verb
