"""``draws.nc``: what every run drew, on its first day and after it, where ``--keep-draws`` asked for it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.ensemble.blocks import KEPT, Shelf, Work
from sim.ensemble.hdf import NetcdfFile, SpillFile, opened
from sim.ensemble.layout import BLOCK, Layout
from sim.ensemble.manifest import DRAWS
from sim.errors import InputError
from sim.files import disk, sync
from sim.model.engine.draws import EPOCH, Draw

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from sim.ensemble.ensemble import Ensemble

STRETCH = 10 * BLOCK  # runs whose draws of the first day are in memory at a time


def write(path: Path, work: Work, layout: Layout) -> None:
    """Write what the runs of ``work`` drew, one row per key or name of `Draw`; later draws come from the blocks.

    The bytes depend on the ensemble alone. Raises FaultError if the disk fails.
    """
    from sim.model.draws import at_start, drawn_keys, options

    runs, keys, shelf = work.runs, drawn_keys(work.scenario), Shelf(work, layout)
    later: dict[str, Draw] = {draw.name: draw for draw in work.draws()}
    parts = {part.variable.name: part for part in layout.parts if part.drawn}
    names = {**{key: options(key) for key in keys}, **{name: draw.options for name, draw in later.items()}}
    with disk(path, KEPT), SpillFile(path) as spill:
        with NetcdfFile(spill) as file:
            file.attributes({"Conventions": "CF-1.11", "format": "alliance draws", "seed": work.seed, "runs": runs})
            file.attributes({"scenario_hash": work.scenario.hash, "inputs": work.key})
            file.axis("draw", tuple(names), {"long_name": "What was drawn"})
            file.axis("run", np.arange(runs, dtype=np.int32), {"long_name": "Run, counted from 0", "units": "1"})
            about = {
                "long_name": "Value drawn in each run; missing where it did not come up",
                "options": json.dumps({name: list(found) for name, found in names.items() if found}),
                "days": json.dumps([name for name, draw in later.items() if draw.event]),
            }
            values = file.array("value", ("draw", "run"), about)
            for first in range(0, runs, STRETCH):
                last = min(first + STRETCH, runs)
                found = at_start(work.scenario, seed=work.seed, runs=last - first, central=work.central, first=first)
                values[: len(keys), first:last] = np.reshape([found[key] for key in keys], (len(keys), last - first))
                if spill.error:
                    break
            for row, name in enumerate(later, len(keys)):
                if not spill.error:
                    values[row] = shelf.rows(parts[name].start, 1)[0]
        if spill.error:
            raise spill.error
    with disk(path, KEPT):
        sync(path)


@dataclass(frozen=True, slots=True)
class Drawn:
    """What every run drew of one thing: ``values`` ``(runs,)``, NaN in runs in which it did not come up.

    They are indices into ``options`` where there are any, and days from 1970-01-01 where they are ``days``. ``later``:
    they were drawn after the first day.
    """

    values: NDArray[np.float64]
    options: tuple[str, ...] = ()
    days: bool = False
    later: bool = False

    def shown(self) -> list[object]:
        """As a table shows it: numbers, options in words, days; None where it did not come up."""
        if self.days:
            return [None if np.isnan(day) else date.fromordinal(int(day) + EPOCH) for day in self.values]
        if self.options:
            return [None if np.isnan(option) else self.options[int(option)] for option in self.values]
        return list(self.values)


def draws_of(result: Ensemble) -> dict[str, Drawn]:
    """What the runs of a result drew, by key or name of `Draw`: what it kept, or all that can be found again.

    A draw of the first day is found again from seed and scenario; winners and postures from the single runs.
    """
    from sim.model import later_draws
    from sim.model.draws import at_start, options

    kept, later = _kept(result), later_draws(result.scenario)
    first = kept or at_start(result.scenario, seed=result.seed, runs=result.runs, central=_central(result))
    after = {draw.name: kept.get(draw.name) if kept else _again(result, draw) for draw in later}
    about = {draw.name: Drawn(np.empty(0), draw.options, bool(draw.event), later=True) for draw in later}
    known = {name: values for name, values in {**first, **after}.items() if values is not None}
    return {
        name: replace(about.get(name) or Drawn(np.empty(0), options(name)), values=np.asarray(values, np.float64))
        for name, values in known.items()
    }


def drawn_of(result: Ensemble, name: str) -> Drawn | None:
    """What the runs of a result drew of one key or name of `Draw`; None if its runs draw no such thing.

    Raises:
        InputError: it was not kept, and only a run with ``--keep-draws`` can tell.
    """
    from sim.model import later_draws
    from sim.model.draws import drawn_keys

    if name not in (*drawn_keys(result.scenario), *(draw.name for draw in later_draws(result.scenario))):
        return None
    found = draws_of(result).get(name)
    if found is None:
        raise InputError(f"what the runs drew of {name!r} was not kept; run again with --keep-draws")
    return found


def _central(result: Ensemble) -> bool:
    return bool(result.manifest.get("central", False))


def _kept(result: Ensemble) -> dict[str, NDArray[np.float32]] | None:
    """What the folder of a result keeps; None if it keeps no draws, or is none."""
    path = getattr(result, "path", None)
    return _read(path / DRAWS) if path is not None and result.manifest.get("keep_draws") else None


def _again(result: Ensemble, draw: Draw) -> NDArray[Any] | None:
    """A later draw found again; None where it leaves no trace in what is kept without draws."""
    if draw.event:
        from sim.model.draws import dated_event

        return dated_event(result.scenario, draw, seed=result.seed, runs=result.runs, central=_central(result))
    if not draw.variable:
        return None
    try:
        values = result.values(draw.variable)
    except InputError:  # single runs were not kept
        return None
    return draw.recorded([day.item() for day in result.dates(draw.variable).astype("datetime64[D]")], values)


def _read(path: Path) -> dict[str, NDArray[np.float32]]:
    """Every row of the file, name -> ``(runs,)``; InputError where it is damaged."""
    try:
        with opened(path, "draw", "value") as file:
            names = [name.decode() if isinstance(name, bytes) else str(name) for name in file["draw"][...]]
            values: NDArray[np.float32] = file["value"][...]
    except (OSError, KeyError, ValueError, TypeError, AttributeError, MemoryError) as error:
        raise InputError(f"{path}: not readable; the result is damaged, make it again") from error
    return dict(zip(names, values, strict=True))
