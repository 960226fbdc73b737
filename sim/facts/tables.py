"""Reads the CSV tables of this room into typed rows; every fault in a table is told with line and column.

A row type is a ``NamedTuple``: its fields are the columns and their annotations the types, so each table has one
declaration. Every table ends in the same five columns: ``vintage`` (the publication), ``known_on`` (first day on
which a simulation may see the row), ``stand_in`` (a later figure standing in for that day's), ``recalled`` (filled
from memory, not looked up) and ``source`` (keys of SOURCES.md joined by ``+``).
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import cache, lru_cache, partial, wraps
from importlib.resources import files
from importlib.resources.abc import Traversable
from math import isfinite
from operator import attrgetter
from pathlib import Path
from types import MappingProxyType, NoneType, UnionType
from typing import Any, Literal, NamedTuple, ParamSpec, Protocol, TypeVar, Union, get_args, get_origin, get_type_hints

from sim.errors import InputError, Problem
from sim.text import nearest


class Row(Protocol):
    """What every row of every table carries."""

    @property
    def known_on(self) -> date:
        """First day on which a simulation may see the row."""
        ...

    @property
    def source(self) -> str:
        """Keys of SOURCES.md, joined by +."""
        ...


class OwnTables(Protocol):
    """What reads the reader's own tables: it knows the shipped ones, which need not know it."""

    def tables_of(self, folder: Path) -> Mapping[str, tuple[Any, ...]]:
        """Own rows by table. Raises InputError with every fault of the folder at once."""
        ...

    def merged(self, rows: tuple[Any, ...], name: str, added: Sequence[Any]) -> tuple[Any, ...]:
        """Shipped rows with the reader's own added or put in their place."""
        ...


R = TypeVar("R", bound=tuple[Any, ...])
K = TypeVar("K", bound=Row)
P = ParamSpec("P")
A = TypeVar("A")
Panel = Mapping[str, Mapping[int, float]]
"""Values by country and year. A panel is remembered and handed to everyone who asks, so nobody can change it."""

_FORGET: list[Callable[[], None]] = []  # what ``per_folder`` remembers, to be forgotten by ``forget``
REMEMBERED = 256  # answers of one accessor: more than there are tables, and more days than anyone asks about at a time
ENVIRONMENT = "ALLIANCE_FACTS"  # a variable of the environment, so that worker processes see the same folder


def _flag(text: str) -> bool:
    if text not in ("0", "1"):
        raise ValueError(text)
    return text == "1"


_PARSERS: dict[Any, tuple[Callable[[str], Any], str]] = {
    str: (str, "text"),
    float: (float, "a number"),
    int: (int, "a whole number"),
    bool: (_flag, "0 or 1"),
    date: (date.fromisoformat, "a date like 2024-10-01"),
}


class _Column(NamedTuple):
    name: str
    parse: Callable[[str], Any]
    wanted: str
    optional: bool
    choices: tuple[str, ...]

    def read(self, cells: Sequence[str]) -> list[Any]:
        """Values of a column; equal texts are parsed once. Raises ValueError on the first bad cell."""
        if self.choices and not set(cells) <= set(self.choices):
            raise ValueError
        if self.parse is str:
            return list(cells)
        values = {text: self.value(text) for text in set(cells)}
        return list(map(values.__getitem__, cells))

    def value(self, text: str) -> Any:
        if self.choices and text not in self.choices:
            raise ValueError(text)
        if text == "" and self.optional:
            return None
        value = self.parse(text)
        if self.parse is float and not isfinite(value):
            raise ValueError(text)
        return value

    def complaint(self, text: str) -> str:
        if self.choices:
            if not text:
                return f"the cell is empty; allowed: {', '.join(self.choices)}"
            near = nearest(text, self.choices, most=1)
            hint = f"; did you mean '{near[0]}'?" if near else ""
            return f"'{text}' is not known here; allowed: {', '.join(self.choices)}{hint}"
        if text == "":
            return f"the cell is empty; it must hold {self.wanted}"
        return f"'{text}' is not {self.wanted}" + (" (or empty)" if self.optional else "")


@cache
def columns(row: type[tuple[Any, ...]]) -> tuple[_Column, ...]:
    """The columns of a table in order, from the fields of its row."""
    described = []
    for name, hint in get_type_hints(row).items():
        optional = get_origin(hint) in (Union, UnionType) and NoneType in get_args(hint)
        kind = next(arg for arg in get_args(hint) if arg is not NoneType) if optional else hint
        choices = get_args(kind) if get_origin(kind) is Literal else ()
        parse, wanted = _PARSERS[str if choices else kind]
        described.append(_Column(name, parse, wanted, optional, choices))
    return tuple(described)


