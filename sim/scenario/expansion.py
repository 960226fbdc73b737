"""What a key of a group means for each of its members."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from sim.scenario.domain import Codes, Rows
from sim.scenario.scenario import Event
from sim.scenario.values import Cell, Table
from sim.text import tame

if TYPE_CHECKING:
    from sim.scenario.layers import Setting, Slot
    from sim.scenario.parameter import Catalogue
    from sim.scenario.values import Value


MONEY = ("EUR ", "USD ")


@dataclass(slots=True)
class Expansion:
    """Settings with every key of a group replaced by those of its members, and what the reader is told."""

    catalogue: Catalogue
    start: date
    told: list[str] = field(default_factory=list)

    def settings(self, settings: Mapping[Slot, Setting]) -> dict[Slot, Setting]:
        """The settings of one file: a member's own key, then the smaller group, then the later line."""
        whole = {
            slot: setting for slot, setting in settings.items() if slot[0] != "value" or not self._is_group(slot[1])
        }
        for slot, setting in whole.items():
            if isinstance(setting.content, Event):
                whole[slot] = replace(setting, content=self._event(setting.content))
            elif isinstance(setting.content, Table):
                whole[slot] = replace(setting, content=self._table(slot[1], setting.content))
        ranked = []
        for (kind, key), setting in settings.items():
            if (kind, key) not in whole:
                codes = self._codes(key)
                ranked.append((len(codes), (-setting.origin.line, -setting.origin.column), key, codes, setting))
        for _, _, key, codes, setting in sorted(ranked, key=lambda each: each[:3]):
            self._tell_of_sum(f"{key} ({setting.origin})", key, len(codes))
            lost: dict[str, list[str]] = {}
            for code, full in codes.items():
                winner = whole.setdefault(("value", full), replace(setting, group=key))
                if winner.group != key and not winner.same_as(setting):
                    lost.setdefault(f"{winner.words()} ({winner.origin})", []).append(code)
            for words, losers in lost.items():
                self.told.append(f"{key} ({setting.origin}) does not hold for {', '.join(losers)}, set to {words}")
        return whole

    def _tell_of_sum(self, place: str, key: str, count: int) -> None:
        """A sum of money is read as that of the whole group by many a writer; say that each of them gives it."""
        parameter = self.catalogue.find(key)
        if parameter and count > 1 and parameter.unit.startswith(MONEY):
            self.told.append(f"{place} holds for each of {count} by itself: it is no sum that they share")

    def _event(self, event: Event) -> Event:
        if not any(self._is_group(key) for key, _ in event.sets):
            return event
        whole: dict[str, Value] = {key: value for key, value in event.sets if not self._is_group(key)}
        places = dict(event.places)
        groups = [
            (self._codes(key), number, value) for number, (key, value) in enumerate(event.sets) if key not in whole
        ]
        for codes, number, value in sorted(groups, key=lambda each: (len(each[0]), -each[1])):
            key = event.sets[number][0]
            self._tell_of_sum(f'{key} of the event "{tame(event.name)}"', key, len(codes))
            for full in codes.values():
                whole.setdefault(full, value)
                places.setdefault(full, event.place(key))
        return replace(event, sets=tuple(whole.items()), places=places)

    def _table(self, key: str, table: Table) -> Table:
        parameter = self.catalogue.find(key)
        if parameter is None or not isinstance(parameter.domain, Rows):
            raise KeyError(key)
        among = {column.name: column.domain for column in parameter.domain.columns}
        rows = []
        for row in table.rows:
            cells = ((name, self._cell(cell, among[name])) for name, cell in row.cells)
            rows.append(replace(row, cells=tuple(cells)))
        return Table(tuple(rows))

    def _cell(self, cell: Cell, domain: object) -> Cell:
        if not isinstance(cell, tuple) or not isinstance(domain, Codes) or cell[0] in domain.codes:
            return cell
        return tuple(code for code in self.catalogue.groups.codes(cell[0], self.start) if code in domain.codes)

    def _is_group(self, key: str) -> bool:
        return self.catalogue.group_in(key) is not None

    def _codes(self, key: str) -> dict[str, str]:
        """Codes of the group named in a key -> the key of each."""
        found = self.catalogue.group_in(key)
        parameter = self.catalogue.find(key)
        if found is None or parameter is None:
            raise KeyError(key)
        codes = self.catalogue.groups.codes(found, self.start)
        return {code: parameter.key.replace("*", code) for code in codes if code in parameter.entities}


def replaced(layers: Iterable[Mapping[Slot, Setting]]) -> Iterator[str]:
    """What to tell of keys of single members in one file that a group in a stronger one replaces."""
    before: dict[Slot, Setting] = {}
    for settings in layers:
        lost: dict[tuple[str, str], list[str]] = {}
        for slot, setting in settings.items():
            earlier = before.get(slot)
            if setting.group and earlier and not earlier.group and not earlier.same_as(setting):
                lost.setdefault((setting.group, str(setting.origin)), []).append(f"{slot[1]} ({earlier.origin})")
        for (group, origin), keys in lost.items():
            yield f"{group} ({origin}) replaces {', '.join(keys)}"
        before |= settings
