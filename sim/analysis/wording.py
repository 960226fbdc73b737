"""How numbers with their units, and shares of runs, are said."""

from __future__ import annotations

_POINTS = {
    "% of GDP": "percentage points of GDP",
    "% of NATO total": "percentage points of the NATO total",
    "% of defence expenditure": "percentage points of defence expenditure",
}


def runs_of_100(share: float, one: str = "run", many: str = "runs") -> str:
    """A share of runs as ``83 of 100 runs``, never rounding a few away: ``every run``, ``more than 99 of 100 runs``."""
    if share >= 1:
        return f"every {one}"
    if share <= 0:
        return f"no {one}"
    if share > 0.995:
        return f"more than 99 of 100 {many}"
    if share < 0.005:
        return f"fewer than 1 of 100 {many}"
    return f"{share * 100:.0f} of 100 {many}"


def quantity(number: float, error: float) -> str:
    """A number to the first digit that its ``error`` leaves standing."""
    digits, size = 0, abs(error)
    while 0 < size < 1 and digits < 6:
        size, digits = size * 10, digits + 1
    return f"{number:,.{digits}f}"


def with_unit(number: str, unit: str) -> str:
    """A difference with its unit: ``USD 10 bn``, ``0.2 percentage points of GDP``, ``0.16 points of the index``."""
    if unit.startswith(("USD ", "EUR ")):
        return f"{unit[:3]} {number} {unit[4:]}"
    if unit.startswith("index"):
        return f"{number} points of the index"
    return f"{number} {_POINTS.get(unit, unit)}"
