"""The one artist of a page: all its areas, lines and letters, kept as plain arrays until a writer asks for them.

A chart of matplotlib's own axes, lines and texts costs more in the making and laying out of its parts than in the
drawing. Here every place is worked out in centimetres before, so a page is one artist that passes on what it was given.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from matplotlib.artist import Artist
from matplotlib.colors import to_rgba
from matplotlib.font_manager import FontProperties
from matplotlib.markers import MarkerStyle
from matplotlib.path import Path
from matplotlib.transforms import Affine2D
from numpy.typing import NDArray

from sim.figures.style import CAP_HEIGHT, CM_PER_INCH, FONT, load_fonts

Points = NDArray[np.float64]


class Pen(NamedTuple):
    """How shapes are drawn, the lowest ``order`` first. Shapes drawn alike are drawn at once.

    ``width`` is in points at page size, 0 for none; ``dashes`` in line widths; ``fill`` and ``line`` are colours.
    """

    order: float
    line: str = ""
    width: float = 0.0
    dashes: tuple[float, ...] = ()
    fill: str = ""
    opacity: float = 1.0
    hatch: str = ""


class Letters:
    """One line of text: where it is anchored (centimetres), how it is set, and its width (centimetres).

    The writer of svg files asks for the anchor, so that a text aligned at its end stays so in a viewer's own font.
    """

    __slots__ = ("anchor", "bold", "colour", "points", "text", "transform", "width", "x", "y")

    def __init__(
        self, x: float, y: float, text: str, points: float, bold: bool, colour: str, anchor: str, width: float
    ) -> None:
        self.x, self.y, self.text, self.points, self.bold = x, y, text, points, bold
        self.colour, self.anchor, self.width, self.transform = colour, anchor, width, Affine2D()

    @property
    def left(self) -> float:
        """Where the first letter begins."""
        return self.x - {"left": 0.0, "center": 0.5, "right": 1.0}[self.anchor] * self.width

    def get_transform(self) -> Any:
        """From centimetres to the writer's dots."""
        return self.transform

    def get_unitless_position(self) -> tuple[float, float]:
        """The anchor, in centimetres."""
        return self.x, self.y

    def get_ha(self) -> str:
        """The alignment at the anchor."""
        return self.anchor

    def get_rotation_mode(self) -> str:
        """Text is never turned here."""
        return "default"

    def get_fontfeatures(self) -> None:
        """No features of the font are asked for."""

    def get_language(self) -> None:
        """No language is stated."""


class Ink(Artist):
    """Shapes and letters in centimetres from the lower left corner of a page, before it is enlarged by ``scale``."""

    def __init__(self, scale: float) -> None:
        super().__init__()
        self.scale = scale
        self.shapes: dict[Pen, list[tuple[Points, NDArray[np.uint8]]]] = {}
        self.letters: list[Letters] = []

    def line(self, pen: Pen, points: Points) -> None:
        """A line through ``points`` (n, 2); a missing value breaks it."""
        if len(points):
            codes = np.full(len(points), Path.LINETO, np.uint8)
            codes[0] = Path.MOVETO
            whole = np.asarray(np.isfinite(points).all(axis=1))
            if not whole.all():
                codes[1:][~whole[:-1]] = Path.MOVETO
                points, codes = points[whole], codes[whole]
            self.shapes.setdefault(pen, []).append((points, codes))

    def area(self, pen: Pen, corners: Points) -> None:
        """A closed area with these ``corners`` (n, 2)."""
        codes = np.full(len(corners) + 1, Path.LINETO, np.uint8)
        codes[0], codes[-1] = Path.MOVETO, Path.CLOSEPOLY
        self.shapes.setdefault(pen, []).append((np.vstack([corners, corners[:1]]), codes))

    def markers(self, pen: Pen, kind: str, points: Points, size: float) -> None:
        """A marker of ``size`` points at each of ``points`` (n, 2)."""
        outline, codes = _marker(kind)
        for centre in points:
            shape = outline * (size / 72 * CM_PER_INCH) + centre
            self.shapes.setdefault(pen, []).append((shape, codes))

    def draw(self, renderer: Any) -> None:
        """Pass everything on to a writer of matplotlib."""
        figure: Any = self.get_figure(root=True)
        dots = figure.dpi / CM_PER_INCH * self.scale
        transform = Affine2D().scale(dots)
        for pen in sorted(self.shapes):
            shapes = self.shapes[pen]
            path = Path(
                np.concatenate([points for points, _ in shapes]), np.concatenate([codes for _, codes in shapes])
            )
            context = renderer.new_gc()
            width = pen.width * self.scale if pen.line else 0.0
            context.set_linewidth(width)
            context.set_foreground(pen.line or pen.fill)
            context.set_capstyle("butt")
            context.set_joinstyle("round")
            if pen.dashes:
                context.set_dashes(0, [length * width for length in pen.dashes])
            if pen.hatch:
                context.set_hatch(pen.hatch)
                context.set_hatch_color(to_rgba(pen.line))
                context.set_hatch_linewidth(1.0)
            renderer.draw_path(context, path, transform, to_rgba(pen.fill, pen.opacity) if pen.fill else None)
            context.restore()
        self._write(renderer, dots, transform)
        self.stale = False

    def _write(self, renderer: Any, dots: float, transform: Any) -> None:
        height = renderer.get_canvas_width_height()[1]
        context = renderer.new_gc()
        for letters in self.letters:
            context.set_foreground(letters.colour)
            letters.transform = transform
            y = letters.y * dots
            font = _font(letters.points * self.scale, letters.bold)
            renderer.draw_text(
                context, letters.left * dots, height - y if renderer.flipy() else y, letters.text, font, 0.0,
                ismath=False, mtext=letters,
            )  # fmt: skip
        context.restore()


def measure(text: str, points: float, bold: bool) -> float:
    """Width of ``text`` in centimetres.

    The sum of its letters: the fonts hardly kern, and laying out whole lines costs more than drawing them.
    """
    return sum(_advance(letter, bold) for letter in text) * points / 72 * CM_PER_INCH


def baseline(middle: float, points: float) -> float:
    """Where the baseline of figures and capitals lies whose middle is at ``middle``."""
    return middle - CAP_HEIGHT / 2 * points / 72 * CM_PER_INCH


@cache
def _font(points: float, bold: bool) -> FontProperties:
    return FontProperties(family=[*FONT, "sans-serif"], size=points, weight="bold" if bold else "normal")


@cache
def font_of(letter: str, bold: bool) -> Any:
    """The first of our fonts that has ``letter``; without one the last, which draws a box."""
    from matplotlib.font_manager import findfont, get_font

    load_fonts()
    for family in FONT:
        font = get_font(findfont(FontProperties(family=[family], weight="bold" if bold else "normal")))
        if font.get_char_index(ord(letter)):
            break
    return font


@cache
def _advance(letter: str, bold: bool) -> float:
    """How far a letter moves the pen, in type sizes."""
    font = font_of(letter, bold)
    font.set_size(64.0, 72)
    return float(font.load_glyph(font.get_char_index(ord(letter))).linearHoriAdvance / 65536 / 64)


@cache
def _marker(kind: str) -> tuple[Points, NDArray[np.uint8]]:
    marker = MarkerStyle(kind)
    path = marker.get_path().transformed(marker.get_transform())
    points: Points = np.asarray(path.vertices, np.float64)
    codes = [Path.MOVETO, *[Path.LINETO] * (len(points) - 1)] if path.codes is None else path.codes
    return points, np.asarray(codes, np.uint8)
