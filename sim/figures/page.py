"""The sheet a figure is drawn on: title, unit line, sentence and footer round a body measured in centimetres."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from sim.figures.drawing import Drawing, Provenance, Row, Table
from sim.figures.style import BODY, CM_PER_INCH, FONT, INK, MUTED, PAPER, SMALL, TITLE, Size

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARGIN = 0.25
LEADING = 1.32
CAUTION = "Conditional on the scenario; not a forecast."
MOST_LINES = 3
_EM = 64.0


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the page, in centimetres from its lower left corner, before scaling."""

    x: float
    y: float
    w: float
    h: float

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


@lru_cache(maxsize=4096)
def _width(text: str, bold: bool) -> float:
    """Width of ``text`` in units of its type size."""
    from matplotlib.font_manager import FontProperties, findfont, get_font

    font = get_font(findfont(FontProperties(family=list(FONT), weight="bold" if bold else "normal")))
    font.set_size(_EM, 72)
    font.set_text(text, 0.0)
    return float(font.get_width_height()[0] / 64 / _EM)


class Page:
    """A sheet with its words set; ``body`` is what is left for panels.

    Lengths are centimetres and type sizes points at page width; a slide enlarges both by its scale. ``height`` holds
    where the size leaves it open. ``rows`` collects the numbers drawn and ``told`` the phrases of the text alternative.
    """

    def __init__(
        self, size: Size, title: str, subtitle: str, sentence: str, provenance: Provenance, *, height: float, skill: str
    ) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        self.size, self.title, self.sentence, self.provenance = size, title, sentence, provenance
        self.width = size.width / size.scale
        self.height = (size.height or height * size.scale) / size.scale
        inches = (self.width * size.scale / CM_PER_INCH, self.height * size.scale / CM_PER_INCH)
        self.figure = Figure(figsize=inches, dpi=100, facecolor=PAPER)
        FigureCanvasAgg(self.figure)
        self.rows: list[Row] = []
        self.told: list[str] = []
        self._rules: dict[tuple[str, float], list[tuple[tuple[float, float], tuple[float, float]]]] = {}
        self.body = self._set_words(subtitle, skill)

    def measure(self, text: str, points: float = SMALL, bold: bool = False) -> float:
        """Width of ``text`` in centimetres at page scale."""
        # Word by word: words recur from figure to figure, whole lines do not, and shaping text is what costs.
        words = text.split(" ")
        width = sum(_width(word, bold) for word in words) + (len(words) - 1) * _width(" ", bold)
        return width * points / 72 * CM_PER_INCH

    def wrap(self, text: str, width: float, points: float = SMALL, bold: bool = False) -> list[str]:
        """``text`` broken at spaces into lines no wider than ``width`` centimetres (a longer word is cut)."""
        # Letters are set to whole dots on a screen, so a line may come out a little wider than measured.
        width *= 0.985
        lines: list[str] = []
        for word in text.split():
            joined = f"{lines[-1]} {word}" if lines else word
            if lines and self.measure(joined, points, bold) <= width:
                lines[-1] = joined
                continue
            while len(word) > 1 and self.measure(word, points, bold) > width:
                measured = partial(self._start_width, word, points, bold)
                cut = max(1, bisect_right(range(1, len(word)), width, key=measured))
                lines.append(word[:cut])
                word = word[cut:]
            lines.append(word)
        return lines

    def _start_width(self, word: str, points: float, bold: bool, letters: int) -> float:
        return self.measure(word[:letters], points, bold)

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
        va: str = "baseline",
    ) -> Any:
        """Set one line of text at (x, y) centimetres."""
        return self.figure.text(
            x / self.width,
            y / self.height,
            text,
            fontsize=points * self.size.scale,
            fontweight="bold" if bold else "normal",
            color=colour,
            ha=ha,
            va=va,
            parse_math=False,
        )

    def axes(self, box: Box) -> Axes:
        """Empty axes that fill ``box``."""
        place = (box.x / self.width, box.y / self.height, box.w / self.width, box.h / self.height)
        return self.figure.add_axes(place)

    def sheet(self) -> Axes:
        """Axes over the whole page whose data coordinates are centimetres, for marks placed by hand."""
        axes = self.axes(Box(0, 0, self.width, self.height))
        axes.set_xlim(0, self.width)
        axes.set_ylim(0, self.height)
        axes.set_axis_off()
        return axes

    def rule(self, x0: float, y0: float, x1: float, y1: float, colour: str, points: float) -> None:
        """A straight line in centimetres, under everything plotted."""
        self._rules.setdefault((colour, points), []).append(((x0, y0), (x1, y1)))

    def line_width(self, points: float) -> float:
        """A line width in points at this size."""
        return points * self.size.scale

    def finish(self) -> Drawing:
        """The drawing, with the text alternative put together from what the panels told."""
        self._draw_rules()
        alt = " ".join([f"{self.title}.", self.sentence, *self.told])
        return Drawing(self.figure, self.title, self.sentence, alt, Table(tuple(self.rows)), self.provenance)

    def _draw_rules(self) -> None:
        from matplotlib.collections import LineCollection

        if not self._rules:
            return
        sheet = self.sheet()
        sheet.set_zorder(-1)
        for (colour, points), lines in self._rules.items():
            width = self.line_width(points)
            sheet.add_collection(LineCollection(lines, colors=colour, linewidths=width), autolim=False)

    def _set_words(self, subtitle: str, skill: str) -> Box:
        width = self.width - 2 * MARGIN
        top = self.height - MARGIN
        for text, points, bold, colour in ((self.title, TITLE, True, INK), (subtitle, BODY, False, MUTED)):
            lines = self.wrap(text, width, points, bold)
            if len(lines) > MOST_LINES:
                lines = [*lines[: MOST_LINES - 1], f"{lines[MOST_LINES - 1][:-1]}…"]
            for line in lines:
                step = points * LEADING / 72 * CM_PER_INCH
                self.text(MARGIN, top - step * 0.78, line, points, bold=bold, colour=colour)
                top -= step
        bottom = MARGIN
        below = (self.provenance.footer(), f"{CAUTION} {skill}")
        footer = [line for part in below for line in self.wrap(part, width, SMALL)]
        for line in reversed(footer):
            self.text(MARGIN, bottom + 0.04, line, SMALL, colour=MUTED)
            bottom += SMALL * LEADING / 72 * CM_PER_INCH
        bottom += 0.1
        for line in reversed(self.wrap(self.sentence, width, BODY)):
            self.text(MARGIN, bottom + 0.04, line, BODY)
            bottom += BODY * LEADING / 72 * CM_PER_INCH
        return Box(MARGIN, bottom + 0.2, width, top - bottom - 0.4)
