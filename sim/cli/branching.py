"""``alliance branch`` and ``tree``: scenarios that leave another at a date, and who extends whom."""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli.options import OutPath, json_option, write_whole
from sim.cli.tables import columns, decimals, number

if TYPE_CHECKING:
    from sim.analysis.scenario_tree import Ending, Node

SHOWN = ("europe_canada_share_pct_gdp", "us_commitment", "ceasefire")


@click.command("branch")
@click.argument("scenario")
@click.option(
    "--at", "at", type=click.DateTime(["%Y-%m-%d"]), required=True, metavar="DATE", help="First day that differs."
)
@click.option("--inject", "injects", type=click.Path(path_type=Path), multiple=True, required=True, metavar="FILE.toml",
              help="What happens from then on. Repeatable.")  # fmt: skip
@click.option("--title", default="", help="Title of the branch.")
@click.option("--out", type=OutPath(), metavar="FILE.toml", help="The file.  [default: SCENARIO_INJECT.toml]")
@click.option("--force", is_flag=True, help="Replace that file.")
def branch_command(
    scenario: str, at: datetime.datetime, injects: tuple[Path, ...], title: str, out: Path | None, force: bool
) -> None:
    """Write a scenario that leaves SCENARIO at a date.

    Before that date every run of the branch is the same as its parent's, bit for bit. An inject is a TOML file with
    values and events as in a scenario.
    """
    from sim.analysis.branches import branch
    from sim.errors import InputError
    from sim.shipped import find_scenario

    parent = find_scenario(scenario)
    path = out or Path("_".join([parent.stem, *(inject.stem for inject in injects)]) + ".toml")
    if path.exists() and not force:
        raise InputError(f"{path} exists; choose another --out, or --force to replace it")
    write_whole(path, branch(parent, at.date(), injects, folder=path.parent, title=title))
    click.echo(path)


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
    from sim.analysis.comparison import chosen_outcomes
    from sim.analysis.scenario_tree import circles, tree
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
    digits = decimals([ending.q05, ending.q95], ending.outcome.unit)
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
