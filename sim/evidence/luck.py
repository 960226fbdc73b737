"""Random numbers for estimation and back-tests: named, repeatable, drawn from the model's own streams."""

from __future__ import annotations

from math import prod

import numpy as np
from numpy.typing import NDArray

from sim.model.engine.streams import Streams

Array = NDArray[np.float64]


def single(values: Array) -> NDArray[np.float32]:
    """The numbers in single precision, as the model's rules take them."""
    return np.asarray(values, np.float32)


class Luck:
    """Draws by label: the same seed and label give the same numbers, whatever else is drawn."""

    def __init__(self, seed: int, name: str) -> None:
        self._seed, self._name = seed, name

    def uniform(self, label: str, *shape: int) -> Array:
        """Numbers in (0, 1)."""
        return Streams(self._seed, 0, prod(shape)).quantiles(f"evidence:{self._name}:{label}").reshape(shape)

    def normal(self, label: str, *shape: int) -> Array:
        """Standard normal numbers."""
        from scipy.special import ndtri

        return np.asarray(ndtri(self.uniform(label, *shape)), float)

    def student(self, label: str, degrees: float, *shape: int) -> Array:
        """Student-t numbers, not rescaled."""
        from scipy.special import stdtrit

        return np.asarray(stdtrit(degrees, self.uniform(label, *shape)), float)

    def order(self, label: str, count: int) -> NDArray[np.intp]:
        """A random order of ``count`` things."""
        return np.argsort(self.uniform(label, count), kind="stable")