def parse(row: type[R], text: str, path: str) -> tuple[R, ...]:
    """Rows of a table. Raises InputError with every bad column and cell of the table at once."""
    declared = columns(row)
    lines = list(csv.reader(io.StringIO(text)))
    header, body = (lines[0], lines[1:]) if lines else ([], [])
    names = [column.name for column in declared]
    if header != names:
        raise InputError(_header_problems(header, names, path))
    if set(map(len, body)) - {len(names)}:
        ragged = [n for n, cells in enumerate(body, 2) if len(cells) != len(names)]
        message = f"the row must have {len(names)} cells, one for each column"
        raise InputError(tuple(Problem(path, n, 1, "", message) for n in ragged))
    if not body:
        raise InputError((Problem(path, 2, 1, "", "the table has no rows"),))
    try:
        values = [column.read(cells) for column, cells in zip(declared, zip(*body, strict=True), strict=True)]
    except ValueError:
        raise InputError(_cell_problems(declared, body, path)) from None
    # What `_make` does, without a call of Python's for each row.
    return tuple(map(partial(tuple.__new__, row), zip(*values, strict=True)))


def _header_problems(header: list[str], names: list[str], path: str) -> tuple[Problem, ...]:
    problems = [Problem(path, 1, 1, name, "this column is missing") for name in names if name not in header]
    for position, name in enumerate(header):
        if name not in names:
            near = nearest(name, names, most=1)
            hint = f"; did you mean '{near[0]}'?" if near else ""
            column = 1 + sum(len(cell) + 1 for cell in header[:position])
            problems.append(Problem(path, 1, column, name, f"unknown column; allowed: {', '.join(names)}{hint}"))
    if not problems:
        problems.append(Problem(path, 1, 1, "", f"the columns must stand in this order: {', '.join(names)}"))
    return tuple(sorted(problems))


def _cell_problems(columns: Sequence[_Column], body: Sequence[Sequence[str]], path: str) -> tuple[Problem, ...]:
    problems = []
    for line, cells in enumerate(body, 2):
        for position, (column, text) in enumerate(zip(columns, cells, strict=True)):
            try:
                column.value(text)
            except ValueError:
                written = io.StringIO()
                csv.writer(written, lineterminator="").writerow(cells[:position])
                offset = len(written.getvalue()) + 2 if position else 1
                problems.append(Problem(path, line, offset, column.name, column.complaint(text)))
    return tuple(problems)


def folder() -> Traversable:
    """Where the tables are, also inside a wheel."""
    return files("sim.facts")


def own_folder() -> Path | None:
    """The folder of the reader's own tables in use (``using``, or the variable ALLIANCE_FACTS), or None."""
    chosen = os.environ.get(ENVIRONMENT, "")
    return Path(chosen) if chosen else None


_readers: list[Callable[[], OwnTables]] = []


def read_own_with(reader: Callable[[], OwnTables]) -> None:
    """Names what reads the reader's own tables; it is called when there are such."""
    _readers[:] = [reader]


def _own_tables() -> OwnTables:
    return _readers[0]()


@contextmanager
def using(chosen: str | os.PathLike[str] | None) -> Iterator[None]:
    """Within the block every accessor answers from the shipped tables with those of the folder ``chosen`` added.

    None: the shipped tables alone. The choice is the process's and is inherited by worker processes started inside
    the block. Raises InputError with every fault of the folder before anything is read from it.
    """
    before = os.environ.get(ENVIRONMENT)
    os.environ[ENVIRONMENT] = "" if chosen is None else str(Path(chosen).absolute())
    try:
        if chosen is not None:
            _own_tables().tables_of(Path(chosen))
        yield
    finally:
        if before is None:
            del os.environ[ENVIRONMENT]
        else:
            os.environ[ENVIRONMENT] = before


