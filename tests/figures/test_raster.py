"""Letters in a png: where they were measured, in their colour, and never outside the page."""

from __future__ import annotations

import io

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from sim.figures import style
from sim.figures.ink import Ink, Letters, measure
from sim.figures.raster import png

DPI = 300
DOTS = DPI / 2.54


def page(*letters, width=10.0, height=2.0):
    """The pixels of a white page, in centimetres, with these letters on it."""
    with style.applied():
        figure = Figure(figsize=(width / 2.54, height / 2.54), dpi=100, facecolor="#FFFFFF")
        ink = Ink(1.0)
        figure.add_artist(ink)
        ink.letters += [Letters(*part, measure(part[2], part[3], part[4])) for part in letters]
        with Image.open(io.BytesIO(png(figure, DPI, {"Title": "é →"}))) as image:
            assert image.info["Title"] == "é →"
            assert image.mode == "RGB"
            return np.asarray(image).astype(int)


def inked(pixels):
    """Rows and columns from the first to the last that are not white."""
    rows, columns = np.nonzero((pixels < 250).any(axis=2))
    return rows.min(), rows.max(), columns.min(), columns.max()


@pytest.mark.parametrize(("anchor", "left"), [("left", 3.0), ("center", 2.0), ("right", 1.0)])
def test_a_line_lies_where_it_was_measured(anchor, left):
    text = "Hamburger 1,234 fonts"
    width = measure(text, 8.0, False)
    x = {"left": 3.0, "center": 2.0 + width / 2, "right": 1.0 + width}[anchor]
    top, bottom, first, last = inked(page((x, 0.5, text, 8.0, False, "#1A1A1A", anchor)))
    assert first == pytest.approx(left * DOTS, abs=4)
    assert last == pytest.approx((left + width) * DOTS, abs=4)
    baseline = (2.0 - 0.5) * DOTS
    assert top == pytest.approx(baseline - 0.73 * 8 / 72 * DPI, abs=3)
    assert baseline < bottom < baseline + 0.3 * 8 / 72 * DPI


def test_letters_have_their_colour_and_bold_ones_more_of_it():
    plain, bold = (page((1.0, 0.5, "Hill", 10.0, heavy, "#0A5A9C", "left")) for heavy in (False, True))
    for pixels in (plain, bold):
        assert tuple(pixels.reshape(-1, 3)[pixels.sum(axis=2).argmin()]) == (0x0A, 0x5A, 0x9C)
    assert (bold < 250).sum() > 1.2 * (plain < 250).sum()


def test_what_passes_the_edge_is_cut_and_an_unknown_letter_is_a_box():
    for x, y in ((-0.5, -0.05), (9.6, 1.95), (3.0, 1.0)):
        pixels = page((x, y, "Öf中g", 10.0, False, "#1A1A1A", "left"))
        assert (pixels < 250).any()


def test_a_line_of_nothing_but_blanks_leaves_the_page_white():
    assert (page((1.0, 1.0, "   ", 8.0, False, "#1A1A1A", "left")) == 255).all()
