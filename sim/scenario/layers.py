"""What one file, or ``--set``, says: settings by slot; and how layers of several files fall on each other."""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sim.errors import Problem
from sim.limits import LONGEST_LABEL
from sim.scenario.condition import Condition, parse_condition
from sim.scenario.document import Document, KeyPath, Report, syntax_fault
from sim.scenario.entities import is_country, wrong_code
from sim.scenario.groups import Groups, name_fault
from sim.scenario.keys import HEADS, flatten
from sim.scenario.parameter import Catalogue
from sim.scenario.reading import FAULT, read_day, read_text, read_value
from sim.scenario.scenario import Event, Given, Origin
from sim.scenario.values import Dated, Place, Table, Value, describe
from sim.text import dotted, listed, meant, nearest, shown, tame

Slot = tuple[str, str]
"""What is set: ("value", key), ("day", "start" or "end"), ("event", name) or ("group", name)."""

Codes = tuple[str, ...]
"""The members of a group."""


@dataclass(frozen=True)
class Setting:
    """What one file says about one slot; ``group`` is the key of a group that said it."""

    content: Value | Event | Codes
    origin: Origin
    group: str = ""

    def same_as(self, other: Setting) -> bool:
        """Whether both say the same, wherever they stand."""
        if isinstance(self.content, Event) and isinstance(other.content, Event):
            return replace(self.content, origin=other.origin) == other.content
        return self.content == other.content and type(self.content) is type(other.content)

    def words(self) -> str:
        """What it says, in short."""
        if isinstance(self.content, tuple):
            return ", ".join(self.content)
        return "an event" if isinstance(self.content, Event) else tame(describe(self.content))


@dataclass
class FileLayer:
    """Settings of one file. ``above`` holds the files it extends, directly or not."""

    document: Document
    title: str = ""
    label: str = ""
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
    return layered(*(layer.settings for layer in layers))


def layered(*layers: Mapping[Slot, Setting]) -> dict[Slot, Setting]:
    """The strongest setting of each slot, weakest layers first; rows of tables are added to those of weaker layers."""
    strongest: dict[Slot, Setting] = {}
    for settings in layers:
        for slot, setting in settings.items():
            weaker = strongest.get(slot)
            if weaker and isinstance(weaker.content, Table) and isinstance(setting.content, Table):
                setting = replace(setting, content=weaker.content.and_also(setting.content))
            strongest[slot] = setting
    return strongest


def contradictions(layers: Sequence[FileLayer]) -> Iterator[tuple[Slot, Setting, Setting]]:
    """Slots that two unrelated layers set differently, with the first and the last setting."""
    for slot in merged(layers):
        rivals = [layer.settings[slot] for layer in setters(slot, layers)]
        for rival in rivals[:-1]:
            if not rival.same_as(rivals[-1]) and not isinstance(rival.content, Table):
                yield slot, rival, rivals[-1]
                break


def read_layer(document: Document, catalogue: Catalogue, before: dict[Slot, Setting]) -> FileLayer:
    """All that a file itself says; ``before`` is what its parents say. Faults are noted in the document."""
    layer = FileLayer(document)
    layer.title = _text(document, "title")
    layer.label = _label(document)
    layer.description = _text(document, "description")
    layer.references = _references(document)
    for name in ("start", "end"):
        if name in document.data:
            day = read_day(document.data[name], _at(document, (name,)))
            if day is not FAULT:
                where = _place(document, (name,))
                layer.settings["day", name] = Setting(day, Origin("file", where.file, where.line, where.column))
    for name, setting in _groups(document, catalogue).items():
        layer.settings["group", name] = setting
    catalogue = catalogue.with_groups(own_groups({**before, **layer.settings}))
    _read_values(document, catalogue, before, layer)
    for name, event in read_events(document, catalogue).items():
        layer.settings["event", name] = Setting(event, event.origin)
    return layer


