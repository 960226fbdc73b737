"""A page as a png: shapes drawn by matplotlib's Agg, letters set from pictures of letters, pixels packed by zlib.

Agg lays out and draws every line of text anew and Pillow tries five filters on every row of pixels; together they took
nine tenths of the time of a png. A page has few different letters, and hardly anything on it gains from a filter.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.ft2font import LoadFlags
from numpy.typing import NDArray

from sim.figures.ink import font_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INCH = 0.0254
COMPRESSION = 3
Pixels = NDArray[np.uint8]


class Stamp(NamedTuple):
    """The picture of one letter: how much of each pixel it covers (0 to 255), and where it lies.

    ``left`` and ``top`` lead from the pen on the baseline to the picture's corner; the pen then moves by ``advance``.
    """

    cover: Pixels
    left: int
    top: int
    advance: float


class Painter(RendererAgg):
    """Draws shapes as Agg does and keeps every line of text, to be set when all shapes are drawn."""

    def __init__(self, width: float, height: float, dpi: float) -> None:
        super().__init__(width, height, dpi)  # type: ignore[no-untyped-call]
        self.texts: list[tuple[float, float, str, float, bool, NDArray[np.uint16]]] = []

    def draw_text(
        self, gc: Any, x: float, y: float, s: str, prop: Any, angle: float, ismath: Any = False, mtext: Any = None
    ) -> None:
        """Keep a line of text; on our pages none is turned and none is a formula."""
        del angle, ismath, mtext
        colour = np.rint(np.multiply(gc.get_rgb()[:3], 255)).astype(np.uint16)
        self.texts.append((x, y, s, prop.get_size_in_points(), prop.get_weight() == "bold", colour))

    def rows(self) -> Pixels:
        """The finished page as rows of a png: a byte that names the filter (none), then red, green and blue.

        The paper is opaque, so there is no fourth channel.
        """
        shapes = np.asarray(self.buffer_rgba())  # type: ignore[no-untyped-call]
        height, width, _ = shapes.shape
        rows = np.zeros((height, 1 + width * 3), np.uint8)
        page = rows[:, 1:].reshape(height, width, 3)  # the same memory
        for channel in range(3):
            page[:, :, channel] = shapes[:, :, channel]
        for text in self.texts:
            _write(page, *text, float(self.dpi))
        return rows


def png(figure: Figure, dpi: int, about: Mapping[str, str]) -> bytes:
    """``figure`` at ``dpi`` dots an inch as the bytes of a png that carries the texts ``about``."""
    before = figure.dpi
    try:
        figure.dpi = dpi
        width, height = figure.bbox.size
        painter = Painter(width, height, dpi)
        figure.draw(painter)
        rows = painter.rows()
    finally:
        figure.dpi = before
    dots_a_metre = round(dpi / INCH)
    texts = [_chunk(b"iTXt", key.encode("latin-1") + b"\0\0\0\0\0" + text.encode()) for key, text in about.items()]
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", struct.pack(">IIBBBBB", rows.shape[1] // 3, rows.shape[0], 8, 2, 0, 0, 0)),
            _chunk(b"pHYs", struct.pack(">IIB", dots_a_metre, dots_a_metre, 1)),
            *texts,
            _chunk(b"IDAT", zlib.compress(rows.data, COMPRESSION)),
            _chunk(b"IEND", b""),
        ]
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _write(
    page: Pixels, x: float, y: float, text: str, points: float, bold: bool, colour: NDArray[np.uint16], dpi: float
) -> None:
    """Set ``text`` on ``page`` with its baseline at (x, y) dots from the upper left corner."""
    stamps, pens = [], []
    for letter in text:
        stamps.append(_stamp(letter, points, bold, dpi))
        pens.append(round(x) + stamps[-1].left)
        x += stamps[-1].advance
    left, top = min(pens), round(y) + min(stamp.top for stamp in stamps)
    right = max(pen + stamp.cover.shape[1] for pen, stamp in zip(pens, stamps, strict=True))
    bottom = round(y) + max(stamp.top + stamp.cover.shape[0] for stamp in stamps)
    line = np.zeros((bottom - top, right - left), np.uint8)
    for pen, stamp in zip(pens, stamps, strict=True):
        height, width = stamp.cover.shape
        row = round(y) + stamp.top - top
        part = line[row : row + height, pen - left : pen - left + width]
        np.maximum(part, stamp.cover, out=part)
    inside = page[max(0, top) : bottom, max(0, left) : right]
    line = line[max(0, -top) :, max(0, -left) :][: inside.shape[0], : inside.shape[1]]
    inked = np.nonzero(line)
    cover = line[inked][:, None].astype(np.uint16)
    inside[inked] = (inside[inked] * (255 - cover) + colour * cover + 127) // 255


@cache
def _stamp(letter: str, points: float, bold: bool, dpi: float) -> Stamp:
    font = font_of(letter, bold)
    font.set_size(points, dpi)
    font.set_text(letter, 0.0, flags=LoadFlags.NO_HINTING)
    font.draw_glyphs_to_bitmap(antialiased=True)
    cover = np.array(font.get_image(), np.uint8)
    across, up = (offset / 64 for offset in font.get_bitmap_offset())
    bottom = round(font.get_descent() / 64 + up) + 1
    glyph = font.load_glyph(font.get_char_index(ord(letter)), flags=LoadFlags.NO_HINTING)
    return Stamp(cover, round(across), bottom - cover.shape[0], glyph.linearHoriAdvance / 65536)
