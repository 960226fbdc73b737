"""The two shipped histories as the replication table reads them, and the form of its rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.evidence.history import outcomes
from sim.facts.tables import per_folder
from sim.loading import load
from sim.model import simulate

Array = NDArray[np.float64]
RUNS, SEED = 1000, 1


@dataclass(frozen=True, slots=True)
class Row:
    """One line: the result, its target and tolerance in words, the model's figure, whether it is met, and a remark.

    ``simulated``: False where no run is behind the figure, only the facts or the literature page.
    ``scored``: False where the start could not see the figure, so that meeting it is reported and counts for nothing.
    ``in_sample``: True where the strengths behind the figure were set on its target; counted apart.
    ``reproduced``: the target computed again from the facts, or empty where it is not a figure of the facts.
    """

    number: str
    result: str
    target: str
    tolerance: str
    reproduced: str
    model: str
    passed: bool
    remark: str
    simulated: bool = True
    scored: bool = True
    in_sample: bool = False


@per_folder
def run(name: str) -> dict[str, NDArray[np.float32]]:
    """One thousand runs of a shipped history."""
    return simulate(load(name), SEED, 0, RUNS)


@per_folder
def actual() -> Array:
    """Shares 2014 to 2024, ``(members, 11)``, NATO, June 2024."""
    return outcomes(range(2014, 2025))


def shares(name: str) -> Array:
    """Simulated shares of a history with the year before its first put in front, ``(years, members, runs)``.

    For ``history_2014`` that is 2014 itself, which stands at the start; for ``history_2022`` it is 2021.
    """
    simulated = np.asarray(run(name)["defence_share_pct_gdp"], float)
    if name == "history_2014":
        return simulated
    known = np.repeat(actual()[None, :, 2021 - 2014, None], simulated.shape[-1], 2)
    return np.concatenate([known, simulated])
