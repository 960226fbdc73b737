"""How the command ends when stopped, short of memory, or unable to say what is wrong: one line and the right code."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import command, environment

pytestmark = pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux")
# A shell starts its background jobs with Ctrl-C ignored, and they hand that down.
HEARS = "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])"
SHORT = "import os, resource as r, sys; r.setrlimit(r.RLIMIT_AS, (300 << 20,) * 2); os.execv(sys.argv[1], sys.argv[1:])"


def started(first: str, words: list[str], cwd: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", first, *command(*words)],
        cwd=cwd,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("times", [1, 2, 3])
def test_ctrl_c_however_often_is_one_line_and_the_same_command_goes_on(times: int, jobs: str, tmp_path: Path) -> None:
    words = ["run", "baseline", "--runs", "20000", "--jobs", jobs, "--quiet", "--no-figures", "--out", "r"]
    process = started(HEARS, words, tmp_path)
    for _ in range(6000):
        if list(tmp_path.rglob("*.npy")):
            break
        time.sleep(0.01)
    for _ in range(times):
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does
        time.sleep(0.03)
    told, complaints = process.communicate(timeout=60)
    assert (process.returncode, told) == (130, "")
    (line,) = complaints.strip().splitlines()
    assert line.startswith("Interrupted. Nothing is half-written")
    assert not [path for path in tmp_path.rglob("*") if path.suffix in (".nc", ".csv", ".json")]
    assert list(tmp_path.rglob("*.npy"))  # what is finished is kept


def assert_one_line(code: str) -> None:
    """``check baseline``, begun by ``code`` that interrupts itself, ends with one line."""
    words = [sys.executable, "-c", code, "check", "baseline"]
    done = subprocess.run(words, env=environment(), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (130, "")
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("Interrupted.")


@pytest.mark.parametrize("module", ["sim.cli", "click", "sim.text", "sim.cli.check", "sim.scenario"])
@pytest.mark.parametrize("begin", ["from sim.start import main", "from sim.cli import main"])
def test_ctrl_c_while_the_program_is_loaded_is_one_line(module: str, begin: str) -> None:
    code = (
        "import signal, sys\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "class Finder:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name == {module!r}: signal.raise_signal(signal.SIGINT)\n"
        "sys.meta_path.insert(0, Finder())\n"
        "import sim.start; sim.start.listen()\n"
        f"{begin}\n"
        "main()\n"
    )
    assert_one_line(code)


def test_ctrl_c_is_heard_where_an_import_swallows_what_is_raised() -> None:
    code = (
        "import signal, sys, weakref\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "class Lock: pass\n"
        "class Finder:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'sim.cli.check':\n"
        "            lock = Lock()\n"
        "            self.kept = weakref.ref(lock, lambda _: signal.raise_signal(signal.SIGINT))\n"
        "sys.meta_path.insert(0, Finder())\n"
        "from sim.start import main\n"
        "main()\n"
    )
    assert_one_line(code)


def test_until_ctrl_c_is_heard_next_to_nothing_is_loaded() -> None:
    code = "import sys; before = set(sys.modules); import sim.start; print(*sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=True)
    assert {"sim", "sim.start"} <= set(done.stdout.split())
    assert not set(done.stdout.split()) & {"click", "dataclasses", "importlib.util", "pathlib", "sim.errors", "typing"}


def test_ctrl_c_is_ignored_by_a_job_in_the_background() -> None:
    code = (
        "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "from sim import start\n"
        "from sim.cli import interrupts\n"
        "start.listen(); interrupts.listen(); signal.raise_signal(signal.SIGINT); print('goes on')"
    )
    done = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=True)
    assert done.stdout == "goes on\n"


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_short_of_memory_is_one_line_that_says_so(jobs: str, tmp_path: Path) -> None:
    process = started(SHORT, ["run", "baseline", "--runs", "4000", "--jobs", jobs, "--quiet", "--out", "r"], tmp_path)
    told, complaints = process.communicate(timeout=120)
    assert (process.returncode, told) == (1, "")
    (line,) = complaints.splitlines()
    assert line.startswith("Error: ")
    assert "memory" in line
    assert "report" not in line


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["check", "no_such_file.toml"], 2),
        (["run", "no_such_file.toml"], 2),
        (["no_such_verb"], 2),
        (["run", "--no-such-option"], 2),
        (["export", "/dev/null"], 2),
        (["run", "baseline", "--runs", "16", "--no-figures", "--out", "r"], 0),  # its progress is lost, not its result
    ],
)
def test_a_message_that_nobody_can_keep_changes_no_code(words: list[str], code: int, tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command(*words), cwd=tmp_path, env=environment(), stdout=subprocess.DEVNULL, stderr=full, check=False
        )
    assert done.returncode == code


def test_an_answer_that_cannot_be_written_is_a_fault(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command("check", "baseline"),
            cwd=tmp_path, env=environment(), stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr == "Error: No space left on device\n"
