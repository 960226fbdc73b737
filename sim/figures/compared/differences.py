"""Differences from the baseline, run by run: fans of them beside nought, and the table of their means."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from sim.analysis.outcomes import headline
from sim.analysis.statistics import FAN, quantiles
from sim.figures.axis import value_axis
from sim.figures.cases import QUANTILES, Case, Cast, Subject, remembered
from sim.figures.columns import Cell, Line, level_lines, put, wrapped, years
from sim.figures.compared.findings import (
    common_error,
    contrast_of,
    difference_lines,
    difference_unit,
    findings,
    outcome_of,
    rounded,
    statement,
)
from sim.figures.drawing import Row
from sim.figures.history import break_words
from sim.figures.page import LINE, Box, Page
from sim.figures.style import GRID, MUTED, RULE
from sim.figures.subjects import (
    HEADLINES,
    PANELS,
    draw_panels,
    open_page,
)
from sim.scenario.entities import entity_name
from sim.text import day_of, full_date, when

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.analysis.outcomes import Outcome
    from sim.figures.drawing import Drawing
    from sim.figures.style import Size

GAPS = (
    "Difference from {baseline} run by run: median, 50% and 90% of runs. "
    "Above: mean at the end with its 95% interval{counts}."
)
# Among more than five scenarios a column of the table is too narrow for a name; the numbers stand in the CSV.
ROW, MOST_TABLED = 0.42, 5
NO_VALUE = ("no value in this horizon", "no value")
OUTCOME = "outcome"


def differences(
    cast: Cast, name: str, title: str, subjects: Sequence[Subject], size: Size, command: str = ""
) -> Drawing:
    """A column for each other scenario, a row for each subject: the fan of its difference with a line at nought."""
    groups = wrapped(cast.others, size)
    height = 3.9 + len(groups) * (0.6 + len(subjects) * (3.1 if len(groups) == 1 else 2.5))
    # Four rows on a slide leave one line of text over each fan.
    short = size.height is not None and len(subjects) > 3
    counts = "" if short else "; in how many of 100 runs higher and lower"
    words = GAPS.format(baseline=cast.first.label, counts=counts)
    title = f"{title}: difference from {cast.first.label}"
    page = open_page(cast, name, size, title, tuple(subjects), findings(cast, subjects), height, command, words)
    put(page, cast, groups, [_gaps(page, cast, subject, subject.heading) for subject in subjects])
    return page.finish()


def asked(cast: Cast) -> dict[str, Outcome]:
    """Outcomes compared beyond the headline ones that are numbers, by ``variable`` or ``variable:ENTITY``."""
    comparison = cast.comparison
    if comparison is None:
        return {}
    usual = {outcome.key for outcome in headline()}
    compared = {contrast.outcome.key: contrast.outcome for contrast in comparison.contrasts}
    return {key: outcome for key, outcome in compared.items() if key not in usual and outcome.kind == "number"}


def outcome_fans(cast: Cast, size: Size, outcome: Outcome, command: str = "") -> Drawing:
    """One column a scenario: the fan of ``outcome``, and below it its difference from the baseline."""
    heading = f"{outcome.long_name}: {entity_name(outcome.entity)}" if outcome.entity else outcome.long_name
    subject = Subject(outcome.variable, heading, outcome.entity)
    words = "Colour: median, 50% and 90% of runs; the number is the last median. "
    words += f"Black: reported before the start, {full_date(cast.first.source.scenario.start)}."
    words += break_words([cast.first.past(subject, cast.past_years)])
    if not cast.conditional:
        words += f" Below: difference from {cast.first.label} run by run, its mean with the 95% interval."
    groups = wrapped(cast.cases, size)
    page = open_page(
        cast, f"{OUTCOME}:{outcome.key}", size, heading, (subject,), findings(cast, (subject,)),
        3.9 + len(groups) * 7.2, command, words,
    )  # fmt: skip
    (level,) = level_lines(page, cast, (subject,))
    lines = [Line("Value", level.unit, level.variable, level.cells, level.axis)]
    if not cast.conditional:
        gap = _gaps(page, cast, subject, "Difference")
        gap.cells[cast.first.name] = Cell(cast.first.look, above=(("reference",),))
        lines.append(gap)
    put(page, cast, groups, lines)
    return page.finish()


def _gaps(page: Page, cast: Cast, subject: Subject, heading: str) -> Line:
    """The fans of every other scenario's difference, with one axis; their numbers are recorded."""
    unit, cells = difference_unit(cast, subject), {}
    axis = value_axis(unit, [_paired_fan(cast, subject, case)[1] for case in cast.others], (0.0,))
    contrasts = {case: contrast_of(cast.compared, outcome_of(cast, subject), case.name) for case in cast.others}
    lasts = {case: contrast.last() for case, contrast in contrasts.items() if contrast and len(contrast.dates)}
    error = common_error(list(lasts.values()), (axis.ticks[-1] - axis.ticks[0]) / 100)
    page.rows += [statement(row) for row in lasts.values()]
    for case in cast.others:
        dates, fan = _paired_fan(cast, subject, case)
        above = difference_lines(lasts[case], error) if case in lasts else (NO_VALUE,)
        cells[case.name] = Cell(case.look, years(dates), fan, above=above)
    for case in cast.others:
        dates, fan = _paired_fan(cast, subject, case)
        variable = cast.variable(subject.name)
        for day, row in zip(dates, fan.tolist(), strict=True):
            page.rows.append(
                Row(scenario=case.name, panel=subject.heading, variable=subject.name, entity=subject.entity,
                    date=str(np.datetime64(day, "D")), kind="difference", unit=unit, price_basis=variable.price_basis,
                    note=f"minus {cast.first.name}, run by run", **dict(zip(QUANTILES, row, strict=True)))
            )  # fmt: skip
        if len(dates):
            low, middle, high = (axis.text(float(fan[-1, at])) for at in (0, 2, 4))
            end = when(day_of(dates[-1]), variable.every)
            text = f"median difference {middle} {unit} (90% of runs: {low} to {high})"
            page.phrases.append(f"{subject.heading}, {case.label}: {text} in {end}.")
    return Line(heading, unit, subject.name, cells, axis, 0.0)


