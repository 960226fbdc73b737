"""How numbers, units, names, lists and dates are written, and which name a mistyped word may have meant.

Every room writes through these functions, so that the same quantity reads alike in a message, a table, a sentence and
a figure. Nothing here imports more than the standard library, and nothing here fails, whatever it is given to show.
"""

from __future__ import annotations

import calendar
import datetime
import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal
from difflib import SequenceMatcher
from html import escape
from typing import Any

LONGEST = 60
MISSING = "n/a"
_NUMBER = re.compile(r"[+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
COUNTED = ("members", "days")
# How a unit is written after a number in running text; other units follow the number with a space.
_AFTER = {"% of GDP": "% of GDP", "% of NATO total": "%", "% of defence expenditure": "%", "ratio": ""}
_UNWRITTEN = ("label", "0/1")
_POINTS = {
    "% of GDP": "percentage points of GDP",
    "% of NATO total": "percentage points of the NATO total",
    "% of defence expenditure": "percentage points of defence expenditure",
}


def tame(text: str, longest: int = LONGEST) -> str:
    """``text`` on one line: characters that cannot be printed are escaped, and what is too long is cut."""
    cut = text if len(text) <= longest else text[: longest - 3] + "..."
    return "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in cut)


# Letters that turn the direction of what follows them: a name can pose as another with them.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def unfit(text: str, breaks: str = "") -> str:
    """The first character of ``text`` that no terminal, page or picture may be given, escaped; empty if all are fit.

    These are control characters, halves of characters, points that are no character, and letters that turn the
    direction of writing. Characters in ``breaks``, such as a line's end, are fit.
    """
    for letter in text:
        if letter in breaks:
            continue
        kind = unicodedata.category(letter)
        if kind in ("Cc", "Cs") or letter in _TURNING or (ord(letter) & 0xFFFE) == 0xFFFE:
            return f"\\u{ord(letter):04x}"
    return ""


_RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """``text`` as a terminal may be given it: what would command it, or turn the direction of writing, is escaped.

    >>> printable("red \\x1b[31m")
    'red \\\\u001b[31m'
    """
    return _RAW.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def cell(text: str) -> str:
    """``text`` as a cell of a table for spreadsheets, which must not take it for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") and not _NUMBER.fullmatch(text) else text


def shown(raw: Any) -> str:
    """A value of a TOML file in a few words, however large or deep it is."""
    if isinstance(raw, str):
        return f'"{tame(raw)}"'
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, int):
        return str(raw) if abs(raw) < 10**15 else "a huge whole number"
    if isinstance(raw, float):
        return plain(raw) if math.isfinite(raw) else str(raw)
    if isinstance(raw, datetime.datetime):
        return "a date with a time of day"
    if isinstance(raw, datetime.date):
        return raw.isoformat()
    if isinstance(raw, datetime.time):
        return "a time of day"
    return "a list" if isinstance(raw, list) else "a table"


def dotted(path: Sequence[str | int]) -> str:
    """A path in a file as the user writes it: ``us.commitment.posture``, ``events[2].date``."""
    text = ""
    for part in path[:12]:
        if isinstance(part, int):
            text += f"[{part + 1}]"
        else:
            name = tame(part)
            bare = name and all(letter.isalnum() or letter in "-_" for letter in name)
            text += ("." if text else "") + (name if bare else f'"{name}"')
    return text + ("..." if len(path) > 12 else "")


def listed(names: Iterable[str], most: int = 8) -> str:
    """Names joined by commas; a list of more than ``most`` is cut and its length given."""
    names = list(names)
    if len(names) <= most:
        return ", ".join(tame(name) for name in names)
    return ", ".join(tame(name) for name in names[:most]) + f", ... ({len(names)} in all)"


def lower(text: str) -> str:
    """The same with a small first letter, to stand inside a sentence."""
    return text[:1].lower() + text[1:]


def capital(text: str) -> str:
    """The same with a capital first letter, to stand by itself."""
    return text[:1].upper() + text[1:]


def nearest(word: str, names: Iterable[str], most: int = 3, cutoff: float = 0.6) -> list[str]:
    """Up to ``most`` of ``names`` that are spelled like ``word``, best first, without regard to case."""
    scored = []
    matcher = SequenceMatcher(b=word.casefold()[:200], autojunk=False)
    for order, name in enumerate(names):
        matcher.set_seq1(name.casefold())
        if matcher.real_quick_ratio() >= cutoff and matcher.quick_ratio() >= cutoff and matcher.ratio() >= cutoff:
            scored.append((-matcher.ratio(), order, name))
    return [name for _, _, name in sorted(scored)[:most]]


def meant(names: Sequence[str]) -> str:
    """``; did you mean A?`` or ``; did you mean A or B?``; empty without names."""
    return f"; did you mean {' or '.join(names)}?" if names else ""


def unknown(noun: str, word: str, names: Iterable[str], most: int = 20) -> str:
    """What to say about a word that is none of ``names``: the nearest ones, or all that are allowed.

    ``unknown figure 'fornt'; did you mean front?`` or ``unknown figure 'x'; there are overview, front, ...``.
    """
    names = list(names)
    near = nearest(word, names, cutoff=0.5)
    return f"unknown {noun} '{tame(word)}'" + (meant(near) or f"; there are {listed(names, most)}")


def plain(value: float) -> str:
    """The shortest decimal text that reads back as the same number: ``2`` for 2.0, ``0.54`` for 0.54."""
    value = float(value)  # whole numbers too, whose own is_integer came with Python 3.12
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return repr(value)


def decimals(largest: float, unit: str = "") -> int:
    """Decimals worth showing where values of a ``unit`` reach ``largest`` in size; -2 rounds to hundreds.

    One table column or one chart has one number of decimals: ask with its largest value.
    """
    if unit in COUNTED:
        return 0
    if unit.startswith("% of GDP") or unit.startswith("index") or unit == "ratio":
        return 2
    size = abs(largest)
    return -2 if size >= 10_000 else 0 if size >= 100 else 1


def number(value: float, places: int = 0) -> str:
    """A number with thousands separated by commas and a real minus sign, never a negative nought; ``n/a`` for NaN."""
    value = float(value)
    if not math.isfinite(value):
        return MISSING
    text = f"{round(value, places):,.{max(places, 0)}f}"
    if text.startswith("-"):
        text = "−" + text[1:] if any(digit in text for digit in "123456789") else text[1:]
    return text


def brief(value: float, *, sign: bool = False) -> str:
    """A number to three digits that count, without an exponent: ``1,020``, ``0.0513``; with ``sign`` a difference."""
    if not math.isfinite(value):
        return MISSING
    text = format(Decimal(f"{value:.3g}"), "+,f" if sign and value else ",f")
    return text.replace("-", "−")


def quantity(value: float, error: float) -> str:
    """A number to the first digit that its ``error`` leaves standing."""
    places, size = 0, abs(error)
    while 0 < size < 1 and places < 6:
        size, places = size * 10, places + 1
    return number(value, places)


def signed(value: float, error: float) -> str:
    """A difference with its sign, to the first digit that ``error`` leaves standing."""
    text = quantity(abs(value), error)
    if not any(digit in text for digit in "123456789"):
        return text
    return ("−" if value < 0 else "+") + text


def amount(value: float, unit: str, places: int | None = None) -> str:
    """A level with its unit: ``2.31% of GDP``, ``EUR 212 bn``, ``114,000 km²``."""
    return with_unit(number(value, decimals(value, unit) if places is None else places), unit)


def with_unit(text: str, unit: str) -> str:
    """A written number with its unit."""
    if unit.startswith("index"):
        return text
    if unit in _AFTER:
        return text + _AFTER[unit]
    if unit.startswith(("USD ", "EUR ")):
        return f"{unit[:3]} {text} {unit[4:]}"
    return f"{text} {unit}" if unit and unit not in _UNWRITTEN else text


def difference(text: str, unit: str) -> str:
    """A written difference with its unit: ``USD 10 bn``, ``0.2 percentage points of GDP``."""
    if unit.startswith(("USD ", "EUR ")):
        return f"{unit[:3]} {text} {unit[4:]}"
    if unit.startswith("index"):
        return f"{text} points of the index"
    return f"{text} {_POINTS.get(unit, unit)}"


def span(low: float, high: float, unit: str) -> str:
    """A range in words, both ends with the same decimals: ``1.98 to 2.71``; the unit is said once before it."""
    places = decimals(max(abs(low), abs(high)), unit)
    return f"{number(low, places)} to {number(high, places)}"


def median_and_range(quantiles: Sequence[float], unit: str) -> str:
    """``2.31% of GDP (90% of runs: 1.98 to 2.71)`` from the 5, 25, 50, 75 and 95% quantiles of one date."""
    low, _, middle, _, high = map(float, quantiles)
    places = decimals(max(abs(low), abs(high)), unit)
    text = amount(middle, unit, places)
    if low == high:
        return f"{text} (the same in every run)"
    return f"{text} (90% of runs: {number(low, places)} to {number(high, places)})"


def html_table(caption: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table for notebooks; the first cell of each row is its heading, and every text is escaped."""
    top = f"<thead><tr>{''.join(f'<th>{escape(text)}</th>' for text in head)}</tr></thead>" if head else ""
    body = "".join(
        f"<tr><th>{escape(first)}</th>{''.join(f'<td>{escape(text)}</td>' for text in cells)}</tr>"
        for first, *cells in rows
    )
    return f"<table><caption>{escape(caption)}</caption>{top}<tbody>{body}</tbody></table>"


def share(value: float) -> str:
    """A share of runs in per cent with one decimal; one that is not exactly none or all is never rounded to it."""
    if not math.isfinite(value):
        return MISSING
    percent = 100 * float(value)
    if 0 < percent < 0.1:
        return "<0.1"
    return ">99.9" if 99.9 < percent < 100 else f"{percent:.1f}"


def in_runs(value: float, runs: int) -> str:
    """``In 72 of 100 runs``: a share of ``runs`` runs in natural frequencies, never rounded to none or to all."""
    if runs < 100:
        return f"In {round(value * runs)} of {runs} run{'' if runs == 1 else 's'}"
    if value <= 0:
        return f"In none of {runs:,} runs"
    if value >= 1:
        return f"In all {runs:,} runs"
    # Halves go up, and stored shares are single precision.
    hundredths = math.floor(100 * value + 0.5 + 1e-5)
    if hundredths == 0:
        return "In fewer than 1 of 100 runs"
    if hundredths == 100:
        return "In more than 99 of 100 runs"
    return f"In {hundredths} of 100 runs"


def runs_of_100(part: float, single: str = "run", many: str = "runs") -> str:
    """A share of runs as ``83 of 100 runs``, never rounding a few away: ``every run``, ``more than 99 of 100 runs``."""
    if part >= 1:
        return f"every {single}"
    if part <= 0:
        return f"no {single}"
    if part >= 0.995:
        return f"more than 99 of 100 {many}"
    if part <= 0.005:
        return f"fewer than 1 of 100 {many}"
    return f"{part * 100:.0f} of 100 {many}"


def day_of(moment: Any) -> datetime.date:
    """A ``datetime64``, an ISO text or a date as a date."""
    return datetime.date.fromisoformat(str(moment)[:10])


def full_date(day: datetime.date) -> str:
    """``1 October 2024``."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def when(day: datetime.date, every: str) -> str:
    """A date as a reader says it: ``2029`` for a yearly quantity, ``December 2029`` for a monthly one."""
    return str(day.year) if every == "year" else f"{MONTHS[day.month - 1]} {day.year}"


_CITED = re.compile(
    rf"(?:(?P<day>[0-9]{{1,2}}) )?(?P<month>{'|'.join(MONTHS)}) (?P<year>[0-9]{{4}})\b"
    r"|\b(?P<from>[0-9]{4})[-–](?P<to>[0-9]{2})\b"
    r"|(?<=et al\. )(?P<of>[0-9]{4})\b|(?<=poll )(?P<poll>[0-9]{4})\b|(?<=press )(?:of )?(?P<press>[0-9]{4})\b"
)
LATER = " [later than the start]"


def later_marked(source: str, start: datetime.date) -> str:
    """A citation with a mark after what is later than ``start``: a day, the end of a month, data of years beyond it.

    A range of years that begins after the start is what somebody expected of them, and so is no later source.

    >>> later_marked("NATO June 2024 release, yearly changes 2015-24", datetime.date(2022, 2, 24))
    'NATO June 2024 [later than the start] release, yearly changes 2015-24 [later than the start]'
    """

    def mark(found: re.Match[str]) -> str:
        return found[0] + (LATER if _is_later(found, start) else "")

    return _CITED.sub(mark, source)


def _is_later(found: re.Match[str], start: datetime.date) -> bool:
    if found["month"]:
        year, month = int(found["year"]), MONTHS.index(found["month"]) + 1
        day = int(found["day"] or calendar.monthrange(year, month)[1])
        return (year, month, day) > (start.year, start.month, start.day)
    if found["from"]:
        begins = int(found["from"])
        ends = begins - begins % 100 + int(found["to"])
        return begins <= start.year < ends
    return int(found["of"] or found["poll"] or found["press"]) > start.year
