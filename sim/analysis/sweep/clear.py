"""Pairs of runs until a difference is known well enough, and intervals that allow for having looked more than once.

The numbers of runs at which one looks are fixed beforehand. Look ``k`` (from 0) spends ``1 / ((k + 1)(k + 2))`` of the
5% of error, so that all looks together spend no more: whichever look ends the search, its interval holds the true
difference in at least 95 of 100 searches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import model
from sim.analysis.outcomes import Outcome as Measured
from sim.ensemble.executors import complete
from sim.ensemble.layout import at_half_years
from sim.errors import InputError
from sim.scenario.scenario import Scenario
from sim.text import unknown

Floats = NDArray[np.float64]
FLOOR = 1_000
GROWTH = 1.5
ERROR = 0.05
USUAL_WIDTH = 0.05
PART = 2_000  # runs simulated at once


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


def read_widths(texts: Sequence[str], outcomes: Sequence[Measured]) -> tuple[float, Floats]:
    """Widths as the user writes them: ``WIDTH`` for all outcomes, ``NAME=WIDTH`` in the own unit of one.

    Returns the general width, and one for each outcome, NaN where the general one holds.

    Raises:
        InputError: a text is no width, or names no outcome compared.
    """
    general, own = USUAL_WIDTH, np.full(len(outcomes), np.nan)
    keys = [outcome.key for outcome in outcomes]
    for text in texts:
        name, equals, written = text.rpartition("=")
        try:
            width = float(written)
        except ValueError:
            width = np.nan
        if not (width > 0 and np.isfinite(width)):
            raise InputError(f"--until-clear {text}: write a half-width above 0, e.g. 0.05 or members_at_2pct=0.1")
        if not equals:
            general = width
        elif name.strip() in keys:
            own[keys.index(name.strip())] = width
        else:
            raise InputError(f"--until-clear {text}: {unknown('outcome compared', name.strip(), keys)}")
    return general, own


def clear_comparison(
    scenarios: Sequence[Scenario],
    baseline: int,
    outcomes: Sequence[Measured],
    widths: Sequence[str],
    *,
    seed: int = 1,
    floor: int = FLOOR,
    most: int = 1_000_000,
    jobs: int = 1,
    cluster: str = "",
    progress: Callable[[int, int], None] | None = None,
) -> Clear:
    """How many runs make every difference from the baseline at the last date known to the width asked.

    The arrays of the answer hold every outcome for the first of the other scenarios, then for the next.

    Args:
        scenarios: all of them.
        baseline: the place of the one the others are compared with.
        outcomes: what is compared.
        widths: as `read_widths` reads them.
        seed: of every draw.
        floor: runs below which no difference counts as known.
        most: runs at which to stop at the latest.
        jobs: worker processes.
        cluster: address of a dask scheduler instead.
        progress: called with runs done and runs of the look under way.
    """
    width, own = read_widths(widths, outcomes)
    others = [number for number in range(len(scenarios)) if number != baseline]

    def pairs(first: int, count: int) -> tuple[Floats, Floats]:
        if progress is not None:
            progress(first, first + count)
        starts = range(first, first + count, PART)
        parts = [(side, start, min(PART, first + count - start)) for side in range(len(scenarios)) for start in starts]
        task = partial(_last_values, tuple(scenarios), tuple(outcomes), seed)
        done = dict(complete(task, parts, jobs, "part {0[1]} of scenario {0[0]}".format, cluster=cluster))
        sides = [
            np.concatenate([done[part] for part in parts if part[0] == side], axis=1) for side in range(len(scenarios))
        ]
        if progress is not None:
            progress(first + count, first + count)
        return np.concatenate([sides[baseline]] * len(others)), np.concatenate([sides[number] for number in others])

    binary = [outcome.binary for outcome in outcomes] * len(others)
    return until_clear(pairs, binary, width, own=np.tile(own, len(others)), floor=floor, most=most)


def _last_values(
    scenarios: tuple[Scenario, ...], outcomes: tuple[Measured, ...], seed: int, part: tuple[int, int, int]
) -> Floats:
    """Every outcome at its last date in some runs of one scenario, ``(outcomes, runs)``."""
    side, first, count = part
    only = {outcome.variable for outcome in outcomes}
    record = model.simulate(scenarios[side], seed, first, count, only=only)
    source = _Recorded(record, model.axes(scenarios[side]))
    return np.stack([np.asarray(outcome.read(source)[1][-1], np.float64) for outcome in outcomes])


@dataclass(frozen=True, slots=True)
class _Recorded:
    """What a block recorded, to be read like a result."""

    record: Mapping[str, Any]
    axes: Any

    def dates(self, variable: str) -> NDArray[np.datetime64]:
        every = {each.name: each.every for each in model.variables()}[variable]
        return np.array(self.axes.years if every == "year" else self.axes.months, "datetime64[D]")

    def values(self, variable: str, entity: str | None = None) -> NDArray[Any]:
        values: NDArray[Any] = self.record[variable]
        if entity is None:
            return values
        axis = {each.name: each.entity for each in model.variables()}[variable]
        return values[:, list(self.axes.codes(axis)).index(entity)]

    def values_at_half_years(self, variable: str, entity: str) -> tuple[NDArray[np.datetime64], NDArray[Any]]:
        return at_half_years(self.dates(variable), self.values(variable, entity))
