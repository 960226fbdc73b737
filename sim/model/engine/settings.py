"""The values in force: what a key means in each run, today, after priors, dated values and events.

Systems never read a scenario themselves. They ask ``Settings`` by key, and get an array over the runs of the block: the
value of the scenario, or of the facts, or the default; for a prior a draw, the same for a run in every scenario; for a
dated value that of the day; and over all of these the events in force.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence, Set
from dataclasses import replace
from datetime import date
from fnmatch import fnmatchcase
from functools import lru_cache
from itertools import accumulate
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from sim import facts
from sim.model.engine.clock import Clock
from sim.model.engine.draws import EPOCH
from sim.model.engine.streams import Streams
from sim.model.engine.years import Spell, breaks_of, parts_of_year
from sim.scenario import Catalogue, Choice, Dated, Distribution, Event, Given, Number, Row, Scenario, Table, Weights
from sim.scenario.values import Value

Numbers = NDArray[np.float32]
Reckoned = TypeVar("Reckoned")


class Settings:
    """Looks up keys of one scenario for the runs of one block.

    Numbers come as float32 arrays of shape ``(1,)`` where every run has the same value, else ``(runs,)``. A run keeps
    one quantile per key for all priors, so two scenarios with different priors share their luck. ``central`` puts
    every parameter at its median; shocks are drawn all the same.
    """

    def __init__(self, scenario: Scenario, catalogue: Catalogue, streams: Streams, clock: Clock, central: bool) -> None:
        self._values = scenario.values
        self._by_events = {key for event in scenario.events for key, _ in event.sets}
        self._posterior = facts.posterior(scenario.start)
        self._estimated_keys = frozenset(self._posterior.keys if self._posterior else ())
        self._row: NDArray[np.intp] | None = None
        self._catalogue = catalogue
        self._streams, self._clock, self._central = streams, clock, central
        self._active: list[tuple[Event, NDArray[np.bool_]]] = []
        self._begun: dict[str, list[Spell]] = {}  # by key; ended ones too, in the order of their days
        self._cache: dict[str, Numbers] = {}
        self.changes = 0  # events begun or lifted so far
        self._acted: dict[str, Numbers] = {}
        self._rows: dict[tuple[str, tuple[str, ...]], Numbers] = {}
        self._choices: dict[str, NDArray[np.int8]] = {}
        self._flags: dict[str, NDArray[np.bool_]] = {}
        self._anywhere: dict[str, bool] = {}
        self._in_file = scenario.dated
        self._told = scenario.told
        self._dated = self._in_file  # keys that hold a dated value today
        self._held: dict[str, list[tuple[Value, NDArray[np.bool_]]]] = {}  # what events in force set, in their order
        self._stale = False  # whether events have begun or ended since that was gathered
        self._quantiles: dict[str, NDArray[np.float64]] = {}
        self._in_scenario: dict[str, Value] = {}  # what the file, the facts or the default hold, as far as asked for
        self._reckoned: dict[tuple[Callable[..., Any], tuple[str, ...]], Any] = {}

    def number(self, key: str, on: date | None = None) -> Numbers:
        """The value of a numeric key; NaN in runs in which a key that may be left open is not set.

        ``on`` is the day for which a dated value is read, today if not said: a budget decided in November is for the
        next year. Events are in force by their own days, whatever ``on``.
        """
        numbers = self._cache.get(key)
        if numbers is None:
            self._gather()
            if key in self._dated:
                return self._in_force(key, on or self._clock.today)
            numbers = self._cache[key] = self._in_force(key, self._clock.today)
        return numbers

    def _in_force(self, key: str, day: date) -> Numbers:
        numbers = self._without_events(key, day)
        for value, happens in self._held.get(key, ()):
            numbers = self._over(numbers, key, value, happens, day)
        return numbers

    def _over(self, numbers: Numbers, key: str, value: Value, happens: NDArray[np.bool_], day: date) -> Numbers:
        """``numbers`` with what an event sets over them, in the runs in which it happens."""
        if isinstance(value, Dated) and day < value.first_day:
            return numbers
        return np.where(happens, self._number(key, value, day), numbers)

    def _without_events(self, key: str, day: date) -> Numbers:
        """The value of the file, the facts or the default; before its first day a dated one leaves what is below it."""
        given = self._values.get(key)
        while given is not None and isinstance(given.value, Dated) and day < given.value.first_day:
            given = given.below
        numbers = self._estimated(key, given)
        if numbers is not None:
            return numbers
        return self._number(key, self._default(key) if given is None else given.value, day)

    def in_year(self, key: str, year: int) -> list[tuple[int, Numbers]]:
        """What holds in a calendar year, as far as it is decided today: numbers of days with their values, in order.

        The days sum to those of the year. Dated values count on their days, events from their date to the day before
        ``until``, those that have begun by now: a budget decided in November counts an event that ends in the next
        March for a part of the next year, and one that begins in that March not before it does. A key that nothing
        changes within the year has one part.
        """
        if self._same_all_year(key):
            return [((date(year + 1, 1, 1) - date(year, 1, 1)).days, self.number(key))]
        begun = self._begun.get(key, [])
        return parts_of_year(year, breaks_of(self._layers(key), begun), lambda day: self._on(key, day, begun))

    def mean_of_year(self, key: str, year: int) -> Numbers:
        """The mean over the days of a calendar year of what holds on them, as `in_year` finds it."""
        return self.number(key) if self._same_all_year(key) else mean_of_days(self.in_year(key, year))

    def means_of_year(self, pattern: str, codes: Sequence[str], year: int) -> Numbers:
        """The means of an entity key over a calendar year for ``codes``: ``(codes, 1)`` or ``(codes, runs)``."""
        keys = _keys(pattern, tuple(codes))
        if self._in_file.isdisjoint(keys) and self._begun.keys().isdisjoint(keys):
            return self.numbers(pattern, codes)
        return _stacked([self.mean_of_year(key, year) for key in keys])

    def _on(self, key: str, day: date, begun: Sequence[Spell]) -> Numbers:
        numbers = self._without_events(key, day)
        for spell in begun:
            if spell.begins <= day and (spell.ends is None or day < spell.ends):
                if spell.numbers is None:
                    numbers = self._over(numbers, key, spell.value, spell.happens, day)
                else:
                    numbers = np.where(spell.happens, spell.numbers, numbers)
        return numbers

    def _layers(self, key: str) -> Iterator[Value]:
        """The value of a key and what lies below it until its first day."""
        given = self._values.get(key)
        while given is not None:
            yield given.value
            given = given.below

    def _same_all_year(self, key: str) -> bool:
        return key not in self._in_file and key not in self._begun

    def central(self, key: str) -> Numbers:
        """The median of a numeric key in the file, ``(1,)``, whatever the run."""
        given, today = self._values.get(key), self._clock.today
        while given is not None and isinstance(given.value, Dated) and today < given.value.first_day:
            given = given.below
        value = self._default(key) if given is None else given.value
        if isinstance(value, Distribution):
            return np.array([value.central()], np.float32)
        if isinstance(value, Dated):
            return np.atleast_1d(value.at(today, np.full(1, 0.5))).astype(np.float32)
        return self._number(key, value, today)

    def numbers(self, pattern: str, codes: Sequence[str], on: date | None = None) -> Numbers:
        """The values of an entity key such as ``members.*.x`` for ``codes``: ``(codes, 1)`` or ``(codes, runs)``."""
        stacked = self._rows.get((pattern, tuple(codes)))
        if stacked is None:
            keys = _keys(pattern, tuple(codes))
            stacked = self._plain(keys)
            if stacked is None:
                stacked = _stacked([self.number(key, on) for key in keys])
            if self._dated.isdisjoint(keys):
                self._rows[pattern, tuple(codes)] = stacked
        return stacked

    def _plain(self, keys: Sequence[str]) -> Numbers | None:
        """The numbers of ``keys``, ``(keys, 1)``, where they are plain numbers in the scenario that nothing changes."""
        self._gather()
        if not (self._held.keys().isdisjoint(keys) and self._estimated_keys.isdisjoint(keys)):
            return None
        values = [self._given(key) for key in keys]
        if not all(isinstance(value, Distribution) and value.is_fixed for value in values):
            return None
        return np.array([[cast(Distribution, value).central()] for value in values], np.float32)

    def set_by_events(self, *patterns: str) -> bool:
        """Whether an event of the scenario, begun or not, sets a key of one of ``patterns`` such as ``budgets.*``."""
        return any(fnmatchcase(key, pattern) for key in self._by_events for pattern in patterns)

    def stands_still(self, keys: Collection[str]) -> bool:
        """Whether none of ``keys`` changes between two events: none holds a dated value."""
        self._gather()
        return self._dated.isdisjoint(keys)

    def reckoned(self, rule: Callable[..., Reckoned], *keys: str) -> Reckoned:
        """``rule`` of the values of ``keys``: done once, and again only after events and where a value is dated."""
        held = self._reckoned.get((rule, keys))
        if held is None:
            held = rule(*map(self.number, keys))
            if self.stands_still(keys):
                self._reckoned[rule, keys] = held
        return cast(Reckoned, held)

    def never_set(self, key: str) -> bool:
        """Whether a key that may be left open has had no value so far, neither from the file nor from an event."""
        return key not in self._begun and self._given(key) is None

    def stated(self, key: str, otherwise: Numbers, on: date | None = None) -> Numbers:
        """The value of a key that may be left open, and ``otherwise`` in runs in which it is not set."""
        if not self.is_set(key):
            return otherwise
        value = self.number(key, on)
        return np.where(np.isnan(value), otherwise, value).astype(np.float32)

    def is_set(self, key: str) -> bool:
        """Whether a key that may be left open has a value, from the file or from an event in force."""
        if self._stale:
            self._gather()
        if key in self._told or key in self._held:
            return True
        return key not in self._values and self._default(key) is not None

    def told(self, keys: Set[str]) -> Set[str]:
        """Those of ``keys``, which may be left open, that have a value, from the file or from an event in force."""
        self._gather()
        return self._told & keys | self._held.keys() & keys

    def choice(self, key: str) -> NDArray[np.int8]:
        """The chosen option in each run, as an index into the key's options. Shape ``(runs,)``."""
        chosen = self._choices.get(key)
        if chosen is None:
            chosen = self._choices[key] = self._chosen(key, None)
        return chosen

    def flag(self, key: str) -> NDArray[np.bool_]:
        """A yes-or-no key in each run. Shape ``(runs,)``."""
        flags = self._flags.get(key)
        if flags is None:
            self._gather()
            flags = np.full(self._streams.count, bool(self._given(key)))
            for value, happens in self._held.get(key, ()):
                flags = np.where(happens, bool(value), flags)
            flags.setflags(write=False)
            self._flags[key] = flags
        return flags

    def anywhere(self, key: str) -> bool:
        """Whether a yes-or-no key is true in any run."""
        found = self._anywhere.get(key)
        if found is None:
            found = self._anywhere[key] = bool(self.flag(key).any())
        return found

    def begin(self, event: Event) -> None:
        """Puts an event in force, in the runs in which it happens."""
        happens = self.drawn(event)
        self._active.append((event, happens))
        self._note(event, happens, event.date or self._clock.today)
        self._forget(event)

    def lift(self, event: Event) -> None:
        """Ends an event: what it set goes back to what holds without it."""
        self._active = [(other, happens) for other, happens in self._active if other is not event]
        self._forget(event)

    def update(self, event: Event, happens: NDArray[np.bool_]) -> None:
        """Puts an event in force in the runs ``happens``, ``(runs,)``, and ends it in all others.

        In each run, of two events on one key the one that began later stands.
        """
        before = np.zeros(self._streams.count, np.bool_)
        for other, runs in self._active:
            if other is event:
                before = before | runs
        begins = happens & ~before
        if not begins.any() and not (before & ~happens).any():
            return
        kept = [(other, runs & happens if other is event else runs) for other, runs in self._active]
        self._active = [(other, runs) for other, runs in kept if other is not event or runs.any()]
        if begins.any():
            self._put_last(event, begins)
        self._keep_spells(event, begins, before & ~happens)
        self._forget(event)

    def _keep_spells(self, event: Event, begins: NDArray[np.bool_], ends: NDArray[np.bool_]) -> None:
        """Notes for the calendar year from and until when an event on a condition is in force in a run."""
        today = self._clock.today
        for key, _ in event.sets if ends.any() else ():
            kept: list[Spell] = []
            for spell in self._begun[key]:
                if spell.event is event and spell.ends in (None, event.until) and (spell.happens & ends).any():
                    ended = replace(spell, happens=spell.happens & ends, ends=today)
                    lasting = replace(spell, happens=spell.happens & ~ends)
                    kept += [part for part in (ended, lasting) if part.happens.any()]
                else:
                    kept.append(spell)
            self._begun[key] = kept
        if begins.any():
            self._note(event, begins, today)

    def acted(self, event: str) -> Numbers:
        """First day, from 1970-01-01, on which an event was in force; NaN in runs in which it was not. ``(runs,)``."""
        first = self._acted.get(event)
        return np.full(self._streams.count, np.nan, np.float32) if first is None else first

    def _note(self, event: Event, happens: NDArray[np.bool_], begins: date) -> None:
        for key, value in event.sets:
            same_every_day = isinstance(value, Distribution)
            numbers = self._number(key, value, begins) if same_every_day else None
            self._begun.setdefault(key, []).append(Spell(event, value, numbers, happens, begins, event.until))
        first = self.acted(event.name)
        day = self._clock.today.toordinal() - EPOCH
        self._acted[event.name] = np.where(happens & np.isnan(first), np.float32(day), first)

    def _put_last(self, event: Event, begins: NDArray[np.bool_]) -> None:
        """Adds runs to an event above all others that set one of its keys."""
        keys = {key for key, _ in event.sets}
        for place in range(len(self._active) - 1, -1, -1):
            other, runs = self._active[place]
            if other is event:
                self._active[place] = event, runs | begins
                return
            if any(key in keys for key, _ in other.sets):
                break
        self._active.append((event, begins))

    def drawn(self, event: Event) -> NDArray[np.bool_]:
        """The runs that an event's own probability leaves it, ``(runs,)``."""
        return self._streams.quantiles(f"event:{event.name}") < event.probability

    def _forget(self, event: Event) -> None:
        self.changes += 1
        self._rows.clear()
        self._reckoned.clear()
        for name, _ in event.sets:
            self._cache.pop(name, None)
            self._choices.pop(name, None)
            self._flags.pop(name, None)
            self._anywhere.pop(name, None)
        self._stale = True

    def _gather(self) -> None:
        """Sets out by key what the events in force set, if any has begun or ended since."""
        if not self._stale:
            return
        self._stale, self._held = False, {}
        for other, happens in self._active:
            for name, value in other.sets:
                self._held.setdefault(name, []).append((value, happens))
        by_events = (
            name for name, values in self._held.items() if any(isinstance(value, Dated) for value, _ in values)
        )
        self._dated = self._in_file.union(by_events)

    def _given(self, key: str) -> Value:
        try:
            return self._in_scenario[key]
        except KeyError:
            given = self._values.get(key)
            value = self._in_scenario[key] = self._default(key) if given is None else given.value
            return value

    def _default(self, key: str) -> Value:
        parameter = self._catalogue.find(key)
        if parameter is None:
            raise KeyError(key)
        return parameter.default

    def _estimated(self, key: str, given: Given | None) -> Numbers | None:
        """The run's joint posterior draw of a key that no file sets; None for a key that was not estimated."""
        if self._posterior is None or key not in self._estimated_keys:
            return None
        if given is not None and given.origin.layer not in ("default", "facts"):
            return None
        if self._row is None:
            drawn = self._streams.quantiles("posterior")
            self._row = (drawn * len(self._posterior.draws)).astype(np.intp)
        parameter, draws = self._catalogue.find(key), self._posterior.of(key)
        draws = np.median(draws, keepdims=True) if self._central else draws[self._row]
        if parameter is None or not isinstance(parameter.domain, Number):
            raise KeyError(key)
        return draws.clip(np.float32(parameter.domain.low), np.float32(parameter.domain.high))

    def _quantile(self, key: str) -> NDArray[np.float64]:
        if self._central:
            return np.full(1, 0.5)
        if key not in self._quantiles:
            self._quantiles[key] = self._streams.quantiles(key)
        return self._quantiles[key]

    def _number(self, key: str, value: Value, day: date) -> Numbers:
        if isinstance(value, Distribution):
            if value.family == "fixed":
                return np.array([value.central()], np.float32)
            from sim.scenario.quantiles import in_single

            if self._central:
                return in_single(value, self._quantile(key))
            return self._streams.once(("prior", key), value, lambda: in_single(value, self._quantile(key)))
        if isinstance(value, Dated):
            return np.atleast_1d(value.at(day, self._quantile(key))).astype(np.float32)
        if value is None:
            return np.full(1, np.nan, np.float32)
        raise ValueError(f"{key} holds no number")

    def drawn_again(
        self, key: str, quantile: NDArray[np.float64], runs: NDArray[np.intp] | None = None
    ) -> NDArray[np.int8]:
        """A choice drawn with ``quantile`` instead of the key's own, for choices that come up more than once.

        Both are for ``runs``, all if not said.
        """
        return self._chosen(key, quantile, runs)

    def _chosen(
        self, key: str, quantile: NDArray[np.float64] | None, runs: NDArray[np.intp] | None = None
    ) -> NDArray[np.int8]:
        """A choice in force, drawn with ``quantile`` or, without one, with the key's own."""
        self._gather()
        chosen = self._picked(key, self._given(key), quantile)
        for value, happens in self._held.get(key, ()):
            where = happens if runs is None else happens[runs]
            chosen = np.where(where, self._picked(key, value, quantile), chosen)
        return chosen

    def _picked(self, key: str, value: Value, quantile: NDArray[np.float64] | None) -> NDArray[np.int8]:
        parameter = self._catalogue.find(key)
        if parameter is None or not isinstance(parameter.domain, Choice):
            raise KeyError(key)
        options = parameter.domain.options
        if isinstance(value, Weights):
            return _pick(value, options, self._streams.quantiles(key) if quantile is None else quantile)
        return np.full(self._streams.count if quantile is None else quantile.size, options.index(str(value)), np.int8)

    def weights(self, key: str) -> dict[str, float] | None:
        """The weights by which the file leaves a choice to chance; None where it names the option."""
        value = self._given(key)
        return dict(value.items) if isinstance(value, Weights) else None

    def rows(self, key: str) -> tuple[Row, ...]:
        """The rows of a key that holds a table; none where no file gives any."""
        value = self._given(key)
        return value.rows if isinstance(value, Table) else ()

    def date(self, key: str) -> date | None:
        """A date key, or None."""
        value = self._given(key)
        return value if isinstance(value, date) else None


