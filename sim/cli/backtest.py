"""``alliance backtest``: scores of forecasts made with what was known then."""

from __future__ import annotations

import json
from pathlib import Path

import click

from sim.cli.options import OutPath, json_option
from sim.files import write_whole
from sim.limits import MOST_SEED


@click.command("backtest")
@click.option(
    "--draws", type=click.IntRange(10, 100_000), default=1000, show_default=True, help="Draws of each forecast."
)
@click.option("--seed", type=click.IntRange(0, MOST_SEED), default=1, show_default=True, help="Seed of every draw.")
@click.option("--stored", "from_store", is_flag=True, help="Show the stored back-test; compute nothing.")
@click.option("--write", "keep", is_flag=True, help="Store the scores where charts look for them.")
@click.option("--card", is_flag=True, help="Write the evidence card and its charts.")
@click.option("--out", type=OutPath(), default=Path("docs/evidence.md"), show_default=True, help="The card.")
@json_option
def backtest_command(draws: int, seed: int, from_store: bool, keep: bool, card: bool, out: Path, as_json: bool) -> None:
    """Score forecasts made with what was known then.

    Every block is estimated again at each origin and set against simple rules. Under a minute.
    """
    from sim.evidence.rolling import backtest, store, stored
    from sim.evidence.sheet import card as card_text

    computed = not (from_store or (card and not keep))
    scores = backtest(draws=draws, runs=draws, seed=seed) if computed else stored()
    if keep and computed:
        store(scores)
    if card:
        from sim.figures import export
        from sim.figures.evidence import evidence_drawings

        write_whole(out, card_text(scores))
        for name, drawing in evidence_drawings(scores).items():
            export(drawing, out.parent, name, ("svg",))
    if as_json:
        click.echo(json.dumps(scores, indent=1, ensure_ascii=False))
    else:
        click.echo(out if card else card_text(scores).rstrip("\n"))
