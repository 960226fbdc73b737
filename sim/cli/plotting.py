"""``alliance plot``: figures of a finished result."""

from __future__ import annotations

from pathlib import Path

import click

from sim.cli.options import FORMATS, Formats, quiet_option


@click.command("plot")
@click.argument("results", type=click.Path(path_type=Path))
@click.option(
    "--variable",
    "names",
    multiple=True,
    metavar="V",
    help="A figure or a recorded variable. Repeatable; default all figures.",
)
@click.option(
    "--entity", "entities", multiple=True, metavar="E", help="A member or donor code for --variable. Repeatable."
)
@click.option("--format", "formats", type=Formats(), default=FORMATS, metavar="svg,png,pdf", help="Formats.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder.  [default: RESULTS/figures]")
@quiet_option
def plot_command(
    results: Path,
    names: tuple[str, ...],
    entities: tuple[str, ...],
    formats: tuple[str, ...],
    out: Path | None,
    quiet: bool,
) -> None:
    """Draw the figures of a finished result.

    RESULTS is the folder of the result. Each figure comes with a CSV of its numbers.
    """
    raise NotImplementedError
