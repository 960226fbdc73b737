"""A resolved scenario: every value with the layer, file and line that set it."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any, Literal

from sim.limits import LONGEST_LABEL
from sim.scenario.condition import Condition
from sim.scenario.values import Cell, Dated, Distribution, Place, Row, Table, Value, Weights, describe
from sim.text import html_table, tame

MOST_ROWS = 40
Layer = Literal["default", "facts", "file", "set", "branch"]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value was set. Lines and columns count from 1; 0 where there is no file."""

    layer: Layer
    file: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        if self.layer in ("file", "set") and self.file:
            return f"{self.file}:{self.line}" if self.line else self.file
        return f"{self.layer}, {self.file}" if self.file else self.layer


@dataclass(frozen=True, slots=True)
class Given:
    """A value and where it was set."""

    value: Value
    origin: Origin
    below: Given | None = None  # of a dated value that begins in or after the start's year: what holds until then


@dataclass(frozen=True, slots=True)
class Event:
    """Something that sets values from ``date`` until ``until`` (None: to the end), in a share of runs.

    An event has a ``date`` or a condition ``when``, never both. A conditional one is looked at on the first of each
    month, on what a run has recorded last: it begins ``after_months`` after the condition first holds, and ends after
    ``for_months`` (None: it does not) or on the day ``until``. With ``once`` it begins at most once in a run and goes
    on though the condition ceases; without, it acts only while the condition holds. ``places`` are those of its parts
    in the file.
    """

    date: datetime.date | None
    until: datetime.date | None
    name: str
    sets: tuple[tuple[str, Value], ...]
    probability: float
    origin: Origin
    when: Condition | None = None
    after_months: int = 0
    for_months: int | None = None
    once: bool = True
    places: Mapping[str, Place] = field(default_factory=dict, compare=False, repr=False)

    def place(self, part: str = "") -> Place:
        """Where one of its keys, or a key of the model that it sets, stands in its file; else where it begins."""
        origin = self.origin
        return self.places.get(part) or Place(origin.file, origin.line, origin.column, "events")

    def first_day(self, start: datetime.date) -> datetime.date:
        """The first day on which the event can act in a scenario that starts on ``start``."""
        if self.date is not None:
            return self.date
        return month_later(start, 1 + self.after_months)

    def timing(self) -> str:
        """When it acts, in words: ``2025-06-30 to 2026-01-01``, ``when ceasefire, after 6 months``."""
        if self.when is None:
            return f"{self.date}" + (f" to {self.until}" if self.until else "")
        words = f"{'when' if self.once else 'while'} {self.when.describe()}"
        words += f", after {_months(self.after_months)}" if self.after_months else ""
        words += f", for {_months(self.for_months)}" if self.for_months else ""
        return words + (f", until {self.until}" if self.until else "")

    def inputs(self) -> tuple[object, ...]:
        """Everything that the event is but for where it was written."""
        timing = (self.date, self.until, self.when, self.after_months, self.for_months, self.once)
        return (*timing, self.sets, self.probability)


def _months(count: int) -> str:
    return f"{count} month{'' if count == 1 else 's'}"


