"""Official rows brought into a folder of own tables, and what they change."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sim.errors import InputError, Problem
from sim.facts import own, schema, tables
from sim.facts.official.sheets import Cells, Official
from sim.files import write_whole


def bring_in(official: Official, folder: Path) -> tuple[Path, ...]:
    """Writes the rows into the tables of a folder and returns the files written.

    Rows of the same key are replaced, others stay. The whole folder is checked first: a fault is an InputError, and
    nothing is changed.
    """
    texts = {name: _with(folder / name, name, rows) for name, rows in official.rows.items()}
    with tempfile.TemporaryDirectory() as scratch:
        trial = Path(scratch)
        for path in folder.glob("*.csv") if folder.is_dir() else ():
            (trial / path.name).write_bytes(path.read_bytes())
        for name, text in texts.items():
            (trial / name).write_text(text, "utf-8")
        try:
            own.check(trial)
        except InputError as error:
            raise InputError(_elsewhere(error, trial, folder)) from None
    for name, text in texts.items():
        write_whole(folder / name, text, remedy="choose another --to")
    return tuple(folder / name for name in texts)


def _elsewhere(error: InputError, trial: Path, folder: Path) -> tuple[Problem, ...]:
    return tuple(replace(fault, path=fault.path.replace(str(trial), str(folder))) for fault in error.problems)


def _with(path: Path, name: str, rows: Sequence[Cells]) -> str:
    """The text of a table with the new rows in place of those with the same key."""
    columns = [column.name for column in tables.columns(schema.TABLES[name].row)]
    before: list[Cells] = []
    if path.is_file():
        sheet = own.sheet(path.read_bytes(), str(path))
        before = [dict(zip(sheet.header, texts, strict=False)) for _, texts in sheet.body]
    key = schema.TABLES[name].key
    new = {tuple(row.get(column, "") for column in key) for row in rows}
    kept = [row for row in before if tuple(row.get(column, "") for column in key) not in new]
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows([*kept, *rows])
    return out.getvalue()


@dataclass(frozen=True, slots=True)
class Change:
    """One figure that an own table adds (``before`` None) or changes, with the row it stands in."""

    table: str
    row: str
    column: str
    before: float | None
    after: float


def changes(rows: Mapping[str, Sequence[Any]]) -> Iterator[Change]:
    """Figures of own rows, by table, against the newest shipped figure of the same entity and time.

    ``rows``: as `sim.facts.own.check` returns them, or made from `Official.rows` by `typed`.
    """
    for name, own_rows in rows.items():
        table = schema.TABLES[name]
        figures = [c.name for c in tables.columns(table.row) if c.wanted.startswith("a number")]
        key = [column for column in table.key if column not in ("vintage", "known_on")]
        newest: dict[tuple[Any, ...], Any] = {}
        for row in sorted(tables.shipped(table.row, name), key=lambda row: row.known_on):
            newest[tables.key_of(row, key)] = row
        for row in own_rows:
            key_values, before = tables.key_of(row, key), newest.get(tables.key_of(row, key))
            for column in figures:
                after, earlier = getattr(row, column), getattr(before, column, None)
                if after is not None and after != earlier:
                    yield Change(name, " ".join(f"{part}" for part in key_values), column, earlier, after)


def typed(official: Official) -> dict[str, tuple[Any, ...]]:
    """The rows of an official file as the checks see them."""
    with tempfile.TemporaryDirectory() as scratch:
        for name, rows in official.rows.items():
            (Path(scratch) / name).write_text(_with(Path(scratch) / name, name, rows), "utf-8")
        try:
            return own.check(Path(scratch))
        except InputError as error:
            raise InputError(_elsewhere(error, Path(scratch), Path(official.publication))) from None
