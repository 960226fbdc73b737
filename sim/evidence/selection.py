"""The stricter back-test of budgets: origins 2016 to 2025, targets to 2026, and the choice of the form inside the test.

At each origin a form is chosen among a handful declared beforehand: the one with the lowest mean CRPS on the targets
reported by then, and as long as fewer than two origins can be judged all of them pooled. The score is that of the
procedure. Forms chosen with hindsight compete in a second column only. Beside it stands a linear pool of the same
forms, whose weights have the lowest CRPS on the same past targets; it was declared in November 2026 before it was run.

Like is scored with like. To 2024 outcomes are NATO's edition of June 2024. For 2025 they are those of August 2025 and
March 2026, which count as before; for 2026 that of July 2026, which counts core defence, for those members alone
whose figures of 2024 and 2025 differ by no more than 3% between the definitions. Members for whom the copy of an
edition lacks the year of the origin are left out at that origin.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import facts
from sim.errors import FaultError
from sim.evidence.baselines import BASELINES, ensemble
from sim.evidence.budgets import HORIZONS, Form, drafts, estimate, forecast
from sim.evidence.history import origin_day, outcomes
from sim.evidence.luck import Luck
from sim.evidence.scores import Marks, block_bootstrap, crps, interval, join, mark, skill
from sim.evidence.whole_model import forecast_by_model
from sim.model.systems.roster import WITH_FORCES

Array = NDArray[np.float64]
ORIGINS, LAST_TARGET = range(2016, 2026), 2026
PERIODS = {"2016-21": range(2016, 2022), "2022-24": range(2022, 2025), "2025-26": range(2025, 2027)}
JULY_2026 = date(2026, 10, 1)
OLD_EDITIONS, CORE_EDITION = "2025-08-28", "2026-07-10"
FEWEST_JUDGED = 2

VAGUE = {
    **dict.fromkeys(("drift", "gap", "exposure", "growth"), (0.0, 0.1)),
    **dict.fromkeys(("plan_in_progress", "plan_kept", "plan_overdue", "deadline", "reversal"), (0.0, 1.0)),
    **dict.fromkeys(("war", "war_exposure", "war_debt"), (0.0, 0.25)),
}
NO_WAR = {**VAGUE, **dict.fromkeys(("war", "war_exposure", "war_debt"), (0.0, 1e-4))}
FIRST, VAGUELY, PEACE, WARTIME, NOWCAST = (
    "0.1.0", "vague priors", "vague priors, no war terms", "calibrated in wartime", "vague priors, draft budgets",
)  # fmt: skip
FORMS = {
    FIRST: (None, Form()),
    VAGUELY: (VAGUE, Form()),
    PEACE: (NO_WAR, Form()),
    WARTIME: (VAGUE, Form(own_war_pp=0.1, memory=0.5, war_noise=1.3, ceiling=99.0)),
    NOWCAST: (VAGUE, Form(drafts=True)),
}
CLEAN = (VAGUELY, PEACE, NOWCAST, *BASELINES)
"""Forms without priors that saw the panel, and the simple rules. The equation itself was written in 2024."""
WHOLE = "the simulator of today"
"""Every channel it has, also those of 2026: the path to a target, jumps under pressure, bounds of what allies do."""
EVERY = (FIRST, WARTIME, WHOLE, *CLEAN)
SELECTION, STACKING, HINDSIGHT = "selection", "stacking", "selection with hindsight"
GRID = np.linspace(0.0, 10.0, 401)  # shares, % of GDP, at which forecasts are compared to weigh them


def score_selection(*, draws: int = 1000, seed: int = 1) -> dict[str, Any]:
    """CRPS, coverage and skill of every form, every rule, and of the two procedures, as plain numbers."""
    came = {origin: _came(origin) for origin in ORIGINS}
    paths: dict[str, dict[int, Array]] = {name: {} for name in (*FORMS, WHOLE, *BASELINES)}
    for origin in ORIGINS:
        day = origin_day(origin)
        posteriors: dict[str, Any] = {}
        for name, (priors, form) in FORMS.items():
            key = f"{priors}:{form.own_war_pp}"
            if key not in posteriors:
                posteriors[key] = estimate(origin, draws=draws, seed=seed, priors=priors, day=day, form=form)
            paths[name][origin] = forecast(posteriors[key], seed=seed, day=day, form=form)
        shipped = estimate(origin, draws=draws, seed=seed, day=day)
        paths[WHOLE][origin] = _three_years(forecast_by_model(shipped, runs=draws, seed=seed, to=LAST_TARGET))
        for name in BASELINES:
            paths[name][origin] = ensemble(name, origin, draws=draws, day=day)
    procedures, chosen = {}, {}
    for title, names in ((SELECTION, CLEAN), (HINDSIGHT, EVERY)):
        procedures[title], chosen[title] = _select({name: paths[name] for name in names}, came)
    procedures[STACKING], weights = _stack({name: paths[name] for name in CLEAN}, came)
    every = {**procedures, **paths}
    marks = {name: _marks(of, came) for name, of in every.items()}
    best = min(BASELINES, key=lambda name: float(marks[name].crps.mean()))
    return {
        "best_rule": best,
        "rows": {name: _row(of, marks[best], seed) for name, of in marks.items()},
        "by_chance": {name: _by_chance(every[name], came) for name in procedures},
        "chosen": chosen,
        "weights": weights,
        "best_rule_by_horizon": [min(BASELINES, key=lambda name: _at(marks[name], h)) for h in HORIZONS],
        "horizons": {
            name: [skill(_at(marks[name], h), min(_at(marks[rule], h) for rule in BASELINES)) for h in HORIZONS]
            for name in every
        },
        "members_of_2025": int(np.isfinite(came[2024][:, 0]).sum()),
        "members_of_2026": int(np.isfinite(came[2024][:, 1]).sum()),
        "members_from_2025": int(np.isfinite(came[2025][:, 0]).sum()),
        "nowcast": _drafted(paths, came),
    }


def _came(origin: int) -> Array:
    """The shares that came after the origin, ``(members, horizons)``, counted as the origin's; nan where none."""
    years = range(origin + 1, origin + 1 + len(HORIZONS))
    table = outcomes(years)
    core = facts.defence_shares(JULY_2026)
    old = {
        report.entity: report.value
        for report in facts.reported_since(origin_day(2024))
        if report.variable == "defence_share_pct_gdp" and report.date.year == 2025 and report.like
    }
    recalled = _lacking()
    moved = {
        *facts.moved_by_definition(OLD_EDITIONS, CORE_EDITION, 2024),
        *facts.moved_by_definition(OLD_EDITIONS, CORE_EDITION, 2025),
    }
    for column, year in enumerate(years):
        for row, code in enumerate(WITH_FORCES):
            if year == 2025:
                table[row, column] = old.get(code, np.nan)
            if year == LAST_TARGET and code not in moved:
                table[row, column] = core[code].get(year, np.nan)
    if origin == ORIGINS[-1]:
        table[[row for row, code in enumerate(WITH_FORCES) if code in recalled]] = np.nan
    return table


