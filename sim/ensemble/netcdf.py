"""``ensemble.nc``: statistics of every variable, single runs where they are kept, in netCDF-4.

Single runs of 0/1 variables and labels are packed, to a fiftieth of their size. Those of quantities are stored as they
are: half of their bits are noise, so packing saved four tenths of the room and took as long as simulating.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.ensemble.blocks import ITEM, KEPT, Shelf, Work, runs_of
from sim.ensemble.hdf import NetcdfFile, SpillFile
from sim.ensemble.layout import Layout, Part, half_years
from sim.ensemble.statistics import COLUMNS, QUANTILES, Statistics, moments, shares
from sim.files import disk, sync

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from sim.model import Axes, Variable

    Taken = tuple[NDArray[np.float32] | None, NDArray[np.float32] | None]

FORMAT = 1
PIECE = 16 * 2**20  # bytes of run values in memory at a time
CHUNK = 64 * 2**10  # values in a compressed chunk, about
WIDEST = 4096  # runs in a compressed chunk
HALF_YEAR = "time_half_year"
EPOCH = np.datetime64("1970-01-01", "D")
# Our units in UDUNITS, which knows no currencies. A day is "d": readers take "days" for a span of time and turn the
# number into one.
UDUNITS = {"EUR bn": "1e9", "USD bn": "1e9", "thousand": "1e3", "km²": "km2", "days": "d"}


@dataclass(frozen=True, slots=True)
class Piece:
    """What is taken at a time: instants ``first .. last - 1`` of the entities ``low .. high - 1`` of a part.

    Its rows lie side by side: it has all entities of the part, or one instant.
    """

    part: Part
    first: int
    last: int
    low: int
    high: int

    def take(self, shelf: Shelf) -> Taken:
        """Its statistics, if any are made of it, and its runs, if they are kept."""
        part, labels = self.part, len(self.part.variable.labels)
        begin = part.start + self.first * part.width + self.low
        values = shelf.rows(begin, (self.last - self.first) * (self.high - self.low))
        rows = None if part.instants else shares(values, labels) if labels else moments(values)
        return rows, values if _kept(part, shelf.work) else None


def write(path: Path, work: Work, layout: Layout, axes: Axes, *, inputs: str, jobs: int) -> dict[str, Statistics]:
    """Reduce the stored blocks of ``work`` to statistics and write them, with single runs if it keeps them.

    Goes by pieces of ``PIECE`` bytes, or of one series if that is more, which is all that memory grows by with the
    runs; ``jobs`` threads read and sort them while this one writes. The bytes of the file depend on the ensemble
    alone. Returns the statistics; raises FaultError if the disk fails.
    """
    statistics: dict[str, Statistics] = {}
    shelf = Shelf(work, layout)
    variables = dict.fromkeys(part.variable for part in layout.parts if not part.drawn)
    stored = {variable: [part for part in layout.parts if part.variable == variable] for variable in variables}
    pieces = (piece for parts in stored.values() for part in parts if not part.detail for piece in _pieces(part, work))
    with disk(path, KEPT), SpillFile(path) as spill, closing(_taken(shelf, pieces, jobs)) as taken:
        with NetcdfFile(spill) as file:
            file.attributes({"Conventions": "CF-1.11", "format": "alliance ensemble", "format_version": FORMAT})
            file.attributes(
                {"scenario_hash": work.scenario.hash, "inputs": inputs, "seed": work.seed, "runs": work.runs}
            )
            _write_axes(file, axes, work.runs, keep_runs=work.keep_runs)
            details = shelf.details()
            for variable, parts in stored.items():
                statistics[variable.name] = _reduce(file, shelf, parts, details, taken)
                if spill.error:
                    break
        if spill.error:
            raise spill.error
    with disk(path, KEPT):
        sync(path)
    return statistics


def _taken(shelf: Shelf, pieces: Iterable[Piece], jobs: int) -> Generator[Taken]:
    """What `Piece.take` gives of each, in their order; ``jobs`` threads are ahead by a few."""
    if jobs == 1:
        yield from (piece.take(shelf) for piece in pieces)
        return
    with ThreadPoolExecutor(jobs) as pool:
        ahead: deque[Future[Taken]] = deque()
        for piece in pieces:
            ahead.append(pool.submit(piece.take, shelf))
            if len(ahead) > jobs:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


def _pieces(part: Part, work: Work) -> Iterator[Piece]:
    """The pieces of ``part``; what is packed is taken by whole chunks, so that none is packed twice."""
    rows = max(1, PIECE // (ITEM * work.runs))
    packed = _packed(part) and _kept(part, work)
    deep = _chunk(part, work.runs)[0] if packed else 1
    span = max(deep, rows // part.width // deep * deep)
    breadth = part.width if packed else min(part.width, rows)
    for first in range(0, part.times, span):
        for low in range(0, part.width, breadth):
            yield Piece(part, first, min(first + span, part.times), low, min(low + breadth, part.width))


def time_axis(variable: Variable) -> str:
    """The dimension along which ``variable`` is recorded."""
    return f"time_{variable.every}"


def dimensions(variable: Variable) -> tuple[str, ...]:
    """The dimensions of its mean: time, and the entity if it has one."""
    return (time_axis(variable), variable.entity) if variable.entity else (time_axis(variable),)


def run_dimensions(part: Part) -> tuple[str, ...]:
    """The dimensions of its single runs; groups have an axis of their own where only they keep theirs."""
    variable = part.variable
    if part.instants:
        return (HALF_YEAR, single_axis(variable.entity or ""), "run")
    grouped = part.kept and not variable.keep_runs
    entity = (group_axis(variable.entity) if grouped else variable.entity,) if variable.entity else ()
    return (time_axis(variable), *entity, "run")


def group_axis(entity: str) -> str:
    """The dimension of the groups of an axis."""
    return f"{entity}_group"


def single_axis(entity: str) -> str:
    """The dimension of the entities of an axis that are no groups."""
    return f"{entity}_single"


def half_year_name(name: str) -> str:
    """What the single runs of single entities at the ends of half-years are called."""
    return f"{name}_half_year"


def _write_axes(file: NetcdfFile, axes: Axes, runs: int, *, keep_runs: bool) -> None:
    """Dimensions and their coordinates."""
    file.axis("run", np.arange(runs, dtype=np.int32), {"long_name": "Run, counted from 0", "units": "1"})
    file.axis("quantile", np.array(QUANTILES), {"long_name": "Share of runs below", "units": "1"})
    of_time = {"units": "days since 1970-01-01", "calendar": "proleptic_gregorian", "standard_name": "time"}
    for name, days in {"time_year": axes.years, "time_month": axes.months}.items():
        if days:
            file.axis(name, (np.array(days, "datetime64[D]") - EPOCH).astype(np.int32), of_time)
    halves = [axes.months[at] for at in half_years(axes.months)] if keep_runs else []
    apart = False
    for axis in axes.entities:
        file.axis(axis.name, axis.codes, {})
        if axis.groups:
            file.axis(group_axis(axis.name), axis.groups, {})
            if halves and (singles := [code for code in axis.codes if code not in axis.groups]):
                file.axis(single_axis(axis.name), singles, {})
                apart = True
    if apart:
        file.axis(HALF_YEAR, (np.array(halves, "datetime64[D]") - EPOCH).astype(np.int32), of_time)


def _reduce(
    file: NetcdfFile, shelf: Shelf, parts: list[Part], details: NDArray[np.float32], taken: Iterator[Taken]
) -> Statistics:
    """Write one variable from its ``parts``: single runs as they are ``taken``, and statistics; returns these."""
    variable = parts[0].variable
    width = len(variable.labels) or COLUMNS
    wide = dict(shelf.layout.sizes)[variable.entity] if variable.entity else 1
    answer = np.empty((parts[0].times, wide, width), np.float32)
    # Details first: what also exists from all blocks then replaces them.
    for part in parts:
        if part.detail:
            answer[:] = details[part.start : part.stop].reshape(answer.shape)
    for part in parts:
        if not (part.detail or part.instants):
            _write_runs(file, shelf.work, part, taken, answer)
    statistics = _statistics(variable, answer)
    _write_statistics(file, variable, statistics, parts, shelf.work.runs)
    for part in parts:
        if part.instants:
            _write_runs(file, shelf.work, part, taken, answer)
    return statistics


def _write_runs(file: NetcdfFile, work: Work, part: Part, taken: Iterator[Taken], answer: NDArray[np.float32]) -> None:
    """Take ``part``: write its runs where they are kept, put its statistics in their place in ``answer``."""
    dataset = None
    if _kept(part, work):
        name = half_year_name(part.variable.name) if part.instants else part.variable.name
        chunks = _chunk(part, work.runs) if _packed(part) else None
        dataset = file.array(name, run_dimensions(part), _attributes(part.variable), chunks=chunks)
    for piece in _pieces(part, work):
        rows, values = next(taken)
        instants, series = slice(piece.first, piece.last), slice(piece.low, piece.high)
        picks = list(part.picks[series]) or [0]
        if rows is not None:
            answer[instants, picks] = rows.reshape(-1, len(picks), rows.shape[-1])
        if dataset is not None and values is not None:
            if part.picks:
                dataset[instants, series] = values.reshape(-1, len(picks), work.runs)
            else:
                dataset[instants] = values


def _statistics(variable: Variable, answer: NDArray[np.float32]) -> Statistics:
    """What ``answer`` ``(time, entity, statistic)`` holds, by name."""
    if not variable.entity:
        answer = answer[:, 0]
    if variable.labels:
        return Statistics(shares=answer)
    return Statistics(answer[..., 0], answer[..., 1], answer[..., 2:])


def _kept(part: Part, work: Work) -> bool:
    """Whether the single runs of ``part`` are kept."""
    return work.keep_runs and part.kept


def _packed(part: Part) -> bool:
    """Whether single runs of ``part`` are packed where they are kept."""
    return not part.instants and (part.variable.flag or bool(part.variable.labels))


def _chunk(part: Part, runs: int) -> tuple[int, ...]:
    """The shape of a compressed chunk."""
    wide = min(runs, WIDEST)
    deep = max(1, min(part.times, CHUNK // (part.width * wide)))
    return (deep, *((part.width,) if part.picks else ()), wide)


def _write_statistics(
    file: NetcdfFile, variable: Variable, statistics: Statistics, parts: list[Part], runs: int
) -> None:
    """The statistics of one variable, under its name with a suffix."""
    about = _attributes(variable) | {"runs_used": runs}
    detail = [part for part in parts if part.detail]
    if detail:
        about[f"runs_used_single_{variable.entity}s"] = runs_of(detail[0], runs)
    base = dimensions(variable)
    if statistics.shares is not None:
        label = f"{variable.name}_label"
        file.axis(label, variable.labels, {})
        file.array(f"{variable.name}_share", (*base, label), about | _unit("share of runs"), data=statistics.shares)
        return
    for suffix, array, dims in (
        ("mean", statistics.mean, base),
        ("sd", statistics.sd, base),
        ("quantile", statistics.quantiles, (*base, "quantile")),
    ):
        if array is not None:
            file.array(f"{variable.name}_{suffix}", dims, about, data=np.ascontiguousarray(array))


def _attributes(variable: Variable) -> dict[str, str | int]:
    """Unit, long name, price basis; the labels of a labelled variable."""
    about: dict[str, str | int] = {"long_name": variable.long_name, **_unit(variable.unit)}
    if variable.price_basis:
        about["price_basis"] = variable.price_basis
    if variable.labels:
        about["labels"] = "; ".join(f"{index} = {label}" for index, label in enumerate(variable.labels))
    return about


def _unit(unit: str) -> dict[str, str | int]:
    """The unit in our words, and as the conventions write it: ``percent``, a multiple of one, or a unit of UDUNITS."""
    return {"unit": unit, "units": "percent" if unit.startswith("%") else UDUNITS.get(unit, "1")}
