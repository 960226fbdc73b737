"""Simple rules to beat, fitted at the same origins with the same knowledge.

All work on logs. Their spread is that of their own past errors on SIPRI shares from 1999 to the year before the origin
(the last twelve origins), median removed, dates kept whole so that members' errors of one year stay together.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
from numpy.typing import NDArray

from sim.evidence.history import Definition, before, history
from sim.evidence.luck import Luck
from sim.facts.tables import per_folder

Array = NDArray[np.float64]
Rule = Callable[[Array, int], Array]  # (logs (members, years), horizons) -> points (members, horizons)
WINDOW = 12
SHORTEST = 4  # years a rule needs before its errors are counted
Smoothing = tuple[float, float, float]


def random_walk(logs: Array, horizons: int) -> Array:
    """The last value."""
    return np.repeat(logs[:, -1:], horizons, 1)


def pooled_drift(logs: Array, horizons: int) -> Array:
    """The last value and the mean yearly change of all members."""
    mean: Array = np.diff(logs, axis=1).mean() * np.arange(1, horizons + 1)
    return logs[:, -1:] + mean


def three_year_drift(logs: Array, horizons: int) -> Array:
    """The last value and the mean yearly change of all members in the last three years."""
    mean: Array = np.diff(logs, axis=1)[:, -3:].mean() * np.arange(1, horizons + 1)
    return logs[:, -1:] + mean


def own_drift(logs: Array, horizons: int) -> Array:
    """The last value and the member's mean change, shrunk to the pooled one by empirical Bayes."""
    changes = np.diff(logs, axis=1)[:, -WINDOW:]
    own, noise = changes.mean(1), changes.var(1, ddof=1).mean() / changes.shape[1] if changes.shape[1] > 1 else 1.0
    signal = max(own.var(ddof=1) - noise, 0.0)
    drift = own.mean() + signal / (signal + noise) * (own - own.mean())
    result: Array = logs[:, -1:] + drift[:, None] * np.arange(1, horizons + 1)
    return result


def pooled_autoregression(logs: Array, horizons: int) -> Array:
    """A first-order autoregression with one slope and one constant for all members, iterated."""
    slope, constant = np.polyfit(logs[:, :-1].ravel(), logs[:, 1:].ravel(), 1)
    path = [logs[:, -1]]
    for _ in range(horizons):
        path.append(constant + slope * path[-1])
    return np.stack(path[1:], axis=1)


def damped_trend(logs: Array, horizons: int, smoothing: Smoothing) -> Array:
    """Exponential smoothing with a damped additive trend; ``smoothing`` is level, trend and damping."""
    level_weight, trend_weight, damping = smoothing
    level, trend = logs[:, 0].copy(), np.zeros(len(logs))
    for year in range(1, logs.shape[1]):
        expected = level + damping * trend
        miss = logs[:, year] - expected
        level, trend = expected + level_weight * miss, damping * trend + trend_weight * miss
    return level[:, None] + trend[:, None] * np.cumsum(damping ** np.arange(1, horizons + 1))


THREE_YEARS = "three-year drift"
BASELINES = {
    "random walk": random_walk,
    "pooled drift": pooled_drift,
    THREE_YEARS: three_year_drift,
    "shrunk own drift": own_drift,
    "pooled AR(1)": pooled_autoregression,
    "damped trend": damped_trend,
}


def ensemble(
    name: str,
    origin: int,
    definition: Definition = "NATO",
    horizons: int = 3,
    draws: int = 1000,
    day: date | None = None,
) -> Array:
    """Ensemble forecast of a baseline, ``(members, horizons, draws)``, from what the origin or a day knew."""
    rule = _rule(name, origin)
    points = rule(np.log(history(origin, definition, day).shares), horizons)
    pools = _errors(name, origin, horizons)
    luck = Luck(1, f"baseline:{name}:{definition}:{origin}")
    members = len(points)
    result = np.empty((members, horizons, draws))
    for step, pool in enumerate(pools):
        dates, units = pool.shape
        when = (np.arange(draws) + 0.5) * dates / draws
        luck_of = luck.uniform(f"unit:{step}", members, draws)
        error = pool[when.astype(int)[None, :], (luck_of * units).astype(int)]
        result[:, step] = np.exp(points[:, step, None] + error)
    return result


@per_folder
def _errors(name: str, origin: int, horizons: int) -> tuple[Array, ...]:
    """For each horizon the rule's past errors, ``(dates, members)``, centred on their median."""
    rule, past = _rule(name, origin), np.log(before(origin))
    length = past.shape[1]
    pools = []
    for step in range(horizons):
        dates = range(max(SHORTEST, length - WINDOW - 1), length - 1 - step)
        errors = np.array(
            [
                past[:, at + 1 + step] - rule(past[:, max(0, at - WINDOW + 1) : at + 1], step + 1)[:, step]
                for at in dates
            ]
        )
        pools.append(errors - np.median(errors))
    return tuple(pools)


def _rule(name: str, origin: int) -> Rule:
    if name == "damped trend":
        smoothing = _smoothing(origin)
        return lambda logs, horizons: damped_trend(logs, horizons, smoothing)
    rule: Rule = BASELINES[name]  # type: ignore[assignment]
    return rule


@per_folder
def _smoothing(origin: int) -> Smoothing:
    """Weights with the smallest mean absolute one-year error on SIPRI shares from 1999 to the year before."""
    past = np.log(before(origin))
    grid = [(a, b, d) for a in (0.5, 0.7, 0.9, 1.0) for b in (0.0, 0.05, 0.1, 0.2, 0.3) for d in (0.8, 0.9, 0.95)]

    def miss(smoothing: Smoothing) -> float:
        ends = range(SHORTEST, past.shape[1])
        return float(sum(np.abs(past[:, t] - damped_trend(past[:, :t], 1, smoothing)[:, 0]).mean() for t in ends))

    return min(grid, key=miss)
