"""Scenarios side by side on shared axes, and their differences from the baseline run by run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.figures.compared.lattice import Cell, Line, headers, lattice
from sim.figures.compared.spread import Spread, shown_name, statement, text_colour
from sim.figures.compared.subjects import (
    MONEY,
    SECURITY,
    Subject,
    contrast_of,
    fan_of,
    history_of,
    in_order,
    others,
    paired_fan,
    places_of,
)
from sim.figures.compared.telling import against, difference_text, findings
from sim.figures.drawing import Drawing, Row
from sim.figures.style import Size
from sim.figures.ticks import position
from sim.figures.words import as_day, full_date, median_and_range, number, when

if TYPE_CHECKING:
    from sim.analysis import Comparison
    from sim.analysis.align import View

ABREAST = 4
NO_VALUE = ("no value in this horizon", "no value")
QUANTILES = ("q05", "q25", "q50", "q75", "q95")
BANDS = "Colour: median, 50% and 90% of runs; the number is the last median. Black: reported before the start, {start}."
GAPS = (
    "Difference from {baseline} run by run: median, 50% and 90% of runs. "
    "Above: mean at the end with its 95% interval{counts}."
)


def columns_money(comparison: Comparison, size: Size, scenario: str | None = None) -> Drawing:
    """Spending of the alliance: one column a scenario, one row a variable, axes shared along each row."""
    del scenario
    return _columns(comparison, size, "columns_money", "Defence spending", MONEY)


def columns_security(comparison: Comparison, size: Size, scenario: str | None = None) -> Drawing:
    """Commitment, military aid and the front: one column a scenario, axes shared along each row."""
    del scenario
    title = "U.S. commitment, military aid and the front"
    return _columns(comparison, size, "columns_security", title, SECURITY)


def differences_money(comparison: Comparison, size: Size, scenario: str | None = None) -> Drawing:
    """Spending: fans of the difference from the baseline run by run, with a line at nought."""
    del scenario
    return _differences(comparison, size, "differences_money", "Defence spending", MONEY)


def differences_security(comparison: Comparison, size: Size, scenario: str | None = None) -> Drawing:
    """Commitment, aid and front: fans of the difference from the baseline run by run, with a line at nought."""
    del scenario
    title = "U.S. commitment, military aid and the front"
    return _differences(comparison, size, "differences_security", title, SECURITY)


def _columns(comparison: Comparison, size: Size, name: str, title: str, subjects: Sequence[Subject]) -> Drawing:
    views = in_order(comparison)
    start = views[0].scenario.start
    title += ", part by part" if comparison.conditional else ", scenario by scenario"
    sentence = findings(comparison, subjects[:1])
    groups = wrapped([view.name for view in views], size)
    height = 3.6 + len(groups) * (0.6 + len(subjects) * (3.0 if len(groups) == 1 else 2.15))
    page = Spread(comparison, name, size, title, BANDS.format(start=full_date(start)), sentence.text, height)
    page.rows += sentence.rows
    by_name = {view.name: view for view in views}
    everything: dict[tuple[str, int], Cell] = {}
    for at, subject in enumerate(subjects):
        places = places_of([fan_of(view, subject)[1] for view in views], subject)
        for view in views:
            everything[view.name, at] = level_cell(page, view, subject, places)
    lines = {
        group: [
            Line(
                subject.heading,
                subject.unit,
                [everything[one, at] for one in group],
                subject.level,
                *limits(subject, [everything[one, at] for one in by_name]),
            )
            for at, subject in enumerate(subjects)
        ]
        for group in groups
    }
    put(page, groups, lines, size, float(years(np.array([start], "datetime64[D]"))[0]))
    return page.finish()


def _differences(comparison: Comparison, size: Size, name: str, title: str, subjects: Sequence[Subject]) -> Drawing:
    first = comparison.names[comparison.baseline]
    groups = wrapped(list(others(comparison)), size)
    sentence = findings(comparison, subjects)
    height = 3.9 + len(groups) * (0.6 + len(subjects) * (3.1 if len(groups) == 1 else 2.5))
    # Four rows on a slide leave one line of text over each fan.
    short = size.height is not None and len(subjects) > 3
    words = GAPS.format(baseline=first, counts="" if short else "; in how many of 100 runs higher and lower")
    page = Spread(comparison, name, size, f"{title}: difference from {first}", words, sentence.text, height)
    page.rows += sentence.rows
    everything: dict[tuple[str, int], Cell] = {}
    for at, subject in enumerate(subjects):
        for other in others(comparison):
            everything[other, at] = gap_cell(page, subject, other)
    lines = {
        group: [
            Line(
                subject.heading,
                against(subject),
                [everything[other, at] for other in group],
                0.0,
                *limits(None, [everything[other, at] for other in others(comparison)]),
            )
            for at, subject in enumerate(subjects)
        ]
        for group in groups
    }
    start = comparison.views[comparison.baseline].scenario.start
    put(page, groups, lines, size, float(years(np.array([start], "datetime64[D]"))[0]))
    return page.finish()


def level_cell(page: Spread, view: View, subject: Subject, places: int) -> Cell:
    """The fan of one scenario with what was reported before; its numbers are recorded."""
    dates, fan = fan_of(view, subject)
    past = history_of(view, subject)
    above = ((number(float(fan[-1, 2]), places),),) if len(fan) else (NO_VALUE,)
    _record(page, subject, view.name, dates, fan, "runs")
    for day, value in zip(past.dates, past.values, strict=True):
        page.rows.append(_row(subject, view.name, day, "reported", value=float(value)))
    return Cell(page.looks[view.name], years(dates), fan, years(past.dates), past.values, above)


def gap_cell(page: Spread, subject: Subject, other: str) -> Cell:
    """The fan of one scenario's difference from the baseline run by run; its numbers are recorded."""
    dates, fan = paired_fan(page.comparison, subject, other)
    contrast = contrast_of(page.comparison, subject.outcome, other)
    _record(page, subject, other, dates, fan, "difference")
    page.rows += [statement(contrast)] if contrast else []
    above = difference_text(contrast.last()) if contrast else (NO_VALUE,)
    return Cell(page.looks[other], years(dates), fan, above=above)


