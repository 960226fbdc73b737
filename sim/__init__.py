"""Alliance: how NATO's policy plays out under different assumptions, as seeded ensembles on real figures.

    from sim import load, run, compare

    scenario = load("baseline", sets=["us.commitment.posture=conditional"])
    result = run(scenario, runs=1000, seed=1)
    result.quantiles("members_at_2pct")
    compare("harris_continuity", "trump_conditional").find("us_commitment", "trump_conditional").last().sentence

Everything heavy is imported when one of these is called, never by ``import sim``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.loading import load
from sim.version import __version__

if TYPE_CHECKING:
    from pathlib import Path

    from sim.analysis import Comparison
    from sim.ensemble import Result
    from sim.scenario import Scenario

__all__ = ["__version__", "compare", "load", "run"]


def run(scenario: Scenario | str | Path, *, runs: int = 1000, seed: int = 1, **options: Any) -> Result:
    """Simulate ``runs`` runs of a scenario (loaded, or as for `load`) and return the result.

    ``options`` are those of `sim.ensemble.run`: ``jobs``, ``out`` (a folder to keep the result in), ``central``,
    ``force``, ``keep_runs``, ``progress``.

    Raises:
        InputError: the scenario or an option is wrong.
        FaultError: the machine failed; finished blocks are kept in ``out``.
    """
    from sim import ensemble
    from sim.scenario import Scenario

    loaded = scenario if isinstance(scenario, Scenario) else load(scenario)
    return ensemble.run(loaded, runs=runs, seed=seed, **options)


def compare(
    *scenarios: Scenario | Result | str | Path, runs: int = 1000, seed: int = 1, jobs: int = 1, **options: Any
) -> Comparison:
    """Compare two to eight scenarios run by run with the first; anything but a finished result is simulated.

    ``options`` are those of `sim.analysis.compare`: ``baseline`` (a place in the list), ``by`` (an outcome that splits
    a single scenario), ``outcomes``, ``all_dates``.

    Raises:
        InputError: a scenario is wrong, or they cannot be compared.
    """
    from sim import analysis
    from sim.ensemble import Result

    made = [one if isinstance(one, Result) else run(one, runs=runs, seed=seed, jobs=jobs) for one in scenarios]
    return analysis.compare(made, **options)
