"""The program: help, wrong words, and how each kind of error leaves it."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.cli.program import VERBS
from sim.errors import FaultError, InputError, Problem
from tests.cli.conftest import Alliance, command, environment, process

Define = Callable[[Callable[[], None]], None]


def test_help_names_every_verb_and_says_that_results_are_conditional(alliance: Alliance) -> None:
    page = alliance("--help")
    assert page.exit_code == 0
    verbs = page.stdout.split("Commands:\n")[1].split("\n\n")[0]
    assert [line.split()[0] for line in verbs.splitlines()] == VERBS
    assert "not forecasts" in " ".join(page.stdout.split())


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_a_help_page_that_fits_eighty_columns(verb: str, alliance: Alliance) -> None:
    page = alliance(verb, "--help")
    assert page.exit_code == 0
    assert page.stdout.startswith(f"Usage: alliance {verb}")
    assert max(map(len, page.stdout.splitlines())) <= 80
    assert "..." not in page.stdout.splitlines()[2]


def test_the_list_of_verbs_cuts_no_description_short(alliance: Alliance) -> None:
    verbs = alliance("--help").stdout.split("Commands:\n")[1].split("\n\n")[0]
    assert [line for line in verbs.splitlines() if line.endswith("...")] == []


def test_version(alliance: Alliance) -> None:
    from sim import __version__

    assert alliance("--version").stdout == f"alliance {__version__}\n"


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["rn", "baseline"], "Did you mean 'run'?"),
        (["chek"], "'check'"),
        (["expalin"], "Did you mean 'explain'?"),
        (["shcema"], "Did you mean 'schema'?"),
        (["run", "baseline", "--sed", "5"], "'--seed'"),
        (["run", "baseline", "--run", "5"], "'--runs'"),
        (["run", "baseline", "--job", "5"], "'--jobs'"),
        (["plot", "results", "--varible", "threat"], "'--variable'"),
        (["run"], "Missing argument 'SCENARIO'"),
        (["run", "a", "b"], "unexpected extra argument (b)"),
        (["run", "baseline", "--runs", "0"], "0 is not in the range 1<=x<=10000000"),
        (["run", "baseline", "--runs", "10000001"], "10000001 is not in the range 1<=x<=10000000"),
        (["run", "baseline", "--runs", "many"], "'many' is not a valid integer"),
        (["run", "baseline", "--seed", "-1"], "-1 is not in the range 0<=x<=9223372036854775807"),
        (["run", "baseline", "--seed", str(2**63)], "is not in the range"),
        (["run", "baseline", "--jobs", "0"], "0 is not in the range 1<=x<=1024"),
        (["run", "baseline", "--format", "gif"], "unknown format 'gif'; allowed: svg, png, pdf"),
        (["run", "baseline", "--format", ","], "no format named; allowed: svg, png, pdf"),
    ],
)
def test_wrong_words_get_an_answer_that_helps(words: list[str], answer: str, alliance: Alliance) -> None:
    done = alliance(*words)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert answer in done.stderr
    assert done.stderr.count("Error: ") == 1


def test_problems_stand_one_on_a_line_with_their_places(alliance: Alliance, verb: Define) -> None:
    def body() -> None:
        raise InputError((Problem("a.toml", 3, 1, "us.x", "wrong"), Problem("a.toml", 5, 2, "", "wrong too")))

    verb(body)
    done = alliance("try")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == "a.toml:3:1  us.x  wrong\na.toml:5:2  wrong too\n"


def failing(error: BaseException) -> Callable[[], None]:
    def body() -> None:
        raise error

    return body


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (InputError("no such thing"), 2, "Error: no such thing"),
        (FaultError("results/x: no space left; free some"), 1, "Error: results/x: no space left; free some"),
        (OSError(errno.ENOSPC, "No space left on device", "x.csv"), 1, "Error: No space left on device: x.csv"),
        (PermissionError(errno.EACCES, "Permission denied", "x"), 1, "Error: Permission denied: x"),
        (KeyboardInterrupt(), 130, "Interrupted."),
        (MemoryError(), 1, "Error: not enough memory; try fewer --runs or --jobs"),
    ],
)
def test_each_kind_of_error_ends_as_one_line_and_a_code(
    error: BaseException, code: int, line: str, alliance: Alliance, verb: Define
) -> None:
    verb(failing(error))
    done = alliance("try")
    assert (done.exit_code, done.stdout) == (code, "")
    assert done.stderr.strip() == line


def test_a_fault_of_the_program_is_one_line_that_asks_for_a_report(
    alliance: Alliance, verb: Define, monkeypatch: pytest.MonkeyPatch
) -> None:
    verb(failing(ZeroDivisionError("division\nby zero")))
    monkeypatch.delenv("ALLIANCE_TRACEBACK", raising=False)
    done = alliance("try")
    assert done.exit_code == 1
    assert done.stderr.count("\n") == 1
    assert "ZeroDivisionError: division by zero" in done.stderr
    assert "report" in done.stderr
    monkeypatch.setenv("ALLIANCE_TRACEBACK", "1")
    assert isinstance(alliance("try").exception, ZeroDivisionError)


def test_a_reader_who_leaves_early_is_not_an_error(tmp_path: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as pipe:
        done = subprocess.run(
            command("--help"),
            cwd=tmp_path,
            env=environment(),
            stdout=pipe,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.stderr == ""
    assert done.returncode == 1


def test_ctrl_c_before_the_work_starts_leaves_no_traceback(tmp_path: Path) -> None:
    reading = (
        "import time, sim.cli.program as p\n"
        "p.program.main = lambda **_: time.sleep(60)\n"
        "print('up', flush=True)\n"
        "p.main()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", reading],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as waiting:
        assert waiting.stdout is not None
        assert waiting.stdout.readline() == "up\n"
        time.sleep(0.2)
        waiting.send_signal(signal.SIGINT)
        _, told = waiting.communicate(timeout=60)
    assert waiting.returncode == 130
    assert "Traceback" not in told


def test_a_terminal_without_a_letter_gets_a_substitute(tmp_path: Path) -> None:
    done = subprocess.run(
        command("explain", "russian_controlled_km2"),
        cwd=tmp_path,
        env={**environment(), "PYTHONIOENCODING": "iso8859-5", "PYTHONUTF8": "0"},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"km2" in done.stdout


def test_the_module_and_the_script_are_the_same_program(tmp_path: Path, alliance: Alliance) -> None:
    assert process("--version", cwd=tmp_path).stdout == alliance("--version").stdout


def test_an_empty_out_is_refused_by_every_verb_that_has_one(
    alliance: Alliance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    verbs = [verb for verb in VERBS if "--out " in alliance(verb, "--help").stdout]
    assert {"run", "compare", "attribute", "plot", "export", "branch"} <= set(verbs)
    for verb in verbs:
        done = alliance(verb, "--out", "")
        assert (done.exit_code, done.stdout) == (2, "")
        assert "an empty text is no path" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_empty_address_of_a_cluster_is_refused_by_every_verb_that_takes_one(alliance: Alliance) -> None:
    verbs = [verb for verb in VERBS if "--cluster " in alliance(verb, "--help").stdout]
    assert {"run", "compare", "sweep"} <= set(verbs)
    for verb in verbs:
        done = alliance(verb, "--cluster", "")
        assert (done.exit_code, done.stdout) == (2, "")
        assert "an empty text is no address; leave --cluster away to simulate here" in done.stderr
