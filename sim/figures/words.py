"""Plain wording of shares, amounts and dates, the same in every figure."""

from __future__ import annotations

from datetime import date
from math import floor
from typing import Any

import numpy as np
from numpy.typing import NDArray

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
# How a unit is written after a number in running text; other units follow the number with a space.
_AFTER = {
    "% of GDP": "% of GDP",
    "% of NATO total": "%",
    "% of defence expenditure": "%",
    "ratio": "",
}
_UNCOUNTED = ("label", "0/1")


def in_runs(share: float, runs: int) -> str:
    """``In 72 of 100 runs``: a share of ``runs`` runs in natural frequencies, never rounded to none or to all."""
    if runs < 100:
        return f"In {round(share * runs)} of {runs} run{'' if runs == 1 else 's'}"
    if share <= 0:
        return f"In none of {runs:,} runs"
    if share >= 1:
        return f"In all {runs:,} runs"
    # Halves go up, and stored shares are single precision.
    hundredths = floor(100 * share + 0.5 + 1e-5)
    if hundredths == 0:
        return "In fewer than 1 of 100 runs"
    if hundredths == 100:
        return "In more than 99 of 100 runs"
    return f"In {hundredths} of 100 runs"


def lower(text: str) -> str:
    """The same with a small first letter, to stand inside a sentence."""
    return text[:1].lower() + text[1:]


def decimals(largest: float, unit: str) -> int:
    """Decimals worth showing for values up to ``largest`` in size; -2 rounds to hundreds."""
    if unit in ("members", "days"):
        return 0
    if unit.startswith("% of GDP") or unit.startswith("index") or unit == "ratio":
        return 2
    size = abs(largest)
    return -2 if size >= 10_000 else 0 if size >= 100 else 1


def number(value: float, places: int = 0) -> str:
    """A number with thousands separated by commas and a real minus sign; ``n/a`` for a missing one."""
    if not np.isfinite(value):
        return "n/a"
    text = f"{round(value, places):,.{max(places, 0)}f}"
    if text.startswith("-"):
        # A negative value that rounds to nought is written as nought.
        text = "−" + text[1:] if any(digit in text for digit in "123456789") else text[1:]
    return text


def amount(value: float, unit: str, places: int | None = None) -> str:
    """A number with its unit: ``2.31% of GDP``, ``EUR 212 bn``, ``114,000 km²``."""
    text = number(value, decimals(value, unit) if places is None else places)
    if unit.startswith("index"):
        return text
    if unit in _AFTER:
        return text + _AFTER[unit]
    for currency in ("EUR", "USD"):
        if unit == f"{currency} bn":
            return f"{currency} {text} bn"
    return f"{text} {unit}" if unit and unit not in _UNCOUNTED else text


def span(low: float, high: float, unit: str) -> str:
    """A range in words: ``1.98 to 2.71``; the unit is said once before it."""
    places = decimals(max(abs(low), abs(high)), unit)
    return f"{number(low, places)} to {number(high, places)}"


def median_and_range(quantiles: NDArray[Any], unit: str) -> str:
    """``2.31% of GDP (90% of runs: 1.98 to 2.71)`` from the five quantiles of one date."""
    places = decimals(max(abs(float(quantiles[0])), abs(float(quantiles[4]))), unit)
    middle = amount(float(quantiles[2]), unit, places)
    if quantiles[0] == quantiles[4]:
        return f"{middle} (the same in every run)"
    low, high = number(float(quantiles[0]), places), number(float(quantiles[4]), places)
    return f"{middle} (90% of runs: {low} to {high})"


def when(day: date, every: str) -> str:
    """A date as a reader says it: ``2029`` for a yearly quantity, ``December 2029`` for a monthly one."""
    return str(day.year) if every == "year" else f"{MONTHS[day.month - 1]} {day.year}"


def full_date(day: date) -> str:
    """``1 October 2024``."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def as_day(moment: Any) -> date:
    """A ``datetime64`` as a date."""
    day = np.datetime64(moment, "D").astype(object)
    return date(day.year, day.month, day.day)
