"""What cannot be in a table of facts: impossible figures, duplicates, other units, later figures under an early day,
sums that do not hold, and editions or releases that are incomplete or mixed. Each fault carries its line and column."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from sim.errors import Problem
from sim.facts import aid, roster, schema, spending, tables
from sim.text import nearest

_BY_EDITION = ("defence.csv", "aggregates.csv", "milex.csv", "economy.csv")  # vintage is the day of publication
_MEMBERS_AND_ENEMIES = ("milex.csv", "economy.csv")
_FIRST_MONTHS = date(2022, 3, 1)  # every release tells the first weeks of the war
_ANOTHER_UNIT = 200.0  # a figure this many times the shipped ones of the same entity has another unit
_SIZES = ("share_pct_gdp", "spending_busd_constant", "spending_busd_current", "gdp_busd", "population_m")


class Line(NamedTuple):
    """One row of an own table with the place where it stands: the line, and the column of each cell."""

    row: Any
    number: int
    offsets: Mapping[str, int]


def faults(folder: Path, tables_read: Mapping[str, Sequence[Line]]) -> list[Problem]:
    """Every fault of the tables of a folder, by the rules above; faults of single cells are told when they are read."""
    problems = [fault for name, lines in tables_read.items() for fault in _rows(str(folder / name), name, lines)]
    problems += _editions(folder, tables_read.get("defence.csv", []), tables_read.get("aggregates.csv", []))
    problems += _sipri(str(folder / "milex.csv"), tables_read.get("milex.csv", []))
    problems += _releases(str(folder / "aid_monthly.csv"), tables_read.get("aid_monthly.csv", []))
    return problems


def _rows(path: str, name: str, lines: Sequence[Line]) -> Iterator[Problem]:
    """Faults of single rows and pairs of rows: codes, bounds, duplicates, days, units."""
    table, first, norms = schema.TABLES[name], dict[tuple[Any, ...], int](), _norms(name)
    codes = _codes(name)
    for row, number, offsets in lines:

        def at(column: str, message: str, number: int = number, offsets: Mapping[str, int] = offsets) -> Problem:
            return Problem(path, number, offsets.get(column, 1), column, message)

        key = tables.key_of(row, table.key)
        if key in first:
            key_text = ", ".join(f"{value}" for value in key if value is not None)
            yield at(table.key[0], f"the same row as line {first[key]}: {key_text}")
        first.setdefault(key, number)
        for column, allowed in codes.items():
            if (code := getattr(row, column)) not in allowed:
                near = nearest(code, allowed, most=1)
                hint = f"; did you mean '{near[0]}'?" if near else ""
                yield at(column, f"'{code}' is not known here; allowed: {', '.join(allowed)}{hint}")
        bounded = False
        for column, (least, most) in table.limits.items():
            value = getattr(row, column)
            if value is not None and not least <= value <= most:
                bounded = True
                yield at(column, f"{value:g} is impossible; it must lie between {least:g} and {most:g}")
        for column in _SIZES if not bounded else ():
            value, norm = getattr(row, column, None), norms.get((key[0], column))
            if value and norm and not 1 / _ANOTHER_UNIT < value / norm < _ANOTHER_UNIT:
                yield at(
                    column, f"{value:g} does not fit the shipped figures of {key[0]} (about {norm:g}); check the unit"
                )
        yield from (at(column, message) for column, message in _days(row, name))


def _codes(name: str) -> dict[str, tuple[str, ...]]:
    """Columns of the table that hold codes, with the codes allowed."""
    fields = schema.TABLES[name].row._fields  # type: ignore[attr-defined]
    members = [member.code for member in roster.members()]
    extra = ["RUS", "UKR"] if name in _MEMBERS_AND_ENEMIES else []
    if name in ("defence.csv",):
        members = [member.code for member in roster.members() if member.has_forces]
    donors = (*(donor.code for donor in roster.donors()), *(group for group in aid.GROUPS if group != "USA"))
    codes = {"member": (*members, *extra), "donor": donors}
    if name in ("elections.csv", "governments.csv"):
        codes["code"] = tuple(members)
    return {column: allowed for column, allowed in codes.items() if column in fields}


def _norms(name: str) -> dict[tuple[Any, str], float]:
    """Median of the shipped figures of each entity, for columns whose unit can be told by their size."""
    table = schema.TABLES[name]
    columns = [column for column in _SIZES if column in table.row._fields]  # type: ignore[attr-defined]
    series: dict[tuple[Any, str], list[float]] = {}
    for row in tables.shipped(table.row, name) if columns else ():
        for column in columns:
            if (value := getattr(row, column)) is not None:
                series.setdefault((row[0], column), []).append(value)
    return {key: sorted(values)[len(values) // 2] for key, values in series.items()}


def _days(row: Any, name: str) -> Iterator[tuple[str, str]]:
    """Faults of days: a figure known before what it is about, or a later edition under an early day."""
    table, dated = schema.TABLES[name], re.fullmatch(r"\d{4}(-\d\d){0,2}", row.vintage)
    if (
        name in _BY_EDITION
        and dated
        and not row.stand_in
        and row.vintage > row.known_on.isoformat()[: len(row.vintage)]
    ):
        yield (
            "known_on",
            f"the publication of {row.vintage} cannot have been known on {row.known_on}; correct the day, or set "
            "stand_in to 1 if it stands in for an earlier one",
        )
    about = getattr(row, table.about) if table.about else None
    if isinstance(about, date) and table.ahead == "never" and about > row.known_on:
        yield "known_on", f"known on {row.known_on}, before the {table.about.replace('_', ' ')} {about}"
    if isinstance(about, int) and table.ahead == "year" and about > row.known_on.year + 1:
        yield table.about, f"a figure of {about} cannot have been known on {row.known_on}"
    if getattr(row, "status", "") == "held" and row.date > row.known_on:
        yield "known_on", f"the result of {row.date} cannot have been known on {row.known_on}"


def _editions(folder: Path, members: Sequence[Line], totals: Sequence[Line]) -> Iterator[Problem]:
    """Faults of whole NATO editions: incomplete, mixed definitions or price bases, sums that miss the totals."""
    shipped = {row.vintage for row in tables.shipped(spending.DefenceRow, "defence.csv")}
    path = str(folder / "defence.csv")
    forces = sum(member.has_forces for member in roster.members())
    for vintage in sorted({line.row.vintage for line in members}):
        lines = [line for line in members if line.row.vintage == vintage]
        yield from _mixed(path, lines, vintage)
        first = lines[0]
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", vintage):
            message = f"'{vintage}' is no edition; name it by its day of publication, such as 2026-07-10"
            yield Problem(path, first.number, first.offsets.get("vintage", 1), "vintage", message)
        elif vintage not in shipped:
            start = {line.row.member for line in lines if line.row.year == spending.FIRST_YEAR}
            if len(start) < forces:
                message = (
                    f"the edition {vintage} has {len(start)} of {forces} members in {spending.FIRST_YEAR} and would "
                    "answer no start; bring in the whole edition, or name the shipped one that you correct: "
                    f"{', '.join(sorted(shipped))}"
                )
                yield Problem(path, first.number, first.offsets.get("vintage", 1), "vintage", message)
    yield from _sums(str(folder / "aggregates.csv"), members, totals)


def _sipri(path: str, lines: Sequence[Line]) -> Iterator[Problem]:
    """New SIPRI editions that do not tell the past, and would be mixed with the one before."""
    shipped = {row.vintage for row in tables.shipped(spending.MilexRow, "milex.csv")}
    wanted = sum(member.has_forces for member in roster.members()) + 2
    for vintage in sorted({line.row.vintage for line in lines} - shipped):
        of_edition = [line for line in lines if line.row.vintage == vintage]
        count = len({line.row.member for line in of_edition if line.row.year == spending.FIRST_YEAR})
        if count < wanted:
            message = (
                f"the edition {vintage} has {count} of {wanted} countries in {spending.FIRST_YEAR}; bring in the whole "
                f"edition, or name the shipped one that you correct: {', '.join(sorted(shipped))}"
            )
            line = of_edition[0]
            yield Problem(path, line.number, line.offsets.get("vintage", 1), "vintage", message)


def _mixed(path: str, lines: Sequence[Line], vintage: str) -> Iterator[Problem]:
    """Rows of an edition that are counted or priced unlike most of it, its shipped rows included."""
    years: dict[int, Counter[str]] = {}
    bases: Counter[int] = Counter()
    shipped = [row for row in tables.shipped(spending.DefenceRow, "defence.csv") if row.vintage == vintage]
    for row in (*shipped, *(line.row for line in lines)):
        years.setdefault(row.year, Counter())[row.definition] += 1
        bases[row.price_base] += row.price_base is not None
    base = bases.most_common(1)[0][0] if bases else None
    for row, number, offsets in lines:
        usual = years[row.year].most_common(1)[0][0]
        if row.definition != usual:
            message = f"edition {vintage} counts {row.year} as '{usual}' elsewhere and as '{row.definition}' here"
            yield Problem(path, number, offsets.get("definition", 1), "definition", message)
        if row.price_base is None and row.spending_busd_constant is not None:
            message = "the cell is empty; say the year of the constant prices"
            yield Problem(path, number, offsets.get("price_base", 1), "price_base", message)
        elif row.price_base not in (None, base):
            message = f"edition {vintage} has prices of {base} elsewhere and of {row.price_base} here"
            yield Problem(path, number, offsets["price_base"], "price_base", message)


def _sums(path: str, members: Sequence[Line], totals: Sequence[Line]) -> Iterator[Problem]:
    """Totals that the members of the year miss by more than 1%, where both are of one own edition."""
    joined = {member.code: member.accession.year for member in roster.members()}
    for row, number, offsets in totals:
        for column in ("spending_busd_constant", "spending_busd_current"):
            parts = [
                getattr(line.row, column)
                for line in members
                if (line.row.vintage, line.row.year) == (row.vintage, row.year)
                and joined[line.row.member] <= row.year
                and (row.aggregate == "NATO_TOTAL" or line.row.member != "USA")
            ]
            total = getattr(row, column)
            if total is None or len(parts) < 20 or None in parts:
                continue
            if abs(sum(parts) / total - 1) > 0.01:
                message = f"{row.aggregate} {row.year} is {total:g}; its members in defence.csv sum to {sum(parts):g}"
                yield Problem(path, number, offsets.get(column, 1), column, message)


def _releases(path: str, lines: Sequence[Line]) -> Iterator[Problem]:
    """Faults of whole Kiel releases: months a release does not have, several days of publication, sums."""
    shipped = tables.shipped(aid.MonthRow, "aid_monthly.csv")
    ends = {name: max(row.month for row in shipped if row.vintage == name) for name in ("R20", "R29")}
    days: dict[str, tuple[date, int]] = {}
    for row, number, offsets in lines:
        end = ends.get(row.vintage)
        if end is not None and row.month > end:
            message = f"release {row.vintage} ends with {end:%Y-%m}; a later month is of a later release: name it"
            yield Problem(path, number, offsets.get("vintage", 1), "vintage", message)
        if not re.fullmatch(r"R\d+", row.vintage):
            message = f"'{row.vintage}' is no release; write R and its number, such as R31"
            yield Problem(path, number, offsets.get("vintage", 1), "vintage", message)
        day, line = days.setdefault(row.vintage, (row.known_on, number))
        if end is None and row.known_on != day:
            message = f"release {row.vintage} has one day: {day} on line {line}, {row.known_on} here"
            yield Problem(path, number, offsets.get("known_on", 1), "known_on", message)
    new = [line for line in lines if line.row.vintage not in ends]
    for vintage in sorted({line.row.vintage for line in new}):
        of_release = [line for line in new if line.row.vintage == vintage]
        first = min(line.row.month for line in of_release)
        if first > _FIRST_MONTHS:
            message = f"release {vintage} begins with {first:%Y-%m}; bring in all its months from 2022 on"
            number, offsets = of_release[0].number, of_release[0].offsets
            yield Problem(path, number, offsets.get("vintage", 1), "vintage", message)
    yield from _aid_sums(path, new)


def _aid_sums(path: str, lines: Sequence[Line]) -> Iterator[Problem]:
    """Months of a new release in which the groups miss the total of all donors, or the kinds the total."""
    values = {tables.key_of(line.row, schema.TABLES["aid_monthly.csv"].key): line for line in lines}
    for line in lines:
        row = line.row
        if row.donor != "ALL":
            continue

        def of(donor: str, kind: str, row: Any = row) -> float:
            value = values.get((donor, row.month, kind, row.measure, row.vintage))
            return value.row.beur if value else 0.0

        groups = sum(of(group, row.kind) for group in ("USA", "EUR", "OTHER"))
        kinds = sum(of("ALL", kind) for kind in ("military", "financial", "humanitarian"))
        if abs(groups - row.beur) > 0.02:
            message = f"{row.month:%Y-%m} {row.kind} {row.measure}: ALL is {row.beur:g}, its groups sum to {groups:g}"
            yield Problem(path, line.number, line.offsets.get("beur", 1), "beur", message)
        elif row.kind == "total" and row.measure == "allocation" and abs(kinds - row.beur) > 0.02:
            message = f"{row.month:%Y-%m} allocation: total {row.beur:g}, the kinds sum to {kinds:g}"
            yield Problem(path, line.number, line.offsets.get("beur", 1), "beur", message)
