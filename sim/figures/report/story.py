"""Each scenario's story: what it assumes, where that comes from, and where it ends."""

from __future__ import annotations

from dataclasses import dataclass

from sim.analysis import Comparison, Row
from sim.figures.report.answer import repeats
from sim.figures.report.numbers import day_told, outcome_name, outcome_unit
from sim.figures.report.outcomes import baseline_level, grouped, scenario_level
from sim.text import full_date
from sim.model.variables import VARIABLES

MOST_OUTCOMES, MOST_LEADING = 10, 3


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
    """What the reader is told about one side; ``leading`` are its largest differences in words."""

    side: Side
    description: str
    references: tuple[str, ...]
    period: str
    files: tuple[str, ...]
    leading: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ending:
    """One key outcome at its last date: (median or share, 90% range) of each side, in the order of ``sides``."""

    name: str
    unit: str
    day: str
    cells: tuple[tuple[str, str], ...]


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


def endings(comparison: Comparison) -> list[Ending]:
    """Where every side ends: the headline quantities, or whatever was compared where none of them was."""
    everyone = sides(comparison)
    return [_ending(rows, everyone) for rows in _key_outcomes(comparison)]


def _story(comparison: Comparison, side: Side) -> Story:
    scenario = comparison.views[comparison.names.index(side.name)].scenario
    return Story(
        side=side,
        description="" if comparison.conditional else scenario.description,
        references=() if comparison.conditional else scenario.references,
        period=f"{full_date(scenario.start)} to {full_date(scenario.end)}",
        files=scenario.files,
        leading=() if side.is_baseline else tuple(row.finding for row in _leading(comparison, side.name)),
    )


def _leading(comparison: Comparison, scenario: str) -> list[Row]:
    """The largest differences, without those that say again what a larger one of their variable said."""
    found: list[Row] = []
    for row in comparison.leading(scenario, count=len(comparison.contrasts)):
        if not repeats(row, found):
            found.append(row)
    return found[:MOST_LEADING]


def _ending(rows: list[Row], everyone: list[Side]) -> Ending:
    first = rows[0]
    of = {row.scenario: scenario_level(row) for row in rows} | {first.baseline: baseline_level(first)}
    cells = tuple(of[side.name] for side in everyone)
    return Ending(outcome_name(first), outcome_unit(first), day_told(first.date), cells)


def _key_outcomes(comparison: Comparison) -> list[list[Row]]:
    headline = {one.name for one in VARIABLES if one.headline}
    everything = grouped(comparison)
    chosen = [rows for rows in everything if rows[0].variable in headline and rows[0].entity not in ("OTHER", "ALL")]
    return (chosen or everything)[:MOST_OUTCOMES]
