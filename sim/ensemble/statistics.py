"""What many runs say together: mean, standard deviation and quantiles over the last axis."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
COLUMNS = 2 + len(QUANTILES)
SHEAF = 2**18  # values a thread takes at a time


@dataclass(frozen=True, eq=False, slots=True)
class Statistics:
    """Statistics of one variable, float32.

    ``mean`` and ``sd`` are ``(time,)`` or ``(time, entity)``, ``quantiles`` has one more axis of five. A labelled
    variable has ``shares`` ``(time, label)`` and nothing else.
    """

    mean: NDArray[np.float32] | None = None
    sd: NDArray[np.float32] | None = None
    quantiles: NDArray[np.float32] | None = None
    shares: NDArray[np.float32] | None = None


def moments(values: NDArray[np.float32], threads: int = 1) -> NDArray[np.float32]:
    """Mean, standard deviation (of the runs at hand, divisor n) and the five quantiles of each row.

    ``values`` is ``(rows, runs)``; the answer ``(rows, 7)``, the same for any number of ``threads``. Quantiles
    interpolate linearly between order statistics, as NumPy's default does.
    """
    deep = max(1, SHEAF // values.shape[-1])
    sheaves = [values[first : first + deep] for first in range(0, len(values), deep)]
    if threads == 1 or len(sheaves) == 1:
        return np.concatenate([_moments(sheaf) for sheaf in sheaves])
    with ThreadPoolExecutor(threads) as pool:
        return np.concatenate(list(pool.map(_moments, sheaves)))


def _moments(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """The same for a few rows. They are sorted once: for five quantiles that beats partitioning."""
    answer = np.empty((len(values), COLUMNS), np.float32)
    mean = values.mean(axis=-1, dtype=np.float64, keepdims=True)
    answer[:, 0] = mean[:, 0]
    answer[:, 1] = values.std(axis=-1, dtype=np.float64, mean=mean)
    ordered = np.sort(values, axis=-1)
    last = ordered.shape[-1] - 1
    position = np.array(QUANTILES) * last
    low = np.floor(position).astype(np.intp)
    below = ordered[:, low].astype(np.float64)
    above = ordered[:, np.minimum(low + 1, last)]
    answer[:, 2:] = below + (position - low) * (above - below)
    return answer


def shares(values: NDArray[np.float32], labels: int) -> NDArray[np.float32]:
    """Share of runs at each label: ``(rows, runs)`` -> ``(rows, labels)``."""
    return np.stack([(values == label).mean(axis=-1) for label in range(labels)], axis=-1).astype(np.float32)
