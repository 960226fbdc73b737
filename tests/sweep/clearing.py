"""Searches repeated on known truths: how often the interval that ended one holds the true difference."""

from __future__ import annotations

import numpy as np

from sim.analysis.sweep.clear import until_clear

TRUTH = {"normal": 0.3, "skewed": 0.5, "rare": 0.03}


def search(seed: int, kind: str, width: float, most: int = 30_000) -> tuple[bool, int]:
    """Whether the last interval holds the truth, and the runs it took."""
    luck = np.random.default_rng(seed)

    def pairs(first: int, count: int) -> tuple[np.ndarray, np.ndarray]:
        base = luck.normal(size=(1, count))
        if kind == "normal":
            return base, base + 0.3 + 0.8 * luck.normal(size=(1, count))
        if kind == "skewed":
            return base, base + luck.gamma(0.25, 2.0, size=(1, count))
        before = luck.uniform(size=(1, count)) < 0.02
        return before * 1.0, (before | (luck.uniform(size=(1, count)) < 0.03 / 0.98)) * 1.0

    found = until_clear(pairs, [kind == "rare"], width, floor=200, most=most)
    return bool(found.low[0] <= TRUTH[kind] <= found.high[0]), found.runs


def coverage(kind: str, width: float, repeats: int) -> float:
    """The share of searches whose interval holds the truth."""
    return float(np.mean([search(seed, kind, width)[0] for seed in range(repeats)]))
