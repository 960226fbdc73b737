"""From what TOML holds to a value of a parameter, with every fault on the way.

Readers report each fault, with the path that leads to it inside the value, and hand back ``FAULT``.
"""

from __future__ import annotations

import datetime
import math
import re
from enum import Enum
from typing import Any, Final

from sim.scenario.document import KeyPath, Report
from sim.scenario.domain import Choice, Codes, Column, Day, Flag, Number, Rows, fit
from sim.scenario.entities import wrong_code
from sim.scenario.groups import Groups
from sim.scenario.parameter import Parameter
from sim.scenario.values import FAMILIES, Cell, Dated, Distribution, Row, Table, Value, Weights, fixed
from sim.text import listed, meant, nearest, plain, shown, tame, unfit


class Fault(Enum):
    """The one thing a reader gives in place of a wrong value; None is a value (never)."""

    FAULT = 0


FAULT: Final = Fault.FAULT


def read_value(raw: Any, parameter: Parameter, report: Report, groups: Groups | None = None) -> Value | Fault:
    """The value that ``raw`` gives ``parameter``. Faults go to ``report`` with the path inside the value.

    ``groups`` can stand in cells of codes; their names are kept.
    """
    domain = parameter.domain
    if isinstance(domain, Rows):
        return RowReader(parameter.key, domain, report, groups or Groups()).read(raw)
    if isinstance(domain, Number):
        return NumberReader(parameter, domain, report).read(raw)
    if isinstance(domain, Choice):
        return _choice(raw, domain, report)
    if isinstance(domain, Flag):
        return _flag(raw, report)
    return read_day(raw, report, never=True) if isinstance(domain, Day) else read_text(raw, report)


def read_text(raw: Any, report: Report) -> str | Fault:
    """A text that says something."""
    if isinstance(raw, str) and raw.strip():
        if letter := unfit(raw, "\n\r\t"):
            report((), f"this text holds the character {letter}, which cannot be shown; write it without")
            return FAULT
        return raw
    report((), f"{shown(raw)} is not a text; write some words in quotes")
    return FAULT


def read_day(raw: Any, report: Report, *, never: bool = False) -> datetime.date | Fault | None:
    """A day; None for "never" where that is allowed."""
    allowed = "write a date such as 2025-06-30" + (', or "never"' if never else "")
    if isinstance(raw, datetime.date) and not isinstance(raw, datetime.datetime):
        return raw
    if never and raw == "never":
        return None
    if never and isinstance(raw, str) and raw.casefold() == "never":
        report((), f'{shown(raw)} is not a date; did you mean "never"?')
    elif isinstance(raw, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", raw):
        report((), f"{shown(raw)} is a text; write the date without quotes: {raw}")
    elif isinstance(raw, datetime.datetime):
        report((), f"a date without time of day is needed: {raw.date().isoformat()}")
    else:
        report((), f"{shown(raw)} is not a date; {allowed}")
    return FAULT


def _flag(raw: Any, report: Report) -> bool | Fault:
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, str) and raw.casefold() in ("true", "false"):
        report((), f"{shown(raw)} is a text; write {raw.casefold()} without quotes")
    else:
        report((), f"{shown(raw)} is not true or false")
    return FAULT


def _choice(raw: Any, domain: Choice, report: Report) -> str | Weights | Fault:
    if isinstance(raw, dict):
        return _weights(raw, domain, report)
    if isinstance(raw, str) and raw in domain.options:
        return raw
    near = nearest(raw, domain.options, most=1) if isinstance(raw, str) else []
    report((), f"{shown(raw)} is not one of {listed(domain.options)}{meant(near)}")
    return FAULT


def _weights(raw: dict[str, Any], domain: Choice, report: Report) -> Weights | Fault:
    if "dist" in raw:
        report((), f"a choice takes weights, not dist; write {{{domain.options[0]} = 0.5, ...}}")
        return FAULT
    faults = 0
    for name, weight in raw.items():
        if name not in domain.options:
            near = nearest(name, domain.options, most=1)
            report((name,), f"{tame(name)} is not one of {listed(domain.options)}{meant(near)}")
        elif not is_number(weight):
            report((name,), f"{shown(weight)} is not a weight; weights are numbers from 0 to 1")
        elif not 0 <= weight <= 1:
            report((name,), f"the weight {shown(weight)} is not between 0 and 1")
        else:
            continue
        faults += 1
    if faults:
        return FAULT
    try:
        return Weights(tuple((name, float(weight)) for name, weight in raw.items()))
    except ValueError as fault:
        report((), str(fault))
        return FAULT