def _read_values(document: Document, catalogue: Catalogue, before: dict[Slot, Setting], layer: FileLayer) -> None:
    table = {}
    for name, raw in document.data.items():
        if name in HEADS:
            continue
        known = catalogue.is_group(name) or catalogue.find(name) is not None
        near = [] if known else nearest(name, HEADS + catalogue.members_of(""), most=1, cutoff=0.7)
        if near and near[0] in HEADS:
            document.report((name,), f"unknown key; did you mean {near[0]}?")
        else:
            table[name] = raw
    for path, key, parameter, raw, right in flatten(table, catalogue, document.report):
        report = _at(document, path, _replacing(before.get(("value", key))))
        value = read_value(raw, parameter, report, catalogue.groups)
        if right and value is not FAULT:
            placed = _placed(value, document, path) if isinstance(value, Table) else value
            layer.settings["value", key] = Setting(placed, _origin(document, path))


def _placed(table: Table, document: Document, path: KeyPath) -> Table:
    """The table with the place of each cell."""
    return Table(
        tuple(
            replace(row, places={name: _place(document, (*path, number, name)) for name, _ in row.cells})
            for number, row in enumerate(table.rows)
        )
    )


def _place(document: Document, path: KeyPath) -> Place:
    """Where the value of a key stands."""
    return Place(document.shown, *document.positions.value(path), dotted(path))


def own_groups(settings: Mapping[Slot, Setting]) -> dict[str, Codes]:
    """The groups that files name, with their codes."""
    pairs = ((slot[1], setting.content) for slot, setting in settings.items() if slot[0] == "group")
    return {name: content for name, content in pairs if isinstance(content, tuple)}


def _groups(document: Document, catalogue: Catalogue) -> dict[str, Setting]:
    """The file's own groups by name."""
    raw = document.data.get("groups", {})
    if not isinstance(raw, dict):
        document.report(("groups",), f'{shown(raw)} stands where groups are; write [groups] and name = ["POL", "CZE"]')
        return {}
    read: dict[str, Setting] = {}
    if not raw:
        return read
    known = sorted({code for parameter in catalogue for code in parameter.entities if is_country(code)})
    for name, codes in raw.items():
        if fault := name_fault(name, catalogue.groups):
            document.report(("groups", name), fault)
        elif not isinstance(codes, list) or not codes or not all(isinstance(code, str) for code in codes):
            message = f'a group is a list of codes of members or donors; write {name} = ["POL", "CZE"]'
            document.report(("groups", name), message, at_value=True)
        else:
            for number, code in enumerate(codes):
                if code not in known and (group := catalogue.groups.spelled(code)):
                    within = listed(code for code in catalogue.groups.fixed.get(group, ()) if code in known)
                    words = f"{group} is a group, and a group holds codes" + (f"; write {within}" if within else "")
                    document.report(("groups", name, number), words, at_value=True)
                elif code not in known:
                    document.report(("groups", name, number), wrong_code(code, known), at_value=True)
                elif code in codes[:number]:
                    document.report(("groups", name, number), f"{code} is named twice", at_value=True)
            read[name] = Setting(tuple(codes), _origin(document, ("groups", name)))
    return read


def _replacing(previous: Setting | None) -> str:
    if previous is None or isinstance(previous.content, Table):
        return ""
    return f" (would replace {previous.words()} from {previous.origin})"


def _at(document: Document, path: KeyPath, suffix: str = "") -> Any:
    """A report for faults of the value at ``path``."""
    return lambda inner, message: document.report((*path, *inner), message + suffix, at_value=True)


def _origin(document: Document, path: KeyPath) -> Origin:
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


def _label(document: Document) -> str:
    raw = document.data.get("label", "")
    if raw == "" and "label" not in document.data:
        return ""
    label = read_text(raw, _at(document, ("label",)))
    if label is FAULT:
        return ""
    if len(label) > LONGEST_LABEL or not label.isprintable():
        what = f"has {len(label)} characters" if label.isprintable() else "has more than one line"
        message = f"this label {what}; it stands in legends and tables: one line of at most {LONGEST_LABEL} characters"
        document.report(("label",), message, at_value=True)
    return label.strip()


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


def given(setting: Setting, start: datetime.date, below: Given | None) -> Given:
    """A setting of a parameter as the scenario keeps it; a dated one that begins later with what is ``below`` it.

    Later is after 1 January of the year of ``start``: what is read once a year looks at all days of it.

    TypeError for an event or a group.
    """
    if isinstance(setting.content, Event | tuple):
        raise TypeError("an event or a group is no value of a parameter")
    later = isinstance(setting.content, Dated) and setting.content.first_day > start.replace(month=1, day=1)
    return Given(setting.content, setting.origin, below if later else None)


