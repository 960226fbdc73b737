"""What a parameter accepts, and how a value is made to fit it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias

from sim.scenario.values import OPEN, Cell, Dated, Distribution, Row, Table, Value, Weights, between
from sim.text import plain

LARGEST_OUTSIDE = 0.05
"""A distribution with open tails is cut to the domain, unless more than this share of it lies outside."""


@dataclass(frozen=True, slots=True)
class Number:
    """Numbers from ``low`` to ``high``, both allowed.

    ``percent`` says that values are per cent, so that ``0.035`` is answered with "did you mean 3.5?"; None means so
    where the key ends in ``_pct`` or ``_pct_gdp`` and nothing below 0 is allowed.
    """

    low: float = -math.inf
    high: float = math.inf
    integer: bool = False
    percent: bool | None = None

    def describe(self) -> str:
        """In words: ``a number from 0 to 10``."""
        noun = "a whole number" if self.integer else "a number"
        if math.isinf(self.low) and math.isinf(self.high):
            return noun
        if math.isinf(self.high):
            return f"{noun} of at least {plain(self.low)}"
        if math.isinf(self.low):
            return f"{noun} of at most {plain(self.high)}"
        return f"{noun} from {plain(self.low)} to {plain(self.high)}"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some names, or weights over them."""

    options: tuple[str, ...]

    def describe(self) -> str:
        """In words: ``one of continuity, conditional``."""
        return f"one of {', '.join(self.options)}"


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    def describe(self) -> str:
        """In words."""
        return "true or false"


@dataclass(frozen=True, slots=True)
class Day:
    """A day, or None for never."""

    def describe(self) -> str:
        """In words."""
        return 'a date such as 2025-06-30, or "never"'


@dataclass(frozen=True, slots=True)
class Text:
    """Any text."""

    def describe(self) -> str:
        """In words."""
        return "a text in quotes"


@dataclass(frozen=True, slots=True)
class Codes:
    """A code of a member or donor, or the name of a group of them."""

    codes: tuple[str, ...]

    def describe(self) -> str:
        """In words."""
        return f"a code such as {self.codes[0]}, or a group"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of rows. Without ``default`` it must be given, unless ``optional``. ``reported_only``: moves nothing."""

    name: str
    domain: Number | Choice | Day | Text | Codes
    meaning: str
    unit: str = ""
    default: Cell | None = None
    optional: bool = False
    reported_only: bool = False


@dataclass(frozen=True, slots=True)
class Rows:
    """Any number of rows, written as ``[[key]]`` tables; those of a file are added to those of its parents."""

    columns: tuple[Column, ...]

    def describe(self) -> str:
        """In words."""
        return f"rows of {', '.join(column.name for column in self.columns)}"


Domain: TypeAlias = Number | Choice | Flag | Day | Text | Rows


def fit(value: Value, domain: Domain) -> Value:
    """``value`` as the domain holds it: open tails are cut at the domain's bounds. ValueError says why it cannot be."""
    if isinstance(domain, Number):
        if isinstance(value, Dated):
            return Dated(tuple((day, _fit_number(number, domain)) for day, number in value.points), value.how)
        if isinstance(value, Distribution):
            return _fit_number(value, domain)
    elif isinstance(domain, Choice):
        names = (
            [value] if isinstance(value, str) else [n for n, _ in value.items] if isinstance(value, Weights) else [""]
        )
        if all(name in domain.options for name in names):
            return value
    elif isinstance(domain, Rows):
        if isinstance(value, Table) and all(_fits_row(row, domain) for row in value.rows):
            return value
    elif _fits_plainly(value, domain):
        return value
    raise ValueError(f"must be {domain.describe()}")


def _fits_row(row: Row, domain: Rows) -> bool:
    columns = {column.name: column.domain for column in domain.columns}
    return all(name in columns and _fits_cell(cell, columns[name]) for name, cell in row.cells)


def _fits_cell(cell: Cell, domain: Number | Choice | Day | Text | Codes) -> bool:
    if isinstance(domain, Number):
        whole = not domain.integer or (isinstance(cell, float) and cell.is_integer())
        return isinstance(cell, float) and domain.low <= cell <= domain.high and whole
    if isinstance(domain, Codes):
        return isinstance(cell, tuple) and all(code in domain.codes for code in cell)
    if isinstance(domain, Choice):
        return cell in domain.options
    return isinstance(cell, date if isinstance(domain, Day) else str)


def _fits_plainly(value: Value, domain: Flag | Day | Text) -> bool:
    if isinstance(domain, Flag):
        return isinstance(value, bool)
    if isinstance(domain, Day):
        return value is None or isinstance(value, date)
    return isinstance(value, str)


def _fit_number(number: Distribution, domain: Number) -> Distribution:
    low, high = number.support()
    if domain.integer and not (number.is_fixed or number.atoms()):
        raise ValueError(f'must be {domain.describe()}: write one number or dist = "discrete"')
    for atom in [low] if number.is_fixed else [value for value, _ in number.atoms()]:
        if domain.integer and not atom.is_integer():
            raise ValueError(f"{plain(atom)} is not {domain.describe()}")
    if domain.low <= low and high <= domain.high:
        return number
    if number.is_fixed:
        raise ValueError(f"{plain(low)} is not {domain.describe()}")
    open_low, open_high = number.family == "normal" and "low" not in dict(number.args), high == math.inf
    if (low < domain.low and not open_low) or (high > domain.high and not open_high):
        raise ValueError(f"{number.describe()} runs from {plain(low)} to {plain(high)}; must be {domain.describe()}")
    return _cut(number, domain)


def _cut(number: Distribution, domain: Number) -> Distribution:
    """A distribution with open tails, cut at the domain's bounds."""
    args = dict(number.args)
    low, high = number.support()
    whole = between(number.family, args, low, high)
    kept = between(number.family, args, max(low, domain.low), min(high, domain.high)) / whole
    if number.family in OPEN and kept < 1 - LARGEST_OUTSIDE:
        raise ValueError(
            f"{(1 - kept) * 100:.3g}% of {number.describe()} lies outside; must be {domain.describe()}: "
            f"move it, or state {_bounds(low, high, domain)} to cut it there"
        )
    if low < domain.low:
        args["low"] = domain.low
    if high > domain.high:
        args["high"] = domain.high
    order = [name for name in args if name not in ("low", "high")] + [name for name in ("low", "high") if name in args]
    return replace(number, args=tuple((name, float(args[name])) for name in order))


def _bounds(low: float, high: float, domain: Number) -> str:
    parts = [f"low = {plain(domain.low)}"] if low < domain.low else []
    return " and ".join(parts + ([f"high = {plain(domain.high)}"] if high > domain.high else []))
