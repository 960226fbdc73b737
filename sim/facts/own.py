"""The reader's own tables: read as spreadsheets write them, checked as strictly as a scenario file, and added.

A folder holds tables under the names of the shipped ones. A row takes the place of the shipped row with the same key
from its ``known_on`` on; other rows are added. The rosters (members.csv, donors.csv) cannot be changed here.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from sim.errors import InputError, Problem
from sim.facts import checks, schema, tables
from sim.facts.checks import Line
from sim.text import nearest

R = TypeVar("R", bound=tuple[Any, ...])
_DEFAULTS = {"stand_in": "0", "recalled": "0"}


class Sheet(NamedTuple):
    """The cells of a text file: header, and body with line numbers; ``comma``: numbers are written 2,5."""

    header: list[str]
    body: list[tuple[int, list[str]]]
    comma: bool


def sheet(data: bytes, path: str) -> Sheet:
    """Cells of a CSV as spreadsheets export it: UTF-8 with or without mark, UTF-16; commas, semicolons or tabs.

    Raises InputError in one line for a workbook, an unknown encoding or an empty file.
    """
    text = _decode(data, path)
    lines = text.splitlines()
    skipped = 1 if lines and re.fullmatch(r"sep=.", lines[0].strip()) else 0
    if not any(line.strip() for line in lines[skipped:]):
        raise InputError((Problem(path, 0, 0, "", "the file is empty; its first line must name the columns"),))
    delimiter = max(",;\t", key=lines[skipped].count)
    reader = csv.reader(io.StringIO("\n".join(lines[skipped:])), delimiter=delimiter)
    header, body = [cell.strip() for cell in next(reader)], []
    before = reader.line_num
    for cells in reader:
        if any(cell.strip() for cell in cells):
            body.append((before + 1 + skipped, [cell.strip() for cell in cells]))
        before = reader.line_num
    while header and not header[-1]:
        header.pop()
    return Sheet(header, body, delimiter != ",")


def _decode(data: bytes, path: str) -> str:
    if data.startswith(b"PK"):
        message = "a workbook, not a CSV; save the sheet as 'CSV UTF-8', or bring it in with `alliance facts import`"
        raise InputError((Problem(path, 0, 0, "", message),))
    try:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return data.decode("utf-16")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        message = "the text is neither UTF-8 nor UTF-16; save it as 'CSV UTF-8'"
        raise InputError((Problem(path, 0, 0, "", message),)) from None


def merged(rows: tuple[R, ...], name: str, added: Sequence[R]) -> tuple[R, ...]:
    """Shipped rows with the reader's own: a shipped row stays until the own row of the same key is known."""
    key = schema.TABLES[name].key if name in schema.TABLES else ()
    first = {tables.key_of(row, key): row.known_on for row in added}  # type: ignore[attr-defined]
    kept = [row for row in rows if first.get(tables.key_of(row, key), date.max) > row.known_on]  # type: ignore[attr-defined]
    return (*kept, *added)


@tables.per_folder
def _checked(folder: Path) -> Mapping[str, tuple[Any, ...]]:
    return check(folder)


def tables_of(folder: Path) -> Mapping[str, tuple[Any, ...]]:
    """Own rows by table. Raises InputError with every fault of the folder at once."""
    return _checked(folder)


def check(folder: Path) -> dict[str, tuple[Any, ...]]:
    """Own rows by table of any folder, read anew. Raises InputError with every fault of the folder at once."""
    if not folder.is_dir():
        raise InputError(f"{folder}: no folder of facts; it must hold tables like defence.csv")
    problems: list[Problem] = []
    lines: dict[str, list[Line]] = {}
    for path in sorted(folder.glob("*")):
        if path.suffix.lower() == ".csv":
            problems += _read(path, lines)
        elif path.suffix.lower() in (".xlsx", ".xls", ".ods", ".tsv"):
            message = "only .csv tables are read here; bring a workbook in with `alliance facts import`"
            problems.append(Problem(str(path), 0, 0, "", message))
    problems += checks.faults(folder, lines)
    if problems:
        raise InputError(tuple(sorted(problems)))
    return {name: tuple(line.row for line in own) for name, own in lines.items()}


