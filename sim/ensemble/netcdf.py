"""``ensemble.nc``: statistics of every variable, single runs where they are kept, in netCDF-4."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.ensemble import folder
from sim.ensemble.blocks import Work, gather, runs_of
from sim.ensemble.layout import Layout, Part
from sim.ensemble.spill import SpillFile
from sim.ensemble.statistics import QUANTILES, Statistics, moments, shares

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from sim.ensemble.source import Axes
    from sim.model.variables import Variable

FORMAT = 1
PIECE = 16 * 2**20  # bytes of run values in memory at a time
CHUNK = 64 * 2**10  # values in a compressed chunk, about
SHEAVES = 8  # parts of a piece that threads share
WIDEST = 4096  # runs in a compressed chunk
EPOCH = np.datetime64("1970-01-01", "D")
PACKED = {"compression": "gzip", "compression_opts": 1, "shuffle": True}
TIME_UNITS = {"days", "months", "years", "hours", "minutes", "seconds"}


def write(
    path: Path, work: Work, layout: Layout, axes: Axes, *, keep_runs: bool, inputs: str, jobs: int
) -> dict[str, Statistics]:
    """Reduce the stored blocks of ``work`` to statistics and write them, with single runs if ``keep_runs``.

    Goes variable by variable in pieces of ``PIECE`` bytes, so memory does not grow with the number of runs; ``jobs``
    threads share the sorting. The bytes of the file depend on the ensemble alone. Returns the statistics; raises
    FaultError if the disk fails.
    """
    import h5netcdf

    found: dict[str, Statistics] = {}
    with folder.disk(path), SpillFile(path) as disk, ThreadPoolExecutor(jobs) as threads:
        with h5netcdf.File(disk, "w") as file:
            file.attrs.update({"Conventions": "CF-1.11", "format": "alliance ensemble", "format_version": FORMAT})
            file.attrs.update(
                {"scenario_hash": work.scenario.hash, "inputs": inputs, "seed": work.seed, "runs": work.runs}
            )
            _write_axes(file, axes, work.runs)
            for variable in dict.fromkeys(part.variable for part in layout.parts):
                parts = [part for part in layout.parts if part.variable == variable]
                found[variable.name] = _reduce(file, work, layout, parts, threads, keep_runs=keep_runs)
                _write_statistics(file, variable, found[variable.name], parts, work.runs)
                if disk.error:
                    break
        if disk.error:
            raise disk.error
    with folder.disk(path):
        folder.sync(path)
    return found


def time_axis(variable: Variable) -> str:
    """The dimension along which ``variable`` is recorded."""
    return f"time_{variable.every}"


def dimensions(variable: Variable) -> tuple[str, ...]:
    """The dimensions of its mean: time, and the entity if it has one."""
    return (time_axis(variable), variable.entity) if variable.entity else (time_axis(variable),)


def run_dimensions(part: Part) -> tuple[str, ...]:
    """The dimensions of its single runs; of donors only the groups keep theirs."""
    grouped = part.variable.entity == "donor" and not part.variable.keep_runs
    entity = ("donor_group" if grouped else part.variable.entity,) if part.variable.entity else ()
    return (time_axis(part.variable), *entity, "run")


def _write_axes(file: Any, axes: Axes, runs: int) -> None:
    """Dimensions and their coordinates."""
    from sim.ensemble.layout import GROUPS

    groups = tuple(code for code in axes.donors if code in GROUPS)
    codes = {"member": axes.members, "donor": axes.donors, "donor_group": groups}
    named = {name: listed for name, listed in codes.items() if listed}
    clocks = {"time_year": axes.years, "time_month": axes.months}
    timed = {name: days for name, days in clocks.items() if days}
    file.dimensions = {
        "run": runs,
        "quantile": len(QUANTILES),
        **{name: len(listed) for name, listed in (named | timed).items()},
    }
    runs_axis = file.create_variable("run", ("run",), data=np.arange(runs, dtype=np.int32), **PACKED)
    runs_axis.attrs["long_name"] = "Run, counted from 0"
    file.create_variable("quantile", ("quantile",), data=np.array(QUANTILES)).attrs["long_name"] = "Share of runs below"
    for name, days in timed.items():
        since = (np.array(days, "datetime64[D]") - EPOCH).astype(np.int32)
        clock = file.create_variable(name, (name,), data=since)
        clock.attrs.update(
            {"units": "days since 1970-01-01", "calendar": "proleptic_gregorian", "standard_name": "time"}
        )
    for name, listed in named.items():
        _write_texts(file, name, listed)


def _write_texts(file: Any, name: str, texts: tuple[str, ...]) -> None:
    """A coordinate of texts."""
    import h5py  # type: ignore[import-untyped, unused-ignore]

    file.create_variable(name, (name,), dtype=h5py.string_dtype(), data=np.array(texts, object))


def _reduce(
    file: Any, work: Work, layout: Layout, parts: list[Part], threads: ThreadPoolExecutor, *, keep_runs: bool
) -> Statistics:
    """Statistics of one variable from all its parts; writes the runs of the parts that keep them on the way."""
    variable = parts[0].variable
    width = len(variable.labels) or 2 + len(QUANTILES)
    wide = dict(layout.sizes)[variable.entity] if variable.entity else 1
    answer = np.empty((parts[0].times, wide, width), np.float32)
    # Details first: what also exists from all blocks then replaces them.
    for part in sorted(parts, key=lambda part: not part.detail):
        runs = runs_of(part, work.runs)
        shape = (part.times, *((part.width,) if part.picks else ()), runs)
        span, chunks = _span(part, runs)
        dataset = None
        if keep_runs and part.kept:
            dataset = file.create_variable(
                variable.name, run_dimensions(part), dtype=np.float32, chunks=chunks, **PACKED
            )
            dataset.attrs.update(_attributes(variable))
        for first in range(0, part.times, span):
            last = min(first + span, part.times)
            values = gather(work, layout, part, first, last)
            if dataset is not None:
                dataset[first:last] = values.reshape(last - first, *shape[1:])
            if variable.labels:
                rows = shares(values, width)
            else:
                rows = np.concatenate(list(threads.map(moments, np.array_split(values, SHEAVES))))
            answer[first:last, list(part.picks) or [0]] = rows.reshape(last - first, part.width, width)
    if not variable.entity:
        answer = answer[:, 0]
    if variable.labels:
        return Statistics(shares=answer)
    return Statistics(answer[..., 0], answer[..., 1], answer[..., 2:])


def _span(part: Part, runs: int) -> tuple[int, tuple[int, ...]]:
    """Instants to take at a time, a multiple of the compressed chunk; and that chunk's shape."""
    wide = min(runs, WIDEST)
    deep = max(1, min(part.times, CHUNK // (part.width * wide)))
    fitting = PIECE // (4 * part.width * runs) // deep * deep
    return max(deep, fitting), (deep, *((part.width,) if part.picks else ()), wide)


def _write_statistics(file: Any, variable: Variable, found: Statistics, parts: list[Part], runs: int) -> None:
    """The statistics of one variable, under its name with a suffix."""
    about = _attributes(variable) | {"runs_used": runs}
    detail = [part for part in parts if part.detail]
    if detail:
        about["runs_used_single_donors"] = runs_of(detail[0], runs)
    base = dimensions(variable)
    if found.shares is not None:
        label = f"{variable.name}_label"
        file.dimensions[label] = len(variable.labels)
        _write_texts(file, label, variable.labels)
        _write_array(file, f"{variable.name}_share", (*base, label), found.shares, about | _told("share of runs"))
        return
    for suffix, array, dims in (
        ("mean", found.mean, base),
        ("sd", found.sd, base),
        ("quantile", found.quantiles, (*base, "quantile")),
    ):
        if array is not None:
            _write_array(file, f"{variable.name}_{suffix}", dims, array, about)


def _write_array(
    file: Any, name: str, dims: tuple[str, ...], array: NDArray[np.float32], about: dict[str, str | int]
) -> None:
    """One packed array with its attributes."""
    file.create_variable(name, dims, data=np.ascontiguousarray(array), chunks=array.shape, **PACKED).attrs.update(about)


def _attributes(variable: Variable) -> dict[str, str | int]:
    """Unit, long name, price basis; the labels of a labelled variable."""
    told: dict[str, str | int] = {"long_name": variable.long_name, **_told(variable.unit)}
    if variable.price_basis:
        told["price_basis"] = variable.price_basis
    if variable.labels:
        told["labels"] = "; ".join(f"{index} = {label}" for index, label in enumerate(variable.labels))
    return told


def _told(unit: str) -> dict[str, str | int]:
    """The unit, under our name and under the conventions' one unless readers would take the number for a time span."""
    return {"unit": unit} if unit in TIME_UNITS else {"unit": unit, "units": unit}
