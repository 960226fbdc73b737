"""Official files as their publishers ship them: NATO's and SIPRI's workbooks, the Kiel tracker's workbook and its CSV.

``read_official`` recognises the file and returns the rows it holds in the schema of this room. Nothing is guessed: a
sheet, a block or a column that is missing is told in one line. ``bring_in`` writes the rows into a folder of own
tables, after the whole folder has passed the checks.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path

from sim.errors import InputError
from sim.facts.official.folder import Change, bring_in, changes, typed
from sim.facts.official.kiel import read_explorer, read_kiel
from sim.facts.official.nato import read_nato
from sim.facts.official.sheets import KNOWN, MAIN_SHEET, Official, grid_of, listed, plain, workbook
from sim.facts.official.sipri import read_sipri

__all__ = ["KNOWN", "Change", "Official", "as_day", "bring_in", "changes", "read_official", "typed"]


def read_official(path: Path, published: date | None = None, release: str | None = None) -> Official:
    """Recognises an official file and reads it.

    ``published``: day of publication, which NATO's and Kiel's workbooks do not carry; ``release``: Kiel's release, such
    as "R31", where neither the name of the file nor a release_info.csv beside it says so. Raises InputError, in one
    line, for a file that is none of those known, one whose layout differs, and a missing day or release.
    """
    if release is not None and not re.fullmatch(r"R\d+", release):
        raise InputError(f"'{release}' is no release; write R and its number, such as R31")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: the file cannot be read ({error.strerror})") from None
    if not data.startswith(b"PK"):
        return read_explorer(path, data, published, release)
    book = workbook(path, data)
    sheets = {plain(name): name for name in book.sheetnames}
    if {"table2", "table3"} <= set(sheets):
        return read_nato(path, {plain: book[name] for plain, name in sheets.items()}, published)
    if MAIN_SHEET in book.sheetnames:
        return read_kiel(path, grid_of(book[MAIN_SHEET]), published, release)
    if "shareofgdp" in sheets:
        return read_sipri(path, book[sheets["shareofgdp"]], published)
    raise InputError(
        f"{path}: none of the known workbooks; known are {KNOWN}; its sheets are {listed(sheets.values())}"
    )


def as_day(text: str) -> date:
    """A day written as 2026-07-10. Raises InputError."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise InputError(f"'{text}' is not a date like 2026-07-10") from None
