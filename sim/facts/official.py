"""Official files as their publishers ship them: NATO's and SIPRI's workbooks, the Kiel tracker's workbook and its CSV.

``read_official`` recognises the file and returns the rows it holds in the schema of this room. Nothing is guessed: a
sheet, a block or a column that is missing is told in one line. ``bring_in`` writes the rows into a folder of own
tables, after the whole folder has passed the checks.
"""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sim.errors import InputError
from sim.facts import own, roster, schema, tables
from sim.files import write_whole
from sim.scenario.entities import entity_code

Cells = dict[str, str]
Grid = list[tuple[Any, ...]]
_FIRST_YEAR = 2014
_CORE_FROM = 2023  # "core defence" counts from this year on; the years before are the old measure
_BLUE = re.compile(r"^(FF)?0000FF$", re.IGNORECASE)  # SIPRI's colour of an estimate
_AGGREGATES = {"nato europe and canada": "NATO_EUR_CAN", "nato total": "NATO_TOTAL"}
_KIEL_SHEET = "Bilateral Assistance, MAIN DATA"
_KIEL_COLUMNS = (
    "donor", "measure", "aid_type_general", "month", "month_exists_dummy", "tot_sub_activity_value_EUR_redistr",
    "tot_activity_value_EUR",
)  # fmt: skip
_EXPLORER = ("iso", "year", "month", "total", "financial", "humanitarian", "military", "commitments")
_KINDS = ("military", "financial", "humanitarian")
_ABSENT = frozenset(
    {"", "-", ".", "..", "...", ". .", ". . .", "xxx", "na", "n/a", "nan"}
)  # how publishers print no figure
_PRINTED = re.compile(r"(-?\d{1,3}(?:[ ,\u00a0\u202f]\d{3})+(?:\.\d+)?|-?\d+(?:\.\d+)?)\s*(e?)[*¹²³]*")
KNOWN = (
    "NATO's defence expenditure workbook (sheets 'Table 2', 'Table 3' and 'Table 8a'), the Kiel tracker's workbook "
    f"(sheet '{_KIEL_SHEET}') or its data_explorer.csv, SIPRI's workbook (sheet 'Share of GDP')"
)


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
        return _explorer(path, data, published, release)
    book = _workbook(path, data)
    sheets = {_plain(name): name for name in book.sheetnames}
    if {"table2", "table3"} <= set(sheets):
        return _nato(path, {plain: book[name] for plain, name in sheets.items()}, published)
    if _KIEL_SHEET in book.sheetnames:
        return _kiel(path, _grid(book[_KIEL_SHEET]), published, release)
    if "shareofgdp" in sheets:
        return _sipri(path, book[sheets["shareofgdp"]], published)
    raise InputError(
        f"{path}: none of the known workbooks; known are {KNOWN}; its sheets are {_listed(sheets.values())}"
    )


def _workbook(path: Path, data: bytes) -> Any:
    import warnings
    import zipfile

    import openpyxl

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions that it leaves out
            return openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, TypeError, AttributeError) as error:
        raise InputError(f"{path}: no workbook that can be read ({type(error).__name__}); fetch it again") from None


def _plain(text: object) -> str:
    return re.sub(r"\s+", "", str(text)).casefold()


def _grid(sheet: Any) -> Grid:
    return [tuple(row) for row in sheet.iter_rows(values_only=True)]


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in list(names)[:8]) or "none"


def _empty(cell: object) -> bool:
    return cell is None or str(cell).strip() == ""


def _number(value: float, scale: float = 1.0) -> str:
    return repr(round(value * scale, 6))


def _figure(path: Path, sheet: str, row: int, column: int, cell: object) -> tuple[float, bool] | None:
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


def _day(path: Path, published: date | None, known: date | None = None) -> date:
    day = published or known
    if day is None:
        raise InputError(f"{path}: the file does not say when it was published; add --published YYYY-MM-DD")
    return day


# NATO


