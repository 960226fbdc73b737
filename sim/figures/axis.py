"""Where axes begin, end and are marked, and where data lie on the page: all worked out here, the same each time."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.text import MONTHS, decimals, number

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
# Yearly fans open from the last reported year, monthly ones from a point at most as far away.
LONGEST_GAP = 1.05


@dataclass(frozen=True, slots=True)
class Axis:
    """A value axis: its marks from the lowest to the highest, their texts, and the decimals of values written beside.

    ``sign`` (as ``%``) follows a value written beside the axis, which is then multiplied by 100.
    """

    ticks: tuple[float, ...]
    texts: tuple[str, ...]
    places: int
    sign: str = ""

    def text(self, value: float) -> str:
        """A value as it is written beside the axis."""
        return f"{number(100 * value)}{self.sign}" if self.sign else number(value, self.places)


SHARES = Axis((0.0, 0.25, 0.5, 0.75, 1.0), ("0%", "25%", "50%", "75%", "100%"), 0, "%")


def value_axis(unit: str, values: Iterable[Any], include: Iterable[float | None] = ()) -> Axis:
    """The axis of a variable: it holds all ``values`` (arrays) and the points of ``include``.

    This one rule decides the limits everywhere, so that equal values have equal axes: a page asks it once for each
    variable, with the values of every scenario. A count of members runs from nought to 32, or to 40 if new ones join.
    """
    parts = [np.ravel(np.asarray(part, np.float64)) for part in values]
    data = np.concatenate([np.zeros(0), *parts])
    data = data[np.isfinite(data)]
    largest = float(np.abs(data).max()) if len(data) else 0.0
    if unit == "members":
        ticks = [0.0, 8.0, 16.0, 24.0, 32.0, *([40.0] if largest > 32 else [])]
    else:
        ends = (
            [*data[[data.argmin(), data.argmax()]].tolist(), *(point for point in include if point is not None)]
            if (len(data))
            else []
        )
        ticks = value_ticks(min(ends), max(ends)) if ends else [0.0, 1.0]
    return Axis(tuple(ticks), tuple(tick_texts(ticks)), decimals(largest, unit))


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


def tick_texts(ticks: Sequence[float]) -> list[str]:
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


def time_span(every: str, times: Iterable[NDArray[np.float64]]) -> tuple[float, float]:
    """First and last place on the time axis that shows all ``times``, with room round yearly values."""
    places = np.concatenate([np.zeros(0), *times])
    if not len(places):
        return 0.0, 1.0
    low, high = float(places.min()), float(places.max())
    edge = 0.4 if every == "year" else 0.1 if low == high else 0.0
    return low - edge, high + edge


def opened(
    x: NDArray[np.float64], fan: NDArray[np.float64], past_x: NDArray[np.float64], past: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The points of a fan: it opens from the last reported value, if that is at most a year away.

    A fan of one date without such a value becomes a short level piece. ``fan`` is (time, quantiles).
    """
    if len(x) and len(past_x) and x[0] - past_x[-1] <= LONGEST_GAP:
        return np.concatenate([past_x[-1:], x]), np.vstack([np.full(fan.shape[1], past[-1]), fan])
    if len(x) == 1:
        return np.array([x[0] - 0.2, x[0] + 0.2]), np.repeat(fan, 2, axis=0)
    return x, fan


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


def apart(wanted: Sequence[float], least: float, low: float = -math.inf, high: float = math.inf) -> list[float]:
    """Heights near ``wanted`` (ascending), at least ``least`` from one another and, as far as they fit, in the bounds.

    They are moved as little as possible: labels that would touch share the mean of their places.
    """
    count = len(wanted)
    inside = [max(min(y, high - (count - 1 - at) * least), low + at * least) for at, y in enumerate(wanted)]
    groups: list[list[float]] = []
    for height in inside:
        # Each group is [sum of wanted centres, members]; touching groups merge.
        groups.append([height, 1])
        while (
            len(groups) > 1 and _centre(groups[-1]) - _centre(groups[-2]) < least * (groups[-1][1] + groups[-2][1]) / 2
        ):
            total, members = groups.pop()
            groups[-1] = [groups[-1][0] + total, groups[-1][1] + members]
    heights = []
    for total, members in groups:
        lowest = total / members - least * (members - 1) / 2
        heights += [lowest + least * at for at in range(int(members))]
    return heights


def _centre(group: Sequence[float]) -> float:
    return group[0] / group[1]
