"""Every peer on the same equations: seconds of a processor for a run, lines of code, and whether the answers agree.

    python benchmarks/peers/measure.py [--runs 300] [--times 3]

Needs NumPy and SimPy; Mesa and EMA Workbench are measured where they are installed. Plain SimPy with a pool is measured
on the clock with two processes; all else counts seconds of one processor. The best of several, since other work on the
machine only adds.
"""

from __future__ import annotations

import argparse
import importlib
import os
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import batched_simpy
import numpy as np
import numpy_loop
import plain_simpy

BLOCK = 2_000
HERE = Path(__file__).parent


def best(work, times, clock=time.process_time):
    spent = []
    for _ in range(times):
        began = clock()
        answer = work()
        spent.append(clock() - began)
    return min(spent), answer


def lines(name):
    text = (HERE / f"{name}.py").read_text().splitlines()
    return sum(bool(line.strip()) and not line.strip().startswith(('"', "#", "from", "import")) for line in text)


def table(runs):
    return {name: np.array([run[name] for run in runs]) for name in runs[0]}


def rows(runs, times):
    seeds = range(1, runs + 1)
    spent, answer = best(lambda: batched_simpy.run(1, BLOCK), times)
    yield "this program's way (one environment for 2,000 runs)", "batched_simpy", spent / BLOCK, answer
    spent, answer = best(lambda: numpy_loop.run(1, BLOCK), times)
    yield "NumPy without SimPy", "numpy_loop", spent / BLOCK, answer
    spent, answer = best(lambda: [plain_simpy.run(seed) for seed in seeds], times)
    yield "plain SimPy, one environment per run", "plain_simpy", spent / runs, table(answer)
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(plain_simpy.run, range(2)))
        spent, answer = best(lambda: list(pool.map(plain_simpy.run, seeds, chunksize=25)), times, time.perf_counter)
    yield "the same, pool of 2 processes (clock)", "plain_simpy", spent / runs, table(answer)
    for title, name in (("Mesa", "mesa_agents"), ("EMA Workbench over SimPy", "ema_over_simpy")):
        try:
            peer = importlib.import_module(name)
        except ImportError as error:
            yield f"{title}: not installed ({error.name})", name, float("nan"), None
            continue
        if name == "mesa_agents":
            spent, answer = best(lambda peer=peer: table([peer.run(seed) for seed in seeds]), times)
        else:
            spent, answer = best(lambda peer=peer: peer.run(runs), times)
        yield title, name, spent / runs, answer


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=300)
    options.add_argument("--times", type=int, default=3)
    asked = options.parse_args()
    print(f"load {os.getloadavg()[0]:.1f}")
    base = None
    for title, name, spent, answer in rows(asked.runs, asked.times):
        base = base or spent
        means = "" if answer is None else ", ".join(f"{key} {np.mean(value):.4g}" for key, value in answer.items())
        print(
            f"{title:52}{1e6 * spent:10,.0f} µs a run {spent / base:8.1f} times {lines(name):4} lines   {means}",
            flush=True,
        )


if __name__ == "__main__":
    main()
