"""The front block: net gain against effort, its posterior by importance sampling, forecasts by the model's rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from sim import facts
from sim.errors import InputError
from sim.evidence.luck import Luck, single
from sim.model.systems.war.start import ENOUGH_MONTHS, POSITIONAL, russian_losses
from sim.model.systems.war.war import next_effort, next_gain

Array = NDArray[np.float64]
POSITIONAL_FROM = POSITIONAL  # before it the front moved in another way: two retreats and a collapse
USABLE_FROM = date(2022, 4, 1)  # maps of the first weeks are too poor
RELATION_BREAKS = date(2026, 1, 1)  # effort bought less ground from here on: known after its months were seen
FEWEST_MONTHS = 5
PARTICLES = 20000
# Weak on purpose: centres that a reader of 2023 could defend, wide enough for the data to decide.
PRIORS = {
    "persistence": (0.5, 0.25),
    "gain_per_effort": (10.0, 10.0),
    "break_even": (20.0, 5.0),
    "noise": (150.0, 0.3),  # median, sd of the logarithm
}
EFFORT_KEPT = (0.88, 0.94)
COLLAPSE_KM2, COLLAPSE_OF_UKRAINE = (3000.0, 10000.0), (0.2, 0.8)
COLLAPSE_PRIOR_EVENTS = 0.5  # Jeffreys


@dataclass(frozen=True, slots=True)
class FrontHistory:
    """Months known on a day: first days, net gain (km2), Russian casualties (thousand); all ``(months,)``."""

    months: tuple[date, ...]
    gain: Array
    effort: Array


@dataclass(frozen=True, slots=True)
class FrontPosterior:
    """Draws of the front block at one origin, each ``(draws,)``; units of the model's keys ``war.*``."""

    persistence: Array
    gain_per_effort: Array
    break_even: Array
    noise: Array
    effort_kept: Array
    effort_noise: Array
    collapse_rate: Array
    history: FrontHistory


def front_history(known: date, series: str = "isw_economist") -> FrontHistory:
    """Net gains and casualties of the months with both, from one map series. InputError if there are too few."""
    losses = russian_losses(known)
    rows = [row for row in facts.front(known, series) if row.period == "month" and row.month in losses]
    used = [row for row in rows if row.net_gain_km2 is not None and row.month >= USABLE_FROM]
    months = tuple(row.month for row in used)
    if sum(month >= POSITIONAL_FROM for month in months) < FEWEST_MONTHS:
        raise InputError(
            f"the front has fewer than {FEWEST_MONTHS} months of positional war by {known}; use a later day"
        )
    gain = np.array([row.net_gain_km2 for row in used], float)
    return FrontHistory(months, gain, np.array([losses[month] for month in months]))


def estimate_front(
    known: date,
    *,
    draws: int = 4000,
    seed: int = 1,
    series: str = "isw_economist",
    since: date = POSITIONAL_FROM,
) -> FrontPosterior:
    """Posterior from the months from ``since`` known on the day: 20,000 prior draws weighted by their likelihood and
    resampled."""
    past = front_history(known, series)
    luck = Luck(seed, f"front:{series}:{known}")
    prior = _prior(luck)
    start = past.months.index(since)
    expected = _expected(past.gain[start:-1, None], past.effort[start + 1 :, None], prior)
    error = (past.gain[start + 1 :, None] - expected) / prior["noise"]
    likelihood = (-np.log(prior["noise"]) - 3.0 * np.log1p(error**2 / 5)).sum(0)  # t5: months are not normal
    chosen = _resample(np.exp(likelihood - likelihood.max()), draws, luck)
    steps = np.diff(np.log(past.effort[start:]))
    return FrontPosterior(
        **{name: values[chosen] for name, values in prior.items()},
        effort_kept=EFFORT_KEPT[0] + (EFFORT_KEPT[1] - EFFORT_KEPT[0]) * luck.uniform("kept", draws),
        effort_noise=_scale(steps, luck, draws),
        collapse_rate=_collapse_rate(past.months, luck, draws),
        history=past,
    )


