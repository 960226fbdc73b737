"""Differences between two sets of runs: paired run by run, or between two separate parts of one ensemble.

All functions are vectorised over ``(time, runs)`` and work in float64. scipy is imported when a difference is computed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CONFIDENCE = 0.95
POWER = 0.80
LEVELS = (0.05, 0.5, 0.95)
FAN = (0.05, 0.25, 0.5, 0.75, 0.95)
# How the 95% interval of a mean difference is made; written beside every number.
PAIRED_MEANS = "Student t on paired differences"
PAIRED_SHARES = "Bonett-Price, paired proportions; exact McNemar test"
SEPARATE_MEANS = "Welch t, separate runs"
SEPARATE_SHARES = "Agresti-Caffo, separate proportions"


@dataclass(frozen=True, slots=True)
class Difference:
    """B minus A at every date; each field has shape ``(time,)`` but the quantiles, which are ``(time, 3)``.

    ``low`` and ``high`` bound the mean difference with 95% confidence; ``p_value`` is two-sided for "no difference";
    ``detectable`` is the smallest true difference that these runs would have shown in four of five cases. Probabilities
    compare runs pair by pair. Dates without a usable pair hold NaN; with a single pair the interval is NaN. ``method``
    names the interval. ``a_runs`` and ``b_runs`` count the runs behind each side; in pairs both equal ``used``.
    """

    method: str

    a_quantiles: Floats
    b_quantiles: Floats
    a_mean: Floats
    b_mean: Floats
    mean: Floats
    low: Floats
    high: Floats
    p_higher: Floats
    p_lower: Floats
    p_equal: Floats
    p_value: Floats
    detectable: Floats
    used: Ints
    dropped: Ints
    a_runs: Ints
    b_runs: Ints


def quantiles(values: Floats, levels: tuple[float, ...] = LEVELS) -> Floats:
    """Quantiles of ``(time, runs)`` ignoring NaN, ``(time, levels)``; NaN where no run is left."""
    result = np.full((values.shape[0], len(levels)), np.nan)
    if values.shape[1] == 0:
        return result
    missing = np.isnan(values)
    whole = ~missing.any(axis=1)
    if whole.any():
        result[whole] = np.quantile(values[whole], levels, axis=1).T
    for row in np.flatnonzero(~whole & ~missing.all(axis=1)):
        result[row] = np.quantile(values[row, ~missing[row]], levels)
    return result


def binary_quantiles(values: Floats) -> Floats:
    """The same as ``quantiles(values)`` for values of 0, 1 and NaN, without sorting."""
    n = np.isfinite(values).sum(axis=1)[:, None]
    zeros = (values == 0).sum(axis=1)[:, None]
    position = np.array(LEVELS) * (n - 1)
    result: Floats = np.where(n > 0, np.clip(position - (zeros - 1), 0, 1), np.nan)
    return result


def paired(
    a: NDArray[np.floating], b: NDArray[np.floating], *, binary: bool = False, a_quantiles: Floats | None = None
) -> Difference:
    """Compare run i of ``a`` with run i of ``b`` at every date; both ``(time, runs)``.

    A pair with a value missing on either side is dropped. The interval of the mean difference is Student's t on the
    paired differences. With ``binary`` (0/1 outcomes) the mean is a difference of probabilities, its interval is that
    of Bonett and Price (2012) for paired proportions, and the p-value is the exact McNemar test. ``a_quantiles`` saves
    sorting ``a`` again; they are used where no pair is dropped.

    Raises:
        ValueError: the shapes differ.
    """
    if a.shape != b.shape or a.ndim != 2:
        raise ValueError(f"paired arrays must both be (time, runs), got {a.shape} and {b.shape}")
    left, right = a.astype(np.float64), b.astype(np.float64)
    ok = np.isfinite(left) & np.isfinite(right)
    left, right = np.where(ok, left, np.nan), np.where(ok, right, np.nan)
    gap = np.where(ok, right - left, 0.0)
    used = ok.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        n = used.astype(np.float64)
        mean = gap.sum(axis=1) / n
        spread = np.where(ok, gap - mean[:, None], 0.0)
        error = np.sqrt((spread**2).sum(axis=1) / (n - 1) / n)
        # Differences that are all the same number leave rounding noise in the sum of squares, not evidence.
        first = gap[np.arange(len(gap)), ok.argmax(axis=1)] if gap.shape[1] else np.zeros(len(gap))
        constant = (np.where(ok, gap - first[:, None], 0.0) == 0).all(axis=1) & (used > 0)
        mean = np.where(constant, first, mean)
        error = np.where(constant & (used > 1), 0.0, error)
        higher, lower = ((gap > 0) & ok).sum(axis=1), ((gap < 0) & ok).sum(axis=1)
        sure = _proportion_test(mean, higher, lower, n) if binary else _mean_test(mean, error, n - 1)
        sorts = binary_quantiles if binary else quantiles
        known = a_quantiles if a_quantiles is not None and ok.all() else sorts(left)
        return Difference(
            PAIRED_SHARES if binary else PAIRED_MEANS,
            known, sorts(right), _mean(left, n), _mean(right, n), mean, *sure[:2],
            higher / n, lower / n, (n - higher - lower) / n, *sure[2:], used, ok.shape[1] - used, used, used,
        )  # fmt: skip


def unpaired(
    a: NDArray[np.floating], b: NDArray[np.floating], *, binary: bool = False, a_quantiles: Floats | None = None
) -> Difference:
    """Compare two separate sets of runs, ``(time, runs of a)`` and ``(time, runs of b)``, by Welch's interval.

    With ``binary`` the interval and the p-value are those of Agresti and Caffo (2000) for two separate proportions,
    since Welch's would call a handful of unanimous runs certain. ``p_higher``, ``p_lower`` and ``p_equal`` compare a
    run drawn from B with a run drawn from A. ``used`` counts the runs of both sides with a value, ``dropped`` those
    without. ``a_quantiles`` saves sorting ``a`` again.
    """
    left, right = a.astype(np.float64), b.astype(np.float64)
    n_a, n_b = np.isfinite(left).sum(axis=1), np.isfinite(right).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean_a, mean_b = _mean(left, n_a), _mean(right, n_b)
        part_a, part_b = _variance(left, mean_a, n_a) / n_a, _variance(right, mean_b, n_b) / n_b
        error = np.sqrt(part_a + part_b)
        freedom = error**4 / (part_a**2 / (n_a - 1) + part_b**2 / (n_b - 1))
        freedom = np.where(error == 0, n_a + n_b - 2.0, freedom)
        if binary:
            sure = _separate_proportions(mean_a, mean_b, n_a, n_b)
        else:
            sure = _mean_test(mean_b - mean_a, error, freedom)
    higher, lower = np.array([_rank_shares(x, y) for x, y in zip(left, right, strict=True)]).reshape(-1, 2).T
    used = n_a + n_b
    return Difference(
        SEPARATE_SHARES if binary else SEPARATE_MEANS,
        quantiles(left) if a_quantiles is None else a_quantiles, quantiles(right),
        mean_a, mean_b, mean_b - mean_a, *sure[:2],
        higher, lower, 1 - higher - lower, *sure[2:], used, left.shape[1] + right.shape[1] - used, n_a, n_b,
    )  # fmt: skip


def holm(p_values: Floats) -> Floats:
    """Holm's step-down adjustment over all outcomes compared, any shape; NaN stays NaN and does not count.

    Source: Holm (1979), Scandinavian Journal of Statistics 6, 65-70.
    """
    flat = p_values.ravel()
    result = np.full(flat.shape, np.nan)
    known = np.flatnonzero(np.isfinite(flat))
    order = known[np.argsort(flat[known], kind="stable")]
    steps = flat[order] * (len(order) - np.arange(len(order)))
    result[order] = np.minimum(np.maximum.accumulate(steps), 1.0) if len(order) else steps
    return result.reshape(p_values.shape)


def mean_interval(values: Floats) -> tuple[Floats, Floats, Floats]:
    """Mean over the last axis with its 95% Student interval: ``(mean, low, high)``, ignoring NaN."""
    n = np.isfinite(values).sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(np.isfinite(values), values, 0.0).sum(axis=-1) / n
        spread = np.where(np.isfinite(values), values - mean[..., None], 0.0)
        error = np.sqrt((spread**2).sum(axis=-1) / (n - 1) / n)
        low, high, _, _ = _mean_test(mean, error, n - 1.0)
    return mean, low, high


def _mean(values: Floats, n: NDArray[np.number]) -> Floats:
    result: Floats = np.where(np.isfinite(values), values, 0.0).sum(axis=1) / n.astype(np.float64)
    return result


def _variance(values: Floats, mean: Floats, n: Ints) -> Floats:
    spread = np.where(np.isfinite(values), values - mean[:, None], 0.0)
    result: Floats = (spread**2).sum(axis=1) / (n - 1)
    return result


def _mean_test(mean: Floats, error: Floats, freedom: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Low, high, p-value and smallest detectable difference of a mean with standard error ``error``."""
    from sim.special import stdtr, stdtrit

    usable = np.where(freedom > 0, freedom, np.nan)
    reach = stdtrit(usable, 0.5 + CONFIDENCE / 2)
    ratio = np.abs(mean) / error
    p_value = np.where(error > 0, 2 * stdtr(usable, -ratio), np.where(mean == 0, 1.0, 0.0))
    p_value = np.where(np.isfinite(error) & np.isfinite(usable), p_value, np.nan)
    return mean - reach * error, mean + reach * error, p_value, (reach + stdtrit(usable, POWER)) * error


