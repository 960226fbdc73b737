"""One scenario file read from disk: its tables and where everything stands, or the one reason why it cannot be read."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import Problem
from sim.limits import LARGEST_FILE, MOST_ENTRIES, MOST_PARTS, MOST_PROBLEMS
from sim.text import dotted, tame

if TYPE_CHECKING:
    from tree_sitter import Node

KeyPath = tuple[str | int, ...]
"""Names and numbers that lead to a key, value or list item of a file."""

Report = Callable[[KeyPath, str], None]
"""Takes the path of a fault and the message."""

Spot = tuple[int, int]
KEPT_TEXTS, KEPT_LETTERS = 64, 20_000  # of texts read before; what a person writes is shorter
_DEEPEST = 200  # deeper keys and values are placed at the nearest table above them


@dataclass
class Positions:
    """Line and column, from 1 and counted in characters, of keys and values by path.

    ``repeats`` lists keys set twice as (path, first spot, second spot): tomllib refuses them without the first place.
    """

    keys: dict[KeyPath, Spot] = field(default_factory=dict)
    values: dict[KeyPath, Spot] = field(default_factory=dict)
    repeats: list[tuple[KeyPath, Spot, Spot]] = field(default_factory=list)

    def key(self, path: KeyPath) -> Spot:
        """Where the key stands, or the nearest table around it."""
        return next((self.keys[path[:n]] for n in range(len(path), 0, -1) if path[:n] in self.keys), (1, 1))

    def value(self, path: KeyPath) -> Spot:
        """Where the value stands, or the key if the value has no place of its own."""
        return self.values.get(path) or self.key(path)


def locate(text: str) -> Positions:
    """Index a TOML text; a broken one is indexed as far as it can be read."""
    import tree_sitter
    import tree_sitter_toml

    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_toml.language()))
    index = _Index(text)
    index.document(parser.parse(text.encode()).root_node)
    return index.positions


class _Index:
    """Walks the syntax tree once."""

    def __init__(self, text: str) -> None:
        self.positions = Positions()
        self.lines = text.encode().split(b"\n")
        self.counts: dict[KeyPath, int] = {}
        self.declared: dict[KeyPath, Spot] = {}
        self.counted: dict[int, tuple[int, int]] = {}

    def spot(self, node: Node) -> Spot:
        row, column = node.start_point
        known, letters = self.counted.get(row, (0, 0))
        if known > column:
            known = letters = 0
        letters += len(self.lines[row][known:column].decode(errors="replace"))
        self.counted[row] = column, letters  # so that a long line is counted once, not from its begin for every item
        return row + 1, letters + 1

    def document(self, root: Node) -> None:
        for node in root.named_children:
            if node.type == "pair":
                self.pair(node, (), 0)
            elif node.type in ("table", "table_array_element"):
                self.table(node)

    def table(self, node: Node) -> None:
        names = list(_names(node))
        if not names:
            return
        path: KeyPath = ()
        for name, part in names[:_DEEPEST]:
            path = (*path, name)
            self.positions.keys.setdefault(path, self.spot(part))
            if part is not names[-1][1] and path in self.counts:
                path = (*path, self.counts[path] - 1)
        where = self.spot(names[-1][1])
        if node.type == "table_array_element":
            number = self.counts.get(path, 0)
            self.counts[path] = number + 1
            path = (*path, number)
            self.positions.keys[path] = self.spot(names[0][1])
        elif path in self.declared or path in self.positions.values:
            self.positions.repeats.append((path, self.declared.get(path) or self.positions.values[path], where))
        else:
            self.declared[path] = where
        for child in node.named_children:
            if child.type == "pair":
                self.pair(child, path, 0)

    def pair(self, node: Node, base: KeyPath, depth: int) -> None:
        names = list(_names(node))
        values = [child for child in node.named_children if child.type not in _KEYS and child.type != "comment"]
        if not names or not values or depth > _DEEPEST:
            return
        path = base
        for name, part in names[:_DEEPEST]:
            path = (*path, name)
            if part is not names[-1][1]:
                self.positions.keys.setdefault(path, self.spot(part))
        if len(names) > _DEEPEST:
            return
        where = self.spot(names[-1][1])
        if path in self.positions.values:
            self.positions.repeats.append((path, self.positions.keys[path], where))
        else:
            self.positions.keys[path] = where
            self.value(values[-1], path, depth)

    def value(self, node: Node, path: KeyPath, depth: int) -> None:
        self.positions.values[path] = self.spot(node)
        if depth > _DEEPEST:
            return
        if node.type == "inline_table":
            for child in node.named_children:
                if child.type == "pair":
                    self.pair(child, path, depth + 1)
        elif node.type == "array":
            items = [child for child in node.named_children if child.type != "comment"]
            for number, child in enumerate(items):
                self.value(child, (*path, number), depth + 1)


_KEYS = ("bare_key", "quoted_key", "dotted_key")


def _names(node: Node) -> Iterator[tuple[str, Node]]:
    """Parts of the key of a pair or a table heading, left to right. Dotted keys nest to the left, so walk a stack."""
    stack = [child for child in node.named_children[:1] if child.type in _KEYS]
    while stack:
        part = stack.pop()
        if part.type == "dotted_key":
            stack.extend(reversed([child for child in part.named_children if child.type in _KEYS]))
        else:
            yield _name(part), part


def _name(part: Node) -> str:
    text = (part.text or b"").decode(errors="replace")
    if part.type == "bare_key":
        return text
    try:
        return next(iter(tomllib.loads(f"{text} = 0")))
    except (ValueError, StopIteration):
        return text


class TooManyError(Exception):
    """A file has more mistakes than are listed; it never leaves this room."""


@dataclass
class Document:
    """A readable TOML file and the problems found in it so far.

    ``shown`` is the path as messages give it; ``real`` identifies the file.
    """

    shown: str
    real: Path
    data: dict[str, Any]
    positions: Positions
    problems: list[Problem] = field(default_factory=list)

    def report(self, path: KeyPath, message: str, *, at_value: bool = False) -> None:
        """Note a problem at a key, or at its value.

        Raises:
            TooManyError: so many are noted that more would help nobody.
        """
        if len(self.problems) >= MOST_PROBLEMS:
            raise TooManyError
        line, column = (self.positions.value if at_value else self.positions.key)(path)
        self.problems.append(Problem(self.shown, line, column, dotted(path), message))

    def missing(self, key: str, message: str) -> None:
        """Note that a key is missing."""
        self.problems.append(Problem(self.shown, 0, 0, key, message))


def shown_path(path: str | Path) -> str:
    """A path that can be printed."""
    return tame(str(path), 300)


def read(path: Path, shown: str, *, own: bool = True) -> Document | Problem:
    """Read a file; a Problem says why it cannot be read.

    Of a file that the user did not name and that is no scenario, a Problem tells nothing of the content: ``extends``
    may lead anywhere, and messages are passed on. Such a file is not the user's ``own``.
    """
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            return Problem(shown, 0, 0, "", "this is a folder; give a scenario file")
        if not stat.S_ISREG(status.st_mode):
            return Problem(shown, 0, 0, "", "this is not a regular file; give a scenario file")
        if status.st_size > LARGEST_FILE:
            return Problem(shown, 0, 0, "", "this file is larger than 1 MB; scenario files are small texts")
        content = path.read_bytes()
        real = path.resolve()
    except FileNotFoundError:
        return Problem(shown, 0, 0, "", "no such file")
    except PermissionError:
        return Problem(shown, 0, 0, "", "this file may not be read; change its permissions")
    except OSError as fault:
        return Problem(shown, 0, 0, "", f"this file cannot be read: {os.strerror(fault.errno or 0)}")
    except (ValueError, RuntimeError):
        return Problem(shown, 0, 0, "", "no file can have this name")
    return parse(content, shown, real, own=own)


def parse(content: bytes, shown: str, real: Path, *, own: bool = True) -> Document | Problem:
    """Read the bytes of a file; a Problem says why they are no TOML. ``own`` is as for `read`."""
    text = _decode(content, shown)
    if isinstance(text, Problem):
        return text
    if excess := _excess(text, shown):
        return excess
    try:
        data, positions = _read_before(text) if len(text) <= KEPT_LETTERS else _tables(text)
    except (ValueError, RecursionError) as fault:
        line, column, key, message = syntax_fault(text.replace("\r\n", "\n"), fault)
        if not own:
            key, message = "", "this file is no scenario: no valid TOML from here on"
        return Problem(shown, line, column, key, message)
    if not own and not {"title", "description", "references"} <= set(data):
        return Problem(shown, 0, 0, "", "this file is no scenario: a scenario has title, description and references")
    return Document(shown, real, data, positions)


def _tables(text: str) -> tuple[dict[str, Any], Positions]:
    """What a text holds and where it stands. Raises as tomllib does."""
    return tomllib.loads(text), locate(text.replace("\r\n", "\n"))


# The same parents are read for every scenario; who writes to what was read does so to a copy.
_read_before = lru_cache(maxsize=KEPT_TEXTS)(_tables)


# Keys of more parts than that; a text with so many words between dots is not written by hand either.
_TOO_DEEP = re.compile(r"""(?<![\w"'-])(?:[\w"'-]++[ \t]*+\.[ \t]*+)""" + f"{{{MOST_PARTS}}}")


def _excess(text: str, shown: str) -> Problem | None:
    """The place from which on a file has more entries, or deeper ones, than any scenario; in one pass over it."""
    match = _TOO_DEEP.search(text)
    reason, at = f"this key has more than {MOST_PARTS} parts; a scenario needs at most a few", match and match.start()
    if at is None:
        marks = re.finditer("[=,]", text)
        at = next((mark.start() for number, mark in enumerate(marks) if number == MOST_ENTRIES), None)
        reason = f"this file has more than {MOST_ENTRIES:,} values; a scenario needs at most some hundreds"
    if at is None:
        return None
    return Problem(shown, text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at), "", reason)


def _decode(content: bytes, shown: str) -> str | Problem:
    if not content.strip():
        return Problem(shown, 0, 0, "", "this file is empty; a scenario needs title, description and references")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Problem(shown, 0, 0, "", "this file is in UTF-16; save it as UTF-8")
    if content.startswith(b"\xef\xbb\xbf"):
        content = content[3:]
    if b"\0" in content:
        return Problem(shown, 0, 0, "", "this is a binary file; give a text file in TOML")
    try:
        return content.decode()
    except UnicodeDecodeError as fault:
        before = content[: fault.start].decode()
        line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
        return Problem(shown, line, column, "", "this byte is not UTF-8; save the file as UTF-8")


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
    (r"(?:pct|percent|pp)\w*\s*=.*?([+-]?\d+(?:\.\d+)?)\s*%", "write {0} without %; the unit is in the key"),
    (r"[=\[{,]\s*([+-]?\d+(?:\.\d+)?)\s*%", "write {0} where the key is in per cent, {share} where it is a share"),
    (r"=\s*([−–—]\s*[\d.]+)", "{0} begins with a typographic minus; write a hyphen: -"),
    ("(\u00a0|\u2007|\u2009|\u202f|\u3000|\u200b|\ufeff)", "a special blank stands here, {0}; write an ordinary one"),
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
    if "\r" in lines[min(line, len(lines)) - 1].removesuffix("\r"):
        return (
            line,
            column,
            "",
            "a line ends with a lone carriage return here; save the file with line feeds (LF or CRLF)",
        )
    repeat = _repeat(said, text, line)
    if repeat:
        return repeat
    return line, column, "", _hint(said, lines[line - 1] if line <= len(lines) else "") or _plainly(said)


def _repeat(said: str, text: str, line: int) -> tuple[int, int, str, str] | None:
    """A key or table set twice, with both places, if tree-sitter can tell."""
    if not said.startswith(("Cannot overwrite", "Cannot declare", "Duplicate", "Cannot mutate", "Cannot redefine")):
        return None
    positions: Positions = locate(text)
    for path, first, second in positions.repeats:
        if second[0] == line or len(positions.repeats) == 1:
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


def _hundredth(written: str) -> str:
    try:
        return f"{float(written) / 100:g}"
    except ValueError:
        return ""


def _hint(said: str, line: str) -> str:
    if re.match(r'\s*extends\s*=\s*"[^"]*\\[^"]*"', line) and ("hex value" in said or said.startswith("Unescaped")):
        return "a path in \"...\" needs / or doubled backslashes; or write it in single quotes: '...'"
    if said.startswith(("Unterminated", "Unescaped", "Illegal", "Cannot", "Unclosed")):
        return ""
    for pattern, words in _HINTS:
        match = re.search(pattern, line[:LONGEST_LINE])
        if match:
            written = tame(match.group(1)) if match.groups() else ""
            forms = {
                "{share}": _hundredth(written),
                "{0}": written,
                "{small}": written.lower(),
                "{point}": written.replace(",", "."),
            }
            for mark, form in {**forms, "{joined}": re.sub("[ ,]", "", written)}.items():
                words = words.replace(mark, form)
            return words
    return ""