def _nato(path: Path, sheets: Mapping[str, Any], published: date | None) -> Official:
    """Tables 2 (dollars), 3 (shares) and 8a (equipment) of NATO's workbook."""
    spending, shares = _grid(sheets["table2"]), _grid(sheets["table3"])
    equipment = _grid(sheets["table8a"]) if "table8a" in sheets else []
    constant, title = _block(path, "Table 2", spending, r"constant (\d{4}) prices and exchange rates")
    current, _ = _block(path, "Table 2", spending, r"current prices and exchange rates")
    share, _ = _block(path, "Table 3", shares, r"share of real gdp")
    equipped = _block(path, "Table 8a", equipment, r"equipment")[0] if equipment else {}
    heads = (str(cell).casefold() for grid in (spending, shares) for row in grid[:6] for cell in row)
    core = any("core defence" in text for text in heads)
    day = _day(path, published)
    base = re.search(r"\d{4}", title)
    members, totals = [], []
    for (entity, year), (value, estimate) in sorted(share.items()):
        cells = {
            "year": f"{year}",
            "share_pct_gdp": _number(value),
            "spending_busd_constant": _cell(constant, entity, year, 1e-3),
            "price_base": base.group() if base else "",
            "spending_busd_current": _cell(current, entity, year, 1e-3),
            "estimate": str(int(estimate)),
            "definition": "core" if core and year >= _CORE_FROM else "total",
            **_end(day.isoformat(), day, f"NATO workbook {path.name}"),
        }
        if entity.startswith("NATO"):
            totals.append({"aggregate": entity, **cells})
        else:
            members.append({"member": entity, "equipment_share_pct": _cell(equipped, entity, year), **cells})
    codes = {cells["member"] for cells in members}
    missing = [m.code for m in roster.members() if m.has_forces and m.code not in codes]
    if missing:
        raise InputError(f"{path}: sheet 'Table 3': no row for {', '.join(missing)}; the layout has changed")
    counted = f"core defence from {_CORE_FROM}, the old measure before" if core else "the measure of 2014 to 2025"
    years = sorted({int(cells["year"]) for cells in members})
    estimates = sorted({int(cells["year"]) for cells in members if cells["estimate"] == "1"})
    remarks = (
        f"Years {years[0]} to {years[-1]}, estimates {', '.join(map(str, estimates)) or 'none'}; it counts {counted}.",
        f"Constant dollars are at prices and exchange rates of {base.group() if base else 'an unnamed year'}.",
    )
    rows = {"defence.csv": tuple(members)} | ({"aggregates.csv": tuple(totals)} if totals else {})
    return Official("NATO defence expenditure", day.isoformat(), day, rows, remarks)


Block = dict[tuple[str, int], tuple[float, bool]]


def _block(path: Path, sheet: str, grid: Grid, title: str) -> tuple[Block, str]:
    """Figures of the block under a title: (member or total, year) -> value and whether it is an estimate."""
    last, heading = "", ""
    years: dict[int, tuple[int, bool]] = {}
    block: Block = {}
    for number, row in enumerate(grid, start=1):
        cells = [cell for cell in row if not _empty(cell)]
        header = {column: year for column, cell in enumerate(row) if (year := _year(cell)) is not None}
        name = str(cells[0]).strip() if cells and _year(cells[0]) is None else ""
        entity = _entity(name)
        if len(header) >= 3 and not entity:
            last = name or last
            matches = re.search(title, last.casefold())
            years, heading = (header, last) if matches and not block else ({}, heading)
        elif len(cells) == 1 and not entity:
            last, years = str(cells[0]).strip(), {}
        elif entity:
            for column, (counted, estimate) in years.items():
                read = _figure(path, sheet, number, column, row[column]) if column < len(row) else None
                if read is not None and (entity, counted) in block:
                    raise InputError(f"{path}: sheet '{sheet}': row {number}: '{name}' stands twice in a block")
                if read is not None:
                    block[entity, counted] = read[0], estimate or read[1]
    if not block:
        pattern = re.sub(r"\(\\d\{4\}\)", "YYYY", title)
        raise InputError(
            f"{path}: sheet '{sheet}': no block '{pattern}' with years and members; the layout has changed"
        )
    return block, heading


def _year(cell: object) -> tuple[int, bool] | None:
    match = re.fullmatch(r"((?:19|20)\d\d)(?:\.0)?\s*(e?)", str(cell).strip()) if not _empty(cell) else None
    return (int(match.group(1)), match.group(2) == "e") if match else None


def _entity(name: str) -> str:
    """Code of a member or total from its name in NATO's tables, without stars, notes and currencies; "" if none."""
    plain = re.sub(r"\(.*?\)|[*¹²³]|\d+$", "", name).strip()
    codes = [member.code for member in roster.members() if member.has_forces]
    return _AGGREGATES.get(plain.casefold()) or entity_code(plain, codes) or ""


def _cell(block: Block, entity: str, year: int, scale: float = 1.0) -> str:
    return _number(block[entity, year][0], scale) if (entity, year) in block else ""


def _end(vintage: str, day: date, source: str) -> Cells:
    return {"vintage": vintage, "known_on": day.isoformat(), "stand_in": "0", "recalled": "0", "source": source}


# SIPRI