def _lacking() -> set[str]:
    """Members for whom the edition of August 2025 has no share of that year in its copy."""
    shares = facts.defence_shares(origin_day(2025))
    return {code for code in WITH_FORCES if 2025 not in shares[code]}


def _select(paths: Mapping[str, Mapping[int, Array]], came: Mapping[int, Array]) -> tuple[dict[int, Array], list[str]]:
    """The forecast of the form chosen at each origin, and its name there."""
    result, names = {}, []
    for origin in ORIGINS:
        judged = [past for past in ORIGINS if past < origin]
        if len(judged) < FEWEST_JUDGED:
            result[origin] = _pooled([of[origin] for of in paths.values()])
            names.append("all pooled")
            continue
        name = min(paths, key=lambda form: _so_far(paths[form], came, judged, origin))
        result[origin] = paths[name][origin]
        names.append(name)
    return result, names


def _so_far(of: Mapping[int, Array], came: Mapping[int, Array], judged: Sequence[int], origin: int) -> float:
    """Mean CRPS on the targets reported by the origin, its own year among them (NATO prints it in July)."""
    errors = []
    for past in judged:
        columns = [step for step, horizon in enumerate(HORIZONS) if past + horizon <= origin]
        seen = np.isfinite(came[past][:, columns])
        errors.append(crps(of[past][:, columns][seen], came[past][:, columns][seen]))
    return float(np.concatenate(errors).mean())


