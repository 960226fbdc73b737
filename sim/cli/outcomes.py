"""The headline outcomes of one result: picked at each year's end and at the end, and set as a table."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.cli.tables import columns, decimals, number

if TYPE_CHECKING:
    from sim.ensemble import Result
    from sim.model import Variable

DONOR_GROUPS = ("USA", "EUR", "ALL")
DATES_PER_ROW = 6


@dataclass(frozen=True, slots=True)
class Outcome:
    """One headline quantity at one date: its median and the range from the 5th to the 95th percentile.

    For a 0/1 variable ``probability`` is the share of runs, and the other figures are not shown.
    """

    variable: str
    label: str
    entity: str | None
    unit: str
    price_basis: str
    date: str
    q05: float
    median: float
    q95: float
    probability: float | None

    def to_dict(self) -> dict[str, str | float | None]:
        """As JSON takes it: missing figures are null."""
        figures = {"median": self.median, "q05": self.q05, "q95": self.q95}
        if self.probability is not None:
            figures = {"probability": self.probability}
        texts = {
            "variable": self.variable,
            "label": self.label,
            "entity": self.entity,
            "unit": self.unit,
            "price_basis": self.price_basis or None,
            "date": self.date,
        }
        return {**texts, **{name: value if math.isfinite(value) else None for name, value in figures.items()}}


def headline_outcomes(result: Result) -> list[Outcome]:
    """Every headline variable of ``result`` at each 31 December and at the end, in the order of the variable table."""
    from sim.model import variables

    return [
        outcome
        for variable in variables()
        if variable.headline
        for entity in (DONOR_GROUPS if variable.entity == "donor" else (None,))
        for outcome in _at_year_ends(result, variable, entity)
    ]


def _at_year_ends(result: Result, variable: Variable, entity: str | None) -> Iterator[Outcome]:
    days = [str(day)[:10] for day in result.dates(variable.name)]
    quantiles = result.quantiles(variable.name, entity)
    means = result.mean(variable.name, entity)
    for place, day in enumerate(days):
        if not day.endswith("-12-31") and place < len(days) - 1:
            continue
        q05, _, median, _, q95 = (float(value) for value in quantiles[place])
        probability = float(means[place]) if variable.flag else None
        yield Outcome(
            variable.name, variable.long_name, entity, variable.unit, variable.price_basis, day, q05, median, q95,
            probability,
        )  # fmt: skip


def outcome_table(outcomes: Sequence[Outcome]) -> list[str]:
    """Lines of text: per quantity its name and unit, then the medians and the 90% ranges under their dates."""
    lines: list[str] = []
    dates = sorted({outcome.date for outcome in outcomes})
    groups: dict[tuple[str, str | None], dict[str, Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault((outcome.variable, outcome.entity), {})[outcome.date] = outcome
    for start in range(0, len(dates), DATES_PER_ROW):
        shown = dates[start : start + DATES_PER_ROW]
        # One grid for all quantities of a stretch of dates, so that a date stands above its figures everywhere.
        rows: list[list[str]] = [["", *shown]]
        titles: dict[int, str] = {}
        for group in groups.values():
            titles[len(rows)] = _title(next(iter(group.values())))
            rows.extend(_rows(group, shown))
        for place, line in enumerate(columns(rows, gap=3)):
            lines.extend([titles[place]] if place in titles else [])
            lines.append(line)
        lines.append("")
    return lines[:-1]


def _title(outcome: Outcome) -> str:
    name = outcome.label if outcome.entity is None else f"{outcome.label}: {outcome.entity}"
    unit = (
        "% of runs" if outcome.probability is not None else ", ".join(filter(None, (outcome.unit, outcome.price_basis)))
    )
    return f"{name} ({unit})"


def _rows(group: dict[str, Outcome], dates: Sequence[str]) -> list[list[str]]:
    here = [group.get(day) for day in dates]
    first = next(iter(group.values()))
    if first.probability is not None:
        return [["  share", *("" if one is None else _share(one.probability) for one in here)]]
    finite = [v for one in group.values() for v in (one.q05, one.median, one.q95) if math.isfinite(v)]
    digits = decimals(finite, first.unit)
    medians = ["" if one is None else _figure(one.median, digits) for one in here]
    ranges = ["" if one is None else _range(one, digits) for one in here]
    return [["  median", *medians], ["  90% range", *ranges]]


def _figure(value: float, digits: int) -> str:
    return number(value, digits) if math.isfinite(value) else "none"


def _range(outcome: Outcome, digits: int) -> str:
    if not (math.isfinite(outcome.q05) and math.isfinite(outcome.q95)):
        return "none"
    low, high = number(outcome.q05, digits), number(outcome.q95, digits)
    return f"{low} to {high}" if low.startswith("-") or high.startswith("-") else f"{low}–{high}"


def _share(probability: float | None) -> str:
    if probability is None or not math.isfinite(probability):
        return "none"
    percent = 100 * probability
    # A share that is not exactly 0 or 1 must not be rounded to it.
    if 0 < percent < 0.1:
        return "<0.1"
    return ">99.9" if 99.9 < percent < 100 else f"{percent:.1f}"
