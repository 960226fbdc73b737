"""``ensemble.nc``: statistics of every variable, single runs where they are kept, in netCDF-4.

Single runs of 0/1 variables and labels are packed, to a fiftieth of their size. Those of quantities are stored as they
are: half of their bits are noise, so packing saved four tenths of the room and took as long as simulating.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.ensemble.blocks import KEPT, Work, details, gather, runs_of
from sim.ensemble.hdf import NetcdfFile, SpillFile
from sim.ensemble.layout import Layout, Part, half_years
from sim.ensemble.statistics import COLUMNS, QUANTILES, Statistics, moments, shares
from sim.files import disk, sync

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from sim.model import Axes, Variable

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
class Stored:
    """What the file is made from: the blocks of ``work`` and the table of details in the first of them."""

    work: Work
    layout: Layout
    details: NDArray[np.float32]
    threads: int


def write(path: Path, work: Work, layout: Layout, axes: Axes, *, inputs: str, jobs: int) -> dict[str, Statistics]:
    """Reduce the stored blocks of ``work`` to statistics and write them, with single runs if it keeps them.

    Goes variable by variable in pieces of ``PIECE`` bytes, so memory does not grow with the number of runs; ``jobs``
    threads share the sorting. The bytes of the file depend on the ensemble alone. Returns the statistics; raises
    FaultError if the disk fails.
    """
    statistics: dict[str, Statistics] = {}
    with disk(path, KEPT), SpillFile(path) as spill:
        with NetcdfFile(spill) as file:
            file.attributes({"Conventions": "CF-1.11", "format": "alliance ensemble", "format_version": FORMAT})
            file.attributes(
                {"scenario_hash": work.scenario.hash, "inputs": inputs, "seed": work.seed, "runs": work.runs}
            )
            _write_axes(file, axes, work.runs, keep_runs=work.keep_runs)
            source = Stored(work, layout, details(work, layout), jobs)
            for variable in dict.fromkeys(part.variable for part in layout.parts if not part.drawn):
                parts = [part for part in layout.parts if part.variable == variable and not part.instants]
                statistics[variable.name] = _reduce(file, source, parts)
                _write_statistics(file, variable, statistics[variable.name], parts, work.runs)
                _write_halves(file, source, [part for part in layout.parts if part.variable == variable])
                if spill.error:
                    break
        if spill.error:
            raise spill.error
    with disk(path, KEPT):
        sync(path)
    return statistics


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


def _write_halves(file: NetcdfFile, source: Stored, parts: list[Part]) -> None:
    """Single runs of single entities at the ends of half-years."""
    for part in parts:
        if not part.instants:
            continue
        name = half_year_name(part.variable.name)
        dataset = file.array(name, run_dimensions(part), _attributes(part.variable), chunks=None)
        span, _ = _span(part, source.work.runs)
        for first in range(0, part.times, span):
            last = min(first + span, part.times)
            values = gather(source.work, source.layout, part, first, last)
            dataset[first:last] = values.reshape(last - first, *dataset.shape[1:])


def _reduce(file: NetcdfFile, source: Stored, parts: list[Part]) -> Statistics:
    """Statistics of one variable from all its parts; writes the runs of the parts that keep them on the way."""
    variable = parts[0].variable
    width = len(variable.labels) or COLUMNS
    wide = dict(source.layout.sizes)[variable.entity] if variable.entity else 1
    answer = np.empty((parts[0].times, wide, width), np.float32)
    # Details first: what also exists from all blocks then replaces them.
    for part in sorted(parts, key=lambda part: not part.detail):
        if part.detail:
            answer[:] = source.details[part.start : part.stop].reshape(answer.shape)
        else:
            _reduce_part(file, source, part, answer)
    if not variable.entity:
        answer = answer[:, 0]
    if variable.labels:
        return Statistics(shares=answer)
    return Statistics(answer[..., 0], answer[..., 1], answer[..., 2:])


def _reduce_part(file: NetcdfFile, source: Stored, part: Part, answer: NDArray[np.float32]) -> None:
    """Put the statistics of ``part`` in their place in ``answer`` ``(time, entity, statistic)``; write its runs."""
    variable, runs = part.variable, source.work.runs
    width = answer.shape[-1]
    span, chunks = _span(part, runs)
    packed = variable.flag or bool(variable.labels)
    dataset = None
    if source.work.keep_runs and part.kept:
        about = _attributes(variable)
        dataset = file.array(variable.name, run_dimensions(part), about, chunks=chunks if packed else None)
    for first in range(0, part.times, span):
        last = min(first + span, part.times)
        values = gather(source.work, source.layout, part, first, last)
        rows = shares(values, width) if variable.labels else moments(values, source.threads)
        answer[first:last, list(part.picks) or [0]] = rows.reshape(last - first, part.width, width)
        if dataset is not None:
            dataset[first:last] = values.reshape(last - first, *dataset.shape[1:])


def _span(part: Part, runs: int) -> tuple[int, tuple[int, ...]]:
    """Instants to take at a time, a multiple of the compressed chunk; and that chunk's shape."""
    wide = min(runs, WIDEST)
    deep = max(1, min(part.times, CHUNK // (part.width * wide)))
    fitting = PIECE // (4 * part.width * runs) // deep * deep
    return max(deep, fitting), (deep, *((part.width,) if part.picks else ()), wide)


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
