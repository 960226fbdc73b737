"""Questions to the model: which assumptions matter, where an outcome fails, what it would take."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sim.analysis.sweep.asking import what_it_takes
from sim.analysis.sweep.design import METHODS, Design, Input, Method, design, read_vary
from sim.analysis.sweep.discovery import Box, discover
from sim.analysis.sweep.question import Condition, Target, target
from sim.analysis.sweep.ranking import Ranking, rank, ranking
from sim.analysis.sweep.regret import Regret, regret
from sim.analysis.sweep.samples import Plan, plan, recorded
from sim.analysis.sweep.solving import Solution
from sim.analysis.sweep.sweeps import Progress, Sweep, open_sweep, run
from sim.analysis.sweep.turning import Together, Turn, depends, together
from sim.errors import InputError
from sim.loading import load
from sim.model import catalogue
from sim.scenario.scenario import Scenario


def read(
    scenarios: Sequence[Scenario | str | Path],
    vary: Sequence[str],
    *,
    method: Method = "sobol",
    samples: int = 256,
    outcomes: Sequence[str] = (),
    runs: int = 500,
    seed: int = 1,
    sets: Sequence[str] = (),
) -> Plan:
    """A sweep as the user writes it, read and checked; nothing is simulated.

    Args:
        scenarios: loaded, or as `sim.load` takes them.
        vary: ``KEY=LOW:HIGH[:N]``, ``KEY=A,B,C``, ``KEY@DATE=LOW:HIGH``, ``KEY`` or ``assumptions``.
        method: ``sobol``, ``lhs`` or ``grid``.
        samples: points of the design, for a grid as many as it has.
        outcomes: ``V@DATE``, ``V:ENTITY@DATE``, ``V@DATE..DATE`` or ``P(V@DATE < X)``; by default the headlines.
        runs: of each sample.
        seed: of every draw, and of the design.
        sets: ``KEY=VALUE`` texts set on top of every scenario.

    Raises:
        InputError: something is wrong, of each kind all at once.
    """
    loaded = [each if isinstance(each, Scenario) else load(each, sets) for each in scenarios]
    points = design(read_vary(vary, catalogue(), loaded[0] if loaded else None), method, samples, seed)
    return plan(loaded, points, outcomes, runs=runs, seed=seed)


Source = Scenario | str | Path


def solve(
    scenario: Source,
    lever: str,
    target_text: str,
    *,
    runs: int = 1000,
    seed: int = 1,
    jobs: int = 1,
    cluster: str = "",
    progress: Progress | None = None,
) -> Solution:
    """The smallest lever that reaches a target such as ``P(V@DATE >= X) >= P``.

    ``lever`` is written as for `sweep`; the others are as for `sim.solve`.

    Raises:
        InputError: the lever or the target cannot be read.
    """
    loaded = scenario if isinstance(scenario, Scenario) else load(scenario)
    (entry,) = read_vary([lever], catalogue(), loaded, "--lever")
    if entry.listed:
        raise InputError(f"--lever {lever}: takes one of a list; a lever needs a range, KEY=LOW:HIGH")
    wanted = target(target_text, recorded(loaded))
    return what_it_takes(loaded, entry, wanted, runs=runs, seed=seed, jobs=jobs, cluster=cluster, progress=progress)


__all__ = [
    "METHODS", "Box", "Condition", "Design", "Input", "Method", "Plan", "Ranking", "Regret", "Solution", "Sweep",
    "Target", "Together", "Turn", "depends", "discover", "open_sweep", "plan", "rank", "ranking", "read",
    "recorded", "regret", "run", "solve", "together",
]  # fmt: skip
