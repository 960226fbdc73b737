"""Events of one scenario file."""

from __future__ import annotations

import datetime
from typing import Any

from sim.scenario.document import Document
from sim.scenario.faults import FAULT, Report
from sim.scenario.keys import flatten
from sim.scenario.parameter import Catalogue
from sim.scenario.positions import Path
from sim.scenario.reader import read_day, read_text, read_value
from sim.scenario.scenario import Event, Origin
from sim.scenario.values import Value
from sim.text import listed, meant, nearest, shown, tame

KEYS = ("date", "until", "name", "set", "probability")


def read_events(document: Document, catalogue: Catalogue) -> dict[str, Event]:
    """Events of a file by name, in order; faults are noted in the document and their events left out."""
    raw = document.data.get("events", [])
    if not isinstance(raw, list) or not all(isinstance(item, dict) for item in raw):
        document.report(("events",), "events are tables in a list; write [[events]] before each")
        return {}
    events: dict[str, Event] = {}
    for number, item in enumerate(raw):
        event = _Reader(document, catalogue, ("events", number)).read(item)
        if event is None:
            continue
        if event.name in events:
            first = events[event.name].origin.line
            message = f'the name "{tame(event.name)}" is used twice; first on line {first}; give each event its own'
            document.report(("events", number, "name"), message, at_value=True)
        else:
            events[event.name] = event
    return events


class _Reader:
    """Reads one event, noting every fault."""

    def __init__(self, document: Document, catalogue: Catalogue, path: Path) -> None:
        self.document, self.catalogue, self.path = document, catalogue, path
        self.faults = 0

    def report(self, inner: Path, message: str) -> None:
        self.faults += 1
        self.document.report((*self.path, *inner), message, at_value=True)

    def report_key(self, path: Path, message: str) -> None:
        self.faults += 1
        self.document.report(path, message)

    def read(self, item: dict[str, Any]) -> Event | None:
        for key in item:
            if key not in KEYS:
                hint = meant(nearest(key, KEYS, most=1)) or f"; an event holds {listed(KEYS)}"
                self.report_key((*self.path, key), f"unknown key{hint}")
        name = self.required(item, "name")
        day = self.required(item, "date")
        until = read_day(item["until"], self.inside("until")) if "until" in item else None
        probability = self.probability(item.get("probability", 1))
        sets = self.sets(item)
        if isinstance(day, datetime.date) and isinstance(until, datetime.date) and until <= day:
            self.report(("until",), f"until {until} must be after the date {day}")
        if self.faults or not isinstance(name, str) or not isinstance(day, datetime.date) or until is FAULT:
            return None
        line, column = self.document.positions.key(self.path)
        return Event(day, until, name, sets, probability, Origin("file", self.document.shown, line, column))

    def inside(self, *path: str | int) -> Report:
        """A report for the value at one path in the event."""
        return lambda inner, message: self.report((*path, *inner), message)

    def required(self, item: dict[str, Any], key: str) -> Any:
        if key not in item:
            if self.misspelt(key, item):
                return FAULT
            example = 'name = "..."' if key == "name" else "date = 2025-06-30"
            self.report_key(self.path, f"an event needs {key}; write {example}")
            return FAULT
        return (read_text if key == "name" else read_day)(item[key], self.inside(key))

    def misspelt(self, key: str, item: dict[str, Any]) -> bool:
        """Whether a key that is missing stands there misspelt, which is reported by itself."""
        return bool(nearest(key, [other for other in item if other not in KEYS]))

    def probability(self, raw: Any) -> float:
        if isinstance(raw, bool) or not isinstance(raw, int | float) or not 0 <= raw <= 1:
            self.report(("probability",), f"{shown(raw)} is not a probability; must be a number from 0 to 1")
            return 0.0
        return float(raw)

    def sets(self, item: dict[str, Any]) -> tuple[tuple[str, Value], ...]:
        raw = item.get("set")
        if not isinstance(raw, dict) or not raw:
            if "set" in item:
                self.report(("set",), "set must be a table of keys and values: set = {key = value}")
            elif not self.misspelt("set", item):
                self.report_key(self.path, "an event needs set; write set = {key = value}")
            return ()
        found: list[tuple[str, Value]] = []
        table_path = (*self.path, "set")
        for path, key, parameter, value, right in flatten(raw, self.catalogue, self.report_key, table_path):
            if right and parameter.at_start:
                self.report_key(path, "this value is read once, on the first day; set it outside events")
                continue
            read = read_value(value, parameter, self.inside(*path[len(self.path) :]))
            if right and read is not FAULT:
                found.append((key, read))
        return tuple(found)
