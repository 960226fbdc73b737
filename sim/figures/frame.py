"""The frame of a plot: heading, axes with their marks, lines across, labels at the right end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.figures.drawing import Row
from sim.figures.page import Box, Page
from sim.figures.style import BODY, CM_PER_INCH, GRID, MUTED, RULE, SMALL
from sim.figures.ticks import moment, tick_texts, value_ticks, year_marks

HEADER, SHORT_HEADER = 0.88, 0.52
FOOT = 0.45


class Frame:
    """A titled plot inside ``box``. Draw marks, then ``finish`` sets limits, ticks and the labels at the right end.

    ``widest`` is the longest tick label expected and ``end`` the longest label at the right end (the same, unless
    given); they set the margins, so that panels of a column line up.
    """

    def __init__(
        self, page: Page, box: Box, title: str, unit: str, every: str, *, widest: str = "00.00", end: str = ""
    ) -> None:
        self.page, self.title, self.unit, self.every = page, title, unit, every
        left = page.measure(widest) + 0.12
        self.right = page.measure(end or widest, SMALL, True) + 0.12
        header = HEADER if title else SHORT_HEADER
        self.box = Box(box.x + left, box.y + FOOT, box.w - left - self.right, box.h - FOOT - header)
        self.axes: Any = page.axes(self.box)
        # The axes' own ticks, labels and frame cost more to draw than all that is plotted; ``finish`` sets ours.
        self.axes.set_axis_off()
        self.low, self.high = np.inf, -np.inf
        self.first, self.last = np.inf, -np.inf
        self._ends: list[tuple[float, str, str, bool]] = []
        if title:
            page.text(box.x, box.y + box.h - 0.3, title, BODY, bold=True)
        page.text(box.x, box.y + box.h - header + 0.26, unit, SMALL, colour=MUTED)

    def level(self, value: float, text: str, variable: str = "") -> None:
        """A dashed line across the panel, named at its right end: a target, or zero."""
        self._see(np.zeros(0), np.array([value]))
        self.axes.axhline(value, color=RULE, lw=self.page.line_width(0.8), linestyle=(0, (3, 2)), zorder=1.5)
        self._ends.append((value, text, MUTED, False))
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
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0},
            zorder=7,
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
    ) -> None:
        """Set limits, ticks and end labels.

        ``low`` and ``high`` widen the range; ``percent`` is 0 to 100%, always. A count of members runs
        from nought to 32, or to 40 if new ones join.
        """
        if percent:
            ticks = [0.0, 0.25, 0.5, 0.75, 1.0]
            texts = ["0%", "25%", "50%", "75%", "100%"]
        elif self.unit == "members":
            ticks = [0.0, 8.0, 16.0, 24.0, 32.0, *([40.0] if self.high > 32 else [])]
            texts = tick_texts(ticks)
        else:
            bottom = min([self.low, *([low] if low is not None else [])])
            top = max([self.high, *([high] if high is not None else [])])
            ticks = value_ticks(bottom, top, 4 if self.box.h > 2.2 else 3)
            texts = tick_texts(ticks)
        self.axes.set_ylim(ticks[0], ticks[-1])
        for tick, text in zip(ticks, texts, strict=True):
            y = self.box.y + (tick - ticks[0]) / (ticks[-1] - ticks[0]) * self.box.h
            self.page.rule(self.box.x, y, self.box.x + self.box.w, y, GRID, 0.6)
            self.page.text(self.box.x - 0.08, y, text, SMALL, colour=MUTED, ha="right", va="center_baseline")
        self._mark_years()
        self._set_ends(ticks[0], ticks[-1])

    def _mark_years(self) -> None:
        """The time axis: its line, ticks and labels."""
        box, page = self.box, self.page
        page.rule(box.x, box.y, box.x + box.w, box.y, RULE, 0.7)
        if not np.isfinite(self.first):
            return
        edge = 0.4 if self.every == "year" else 0.1 if self.first == self.last else 0.0
        low, high = self.first - edge, self.last + edge
        self.axes.set_xlim(low, high)
        room = max(2, int(box.w / (page.measure("0000") + 0.15)))
        ticks, places, texts = year_marks(low, high, self.every, room)
        for tick in ticks:
            x = box.x + (tick - low) / (high - low) * box.w
            page.rule(x, box.y, x, box.y - 0.09, RULE, 0.7)
        for place, text in zip(places, texts, strict=True):
            x = box.x + (place - low) / (high - low) * box.w
            page.text(x, box.y - 0.4, text, SMALL, colour=MUTED, ha="center")

    def _set_ends(self, low: float, high: float) -> None:
        """Labels right of the last point, pushed apart until none overlaps another."""
        height = SMALL * 1.2 / 72 * CM_PER_INCH
        ordered = sorted(self._ends)
        wanted = [self.box.y + (end[0] - low) / (high - low) * self.box.h for end in ordered]
        for y, (_, text, colour, bold) in zip(spread(wanted, height), ordered, strict=True):
            x = self.box.x + self.box.w + 0.1
            self.page.text(x, y, text, SMALL, bold=bold, colour=colour, va="center_baseline")

    def _see(self, x: NDArray[Any], y: NDArray[Any]) -> None:
        finite = np.asarray(y, dtype=np.float64)
        finite = finite[np.isfinite(finite)]
        if finite.size:
            self.low, self.high = min(self.low, float(finite.min())), max(self.high, float(finite.max()))
        if len(x):
            self.first, self.last = min(self.first, float(x[0])), max(self.last, float(x[-1]))


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
