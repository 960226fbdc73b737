"""The runs behind an attribution: simulated once each, kept in a folder, shared out over processes.

A coalition keeps the values of the outcomes asked for, block by block, not a whole result: sixty-four results would
spend most of their time and space on what no one reads.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim.analysis.outcomes import Outcome, Recorded, dates_shown
from sim.analysis.simulated import simulated
from sim.errors import FaultError
from sim.files import disk, replacing

if TYPE_CHECKING:
    from sim.ensemble import Result
    from sim.scenario.scenario import Scenario

Values = NDArray[np.float32]
Lines: TypeAlias = "list[tuple[Outcome, str]]"
Reader: TypeAlias = "Callable[[Sequence[Scenario], Sequence[Outcome]], Iterable[tuple[Lines, Values]]]"
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Runs ``first`` to ``first + count - 1`` of one coalition, to be stored at ``path``; small and picklable."""

    path: Path
    scenario: Scenario
    outcomes: tuple[Outcome, ...]
    at: tuple[date, ...]
    seed: int
    first: int
    count: int
    model: str


def read_values(ensemble: Recorded, outcomes: Sequence[Outcome], at: Sequence[date] = ()) -> tuple[Lines, Values]:
    """What each row is, and the outcomes at year ends, the days ``at`` and the last date, float32 ``(rows, runs)``."""
    lines: Lines = []
    arrays = []
    for outcome in outcomes:
        dates, values = outcome.read(ensemble)
        shown = dates_shown(dates, at)
        lines += _lines(outcome, dates[shown])
        arrays.append(values[shown].astype(np.float32))
    return lines, np.concatenate(arrays)


def kept_values(
    runs: int,
    seed: int,
    jobs: int,
    cache: Path | None,
    progress: Progress | None,
    known: Sequence[Result] = (),
    at: Sequence[date] = (),
) -> Reader:
    """A reader of scenarios that simulates with ``jobs`` processes what neither ``known`` nor ``cache`` holds.

    Stretches lie in ``cache`` under a hash of all their numbers depend on. Without ``cache`` a folder is made and
    removed. ``progress`` is called with coalition blocks done and in all. The reader raises FaultError if the disk or
    a process fails; what was finished is kept.
    """

    def read(scenarios: Sequence[Scenario], outcomes: Sequence[Outcome]) -> Iterator[tuple[Lines, Values]]:
        results = _usable(known, runs, seed)
        with ExitStack() as stack:
            folder = cache or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="alliance-")))
            plans = [
                [] if scenario.hash in results else _plan(folder, scenario, outcomes, at, runs, seed)
                for scenario in scenarios
            ]
            _complete([stretch for plan in plans for stretch in plan], jobs, progress)
            lines = _lines_of(scenarios[0], outcomes, at)
            for scenario, plan in zip(scenarios, plans, strict=True):
                if plan:
                    yield lines, np.concatenate([_load(stretch.path) for stretch in plan], axis=1)
                else:
                    yield lines, read_values(results[scenario.hash], outcomes, at)[1][:, :runs]

    return read


def _usable(known: Sequence[Result], runs: int, seed: int) -> dict[str, Result]:
    """Those of the ``known`` results whose runs are what would be simulated now, by the hash of their inputs."""
    from sim.ensemble import source

    now = {
        "seed": seed,
        "central": False,
        "keep_runs": True,
        "facts": source.facts_stamp(),
        "code": source.code_stamp(),
    }
    return {
        result.scenario.hash: result
        for result in known
        if result.runs >= runs and now.items() <= result.manifest["inputs"].items()
    }


def _plan(
    folder: Path, scenario: Scenario, outcomes: Sequence[Outcome], at: Sequence[date], runs: int, seed: int
) -> list[Stretch]:
    from sim.ensemble import BLOCK, source

    inputs = {
        "scenario": scenario.hash,
        "seed": seed,
        "outcomes": [outcome.key for outcome in outcomes],
        "at": [day.isoformat() for day in at],
        "facts": source.facts_stamp(),
        "code": source.code_stamp(),
        "versions": source.versions(),
    }
    name = hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()[:32]
    return [
        Stretch(folder / name / f"{first}-{count}.npy", scenario, tuple(outcomes), tuple(at), seed, first, count,
                source.MODEL)
        for first, count in ((first, min(BLOCK, runs - first)) for first in range(0, runs, BLOCK))
    ]  # fmt: skip


def _complete(stretches: Sequence[Stretch], jobs: int, progress: Progress | None) -> None:
    """Make the stretches that are not in store."""
    from sim.ensemble.executors import complete

    missing = [stretch for stretch in stretches if not stretch.path.exists()]
    for stretch in missing:
        with disk(stretch.path):
            stretch.path.parent.mkdir(parents=True, exist_ok=True)
    done = len(stretches) - len(missing)
    if progress is not None:
        progress(done, len(stretches))
    for number, _ in enumerate(complete(_make, missing, jobs, _name), start=done + 1):
        if progress is not None:
            progress(number, len(stretches))


def _name(stretch: Stretch) -> str:
    return f"{stretch.scenario.name} (runs {stretch.first} to {stretch.first + stretch.count - 1})"


def _make(stretch: Stretch) -> None:
    """Simulate one stretch and store it; it appears under its name only when complete."""
    runs = simulated(stretch.scenario, stretch.count, stretch.seed, first=stretch.first, model=stretch.model)
    values = read_values(runs, stretch.outcomes, stretch.at)[1]
    with disk(stretch.path), replacing(stretch.path) as file:
        np.save(file, values)


def _load(path: Path) -> Values:
    try:
        values: Values = np.load(path)
    except (OSError, ValueError, EOFError) as error:
        raise FaultError(f"{path}: not readable; remove this file and run again") from error
    return values


def _lines_of(scenario: Scenario, outcomes: Sequence[Outcome], at: Sequence[date]) -> Lines:
    """What each row is, without simulating."""
    dates = simulated(scenario, 0, 0).dates
    lines: Lines = []
    for outcome in outcomes:
        days = dates(outcome.variable)
        lines += _lines(outcome, days[-1:] if outcome.kind == "wait" else days[dates_shown(days, at)])
    return lines


def _lines(outcome: Outcome, dates: NDArray[np.datetime64]) -> Lines:
    return [(outcome, str(day)) for day in dates.astype("datetime64[D]")]