def _three_years(shares: Array) -> Array:
    """Shares ``(members, 3, runs)``, nan for years after the last target, which nothing is scored against."""
    table = np.full((shares.shape[0], len(HORIZONS), shares.shape[2]), np.nan)
    table[:, : shares.shape[1]] = shares
    return table


def _stack(
    paths: Mapping[str, Mapping[int, Array]], came: Mapping[int, Array]
) -> tuple[dict[int, Array], list[dict[str, float]]]:
    """The linear pool at each origin, and the weights of its parts there: equal until two origins can be judged."""
    result, every = {}, []
    for origin in ORIGINS:
        judged = [past for past in ORIGINS if past < origin]
        weights = np.full(len(paths), 1 / len(paths))
        if len(judged) >= FEWEST_JUDGED:
            weights = _weights(list(paths.values()), came, judged, origin)
        result[origin] = _mixed([of[origin] for of in paths.values()], weights)
        every.append({name: float(weight) for name, weight in zip(paths, weights, strict=True)})
    return result, every


def _weights(
    parts: Sequence[Mapping[int, Array]], came: Mapping[int, Array], judged: Sequence[int], origin: int
) -> Array:
    """Weights above 0 with sum 1 of the pool with the lowest mean CRPS on the targets reported by the origin.

    The CRPS of a pool is the integral of the square of its distribution less the step at the outcome: a quadratic form.
    """
    from scipy.optimize import Bounds, LinearConstraint, minimize

    apart = []
    for past in judged:
        columns = [step for step, horizon in enumerate(HORIZONS) if past + horizon <= origin]
        seen = np.isfinite(came[past][:, columns])
        outcome = came[past][:, columns][seen]
        step = outcome[:, None] <= GRID
        apart.append(np.stack([_distribution(of[past][:, columns][seen]) - step for of in parts]))
    every = np.concatenate(apart, axis=1).reshape(len(parts), -1)
    form = every @ every.T / every.shape[1]
    form /= np.trace(form)
    even = np.full(len(parts), 1 / len(parts))

    def error(weight: Array) -> float:
        return float(weight @ form @ weight)

    def slope(weight: Array) -> Array:
        return np.asarray(2 * form @ weight, float)

    found = minimize(
        error, even, jac=slope, method="SLSQP", bounds=Bounds(0.0, 1.0),
        constraints=LinearConstraint(np.ones((1, len(parts))), 1.0, 1.0), options={"ftol": 1e-12, "maxiter": 500},
    )  # fmt: skip
    if not found.success:
        raise FaultError(f"no weights of the pool were found for the origin of {origin}: {found.message}")
    weights = np.maximum(np.asarray(found.x, float), 0.0)
    summed: Array = weights / weights.sum()
    return summed


def _distribution(draws: Array) -> Array:
    """The part of ``draws`` (targets, draws) at or below each point of the grid, ``(targets, points)``."""
    ordered = np.sort(draws, axis=1)
    below = np.array([np.searchsorted(row, GRID, side="right") for row in ordered], float)
    return np.asarray(below / draws.shape[1], float)


def _mixed(parts: Sequence[Array], weights: Array) -> Array:
    """Of each part as many of its draws as its weight asks for, spread over all of them."""
    count = parts[0].shape[-1]
    edges = np.round(np.cumsum(weights) * count).astype(int)
    sizes = np.diff(np.concatenate([[0], edges]))
    picked = [
        part[..., (np.arange(size) * count / max(size, 1)).astype(int)] for part, size in zip(parts, sizes, strict=True)
    ]
    return np.concatenate(picked, axis=-1)


