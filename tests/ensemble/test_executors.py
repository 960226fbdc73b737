"""Work on other processes: every task answered once, a dead worker's task named, the rest untouched."""

import operator
import os
import pickle
import signal
import subprocess
import sys
from concurrent.futures import Executor, wait
from pathlib import Path

import pytest

from sim.ensemble.executors import Workers, complete
from sim.errors import FaultError, InputError, LostWorkerError, Problem

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs signals")


@pytest.fixture
def tasks(monkeypatch):
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    import stub_tasks

    return stub_tasks


def test_workers_are_an_executor_whose_futures_answer():
    with Workers(2) as pool:
        assert isinstance(pool, Executor)
        assert list(pool.map(operator.mul, range(20), range(20))) == [number * number for number in range(20)]
        elsewhere = {pool.submit(os.getpid).result() for _ in range(4)}
    assert os.getpid() not in elsewhere


def test_an_error_reaches_the_caller_as_it_is_and_the_worker_goes_on():
    problem = Problem("a.toml", 1, 2, "key", "wrong")
    with Workers(1) as pool:
        with pytest.raises(ZeroDivisionError):
            pool.submit(operator.truediv, 1, 0).result()
        first = pool.submit(os.getpid).result()
        assert pool.submit(InputError, (problem,)).result().problems == (problem,)
        assert pool.submit(os.getpid).result() == first


def test_what_cannot_travel_is_told_and_the_worker_goes_on(tasks):
    with Workers(1) as pool:
        with pytest.raises((AttributeError, pickle.PicklingError)):
            pool.submit(lambda: 1)
        with pytest.raises(TypeError, match="cannot pickle"):
            pool.submit(memoryview, b"text").result()
        with pytest.raises(FaultError, match=r"^StubbornError: one and two$"):
            pool.submit(tasks.stubborn).result()
        assert pool.submit(operator.add, 1, 1).result() == 2


def test_a_dead_worker_costs_its_own_task_only():
    with Workers(2) as pool:
        dies = pool.submit(os._exit, 1)
        others = [pool.submit(operator.add, number, 1) for number in range(10)]
        wait([dies, *others])
        assert isinstance(dies.exception(), LostWorkerError)
        assert [other.result() for other in others] == list(range(1, 11))


def test_the_tasks_of_dead_workers_are_named_after_the_others_are_done(tasks):
    done = []
    with pytest.raises(LostWorkerError, match=r"^task 3, task 5 failed: its worker processes died"):
        done.extend(complete(tasks.fragile, range(8), 2, "task {}".format))
    assert sorted(done) == [(number, -number) for number in (0, 1, 2, 4, 6, 7)]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_task_that_fails_is_told_and_the_rest_is_done(tasks, jobs):
    failed, done = [], []
    with pytest.raises(FaultError, match=r"^task 3, task 5 failed; the first: no 3; what is finished is kept"):
        done.extend(complete(tasks.faulty, range(8), jobs, "task {}".format, failed=lambda *told: failed.append(told)))
    assert sorted(task for task, _ in done) == [0, 1, 2, 4, 6, 7]
    assert sorted((task, str(fault)) for task, fault in failed) == [(3, "no 3"), (5, "no 5")]


@pytest.mark.parametrize("jobs", [1, 2])
def test_where_everything_fails_it_ends_at_once(tasks, jobs):
    failed = []
    with pytest.raises(FaultError, match="failed; the first: no 3"):
        list(complete(tasks.faulty, [3] * 50, jobs, "task {}".format, failed=lambda *told: failed.append(told)))
    assert len(failed) == 3


@pytest.mark.parametrize("jobs", [1, 2])
def test_every_task_is_told_when_it_is_done(jobs):
    assert sorted(complete(operator.neg, range(5), jobs, str)) == [(number, -number) for number in range(5)]


def test_workers_do_not_look_for_modules_where_one_stands(tasks, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", ["", str(tmp_path), *sys.path, "."])
    (tmp_path / "json.py").write_text("raise SystemExit('taken from the current folder')")
    with Workers(1) as pool:
        path, safe = pool.submit(tasks.where).result()
    assert safe
    assert not {"", ".", str(tmp_path)} & set(path)


def test_a_script_without_a_main_guard_runs_once(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "import operator\nfrom sim.ensemble.executors import Workers\n"
        "with Workers(2) as pool:\n    print(list(pool.map(operator.neg, range(3))))\n"
    )
    root = str(Path(__file__).parents[2])
    ended = subprocess.run(
        [sys.executable, str(script)], env=os.environ | {"PYTHONPATH": root}, capture_output=True, text=True, check=True
    )
    assert (ended.stdout, ended.stderr) == ("[0, -1, -2]\n", "")
