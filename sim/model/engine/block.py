"""What every system is built with: the clock, the values in force and the streams of one block of runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.model.engine.clock import Clock
from sim.model.engine.settings import Settings
from sim.model.engine.streams import Streams

Numbers = NDArray[np.float32]
Flags = NDArray[np.bool_]
Array = TypeVar("Array", bound=NDArray[Any])


def single(values: ArrayLike) -> Numbers:
    """``values`` in single precision, the precision of every state and result."""
    return np.asarray(values, np.float32)


def within(values: Array, low: ArrayLike, high: ArrayLike) -> Array:
    """``values`` held between ``low`` and ``high``; NumPy's own ``clip`` takes three times as long on a small array."""
    held: Array = np.minimum(np.maximum(values, low), high)
    return held


def here(values: Numbers, runs: NDArray[np.intp]) -> Numbers:
    """``values``, ``(1,)`` or ``(runs,)``, in the ``runs`` of these indices; the former as they are."""
    return values if values.shape[0] == 1 else values.take(runs)


def monthly_chance(yearly: Numbers) -> Numbers:
    """The probability in a month of what has the probability ``yearly`` in a year."""
    return 1 - (1 - yearly) ** (1 / 12)


@dataclass(frozen=True, slots=True)
class Engine:
    """The shared parts of one block.

    On ``event_days`` a dated event begins or ends; on ``condition_days`` one on a condition may, in some runs.
    """

    clock: Clock
    settings: Settings
    streams: Streams
    event_days: tuple[date, ...]
    explaining: bool = False
    condition_days: tuple[date, ...] = ()

    @property
    def start(self) -> date:
        """The first day, and the day whose knowledge the run starts from."""
        return self.clock.start

    @property
    def runs(self) -> int:
        """Runs in the block."""
        return self.streams.count

    def zeros(self, *shape: int) -> Numbers:
        """An array of zeros, runs on the last axis."""
        return np.zeros((*shape, self.runs), np.float32)

    def fill(self, values: Numbers) -> Numbers:
        """``values`` (..., 1) or (..., runs) as an array of its own with runs on the last axis."""
        return np.array(np.broadcast_to(values, (*values.shape[:-1], self.runs)), np.float32)

    def no(self, *shape: int) -> Flags:
        """An array of False, runs on the last axis."""
        return np.zeros((*shape, self.runs), np.bool_)
