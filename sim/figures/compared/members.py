"""The members in two scenarios: who moves most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.statistics import mean_interval
from sim.figures.compared.spread import Spread
from sim.figures.compared.subjects import remembered
from sim.figures.drawing import Drawing, Row
from sim.figures.multiples import Scale
from sim.figures.page import Box
from sim.figures.style import GRID, MUTED, RULE, SMALL, Size, tint
from sim.figures.ticks import tick_texts, value_ticks
from sim.figures.words import number

if TYPE_CHECKING:
    from sim.analysis import Comparison
    from sim.analysis.align import View

SHARE = "defence_share_pct_gdp"
LEVEL = 2.0
NAME, HEAD, FOOT = 2.7, 0.45, 0.5
NONE = "No year ends within the shared horizon, so no yearly figure can be given."


@dataclass(frozen=True, slots=True)
class Move:
    """One member at the last date: medians in A and B, the mean paired difference with its 95% interval, P(B > A)."""

    code: str
    name: str
    a: float
    b: float
    mean: float
    low: float
    high: float
    q05: float
    q95: float
    higher: float
    lower: float

    @property
    def text(self) -> str:
        """``+0.12 (0.10 to 0.14)``, or ``0`` where no run differs."""
        if self.higher == 0 and self.lower == 0:
            return "0"
        places = 3 if abs(self.mean) < 0.1 else 2
        return f"{signed(self.mean, places)} ({number(self.low, places)} to {number(self.high, places)})"


class Facing(Spread):
    """A page about one scenario beside the baseline."""

    def __init__(self, comparison: Comparison, scenario: str, *rest: Any) -> None:
        super().__init__(comparison, *rest)
        self.scenario = scenario


def signed(value: float, places: int = 2) -> str:
    """A difference with its sign, none where it rounds to nought."""
    text = number(value, places)
    return f"+{text}" if value > 0 and any(digit in text for digit in "123456789") else text


def moves(comparison: Comparison, scenario: str) -> tuple[str, list[Move]]:
    """The last date's year and every member with a share in both, the one that rises most first."""
    return remembered(comparison, ("moves", scenario), lambda: _moves(comparison, scenario))


def _moves(comparison: Comparison, scenario: str) -> tuple[str, list[Move]]:
    from sim import facts

    views = (comparison.views[comparison.baseline], comparison.views[comparison.names.index(scenario)])
    dates = views[0].dates(SHARE)
    if not len(dates):
        return "", []
    names = {member.code: member.name for member in facts.members() if member.has_forces}
    before, after = (remembered(view, SHARE, partial(_last_shares, view, tuple(names))) for view in views)
    found = []
    for code, name in names.items():
        # Run i of B minus run i of A, in the runs in which both have a share.
        gap = after[code] - before[code]
        known = gap[np.isfinite(gap)]
        if not len(known):
            continue
        mean, low, high = (float(part[0]) for part in mean_interval(known[None]))
        q05, q95 = (float(edge) for edge in np.quantile(known, (0.05, 0.95)))
        higher, lower = float((known > 0).mean()), float((known < 0).mean())
        left, right = float(np.nanmedian(before[code])), float(np.nanmedian(after[code]))
        found.append(Move(code, name, left, right, mean, low, high, q05, q95, higher, lower))
    return str(dates[-1])[:4], sorted(found, key=lambda one: (-one.mean, one.code))


def _last_shares(view: View, codes: Sequence[str]) -> dict[str, NDArray[np.float64]]:
    """Every member's share in every run at the last date."""
    return {code: np.asarray(view.values(SHARE, code)[-1], np.float64) for code in codes}


