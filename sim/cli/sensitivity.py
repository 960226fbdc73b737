"""``alliance sensitivity``: which inputs move which outcomes."""

from __future__ import annotations

import json
import math
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.cli.options import (
    OutPath,
    cluster_option,
    command_line,
    ensemble_options,
    force_option,
    format_option,
    json_option,
    paths_shown,
    quiet_option,
    usable_cores,
    vary_option,
)
from sim.cli.progress import Progress
from sim.cli.tables import columns
from sim.files import write_whole

if TYPE_CHECKING:
    from sim.analysis.sweep import Ranking
    from sim.analysis.sweep.ranking import Way


@click.command("sensitivity")
@click.argument("source", metavar="SCENARIO|SWEEP")
@click.option(
    "--outcome",
    "outcomes",
    multiple=True,
    metavar="V@DATE",
    help="V@DATE or P(V@DATE < X). Repeatable.",
)
@click.option(
    "--method",
    "way",
    type=click.Choice(["morris", "sobol"]),
    default="morris",
    show_default=True,
    help="Screen all inputs, or also share out the variance over a dozen.",
)
@vary_option
@click.option("--samples", type=click.IntRange(2, 100_000), help="Paths of Morris (10) or rows of Sobol (128).")
@ensemble_options(runs=500)
@cluster_option
@click.option("--out", type=OutPath(), help="Folder.  [default: sensitivity/NAME]")
@force_option
@format_option
@click.option("--no-figures", is_flag=True, help="Numbers only.")
@json_option
@quiet_option
def sensitivity_command(
    source: str,
    outcomes: tuple[str, ...],
    way: Way,
    vary: tuple[str, ...],
    samples: int | None,
    runs: int,
    seed: int,
    jobs: int | None,
    sets: tuple[str, ...],
    cluster: str,
    out: Path | None,
    force: bool,
    formats: tuple[str, ...],
    no_figures: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Rank what moves the outcomes of SCENARIO.

    By default all assumptions are tried; or it is read off a finished SWEEP.
    """
    began = time.monotonic()
    from sim.analysis import csv_text
    from sim.analysis.sweep import open_sweep, rank, ranking
    from sim.analysis.sweep.design import read_vary
    from sim.analysis.sweep.ranking import COLUMNS
    from sim.analysis.sweep.samples import headline_questions
    from sim.loading import load
    from sim.model import catalogue

    swept = (Path(source) / "design.csv").is_file()
    if swept:
        opened = open_sweep(source)
        found, folder = ranking(opened, questions=outcomes), out or Path(source)
    else:
        loaded = load(source, sets)
        folder = out or Path("sensitivity") / loaded.name
        inputs = read_vary(vary or ("assumptions",), catalogue(), loaded)
        asked = outcomes or [text for text in headline_questions(loaded) if text.endswith(str(loaded.end.year))]
        line = command_line("sensitivity", [source], [("--method", way), *(("--outcome", text) for text in outcomes)])
        with Progress("samples", quiet=quiet) as progress:
            found = rank(
                loaded,
                inputs,
                asked,
                way=way,
                samples=samples or 0,
                runs=runs,
                seed=seed,
                jobs=jobs or usable_cores(),
                cluster=cluster,
                folder=folder,
                force=force,
                command=line,
                progress=progress,
            )
    table = folder / "sensitivity.csv"
    write_whole(table, csv_text(found.rows(), COLUMNS))
    files = [table]
    if not no_figures:
        from sim.figures.sweeps import ranking_drawings, write

        files += write(ranking_drawings(found), folder / "figures", formats)
    seconds = time.monotonic() - began
    click.echo(as_document(found, files, seconds) if as_json else as_text(found, files, seconds))


def as_text(found: Ranking, files: list[Path], seconds: float) -> str:
    """For each outcome the inputs that move it most, and where the spread of single runs comes from."""
    how = {
        "morris": "mean absolute effect of moving an input across its range (Morris), 95% interval",
        "sobol": "share of the variance between samples that goes with the input (total order, Sobol), 95% interval",
        "bins": "share of the variance between samples (first order, from a design made for something else)",
    }[found.way]
    lines = [
        f"{found.scenario}: {len(found.inputs)} inputs, {found.samples:,} samples of {found.runs:,} runs, "
        f"seed {found.seed}, {seconds:.1f} s",
        how,
    ]
    for column in range(len(found.outcomes)):
        lines += ["", found.sentence(column)]
        rows = [
            (f"  {found.inputs[row].name}", f"{found.size[row, column]:.3g}", *_interval(found, row, column))
            for row in found.leading(column, 8)
        ]
        lines += columns(rows) if rows else []
        if found.sources:
            parts = [f"{name} {found.sources.total[name][column]:.0%}" for name in found.sources.total]
            lines.append(f"  spread of single runs, with all that each does together with others: {', '.join(parts)}")
    return "\n".join([*lines, "", *paths_shown(files)])


def _interval(found: Ranking, row: int, column: int) -> tuple[str, ...]:
    low, high = found.interval[row, column]
    return () if math.isnan(low) else (f"[{low:.3g}, {high:.3g}]",)


def as_document(found: Ranking, files: list[Path], seconds: float) -> str:
    """The same as one JSON document."""
    rows: list[dict[str, Any]] = [
        {name: None if isinstance(value, float) and math.isnan(value) else value for name, value in row.items()}
        for row in found.rows()
    ]
    return json.dumps(
        {
            "scenario": found.scenario,
            "method": found.way,
            "samples": found.samples,
            "runs": found.runs,
            "seed": found.seed,
            "seconds": round(seconds, 3),
            "outcomes": list(found.outcomes),
            "sentences": [found.sentence(column) for column in range(len(found.outcomes))],
            "rows": rows,
            "files": [str(path) for path in files],
        },
        indent=2,
        ensure_ascii=False,
        default=float,
    )
