"""Workers may die; what is finished stays and the rest can be resumed."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sim.ensemble import executors, open_result, run
from sim.ensemble.layout import BLOCK
from sim.errors import FaultError, InputError, LostWorkerError


def bytes_of(folder):
    return [(folder / name).read_bytes() for name in ("ensemble.nc", "summary.csv")]


def stored(folder):
    return sorted(path.name for path in (folder / "blocks").rglob("*.npy"))


@pytest.mark.parametrize("jobs", [2, 3])
def test_bytes_are_the_same_for_any_number_of_workers(scenario, tmp_path, jobs):
    run(scenario, runs=7 * BLOCK // 2, out=tmp_path / "one")
    run(scenario, runs=7 * BLOCK // 2, jobs=jobs, out=tmp_path / "many")
    assert bytes_of(tmp_path / "many") == bytes_of(tmp_path / "one")


def test_a_worker_killed_once_costs_nothing_but_time(scenario, tmp_path, monkeypatch):
    run(scenario, runs=4 * BLOCK, out=tmp_path / "undisturbed")
    monkeypatch.setenv("ALLIANCE_STUB", "killonce=1")
    monkeypatch.setenv("ALLIANCE_STUB_MARKER", str(tmp_path / "killed"))
    run(scenario, runs=4 * BLOCK, jobs=2, out=tmp_path / "killed_once")
    assert (tmp_path / "killed").exists()
    assert bytes_of(tmp_path / "killed_once") == bytes_of(tmp_path / "undisturbed")


def test_a_block_that_kills_its_worker_is_named_and_the_others_are_kept_and_resumed(scenario, tmp_path, monkeypatch):
    out = tmp_path / "out"
    monkeypatch.setenv("ALLIANCE_STUB", "kill=2")
    with pytest.raises(FaultError, match=r"^block 2 failed: its worker processes died .* run the same command again"):
        run(scenario, runs=5 * BLOCK, jobs=2, out=out)
    assert stored(out) == ["00000.npy", "00001.npy", "00003.npy", "00004.npy"]
    with pytest.raises(InputError, match="the run is not finished; run the same command again"):
        open_result(out)

    monkeypatch.delenv("ALLIANCE_STUB")
    seen = []
    run(scenario, runs=5 * BLOCK, out=out, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(4 * BLOCK, 5 * BLOCK), (5 * BLOCK, 5 * BLOCK)]
    run(scenario, runs=5 * BLOCK, out=tmp_path / "undisturbed")
    assert bytes_of(out) == bytes_of(tmp_path / "undisturbed")


STUCK = "import ctypes\nctypes.PyDLL(None).pause()\n"  # in C code that never lets Python run


@pytest.fixture
def stuck(tmp_path, monkeypatch):
    """Workers of this test never come out of the import of NumPy."""
    (tmp_path / "numpy.py").write_text(STUCK)
    monkeypatch.setattr(executors, "safe_path", lambda: [str(tmp_path), *sys.path])
    monkeypatch.setattr(executors, "LONGEST_START", 1)


def test_a_worker_that_is_stuck_in_the_import_of_numpy_ends_though_its_parent_is_gone(stuck):
    worker = executors.Worker()
    worker.close()  # waits for it
    assert worker._process.returncode == -signal.SIGALRM


def test_work_whose_workers_are_stuck_is_a_fault(stuck):
    with executors.Workers(1) as workers, pytest.raises(LostWorkerError, match="died twice"):
        workers.submit(abs, 1).result()


def test_no_alarm_is_set_while_a_worker_has_a_task():
    with executors.Workers(1) as workers:
        assert workers.submit(signal.getitimer, signal.ITIMER_REAL).result() == (0.0, 0.0)


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_in_the_model_is_one_line_naming_block_and_runs(scenario, tmp_path, monkeypatch, jobs):
    monkeypatch.setenv("ALLIANCE_STUB", "raise=2")
    with pytest.raises(FaultError) as caught:
        run(scenario, runs=3 * BLOCK, jobs=jobs, out=tmp_path)
    assert str(caught.value) == (
        f"block 2 (runs {2 * BLOCK} to {3 * BLOCK - 1}): "
        "the model stopped (ZeroDivisionError: division by zero in block)"
    )
    assert stored(tmp_path) == ["00000.npy", "00001.npy"]


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_input_error_of_the_model_reaches_the_caller_as_it_is(scenario, tmp_path, jobs):
    refused = type(scenario)(level="refused")
    with pytest.raises(InputError, match=r"^the scenario cannot be simulated$"):
        run(refused, runs=2 * BLOCK, jobs=jobs, out=tmp_path)


def test_not_a_number_is_a_fault_naming_the_variable(scenario, tmp_path, monkeypatch):
    monkeypatch.setenv("ALLIANCE_STUB", "nan")
    with pytest.raises(FaultError, match=r"value of area that is not a number"):
        run(scenario, runs=10, out=tmp_path)
    assert stored(tmp_path) == []


def test_a_plain_script_can_use_workers_and_runs_once(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        f"""
import sys
sys.path[:0] = [{str(Path(__file__).parent)!r}, {str(Path(__file__).parents[2])!r}]
from sim.ensemble import run, source
from stub_scenario import StubScenario
source.MODEL = source.FACTS = "stub_model"
print(run(StubScenario(), runs={2 * BLOCK}, jobs=2).runs)
"""
    )
    ended = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True)
    assert (ended.stdout, ended.stderr) == (f"{2 * BLOCK}\n", "")


def started(monkeypatch):
    """A list that grows with every worker process started from now on."""
    executors.resting.end()
    found, popen = [], subprocess.Popen

    def start(words, **options):
        process = popen(words, **options)
        if words[0] == sys.executable:
            found.append(process)
        return process

    monkeypatch.setattr(executors.subprocess, "Popen", start)
    return found


def test_the_next_ensemble_uses_the_workers_of_the_last_and_gives_the_same_bytes(scenario, tmp_path, monkeypatch):
    other = type(scenario)(name="other", level="2")
    run(other, runs=2 * BLOCK, out=tmp_path / "alone")
    processes = started(monkeypatch)
    run(scenario, runs=2 * BLOCK, jobs=2, out=tmp_path / "first")
    run(other, runs=2 * BLOCK, jobs=2, out=tmp_path / "second")
    assert len(processes) == 2
    assert bytes_of(tmp_path / "second") == bytes_of(tmp_path / "alone")


def test_a_worker_that_died_at_rest_or_knew_other_surroundings_is_replaced(scenario, tmp_path, monkeypatch):
    processes = started(monkeypatch)
    run(scenario, runs=2 * BLOCK, jobs=2, out=tmp_path / "first")
    for process in processes:
        process.kill()
        process.wait()
    run(scenario, runs=2 * BLOCK, jobs=2, out=tmp_path / "second")
    assert len(processes) == 4
    monkeypatch.setenv("ALLIANCE_STUB", "raise=1")
    with pytest.raises(FaultError, match="division by zero"):
        run(scenario, runs=2 * BLOCK, jobs=2, out=tmp_path / "third")
    assert len(processes) == 6
    assert {process.poll() is not None for process in processes[:4]} == {True}


def test_workers_end_after_their_rest(scenario, tmp_path, monkeypatch):
    monkeypatch.setattr("sim.ensemble.executors.REST", 0.05)
    processes = started(monkeypatch)
    run(scenario, runs=2 * BLOCK, jobs=2, out=tmp_path)
    assert {process.wait(timeout=60) for process in processes} == {0}


def test_what_a_model_prints_in_a_worker_garbles_nothing(scenario, tmp_path, monkeypatch, capfd):
    monkeypatch.setenv("ALLIANCE_STUB", "print=1")
    assert run(scenario, runs=2 * BLOCK, jobs=2, out=tmp_path).runs == 2 * BLOCK
    assert capfd.readouterr() == ("", "block 1\n")


def test_after_three_lost_blocks_no_more_are_tried(scenario, tmp_path, monkeypatch):
    monkeypatch.setenv("ALLIANCE_STUB", ";".join(f"kill={number}" for number in range(8)))
    with pytest.raises(FaultError, match=r"^block \d, block \d, block \d failed"):
        run(scenario, runs=8 * BLOCK, jobs=2, out=tmp_path)
