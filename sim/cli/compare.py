"""``alliance compare``: scenarios side by side, run by run."""

from __future__ import annotations

import datetime
import json
import math
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.cli.options import (
    OutPath,
    at_option,
    command_line,
    ensemble_options,
    format_option,
    json_option,
    paths_shown,
    quiet_option,
    size_option,
    usable_cores,
    variable_option,
    write_whole,
)
from sim.cli.progress import Progress
from sim.cli.report import write_report
from sim.cli.tables import columns, decimals, number

if TYPE_CHECKING:
    from sim.analysis import Change, Comparison, Row

HEADINGS = ("", "median", "90% range", "difference", "95% interval", "higher in")


@click.command("compare")
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO|RESULTS...")
@ensemble_options
@click.option("--by", metavar="KEY", help="Split one scenario by an outcome, e.g. us.elections.2024.president.")
@click.option("--baseline", metavar="NAME", help="What the others are compared with.  [default: the first]")
@variable_option
@at_option
@format_option
@size_option
@click.option("--no-figures", is_flag=True, help="Numbers only.")
@click.option(
    "--report", type=click.Path(path_type=Path), metavar="FILE.html", help="Write a report that stands alone."
)
@click.option("--why/--no-why", default=True, show_default=True, help="Say in the report why they differ.")
@click.option("--out", type=OutPath(), help="Folder.  [default: comparisons/A_vs_B]")
@click.option("--force", is_flag=True, help="Replace results of other inputs in that folder.")
@json_option
@quiet_option
def compare_command(
    scenarios: tuple[str, ...],
    runs: int,
    seed: int,
    jobs: int | None,
    sets: tuple[str, ...],
    by: str | None,
    baseline: str | None,
    variables: tuple[str, ...],
    at: tuple[datetime.datetime, ...],
    formats: tuple[str, ...],
    size: str,
    no_figures: bool,
    report: Path | None,
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
    asked = ask(scenarios, by=by, baseline=baseline, variables=variables, at=days, runs=runs, seed=seed, sets=sets)
    folder = out or Path("comparisons") / asked.folder_name
    more = [("--report", report), ("--no-why", bool(report) and not why), ("--out", out)]
    line = command_line("compare", asked.words, [*asked.settings, *more])
    jobs = jobs or usable_cores()
    with Progress("runs", quiet=quiet) as progress:
        comparison = asked.comparison(folder, jobs=jobs, force=force, command=line, progress=progress)
    files = [*write_tables(comparison, folder), asked.keep(comparison, folder, line)]
    if not no_figures:
        from sim.figures import draw_all

        with Progress("figures", quiet=quiet) as progress:
            files += draw_all(comparison, folder / "figures", formats, jobs, size=size, command=line, progress=progress)
    if report:
        drawn = folder / "figures" if not no_figures and "svg" in formats and size == "page" else None
        files.append(write_report(comparison, report, line, folder, jobs, why=why, drawn=drawn, quiet=quiet))
    seconds = time.monotonic() - began
    click.echo(as_document(comparison, files, line, seconds) if as_json else as_text(comparison, files, seconds))


def write_tables(comparison: Comparison, folder: Path) -> list[Path]:
    """Write ``inputs.csv`` and ``differences.csv``, each whole or not at all."""
    from sim.analysis import INPUT_COLUMNS, ROW_COLUMNS, csv_text

    texts = {
        "inputs.csv": csv_text([row.to_dict() for row in comparison.input_rows()], INPUT_COLUMNS),
        "differences.csv": csv_text([row.to_dict() for row in comparison.rows()], ROW_COLUMNS),
    }
    for name, text in texts.items():
        write_whole(folder / name, text)
    return [folder / name for name in texts]


def as_text(comparison: Comparison, files: Sequence[Path], seconds: float) -> str:
    """What a reader sees: inputs, outcomes, sentences, paths."""
    names = comparison.names
    others = [name for place, name in enumerate(names) if place != comparison.baseline]
    return "\n".join(
        [
            f"{names[comparison.baseline]} against {', '.join(others)}",
            f"{comparison.runs:,} runs, seed {comparison.views[0].seed}, {seconds:.1f} s",
            "Conditional on the scenarios; not a forecast.",
            *(f"Note: {warning}" for warning in comparison.warnings),
            "",
            *([] if comparison.by else ["INPUTS THAT DIFFER", *input_lines(comparison.inputs, names), ""]),
            "OUTCOMES",
            *outcome_lines(comparison),
            "",
            "IN WORDS",
            *sentences(comparison),
            "",
            *paths_shown(files),
        ]
    )


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
