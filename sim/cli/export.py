"""``alliance export``: all figures and tables of a result or comparison, to hand on."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli.options import FORMATS, Formats, OutPath, json_option, paths_shown, quiet_option, size_option, usable_cores
from sim.cli.progress import Progress
from sim.files import disk, file_name, write_whole

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
@json_option
@quiet_option
def export_command(
    folder: Path, formats: tuple[str, ...], size: str, out: Path | None, as_json: bool, quiet: bool
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
    files: list[Path] = []
    if drawn:
        from sim import figures

        with Progress("figures", quiet=quiet) as progress:
            files += figures.draw_all(
                source, target / "figures", drawn, usable_cores(), size=size, command=command, progress=progress
            )
    with disk(target):
        target.mkdir(parents=True, exist_ok=True)
        if "csv" in formats:
            files += [Path(shutil.copyfile(folder / name, target / name)) for name in names]
    if "xlsx" in formats:
        files.append(target / f"{file_name(folder.resolve().name)}.xlsx")
        write_whole(files[-1], workbook(folder, source, command))
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
