"""The back-test of every block, and the stored result that the card and every chart's footer read."""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from sim.errors import InputError
from sim.evidence import aid, budget_scores, front_scores, rates
from sim.evidence.calibration import IDENTIFIED, LAST_DAY, UNTIL, VINTAGES, Calibration, calibrate
from sim.evidence.history import Definition
from sim.evidence.predictive import predictive_checks
from sim.evidence.replication import replicate
from sim.evidence.scores import Marks, skill
from sim.evidence.selection import score_selection
from sim.evidence.whole_model import score_whole_model
from sim.facts.tables import stamp_until
from sim.files import write_whole
from sim.version import __version__

STORED = "backtest.json"
FORMAT = 1
LAST_FIRST = 2020  # later, some horizon or the targets to 2021 would have no forecast
DEFINITIONS: tuple[Definition, ...] = ("NATO", "SIPRI")


def backtest(
    *, draws: int = 1000, runs: int = 1000, seed: int = 1, first: int = budget_scores.FIRST_ORIGIN
) -> dict[str, Any]:
    """Every block at every origin, re-estimated with what was known then, against its baselines. Under a minute.

    Plain numbers, rounded to six places. Keys: ``budgets`` by definition, ``front``, ``aid``, ``events``,
    ``calibration``, ``predictive``, ``replication``, and what it was made with. Deterministic.
    """
    if not budget_scores.FIRST_ORIGIN - 1 <= first <= LAST_FIRST:
        raise InputError(
            f"first origin {first} is out of range; allowed: {budget_scores.FIRST_ORIGIN - 1} to {LAST_FIRST}"
        )
    report = {
        "format": FORMAT,
        "version": __version__,
        "tables": stamp_until(LAST_DAY),
        "seed": seed,
        "draws": draws,
        "first_origin": first,
        "budgets": {
            name: budget_scores.report(
                budget_scores.score_budgets(name, draws=draws, seed=seed, first=first), name, seed
            )
            for name in DEFINITIONS
        },
        "selection": score_selection(draws=draws, seed=seed),
        "whole_model": score_whole_model(runs=runs, seed=seed, first=first),
        "sensitivity": budget_scores.sensitivity(draws=draws, seed=seed, first=first),
        "front": front_scores.report(front_scores.score_front(seed)),
        "aid": {scores.actor: _aid(scores) for scores in aid.score_aid(runs, seed)},
        "events": [asdict(score) for score in (rates.score_elections(), rates.score_laws(), rates.score_ceasefire())],
        "calibration": _diagnostics(calibrate()),
        "vintages": {
            until.isoformat(): _diagnostics(calibrate(until))
            for until in VINTAGES
            if until >= IDENTIFIED and until != UNTIL
        },
        "predictive": [{**asdict(check), "inside": check.inside} for check in predictive_checks()],
        "replication": [asdict(row) for row in replicate()],
    }
    rounded: dict[str, Any] = _rounded(report)
    return rounded


def _diagnostics(calibration: Calibration) -> dict[str, Any]:
    return {
        "until": calibration.until.isoformat(),
        "observations": dict(calibration.observations),
        "worst_r_hat": calibration.worst_r_hat,
        "smallest_sample": calibration.smallest_sample,
        "convergence": dict(calibration.convergence),
        "skipped": list(calibration.skipped),
    }


def _aid(scores: aid.AidScores) -> dict[str, Any]:
    def row(marks: Marks) -> dict[str, Any]:
        return {"crps": float(marks.crps.mean()), "mae": float(marks.error.mean()), "coverage": marks.coverage()}

    return {
        "starts": [start.isoformat() for start in aid.STARTS],
        "came": list(aid.half_years(scores.actor)[1:]),
        "median": list(scores.medians),
        "crps_by_start": list(scores.model.crps),
        "random_walk_crps_by_start": list(scores.random_walk.crps),
        "model": row(scores.model),
        "random_walk": row(scores.random_walk),
        "skill": skill(float(scores.model.crps.mean()), float(scores.random_walk.crps.mean())),
    }


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _rounded(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(inner) for inner in value]
    if isinstance(value, float | np.floating):
        return round(float(value), 6)
    return value.item() if isinstance(value, np.generic) else value


def store(backtested: dict[str, Any], path: Path | None = None) -> Path:
    """Writes a back-test, by default where the card looks for it. FaultError if the disk refuses."""
    target = path or Path(str(files("sim.evidence"))) / STORED
    write_whole(target, json.dumps(backtested, indent=1, ensure_ascii=False) + "\n", remedy="choose another folder")
    return target


def stored(path: Path | None = None) -> dict[str, Any]:
    """The stored back-test. InputError if it is missing, damaged, or of another format."""
    name = str(path or STORED)
    try:
        text = (path if path is not None else files("sim.evidence") / STORED).read_text(encoding="utf-8")
        backtested: dict[str, Any] = json.loads(text)
        number = backtested["format"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{name}: no back-test that can be read ({type(error).__name__}); `alliance backtest` makes one"
        ) from None
    if number != FORMAT:
        raise InputError(
            f"{name}: back-test of format {number}, this version reads {FORMAT}; run `alliance backtest` again"
        )
    return backtested


def card_line(found: dict[str, Any] | None = None, subject: str = "budgets") -> str:
    """The one line of a chart's footer, computed from the stored back-test; empty if there is none.

    ``subject``: "budgets", "front", "aid" or "ceasefire", each with the score of its own kind of forecast.
    """
    if found is None:
        try:
            found = stored()
        except InputError:
            return ""
    if subject == "front":
        model, rule = found["front"]["model"]["6"], found["front"]["AR(1)"]["6"]
        return (
            f"6-month front forecasts 2023-26: CRPS {_against(1 - model['crps'] / rule['crps'])} than AR(1); "
            f"80% bands covered {model['coverage']['80']:.0%}"
        )
    if subject == "aid":
        parts = [
            f"{name} {_against(found['aid'][code]['skill'])}" for code, name in (("USA", "U.S."), ("EUR", "European"))
        ]
        return (
            f"half-year military aid 2022-25: CRPS {', '.join(parts)} than a random walk; seven of them decide little"
        )
    if subject == "ceasefire":
        row = next(event for event in found["events"] if event["name"].startswith("ceasefire"))
        return (
            f"ceasefire within a quarter, 2022-26: Brier score {row['brier']:.3f}, {row['trials']} quarters without one"
        )
    row = found["selection"]["rows"]["selection"]
    return (
        f"1-3-year budget forecasts 2016-26, form chosen inside the test: CRPS {_against(row['skill'])} than the best "
        f"simple rule; 80% bands covered {row['coverage']['80']:.0%}"
    )


def _against(gain: float) -> str:
    return f"{abs(gain):.0%} {'better' if gain >= 0 else 'worse'}"
