"""Prior-predictive and posterior-predictive checks of the budget block: could the equation have made the panel?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.evidence.budgets import NAMES, estimate, from_priors, panel
from sim.evidence.luck import Luck
from sim.evidence.regression import DEGREES, Draws, Panel

Array = NDArray[np.float64]
BEFORE, AFTER = (0, 7), (7, 10)  # years of the panel counted from 2015: to 2021, and 2022-24


@dataclass(frozen=True, slots=True)
class Check:
    """One figure of the panel: as it was, and the 5%, 50%, 95% points before and after the data were seen."""

    name: str
    actual: float
    prior: tuple[float, float, float]
    posterior: tuple[float, float, float]

    @property
    def inside(self) -> bool:
        """Whether the figure lies in the posterior-predictive 90%."""
        return self.posterior[0] <= self.actual <= self.posterior[2]


def predictive_checks(origin: int = 2024, *, draws: int = 1000, seed: int = 1) -> tuple[Check, ...]:
    """Replicated panels under prior and posterior against the panel seen at ``origin``."""
    seen = panel(origin)
    luck = Luck(seed, f"predictive:{origin}")
    before = _replicas(seen, from_priors(draws, luck), luck)
    after = _replicas(seen, estimate(origin, draws=draws, seed=seed).draws, luck)
    checks = []
    for name, figure in _figures(seen).items():
        points = [tuple(float(x) for x in np.quantile(figure(panels), [0.05, 0.5, 0.95])) for panels in (before, after)]
        checks.append(Check(name, float(figure(seen.y[:, None])[0]), points[0], points[1]))  # type: ignore[arg-type]
    return tuple(checks)


def _figures(seen: Panel) -> dict[str, Callable[[Array], Array]]:
    early = (seen.period >= BEFORE[0]) & (seen.period < BEFORE[1])
    late = (seen.period >= AFTER[0]) & (seen.period < AFTER[1])
    exposed = seen.x[:, NAMES.index("exposure")]

    def slope(y: Array) -> Array:
        x = exposed[late] - exposed[late].mean()
        value: Array = x @ y[late] / (x @ x)
        return value

    return {
        "mean change 2015-21": lambda y: y[early].mean(0),
        "mean change 2022-24": lambda y: y[late].mean(0),
        "spread of changes 2015-21 (middle 80%)": lambda y: np.ptp(np.quantile(y[early], [0.1, 0.9], axis=0), axis=0),
        "spread of changes 2022-24 (middle 80%)": lambda y: np.ptp(np.quantile(y[late], [0.1, 0.9], axis=0), axis=0),
        "share of changes above 0.5 points": lambda y: (np.abs(y) > 0.5).mean(0),
        "slope of changes on exposure 2022-24": slope,
    }


def _replicas(seen: Panel, draws: Draws, luck: Luck) -> Array:
    """Panels the draws could have made, ``(observations, draws)``."""
    count = draws.common_sd.size
    common = draws.common_sd * luck.normal(f"common:{count}", int(seen.period.max()) + 1, count)
    own = draws.sigma[seen.unit] * seen.scale[:, None] * luck.student(f"own:{count}", DEGREES, seen.y.size, count)
    changes: Array = seen.x @ draws.coefficients + common[seen.period] + own
    return changes
