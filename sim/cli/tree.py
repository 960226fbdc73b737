"""``alliance tree``: who extends whom in a folder of scenarios, and how each ends."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli.options import json_option
from sim.cli.tables import columns
from sim.text import decimals, number

if TYPE_CHECKING:
    from sim.analysis.tree import Ending, Node

SHOWN = ("europe_canada_share_pct_gdp", "us_commitment", "ceasefire")


@click.command("tree")
@click.argument("folder", type=click.Path(path_type=Path), default=Path())
@click.option(
    "--results", type=click.Path(path_type=Path), default=Path("results"), show_default=True, help="Where results are."
)
@click.option("--variable", "names", multiple=True, metavar="V[:ENTITY]", help="Outcome to show. Repeatable.")
@json_option
def tree_command(folder: Path, results: Path, names: tuple[str, ...], as_json: bool) -> None:
    """Draw the tree of scenarios in FOLDER with outcomes.

    Each scenario stands below its parent; outcomes are those of finished results, at the end.
    """
    from sim.analysis.outcomes import chosen_outcomes
    from sim.analysis.tree import circles, tree
    from sim.errors import InputError

    chosen_outcomes(names)
    nodes = tree(folder, results)
    if as_json:
        click.echo(json.dumps([_node(node) for node in nodes], indent=2, ensure_ascii=False))
    elif nodes:
        click.echo("\n".join(_lines(nodes, names or SHOWN)))
    if wrong := circles(folder):
        raise InputError(wrong)


def _lines(nodes: Sequence[Node], shown: Sequence[str]) -> list[str]:
    rows: list[Sequence[str]] = [["", "branches on", *shown]]
    for node in nodes:
        endings = {ending.outcome.key: ending for ending in node.endings}
        mark = " (changed since its run)" if node.stale else ""
        cells = [_ending(endings[name]) if name in endings else "-" for name in shown]
        rows.append(["  " * node.depth + node.name + mark, str(node.at or ""), *cells])
    return columns(rows, left=2)


def _ending(ending: Ending) -> str:
    if ending.outcome.binary:
        return f"{100 * ending.median:.1f}% of runs"
    digits = decimals(max(abs(ending.q05), abs(ending.q95)), ending.outcome.unit)
    low, median, high = (number(value, digits) for value in (ending.q05, ending.median, ending.q95))
    return f"{median} ({low} to {high})"


def _node(node: Node) -> dict[str, object]:
    return {
        "name": node.name,
        "title": node.title,
        "parents": list(node.parents),
        "outside": list(node.outside),
        "at": str(node.at) if node.at else None,
        "changed_since_run": node.stale,
        "outcomes": {
            one.outcome.key: {
                "date": one.date,
                "median": one.median,
                "q05": one.q05,
                "q95": one.q95,
                "unit": one.outcome.unit,
            }
            for one in node.endings
        },
    }
