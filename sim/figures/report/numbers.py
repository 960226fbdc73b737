"""How the cells of the report's tables are written: levels, differences, shares and p-values."""

from __future__ import annotations

import math
from datetime import date

from sim.analysis import Row
from sim.text import decimals, full_date, number, quantity, signed

NONE = "none"
_GROUPS = {"USA": "United States", "EUR": "Europe", "OTHER": "other donors", "ALL": "all donors"}


def is_share(row: Row) -> bool:
    """Whether the outcome is a share of runs."""
    return row.kind in ("probability", "label")


def outcome_name(row: Row) -> str:
    """The outcome in words, with the member or donors it is about."""
    return named(row.long_name, row.entity)


def named(long_name: str, entity: str) -> str:
    """A variable with the member or donors it is about."""
    return f"{long_name}: {_GROUPS.get(entity, entity)}" if entity else long_name


def outcome_unit(row: Row) -> str:
    """Unit and price basis."""
    return "% of runs" if is_share(row) else ", ".join(part for part in (row.unit, row.price_basis) if part)


def day_told(day: str) -> str:
    """``31 December 2029`` for an ISO day."""
    return full_date(date.fromisoformat(day))


def level(median: float, low: float, high: float, unit: str) -> tuple[str, str]:
    """Median and 90% range, rounded alike."""
    if not math.isfinite(median):
        return NONE, NONE
    places = decimals(max(abs(low), abs(high)), unit)
    return number(median, places), f"{number(low, places)} to {number(high, places)}"


def share(value: float) -> str:
    """A share of runs in per cent with one decimal."""
    return number(100 * value, 1) if math.isfinite(value) else NONE


def gap(row: Row) -> tuple[str, str]:
    """Mean paired difference and its 95% interval, to the digit that the interval leaves standing; signs written."""
    if not math.isfinite(row.mean_difference):
        return NONE, NONE
    scale = 100.0 if is_share(row) else 1.0
    # Shares have one decimal everywhere, as in the sentences.
    error = 0.1 if is_share(row) else max((row.high - row.low) / 2, abs(row.mean_difference) / 1000)
    mean, low, high = (signed(value * scale, error) for value in (row.mean_difference, row.low, row.high))
    return mean, f"{low} to {high}"


def chance(value: float) -> str:
    """P(B > A) in per cent, never rounded to nought or to all."""
    if not math.isfinite(value):
        return NONE
    if value <= 0 or value >= 1:
        return number(100 * value)
    text = number(100 * value)
    return {"0": "< 1", "100": "> 99"}.get(text, text)


def p_text(value: float) -> str:
    """A p-value with three decimals."""
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def detectable(row: Row) -> str:
    """The smallest difference these runs would have shown in four of five cases, two significant digits."""
    scale = 100.0 if is_share(row) else 1.0
    value = row.detectable * scale
    if not value > 0:
        return NONE
    return quantity(value, value / 10)
