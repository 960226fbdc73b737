"""``alliance sweep``: scenarios simulated at every point of a design."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

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
from sim.cli.tables import columns

if TYPE_CHECKING:
    from sim.analysis.sweep import Method, Sweep


@click.command("sweep")
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO...")
@vary_option
@click.option(
    "--design",
    "method",
    type=click.Choice(["sobol", "lhs", "grid"]),
    default="sobol",
    show_default=True,
    help="Sobol sequence, Latin hypercube, or every point of a grid.",
)
@click.option(
    "--samples", type=click.IntRange(1, 1_000_000), default=256, show_default=True, help="Points to simulate."
)
@outcome_option("Keep V@DATE, V:ENTITY@DATE, V@DATE..DATE or P(V@DATE < X). Repeatable; default headlines.")
@click.option("--resume", is_flag=True, help="Only go on with a sweep that was begun.")
@question_options(500, "sweeps/NAME")
def sweep_command(
    scenarios: tuple[str, ...],
    vary: tuple[str, ...],
    method: Method,
    samples: int,
    outcomes: tuple[str, ...],
    runs: int,
    seed: int,
    jobs: int | None,
    sets: tuple[str, ...],
    cluster: str,
    resume: bool,
    out: Path | None,
    force: bool,
    formats: tuple[str, ...],
    no_figures: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Simulate SCENARIO at many values of some keys.

    All lie on the same streams; --vary names the keys. Interrupted, the same command goes on where it stopped.
    """
    began = time.monotonic()
    from sim.analysis.sweep import read, run
    from sim.analysis.sweep.sweeps import FILES
    from sim.ensemble import manifest

    asked = read(
        scenarios,
        vary,
        method=method,
        samples=samples,
        outcomes=outcomes,
        runs=runs,
        seed=seed,
        sets=sets,
    )
    folder = out or Path("sweeps") / "_".join(scenario.name for scenario in asked.scenarios)
    settings = [
        *(("--vary", text) for text in vary),
        ("--design", method),
        ("--samples", samples),
        *(("--outcome", text) for text in outcomes),
        ("--runs", runs),
        ("--seed", seed),
        *(("--set", text) for text in sets),
        ("--out", out),
    ]
    with Progress("samples", quiet=quiet) as progress:
        swept = run(
            asked,
            jobs=jobs or usable_cores(),
            cluster=cluster,
            out=folder,
            force=force,
            resume=resume,
            command=command_line("sweep", scenarios, settings),
            progress=progress,
        )
    files = [folder / name for name in sorted((*FILES, manifest.NAME))]
    if not no_figures:
        files += draw(swept, formats)
    click.echo((as_document if as_json else as_text)(swept, files, time.monotonic() - began))


def draw(swept: Sweep, formats: tuple[str, ...]) -> list[Path]:
    """The bars and the heat map of a sweep, in its folder."""
    from sim.analysis.sweep import ranking
    from sim.analysis.sweep.ranking import FEWEST_A_INPUT
    from sim.figures.sweeps import ranking_drawings, write

    if swept.failed or swept.plan.design.samples < FEWEST_A_INPUT * len(swept.inputs):
        return []  # too few to tell the inputs apart
    return write(ranking_drawings(ranking(swept), swept), swept.folder / "figures", formats)


def as_text(swept: Sweep, files: list[Path], seconds: float) -> str:
    """How each outcome moves over the samples: lowest, middle and highest mean."""
    plan = swept.plan
    rows: list[tuple[str, ...]] = [("over the samples", "lowest", "5%", "median", "95%", "highest")]
    for which, name in enumerate(swept.names):
        for column, each in enumerate(plan.questions):
            values = sorted(value for value in swept.mean[which, :, column].tolist() if value == value)
            cuts = [values[min(len(values) - 1, int(share * len(values)))] for share in (0, 0.05, 0.5, 0.95, 1)]
            label = f"{name}: {each}" if len(swept.names) > 1 else str(each)
            rows.append((label, *map(_short, cuts)))
    count = f"{len(swept.inputs)} input{'' if len(swept.inputs) == 1 else 's'}"
    reused = "; same inputs as before, sweep reused" if swept.cached else ""
    lines = [
        f"{', '.join(swept.names)}: {count}, {plan.design.samples:,} samples ({plan.design.method})",
        f"{plan.runs:,} runs a sample, seed {plan.seed}, {seconds:.1f} s{reused}",
        "Means over the runs of a sample; conditional on the scenario, not a forecast.",
        *(f"Note: {warning}" for warning in swept.warnings),
        *(f"Failed: sample {sample} of {swept.names[which]}: {why}" for (which, sample), why in swept.failed.items()),
        "",
        *columns(rows),
        "",
        *paths_shown(files),
    ]
    return "\n".join(lines)


def _short(value: float) -> str:
    return f"{value:.4g}" if abs(value) < 10_000 else f"{value:,.0f}"


def as_document(swept: Sweep, files: list[Path], seconds: float) -> str:
    """The same as one JSON document."""
    return json.dumps(
        {
            "scenarios": list(swept.names),
            "inputs": [entry.name for entry in swept.inputs],
            "samples": swept.plan.design.samples,
            "runs": swept.plan.runs,
            "seed": swept.plan.seed,
            "seconds": round(seconds, 3),
            "reused": swept.cached,
            "outcomes": [str(each) for each in swept.plan.questions],
            "failed": len(swept.failed),
            "warnings": list(swept.warnings),
            "folder": str(swept.folder),
            "files": [str(path) for path in files],
        },
        indent=2,
        ensure_ascii=False,
    )
