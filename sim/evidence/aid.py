"""The aid block: backlog hazards, generosity, packages and replacement, estimated on the Kiel tracker as of a day.

Half-year forecasts come from the whole model, started on the origin with what was known then and these estimates.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from sim import facts
from sim.errors import InputError
from sim.evidence.rates import law_rates
from sim.evidence.scores import Marks, join, mark
from sim.model import facts_layer, simulate
from sim.model.systems.aid import DONORS, GROUPS
from sim.model.systems.commitment import AFTER_2025
from sim.scenario import Given, Origin, Scenario, gamma
from sim.scenario.values import Value

Array = NDArray[np.float64]
STARTS = (
    date(2022, 7, 1), date(2023, 1, 1), date(2023, 7, 1), date(2024, 1, 1), date(2024, 7, 1),
    date(2025, 1, 2), date(2025, 7, 1),
)  # fmt: skip
ACTORS = ("USA", "EUR")
HALF, YEAR = 6, 12  # months
HAZARD_SHAPE = 11.1  # coefficient of variation 0.3
RELEASED = date(2026, 10, 1)  # release 29, to April 2026
LATEST = date(2025, 1, 2)  # release 29 cut at December 2024


@dataclass(frozen=True, slots=True)
class Flows:
    """Monthly sums of one actor from January 2022, EUR bn, all kinds, ``(months,)`` each."""

    allocated: Array
    committed: Array

    def hazard(self) -> float:
        """Part of backlog and new commitments that became allocations in a month, over all months."""
        given, promised = self.allocated.cumsum(), self.committed.cumsum()
        stock = [max(promised[m - 1] - given[m - 1], 0.0) + self.committed[m] for m in range(1, given.size)]
        return float(np.clip(self.allocated[1:].sum() / max(sum(stock), 1e-9), 0.005, 0.9))

    def hazard_now(self) -> float:
        """The hazard that keeps allocations at their mean of the last twelve months, given today's backlog: it falls as
        multi-year pledges pile up."""
        pace = float(self.allocated[1:][-YEAR:].mean())
        backlog = max(float(self.committed.sum() - self.allocated.sum()), 0.0)
        return float(np.clip(pace / max(backlog + pace, 1e-9), 0.005, 0.9))


def flows(known: date) -> dict[str, Flows]:
    """Flows of the USA, the EU institutions and European states by the day. InputError where months by donor are not in
    the release of that day (release 20, October to December 2024) or there are none yet."""
    series = facts.aid_monthly(known).series
    if ("EUR", "total", "commitment") not in series or series["EUR", "total", "allocation"].size < HALF:
        raise InputError(
            f"the aid known on {known} has no monthly commitments by donor (Kiel release 20 or too few months); "
            f"use a day from 2022-07-01 to 2024-09-30 or {LATEST}"
        )
    pick = {
        who: Flows(series[who, "total", "allocation"], series[who, "total", "commitment"])
        for who in ("USA", "EUR", "EUI")
    }
    europe, bodies = pick["EUR"], pick["EUI"]
    bought = _us_arms(known)
    states = Flows(europe.allocated - bodies.allocated - bought, europe.committed - bodies.committed - bought)
    return {"USA": pick["USA"], "EUI": bodies, "EUR_STATES": states}


def _us_arms(known: date) -> Array:
    """U.S. arms that Europe bought in each month, EUR bn: the model gives them apart, from starts of 2026 on."""
    months = facts.aid_monthly(known).months
    bought = facts.military_instruments(known).get("purl", {}) if known >= AFTER_2025 else {}
    return np.array([bought.get(month, 0.0) for month in months])


def values(known: date) -> dict[str, Value]:
    """Estimates of the block as values for a scenario: hazards and law rates.

    European hazards are those of today's backlog; a control of Congress without data gets gamma(1, 1) a year.
    """
    seen = flows(known)
    hazards = {
        "aid.allocation_usa": seen["USA"].hazard(),
        "aid.allocation_states": seen["EUR_STATES"].hazard_now(),
        "aid.allocation_eu": seen["EUI"].hazard_now(),
    }
    rates = law_rates(known)
    estimates: dict[str, Value] = {key: gamma(HAZARD_SHAPE, HAZARD_SHAPE / mean) for key, mean in hazards.items()}
    for key, name in (("democratic_house", "Democratic House"), ("split", "split")):
        rate = rates[name]
        enough = rate.years > 0.25
        estimates[f"us.aid.laws_{key}_per_year"] = gamma(rate.shape, rate.years) if enough else gamma(1.0, 1.0)
    return estimates


def started(start: date, end: date, given: dict[str, Value]) -> Scenario:
    """A scenario that starts with what was known on ``start`` and these values on top."""
    layer = dict(facts_layer(start))
    origin = Origin("set", "", 0, 0)
    layer |= {key: Given(value, origin) for key, value in given.items()}
    return Scenario("back-test", "Back-test", "", (), start, end, layer, (), ())


def half_years(actor: str) -> Array:
    """Military allocations of a donor or group by half-year, EUR bn, 2022 H1 to 2025 H2; release 29."""
    monthly = facts.aid_monthly(RELEASED).series[actor, "military", "allocation"]
    sums: Array = monthly[: monthly.size // HALF * HALF].reshape(-1, HALF).sum(1)
    return sums


@dataclass(frozen=True, slots=True)
class AidScores:
    """Half-year scores of one actor; origin n is the half-year after start n. ``medians`` are the model's."""

    actor: str
    model: Marks
    random_walk: Marks
    medians: Array


