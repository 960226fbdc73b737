"""Inverse distribution functions. The only file of the scenario room that draws on SciPy."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy import float64
from numpy.typing import NDArray

from sim import special

Support = tuple[float, float]


def quantile(family: str, args: Mapping[str, float], support: Support, u: NDArray[float64]) -> NDArray[float64]:
    """Inverse CDF of a distribution at ``u`` in (0, 1): same shape, float64, inside ``support``.

    ``args`` are those of the family, which is any but the discrete one: see `of_discrete`.
    """
    u = np.asarray(u, dtype=np.float64)
    if family == "fixed":
        return np.full(u.shape, args["value"])
    if family == "uniform":
        return args["low"] + u * (args["high"] - args["low"])
    if family == "triangular":
        return _triangular(u, args["low"], args["mode"], args["high"])
    if family == "beta":
        return np.asarray(special.betaincinv(args["a"], args["b"], u))
    low, high = support
    numbers = _gamma(u, args, support) if family == "gamma" else _from_normal(u, family, args, support)
    return np.clip(numbers, low, high)


def of_discrete(atoms: tuple[tuple[float, float], ...], u: NDArray[float64]) -> NDArray[float64]:
    """The same for numbers with weights, ``atoms`` being (number, weight) with rising numbers."""
    possible = [(value, weight) for value, weight in atoms if weight > 0]
    steps = np.cumsum([weight for _, weight in possible])
    chosen = np.minimum(np.searchsorted(steps, np.asarray(u, np.float64), side="left"), len(possible) - 1)
    return np.array([value for value, _ in possible])[chosen]


def _from_normal(u: NDArray[float64], family: str, args: Mapping[str, float], support: Support) -> NDArray[float64]:
    """Normal, half-normal and log-normal: a standard normal, truncated, then moved to the scale of the family."""
    low, high = support
    if family == "lognormal":
        centre, spread = np.log(args["median"]), args["sd_log"]
        with np.errstate(divide="ignore"):
            low, high = np.log(low), np.log(high)
    else:
        centre, spread = args.get("mean", 0.0), args["sd"]
    z = centre + spread * _truncated_normal(u, (low - centre) / spread, (high - centre) / spread)
    return np.asarray(np.exp(z)) if family == "lognormal" else z


def _truncated_normal(u: NDArray[float64], low: float, high: float) -> NDArray[float64]:
    """Standard normal truncated to [low, high]; an upper tail is mirrored, where the CDF keeps its digits."""
    if low > 0:
        return -_truncated_normal(1 - u, -high, -low)
    below, above = special.ndtr(low), special.ndtr(high)
    return np.asarray(special.ndtri(below + u * (above - below)))


def _gamma(u: NDArray[float64], args: Mapping[str, float], support: Support) -> NDArray[float64]:
    shape, rate = args["shape"], args["rate"]
    low, high = support
    below, above = special.gammainc(shape, low * rate), special.gammainc(shape, high * rate)
    return np.asarray(special.gammaincinv(shape, below + u * (above - below)) / rate)


def _triangular(u: NDArray[float64], low: float, mode: float, high: float) -> NDArray[float64]:
    turn = (mode - low) / (high - low)
    rising = low + np.sqrt(u * (high - low) * (mode - low))
    falling = high - np.sqrt((1 - u) * (high - low) * (high - mode))
    return np.where(u < turn, rising, falling)
