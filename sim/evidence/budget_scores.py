"""Back-test of the budget block: rolling origins, estimated again at each, against baselines fitted there too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import facts
from sim.evidence.baselines import BASELINES, ensemble
from sim.evidence.budgets import HORIZONS, PANEL_ROWS, estimate, forecast
from sim.evidence.history import LAST, Definition, history, outcomes
from sim.evidence.luck import Luck
from sim.evidence.scores import Marks, block_bootstrap, crps, energy_score, join, mark, skill
from sim.model.systems.roster import WITH_FORCES

Array = NDArray[np.float64]
FIRST_ORIGIN = 2016
UNCONDITIONAL, CONDITIONAL = "unconditional", "conditional"
BEFORE_THE_WAR = 2021  # last target year that no choice of form could lean on


@dataclass(frozen=True, slots=True)
class Method:
    """Scores of one method: single forecasts, and one row per (origin, horizon) for what concerns all members.

    ``joint`` columns: energy score, CRPS of the mean over members, rank correlation of changes, CRPS of the slope of
    changes on log distance and on debt.
    """

    name: str
    marks: Marks
    origins: tuple[tuple[int, int], ...]
    joint: Array


def origins(definition: Definition, first: int = FIRST_ORIGIN) -> range:
    """Origins with at least one outcome in store."""
    return range(first, LAST[definition])


def score_budgets(definition: Definition, *, draws: int, seed: int, first: int = FIRST_ORIGIN) -> dict[str, Method]:
    """Both modes and every baseline, by name."""
    parts: dict[str, list[tuple[int, Array]]] = {}
    for origin in origins(definition, first):
        posterior = estimate(origin, definition=definition, draws=draws, seed=seed)
        parts.setdefault(UNCONDITIONAL, []).append((origin, forecast(posterior, seed=seed)))
        parts.setdefault(CONDITIONAL, []).append((origin, forecast(posterior, war_given=True, seed=seed)))
        for name in BASELINES:
            parts.setdefault(name, []).append((origin, ensemble(name, origin, definition, len(HORIZONS), draws)))
    return {name: _method(name, scored, definition) for name, scored in parts.items()}


NO_PRIORS = "all priors vague and centred on nothing"
VARIANTS: dict[str, dict[str, tuple[float, float]]] = {
    NO_PRIORS: {
        **dict.fromkeys(("drift", "gap", "exposure", "growth"), (0.0, 0.1)),
        **dict.fromkeys(("plan_in_progress", "plan_kept", "plan_overdue", "deadline", "reversal"), (0.0, 1.0)),
        **dict.fromkeys(("war", "war_exposure", "war_debt"), (0.0, 0.25)),
    },
    "vague war priors": {"war": (0.0, 0.15), "war_exposure": (0.1, 0.25), "war_debt": (0.0, 0.02)},
    "no war terms": dict.fromkeys(("war", "war_exposure", "war_debt"), (0.0, 1e-4)),
    "no plans, no deadline": dict.fromkeys(("plan_in_progress", "plan_kept", "plan_overdue", "deadline"), (0.0, 1e-4)),
    "no reversal of one-off purchases": {"reversal": (0.0, 1e-4)},
    "no exposure before the war": {"exposure": (0.0, 1e-4)},
}


def sensitivity(*, draws: int, seed: int, first: int = FIRST_ORIGIN) -> dict[str, dict[str, float]]:
    """CRPS of both modes with a term taken out or other priors, NATO definition: what carries the skill."""
    by_variant = {}
    for name, priors in VARIANTS.items():
        scores: dict[str, list[Array]] = {UNCONDITIONAL: [], CONDITIONAL: []}
        for origin in origins("NATO", first):
            posterior = estimate(origin, draws=draws, seed=seed, priors=priors)
            came = outcomes(range(origin + 1, origin + 1 + len(HORIZONS)))
            seen = np.isfinite(came)
            for mode, given in ((UNCONDITIONAL, False), (CONDITIONAL, True)):
                scores[mode].append(crps(forecast(posterior, war_given=given, seed=seed)[seen], came[seen]))
        by_variant[name] = {mode: float(np.concatenate(parts).mean()) for mode, parts in scores.items()}
    return by_variant


def _method(name: str, scored: Sequence[tuple[int, Array]], definition: Definition) -> Method:
    marks, places, joint = [], [], []
    for origin, draws in scored:
        came = outcomes(range(origin + 1, origin + 1 + len(HORIZONS)), definition)
        for step, horizon in enumerate(HORIZONS):
            if origin + horizon > LAST[definition]:
                continue
            marks.append(mark(draws[:, step], came[:, step], origin, horizon))
            places.append((origin, horizon))
            joint.append(_joint(draws[:, step], came[:, step], origin, definition))
    return Method(name, join(marks), tuple(places), np.array(joint))


def _joint(draws: Array, came: Array, origin: int, definition: Definition) -> list[float]:
    known = history(origin, definition)
    start = known.share(origin)
    change, drawn = (came - start)[PANEL_ROWS], (draws - start[:, None])[PANEL_ROWS]
    kilometres = {member.code: member.distance_km for member in facts.members()}
    distance = np.log([kilometres[WITH_FORCES[row]] / 1000 for row in PANEL_ROWS])
    debt = known.debt[PANEL_ROWS, -1] / 10
    mean = crps(draws[PANEL_ROWS].mean(0)[None], came[PANEL_ROWS].mean(keepdims=True))[0]
    slopes = [crps(_slope(drawn, x)[None], _slope(change[:, None], x))[0] for x in (distance, debt)]
    return [energy_score(draws, came), float(mean), _rank(np.median(drawn, axis=1), change), *map(float, slopes)]


def _slope(change: Array, x: Array) -> Array:
    centred = x - x.mean()
    slope: Array = centred @ change / (centred @ centred)
    return slope


def _rank(a: Array, b: Array) -> float:
    """Spearman's correlation; 0 where all forecasts are alike."""
    first, second = (np.argsort(np.argsort(values)).astype(float) for values in (a, b))
    if np.ptp(a) < 1e-9:
        return 0.0
    return float(np.corrcoef(first, second)[0, 1])


