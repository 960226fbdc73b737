"""A scenario file and all it builds on, resolved: defaults < facts < parents < file < ``--set``."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from sim.errors import InputError, Problem
from sim.limits import MOST_CONDITIONS, MOST_DEEP, MOST_EVENTS, MOST_PARENTS, MOST_PROBLEMS
from sim.scenario import acting
from sim.scenario.days import month_end
from sim.scenario.document import Document, TooManyError, parse, read, shown_path
from sim.scenario.domain import fit
from sim.scenario.expansion import Expansion, replaced
from sim.scenario.layers import (
    PLACE,
    FileLayer,
    Setting,
    Slot,
    contradictions,
    day,
    given,
    layered,
    merged,
    own_groups,
    read_layer,
    read_sets,
)
from sim.scenario.parameter import Catalogue
from sim.scenario.scenario import Event, Given, Origin, Scenario
from sim.scenario.values import Place, Table, Value, describe
from sim.text import meant, nearest, shown, tame

FactsLayer = Callable[[datetime.date], Mapping[str, Given]]

EARLIEST_START = datetime.date(2014, 1, 1)
LATEST_START = datetime.date(2028, 12, 31)
LATEST_END = datetime.date(2060, 12, 31)
LONGEST_YEARS = 40


def load(
    path: str | Path,
    *,
    catalogue: Catalogue,
    facts_layer: FactsLayer | None = None,
    sets: Sequence[str] = (),
    shipped: Path | None = None,
    default_start: datetime.date = datetime.date(2025, 1, 1),
    default_end: Callable[[datetime.date], datetime.date] | datetime.date = datetime.date(2030, 12, 31),
    text: str | None = None,
    facts_end: datetime.date | None = None,
) -> Scenario:
    """Read and resolve a scenario file.

    ``text`` is what the file holds where it is not on this disk; ``path`` then only names it, and it can extend
    nothing but files of the folder ``shipped``.

    ``facts_layer`` gives the values known at the start; ``sets`` are ``KEY=VALUE`` texts, strongest of all; parents
    named in ``extends`` are looked for beside the file, then in the folder ``shipped``. The defaults of start and end
    hold where no file sets them. ``facts_end`` is the last day that the facts know of.

    Raises:
        InputError: with every problem of the file, its parents and ``sets``, sorted.
    """
    resolver = _Resolver(catalogue, shipped, text, facts_end)
    scenario = resolver.resolve(Path(path), facts_layer, sets, default_start, default_end)
    if scenario is None or resolver.problems:
        raise InputError(tuple(_listed(resolver.problems)))
    return scenario


def check(
    path: str | Path,
    *,
    catalogue: Catalogue,
    facts_layer: FactsLayer | None = None,
    sets: Sequence[str] = (),
    shipped: Path | None = None,
    default_start: datetime.date = datetime.date(2025, 1, 1),
    default_end: Callable[[datetime.date], datetime.date] | datetime.date = datetime.date(2030, 12, 31),
    facts_end: datetime.date | None = None,
) -> list[Problem]:
    """Every problem that `load` would raise, sorted; an empty list if the scenario is sound. Never raises for input.

    Without ``facts_layer`` the facts are not read: no fact is needed to tell whether a file is right.
    """
    resolver = _Resolver(catalogue, shipped, None, facts_end)
    resolver.resolve(Path(path), facts_layer, sets, default_start, default_end)
    return _listed(resolver.problems)


def _listed(problems: Sequence[Problem]) -> list[Problem]:
    """The problems in order, each once; of too many the first, and how many there are."""
    ordered = sorted(set(problems))
    if len(ordered) <= MOST_PROBLEMS:
        return ordered
    rest = len(ordered) - MOST_PROBLEMS
    return [*ordered[:MOST_PROBLEMS], Problem(ordered[0].path, 0, 0, "", f"at least {rest} more; mend these first")]


class _Resolver:
    """Reads a file and its parents once each, weakest first, and gathers problems."""

    def __init__(
        self, catalogue: Catalogue, shipped: Path | None, text: str | None, facts_end: datetime.date | None
    ) -> None:
        self.catalogue, self.shipped, self.text, self.facts_end = catalogue, shipped, text, facts_end
        self.problems: list[Problem] = []
        self.layers: list[FileLayer] = []
        self.seen: dict[Path, FileLayer | None] = {}
        self.reported: set[tuple[Slot, Origin, Origin]] = set()
        self.lineages: list[tuple[Document, list[FileLayer]]] = []

    def resolve(
        self,
        path: Path,
        facts_layer: FactsLayer | None,
        sets: Sequence[str],
        default_start: datetime.date,
        default_end: Callable[[datetime.date], datetime.date] | datetime.date,
    ) -> Scenario | None:
        """The scenario, or None where problems leave none."""
        root = self.file(path, self.shown(path, path), [])
        settings = merged(self.layers)
        own = own_groups(settings)
        catalogue = self.catalogue.with_groups(own)
        by_hand, faults = read_sets(sets, catalogue, settings)
        self.problems += faults
        settings |= by_hand
        start = day(settings.get(("day", "start")), default_start)
        start_of_groups = start if EARLIEST_START <= start <= LATEST_START else default_start
        expansion = Expansion(catalogue, start_of_groups)
        for layer in self.layers:
            layer.settings = expansion.settings(layer.settings)
        for document, lineage in self.lineages:
            self.siblings(document, lineage)
        by_hand = expansion.settings(by_hand)
        told = [*expansion.told, *replaced([*(layer.settings for layer in self.layers), by_hand])]
        settings = layered(merged(self.layers), by_hand)
        if root is None:
            return None
        for layer in self.layers:
            self.problems += layer.document.problems
        end = day(settings.get(("day", "end")), default_end(start) if callable(default_end) else default_end)
        self.horizon(start, end, settings, root)
        if start < end:
            self.problems += acting.mistakes(start, end, settings, root.document.shown, self.facts_end, self.catalogue)
            spending = self.catalogue.find("members.*.share_pct_gdp")
            allies = [code for code in spending.entities if code != "USA"] if spending else []
            self.problems += acting.nobody_left(settings, self.catalogue, allies, start, end)
        self.problems += together(settings, self.catalogue)
        for event, key, message in together_in_events(settings, self.catalogue):
            self.at_event(event, message, key)
        events = tuple(s.content for s in settings.values() if isinstance(s.content, Event))
        if self.problems:
            return None
        values = self.defaults()
        values |= facts_layer(start) if facts_layer else {}
        for said in [layer.settings for layer in self.layers] + [by_hand]:
            for slot, setting in said.items():
                if slot[0] == "value":
                    whole = settings[slot] if isinstance(setting.content, Table) else setting
                    values[slot[1]] = given(whole, start, values.get(slot[1]))
        files = tuple(layer.document.shown for layer in self.layers)
        texts = (root.title, root.description, root.references)
        return Scenario(
            tame(path.stem, 200), *texts, start, end, values, events, files, root.label, own, tuple(dict.fromkeys(told))
        )

    def file(self, path: Path, shown_as: str, below: list[Document]) -> FileLayer | None:
        """Read a file after its parents; None if it cannot be read. ``below`` are the files that led here."""
        own = None if below else self.text
        mine = not below or path.resolve().parent == (self.shipped and self.shipped.resolve())
        document = (
            read(path, shown_as, own=mine)
            if own is None
            else parse(own.encode("utf-8", "surrogatepass"), shown_as, Path())
        )
        if isinstance(document, Problem):
            named = f" (extended by {below[-1].shown}:{below[-1].positions.key(('extends',))[0]})" if below else ""
            self.problems.append(replace(document, message=document.message + named))
            return None
        parents = self.parents(document, [*below, document])
        above: frozenset[Path] = frozenset()
        for parent in parents:
            above |= parent.above | {parent.document.real}
        lineage = [layer for layer in self.layers if layer.document.real in above]
        layer = FileLayer(document)
        try:
            layer = read_layer(document, self.catalogue, merged(lineage))
        except TooManyError:
            message = f"more than {MOST_PROBLEMS} mistakes; mend these first"
            document.problems.append(Problem(document.shown, 0, 0, "", message))
        layer.above = above
        self.lineages.append((document, [*lineage, layer]))
        self.layers.append(layer)
        self.seen[document.real] = layer
        return layer

    def parents(self, document: Document, chain: list[Document]) -> list[FileLayer]:
        """The files named in ``extends`` that can be read, left to right."""
        raw = document.data.get("extends", [])
        names = raw if isinstance(raw, list) else [raw]
        too_many = f"{len(names):,} parents; at most {MOST_PARENTS} can be extended"
        too_deep = f"more than {MOST_DEEP} files extend each other here; put some into one"
        if excess := too_many if len(names) > MOST_PARENTS else too_deep if len(chain) > MOST_DEEP else "":
            document.report(("extends",), excess, at_value=True)
            return []
        parents: list[FileLayer] = []
        for number, name in enumerate(names):
            key_path = ("extends", number) if isinstance(raw, list) else ("extends",)
            if not isinstance(name, str) or not name.strip():
                message = f'{shown(name)} is not a file name; write extends = "baseline.toml"'
                document.report(key_path, message, at_value=True)
                continue
            if name in names[:number]:
                document.report(key_path, f"{shown(name)} is named twice", at_value=True)
                continue
            parent = self.parent(document, name, key_path, chain)
            if parent is not None:
                parents.append(parent)
        return parents

    def parent(
        self, document: Document, name: str, key_path: tuple[str | int, ...], chain: list[Document]
    ) -> FileLayer | None:
        """One parent, read now or before; None if it is missing, faulty or closes a cycle."""
        beside_it = len(chain) > 1 or self.text is None
        if not beside_it:
            folder = self.shipped
            shipped = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.toml")) if folder else []
            if name not in shipped and f"{name}.toml" not in shipped:
                hint = meant(nearest(name.removesuffix(".toml") + ".toml", shipped, most=1, cutoff=0.8))
                words = f"{shown(name)} is no shipped scenario, and only these can be extended here{hint}"
                document.report(key_path, words, at_value=True)
                return None
        folders = [(Path(document.shown).parent, document.real.parent)] if beside_it else []
        folders += [(self.shipped, self.shipped)] if self.shipped else []
        names = (name, f"{name}.toml")
        there = [(beside / n, folder / n) for beside, folder in folders for n in names if _exists(folder / n)]
        # A file may build on the shipped scenario whose name it bears; it cannot mean itself.
        there = [pair for pair in there if pair[1].resolve() != document.real] or there
        if not there:
            document.report(key_path, _no_parent(name, [folder for _, folder in folders]), at_value=True)
            return None
        shown_as, path = there[0]
        real = path.resolve()
        reals = [other.real for other in chain]
        if real in reals:
            loop = [other.shown for other in chain[reals.index(real) :]]
            document.report(key_path, f"the files extend each other: {' -> '.join([*loop, loop[0]])}", at_value=True)
            return None
        if real not in self.seen:
            self.seen[real] = self.file(path, os.path.normpath(self.shown(path, shown_as)), chain)
        return self.seen[real]

    def shown(self, path: Path, written: str | Path) -> str:
        """How a file is called in messages: a shipped one by its folder and name, wherever it is installed."""
        try:
            shipped = self.shipped is not None and path.resolve().parent == self.shipped.resolve()
        except OSError:
            shipped = False
        return f"scenarios/{path.name}" if shipped else shown_path(written)

    def siblings(self, document: Document, lineage: list[FileLayer]) -> None:
        """Report what two parents set differently and the file itself leaves open."""
        for slot, first, last in contradictions(lineage):
            if (slot, first.origin, last.origin) in self.reported:
                continue
            self.reported.add((slot, first.origin, last.origin))
            line, column = document.positions.value(("extends",))
            name = f'{slot[0]} "{tame(slot[1])}"' if slot[0] in ("event", "group") else slot[1]
            words = f"{first.words()} in {first.origin} and {last.words()} in {last.origin}"
            message = f"two parents disagree: {words}; set it in this file or drop one parent"
            self.problems.append(Problem(document.shown, line, column, name, message))

    def horizon(
        self, start: datetime.date, end: datetime.date, settings: Mapping[Slot, Setting], root: FileLayer
    ) -> None:
        """Report a start, an end or an event outside what can be simulated."""
        if not EARLIEST_START <= start <= LATEST_START:
            message = f"{start} is outside {EARLIEST_START} to {LATEST_START}, the days a simulation can start"
            self.at_day("start", message, settings, root)
            return
        last = min(LATEST_END, _years_after(start, LONGEST_YEARS))
        if end <= start:
            self.at_day("end", f"{end} must be after the start {start}", settings, root)
        elif end < (first := month_end(start)):
            message = f"{end} is before the first month ends, so nothing would be recorded; must be {first} or later"
            self.at_day("end", message, settings, root)
        elif end > last:
            reason = f"at most {LONGEST_YEARS} years after the start {start}, and not after {LATEST_END}"
            self.at_day("end", f"{end} is too late; must be {reason}", settings, root)
        events = [setting.content for setting in settings.values() if isinstance(setting.content, Event)]
        for most, kind, counted in (
            (MOST_EVENTS, "events", events),
            (MOST_CONDITIONS, "events on a condition", [event for event in events if event.when]),
        ):
            if len(counted) > most:
                self.at_event(counted[most], f"{len(counted):,} {kind}; a scenario can have {most}")
        for event in events:
            part, message = outside(event, start, end)
            if message:
                self.at_event(event, message, part)
        for place, dated in dates_of_rows(settings):
            if start < end and not start <= dated <= end:
                message = f"{dated} is outside the simulated days {start} to {end}"
                self.problems.append(Problem(place.file, place.line, place.column, place.key, message))
        for event, key, message in contradicting(events):
            self.at_event(event, message, key)

    def at_event(self, event: Event, message: str, part: str = "") -> None:
        """Report a fault at a part of an event, or where it begins."""
        place = event.place(part)
        self.problems.append(Problem(place.file, place.line, place.column, place.key, message))

    def at_day(self, name: str, message: str, settings: Mapping[Slot, Setting], root: FileLayer) -> None:
        """Report where start or end is set; for a default, at the top of the file."""
        setting = settings.get(("day", name))
        origin = setting.origin if setting else Origin("file", root.document.shown)
        path = PLACE if origin.layer == "set" else origin.file
        self.problems.append(Problem(path, origin.line, origin.column, name, message))

    def defaults(self) -> dict[str, Given]:
        """Values of the catalogue for every key that has one."""
        values: dict[str, Given] = {}
        for parameter in self.catalogue:
            if parameter.default is not None or parameter.never_by_default:
                default = None if parameter.default is None else fit(parameter.default, parameter.domain)
                values |= dict.fromkeys(parameter.expanded(), Given(default, Origin("default")))
        return values


def together(settings: Mapping[Slot, Setting], catalogue: Catalogue) -> Iterator[Problem]:
    """Keys of files and ``--set`` that lack another they need, or stand beside one that contradicts them."""
    values = {slot[1]: setting for slot, setting in settings.items() if slot[0] == "value"}
    for key, setting in values.items():
        parameter = catalogue.find(key)
        if parameter is None or not (parameter.needs or parameter.excludes):
            continue
        code = next((code for code in parameter.entities if parameter.key.replace("*", code) == key), "")
        path = PLACE if setting.origin.layer == "set" else setting.origin.file
        lacking = [need for need in (other.replace("*", code) for other in parameter.needs) if need not in values]
        against = [other for other in (each.replace("*", code) for each in parameter.excludes) if acts(values, other)]
        for message in (
            *([f"needs {' and '.join(lacking)} beside it"] if lacking else []),
            *([f"contradicts {against[0]} ({values[against[0]].origin}); keep one"] if against else []),
        ):
            yield Problem(path, setting.origin.line, setting.origin.column, key, message)


def together_in_events(settings: Mapping[Slot, Setting], catalogue: Catalogue) -> Iterator[tuple[Event, str, str]]:
    """Events that set a key beside one that contradicts it: in the event itself, or for good in the file."""
    values = {slot[1]: setting for slot, setting in settings.items() if slot[0] == "value"}
    events = [setting.content for setting in settings.values() if isinstance(setting.content, Event)]
    by_events = {key for event in events for key, _ in event.sets}
    for event in events:
        sets = dict(event.sets)
        for key in sets:
            parameter = catalogue.find(key)
            if parameter is None or not parameter.excludes:
                continue
            code = next((code for code in parameter.entities if parameter.key.replace("*", code) == key), "")
            for other in (each.replace("*", code) for each in parameter.excludes):
                if sets.get(other, False) is not False:
                    words = f'the event "{tame(event.name)}" sets {key} and {other}, which contradict; keep one'
                    yield event, key, words
                elif acts(values, other) and other not in by_events:
                    origin = values[other].origin
                    words = f'the event "{tame(event.name)}" sets {key}, which contradicts {other} ({origin})'
                    yield event, key, words


def acts(values: Mapping[str, Setting], key: str) -> bool:
    """Whether a key is set to anything but false."""
    return key in values and values[key].content is not False


def outside(event: Event, start: datetime.date, end: datetime.date) -> tuple[str, str]:
    """Which part of an event keeps it from acting between two days, and why; empty if it can act."""
    if not start < end:
        return "", ""
    name, first = f'the event "{tame(event.name)}"', event.first_day(start)
    if event.date is not None:
        within = start <= first <= end
        return "date", "" if within else f"{name} on {first} is outside the simulated days {start} to {end}"
    if first > end:
        return "when", f"{name} can begin on {first} at the earliest, after the end {end}"
    if event.until is not None and event.until <= first:
        return "until", f"{name} can begin on {first} at the earliest, and ends on {event.until}: it cannot act"
    return "", ""


def dates_of_rows(settings: Mapping[Slot, Setting]) -> Iterator[tuple[Place, datetime.date]]:
    """Every date in a row of a table, with its place."""
    for slot, setting in settings.items():
        for row in setting.content.rows if isinstance(setting.content, Table) else ():
            for column, cell in row.cells:
                if isinstance(cell, datetime.date):
                    yield row.places.get(column) or Place(PLACE, 0, 0, f"{slot[1]}.{column}"), cell


def contradicting(events: Sequence[Event]) -> Iterator[tuple[Event, str, str]]:
    """Events that set a key to different values at once in every run, each with the key and what is wrong.

    They have one day, or they wait for one condition in the same way.
    """
    said: dict[tuple[object, str], tuple[Event, Value]] = {}
    for event in events:
        if event.probability < 1:
            continue
        at_once = event.date or (event.when, event.after_months, event.once)
        for key, value in event.sets:
            other, before = said.setdefault((at_once, key), (event, value))
            if before != value:
                words = f'{describe(value)} here and {describe(before)} in "{tame(other.name)}" ({other.origin})'
                moment = f"on {event.date}" if event.when is None else event.timing()
                yield event, key, f"two events set {key} {moment}: {tame(words, 200)}; keep one"


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _no_parent(name: str, folders: Sequence[Path]) -> str:
    where = "beside this file" + (" or among the shipped scenarios" if len(folders) > 1 else "")
    said = f"no file {tame(name)} {where}"
    if not name.isprintable():
        return said
    near = Path(name).parent
    names = sorted({str(near / path.name) for folder in folders for path in (folder / near).glob("*.toml")})
    return said + meant(nearest(name.removesuffix(".toml") + ".toml", names, most=1, cutoff=0.8))


def _years_after(day: datetime.date, years: int) -> datetime.date:
    if (day.month, day.day) == (2, 29):
        day = day.replace(day=28)
    return day.replace(year=min(day.year + years, datetime.MAXYEAR))