def members_moved(comparison: Comparison, size: Size, scenario: str | None = None) -> Drawing:
    """Dumbbells: each member's median share in A and B at the end, sorted by the mean paired difference."""
    first, other = pair_of(comparison, scenario)
    year, found = moves(comparison, other)
    halves = 2 if size.height is not None else 1
    title = "Which members move most" + (f", {year}" if year else "")
    interval = " with its 95% interval" if size.height is None else ""
    words = (
        f"Left: median defence share, % of GDP. Right: difference run by run, percentage points, mean{interval}; "
        "the bar holds 90% of runs. Largest rise first."
    )
    page = Facing(
        comparison, other, "members_moved", size, title, words, moves_sentence(found, first, other, year), 17.5
    )
    record_moves(page, found, first, other, comparison)
    body = page.key((first, other))
    each = -(-len(found) // halves)
    for place, box in enumerate(body.grid(1, halves, across=0.6) if found else []):
        _dumbbells(page, box, found[place * each : (place + 1) * each], each, found)
    return page.finish()


def pair_of(comparison: Comparison, scenario: str | None) -> tuple[str, str]:
    """The baseline and the scenario beside it: the one named, or the first."""
    first = comparison.names[comparison.baseline]
    rest = [name for name in comparison.names if name != first]
    return first, scenario or rest[0]


def moves_sentence(found: Sequence[Move], first: str, other: str, year: str) -> str:
    """How many members rise and fall, and which moves most."""
    if not found:
        return NONE
    up, down = sum(one.low > 0 for one in found), sum(one.high < 0 for one in found)
    most = max(found, key=lambda one: abs(one.mean))
    if most.higher == 0 and most.lower == 0:
        return f"No member spends differently in {other} than in {first} in {year}, in any run."
    word = "more" if most.mean > 0 else "less"
    low, high = sorted((abs(most.low), abs(most.high))) if most.low * most.high > 0 else (most.low, most.high)
    share = most.higher if most.mean > 0 else most.lower
    return (
        f"In {year} the mean difference of {other} from {first} is above nought for {up or 'none'} and below nought "
        f"for {down or 'none'} of {len(found)} members (95% interval, each on its own). "
        f"{most.name} moves most: {word} in {number(100 * share)} of 100 runs, by "
        f"{number(abs(most.mean), 2)} percentage points of GDP on average ({number(low, 2)} to {number(high, 2)})."
    )


def record_moves(page: Facing, found: Sequence[Move], first: str, other: str, comparison: Comparison) -> None:
    """Each member's medians and difference as rows, and all of them in the text alternative."""
    if not found:
        return
    day = str(comparison.views[comparison.baseline].dates(SHARE)[-1])
    common: dict[str, Any] = {"variable": SHARE, "date": day}
    for one in found:
        for name, value in ((first, one.a), (other, one.b)):
            page.rows.append(
                Row(scenario=name, panel=one.name, entity=one.code, kind="runs", value=value, unit="% of GDP",
                    note="median of runs", **common)
            )  # fmt: skip
        note = f"minus {first}, mean of the difference run by run; 95% interval {one.low:.7g} to {one.high:.7g}; "
        note += f"higher in {one.higher:.7g}, lower in {one.lower:.7g} of runs"
        page.rows.append(
            Row(scenario=other, panel=one.name, entity=one.code, kind="difference", q05=one.q05, q95=one.q95,
                value=one.mean,
                unit="percentage points of GDP", note=note, **common)
        )  # fmt: skip
    for value, what in ((sum(one.low > 0 for one in found), "above"), (sum(one.high < 0 for one in found), "below")):
        note = f"members whose mean difference is {what} nought by its 95% interval, of {len(found)}"
        page.rows.append(
            Row(
                scenario=other,
                panel="sentence",
                kind="statement",
                value=float(value),
                unit="count",
                note=note,
                **common,
            )
        )
    page.told.append(
        "Medians and mean difference: "
        + "; ".join(f"{one.name} {number(one.a, 2)}, {number(one.b, 2)}, {signed(one.mean)}" for one in found)
        + "."
    )


def _dumbbells(page: Facing, box: Box, found: Sequence[Move], rows: int, every: Sequence[Move]) -> None:
    """Names, dumbbells of the medians, bars of the differences, numbers; axes hold ``every`` member."""
    step = (box.h - HEAD - FOOT) / rows
    numbers = page.measure("+0.000 (0.000 to 0.000)" if not page.wide else "+0.000") + 0.3
    inner = Box(box.x + NAME, box.y + FOOT + step * (rows - len(found)), box.w - NAME - numbers, step * len(found))
    left, right = inner.columns(1.0, 1.0, across=0.9)
    span = (0.0, float(len(found)))
    ends = [value for one in every for value in (one.a, one.b, LEVEL)]
    shares, gaps = value_ticks(min(ends), max(ends), 4), _gap_ticks(every)
    levels = Scale(left, (shares[0], shares[-1]), span)
    changes = Scale(right, (gaps[0], gaps[-1]), span)
    _axis(page, levels, shares, LEVEL, "2% of GDP")
    _axis(page, changes, gaps, 0.0, "no difference")
    heights = np.arange(len(found), dtype=np.float64)[::-1] + 0.5
    _marks(page, levels, changes, found, heights)
    for one, y in zip(found, box.y + FOOT + step * (rows - len(found)) + heights * step, strict=True):
        page.text(box.x, y, page.wrap(one.name, NAME - 0.1)[0], SMALL, va="center_baseline")
        text = one.text if not page.wide else one.text.partition(" ")[0]
        page.text(box.x + box.w, y, text, SMALL, ha="right", va="center_baseline")


def _marks(page: Facing, levels: Scale, changes: Scale, found: Sequence[Move], heights: NDArray[Any]) -> None:
    from matplotlib.collections import LineCollection

    comparison, sheet = page.comparison, page.marks()
    first, other = page.looks[comparison.names[comparison.baseline]], page.looks[page.scenario]
    width = page.line_width
    tops = zip(found, heights, strict=True)
    bars = [levels.line(np.array([one.a, one.b]), np.full(2, y)) for one, y in tops]
    ranges = [changes.line(np.array([one.q05, one.q95]), np.full(2, y)) for one, y in zip(found, heights, strict=True)]
    for lines, colour, points in ((bars, other.colour, 1.4), (ranges, tint(other.colour, 0.4), 3.0)):
        drawn = LineCollection(lines, colors=colour, linewidths=width(points), zorder=3)
        sheet.add_collection(drawn, autolim=False)
    from_a = levels.line(np.array([one.a for one in found]), heights)
    to_b = levels.line(np.array([one.b for one in found]), heights)
    means = changes.line(np.array([one.mean for one in found]), heights)
    # A is hollow and larger, so that it is seen where B lies on it.
    hollow: dict[str, Any] = {
        "marker": first.marker,
        "mec": first.colour,
        "mfc": "white",
        "ms": width(5.2),
        "mew": width(1.0),
    }
    solid: dict[str, Any] = {"marker": other.marker, "color": other.colour, "ms": width(3.2), "mew": 0.0}
    sheet.plot(from_a[:, 0], from_a[:, 1], ls="none", zorder=4, **hollow)
    sheet.plot(to_b[:, 0], to_b[:, 1], ls="none", zorder=5, **solid)
    sheet.plot(means[:, 0], means[:, 1], ls="none", zorder=5, **solid)


def _axis(page: Facing, scale: Scale, ticks: Sequence[float], level: float, name: str) -> None:
    """Upright grid lines with their values below, and the dashed ``level`` named above."""
    from matplotlib.collections import LineCollection

    rows = np.array(scale.y)
    for tick, text in zip(ticks, tick_texts(list(ticks)), strict=True):
        ((x, low), (_, high)) = scale.line(np.full(2, tick), rows)
        page.rule(x, low, x, high, GRID, 0.6)
        page.text(x, low - 0.33, text, SMALL, colour=MUTED, ha="center")
    line = scale.line(np.full(2, level), rows)
    dashes = LineCollection([line], colors=RULE, linewidths=page.line_width(0.9), linestyles=[(0, (3, 2))], zorder=2)
    page.marks().add_collection(dashes, autolim=False)
    page.text(line[1][0], line[1][1] + 0.1, name, SMALL, colour=MUTED, ha="center")


def _gap_ticks(found: Sequence[Move]) -> list[float]:
    ends = [value for one in found for value in (one.q05, one.q95, one.mean, 0.0)]
    return value_ticks(min(ends), max(ends), 3)
