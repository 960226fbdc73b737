"""``alliance compare``: scenarios side by side, run by run."""

from __future__ import annotations

import datetime
import json
import math
import textwrap
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.cli.options import (
    FilePath,
    OutPath,
    at_option,
    cluster_option,
    command_line,
    ensemble_options,
    entity_option,
    format_option,
    json_option,
    no_figures_option,
    of_entities,
    paths_shown,
    quiet_option,
    since_option,
    size_option,
    usable_cores,
    variable_option,
)
from sim.cli.progress import Progress
from sim.cli.report import write_brief, write_report
from sim.cli.tables import GAP, WIDTH, by_date, columns, notes, signed, told_apart
from sim.files import write_whole
from sim.scenario.entities import entity_name
from sim.text import decimals, number, share

if TYPE_CHECKING:
    from sim.analysis import Asked, Comparison, Row
    from sim.analysis.sweep.clear import Clear

OUTCOMES = (
    "Medians, or shares of runs, at the end of each year. +/− is the mean difference",
    "run by run, in brackets where none could be shown.",
)
STATISTICS = ("", "median", "5%", "95%", "+/−", "low", "high", "up", "p")
MOST_LEADING = 3
# Characters of a scenario's label in a table, and in the widest one.
LONGEST = 28
INDENT = 2
MOST_OWN = 3


