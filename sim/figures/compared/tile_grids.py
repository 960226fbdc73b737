"""The members on tile grids: A, B, and B minus A."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sim.figures.compared.members import Facing, Move, moves, moves_sentence, pair_of, record_moves, signed
from sim.figures.compared.spread import text_colour
from sim.figures.drawing import Drawing
from sim.figures.page import Box
from sim.figures.style import CM_PER_INCH, INK, MUTED, SMALL, Size, ink_on
from sim.figures.tiles import COLOURS, COLUMNS, DIVERGING, LEVELS, NO_VALUE, PLACES, ROWS, colour_of, key
from sim.figures.words import number

if TYPE_CHECKING:
    from sim.analysis import Comparison


def members_tiles(comparison: Comparison, size: Size, scenario: str | None = None) -> Drawing:
    """Tile grids: each member's median share in A, in B, and the mean difference run by run."""
    first, other = pair_of(comparison, scenario)
    year, found = moves(comparison, other)
    title = "Defence share of GDP, member by member" + (f", {year}" if year else "")
    words = "Medians of the runs in % of GDP, and the mean difference run by run in percentage points. ISL: no forces."
    page = Facing(
        comparison, other, "members_tiles", size, title, words, moves_sentence(found, first, other, year), 17.0
    )
    record_moves(page, found, first, other, comparison)
    body = page.body
    boxes = body.columns(1.0, 1.0, 1.12, across=0.5) if page.wide else body.grid(2, 2, across=0.6, down=0.4)
    steps = _steps(found)
    below = 1.25 if page.wide else 0.0
    for box, heading in zip(boxes, (first, other, f"{other} minus {first}"), strict=False):
        colour = text_colour(page.looks[heading]) if heading in page.looks else INK
        page.text(
            box.x, box.y + box.h - 0.3, page.wrap(heading, box.w, SMALL, True)[0], SMALL, bold=True, colour=colour
        )
        grid = Box(box.x, box.y + below, box.w, box.h - 0.45 - below)
        if heading in (first, other):
            values = {one.code: one.a if heading == first else one.b for one in found}
            _grid(page, grid, values, {code: number(value, 2) for code, value in values.items()}, LEVELS, COLOURS)
        else:
            gaps = {one.code: one.mean for one in found}
            _grid(page, grid, gaps, {code: _short(gap) for code, gap in gaps.items()}, steps, DIVERGING)
    under = [Box(box.x, box.y, box.w, 0.8) for box in boxes]
    if not page.wide:
        spare = boxes[3]
        under = [Box(spare.x, spare.y + spare.h * part, spare.w, 0.8) for part in (0.62, 0.62, 0.3)]
    key(page, Box(under[0].x, under[0].y, min(under[0].w, 7.0), 0.8), "Median share, % of GDP")
    _gap_key(page, under[2], steps)
    return page.finish()


def _grid(
    page: Facing,
    box: Box,
    values: Mapping[str, float],
    texts: Mapping[str, str],
    levels: Sequence[float],
    colours: Sequence[str],
) -> None:
    """One tile grid. On a slide its text is a little smaller than the rest, and still above 10 points."""
    from matplotlib.collections import PolyCollection

    points = SMALL * (0.84 if page.wide else 1.0)
    across, down, gap = box.w / COLUMNS, box.h / ROWS, 0.05
    line = points * 1.25 / 72 * CM_PER_INCH
    shapes, fills = [], []
    for code, (row, column) in PLACES.items():
        x, y = box.x + column * across, box.y + box.h - (row + 1) * down
        w, h = across - gap, down - gap
        shapes.append([(x, y), (x + w, y), (x + w, y + h), (x, y + h)])
        fills.append(colour_of(values.get(code), levels, colours))
        ink = MUTED if fills[-1] == NO_VALUE else ink_on(fills[-1])
        for text, up, bold in ((code, 0.5, True), (texts.get(code, "–"), -0.5, False)):
            middle = y + h / 2 + line * up
            page.text(x + w / 2, middle, text, points, bold=bold, colour=ink, ha="center", va="center_baseline")
    made = PolyCollection(shapes, facecolors=fills, edgecolors="none")
    page.marks().add_collection(made, autolim=False)


def _short(value: float) -> str:
    """A difference for a narrow tile: ``.05``, ``−.05``, ``1.20``; the colour gives the sign."""
    return (
        number(value, 2).replace("0.", ".", 1)
        if abs(round(value, 2)) < 1 and round(value, 2) != 0
        else number(value, 2)
    )


def _steps(found: Sequence[Move]) -> tuple[float, ...]:
    """Six class limits symmetric about nought that hold the largest difference in the outer classes."""
    most = max((abs(one.mean) for one in found), default=0.0)
    unit = next((u for u in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0) if 5 * u >= 0.7 * most), 2.0)
    return (-5 * unit, -3 * unit, -unit, unit, 3 * unit, 5 * unit)


def _gap_key(page: Facing, box: Box, levels: Sequence[float]) -> None:
    from matplotlib.collections import PolyCollection

    width, height, y = min(box.w, 7.0) / len(DIVERGING), 0.35, box.y + 0.35
    lefts = [box.x + at * width for at in range(len(DIVERGING))]
    shapes = [[(x, y), (x + width, y), (x + width, y + height), (x, y + height)] for x in lefts]
    fields = PolyCollection(shapes, facecolors=DIVERGING, edgecolors="white", linewidths=0.5)
    page.marks().add_collection(fields, autolim=False)
    page.text(box.x, y + height + 0.12, "Mean difference, percentage points of GDP", SMALL)
    for x, level in zip(lefts[1:], levels, strict=True):
        page.text(x, y - 0.3, signed(level), SMALL, colour=MUTED, ha="center")
