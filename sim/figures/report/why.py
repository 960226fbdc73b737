"""Why two scenarios differ: an attribution as bars with their numbers, and as a table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sim.analysis import Attribution, Part, Row, Waterfall
from sim.figures.report.tables import outcome_name, outcome_unit
from sim.text import day_of, decimals, difference, full_date, number, signed

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
class Share:
    """One group's contribution to one outcome, or the whole difference."""

    group: str
    mean: str
    interval: str
    alone: str
    depends_on: bool
    is_total: bool


@dataclass(frozen=True, slots=True)
class Fall:
    """One outcome's waterfall with its sentence, and the same as lines of a table."""

    title: str
    unit: str
    sentence: str
    bars: tuple[Bar, ...]
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Reasons:
    """An attribution as the report tells it: the outcomes with a difference shown, largest first, at the last date."""

    a: str
    b: str
    day: str
    how: str
    falls: tuple[Fall, ...]
    unmoved: tuple[str, ...]
    warnings: tuple[str, ...]


def reasons(attribution: Attribution, rows: Iterable[Row]) -> Reasons:
    """The last date of every outcome with a difference shown.

    ``rows`` are the comparison's at the last date: what they could not show is not shared out.
    """
    last = {(fall.outcome.name, fall.outcome.entity): fall for fall in attribution.waterfalls}
    pair = [row for row in rows if (row.baseline, row.scenario) == (attribution.a, attribution.b)]
    shown = {(row.variable, row.entity): row.shown for row in pair}
    moved = [fall for key, fall in last.items() if fall.total.mean != 0 and shown.get(key, _clear(fall))]
    return Reasons(
        a=attribution.a,
        b=attribution.b,
        day=full_date(day_of(next(iter(last.values())).date)) if last else "",
        how=_how(attribution),
        falls=tuple(_fall(fall) for fall in sorted(moved, key=_size, reverse=True)),
        unmoved=tuple(_name(fall) for fall in last.values() if fall not in moved),
        warnings=attribution.warnings,
    )


def _clear(fall: Waterfall) -> bool:
    """Whether the whole difference is told apart from none."""
    return fall.total.low > 0 or fall.total.high < 0


def _size(fall: Waterfall) -> float:
    """The whole difference against its interval."""
    total = fall.total
    return abs(total.mean) / (((total.high - total.low) / 2) or abs(total.mean))


def _how(attribution: Attribution) -> str:
    groups = len(attribution.groups)
    runs = f"{attribution.runs:,} runs, seed {attribution.seed}"
    if attribution.exact:
        return f"Exact: all {attribution.coalitions} combinations of {groups} groups of inputs were run ({runs})."
    return (
        f"Sampled: {attribution.permutations} orders of {groups} groups of inputs, {attribution.coalitions} "
        f"combinations ({runs}); the intervals contain the error of sampling."
    )


def _fall(fall: Waterfall) -> Fall:
    scale = _scale(fall)
    points = [fall.a_mean * scale]
    for part in fall.parts:
        points.append(points[-1] + part.mean * scale)
    low, unit = min(points), (WIDTH - 2 * MARGIN) / (max(points) - min(points))
    at = [MARGIN + (point - low) * unit for point in points]
    bars = [_level("without the changes", points[0], at[0], fall)]
    for part, before, after in zip(fall.parts, at[:-1], at[1:], strict=True):
        way = "rise" if after > before else "drop" if after < before else "same"
        bars.append(
            Bar(part.group, _written(fall, part.mean), min(before, after), abs(after - before), way, part.depends_on)
        )
    bars.append(_level("with all changes", points[-1], at[-1], fall))
    outcome = fall.outcome
    return Fall(
        title=_name(fall),
        unit=outcome_unit(outcome.unit, outcome.price_basis, outcome.binary),
        sentence=_sentence(fall),
        bars=tuple(bars),
        shares=(_share(fall, fall.total), *(_share(fall, part) for part in fall.parts)),
    )


def _share(fall: Waterfall, part: Part) -> Share:
    is_total = part is fall.total
    label, alone = ("whole difference", "") if is_total else (part.group, _written(fall, part.alone))
    interval = f"{_written(fall, part.low)} to {_written(fall, part.high)}"
    return Share(label, _written(fall, part.mean), interval, alone, part.depends_on, is_total)


def _written(fall: Waterfall, value: float) -> str:
    """A number of the outcome, to the digits that the whole difference has: more would be noise."""
    total = fall.total
    error = 0.1 if fall.outcome.binary else max((total.high - total.low) / 2, abs(total.mean) / 1000)
    return signed(value * _scale(fall), error)


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
    text = _written(fall, part.mean)
    return f"{text} of 100 runs" if fall.outcome.binary else difference(text, fall.outcome.unit)


def _scale(fall: Waterfall) -> float:
    return 100.0 if fall.outcome.binary else 1.0


def _name(fall: Waterfall) -> str:
    return outcome_name(fall.outcome.long_name, fall.outcome.entity)
