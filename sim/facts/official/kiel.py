"""The Kiel tracker's workbook and its data_explorer.csv: aid by donor, month and kind, EUR bn."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from sim.errors import InputError
from sim.facts import own, roster, schema, tables
from sim.facts.official.sheets import KNOWN, MAIN_SHEET, Grid, Official, day_of, ending, figure, listed, written
from sim.scenario.entities import entity_code

_KIEL_COLUMNS = (
    "donor", "measure", "aid_type_general", "month", "month_exists_dummy", "tot_sub_activity_value_EUR_redistr",
    "tot_activity_value_EUR",
)  # fmt: skip
_EXPLORER = ("iso", "year", "month", "total", "financial", "humanitarian", "military", "commitments")
_KINDS = ("military", "financial", "humanitarian")


def read_explorer(path: Path, data: bytes, published: date | None, release: str | None) -> Official:
    """The tracker's data_explorer.csv: one line a donor and month, EUR bn."""
    cells = own.sheet(data, str(path))
    if not set(_EXPLORER) <= set(cells.header):
        raise InputError(f"{path}: none of the known files; known are {KNOWN}; its columns are {listed(cells.header)}")
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
    return _tracker(path, months, release or named, day_of(path, published, day), ())


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


def read_kiel(path: Path, grid: Grid, published: date | None, release: str | None) -> Official:
    """The tracker's workbook: one line a part of a package, EUR; months count from January 2022 as 1.

    Allocations are the parts' own values on lines marked so. Commitments are the activities' values on all lines: what
    was allocated had been committed, and an activity's value stands on its first line only.
    """
    header = [str(cell).strip() if cell is not None else "" for cell in grid[0]] if grid else []
    missing = [name for name in _KIEL_COLUMNS if name not in header]
    if missing:
        raise InputError(f"{path}: sheet '{MAIN_SHEET}': no column {listed(missing)}; the layout has changed")
    position = {name: header.index(name) for name in _KIEL_COLUMNS}
    months: dict[tuple[str, date, str, str], float] = {}
    undated, unknown = 0.0, set()
    for number, row in enumerate(grid[1:], start=2):
        cells = {name: row[n] if n < len(row) else None for name, n in position.items()}
        label, kind = (str(cells[name] or "").strip().casefold() for name in ("measure", "aid_type_general"))
        if label not in ("allocation", "commitment") or kind not in _KINDS:
            continue
        read = {
            name: figure(path, MAIN_SHEET, number, position[name], cells[name])
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
        raise InputError(f"{path}: donors that are not known here: {listed(sorted(unknown))}")
    named, day = _release_info(path)
    remark = (f"EUR {undated:.2f} bn carry no month and are left out.",) if abs(undated) >= 0.005 else ()
    return _tracker(path, months, release or named, day_of(path, published, day), remark)


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
        {"donor": donor, "month": month.isoformat(), "kind": kind, "measure": measure, "beur": written(value)}
        | ending(release, day, f"Kiel {path.name}")
        for (donor, month, kind, measure), value in sorted(whole.items())
        if abs(value) >= 5e-7
    ]
    if not lines:
        raise InputError(f"{path}: no figure of the tracker in it; the layout has changed")
    last = max(month for _, month, _, _ in months)
    said = (f"Months to {last:%B %Y}, in EUR bn; groups and the total of all donors are our sums.", *remarks)
    return Official("Kiel Ukraine Support Tracker", release, day, {"aid_monthly.csv": tuple(lines)}, said)