def month_later(day: datetime.date, months: int) -> datetime.date:
    """The first of the month that comes ``months`` after that of ``day``."""
    number = day.year * 12 + day.month - 1 + months
    return datetime.date(min(number // 12, datetime.MAXYEAR), number % 12 + 1, 1)


@dataclass(frozen=True, repr=False)
class Scenario:
    """A scenario ready to run. ``values`` holds every key of the catalogue that has a value, by full key.

    ``label`` is the short title that stands in legends and tables. Without one in the file it is the title where that
    is short enough, else the name. ``groups`` are its own groups of members or donors by name; ``remarks`` say which
    keys of groups do not hold for all their members.
    """

    name: str
    title: str
    description: str
    references: tuple[str, ...]
    start: datetime.date
    end: datetime.date
    values: dict[str, Given]
    events: tuple[Event, ...]
    files: tuple[str, ...]
    label: str = ""
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    remarks: tuple[str, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        if not self.label:
            object.__setattr__(self, "label", self.title if 0 < len(self.title) <= LONGEST_LABEL else self.name)

    def __repr__(self) -> str:
        count = len(self.settings)
        return f"Scenario({self.name!r}, {self.label!r}, {self.start} to {self.end}, {count} values set)"

    def _repr_html_(self) -> str:
        """A small table for notebooks: texts, dates, what the files set, events."""
        rows = [("title", self.title), ("label", self.label), ("start", str(self.start)), ("end", str(self.end))]
        rows += [(key, f"{tame(describe(given.value))} ({given.origin})") for key, given in self.settings.items()]
        rows += [
            (f"event {event.timing()}" if event.when else f"event on {event.timing()}", event.name)
            for event in self.events
        ]
        shown = rows if len(rows) <= MOST_ROWS else [*rows[: MOST_ROWS - 1], ("...", f"{len(rows)} rows in all")]
        return html_table(self.name, (), shown)

    @property
    def settings(self) -> dict[str, Given]:
        """The values that files, ``--set`` or a branch set, by key: all but defaults and facts."""
        return {key: given for key, given in self.values.items() if given.origin.layer not in ("default", "facts")}

    @cached_property
    def dated(self) -> frozenset[str]:
        """Keys that hold a dated value."""
        return frozenset(key for key, given in self.values.items() if isinstance(given.value, Dated))

    @cached_property
    def told(self) -> frozenset[str]:
        """Keys that have a value: those that may be left open only where a file or the facts give one."""
        return frozenset(key for key, given in self.values.items() if given.value is not None)

    @cached_property
    def hash(self) -> str:
        """sha256 over start, end, values and events: equal hash, equal input to the model.

        Name, title, label, description, references, files and origins do not count. Names of events do, since the
        draw that decides whether an event happens may be keyed by its name.
        """
        inputs = {
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "values": {key: _layers(given) for key, given in self.values.items()},
            "events": [_without_origin(event) for event in self.events],
        }
        return sha256(json.dumps(inputs, sort_keys=True, separators=(",", ":")).encode()).hexdigest()

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, exact: ``Scenario.from_dict(json.loads(json.dumps(s.to_dict()))) == s``."""
        return {
            "name": self.name,
            "title": self.title,
            "label": self.label,
            "description": self.description,
            "references": list(self.references),
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "values": {key: _given(given) for key, given in self.values.items()},
            "events": [_without_origin(event) | _origin(event.origin) for event in self.events],
            "files": list(self.files),
            **({"groups": {name: list(codes) for name, codes in self.groups.items()}} if self.groups else {}),
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Scenario:
        """Inverse of ``to_dict``. KeyError, TypeError or ValueError if ``told`` was not made by it."""
        return cls(
            name=stored["name"],
            title=stored["title"],
            description=stored["description"],
            references=tuple(stored["references"]),
            start=datetime.date.fromisoformat(stored["start"]),
            end=datetime.date.fromisoformat(stored["end"]),
            values={key: _read_given(given) for key, given in stored["values"].items()},
            events=tuple(_read_event(event) for event in stored["events"]),
            files=tuple(stored["files"]),
            label=stored.get("label", ""),
            groups={name: tuple(codes) for name, codes in stored.get("groups", {}).items()},
        )


def encode(value: Value) -> Any:
    """A value as JSON: numbers, texts, flags and never as themselves, the rest as small objects."""
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, datetime.date):
        return {"day": value.isoformat()}
    if isinstance(value, Table):
        return {"rows": [[[column, _encoded(cell)] for column, cell in row.cells] for row in value.rows]}
    if isinstance(value, Weights):
        return {"weights": [list(item) for item in value.items]}
    if isinstance(value, Dated):
        return {"how": value.how, "points": [[day.isoformat(), encode(number)] for day, number in value.points]}
    if value.is_fixed:
        return value["value"]
    return {"dist": value.family, "args": [list(arg) for arg in value.args]}


def decode(stored: Any) -> Value:
    """Inverse of ``encode``."""
    if stored is None or isinstance(stored, str | bool):
        return stored
    if isinstance(stored, int | float):
        return Distribution("fixed", (("value", float(stored)),))
    if "rows" in stored:
        rows = (Row(tuple((column, _decoded(cell)) for column, cell in row)) for row in stored["rows"])
        return Table(tuple(rows))
    if "day" in stored:
        return datetime.date.fromisoformat(stored["day"])
    if "weights" in stored:
        return Weights(tuple((name, float(weight)) for name, weight in stored["weights"]))
    if "points" in stored:
        return Dated(
            tuple((datetime.date.fromisoformat(day), _number(number)) for day, number in stored["points"]),
            stored["how"],
        )
    return Distribution(stored["dist"], tuple((name, float(number)) for name, number in stored["args"]))


def _encoded(cell: Cell) -> Any:
    if isinstance(cell, datetime.date):
        return {"day": cell.isoformat()}
    return list(cell) if isinstance(cell, tuple) else cell


def _decoded(stored: Any) -> Cell:
    if isinstance(stored, dict):
        return datetime.date.fromisoformat(stored["day"])
    return tuple(map(str, stored)) if isinstance(stored, list) else stored if isinstance(stored, str) else float(stored)


def _number(stored: Any) -> Distribution:
    number = decode(stored)
    if not isinstance(number, Distribution):
        raise TypeError("a dated value holds numbers")
    return number


def _layers(given: Given) -> Any:
    """What a key's value means to the model: with what holds before its first day, and whether a file set that."""
    if given.below is None:
        return encode(given.value)
    is_set = given.below.origin.layer not in ("default", "facts")
    return {"value": encode(given.value), "below": _layers(given.below), "below_is_set": is_set}


def _given(given: Given) -> dict[str, Any]:
    below = {"below": _given(given.below)} if given.below else {}
    return {"value": encode(given.value), **_origin(given.origin), **below}


def _read_given(stored: Mapping[str, Any]) -> Given:
    below = stored.get("below")
    return Given(decode(stored["value"]), _read_origin(stored), None if below is None else _read_given(below))


def _origin(origin: Origin) -> dict[str, Any]:
    return {"layer": origin.layer, "file": origin.file, "line": origin.line, "column": origin.column}


def _read_origin(stored: Mapping[str, Any]) -> Origin:
    return Origin(stored["layer"], stored["file"], stored["line"], stored["column"])


def _without_origin(event: Event) -> dict[str, Any]:
    return {
        **({"date": event.date.isoformat()} if event.date else _condition(event)),
        "until": event.until.isoformat() if event.until else None,
        "name": event.name,
        "sets": [[key, encode(value)] for key, value in event.sets],
        "probability": event.probability,
    }


def _condition(event: Event) -> dict[str, Any]:
    return {
        "when": asdict(event.when) if event.when else None,
        "after_months": event.after_months,
        "for_months": event.for_months,
        "once": event.once,
    }


def _read_event(stored: Mapping[str, Any]) -> Event:
    until, when = stored["until"], stored.get("when")
    months = stored.get("for_months")
    return Event(
        date=None if when else datetime.date.fromisoformat(stored["date"]),
        until=None if until is None else datetime.date.fromisoformat(until),
        name=stored["name"],
        sets=tuple((key, decode(value)) for key, value in stored["sets"]),
        probability=float(stored["probability"]),
        origin=_read_origin(stored),
        when=Condition(**when) if when else None,
        after_months=int(stored.get("after_months", 0)),
        for_months=None if months is None else int(months),
        once=bool(stored.get("once", True)),
    )
