"""One inject: a fragment of a scenario file, read against the scenario it is put into."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sim.analysis.toml_text import key_text, value_text
from sim.errors import Problem
from sim.scenario.document import Document, read, shown_path
from sim.scenario.keys import HEADS, flatten
from sim.scenario.layers import read_layer
from sim.scenario.parameter import Catalogue, Day, Text
from sim.scenario.scenario import Scenario

_BARRED = ("extends", "start", "end")


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
        lines = ["", "[[events]]", *(f"{key} = {value_text(one)}" for key, one in self.head), "", "[events.set]"]
        return lines + [f"{key_text(key.split('.'))} = {value_text(raw)}" for key, raw in self.sets]


@dataclass(frozen=True, slots=True)
class Inject:
    """What an inject says, all of it as events from the day of the branch on."""

    title: str
    description: str
    references: tuple[str, ...]
    events: tuple[RawEvent, ...]


def read_inject(path: Path, at: date, parent: Scenario, catalogue: Catalogue) -> tuple[Inject | None, list[Problem]]:
    """Read an inject for a branch of ``parent`` on ``at``; the problems are complete and have their places.

    Its values become one event on ``at``, named by title and day, so that two uses of one inject stay apart.
    """
    found = read(path, shown_path(path))
    if isinstance(found, Problem):
        return None, [found]
    references = found.data.get("references", [])
    events = _completed(found, at, path.stem)
    read_layer(found, catalogue, {})
    table = {name: raw for name, raw in found.data.items() if name not in HEADS}
    values = _flat(table, catalogue)
    _check_values(found, values, catalogue)
    _check_events(found, events, at, parent)
    if not values and not events:
        found.report((), "nothing to inject: values or [[events]] are needed")
    if found.problems:
        return None, found.problems
    title = found.data["title"]
    made = [RawEvent((("date", at), ("name", f"{title} ({at})")), tuple(values))] if values else []
    for event in events:
        head = tuple((key, event[key]) for key in ("date", "until", "name", "probability") if key in event)
        made.append(RawEvent(head, tuple(_flat(event["set"], catalogue))))
    return Inject(title, found.data["description"], tuple(references), tuple(made)), []


def _completed(found: Document, at: date, name: str) -> list[dict[str, Any]]:
    """Fill in what an inject may leave out and a scenario may not; its events."""
    for key in _BARRED:
        if key in found.data:
            found.report((key,), "an inject has no such key: the branch takes it from its parent")
            del found.data[key]
    title = found.data.setdefault("title", name)
    found.data.setdefault("description", title)
    found.data.setdefault("references", [title])
    told = found.data.get("events", [])
    events = [event for event in told if isinstance(event, dict)] if isinstance(told, list) else []
    for event in events:
        event.setdefault("date", at)
    return events


def _flat(table: dict[str, Any], catalogue: Catalogue) -> list[tuple[str, Any]]:
    """Full keys and what TOML held for them; faults are noted elsewhere."""
    return [(key, raw) for _, key, _, raw, _ in flatten(table, catalogue, lambda *_: None)]


def _check_values(found: Document, values: list[tuple[str, Any]], catalogue: Catalogue) -> None:
    for key, _ in values:
        parameter = catalogue.find(key)
        if parameter is not None and isinstance(parameter.domain, Day | Text):
            found.report(tuple(key.split(".")), "this is fixed when the simulation starts; a branch cannot change it")


def _check_events(found: Document, events: list[dict[str, Any]], at: date, parent: Scenario) -> None:
    past = {event.name: event.date for event in parent.events if event.date < at}
    for number, event in enumerate(events):
        day, name = event["date"], event.get("name")
        if type(day) is date and not at <= day <= parent.end:
            span = f"must lie from the day of the branch, {at}, to the end, {parent.end}"
            found.report(("events", number, "date"), f"{day} is outside the branch; {span}", at_value=True)
        if isinstance(name, str) and name in past:
            told = f"{parent.name} has an event of this name on {past[name]}, which a branch cannot change"
            found.report(("events", number, "name"), f"{told}; give this one another name", at_value=True)
