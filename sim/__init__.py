"""Alliance: how NATO's policy plays out under different assumptions, as seeded ensembles on real figures.

>>> from sim import compare, load, run
>>> scenario = load("baseline", sets=["us.commitment.posture=conditional", "end=2025-12-31"])
>>> result = run(scenario, runs=20)
>>> result.quantiles("members_at_2pct").shape
(2, 5)
>>> harris = load("harris_continuity", sets=["end=2025-12-31"])
>>> comparison = compare(harris, result, runs=20, variables=["us_commitment"])
>>> comparison.find("us_commitment", "baseline").last().mean_difference < 0
True

Wrong input raises `InputError`, with every mistake in its ``problems``; a fault of the machine raises `FaultError`.
Both are one line. Everything heavy is imported when one of the functions is called, never by ``import sim``. What is
going on is logged under the name ``alliance``.
"""

from __future__ import annotations

import sys

if sys.argv[:1] == ["-m"] and "sim" in sys.orig_argv:
    if not sys.flags.safe_path:
        sys.path.append(sys.path.pop(0))  # `python -m sim` puts the current folder first: no file there is a module
    from sim import start

    start.listen()

TYPE_CHECKING = False  # as in `typing`, which takes as long to load as all that stands here
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date
    from pathlib import Path
    from typing import Any

    from sim.analysis import Attribution, Comparison
    from sim.analysis.sweep import Method, Solution, Sweep
    from sim.ensemble import Result
    from sim.errors import FaultError, InputError
    from sim.figures import Drawing
    from sim.loading import load
    from sim.scenario import Scenario
    from sim.version import __version__

__all__ = [
    "Attribution",
    "Comparison",
    "Drawing",
    "FaultError",
    "InputError",
    "Result",
    "Scenario",
    "Solution",
    "Sweep",
    "__version__",
    "attribute",
    "compare",
    "draw",
    "load",
    "open_result",
    "open_sweep",
    "run",
    "solve",
    "sweep",
]

_ELSEWHERE = {
    "Attribution": "sim.analysis",
    "Comparison": "sim.analysis",
    "Drawing": "sim.figures",
    "FaultError": "sim.errors",
    "InputError": "sim.errors",
    "Result": "sim.ensemble",
    "Scenario": "sim.scenario",
    "Solution": "sim.analysis.sweep",
    "Sweep": "sim.analysis.sweep",
    "__version__": "sim.version",
    "load": "sim.loading",
}


def __getattr__(name: str) -> Any:
    """What stands in other modules, imported when it is named."""
    if name in _ELSEWHERE:
        import importlib

        return getattr(importlib.import_module(_ELSEWHERE[name]), name)
    raise AttributeError(f"module 'sim' has no attribute {name!r}")


