"""The ensembles behind an attribution: simulated once each, kept in a folder, shared out over processes."""

from __future__ import annotations

import multiprocessing
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.ensemble import Result
    from sim.scenario.scenario import Scenario

Progress = Callable[[int, int], None]


def cached_ensembles(
    runs: int, seed: int, jobs: int, cache: Path | None, progress: Progress | None
) -> Callable[[Sequence[Scenario]], Iterator[Result]]:
    """A function from scenarios to their ensembles, in order.

    An ensemble lies in ``cache`` under a hash of everything its numbers depend on, and is reused when asked for again.
    Without ``cache`` a folder is made and removed.
    """

    def ensembles(scenarios: Sequence[Scenario]) -> Iterator[Result]:
        from sim.ensemble import open_result

        with ExitStack() as stack:
            folder = cache or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="alliance-")))
            paths = [folder / _name(scenario, runs, seed) for scenario in scenarios]
            work = list(dict(zip(paths, scenarios, strict=True)).items())
            for done, _ in enumerate(_made(work, runs, seed, jobs, stack), start=1):
                if progress is not None:
                    progress(done, len(work))
            for path in paths:
                yield open_result(path)

    return ensembles


def _name(scenario: Scenario, runs: int, seed: int) -> str:
    from sim.ensemble import manifest

    return manifest.digest(manifest.inputs(scenario, runs=runs, seed=seed, central=False, keep_runs=True))[:24]


def _made(work: Sequence[tuple[Path, Scenario]], runs: int, seed: int, jobs: int, stack: ExitStack) -> Iterator[Path]:
    """Make what is missing; the path of each ensemble as it is done."""
    if jobs <= 1 or len(work) < 2:
        for path, scenario in work:
            yield _make(path, scenario, runs, seed)
        return
    context = multiprocessing.get_context("spawn")
    pool = stack.enter_context(ProcessPoolExecutor(min(jobs, len(work)), mp_context=context))
    paths, scenarios = zip(*work, strict=True)
    yield from pool.map(_make, paths, scenarios, [runs] * len(work), [seed] * len(work))


def _make(path: Path, scenario: Scenario, runs: int, seed: int) -> Path:
    from sim import ensemble

    return ensemble.run(scenario, runs=runs, seed=seed, jobs=1, out=path, keep_runs=True).path
