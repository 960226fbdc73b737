"""One key of a scenario changed at a time, to see what moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np

from sim.model import catalogue
from sim.scenario import Choice, Day, Flag, Given, Number, Origin, Scenario, fixed
from sim.scenario.values import Dated, Distribution, Value


def changed(scenario: Scenario, key: str) -> Scenario:
    """``scenario`` with another value for ``key``."""
    given = scenario.values.get(key)
    now = given.value if given else None
    values = {**scenario.values, key: Given(_other(key, now), Origin("set", "test"))}
    return replace(scenario, values=values)


def _other(key: str, now: Value) -> Value:
    parameter = catalogue().find(key)
    assert parameter is not None
    domain = parameter.domain
    if isinstance(domain, Number):
        rare = parameter.unit == "per year" and domain.high <= 1  # too rare to be met in a few dozen runs
        return fixed(0.5 * domain.high if rare else _number(domain, now))
    if isinstance(domain, Flag):
        return not now
    if isinstance(domain, Choice):
        return next(option for option in domain.options[::-1] if option != now)
    if isinstance(domain, Day):
        return date(2026, 3, 3) if now is None else None
    raise AssertionError(f"{key}: no other value known")


def _number(domain: Number, now: Value) -> float:
    """A number well away from where the key stands: far out in its prior, or half as much again."""
    if isinstance(now, Distribution) and not now.is_fixed:
        return float(now.ppf(np.array([0.99]))[0])
    start = now.central() if isinstance(now, Distribution | Dated) else (domain.low + min(domain.high, 10)) / 2
    moved = start * 1.5 if start else 0.5
    if domain.integer:
        moved = start + 1 if start + 1 <= domain.high else start - 1
    return float(min(max(moved, domain.low), domain.high)) if moved != start else start + 0.5
