"""``alliance run`` as a user drives it."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import subprocess
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from sim.cli.program import program
from tests.cli.conftest import Alliance, command, environment, process

SHORT = """\
title = "A short one"
description = "For tests: little time, few runs."
references = ["none"]
extends = "baseline.toml"
end = 2025-06-30
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the user's own with a short scenario in it."""
    (tmp_path / "short.toml").write_text(SHORT)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def timeless(text: str) -> str:
    """Text without what the clock and the cache put into it."""
    return re.sub(r"\d+\.\d s(; same inputs as before, result reused)?", "T", text)


def test_a_run_prints_headlines_and_writes_what_it_names(here: Path, alliance: Alliance) -> None:
    done = alliance("run", "short.toml", "--runs", "20", "--seed", "7", "--no-figures", "--jobs", "1")
    assert done.exit_code == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "short: A short one"
    assert re.fullmatch(r"20 runs, seed 7, 2024-\d\d-\d\d to 2025-06-30, \d+\.\d s", lines[1])
    assert lines[2] == "Conditional on the scenario; not a forecast."
    assert lines[4].split() == ["2024", "2025-06-30"]
    assert "Members at or above 2% of GDP (members)" in lines
    named = [line for line in lines if line.startswith("results")]
    assert named == [f"results/short/{name}" for name in ("summary.csv", "ensemble.nc", "manifest.json")]
    assert all(Path(path).is_file() for path in named)


def test_the_table_shows_the_figures_of_the_summary_file(here: Path, alliance: Alliance) -> None:
    import csv

    document = json.loads(alliance("run", "short.toml", "--runs", "20", "--no-figures", "--jobs", "1", "--json").stdout)
    with Path("results/short/summary.csv").open(newline="") as table:
        rows = {(row["variable"], row["entity"], row["date"]): row for row in csv.DictReader(table)}
    assert document["outcomes"]
    for outcome in document["outcomes"]:
        row = rows[outcome["variable"], outcome["entity"] or "", outcome["date"]]
        for figure, column in (("median", "q50"), ("q05", "q05"), ("q95", "q95"), ("probability", "mean")):
            if outcome.get(figure) is not None:
                assert outcome[figure] == pytest.approx(float(row[column]), rel=1e-4, abs=1e-6)


def test_json_is_one_document_that_names_every_file(here: Path, alliance: Alliance) -> None:
    done = alliance("run", "short.toml", "--runs", "10", "--format", "svg", "--jobs", "1", "--json")
    assert done.exit_code == 0, done.stderr
    document = json.loads(done.stdout)
    assert (document["scenario"], document["runs"], document["seed"]) == ("short", 10, 1)
    written = {path.as_posix() for path in Path("results/short").rglob("*") if path.is_file()}
    assert set(document["files"]) == written
    assert {path.suffix for path in Path("results/short/figures").iterdir()} == {".svg", ".csv"}


def test_the_same_inputs_are_reused_and_others_never_overwrite(here: Path, alliance: Alliance) -> None:
    first = alliance("run", "short.toml", "--runs", "10", "--no-figures", "--jobs", "1")
    again = alliance("run", "short.toml", "--runs", "10", "--no-figures", "--jobs", "1")
    assert "result reused" not in first.stdout
    assert "same inputs as before, result reused" in again.stdout
    assert timeless(first.stdout) == timeless(again.stdout)
    before = Path("results/short/summary.csv").read_bytes()
    other = alliance("run", "short.toml", "--runs", "11", "--no-figures", "--jobs", "1")
    assert (other.exit_code, other.stdout) == (2, "")
    assert "--force" in other.stderr
    assert Path("results/short/summary.csv").read_bytes() == before
    forced = alliance("run", "short.toml", "--runs", "11", "--no-figures", "--jobs", "1", "--force")
    assert forced.exit_code == 0
    assert forced.stdout.splitlines()[1].startswith("11 runs")


def test_the_manifest_holds_the_command_that_makes_the_result_again(here: Path, alliance: Alliance) -> None:
    words = [
        "short.toml",
        "--runs",
        "10",
        "--seed",
        "3",
        "--set",
        "us.commitment.posture=conditional",
        "--out",
        "my out",
    ]
    assert alliance("run", *words, "--no-figures", "--jobs", "1").exit_code == 0
    noted = json.loads(Path("my out/manifest.json").read_text())["command"]
    assert noted == (
        "alliance run short.toml --runs 10 --seed 3 --set us.commitment.posture=conditional --out 'my out'"
    )