@click.command("compare")
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO|RESULTS...")
@ensemble_options()
@cluster_option
@click.option(
    "--until-clear", "widths", multiple=True, metavar="WIDTH",
    help="Add runs until each headline difference is known to this half-width. Repeatable as NAME=WIDTH.",
)  # fmt: skip
@click.option("--by", metavar="KEY", help="Split one scenario by an outcome, e.g. us.elections.2024.president.")
@click.option("--baseline", metavar="NAME", help="What the others are compared with.  [default: the first]")
@variable_option
@entity_option
@at_option
@format_option
@since_option
@size_option
@no_figures_option
@click.option("--report", type=FilePath(".html", ".htm"), metavar="FILE.html", help="Write a report that stands alone.")
@click.option("--brief", type=FilePath(".html", ".pdf"), metavar="FILE", help="Write one A4 page, as HTML and as pdf.")
@click.option("--why/--no-why", default=True, show_default=True, help="Say in the report why they differ.")
@click.option("--out", type=OutPath(), help="Folder.  [default: comparisons/A_vs_B]")
@click.option("--force", is_flag=True, help="Replace what is there of other inputs.")
@json_option
@quiet_option
def compare_command(
    scenarios: tuple[str, ...],
    runs: int,
    seed: int,
    jobs: int | None,
    sets: tuple[str, ...],
    cluster: str,
    widths: tuple[str, ...],
    by: str | None,
    baseline: str | None,
    variables: tuple[str, ...],
    entities: tuple[str, ...],
    at: tuple[datetime.datetime, ...],
    formats: tuple[str, ...],
    size: str,
    no_figures: bool,
    report: Path | None,
    brief: Path | None,
    why: bool,
    out: Path | None,
    force: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Compare 2 to 8 scenarios or finished results.

    What differs in the inputs comes first, then what differs in the outcomes, paired run by run.
    """
    began = time.monotonic()
    from sim.analysis import ask

    days = [moment.date() for moment in at]
    variables = of_entities(variables, entities)
    asked = ask(scenarios, by=by, baseline=baseline, variables=variables, at=days, runs=runs, seed=seed, sets=sets)
    clear = None
    if widths:
        with Progress("runs", quiet=quiet) as progress:
            clear = asked.until_clear(widths, jobs=jobs or usable_cores(), cluster=cluster, progress=progress)
        asked = replace(asked, runs=clear.runs)
    folder = out or Path("comparisons") / asked.folder_name
    more = [("--report", report), ("--brief", brief), ("--no-why", bool(report) and not why), ("--out", out)]
    line = command_line("compare", asked.words, [*asked.settings, *more])
    jobs = jobs or usable_cores()
    with Progress("runs", quiet=quiet) as progress:
        comparison = asked.comparison(folder, jobs=jobs, cluster=cluster, force=force, command=line, progress=progress)
    replaced = asked.owns(comparison, folder, force=force) or force
    files = [*write_tables(comparison, folder, replace=replaced)]
    files.append(asked.keep(comparison, folder, line, replace=replaced))
    if clear:
        from sim.analysis import csv_text

        files.append(folder / "until_clear.csv")
        rows = clear_rows(clear, asked)
        write_whole(files[-1], csv_text(rows, tuple(rows[0])), replace=replaced)
    if not no_figures:
        files += _draw(comparison, folder, formats, jobs, size, line, replace=replaced, quiet=quiet)
    if report:
        drawn = folder / "figures" if not no_figures and "svg" in formats and size == "page" else None
        files.append(
            write_report(comparison, report, line, folder, jobs, why=why, drawn=drawn, force=force, quiet=quiet)
        )
    if brief:
        files += write_brief(comparison, brief, line, force=force)
    seconds = time.monotonic() - began
    click.echo(as_document(comparison, files, line, seconds) if as_json else as_text(comparison, files, seconds))
    if clear and not as_json:
        click.echo("\n".join(["", "UNTIL CLEAR", *clear_lines(clear, asked)]))


def _draw(
    comparison: Comparison,
    folder: Path,
    formats: Sequence[str],
    jobs: int,
    size: str,
    line: str,
    *,
    replace: bool,
    quiet: bool,
) -> list[Path]:
    from sim.figures import draw_all

    with Progress("figures", quiet=quiet) as progress:
        return draw_all(
            comparison,
            folder / "figures",
            formats,
            jobs,
            size=size,
            command=line,
            progress=progress,
            replace=replace,
        )


def clear_rows(clear: Clear, asked: Asked) -> list[dict[str, Any]]:
    """Each difference at the last date where the search for enough runs ended, for ``until_clear.csv``."""
    others = [name for index, name in enumerate(asked.names) if index != asked.baseline]
    arrays = {"mean": clear.mean, "low": clear.low, "high": clear.high, "half_width": clear.width, "asked": clear.asked}
    return [
        {
            "scenario": others[index // len(asked.outcomes)],
            "outcome": asked.outcomes[index % len(asked.outcomes)].key,
            **{name: float(array[index]) for name, array in arrays.items()},
            "clear": bool(clear.clear[index]),
            "runs": clear.runs,
            "looks": clear.look + 1,
        }
        for index in range(len(clear.mean))
    ]


def clear_lines(clear: Clear, asked: Asked) -> list[str]:
    """How the search for enough runs ended: each difference at the last date with an interval that allows for it."""
    rows: list[tuple[str, ...]] = [("", "mean +/−", "low", "high", "half-width", "asked", "")]
    for row in clear_rows(clear, asked):
        name = f"{row['scenario']}: {row['outcome']}" if len(asked.names) > 2 else row["outcome"]
        cells = [f"{row[cell]:.4g}" for cell in ("mean", "low", "high", "half_width", "asked")]
        rows.append((name, *cells, "" if row["clear"] else "not clear"))
    looks = f"{clear.look + 1} look{'s' if clear.look else ''}"
    return [
        f"{clear.runs:,} runs after {looks}; intervals at the last date, made wider for every look.",
        *columns(rows),
    ]


def write_tables(comparison: Comparison, folder: Path, *, replace: bool = True) -> list[Path]:
    """Write ``inputs.csv`` and ``differences.csv``, each whole or not at all."""
    from sim.analysis import INPUT_COLUMNS, ROW_COLUMNS, csv_text

    texts = {
        "inputs.csv": csv_text([row.to_dict() for row in comparison.input_rows()], INPUT_COLUMNS),
        "differences.csv": csv_text([row.to_dict() for row in comparison.rows()], ROW_COLUMNS),
    }
    for name, text in texts.items():
        write_whole(folder / name, text, replace=replace)
    return [folder / name for name in texts]


def as_text(comparison: Comparison, files: Sequence[Path], seconds: float) -> str:
    """What a reader sees: the answer, inputs, outcomes, sentences, statistics, paths."""
    labels = list(comparison.labels.values())
    others = [label for index, label in enumerate(labels) if index != comparison.baseline]
    ranked = comparison.ranked()
    head = f"{labels[comparison.baseline]} against {'; '.join(others)}"
    return "\n".join(
        [
            *textwrap.wrap(head, WIDTH, subsequent_indent="  "),
            f"{comparison.runs:,} runs, seed {comparison.views[0].seed}, {seconds:.1f} s",
            "Conditional on the scenarios; not a forecast.",
            *notes(comparison.warnings),
            "",
            "ANSWER",
            *answer_lines(ranked, comparison.labels),
            *own_lines(comparison),
            "",
            *([] if comparison.by else ["INPUTS THAT DIFFER", *input_lines(comparison), ""]),
            "OUTCOMES",
            *outcome_lines(comparison, ranked),
            "",
            *words_left(ranked, comparison.labels),
            "STATISTICS",
            *statistic_lines(comparison, ranked),
            "",
            *paths_shown(files),
        ]
    )


def answer_lines(ranked: Sequence[Sequence[Row]], labels: Mapping[str, str]) -> list[str]:
    """The largest differences, each at the date where it is largest; or that none could be shown."""
    leading = [row for rows in _leading(ranked) for row in rows if row.shown]
    if leading:
        return ["What differs most, each at the date where it does:", *_wrapped(leading, labels)]
    if all(_is_equal(row) for rows in ranked for row in rows):
        return ["Every outcome is the same in every run."]
    return textwrap.wrap(f"No difference could be shown in any of the {len(ranked)} outcomes at any date below.", WIDTH)


def own_lines(comparison: Comparison) -> list[str]:
    """How to see the figures of members and donors whose own keys differ, where none of theirs is compared."""
    from sim import model
    from sim.analysis.inputs import own_figures

    axes = {axis.name: axis.codes for axis in model.registry().axes}
    entities = {each.name: axes[each.entity] for each in model.variables() if each.entity}
    figures = own_figures(comparison.inputs, model.catalogue(), entities)
    compared = {contrast.outcome.entity for contrast in comparison.contrasts}
    left = [figure for figure in figures if figure.partition(":")[2] not in compared]
    if not left:
        return []
    options = " ".join(f"--variable {figure}" for figure in left[:MOST_OWN])
    rest = f" (and {len(left) - MOST_OWN} more)" if len(left) > MOST_OWN else ""
    text = f"Inputs of single members or donors differ; to compare their own figures, add {options}{rest}"
    return textwrap.wrap(text, WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)


def _leading(ranked: Sequence[Sequence[Row]]) -> list[Sequence[Row]]:
    """The first outcomes with a difference, each of another variable."""
    first: dict[str, Sequence[Row]] = {}
    for rows in ranked:
        if any(row.shown for row in rows):
            first.setdefault(rows[0].variable, rows)
    return list(first.values())[:MOST_LEADING]


def words_left(ranked: Sequence[Sequence[Row]], labels: Mapping[str, str]) -> list[str]:
    """One plain sentence per outcome and scenario that could differ and is not in the answer, with its heading."""
    told = [row for rows in _leading(ranked) for row in rows if row.shown]
    left = [row for rows in ranked for row in rows if not _is_equal(row) and row not in told]
    return ["IN WORDS", *_wrapped(left, labels), ""] if left else []


def _wrapped(rows: Sequence[Row], labels: Mapping[str, str]) -> list[str]:
    return [
        line
        for row in rows
        for line in textwrap.wrap(
            f"{row.date}, “{labels[row.scenario]}” against “{labels[row.baseline]}”. {row.finding}",
            WIDTH,
            subsequent_indent="  ",
        )
    ]


def input_lines(comparison: Comparison) -> list[str]:
    """The changed inputs, each with one line per scenario: value, and the file and line that set it."""
    labels = told_apart(list(comparison.labels.values()), LONGEST)
    lines: list[str] = []
    for change in comparison.inputs:
        marks = [change.unit, change.kind, "depends on" if change.depends_on else ""]
        text = f"{change.key} ({', '.join(mark for mark in marks if mark)}): {change.meaning}"
        lines += textwrap.wrap(text, WIDTH, subsequent_indent="  ", break_long_words=False)
        width = max(map(len, labels))
        for label, value, origin in zip(labels, change.values, change.origins, strict=True):
            text = f"  {label.ljust(width)}  {value}" + (f"  [{origin}]" if origin else "")
            lines += textwrap.wrap(text, WIDTH, subsequent_indent=" " * (width + 4), break_long_words=False)
    return lines or ["nothing"]


def outcome_lines(comparison: Comparison, ranked: Sequence[Sequence[Row]]) -> list[str]:
    """Every outcome at the dates shown: medians (or shares of runs), and below each its difference.

    The outcome that differs most comes first; what is the same in every run at every date is named at the end.
    """
    series: dict[str, list[list[Row]]] = {}
    for contrast in comparison.contrasts:
        series.setdefault(contrast.outcome.key, []).append(contrast.shown(comparison.at))
    dates = sorted({row.date for group in series.values() for rows in group for row in rows})
    keys = [f"{rows[0].variable}:{rows[0].entity}" if rows[0].entity else rows[0].variable for rows in ranked]
    equal = [key for key in keys if all(_is_equal(row) for rows in series[key] for row in rows)]
    groups = [
        (_title(series[key][0][0]), _series_rows(series[key], dates, comparison.labels))
        for key in keys
        if key not in equal
    ]
    lines = [*OUTCOMES, "", *by_date(dates, groups)] if groups else []
    if equal:
        lines += ["The same in every run:", *(f"  {_name(series[key][0][0])}" for key in equal)]
    return lines


def statistic_lines(comparison: Comparison, ranked: Sequence[Sequence[Row]]) -> list[str]:
    """For each outcome, at the date where it differs most: ranges, mean differences, intervals, shares of runs."""
    groups = [rows for rows in ranked if not all(map(_is_equal, rows))]
    if not groups:
        return ["nothing to test"]
    grid: list[Sequence[str]] = [STATISTICS]
    titles: dict[int, str] = {}
    for rows in groups:
        titles[len(grid)] = f"{_title(rows[0])}, {rows[0].date}"
        grid.extend(_statistic_rows(rows, comparison.labels))
    _, *figures = zip(*grid, strict=True)
    left = WIDTH - sum(GAP + max(map(len, column)) for column in figures)
    short = told_apart([label.strip() for label, *_ in grid], left - INDENT)
    grid = [(f"{' ' * INDENT}{label}" if label else "", *cells) for label, (_, *cells) in zip(short, grid, strict=True)]
    lines: list[str] = []
    for index, line in enumerate(columns(grid)):
        lines += textwrap.wrap(titles[index], WIDTH, subsequent_indent="  ") if index in titles else []
        lines.append(line)
    methods = dict.fromkeys(row.method for rows in groups for row in rows)
    notes = (
        f"low, high: 95% interval of the mean difference ({'; '.join(methods)}). p: adjusted by Holm over everything "
        "compared at one date. up: runs in which the scenario is higher, in %. The smallest difference that would "
        "have been found, and every other date, are in differences.csv."
    )
    return [*lines, *textwrap.wrap(notes, WIDTH)]


def _is_equal(row: Row) -> bool:
    return row.p_equal == 1 and not row.conditional


def _name(row: Row) -> str:
    return f"{row.long_name}: {entity_name(row.entity)}" if row.entity else row.long_name


def _title(row: Row) -> str:
    unit = "% of runs" if _is_share(row) else ", ".join(filter(None, (row.unit, row.price_basis)))
    return f"{_name(row)} ({unit})"


def _is_share(row: Row) -> bool:
    return row.kind in ("probability", "label")


def _places(rows: Iterable[Row]) -> int:
    """Decimals for all levels of one outcome."""
    rows = list(rows)
    ends = [v for row in rows for v in (row.baseline_q05, row.baseline_q95, row.scenario_q05, row.scenario_q95)]
    return decimals(max((abs(value) for value in ends if math.isfinite(value)), default=0.0), rows[0].unit)


def _series_rows(group: Sequence[Sequence[Row]], dates: Sequence[str], labels: Mapping[str, str]) -> list[list[str]]:
    """The baseline, then each scenario with its difference, at each of ``dates``."""
    places = _places(row for rows in group for row in rows)
    first = {row.date: row for row in group[0]}
    baseline = next(iter(first.values())).baseline
    short = dict(zip(labels, told_apart(list(labels.values()), LONGEST), strict=True))
    lines = [[f"  {short[baseline]}", *(_level(first.get(day), places, "baseline") for day in dates)]]
    for rows in group:
        at = {row.date: row for row in rows}
        lines.append([f"  {short[rows[0].scenario]}", *(_level(at.get(day), places, "scenario") for day in dates)])
        lines.append(["    +/−", *(_gap(at.get(day), places) for day in dates)])
    return lines


def _level(row: Row | None, places: int, side: str) -> str:
    if row is None:
        return ""
    if _is_share(row):
        return share(getattr(row, f"{side}_mean"))
    return number(getattr(row, f"{side}_q50"), places)


def _gap(row: Row | None, places: int) -> str:
    if row is None:
        return ""
    if _is_equal(row):
        return "same"
    text = signed(100 * row.mean_difference, 1) if _is_share(row) else signed(row.mean_difference, places + 1)
    return text if row.shown else f"({text})"


def _statistic_rows(rows: Sequence[Row], labels: Mapping[str, str]) -> list[list[str]]:
    binary, places = _is_share(rows[0]), _places(rows)
    scale, finer = (100, 1) if binary else (1, places + 1)

    def levels(row: Row, side: str) -> list[str]:
        if binary:
            return [share(getattr(row, f"{side}_mean")), "", ""]
        return [number(getattr(row, f"{side}_{figure}"), places) for figure in ("q50", "q05", "q95")]

    lines = [[f"  {labels[rows[0].baseline]}", *levels(rows[0], "baseline"), "", "", "", "", ""]]
    for row in rows:
        gap = [signed(scale * value, finer) for value in (row.mean_difference, row.low, row.high)]
        chance = [share(row.p_higher), "<.001" if row.p_adjusted < 0.001 else number(row.p_adjusted, 3)]
        lines.append([f"  {labels[row.scenario]}", *levels(row, "scenario"), *gap, *chance])
    return lines


def as_document(comparison: Comparison, files: Sequence[Path], line: str, seconds: float) -> str:
    """The same as one JSON document, with every date."""
    document: dict[str, Any] = {
        "baseline": comparison.names[comparison.baseline],
        "scenarios": list(comparison.names),
        "by": comparison.by or None,
        "runs": comparison.runs,
        "seed": comparison.views[0].seed,
        "seconds": round(seconds, 3),
        "command": line,
        "warnings": list(comparison.warnings),
        "inputs": [row.to_dict() for row in comparison.input_rows()],
        "outcomes": [row.to_dict() for row in comparison.rows()],
        "files": [str(path) for path in files],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)
