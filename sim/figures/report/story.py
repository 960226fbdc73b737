"""Each scenario's story: what it assumes, where that comes from, and where it ends."""

from __future__ import annotations

from dataclasses import dataclass

from sim.analysis import Comparison, Row
from sim.figures.report.numbers import day_told, is_share, outcome_name, outcome_unit
from sim.figures.report.outcomes import baseline_level, grouped, scenario_level
from sim.figures.words import full_date
from sim.model.variables import VARIABLES

MOST_OUTCOMES = 8


@dataclass(frozen=True, slots=True)
class Side:
    """One scenario (or part of one ensemble) as the report names and marks it."""

    name: str
    title: str
    runs: int
    colour: str
    dashes: str
    is_baseline: bool


@dataclass(frozen=True, slots=True)
class Story:
    """What the reader is told about one side.

    ``outcomes`` are (name, unit, median, 90% range); ``leading`` its largest differences in words.
    """

    side: Side
    description: str
    references: tuple[str, ...]
    period: str
    files: tuple[str, ...]
    day: str
    outcomes: tuple[tuple[str, str, str, str], ...]
    leading: tuple[str, ...]


def sides(comparison: Comparison) -> list[Side]:
    """The scenarios, the baseline first, with the colours and dashes that the figures give them."""
    from sim.figures.compared.spread import looks_of

    looks = looks_of(comparison)
    found = []
    for place, view in enumerate(comparison.views):
        look = looks[view.name]
        title = view.name if comparison.conditional else view.scenario.title
        dashes = " ".join(f"{length * 2:g}" for length in look.dashes)
        found.append(Side(view.name, title, view.runs, look.colour, dashes, place == comparison.baseline))
    return sorted(found, key=lambda side: not side.is_baseline)


def stories(comparison: Comparison) -> list[Story]:
    """The stories in the order of ``sides``."""
    return [_story(comparison, side) for side in sides(comparison)]


def _story(comparison: Comparison, side: Side) -> Story:
    scenario = comparison.views[comparison.names.index(side.name)].scenario
    rows = [_row_of(rows, side) for rows in _key_outcomes(comparison)]
    told = []
    for row in rows:
        median, span = baseline_level(row) if side.is_baseline else scenario_level(row)
        told.append((outcome_name(row), outcome_unit(row), median, span))
    leading = () if side.is_baseline else tuple(row.finding for row in comparison.leading(side.name))
    return Story(
        side=side,
        description="" if comparison.conditional else scenario.description,
        references=() if comparison.conditional else scenario.references,
        period=f"{full_date(scenario.start)} to {full_date(scenario.end)}",
        files=scenario.files,
        day=day_told(rows[0].date) if rows else "",
        outcomes=tuple(told),
        leading=leading,
    )


def _row_of(rows: list[Row], side: Side) -> Row:
    return rows[0] if side.is_baseline else next(row for row in rows if row.scenario == side.name)


def _key_outcomes(comparison: Comparison) -> list[list[Row]]:
    """The headline quantities, or whatever was compared where none of them was."""
    headline = {one.name for one in VARIABLES if one.headline}
    everything = grouped(comparison)
    chosen = [rows for rows in everything if rows[0].variable in headline and rows[0].entity not in ("OTHER", "ALL")]
    kept = (chosen or everything)[:MOST_OUTCOMES]
    # A share of runs reads best last, after the quantities.
    return sorted(kept, key=lambda rows: is_share(rows[0]))
