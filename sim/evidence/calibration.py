"""Estimates every block that has a likelihood from what was known on a day, and says what stays an assumption.

The joint draws go to ``sim/facts/posterior.npz``: a run takes one row of it for all keys that no scenario sets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim import facts
from sim.errors import InputError
from sim.evidence import aid, budgets, front, rates
from sim.evidence.luck import Luck
from sim.evidence.regression import DEGREES
from sim.facts.tables import stamp_until
from sim.model import catalogue
from sim.model.systems.budgets.parameters import COEFFICIENT_KEYS
from sim.model.systems.roster import WITH_FORCES
from sim.scenario import Number, Parameter
from sim.version import __version__

Array = NDArray[np.float64]
UNTIL = date(2024, 10, 1)  # the start of the shipped scenarios: they may not know more
CHAINS, THIN = 4, 5
FIRST_DAY = date(2014, 1, 1)  # the first start
IDENTIFIED = date(2016, 10, 1)  # the panel begins; up to here nothing can be identified
LAST_DAY = facts.FACTS_END
VINTAGES = {
    FIRST_DAY: "posterior_2014.npz",
    date(2022, 1, 1): "posterior_2022.npz",
    UNTIL: "posterior.npz",
    date(2026, 10, 1): "posterior_2026.npz",
}
"""Days whose draws ship, and their files. The first are draws from the priors."""
REVISIONS_KNOWN = date(2024, 6, 17)
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
    """What was estimated, with how many observations, how well the chains mixed, and what was left alone.

    ``convergence``: split R-hat and effective sample size of every parameter that is drawn in chains, by key. The
    other blocks are drawn independently and need none.
    """

    until: date
    draws: facts.Posterior
    estimates: tuple[Estimate, ...]
    observations: Mapping[str, int]
    convergence: Mapping[str, tuple[float, float]]
    skipped: tuple[str, ...]
    assumptions: tuple[str, ...]

    @property
    def worst_r_hat(self) -> float:
        """The largest R-hat; not a number where nothing was drawn in chains."""
        return max((r_hat for r_hat, _ in self.convergence.values()), default=float("nan"))

    @property
    def smallest_sample(self) -> float:
        """The smallest effective sample size; not a number where nothing was drawn in chains."""
        return min((size for _, size in self.convergence.values()), default=float("nan"))


def priors() -> dict[str, tuple[float, float]]:
    """Mean and sd of the priors that the estimates began from, by key; blocks without one that is told are missing."""
    known = {KEYS[name]: budgets.PRIORS[name] for name in budgets.NAMES}
    known |= {_FRONT_KEYS[name]: front.PRIORS[name] for name in ("persistence", "gain_per_effort", "break_even")}
    median, spread = front.PRIORS["noise"]
    mean = median * np.exp(spread**2 / 2)
    return known | {_FRONT_KEYS["noise"]: (float(mean), float(mean * np.sqrt(np.expm1(spread**2))))}


def calibrate(until: date = UNTIL, *, draws: int = 1000, seed: int = 1) -> Calibration:
    """Estimates with what was known on ``until``. Deterministic; a few seconds.

    Blocks whose data begin later are skipped and named. Before 1 October 2016 nothing can be identified and the draws
    are those of the priors. InputError if ``until`` is before the first start or after the facts end.
    """
    if draws < CHAINS or draws % CHAINS:
        near = max(CHAINS, round(draws / CHAINS) * CHAINS)
        raise InputError(f"{draws} draws cannot be shared by {CHAINS} chains; ask for {near}")
    if until > LAST_DAY:
        raise InputError(f"until {until} is after the last day in the facts, {LAST_DAY}")
    if until < FIRST_DAY:
        raise InputError(f"until {until} is before the data begin; the first day that can be used is {FIRST_DAY}")
    columns: dict[str, Array] = {}
    blocks: dict[str, str] = {}
    observations: dict[str, int] = {}
    skipped: list[str] = []
    if until < IDENTIFIED:
        return _from_priors(until, draws, seed)
    chains = _budget_chains(until, draws, seed)
    drawn = _budget_columns(chains)
    columns |= drawn
    blocks |= dict.fromkeys(drawn, "budgets")
    observations["budgets"] = budgets.panel(_origin(until), day=until).y.size
    r_hat, size = mixing(np.stack([chain.draws.coefficients for chain in chains], axis=1))
    for block, estimate in (
        ("estimates", _revision_columns),
        ("front", _front_columns),
        ("supplementals", _law_columns),
        ("aid", _aid_columns),
    ):
        try:
            drawn, count = estimate(until, draws, seed)
        except InputError as reason:
            skipped.append(f"{block}: {reason}")
            continue
        columns |= drawn
        blocks |= dict.fromkeys(drawn, block)
        observations[block] = count
    mixed = {KEYS[name]: (float(r_hat[row]), float(size[row])) for row, name in enumerate(budgets.NAMES)}
    return _made(until, seed, columns, blocks, observations, mixed, tuple(skipped))


def _from_priors(until: date, draws: int, seed: int) -> Calibration:
    """Draws from the priors of the blocks of budgets and of the front, where the data of the day identify nothing."""
    luck = Luck(seed, f"priors:{until}")
    own = _budget_columns([budgets.Posterior("NATO", until.year, budgets.from_priors(draws, luck))])
    war = {_FRONT_KEYS[name]: values for name, values in front.from_priors(draws, luck).items()}
    blocks = dict.fromkeys(own, "budgets") | dict.fromkeys(war, "front")
    reason = f"all blocks: nothing can be identified before {IDENTIFIED}; these are draws from the priors"
    return _made(until, seed, own | war, blocks, {}, {}, (reason,))


def _made(
    until: date,
    seed: int,
    columns: Mapping[str, Array],
    blocks: Mapping[str, str],
    observations: Mapping[str, int],
    mixed: Mapping[str, tuple[float, float]],
    skipped: tuple[str, ...],
) -> Calibration:
    open_ended = set(assumptions())
    keys = tuple(key for key in columns if key not in open_ended)
    provenance = {
        "version": __version__,
        "until": until.isoformat(),
        "seed": seed,
        "tables": stamp_until(until),
        "blocks": dict(observations),
    }
    joint = facts.Posterior(
        keys, np.column_stack([_inside(key, columns[key]) for key in keys]).astype(np.float32), provenance
    )
    known = priors()
    estimates = tuple(_estimate(key, blocks[key], known.get(key), columns[key]) for key in keys)
    return Calibration(until, joint, estimates, observations, mixed, skipped, assumptions())


def write(calibration: Calibration, path: Path | None = None, *, replace: bool = True) -> Path:
    """Stores the joint draws, by default where runs look for them: with the reader's own tables where there are such.

    The same draws give the same bytes.
    """
    target = path or (facts.own_folder() or Path(str(files("sim.facts")))) / VINTAGES.get(
        calibration.until, "posterior.npz"
    )
    facts.write_posterior(target, calibration.draws, replace=replace)
    return target


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


def _revision_columns(until: date, draws: int, seed: int) -> tuple[dict[str, Array], int]:
    """Noise and bias of the share reported for the year under way: NATO's July 2023 figures against June 2024, with the
    nine same-year figures of June 2022 (sd 0.15, mean -0.06) as prior."""
    vintages, known = facts.estimate_vintages(), facts.defence_shares(until)
    first, last = vintages[min(vintages)], vintages[max(vintages)]
    codes = [code for code in first if code != "USA" and 2022 in known[code]]
    if until < REVISIONS_KNOWN:
        raise InputError(f"the revisions of 2023 were not known by {until}")
    first_shares = np.array([first[code] for code in codes])
    later = np.array([last[code] for code in codes])
    jump = first_shares - np.array([known[code][2022] for code in codes])
    moved = np.abs(jump) > 0.1
    back = ((first_shares - later) * np.sign(jump))[moved]
    luck = Luck(seed, f"revisions:{until}")
    precision = 1 / 0.05**2 + back.size / back.var(ddof=1)
    bias = (0.06 / 0.05**2 + back.sum() / back.var(ddof=1)) / precision
    apart = (later - first_shares + bias * np.sign(jump) * moved) / np.sqrt(first_shares / 1.5)
    spread = 1.4826 * np.median(np.abs(apart))  # robust: a few figures moved by half a point
    squares = 9 * 0.15**2 + apart.size * spread**2
    return {
        "budgets.estimate_bias_pp": bias + luck.normal("bias", draws) / np.sqrt(precision),
        "budgets.estimate_noise_pp": 1
        / np.sqrt(_gamma((9 + apart.size) / 2, squares / 2, luck.uniform("noise", draws))),
    }, apart.size


def _front_columns(until: date, draws: int, seed: int) -> tuple[dict[str, Array], int]:
    broken = sum(month >= front.RELATION_BREAKS for month in front.front_history(until).months)
    since = front.RELATION_BREAKS if broken >= front.FEWEST_MONTHS else front.POSITIONAL_FROM
    posterior = front.estimate_front(until, draws=draws, seed=seed, since=since)
    return {key: getattr(posterior, name) for name, key in _FRONT_KEYS.items()}, len(posterior.history.months)


def _law_columns(until: date, draws: int, seed: int) -> tuple[dict[str, Array], int]:
    law = rates.law_rates(until)
    luck = Luck(seed, f"laws:{until}")
    names = {"democratic_house": "Democratic House", "split": "split"}
    used = {key: law[name] for key, name in names.items() if law[name].years > 0}
    if not used:
        raise InputError(f"no supplemental could be signed by {until}: the invasion came later")
    columns = {
        f"us.aid.laws_{key}_per_year": _gamma(rate.shape, rate.years, luck.uniform(key, draws))
        for key, rate in used.items()
    }
    return columns, sum(rate.events for rate in used.values())


def _aid_columns(until: date, draws: int, seed: int) -> tuple[dict[str, Array], int]:
    given = {key: value for key, value in aid.values(until).items() if key.startswith("aid.")}
    luck = Luck(seed, f"aid:{until}")
    columns = {key: np.asarray(value.ppf(luck.uniform(key, draws)), float) for key, value in given.items()}  # type: ignore[union-attr]
    return columns, aid.flows(until)["USA"].allocated.size


def _gamma(shape: float, rate: float, quantile: Array) -> Array:
    from scipy.special import gammaincinv

    return np.asarray(gammaincinv(shape, quantile) / rate, float)


def _estimate(key: str, block: str, prior: tuple[float, float] | None, draws: Array) -> Estimate:
    parameter = catalogue().find(key)
    return Estimate(key, block, prior, float(draws.mean()), float(draws.std()), _shipped(parameter))


def _inside(key: str, draws: Array) -> Array:
    """Draws cut to what the model allows for the key, as for a truncated prior."""
    parameter = catalogue().find(key)
    if parameter is None or not isinstance(parameter.domain, Number):
        return draws
    return np.clip(draws, parameter.domain.low, parameter.domain.high)


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
