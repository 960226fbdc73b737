"""``alliance branch``: a scenario that leaves another at a date."""

from __future__ import annotations

import datetime
from pathlib import Path

import click

from sim.cli.options import OutPath
from sim.files import write_whole


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
