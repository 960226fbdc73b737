"""Many small fans on shared axes, drawn as a few collections on one sheet: thirty matplotlib axes cost a second."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.figures.page import Box, Page
from sim.figures.panel import INNER, OUTER
from sim.figures.style import GRID, INK, MUTED, RULE, SMALL, Look, tint
from sim.figures.ticks import tick_texts, value_ticks

HEAD, FOOT, SIDE = 0.42, 0.42, 0.5


@dataclass(frozen=True, eq=False)
class Multiple:
    """One small fan: heading (or ``code`` where that is too long), the figure beside it, history and quantiles."""

    name: str
    code: str
    end: str
    past_x: NDArray[Any]
    past: NDArray[Any]
    x: NDArray[Any]
    quantiles: NDArray[Any]


def multiples(
    page: Page,
    box: Box,
    parts: Sequence[Multiple],
    look: Look,
    *,
    columns: int,
    middle: NDArray[Any],
    level: float,
) -> None:
    """Draw ``parts`` row by row in ``box`` with one pair of axes for all; ``middle`` is repeated in grey in each."""
    from matplotlib.collections import LineCollection, PolyCollection

    rows = max(1, -(-len(parts) // columns))
    cells = Box(box.x + SIDE, box.y + FOOT, box.w - SIDE, box.h - FOOT).grid(rows, columns, across=0.22, down=0.1)
    frames = [Box(cell.x, cell.y, cell.w, cell.h - HEAD) for cell in cells[: len(parts)]]
    span, ticks = _limits(parts, level)
    outer, inner, medians, past, greys, grids, levels = [], [], [], [], [], [], []
    for part, frame in zip(parts, frames, strict=True):
        scale = Scale(frame, span, (ticks[0], ticks[-1]))
        grids += [scale.line(np.array(span), np.full(2, tick)) for tick in ticks]
        levels.append(scale.line(np.array(span), np.full(2, level)))
        _heading(page, part, frame)
        past.append(scale.line(part.past_x, part.past))
        if not len(part.x):
            continue
        x, drawn = _opened(part)
        outer.append(scale.area(x, drawn[:, 0], drawn[:, 4]))
        inner.append(scale.area(x, drawn[:, 1], drawn[:, 3]))
        medians.append(scale.line(x, drawn[:, 2]))
        greys.append(scale.line(part.x, middle))
    sheet = page.sheet()
    width = page.line_width
    for lines, colour, dashes, points, order in (
        (grids, GRID, "solid", 0.5, 1.0),
        (levels, RULE, (0, (3, 2)), 0.6, 1.5),
        (greys, RULE, "solid", 0.8, 3.0),
        (medians, look.colour, look.linestyle, 1.3, 4.0),
        (past, INK, "solid", 0.9, 5.0),
    ):
        drawn_lines = LineCollection(lines, colors=colour, linewidths=width(points), linestyles=[dashes], zorder=order)
        sheet.add_collection(drawn_lines, autolim=False)
    for areas, strength in ((outer, OUTER), (inner, INNER)):
        shade = tint(look.colour, strength)
        sheet.add_collection(
            PolyCollection(areas, facecolors=shade, edgecolors="none", zorder=2 + strength), autolim=False
        )
    _axis_texts(page, frames, columns, span, ticks)


@dataclass(frozen=True, slots=True)
class Scale:
    """Data to centimetres inside a frame."""

    frame: Box
    x: tuple[float, float]
    y: tuple[float, float]

    def line(self, x: NDArray[Any], y: NDArray[Any]) -> NDArray[np.float64]:
        """Points ``(n, 2)`` of a line."""
        across = self.frame.x + (x - self.x[0]) / (self.x[1] - self.x[0]) * self.frame.w
        up = self.frame.y + (y - self.y[0]) / (self.y[1] - self.y[0]) * self.frame.h
        return np.column_stack([across, up])

    def area(self, x: NDArray[Any], low: NDArray[Any], high: NDArray[Any]) -> NDArray[np.float64]:
        """Corners of the area between two lines."""
        return np.concatenate([self.line(x, low), self.line(x, high)[::-1]])

    def level(self, y: float) -> NDArray[np.float64]:
        """A line across the frame."""
        return self.line(np.array(self.x), np.full(2, y))


def _opened(part: Multiple) -> tuple[NDArray[Any], NDArray[Any]]:
    """The fan from the last reported point on; a lone simulated point becomes a short level piece."""
    if len(part.past_x) and part.x[0] - part.past_x[-1] <= 1.05:
        x = np.concatenate([part.past_x[-1:], part.x])
        return x, np.vstack([np.full(5, part.past[-1]), part.quantiles])
    if len(part.x) == 1:
        return np.array([part.x[0] - 0.2, part.x[0] + 0.2]), np.repeat(part.quantiles, 2, axis=0)
    return part.x, part.quantiles


def _limits(parts: Sequence[Multiple], level: float) -> tuple[tuple[float, float], list[float]]:
    xs = np.concatenate([np.zeros(0), *(x for part in parts for x in (part.past_x, part.x))])
    ys = np.concatenate([np.array([0.0, level]), *(y.ravel() for part in parts for y in (part.past, part.quantiles))])
    span = (float(xs.min()), float(xs.max())) if len(xs) else (0.0, 1.0)
    if span[0] == span[1]:
        span = (span[0] - 0.5, span[1] + 0.5)
    return span, value_ticks(0.0, float(ys.max()), 3, whole=True)


def _heading(page: Page, part: Multiple, frame: Box) -> None:
    end = page.measure(part.end, SMALL, True) if part.end else 0.0
    fits = page.measure(part.name) + end + 0.08 <= frame.w
    y = frame.y + frame.h + 0.1
    page.text(frame.x, y, part.name if fits else part.code, SMALL)
    page.text(frame.x + frame.w, y, part.end, SMALL, bold=True, ha="right")


def _axis_texts(page: Page, frames: Sequence[Box], columns: int, span: tuple[float, float], ticks: list[float]) -> None:
    """Values left of each row, first and last year under the lowest panel of each column."""
    texts = tick_texts(ticks)
    for frame in frames[::columns]:
        for tick, text in zip(ticks, texts, strict=True):
            y = frame.y + (tick - ticks[0]) / (ticks[-1] - ticks[0]) * frame.h
            page.text(frame.x - 0.08, y, text, SMALL, colour=MUTED, ha="right", va="center_baseline")
    for frame in frames[-columns:]:
        y = frame.y - 0.32
        page.text(frame.x, y, f"{span[0]:.0f}", SMALL, colour=MUTED)
        page.text(frame.x + frame.w, y, f"{span[1]:.0f}", SMALL, colour=MUTED, ha="right")