def day(setting: Setting | None, default: datetime.date) -> datetime.date:
    """A setting of start or end, or the default."""
    return setting.content if setting and isinstance(setting.content, datetime.date) else default


_OF_CONDITIONS = ("after_months", "for_months", "once")
EVENT_KEYS = ("date", "when", "until", "name", "set", "probability", *_OF_CONDITIONS)
LONGEST_WAIT = 480  # months; no simulation is longer


def read_events(document: Document, catalogue: Catalogue) -> dict[str, Event]:
    """Events of a file by name, in order; faults are noted in the document and their events left out."""
    raw = document.data.get("events", [])
    if not isinstance(raw, list) or not all(isinstance(item, dict) for item in raw):
        document.report(("events",), "events are tables in a list; write [[events]] before each")
        return {}
    events: dict[str, Event] = {}
    for number, item in enumerate(raw):
        event = _EventReader(document, catalogue, ("events", number)).read(item)
        if event is None:
            continue
        if event.name in events:
            first = events[event.name].origin.line
            message = f'the name "{tame(event.name)}" is used twice; first on line {first}; give each event its own'
            document.report(("events", number, "name"), message, at_value=True)
        else:
            events[event.name] = event
    return events


class _EventReader:
    """Reads one event, noting every fault."""

    def __init__(self, document: Document, catalogue: Catalogue, path: KeyPath) -> None:
        self.document, self.catalogue, self.path = document, catalogue, path
        self.faults = 0
        self.places: dict[str, Place] = {}  # of the keys of the model that it sets

    def report(self, inner: KeyPath, message: str) -> None:
        self.faults += 1
        self.document.report((*self.path, *inner), message, at_value=True)

    def report_key(self, path: KeyPath, message: str) -> None:
        self.faults += 1
        self.document.report(path, message)

    def read(self, item: dict[str, Any]) -> Event | None:
        for key in item:
            if key not in EVENT_KEYS:
                hint = meant(nearest(key, EVENT_KEYS, most=1)) or f"; an event holds {listed(EVENT_KEYS)}"
                self.report_key((*self.path, key), f"unknown key{hint}")
        name = self.required(item, "name")
        day, when = self.beginning(item)
        until = read_day(item["until"], self.inside("until")) if "until" in item else None
        probability = self.probability(item.get("probability", 1))
        sets = self.sets(item)
        if isinstance(day, datetime.date) and isinstance(until, datetime.date) and until <= day:
            self.report(("until",), f"until {until} must be after the date {day}")
        waits, lasts, once = self.months(item, "after_months", 0), self.months(item, "for_months", 1), self.once(item)
        if self.faults or not isinstance(name, str) or until is FAULT:
            return None
        places = {key: _place(self.document, (*self.path, key)) for key in item} | self.places
        origin = _origin(self.document, self.path)
        return Event(day, until, name, sets, probability, origin, when, waits or 0, lasts, once, places)

    def beginning(self, item: dict[str, Any]) -> tuple[datetime.date | None, Condition | None]:
        """The date or the condition of the event; an event needs one of them."""
        if "when" not in item:
            for key in _OF_CONDITIONS:
                if key in item:
                    self.report_key((*self.path, key), f"{key} belongs to a condition; write when, or until for an end")
            day = FAULT if self.misspelt("when", item) else self.required(item, "date")
            return day if isinstance(day, datetime.date) else None, None
        if "date" in item:
            self.report_key((*self.path, "when"), "an event has a date or a condition, not both; leave out one")
        words = read_text(item["when"], self.inside("when"))
        try:
            return None, None if words is FAULT else parse_condition(words, self.catalogue)
        except ValueError as fault:
            self.report(("when",), str(fault))
            return None, None

    def months(self, item: dict[str, Any], key: str, least: int) -> int | None:
        """A number of months, or None where it is not given or wrong."""
        raw = item.get(key)
        if raw is None:
            return None
        if isinstance(raw, bool) or not isinstance(raw, int) or not least <= raw <= LONGEST_WAIT:
            self.report((key,), f"{shown(raw)} is not a whole number of months from {least} to {LONGEST_WAIT}")
            return None
        return raw

    def once(self, item: dict[str, Any]) -> bool:
        """Whether the event begins at most once."""
        raw = item.get("once", True)
        if not isinstance(raw, bool):
            self.report(("once",), f"{shown(raw)} is not true or false")
        return raw is True

    def inside(self, *path: str | int) -> Report:
        """A report for the value at one path in the event."""
        return lambda inner, message: self.report((*path, *inner), message)

    def required(self, item: dict[str, Any], key: str) -> Any:
        if key not in item:
            if self.misspelt(key, item):
                return FAULT
            example = 'date; write date = 2025-06-30, or when = "ceasefire"'
            example = 'name; write name = "..."' if key == "name" else example
            self.report_key(self.path, f"an event needs {example}")
            return FAULT
        return (read_text if key == "name" else read_day)(item[key], self.inside(key))

    def misspelt(self, key: str, item: dict[str, Any]) -> bool:
        """Whether a key that is missing stands there misspelt, which is reported by itself."""
        return bool(nearest(key, [other for other in item if other not in EVENT_KEYS]))

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
        settings: list[tuple[str, Value]] = []
        table_path = (*self.path, "set")
        for path, key, parameter, value, right in flatten(raw, self.catalogue, self.report_key, table_path):
            if right and parameter.at_start:
                self.report_key(path, "this value is read once, on the first day; set it outside events")
                continue
            read = read_value(value, parameter, self.inside(*path[len(self.path) :]))
            if right and read is not FAULT:
                settings.append((key, read))
                line, column = self.document.positions.key(path)
                self.places[key] = Place(self.document.shown, line, column, dotted(path))
        return tuple(settings)


