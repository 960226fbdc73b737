"""``alliance attribute``: why two scenarios differ."""

from __future__ import annotations

import datetime
import json
import math
import textwrap
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli.options import (
    OutPath,
    at_option,
    command_line,
    ensemble_options,
    entity_option,
    force_option,
    format_option,
    json_option,
    no_figures_option,
    of_entities,
    paths_shown,
    quiet_option,
    size_option,
    usable_cores,
    variable_option,
)
from sim.cli.progress import Progress
from sim.cli.tables import WIDTH, by_date, columns, cut, notes, signed
from sim.files import write_whole
from sim.text import number

if TYPE_CHECKING:
    from sim.analysis import Attribution, Waterfall


LONGEST = 32  # characters of a label in a table


@click.command("attribute")
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@ensemble_options()
@variable_option
@entity_option
@at_option
@click.option(
    "--orders", type=click.IntRange(4, 10_000), default=16, show_default=True, help="Orders sampled above six groups."
)
@format_option
@size_option
@no_figures_option
@click.option("--out", type=OutPath(), help="Folder.  [default: comparisons/A_to_B]")
@force_option
@json_option
@quiet_option
def attribute_command(
    first: str,
    second: str,
    runs: int,
    seed: int,
    jobs: int | None,
    sets: tuple[str, ...],
    variables: tuple[str, ...],
    entities: tuple[str, ...],
    at: tuple[datetime.datetime, ...],
    orders: int,
    formats: tuple[str, ...],
    size: str,
    no_figures: bool,
    out: Path | None,
    force: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Say why scenario B differs from scenario A.

    The difference is shared out over the groups of changed inputs (Shapley values, on the same streams).
    """
    began = time.monotonic()
    from sim.analysis import PART_COLUMNS, ask, csv_text

    days = [moment.date() for moment in at]
    variables = of_entities(variables, entities)
    asked = ask([first, second], variables=variables, at=days, runs=runs, seed=seed, sets=sets)
    folder = out or Path("comparisons") / f"{asked.names[0]}_to_{asked.names[1]}"
    with Progress("ensembles", quiet=quiet) as progress:
        attribution = asked.attribution(folder, orders=orders, jobs=jobs or usable_cores(), progress=progress)
    table = folder / "attribution.csv"
    write_whole(table, csv_text([part.to_dict() for part in attribution.rows()], PART_COLUMNS), replace=force)
    files = [table]
    if not no_figures:
        line = command_line("attribute", asked.words, [*asked.settings, ("--orders", orders)])
        from sim.figures.compared.waterfall import draw_attribution

        with Progress("figures", quiet=quiet) as progress:
            files += draw_attribution(
                attribution,
                folder / "figures",
                formats,
                jobs or usable_cores(),
                scenarios=asked.scenarios,
                command=line,
                size=size,
                progress=progress,
                replace=force,
            )
    seconds = time.monotonic() - began
    labels = [scenario.label for scenario in asked.scenarios]
    click.echo(as_document(attribution, files, seconds) if as_json else as_text(attribution, labels, files, seconds))


def as_text(attribution: Attribution, labels: Sequence[str], files: list[Path], seconds: float) -> str:
    """Each outcome at the dates shown: the mean of A, what each group of inputs adds, the mean of B."""
    how = "every combination run" if attribution.exact else f"{attribution.permutations} orders sampled"
    series: dict[str, list[Waterfall]] = {}
    for waterfall in attribution.waterfalls:
        series.setdefault(waterfall.outcome.key, []).append(waterfall)
    equal = [falls for falls in series.values() if all(map(_moves_nothing, falls))]
    moved = [falls for falls in series.values() if falls not in equal]
    dates = sorted({waterfall.date for waterfall in attribution.waterfalls})
    depends = [group.name for group in attribution.groups if group.depends_on]
    text = f"Depends on inputs that no data settle: {', '.join(depends)}."
    return "\n".join(
        [
            f"from {labels[0]} to {labels[1]}",
            f"{attribution.runs:,} runs, seed {attribution.seed}, {attribution.coalitions} ensembles ({how}), "
            f"{seconds:.1f} s",
            "Conditional on the scenarios; not a forecast.",
            *notes(attribution.warnings),
            *(textwrap.wrap(text, WIDTH, subsequent_indent="  ") if depends else []),
            "",
            *(_moved_lines(moved, dates, labels) if moved else []),
            *(["Moved by none of them:", *(f"  {falls[0].outcome.title}" for falls in equal), ""] if equal else []),
            *_channel_lines(attribution),
            *paths_shown(files),
        ]
    )


def _moved_lines(moved: Sequence[Sequence[Waterfall]], dates: Sequence[str], labels: Sequence[str]) -> list[str]:
    """The outcomes that some group of inputs moves at some date."""
    return [
        "Means at the end of each year, and what each group of changed inputs adds.",
        "",
        *by_date(dates, [(_title(falls[0]), _rows(falls, dates, labels)) for falls in moved]),
        "",
        "STATISTICS at the last date, with 95% intervals",
        *_statistic_lines([falls[-1] for falls in moved]),
        "",
    ]


def _moves_nothing(waterfall: Waterfall) -> bool:
    """Whether no group adds anything, alone or in any order."""
    figures = [figure for part in waterfall.parts for figure in (part.mean, part.low, part.high, part.alone)]
    return waterfall.total.mean == 0 and not any(map(abs, figures))


def _title(waterfall: Waterfall) -> str:
    outcome = waterfall.outcome
    unit = "% of runs" if outcome.binary else ", ".join(filter(None, (outcome.unit, outcome.price_basis)))
    return f"{outcome.title} ({unit})"


def _scale(waterfall: Waterfall) -> tuple[int, int]:
    """The factor and the decimals with which a waterfall is written."""
    scale = 100 if waterfall.outcome.binary else 1
    size = max(abs(scale * value) for value in (waterfall.a_mean, waterfall.b_mean))
    return scale, 1 if size >= 100 else 3 if size < 10 else 2


def _rows(falls: Sequence[Waterfall], dates: Sequence[str], labels: Sequence[str]) -> list[list[str]]:
    """The rows of one outcome; groups in the order of their size at the last date."""
    scale, places = _scale(falls[-1])
    at = {waterfall.date: waterfall for waterfall in falls}
    parts = {day: {part.group: part.mean for part in waterfall.parts} for day, waterfall in at.items()}

    def ends(label: str, side: str) -> list[str]:
        cells = (number(scale * getattr(at[day], side), places) if day in at else "" for day in dates)
        return [f"  {cut(label, LONGEST)}", *cells]

    groups = [
        [f"    {cut(part.group, LONGEST)}"]
        + [signed(scale * parts[day][part.group], places) if day in at else "" for day in dates]
        for part in falls[-1].parts
    ]
    return [ends(labels[0], "a_mean"), *groups, ends(labels[1], "b_mean")]


def _channel_lines(attribution: Attribution) -> list[str]:
    """By what way each group of inputs reaches the outcomes that it moves, the same way once."""
    ways: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    titles = {waterfall.outcome.key: waterfall.outcome.title for waterfall in attribution.waterfalls}
    for (group, outcome), way in attribution.channels().items():
        ways.setdefault((group, way), []).append(titles[outcome])
    if not ways:
        return []
    lines, last = ["CHANNELS, the shortest way through the model"], ""
    for (group, way), outcomes in sorted(ways.items(), key=lambda item: item[0][0]):
        lines += [f"  {group}"] if group != last else []
        text = f"{' → '.join(way)} → {'; '.join(outcomes)}"
        lines += textwrap.wrap(text, WIDTH, initial_indent="    ", subsequent_indent="      ")
        last = group
    return [*lines, ""]


def _statistic_lines(falls: Sequence[Waterfall]) -> list[str]:
    grid: list[Sequence[str]] = [("", "adds", "low", "high", "alone")]
    titles = {}
    for waterfall in falls:
        scale, places = _scale(waterfall)
        titles[len(grid)] = f"{_title(waterfall)}, {waterfall.date}"
        for part in waterfall.parts:
            figures = (part.mean, part.low, part.high, part.alone)
            cells = (signed(scale * value, places) if math.isfinite(value) else "" for value in figures)
            grid.append([f"  {cut(part.group, LONGEST)}", *cells])
    lines: list[str] = []
    for index, line in enumerate(columns(grid)):
        lines += textwrap.wrap(titles[index], WIDTH, subsequent_indent="  ") if index in titles else []
        lines.append(line)
    return lines


def as_document(attribution: Attribution, files: list[Path], seconds: float) -> str:
    """The same as one JSON document, with every date."""
    return json.dumps(
        {
            "a": attribution.a,
            "b": attribution.b,
            "runs": attribution.runs,
            "seed": attribution.seed,
            "seconds": round(seconds, 3),
            "ensembles": attribution.coalitions,
            "exact": attribution.exact,
            "orders": attribution.permutations,
            "warnings": list(attribution.warnings),
            "parts": [part.to_dict() for part in attribution.rows()],
            "channels": [
                {"group": group, "outcome": outcome, "through": list(way)}
                for (group, outcome), way in attribution.channels().items()
            ],
            "files": [str(path) for path in files],
        },
        indent=2,
        ensure_ascii=False,
    )
