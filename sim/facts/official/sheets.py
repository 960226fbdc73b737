"""What every official file is read with: the cells of a workbook, printed figures, and what was found in the end."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sim.errors import InputError

Cells = dict[str, str]
Grid = list[tuple[Any, ...]]
_ABSENT = frozenset(
    {"", "-", ".", "..", "...", ". .", ". . .", "xxx", "na", "n/a", "nan"}
)  # how publishers print no figure
_PRINTED = re.compile(r"(-?\d{1,3}(?:[ ,\u00a0\u202f]\d{3})+(?:\.\d+)?|-?\d+(?:\.\d+)?)\s*(e?)[*¹²³]*")
MAIN_SHEET = "Bilateral Assistance, MAIN DATA"
KNOWN = (
    "NATO's defence expenditure workbook (sheets 'Table 2', 'Table 3' and 'Table 8a'), the Kiel tracker's workbook "
    f"(sheet '{MAIN_SHEET}') or its data_explorer.csv, SIPRI's workbook (sheet 'Share of GDP')"
)
"""The official files that are recognised, for a message."""


@dataclass(frozen=True, slots=True)
class Official:
    """What an official file holds, in the schema of this room.

    ``publication``: what it was recognised as; ``edition``: the vintage of its rows; ``known_on``: day of publication;
    ``rows``: table -> rows as cells; ``remarks``: what a reader must know, in full sentences.
    """

    publication: str
    edition: str
    known_on: date
    rows: Mapping[str, tuple[Cells, ...]]
    remarks: tuple[str, ...]


def workbook(path: Path, data: bytes) -> Any:
    """The workbook with the values of its formulas. Raises InputError for what is none."""
    import warnings
    import zipfile

    import openpyxl

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions that it leaves out
            return openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, TypeError, AttributeError) as error:
        raise InputError(f"{path}: no workbook that can be read ({type(error).__name__}); fetch it again") from None


def plain(text: object) -> str:
    """The text in small letters without spaces, as sheets and heads are compared."""
    return re.sub(r"\s+", "", str(text)).casefold()


def grid_of(sheet: Any) -> Grid:
    """The values of a sheet, row by row."""
    return [tuple(row) for row in sheet.iter_rows(values_only=True)]


def listed(names: Iterable[str]) -> str:
    """The first names, quoted, for a message."""
    return ", ".join(f"'{name}'" for name in list(names)[:8]) or "none"


def empty(cell: object) -> bool:
    """Whether a cell holds nothing."""
    return cell is None or str(cell).strip() == ""


def written(value: float, scale: float = 1.0) -> str:
    """A figure as it stands in our tables."""
    return repr(round(value * scale, 6))


def figure(path: Path, sheet: str, row: int, column: int, cell: object) -> tuple[float, bool] | None:
    """A printed figure and whether it carries the "e" of an estimate, None where there is none.

    Text with separators of thousands is read. Raises InputError, with the place, for what is no figure.
    """
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return float(cell), False
    text = str(cell).strip() if cell is not None else ""
    if text.casefold() in _ABSENT:
        return None
    match = _PRINTED.fullmatch(text)
    if match is None:
        place = f"{_letters(column)}{row}"
        raise InputError(
            f"{path}: sheet '{sheet}': cell {place} is {text[:40]!r}, not a figure; the layout has changed"
        )
    return float(re.sub(r"[ ,\u00a0\u202f]", "", match.group(1))), match.group(2) == "e"


def _letters(column: int) -> str:
    """The letters of a column of a sheet, which counts from 0."""
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(column + 1))


def day_of(path: Path, published: date | None, known: date | None = None) -> date:
    """The day of publication: the one given, else the one known. Raises InputError where there is neither."""
    day = published or known
    if day is None:
        raise InputError(f"{path}: the file does not say when it was published; add --published YYYY-MM-DD")
    return day


def year_of(cell: object) -> tuple[int, bool] | None:
    """The year of a head such as 2026 or "2026e" and whether it is an estimate, None for another text."""
    match = re.fullmatch(r"((?:19|20)\d\d)(?:\.0)?\s*(e?)", str(cell).strip()) if not empty(cell) else None
    return (int(match.group(1)), match.group(2) == "e") if match else None


def ending(vintage: str, day: date, source: str) -> Cells:
    """The columns in which every row ends."""
    return {"vintage": vintage, "known_on": day.isoformat(), "stand_in": "0", "recalled": "0", "source": source}