PLACE = "--set"
_WORD = re.compile(r"[A-Za-z_][\w-]*")


def read_sets(
    sets: Sequence[str], catalogue: Catalogue, before: dict[Slot, Setting]
) -> tuple[dict[Slot, Setting], list[Problem]]:
    """Settings of ``sets`` by slot, and what is wrong with them; ``before`` is what the files say."""
    settings: dict[Slot, Setting] = {}
    problems: list[Problem] = []
    for text in sets:
        slot, content = _read_one(text, catalogue, before, problems)
        if slot is None:
            continue
        setting = Setting(content, Origin("set", f"{PLACE} {tame(text)}"))
        earlier = settings[slot].content if slot in settings else None
        if isinstance(earlier, Table) and isinstance(content, Table):
            setting = replace(setting, content=earlier.and_also(content))
        elif slot in settings and not settings[slot].same_as(setting):
            words = f"set twice: {settings[slot].words()} and {setting.words()}; keep one"
            problems.append(Problem(PLACE, 0, 0, slot[1], words))
        settings[slot] = setting
    return settings, problems


def _read_one(
    text: str, catalogue: Catalogue, before: dict[Slot, Setting], problems: list[Problem]
) -> tuple[Slot | None, Any]:
    name, equals, written = (part.strip() for part in text.partition("="))

    def report(path: Sequence[str | int], message: str) -> None:
        problems.append(Problem(PLACE, 0, 0, dotted(path), message))

    if not equals or not name:
        report((), f"{tame(text) or 'an empty text'} is not KEY=VALUE")
        return None, None
    name = catalogue.spelled(name)
    parts = name.split(".")
    value = _parsed(written, parts, report)
    if value is FAULT:
        return None, None
    if name in ("start", "end"):
        day = read_day(value, lambda inner, message: report((name, *inner), message))
        return (None, None) if day is FAULT else (("day", name), day)
    if parts[0] in HEADS:
        report((parts[0],), "only start, end and keys of the model can be set here; write it in the file")
        return None, None
    if isinstance(value, dict) and catalogue.is_group(name) and catalogue.find(name) is None:
        report(parts, f"{name} is a group; set one key of it")
        return None, None
    table: Any = value
    for part in reversed(parts[:50]):
        table = {part: table}
    read = [
        (("value", key), content)
        for path, key, parameter, raw, right in flatten(table, catalogue, report)
        if (content := _content(path, key, parameter, raw, before, report, catalogue.groups)) is not FAULT and right
    ]
    return read[0] if len(read) == 1 else (None, None)


def _content(
    path: Any, key: str, parameter: Any, raw: Any, before: dict[Slot, Setting], report: Any, groups: Groups
) -> Any:
    suffix = _replacing(before.get(("value", key)))
    return read_value(raw, parameter, lambda inner, message: report((*path, *inner), message + suffix), groups)


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
