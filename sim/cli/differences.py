"""A comparison as text: what differs in the inputs, then in the outcomes, then in plain sentences."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.cli.tables import columns, decimals, number

if TYPE_CHECKING:
    from sim.analysis import Change, Comparison, Row

HEADINGS = ("", "median", "90% range", "difference", "95% interval", "higher in")


def input_lines(changes: Sequence[Change], names: Sequence[str]) -> list[str]:
    """The changed inputs, each with one line per scenario: value, and the file and line that set it."""
    lines: list[str] = []
    for change in changes:
        marks = [change.unit, change.kind, "depends on" if change.depends_on else ""]
        lines.append(f"{change.key} ({', '.join(mark for mark in marks if mark)}): {change.meaning}")
        rows = zip(names, change.values, change.origins, strict=True)
        lines.extend("  " + line for line in columns([list(row) for row in rows], left=3))
    return lines or ["nothing"]


def outcome_lines(comparison: Comparison) -> list[str]:
    """Every outcome at its last date: the baseline, then each other scenario with its paired difference.

    What is the same in every run of every scenario is named at the end.
    """
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in comparison.headline():
        groups.setdefault((row.variable, row.entity), []).append(row)
    grid: list[Sequence[str]] = [HEADINGS]
    titles: dict[int, str] = {}
    equal = [rows[0] for rows in groups.values() if all(map(_is_equal, rows))]
    for rows in groups.values():
        if rows[0] in equal:
            continue
        titles[len(grid)] = _title(rows[0])
        grid.extend(_rows(rows))
    lines = []
    for place, line in enumerate(columns(grid)):
        lines.extend([titles[place]] if place in titles else [])
        lines.append(line)
    if equal:
        lines += ["The same in every run:", *(f"  {_name(row)}" for row in equal)]
    return lines


def sentences(comparison: Comparison) -> list[str]:
    """One plain sentence per outcome and scenario that could differ, in the order of the table."""
    return [row.sentence for row in comparison.headline() if not _is_equal(row)]


def _is_equal(row: Row) -> bool:
    return row.p_equal == 1 and not row.conditional


def _name(row: Row) -> str:
    return f"{row.long_name}: {row.entity}" if row.entity else row.long_name


def _title(row: Row) -> str:
    unit = "% of runs" if _is_share(row) else ", ".join(filter(None, (row.unit, row.price_basis)))
    return f"{_name(row)} ({unit}), {row.date}"


def _is_share(row: Row) -> bool:
    return row.kind in ("probability", "label")


def _rows(rows: Sequence[Row]) -> list[list[str]]:
    first = rows[0]
    if _is_share(first):
        found = [[f"  {first.baseline}", _percent(first.baseline_mean), "", "", "", ""]]
        for row in rows:
            gap = f"{_percent(row.low, '+')} to {_percent(row.high, '+')}"
            found.append(
                [f"  {row.scenario}", _percent(row.scenario_mean), "", _percent(row.mean_difference, "+"), gap, ""]
            )
        return found
    levels = [v for row in rows for v in (row.baseline_q05, row.baseline_q95, row.scenario_q05, row.scenario_q95)]
    finite = [value for value in levels if math.isfinite(value)]
    digits = decimals(finite, first.unit)
    found = [
        [f"  {first.baseline}", *_level(first.baseline_q50, first.baseline_q05, first.baseline_q95, digits), "", "", ""]
    ]
    for row in rows:
        level = _level(row.scenario_q50, row.scenario_q05, row.scenario_q95, digits)
        found.append([f"  {row.scenario}", *level, *_gap(row, digits), _percent(row.p_higher) + "%"])
    return found


def _level(median: float, low: float, high: float, digits: int) -> list[str]:
    if not math.isfinite(median):
        return ["none", "none"]
    return [number(median, digits), f"{number(low, digits)} to {number(high, digits)}"]


def _gap(row: Row, digits: int) -> list[str]:
    if not math.isfinite(row.mean_difference):
        return ["none", "none"]
    more = digits + 1
    mean, low, high = (number(value, more) for value in (row.mean_difference, row.low, row.high))
    return [mean if mean.startswith("-") else f"+{mean}", f"{low} to {high}"]


def _percent(share: float, sign: str = "") -> str:
    return f"{100 * share:{sign}.1f}" if math.isfinite(share) else "none"