def put(
    page: Spread,
    groups: Sequence[tuple[str, ...]],
    lines: dict[tuple[str, ...], list[Line]],
    size: Size,
    start: float,
) -> None:
    """Draw each group of names under its heads, one below the other; ``lines`` are the rows of each group."""
    del size
    widest = max(len(group) for group in groups)
    for box, group in zip(page.body.grid(len(groups), 1, down=0.35), groups, strict=True):
        heads = [(shown_name(page.comparison, name), text_colour(page.looks[name])) for name in group]
        heads += [("", "#000000")] * (widest - len(group))
        rest = headers(page, box, heads)
        lattice(page, rest, lines[group], columns=widest, start=start)


def wrapped(names: Sequence[str], size: Size) -> list[tuple[str, ...]]:
    """Names in rows of at most four on a page, as even as can be; a slide takes them all in one."""
    most = 8 if size.height is not None else ABREAST
    rows = -(-len(names) // most)
    each = -(-len(names) // rows)
    return [tuple(names[at : at + each]) for at in range(0, len(names), each)]


def years(dates: NDArray[Any]) -> NDArray[np.float64]:
    """Dates in decimal years: here yearly values stand at the end of their year, beside monthly ones."""
    return position(dates, "month")


def limits(subject: Subject | None, cells: Sequence[Cell]) -> tuple[float | None, float | None]:
    """The range that every group of columns shows, so that wrapped rows share it too."""
    found = np.concatenate([y.ravel() for cell in cells for y in (cell.past, cell.quantiles)])
    found = found[np.isfinite(found)]
    low = [float(found.min())] if len(found) else []
    high = [float(found.max())] if len(found) else []
    if subject is not None:
        low += [] if subject.low is None else [subject.low]
        high += [] if subject.high is None else [subject.high]
    return (min(low) if low else None, max(high) if high else None)


def _row(subject: Subject, scenario: str, day: Any, kind: str, **cells: Any) -> Row:
    variable = subject.variable
    unit = against(subject) if kind == "difference" else variable.unit
    return Row(
        scenario=scenario,
        panel=subject.heading,
        variable=subject.name,
        entity=subject.entity,
        date=str(np.datetime64(day, "D")),
        kind=kind,
        unit=unit,
        price_basis=variable.price_basis,
        **cells,
    )


def _record(page: Spread, subject: Subject, scenario: str, dates: NDArray[Any], fan: NDArray[Any], kind: str) -> None:
    note = f"minus {page.comparison.names[page.comparison.baseline]}, run by run" if kind == "difference" else ""
    for day, row in zip(dates, fan, strict=True):
        cells = dict(zip(QUANTILES, map(float, row), strict=True))
        page.rows.append(_row(subject, scenario, day, kind, note=note, **cells))
    if len(dates):
        end = when(as_day(dates[-1]), subject.variable.every)
        if kind == "difference":
            places = places_of([fan[-1:]], subject)
            low, middle, high = (number(float(fan[-1, at]), places) for at in (0, 2, 4))
            told = f"median difference {middle} {against(subject)} (90% of runs: {low} to {high})"
        else:
            told = f"median {median_and_range(fan[-1], subject.variable.unit)}"
        page.told.append(f"{subject.heading}, {scenario}: {told} in {end}.")
