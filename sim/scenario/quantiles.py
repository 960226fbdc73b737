"""Inverse distribution functions. The only file of the scenario room that draws on SciPy."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from numpy import float32, float64
from numpy.typing import NDArray

from sim import special
from sim.scenario.values import Distribution

Support = tuple[float, float]

_SLOW = ("beta", "gamma")  # families whose inverse takes SciPy up to four microseconds a number
_MANY = 1000  # numbers from which a table pays, though one block only is simulated
_REACH, _STEPS = 4, 32  # the table is for normal quantiles from -4 to 4, in steps of 1/32
_BAND = 3e-10  # how far a number of the table may be off, as a part of it; a tenth of that is allowed


def in_single(value: Distribution, u: NDArray[float64]) -> NDArray[float32]:
    """``value.ppf(u)`` rounded to single precision, to the bit; ``u`` has one axis.

    A slow inverse is read from polynomials in the normal quantile of ``u`` that are far closer to it than single
    precision is. Where all that lies within their error rounds to one number, it is that number; SciPy is asked for the
    others, about one in a hundred.
    """
    if value.family not in _SLOW or u.size < _MANY:
        return value.ppf(u).astype(float32)
    polynomials = _polynomials(value)
    position = np.clip((special.ndtri(u) + _REACH) * _STEPS, 0, polynomials.shape[1] - 1)
    cell = position.astype(np.intp)
    within = position - cell
    numbers = polynomials[0].take(cell)
    for coefficients in polynomials[1:]:
        numbers = numbers * within + coefficients.take(cell)
    result: NDArray[float32] = (numbers * (1 - _BAND)).astype(float32)
    undecided = np.flatnonzero(result != (numbers * (1 + _BAND)).astype(float32))
    result[undecided] = value.ppf(u[undecided])
    return result


@lru_cache(maxsize=256)
def _polynomials(value: Distribution) -> NDArray[float64]:
    """For each step of the table the polynomial through six steps around it, highest power first: ``(6, steps + 1)``.

    It is least close halfway. Where it is not close enough there, as at a bound, and outside the table it is NaN.
    """
    around = np.arange(-2, 4)
    steps = np.arange(-2, 2 * _REACH * _STEPS + 3)
    known = value.ppf(special.ndtr(steps / _STEPS - _REACH))
    halfway = value.ppf(special.ndtr((steps[2:-3] + 0.5) / _STEPS - _REACH))
    through = np.linalg.inv(np.vander(around.astype(float64), len(around)))
    polynomials = through @ np.lib.stride_tricks.sliding_window_view(known, len(around)).T
    found = np.polyval(polynomials, 0.5)
    polynomials[:, ~(np.abs(found - halfway) <= _BAND / 10 * halfway)] = np.nan
    polynomials[:, 0] = np.nan  # what lies below the table is put here
    return np.append(polynomials, np.full((len(around), 1), np.nan), axis=1)


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
    return numbers.clip(low, high)


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
    below, between = _probabilities(low, high)
    return np.asarray(special.ndtri(below + u * between))


@lru_cache(maxsize=1024)
def _probabilities(low: float, high: float) -> tuple[float, float]:
    """Of a standard normal below ``low``, and from there to ``high``."""
    below, above = float(special.ndtr(low)), float(special.ndtr(high))
    return below, above - below


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
