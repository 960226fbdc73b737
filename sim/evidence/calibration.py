"""Estimates every block that has a likelihood from what was known on a day, and says what stays an assumption."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from sim import __version__, facts
from sim.errors import InputError
from sim.evidence import aid, budgets, front, rates
from sim.evidence.luck import Luck
from sim.evidence.posterior import JointDraws
from sim.evidence.regression import DEGREES
from sim.model import catalogue
from sim.model.budget_parameters import COEFFICIENT_KEYS, WITH_FORCES
from sim.scenario import Number, Parameter

Array = NDArray[np.float64]
UNTIL = date(2025, 1, 2)  # all facts of 2024 are in, none later
CHAINS, THIN = 4, 5
FIRST_DAY = date(2016, 10, 1)
T_SD = float(np.sqrt(DEGREES / (DEGREES - 2)))  # sd of t with these degrees; the model's shocks have unit sd
KEYS = {
    **{name: key for name, key in COEFFICIENT_KEYS.items() if name in budgets.NAMES},
    "plan_kept": "budgets.plan_kept",
    "reversal": "budgets.reversal_probability",
}
_FRONT_KEYS = {
    "persistence": "war.front_persistence",
    "gain_per_effort": "war.gain_per_effort_km2",
    "break_even": "war.break_even_thousand",
    "noise": "war.front_noise_km2",
    "effort_kept": "war.effort_persistence",
    "effort_noise": "war.effort_noise_log",
    "collapse_rate": "war.collapse_per_month",
}


@dataclass(frozen=True, slots=True)
class Estimate:
    """One parameter: prior and posterior mean and sd, in the unit of its key. ``shipped``: the model's own default."""

    key: str
    block: str
    prior: tuple[float, float] | None
    mean: float
    sd: float
    shipped: str


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was estimated, with how many observations, how well the chains mixed, and what was left alone."""

    until: date
    draws: JointDraws
    estimates: tuple[Estimate, ...]
    observations: Mapping[str, int]
    worst_r_hat: float
    smallest_sample: float
    skipped: tuple[str, ...]
    assumptions: tuple[str, ...]


def calibrate(until: date = UNTIL, *, draws: int = 1000, seed: int = 1) -> Calibration:
    """Estimates with what was known on ``until``. Deterministic; a few seconds.

    Blocks whose data begin later are skipped and named. InputError if ``until`` is before the panel begins.
    """
    if until < FIRST_DAY:
        raise InputError(f"until {until} is before the data begin; the first day that can be used is {FIRST_DAY}")
    columns: dict[str, Array] = {}
    priors: dict[str, tuple[float, float]] = {}
    blocks: dict[str, str] = {}
    observations: dict[str, int] = {}
    skipped: list[str] = []
    chains = _budget_chains(until, draws, seed)
    found = _budget_columns(chains)
    columns |= found
    blocks |= dict.fromkeys(found, "budgets")
    priors |= {KEYS[name]: budgets.PRIORS[name] for name in budgets.NAMES}
    observations["budgets"] = budgets.panel(_origin(until), day=until).y.size
    r_hat, size = mixing(np.stack([chain.draws.coefficients for chain in chains], axis=1))
    for block, estimate in (("front", _front_columns), ("supplementals", _law_columns), ("aid", _aid_columns)):
        try:
            found, count = estimate(until, draws, seed)
        except InputError as reason:
            skipped.append(f"{block}: {reason}")
            continue
        columns |= found
        blocks |= dict.fromkeys(found, block)
        observations[block] = count
    keys = tuple(columns)
    joint = JointDraws(
        keys, np.column_stack(list(columns.values())).astype(np.float32), until, seed, __version__, facts.stamp()
    )
    estimates = tuple(_estimate(key, blocks[key], priors.get(key), columns[key]) for key in keys)
    return Calibration(
        until, joint, estimates, observations, float(r_hat.max()), float(size.min()), tuple(skipped), assumptions()
    )


def assumptions() -> tuple[str, ...]:
    """Keys that no data to 2024 identify: they keep their range and are never tuned."""
    return tuple(parameter.key for parameter in catalogue() if parameter.depends_on)


def _origin(until: date) -> int:
    return max(max(years) for years in facts.defence_shares(until).values())


def _budget_chains(until: date, draws: int, seed: int) -> list[budgets.Posterior]:
    share = -(-draws // CHAINS)
    return [
        budgets.estimate(_origin(until), draws=share, seed=CHAINS * seed + chain, day=until, thin=THIN)
        for chain in range(CHAINS)
    ]


def _budget_columns(chains: list[budgets.Posterior]) -> dict[str, Array]:
    def joined(pick: str) -> Array:
        return np.concatenate([getattr(chain.draws, pick) for chain in chains], axis=-1)

    coefficients = joined("coefficients")
    columns = {KEYS[name]: coefficients[row] for row, name in enumerate(budgets.NAMES)}
    for name in ("plan_kept", "reversal"):
        columns[KEYS[name]] = np.concatenate([chain.chances()[name] for chain in chains])
    columns["budgets.common_shock_pp"] = budgets.COMMON_FACTOR * T_SD * joined("common_sd")
    sigma = joined("sigma")
    for row in budgets.PANEL_ROWS:
        columns[f"budgets.{WITH_FORCES[row]}.own_shock_pp"] = T_SD * sigma[row]
    return columns


def _front_columns(until: date, draws: int, seed: int) -> tuple[dict[str, Array], int]:
    posterior = front.estimate_front(until, draws=draws, seed=seed)
    return {key: getattr(posterior, name) for name, key in _FRONT_KEYS.items()}, len(posterior.history.months)


def _law_columns(until: date, draws: int, seed: int) -> tuple[dict[str, Array], int]:
    found = rates.law_rates(until)
    luck = Luck(seed, f"laws:{until}")
    names = {"democratic_house": "Democratic House", "split": "split"}
    used = {key: found[name] for key, name in names.items() if found[name].years > 0}
    if not used:
        raise InputError(f"no supplemental could be signed by {until}: the invasion came later")
    columns = {
        f"us.aid.laws_{key}_per_year": _gamma(rate.shape, rate.years, luck.uniform(key, draws)) for key, rate in used.items()
    }
    return columns, sum(rate.events for rate in used.values())


def _aid_columns(until: date, draws: int, seed: int) -> tuple[dict[str, Array], int]:
    given = {key: value for key, value in aid.values(until).items() if key.startswith("aid.")}
    luck = Luck(seed, f"aid:{until}")
    columns = {key: np.asarray(value.ppf(luck.uniform(key, draws)), float) for key, value in given.items()}  # type: ignore[union-attr]
    return columns, aid.flows(until)["USA"].allocated.size


def _gamma(shape: float, rate: float, quantile: Array) -> Array:
    from scipy.special import gammaincinv

    drawn: Array = gammaincinv(shape, quantile) / rate
    return drawn


def _estimate(key: str, block: str, prior: tuple[float, float] | None, draws: Array) -> Estimate:
    parameter = catalogue().find(key)
    return Estimate(key, block, prior, float(draws.mean()), float(draws.std()), _shipped(parameter))


def _shipped(parameter: Parameter | None) -> str:
    if parameter is None:
        return "no such key"
    return parameter.prior_text if isinstance(parameter.domain, Number) else ""


def mixing(chains: Array) -> tuple[Array, Array]:
    """Split R-hat and effective sample size of each parameter: ``chains`` (parameters, chains, draws)."""
    half = chains.shape[2] // 2
    parts = np.concatenate([chains[..., :half], chains[..., half : 2 * half]], axis=1)
    within = parts.var(axis=2, ddof=1).mean(1)
    between = half * parts.mean(2).var(axis=1, ddof=1)
    r_hat = np.sqrt(((half - 1) / half * within + between / half) / within)
    centred = parts - parts.mean(axis=2, keepdims=True)
    power = np.abs(np.fft.rfft(centred, 2 * half, axis=2)) ** 2
    auto = np.fft.irfft(power, axis=2)[..., :half].mean(1)
    rho = auto / auto[:, :1]
    size = np.array([parts.shape[1] * half / (1 + 2 * _initial_sum(row)) for row in rho])
    return r_hat, size


def _initial_sum(rho: Array) -> float:
    """Sum of autocorrelations up to the first pair whose sum is not positive (Geyer)."""
    total = 0.0
    for lag in range(1, rho.size - 1, 2):
        pair = rho[lag] + rho[lag + 1]
        if pair <= 0:
            break
        total += pair
    return float(total)
