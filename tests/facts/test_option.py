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


DEFENCE = "member,year,share_pct_gdp,estimate,definition,vintage,known_on,source\n"
AID = "donor,month,kind,measure,beur,vintage,known_on,source\n"
BAD = {  # name -> table, its text, where and what
    "a wrong column": (
        "defence.csv", "member,year,share,estimate,definition,vintage,known_on,source\nPOL,2026,4.8,1,core,"
        "2026-07-10,2026-07-10,law\n", ["1:13  share  unknown column; allowed: member, year, share_pct_gdp"],
    ),
    "an impossible figure": (
        "defence.csv", DEFENCE + "POL,2026,48,1,core,2026-07-10,2026-07-10,law\n",
        ["2:10  share_pct_gdp  48 is impossible; it must lie between 0.01 and 15"],
    ),
    "a duplicate": (
        "defence.csv", DEFENCE + 2 * "POL,2026,4.8,1,core,2026-07-10,2026-07-10,law\n",
        ["3:1  member  the same row as line 2: POL, 2026, 2026-07-10"],
    ),
    "a month of a later release": (
        "aid_monthly.csv", AID + "USA,2026-05-01,military,allocation,1,R29,2026-08-04,Kiel\n",
        ["2:38  vintage  release R29 ends with 2026-04; a later month is of a later release: name it"],
    ),
    "a mixture of releases": (
        "aid_monthly.csv", AID + "USA,2026-04-01,military,allocation,1,R29,2026-08-04,Kiel\n"
        "USA,2026-06-01,military,allocation,1,R31,2026-11-04,Kiel\n",
        ["3:38  vintage  release R31 begins with 2026-06; bring in all its months from 2022 on"],
    ),
    "a definition left empty": (
        "defence.csv", DEFENCE + "POL,2026,4.8,1,,2026-07-10,2026-07-10,law\n",
        ["2:16  definition  the cell is empty; allowed: total, core"],
    ),
    "no column of definitions": (
        "defence.csv", "member,year,share_pct_gdp,estimate,vintage,known_on,source\n"
        "POL,2026,4.8,1,2026-07-10,2026-07-10,law\n", ["1:1  definition  this column is missing"],
    ),
    "another definition than the edition's": (
        "defence.csv", DEFENCE + "POL,2026,4.8,1,total,2026-07-10,2026-07-10,law\n",
        ["2:16  definition  edition 2026-07-10 counts 2026 as 'core' elsewhere and as 'total' here"],
    ),
    "a later table under an early day": (
        "defence.csv", DEFENCE + "POL,2024,4.8,1,core,2026-07-10,2024-09-01,law\n",
        ["2:32  known_on  the publication of 2026-07-10 cannot have been known on 2024-09-01; correct the day"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_table_is_a_clear_line_with_its_place_and_nothing_changes(name: str) -> None:
    table, text, told = BAD[name]
    Path("mine").mkdir()
    Path("mine", table).write_text(text)
    before = facts.stamp()
    for words in (("facts", "check", "mine"), ("run", "baseline_2026", "--runs", "10", "--facts", "mine")):
        said = alliance(*words)
        lines = said.stderr.strip().splitlines()
        assert (said.exit_code, said.stdout) == (2, "")
        assert [f"mine/{table}:{line}" for line in told] == [
            line[: len(f"mine/{table}:{want}")] for line, want in zip(lines[-len(told) :], told, strict=True)
        ]
        assert all(line.startswith(f"mine/{table}:") for line in lines)
    assert [path.name for path in Path().iterdir()] == ["mine"]
    assert [path.name for path in Path("mine").iterdir()] == [table]
    assert Path("mine", table).read_text() == text
    assert facts.stamp() == before
    assert tables.ENVIRONMENT not in os.environ


def test_a_table_that_is_known_after_the_start_is_told_and_moves_nothing() -> None:
    Path("mine").mkdir()
    Path("mine/defence.csv").write_text(DEFENCE + "POL,2026,4.8,1,core,2026-07-10,2026-07-10,law\n")
    words = ("run", "baseline", "--runs", "10", "--no-figures", "-q")
    note = (
        f"note: {Path('mine/defence.csv').resolve()}: a start on 2024-10-01 sees none of 1 rows; the first of the "
        "others is known on 2026-07-10"
    )
    assert alliance(*words, "--out", "own", "--facts", "mine").stderr.strip() == note
    assert alliance(*words, "--out", "shipped").stderr == ""
    assert Path("own/summary.csv").read_bytes() == Path("shipped/summary.csv").read_bytes()
    assert note.removeprefix("note: ") in alliance("check", "baseline", "--facts", "mine").stdout


def test_every_verb_takes_the_option() -> None:
    for verb in VERBS:
        text = alliance(verb, "--help").stdout
        assert ("--facts FOLDER" in text) == (verb != "facts"), verb


def test_a_folder_of_facts_has_a_name() -> None:
    said = alliance("check", "baseline", "--facts", "")
    assert said.exit_code == 2
    assert "name a folder" in said.output
