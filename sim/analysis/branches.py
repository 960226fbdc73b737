"""Branches for wargames and classes: a scenario goes another way from a date on."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from sim import loading, model
from sim.errors import InputError, Problem
from sim.scenario.document import Document, read, shown_path
from sim.scenario.domain import Day, Text
from sim.scenario.keys import HEADS, flatten
from sim.scenario.layers import EVENT_KEYS, read_layer
from sim.scenario.parameter import Catalogue
from sim.scenario.scenario import Scenario

Load = Callable[[Path], Scenario]
_BARRED = ("extends", "start", "end")
_BARE = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class RawEvent:
    """An event as it will be written: its own keys, and full parameter keys with what TOML held for them."""

    head: tuple[tuple[str, Any], ...]
    sets: tuple[tuple[str, Any], ...]

    @property
    def name(self) -> str:
        """The event's name."""
        return str(dict(self.head).get("name", ""))

    def lines(self) -> list[str]:
        """The event as lines of TOML."""
        lines = ["", "[[events]]", *(f"{key} = {value_text(raw)}" for key, raw in self.head), "", "[events.set]"]
        return lines + [f"{key_text(key.split('.'))} = {value_text(raw)}" for key, raw in self.sets]


@dataclass(frozen=True, slots=True)
class Inject:
    """What an inject says, all of it as events from the day of the branch on."""

    title: str
    description: str
    references: tuple[str, ...]
    events: tuple[RawEvent, ...]


def branch(
    parent: Path,
    at: date,
    injects: Sequence[Path],
    *,
    folder: Path | None = None,
    title: str = "",
    catalogue: Catalogue | None = None,
    load: Load | None = None,
) -> str:
    """Text of a scenario file that extends ``parent`` and does what the ``injects`` say from ``at`` on.

    An inject is a TOML file with values and events like a scenario's; title, description and references are optional.
    Its values become one event on the day of the branch; its events keep their dates, or get that day where they have
    none. So nothing differs from the parent before ``at``, in any run. ``folder`` is where the text will be saved
    (beside the parent if not given): ``extends`` is written relative to it.

    Raises:
        InputError: ``at`` is outside the parent's horizon, or an inject is wrong; every mistake with its place.
    """
    scenario = (load or loading.load)(parent)
    catalogue = catalogue or model.catalogue()
    problems = []
    if not scenario.start < at <= scenario.end:
        span = f"after its start, {scenario.start}, and not after its end, {scenario.end}"
        problems.append(Problem("", 0, 0, "", f"{at} is no day to branch {scenario.name} on; it must lie {span}"))
    if not injects:
        problems.append(Problem("", 0, 0, "", "a branch needs at least one inject"))
    read_injects: list[Inject] = []
    for path in injects:
        inject, faults = read_inject(path, at, scenario, catalogue)
        problems += faults
        read_injects += [inject] if inject else []
    problems += _repeated(read_injects)
    if problems:
        raise InputError(tuple(sorted(set(problems))))
    return _text(scenario, at, read_injects, extends_text(parent, folder or parent.parent), title)


def _text(parent: Scenario, at: date, injects: Sequence[Inject], extends: str, title: str) -> str:
    descriptions = " ".join(inject.description for inject in injects)
    references = [reference for inject in injects for reference in inject.references] or list(parent.references)
    head = {
        "title": title or f"{parent.title}; from {at}: {', '.join(inject.title for inject in injects)}",
        "description": f"As {parent.name} before {at}, and from that day on: {descriptions}",
        "references": references,
        "extends": extends,
    }
    lines = [f"{key} = {value_text(inject)}" for key, inject in head.items()]
    lines += [line for inject in injects for event in inject.events for line in event.lines()]
    return "\n".join(lines) + "\n"


def _repeated(injects: Sequence[Inject]) -> list[Problem]:
    names = [event.name for inject in injects for event in inject.events]
    twice = sorted({name for name in names if names.count(name) > 1})
    return [Problem("", 0, 0, "", f"two injects make an event named {name!r}; rename one") for name in twice]


