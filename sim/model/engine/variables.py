"""What a run records: recorded variables, the axes they lie on, and their change in parts that add up.

Parts are accounting, not causes: they say where a change sits. What would have been without a cause is asked by
comparing two scenarios.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Runs = NDArray[np.float64]
RENAMED = {"defence_spending_busd_2015": "defence_spending_busd_constant"}
"""Names of recorded variables in version 0.1, which are still answered, and their names now."""
CONSTANT_PRICES = "constant prices and exchange rates"  # of the year that the edition of a start has: see `dated`
ROUNDING = 1e-5  # a rest smaller than this part of the values is rounding in single precision, not a part of its own
_READING = ("read", "states", "parts", "about")  # fields that only the program which simulates has a use for


@dataclass(frozen=True, slots=True)
class Variable:
    """One recorded quantity, declared by the system that knows it.

    What a result stores about it:

    ``every`` is its clock: yearly values stand at 31 December (or the end of the run), monthly ones at the month's
    last day. ``entity`` names its axis, if any. ``keep_runs`` says whether single runs of every entity are stored, or
    quantiles only (the groups of the axis keep their runs all the same, the others theirs at the ends of half-years).
    A labelled variable holds indices into ``labels``. ``flag`` marks 0/1 variables, whose mean is a probability.
    ``cumulative`` marks sums since a fixed day. ``headline`` variables stand in the short tables. ``together`` says
    what some entities have together: their sum, the mean weighted by the variable ``weight``, or their share where
    ``weight`` is what the variable is a share of the whole of (spending for spending over GDP); empty: nothing.

    What the simulation and ``explain`` need:

    ``read`` is the attribute of the built system that holds the value, or a method of it that takes the day and returns
    the value, shape ``(runs,)`` or ``(entities, runs)``. ``states`` names the states it is made of, or is a function of
    the entity that does. ``parts`` splits its change into parts that add up; without it the change is told year by
    year. ``about`` lists the entities a total without an axis of its own is about; empty: all.
    """

    name: str
    long_name: str
    unit: str
    every: Literal["year", "month"]
    entity: str | None = None
    price_basis: str = ""
    keep_runs: bool = True
    labels: tuple[str, ...] = ()
    flag: bool = False
    headline: bool = False
    cumulative: bool = False
    together: Literal["", "sum", "mean", "share"] = ""
    weight: str = ""
    read: str = field(default="", compare=False, repr=False)
    states: tuple[str, ...] | Callable[[str], tuple[str, ...]] = field(default=(), compare=False, repr=False)
    parts: Callable[[Block, str], Parts | None] | None = field(default=None, compare=False, repr=False)
    about: tuple[str, ...] = field(default=(), compare=False, repr=False)

    def to_dict(self) -> dict[str, Any]:
        """What a result stores about the variable, as plain values; ``Variable(**...)`` reads it back."""
        return {each.name: getattr(self, each.name) for each in fields(self) if each.name not in _READING}

    def states_of(self, entity: str) -> tuple[str, ...]:
        """The states that the variable of ``entity`` (empty: all of them) is made of."""
        return self.states(entity) if callable(self.states) else self.states

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Variable:
        """The variable that ``to_dict`` gave. Raises KeyError or TypeError where ``stored`` is no such thing."""
        return cls(**{**stored, "labels": tuple(stored["labels"])})


@dataclass(frozen=True, slots=True)
class Axis:
    """The entities that variables can be recorded for: the axis's ``name`` and the entities' codes, in order.

    ``groups`` are those codes whose single runs are kept where a variable keeps the quantiles of the others only.
    """

    name: str
    codes: tuple[str, ...]
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Axes:
    """The axes of a scenario's results: dates of yearly and of monthly values, and every axis of entities."""

    years: tuple[date, ...]
    months: tuple[date, ...]
    entities: tuple[Axis, ...] = ()

    def dates(self, every: str) -> tuple[date, ...]:
        """The days of values recorded every ``"year"`` or every ``"month"``."""
        return self.years if every == "year" else self.months

    def codes(self, entity: str | None) -> tuple[str, ...]:
        """The codes along the axis named ``entity``; empty for None. Raises KeyError for an axis that is not there."""
        return self.axis(entity).codes if entity else ()

    def axis(self, name: str) -> Axis:
        """The axis of that name. Raises KeyError if there is none."""
        for axis in self.entities:
            if axis.name == name:
                return axis
        raise KeyError(name)

    def grouped(self, variable: Variable) -> tuple[int, ...]:
        """Places of the groups on the axis of a variable that keeps the runs of groups only; empty for all others."""
        if variable.keep_runs or not variable.entity:
            return ()
        axis = self.axis(variable.entity)
        return tuple(place for place, code in enumerate(axis.codes) if code in axis.groups)


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