_PERCENT_SLIP = 0.2
_LOCATIONS = ("value", "mean", "median", "mode")


def is_number(raw: Any) -> bool:
    """Whether TOML gave a number; a flag is none."""
    return isinstance(raw, int | float) and not isinstance(raw, bool)


def _finite(raw: Any) -> float | None:
    """``raw`` as a float if it is a finite number that a float can hold."""
    if not is_number(raw):
        return None
    try:
        number = float(raw)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


class NumberReader:
    """Reads numbers, distributions and dated paths of one parameter."""

    def __init__(self, parameter: Parameter, domain: Number, report: Report) -> None:
        self.parameter, self.domain, self.report = parameter, domain, report

    def read(self, raw: Any) -> Distribution | Dated | Fault:
        """A number, a table with ``dist``, or a table of dates."""
        if not isinstance(raw, dict):
            return self.number(raw, ())
        if "dist" in raw:
            return self.distribution(raw, ())
        if "how" in raw or any(_day_of(name) for name in raw):
            return self.dated(raw)
        if raw and (near := nearest(next(iter(raw)), ("dist", "how"), most=1)):
            self.report((next(iter(raw)),), f"unknown key{meant(near)}")
        else:
            self.report((), _forms(self.domain))
        return FAULT

    def number(self, raw: Any, inner: KeyPath) -> Distribution | Fault:
        """A plain number."""
        number = _finite(raw)
        if number is None:
            self.report(inner, self.no_number(raw))
            return FAULT
        return self.checked(fixed(number), inner)

    def no_number(self, raw: Any) -> str:
        """Why ``raw`` is no number."""
        if isinstance(raw, int) and is_number(raw):
            return f"this whole number is too large; must be {self.domain.describe()}"
        if is_number(raw):
            return f"{shown(raw)} is not a finite number; must be {self.domain.describe()}"
        if isinstance(raw, str):
            match = re.fullmatch(r"\s*([+-]?\d+(?:[.,]\d+)?)\s*(%?)\s*", raw)
            if match:
                unit = " and without %: the unit is in the key" if match.group(2) else ""
                return f"{shown(raw)} is a text; write {match.group(1).replace(',', '.')} without quotes{unit}"
        return f"{shown(raw)} is not a number; must be {self.domain.describe()}"

    def checked(self, number: Distribution, inner: KeyPath) -> Distribution | Fault:
        """``number`` cut to the domain, unless it lies outside or looks like a fraction where per cent is meant."""
        slip = self.slip(number)
        if slip:
            self.report(inner, slip)
            return FAULT
        try:
            fitted = fit(number, self.domain)
        except ValueError as fault:
            self.report(inner, str(fault))
            return FAULT
        return fitted if isinstance(fitted, Distribution) else FAULT

    def slip(self, number: Distribution) -> str:
        """The question to ask about 0.035 where per cent is meant; empty if there is nothing to ask."""
        if not self.parameter.percent:
            return ""
        for name, value in number.args:
            is_place = name in _LOCATIONS or (name == "high" and number.family == "uniform")
            if is_place and self.is_slip(value):
                hundredfold = plain(float(f"{value * 100:.12g}"))
                space = "" if self.parameter.unit.startswith("%") else " "
                return (
                    f"{plain(value)} would mean {plain(value)}{space}{self.parameter.unit}; did you mean {hundredfold}?"
                )
        return ""

    def is_slip(self, value: float) -> bool:
        """Whether a hundred times ``value`` is of the size of the default, or, without one, allowed at all."""
        if not (0 < value < 1 and self.domain.low <= value * 100 <= self.domain.high):
            return False
        usual = _usual(self.parameter.default)
        return usual / 5 <= value * 100 <= usual * 5 if usual else value < _PERCENT_SLIP

    def distribution(self, raw: dict[str, Any], inner: KeyPath) -> Distribution | Fault:
        """A table with ``dist`` and the arguments of its family."""
        family = raw["dist"]
        if not isinstance(family, str) or family not in FAMILIES:
            near = nearest(family, FAMILIES, most=1) if isinstance(family, str) else []
            self.report((*inner, "dist"), f"{shown(family)} is not one of {', '.join(FAMILIES)}{meant(near)}")
            return FAULT
        if family == "discrete":
            return self.discrete(raw, inner)
        required, optional = FAMILIES[family]
        args, faults = [], self.unknown_arguments(raw, family, inner)
        for name in required + optional:
            if name not in raw:
                if name in required:
                    self.report(inner, f"{family} needs {name}; it takes {_takes(family)}")
                    faults += 1
                continue
            number = _finite(raw[name])
            if number is None:
                self.report((*inner, name), f"{shown(raw[name])} is not a finite number")
                faults += 1
            else:
                args.append((name, number))
        return FAULT if faults else self.distributed(family, tuple(args), inner)

    def unknown_arguments(self, raw: dict[str, Any], family: str, inner: KeyPath) -> int:
        """Report arguments that the family does not take; their number."""
        names = sum(FAMILIES[family], ())
        strange = [name for name in raw if name != "dist" and name not in names]
        for name in strange:
            hint = meant(nearest(name, [known for known in names if known not in raw], most=1))
            self.report((*inner, name), f"unknown argument; {family} takes {_takes(family)}{hint}")
        return len(strange)

    def discrete(self, raw: dict[str, Any], inner: KeyPath) -> Distribution | Fault:
        """Values with their weights; without weights all alike."""
        faults = self.unknown_arguments(raw, "discrete", inner)
        lists = {}
        for name in ("values", "weights"):
            numbers = raw.get(name)
            if name == "weights" and numbers is None:
                continue
            if not isinstance(numbers, list) or not numbers or any(_finite(number) is None for number in numbers):
                self.report((*inner, name), f"discrete needs {name} as a list of finite numbers")
                faults += 1
            else:
                lists[name] = [float(number) for number in numbers]
        if faults:
            return FAULT
        values = lists["values"]
        weights = lists.get("weights", [1 / len(values)] * len(values))
        if len(weights) != len(values):
            self.report(inner, f"discrete has {len(values)} values and {len(weights)} weights; give one for each")
            return FAULT
        pairs = sorted(zip(values, weights, strict=True))
        return self.distributed("discrete", tuple(p for v, w in pairs for p in (("value", v), ("weight", w))), inner)

    def distributed(self, family: str, args: tuple[tuple[str, float], ...], inner: KeyPath) -> Distribution | Fault:
        """The distribution, if its arguments make one and the domain allows it."""
        try:
            number = Distribution(family, args)
        except ValueError as fault:
            self.report(inner, str(fault))
            return FAULT
        return self.checked(number, inner)

    def dated(self, raw: dict[str, Any]) -> Dated | Fault:
        """Years or dates with numbers, and ``how`` to join them."""
        faults = 0
        how = raw.get("how")
        if how not in ("step", "linear"):
            words = f'{shown(how)} is not "step" or "linear"' if "how" in raw else "a dated value needs how"
            self.report(("how",) if "how" in raw else (), f'{words}; write how = "step" or how = "linear"')
            faults += 1
        points: dict[datetime.date, Distribution] = {}
        for name, inside in raw.items():
            if name == "how":
                continue
            day = _day_of(name)
            if day is None or day in points:
                fault = "is given twice" if day else "is not a year or a date; write 2025 or 2025-06-30"
                self.report((name,), f"{tame(name)} {fault}")
                faults += 1
                continue
            is_table = isinstance(inside, dict) and "dist" in inside
            number = self.distribution(inside, (name,)) if is_table else self.number(inside, (name,))
            if number is FAULT:
                faults += 1
            else:
                points[day] = number
        if not faults and not points:
            self.report((), "a dated value needs at least one year or date")
        if faults or not points:
            return FAULT
        return Dated(tuple(sorted(points.items())), "step" if how == "step" else "linear")


