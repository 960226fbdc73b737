"""The values in force: what a key means in each run, today, after priors, dated values and events.

Systems never read a scenario themselves. They ask ``Settings`` by key, and get an array over the runs of the block: the
value of the scenario, or of the facts, or the default; for a prior a draw, the same for a run in every scenario; for a
dated value that of the day; and over all of these the events in force.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from sim import facts
from sim.model.engine.clock import Clock
from sim.model.engine.streams import Streams
from sim.scenario import Catalogue, Choice, Dated, Distribution, Event, Number, Row, Scenario, Table, Weights
from sim.scenario.values import Value

Numbers = NDArray[np.float32]


class Settings:
    """Looks up keys of one scenario for the runs of one block.

    Numbers come as float32 arrays of shape ``(1,)`` where every run has the same value, else ``(runs,)``. A run keeps
    one quantile per key for all priors, so two scenarios with different priors share their luck. ``central`` puts
    every parameter at its median; shocks are drawn all the same.
    """

    def __init__(self, scenario: Scenario, catalogue: Catalogue, streams: Streams, clock: Clock, central: bool) -> None:
        self._values = scenario.values
        self._posterior = facts.posterior(scenario.start)
        self._row: NDArray[np.intp] | None = None
        self._catalogue = catalogue
        self._streams, self._clock, self._central = streams, clock, central
        self._active: list[tuple[Event, NDArray[np.bool_]]] = []
        self._cache: dict[str, Numbers] = {}
        self.changes = 0  # events begun or lifted so far
        self._rows: dict[tuple[str, tuple[str, ...]], Numbers] = {}
        self._choices: dict[str, NDArray[np.int8]] = {}
        self._flags: dict[str, NDArray[np.bool_]] = {}
        self._in_file = frozenset(key for key, given in scenario.values.items() if isinstance(given.value, Dated))
        self._dated = self._in_file  # keys that hold a dated value today
        self._held: dict[str, list[tuple[Value, NDArray[np.bool_]]]] = {}  # what events in force set, in their order
        self._quantiles: dict[str, NDArray[np.float64]] = {}

    def number(self, key: str, on: date | None = None) -> Numbers:
        """The value of a numeric key; NaN in runs in which a key that may be left open is not set.

        ``on`` is the day for which a dated value is read, today if not said: a budget decided in November is for the
        next year. Events are in force by their own days, whatever ``on``.
        """
        numbers = self._cache.get(key)
        if numbers is None:
            if key in self._dated:
                return self._in_force(key, on or self._clock.today)
            numbers = self._cache[key] = self._in_force(key, self._clock.today)
        return numbers

    def _in_force(self, key: str, day: date) -> Numbers:
        numbers = self._estimated(key)
        if numbers is None:
            numbers = self._number(key, self._given(key), day)
        for value, happens in self._held.get(key, ()):
            numbers = np.where(happens, self._number(key, value, day), numbers)
        return numbers

    def central(self, key: str) -> Numbers:
        """The median of a numeric key in the file, ``(1,)``, whatever the run."""
        value = self._given(key)
        if isinstance(value, Distribution):
            return np.array([value.central()], np.float32)
        if isinstance(value, Dated):
            return np.atleast_1d(value.at(self._clock.today, np.full(1, 0.5))).astype(np.float32)
        return self._number(key, value, self._clock.today)

    def numbers(self, pattern: str, codes: Sequence[str], on: date | None = None) -> Numbers:
        """The values of an entity key such as ``members.*.x`` for ``codes``: ``(codes, 1)`` or ``(codes, runs)``."""
        stacked = self._rows.get((pattern, tuple(codes)))
        if stacked is None:
            keys = [pattern.replace("*", code) for code in codes]
            rows = [self.number(key, on) for key in keys]
            width = max(row.shape[0] for row in rows)
            stacked = np.stack([np.broadcast_to(row, (width,)) for row in rows])
            if self._dated.isdisjoint(keys):
                self._rows[pattern, tuple(codes)] = stacked
        return stacked

    def stands_still(self, keys: Sequence[str]) -> bool:
        """Whether none of ``keys`` changes between two events: none holds a dated value."""
        return self._dated.isdisjoint(keys)

    def stated(self, key: str, otherwise: Numbers, on: date | None = None) -> Numbers:
        """The value of a key that may be left open, and ``otherwise`` in runs in which it is not set."""
        if not self.is_set(key):
            return otherwise
        value = self.number(key, on)
        return np.where(np.isnan(value), otherwise, value).astype(np.float32)

    def is_set(self, key: str) -> bool:
        """Whether a key that may be left open has a value, from the file or from an event in force."""
        return key in self._held or self._given(key) is not None

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
            flags = np.full(self._streams.count, bool(self._given(key)))
            for value, happens in self._held.get(key, ()):
                flags = np.where(happens, bool(value), flags)
            flags.setflags(write=False)
            self._flags[key] = flags
        return flags

    def begin(self, event: Event) -> None:
        """Puts an event in force, in the runs in which it happens."""
        self._active.append((event, self.drawn(event)))
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
        self._forget(event)

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
        for name, _ in event.sets:
            self._cache.pop(name, None)
            self._choices.pop(name, None)
            self._flags.pop(name, None)
        self._held = {}
        for other, happens in self._active:
            for name, value in other.sets:
                self._held.setdefault(name, []).append((value, happens))
        by_events = (
            name for name, values in self._held.items() if any(isinstance(value, Dated) for value, _ in values)
        )
        self._dated = self._in_file.union(by_events)

    def _given(self, key: str) -> Value:
        given = self._values.get(key)
        if given is not None:
            return given.value
        parameter = self._catalogue.find(key)
        if parameter is None:
            raise KeyError(key)
        return parameter.default

    def _estimated(self, key: str) -> Numbers | None:
        """The run's joint posterior draw of a key that no file sets; None for a key that was not estimated."""
        given = self._values.get(key)
        if self._posterior is None or key not in self._posterior.keys:
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
        return np.clip(draws, np.float32(parameter.domain.low), np.float32(parameter.domain.high))

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
            return value.ppf(self._quantile(key)).astype(np.float32)
        if isinstance(value, Dated):
            return np.atleast_1d(value.at(day, self._quantile(key))).astype(np.float32)
        if value is None:
            return np.full(1, np.nan, np.float32)
        raise ValueError(f"{key} holds no number")

    def drawn_again(self, key: str, quantile: NDArray[np.float64]) -> NDArray[np.int8]:
        """A choice drawn with ``quantile`` instead of the key's own, for choices that come up more than once."""
        return self._chosen(key, quantile)

    def _chosen(self, key: str, quantile: NDArray[np.float64] | None) -> NDArray[np.int8]:
        """A choice in force, drawn with ``quantile`` or, without one, with the key's own."""
        chosen = self._picked(key, self._given(key), quantile)
        for value, happens in self._held.get(key, ()):
            chosen = np.where(happens, self._picked(key, value, quantile), chosen)
        return chosen

    def _picked(self, key: str, value: Value, quantile: NDArray[np.float64] | None) -> NDArray[np.int8]:
        parameter = self._catalogue.find(key)
        if parameter is None or not isinstance(parameter.domain, Choice):
            raise KeyError(key)
        options = parameter.domain.options
        if isinstance(value, Weights):
            return _pick(value, options, self._streams.quantiles(key) if quantile is None else quantile)
        return np.full(self._streams.count, options.index(str(value)), np.int8)

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


def _pick(weights: Weights, options: Sequence[str], quantile: NDArray[np.float64]) -> NDArray[np.int8]:
    """Options drawn by weight, as indices, from numbers in (0, 1); the order of ``options`` decides who gets which."""
    share = dict(weights.items)
    edges = np.cumsum([share.get(option, 0.0) for option in options])
    picked = np.searchsorted(edges, quantile * edges[-1], side="right")
    return np.asarray(np.minimum(picked, len(options) - 1), np.int8)
