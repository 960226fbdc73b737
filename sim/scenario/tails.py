"""Cumulative probabilities of the families with open tails, with the standard library alone.

Checking a scenario must say how much of a prior lies outside what a parameter allows, and must stay quick; SciPy costs
more to import than the whole check.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

OPEN = ("normal", "half_normal", "lognormal", "gamma")


def below(family: str, args: Mapping[str, float], x: float) -> float:
    """P(X <= x) before truncation, for a family in ``OPEN``."""
    if x == math.inf:
        return 1.0
    if family == "normal":
        return _normal((x - args["mean"]) / args["sd"])
    if x <= 0:
        return 0.0
    if family == "half_normal":
        return 1 - 2 * _normal(-x / args["sd"])
    if family == "lognormal":
        return _normal((math.log(x) - math.log(args["median"])) / args["sd_log"])
    return _gamma(args["shape"], x * args["rate"])


def between(family: str, args: Mapping[str, float], low: float, high: float) -> float:
    """P(low <= X <= high) before truncation; an interval in the upper tail of a normal keeps its digits."""
    if family == "normal" and low > args["mean"]:
        return _normal((args["mean"] - low) / args["sd"]) - _normal((args["mean"] - high) / args["sd"])
    return max(0.0, below(family, args, high) - below(family, args, low))


def _normal(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2))


def _gamma(shape: float, x: float) -> float:
    """Regularised lower incomplete gamma function by its power series (Abramowitz and Stegun 6.5.29)."""
    if x > shape + 40 * math.sqrt(shape) + 40:
        return 1.0
    if x <= 0:
        return 0.0
    term = total = 1.0
    step = shape
    while term > total * 1e-16:
        step += 1
        term *= x / step
        total += term
    return min(1.0, math.exp(shape * math.log(x) - x - math.lgamma(shape + 1) + math.log(total)))