def notes(start: date) -> tuple[str, ...]:
    """What a start on this day does not see of the own tables in use, one sentence a table, for `alliance check`."""
    chosen = tables.own_folder()
    if chosen is None:
        return ()
    found = []
    for name, rows in tables_of(chosen).items():
        late = [row.known_on for row in rows if row.known_on > start]
        if late:
            part = "none" if len(late) == len(rows) else f"{len(rows) - len(late)}"
            found.append(
                f"{chosen / name}: a start on {start} sees {part} of {len(rows)} rows; "
                f"the first of the others is known on {min(late)}"
            )
    return tuple(found)


def _read(path: Path, lines: dict[str, list[Line]]) -> list[Problem]:
    """Parses one file into ``lines``; its faults."""
    if path.name not in schema.TABLES:
        if path.name in ("members.csv", "donors.csv"):
            return [Problem(str(path), 0, 0, "", "this roster cannot be changed; set membership in the scenario")]
        near = nearest(path.name, schema.TABLES, most=1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        return [Problem(str(path), 0, 0, "", f"no table of this name; allowed: {', '.join(schema.TABLES)}{hint}")]
    try:
        cells = sheet(path.read_bytes(), str(path))
    except InputError as error:
        return list(error.problems)
    except OSError as error:
        return [Problem(str(path), 0, 0, "", f"the file cannot be read ({type(error).__name__})")]
    columns = {column.name: column for column in tables.columns(schema.TABLES[path.name].row)}
    header = _header(cells.header, columns, str(path))
    if header:
        return header
    if not cells.body:
        return [Problem(str(path), 2, 1, "", "the table has no rows")]
    problems, rows = [], []
    for number, texts in cells.body:
        faults, line = _line(cells, columns, number, texts, str(path))
        problems += faults
        if line is not None:
            rows.append(line._replace(row=schema.TABLES[path.name].row(*line.row)))
    lines[path.name] = rows
    return problems


def _header(header: list[str], columns: Mapping[str, Any], path: str) -> list[Problem]:
    allowed, problems = ", ".join(columns), []
    for place, name in enumerate(header):
        offset = 1 + sum(len(cell) + 1 for cell in header[:place])
        if name not in columns:
            near = nearest(name, columns, most=1)
            hint = f"; did you mean '{near[0]}'?" if near else ""
            problems.append(Problem(path, 1, offset, name, f"unknown column; allowed: {allowed}{hint}"))
        elif name in header[:place]:
            problems.append(Problem(path, 1, offset, name, "this column stands twice"))
    for name, column in columns.items():
        if name not in header and not column.optional and name not in _DEFAULTS:
            problems.append(Problem(path, 1, 1, name, "this column is missing"))
    return problems


def _line(
    cells: Sheet, columns: Mapping[str, Any], number: int, texts: list[str], path: str
) -> tuple[list[Problem], Line | None]:
    """The values of one row in the order of the table, or its faults."""
    if len(texts) < len(cells.header) or any(texts[len(cells.header) :]):
        message = f"the row has {len(texts)} cells; it must have {len(cells.header)}, one for each column"
        return [Problem(path, number, 1, "", message)], None
    given = dict(zip(cells.header, texts, strict=False))
    offsets = {name: 1 + sum(len(text) + 1 for text in texts[:place]) for place, name in enumerate(cells.header)}
    problems, values = [], []
    for name, column in columns.items():
        text = given.get(name, _DEFAULTS.get(name, ""))
        if cells.comma and re.fullmatch(r"-?\d+,\d+", text) and column.wanted.startswith("a number"):
            text = text.replace(",", ".")
        try:
            values.append(column.value(text))
        except ValueError:
            problems.append(Problem(path, number, offsets.get(name, 1), name, column.complaint(text)))
    if not problems and not given["source"]:
        problems.append(Problem(path, number, offsets["source"], "source", "the cell is empty; say where it was read"))
    return problems, None if problems else Line(tuple(values), number, offsets)
