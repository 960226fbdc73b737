"""Some runs of a scenario straight from the model, read like a result but kept in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.ensemble.layout import at_half_years
from sim.errors import InputError
from sim.model.groups import named
from sim.scenario.entities import wrong_code
from sim.text import listed

if TYPE_CHECKING:
    from sim.model import Variable
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
            InputError: there is no such entity.
        """
        kind = self.variables[variable].entity
        whole = self.arrays[variable]
        if kind is None or entity is None:
            return whole
        codes = self.entities[kind]
        if entity not in codes:
            group = named().spelled(entity)
            words = f"{group} is a group; name one of {listed(codes)}" if group else wrong_code(entity, codes)
            raise InputError(f"{variable}: {words}")
        return whole[:, codes.index(entity)]

    def values_at_half_years(self, variable: str, entity: str) -> tuple[NDArray[np.datetime64], NDArray[np.float32]]:
        """The ends of half-years and every run's value there, ``(time,)`` and ``(time, runs)``."""
        return at_half_years(self.dates(variable), self.values(variable, entity))


def simulated(scenario: Scenario, runs: int, seed: int, *, first: int = 0, model: str = "") -> Simulated:
    """Runs ``first`` to ``first + runs - 1`` of ``scenario``, simulated now and in this process.

    With no runs it has dates and no values. ``model`` names the module of the model, if not the usual one.
    """
    from sim.ensemble import source

    module = source.model(model)
    axes = module.axes(scenario)
    return Simulated(
        scenario,
        module.simulate(scenario, seed, first, runs) if runs else {},
        {"year": tuple(axes.years), "month": tuple(axes.months)},
        {axis.name: axis.codes for axis in axes.entities},
        {variable.name: variable for variable in module.variables()},
    )


def first_difference(a: Scenario, b: Scenario, *, runs: int = 50, seed: int = 1) -> str | None:
    """The first recorded date (ISO) at which anything differs between two scenarios in any of a few runs.

    None if nothing does at the dates both have: then what the one adds to the other moves nothing.
    """
    left, right = simulated(a, runs, seed), simulated(b, runs, seed)
    firsts: list[np.datetime64] = []
    for name in left.variables:
        dates, others = left.dates(name), right.dates(name)
        x, y = left.arrays[name][np.isin(dates, others)], right.arrays[name][np.isin(others, dates)]
        differs = (x != y).reshape(len(x), -1).any(axis=1)
        firsts += list(dates[np.isin(dates, others)][differs][:1])
    return str(min(firsts)) if firsts else None
