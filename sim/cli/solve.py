"""``alliance solve``: what it takes to reach a target."""

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
    ensemble_options,
    format_option,
    json_option,
    paths_shown,
    quiet_option,
    usable_cores,
)
from sim.cli.progress import Progress
from sim.cli.tables import columns
from sim.files import write_whole

if TYPE_CHECKING:
    from sim.analysis.sweep import Solution
    from sim.analysis.sweep.worked import Worked


@click.command("solve")
@click.argument("scenario", metavar="SCENARIO|QUESTION.toml")
@click.option("--lever", default="", metavar="KEY=LOW:HIGH", help="What is tried; KEY alone: its declared range.")
@click.option("--target", default="", metavar='"P(V@DATE >= X) >= P"', help="What is to be reached.")
@click.option(
    "--outcome", "outcomes", multiple=True, metavar="V@DATE", help="Also say how this ends with the lever found."
)
@ensemble_options(runs=1000)
@cluster_option
@click.option("--keep", is_flag=True, help="Store the answer in the question's file.")
@click.option("--out", type=OutPath(), help="Folder.  [default: solve/NAME]")
@format_option
@click.option("--no-figures", is_flag=True, help="Numbers only.")
@json_option
@quiet_option
def solve_command(
    scenario: str,
    lever: str,
    target: str,
    outcomes: tuple[str, ...],
    runs: int,
    seed: int,
    jobs: int | None,
    sets: tuple[str, ...],
    cluster: str,
    keep: bool,
    out: Path | None,
    formats: tuple[str, ...],
    no_figures: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Find the smallest lever that reaches a target.

    SCENARIO is simulated on the same streams at every value tried. A QUESTION.toml states scenario, lever, target, runs
    and seed by itself; those of the command line do not count.
    """
    began = time.monotonic()
    from sim.analysis.sweep import solve
    from sim.analysis.sweep.worked import Worked, answer_of, is_question, read_question
    from sim.errors import InputError
    from sim.loading import load

    if is_question(scenario):
        asked = read_question(scenario)
    elif keep or not lever or not target:
        raise InputError("name --lever KEY=LOW:HIGH and --target, or a file that states them; --keep needs such a file")
    else:
        asked = Worked(Path(), "", load(scenario, sets), lever, target, outcomes, runs, seed, {})
    with Progress("values", quiet=quiet) as progress:
        found = solve(
            asked.scenario, asked.lever, asked.target, runs=asked.runs, seed=asked.seed,
            jobs=jobs or usable_cores(), cluster=cluster, progress=progress,
        )  # fmt: skip
    answer = answer_of(found, asked)
    if keep:
        asked.keep(answer)
    folder = out or Path("solve") / (asked.path.stem or asked.scenario.name)
    document = as_document(found, asked, answer)
    table = folder / "solution.json"
    write_whole(table, json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    files = [table]
    if not no_figures:
        from sim.figures.sweeps import solution_drawings, write

        files += write(solution_drawings(found, asked.scenario, asked.seed), folder / "figures", formats)
    if as_json:
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
        return
    said = as_text(found, asked, answer, None if keep else asked.stored, time.monotonic() - began)
    click.echo("\n".join([said, "", *paths_shown(files)]))


def as_text(
    found: Solution, asked: Worked, answer: dict[str, Any], stored: dict[str, Any] | None, seconds: float
) -> str:
    """The answer, what is reported with it, whether it is the one ``stored``, and the curve."""
    rows = [(found.lever.name, "runs that meet it", "95% interval")]
    rows += [
        (found.lever.text(at), f"{share:.1%}", f"[{low:.1%}, {high:.1%}]") for at, share, low, high in found.curve()
    ]
    same = "as stored in the file" if answer == stored else "NOT as stored in the file: the model or the facts moved"
    where = "the value found" if not math.isnan(found.value) else "the closest value"
    lines = [
        *([asked.title] if asked.title else []),
        f"{asked.scenario.name}: {found.sentence()}",
        *([f"with {found.lever.name} at {where}:", *report_lines(answer)] if asked.report else []),
        *([same] if stored else []),
        f"{found.runs:,} runs at each of {len(found.levers)} values, seed {asked.seed}, {seconds:.1f} s",
        "Conditional on the scenario; not a forecast.",
        "",
        *columns(rows),
    ]
    return "\n".join(lines)


def report_lines(answer: dict[str, Any]) -> list[str]:
    """The reported outcomes in words."""
    lines = []
    for name, value in answer.items():
        if isinstance(value, list):
            mean, low, middle, high = value
            lines.append(f"  {name}: mean {mean:g}, median {middle:g}, 90% of runs {low:g} to {high:g}")
    return lines


def as_document(found: Solution, asked: Worked, answer: dict[str, Any]) -> dict[str, Any]:
    """The answer with its curve, for ``solution.json``."""
    return {
        "title": asked.title,
        "scenario": asked.scenario.name,
        "lever": found.lever.name,
        "target": str(found.target),
        "runs": found.runs,
        "seed": asked.seed,
        **dict.fromkeys(("value", "low", "high")),
        **answer,
        "curve": [
            {"lever": found.lever.text(at), "share": share, "low": low, "high": high}
            for at, share, low, high in found.curve()
        ],
    }
