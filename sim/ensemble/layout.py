"""How a block's numbers lie on disk: one float32 array ``(rows, runs)``, every series a stretch of rows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.errors import FaultError

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
    """All parts of a block: the first ``shared`` rows are in every block, ``rows`` in the first ones."""

    parts: tuple[Part, ...]
    sizes: tuple[tuple[str, int], ...]
    shared: int
    rows: int

    def height(self, number: int) -> int:
        """Rows of block ``number``."""
        return self.rows if number < DETAIL_BLOCKS else self.shared

    def fill(self, values: Mapping[str, NDArray[np.float32]], number: int, count: int) -> NDArray[np.float32]:
        """Arrange one simulated block as ``(rows, count)``.

        Raises FaultError naming the variable if one is missing, has another shape, or holds NaN or infinity.
        """
        block = np.empty((self.height(number), count), np.float32)
        widths = dict(self.sizes)
        for part in self.parts:
            name = part.variable.name
            whole = (part.times, *((widths[part.variable.entity],) if part.variable.entity else ()), count)
            array = _sound(values, part.variable, whole)
            if part.stop > len(block):
                continue
            if part.picks:
                view = block[part.start : part.stop].reshape(part.times, part.width, count)
                np.take(array, part.picks, axis=1, out=view, mode="clip")
            else:
                block[part.start : part.stop] = array
            if part.variable.labels:
                _check_labels(name, array, len(part.variable.labels))
        return block


def plan(variables: Sequence[Variable], axes: Axes) -> Layout:
    """Lay out what the model records on ``axes``; single donors come last."""
    entities = {"member": axes.members, "donor": axes.donors}
    shared: list[Part] = []
    detail: list[Part] = []
    for variable in variables:
        times = len(axes.years if variable.every == "year" else axes.months)
        codes = entities[variable.entity] if variable.entity else ()
        everyone = tuple(range(len(codes)))
        if variable.entity == "donor" and not variable.keep_runs:
            grouped = tuple(index for index in everyone if codes[index] in GROUPS)
            single = tuple(index for index in everyone if codes[index] not in GROUPS)
            shared.append(Part(variable, times, grouped, 0, kept=True, detail=False))
            if single:
                detail.append(Part(variable, times, single, 0, kept=False, detail=True))
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
    return array


def _check_labels(name: str, array: NDArray[np.float32], labels: int) -> None:
    """Raise FaultError unless every value is an index into the labels."""
    if (array != np.floor(array)).any() or array.min() < 0 or array.max() >= labels:
        raise FaultError(f"the model recorded {name} outside its {labels} labels: a fault of the program")