def _proportion_test(mean: Floats, higher: Ints, lower: Ints, n: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """The same for paired 0/1 outcomes, from the numbers of pairs that differ either way."""
    from sim.special import bdtr, ndtri

    reach = ndtri(0.5 + CONFIDENCE / 2)
    up, down = (higher + 1) / (n + 2), (lower + 1) / (n + 2)
    centre, error = up - down, np.sqrt((up + down - (up - down) ** 2) / (n + 2))
    split = higher + lower
    p_value = np.minimum(1.0, 2 * bdtr(np.minimum(higher, lower).astype(np.float64), split, 0.5))
    # Pairs that never differ are reported as exactly no difference: the interval would otherwise blur identity.
    same = split == 0
    low = np.where(same, mean, np.minimum(np.maximum(centre - reach * error, -1.0), mean))
    high = np.where(same, mean, np.maximum(np.minimum(centre + reach * error, 1.0), mean))
    p_value = np.where(n > 0, np.where(same, 1.0, p_value), np.nan)
    return low, high, p_value, np.where(same, mean, (reach + ndtri(POWER)) * error)


def _separate_proportions(a: Floats, b: Floats, n_a: Ints, n_b: Ints) -> tuple[Floats, Floats, Floats, Floats]:
    """The same for the shares ``a`` and ``b`` of two separate sets of runs."""
    from sim.special import ndtr, ndtri

    reach = ndtri(0.5 + CONFIDENCE / 2)
    left, right = (a * n_a + 1) / (n_a + 2), (b * n_b + 1) / (n_b + 2)
    error = np.sqrt(left * (1 - left) / (n_a + 2) + right * (1 - right) / (n_b + 2))
    centre, mean = right - left, b - a
    low = np.minimum(np.maximum(centre - reach * error, -1.0), mean)
    high = np.maximum(np.minimum(centre + reach * error, 1.0), mean)
    p_value = np.where(np.isfinite(mean), 2 * ndtr(-np.abs(centre) / error), np.nan)
    return low, high, p_value, (reach + ndtri(POWER)) * error


def _rank_shares(a: Floats, b: Floats) -> tuple[float, float]:
    """Shares of all pairs (run of a, run of b) in which b is higher, and lower."""
    a, b = np.sort(a[np.isfinite(a)]), b[np.isfinite(b)]
    if not len(a) or not len(b):
        return (float("nan"), float("nan"))
    pairs = len(a) * len(b)
    higher = np.searchsorted(a, b, side="left").sum() / pairs
    lower = (len(a) - np.searchsorted(a, b, side="right")).sum() / pairs
    return (float(higher), float(lower))
