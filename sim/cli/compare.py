"""``alliance compare``: scenarios side by side, run by run."""

from __future__ import annotations

import datetime
import json
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.cli.compared import as_text
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
    quiet_option,
    since_option,
    size_option,
    usable_cores,
    variable_option,
)
from sim.cli.progress import Progress
from sim.cli.report import refuse_one_name, write_brief, write_report
from sim.cli.tables import columns
from sim.files import write_whole

if TYPE_CHECKING:
    from sim.analysis import Asked, Comparison
    from sim.analysis.sweep.clear import Clear


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
@click.option("--all", "everything", is_flag=True, help="Print every date, sentence and statistic as well.")
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
    everything: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Compare 2 to 8 scenarios or finished results.

    What differs most comes first, then what differs in the inputs, then the outcomes, paired run by run.
    """
    began = time.monotonic()
    from sim.analysis import ask

    refuse_one_name(report, brief)
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
    told = as_text(comparison, files, seconds, everything=everything)
    told += "\n".join(["\n", "UNTIL CLEAR", *clear_lines(clear, asked)]) if clear else ""
    click.echo(as_document(comparison, files, line, seconds) if as_json else told)


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
