"""The headline table: every outcome at its last date, the baseline first, each other scenario with its difference."""

from __future__ import annotations

from dataclasses import dataclass

from sim.analysis import Comparison, Row
from sim.figures.report.numbers import (
    chance,
    day_told,
    detectable,
    gap,
    is_share,
    level,
    outcome_name,
    outcome_unit,
    p_text,
    share,
)

NOTHING_SHOWN = "no difference could be shown"


@dataclass(frozen=True, slots=True)
class Line:
    """One scenario's cells of one outcome; ``shown`` says that the difference stands after Holm's adjustment."""

    scenario: str
    median: str
    span: str
    gap: str
    interval: str
    chance: str
    pairs: str
    verdict: str
    detectable: str
    shown: bool


@dataclass(frozen=True, slots=True)
class Block:
    """One outcome: its name, unit and date, the baseline's level, one line for each other scenario, and sentences."""

    name: str
    unit: str
    day: str
    baseline: str
    median: str
    span: str
    lines: tuple[Line, ...]
    sentences: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Course:
    """One outcome through the years: for each scenario the mean difference at each date, and whether it is shown.

    A text is empty where the outcome has no value at the date.
    """

    name: str
    unit: str
    lines: tuple[tuple[str, tuple[tuple[str, bool], ...]], ...]


def courses(comparison: Comparison) -> tuple[list[str], list[Course]]:
    """Year ends (and the last date), and the outcomes that show a difference at one of them."""
    found: dict[tuple[str, str], list[list[Row]]] = {}
    for contrast in comparison.contrasts:
        rows = contrast.shown(comparison.at)
        found.setdefault((contrast.outcome.name, contrast.outcome.entity), []).append(rows)
    days = sorted({row.date for some in found.values() for rows in some for row in rows})
    moved = [some for some in found.values() if len(some[0]) > 1 and any(row.shown for rows in some for row in rows)]
    return days, [_course(some, days) for some in moved]


def _course(some: list[list[Row]], days: list[str]) -> Course:
    lines = []
    for rows in some:
        at = {row.date: row for row in rows}
        cells = tuple((_gap_at(at[day]), at[day].shown) if day in at else ("", False) for day in days)
        lines.append((rows[0].scenario, cells))
    first = some[0][0]
    return Course(outcome_name(first), outcome_unit(first), tuple(lines))


def _gap_at(row: Row) -> str:
    if row.shown:
        return gap(row)[0]
    return "same" if same_everywhere(row) else "none shown"


def grouped(comparison: Comparison) -> list[list[Row]]:
    """The last rows of each outcome, one for each scenario that is not the baseline."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in comparison.headline():
        found.setdefault((row.variable, row.entity), []).append(row)
    return list(found.values())


def blocks(comparison: Comparison) -> list[Block]:
    """The outcomes that differ in some run of some scenario, in the order compared."""
    return [_block(rows) for rows in grouped(comparison) if not all(map(same_everywhere, rows))]


def unmoved(comparison: Comparison) -> list[str]:
    """Names of the outcomes that are the same in every run of every scenario."""
    return [outcome_name(rows[0]) for rows in grouped(comparison) if all(map(same_everywhere, rows))]


def same_everywhere(row: Row) -> bool:
    """Whether every pair of runs has the same value."""
    return row.p_equal == 1 and not row.conditional


def baseline_level(row: Row) -> tuple[str, str]:
    """The baseline's median and 90% range, or its share of runs and nothing."""
    if is_share(row):
        return share(row.baseline_mean), ""
    return level(row.baseline_q50, row.baseline_q05, row.baseline_q95, row.unit)


def scenario_level(row: Row) -> tuple[str, str]:
    """The same for the other scenario."""
    if is_share(row):
        return share(row.scenario_mean), ""
    return level(row.scenario_q50, row.scenario_q05, row.scenario_q95, row.unit)


def _block(rows: list[Row]) -> Block:
    first = rows[0]
    median, span = baseline_level(first)
    return Block(
        name=outcome_name(first),
        unit=outcome_unit(first),
        day=day_told(first.date),
        baseline=first.baseline,
        median=median,
        span=span,
        lines=tuple(_line(row) for row in rows),
        sentences=tuple((row.scenario, row.finding) for row in rows),
    )


def _line(row: Row) -> Line:
    median, span = scenario_level(row)
    mean, interval = gap(row)
    return Line(
        scenario=row.scenario,
        median=median,
        span=span,
        gap=mean,
        interval=interval,
        chance=chance(row.p_higher),
        pairs=_pairs(row),
        verdict=_verdict(row),
        detectable=detectable(row),
        shown=row.shown,
    )


def _pairs(row: Row) -> str:
    if row.conditional:
        return f"{row.baseline_runs:,} and {row.scenario_runs:,}"
    return f"{row.pairs_used:,}" + (f" ({row.pairs_dropped:,} dropped)" if row.pairs_dropped else "")


def _verdict(row: Row) -> str:
    if row.pairs_used == 0:
        return "no value to compare"
    if same_everywhere(row):
        return "the same in every run"
    return p_text(row.p_adjusted) if row.shown else NOTHING_SHOWN
