"""How a block's numbers lie on disk: one float32 array ``(rows, runs)``, every series a stretch of rows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.errors import FaultError, InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from sim.ensemble.source import Axes
    from sim.model.variables import Variable

BLOCK = 1000
GROUPS = ("USA", "EUR", "OTHER", "ALL")
# Single donors are most of the bytes; their quantiles rest on at most this many blocks, which bounds the disk.
DETAIL_BLOCKS = 10


@dataclass(frozen=True, slots=True)
class Part:
    """Rows ``start .. stop - 1`` of a block: one variable at ``times`` instants for the entities ``picks``.

    Rows run time-major: row ``start + t * width + e``. ``picks`` are indices into the entity axis, empty without one.
    ``kept`` says whether single runs may enter the result; ``detail`` marks what only the first blocks hold.
    """

    variable: Variable
    times: int
    picks: tuple[int, ...]
    start: int
    kept: bool
    detail: bool

    @property
    def width(self) -> int:
        """Series per instant."""
        return len(self.picks) or 1

    @property
    def stop(self) -> int:
        """First row after this part."""
        return self.start + self.times * self.width


@dataclass(frozen=True, slots=True)
class Layout:
    """All parts of a block: the first ``shared`` rows are in every block, all ``rows`` in the first blocks.

    ``sizes`` are the lengths of the entity axes.
    """

    parts: tuple[Part, ...]
    sizes: tuple[tuple[str, int], ...]
    shared: int
    rows: int

    def height(self, number: int) -> int:
        """Rows of block ``number``."""
        return self.rows if number < DETAIL_BLOCKS else self.shared

    def fill(self, values: Mapping[str, NDArray[np.float32]], number: int, count: int) -> list[NDArray[np.float32]]:
        """One simulated block as arrays which, one after the other, are its ``(rows, count)``.

        Raises FaultError naming the variable if one is missing, has another shape, or holds NaN or infinity.
        """
        stretches = []
        widths = dict(self.sizes)
        for part in self.parts:
            entity = part.variable.entity
            whole = (part.times, *((widths[entity],) if entity else ()), count)
            array = _sound(values, part.variable, whole)
            if part.stop <= self.height(number):
                partial = entity and len(part.picks) < widths[entity]
                stretches.append(np.ascontiguousarray(array[:, part.picks] if partial else array, np.float32))
        return stretches


def plan(variables: Sequence[Variable], axes: Axes) -> Layout:
    """Lay out what the model records on ``axes``; single donors come last.

    Raises InputError if the scenario is too short for a value to be recorded.
    """
    if not axes.years or not axes.months:
        raise InputError("the scenario ends before its first month does, so nothing would be recorded; set a later end")
    entities = {"member": axes.members, "donor": axes.donors}
    shared: list[Part] = []
    detail: list[Part] = []
    for variable in variables:
        times = len(axes.years if variable.every == "year" else axes.months)
        codes = entities[variable.entity] if variable.entity else ()
        everyone = tuple(range(len(codes)))
        if variable.entity == "donor" and not variable.keep_runs:
            grouped = tuple(index for index in everyone if codes[index] in GROUPS)
            shared.append(Part(variable, times, grouped, 0, kept=True, detail=False))
            # The groups once more, so that the model's array goes to disk as it is.
            detail.append(Part(variable, times, everyone, 0, kept=False, detail=True))
        else:
            shared.append(Part(variable, times, everyone, 0, kept=variable.keep_runs, detail=False))
    placed = _place((*shared, *detail))
    split = placed[len(shared) - 1].stop
    sizes = tuple((name, len(codes)) for name, codes in entities.items())
    return Layout(placed, sizes, split, placed[-1].stop)


def blocks_of(runs: int) -> list[tuple[int, int]]:
    """Number and count of runs of every block; the last may be short."""
    return [(number, min(BLOCK, runs - number * BLOCK)) for number in range(math.ceil(runs / BLOCK))]


def _place(parts: Sequence[Part]) -> tuple[Part, ...]:
    """The same parts, one after the other."""
    placed: list[Part] = []
    row = 0
    for part in parts:
        placed.append(Part(part.variable, part.times, part.picks, row, part.kept, part.detail))
        row = placed[-1].stop
    return tuple(placed)


def _sound(
    values: Mapping[str, NDArray[np.float32]], variable: Variable, shape: tuple[int, ...]
) -> NDArray[np.float32]:
    """The array of ``variable``, or FaultError saying what is wrong with it."""
    array = values.get(variable.name)
    if array is None:
        raise FaultError(f"the model recorded no {variable.name}: this is a fault of the program, please report it")
    if array.shape != shape:
        raise FaultError(f"the model recorded {variable.name} with shape {array.shape} instead of {shape}: a fault")
    if not np.isfinite(array).all():
        raise FaultError(
            f"the model produced a value of {variable.name} that is not a number or infinite: "
            f"check the scenario's {variable.unit} values, or report this as a fault"
        )
    labels = len(variable.labels)
    if labels and not (np.isin(array, np.arange(labels))).all():
        raise FaultError(f"the model recorded {variable.name} outside its {labels} labels: a fault of the program")
    return array