def report(methods: dict[str, Method], definition: Definition, seed: int) -> dict[str, Any]:
    """Everything the card and the tests need, as plain numbers."""
    mean = {name: float(method.marks.crps.mean()) for name, method in methods.items()}
    best = min(BASELINES, key=lambda name: mean[name])
    luck = Luck(seed, f"bootstrap:{definition}")
    rows = {name: _row(method) for name, method in methods.items()}
    for mode in (UNCONDITIONAL, CONDITIONAL):
        own, rival = methods[mode].marks, methods[best].marks
        early = own.origin + own.horizon <= BEFORE_THE_WAR
        rows[mode]["skill"] = {
            "all": skill(mean[mode], mean[best]),
            "by_horizon": [
                skill(own.where(own.horizon == h).crps.mean(), rival.where(rival.horizon == h).crps.mean())
                for h in HORIZONS
            ],
            "against_best_at_horizon": [_skill_at(methods, mode, horizon) for horizon in HORIZONS],
            "targets_to_2021": skill(own.where(early).crps.mean(), rival.where(early).crps.mean()),
            "bootstrap_90": list(block_bootstrap(own, rival, lambda label: luck.uniform(label, 1000))),
        }
    return {"definition": definition, "best_baseline": best, "methods": rows}


def _skill_at(methods: dict[str, Method], mode: str, horizon: int) -> float:
    def at(name: str) -> float:
        marks = methods[name].marks
        return float(marks.where(marks.horizon == horizon).crps.mean())

    return skill(at(mode), min(at(name) for name in BASELINES))


def _row(method: Method) -> dict[str, Any]:
    marks = method.marks
    energy, average, rank, distance, debt = method.joint.mean(0)
    table = {
        f"{origin}+{horizon}": float(marks.where((marks.origin == origin) & (marks.horizon == horizon)).crps.mean())
        for origin, horizon in method.origins
    }
    return {
        "crps": float(marks.crps.mean()),
        "crps_by_horizon": [float(marks.where(marks.horizon == h).crps.mean()) for h in HORIZONS],
        "crps_by_origin_and_horizon": table,
        "mae": float(marks.error.mean()),
        "coverage": marks.coverage(),
        "coverage_80_by_horizon": [marks.where(marks.horizon == h).coverage()["80"] for h in HORIZONS],
        "width": marks.sharpness(),
        "pit": [int(count) for count in np.histogram(marks.pit, 10, (0.0, 1.0))[0]],
        "energy": float(energy),
        "crps_of_mean": float(average),
        "rank_correlation": float(rank),
        "crps_of_distance_slope": float(distance),
        "crps_of_debt_slope": float(debt),
        "forecasts": int(marks.crps.size),
    }