class RowReader:
    """Reads the rows of one key."""

    def __init__(self, key: str, domain: Rows, report: Report, groups: Groups) -> None:
        self.key, self.domain, self.report, self.groups = key, domain, report, groups

    def read(self, raw: Any) -> Table | Fault:
        """Rows from a list of tables."""
        if not isinstance(raw, list) or not all(isinstance(row, dict) for row in raw):
            self.report((), f"{shown(raw)} stands where rows are; write [[{self.key}]] before each")
            return FAULT
        rows = [self.row(row, number) for number, row in enumerate(raw)]
        names = [row.get("name") for row in rows if row]
        for number, row in enumerate(rows):
            if row and row.get("name") is not None and row.get("name") in names[:number]:
                self.report((number, "name"), f"the name {shown(row.get('name'))} is used twice; give each row its own")
                return FAULT
        return FAULT if None in rows else Table(tuple(row for row in rows if row))

    def row(self, raw: dict[str, Any], number: int) -> Row | None:
        """One row with the defaults of the columns it leaves out; None if it is faulty."""
        names = [column.name for column in self.domain.columns]
        strange = [name for name in raw if name not in names]
        for name in strange:
            near = meant(nearest(name, [known for known in names if known not in raw], most=1))
            self.report((number, name), f"unknown key{near or '; a row holds ' + ', '.join(names)}")
        cells: list[tuple[str, Cell]] = []
        faults = len(strange)
        for column in self.domain.columns:
            cell: Cell | Fault | None
            if column.name in raw:
                cell = self.cell(raw[column.name], column, (number, column.name))
            elif column.default is not None or column.optional:
                cell = column.default
            else:
                if not nearest(column.name, strange):
                    told = "a date such as 2025-06-30" if isinstance(column.domain, Day) else column.domain.describe()
                    self.report((number,), f"a row of {self.key} needs {column.name}: {told}")
                cell = FAULT
            if isinstance(cell, Fault):
                faults += 1
            elif cell is not None:
                cells.append((column.name, cell))
        return None if faults else Row(tuple(cells))

    def cell(self, raw: Any, column: Column, inner: KeyPath) -> Cell | Fault:
        """The cell that ``raw`` gives a column."""

        def report(path: KeyPath, message: str) -> None:
            self.report((*inner, *path), message)

        domain = column.domain
        if isinstance(domain, Codes):
            return self.codes(raw, domain, report)
        if isinstance(domain, Number):
            number = _finite(raw)
            low_and_high = number is not None and domain.low <= number <= domain.high
            if number is None or not low_and_high or (domain.integer and not number.is_integer()):
                unit = f" ({column.unit})" if column.unit else ""
                report((), f"{shown(raw)} is not {domain.describe()}{unit}")
                return FAULT
            return number
        if isinstance(domain, Choice):
            choice = _choice(raw, domain, report) if not isinstance(raw, dict) else FAULT
            if isinstance(raw, dict):
                report((), f"a row takes one of {listed(domain.options)}")
            return choice if isinstance(choice, str) else FAULT
        read = read_day(raw, report) if isinstance(domain, Day) else read_text(raw, report)
        return FAULT if read is None else read

    def codes(self, raw: Any, domain: Codes, report: Report) -> Cell | Fault:
        """A code, or a group whose name is kept."""
        if isinstance(raw, str) and (raw in domain.codes or self.groups.allowed(raw, domain.codes)):
            return (raw,)
        if isinstance(raw, list) and raw and all(code in domain.codes for code in raw) and len(set(raw)) == len(raw):
            return tuple(raw)
        if isinstance(raw, list) and raw and all(isinstance(code, str) for code in raw):
            for number, code in enumerate(raw):
                if code in raw[:number]:
                    report((number,), f"{tame(code)} is named twice")
                elif code in self.groups.names:
                    report(
                        (number,), f"{code} is a group; in a list write codes, or the group alone in place of the list"
                    )
                elif code not in domain.codes:
                    report((number,), wrong_code(code, domain.codes))
            return FAULT
        if not isinstance(raw, str) or not raw.strip():
            report((), f"{shown(raw)} is not {domain.describe()}")
            return FAULT
        near = nearest(raw, self.groups.names, most=1, cutoff=0.7)
        group = f"; or write the group {near[0]}" if near and self.groups.allowed(near[0], domain.codes) else ""
        report((), wrong_code(raw, domain.codes) + group)
        return FAULT


def _takes(family: str) -> str:
    required, optional = FAMILIES[family]
    return ", ".join(required) + (f" and, if cut, {', '.join(optional)}" if optional else "")


def _forms(domain: Number) -> str:
    return (
        f'a table needs dist = "normal", ... for a distribution, or years and how = "step" for a dated value; '
        f"a plain value must be {domain.describe()}"
    )


def _day_of(name: str) -> datetime.date | None:
    """The day a key of a dated value stands for; a year is its first day."""
    text = f"{name}-01-01" if re.fullmatch(r"[0-9]{4}", name) else name
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None


def _usual(default: Value) -> float:
    """A number near the middle of a default, found without SciPy; 0 if there is none."""
    if isinstance(default, Dated):
        return _usual(default.points[0][1])
    if not isinstance(default, Distribution):
        return 0.0
    args = dict(default.args)
    middle = next((args[name] for name in _LOCATIONS if name in args), None)
    if middle is None and default.family in ("uniform", "triangular"):
        middle = (args["low"] + args["high"]) / 2
    return max(0.0, middle or 0.0)