def _sipri(path: Path, sheet: Any, published: date | None) -> Official:
    """Shares of GDP of the members, Russia and Ukraine from 1990 on; blue figures are SIPRI's estimates."""
    rows = list(sheet.iter_rows())
    head = next((n for n, row in enumerate(rows) if _plain(row[0].value or "") == "country"), None)
    header = rows[head] if head is not None else ()
    years = {n: parsed[0] for n, cell in enumerate(header) if (parsed := _year(cell.value)) is not None}
    if head is None or not years:
        raise InputError(f"{path}: sheet 'Share of GDP': no line 'Country' with years; the layout has changed")
    last = max(years.values())
    vintage, day = f"{last + 1}-04", _day(path, published, date(last + 1, 4, 30))
    codes = [*(member.code for member in roster.members() if member.has_forces), "RUS", "UKR"]
    extra = {"russia": "RUS", "ukraine": "UKR"}
    shares: list[Cells] = []
    for number, row in enumerate(rows[head + 1 :], start=head + 2):
        name = re.sub(r"[*¹²³]", "", str(row[0].value or "")).strip()
        code = extra.get(name.casefold()) or entity_code(name, codes)
        if code and code in {cells["member"] for cells in shares}:
            raise InputError(f"{path}: sheet 'Share of GDP': row {number}: '{name}' stands twice")
        for n, year in years.items():
            read = _figure(path, "Share of GDP", number, n, row[n].value) if code and n < len(row) else None
            if read is not None and year >= 1990:
                colour = row[n].font.color.rgb if row[n].font and row[n].font.color else ""
                estimate = isinstance(colour, str) and bool(_BLUE.match(colour))
                cells = {"member": str(code), "year": f"{year}", "share_pct_gdp": _number(read[0], 100)}
                cells |= {"estimate": str(int(estimate))}
                shares.append(cells | _end(vintage, day, f"SIPRI workbook {path.name}"))
    codes_found = {cells["member"] for cells in shares}
    missing = [code for code in codes if code not in codes_found]
    if missing:
        raise InputError(f"{path}: sheet 'Share of GDP': no row for {', '.join(missing)}; the layout has changed")
    estimates = sum(cells["estimate"] == "1" for cells in shares)
    remarks = [f"Years 1990 to {last}; figures that SIPRI estimated: {estimates}."]
    if published is None:
        remarks.append(f"The workbook carries no day of publication: {day} stands for it; --published says otherwise.")
    return Official("SIPRI military expenditure", vintage, day, {"milex.csv": tuple(shares)}, tuple(remarks))


# Kiel


def _explorer(path: Path, data: bytes, published: date | None, release: str | None) -> Official:
    """The tracker's data_explorer.csv: one line a donor and month, EUR bn."""
    cells = own.sheet(data, str(path))
    if not set(_EXPLORER) <= set(cells.header):
        raise InputError(f"{path}: none of the known files; known are {KNOWN}; its columns are {_listed(cells.header)}")
    named, day = _release_info(path)
    months: dict[tuple[str, date, str, str], float] = {}
    for number, texts in cells.body:
        line = dict(zip(cells.header, texts, strict=False))
        try:
            month = date(int(line["year"]), int(line["month"]), 1)
            values = {kind: float(line[kind] or 0) for kind in (*_KINDS, "total", "commitments")}
        except (ValueError, KeyError):
            raise InputError(
                f"{path}:{number}: year, month and the sums must be numbers; the file is damaged"
            ) from None
        donor = _donor(line["iso"]) or _donor(line.get("country", ""))
        if donor is None:
            raise InputError(f"{path}:{number}: '{line['iso']}' is no donor of the tracker that is known here")
        for kind, value in values.items():
            measure = "commitment" if kind == "commitments" else "allocation"
            key = donor, month, "total" if kind == "commitments" else kind, measure
            months[key] = months.get(key, 0.0) + value
    return _tracker(path, months, release or named, _day(path, published, day), ())


def _release_info(path: Path) -> tuple[str | None, date | None]:
    """Release and day from a release_info.csv beside the file, or the release from the file's name."""
    named = re.search(r"release[_ -]?(\d+)", path.name, re.IGNORECASE)
    beside = path.with_name("release_info.csv")
    if beside.is_file():
        lines = list(csv.DictReader(io.StringIO(beside.read_text("utf-8-sig", errors="replace"))))
        try:
            return f"R{int(lines[0]['release'])}", date.fromisoformat(lines[0]["date"])
        except (KeyError, ValueError, IndexError):
            raise InputError(f"{beside}: no release and date that can be read") from None
    return (f"R{named.group(1)}" if named else None), None


