"""How a block's numbers lie on disk: one float32 array ``(rows, runs)``, every series a stretch of rows.

Single donors are four fifths of what the model records and nobody pairs their runs. So of a variable that does not keep
its runs, on an axis that has groups, only the groups' runs are stored at every date; of the single entities they are at
the ends of half-years, against which reports are scored, and statistics are at every date, made from the first block as
soon as it is simulated, in a table of one line per series.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sim.errors import FaultError, InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from sim.model import Axes, Variable

BLOCK = 2000


@dataclass(frozen=True, slots=True)
class Part:
    """Rows ``start .. stop - 1`` of a block: one variable at ``times`` instants for the entities ``picks``.

    Rows run time-major: row ``start + t * width + e``. ``picks`` are indices into the entity axis, empty without one.
    ``kept`` says whether single runs may enter the result. A ``detail`` has its rows in the table of statistics.
    ``instants``: indices of the dates, where not all are taken; no statistics are made of such a part. A ``drawn`` part
    is one row of what the runs drew, which may be missing in some.
    """

    variable: Variable
    times: int
    picks: tuple[int, ...]
    start: int
    kept: bool
    detail: bool
    instants: tuple[int, ...] = ()
    drawn: bool = False

    @property
    def grouped(self) -> bool:
        """Whether these are the groups of a variable that keeps no runs of single entities."""
        return bool(self.picks) and self.kept and not (self.variable.keep_runs or self.instants)

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
    """All parts of a block: ``rows`` of single runs in every block, ``details`` lines of statistics in the first.

    ``sizes`` are the lengths of the entity axes.
    """

    parts: tuple[Part, ...]
    sizes: tuple[tuple[str, int], ...]
    rows: int
    details: int

    def check(self, values: Mapping[str, NDArray[np.float32]], count: int, *, groups_only: bool = False) -> None:
        """Raise FaultError naming a variable that is missing, has another shape, or holds NaN or infinity."""
        widths = dict(self.sizes)
        picked = {part.variable: part.width for part in self.parts if groups_only and part.grouped}
        times = {part.variable: part.times for part in self.parts if not (part.instants or part.drawn)}
        for variable, instants in times.items():
            entity = variable.entity
            width = picked.get(variable, widths[entity]) if entity else 0
            _sound(values, variable, (instants, *((width,) if entity else ()), count))

    def fill(self, values: Mapping[str, NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        """One simulated block as arrays which, one after the other, are its ``(rows, runs)``.

        Where single donors are not stored, ``values`` may hold the groups alone.
        """
        return [self._stretch(values, part) for part in self.parts if not part.detail]

    def detailed(self, values: Mapping[str, NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        """What the lines of statistics are made from, arrays ``(lines, runs)``, one after the other."""
        stretches = [self._stretch(values, part) for part in self.parts if part.detail]
        return [stretch.reshape(-1, stretch.shape[-1]) for stretch in stretches]

    def _stretch(self, values: Mapping[str, NDArray[np.float32]], part: Part) -> NDArray[np.float32]:
        """The values of one part, contiguous."""
        array, entity = values[part.variable.name], part.variable.entity
        array = array[list(part.instants)] if part.instants else array
        partial = entity and len(part.picks) < array.shape[1]
        return np.ascontiguousarray(array[:, part.picks] if partial else array, np.float32)


def plan(
    variables: Sequence[Variable], axes: Axes, draws: Sequence[Variable] = (), *, keep_runs: bool = True
) -> Layout:
    """Lay out what the model records on ``axes``, and one row for each of ``draws``.

    Half-year ends of single entities enter a result as single runs only: without ``keep_runs`` they are left out.

    Raises InputError if the scenario is too short for a value to be recorded.
    """
    if not axes.years or not axes.months:
        raise InputError("the scenario ends before its first month does, so nothing would be recorded; set a later end")
    shared: list[Part] = []
    detail: list[Part] = []
    for variable in variables:
        times, codes = len(axes.dates(variable.every)), axes.codes(variable.entity)
        everyone = tuple(range(len(codes)))
        if grouped := axes.grouped(variable):
            shared.append(Part(variable, times, grouped, 0, kept=True, detail=False))
            halves = half_years(axes.dates(variable.every))
            singles = tuple(index for index in everyone if index not in grouped)
            if keep_runs and halves and singles:
                shared.append(Part(variable, len(halves), singles, 0, kept=True, detail=False, instants=halves))
            # The groups once more, so that the model's array is taken as it is.
            detail.append(Part(variable, times, everyone, 0, kept=False, detail=True))
        else:
            shared.append(Part(variable, times, everyone, 0, kept=variable.keep_runs, detail=False))
    shared += [Part(draw, 1, (), 0, kept=False, detail=False, drawn=True) for draw in draws]
    runs, lines = _place(shared), _place(detail)
    sizes = tuple((axis.name, len(axis.codes)) for axis in axes.entities)
    return Layout((*runs, *lines), sizes, _end(runs), _end(lines))


def half_years(days: Sequence[date]) -> tuple[int, ...]:
    """Places of the days that end a half-year."""
    return tuple(at for at, day in enumerate(days) if (day.month, day.day) in ((6, 30), (12, 31)))


def at_half_years(
    dates: NDArray[np.datetime64], values: NDArray[np.float32]
) -> tuple[NDArray[np.datetime64], NDArray[np.float32]]:
    """Those of the ``dates``, ``(time,)``, that end a half-year, and their rows of ``values``, ``(time, ...)``."""
    halves = list(half_years([day.item() for day in dates.astype("datetime64[D]")]))
    return dates[halves], values[halves]


def blocks_of(runs: int) -> list[tuple[int, int]]:
    """Number and count of runs of every block; the last may be short."""
    return [(number, min(BLOCK, runs - number * BLOCK)) for number in range(math.ceil(runs / BLOCK))]


def _place(parts: Sequence[Part]) -> tuple[Part, ...]:
    """The same parts, one after the other."""
    placed: list[Part] = []
    row = 0
    for part in parts:
        placed.append(replace(part, start=row))
        row = placed[-1].stop
    return tuple(placed)


def _end(parts: Sequence[Part]) -> int:
    """The first row after ``parts``."""
    return parts[-1].stop if parts else 0


def _sound(
    values: Mapping[str, NDArray[np.float32]], variable: Variable, shape: tuple[int, ...]
) -> NDArray[np.float32]:
    """The array of ``variable``, or FaultError saying what is wrong with it."""
    array = values.get(variable.name)
    if array is None:
        raise FaultError(f"the model recorded no {variable.name}: this is a fault of the program, please report it")
    if array.shape != shape:
        raise FaultError(f"the model recorded {variable.name} with shape {array.shape} instead of {shape}: a fault")
    # The least and the greatest are NaN where any value is, and take no array of their own.
    if not (np.isfinite(array.min()) and np.isfinite(array.max())):
        raise FaultError(
            f"the model produced a value of {variable.name} that is not a number or infinite: "
            f"check the scenario's {variable.unit} values, or report this as a fault"
        )
    labels = len(variable.labels)
    if labels and not ((array >= 0) & (array < labels) & (array == np.floor(array))).all():
        raise FaultError(f"the model recorded {variable.name} outside its {labels} labels: a fault of the program")
    return array
