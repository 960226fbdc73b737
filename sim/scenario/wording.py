"""How values, names and lists are shown in a message: short, on one line, whatever they hold."""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence
from typing import Any

from sim.scenario.values import plain

LONGEST = 60


def tame(text: str, longest: int = LONGEST) -> str:
    """``text`` on one line: what cannot be printed is escaped, what is too long is cut."""
    cut = text if len(text) <= longest else text[: longest - 3] + "..."
    return "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in cut)


def shown(raw: Any) -> str:
    """A value of a TOML file in a few words; never fails, however large or deep it is."""
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


def listed(names: Sequence[str], most: int = 8) -> str:
    """Names joined by commas; a long list is cut and its length given."""
    if len(names) <= most:
        return ", ".join(tame(name) for name in names)
    return ", ".join(tame(name) for name in names[:most]) + f", ... ({len(names)} in all)"


def meant(names: Sequence[str]) -> str:
    """``; did you mean A?`` or ``; did you mean A or B?``; empty without names."""
    return f"; did you mean {' or '.join(names)}?" if names else ""


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
