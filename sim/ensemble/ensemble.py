"""What the rooms that read results need of one: a finished ensemble, or a side of a comparison, a view on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from sim.model import Variable
    from sim.scenario.scenario import Scenario


class Ensemble(Protocol):
    """Runs of one scenario, read by variable and entity."""

    @property
    def scenario(self) -> Scenario:
        """The resolved scenario."""

    @property
    def seed(self) -> int:
        """The seed of every stream."""

    @property
    def runs(self) -> int:
        """How many runs there are."""

    @property
    def manifest(self) -> Mapping[str, Any]:
        """What made the result."""

    @property
    def variables(self) -> Mapping[str, Variable]:
        """What it recorded, by name."""

    def dates(self, variable: str) -> NDArray[np.datetime64]:
        """The dates of a variable, ``(time,)``."""

    def quantiles(self, variable: str, entity: str | None = None) -> NDArray[np.floating[Any]]:
        """5, 25, 50, 75 and 95% over the runs, ``(time, 5)``."""

    def mean(self, variable: str, entity: str | None = None) -> NDArray[np.floating[Any]]:
        """Mean over the runs, ``(time,)``; for a label the share of runs at it."""

    def values(self, variable: str, entity: str | None = None) -> NDArray[Any]:
        """Every run's value, ``(time, runs)``; InputError if runs were not kept."""

    def values_at_half_years(self, variable: str, entity: str) -> tuple[NDArray[np.datetime64], NDArray[Any]]:
        """The ends of half-years and every run's value there, ``(time,)`` and ``(time, runs)``."""