def _pooled(parts: Sequence[Array]) -> Array:
    """A linear pool: of each part as many draws."""
    count = parts[0].shape[-1]
    picked = [part[..., place :: len(parts)] for place, part in enumerate(parts)]
    return np.concatenate(picked, axis=-1)[..., :count]


def _marks(of: Mapping[int, Array], came: Mapping[int, Array]) -> Marks:
    parts = []
    for origin, draws in of.items():
        for step, horizon in enumerate(HORIZONS):
            if origin + horizon <= LAST_TARGET and np.isfinite(came[origin][:, step]).any():
                parts.append(mark(draws[:, step], came[origin][:, step], origin, horizon))
    return join(parts)


def _row(own: Marks, rival: Marks, seed: int) -> dict[str, Any]:
    target = own.origin + own.horizon
    luck = Luck(seed, "bootstrap:selection")
    periods = {}
    for name, years in PERIODS.items():
        inside = np.isin(target, list(years))
        periods[name] = {
            "crps": float(own.where(inside).crps.mean()),
            "skill": skill(float(own.where(inside).crps.mean()), float(rival.where(inside).crps.mean())),
            "coverage": own.where(inside).coverage(),
            "forecasts": int(inside.sum()),
        }
    return {
        "crps": float(own.crps.mean()),
        "skill": skill(float(own.crps.mean()), float(rival.crps.mean())),
        "bootstrap_90": list(block_bootstrap(own, rival, lambda label: luck.uniform(label, 1000))),
        "coverage": own.coverage(),
        "forecasts": int(own.crps.size),
        "periods": periods,
    }


def _at(marks: Marks, horizon: int) -> float:
    return float(marks.where(marks.horizon == horizon).crps.mean())


def _by_chance(of: Mapping[int, Array], came: Mapping[int, Array]) -> dict[str, list[float]]:
    """What share of outcomes the 80% bands would cover in each period if the forecast were right: 5 and 95% points.

    Each draw in turn is taken for the world: members and horizons of an origin share its shocks, origins do not.
    """
    spans: dict[str, list[float]] = {}
    for name, years in PERIODS.items():
        counts, total = [], 0
        for origin, draws in of.items():
            for step, horizon in enumerate(HORIZONS):
                seen = np.isfinite(came[origin][:, step])
                if origin + horizon in years and seen.any():
                    low, high = interval(draws[seen, step], 0.8)
                    hit = (draws[seen, step] >= low[:, None]) & (draws[seen, step] <= high[:, None])
                    counts.append((origin, hit.sum(0)))
                    total += int(seen.sum())
        luck = Luck(1, f"chance:{name}")
        worlds = np.zeros(counts[0][1].size)
        for origin in sorted({origin for origin, _ in counts}):
            order = luck.order(f"{origin}", worlds.size)
            worlds += sum(hits for of_origin, hits in counts if of_origin == origin)[order]
        spans[name] = [float(point) for point in np.quantile(worlds / total, (0.05, 0.95))]
    return spans


def _drafted(paths: Mapping[str, Mapping[int, Array]], came: Mapping[int, Array]) -> dict[str, float]:
    """One year ahead, members with a draft budget at the origin alone: CRPS with and without it, and their number."""
    own, without = [], []
    for origin in ORIGINS:
        rows = [WITH_FORCES.index(code) for code in drafts(origin_day(origin), origin + 1)]
        rows = [row for row in rows if np.isfinite(came[origin][row, 0])]
        if rows:
            own.append(crps(paths[NOWCAST][origin][rows, 0], came[origin][rows, 0]))
            without.append(crps(paths[VAGUELY][origin][rows, 0], came[origin][rows, 0]))
    first, second = np.concatenate(own), np.concatenate(without)
    return {"forecasts": float(first.size), "with_draft": float(first.mean()), "without": float(second.mean())}