def _kiel(path: Path, grid: Grid, published: date | None, release: str | None) -> Official:
    """The tracker's workbook: one line a part of a package, EUR; months count from January 2022 as 1.

    Allocations are the parts' own values on lines marked so. Commitments are the activities' values on all lines: what
    was allocated had been committed, and an activity's value stands on its first line only.
    """
    header = [str(cell).strip() if cell is not None else "" for cell in grid[0]] if grid else []
    missing = [name for name in _KIEL_COLUMNS if name not in header]
    if missing:
        raise InputError(f"{path}: sheet '{_KIEL_SHEET}': no column {_listed(missing)}; the layout has changed")
    position = {name: header.index(name) for name in _KIEL_COLUMNS}
    months: dict[tuple[str, date, str, str], float] = {}
    undated, unknown = 0.0, set()
    for number, row in enumerate(grid[1:], start=2):
        cells = {name: row[n] if n < len(row) else None for name, n in position.items()}
        label, kind = (str(cells[name] or "").strip().casefold() for name in ("measure", "aid_type_general"))
        if label not in ("allocation", "commitment") or kind not in _KINDS:
            continue
        read = {
            name: _figure(path, _KIEL_SHEET, number, position[name], cells[name])
            for name in ("tot_sub_activity_value_EUR_redistr", "tot_activity_value_EUR", "month", "month_exists_dummy")
        }
        part, activity, counted, dated = ((value or (0.0, False))[0] for value in read.values())
        values = [("total", "commitment", activity)]
        if label == "allocation":
            values += [("total", "allocation", part), (kind, "allocation", part)]
        if not any(value for *_, value in values):
            continue
        donor = _donor(str(cells["donor"]))
        if donor is None:
            unknown.add(str(cells["donor"]))
        elif counted < 1 or dated < 0.5:
            undated += part if label == "allocation" else activity
        else:
            month = date(2022 + (int(counted) - 1) // 12, (int(counted) - 1) % 12 + 1, 1)
            for column, measure, value in values:
                key = donor, month, column, measure
                months[key] = months.get(key, 0.0) + value / 1e9
    undated /= 1e9
    if unknown:
        raise InputError(f"{path}: donors that are not known here: {_listed(sorted(unknown))}")
    named, day = _release_info(path)
    remark = (f"EUR {undated:.2f} bn carry no month and are left out.",) if abs(undated) >= 0.005 else ()
    return _tracker(path, months, release or named, _day(path, published, day), remark)


def _donor(name: str) -> str | None:
    plain = name.strip()
    if re.match(r"(EU\b|EU |European (Investment Bank|Peace Facility|Union|Commission))", plain):
        return "EUI"
    return entity_code(plain, [donor.code for donor in roster.donors()])


def _tracker(
    path: Path,
    months: Mapping[tuple[str, date, str, str], float],
    release: str | None,
    day: date,
    remarks: tuple[str, ...],
) -> Official:
    """Rows of a release with our sums of the groups; zeros are left out."""
    if release is None:
        raise InputError(f"{path}: the file does not say which release it is; add --release, such as R31")
    shipped = {row.vintage for row in tables.shipped(schema.TABLES["aid_monthly.csv"].row, "aid_monthly.csv")}
    if release in {*shipped, "R30"}:
        raise InputError(f"{path}: release {release} is among the shipped tables; bring in a later one")
    groups = {donor.code: donor.group for donor in roster.donors()}
    whole = dict(months)
    for (donor, month, kind, measure), value in months.items():
        for group in ("ALL", groups[donor]):
            if group != donor:
                whole[group, month, kind, measure] = whole.get((group, month, kind, measure), 0.0) + value
    lines = [
        {"donor": donor, "month": month.isoformat(), "kind": kind, "measure": measure, "beur": _number(value)}
        | _end(release, day, f"Kiel {path.name}")
        for (donor, month, kind, measure), value in sorted(whole.items())
        if abs(value) >= 5e-7
    ]
    if not lines:
        raise InputError(f"{path}: no figure of the tracker in it; the layout has changed")
    last = max(month for _, month, _, _ in months)
    said = (f"Months to {last:%B %Y}, in EUR bn; groups and the total of all donors are our sums.", *remarks)
    return Official("Kiel Ukraine Support Tracker", release, day, {"aid_monthly.csv": tuple(lines)}, said)


# Into a folder


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


def _elsewhere(error: InputError, trial: Path, folder: Path) -> Any:
    from dataclasses import replace

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


def as_day(text: str) -> date:
    """A day written as 2026-07-10. Raises InputError."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise InputError(f"'{text}' is not a date like 2026-07-10") from None
