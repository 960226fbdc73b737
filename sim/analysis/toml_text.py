"""Values as TOML text, for the scenario files this room writes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def key_text(parts: Iterable[str]) -> str:
    """A dotted key, quoted where TOML asks for it."""
    return ".".join(part if _BARE.fullmatch(part) else _quoted(part) for part in parts)


def value_text(value: Any) -> str:
    """What ``tomllib`` reads back as ``value``: text, number, truth, date, list or (on one line) table."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, list):
        return f"[{', '.join(map(value_text, value))}]"
    if isinstance(value, dict):
        inner = ", ".join(f"{key_text([key])} = {value_text(one)}" for key, one in value.items())
        return f"{{{inner}}}"
    return repr(value)


def _quoted(text: str) -> str:
    # JSON's escapes are TOML's; only DEL, which JSON leaves as it is, is forbidden in TOML.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
