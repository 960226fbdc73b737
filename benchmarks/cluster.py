"""What a cluster costs: blocks that wait one second, on two workers of a scheduler on loopback, against the same here.

    python benchmarks/cluster.py [--blocks 30] [--seconds 1.0]

Blocks wait and do not compute, so that the load of the machine hardly counts: what is above blocks x seconds / 2 is
connecting, comparing versions, sending and receiving. Then an ensemble of 6,000 runs with one process, with two and on
the cluster: the bytes must be the same.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from timing import ROOT, verdict

sys.path.insert(0, str(ROOT))

from sim import load
from sim.ensemble import run
from sim.ensemble.executors import complete


def wait(seconds, _number):
    time.sleep(seconds)


@contextlib.contextmanager
def machines(folder, workers=2):
    """The address of a scheduler with its workers; they end with the block."""
    file = Path(folder) / "scheduler.json"
    here = ["--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(file)]
    environment = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{Path(__file__).parent}"}
    quiet = {"cwd": folder, "env": environment, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    modules = ["scheduler", *["worker"] * workers]
    started = []
    try:
        for module in modules:
            extra = ["--port", "0"] if module == "scheduler" else ["--nthreads", "1", "--no-nanny"]
            command = [sys.executable, "-m", f"distributed.cli.dask_{module}", *here, *extra]
            started.append(subprocess.Popen(command, **quiet))
            while not (file.exists() and file.read_text().endswith("}")):
                time.sleep(0.05)
        address = json.loads(file.read_text())["address"]
        from distributed import Client

        with Client(address, set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=60)
        yield address
    finally:
        for process in started:
            process.terminate()
            process.wait()


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--blocks", type=int, default=30)
    options.add_argument("--seconds", type=float, default=1.0)
    asked = options.parse_args()
    ideal = asked.blocks * asked.seconds / 2
    print(f"load {os.getloadavg()[0]:.1f}; {asked.blocks} blocks of {asked.seconds:g} s on two workers: {ideal:g} s")
    with tempfile.TemporaryDirectory() as folder, machines(folder) as address:
        task = partial(wait, asked.seconds)
        for name, where in (("two processes here", ""), ("cluster", address)):
            spent = []
            for blocks in (2, asked.blocks):  # the first use imports the program on every worker
                began = time.perf_counter()
                list(complete(task, range(blocks), 2, str, cluster=where))
                spent.append(time.perf_counter() - began)
            share = spent[1] / ideal - 1
            first = spent[0] - asked.seconds
            print(
                f"{name:20}{spent[1]:8.2f} s  overhead {share:5.1%} {verdict(share <= 0.10)}; first use {first:.1f} s"
            )
        sums = {}
        for name, how in (("one process", {}), ("two processes", {"jobs": 2}), ("cluster", {"cluster": address})):
            out = Path(folder) / name.replace(" ", "_")
            run(load("baseline"), runs=6000, out=out, **how)
            sums[name] = hashlib.sha256(
                (out / "ensemble.nc").read_bytes() + (out / "summary.csv").read_bytes()
            ).hexdigest()
            print(f"{name:20}{sums[name][:16]}")
        print("bytes", verdict(len(set(sums.values())) == 1))


if __name__ == "__main__":
    # Workers import this file by its name, so the function they call must belong to that module.
    import cluster as module

    module.main()
