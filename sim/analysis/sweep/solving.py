"""The smallest lever with which a target is met, on the same streams at every value tried."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.analysis.sweep.design import Input
from sim.analysis.sweep.question import Target
from sim.analysis.sweep.samples import goal
from sim.text import brief

Floats = NDArray[np.float64]
FIRST_POINTS = 9
FINEST = 1 / 256  # of the range
Standing = Literal["from", "up to", "always", "never"]


@dataclass(frozen=True, slots=True)
class Solution:
    """What it takes.

    ``standing`` says how the target stands: met ``from`` ``value`` on, met ``up to`` it, ``always`` or ``never`` in
    the range of the lever. ``low`` and ``high`` bound ``value`` with 95% confidence; NaN where that end lies outside
    the range. The curve is every lever tried, rising, with the share of runs that meet the condition and its 95%
    interval.
    """

    lever: Input
    target: Target
    runs: int
    standing: Standing
    value: float
    low: float
    high: float
    levers: Floats
    shares: Floats
    share_low: Floats
    share_high: Floats

    def closest(self) -> float:
        """The lever tried that comes closest to the target."""
        return float(self.levers[np.argmax(self.shares) if self.target.sign == ">=" else np.argmin(self.shares)])

    def curve(self) -> list[tuple[float, float, float, float]]:
        """Lever, share of runs that meet the condition, and its 95% interval, by rising lever."""
        return list(
            zip(*(each.tolist() for each in (self.levers, self.shares, self.share_low, self.share_high)), strict=True)
        )

    def sentence(self, aim: str = "") -> str:
        """The answer in one sentence; ``aim`` says the target in other words."""
        entry, aim = self.lever, aim or goal(self.target)
        span = f"{entry.said(entry.low)} and {entry.said(entry.high)}"
        if self.standing == "never":
            best = int(np.argmax(self.shares) if self.target.sign == ">=" else np.argmin(self.shares))
            return (
                f"{aim} is not reached with {entry.named} between {span}; the closest is "
                f"{self.shares[best]:.0%} of runs at {entry.said(self.levers[best])}"
            )
        if self.standing == "always":
            return f"{aim} whatever {entry.named} between {span}"
        end = ("later", "earlier") if entry.days else ("more", "less")
        value = f"{entry.said(self.value)} or {end[self.standing == 'up to']}"
        return f"{aim} where {entry.named} is {value} ({self._interval()})"

    def _interval(self) -> str:
        low, high = (None if np.isnan(end) else self._text(end) for end in (self.low, self.high))
        if low and high:
            return f"95% interval {low} to {high}"
        return f"95% interval from {low}, open above" if low else f"95% interval to {high or '?'}, open below"

    def _text(self, number: float) -> str:
        return self.lever.text(number) if self.lever.days else brief(number)


def solve(lever: Input, target: Target, holds: Callable[[float], NDArray[np.bool_]]) -> Solution:
    """Search the range of ``lever`` for the value at which ``target`` begins (or ceases) to be met.

    The range is tried at nine points, the first change is halved until it is known to a 256th of the range, and so are
    the two places at which the 95% interval of the share crosses the target: between them lies the true lever.

    Args:
        lever: an input with a range.
        target: the condition and the probability it is to have.
        holds: whether each run meets the condition with the lever at a number, ``(runs,)``.
    """
    tried: dict[float, tuple[int, int]] = {}

    def share(number: float, which: int) -> float:
        if number not in tried:
            flags = holds(number)
            tried[number] = int(flags.sum()), len(flags)
        hits, runs = tried[number]
        return (hits / runs, *wilson(hits, runs))[which]

    def crossing(which: int) -> tuple[Standing, float]:
        return _crossing(lever, lambda number: bool(target.met(np.asarray(share(number, which)))))

    standing, value = crossing(0)
    kind, hopeful = crossing(2 if target.sign == ">=" else 1)
    hopeful = hopeful if kind == standing else np.nan
    kind, careful = crossing(1 if target.sign == ">=" else 2)
    careful = careful if kind == standing else np.nan
    low, high = (hopeful, careful) if standing == "from" else (careful, hopeful)
    levers = np.array(sorted(tried))
    curve = np.array([(hits / runs, *wilson(hits, runs)) for hits, runs in (tried[number] for number in levers)])
    return Solution(lever, target, tried[levers[0]][1], standing, value, low, high, levers, *curve.T)


def wilson(hits: int, runs: int, z: float = 1.959963984540054) -> tuple[float, float]:
    """The 95% interval of a share by Wilson (1927)."""
    centre, scale = (hits + z * z / 2) / (runs + z * z), z / (runs + z * z)
    reach = scale * float(np.sqrt(hits * (runs - hits) / runs + z * z / 4))
    return max(0.0, centre - reach), min(1.0, centre + reach)


def first_points(lever: Input) -> list[float]:
    """The numbers that a search tries first, spread over the range."""
    points = np.linspace(lever.low, lever.high, FIRST_POINTS)
    return [float(point) for point in (np.unique(np.round(points)) if lever.whole or lever.days else points)]


def _crossing(lever: Input, met: Callable[[float], bool]) -> tuple[Standing, float]:
    """How ``met`` stands over the range, and the number at which it first changes."""
    step = 1.0 if lever.whole or lever.days else 0.0
    points = first_points(lever)
    flags = [met(point) for point in points]
    change = next((index for index, flag in enumerate(flags) if flag != flags[0]), None)
    if change is None:
        return ("always" if flags[0] else "never"), np.nan
    left, right = points[change - 1], points[change]
    while right - left > max(step, (lever.high - lever.low) * FINEST):
        middle = (left + right) / 2
        middle = float(np.floor(middle)) if step else middle
        left, right = (middle, right) if met(middle) == flags[0] else (left, middle)
    return ("up to", left) if flags[0] else ("from", right)