def forecast_front(posterior: FrontPosterior, horizon: int, *, episodes: bool = True, seed: int = 1) -> Array:
    """Net gain of each month ahead, km2, ``(horizon, draws)``; ``episodes`` adds collapses as the model does."""
    count = posterior.persistence.size
    last = posterior.history.months[-1]
    luck = Luck(seed, f"front forecast:{last}")
    effort = np.full(count, posterior.history.effort[-1])
    gain = np.full(count, posterior.history.gain[-1])
    level = np.log(effort)
    ground = _collapses(posterior.collapse_rate, horizon, luck) if episodes else np.zeros((horizon, count))
    path = []
    for month in range(horizon):
        shock = posterior.effort_noise * luck.normal(f"effort:{month}", count)
        effort = np.asarray(
            next_effort(single(effort), single(level), single(posterior.effort_kept), single(shock)), float
        )
        pull = posterior.gain_per_effort * (effort - posterior.break_even)
        noise = posterior.noise * luck.normal(f"gain:{month}", count)
        gain = gain_after(gain, posterior.persistence, pull, noise)
        path.append(gain + ground[month])
    return np.stack(path)


def gain_after(now: Array, kept: Array, pull: Array, noise: Array) -> Array:
    """Next month's gain, km2, by the model's rule, without aid and manpower: their effects are not identified."""
    nothing = np.zeros(1, np.float32)
    return np.asarray(next_gain(single(now), single(kept), single(pull), nothing, nothing, single(noise)), float)


def from_priors(draws: int, luck: Luck) -> dict[str, Array]:
    """Draws from the priors alone, by the names of ``FrontPosterior``, each ``(draws,)``."""
    return {
        **_prior(luck, draws),
        "effort_kept": EFFORT_KEPT[0] + (EFFORT_KEPT[1] - EFFORT_KEPT[0]) * luck.uniform("kept", draws),
        "effort_noise": _scale(np.zeros(0), luck, draws),
    }


def _prior(luck: Luck, draws: int = PARTICLES) -> dict[str, Array]:
    drawn = {name: centre + spread * luck.normal(name, draws) for name, (centre, spread) in PRIORS.items()}
    median, spread = PRIORS["noise"]
    return {
        "persistence": np.clip(drawn["persistence"], 0.0, 0.95),
        "gain_per_effort": np.maximum(drawn["gain_per_effort"], 0.0),
        "break_even": np.maximum(drawn["break_even"], 1.0),
        "noise": median * np.exp(spread * luck.normal("noise", draws)),
    }


def _expected(gain: Array, effort: Array, by: dict[str, Array]) -> Array:
    pull = by["gain_per_effort"] * (effort - by["break_even"])
    return gain_after(gain, by["persistence"], pull, np.zeros(1))


def _resample(weight: Array, draws: int, luck: Luck) -> NDArray[np.intp]:
    edges = np.cumsum(weight) / weight.sum()
    return np.minimum(np.searchsorted(edges, luck.uniform("resample", draws)), weight.size - 1)


def _scale(steps: Array, luck: Luck, draws: int) -> Array:
    """Posterior of a normal scale with a prior worth four observations of 0.14."""
    from scipy.special import gammaincinv

    shape, rate = (4 + steps.size) / 2, (4 * 0.14**2 + (steps**2).sum()) / 2
    scale: Array = np.sqrt(rate / gammaincinv(shape, luck.uniform("effort noise", draws)))
    return scale


def _collapse_rate(months: tuple[date, ...], luck: Luck, draws: int) -> Array:
    """Rate of episodes a month, as a start of the model has it: none in the months of positional war.

    The one of autumn 2022 fell before them. As long as they are fewer than twelve, a year without one is assumed.
    """
    from scipy.special import gammaincinv

    exposure = max(ENOUGH_MONTHS, sum(month >= POSITIONAL_FROM for month in months))
    rate: Array = gammaincinv(COLLAPSE_PRIOR_EVENTS, luck.uniform("collapse", draws)) / exposure
    return rate


def _collapses(rate: Array, horizon: int, luck: Luck) -> Array:
    """Ground of collapse episodes of one to three months, km2, positive for Russian gains, ``(horizon, draws)``."""
    size = COLLAPSE_KM2[0] + (COLLAPSE_KM2[1] - COLLAPSE_KM2[0]) * luck.uniform("size", rate.size)
    even = COLLAPSE_OF_UKRAINE[0] + (COLLAPSE_OF_UKRAINE[1] - COLLAPSE_OF_UKRAINE[0]) * luck.uniform("even", rate.size)
    left, sign, path = np.zeros(rate.size), np.zeros(rate.size), []
    for month in range(horizon):
        starts = (left <= 0) & (luck.uniform(f"starts:{month}", rate.size) < rate)
        left = np.where(starts, 1 + np.floor(3 * luck.uniform(f"length:{month}", rate.size)), left - 1)
        sign = np.where(starts, np.where(luck.uniform(f"side:{month}", rate.size) < even, 1, -1), sign)
        path.append(np.where(left > 0, sign * size, 0.0))
    return np.stack(path)
