"""One plot with a time axis. Each mark also writes the numbers it draws into the page's table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.figures.drawing import Row
from sim.figures.history import EMPTY, Series
from sim.figures.page import Box, Page
from sim.figures.style import BODY, CM_PER_INCH, GRID, INK, MUTED, RULE, SMALL, Look, tint
from sim.figures.ticks import moment, position, tick_texts, value_ticks, year_marks
from sim.figures.words import as_day, decimals, median_and_range, number, when

if TYPE_CHECKING:
    from sim.model.variables import Variable

HEADER = 0.88
FOOT = 0.45
OUTER, INNER = 0.26, 0.52


class Panel:
    """A titled plot inside ``box``. Draw marks, then ``finish`` sets limits, ticks and the labels at the right end.

    ``widest`` is the longest tick label expected and ``end`` the longest label at the right end (the same, unless given);
    they set the margins, so that panels of a column line up.
    """

    def __init__(
        self, page: Page, box: Box, title: str, unit: str, every: str, *, widest: str = "00.00", end: str = ""
    ) -> None:
        self.page, self.title, self.unit, self.every = page, title, unit, every
        left = page.measure(widest) + 0.12
        self.right = page.measure(end or widest, SMALL, True) + 0.12
        self.box = Box(box.x + left, box.y + FOOT, box.w - left - self.right, box.h - FOOT - HEADER)
        self.axes: Any = page.axes(self.box)
        self.low, self.high = np.inf, -np.inf
        self.first, self.last = np.inf, -np.inf
        self._ends: list[tuple[float, str, str, bool]] = []
        page.text(box.x, box.y + box.h - 0.3, title, BODY, bold=True)
        page.text(box.x, box.y + box.h - 0.62, unit, SMALL, colour=MUTED)

    def fan(
        self,
        variable: Variable,
        dates: NDArray[Any],
        quantiles: NDArray[Any],
        look: Look,
        *,
        scenario: str = "",
        entity: str = "",
        history: Series = EMPTY,
        ends: bool = True,
    ) -> None:
        """Median line with bands of 50% and 90%, opening from the last reported point.

        ``quantiles`` is (time, 5). History is drawn up to the first simulated date.
        """
        self.history(variable, history if not len(dates) else history.before(dates[0]), entity=entity)
        if not len(dates):
            self.say_nothing("no value falls in this horizon")
            return
        self._record(variable, dates, quantiles, scenario, entity)
        x, drawn = self._opened(dates, np.asarray(quantiles, dtype=np.float64), history)
        self._see(x, drawn)
        if len(x) == 1:
            self._bar(x[0], drawn[0], look, width=0.5)
        else:
            for (low, high), strength in (((0, 4), OUTER), ((1, 3), INNER)):
                self.axes.fill_between(
                    x, drawn[:, low], drawn[:, high], color=tint(look.colour, strength), lw=0, zorder=2 + strength
                )
            width = self.page.line_width(1.7)
            self.axes.plot(
                x, drawn[:, 2], color=look.colour, linestyle=look.linestyle, lw=width, zorder=4, solid_capstyle="butt"
            )
        if ends:
            self._label_ends(drawn[-1], look, decimals(float(np.nanmax(np.abs(drawn))), variable.unit))

    def bars(
        self,
        variable: Variable,
        dates: NDArray[Any],
        quantiles: NDArray[Any],
        look: Look,
        *,
        scenario: str = "",
        history: Series = EMPTY,
    ) -> None:
        """For counts: at each date a bar over 90% of runs, a darker one over 50%, a line at the median; from nought."""
        earlier = history.before(dates[0]) if len(dates) else history
        self.history(variable, earlier, marker="o")
        self._see(np.zeros(0), np.zeros(1))
        if not len(dates):
            self.say_nothing("no value falls in this horizon")
            return
        self._record(variable, dates, quantiles, scenario, "")
        x = position(dates, self.every)
        self._see(x, quantiles)
        for place, row in zip(x, quantiles, strict=True):
            self._bar(float(place), row, look, width=0.7 if self.every == "year" else 0.06)
        self._label_ends(np.asarray(quantiles[-1], dtype=np.float64), look, decimals(0.0, variable.unit))

    def steps(
        self,
        variable: Variable,
        dates: NDArray[Any],
        shares: NDArray[Any],
        look: Look,
        *,
        scenario: str = "",
        note: str = "",
        label: str = "",
        thin: bool = False,
    ) -> None:
        """The share of runs in which something holds, as a step line; each value holds until the next date."""
        if not len(dates):
            self.say_nothing("no value falls in this horizon")
            return
        x = position(dates, self.every)
        self._see(x, np.array([0.0, 1.0]))
        for day, share in zip(dates, shares, strict=True):
            self._row(variable, kind="share", scenario=scenario, date=self._stamp(day), value=float(share), note=note)
        dashes = (0, (2.2, 1.4)) if thin else look.linestyle
        marker = look.marker if len(x) == 1 else ""
        width = self.page.line_width(1.2 if thin else 1.9)
        self.axes.plot(
            x, shares, color=look.colour, linestyle=dashes, lw=width, drawstyle="steps-post", zorder=4, marker=marker
        )
        told = f"{number(100 * float(shares[-1]))}%"
        self._ends.append((float(shares[-1]), f"{told} {label}".strip(), look.colour, not thin))
        what = note or variable.long_name
        self.page.told.append(f"{what}: {told} of runs in {when(as_day(dates[-1]), self.every)}.")

    def shares(
        self,
        variable: Variable,
        dates: NDArray[Any],
        shares: NDArray[Any],
        look: Look,
        *,
        scenario: str = "",
    ) -> None:
        """For a labelled variable: the share of runs with each label, stacked to 100%. ``shares`` is (time, labels)."""
        if not len(dates):
            self.say_nothing("no value falls in this horizon")
            return
        x = position(dates, self.every)
        if len(x) == 1:
            x, drawn = np.array([x[0] - 0.04, x[0]]), np.repeat(shares, 2, axis=0)
        else:
            drawn = shares
        self._see(x, np.array([0.0, 1.0]))
        tops = np.cumsum(drawn, axis=1)
        strengths = np.linspace(0.95, 0.2, max(2, len(variable.labels)))
        for index, label in enumerate(variable.labels):
            below = tops[:, index] - drawn[:, index]
            for day, share in zip(dates, shares[:, index], strict=True):
                self._row(
                    variable, kind="share", scenario=scenario, date=self._stamp(day), value=float(share), note=label
                )
            colour = tint(look.colour, float(strengths[index]))
            self.axes.fill_between(
                x, below, tops[:, index], step="post", color=colour, lw=self.page.line_width(0.4), ec="white", zorder=3
            )
            end = float(drawn[-1, index])
            if end > 0:
                self._ends.append((float(below[-1]) + end / 2, f"{label} {number(100 * end)}%", INK, False))
        told = ", ".join(f"{label} {number(100 * float(shares[-1, i]))}%" for i, label in enumerate(variable.labels))
        self.page.told.append(f"{variable.long_name} in {when(as_day(dates[-1]), self.every)}, share of runs: {told}.")

    def history(self, variable: Variable, series: Series, *, entity: str = "", marker: str = "") -> None:
        """What was reported before the simulated dates, in black."""
        if not len(series):
            return
        x = position(series.dates, self.every)
        self._see(x, series.values)
        for day, value in zip(series.dates, series.values, strict=True):
            self._row(variable, kind="reported", entity=entity, date=self._stamp(day), value=float(value))
        marker = marker or ("o" if len(x) == 1 else "")
        size = self.page.line_width(2.2)
        self.axes.plot(x, series.values, color=INK, lw=self.page.line_width(1.1), marker=marker, ms=size, zorder=5)

    def level(self, value: float, text: str, variable: str = "") -> None:
        """A dashed line across the panel, named on the line: a target, or zero."""
        self._see(np.zeros(0), np.array([value]))
        self.axes.axhline(value, color=RULE, lw=self.page.line_width(0.8), linestyle=(0, (3, 2)), zorder=1.5)
        self.axes.annotate(
            text,
            (0, value),
            xycoords=("axes fraction", "data"),
            xytext=(self.page.line_width(2), self.page.line_width(2)),
            textcoords="offset points",
            fontsize=SMALL * self.page.size.scale,
            color=MUTED,
            zorder=6,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.3, "alpha": 0.75},
        )
        self.page.rows.append(
            Row(panel=self.title, variable=variable, kind="level", value=value, unit=self.unit, note=text)
        )

    def start(self, day: date) -> None:
        """The thin vertical line where the simulation starts."""
        x = moment(day, self.every)
        if self.first < x < self.last:
            self.axes.axvline(x, color=RULE, lw=self.page.line_width(0.8), zorder=1.6)

    def say_nothing(self, reason: str) -> None:
        """Write in the panel why nothing is drawn there."""
        self.axes.text(
            0.5,
            0.5,
            reason,
            transform=self.axes.transAxes,
            ha="center",
            fontsize=SMALL * self.page.size.scale,
            color=MUTED,
        )
        self.page.told.append(f"{self.title}: {reason}.")

    def finish(
        self,
        *,
        low: float | None = None,
        high: float | None = None,
        percent: bool = False,
        marks: Sequence[float] = (),
    ) -> None:
        """Set limits, ticks and end labels.

        ``low`` and ``high`` widen the range; ``percent`` is 0 to 100%, always; ``marks`` are the ticks, from end to end.
        """
        whole = self.unit == "members"
        if percent:
            ticks = [0.0, 0.25, 0.5, 0.75, 1.0]
            texts = ["0%", "25%", "50%", "75%", "100%"]
        elif marks:
            ticks = list(marks)
            texts = tick_texts(ticks)
        else:
            bottom = min([self.low, *([low] if low is not None else [])])
            top = max([self.high, *([high] if high is not None else [])])
            ticks = value_ticks(bottom, top, 4 if self.box.h > 2.2 else 3, whole)
            texts = tick_texts(ticks)
        self.axes.set_ylim(ticks[0], ticks[-1])
        self._dress(ticks, texts)
        self._mark_years()
        self._set_ends(ticks[0], ticks[-1])

    def _dress(self, ticks: list[float], texts: list[str]) -> None:
        scale = self.page.size.scale
        axes = self.axes
        axes.set_facecolor("none")
        for side in ("left", "right", "top"):
            axes.spines[side].set_visible(False)
        axes.spines["bottom"].set(color=RULE, linewidth=0.7 * scale)
        axes.set_yticks(ticks, texts)
        axes.tick_params(axis="y", length=0, pad=2 * scale, labelsize=SMALL * scale, labelcolor=MUTED)
        axes.hlines(ticks, 0, 1, transform=axes.get_yaxis_transform(), color=GRID, lw=0.6 * scale, zorder=1)

    def _mark_years(self) -> None:
        scale = self.page.size.scale
        low, high = (self.first, self.last) if self.first <= self.last else (0.0, 1.0)
        edge = 0.4 if self.every == "year" else 0.0
        if low == high:
            edge = max(edge, 0.1)
        self.axes.set_xlim(low - edge, high + edge)
        room = max(2, int(self.box.w / (self.page.measure("0000") + 0.15)))
        if not np.isfinite(self.first):
            self.axes.set_xticks([])
            return
        ticks, places, texts = year_marks(low, high, self.every, room)
        look = {"labelsize": SMALL * scale, "labelcolor": MUTED, "color": RULE, "width": 0.7 * scale}
        if ticks == places:
            self.axes.set_xticks(places, texts)
        else:
            self.axes.set_xticks(ticks, [""] * len(ticks))
            self.axes.set_xticks(places, texts, minor=True)
        self.axes.tick_params(axis="x", which="major", length=2.5 * scale, pad=2.5 * scale, **look)
        self.axes.tick_params(axis="x", which="minor", length=0, pad=5.0 * scale, **look)

    def _set_ends(self, low: float, high: float) -> None:
        """Labels right of the last point, pushed apart until none overlaps another."""
        height = SMALL * 1.2 / 72 * CM_PER_INCH
        ordered = sorted(self._ends)
        wanted = [self.box.y + (end[0] - low) / (high - low) * self.box.h for end in ordered]
        for y, (_, text, colour, bold) in zip(spread(wanted, height), ordered, strict=True):
            x = self.box.x + self.box.w + 0.1
            self.page.text(x, y, text, SMALL, bold=bold, colour=colour, va="center_baseline")

    def _label_ends(self, last: NDArray[Any], look: Look, places: int) -> None:
        middle = number(float(last[2]), places)
        self._ends.append((float(last[2]), middle, look.colour, True))
        for value in (float(last[0]), float(last[4])):
            text = number(value, places)
            if text != middle:
                self._ends.append((value, text, MUTED, False))

    def _bar(self, x: float, row: NDArray[Any], look: Look, width: float) -> None:
        for (low, high), strength, part in (((0, 4), OUTER, 1.0), ((1, 3), INNER, 0.7)):
            half = width * part / 2
            self.axes.fill_between(
                [x - half, x + half], row[low], row[high], color=tint(look.colour, strength), lw=0, zorder=2 + strength
            )
        width_pt = self.page.line_width(2.0)
        self.axes.hlines(row[2], x - width / 2, x + width / 2, color=look.colour, lw=width_pt, zorder=4)

    def _opened(
        self, dates: NDArray[Any], quantiles: NDArray[Any], history: Series
    ) -> tuple[NDArray[Any], NDArray[Any]]:
        """The points drawn: the simulated ones, after the last reported one if that is at most a year away."""
        x = position(dates, self.every)
        earlier = history.before(dates[0])
        if len(earlier):
            last = float(position(earlier.dates[-1:], self.every)[0])
            if x[0] - last <= 1.05:
                x = np.concatenate([[last], x])
                quantiles = np.vstack([np.full(5, earlier.values[-1]), quantiles])
        return x, quantiles

    def _see(self, x: NDArray[Any], y: NDArray[Any]) -> None:
        finite = np.asarray(y, dtype=np.float64)
        finite = finite[np.isfinite(finite)]
        if finite.size:
            self.low, self.high = min(self.low, float(finite.min())), max(self.high, float(finite.max()))
        if len(x):
            self.first, self.last = min(self.first, float(x[0])), max(self.last, float(x[-1]))

    def _stamp(self, day: Any) -> str:
        return str(np.datetime64(day, "D"))

    def _row(self, variable: Variable, **cells: Any) -> None:
        unit = "share of runs" if cells["kind"] == "share" else variable.unit
        self.page.rows.append(
            Row(panel=self.title, variable=variable.name, unit=unit, price_basis=variable.price_basis, **cells)
        )

    def _record(
        self, variable: Variable, dates: NDArray[Any], quantiles: NDArray[Any], scenario: str, entity: str
    ) -> None:
        for day, row in zip(dates, quantiles, strict=True):
            low, below, middle, above, high = (float(value) for value in row)
            cells = {"q05": low, "q25": below, "q50": middle, "q75": above, "q95": high}
            self._row(variable, kind="runs", scenario=scenario, entity=entity, date=self._stamp(day), **cells)
        told = median_and_range(quantiles[-1], variable.unit)
        self.page.told.append(f"{self.title}: median {told} in {when(as_day(dates[-1]), self.every)}.")


def spread(wanted: Sequence[float], apart: float) -> list[float]:
    """Heights near ``wanted`` (ascending) that lie at least ``apart`` from one another, moved as little as possible."""
    groups: list[list[float]] = []
    for height in wanted:
        # Each group is [sum of wanted centres, members]; touching groups merge and share their mean.
        groups.append([height, 1])
        while (
            len(groups) > 1 and _centre(groups[-1]) - _centre(groups[-2]) < apart * (groups[-1][1] + groups[-2][1]) / 2
        ):
            total, members = groups.pop()
            groups[-1] = [groups[-1][0] + total, groups[-1][1] + members]
    placed = []
    for total, members in groups:
        lowest = total / members - apart * (members - 1) / 2
        placed += [lowest + apart * i for i in range(int(members))]
    return placed


def _centre(group: list[float]) -> float:
    return group[0] / group[1]


def share_range(panels: Sequence[Panel]) -> tuple[float, float]:
    """The lowest and highest value over ``panels``, to give all of them one axis."""
    return min(panel.low for panel in panels), max(panel.high for panel in panels)
