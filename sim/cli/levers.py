"""``alliance levers``: what each key does to the outcomes over its whole range."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli.options import (
    OutPath,
    ensemble_options,
    force_option,
    format_option,
    json_option,
    paths_shown,
    quiet_option,
    usable_cores,
)
from sim.cli.progress import Progress
from sim.cli.tables import columns, signed
from sim.files import write_whole
from sim.text import brief

if TYPE_CHECKING:
    from sim.analysis.levers import Effect

MOST_SHOWN = 30


@click.command("levers")
@click.argument("scenario", required=False)
@click.option(
    "--key", "keys", multiple=True, metavar="KEY", help="This key, pattern or group. Repeatable; default all."
)
@click.option(
    "--outcome", "outcomes", multiple=True, metavar="V[:ENTITY]", help="This outcome. Repeatable; default headlines."
)
@click.option("--each", is_flag=True, help="Members and donors one by one, not all at once.")
@ensemble_options(runs=200)
@click.option("--out", type=OutPath(), help="Folder for the table and its figure.  [default: none is written]")
@force_option
@format_option
@click.option("--all", "everything", is_flag=True, help="List every lever.")
@json_option
@quiet_option
def levers_command(
    scenario: str | None,
    keys: tuple[str, ...],
    outcomes: tuple[str, ...],
    each: bool,
    runs: int,
    seed: int,
    jobs: int | None,
    sets: tuple[str, ...],
    out: Path | None,
    force: bool,
    formats: tuple[str, ...],
    everything: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Show what each key moves over its whole range.

    One key at a time crosses its range in SCENARIO, on the same streams of luck. Without SCENARIO each key is tried
    where it can act: most in the baseline, some in a ceasefire, a later start or another situation.
    """
    began = time.monotonic()
    from sim.analysis.levers import Audit, Case, audit, levers, usual_outcomes
    from sim.analysis.levers.situations import cases
    from sim.analysis.levers.table import csv_text, leading
    from sim.analysis.levers.trials import whole
    from sim.analysis.outcomes import chosen_outcomes
    from sim.errors import InputError
    from sim.loading import load

    asked = chosen_outcomes(outcomes) if outcomes else usual_outcomes()
    waits = [outcome.key for outcome in asked if outcome.kind == "wait"]
    if waits:
        raise InputError(f"--outcome {waits[0]}: a time until something happens stands at no year end")
    if scenario is None:
        if each or sets:
            raise InputError("--each and --set need a scenario: without one, each key is tried where it can act")
        tried = cases(whole(keys) if keys else None)
    else:
        loaded = load(scenario, sets)
        tried = (Case(loaded, tuple(levers(loaded, keys, each=each))),)
    with Progress("levers", quiet=quiet) as progress:
        effects = audit(Audit(tried, asked, runs, seed), jobs=jobs or usable_cores(), progress=progress)
    files: list[Path] = []
    if out is not None:
        table = out / "levers.csv"
        out.mkdir(parents=True, exist_ok=True)
        write_whole(table, csv_text(effects), replace=force)
        from sim.figures.levers import tornado
        from sim.figures.sweeps import write

        files = [table, *write(tornado(effects, seed, runs), out / "figures", formats, replace=force)]
    seconds = time.monotonic() - began
    if as_json:
        click.echo(as_document(effects, files, runs, seed, seconds))
        return
    click.echo(as_text(leading(effects), files, runs, seed, seconds, everything=everything))


def as_text(largest: list[Effect], files: list[Path], runs: int, seed: int, seconds: float, *, everything: bool) -> str:
    """The largest effect of each lever, those that move nothing at the end, and each outcome's largest lever."""
    shown = largest if everything else largest[:MOST_SHOWN]
    table = [("key", "outcome", "on", "from", "to", "effect", "in sd", "")]
    table += [
        (
            e.key,
            e.outcome,
            e.day.isoformat(),
            e.low,
            e.high,
            brief(e.change, sign=True),
            signed(e.standard, 2),
            e.verdict,
        )
        for e in shown
    ]
    still = [effect.key for effect in largest if not effect.moves]
    lines = [
        f"{len(largest)} lever{'' if len(largest) == 1 else 's'}, {runs:,} runs each on common streams, seed {seed}, "
        f"{seconds:.1f} s",
        "Mean paired difference over the key's range, and in standard deviations of the outcome, where it is largest.",
        "",
        *columns(table),
    ]
    if len(shown) < len(largest):
        lines.append(f"  and {len(largest) - len(shown)} more (--all)")
    if still:
        lines += ["", f"Nothing clear over the whole range ({len(still)}): {', '.join(still)}"]
    return "\n".join([*lines, *(["", *paths_shown(files)] if files else [])])


def as_document(effects: list[Effect], files: list[Path], runs: int, seed: int, seconds: float) -> str:
    """Every effect as one JSON document, by lever."""
    return json.dumps(
        {
            "runs": runs,
            "seed": seed,
            "seconds": round(seconds, 3),
            "levers": [
                {
                    "key": key,
                    "effects": [
                        {**asdict(effect), "day": effect.day.isoformat(), "moves": effect.moves, "seen": effect.verdict}
                        for effect in group
                    ],
                }
                for key, group in groupby(effects, lambda effect: effect.key)
            ],
            "files": [str(path) for path in files],
        },
        indent=2,
        ensure_ascii=False,
    )
