"""A resolved scenario: every value with the layer, file and line that set it."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal

from sim.scenario.values import Dated, Distribution, Value, Weights

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


@dataclass(frozen=True, slots=True)
class Event:
    """Something that sets values from ``date`` until ``until`` (None: to the end), in a share of runs."""

    date: datetime.date
    until: datetime.date | None
    name: str
    sets: tuple[tuple[str, Value], ...]
    probability: float
    origin: Origin


@dataclass(frozen=True)
class Scenario:
    """A scenario ready to run. ``values`` holds every key of the catalogue that has a value, by full key."""

    name: str
    title: str
    description: str
    references: tuple[str, ...]
    start: datetime.date
    end: datetime.date
    values: dict[str, Given]
    events: tuple[Event, ...]
    files: tuple[str, ...]

    @property
    def hash(self) -> str:
        """sha256 over start, end, values and events: equal hash, equal input to the model.

        Name, title, description, references, files and origins do not count. Names of events do, since the draw that
        decides whether an event happens may be keyed by its name.
        """
        told = {
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "values": {key: encode(given.value) for key, given in self.values.items()},
            "events": [_without_origin(event) for event in self.events],
        }
        return sha256(json.dumps(told, sort_keys=True, separators=(",", ":")).encode()).hexdigest()

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, exact: ``Scenario.from_dict(json.loads(json.dumps(s.to_dict()))) == s``."""
        return {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "references": list(self.references),
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "values": {key: {"value": encode(g.value), **_origin(g.origin)} for key, g in self.values.items()},
            "events": [_without_origin(event) | _origin(event.origin) for event in self.events],
            "files": list(self.files),
        }

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> Scenario:
        """Inverse of ``to_dict``. KeyError, TypeError or ValueError if ``told`` was not made by it."""
        return cls(
            name=told["name"],
            title=told["title"],
            description=told["description"],
            references=tuple(told["references"]),
            start=datetime.date.fromisoformat(told["start"]),
            end=datetime.date.fromisoformat(told["end"]),
            values={key: Given(decode(g["value"]), _read_origin(g)) for key, g in told["values"].items()},
            events=tuple(_read_event(event) for event in told["events"]),
            files=tuple(told["files"]),
        )


def encode(value: Value) -> Any:
    """A value as JSON: numbers, texts, flags and never as themselves, the rest as small objects."""
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, datetime.date):
        return {"day": value.isoformat()}
    if isinstance(value, Weights):
        return {"weights": [list(item) for item in value.items]}
    if isinstance(value, Dated):
        return {"how": value.how, "points": [[day.isoformat(), encode(number)] for day, number in value.points]}
    if value.is_fixed:
        return value["value"]
    return {"dist": value.family, "args": [list(arg) for arg in value.args]}


def decode(told: Any) -> Value:
    """Inverse of ``encode``."""
    if told is None or isinstance(told, str | bool):
        return told
    if isinstance(told, int | float):
        return Distribution("fixed", (("value", float(told)),))
    if "day" in told:
        return datetime.date.fromisoformat(told["day"])
    if "weights" in told:
        return Weights(tuple((name, float(weight)) for name, weight in told["weights"]))
    if "points" in told:
        return Dated(
            tuple((datetime.date.fromisoformat(day), _number(number)) for day, number in told["points"]), told["how"]
        )
    return Distribution(told["dist"], tuple((name, float(number)) for name, number in told["args"]))


def _number(told: Any) -> Distribution:
    number = decode(told)
    if not isinstance(number, Distribution):
        raise TypeError("a dated value holds numbers")
    return number


def _origin(origin: Origin) -> dict[str, Any]:
    return {"layer": origin.layer, "file": origin.file, "line": origin.line, "column": origin.column}


def _read_origin(told: Mapping[str, Any]) -> Origin:
    return Origin(told["layer"], told["file"], told["line"], told["column"])


def _without_origin(event: Event) -> dict[str, Any]:
    return {
        "date": event.date.isoformat(),
        "until": event.until.isoformat() if event.until else None,
        "name": event.name,
        "sets": [[key, encode(value)] for key, value in event.sets],
        "probability": event.probability,
    }


def _read_event(told: Mapping[str, Any]) -> Event:
    until = told["until"]
    return Event(
        date=datetime.date.fromisoformat(told["date"]),
        until=None if until is None else datetime.date.fromisoformat(until),
        name=told["name"],
        sets=tuple((key, decode(value)) for key, value in told["sets"]),
        probability=float(told["probability"]),
        origin=_read_origin(told),
    )
