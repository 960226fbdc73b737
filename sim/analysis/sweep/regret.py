"""Regret: what a choice costs, once it is known who won, against the best choice under that winner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Regret:
    """``values`` and ``regret`` are ``(choices, winners)``; ``largest`` and ``weighted`` are ``(choices,)``.

    ``weights`` are the user's weights of the winners, scaled to sum to 1.
    """

    choices: tuple[str, ...]
    winners: tuple[str, ...]
    weights: Floats
    values: Floats
    regret: Floats

    @property
    def largest(self) -> Floats:
        """The regret of each choice under the winner that suits it least."""
        largest: Floats = self.regret.max(axis=1)
        return largest

    @property
    def weighted(self) -> Floats:
        """The mean regret of each choice by the user's weights."""
        return self.regret @ self.weights

    def sentence(self) -> str:
        """Which choice has the least to regret, by either reading."""
        safe, fair = int(self.largest.argmin()), int(self.weighted.argmin())
        if safe == fair:
            return f"{self.choices[safe]} has the least to regret, at worst and by the weights given"
        return f"{self.choices[safe]} has the least to regret at worst, {self.choices[fair]} by the weights given"


def regret(
    choices: Sequence[str],
    winners: Sequence[str],
    values: Floats,
    weights: Mapping[str, float] | None = None,
    *,
    more_is_better: bool = True,
) -> Regret:
    """Regret of each choice under each winner.

    Args:
        choices: names of what one can choose.
        winners: names of what one cannot.
        values: ``(choices, winners)``, e.g. means of an outcome.
        weights: of the winners by name; without them all alike.
        more_is_better: whether a higher value is preferred.

    Raises:
        InputError: a weight has no winner, is negative, or all are 0; or a value is missing.
    """
    given = dict.fromkeys(winners, 1.0) if weights is None else dict(weights)
    strange = [name for name in given if name not in winners]
    if strange:
        raise InputError(f"--weights: {strange[0]!r} is no outcome here; they are {', '.join(winners)}")
    shares = np.array([given.get(name, 0.0) for name in winners], np.float64)
    if not np.isfinite(shares).all() or (shares < 0).any() or shares.sum() == 0:
        raise InputError("--weights: weights must not be negative, and one must be above 0")
    if not np.isfinite(values).all():
        raise InputError("an outcome is missing for one choice and winner: no run has it; simulate more runs")
    signed = values if more_is_better else -values
    return Regret(tuple(choices), tuple(winners), shares / shares.sum(), values, signed.max(axis=0) - signed)
