"""The members on a tile grid: one square each, near where the country lies; no borders."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence

from sim.figures.page import Box, Page
from sim.figures.style import CM_PER_INCH, INK, MUTED, PAPER, SMALL, ink_on

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
# Classes of a difference: brown below, green above, white at nought. They are the same in every figure, so that a small
# difference looks small: the darkest begin at half a point of GDP, a quarter of the 2% guideline.
STEPS = (-0.5, -0.2, -0.05, 0.05, 0.2, 0.5)
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
    values: Mapping[str, float],
    texts: Mapping[str, str],
    levels: Sequence[float] = LEVELS,
    colours: Sequence[str] = COLOURS,
    points: float = SMALL,
) -> None:
    """Draw the grid in ``box``: code and text in each tile, grey and a dash where there is no value."""
    across, down, gap = box.w / COLUMNS, box.h / ROWS, 0.05
    line = points * 1.25 / 72 * CM_PER_INCH
    for code, (row, column) in PLACES.items():
        tile = Box(box.x + column * across, box.top - (row + 1) * down, across - gap, down - gap)
        fill = colour_of(values.get(code), levels, colours)
        page.rectangle(tile, fill)
        ink = MUTED if fill == NO_VALUE else ink_on(fill)
        x, y = tile.x + tile.w / 2, tile.y + tile.h / 2
        page.text(x, y + line / 2, code, points, bold=True, colour=ink, ha="center", middle=True)
        page.text(x, y - line / 2, texts.get(code, "–"), points, colour=ink, ha="center", middle=True)


def tile_key(
    page: Page, x: float, y: float, width: float, title: str, texts: Sequence[str], colours: Sequence[str] = COLOURS
) -> None:
    """The colour key from (x, y) upwards: one field per class, the levels' ``texts`` between them."""
    height, each = 0.35, width / len(colours)
    for at, colour in enumerate(colours):
        page.rectangle(Box(x + at * each, y + 0.35, each, height), colour, line=PAPER, width=0.5)
    page.text(x, y + 0.35 + height + 0.12, title, colour=INK)
    for at, text in enumerate(texts, 1):
        page.text(x + at * each, y + 0.05, text, colour=MUTED, ha="center")