@lru_cache(maxsize=1024)
def _keys(pattern: str, codes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(pattern.replace("*", code) for code in codes)


def _stacked(rows: Sequence[Numbers]) -> Numbers:
    """Values of ``(1,)`` or ``(runs,)`` one above another; NumPy's own broadcasting takes ten times as long."""
    width = max(row.shape[0] for row in rows)
    if width == 1:
        return np.concatenate(rows)[:, None]
    stacked = np.empty((len(rows), width), np.float32)
    for number, row in enumerate(rows):
        stacked[number] = row
    return stacked


def mean_of_days(parts: Sequence[tuple[int, Numbers]]) -> Numbers:
    """The mean of values by the days on which each holds.

    Days in a row with one value count as one part of the year, in each run by itself: where an event acts in other runs
    only, or in none, the mean is to the bit what it is without the event.
    """
    if len(parts) == 1:
        return parts[0][1]
    length, width = sum(days for days, _ in parts), max(value.shape[-1] for _, value in parts)
    total, held = np.zeros(width, np.float32), np.zeros(width, np.int32)
    current = np.broadcast_to(parts[0][1], (width,))
    for days, value in parts:
        same = (value == current) | (np.isnan(value) & np.isnan(current))
        total = np.where(same, total, total + (held / length).astype(np.float32) * current)
        held = np.where(same, held + days, days)
        current = np.where(same, current, value)
    return np.asarray(total + (held / length).astype(np.float32) * current, np.float32)


def _pick(weights: Weights, options: Sequence[str], quantile: NDArray[np.float64]) -> NDArray[np.int8]:
    """Options drawn by weight, as indices, from numbers in (0, 1); the order of ``options`` decides who gets which."""
    *edges, whole = _edges(weights, tuple(options))
    position = quantile * whole
    picked = np.zeros(position.shape, np.int8)
    for edge in edges:  # for a few options this is faster than a search
        picked += position >= edge
    return picked


@lru_cache(maxsize=256)
def _edges(weights: Weights, options: tuple[str, ...]) -> list[float]:
    """The sums of the weights of the first, the first two, ... options."""
    share = dict(weights.items)
    return list(accumulate(share.get(option, 0.0) for option in options))
