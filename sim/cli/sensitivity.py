"""``alliance sensitivity``: which inputs move which outcomes."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.cli.options import (
    command_line,
    outcome_option,
    paths_shown,
    question_options,
    usable_cores,
    vary_option,
)
from sim.cli.progress import Progress
from sim.cli.tables import columns, wrapped
from sim.files import write_whole
from sim.text import brief

if TYPE_CHECKING:
    from sim.analysis.sweep import Ranking
    from sim.analysis.sweep.ranking import Way
    from sim.scenario import Scenario

MOST_NAMED = 2


@click.command("sensitivity")
@click.argument("source", metavar="SCENARIO|SWEEP")
@outcome_option("V@DATE or P(V@DATE < X). Repeatable.")
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
@question_options(500, "sensitivity/NAME, a folder for each question")
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
        ranked = ranking(opened, questions=outcomes)
        folder = out or Path(source) / own_folder(outcomes, opened.plan.scenarios[0], "sensitivity")
    else:
        loaded = load(source, sets)
        folder = out or Path("sensitivity") / loaded.name / own_folder(outcomes, loaded)
        inputs = read_vary(vary or ("assumptions",), catalogue(), loaded)
        asked = outcomes or [text for text in headline_questions(loaded) if text.endswith(str(loaded.end.year))]
        settings = [
            ("--method", way),
            *(("--outcome", text) for text in outcomes),
            *(("--vary", text) for text in vary),
            ("--samples", samples),
            ("--runs", runs),
            ("--seed", seed),
            *(("--set", text) for text in sets),
            ("--out", out),
        ]
        line = command_line("sensitivity", [source], settings)
        with Progress("samples", quiet=quiet) as progress:
            ranked = rank(
                loaded, inputs, asked, way=way, samples=samples or 0, runs=runs, seed=seed, jobs=jobs or usable_cores(),
                cluster=cluster, folder=folder, force=force, command=line, progress=progress,
            )  # fmt: skip
    table = folder / "sensitivity.csv"
    write_whole(table, csv_text(ranked.rows(), COLUMNS), replace=force)
    files = [table]
    if not no_figures:
        from sim.figures.sweeps import ranking_drawings, write

        files += write(ranking_drawings(ranked), folder / "figures", formats, replace=force)
    seconds = time.monotonic() - began
    click.echo(as_document(ranked, files, seconds) if as_json else as_text(ranked, files, seconds))


def own_folder(outcomes: Sequence[str], scenario: Scenario, *above: str) -> Path:
    """Where the answer about the named outcomes lies, beside those about others; no folder of its own if none is."""
    from sim.analysis.sweep import recorded
    from sim.analysis.sweep.question import question

    names = [question(text, recorded(scenario)).file_name for text in outcomes]
    more = [f"{len(names) - MOST_NAMED}_more"] if len(names) > MOST_NAMED else []
    return Path(*above, "_and_".join([*names[:MOST_NAMED], *more])) if names else Path()


def as_text(ranked: Ranking, files: list[Path], seconds: float) -> str:
    """For each outcome the inputs that move it most, and where the spread of single runs comes from."""
    how = {
        "morris": "mean absolute effect of moving an input across its range (Morris), 95% interval",
        "sobol": "share of the variance between samples that goes with the input (total order, Sobol), 95% interval",
        "bins": "share of the variance between samples (first order, from a design made for something else)",
    }[ranked.way]
    lines = [
        f"{ranked.scenario}: {len(ranked.inputs)} input{'' if len(ranked.inputs) == 1 else 's'}, {ranked.samples:,} "
        f"samples of {ranked.runs:,} runs, seed {ranked.seed}, {seconds:.1f} s",
        how,
    ]
    for column in range(len(ranked.outcomes)):
        lines += ["", ranked.sentence(column)]
        rows = [
            (f"  {ranked.inputs[row].name}", brief(ranked.size[row, column]), *_interval(ranked, row, column))
            for row in ranked.leading(column, 8)
        ]
        lines += columns(rows) if rows else []
        if ranked.sources:
            parts = [f"{name} {ranked.sources.total[name][column]:.0%}" for name in ranked.sources.total]
            lines += wrapped(
                f"spread of single runs, by what it goes with: {', '.join(parts)}; what two do together counts "
                "in both, so that the sum can pass 100%",
                "  ",
                "    ",
            )
    return "\n".join([*lines, "", *paths_shown(files)])


def _interval(ranked: Ranking, row: int, column: int) -> tuple[str, ...]:
    low, high = ranked.interval[row, column]
    return () if math.isnan(low) else (f"[{brief(low)}, {brief(high)}]",)


def as_document(ranked: Ranking, files: list[Path], seconds: float) -> str:
    """The same as one JSON document."""
    rows: list[dict[str, Any]] = [
        {name: None if isinstance(value, float) and math.isnan(value) else value for name, value in row.items()}
        for row in ranked.rows()
    ]
    return json.dumps(
        {
            "scenario": ranked.scenario,
            "method": ranked.way,
            "samples": ranked.samples,
            "runs": ranked.runs,
            "seed": ranked.seed,
            "seconds": round(seconds, 3),
            "outcomes": list(ranked.outcomes),
            "sentences": [ranked.sentence(column) for column in range(len(ranked.outcomes))],
            "rows": rows,
            "files": [str(path) for path in files],
        },
        indent=2,
        ensure_ascii=False,
        default=float,
    )
