"""The page a figure is drawn on: title, unit line, key, sentence and footer round a body measured in centimetres."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.figures.drawing import Drawing, Frame, Provenance, Row, Table
from sim.figures.style import BODY, CM_PER_INCH, GRID, INK, MUTED, PAPER, RULE, SMALL, TITLE, Look, Size

if TYPE_CHECKING:
    from sim.figures.ink import Pen

MARGIN = 0.25
LEADING = 1.32
LINE = SMALL * 1.2 / 72 * CM_PER_INCH
CAUTION = "Conditional on the scenario; not a forecast."
MOST_LINES = 3
KEY_LINE, SAMPLE = 0.42, 0.75


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the page, in centimetres from its lower left corner, before scaling."""

    x: float
    y: float
    w: float
    h: float

    @property
    def right(self) -> float:
        """The right edge."""
        return self.x + self.w

    @property
    def top(self) -> float:
        """The upper edge."""
        return self.y + self.h

    def columns(self, *weights: float, across: float = 0.4) -> list[Box]:
        """Boxes side by side, as wide as their weights say."""
        share = (self.w - across * (len(weights) - 1)) / sum(weights)
        starts = [self.x + sum(weights[:i]) * share + across * i for i in range(len(weights))]
        return [Box(x, self.y, weight * share, self.h) for x, weight in zip(starts, weights, strict=True)]

    def grid(self, rows: int, columns: int, across: float = 0.4, down: float = 0.3) -> list[Box]:
        """``rows × columns`` boxes row by row from the top left, with gaps between them."""
        w = (self.w - across * (columns - 1)) / columns
        h = (self.h - down * (rows - 1)) / rows
        return [
            Box(self.x + column * (w + across), self.y + self.h - h - row * (h + down), w, h)
            for row in range(rows)
            for column in range(columns)
        ]


class Sentence(NamedTuple):
    """A plain sentence, and the rows of the table that hold the numbers it says."""

    text: str
    rows: Sequence[Row] = ()


class Page:
    """A page with its words set; ``body`` is what is left for panels.

    Lengths are centimetres and type sizes points at page width; a slide enlarges both by its scale. ``height`` holds
    where the size leaves it open; ``note`` stands under the line that says what made the picture. A ``bare`` page sets
    no words, for a sheet that says them itself. ``rows`` collects the numbers drawn, ``phrases`` the parts of the text
    alternative and ``frames`` the value axes.
    """

    def __init__(
        self,
        size: Size,
        title: str,
        subtitle: str,
        sentence: Sentence,
        provenance: Provenance,
        *,
        height: float,
        note: str,
        bare: bool = False,
    ) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        from sim.figures.ink import Ink

        self.size, self.title, self.sentence, self.provenance = size, title, sentence.text, provenance
        self.width = size.width / size.scale
        self.height = (size.height or height * size.scale) / size.scale
        inches = (self.width * size.scale / CM_PER_INCH, self.height * size.scale / CM_PER_INCH)
        self.figure = Figure(figsize=inches, dpi=100, facecolor=PAPER)
        FigureCanvasAgg(self.figure)
        self.ink = Ink(size.scale)
        self.figure.add_artist(self.ink)
        self.rows: list[Row] = list(sentence.rows)
        self.phrases: list[str] = []
        self.frames: list[Frame] = []
        margin = Box(MARGIN, MARGIN, self.width - 2 * MARGIN, self.height - 2 * MARGIN)
        self.body = margin if bare else self._set_words(margin, subtitle, note)

    @property
    def is_slide(self) -> bool:
        """Whether the page is wide and its height fixed."""
        return self.size.height is not None

    def measure(self, text: str, points: float = SMALL, bold: bool = False) -> float:
        """Width of ``text`` in centimetres at page scale."""
        from sim.figures.ink import measure

        return measure(text, points, bold)

    def wrap(self, text: str, width: float, points: float = SMALL, bold: bool = False) -> list[str]:
        """``text`` broken at spaces, and after underscores, into lines no wider than ``width`` centimetres.

        A longer word is cut.
        """
        return wrapped(text, width, points, bold)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        points: float = SMALL,
        *,
        bold: bool = False,
        colour: str = INK,
        ha: str = "left",
        middle: bool = False,
    ) -> None:
        """Set one line of text at (x, y) centimetres; y is the baseline, or the middle of its capitals."""
        from sim.figures.ink import Letters, baseline

        if text:
            width = 0.0 if ha == "left" else self.measure(text, points, bold)
            y = baseline(y, points) if middle else y
            self.ink.letters.append(Letters(x, y, text, points, bold, colour, ha, width))

    def lines(
        self, x: float, y: float, lines: Sequence[str], points: float = SMALL, *, step: float = LINE, **setting: Any
    ) -> float:
        """Set ``lines`` one below the other, the first at the baseline y; returns the baseline after the last."""
        for at, line in enumerate(lines):
            self.text(x, y - at * step, line, points, **setting)
        return y - len(lines) * step

    def rule(self, x0: float, y0: float, x1: float, y1: float, colour: str, points: float, order: float = 1.0) -> None:
        """A straight line in centimetres."""
        self.ink.line(self.pen(order, line=colour, width=points), np.array([[x0, y0], [x1, y1]]))

    def rectangle(self, box: Box, fill: str, order: float = 2.0, **pen: Any) -> None:
        """A filled rectangle."""
        corners = [(box.x, box.y), (box.right, box.y), (box.right, box.top), (box.x, box.top)]
        self.ink.area(self.pen(order, fill=fill, **pen), np.array(corners))

    def marker(self, look: Look, points: NDArray[np.float64], size: float, order: float = 6.0) -> None:
        """A scenario's marker, edged in white, at each of ``points`` (n, 2) centimetres."""
        self.ink.markers(self.pen(order, line=PAPER, width=0.4, fill=look.colour), look.marker, points, size)

    def pen(self, order: float, **how: Any) -> Pen:
        """How shapes are drawn; see ``ink.Pen``."""
        from sim.figures.ink import Pen

        return Pen(order, **how)

    def key(self, entries: Sequence[tuple[Look, str]]) -> None:
        """Name the looks in lines under the heading; the body becomes what is left."""
        x, y = self.body.x, self.body.top - KEY_LINE + 0.12
        for look, text in entries:
            width = SAMPLE + 0.1 + self.measure(text, SMALL, True)
            if x > self.body.x and x + width > self.body.right:
                x, y = self.body.x, y - KEY_LINE
            pen = self.pen(5.0, line=look.colour, width=1.7, dashes=look.dashes)
            self.ink.line(pen, np.array([[x, y + 0.08], [x + SAMPLE, y + 0.08]]))
            self.marker(look, np.array([[x + SAMPLE / 2, y + 0.08]]), 3.4)
            self.text(x + SAMPLE + 0.1, y, text, SMALL, bold=True, colour=look.text_colour)
            x += width + 0.5
        self.body = Box(self.body.x, self.body.y, self.body.w, y - self.body.y - 0.2)

    def note(self, text: str) -> None:
        """Set a remark in small type at the foot of the body, which becomes what is left."""
        lines = self.wrap(text, self.body.w)
        self.lines(self.body.x, self.body.y + 0.1 + LINE * (len(lines) - 1), lines, colour=MUTED)
        low = LINE * len(lines) + 0.15
        self.body = Box(self.body.x, self.body.y + low, self.body.w, self.body.h - low)

    def upright_axis(self, box: Box, low: float, high: float, ticks: Sequence[tuple[float, str]]) -> None:
        """Upright grid lines across ``box`` with their values below it."""
        for tick, text in ticks:
            x = box.x + (tick - low) / (high - low) * box.w
            self.rule(x, box.y, x, box.top, GRID, 0.6)
            self.text(x, box.y - 0.35, text, colour=MUTED, ha="center")

    def finish(self) -> Drawing:
        """The drawing, with the text alternative put together from its phrases."""
        alt = " ".join([f"{self.title}.", self.sentence, *self.phrases])
        return Drawing(
            self.figure, self.title, self.sentence, alt, Table(tuple(self.rows)), self.provenance, tuple(self.frames)
        )

    def _set_words(self, margin: Box, subtitle: str, note: str) -> Box:
        width, top = margin.w, margin.top
        for text, points, bold, colour in ((self.title, TITLE, True, INK), (subtitle, BODY, False, MUTED)):
            lines = self.wrap(text, width, points, bold)
            if len(lines) > MOST_LINES:
                lines = [*lines[: MOST_LINES - 1], f"{lines[MOST_LINES - 1][:-1]}…"]
            step = points * LEADING / 72 * CM_PER_INCH
            self.lines(MARGIN, top - step * 0.78, lines, points, step=step, bold=bold, colour=colour)
            top -= step * len(lines)
        below = (self.provenance.footer(), note)
        footer = [line for part in below for line in self.wrap(part, width)]
        step = SMALL * LEADING / 72 * CM_PER_INCH
        self.lines(MARGIN, MARGIN + 0.04 + step * (len(footer) - 1), footer, step=step, colour=MUTED)
        bottom = MARGIN + step * len(footer) + 0.1
        sentence = self.wrap(self.sentence, width, BODY)
        step = BODY * LEADING / 72 * CM_PER_INCH
        self.lines(MARGIN, bottom + 0.04 + step * (len(sentence) - 1), sentence, BODY, step=step)
        bottom += step * len(sentence)
        return Box(MARGIN, bottom + 0.2, width, top - bottom - 0.4)


