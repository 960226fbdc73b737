"""Why two scenarios differ: the table of an attribution and its waterfalls, drawn as bars beside their numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sim.analysis import PART_COLUMNS, Attribution, Part, Row, Waterfall, csv_text
from sim.analysis.wording import with_unit
from sim.figures.report.downloads import Download, csv_download
from sim.figures.report.numbers import day_told, named, signed
from sim.text import decimals, number

MOST_FALLS = 4
WIDTH, MARGIN = 300.0, 6.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One step of a waterfall: from ``x`` over ``width`` (of WIDTH), and its number.

    ``way`` is rise, drop or same, or ``level`` for the mean the steps begin and end at.
    """

    label: str
    text: str
    x: float
    width: float
    way: str
    depends_on: bool


@dataclass(frozen=True, slots=True)
class Fall:
    """One outcome's waterfall with its sentence."""

    title: str
    unit: str
    sentence: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One group's contribution to one outcome."""

    group: str
    mean: str
    interval: str
    alone: str
    depends_on: bool
    is_total: bool


@dataclass(frozen=True, slots=True)
class Told:
    """An attribution as the report tells it: ``tables`` are (outcome, unit, cells)."""

    a: str
    b: str
    day: str
    how: str
    tables: tuple[tuple[str, str, tuple[Cell, ...]], ...]
    unmoved: tuple[str, ...]
    falls: tuple[Fall, ...]
    warnings: tuple[str, ...]
    download: Download


def told(attribution: Attribution, rows: Iterable[Row]) -> Told:
    """The last date of every outcome with a difference shown; waterfalls of those that move most.

    ``rows`` are the comparison's at the last date: what they could not show is not shared out.
    """
    last = _last(attribution)
    pair = [row for row in rows if (row.baseline, row.scenario) == (attribution.a, attribution.b)]
    known = {(row.variable, row.entity): row.shown for row in pair}
    moved = [fall for fall in last if known.get((fall.outcome.name, fall.outcome.entity), _clear(fall))]
    moved = [fall for fall in moved if fall.total.mean != 0]
    name = f"attribution_{attribution.a}_{attribution.b}.csv"
    return Told(
        a=attribution.a,
        b=attribution.b,
        day=day_told(last[0].date) if last else "",
        how=_how(attribution),
        tables=tuple((_name(fall), _unit(fall), _cells(fall)) for fall in moved),
        unmoved=tuple(_name(fall) for fall in last if fall not in moved),
        falls=tuple(_fall(fall) for fall in sorted(moved, key=_size, reverse=True)[:MOST_FALLS]),
        warnings=attribution.warnings,
        download=csv_download(name, csv_text([part.to_dict() for part in attribution.rows()], PART_COLUMNS)),
    )


def _last(attribution: Attribution) -> list[Waterfall]:
    found: dict[tuple[str, str], Waterfall] = {}
    for fall in attribution.waterfalls:
        found[fall.outcome.name, fall.outcome.entity] = fall
    return list(found.values())


def _clear(fall: Waterfall) -> bool:
    """Whether the whole difference is told apart from none."""
    return fall.total.low > 0 or fall.total.high < 0


def _how(attribution: Attribution) -> str:
    groups = len(attribution.groups)
    runs = f"{attribution.runs:,} runs, seed {attribution.seed}"
    if attribution.exact:
        return f"Exact: all {attribution.coalitions} combinations of {groups} groups of inputs were run ({runs})."
    return (
        f"Sampled: {attribution.permutations} orders of {groups} groups of inputs, {attribution.coalitions} "
        f"combinations ({runs}); the intervals contain the error of sampling."
    )


def _cells(fall: Waterfall) -> tuple[Cell, ...]:
    return (_cell(fall, fall.total, "whole difference"), *(_cell(fall, part, part.group) for part in fall.parts))


def _cell(fall: Waterfall, part: Part, label: str) -> Cell:
    is_total = part is fall.total
    interval = f"{_told(fall, part.low)} to {_told(fall, part.high)}"
    alone = "" if is_total else _told(fall, part.alone)
    return Cell(label, _told(fall, part.mean), interval, alone, part.depends_on, is_total)


def _told(fall: Waterfall, value: float) -> str:
    """A number of the outcome, to the digits that the whole difference has: more would be noise."""
    total = fall.total
    error = 0.1 if fall.outcome.binary else max((total.high - total.low) / 2, abs(total.mean) / 1000)
    return signed(value * _scale(fall), error)


def _fall(fall: Waterfall) -> Fall:
    scale = _scale(fall)
    points = [fall.a_mean * scale]
    for part in fall.parts:
        points.append(points[-1] + part.mean * scale)
    low, room = min(points), max(points) - min(points)
    unit = (WIDTH - 2 * MARGIN) / room

    def place(value: float) -> float:
        return MARGIN + (value - low) * unit

    bars = [_level("without the changes", points[0], place(points[0]), fall)]
    for part, before, after in zip(fall.parts, points[:-1], points[1:], strict=True):
        way = "rise" if after > before else "drop" if after < before else "same"
        text = _told(fall, part.mean)
        bars.append(Bar(part.group, text, place(min(before, after)), abs(after - before) * unit, way, part.depends_on))
    bars.append(_level("with all changes", points[-1], place(points[-1]), fall))
    return Fall(_name(fall), _unit(fall), _sentence(fall), tuple(bars))


def _level(label: str, value: float, x: float, fall: Waterfall) -> Bar:
    largest = max(abs(fall.a_mean), abs(fall.b_mean))
    text = number(value, 1 if fall.outcome.binary else decimals(largest, fall.outcome.unit))
    return Bar(label, text, x, 0.0, "level", False)


def _sentence(fall: Waterfall) -> str:
    first = fall.parts[0]
    amount, total = _amount(fall, first), _amount(fall, fall.total)
    hangs = " It depends on assumptions that no data settle." if first.depends_on else ""
    if amount == total:
        return f"The whole difference of {total} comes from {first.group}.{hangs}"
    return f"Of the difference of {total}, {first.group} contributes {amount}.{hangs}"


def _amount(fall: Waterfall, part: Part) -> str:
    value = _told(fall, part.mean)
    return f"{value} of 100 runs" if fall.outcome.binary else with_unit(value, fall.outcome.unit)


def _scale(fall: Waterfall) -> float:
    return 100.0 if fall.outcome.binary else 1.0


def _size(fall: Waterfall) -> float:
    """The whole difference against its interval."""
    total = fall.total
    return abs(total.mean) / (((total.high - total.low) / 2) or abs(total.mean))


def _name(fall: Waterfall) -> str:
    return named(fall.outcome.long_name, fall.outcome.entity)


def _unit(fall: Waterfall) -> str:
    outcome = fall.outcome
    return "% of runs" if outcome.binary else ", ".join(part for part in (outcome.unit, outcome.price_basis) if part)
