"""Ensembles held in memory: what a chart can be about, and the runs of the states that were last asked for.

What was drawn stays for a while, so that another date, chart or view of the same state costs no simulation, and so
that differences from the baseline are taken run by run.
"""

from __future__ import annotations

import ctypes
import datetime
import mmap
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim import text
from sim.errors import InputError
from sim.scenario.entities import entity_name

if TYPE_CHECKING:
    from sim.model import Variable
    from sim.model.engine.streams import Memory
    from sim.scenario import Scenario

BLOCK = 1000
"""Runs simulated at a time: an answer that nobody waits for any more is given up between two blocks."""
KEPT_ENSEMBLES = 24
KEPT_BYTES, KEPT_DRAWS = 300_000_000, 120_000_000

Values = NDArray[np.float32]
Key = tuple[str, str]
"""A recorded series: variable, and entity or nothing."""
Stale = Callable[[], bool]


class GivenUp(Exception):  # noqa: N818 - not an error: nobody waits for the answer any more
    """The answer is not wanted any more."""


@cache
def known_variables() -> Mapping[str, Variable]:
    """Every recorded variable by name."""
    from sim.model import variables

    return {variable.name: variable for variable in variables()}


@cache
def codes(entity: str) -> tuple[str, ...]:
    """The codes along an axis of entities."""
    from sim.loading import load
    from sim.model import axes

    return axes(load("baseline")).codes(entity)


@cache
def groups(entity: str) -> tuple[str, ...]:
    """The codes whose single runs an ensemble keeps even where a variable keeps quantiles only."""
    from sim.loading import load
    from sim.model import axes

    return axes(load("baseline")).axis(entity).groups if entity else ()


@dataclass(frozen=True, slots=True)
class Subject:
    """A variable, one entity of it, or the ``codes`` of a group together: what a chart is about."""

    variable: str
    entity: str = ""
    codes: tuple[str, ...] = ()

    @classmethod
    def read(cls, raw: Any, scenario: Scenario) -> Subject:
        """The subject that ``VARIABLE``, ``VARIABLE:ENTITY`` or ``VARIABLE:GROUP`` names in a scenario.

        Raises:
            InputError: there is none.
        """
        name, _, entity = raw.partition(":") if isinstance(raw, str) else ("", "", "")
        from sim.model import RENAMED

        name = RENAMED.get(name, name)
        variable = known_variables().get(name[:80])
        if variable is None:
            raise InputError(text.unknown("variable", text.tame(name, 80), known_variables()))
        if variable.entity is None:
            return cls(name)
        known = codes(variable.entity)
        if not entity:
            return cls(name, (groups(variable.entity) or known)[-1])
        if entity in known:
            return cls(name, entity)
        from sim.model.groups import group_of

        group, inside = group_of(entity[:60], variable, known, [scenario])
        if not inside:
            raise InputError(text.unknown(variable.entity, text.tame(entity, 20), known))
        return cls(name, group, inside)

    @property
    def series(self) -> tuple[Key, ...]:
        """The recorded series it is made of: (variable, entity)."""
        if not self.codes:
            return ((self.variable, self.entity),)
        names = filter(None, (self.variable, self.about.weight))
        return tuple((name, code) for name in names for code in self.codes)

    def of(self, series: Mapping[Key, Values]) -> Values:
        """Its values in every run, ``(time, runs)``, from the series it is made of."""
        if not self.codes:
            return series[self.variable, self.entity]
        from sim.model.groups import together

        about = self.about
        return together(about.together, about.weight, about.name, self.codes, lambda name, code: series[name, code])

    @property
    def about(self) -> Variable:
        """The variable's declaration."""
        return known_variables()[self.variable]

    @property
    def id(self) -> str:
        """``VARIABLE`` or ``VARIABLE:ENTITY``."""
        return f"{self.variable}:{self.entity}" if self.entity else self.variable

    @property
    def title(self) -> str:
        """The name of the variable, and of the entity."""
        about = self.about.long_name
        return f"{_name(self.entity)}: {text.lower(about)}" if self.entity else about

    @property
    def kind(self) -> str:
        """How it is drawn: a fan, a share of runs, or shares of labels."""
        return "labels" if self.about.labels else "share" if self.about.flag else "fan"

    @property
    def unit(self) -> str:
        """Unit and price basis in words."""
        about = self.about
        if about.flag or about.labels:
            return "share of runs"
        return ", ".join(filter(None, (about.unit, about.price_basis)))


def _name(code: str) -> str:
    return {"EUR": "Europe", "OTHER": "Other donors", "ALL": "All donors"}.get(code) or entity_name(code)


@dataclass(eq=False)
class Drawn:
    """An ensemble held in memory: (variable, entity) -> values ``(time, runs)``; entity axes as one array."""

    scenario: Scenario
    runs: int
    seed: int
    series: dict[Key, Values]
    dates: Mapping[str, tuple[datetime.date, ...]]

    def of(self, subject: Subject) -> Values:
        """Every run's value, ``(time, runs)``."""
        return subject.of(self.series)

    def first(self, runs: int) -> Drawn:
        """Its first ``runs`` runs."""
        if runs >= self.runs:
            return self
        return replace(self, runs=runs, series={key: values[:, :runs] for key, values in self.series.items()})

    @property
    def bytes(self) -> int:
        """Room its values take."""
        return sum(values.nbytes for values in self.series.values())