def wrapped(text: str, width: float, points: float = SMALL, bold: bool = False) -> list[str]:
    """The lines of `Page.wrap`, for the height of a page that is not opened yet."""
    from sim.figures.ink import measure

    # Letters are set to whole dots on a screen, so a line may come out a little wider than measured.
    width *= 0.985
    lines: list[str] = []
    for word in text.split():
        for at, part in enumerate(word.replace("_", "_\0").split("\0")):
            joined = f"{lines[-1]}{'' if at else ' '}{part}" if lines else part
            if lines and measure(joined, points, bold) <= width:
                lines[-1] = joined
                continue
            rest = part
            while len(rest) > 1 and measure(rest, points, bold) > width:
                starts = range(1, len(rest))
                cut = max(1, bisect_right(starts, width, key=lambda n: measure(rest[:n], points, bold)))
                lines.append(rest[:cut])
                rest = rest[cut:]
            if rest:
                lines.append(rest)
    return lines


def marked_years(page: Page, box: Box, span: tuple[float, float], every: str, *, labelled: bool = True) -> None:
    """The time axis below ``box``: its line, its ticks and, if ``labelled``, the years (or months)."""
    from sim.figures.axis import year_marks

    page.rule(box.x, box.y, box.right, box.y, RULE, 0.7)
    if not labelled:
        return
    low, high = span
    room = max(1, int(box.w / (page.measure("0000") + 0.2)))
    ticks, label_places, texts = year_marks(low, high, every, room)
    for tick in ticks:
        x = box.x + (tick - low) / (high - low) * box.w
        if box.x - 0.01 <= x <= box.right + 0.01:
            page.rule(x, box.y, x, box.y - 0.09, RULE, 0.7)
    for label_at, text in zip(label_places, texts, strict=True):
        half = page.measure(text) / 2
        x = min(box.x + (label_at - low) / (high - low) * box.w, box.right + 0.05 - half)
        page.text(x, box.y - 0.4, text, colour=MUTED, ha="center")
