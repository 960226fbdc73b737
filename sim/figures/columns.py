"""Scenarios side by side: one column a scenario, one row a quantity, the axis shared along each row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.figures.axis import Axis, position, time_span
from sim.figures.cases import Case, Cast, Subject
from sim.figures.drawing import Frame
from sim.figures.history import break_words
from sim.figures.page import LINE, Box, Page, Sentence, marked_years
from sim.figures.panel import Plot, record_fan, record_past, unit_line
from sim.figures.style import INK, MUTED, SMALL, Look
from sim.figures.subjects import open_page
from sim.text import full_date

if TYPE_CHECKING:
    from sim.figures.drawing import Drawing
    from sim.figures.style import Size

LABEL, NARROW, ACROSS, FOOT = 2.55, 2.3, 0.3, 0.45
# The least height of a small plot, in centimetres, and the columns that fit side by side on a page and on a slide.
LEAST, ABREAST, ABREAST_ON_SLIDE = 0.85, 4, 8
NO_VALUE = ("no value in this horizon", "no value")
BANDS = "Colour: median, 50% and 90% of runs; the number is the last median. Black: reported before the start, {start}."
Floats = NDArray[np.float64]
NONE: Floats = np.zeros(0)


@dataclass(frozen=True, eq=False)
class Cell:
    """One small fan: ``x`` (time,) in decimal years, ``fan`` (time, 5), the past and its splits, and text above it.

    Each line comes in wordings from long to short, of which the first that fits is set.
    """

    look: Look
    x: Floats = field(default_factory=lambda: NONE)
    fan: Floats = field(default_factory=lambda: np.zeros((0, 5)))
    past_x: Floats = field(default_factory=lambda: NONE)
    past: Floats = field(default_factory=lambda: NONE)
    above: tuple[tuple[str, ...], ...] = ()
    splits: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Line:
    """One row: its heading and unit at the left, a cell for each case by name, its axis, and a level across."""

    heading: str
    unit: str
    variable: str
    cells: dict[str, Cell]
    axis: Axis
    level: float | None = None


def columns(
    cast: Cast, name: str, title: str, subjects: Sequence[Subject], size: Size, sentence: Sentence, command: str = ""
) -> Drawing:
    """A column for each scenario and a row for each of ``subjects``."""
    groups = wrapped(cast.cases, size)
    height = 3.6 + len(groups) * (0.6 + len(subjects) * (3.0 if len(groups) == 1 else 2.15))
    words = BANDS.format(start=full_date(cast.first.source.scenario.start))
    words += break_words(cast.first.past(subject, cast.past_years) for subject in subjects)
    page = open_page(cast, name, size, title, tuple(subjects), sentence, height, command, words)
    put(page, cast, groups, level_lines(page, cast, subjects))
    return page.finish()


def level_lines(page: Page, cast: Cast, subjects: Sequence[Subject]) -> list[Line]:
    """A row of fans of each subject, with what was reported before; their numbers are recorded."""
    axes = cast.axes(subjects)
    lines = []
    for subject in subjects:
        axis, cells = axes[subject.axis_name], {}
        variable = cast.variable(subject.name)
        for case in cast.cases:
            dates, fan, past = case.dates(subject), case.fan(subject), case.past(subject, cast.past_years)
            above = ((axis.text(float(fan[-1, 2])),),) if len(fan) else (NO_VALUE,)
            record_fan(page, variable, subject, case, dates, fan, several=True)
            record_past(page, variable, subject, past)
            cells[case.name] = Cell(case.look, years(dates), fan, years(past.dates), past.values, above, past.splits)
        unit = subject.unit or unit_line(variable)
        lines.append(Line(subject.heading, unit, subject.name, cells, axis, subject.level))
    return lines


def put(page: Page, cast: Cast, groups: Sequence[Sequence[Case]], lines: Sequence[Line]) -> None:
    """Draw each group of cases under its heads, one group below the other, with one time axis for all."""
    widest = max(map(len, groups))
    cells = [cell for line in lines for cell in line.cells.values()]
    times = time_span("month", [*(cell.x for cell in cells), *(cell.past_x for cell in cells)])
    start = float(years(np.array([cast.first.source.scenario.start], "datetime64[D]"))[0])
    for box, group in zip(page.body.grid(len(groups), 1, down=0.35), groups, strict=True):
        _lattice(page, _heads(page, box, group, lines, widest), group, lines, widest, times, start)


def wrapped(cases: Sequence[Case], size: Size) -> list[Sequence[Case]]:
    """Cases in rows of as many columns as fit, as even as can be."""
    most = ABREAST if size.height is None else ABREAST_ON_SLIDE
    rows = -(-len(cases) // most)
    each = -(-len(cases) // rows)
    return [cases[at : at + each] for at in range(0, len(cases), each)]


def years(dates: NDArray[np.datetime64]) -> Floats:
    """Dates in decimal years: here yearly values stand at the end of their year, beside monthly ones."""
    return position(dates, "month")


def _frames(page: Page, box: Box, lines: Sequence[Line], count: int) -> list[Box]:
    label, across = (LABEL, ACROSS) if count <= 6 else (NARROW, ACROSS / 2)
    ticks = max(page.measure(text) for line in lines for text in line.axis.texts) + 0.15
    return Box(box.x + label + ticks, box.y, box.w - label - ticks, box.h).grid(1, count, across=across)


def _heads(page: Page, box: Box, group: Sequence[Case], lines: Sequence[Line], count: int) -> Box:
    """The labels of the scenarios over their columns; returns the box below them."""
    frames = _frames(page, box, lines, count)
    # A word that is too wide in bold is set plain rather than cut.
    words = [word for case in group for word in case.label.replace("_", "_ ").split()]
    bold = all(page.measure(word, SMALL, True) <= frames[0].w for word in words)
    broken = [page.wrap(case.label, frame.w, bold=bold) for case, frame in zip(group, frames, strict=False)]
    most = max(map(len, broken))
    for parts, case, frame in zip(broken, group, frames, strict=False):
        y = box.top - 0.3 - LINE * (most - len(parts))
        page.lines(frame.x, y, parts, bold=bold, colour=case.look.text_colour)
    return Box(box.x, box.y, box.w, box.h - 0.12 - most * LINE)


def _lattice(
    page: Page,
    box: Box,
    group: Sequence[Case],
    lines: Sequence[Line],
    count: int,
    times: tuple[float, float],
    start: float,
) -> None:
    height = (box.h - FOOT) / max(1, len(lines))
    for at, line in enumerate(lines):
        most = max(len(line.cells[case.name].above) for case in group)
        while most > 1 and height - 0.24 - most * LINE < LEAST:
            most -= 1  # the picture goes before the second line of text, which the CSV holds as well
        band = Box(box.x, box.top - (at + 1) * height, box.w, height)
        frames = [
            Box(part.x, part.y + 0.12, part.w, part.h - 0.24 - most * LINE)
            for part in _frames(page, band, lines, count)
        ]
        for case, frame in zip(group, frames, strict=False):
            plot = Plot(page, frame, times, line.axis)
            if case is group[0]:
                plot.tick_texts()
                _row_texts(page, band, line, frame, (LABEL if count <= 6 else NARROW) - 0.1)
            _cell(plot, line, line.cells[case.name], most, start)
            marked_years(page, frame, times, "month", labelled=at == len(lines) - 1)


def _cell(plot: Plot, line: Line, cell: Cell, most: int, start: float) -> None:
    """One small plot with its lines of text above."""
    page, frame = plot.page, plot.frame
    plot.grid()
    if line.level is not None:
        # Over the bands: where nought lies in a fan of differences is what the reader looks for.
        plot.level(line.level, 3.5)
    plot.start(start)
    plot.past(cell.past_x, cell.past, 1.0, splits=cell.splits)
    plot.fan(cell.look, cell.x, cell.fan, cell.past_x, cell.past, count=1, width=1.4)
    above = cell.above[:most]
    for line_number, wordings in enumerate(reversed(above)):
        bold = line_number == len(above) - 1
        text = next((words for words in wordings if page.measure(words, SMALL, bold) <= frame.w), wordings[-1])
        page.text(frame.x, frame.top + 0.1 + line_number * LINE, text, bold=bold)
    page.frames.append(
        Frame(line.heading, line.variable, (frame.x, frame.y, frame.w, frame.h), plot.times, (plot.low, plot.high))
    )


def _row_texts(page: Page, band: Box, line: Line, frame: Box, width: float) -> None:
    head = page.wrap(line.heading, width, bold=True)
    unit = page.wrap(line.unit, width)
    if len(head) + len(unit) > band.h / LINE:
        # The price basis also stands in the CSV; the unit itself stays.
        unit = page.wrap(line.unit.partition(",")[0], width)
    y = page.lines(band.x, frame.top - 0.2, head, bold=True, colour=INK)
    page.lines(band.x, y, unit, colour=MUTED)
