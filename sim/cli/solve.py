"""``alliance solve``: what it takes to reach a target."""

from __future__ import annotations

import json
import math
import time
from pathlib import Path
from typing import Any

import click

from sim.cli.options import (
    OutPath,
    ensemble_options,
    format_option,
    json_option,
    paths_shown,
    quiet_option,
    usable_cores,
    write_whole,
)
from sim.cli.progress import Progress
from sim.cli.tables import columns


@click.command("solve")
@click.argument("scenario")
@click.option("--lever", required=True, metavar="KEY=LOW:HIGH", help="What is tried; KEY alone: its declared range.")
@click.option("--target", required=True, metavar='"P(V@DATE >= X) >= P"', help="What is to be reached.")
@ensemble_options(runs=1000)
@click.option("--out", type=OutPath(), help="Folder.  [default: solve/NAME]")
@format_option
@click.option("--no-figures", is_flag=True, help="Numbers only.")
@json_option
@quiet_option
def solve_command(
    scenario: str,
    lever: str,
    target: str,
    runs: int,
    seed: int,
    jobs: int | None,
    sets: tuple[str, ...],
    out: Path | None,
    formats: tuple[str, ...],
    no_figures: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Find the smallest lever with which SCENARIO reaches a target, on the same streams at every value tried."""
    began = time.monotonic()
    from sim.analysis.sweep import solve
    from sim.loading import load

    loaded = load(scenario, sets)
    with Progress("values", quiet=quiet) as progress:
        found = solve(loaded, lever, target, runs=runs, seed=seed, jobs=jobs or usable_cores(), progress=progress)
    folder = out or Path("solve") / loaded.name
    document: dict[str, Any] = {
        "scenario": loaded.name,
        "lever": found.lever.name,
        "target": str(found.target),
        "runs": found.runs,
        "seed": seed,
        "standing": found.standing,
        "value": _known(found.value),
        "low": _known(found.low),
        "high": _known(found.high),
        "sentence": found.sentence(),
        "curve": [
            {"lever": found.lever.text(at), "share": share, "low": low, "high": high}
            for at, share, low, high in found.curve()
        ],
    }
    table = folder / "solution.json"
    write_whole(table, json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    files = [table]
    if not no_figures:
        from sim.figures.sweeps import solution_drawings, write

        files += write(solution_drawings(found, loaded, seed), folder / "figures", formats)
    if as_json:
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
        return
    rows = [(found.lever.name, "runs that meet it", "95% interval")]
    rows += [
        (point["lever"], f"{point['share']:.1%}", f"[{point['low']:.1%}, {point['high']:.1%}]")
        for point in document["curve"]
    ]
    lines = [
        f"{loaded.name}: {found.sentence()}",
        f"{found.runs:,} runs at each of {len(found.levers)} values, seed {seed}, {time.monotonic() - began:.1f} s",
        "Conditional on the scenario; not a forecast.",
        "",
        *columns(rows),
        "",
        *paths_shown(files),
    ]
    click.echo("\n".join(lines))


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
