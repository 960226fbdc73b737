"""``alliance plot``: figures of a finished result."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from sim.cli.options import OutPath, format_option, json_option, quiet_option, size_option, usable_cores
from sim.cli.progress import Progress


@click.command("plot")
@click.argument("results", type=click.Path(path_type=Path), metavar="RESULTS|COMPARISON")
@click.option(
    "--variable", "names", multiple=True, metavar="V", help="Figure or variable. Repeatable; default all figures."
)
@click.option("--entity", "entities", multiple=True, metavar="E", help="Member or donor of a variable. Repeatable.")
@format_option
@size_option
@click.option("--out", type=OutPath(), help="Folder.  [default: RESULTS/figures]")
@json_option
@quiet_option
def plot_command(
    results: Path,
    names: tuple[str, ...],
    entities: tuple[str, ...],
    formats: tuple[str, ...],
    size: str,
    out: Path | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Draw the figures of a finished result or comparison.

    RESULTS is its folder. Each figure comes with a CSV of its numbers.
    """
    import json

    from sim import figures
    from sim.analysis import open_source

    source, command = open_source(results)
    with Progress("figures", quiet=quiet) as progress:
        paths = figures.draw_all(
            source,
            out or results / "figures",
            formats,
            usable_cores(),
            names=wanted(names, entities),
            size=size,
            command=command,
            progress=progress,
        )
    click.echo(json.dumps([str(path) for path in paths], indent=2) if as_json else "\n".join(map(str, paths)))


def wanted(names: Sequence[str], entities: Sequence[str]) -> list[str] | None:
    """Names as the figures room takes them: ``VARIABLE:ENTITY`` for each entity; None for every figure.

    Raises:
        InputError: entities without a variable that has them.
    """
    from sim.errors import InputError
    from sim.figures import COMPARED, FIGURES

    if not names:
        if entities:
            raise InputError("--entity needs a --variable to which it belongs")
        return None
    plain = [name for name in names if name in (*FIGURES, *COMPARED) or ":" in name]
    if entities and len(plain) == len(names):
        raise InputError(f"--entity belongs to a variable, and {plain[0]} is a whole figure")
    split = [f"{name}:{entity}" for name in names if name not in plain for entity in entities or [""]]
    return list(dict.fromkeys([*plain, *(name.removesuffix(":") for name in split)]))
