"""``alliance depends``: which conclusions of a comparison turn on an assumption that no data identify."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.cli.options import (
    cluster_option,
    json_option,
    paths_shown,
    quiet_option,
    usable_cores,
    vary_option,
)
from sim.cli.progress import Progress
from sim.cli.tables import columns
from sim.files import write_whole
from sim.limits import MOST_JOBS, MOST_RUNS

if TYPE_CHECKING:
    from sim.analysis.sweep import Regret, Turn


@click.command("depends")
@click.argument("folder", metavar="COMPARISON", type=click.Path(path_type=Path))
@click.option(
    "--outcome", "outcomes", multiple=True, metavar="V@DATE", help="Conclusions to try.  [default: the leading]"
)
@vary_option
@click.option("--runs", type=click.IntRange(2, MOST_RUNS), default=500, show_default=True, help="Runs at each setting.")
@click.option("--jobs", type=click.IntRange(1, MOST_JOBS), default=None, help="Processes.  [default: usable cores]")
@cluster_option
@click.option("--regret", metavar="V@DATE", help="Also the regret of each scenario under each winner of 2028.")
@click.option("--less-is-better", is_flag=True, help="For --regret: lower values are preferred.")
@click.option("--weights", metavar="NAME=W,...", help="For --regret: weights of the winners.  [default: all alike]")
@json_option
@quiet_option
def depends_command(
    folder: Path,
    outcomes: tuple[str, ...],
    vary: tuple[str, ...],
    runs: int,
    jobs: int | None,
    cluster: str,
    regret: str | None,
    less_is_better: bool,
    weights: str | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Find on which assumptions a COMPARISON turns.

    Each conclusion is tried at both ends of the range of every assumption. Those that turn to the other side, or are
    no longer clear, are named with the assumption; the note is kept in comparison.json, where the report finds it.
    """
    began = time.monotonic()
    from sim.analysis import reopen
    from sim.analysis.sweep.asking import depends, election_regret, leading_questions
    from sim.analysis.sweep.design import read_vary
    from sim.model import catalogue

    comparison, _ = reopen(folder)
    scenarios = [view.scenario for view in comparison.views]
    order = [scenarios[comparison.baseline], *(s for place, s in enumerate(scenarios) if place != comparison.baseline)]
    inputs = read_vary(vary or ("assumptions",), catalogue(), order[0])
    asked = list(outcomes) or leading_questions(comparison)
    cost = election_regret(order, regret, weights, more_is_better=not less_is_better, runs=runs) if regret else None
    with Progress("settings", quiet=quiet) as progress:
        turns = depends(
            order, asked, inputs=inputs, runs=runs, jobs=jobs or usable_cores(), cluster=cluster, progress=progress
        )
    document = as_content(turns, cost, asked, runs) | {"hashes": [scenario.hash for scenario in scenarios]}
    path = folder / "comparison.json"
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    write_whole(path, json.dumps({**content, "depends": document}, indent=2, ensure_ascii=False) + "\n")
    if as_json:
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
        return
    settings = len({(turn.assumption, turn.setting) for turn in turns})
    lines = [
        f"{len(asked)} conclusions at {settings} settings of {len(inputs)} assumptions, {runs:,} runs each, "
        f"{time.monotonic() - began:.1f} s",
        "",
        *as_lines(turns),
        *(regret_lines(cost) if cost else []),
        "",
        *paths_shown([path]),
    ]
    click.echo("\n".join(lines))


def as_lines(turns: list[Turn]) -> list[str]:
    """The conclusions that turn, with what they turn on; then how many hold."""
    changed = [turn for turn in turns if turn.change in ("reverses", "no longer clear")]
    lines = [turn.sentence() for turn in changed]
    unclear = len({(turn.scenario, turn.outcome) for turn in turns if turn.change == "becomes clear"})
    shaken = {(turn.scenario, turn.outcome) for turn in changed}
    total = len({(turn.scenario, turn.outcome) for turn in turns})
    lines.append(f"{total - len(shaken)} of {total} hold at every setting tried.")
    if unclear:
        lines.append(f"{unclear} that are not clear in the comparison become clear at some setting.")
    return lines


def regret_lines(cost: Regret) -> list[str]:
    """The regret of each scenario under each winner."""
    rows = [("regret", *cost.winners, "largest", "weighted")]
    rows += [
        (
            name,
            *(f"{value:.3g}" for value in cost.regret[place]),
            f"{cost.largest[place]:.3g}",
            f"{cost.weighted[place]:.3g}",
        )
        for place, name in enumerate(cost.choices)
    ]
    return ["", *columns(rows), cost.sentence()]


def as_content(turns: list[Turn], cost: Regret | None, asked: list[str], runs: int) -> dict[str, Any]:
    """What is kept in ``comparison.json``."""
    return {
        "outcomes": asked,
        "runs": runs,
        "turns": [{**asdict(turn), "sentence": turn.sentence()} for turn in turns if turn.change != "holds"],
        "regret": None
        if cost is None
        else {
            "choices": list(cost.choices),
            "winners": list(cost.winners),
            "weights": cost.weights.tolist(),
            "regret": cost.regret.tolist(),
            "largest": cost.largest.tolist(),
            "weighted": cost.weighted.tolist(),
        },
    }
