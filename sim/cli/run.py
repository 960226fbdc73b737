"""``alliance run``: a scenario file becomes an ensemble of results and figures."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli.interrupts import EXIT_INTERRUPTED, told
from sim.cli.options import (
    OutPath,
    cluster_option,
    command_line,
    ensemble_options,
    format_option,
    json_option,
    no_figures_option,
    paths_shown,
    quiet_option,
    since_option,
    usable_cores,
)
from sim.cli.progress import Progress
from sim.cli.tables import by_date
from sim.text import decimals, number, share

if TYPE_CHECKING:
    from sim.ensemble import Result
    from sim.ensemble.result import Level


@click.command("run")
@click.argument("scenario")
@ensemble_options()
@cluster_option
@click.option("--central", is_flag=True, help="Every parameter at its median; shocks and elections vary.")
@click.option("--keep-runs", is_flag=True, help="Store every single run, also above 10,000.")
@click.option("--keep-draws", is_flag=True, help="Store what every run drew: parameters, winners, terms, events.")
@click.option("--out", type=OutPath(), help="Folder of the result.  [default: results/NAME]")
@click.option("--force", is_flag=True, help="Replace a result in that folder that has other inputs.")
@format_option
@since_option
@no_figures_option
@json_option
@quiet_option
def run_command(
    scenario: str,
    runs: int,
    seed: int,
    jobs: int | None,
    sets: tuple[str, ...],
    cluster: str,
    central: bool,
    keep_runs: bool,
    keep_draws: bool,
    out: Path | None,
    force: bool,
    formats: tuple[str, ...],
    no_figures: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Simulate SCENARIO: numbers, figures, manifest.

    Interrupted with Ctrl-C, the same command goes on where it stopped.
    """
    began = time.monotonic()
    from sim import ensemble
    from sim.facts import own
    from sim.loading import load

    loaded = load(scenario, sets=sets)
    for note in own.notes(loaded.start):
        click.echo(f"note: {note}", err=True)
    folder = out or Path("results") / loaded.name
    settings = [
        ("--runs", runs),
        ("--seed", seed),
        *(("--set", text) for text in sets),
        ("--central", central),
        ("--keep-runs", keep_runs),
        ("--keep-draws", keep_draws),
        ("--out", out),
    ]
    try:
        with Progress("runs", quiet=quiet) as progress:
            result = ensemble.run(
                loaded,
                runs=runs,
                seed=seed,
                jobs=jobs or usable_cores(),
                cluster=cluster,
                out=folder,
                central=central,
                force=force,
                keep_runs=keep_runs or None,
                keep_draws=keep_draws,
                command=command_line("run", [scenario], settings),
                progress=progress,
            )
        if not no_figures:
            draw_figures(result, formats, jobs or usable_cores(), quiet=quiet)
    except KeyboardInterrupt:
        told(f"Interrupted. Nothing is half-written in {folder}; the same command goes on from here.")
        click.get_current_context().exit(EXIT_INTERRUPTED)
    files = written_files(folder)
    report = as_document if as_json else as_text
    click.echo(report(result, files, time.monotonic() - began))


def draw_figures(result: Result, formats: Sequence[str], jobs: int, *, quiet: bool) -> None:
    """Draw every figure of ``result`` into its ``figures`` folder, with the CSV of its numbers."""
    from sim import figures

    with Progress("figures", quiet=quiet) as progress:
        figures.draw_all(result, result.path / "figures", formats, jobs, progress=progress)


def written_files(folder: Path) -> list[Path]:
    """The files of a result that a reader opens, numbers first, then figures by name."""
    numbers = [folder / name for name in ("summary.csv", "ensemble.nc", "draws.nc", "manifest.json")]
    pictures = sorted((folder / "figures").glob("*")) if (folder / "figures").is_dir() else []
    return [path for path in [*numbers, *pictures] if path.is_file()]


def as_text(result: Result, files: Sequence[Path], seconds: float) -> str:
    """What a reader sees: what was run, the headline table, the paths."""
    scenario = result.scenario
    reused = "; same inputs as before, result reused" if result.cached else ""
    lines = [
        f"{scenario.name}: {scenario.title}",
        f"{result.runs:,} runs, seed {result.seed}, {scenario.start} to {scenario.end}, {seconds:.1f} s{reused}",
        "Conditional on the scenario; not a forecast.",
        "",
        *level_lines(result.headline()),
        "",
        *paths_shown(files),
    ]
    return "\n".join(lines)


def level_lines(levels: Sequence[Level]) -> list[str]:
    """Per quantity its name and unit, then median and 5 and 95% of runs, or the share of runs, under their dates."""
    dates = sorted({level.date for level in levels})
    groups: dict[str, dict[str, Level]] = {}
    for level in levels:
        groups.setdefault(level.title, {})[level.date] = level
    return by_date(dates, [(title, _rows(group, dates)) for title, group in groups.items()])


def _rows(group: Mapping[str, Level], dates: Sequence[str]) -> list[list[str]]:
    at = [group.get(day) for day in dates]
    first = next(iter(group.values()))
    if first.probability is not None:
        return [["  share", *("" if level is None else share(level.probability or 0.0) for level in at)]]
    finite = [abs(value) for level in group.values() for value in (level.q05, level.q95) if math.isfinite(value)]
    places = decimals(max(finite, default=0.0), first.variable.unit)
    figures = {"  5%": "q05", "  median": "median", "  95%": "q95"}
    return [
        [head, *("" if level is None else number(getattr(level, figure), places) for level in at)]
        for head, figure in figures.items()
    ]


def as_document(result: Result, files: Sequence[Path], seconds: float) -> str:
    """The same as JSON: one document, nothing else."""
    scenario = result.scenario
    return json.dumps(
        {
            "scenario": scenario.name,
            "title": scenario.title,
            "start": str(scenario.start),
            "end": str(scenario.end),
            "hash": scenario.hash,
            "runs": result.runs,
            "seed": result.seed,
            "seconds": round(seconds, 3),
            "reused": result.cached,
            "folder": str(result.path),
            "files": [str(path) for path in files],
            "outcomes": [level.to_dict() for level in result.headline()],
        },
        indent=2,
        ensure_ascii=False,
    )
