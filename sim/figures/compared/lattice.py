"""Rows of small fans on shared axes, drawn as a few collections on one sheet: many matplotlib axes cost seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.figures.multiples import Scale
from sim.figures.page import Box, Page
from sim.figures.panel import INNER, OUTER
from sim.figures.style import CM_PER_INCH, GRID, INK, MUTED, RULE, SMALL, Look, tint
from sim.figures.ticks import tick_texts, value_ticks, year_marks

LABEL, NARROW, TICKS, ACROSS, FOOT = 2.55, 2.3, 1.12, 0.3, 0.45
# The least height of a small fan, in centimetres.
LEAST = 0.85
LINE = SMALL * 1.2 / 72 * CM_PER_INCH


@dataclass(frozen=True, eq=False)
class Cell:
    """One small fan: ``x`` (time,) in decimal years, ``quantiles`` (time, 5), the past, and lines of text above it.

    Each line comes in wordings from long to short, of which the first that fits is set.
    """

    look: Look
    x: NDArray[Any]
    quantiles: NDArray[Any]
    past_x: NDArray[Any] = field(default_factory=lambda: np.zeros(0))
    past: NDArray[Any] = field(default_factory=lambda: np.zeros(0))
    above: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, eq=False)
class Line:
    """One row: its label and unit at the left, its cells, a line across at ``level``, and what the axis must show."""

    label: str
    unit: str
    cells: Sequence[Cell]
    level: float | None = None
    low: float | None = None
    high: float | None = None


def headers(page: Page, box: Box, columns: Sequence[tuple[str, str]]) -> Box:
    """Bold column heads (text, colour), broken at underscores where too long; returns the box below them."""
    frames = _columns(box, len(columns))
    # A word that is too wide in bold is set plain rather than cut.
    parts = [piece for text, _ in columns for piece in text.replace("_", "_ ").split()]
    bold = all(page.measure(piece, SMALL, True) <= frames[0].w for piece in parts)
    broken = [broken_name(page, text, frame.w, bold=bold) for (text, _), frame in zip(columns, frames, strict=True)]
    most = max(len(lines) for lines in broken)
    for lines, (_, colour), frame in zip(broken, columns, frames, strict=True):
        for number, line in enumerate(lines):
            y = box.y + box.h - 0.3 - LINE * (number + most - len(lines))
            page.text(frame.x, y, line, SMALL, bold=bold, colour=colour)
    return Box(box.x, box.y, box.w, box.h - 0.12 - most * LINE)


def broken_name(page: Page, text: str, width: float, *, bold: bool = True) -> list[str]:
    """A name in lines no wider than ``width``, broken after underscores and at spaces."""
    lines: list[str] = []
    for word in text.split(" "):
        for number, part in enumerate(piece for piece in word.replace("_", "_\0").split("\0") if piece):
            joined = f"{lines[-1]}{'' if number else ' '}{part}" if lines else part
            if lines and page.measure(joined, SMALL, bold) <= width:
                lines[-1] = joined
            else:
                lines += page.wrap(part, width, SMALL, bold) or [part]
    return lines


def lattice(page: Page, box: Box, lines: Sequence[Line], *, columns: int, start: float) -> None:
    """Draw ``lines`` from the top of ``box``, one time axis for all and one value axis a row; ``start`` is marked."""
    count = len(lines)
    height = (box.h - FOOT) / max(1, count)
    span = _span(lines)
    ink = _Ink()
    for number, line in enumerate(lines):
        most = max((len(cell.above) for cell in line.cells), default=0)
        while most > 1 and height - 0.24 - most * LINE < LEAST:
            most -= 1  # the picture goes before the second line of text, which the CSV holds as well
        band = Box(box.x, box.y + box.h - (number + 1) * height, box.w, height)
        frames = [Box(one.x, one.y + 0.12, one.w, one.h - 0.24 - most * LINE) for one in _columns(band, columns)]
        ticks = _ticks(line, frames[0].h)
        _row_texts(page, band, line, frames[0], ticks)
        for cell, frame in zip(line.cells, frames, strict=False):
            scale = Scale(frame, span, (ticks[0], ticks[-1]))
            ink.add(cell, scale, ticks, line.level, start)
            above = cell.above[:most]
            for place, wordings in enumerate(reversed(above)):
                bold = place == len(above) - 1
                text = next((one for one in wordings if page.measure(one, SMALL, bold) <= frame.w), wordings[-1])
                y = frame.y + frame.h + 0.1 + place * LINE
                page.text(frame.x, y, text, SMALL, bold=bold)
            below = lines[number + 1].cells if number + 1 < count else ()
            if len(below) <= line.cells.index(cell):
                _years(page, frame, span)
    ink.draw(page)


class _Ink:
    """Shapes gathered by how they are drawn."""

    def __init__(self) -> None:
        self.areas: dict[tuple[str, float], list[Any]] = {}
        self.lines: dict[tuple[str, Any, float, float], list[Any]] = {}

    def add(self, cell: Cell, scale: Scale, ticks: Sequence[float], level: float | None, start: float) -> None:
        for tick in ticks:
            self._line((GRID, "solid", 0.5, 1.0), scale.level(tick))
        if level is not None:
            # Over the bands: where nought lies in a fan of differences is what the reader looks for.
            self._line((MUTED, (0, (3, 2)), 0.8, 3.5), scale.level(level))
        if scale.x[0] < start < scale.x[1]:
            self._line((RULE, "solid", 0.6, 1.4), scale.line(np.full(2, start), np.array(scale.y)))
        self._line((INK, "solid", 1.0, 5.0), scale.line(cell.past_x, cell.past))
        if not len(cell.x):
            return
        x, drawn = cell.x, cell.quantiles
        if len(cell.past_x) and x[0] - cell.past_x[-1] <= 1.05:
            x = np.concatenate([cell.past_x[-1:], x])
            drawn = np.vstack([np.full(5, cell.past[-1]), drawn])
        elif len(x) == 1:
            x, drawn = np.array([x[0] - 0.2, x[0] + 0.2]), np.repeat(drawn, 2, axis=0)
        for (low, high), strength in (((0, 4), OUTER), ((1, 3), INNER)):
            shade = tint(cell.look.colour, strength)
            self.areas.setdefault((shade, 2 + strength), []).append(scale.area(x, drawn[:, low], drawn[:, high]))
        self._line((cell.look.colour, cell.look.linestyle, 1.4, 4.0), scale.line(x, drawn[:, 2]))

    def _line(self, how: tuple[str, Any, float, float], points: NDArray[np.float64]) -> None:
        self.lines.setdefault(how, []).append(points)

    def draw(self, page: Page) -> None:
        from matplotlib.collections import LineCollection, PolyCollection

        sheet = page.sheet()
        for (shade, order), areas in self.areas.items():
            made = PolyCollection(areas, facecolors=shade, edgecolors="none", zorder=order)
            sheet.add_collection(made, autolim=False)
        for (colour, dashes, points, order), lines in self.lines.items():
            width = page.line_width(points)
            drawn = LineCollection(lines, colors=colour, linewidths=width, linestyles=[dashes], zorder=order)
            sheet.add_collection(drawn, autolim=False)


def _columns(box: Box, columns: int) -> list[Box]:
    label, across = (LABEL, ACROSS) if columns <= 6 else (NARROW, ACROSS / 2)
    return Box(box.x + label + TICKS, box.y, box.w - label - TICKS, box.h).grid(1, columns, across=across)


def _span(lines: Sequence[Line]) -> tuple[float, float]:
    xs = np.concatenate([np.zeros(0), *(x for line in lines for cell in line.cells for x in (cell.past_x, cell.x))])
    if not len(xs):
        return 0.0, 1.0
    low, high = float(xs.min()), float(xs.max())
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _ticks(line: Line, height: float) -> list[float]:
    found = [y.ravel() for cell in line.cells for y in (cell.past, cell.quantiles)]
    fixed = [value for value in (line.low, line.high, line.level) if value is not None]
    ys = np.concatenate([np.array(fixed), *found])
    ys = ys[np.isfinite(ys)]
    if not len(ys):
        return [0.0, 1.0]
    return value_ticks(float(ys.min()), float(ys.max()), 3 if height > 1.3 else 2)


def _row_texts(page: Page, band: Box, line: Line, frame: Box, ticks: list[float]) -> None:
    width = frame.x - TICKS - band.x - 0.1
    head = page.wrap(line.label, width, SMALL, True) if line.label else []
    unit = page.wrap(line.unit, width, SMALL) if line.unit else []
    if len(head) + len(unit) > band.h / LINE:
        # The price basis also stands in the CSV; the unit itself stays.
        unit = page.wrap(line.unit.partition(",")[0], width, SMALL)
    y = frame.y + frame.h - 0.2
    for number, text in enumerate((*head, *unit)):
        bold = number < len(head)
        page.text(band.x, y - number * LINE, text, SMALL, bold=bold, colour=INK if bold else MUTED)
    texts = tick_texts(ticks)
    if frame.h / (len(ticks) - 1) < LINE:
        texts = [text if at in (0, len(ticks) - 1) else "" for at, text in enumerate(texts)]
    for tick, text in zip(ticks, texts, strict=True):
        up = frame.y + (tick - ticks[0]) / (ticks[-1] - ticks[0]) * frame.h
        if text:
            page.text(frame.x - 0.08, up, text, SMALL, colour=MUTED, ha="right", va="center_baseline")


def _years(page: Page, frame: Box, span: tuple[float, float]) -> None:
    room = max(2, int(frame.w / (page.measure("0000") + 0.25)))
    ticks, places, texts = year_marks(*span, "month", room)
    for tick in ticks:
        x = frame.x + (tick - span[0]) / (span[1] - span[0]) * frame.w
        if frame.x - 0.01 <= x <= frame.x + frame.w + 0.01:
            page.rule(x, frame.y, x, frame.y - 0.08, RULE, 0.6)
    page.rule(frame.x, frame.y, frame.x + frame.w, frame.y, RULE, 0.7)
    for place, text in zip(places, texts, strict=True):
        x = frame.x + (place - span[0]) / (span[1] - span[0]) * frame.w
        x = min(x, frame.x + frame.w - page.measure(text) / 2)
        page.text(x, frame.y - 0.4, text, SMALL, colour=MUTED, ha="center")
