"""Proper scores and reliability of ensemble forecasts, in NumPy alone.

Draws stand on the last axis. Lower is better for every score. Gneiting & Raftery (2007) define CRPS and energy score.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
BANDS = (0.5, 0.8, 0.9)


def crps(draws: Array, outcome: Array) -> Array:
    """Continuous ranked probability score, in the unit of the outcome: ``draws`` (..., n), ``outcome`` (...)."""
    ordered = np.sort(np.asarray(draws, float), axis=-1)
    count = ordered.shape[-1]
    weights = 2 * np.arange(1, count + 1) - count - 1
    spread = (ordered * weights).sum(-1) / count**2
    score: Array = np.abs(ordered - np.asarray(outcome, float)[..., None]).mean(-1) - spread
    return score


def energy_score(draws: Array, outcome: Array) -> float:
    """Energy score of a vector forecast: ``draws`` (entities, n), ``outcome`` (entities,)."""
    points = np.asarray(draws, float).T
    miss = np.linalg.norm(points - np.asarray(outcome, float), axis=1).mean()
    squares = (points**2).sum(1)
    between = np.maximum(squares[:, None] + squares[None, :] - 2 * points @ points.T, 0.0)
    return float(miss - 0.5 * np.sqrt(between).mean())


def pit(draws: Array, outcome: Array) -> Array:
    """Probability integral transform: share of draws at or below the outcome, half of ties; uniform if calibrated."""
    seen = np.asarray(outcome, float)[..., None]
    below: Array = (draws < seen).mean(-1) + 0.5 * (draws == seen).mean(-1)
    return below


def interval(draws: Array, band: float) -> tuple[Array, Array]:
    """Edges of the central ``band`` (0 to 1) of the draws."""
    low, high = np.quantile(draws, [(1 - band) / 2, (1 + band) / 2], axis=-1)
    return low, high


def brier(probability: Array, happened: Array) -> float:
    """Brier score: mean squared error of probabilities of events that did (1) or did not (0) happen."""
    return float(np.mean((np.asarray(probability, float) - np.asarray(happened, float)) ** 2))


def skill(score: float, reference: float) -> float:
    """Share by which ``score`` is below ``reference``; negative where it is worse."""
    return 1.0 - score / reference


@dataclass(frozen=True, slots=True)
class Marks:
    """Scores of single forecasts, one entry per (origin, horizon, entity): all arrays have the same length.

    ``inside`` and ``width`` have one row per band of ``BANDS``.
    """

    origin: NDArray[np.int64]
    horizon: NDArray[np.int64]
    entity: NDArray[np.int64]
    crps: Array
    error: Array
    pit: Array
    inside: NDArray[np.bool_]
    width: Array

    def where(self, chosen: NDArray[np.bool_]) -> Marks:
        """The chosen entries."""
        return Marks(
            self.origin[chosen],
            self.horizon[chosen],
            self.entity[chosen],
            self.crps[chosen],
            self.error[chosen],
            self.pit[chosen],
            self.inside[:, chosen],
            self.width[:, chosen],
        )

    def coverage(self) -> dict[str, float]:
        """Share of outcomes inside each band, keyed by the band in per cent."""
        return {f"{band:.0%}".rstrip("%"): float(row.mean()) for band, row in zip(BANDS, self.inside, strict=True)}

    def sharpness(self) -> dict[str, float]:
        """Mean width of each band, keyed as ``coverage``."""
        return {f"{band:.0%}".rstrip("%"): float(row.mean()) for band, row in zip(BANDS, self.width, strict=True)}


def mark(draws: Array, outcome: Array, origin: int, horizon: int) -> Marks:
    """Scores of one origin and horizon: ``draws`` (entities, n), ``outcome`` (entities,), nan where there is none."""
    seen = np.flatnonzero(np.isfinite(outcome))
    draws, outcome = draws[seen], outcome[seen]
    edges = [interval(draws, band) for band in BANDS]
    inside = np.array([(low <= outcome) & (outcome <= high) for low, high in edges])
    width = np.array([high - low for low, high in edges])
    error = np.abs(np.median(draws, axis=-1) - outcome)
    same = np.full(seen.size, 1)
    return Marks(origin * same, horizon * same, seen, crps(draws, outcome), error, pit(draws, outcome), inside, width)


def join(parts: Sequence[Marks]) -> Marks:
    """All parts in one record, in order."""
    plain = (np.concatenate([getattr(part, name) for part in parts]) for name in Marks.__slots__[:6])
    bands = (np.concatenate([getattr(part, name) for part in parts], axis=1) for name in ("inside", "width"))
    return Marks(*plain, *bands)


def block_bootstrap(
    own: Marks, reference: Marks, quantiles: Callable[[str], Array], times: int = 1000
) -> tuple[float, float]:
    """The 5% and 95% points of the CRPS skill of ``own`` over ``reference``, origins drawn with replacement.

    An origin is the block: its members and horizons share their shocks. ``quantiles`` maps a label to at least
    ``times`` numbers in (0, 1).
    """
    origins = np.unique(own.origin)
    sums = np.array([[part.crps[part.origin == year].sum() for year in origins] for part in (own, reference)])
    picks = np.stack([quantiles(f"bootstrap:{number}")[:times] for number in range(origins.size)])
    drawn = sums[:, (picks * origins.size).astype(int)].sum(1)
    low, high = np.quantile(1 - drawn[0] / drawn[1], [0.05, 0.95])
    return float(low), float(high)
