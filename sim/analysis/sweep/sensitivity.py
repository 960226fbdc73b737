"""Which inputs move an outcome: screening by Morris, then variance shares by Sobol; and variance by source of luck.

Morris (1991), Technometrics 33, 161-174; mean absolute effects by Campolongo, Cariboni and Saltelli (2007). First and
total order of Sobol are those of SciPy, which follows Saltelli (2010) and Jansen (1999).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError

Floats = NDArray[np.float64]
LEVELS = 4
CONFIDENCE = 0.95
MOST_IN_DETAIL = 12


@dataclass(frozen=True, slots=True)
class Screening:
    """Elementary effects of each input on each outcome, all ``(inputs, outcomes)``.

    ``mean`` is the mean effect of moving an input across its whole range, ``size`` the mean of absolute effects with a
    95% interval ``low`` to ``high``, ``spread`` their standard deviation: large beside ``size``, the effect depends on
    the other inputs or is not straight.
    """

    mean: Floats
    size: Floats
    low: Floats
    high: Floats
    spread: Floats

    def shares(self) -> Floats:
        """``size`` as a share of the sum over inputs, ``(inputs, outcomes)``; 0 where nothing moves an outcome."""
        total = self.size.sum(axis=0)
        return _ratio(self.size, np.broadcast_to(total, self.size.shape))

    def leading(self, most: int = MOST_IN_DETAIL) -> list[int]:
        """Inputs by their largest share over the outcomes, largest first, without those that move none."""
        largest = self.shares().max(axis=1)
        return [int(row) for row in np.argsort(-largest, kind="stable")[:most] if largest[row] > 0]


def morris_points(inputs: int, paths: int, seed: int, levels: int = LEVELS) -> Floats:
    """Points of ``paths`` random paths on a grid of ``levels``, ``(paths * (inputs + 1), inputs)`` in [0, 1].

    Each path moves one input after the other, in random order, by ``levels / 2`` steps of the grid.
    """
    from scipy.stats import qmc

    luck = qmc.LatinHypercube(3 * inputs, rng=seed).random(paths).reshape(paths, 3, inputs)
    half = levels // 2
    step = half / (levels - 1)
    lower = np.floor(luck[:, 0] * half) / (levels - 1)  # the lower of the two levels each input visits
    falls = luck[:, 1] < 0.5
    turn = luck[:, 2].argsort(axis=1).argsort(axis=1)  # at which move of the path an input moves
    moved = np.arange(inputs + 1)[None, :, None] > turn[:, None, :]
    points: Floats = lower[:, None, :] + step * (moved != falls[:, None, :])
    return points.reshape(-1, inputs)


def morris(points: Floats, outcomes: Floats) -> Screening:
    """Effects from outcomes ``(samples,)`` or ``(samples, outcomes)`` at `morris_points`.

    Raises:
        InputError: a sample is missing or not a number.
    """
    inputs = points.shape[1]
    values = _table(outcomes, len(points)).reshape(-1, inputs + 1, _table(outcomes, len(points)).shape[1])
    moves = np.diff(points.reshape(-1, inputs + 1, inputs), axis=1)
    mover = np.abs(moves).argmax(axis=2)
    paths = np.arange(len(moves))[:, None]
    step = moves[paths, np.arange(inputs)[None, :], mover]
    effects = np.empty((len(moves), inputs, values.shape[2]))
    effects[paths, mover] = np.diff(values, axis=1) / step[:, :, None]
    size, reach = np.abs(effects).mean(axis=0), _reach(np.abs(effects))
    spread = effects.std(axis=0, ddof=1) if len(effects) > 1 else np.full(size.shape, np.nan)
    return Screening(effects.mean(axis=0), size, np.maximum(size - reach, 0.0), size + reach, spread)


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares of an outcome's variance, each ``(inputs, outcomes)``, with 95% intervals ``(inputs, outcomes, 2)``.

    ``first`` is what an input explains by itself, ``total`` what would go if it were known, with everything it does
    together with others.
    """

    first: Floats
    total: Floats
    first_interval: Floats
    total_interval: Floats


def sobol_points(inputs: int, base: int, seed: int) -> Floats:
    """Points for `sobol_shares`, ``(base * (inputs + 2), inputs)``; ``base`` is raised to a power of two.

    They are the two independent designs A and B, then for every input the rows of A with that column of B.
    """
    from scipy.stats import qmc

    both = qmc.Sobol(2 * inputs, rng=seed).random_base2(max(1, math.ceil(math.log2(base))))
    first, second = both[:, :inputs], both[:, inputs:]
    mixed = [np.where(np.arange(inputs) == column, second, first) for column in range(inputs)]
    return np.concatenate([first, second, *mixed])


def sobol_shares(inputs: int, outcomes: Floats, resamples: int = 500) -> Shares:
    """First and total order with bootstrap intervals, from outcomes ``(samples,)`` or ``(samples, outcomes)``.

    Raises:
        InputError: a sample is missing or not a number, or there are too few.
    """
    from scipy.stats import bootstrap

    values = _table(outcomes, len(outcomes)).T
    base, rest = divmod(values.shape[1], inputs + 2)
    if rest or base < 2:
        raise InputError(f"{values.shape[1]} samples are no Sobol design of {inputs} inputs")
    flat = np.ptp(values, axis=1, keepdims=True) <= 1e-12 * np.maximum(1.0, np.abs(values).max(axis=1, keepdims=True))
    parts = np.where(flat, 0.0, values).reshape(len(values), inputs + 2, base)  # without variance there are no shares
    drawn = bootstrap(
        [np.arange(base)], lambda chosen: _orders(parts[:, :, chosen]), vectorized=False, method="percentile",
        n_resamples=resamples, confidence_level=CONFIDENCE, rng=base,
    )  # fmt: skip
    first, total = _orders(parts)
    low, high = drawn.confidence_interval
    intervals = np.stack([low, high], axis=-1)
    return Shares(first, total, intervals[0], intervals[1])


