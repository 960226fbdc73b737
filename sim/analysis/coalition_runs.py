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
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim.analysis.outcomes import Outcome, Recorded, kept_dates
from sim.analysis.simulated import simulated
from sim.errors import FaultError
from sim.files import disk, replacing

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario

Values = NDArray[np.float32]
Rows: TypeAlias = "list[tuple[Outcome, str]]"
Reader: TypeAlias = "Callable[[Sequence[Scenario], Sequence[Outcome]], Iterable[tuple[Rows, Values]]]"
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Runs ``first`` to ``first + count - 1`` of one coalition, to be stored at ``path``; small and picklable."""

    path: Path
    scenario: Scenario
    outcomes: tuple[Outcome, ...]
    seed: int
    first: int
    count: int
    model: str


def read_values(ensemble: Recorded, outcomes: Sequence[Outcome]) -> tuple[Rows, Values]:
    """What each row is, and the outcomes at year ends and the last date, float32 ``(rows, runs)``."""
    told: Rows = []
    values = []
    for outcome in outcomes:
        dates, found = outcome.read(ensemble)
        kept = kept_dates(dates)
        told += _rows(outcome, dates[kept])
        values.append(found[kept].astype(np.float32))
    return told, np.concatenate(values)


def kept_values(runs: int, seed: int, jobs: int, cache: Path | None, progress: Progress | None) -> Reader:
    """A reader of scenarios that simulates with ``jobs`` processes what ``cache`` does not hold.

    Stretches lie in ``cache`` under a hash of all their numbers depend on. Without ``cache`` a folder is made and
    removed. ``progress`` is called with coalition blocks done and in all. The reader raises FaultError if the disk or
    a process fails; what was finished is kept.
    """

    def read(scenarios: Sequence[Scenario], outcomes: Sequence[Outcome]) -> Iterator[tuple[Rows, Values]]:
        with ExitStack() as stack:
            folder = cache or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="alliance-")))
            plans = [_plan(folder, scenario, outcomes, runs, seed) for scenario in scenarios]
            every = [stretch for plan in plans for stretch in plan]
            _complete(every, jobs, progress)
            told = _told(scenarios[0], outcomes)
            for plan in plans:
                yield told, np.concatenate([_load(stretch.path) for stretch in plan], axis=1)

    return read


def _plan(folder: Path, scenario: Scenario, outcomes: Sequence[Outcome], runs: int, seed: int) -> list[Stretch]:
    from sim.ensemble import BLOCK, source

    told = {
        "scenario": scenario.hash,
        "seed": seed,
        "outcomes": [outcome.key for outcome in outcomes],
        "facts": source.facts_stamp(),
        "code": source.code_stamp(),
        "versions": source.versions(),
    }
    name = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32]
    counts = [(first, min(BLOCK, runs - first)) for first in range(0, runs, BLOCK)]
    return [
        Stretch(folder / name / f"{first}-{count}.npy", scenario, tuple(outcomes), seed, first, count, source.MODEL)
        for first, count in counts
    ]


def _complete(every: Sequence[Stretch], jobs: int, progress: Progress | None) -> None:
    """Make the stretches that are not in store."""
    from sim.ensemble.executors import complete

    missing = [stretch for stretch in every if not stretch.path.exists()]
    for stretch in missing:
        with disk(stretch.path):
            stretch.path.parent.mkdir(parents=True, exist_ok=True)
    done = len(every) - len(missing)
    if progress is not None:
        progress(done, len(every))
    for number, _ in enumerate(complete(_make, missing, jobs, _name), start=done + 1):
        if progress is not None:
            progress(number, len(every))


def _name(stretch: Stretch) -> str:
    return f"{stretch.scenario.name} (runs {stretch.first} to {stretch.first + stretch.count - 1})"


def _make(stretch: Stretch) -> None:
    """Simulate one stretch and store it; it appears under its name only when complete."""
    runs = simulated(stretch.scenario, stretch.count, stretch.seed, first=stretch.first, model=stretch.model)
    values = read_values(runs, stretch.outcomes)[1]
    with disk(stretch.path), replacing(stretch.path) as file:
        np.save(file, values)


def _load(path: Path) -> Values:
    try:
        found: Values = np.load(path)
    except (OSError, ValueError, EOFError) as error:
        raise FaultError(f"{path}: not readable; remove this file and run again") from error
    return found


def _told(scenario: Scenario, outcomes: Sequence[Outcome]) -> Rows:
    """What each row is, without simulating."""
    dates = simulated(scenario, 0, 0).dates
    told: Rows = []
    for outcome in outcomes:
        days = dates(outcome.variable)
        told += _rows(outcome, days[-1:] if outcome.kind == "wait" else days[kept_dates(days)])
    return told


def _rows(outcome: Outcome, dates: NDArray[np.datetime64]) -> Rows:
    return [(outcome, str(day)) for day in dates.astype("datetime64[D]")]
