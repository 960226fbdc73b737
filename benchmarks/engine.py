"""How fast the program is, as ratios measured in one go on the real model with every system on, and in seconds.

    python benchmarks/engine.py                      all sections
    python benchmarks/engine.py block floor          some of them
    python benchmarks/engine.py linear --large 30000
    python benchmarks/engine.py compare --times 1

Sections: ``block`` (a block of runs against the same runs one environment at a time), ``floor`` (against drawing the
same number of variates and writing the same bytes with NumPy alone), ``store`` (statistics and files of a large
ensemble), ``linear`` (cost and peak memory of 10 times the runs), ``cold``, ``compare`` and ``attribute`` (the command
line from a fresh process). ``block`` and ``floor`` count seconds of a processor, all others seconds on the clock, with
those of the processors beside them. Each is the best of several, since other work on the machine only ever adds; the
load is printed. Nothing here is a test: a slow machine is no mistake.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
from commands import attribute_section, cold_section, compare_section
from timing import ROOT, best, verdict

sys.path.insert(0, str(ROOT))

from sim import load, run
from sim.ensemble import BLOCK, blocks, source
from sim.model import simulate
from sim.model.engine import streams

SCENARIO = "baseline"


def block_section(_options):
    """One block of runs against single runs, each in an environment of its own."""
    scenario = load(SCENARIO)
    simulate(scenario, 1, 0, BLOCK)
    whole = best(lambda: simulate(scenario, 1, 0, BLOCK)) / BLOCK
    singles = 8
    alone = best(lambda: [simulate(scenario, 1, run, 1) for run in range(singles)], 3) / singles
    ratio = alone / whole
    few = 16
    fixed = best(lambda: simulate(scenario, 1, 0, few), 20)
    yield f"a block of {few} runs: what a block costs whatever its runs", f"{fixed * 1e3:,.0f} ms", "", ""
    yield "each run more", f"{(whole * BLOCK - fixed) / (BLOCK - few) * 1e6:,.0f} µs", "", ""
    yield f"one run in a block of {BLOCK:,}", f"{whole * 1e6:,.0f} µs", "", ""
    yield "one run in its own environment", f"{alone * 1e6:,.0f} µs", "", ""
    yield "block against single runs", f"{ratio:,.0f} times", ">= 200", verdict(ratio >= 200)


def drawn(scenario):
    """How many uniform and normal variates the model draws for one block."""
    counts = Counter()
    words, ndtri = streams._Source.words, streams.ndtri
    parameters = set()

    def counted_words(self, counter, count):
        # A 64-bit word is one parameter's quantile or two numbers of any other stream.
        counts["all"] += count if self in parameters else 2 * count
        return words(self, counter, count)

    def counted_normals(uniform):
        counts["normal"] += uniform.size
        return ndtri(uniform)

    of_stream = streams.Streams._source

    def sourced(self, system, name=""):
        source = of_stream(self, system, name)
        if system == "parameters":
            parameters.add(source)
        return source

    streams._Source.words, streams.ndtri, streams.Streams._source = counted_words, counted_normals, sourced
    try:
        simulate(scenario, 1, 0, BLOCK)
    finally:
        streams._Source.words, streams.ndtri, streams.Streams._source = words, ndtri, of_stream
    return counts["all"] - counts["normal"], counts["normal"]


def floor_section(_options):
    """Simulating and storing a block against the same draws and bytes with NumPy alone."""
    scenario = load(SCENARIO)
    flat, normal = drawn(scenario)
    with tempfile.TemporaryDirectory() as name:
        work = blocks.Work(source.MODEL, scenario, 1, BLOCK, central=False, store=Path(name))
        record = np.ones((work.layout().rows, BLOCK), np.float32)
        recorded = np.ones(sum(array.size for array in simulate(scenario, 1, 0, BLOCK).values()), np.float32)
        generator = np.random.Generator(np.random.Philox(1))

        def draws():
            generator.random(flat, dtype=np.float32)
            generator.standard_normal(normal, dtype=np.float32)

        def in_memory():
            draws()
            recorded.copy()

        def on_disk():
            draws()
            with (Path(name) / "floor.npy").open("wb") as file:
                np.save(file, record)
                file.flush()
                os.fsync(file.fileno())

        seconds = {
            "in memory": (best(lambda: simulate(scenario, 1, 0, BLOCK)), best(in_memory)),
            "stored": (best(lambda: blocks.compute(work, 0)), best(on_disk)),
        }
    yield "variates in a block", f"{flat + normal:,}", "", f"{normal:,} normal"
    told = f"{record.nbytes / 1e6:,.1f} MB on disk"
    yield "bytes recorded in a block", f"{recorded.nbytes / 1e6:,.1f} MB", "", told
    for where, (ours, floor) in seconds.items():
        yield f"block {where}", f"{ours * 1e3:,.0f} ms", "", f"floor {floor * 1e3:,.0f} ms"
        yield f"against the floor, {where}", f"{ours / floor:.1f} times", "<= 3", verdict(ours / floor <= 3)


def measure(runs, jobs):
    """Seconds and peak memory of an ensemble in a process of its own."""
    code = (
        "import json, resource, sys; sys.path.insert(0, sys.argv[1]); from sim import load, run; "
        f"told = run(load({SCENARIO!r}), runs={runs}, jobs={jobs}, keep_runs=False).manifest['seconds']; "
        "told['peak'] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024; print(json.dumps(told))"
    )
    ended = subprocess.run([sys.executable, "-c", code, str(ROOT)], capture_output=True, text=True, check=False)
    if ended.returncode:
        raise SystemExit(f"{runs:,} runs failed: {ended.stderr.strip().splitlines()[-1]}")
    return json.loads(ended.stdout)


def linear_section(options):
    """Ten times the runs: cost and peak memory, statistics and files included, single runs not kept."""
    few, many = options.large // 10, options.large
    small = min((measure(few, 1) for _ in range(2)), key=lambda told: told["total"])
    large = measure(many, 1)
    for runs, told in ((few, small), (many, large)):
        yield (
            f"{runs:,} runs, one process",
            f"{told['total']:.1f} s",
            "<= 3 s simulated" if runs == 10_000 else "",
            f"simulated and stored {told['simulate']:.1f} s, reduced {told['reduce_and_write']:.1f} s",
        )
    simulated = large["simulate"] / small["simulate"]
    ratio = large["total"] / small["total"]
    yield f"cost of 10 times the runs, from {few:,}", f"{ratio:.2f} times", "<= 10.5", verdict(ratio <= 10.5)
    yield "the same, simulation only", f"{simulated:.2f} times", "<= 10.5", verdict(simulated <= 10.5)
    growth = large["peak"] / small["peak"]
    told = f"{small['peak']:,.0f} and {large['peak']:,.0f} MB"
    yield (
        "peak memory of 10 times the runs",
        f"{growth:.2f} times",
        "flat (<= 1.1)",
        f"{told}: {verdict(growth <= 1.1)}",
    )


def store_section(options):
    """What follows simulation: statistics, files, manifest of 10,000 runs; and how many bytes there are."""
    scenario = load(SCENARIO)
    run(scenario, runs=BLOCK)  # imports
    seconds = []
    for _ in range(options.times):
        result = run(scenario, runs=10_000, jobs=os.cpu_count() or 1)
        seconds.append(result.manifest["seconds"])
        size = (result.path / "ensemble.nc").stat().st_size
    quickest = min(seconds, key=lambda told: told["reduce_and_write"])
    note = f"{size / 1e6:,.0f} MB in ensemble.nc"
    yield "10,000 runs, statistics and files", f"{quickest['reduce_and_write']:.2f} s", "", note
    simulated = min(told["simulate"] for told in seconds)
    yield "10,000 runs, simulated and stored", f"{simulated:.2f} s", "", f"{os.cpu_count()} processes"


SECTIONS = {
    "block": block_section,
    "floor": floor_section,
    "store": store_section,
    "linear": linear_section,
    "cold": cold_section,
    "compare": compare_section,
    "attribute": attribute_section,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sections", nargs="*", choices=[*SECTIONS, []], default=[], metavar="section")
    parser.add_argument("--large", type=int, default=100_000, help="runs of the larger ensemble [100000]")
    parser.add_argument("--times", type=int, default=3, help="how often a command is run; the quickest counts [3]")
    options = parser.parse_args()
    print(f"{date.today()}, numpy {np.__version__}, Python {sys.version.split()[0]}, {os.cpu_count()} cores\n")
    print(f"{'what':<46}{'measured':>14}  {'target':<18}note")
    for name in options.sections or SECTIONS:
        for what, measured, target, note in SECTIONS[name](options):
            print(f"{what:<46}{measured:>14}  {target:<18}{note}  [load {os.getloadavg()[0]:.1f}]", flush=True)


if __name__ == "__main__":
    main()
