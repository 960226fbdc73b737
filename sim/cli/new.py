"""``alliance new``: a scenario file to begin with."""

from __future__ import annotations

from pathlib import Path

import click

from sim.files import write_whole


@click.command("new")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE.toml")
@click.option("--extends", default="baseline", show_default=True, metavar="SCENARIO", help="What it builds on.")
def new_command(file: Path, extends: str) -> None:
    """Write a scenario file to begin with.

    It checks clean as it is and changes nothing yet. What people change most stands in it as comments, each with its
    meaning, what it accepts and its present value. An existing file is never replaced.
    """
    from sim.analysis.starting import new_scenario
    from sim.errors import InputError
    from sim.files import file_name

    path = file if file.suffix == ".toml" else file.with_name(file.name + ".toml")
    if path.name != file_name(path.name):
        raise InputError(f"{path}: Windows has no such file name; write {path.with_name(file_name(path.name))}")
    if path.exists() or path.is_symlink():
        raise InputError(f"{path} exists; choose another name")
    write_whole(path, new_scenario(path, extends))
    click.echo(path)
