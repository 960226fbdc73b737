"""The members on a tile grid: one square each, near where the country lies; no borders."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence

from sim.figures.page import Box, Page
from sim.figures.style import INK, MUTED, PAPER, SMALL, ink_on

# Row and column from the top left.
PLACES = {
    "ISL": (0, 2),
    "NOR": (1, 6), "SWE": (1, 7), "FIN": (1, 8),
    "CAN": (2, 0), "GBR": (2, 3), "DNK": (2, 6), "EST": (2, 8),
    "USA": (3, 0), "NLD": (3, 5), "DEU": (3, 6), "POL": (3, 7), "LVA": (3, 8),
    "BEL": (4, 4), "LUX": (4, 5), "CZE": (4, 6), "SVK": (4, 7), "LTU": (4, 8),
    "FRA": (5, 4), "SVN": (5, 6), "HUN": (5, 7), "ROU": (5, 8),
    "PRT": (6, 2), "ESP": (6, 3), "ITA": (6, 5), "HRV": (6, 6), "MNE": (6, 7), "BGR": (6, 8),
    "ALB": (7, 7), "MKD": (7, 8),
    "GRC": (8, 8), "TUR": (8, 9),
}  # fmt: skip
ROWS = 1 + max(row for row, _ in PLACES.values())
COLUMNS = 1 + max(column for _, column in PLACES.values())

# Classes of the share of GDP (%), in the colours of cividis: they rise evenly in lightness, so grey keeps their order.
LEVELS = (1.5, 2.0, 2.5, 3.0, 3.5)
COLOURS = ("#00245B", "#31446B", "#666970", "#958F78", "#CBBA69", "#FDE737")
# Classes of a difference: brown below, green above, white at nought.
DIVERGING = ("#7B4A09", "#BF812D", "#EAD29B", "#F5F5F5", "#ACDCD4", "#359790", "#01544A")
NO_VALUE = "#E4E4E4"


def colour_of(value: float | None, levels: Sequence[float], colours: Sequence[str]) -> str:
    """The colour of the class that ``value`` falls in; a value on a level belongs to the class above it."""
    if value is None or value != value:
        return NO_VALUE
    return colours[bisect_right(list(levels), value)]


def tile_grid(
    page: Page,
    box: Box,
    values: Mapping[str, float | None],
    texts: Mapping[str, str],
    *,
    levels: Sequence[float] = LEVELS,
    colours: Sequence[str] = COLOURS,
) -> None:
    """Draw the grid in ``box``: code and text in each tile, grey where there is no value. Records nothing."""
    from matplotlib.collections import PolyCollection

    side_x, side_y = box.w / COLUMNS, box.h / ROWS
    gap = 0.05
    shapes, fills, codes = [], [], []
    for code, (row, column) in PLACES.items():
        x, y = box.x + column * side_x, box.y + box.h - (row + 1) * side_y
        shapes.append([(x, y), (x + side_x - gap, y), (x + side_x - gap, y + side_y - gap), (x, y + side_y - gap)])
        fills.append(colour_of(values.get(code), levels, colours))
        codes.append((code, x + (side_x - gap) / 2, y + (side_y - gap) / 2))
    sheet = page.sheet()
    sheet.add_collection(PolyCollection(shapes, facecolors=fills, edgecolors="none"), autolim=False)
    line = SMALL * 1.25 / 72 * 2.54
    for (code, x, y), fill in zip(codes, fills, strict=True):
        ink = MUTED if fill == NO_VALUE else ink_on(fill)
        page.text(x, y + line * 0.5, code, SMALL, bold=True, colour=ink, ha="center", va="center_baseline")
        page.text(x, y - line * 0.5, texts.get(code, ""), SMALL, colour=ink, ha="center", va="center_baseline")


def key(page: Page, box: Box, title: str, levels: Sequence[float] = LEVELS, colours: Sequence[str] = COLOURS) -> None:
    """The colour key in ``box``: one field per class with the levels between them."""
    from matplotlib.collections import PolyCollection

    height = 0.35
    width = box.w / len(colours)
    y = box.y + 0.35
    lefts = [box.x + i * width for i in range(len(colours))]
    shapes = [[(x, y), (x + width, y), (x + width, y + height), (x, y + height)] for x in lefts]
    sheet = page.sheet()
    sheet.add_collection(PolyCollection(shapes, facecolors=colours, edgecolors=PAPER, linewidths=0.5), autolim=False)
    page.text(box.x, y + height + 0.12, title, SMALL, colour=INK)
    for i, level in enumerate(levels):
        page.text(box.x + (i + 1) * width, y - 0.3, f"{level:.1f}", SMALL, colour=MUTED, ha="center")