def extends_text(parent: Path, folder: Path) -> str:
    """How a file in ``folder`` names its parent: a shipped one as it is shipped, others by path from ``folder``."""
    from sim.shipped import find_scenario, shipped_folder

    path, shipped = find_scenario(parent).resolve(), shipped_folder().resolve()
    if path.is_relative_to(shipped) and not (folder / path.relative_to(shipped)).exists():
        return path.relative_to(shipped).as_posix()
    return Path(os.path.relpath(path, folder.resolve())).as_posix()


def read_inject(path: Path, at: date, parent: Scenario, catalogue: Catalogue) -> tuple[Inject | None, list[Problem]]:
    """Read an inject for a branch of ``parent`` on ``at``; the problems are complete and have their places.

    Its values become one event on ``at``, named by title and day, so that two uses of one inject stay apart.
    """
    document = read(path, shown_path(path))
    if isinstance(document, Problem):
        return None, [document]
    document.data = deepcopy(document.data)  # it is filled in below, and shared by all who read the same text
    references = document.data.get("references", [])
    events = _completed(document, at, path.stem)
    read_layer(document, catalogue, {})
    table = {name: raw for name, raw in document.data.items() if name not in HEADS}
    values = _flat(table, catalogue)
    _check_values(document, values, catalogue)
    _check_events(document, events, at, parent)
    if not values and not events:
        document.report((), "nothing to inject: values or [[events]] are needed")
    if document.problems:
        return None, document.problems
    title = document.data["title"]
    raw_events = [RawEvent((("date", at), ("name", f"{title} ({at})")), tuple(values))] if values else []
    for event in events:
        head = tuple((key, event[key]) for key in EVENT_KEYS if key != "set" and key in event)
        raw_events.append(RawEvent(head, tuple(_flat(event["set"], catalogue))))
    return Inject(title, document.data["description"], tuple(references), tuple(raw_events)), []


def _completed(document: Document, at: date, name: str) -> list[dict[str, Any]]:
    """Fill in what an inject may leave out and a scenario may not; its events."""
    for key in _BARRED:
        if key in document.data:
            document.report((key,), "an inject has no such key: the branch takes it from its parent")
            del document.data[key]
    title = document.data.setdefault("title", name)
    document.data.setdefault("description", title)
    document.data.setdefault("references", [title])
    raw = document.data.get("events", [])
    events = [event for event in raw if isinstance(event, dict)] if isinstance(raw, list) else []
    for event in events:
        if "when" not in event:
            event.setdefault("date", at)
    return events


def _flat(table: dict[str, Any], catalogue: Catalogue) -> list[tuple[str, Any]]:
    """Full keys and what TOML held for them; faults are noted elsewhere."""
    return [(key, raw) for _, key, _, raw, _ in flatten(table, catalogue, lambda *_: None)]


def _check_values(document: Document, values: list[tuple[str, Any]], catalogue: Catalogue) -> None:
    for key, _ in values:
        parameter = catalogue.find(key)
        if parameter is not None and isinstance(parameter.domain, Day | Text):
            document.report(
                tuple(key.split(".")), "this is fixed when the simulation starts; a branch cannot change it"
            )


def _check_events(document: Document, events: list[dict[str, Any]], at: date, parent: Scenario) -> None:
    past = {event.name: event.first_day(parent.start) for event in parent.events}
    past = {name: day for name, day in past.items() if day < at}
    for number, event in enumerate(events):
        day, name = event.get("date"), event.get("name")
        if "when" in event:
            fault = "a condition is looked at before the branch too, which cannot change that; give the event a date"
            document.report(("events", number, "when"), fault)
        if type(day) is date and not at <= day <= parent.end:
            span = f"must lie from the day of the branch, {at}, to the end, {parent.end}"
            document.report(("events", number, "date"), f"{day} is outside the branch; {span}", at_value=True)
        if isinstance(name, str) and name in past:
            fault = f"{parent.name} has an event of this name on {past[name]}, which a branch cannot change"
            document.report(("events", number, "name"), f"{fault}; give this one another name", at_value=True)


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
        inner = ", ".join(f"{key_text([key])} = {value_text(entry)}" for key, entry in value.items())
        return f"{{{inner}}}"
    return repr(value)


def _quoted(text: str) -> str:
    # JSON's escapes are TOML's; only DEL, which JSON leaves as it is, is forbidden in TOML.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
