"""Where axes are marked, worked out here so that the same data always give the same picture, and fast."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.figures.words import MONTHS, number

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


def value_ticks(low: float, high: float, wanted: int = 4, whole: bool = False) -> list[float]:
    """Round values at even steps that enclose ``low`` to ``high``, about ``wanted`` steps."""
    if not (math.isfinite(low) and math.isfinite(high)):
        low, high = 0.0, 1.0
    if high - low < 1e-6 * max(1.0, abs(high)):
        # All values equal: a range around them, so that the line lies inside the panel.
        room = abs(high) * 0.1 if abs(high) > 1e-6 else 1.0
        low, high = low - room, high + room
    rough = (high - low) / wanted
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(s * power for s in _STEPS if s * power >= rough * 0.999)
    if whole:
        step = max(1.0, round(step))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(i * step, 10) for i in range(first, last + 1)]


def tick_texts(ticks: list[float]) -> list[str]:
    """Labels with just the decimals the step needs."""
    step = ticks[1] - ticks[0] if len(ticks) > 1 else 1.0
    places = next((p for p in range(6) if abs(round(step, p) - step) < 1e-9 * step), 6)
    return [number(tick, places) for tick in ticks]


def position(dates: NDArray[Any], every: str) -> NDArray[np.float64]:
    """Dates as numbers on the time axis, ``(time,)``.

    A yearly value stands at its year's whole number; a monthly one at its date in decimal years.
    """
    days = np.asarray(dates).astype("datetime64[D]")
    years = days.astype("datetime64[Y]")
    whole = years.astype(np.int64) + 1970.0
    if every == "year":
        return np.asarray(whole)
    first = years.astype("datetime64[D]")
    length = ((years + 1).astype("datetime64[D]") - first).astype(np.int64)
    return np.asarray(whole + (days - first).astype(np.int64) / length)


def moment(day: date, every: str) -> float:
    """Where a day lies on the time axis. Yearly values stand at the end of their year, so a day lies a year earlier."""
    decimal = float(position(np.array([day], dtype="datetime64[D]"), "month")[0])
    return decimal - 1.0 if every == "year" else decimal


def year_marks(low: float, high: float, every: str, room: int) -> tuple[list[float], list[float], list[str]]:
    """Tick places, label places and labels of a time axis with room for about ``room`` labels.

    Yearly axes are marked at the years; on monthly ones the ticks part the years and each label stands inside its year,
    or the months where there are less than two years.
    """
    if every == "month" and high - low < 2.0:
        return _month_marks(low, high, room)
    first, last = math.ceil(low - 1e-6), math.floor(high + 1e-6)
    if every == "year":
        step = _year_step(last - first + 1, room)
        years = [year for year in range(first, last + 1) if (year - last) % step == 0]
        return [float(y) for y in years], [float(y) for y in years], [str(y) for y in years]
    ticks = [float(year) for year in range(first, last + 1)]
    inside = [year for year in range(first - 1, last + 1) if year >= low - 0.45 and year + 0.55 <= high]
    step = _year_step(len(inside), room)
    shown = [year for year in inside if (year - inside[-1]) % step == 0]
    return ticks, [year + 0.5 for year in shown], [str(year) for year in shown]


def _year_step(count: int, room: int) -> int:
    return next((step for step in (1, 2, 3, 5, 10, 20) if count / step <= room), 50)


def _month_marks(low: float, high: float, room: int) -> tuple[list[float], list[float], list[str]]:
    months = range(math.floor(low * 12 + 0.45), math.floor(high * 12 - 0.55) + 1)
    step = next((s for s in (1, 2, 3, 6, 12) if len(months) / s <= room), 12)
    shown = [m for m in months if m % step == 0] or list(months)[:1]
    ticks = [month / 12 for month in range(math.ceil(low * 12 - 1e-6), math.floor(high * 12 + 1e-6) + 1)]
    return ticks, [(month + 0.5) / 12 for month in shown], [f"{MONTHS[m % 12][:3]} {m // 12 % 100:02d}" for m in shown]
