"""Memory does not grow with the number of runs."""

import gc
import tracemalloc
import weakref

import pytest

from sim import load
from sim.ensemble import blocks, netcdf, run, source
from sim.ensemble.layout import BLOCK


class Circle:
    def __init__(self):
        self.itself = self


@pytest.fixture
def left_behind(stub, monkeypatch):
    """What the simulations of the stub left behind, each in a circle of references."""
    found = []
    simulate = stub.simulate

    def leaving(*given, **also):
        circle = Circle()
        found.append(weakref.ref(circle))
        return simulate(*given, **also)

    monkeypatch.setattr(stub, "simulate", leaving)
    return found


def test_what_simulating_a_block_leaves_behind_is_freed_at_once(scenario, left_behind, tmp_path):
    seen = []

    def progress(done, _):
        seen.append((done, [circle() is None for circle in left_behind]))

    run(scenario, runs=2 * BLOCK, out=tmp_path, progress=progress)
    assert seen == [(0, []), (BLOCK, [True]), (2 * BLOCK, [True, True])]
    assert gc.isenabled()


def test_a_caller_who_switched_the_search_for_circles_off_keeps_it_off(scenario, left_behind, tmp_path):
    gc.disable()
    try:
        run(scenario, runs=1, out=tmp_path)
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_blocks_hold_only_what_the_result_asks_for(tmp_path):
    scenario = load("baseline")
    rows = {
        kept: blocks.Work(source.MODEL, scenario, 1, BLOCK, False, tmp_path, keep_runs=kept).layout().rows
        for kept in (True, False)
    }
    assert rows[False] < 0.7 * rows[True]


def test_reducing_holds_one_series_of_all_runs_at_a_time(stub, scenario, tmp_path, monkeypatch):
    monkeypatch.setattr(netcdf, "PIECE", 1)
    peaks = []
    for count in (2, 12):
        work = blocks.Work(source.MODEL, scenario, 1, count * BLOCK, False, tmp_path / str(count), keep_runs=False)
        work.store.mkdir()
        for number in range(count):
            blocks.compute(work, number)
        tracemalloc.start()
        axes = stub.axes(scenario)
        netcdf.write(tmp_path / f"{count}.nc", work, work.layout(), axes, inputs="", jobs=1)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    # Four bytes a run for the values, eight for their distances from the mean, or four for their numbers.
    assert peaks[1] - peaks[0] < 16 * 10 * BLOCK
