"""The same budget back-test by the simulator itself: started at each origin with that origin's estimates.

It shows that what is scored is what runs. Every other parameter is as shipped.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.evidence.aid import started
from sim.evidence.budget_scores import origins
from sim.evidence.budgets import COMMON_FACTOR, HORIZONS, NAMES, PANEL_ROWS, WAR_HAZARD, Posterior, estimate
from sim.evidence.calibration import KEYS, T_SD
from sim.evidence.history import LAST, origin_day, outcomes
from sim.evidence.scores import join, mark
from sim.model import catalogue, simulate
from sim.model.systems.roster import WITH_FORCES
from sim.scenario import Number, fixed, normal
from sim.scenario.values import Value

Array = NDArray[np.float64]
# The current-year estimate was off by so much as far as known in 2023; years before are final figures standing in.
NOISE_2023, BIAS_2023 = 0.13, 0.05


def values(posterior: Posterior) -> dict[str, Value]:
    """The estimates of one origin as scenario values: their means and sds, without their correlations."""
    fixed_values: dict[str, Value] = {}
    rows = dict(zip(NAMES, posterior.draws.coefficients, strict=True)) | posterior.chances()
    for name, draws in rows.items():
        parameter = catalogue().find(KEYS[name])
        low, high = (
            (parameter.domain.low, parameter.domain.high)
            if parameter is not None and isinstance(parameter.domain, Number)
            else (-5.0, 5.0)
        )
        fixed_values[KEYS[name]] = normal(float(draws.mean()), float(draws.std()), low=low, high=high)
    common = COMMON_FACTOR * T_SD * posterior.draws.common_sd
    fixed_values["budgets.common_shock_pp"] = normal(float(common.mean()), float(common.std()), low=0.0)
    for row in PANEL_ROWS:
        own = T_SD * posterior.draws.sigma[row].mean()
        fixed_values[f"budgets.{WITH_FORCES[row]}.own_shock_pp"] = fixed(float(own))
    noisy = posterior.origin >= 2023
    fixed_values["budgets.estimate_noise_pp"] = fixed(NOISE_2023 if noisy else 0.0)
    fixed_values["budgets.estimate_bias_pp"] = fixed(BIAS_2023 if noisy else 0.0)
    fixed_values["war.onset_probability_per_year"] = fixed(WAR_HAZARD[0] / sum(WAR_HAZARD))
    return fixed_values


def forecast_by_model(posterior: Posterior, *, runs: int, seed: int = 1, to: int = LAST["NATO"]) -> Array:
    """Shares ``(members, horizons, runs)`` of the years after the posterior's origin, by the whole simulator.

    At most three years, and none after ``to``.
    """
    last = min(posterior.origin + len(HORIZONS), to)
    scenario = started(origin_day(posterior.origin), date(last, 12, 31), values(posterior))
    shares = np.asarray(simulate(scenario, seed, 0, runs)["defence_share_pct_gdp"], float)
    return np.moveaxis(shares[1:], 0, 1)


def score_whole_model(*, runs: int, seed: int, first: int) -> dict[str, Any]:
    """CRPS and coverage of the simulator's own unconditional forecasts, NATO definition."""
    marks = []
    for origin in origins("NATO", first):
        shares = forecast_by_model(estimate(origin, seed=seed), runs=runs, seed=seed)
        came = outcomes(range(origin + 1, origin + 1 + shares.shape[1]))
        marks += [mark(shares[:, step], came[:, step], origin, step + 1) for step in range(shares.shape[1])]
    whole = join(marks)
    return {"crps": float(whole.crps.mean()), "mae": float(whole.error.mean()), "coverage": whole.coverage()}
