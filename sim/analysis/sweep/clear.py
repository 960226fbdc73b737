"""Pairs of runs until a difference is known well enough, and intervals that allow for having looked more than once.

The numbers of runs at which one looks are fixed beforehand. Look ``k`` (from 0) spends ``1 / ((k + 1)(k + 2))`` of the
5% of error, so that all looks together spend no more: whichever look ends the search, its interval holds the true
difference in at least 95 of 100 searches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError

Floats = NDArray[np.float64]
FLOOR = 1_000
GROWTH = 1.5
ERROR = 0.05


def confidence(look: int) -> float:
    """The confidence of the interval made at a look, counted from 0."""
    return 1 - ERROR / ((look + 1) * (look + 2))


def looks(floor: int = FLOOR, most: int = 1_000_000, growth: float = GROWTH) -> Iterator[int]:
    """Numbers of runs to look at: the floor, then half as many again each time, up to ``most``."""
    runs = min(floor, most)
    while True:
        yield runs
        if runs >= most:
            return
        runs = min(most, int(np.ceil(runs * growth)))


@dataclass
class Pairs:
    """What is kept of pairs of runs: counts and moments of the differences, outcome by outcome.

    ``binary`` says which outcomes are 0 or 1. Memory does not grow with the runs.
    """

    binary: NDArray[np.bool_]
    runs: int = 0
    mean: Floats = field(init=False)
    squares: Floats = field(init=False)
    own_mean: Floats = field(init=False)
    own_squares: Floats = field(init=False)
    higher: Floats = field(init=False)
    lower: Floats = field(init=False)

    def __post_init__(self) -> None:
        for name in ("mean", "squares", "own_mean", "own_squares", "higher", "lower"):
            setattr(self, name, np.zeros(len(self.binary)))

    def add(self, a: Floats, b: Floats) -> None:
        """Take in further runs, ``(outcomes, runs)`` of the baseline and of the scenario."""
        a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
        gap = b - a
        self.higher += (gap > 0).sum(axis=1)
        self.lower += (gap < 0).sum(axis=1)
        self.mean, self.squares = _joined(self.runs, self.mean, self.squares, gap)
        self.own_mean, self.own_squares = _joined(self.runs, self.own_mean, self.own_squares, a)
        self.runs += a.shape[1]

    def intervals(self, level: float) -> tuple[Floats, Floats]:
        """Low and high of each mean difference: Student's t, for shares Bonett and Price (2012)."""
        from scipy.special import ndtri, stdtrit

        n = float(self.runs)
        reach = stdtrit(n - 1, 0.5 + level / 2) * np.sqrt(self.squares / (n - 1) / n)
        up, down = (self.higher + 1) / (n + 2), (self.lower + 1) / (n + 2)
        apart = ndtri(0.5 + level / 2) * np.sqrt((up + down - (up - down) ** 2) / (n + 2))
        same = self.higher + self.lower == 0
        centre: Floats = np.where(self.binary & ~same, up - down, self.mean)
        half: Floats = np.where(same, 0.0, np.where(self.binary, apart, reach))
        return centre - half, centre + half

    def scale(self) -> Floats:
        """What a width is measured in: 1 for shares, the baseline's standard deviation for other outcomes."""
        spread = np.sqrt(self.own_squares / max(1, self.runs - 1))
        return np.where(self.binary, 1.0, spread)


def _joined(count: int, mean: Floats, squares: Floats, values: Floats) -> tuple[Floats, Floats]:
    """Mean and sum of squared deviations with further values (Chan, Golub and LeVeque 1979)."""
    more = values.shape[1]
    new = values.mean(axis=1)
    rise = new - mean
    inner = ((values - new[:, None]) ** 2).sum(axis=1)
    return mean + rise * more / (count + more), squares + inner + rise**2 * count * more / (count + more)


@dataclass(frozen=True, slots=True)
class Clear:
    """How a search ended: at ``runs`` after ``look + 1`` looks, with the differences and their intervals.

    All arrays are ``(outcomes,)``; ``width`` is half of each interval and ``asked`` what it was to be, in the
    outcome's own unit. ``clear`` is False where the most runs allowed did not do.
    """

    runs: int
    look: int
    mean: Floats
    low: Floats
    high: Floats
    width: Floats
    asked: Floats
    clear: NDArray[np.bool_]


def until_clear(
    pairs: Callable[[int, int], tuple[Floats, Floats]],
    binary: Sequence[bool],
    width: float,
    *,
    own: Floats | None = None,
    floor: int = FLOOR,
    most: int = 1_000_000,
) -> Clear:
    """Look at more and more pairs until half of every interval is at most the width asked.

    The runs are the first of the ensemble, so that a wider width ends at a prefix of a narrower one.

    Args:
        pairs: ``pairs(first, count)`` gives baseline and scenario, each ``(outcomes, count)``.
        binary: which outcomes are 0 or 1.
        width: half-width asked: in shares for 0/1 outcomes, in standard deviations of the baseline for others.
        own: widths in each outcome's own unit, NaN where ``width`` holds.
        floor: runs below which no difference counts as known.
        most: runs at which to stop at the latest.

    Raises:
        InputError: a width is not above 0.
    """
    wanted = np.full(len(binary), np.nan) if own is None else own
    if not (width > 0 and np.isfinite(width)) or (wanted <= 0).any():
        raise InputError(f"--until-clear {width:g}: the half-width must be above 0, e.g. 0.05")
    kept = Pairs(np.asarray(binary, bool))
    for look, runs in enumerate(looks(floor, most)):
        kept.add(*pairs(kept.runs, runs - kept.runs))
        low, high = kept.intervals(confidence(look))
        asked = np.where(np.isnan(wanted), width * kept.scale(), wanted)
        reach = (high - low) / 2
        clear = reach <= asked
        if clear.all():
            break
    return Clear(kept.runs, look, kept.mean, low, high, reach, asked, clear)