def test_mistakes_in_the_file_end_the_run_before_it_starts(here: Path, alliance: Alliance) -> None:
    Path("wrong.toml").write_text(Path("short.toml").read_text() + "[us.commitmnt]\nposture = 3\n[no_such]\nkey = 1\n")
    done = alliance("run", "wrong.toml")
    assert (done.exit_code, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) >= 2
    assert all(line.startswith("wrong.toml:") for line in done.stderr.splitlines())
    assert not Path("results").exists()


@pytest.mark.parametrize("setting", ["us.commitment.postur=conditional", "nonsense", "us.commitment.posture=", "=1"])
def test_a_wrong_setting_is_answered(setting: str, here: Path, alliance: Alliance) -> None:
    done = alliance("run", "short.toml", "--set", setting)
    assert (done.exit_code, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert not Path("results").exists()


def test_a_file_in_the_way_of_the_folder_is_named(here: Path, alliance: Alliance) -> None:
    Path("taken").write_text("mine")
    done = alliance("run", "short.toml", "--out", "taken", "--runs", "5")
    assert done.exit_code == 2
    assert "taken" in done.stderr
    assert Path("taken").read_text() == "mine"


def on_terminal(*words: str, cwd: Path) -> tuple[str, str]:
    """Run with stdout in a pipe and stderr on a terminal; returns both."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(command(*words), cwd=cwd, env=environment(), stdout=subprocess.PIPE, stderr=theirs) as run:
        os.close(theirs)
        shown = bytearray()
        while select.select([ours], [], [], 120)[0]:
            try:
                piece = os.read(ours, 4096)
            except OSError:  # Linux: the other end of the terminal is closed
                break
            if not piece:
                break
            shown += piece
        assert run.stdout is not None
        printed = run.stdout.read().decode()
    os.close(ours)
    return printed, shown.decode()


def test_stdout_is_the_same_on_a_terminal_in_a_pipe_and_when_quiet(here: Path) -> None:
    words = ["run", "short.toml", "--runs", "10", "--no-figures", "--jobs", "1"]
    printed, shown = on_terminal(*words, "--force", cwd=here)
    piped = process(*words, "--force", cwd=here)
    quiet = process(*words, "--force", "--quiet", cwd=here)
    assert timeless(printed) == timeless(piped.stdout) == timeless(quiet.stdout)
    assert "\x1b" in shown
    assert re.fullmatch(r"100% 10/10 runs(, \d+ s left)?\n", piped.stderr)
    assert quiet.stderr == ""


def test_ctrl_c_keeps_what_is_finished_and_says_how_to_go_on(here: Path) -> None:
    words = ["run", "short.toml", "--runs", "40000", "--no-figures", "--jobs", "1"]
    with subprocess.Popen(
        command(*words), cwd=here, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as run:
        until = time.monotonic() + 120
        while not list(here.glob("results/short/blocks/*/*.npy")) and run.poll() is None and time.monotonic() < until:
            time.sleep(0.02)
        run.send_signal(signal.SIGINT)
        printed, told = run.communicate(timeout=120)
    assert (run.returncode, printed) == (130, "")
    assert "the same command goes on from here" in told
    assert "Traceback" not in told
    kept = len(list(here.glob("results/short/blocks/*/*.npy")))
    assert 0 < kept < 40
    assert not (here / "results/short/manifest.json").exists()
    again = process(*words, cwd=here)
    assert again.returncode == 0, again.stderr
    assert again.stdout.splitlines()[1].startswith("40,000 runs")
    assert not (here / "results/short/blocks").exists()


def test_an_interrupt_while_drawing_is_answered_alike(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sim.cli.run as running

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(running, "draw_figures", stop)
    done = CliRunner().invoke(program, ["run", "short.toml", "--runs", "5", "--jobs", "1"])
    assert (done.exit_code, done.stdout) == (130, "")
    assert "the same command goes on from here" in done.stderr


def test_a_shipped_scenario_runs_by_name_from_any_folder(tmp_path: Path) -> None:
    done = process("run", "baseline", "--runs", "5", "--no-figures", "--jobs", "1", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "results/baseline/summary.csv").is_file()


def test_central_puts_every_parameter_at_its_median(here: Path, alliance: Alliance) -> None:
    one = alliance("run", "short.toml", "--runs", "5", "--central", "--no-figures", "--jobs", "1", "--out", "central")
    assert one.exit_code == 0, one.stderr
    assert json.loads(Path("central/manifest.json").read_text())["command"].endswith("--central --out central")
