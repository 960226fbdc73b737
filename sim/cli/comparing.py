"""``alliance compare``: scenarios side by side, run by run."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.cli.comparisons import Wish, default_folder, make, remember, write_tables
from sim.cli.gathering import Sampling, names_of
from sim.cli.options import (
    OutPath,
    command_line,
    ensemble_options,
    format_option,
    json_option,
    paths_shown,
    quiet_option,
    size_option,
    usable_cores,
)
from sim.cli.progress import Progress
from sim.cli.reporting import write_report

if TYPE_CHECKING:
    from sim.analysis import Comparison
    from sim.ensemble import Result


@click.command("compare")
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO|RESULTS...")
@ensemble_options
@click.option("--by", metavar="KEY", help="Split one scenario by an outcome, e.g. us.elections.2024.president.")
@click.option("--baseline", metavar="NAME", help="What the others are compared with.  [default: the first]")
@click.option(
    "--variable", "outcomes", multiple=True, metavar="V[:ENTITY]", help="Compare this. Repeatable; default headlines."
)
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
    outcomes: tuple[str, ...],
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
    names = names_of(scenarios)
    wish = Wish(scenarios, by, baseline, outcomes)
    folder = out or Path("comparisons") / default_folder(names, by)
    settings = [
        ("--runs", runs),
        ("--seed", seed),
        *(("--set", text) for text in sets),
        ("--by", by),
        ("--baseline", baseline),
        *(("--variable", text) for text in outcomes),
        ("--report", report),
        ("--no-why", bool(report) and not why),
        ("--out", out),
    ]
    line = command_line("compare", scenarios, settings)
    sampling = Sampling(runs, seed, jobs, sets, force, quiet)
    results, comparison = make(wish, sampling, folder, line)
    files = [*write_tables(comparison, folder), remember(wish, results, folder, line)]
    if not no_figures:
        from sim.figures import draw_all

        with Progress("figures", quiet=quiet) as progress:
            files += draw_all(
                comparison,
                folder / "figures",
                formats,
                jobs or usable_cores(),
                size=size,
                command=line,
                progress=progress,
            )
    if report:
        drawn = folder / "figures" if not no_figures and "svg" in formats and size == "page" else None
        files.append(write_report(comparison, report, line, folder, sampling, why=why, drawn=drawn))
    seconds = time.monotonic() - began
    click.echo((as_document if as_json else as_text)(comparison, results, files, line, seconds))


def as_text(comparison: Comparison, results: Sequence[Result], files: Sequence[Path], line: str, seconds: float) -> str:
    """What a reader sees: inputs, outcomes, sentences, paths."""
    from sim.cli.differences import input_lines, outcome_lines, sentences

    del line
    names = comparison.names
    others = [name for place, name in enumerate(names) if place != comparison.baseline]
    return "\n".join(
        [
            f"{names[comparison.baseline]} against {', '.join(others)}",
            f"{min(result.runs for result in results):,} runs, seed {results[0].seed}, {seconds:.1f} s",
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


def as_document(
    comparison: Comparison, results: Sequence[Result], files: Sequence[Path], line: str, seconds: float
) -> str:
    """The same as one JSON document, with every date."""
    document: dict[str, Any] = {
        "baseline": comparison.names[comparison.baseline],
        "scenarios": list(comparison.names),
        "by": comparison.by or None,
        "runs": min(result.runs for result in results),
        "seed": results[0].seed,
        "seconds": round(seconds, 3),
        "command": line,
        "warnings": list(comparison.warnings),
        "inputs": [row.to_dict() for row in comparison.input_rows()],
        "outcomes": [row.to_dict() for row in comparison.rows()],
        "files": [str(path) for path in files],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)
