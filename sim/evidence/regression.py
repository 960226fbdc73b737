"""Linear regression with Student-t errors, pooled scales and a common shock of each period, by Gibbs sampling.

y_k = x_k'b + mu_t(k) + scale_k sigma_i(k) e_k,  e ~ t_nu,  mu_t ~ N(0, tau2),  sigma_i^2 ~ IG(a, a s0^2)
with normal priors on b. The t errors are a scale mixture of normals, so every conditional is standard.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.evidence.luck import Luck

Array = NDArray[np.float64]
Index = NDArray[np.intp]
DEGREES = 4.0  # of the errors: the panel's excess kurtosis is that of t with 4 to 5
POOLING = 2.5  # shape of the prior of sigma_i^2: as good as five observations
COMMON_SHAPE = 3.0


@dataclass(frozen=True, slots=True)
class Panel:
    """Observations: ``x`` (n, k), ``y`` (n,), ``unit`` and ``period`` index arrays, ``scale`` (n,) of each error."""

    x: Array
    y: Array
    unit: Index
    period: Index
    scale: Array


@dataclass(frozen=True, slots=True)
class Draws:
    """Posterior draws: ``coefficients`` (k, draws), ``sigma`` (units, draws), the other two (draws,)."""

    coefficients: Array
    common_sd: Array
    sigma: Array
    typical: Array


@dataclass(frozen=True, slots=True)
class Prior:
    """Normal priors of the coefficients and typical sizes of the common shock and of a unit's error."""

    mean: Array
    sd: Array
    common_sd: float = 0.05
    sigma: float = 0.1


def sample(
    panel: Panel, prior: Prior, units: int, draws: int, luck: Luck, *, warmup: int = 300, thin: int = 1
) -> Draws:
    """Draws from the posterior, one chain, every ``thin``-th kept. ``units`` counts units, also those without
    observations.

    ``luck`` decides everything: the same panel, prior and luck give the same draws.
    """
    steps = warmup + draws * thin
    chain = _Chain(panel, prior, units, luck, steps)
    kept = [chain.step(number) for number in range(steps)][warmup::thin]
    coefficients, common, sigma, typical = zip(*kept, strict=True)
    return Draws(np.array(coefficients).T, np.array(common), np.array(sigma).T, np.array(typical))


class _Chain:
    def __init__(self, panel: Panel, prior: Prior, units: int, luck: Luck, steps: int) -> None:
        from scipy.special import gammaincinv

        self.panel, self.prior = panel, prior
        count, width = panel.x.shape
        self.periods = int(panel.period.max()) + 1
        self.of_unit = np.bincount(panel.unit, minlength=units)
        self.used = self.of_unit > 0
        self.normal = luck.normal("normal", steps, width + self.periods)
        # Gamma draws by inverse: their shapes do not change along the chain, only their rates.
        self.weight = gammaincinv((DEGREES + 1) / 2, luck.uniform("weight", steps, count))
        self.unit = gammaincinv(POOLING + self.of_unit / 2, luck.uniform("unit", steps, units))
        self.common = gammaincinv(COMMON_SHAPE + self.periods / 2, luck.uniform("common", steps))
        self.pool = gammaincinv(POOLING * self.used.sum() + 4, luck.uniform("pool", steps))
        self.precision = np.diag(prior.sd**-2.0)
        self.mu, self.tau2 = np.zeros(self.periods), prior.common_sd**2
        self.w, self.s2, self.s02 = np.ones(count), np.full(units, prior.sigma**2), prior.sigma**2

    def step(self, number: int) -> tuple[Array, float, Array, float]:
        panel, prior, width = self.panel, self.prior, self.panel.x.shape[1]
        variance = self.s2[panel.unit] * panel.scale**2 / self.w
        weighted = panel.x / variance[:, None]
        precision = self.precision + weighted.T @ panel.x
        pull = self.precision @ prior.mean + weighted.T @ (panel.y - self.mu[panel.period])
        noise = np.linalg.solve(np.linalg.cholesky(precision).T, self.normal[number, :width])
        b = np.asarray(np.linalg.solve(precision, pull) + noise, float)
        rest = panel.y - panel.x @ b
        hold = np.bincount(panel.period, 1 / variance, self.periods) + 1 / self.tau2
        centre = np.bincount(panel.period, rest / variance, self.periods) / hold
        self.mu = centre + self.normal[number, width:] / np.sqrt(hold)
        self.tau2 = (COMMON_SHAPE * prior.common_sd**2 + 0.5 * (self.mu**2).sum()) / self.common[number]
        error = (rest - self.mu[panel.period]) / panel.scale
        self.w = self.weight[number] / ((DEGREES + error**2 / self.s2[panel.unit]) / 2)
        squares = np.bincount(panel.unit, self.w * error**2, self.s2.size)
        self.s2 = (POOLING * self.s02 + 0.5 * squares) / self.unit[number]
        self.s02 = self.pool[number] / ((POOLING / self.s2[self.used]).sum() + 4 / prior.sigma**2)
        sigma: Array = np.sqrt(self.s2)
        return b, float(np.sqrt(self.tau2)), sigma, float(np.sqrt(self.s02))
