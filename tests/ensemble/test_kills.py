"""Killed at any moment and run again, an ensemble ends bit-identical to an undisturbed one. The kills are real."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sim.ensemble import run
from sim.ensemble.layout import BLOCK

DRIVER = Path(__file__).with_name("driver.py")
MANY = 10 * BLOCK  # of half a second each: enough to be at work still when a busy machine gets round to the kill
pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux")


def bytes_of(folder):
    return [(folder / name).read_bytes() for name in ("ensemble.nc", "summary.csv")]


def start(out, runs, jobs, **environment):
    return subprocess.Popen(
        [sys.executable, "-W", "error", str(DRIVER), str(out), str(runs), str(jobs)],
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def wait_until(true):
    for _ in range(3000):
        if true():
            return
        time.sleep(0.01)
    raise AssertionError("waited 30 s in vain")


def blocks(out):
    return list(out.rglob("*.npy"))


def children(process):
    tasks = Path(f"/proc/{process.pid}/task").glob("*/children")
    return [int(number) for task in tasks for number in task.read_text().split()]


def alive(number):
    try:
        return Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_killed_before_any_operation_on_a_file(tmp_path):
    ended = subprocess.run(
        [sys.executable, str(DRIVER), "moments", str(tmp_path), str(BLOCK + 1)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.stderr == ""
    moments = [line.split() for line in ended.stdout.splitlines()]
    left = {tuple(names) for _, *names in moments}
    # Kills fell before, between and after the moves of the three files, the manifest always last.
    assert left == {
        (),
        ("ensemble.nc",),
        ("ensemble.nc", "summary.csv"),
        ("ensemble.nc", "manifest.json", "summary.csv"),
    }
    for moment, *_ in moments:
        assert bytes_of(tmp_path / f"{int(moment):03d}") == bytes_of(tmp_path / "undisturbed"), moment
        assert not (tmp_path / f"{int(moment):03d}" / "blocks").exists()


@pytest.mark.parametrize(("jobs", "by"), [(1, "SIGKILL"), (2, "SIGKILL"), (2, "SIGTERM"), (2, "SIGHUP")])
def test_killed_while_blocks_are_made_leaves_no_process_and_resumes(scenario, tmp_path, jobs, by):
    out = tmp_path / "out"
    process = start(out, MANY, jobs, ALLIANCE_STUB="sleep=0.5")
    wait_until(lambda: len(blocks(out)) >= 2)
    workers = children(process)
    assert (len(workers) >= 2) == (jobs == 2)
    os.kill(process.pid, getattr(signal, by))
    assert process.communicate(timeout=60) == ("", "")  # nobody holds its pipes
    wait_until(lambda: not any(map(alive, workers)))
    kept = len(blocks(out))
    assert 2 <= kept < 10

    seen = []
    run(scenario, runs=MANY, out=out, progress=lambda done, total: seen.append(done))
    assert seen == list(range(kept * BLOCK, MANY + 1, BLOCK))
    run(scenario, runs=MANY, out=tmp_path / "undisturbed")
    assert bytes_of(out) == bytes_of(tmp_path / "undisturbed")


@pytest.mark.parametrize("jobs", [1, 2])
def test_interrupted_by_the_user_keeps_blocks_and_half_writes_nothing(scenario, tmp_path, jobs):
    out = tmp_path / "out"
    process = start(out, MANY, jobs, ALLIANCE_STUB="sleep=0.5")
    wait_until(lambda: len(blocks(out)) >= 2)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: parent and workers alike
    told, complaints = process.communicate(timeout=60)
    assert (told, complaints, process.returncode) == ("interrupted\n", "", 0)
    assert len(blocks(out)) >= 2
    assert not [path for path in out.rglob("*") if path.suffix in (".part", ".nc", ".csv", ".json")]

    run(scenario, runs=MANY, out=out)
    run(scenario, runs=MANY, out=tmp_path / "undisturbed")
    assert bytes_of(out) == bytes_of(tmp_path / "undisturbed")
    assert not (out / "blocks").exists()


def test_a_damaged_block_is_made_again(scenario, tmp_path):
    out = tmp_path / "out"
    process = start(out, 4 * BLOCK, 1, ALLIANCE_STUB="sleep=0.25")
    wait_until(lambda: len(blocks(out)) >= 2)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    first, second = sorted(blocks(out))[:2]
    first.write_bytes(first.read_bytes()[:-4])
    second.write_bytes(b"")
    run(scenario, runs=4 * BLOCK, out=out)
    run(scenario, runs=4 * BLOCK, out=tmp_path / "undisturbed")
    assert bytes_of(out) == bytes_of(tmp_path / "undisturbed")
