"""A few runs of a scenario straight from the model, read like a result but kept in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from sim.model.variables import Variable
    from sim.scenario.scenario import Scenario


@dataclass(frozen=True, eq=False)
class Simulated:
    """Every recorded value of some runs; ``arrays`` are ``(time, runs)`` or ``(time, entity, runs)``."""

    scenario: Scenario
    arrays: Mapping[str, NDArray[np.float32]]
    every: Mapping[str, tuple[Any, ...]]
    entities: Mapping[str, tuple[str, ...]]
    variables: Mapping[str, Variable]

    def dates(self, variable: str) -> NDArray[np.datetime64]:
        """The dates of a variable, ``(time,)``."""
        return np.array(self.every[self.variables[variable].every], "datetime64[D]")

    def values(self, variable: str, entity: str | None = None) -> NDArray[np.float32]:
        """Every run's value, ``(time, runs)``.

        Raises:
            KeyError: there is no such variable or entity.
        """
        kind = self.variables[variable].entity
        whole = self.arrays[variable]
        if kind is None or entity is None:
            return whole
        codes = self.entities[kind]
        if entity not in codes:
            raise KeyError(entity)
        return whole[:, codes.index(entity)]


def simulated(scenario: Scenario, runs: int, seed: int) -> Simulated:
    """The first ``runs`` runs of ``scenario``, simulated now and in this process."""
    from sim.ensemble import source

    model = source.model()
    axes = model.axes(scenario)
    return Simulated(
        scenario,
        model.simulate(scenario, seed, 0, runs),
        {"year": tuple(axes.years), "month": tuple(axes.months)},
        {"member": tuple(axes.members), "donor": tuple(axes.donors)},
        {one.name: one for one in model.variables()},
    )
