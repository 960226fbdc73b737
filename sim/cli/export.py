"""``alliance export`` and ``rerun``: figures and tables to hand on, and figures made again from what they carry."""

from __future__ import annotations

from collections.abc import Sequence
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

    is_comparison = (folder / "comparison.json").is_file()
    target = out or folder / "export"
    drawn = tuple(word for word in formats if word in FORMATS)
    names = _tables(folder, is_comparison=is_comparison)
    replace = force or out is None
    tables: list[Path] = []
    for name in names if "csv" in formats else ():
        with readable(folder / name):
            content = (folder / name).read_bytes()
        tables.append(target / name)
        write_whole(tables[-1], content, replace=replace)
    if "xlsx" in formats:
        tables.append(target / f"{file_name(folder.resolve().name)}.xlsx")
        write_whole(tables[-1], workbook(folder, is_comparison=is_comparison), replace=replace)
    files: list[Path] = []
    if drawn:
        with Progress("figures", quiet=quiet) as progress:
            files = figure_files(
                folder, target / "figures", drawn, size, is_comparison=is_comparison, replace=replace, progress=progress
            )
    files += tables
    click.echo(json.dumps([str(path) for path in files], indent=2) if as_json else "\n".join(paths_shown(files)))


def figure_files(
    folder: Path,
    target: Path,
    formats: Sequence[str],
    size: str,
    *,
    is_comparison: bool,
    replace: bool,
    progress: Progress,
) -> list[Path]:
    """Every figure of the result or comparison in ``folder``, written to ``target``."""
    from sim import figures

    if is_comparison:
        from sim.analysis import reopen

        comparison, line = reopen(folder)
        source: Comparison | Result = comparison
    else:
        from sim.ensemble import open_result

        source, line = open_result(folder), ""
    return figures.draw_all(
        source, target, formats, usable_cores(), size=size, command=line, progress=progress, replace=replace
    )


def workbook(folder: Path, *, is_comparison: bool) -> bytes:
    """The Excel workbook of the result or comparison in ``folder``."""
    from sim.figures.workbook import comparison_workbook, result_workbook

    if is_comparison:
        from sim.analysis import reopen

        return comparison_workbook(*reopen(folder))
    from sim.ensemble import open_result

    return result_workbook(open_result(folder), (folder / "summary.csv").read_text(encoding="utf-8-sig"))


def _tables(folder: Path, *, is_comparison: bool) -> tuple[str, ...]:
    """The names of the tables in ``folder``, checked to belong to a finished result or comparison."""
    from sim.errors import InputError

    if not is_comparison:
        from sim.ensemble import open_result

        open_result(folder)
    names = ("inputs.csv", "differences.csv") if is_comparison else ("summary.csv",)
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        raise InputError(
            f"{folder / missing[0]}: missing; make the {'comparison' if is_comparison else 'result'} again"
        )
    return names