def run(
    scenario: Scenario | str | Path,
    *,
    runs: int = 1000,
    seed: int = 1,
    sets: Sequence[str] = (),
    jobs: int = 1,
    out: str | Path | None = None,
    central: bool = False,
    force: bool = False,
    keep_runs: bool | None = None,
    keep_draws: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Result:
    """Simulate ``runs`` runs of a scenario and return the result.

    >>> run("baseline", runs=20, sets=["end=2025-06-30"])
    Result('baseline', 20 runs, seed 1)

    Args:
        scenario: loaded, or a path or name as for `load`.
        runs: number of runs; run ``i`` is the same run in every ensemble of this seed.
        seed: seed of every draw.
        sets: ``KEY=VALUE`` texts set on top of the file; only where ``scenario`` is not loaded yet.
        jobs: worker processes. The numbers do not depend on it, and a script needs no main guard.
        out: folder to keep the result in; without one it lives as long as the returned object.
        central: every parameter at its median; shocks and elections vary.
        force: replace a result of other inputs in ``out``.
        keep_runs: store the values of every run; by default up to 10,000 runs.
        keep_draws: store what every run drew; `Result.draws` reads it.
        progress: called with the runs done and the runs in all, after every block.

    Raises:
        InputError: the scenario or an option is wrong.
        FaultError: the machine failed; finished blocks are kept in ``out``.
    """
    from sim import ensemble
    from sim.loading import load
    from sim.scenario import Scenario

    loaded = scenario if isinstance(scenario, Scenario) else load(scenario, sets)
    return ensemble.run(
        loaded,
        runs=runs,
        seed=seed,
        jobs=jobs,
        out=out,
        central=central,
        force=force,
        keep_runs=keep_runs,
        keep_draws=keep_draws,
        progress=progress,
    )


def compare(
    *scenarios: Scenario | Result | str | Path,
    by: str | None = None,
    baseline: str | int | None = None,
    variables: Sequence[str] = (),
    at: Sequence[date | str] = (),
    runs: int = 1000,
    seed: int = 1,
    sets: Sequence[str] = (),
    jobs: int = 1,
    out: str | Path | None = None,
    force: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Comparison:
    """Compare two to eight scenarios run by run with the first; anything but a finished result is simulated.

    >>> compare("baseline", "congress_gap", runs=20, sets=["end=2025-06-30"])
    Comparison(congress_gap against baseline, 20 runs)

    Args:
        scenarios: scenarios, loaded or named as for `load`, and results, open or the folders they lie in.
        by: split a single scenario by an outcome, such as ``us.president``.
        baseline: name or index of the scenario with which the others are compared; the first by default.
        variables: outcomes to compare, ``variable`` or ``variable:ENTITY``; the headline outcomes by default.
        at: days that tables show beside the year ends, dates or texts such as ``2025-06-30``.
        runs: number of runs of each scenario that is simulated.
        seed: seed of every draw in them.
        sets: ``KEY=VALUE`` texts set on top of every scenario that is not loaded yet.
        jobs: worker processes.
        out: folder to keep the results in, each under the name of its scenario.
        force: replace results of other inputs in ``out``.
        progress: called with the runs done and the runs in all.

    Raises:
        InputError: a scenario, result or option is wrong, or they cannot be compared.
        FaultError: the machine failed; finished blocks are kept in ``out``.
    """
    from pathlib import Path

    from sim.analysis import ask

    asked = ask(scenarios, by=by, baseline=baseline, variables=variables, at=at, runs=runs, seed=seed, sets=sets)
    return asked.comparison(Path(out) if out else None, jobs=jobs, force=force, progress=progress)


def attribute(
    a: Scenario | Result | str | Path,
    b: Scenario | Result | str | Path,
    *,
    variables: Sequence[str] = (),
    runs: int = 1000,
    seed: int = 1,
    sets: Sequence[str] = (),
    orders: int = 16,
    jobs: int = 1,
    out: str | Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Attribution:
    """Say why scenario ``b`` differs from ``a``: the difference shared out over the groups of changed inputs.

    >>> why = attribute("baseline", "congress_gap", variables=["us_commitment"], runs=20, sets=["end=2025-06-30"])
    >>> [part.group for part in why.find("us_commitment").parts]
    ['event: No supplemental law in 2025']

    Args:
        a: a scenario, loaded or named as for `load`, or a result, of which the scenario is taken.
        b: another one.
        variables: outcomes to attribute, ``variable`` or ``variable:ENTITY``; the headline outcomes by default.
        runs: number of runs of each combination of groups.
        seed: seed of every draw.
        sets: ``KEY=VALUE`` texts set on top of both scenarios that are not loaded yet.
        orders: orders of the groups sampled where there are more than six.
        jobs: worker processes.
        out: folder to keep the values of each combination in, so that they are not simulated again.
        progress: called with the blocks of combinations done and in all.

    Raises:
        InputError: a scenario or option is wrong, or the scenarios do not differ.
        FaultError: the machine failed; what was finished is kept in ``out``.
    """
    from pathlib import Path

    from sim.analysis import ask

    asked = ask([a, b], variables=variables, runs=runs, seed=seed, sets=sets)
    return asked.attribution(Path(out) if out else None, orders=orders, jobs=jobs, progress=progress)


def open_result(folder: str | Path) -> Result:
    """Open the finished result in ``folder``.

    Raises:
        InputError: there is none, it is unfinished, damaged or of another version; the message says which.
    """
    from sim import ensemble

    return ensemble.open_result(folder)


def draw(source: Result | Comparison, figure: str = "overview", *, size: str = "page") -> Drawing:
    """Draw one figure of a result or comparison; a notebook shows what is returned.

    >>> drawing = draw(run("baseline", runs=20, sets=["end=2025-06-30"]), "us_commitment")
    >>> drawing.title
    'U.S. commitment, posture and troops in Europe'

    Args:
        source: what is drawn.
        figure: a figure's name such as ``overview`` or ``front``, a variable, or ``variable:ENTITY``.
        size: ``page`` (16 cm wide) or ``slide`` (16:9).

    Raises:
        InputError: there is no such figure, variable, entity or size.
    """
    from sim import figures

    return figures.draw(source, figure, size)


def sweep(
    scenario: str | Path | Scenario | Sequence[str | Path | Scenario],
    vary: Sequence[str],
    *,
    method: Method = "sobol",
    samples: int = 256,
    outcomes: Sequence[str] = (),
    runs: int = 500,
    seed: int = 1,
    sets: Sequence[str] = (),
    jobs: int = 1,
    cluster: str = "",
    out: str | Path | None = None,
    force: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Sweep:
    """Simulate one or several scenarios at many values of what ``vary`` names, all on the same streams.

    >>> few = sweep("baseline", ["us.commitment.level_conditional=0.2:0.5"], samples=4, runs=16,
    ...     outcomes=["us_commitment@2025"])
    >>> few.to_frame().shape
    (4, 4)

    Args:
        scenario: loaded, or a path or name as for `load`; or several.
        vary: ``KEY=LOW:HIGH[:N]``, ``KEY=A,B,C``, ``KEY@DATE=LOW:HIGH``, ``KEY`` (its declared range), or
            ``assumptions`` for everything data do not identify.
        method: ``sobol``, ``lhs`` or ``grid``.
        samples: points of the design; a grid has as many as it has.
        outcomes: ``V@DATE``, ``V:ENTITY@DATE``, ``V@DATE..DATE`` or ``P(V@DATE < X)``; the headlines by default.
        runs: number of runs of each sample.
        seed: seed of every draw, and of the design.
        sets: ``KEY=VALUE`` texts set on top of every scenario that is not loaded yet.
        jobs: worker processes.
        cluster: address of a dask scheduler, instead of processes here.
        out: folder to keep it in.
        force: replace a sweep of other inputs in ``out``.
        progress: called with the samples done and the samples in all.

    Returns:
        The sweep, with ``to_frame()``, ``sensitivity()`` and ``discover("V@DATE < X")``.

    Raises:
        InputError: something is wrong with what is asked.
        FaultError: the machine failed; finished samples are kept in ``out``.
    """
    from pathlib import Path

    from sim.analysis import sweep as room
    from sim.scenario import Scenario

    several = [scenario] if isinstance(scenario, Scenario | str | Path) else scenario
    asked = room.read(several, vary, method=method, samples=samples, outcomes=outcomes, runs=runs, seed=seed, sets=sets)
    return room.run(asked, jobs=jobs, cluster=cluster, out=Path(out) if out else None, force=force, progress=progress)


def open_sweep(folder: str | Path) -> Sweep:
    """The finished sweep in ``folder``.

    Raises:
        InputError: there is none, it is unfinished, or a file is damaged.
    """
    from sim.analysis import sweep as room

    return room.open_sweep(folder)


def solve(
    scenario: Scenario | str | Path,
    lever: str,
    target: str,
    *,
    runs: int = 1000,
    seed: int = 1,
    jobs: int = 1,
    cluster: str = "",
    progress: Callable[[int, int], None] | None = None,
) -> Solution:
    """The smallest lever with which a scenario reaches a target, on the same streams at every value tried.

    Args:
        scenario: loaded, or a path or name as for `load`.
        lever: ``KEY=LOW:HIGH``, or ``KEY`` for its declared range.
        target: such as ``P(members_at_2pct@2029 >= 28) >= 0.5``.
        runs: number of runs at each value.
        seed: seed of every draw.
        jobs: worker processes.
        cluster: address of a dask scheduler, instead of processes here.
        progress: called with the values tried and the values usually needed.

    Returns:
        The value with its 95% interval and the curve; ``sentence()`` says it, also where the lever cannot reach it.

    Raises:
        InputError: the lever or the target cannot be read.
    """
    from sim.analysis import sweep as room

    return room.solve(scenario, lever, target, runs=runs, seed=seed, jobs=jobs, cluster=cluster, progress=progress)
