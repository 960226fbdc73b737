"""The change of a recorded variable in parts that add up run by run, which systems declare and ``explain`` shows.

Parts are accounting, not causes: they say where a change sits. What would have been without a cause is asked by
comparing two scenarios.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.model.engine.variables import Axes, Variable

Runs = NDArray[np.float64]
ROUNDING = 1e-5  # a rest smaller than this part of the values is rounding in single precision, not a part of its own


@dataclass(frozen=True, slots=True)
class Block:
    """One block run again up to the day asked about.

    ``record`` holds what it recorded, ``systems`` the systems by name as they stand at the end. Their arrays are
    padded to whole lanes of runs; ``lanes`` cuts out the runs of the block.
    """

    record: Mapping[str, NDArray[np.float32]]
    systems: Mapping[str, Any]
    variables: Mapping[str, Variable]
    axes: Axes
    start: date
    lanes: slice

    def of(self, name: str, entity: str = "") -> Runs:
        """Values of a variable in double precision, ``(time, runs)``, or ``(time, entities, runs)`` without a name."""
        values = self.record[name]
        if entity:
            values = values[:, self.axes.codes(self.variables[name].entity).index(entity)]
        return values.astype(np.float64)

    def cut(self, padded: NDArray[np.float32]) -> Runs:
        """The block's own runs of an array of the systems."""
        return np.asarray(padded[..., self.lanes], np.float64)


@dataclass(frozen=True, slots=True)
class Parts:
    """Value at the beginning and at the end, ``(runs,)``, the parts of the change, and what they mean."""

    begin: Runs
    end: Runs
    parts: dict[str, Runs]
    how: str

    def with_rest(self, name: str) -> Parts:
        """The same with what the parts leave over under ``name``, unless that is rounding."""
        rest = self.end - self.begin - sum(self.parts.values())
        size = max(float(np.abs(self.begin).max()), float(np.abs(self.end).max()), 1e-9)
        if float(np.abs(rest).max()) > ROUNDING * size:
            self.parts[name] = rest
        return self


def parts_of(block: Block, variable: Variable, entity: str) -> Parts:
    """The change of ``variable`` (an entity or a label of it) from its beginning to the block's last day."""
    if variable.labels:
        values = (block.of(variable.name) == variable.labels.index(entity)).astype(np.float64)
        return _by_year(block, variable, values)
    parts = variable.parts(block, entity) if variable.parts else None
    return parts or _by_year(block, variable, block.of(variable.name, entity))


def _by_year(block: Block, variable: Variable, values: Runs) -> Parts:
    last = {day.year: row for row, day in enumerate(block.axes.dates(variable.every))}
    parts, before = {}, values[0]
    for year, row in last.items():
        if row:
            parts[f"change in {year}"] = values[row] - before
            before = values[row]
    return Parts(values[0], values[-1], parts, "change in each calendar year since the first recorded value")
