"""What to say when a file is not TOML: the place, the fault in plain words and the way to mend it."""

from __future__ import annotations

import re

from sim.scenario.positions import Positions, locate
from sim.text import dotted, tame

_PLACE = re.compile(r"^(.*?) \(at (?:line (\d+), column (\d+)|end of document)\)$", re.DOTALL)

_DIGITS = re.compile(r"[0-9_]{4300,}")
LONGEST_LINE = 400

# What stands on the line -> what to say; the first that matches is used. {0} is shown as written, {point} with a
# decimal point, {joined} without commas and spaces, {small} in small letters.
_HINTS: tuple[tuple[str, str], ...] = (
    (r"([“”‘’„«»])", '{0} is a typographic quote; write straight quotes: "text"'),
    (r"^(<<<<<<<|=======|>>>>>>>)", "this is a mark of an unfinished merge; remove it"),
    (r"^\s*(//|/\*|;|--)", "comments begin with #, not {0}"),
    (r"^\s*\{", "this looks like JSON; a scenario is TOML: key = value"),
    (r"^\s*-\s", 'lists are written key = ["a", "b"]'),
    (r"^\s*\[\[?\s*\]", "a heading needs a name between its brackets"),
    (r"\{\s*(?:#.*)?$", "an inline table {...} must stand on one line; or write a [heading]"),
    (r",\s*\}", "remove the comma before }"),
    (r"[=\[{,]\s*([+-]?\d+(?:\.\d+)?)\s*%", "write {0} without %; the unit is in the key"),
    (r"=\s*([+-]?\d{1,3}(?:,\d{3})+)(?![\d,])\s*(?:#.*)?$", "{0} has commas between thousands; write {joined}"),
    (r"[=\[{]\s*([+-]?\d+,\d+)\s*(?:$|[#,}])", "{0} has a decimal comma; write {point}"),
    (r"=\s*(\d{1,3}(?: \d{3})+)\s*(?:#.*)?$", "{0} has spaces between thousands; write {joined}"),
    (r"=\s*(\d{1,2}[./]\d{1,2}[./]\d{2,4})", "{0} is not a date; write year-month-day: 2025-06-30"),
    (r"=\s*(\d{4}-\d{1,2}-\d{1,2})\b", "{0} is not a day of the calendar; write e.g. 2025-06-30"),
    (r"=\s*([+-]?0\d+)\b", "{0} begins with a zero; write the number without it"),
    (r"=\s*([+-]?\.\d+)\b", "{0} needs a digit before the point: 0.5"),
    (r"=\s*([+-]?\d+\.)(?!\d)", "{0} needs a digit after the point: 1.0"),
    (r"[=\[{,]\s*(True|False|TRUE|FALSE)\b", "write {small}, not {0}"),
    (r"=\s*(None|null|nil|NULL|Null|~)\s*(?:#.*)?$", "{0} is not a value; leave the key out to keep its default"),
    (
        r"=\s*(yes|no|on|off|Yes|No|On|Off|YES|ON|OFF)\s*(?:#.*)?$",
        "{0} needs quotes as a text; a flag is true or false",
    ),
    (r"=\s*([A-Za-z_][\w .-]*?)\s*(?:#.*)?$", '{0} needs quotes: "{0}"'),
    (r"=\s*(?:#.*)?$", "a value is missing after ="),
    (r"^\s*([\w.\"-]+)\s*:", "write = after {0}, not a colon"),
    (r"^\s*\[\[[^\]]*\]?\s*$", "close the heading with ]]"),
    (r"^\s*\[[^\[\]]*$", "close the heading with ]"),
    (r"^\s*([\w.\"-]+)\s+[^\s=]+\s*(?:#.*)?$", "write = after {0}"),
    (r"^[^=]+$", "this line is no key = value; a remark begins with #"),
)


def syntax_fault(text: str, fault: Exception) -> tuple[int, int, str, str]:
    """Line, column, key (or empty) and message for the fault that tomllib found in ``text``."""
    if isinstance(fault, RecursionError):
        return 0, 0, "", "tables or lists are nested too deeply; a scenario needs at most a few levels"
    match = _PLACE.match(str(fault))
    if match is None:
        digits = _DIGITS.search(text)
        before = text[: digits.start()] if digits else ""
        message = "this number has too many digits to be read"
        return before.count("\n") + 1, len(before) - before.rfind("\n"), "", message
    said = match.group(1)
    lines = text.split("\n")
    line, column = int(match.group(2) or len(lines)), int(match.group(3) or len(lines[-1]) + 1)
    repeat = _repeat(said, text, line)
    if repeat:
        return repeat
    return line, column, "", _hint(said, lines[line - 1] if line <= len(lines) else "") or _plainly(said)


def _repeat(said: str, text: str, line: int) -> tuple[int, int, str, str] | None:
    """A key or table set twice, with both places, if tree-sitter can tell."""
    if not said.startswith(("Cannot overwrite", "Cannot declare", "Duplicate", "Cannot mutate", "Cannot redefine")):
        return None
    found: Positions = locate(text)
    for path, first, second in found.repeats:
        if second[0] == line or len(found.repeats) == 1:
            return *second, dotted(path), f"set twice; first set on line {first[0]}; keep one"
    return None


def _plainly(said: str) -> str:
    """tomllib's sentence in our words."""
    if said.startswith("Expected newline"):
        return "something is left over after the value"
    if said.startswith("Illegal character '\\n'"):
        return "a text is not closed on its line; end it with a quote"
    if said.startswith("Illegal character"):
        return "a control character stands here; remove it"
    for start, ours in _SENTENCES.items():
        if said.startswith(start):
            return ours
    return tame(said[:1].lower() + said[1:], 120)


_SENTENCES = {
    "Invalid value": "no valid value",
    "Invalid statement": "no valid line",
    "Invalid date": "no valid date",
    "Unterminated string": "a text is not closed; end it with a quote",
    "Unclosed inline table": "an inline table {...} must stand on one line",
    "Unclosed array": "a list is not closed; end it with ]",
    "Expected '='": "= is missing after the key",
    "Unescaped '\\'": 'a backslash in "..." must be doubled; or use single quotes',
    "Cannot overwrite": "a key is set twice, or as a value and as a table",
    "Cannot declare": "a table is declared twice",
    "Cannot mutate": "an inline table {...} cannot be added to later",
    "Invalid initial character": "no valid key; keys hold letters, digits, - and _, and no comma stands before }",
}


def _hint(said: str, line: str) -> str:
    if said.startswith(("Unterminated", "Unescaped", "Illegal", "Cannot", "Unclosed")):
        return ""
    for pattern, words in _HINTS:
        match = re.search(pattern, line[:LONGEST_LINE])
        if match:
            written = tame(match.group(1)) if match.groups() else ""
            forms = {"{0}": written, "{small}": written.lower(), "{point}": written.replace(",", ".")}
            for mark, form in {**forms, "{joined}": re.sub("[ ,]", "", written)}.items():
                words = words.replace(mark, form)
            return words
    return ""
