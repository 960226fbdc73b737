"""One file as a layer of settings, and how layers of several files fall on each other."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sim.scenario.document import Document
from sim.scenario.events import read_events
from sim.scenario.faults import FAULT, Inner
from sim.scenario.keys import HEADS, flatten
from sim.scenario.parameter import Catalogue
from sim.scenario.reader import read_day, read_text, read_value
from sim.scenario.scenario import Event, Given, Origin
from sim.scenario.values import Value, describe
from sim.text import nearest, shown, tame

Slot = tuple[str, str]
"""What is set: ("value", key), ("day", "start" or "end") or ("event", name)."""


@dataclass(frozen=True)
class Setting:
    """What one file says about one slot."""

    content: Value | Event
    origin: Origin

    def same_as(self, other: Setting) -> bool:
        """Whether both say the same, wherever they stand."""
        if isinstance(self.content, Event) and isinstance(other.content, Event):
            return replace(self.content, origin=other.origin) == other.content
        return self.content == other.content and type(self.content) is type(other.content)

    def words(self) -> str:
        """What it says, in short."""
        return "an event" if isinstance(self.content, Event) else tame(describe(self.content))


@dataclass
class FileLayer:
    """Settings of one file. ``above`` holds the files it extends, directly or not."""

    document: Document
    title: str = ""
    description: str = ""
    references: tuple[str, ...] = ()
    settings: dict[Slot, Setting] = field(default_factory=dict)
    above: frozenset[Path] = frozenset()


def setters(slot: Slot, layers: Sequence[FileLayer]) -> list[FileLayer]:
    """Layers that set ``slot`` and are not overruled by one that extends them; several may contradict each other."""
    having = [layer for layer in layers if slot in layer.settings]
    return [layer for layer in having if not any(layer.document.real in other.above for other in having)]


def merged(layers: Sequence[FileLayer]) -> dict[Slot, Setting]:
    """The strongest setting of each slot; ``layers`` come weakest first. Slots keep the order of first appearance."""
    return {slot: setting for layer in layers for slot, setting in layer.settings.items()}


def contradictions(layers: Sequence[FileLayer]) -> Iterator[tuple[Slot, Setting, Setting]]:
    """Slots that two unrelated layers set differently, with the first and the last setting."""
    for slot in merged(layers):
        rivals = [layer.settings[slot] for layer in setters(slot, layers)]
        for rival in rivals[:-1]:
            if not rival.same_as(rivals[-1]):
                yield slot, rival, rivals[-1]
                break


def read_layer(document: Document, catalogue: Catalogue, before: dict[Slot, Setting]) -> FileLayer:
    """All that a file itself says; ``before`` is what its parents say. Faults are noted in the document."""
    layer = FileLayer(document)
    layer.title = _text(document, "title")
    layer.description = _text(document, "description")
    layer.references = _references(document)
    for name in ("start", "end"):
        if name in document.data:
            day = read_day(document.data[name], _at(document, (name,)))
            if day is not FAULT:
                layer.settings["day", name] = Setting(day, _origin(document, (name,)))
    _read_values(document, catalogue, before, layer)
    for name, event in read_events(document, catalogue).items():
        layer.settings["event", name] = Setting(event, event.origin)
    return layer


def _read_values(document: Document, catalogue: Catalogue, before: dict[Slot, Setting], layer: FileLayer) -> None:
    groups = catalogue.members_of("")
    table = {}
    for name, raw in document.data.items():
        if name in HEADS:
            continue
        near = [] if name in groups else nearest(name, HEADS + groups, most=1, cutoff=0.7)
        if near and near[0] in HEADS:
            document.report((name,), f"unknown key; did you mean {near[0]}?")
        else:
            table[name] = raw
    for path, key, parameter, raw, right in flatten(table, catalogue, document.report):
        value = read_value(raw, parameter, _at(document, path, _replacing(before.get(("value", key)))))
        if right and value is not FAULT:
            layer.settings["value", key] = Setting(value, _origin(document, path))


def _replacing(previous: Setting | None) -> str:
    return f" (would replace {previous.words()} from {previous.origin})" if previous else ""


def _at(document: Document, path: Inner, suffix: str = "") -> Any:
    """A report for faults of the value at ``path``."""
    return lambda inner, message: document.report((*path, *inner), message + suffix, at_value=True)


def _origin(document: Document, path: Inner) -> Origin:
    line, column = document.positions.key(path)
    return Origin("file", document.shown, line, column)


def _missing(document: Document, name: str, example: str) -> None:
    """Report a missing key, unless it stands there misspelt, which is reported by itself."""
    if not nearest(name, [key for key in document.data if key not in HEADS], cutoff=0.7):
        document.missing(name, f"this key is required; write {example}")


def _text(document: Document, name: str) -> str:
    if name not in document.data:
        _missing(document, name, f'{name} = "..."')
        return ""
    text = read_text(document.data[name], _at(document, (name,)))
    return "" if text is FAULT else text


def _references(document: Document) -> tuple[str, ...]:
    if "references" not in document.data:
        _missing(document, "references", 'references = ["..."]')
        return ()
    raw = document.data["references"]
    if not isinstance(raw, list) or not raw:
        what = "an empty list" if raw == [] else shown(raw)
        message = f'{what} is not a list of texts; write references = ["..."]'
        document.report(("references",), message, at_value=True)
        return ()
    texts = [read_text(item, _at(document, ("references", number))) for number, item in enumerate(raw)]
    return tuple(text for text in texts if text is not FAULT)


def given(setting: Setting) -> Given:
    """A setting of a parameter as the scenario keeps it. TypeError for an event."""
    if isinstance(setting.content, Event):
        raise TypeError("an event is no value of a parameter")
    return Given(setting.content, setting.origin)


def day(setting: Setting | None, default: datetime.date) -> datetime.date:
    """A setting of start or end, or the default."""
    return setting.content if setting and isinstance(setting.content, datetime.date) else default
