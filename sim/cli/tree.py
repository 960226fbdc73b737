"""``alliance tree``: who extends whom in a folder of scenarios, and how each ends."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence
from pathlib import Path
from string import ascii_uppercase
from typing import TYPE_CHECKING

import click

from sim.cli.options import json_option
from sim.cli.tables import WIDTH, columns
from sim.text import decimals, number, share

if TYPE_CHECKING:
    from sim.analysis.outcomes import Outcome
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

    outcomes = chosen_outcomes(names or SHOWN)
    nodes = tree(folder, results)
    if as_json:
        click.echo(json.dumps([_node(node) for node in nodes], indent=2, ensure_ascii=False))
    elif nodes:
        click.echo("\n".join(_lines(nodes, outcomes)))
    if wrong := circles(folder):
        raise InputError(wrong)


def _lines(nodes: Sequence[Node], outcomes: Sequence[Outcome]) -> list[str]:
    """A letter for each outcome, then the tree with one column for each; a column has one number of decimals."""
    heads = [ascii_uppercase[index % 26] for index in range(len(outcomes))]
    lines: list[str] = []
    rows: list[list[str]] = [["", "branches on"]]
    rows += [["  " * node.depth + node.name + ("*" if node.stale else ""), str(node.at or "")] for node in nodes]
    for head, outcome in zip(heads, outcomes, strict=True):
        endings = [{ending.outcome.key: ending for ending in node.endings}.get(outcome.key) for node in nodes]
        unit = "% of runs" if outcome.binary else f"median, {outcome.unit}"
        lines += textwrap.wrap(f"{head}  {outcome.title} ({unit})", WIDTH, subsequent_indent="   ")
        places = decimals(max((abs(ending.q95) for ending in endings if ending), default=0.0), outcome.unit)
        for row, cell in zip(rows, [head, *(_cell(ending, places) for ending in endings)], strict=True):
            row.append(cell)
    if any(node.stale for node in nodes):
        lines.append("*  changed since its run")
    return [*lines, "", *columns(rows, left=2)]


def _cell(ending: Ending | None, places: int) -> str:
    if ending is None:
        return "-"
    return share(ending.median) if ending.outcome.binary else number(ending.median, places)


def _node(node: Node) -> dict[str, object]:
    return {
        "name": node.name,
        "title": node.title,
        "parents": list(node.parents),
        "outside": list(node.outside),
        "at": str(node.at) if node.at else None,
        "changed_since_run": node.stale,
        "outcomes": {
            ending.outcome.key: {
                "date": ending.date,
                "median": ending.median,
                "q05": ending.q05,
                "q95": ending.q95,
                "unit": ending.outcome.unit,
            }
            for ending in node.endings
        },
    }