def _paired_fan(cast: Cast, subject: Subject, case: Case) -> tuple[NDArray[np.datetime64], NDArray[np.float64]]:
    """Dates and the quantiles of the difference run by run, ``(time, 5)``: never a difference of quantiles."""
    comparison = cast.compared

    def read() -> tuple[NDArray[np.datetime64], NDArray[np.float64]]:
        dates, values = comparison.differences(outcome_of(cast, subject), case.name)
        return dates, quantiles(values.astype(np.float64), FAN)

    return remembered(comparison, ("gap", subject.name, subject.entity, case.name), read)


def overview(cast: Cast, size: Size, command: str = "") -> Drawing:
    """The overview of several scenarios: its panels, and on a page the table of mean differences below them."""
    figure = PANELS["overview"]
    if size.height is not None or len(cast.cases) > MOST_TABLED:
        return draw_panels(cast, "overview", figure, size, command)
    two_lines = len(cast.cases) == 4
    room = (len(HEADLINES) + 2) * ROW + 0.3 * len(HEADLINES) * two_lines + LINE * (len(cast.cases) - 1)
    return draw_panels(cast, "overview", figure, size, command, lambda page: _table(page, cast, room, two_lines), room)


def _table(page: Page, cast: Cast, height: float, two_lines: bool) -> None:
    """Mean difference of each other scenario from the first at the end, its 95% interval beside or below it.

    The numbers of one quantity have one number of decimals: that of the most certain of them.
    """
    box = Box(page.body.x, page.body.y, page.body.w, height)
    label = max(page.measure(f"{subject.heading}, {_unit(cast, subject)}") for subject in HEADLINES) + 0.25
    width = (box.w - label) / len(cast.others)
    interval = ", with its 95% interval" if width >= page.measure("(−0.000 to −0.000)") else ""
    heading = f"Mean difference from {cast.first.label} at the end{interval}"
    page.text(box.x, box.top - ROW, heading, bold=True)
    heads = {case: page.wrap(case.label, width - 0.12, bold=True) for case in cast.others}
    y = box.top - ROW - LINE * max(map(len, heads.values())) - 0.12
    for at, (case, parts) in enumerate(heads.items(), 1):
        top = y + LINE * (len(parts) - 1)
        page.lines(box.x + label + at * width, top, parts, bold=True, colour=case.look.text_colour, ha="right")
    page.rule(box.x, y - 0.13, box.right, y - 0.13, RULE, 0.7)
    phrases: list[str] = []
    for subject in HEADLINES:
        y -= ROW
        head = f"{subject.heading},"
        page.text(box.x, y, head)
        page.text(box.x + page.measure(head) + 0.12, y, _unit(cast, subject), colour=MUTED)
        cells = _table_cells(page, cast, subject)
        for at, (case, (mean, around)) in enumerate(cells.items(), 1):
            phrases.append(f"{subject.heading}, {case.label}: {mean} {around}".rstrip())
            x = box.x + label + at * width
            if two_lines or not interval:
                page.text(x, y, mean, ha="right")
                page.text(x, y - 0.3, around if two_lines else "", colour=MUTED, ha="right")
            else:
                page.text(x, y, f"{mean} {around}".strip(), ha="right")
        y -= 0.3 * two_lines
        page.rule(box.x, y - 0.13, box.right, y - 0.13, GRID, 0.5)
    page.phrases.append(f"{heading}: {'; '.join(phrases)}.")


def _table_cells(page: Page, cast: Cast, subject: Subject) -> dict[Case, tuple[str, str]]:
    """Mean and interval of each other scenario in words, all with the same decimals."""
    contrasts = {case: contrast_of(cast.compared, outcome_of(cast, subject), case.name) for case in cast.others}
    known = {case: contrast for case, contrast in contrasts.items() if contrast is not None and len(contrast.dates)}
    rows = {case: contrast.last() for case, contrast in known.items()}
    page.rows += [statement(row) for row in rows.values()]
    error = common_error(list(rows.values()), 1.0)
    cells = {}
    for case, row in rows.items():
        if row.p_equal == 1 and not row.conditional:
            cells[case] = ("0", "")
        elif not row.shown:
            cells[case] = ("none shown", "")
        else:
            mean, low, high = rounded(row, error)
            cells[case] = (mean, f"({low} to {high})")
    return cells


def _unit(cast: Cast, subject: Subject) -> str:
    if cast.variable(subject.name).flag:
        return "of 100 runs"
    unit = difference_unit(cast, subject)
    return "percentage points" if unit.startswith("percentage points") else unit
