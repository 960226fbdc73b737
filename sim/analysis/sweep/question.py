"""The language of questions: an outcome at a date, a condition on it, a target for its probability.

    members_at_2pct@2030                         the value recorded last in 2030
    aid_delivered_beur:ALL@2026-06               of one entity, at the end of a month
    aid_delivered_beur:ALL@2025..2026            the change from one date to another
    us_commitment@2027 < 0.3                     a condition, true or false in each run
    P(members_at_3_5pct@2029 >= 28) >= 0.5       a target

Without ``P( ... )`` a target asks for even odds. Texts are parsed here and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError, Problem
from sim.scenario.entities import entity_code
from sim.text import unknown

Sign = Literal["<", "<=", ">", ">="]
Floats = NDArray[np.float64]
EVEN_ODDS = 0.5
_TOKEN = re.compile(
    r"\s*(?:(?P<number>[+-]?(?:\d+(?:_\d+)*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?![\w-])"
    r"|(?P<date>\d{4}(?:-\d{2}(?:-\d{2})?)?)|(?P<name>[A-Za-z_]\w*)|(?P<sign><=|>=|=<|=>|==|<|>|=|≤|≥)"
    r"|(?P<mark>\.\.|[:@()]))"
)
_NAMED = re.compile(r"\s*([^\W\d][^@:()<>=]*?)\s*(?=@)")
_SIGNS: dict[str, Sign] = {"≤": "<=", "≥": ">=", "=<": "<=", "=>": ">="}


@dataclass(frozen=True, slots=True)
class Recorded:
    """What can be asked about: the clock of each variable, its entities, the dates recorded.

    ``every`` maps a variable to ``"year"`` or ``"month"``, ``entities`` to its codes (none for a variable without an
    axis), ``labelled`` names variables that hold labels and so have no size.
    """

    every: Mapping[str, str]
    entities: Mapping[str, Sequence[str]]
    years: tuple[date, ...]
    months: tuple[date, ...]
    labelled: frozenset[str] = frozenset()

    def dates(self, variable: str) -> tuple[date, ...]:
        """The dates at which ``variable`` is recorded."""
        return self.years if self.every[variable] == "year" else self.months


@dataclass(frozen=True, slots=True)
class Outcome:
    """A recorded variable (of one entity) at a recorded date, or its change since an earlier one.

    ``place`` and ``since`` are positions on the time axis of the variable, ``row`` that on its entity axis.
    """

    variable: str
    entity: str
    day: date
    before: date | None
    place: int
    since: int | None
    row: int | None

    def __str__(self) -> str:
        """As the language writes it, dates in full."""
        head = f"{self.variable}:{self.entity}" if self.entity else self.variable
        return f"{head}@{self.before}..{self.day}" if self.before else f"{head}@{self.day}"

    @property
    def file_name(self) -> str:
        """The outcome as the name of a file or folder, on any system."""
        return re.sub(r"[^\w.-]+", "_", str(self))

    def read(self, record: Mapping[str, NDArray[Any]]) -> Floats:
        """The value in each run, ``(runs,)``, from variable -> ``(time, runs)`` or ``(time, entity, runs)``."""
        values = record[self.variable]
        rows = values if self.row is None else values[:, self.row]
        now = np.asarray(rows[self.place], np.float64)
        return now if self.since is None else now - np.asarray(rows[self.since], np.float64)


@dataclass(frozen=True, slots=True)
class Condition:
    """Whether an outcome lies on one side of a level."""

    outcome: Outcome
    sign: Sign
    level: float

    def __str__(self) -> str:
        """As the language writes it."""
        return f"{self.outcome} {self.sign} {self.level:g}"

    def holds(self, values: NDArray[Any]) -> NDArray[np.bool_]:
        """Where ``values`` of the outcome meet the condition, same shape; a missing value meets none."""
        compare = {"<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal}[self.sign]
        return np.asarray(compare(values, np.float32(self.level) if values.dtype == np.float32 else self.level))

    @property
    def question(self) -> str:
        """``P(condition)``, the name of its probability."""
        return f"P({self})"

    @property
    def file_name(self) -> str:
        """The condition as the name of a file or folder, on any system."""
        sign = {"<": "below", "<=": "at_most", ">": "above", ">=": "at_least"}[self.sign]
        return re.sub(r"[^\w.-]+", "_", f"{self.outcome} {sign} {self.level:g}")


@dataclass(frozen=True, slots=True)
class Target:
    """The probability a condition is to have; ``sign`` is ``>=`` (at least) or ``<=`` (at most)."""

    condition: Condition
    sign: Sign
    probability: float

    def __str__(self) -> str:
        """As the language writes it."""
        return f"P({self.condition}) {self.sign} {self.probability:g}"

    def met(self, share: Floats) -> NDArray[np.bool_]:
        """Whether shares of runs meet the target, same shape."""
        return np.asarray(share >= self.probability if self.sign == ">=" else share <= self.probability)


def outcome(text: str, recorded: Recorded, option: str = "--outcome") -> Outcome:
    """Read ``V@DATE``, ``V:ENTITY@DATE`` or ``V:ENTITY@DATE..DATE``.

    Raises:
        InputError: what is wrong, at which character, and what is near.
    """
    reader = _Reader(text, recorded, option)
    result = reader.outcome()
    reader.end()
    return result


def condition(text: str, recorded: Recorded, option: str = "--where") -> Condition:
    """Read ``V@DATE < X``. Raises InputError as `outcome` does."""
    reader = _Reader(text, recorded, option)
    result = reader.condition()
    reader.end()
    return result


def question(text: str, recorded: Recorded, option: str = "--outcome") -> Outcome | Condition:
    """Read what a sweep can keep: an outcome, or the probability of a condition ``P(V@DATE < X)``."""
    reader = _Reader(text, recorded, option)
    if not reader.probability():
        return outcome(text, recorded, option)
    result = reader.condition()
    reader.mark(")")
    reader.end()
    return result


def target(text: str, recorded: Recorded, option: str = "--target") -> Target:
    """Read ``P(V@DATE >= X) >= P``, or ``V@DATE >= X`` for even odds. Raises InputError as `outcome` does."""
    reader = _Reader(text, recorded, option)
    if not reader.probability():
        result = Target(reader.condition(), ">=", EVEN_ODDS)
        reader.end()
        return result
    inner = reader.condition()
    reader.mark(")")
    sign, _ = reader.sign()
    at = reader.at
    share = reader.number("a probability such as 0.5")
    if not 0 < share < 1:
        raise reader.problem(f"{share:g} is no probability to aim at; write a number between 0 and 1", at)
    reader.end()
    return Target(inner, ">=" if sign in (">", ">=") else "<=", share)


class _Reader:
    """Reads one text from left to right; every refusal names the character it stands at."""

    def __init__(self, text: str, recorded: Recorded, option: str) -> None:
        self.text, self.recorded, self.option, self.at = text, recorded, option, 0

    def problem(self, message: str, at: int) -> InputError:
        shown = f"{self.option} {self.text!r}"
        return InputError((Problem(shown, 0, 0, f"character {at + 1}" if self.text.strip() else "", message),))

    def take(self, *kinds: str) -> str | None:
        """The next token if it is of one of ``kinds``; otherwise nothing is read."""
        token = _TOKEN.match(self.text, self.at)
        if token is None or token.lastgroup not in kinds:
            return None
        self.at = token.end()
        return token.group(token.lastgroup)

    def here(self) -> int:
        """The next character that is not a blank."""
        return self.at + len(self.text[self.at :]) - len(self.text[self.at :].lstrip())

    def mark(self, wanted: str) -> None:
        at = self.here()
        if self.take("mark") != wanted:
            raise self.problem(f"{wanted!r} is missing", at)

    def optional(self, wanted: str) -> bool:
        at = self.at
        if self.take("mark") == wanted:
            return True
        self.at = at
        return False

    def end(self) -> None:
        at = self.here()
        if at < len(self.text):
            raise self.problem(f"nothing is expected after this, but {self.text[at:]!r} follows", at)

    def probability(self) -> bool:
        """Whether ``P(`` comes next; it is read if so."""
        if self.take("name") in ("P", "p") and self.optional("("):
            return True
        self.at = 0
        return False

    def outcome(self) -> Outcome:
        at = self.here()
        name = self.take("name")
        if name is None:
            raise self.problem("an outcome is missing; write VARIABLE@DATE, e.g. members_at_2pct@2030", at)
        if name not in self.recorded.every:
            raise self.problem(unknown("variable", name, self.recorded.every), at)
        if name in self.recorded.labelled:
            raise self.problem(f"{name} holds labels, which have no size; ask for a variable that holds numbers", at)
        row, entity = self.entity(name)
        if not self.optional("@"):
            raise self.problem(f"the date is missing; write {name}@{self.recorded.dates(name)[-1].year}", self.here())
        at_time = self.day(name)
        if not self.optional(".."):
            dates = self.recorded.dates(name)
            return Outcome(name, entity, dates[at_time], None, at_time, None, row)
        at, since = self.here(), at_time
        at_time = self.day(name)
        if at_time <= since:
            raise self.problem("a change runs from an earlier date to a later one", at)
        dates = self.recorded.dates(name)
        return Outcome(name, entity, dates[at_time], dates[since], at_time, since, row)

    def entity(self, name: str) -> tuple[int | None, str]:
        codes = tuple(self.recorded.entities.get(name, ()))
        at = self.here()
        if not self.optional(":"):
            if codes and "ALL" not in codes:
                raise self.problem(
                    f"{name} is recorded by entity; write {name}:{codes[0]}@..., one of {len(codes)}", at
                )
            return (codes.index("ALL"), "ALL") if codes else (None, "")
        at = self.here()
        # People's names have blanks: all that stands before the date is one name.
        named = _NAMED.match(self.text, self.at)
        self.at = named.end() if named else self.at
        word = named.group(1) if named else self.take("name") or ""
        code = entity_code(word, codes) or word
        if code not in codes:
            raise self.problem(unknown(f"entity of {name}", code, codes) if codes else f"{name} has no entities", at)
        return codes.index(code), code

    def day(self, name: str) -> int:
        """The position of a date on the axis of ``name``: a year or a month stands for the last date in it."""
        at = self.here()
        match = re.compile(r"\s*(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?(?![\w-])").match(self.text, self.at)
        dates = self.recorded.dates(name)
        if match is None:
            raise self.problem("a date is missing; write a year, a month such as 2027-06, or a day", at)
        self.at = match.end()
        year, month, day = (int(part) if part else None for part in match.groups())
        if month is None:
            fits = [index for index, recorded in enumerate(dates) if recorded.year == year]
        elif day is None:
            fits = [index for index, recorded in enumerate(dates) if (recorded.year, recorded.month) == (year, month)]
        else:
            fits = [
                index
                for index, recorded in enumerate(dates)
                if (recorded.year, recorded.month, recorded.day) == (year, month, day)
            ]
        if fits:
            return fits[-1]
        written = match.group().strip()
        raise self.problem(f"{name} is not recorded at {written}; {_around(dates, year or 0, month or 12, day)}", at)

    def condition(self) -> Condition:
        left = self.outcome()
        sign, _ = self.sign()
        return Condition(left, sign, self.number("a number to compare with"))

    def sign(self) -> tuple[Sign, int]:
        at = self.here()
        written = self.take("sign")
        signs: dict[str, Sign] = {"<": "<", "<=": "<=", ">": ">", ">=": ">=", **_SIGNS}
        if written not in signs:
            raise self.problem("one of <, <=, >, >= is missing", at)
        return signs[written], at

    def number(self, what: str) -> float:
        at = self.here()
        written = self.take("number", "date")
        if written is None:
            raise self.problem(f"{what} is missing", at)
        percent = self.text[self.at : self.at + 1] == "%"
        if percent and what.startswith("a probability"):
            self.at += 1
            return float(written) / 100
        return float(written)


def _around(dates: Sequence[date], year: int, month: int, day: int | None) -> str:
    """The recorded dates on either side of one that is not."""
    try:
        asked = date(year, month, day or 28)
    except ValueError:
        return "that is no date"
    if asked < dates[0] or asked > dates[-1] + timedelta(days=31):
        return f"its dates run from {dates[0]} to {dates[-1]}"
    before = max((day_recorded for day_recorded in dates if day_recorded <= asked), default=dates[0])
    after = min((day_recorded for day_recorded in dates if day_recorded >= asked), default=dates[-1])
    return f"nearest: {before}" + (f", {after}" if after != before else "")