def _state_of_folder() -> tuple[Any, ...]:
    """What tells one state of the own tables from another: names, sizes and times of change."""
    chosen = own_folder()
    if chosen is None:
        return ()
    listed = sorted((*chosen.glob("*.csv"), *chosen.glob("*.npz")))
    return (str(chosen), *((path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in listed))


def per_folder(function: Callable[P, A]) -> Callable[P, A]:
    """Remembers the last answers of ``function``, apart for each state of the reader's own tables."""

    @lru_cache(maxsize=REMEMBERED)
    def remembered(_state: tuple[Any, ...], *args: Any, **kwargs: Any) -> A:
        return function(*args, **kwargs)

    @wraps(function)
    def answer(*args: P.args, **kwargs: P.kwargs) -> A:
        return remembered(_state_of_folder(), *args, **kwargs)  # type: ignore[arg-type]

    answer.cache_clear = remembered.cache_clear  # type: ignore[attr-defined]
    _FORGET.append(remembered.cache_clear)
    return answer


def forget() -> None:
    """Forget every answer and every shipped table, as if nothing had been read yet."""
    shipped.cache_clear()
    for clear in _FORGET:
        clear()


@cache
def shipped(row: type[R], name: str) -> tuple[R, ...]:
    """Rows of the shipped table ``name``, parsed once a process. Raises InputError if the table is damaged."""
    path = folder() / name
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"the table cannot be read ({type(error).__name__}); install the package again"
        raise InputError((Problem(f"sim/facts/{name}", 0, 0, "", message),)) from None
    return parse(row, text, f"sim/facts/{name}")


@per_folder
def read(row: type[R], name: str) -> tuple[R, ...]:
    """Rows of the table ``name``: the shipped ones, with the reader's own added or put in their place.

    Raises InputError with every fault of the folder of own tables, or if the shipped table is damaged.
    """
    rows, chosen = shipped(row, name), own_folder()
    if chosen is None:
        return rows
    own = _own_tables()
    added: tuple[R, ...] = own.tables_of(chosen).get(name, ())
    return own.merged(rows, name, added) if added else rows


def visible(rows: Iterable[K], known: date) -> list[K]:
    """Rows known on the day ``known``, oldest first, so that the newest vintage is the last of its key."""
    day = as_day(known)
    return sorted([row for row in rows if row.known_on <= day], key=attrgetter("known_on"))


def panel(cells: Iterable[tuple[str, int, float | None]]) -> Panel:
    """Cells of (country, year, value) as a panel that cannot be changed; of two of one year the later stands."""
    by_country: dict[str, dict[int, float]] = {}
    for country, year, value in cells:
        if value is not None:
            by_country.setdefault(country, {})[year] = value
    return MappingProxyType({country: MappingProxyType(years) for country, years in by_country.items()})


def key_of(row: Any, columns: Iterable[str]) -> tuple[Any, ...]:
    """The values of some columns of a row."""
    return tuple(getattr(row, column) for column in columns)


def as_day(known: date) -> date:
    """A calendar day. Raises InputError for anything that is not a date."""
    if isinstance(known, datetime):
        return known.date()
    if not isinstance(known, date):
        raise InputError(f"known must be a date, not {type(known).__name__}; write date(2024, 10, 1)")
    return known


def require_years(present: Sequence[tuple[str, int]], entities: Iterable[str], years: range, name: str) -> None:
    """Raises InputError naming every year that a panel table lacks for one of its entities.

    ``present``: (entity, year) of every row in the order of the table; the line told is the entity's first row.
    """
    lines = {entity: line for line, (entity, _) in reversed(list(enumerate(present, 2)))}
    have = set(present)
    span = f"years {years[0]} to {years[-1]} must be there"
    problems = tuple(
        Problem(f"sim/facts/{name}", lines.get(entity, len(present) + 2), 1, entity, f"year {year} is missing; {span}")
        for entity in entities
        for year in years
        if (entity, year) not in have
    )
    if problems:
        raise InputError(tuple(sorted(problems)))


@per_folder
def stamp() -> str:
    """Sha256 over names and bytes of all tables and the posterior, in name order: the facts vintage of a manifest.

    The reader's own tables in use count as well.
    """
    digest = hashlib.sha256()
    kept = [item for item in folder().iterdir() if item.name.endswith((".csv", ".npz"))]
    for path in sorted(kept, key=lambda item: item.name):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    chosen = own_folder()
    for path in sorted((*chosen.glob("*.csv"), *chosen.glob("*.npz"))) if chosen else ():
        digest.update(b"own\0" + path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


@per_folder
def stamp_until(day: date) -> str:
    """Sha256 over the rows of all tables that were known by the day: what an estimate made on that day rests on.

    Rows that become known later, shipped or the reader's own, do not change it.
    """
    digest, chosen = hashlib.sha256(), own_folder()
    for path in sorted((item for item in folder().iterdir() if item.name.endswith(".csv")), key=lambda item: item.name):
        header, *lines = csv.reader(io.StringIO(path.read_text("utf-8")))
        column = header.index("known_on")
        seen = [line for line in lines if line[column] <= day.isoformat()]
        digest.update(path.name.encode() + b"\0" + repr([header, *seen]).encode() + b"\0")
    if chosen is not None:
        for name, rows in _own_tables().tables_of(chosen).items():
            digest.update(name.encode() + b"\0" + repr([row for row in rows if row.known_on <= day]).encode() + b"\0")
    return digest.hexdigest()
