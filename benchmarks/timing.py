"""How the benchmarks measure and what they call a miss."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def best(work, times=5):
    """Seconds of a processor in the quickest of several calls; waiting for one does not count."""
    spent = []
    for _ in range(times):
        began = time.process_time()
        work()
        spent.append(time.process_time() - began)
    return min(spent)


def verdict(met):
    return "met" if met else "MISSED"


def command(*words, code=0):
    """Seconds on the clock and seconds of processors that ``alliance WORDS`` takes; it must end with ``code``."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    ended = subprocess.run([sys.executable, "-m", "sim", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    spent, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if ended.returncode != code:
        last = (ended.stderr.strip().splitlines() or ["without a word"])[-1]
        raise SystemExit(f"alliance {' '.join(words)} failed: {last}")
    return spent, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
