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
from sim.cli.tables import columns, notes, wrapped
from sim.text import brief

if TYPE_CHECKING:
    from sim.analysis.sweep import Method, Sweep

MOST_TOLD = 5


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
@click.option("--all", "everything", is_flag=True, help="Print every outcome kept, not only the widest.")
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
    everything: bool,
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
        scenarios, vary, method=method, samples=samples, outcomes=outcomes, runs=runs, seed=seed, sets=sets
    )  # fmt: skip
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
    seconds = time.monotonic() - began
    click.echo(as_document(swept, files, seconds) if as_json else as_text(swept, files, seconds, everything=everything))


def draw(swept: Sweep, formats: tuple[str, ...]) -> list[Path]:
    """The bars and the heat map of a sweep, in its folder."""
    from sim.analysis.sweep import ranking
    from sim.analysis.sweep.ranking import FEWEST_A_INPUT
    from sim.figures.sweeps import ranking_drawings, write

    if swept.failed or swept.plan.design.samples < FEWEST_A_INPUT * len(swept.inputs):
        return []  # too few to tell the inputs apart
    return write(ranking_drawings(ranking(swept), swept), swept.folder / "figures", formats)


def as_text(swept: Sweep, files: list[Path], seconds: float, *, everything: bool = False) -> str:
    """How outcomes move over the samples: those that spread most, each at one date; or ``everything`` kept."""
    plan = swept.plan
    reused = "; same inputs as before, sweep reused" if swept.cached else ""
    ranked = _by_spread(swept)
    told = sorted(ranked) if everything else _widest(swept, ranked)
    kept = "outcome" if len(ranked) == 1 else "outcomes"
    rows: list[tuple[str, ...]] = [("mean over the runs of a sample", "lowest", "5%", "median", "95%", "highest")]
    for which, column in told:
        values = sorted(value for value in swept.mean[which, :, column].tolist() if value == value)
        cuts = [values[min(len(values) - 1, int(share * len(values)))] for share in (0, 0.05, 0.5, 0.95, 1)]
        label = f"{swept.names[which]}: " * (len(swept.names) > 1) + str(plan.questions[column])
        rows.append((label if everything else "", *map(brief, cuts)))
    grid = columns(rows)
    table = grid if everything else [grid[0]]
    if not everything:
        table += [line for at, row in zip(told, grid[1:], strict=True) for line in (*_titled(swept, at), row)]
    rest = (
        f"These {len(told)} of {len(ranked)} {kept} spread most over the samples, against the luck of single runs "
        "(each at its widest date); --all prints the rest."
    )
    lines = [
        f"{', '.join(swept.names)}: {_inputs(swept)}, {plan.design.samples:,} samples ({plan.design.method})",
        f"{plan.runs:,} runs a sample, seed {plan.seed}, {seconds:.1f} s{reused}",
        "Conditional on the scenario, not a forecast.",
        *notes(swept.warnings),
        *(f"Failed: sample {sample} of {swept.names[which]}: {why}" for (which, sample), why in swept.failed.items()),
        *few_lines(swept),
        "",
        *table,
        *(["", *wrapped(rest, more="")] if len(told) < len(ranked) else []),
        "",
        *paths_shown(files),
    ]
    return "\n".join(lines)


def few_lines(swept: Sweep) -> list[str]:
    """One sentence where the samples do not reach for the questions that can be put to a sweep."""
    from sim.analysis.sweep.discovery import enough
    from sim.analysis.sweep.ranking import FEWEST_A_INPUT

    needed = {
        "sensitivity": FEWEST_A_INPUT * len(swept.inputs),
        "discover": enough(len(swept.inputs)),
    }
    lacking = [f"{verb} needs {number:,}" for verb, number in needed.items() if swept.plan.design.samples < number]
    if not lacking:
        return []
    return wrapped(f"{swept.plan.design.samples:,} samples are few for {_inputs(swept)}: {' and '.join(lacking)}.")


def _inputs(swept: Sweep) -> str:
    return f"{len(swept.inputs)} input{'' if len(swept.inputs) == 1 else 's'}"


def _by_spread(swept: Sweep) -> list[tuple[int, int]]:
    """(scenario, outcome), widest first: the middle 90% of its means in standard deviations of single runs."""
    import numpy as np

    samples = np.isfinite(swept.mean).all(axis=(0, 2))
    if not samples.any():
        return []
    low, high = np.quantile(swept.mean[:, samples], [0.05, 0.95], axis=1)
    luck = np.median(swept.sd[:, samples], axis=1)
    spread = (high - low) / np.maximum(luck, 1e-9 * np.maximum(1e-9, np.abs(high)))
    return [
        (int(at) // spread.shape[1], int(at) % spread.shape[1]) for at in np.argsort(-spread, axis=None, kind="stable")
    ]


def _widest(swept: Sweep, ranked: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The first of ``ranked``, each variable once."""
    from sim.analysis.sweep import Condition

    first: dict[tuple[int, str], tuple[int, int]] = {}
    for which, column in ranked:
        asked = swept.plan.questions[column]
        outcome = asked.outcome if isinstance(asked, Condition) else asked
        first.setdefault((which, f"{outcome.variable}:{outcome.entity}"), (which, column))
    return list(first.values())[:MOST_TOLD]


def _titled(swept: Sweep, at: tuple[int, int]) -> list[str]:
    """An outcome in words, with the text by which it is asked for."""
    from sim.analysis.sweep.samples import headed

    which, column = at
    name = f"{swept.names[which]}: " * (len(swept.names) > 1)
    return [
        *wrapped(f"{name}{headed(swept.plan.questions[column])}"),
        *wrapped(f"{swept.plan.questions[column]}", "  "),
    ]


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
