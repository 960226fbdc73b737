"""What figures take from a finished result: numbers, what made them, and sentences told from them."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError
from sim.figures.drawing import Provenance, Row
from sim.figures.words import amount, as_day, decimals, in_runs, median_and_range, when

if TYPE_CHECKING:
    from sim.model import Variable
    from sim.scenario.scenario import Scenario

_CONDITIONS = {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt}


class Ensemble(Protocol):
    """What this room needs of a finished result."""

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

    def variable(self, name: str) -> Variable:
        """The description of a recorded variable; InputError with the nearest name if there is none."""

    def entities(self, variable: str) -> tuple[str, ...]:
        """Codes of the members or donors a variable is recorded for, or its labels; empty if it has neither."""

    def dates(self, variable: str) -> NDArray[np.datetime64]:
        """The dates of a variable, ``(time,)``."""

    def quantiles(self, variable: str, entity: str | None = None) -> NDArray[np.floating[Any]]:
        """5, 25, 50, 75 and 95% over the runs, ``(time, 5)``."""

    def mean(self, variable: str, entity: str | None = None) -> NDArray[np.floating[Any]]:
        """Mean over the runs, ``(time,)``."""

    def values(self, variable: str, entity: str | None = None) -> NDArray[Any]:
        """Every run's value, ``(time, runs)``; InputError if runs were not kept."""


def runs_of(result: Ensemble, variable: str, entity: str | None = None) -> NDArray[Any] | None:
    """Every run's value, ``(time, runs)``, or None where only quantiles were kept."""
    try:
        return np.asarray(result.values(variable, entity))
    except InputError:
        return None


def shares(result: Ensemble, variable: str) -> NDArray[np.float64]:
    """Share of runs in which a 0/1 variable is 1, ``(time,)``."""
    return np.asarray(result.mean(variable), dtype=np.float64)


def label_shares(result: Ensemble, variable: Variable) -> NDArray[np.float64]:
    """Share of runs with each label, ``(time, labels)``."""
    each = [np.asarray(result.mean(variable.name, label), dtype=np.float64) for label in variable.labels]
    return np.stack(each, axis=1)


def provenance(result: Ensemble, figure: str, size: str) -> Provenance:
    """What made ``result``, for the footer and the file's metadata."""
    manifest = result.manifest
    return Provenance(
        scenarios=(result.scenario.name,),
        hashes=(result.scenario.hash,),
        seed=int(result.seed),
        runs=int(result.runs),
        version=str(manifest.get("version") or _version()),
        facts=str(manifest.get("facts", "")),
        command=str(manifest.get("command", "")),
        figure=figure,
        size=size,
    )


@cache
def skill_line() -> str:
    """One line of the back-test card, or the empty string while there is no back-test."""
    if find_spec("sim.evidence") is None:
        return ""
    import sim.evidence

    card = getattr(sim.evidence, "card_line", None)
    return str(card()) if card else ""


class Telling:
    """Builds a plain sentence; every number it says is also a row of the figure's table."""

    def __init__(self, result: Ensemble) -> None:
        self.result = result
        self.rows: list[Row] = []

    def when(self, variable: Variable, at: int = -1) -> str:
        """The date of a variable's value in words."""
        return when(as_day(self.result.dates(variable.name)[at]), variable.every)

    def has(self, variable: Variable) -> bool:
        """Whether any value of the variable falls in the horizon."""
        return len(self.result.dates(variable.name)) > 0

    def share(
        self, variable: Variable, condition: str, level: float, *, entity: str | None = None, at: int = -1
    ) -> str | None:
        """``In 72 of 100 runs`` for the runs whose value meets the condition, or None where runs were not kept."""
        values = runs_of(self.result, variable.name, entity)
        if values is None:
            return None
        return self.of(
            variable, _CONDITIONS[condition](values[at], level), f"{condition} {level:g}", entity=entity, at=at
        )

    def of(self, variable: Variable, holds: NDArray[Any], note: str, *, entity: str | None = None, at: int = -1) -> str:
        """``In 72 of 100 runs`` for a mask over the runs; ``note`` says in the table what holds."""
        share = float(np.mean(holds))
        self._add(variable, entity, at, value=share, unit="share of runs", note=note)
        return in_runs(share, self.result.runs)

    def chance(self, variable: Variable, at: int = -1) -> str:
        """``In 72 of 100 runs`` for a 0/1 variable."""
        share = float(shares(self.result, variable.name)[at])
        self._add(variable, None, at, value=share, unit="share of runs", note=variable.long_name)
        return in_runs(share, self.result.runs)

    def likeliest(self, variable: Variable, at: int = -1) -> tuple[str, str]:
        """``In 72 of 100 runs`` and the label of most runs."""
        each = label_shares(self.result, variable)[at]
        best = int(np.argmax(each))
        share, label = float(each[best]), variable.labels[best]
        self._add(variable, None, at, value=share, unit="share of runs", note=label)
        return in_runs(share, self.result.runs), label

    def median(self, variable: Variable, *, entity: str | None = None, at: int = -1) -> str:
        """``2.31% of GDP (90% of runs: 1.98 to 2.71)``."""
        row = np.asarray(self.result.quantiles(variable.name, entity), dtype=np.float64)[at]
        low, below, middle, above, high = (float(value) for value in row)
        self._add(variable, entity, at, q05=low, q25=below, q50=middle, q75=above, q95=high, note="median and 90%")
        return median_and_range(row, variable.unit)

    def amount(
        self, variable: Variable, value: float, *, entity: str | None = None, at: int = -1, note: str = ""
    ) -> str:
        """A number with its unit."""
        self._add(variable, entity, at, value=value, note=note)
        return amount(value, variable.unit, decimals(value, variable.unit))

    def count(self, variable: Variable, value: float, note: str, *, at: int = -1) -> None:
        """A count said in the sentence; ``note`` says of what."""
        self._add(variable, None, at, value=value, unit="count", price_basis="", note=note)

    def _add(self, variable: Variable, entity: str | None, at: int, **cells: Any) -> None:
        day = str(np.datetime64(self.result.dates(variable.name)[at], "D"))
        common: dict[str, Any] = {
            "scenario": self.result.scenario.name,
            "variable": variable.name,
            "entity": entity or "",
            "date": day,
        }
        cells = {"unit": variable.unit, "price_basis": variable.price_basis, **cells}
        self.rows.append(Row(panel="sentence", kind="statement", **common, **cells))


def _version() -> str:
    try:
        return metadata.version("alliance-sim")
    except metadata.PackageNotFoundError:
        return "(not installed)"
