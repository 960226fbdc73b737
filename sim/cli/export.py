"""``alliance export``: all figures and tables of a result or comparison, to hand on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli.options import (
    FORMATS,
    Formats,
    OutPath,
    force_option,
    json_option,
    paths_shown,
    quiet_option,
    size_option,
    usable_cores,
)
from sim.cli.progress import Progress
from sim.files import file_name, readable, write_whole

if TYPE_CHECKING:
    from sim.analysis import Comparison
    from sim.ensemble import Result

TABLES = ("csv", "xlsx")


@click.command("export")
@click.argument("folder", type=click.Path(path_type=Path), metavar="RESULTS|COMPARISON")
@click.option(
    "--format",
    "formats",
    type=Formats((*FORMATS, *TABLES)),
    default=(*FORMATS, *TABLES),
    metavar="png,svg,pdf,csv,xlsx",
    help="What to write.  [default: all]",
)
@size_option
@click.option("--out", type=OutPath(), help="Folder.  [default: FOLDER/export]")
@force_option
@json_option
@quiet_option
def export_command(
    folder: Path, formats: tuple[str, ...], size: str, out: Path | None, force: bool, as_json: bool, quiet: bool
) -> None:
    """Write all figures and tables of a result or comparison.

    The same content gives the same names and bytes, so a folder can be exported again.
    """
    import json

    from sim.analysis import open_source

    source, command = open_source(folder)
    target = out or folder / "export"
    drawn = tuple(word for word in formats if word in FORMATS)
    names = _tables(folder, source)
    replace = force or out is None
    tables: list[Path] = []
    for name in names if "csv" in formats else ():
        with readable(folder / name):
            content = (folder / name).read_bytes()
        tables.append(target / name)
        write_whole(tables[-1], content, replace=replace)
    if "xlsx" in formats:
        tables.append(target / f"{file_name(folder.resolve().name)}.xlsx")
        write_whole(tables[-1], workbook(folder, source, command), replace=replace)
    files: list[Path] = []
    if drawn:
        from sim import figures

        with Progress("figures", quiet=quiet) as progress:
            files = figures.draw_all(
                source,
                target / "figures",
                drawn,
                usable_cores(),
                size=size,
                command=command,
                progress=progress,
                replace=replace,
            )
    files += tables
    click.echo(json.dumps([str(path) for path in files], indent=2) if as_json else "\n".join(paths_shown(files)))


def workbook(folder: Path, source: Result | Comparison, command: str) -> bytes:
    """The Excel workbook of the result or comparison in ``folder``."""
    from sim.ensemble import Result
    from sim.figures.workbook import comparison_workbook, result_workbook

    if isinstance(source, Result):
        return result_workbook(source, (folder / "summary.csv").read_text(encoding="utf-8-sig"))
    return comparison_workbook(source, command)


def _tables(folder: Path, source: Result | Comparison) -> tuple[str, ...]:
    """The names of the tables in ``folder``, checked to be there."""
    from sim.ensemble import Result
    from sim.errors import InputError

    noun, names = (
        ("result", ("summary.csv",))
        if isinstance(source, Result)
        else ("comparison", ("inputs.csv", "differences.csv"))
    )
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        raise InputError(f"{folder / missing[0]}: missing; make the {noun} again")
    return names