def score_aid(runs: int = 1000, seed: int = 1) -> tuple[AidScores, ...]:
    """Military allocations of the half-year after each start, model against random walk.

    The random walk's spread is that of all changes, seen with hindsight: in its favour.
    """
    draws = {actor: [] for actor in ACTORS}  # type: dict[str, list[Array]]
    for start in STARTS:
        end = date(start.year, 12, 31) if start.month == 7 else date(start.year, 6, 30)
        stock = simulate(started(start, end, values(start)), seed, 0, runs)["military_aid_allocated_beur"]
        for actor in ACTORS:
            draws[actor].append(stock[-1, _row(actor)].astype(float))
    return tuple(_scores(actor, draws[actor]) for actor in ACTORS)


def _scores(actor: str, stocks: list[Array]) -> AidScores:
    came = half_years(actor)
    before = came.cumsum()[:-1]
    spread = float(np.diff(came).std())
    points = (np.arange(400) + 0.5) / 400
    from scipy.special import ndtri

    own, walk, medians = [], [], []
    for row, stock in enumerate(stocks):
        grown = np.maximum(stock - before[row], 0.0)
        last = np.maximum(came[row] + spread * ndtri(points), 0.0)
        own.append(mark(grown[None], came[row + 1 : row + 2], row, 1))
        walk.append(mark(last[None], came[row + 1 : row + 2], row, 1))
        medians.append(float(np.median(grown)))
    return AidScores(actor, join(own), join(walk), np.array(medians))


def _row(actor: str) -> int:
    return DONORS.index(actor) if actor in DONORS else len(DONORS) + GROUPS.index(actor)


def generosity() -> tuple[float, float, int]:
    """Year-to-year persistence of military aid over GDP, its standard error (by donor) and the count; release 29."""
    history = facts.aid_monthly(LATEST)
    x, y, who = [], [], []
    for donor in facts.donors():
        key = (donor.code, "military", "allocation")
        if key not in history.series or donor.gdp_beur_2021 is None:
            continue
        yearly = history.series[key].reshape(3, 12).sum(1) / donor.gdp_beur_2021 * 100
        x += [yearly[0], yearly[1]]
        y += [yearly[1], yearly[2]]
        who += [donor.code] * 2
    slope, error = clustered(np.array(y), np.column_stack([np.ones(len(x)), x]), who)
    return float(slope[1]), float(error[1]), len(x)


def clustered(y: Array, x: Array, cluster: list[str]) -> tuple[Array, Array]:
    """Least squares and standard errors clustered by ``cluster``."""
    bread = np.linalg.inv(x.T @ x)
    b = bread @ x.T @ y
    score = x * (y - x @ b)[:, None]
    names = sorted(set(cluster))
    marks = np.array(cluster)
    sums = np.array([score[marks == name].sum(0) for name in names])
    count = len(names)
    error = np.sqrt(np.diag(bread @ sums.T @ sums @ bread) * count / (count - 1))
    return b, error
