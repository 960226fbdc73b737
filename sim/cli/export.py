"""``alliance export`` and ``rerun``: figures and tables to hand on, and figures made again from what they carry."""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from sim.cli.options import FORMATS, Formats, OutPath, json_option, paths_shown, quiet_option, size_option, usable_cores
from sim.cli.progress import Progress

TABLES = ("csv", "xlsx")
COPIED = {"manifest.json": ("summary.csv",), "comparison.json": ("inputs.csv", "differences.csv")}


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

    kind = "comparison.json" if (folder / "comparison.json").is_file() else "manifest.json"
    target = out or folder / "export"
    drawn = tuple(word for word in formats if word in FORMATS)
    files = figure_files(folder, kind, target / "figures", drawn, size, quiet=quiet) if drawn else []
    texts = {name: (folder / name).read_text(encoding="utf-8") for name in _tables(folder, kind)}
    target.mkdir(parents=True, exist_ok=True)
    if "csv" in formats:
        files += [Path(shutil.copyfile(folder / name, target / name)) for name in texts]
    if "xlsx" in formats:
        files.append(write_workbook(target / f"{folder.resolve().name}.xlsx", texts))
    click.echo(json.dumps([str(path) for path in files], indent=2) if as_json else "\n".join(paths_shown(files)))


def figure_files(
    folder: Path, kind: str, target: Path, formats: Sequence[str], size: str, *, quiet: bool
) -> list[Path]:
    """Every figure of the result or comparison in ``folder``, written to ``target``."""
    from sim import figures

    with Progress("figures", quiet=quiet) as progress:
        if kind == "manifest.json":
            from sim.ensemble import open_result

            result = open_result(folder)
            return figures.draw_all(result, target, formats, usable_cores(), size=size, progress=progress)
        from sim.analysis import reopen

        comparison, line = reopen(folder)
        return figures.draw_all(comparison, target, formats, usable_cores(), size=size, command=line, progress=progress)


def _tables(folder: Path, kind: str) -> tuple[str, ...]:
    """The names of the tables in ``folder``, checked to belong to a finished result or comparison."""
    if kind == "manifest.json":
        from sim.ensemble import open_result

        open_result(folder)
    missing = [name for name in COPIED[kind] if not (folder / name).is_file()]
    if missing:
        from sim.errors import InputError

        raise InputError(f"{folder / missing[0]}: missing; make the comparison again")
    return COPIED[kind]


def write_workbook(path: Path, texts: Mapping[str, str]) -> Path:
    """One sheet per CSV text, the first row as heading; the same texts give the same bytes.

    Raises:
        FaultError: the file cannot be written.
    """
    import zipfile

    from openpyxl import Workbook

    from sim.errors import FaultError

    book = Workbook(write_only=True)
    for name, text in texts.items():
        sheet = book.create_sheet(Path(name).stem)
        sheet.freeze_panes = "A2"
        for row in csv.reader(io.StringIO(text)):
            sheet.append([_cell(word) for word in row])
    written = io.BytesIO()
    book.save(written)
    # A workbook notes when it was made, and as a zip file when each of its parts was written.
    fixed = io.BytesIO()
    with zipfile.ZipFile(written) as parts, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as again:
        for name in parts.namelist():
            content = re.sub(rb"\d{4}-\d\d-\d\dT[\d:]+Z", b"2000-01-01T00:00:00Z", parts.read(name))
            again.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(fixed.getvalue())
        part.replace(path)
    except OSError as error:
        raise FaultError(f"{path} cannot be written: {error.strerror}; choose another --out") from error
    return path


def _cell(word: str) -> str | float:
    """A number where the text is one, so that a spreadsheet can calculate with it."""
    try:
        return float(word)
    except ValueError:
        return word
