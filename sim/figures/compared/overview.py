"""One page for a comparison: six panels, and on a page the table of mean differences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.figures.compared.dates import add_ceasefire, add_members
from sim.figures.compared.lattice import broken_name
from sim.figures.compared.overlay import BANDS, BARS, add_fans
from sim.figures.compared.spread import Spread, statement, text_colour
from sim.figures.compared.subjects import (
    AID_EUROPE,
    AID_USA,
    AT_TWO,
    CEASEFIRE,
    COMMITMENT,
    CONTROL,
    SHARE,
    US_SHARE,
    Subject,
    contrast_of,
    others,
)
from sim.figures.compared.telling import against, findings, rounded
from sim.figures.drawing import Drawing
from sim.figures.page import Box, Page
from sim.figures.style import GRID, MUTED, RULE, SMALL, Size
from sim.figures.words import full_date

if TYPE_CHECKING:
    from sim.analysis import Comparison
    from sim.analysis import Row as Compared

LISTED = (SHARE, US_SHARE, AT_TWO, COMMITMENT, AID_USA, AID_EUROPE, CONTROL, CEASEFIRE)
ROW, MOST_TABLED = 0.42, 5


def overview(comparison: Comparison, size: Size, scenario: str | None = None) -> Drawing:
    """Spending, members at 2%, commitment, European aid, the front and the ceasefire, and the mean differences."""
    del scenario
    told = findings(comparison, (SHARE, COMMITMENT))
    start = full_date(comparison.views[0].scenario.start)
    words = (BANDS if len(comparison.views) == 2 else BARS).format(start=start)
    names = comparison.names
    title = f"Overview: {names[0]} and {names[1]}" if len(names) == 2 else f"Overview: {len(names)} scenarios compared"
    if comparison.conditional:
        title = f"Overview: runs of {comparison.views[0].scenario.name} split by {comparison.by}"
    # Among more than five scenarios a column is too narrow for its name; the numbers stand in the CSV.
    tabled = size.height is None and len(names) <= MOST_TABLED
    lines = 2 if len(names) == 4 else 1
    table = (len(LISTED) + 2) * ROW + 0.3 * len(LISTED) * (lines - 1) + 0.3 * (len(names) - 2) if tabled else 0.0
    page = Spread(comparison, "overview", size, title, words, told.text, 16.4 + table)
    page.rows += told.rows
    body = page.key()
    if table:
        _table(page, Box(body.x, body.y, body.w, table), lines)
        body = Box(body.x, body.y + table, body.w, body.h - table)
    boxes = body.grid(2, 3) if page.wide else body.grid(3, 2, down=0.3)
    add_fans(page, boxes[0], SHARE)
    add_members(page, boxes[1])
    add_fans(page, boxes[2], COMMITMENT)
    add_fans(page, boxes[3], AID_EUROPE)
    add_fans(page, boxes[4], CONTROL)
    add_ceasefire(page, boxes[5])
    return page.finish()


def _table(page: Spread, box: Box, lines: int) -> None:
    """Mean difference of each other scenario from the first at the end; its interval beside it, below it, or not."""
    comparison = page.comparison
    rest = others(comparison)
    label, width = _widths(page, box, len(rest))
    interval = ", with its 95% interval" if _shows_interval(page, width) else ""
    heading = f"Mean difference from {comparison.names[comparison.baseline]} at the end{interval}"
    page.text(box.x, box.y + box.h - ROW, heading, SMALL, bold=True)
    heads = {name: broken_name(page, name, width - 0.12) for name in rest}
    y = box.y + box.h - ROW - 0.3 * max(map(len, heads.values())) - 0.12
    for place, (name, parts) in enumerate(heads.items()):
        x = box.x + label + (place + 1) * width
        for up, text in enumerate(reversed(parts)):
            page.text(x, y + 0.3 * up, text, SMALL, bold=True, colour=text_colour(page.looks[name]), ha="right")
    page.rule(box.x, y - 0.13, box.x + box.w, y - 0.13, RULE, 0.7)
    told: list[str] = []
    for subject in LISTED:
        y -= ROW
        head = f"{subject.heading},"
        page.text(box.x, y, head, SMALL)
        page.text(box.x + page.measure(head) + 0.12, y, _unit(subject), SMALL, colour=MUTED)
        for place, name in enumerate(rest):
            contrast = contrast_of(comparison, subject.outcome, name)
            if contrast is None or not len(contrast.dates):
                continue
            x = box.x + label + (place + 1) * width
            mean, around = _cell(contrast.last())
            page.rows.append(statement(contrast))
            told.append(f"{subject.heading}, {name}: {mean} {around}".rstrip())
            if lines == 1 and interval:
                mean, around = f"{mean} {around}".strip(), ""
            page.text(x, y, mean, SMALL, ha="right")
            if lines == 2:
                page.text(x, y - 0.3, around, SMALL, colour=MUTED, ha="right")
        y -= 0.3 * (lines - 1)
        page.rule(box.x, y - 0.13, box.x + box.w, y - 0.13, GRID, 0.5)
    page.told.append(f"{heading}: {'; '.join(told)}.")


def _cell(row: Compared) -> tuple[str, str]:
    if row.p_equal == 1 and not row.conditional:
        return "0", ""
    if not row.shown:
        return "none shown", ""
    mean, low, high = rounded(row)
    return mean, f"({low} to {high})"


def _unit(subject: Subject) -> str:
    if subject.variable.flag:
        return "of 100 runs"
    unit = against(subject)
    return "percentage points" if unit.startswith("percentage points") else unit


def _widths(page: Page, box: Box, count: int) -> tuple[float, float]:
    label = max(page.measure(f"{subject.heading}, {_unit(subject)}") for subject in LISTED) + 0.25
    return label, (box.w - label) / count


def _shows_interval(page: Page, width: float) -> bool:
    return width >= page.measure("(−0.000 to −0.000)")
