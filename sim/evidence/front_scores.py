"""Back-test of the front: net gain over 1, 3 and 6 months from each month, against simple rules."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.evidence.front import POSITIONAL_FROM, FrontHistory, estimate_front, forecast_front, front_history
from sim.evidence.luck import Luck
from sim.evidence.scores import Marks, join, mark

Array = NDArray[np.float64]
HORIZONS = (1, 3, 6)
FIRST_ORIGIN = date(2023, 6, 1)
FINAL = date(2026, 9, 2)
DRAWS = 4000


def score_front(seed: int = 1, first: date = FIRST_ORIGIN) -> dict[str, Marks]:
    """Marks of the model with collapse episodes, without them, and of the rules AR(1), last month and zero."""
    full = front_history(FINAL)
    parts: dict[str, list[Marks]] = {}
    for origin in range(full.months.index(first), len(full.months) - 1):
        following = full.months[origin + 1]
        posterior = estimate_front(following.replace(day=2), draws=DRAWS, seed=seed)
        if posterior.history.months[-1] != full.months[origin]:
            raise ValueError(f"{full.months[origin]} is not known on {following.replace(day=2)}")
        luck = Luck(seed, f"front rules:{full.months[origin]}")
        paths = {
            "model": forecast_front(posterior, max(HORIZONS), seed=seed),
            "model without episodes": forecast_front(posterior, max(HORIZONS), episodes=False, seed=seed),
            **rules(posterior.history, luck),
        }
        for name, path in paths.items():
            parts.setdefault(name, []).extend(_marks(path, full.gain, origin))
    return {name: join(marks) for name, marks in parts.items()}


def _marks(path: Array, gain: Array, origin: int) -> list[Marks]:
    marks = []
    for horizon in HORIZONS:
        if origin + horizon < gain.size:
            came = gain[origin + 1 : origin + 1 + horizon].sum(keepdims=True)
            marks.append(mark(path[:horizon].sum(0)[None], came, origin, horizon))
    return marks


def rules(past: FrontHistory, luck: Luck) -> dict[str, Array]:
    """Paths (months, draws) of the simple rules, all fitted from December 2022, as the model's equation is."""
    gain = past.gain[past.months.index(POSITIONAL_FROM) :]
    months = max(HORIZONS)
    steps = luck.normal("last", months, DRAWS) * np.diff(gain).std()
    zero = luck.normal("zero", months, DRAWS) * np.sqrt((gain**2).mean())
    return {"AR(1)": _autoregression(gain, luck, months), "last month": gain[-1] + steps.cumsum(0), "zero": zero}


def _autoregression(gain: Array, luck: Luck, months: int) -> Array:
    """Least squares with a constant; parameters and noise drawn from their usual posterior, the slope kept below 1."""
    from scipy.special import gammaincinv

    x = np.column_stack([np.ones(gain.size - 1), gain[:-1]])
    y = gain[1:]
    b = np.linalg.lstsq(x, y, rcond=None)[0]
    freedom = max(y.size - 2, 1)
    squares = ((y - x @ b) ** 2).sum()
    scale = np.sqrt(squares / 2 / gammaincinv(freedom / 2, luck.uniform("scale", DRAWS)))
    root = np.linalg.cholesky(np.linalg.inv(x.T @ x))
    drawn = b[:, None] + root @ luck.normal("slope", 2, DRAWS) * scale
    constant, slope = drawn[0], np.clip(drawn[1], -0.99, 0.99)
    now, path = np.full(DRAWS, gain[-1]), []
    for month in range(months):
        now = constant + slope * now + scale * luck.normal(f"noise:{month}", DRAWS)
        path.append(now)
    return np.stack(path)


def report(by_rule: dict[str, Marks]) -> dict[str, Any]:
    """CRPS, absolute error and coverage by rule and horizon, as plain numbers."""
    rows: dict[str, Any] = {}
    for name, marks in by_rule.items():
        rows[name] = {
            str(horizon): {
                "crps": float(marks.where(marks.horizon == horizon).crps.mean()),
                "mae": float(marks.where(marks.horizon == horizon).error.mean()),
                "coverage": marks.where(marks.horizon == horizon).coverage(),
                "forecasts": int((marks.horizon == horizon).sum()),
            }
            for horizon in HORIZONS
        }
    return rows