class Store:
    """The ensembles of the last states asked for, least used first. Safe to share between threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, int, int], Drawn] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, scenario: Scenario, seed: int, runs: int) -> Drawn | None:
        """What is kept of a scenario with this many runs."""
        with self._lock:
            drawn = self._kept.get((scenario.hash, seed, runs))
            if drawn:
                self._kept.move_to_end((scenario.hash, seed, runs))
            return drawn

    def put(self, drawn: Drawn) -> None:
        """Keep an ensemble, and let go of what is too much."""
        with self._lock:
            key = (drawn.scenario.hash, drawn.seed, drawn.runs)
            self._kept[key] = drawn
            self._kept.move_to_end(key)
            while len(self._kept) > 1 and (
                len(self._kept) > KEPT_ENSEMBLES or sum(each.bytes for each in self._kept.values()) > KEPT_BYTES
            ):
                self._kept.popitem(last=False)


STORE = Store()


def drawn_for(
    scenario: Scenario, seed: int, runs: int, subjects: Iterable[Subject], stale: Stale, *, widely: bool = False
) -> Drawn:
    """The ensemble of a scenario with what ``subjects`` need, from the store or simulated.

    ``widely`` keeps every series that is not one of many donors as well, so that other charts cost no simulation.
    """
    wanted = dict.fromkeys(key for subject in subjects for key in subject.series)
    kept = STORE.get(scenario, seed, runs)
    if kept:
        if wanted.keys() <= kept.series.keys():
            return kept
        wanted |= dict.fromkeys(kept.series)
    if widely:
        wanted |= usual_series()
    parts = []
    for first in range(0, runs, BLOCK):
        if stale():
            raise GivenUp
        parts.append(simulated(scenario, seed, first, min(BLOCK, runs - first), tuple(wanted)))
    drawn = Drawn(scenario, runs, seed, _together(parts), dates_of(scenario))
    STORE.put(drawn)
    return drawn


def _together(parts: Sequence[dict[Key, Values]]) -> dict[Key, Values]:
    """The runs of all parts side by side, in one mapping of memory, which goes back to the system when it is let go.

    Many arrays of their own would leave holes between what is still used, and the process would grow beyond what it
    keeps.
    """
    runs = sum(values.shape[-1] for part in parts for values in [*part.values()][:1])
    sizes = {key: len(values) * runs for key, values in parts[0].items()}
    room = np.frombuffer(mmap.mmap(-1, 4 * max(1, sum(sizes.values()))), np.float32)
    series, at = {}, 0
    for key, size in sizes.items():
        values = room[at : at + size].reshape(-1, runs)
        np.concatenate([part[key] for part in parts], axis=-1, out=values)
        series[key], at = values, at + size
    return series


@cache
def usual_series() -> dict[Key, None]:
    """Every series but those of single donors and the like, which are many."""
    every = [
        (name, code)
        for name, variable in known_variables().items()
        for code in ((groups(variable.entity) or codes(variable.entity)) if variable.entity else ("",))
    ]
    return dict.fromkeys(every)


def dates_of(scenario: Scenario) -> dict[str, tuple[datetime.date, ...]]:
    """The days of yearly and of monthly values."""
    from sim.model import axes

    axis = axes(scenario)
    return {"year": axis.years, "month": axis.months}


class Memories:
    """Draws of the last seeds and ranges of runs simulated, so that another state of them draws nothing again."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[int, int, int], Memory] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, seed: int, first: int, count: int) -> Memory:
        """The memory to hand to a simulation; the least used ones are let go of."""
        with self._lock:
            memory = self._kept.setdefault((seed, first, count), {})
            self._kept.move_to_end((seed, first, count))
            while len(self._kept) > 1 and sum(map(_bytes, self._kept.values())) > KEPT_DRAWS:
                self._kept.popitem(last=False)
            if _bytes(memory) > KEPT_DRAWS:
                memory.clear()
            return memory


def _bytes(memory: Memory) -> int:
    return sum(values.nbytes for values in list(memory.values()))


MEMORIES = Memories()


def simulated(scenario: Scenario, seed: int, first: int, count: int, wanted: Sequence[Key]) -> dict[Key, Values]:
    """Runs ``first`` to ``first + count - 1``: the values of each wanted (variable, entity), ``(time, runs)``."""
    from sim.model import simulate

    names = {name for name, _ in wanted}
    values = simulate(scenario, seed, first, count, only=names, memory=MEMORIES.of(seed, first, count))
    series = {}
    for name, entity in wanted:
        array = values[name]
        if entity:
            array = array[:, codes(known_variables()[name].entity or "").index(entity)]
        series[name, entity] = np.ascontiguousarray(array)
    return series


def give_back() -> None:
    """Give what a large calculation used and freed back to the system, where the C library can be asked to.

    Without it a process keeps the most that it ever used at once.
    """
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)
