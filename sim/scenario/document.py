"""One scenario file read from disk: its tables and where everything stands, or the one reason why it cannot be read."""

from __future__ import annotations

import os
import stat
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.errors import Problem
from sim.limits import LARGEST_FILE
from sim.scenario.positions import Path as KeyPath
from sim.scenario.positions import Positions, locate
from sim.scenario.syntax import syntax_fault
from sim.text import dotted, tame


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
        """Note a problem at a key, or at its value."""
        line, column = (self.positions.value if at_value else self.positions.key)(path)
        self.problems.append(Problem(self.shown, line, column, dotted(path), message))

    def missing(self, key: str, message: str) -> None:
        """Note that a key is missing."""
        self.problems.append(Problem(self.shown, 0, 0, key, message))


def shown_path(path: str | Path) -> str:
    """A path that can be printed."""
    return tame(str(path), 300)


def read(path: Path, shown: str) -> Document | Problem:
    """Read a file; a Problem says why it cannot be read."""
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
    return parse(content, shown, real)


def parse(content: bytes, shown: str, real: Path) -> Document | Problem:
    """Read the bytes of a file; a Problem says why they are no TOML."""
    text = _decode(content, shown)
    if isinstance(text, Problem):
        return text
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as fault:
        line, column, key, message = syntax_fault(text.replace("\r\n", "\n"), fault)
        return Problem(shown, line, column, key, message)
    return Document(shown, real, data, locate(text.replace("\r\n", "\n")))


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
