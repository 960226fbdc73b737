"""What is written down: monthly values at each month's end, yearly values at each 31 December."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from sim.model.engine.block import Engine, Numbers
from sim.model.engine.clock import Process
from sim.model.engine.declaration import System
from sim.model.engine.registry import LAST_PHASE
from sim.model.engine.variables import Axes, Variable


class Record:
    """Collects every variable of every system: name -> float32 ``(time, runs)`` or ``(time, entities, runs)``."""

    def __init__(
        self,
        engine: Engine,
        axes: Axes,
        systems: Sequence[System],
        built: Mapping[str, Any],
        only: Collection[str] | None = None,
        grouped: Collection[str] = (),
    ) -> None:
        """``only`` names the variables to record, None for all; of those in ``grouped`` only groups are recorded."""
        self._engine, self._axes = engine, axes
        self.values: dict[str, Numbers] = {}
        self._rows: dict[str, int] = {}  # how many rows are written, by clock
        self._declared = {variable.name: variable for system in systems for variable in system.variables}
        self._sources: dict[str, list[tuple[Any, str, Numbers, tuple[int, ...]]]] = {"month": [], "year": []}
        for system in systems:
            for variable in system.variables:
                if only is None or variable.name in only:
                    picks = axes.grouped(variable) if variable.name in grouped else ()
                    shape = self._shape(variable, len(picks))
                    values = self.values[variable.name] = np.empty(shape, np.float32)
                    self._sources[variable.every].append((built[system.name], variable.read, values, picks))

    def process(self) -> Process:
        """Records at the end of each month and year, after everything else of that day."""
        clock = self._engine.clock
        rows = {every: {day: row for row, day in enumerate(self._axes.dates(every))} for every in self._sources}
        for day in clock.days([*clock.month_ends, *clock.year_ends]):
            yield clock.at(day, LAST_PHASE)
            for every, row_of in rows.items():
                if day in row_of:
                    self._write(every, row_of[day], day)

    def last(self, name: str, entity: str = "") -> Numbers | None:
        """What was recorded last of a variable, ``(runs,)``; None before the first record."""
        variable = self._declared[name]
        row = self._rows.get(variable.every)
        if row is None:
            return None
        values: Numbers = self.values[name][row]
        if variable.entity:
            values = values[self._axes.codes(variable.entity).index(entity)]
        return values

    def _write(self, every: str, row: int, day: date) -> None:
        self._rows[every] = row
        for system, read, values, picks in self._sources[every]:
            value = getattr(system, read)
            value = value(day) if callable(value) else value
            if picks:
                entities = [entity for part in value for entity in part] if isinstance(value, tuple) else value
                for place, pick in enumerate(picks):
                    values[row, place] = entities[pick]
            elif isinstance(value, tuple):
                np.concatenate(value, out=values[row])
            else:
                values[row] = value

    def _shape(self, variable: Variable, picked: int) -> tuple[int, ...]:
        entities = (picked or len(self._axes.codes(variable.entity)),) if variable.entity else ()
        return (len(self._axes.dates(variable.every)), *entities, self._engine.runs)
