"""Settings from the command line or from Python: ``KEY=VALUE``, read like a line of a scenario file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from typing import Any

from sim.errors import Problem
from sim.scenario.faults import FAULT
from sim.scenario.keys import HEADS, flatten
from sim.scenario.layers import Setting, Slot
from sim.scenario.parameter import Catalogue
from sim.scenario.reader import read_day, read_value
from sim.scenario.scenario import Origin
from sim.scenario.syntax import syntax_fault
from sim.text import dotted, tame

PLACE = "--set"
_WORD = re.compile(r"[A-Za-z_][\w-]*")


def read_sets(
    sets: Sequence[str], catalogue: Catalogue, before: dict[Slot, Setting]
) -> tuple[dict[Slot, Setting], list[Problem]]:
    """Settings of ``sets`` by slot, and what is wrong with them; ``before`` is what the files say."""
    found: dict[Slot, Setting] = {}
    problems: list[Problem] = []
    for text in sets:
        slot, content = _read_one(text, catalogue, before, problems)
        if slot is None:
            continue
        setting = Setting(content, Origin("set", f"{PLACE} {tame(text)}"))
        if slot in found and not found[slot].same_as(setting):
            words = f"set twice: {found[slot].words()} and {setting.words()}; keep one"
            problems.append(Problem(PLACE, 0, 0, slot[1], words))
        found[slot] = setting
    return found, problems


def _read_one(
    text: str, catalogue: Catalogue, before: dict[Slot, Setting], problems: list[Problem]
) -> tuple[Slot | None, Any]:
    name, equals, written = (part.strip() for part in text.partition("="))

    def report(path: Sequence[str | int], message: str) -> None:
        problems.append(Problem(PLACE, 0, 0, dotted(path), message))

    if not equals or not name:
        report((), f"{tame(text) or 'an empty text'} is not KEY=VALUE")
        return None, None
    parts = name.split(".")
    value = _parsed(written, parts, report)
    if value is FAULT:
        return None, None
    if name in ("start", "end"):
        day = read_day(value, lambda inner, message: report((name, *inner), message))
        return (None, None) if day is FAULT else (("day", name), day)
    if name in HEADS:
        report((name,), "only start, end and keys of the model can be set here; write it in the file")
        return None, None
    if isinstance(value, dict) and catalogue.is_group(name):
        report(parts, f"{name} is a group; set one key of it")
        return None, None
    table: Any = value
    for part in reversed(parts[:50]):
        table = {part: table}
    read = [
        (("value", key), content)
        for path, key, parameter, raw, right in flatten(table, catalogue, report)
        if (content := _content(path, key, parameter, raw, before, report)) is not FAULT and right
    ]
    return read[0] if len(read) == 1 else (None, None)


def _content(path: Any, key: str, parameter: Any, raw: Any, before: dict[Slot, Setting], report: Any) -> Any:
    previous = before.get(("value", key))
    suffix = f" (would replace {previous.words()} from {previous.origin})" if previous else ""
    return read_value(raw, parameter, lambda inner, message: report((*path, *inner), message + suffix))


def _parsed(written: str, parts: list[str], report: Any) -> Any:
    """VALUE as TOML reads it; a bare word is text."""
    try:
        table = tomllib.loads(f"value = {written}")
    except (ValueError, RecursionError) as fault:
        if _WORD.fullmatch(written):
            return written
        _, _, _, message = syntax_fault(f"value = {written}", fault)
        report(parts, message)
        return FAULT
    if set(table) != {"value"}:
        report(parts, "one value is expected after =")
        return FAULT
    return table["value"]