def _orders(parts: Floats) -> Floats:
    """First and total order, ``(2, inputs, outcomes)``, of ``(outcomes, inputs + 2, base)``."""
    from scipy.stats import sobol_indices

    outcomes, inputs = len(parts), parts.shape[1] - 2
    both = np.concatenate([parts, parts])  # SciPy drops axes of length one
    shares = sobol_indices(
        func={"f_A": both[:, 0], "f_B": both[:, 1], "f_AB": both[:, 2:].transpose(1, 0, 2)}, n=both.shape[2]
    )
    orders = np.stack([shares.first_order, shares.total_order]).reshape(2, 2 * outcomes, inputs)
    return orders[:, :outcomes].transpose(0, 2, 1)


def given_data_shares(units: Floats, outcomes: Floats) -> Floats:
    """First order from any design, ``(inputs, outcomes)``: between-bin variance over all, less what chance gives.

    Samples are put into bins of equal counts along each input (Plischke, Borgonovo and Smith 2013); total order needs
    a design of its own. What an input does within a bin is not seen, so that shares are a little low.
    """
    values = _table(outcomes, len(units))
    bins = max(2, min(20, round(len(units) ** (1 / 3))))
    shares = np.zeros((units.shape[1], values.shape[1]))
    spread = ((values - values.mean(axis=0)) ** 2).sum(axis=0)
    for index, column in enumerate(units.T):
        group = np.minimum((column.argsort(kind="stable").argsort(kind="stable") * bins) // len(column), bins - 1)
        shares[index] = explained(group, values, spread)
    return shares


def explained(group: NDArray[np.integer], values: Floats, spread: Floats | None = None) -> Floats:
    """The share of the variance of each column of ``values`` that lies between groups of rows, ``(columns,)``.

    What groups of noise would show is taken off (omega squared), so that it is 0 on average where nothing is there.
    """
    total = ((values - values.mean(axis=0)) ** 2).sum(axis=0) if spread is None else spread
    names, which = np.unique(group, return_inverse=True)
    counts = np.bincount(which).astype(np.float64)
    means = np.stack([np.bincount(which, weights=column) for column in values.T], axis=1) / counts[:, None]
    between = (counts[:, None] * (means - values.mean(axis=0)) ** 2).sum(axis=0)
    freedom = len(values) - len(names)
    if freedom <= 0:
        return np.zeros(values.shape[1])
    within = (total - between) / freedom
    shares: Floats = np.clip(_ratio(between - (len(names) - 1) * within, total + within), 0.0, 1.0)
    return shares


@dataclass(frozen=True, slots=True)
class Sources:
    """Shares of an outcome's variance over single runs by where the luck comes from; each ``(outcomes,)``.

    ``alone`` maps a source to its first order, ``total`` to its total order.
    """

    alone: Mapping[str, Floats]
    total: Mapping[str, Floats]


def source_shares(names: Sequence[str], first: Floats, second: Floats, mixed: Sequence[Floats]) -> Sources:
    """Which source of luck spreads an outcome: parameters, elections, shocks.

    ``first`` and ``second`` are ``(outcomes, runs)`` of two independent ensembles; ``mixed[k]`` is ``first`` with
    source ``names[k]`` taken from ``second``. Estimators of Saltelli (2010) and Jansen (1999).
    """
    centre = (first.mean(axis=1, keepdims=True) + second.mean(axis=1, keepdims=True)) / 2
    variance = ((first - centre) ** 2 + (second - centre) ** 2).mean(axis=1) / 2

    def share(part: Floats) -> Floats:
        return _ratio(part, variance)

    alone = {
        name: share(((second - centre) * (other - first)).mean(axis=1))
        for name, other in zip(names, mixed, strict=True)
    }
    total = {name: share(((first - other) ** 2).mean(axis=1) / 2) for name, other in zip(names, mixed, strict=True)}
    return Sources(alone, total)


def _table(outcomes: Floats, samples: int) -> Floats:
    values = np.asarray(outcomes, np.float64)
    values = values[:, None] if values.ndim == 1 else values
    if len(values) != samples:
        raise InputError(f"{len(values)} samples are finished of {samples}; finish the sweep with --resume")
    if not np.isfinite(values).all():
        missing = int((~np.isfinite(values).all(axis=1)).sum())
        raise InputError(f"{missing} of {samples} samples hold no number; repeat the sweep with --resume")
    return values


def _ratio(part: Floats, whole: Floats) -> Floats:
    """``part / whole``, 0 where there is no whole."""
    result: Floats = np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
    return result


def _reach(effects: Floats) -> Floats:
    """Half the 95% Student interval of the mean over the first axis."""
    from scipy.special import stdtrit

    count = len(effects)
    if count < 2:
        return np.full(effects.shape[1:], np.inf)
    reach: Floats = stdtrit(count - 1, 0.5 + CONFIDENCE / 2) * effects.std(axis=0, ddof=1) / math.sqrt(count)
    return reach
