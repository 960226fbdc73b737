"""What a sweep varies, over which range, and at which points of the space that the ranges span.

A point is a row of numbers in [0, 1), one for each input; `Input.value` turns such a number into what is set.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError, Problem
from sim.scenario import Choice, Day, Flag, Number, Parameter
from sim.scenario.entities import entity_name
from sim.scenario.parameter import Catalogue, declared_range
from sim.scenario.scenario import Event, Given, Origin, Scenario
from sim.scenario.values import Distribution, Value, describe, fixed
from sim.text import brief, plain, with_unit

Floats = NDArray[np.float64]
Method = Literal["sobol", "lhs", "grid"]
METHODS: tuple[Method, ...] = ("sobol", "lhs", "grid")
ASSUMPTIONS = "assumptions"
MOST_SAMPLES = 1_000_000
ORIGIN = Origin("set", "sweep")
_UNWRITTEN = ("factor", "share", "probability", "label")  # what it is says it already
_RANGE = re.compile(r"(?P<low>[^:]+):(?P<high>[^:]+?)(?::(?P<count>\d+))?")


@dataclass(frozen=True, slots=True)
class Input:
    """One input of a sweep: a range of numbers or days, or a list of values.

    ``keys`` are all keys it sets at once (an entity key with ``*`` sets every entity alike). ``values`` is empty for a
    range from ``low`` to ``high``; ``count`` is the number of values a grid takes of it. ``since`` is the day from
    which the value holds, or None for the whole run.
    """

    name: str
    keys: tuple[str, ...]
    meaning: str
    unit: str
    low: float = math.nan
    high: float = math.nan
    values: tuple[Value, ...] = ()
    count: int = 0
    whole: bool = False
    days: bool = False
    since: date | None = None

    @property
    def listed(self) -> bool:
        """Whether it takes one of a list of values, not a number of a range."""
        return bool(self.values)

    @property
    def labels(self) -> tuple[str, ...]:
        """The values of a list in words."""
        return tuple(describe(value) for value in self.values)

    def number(self, unit: Floats) -> Floats:
        """Numbers for points in [0, 1), same shape: of the range, or positions in the list; days as ordinals."""
        if self.listed:
            return np.minimum(np.floor(unit * len(self.values)), len(self.values) - 1)
        if self.whole or self.days:
            span = self.high - self.low + 1
            return np.minimum(self.low + np.floor(unit * span), self.high)
        return self.low + unit * (self.high - self.low)

    def value(self, number: float) -> Value:
        """What is set where `number` gave this number."""
        if self.listed:
            return self.values[int(number)]
        return date.fromordinal(int(number)) if self.days else fixed(float(number))

    def text(self, number: float) -> str:
        """The value in words."""
        return describe(self.value(number))

    @property
    def phrase(self) -> str:
        """What it is, as part of a sentence: its meaning without remarks, and whose it is; or its name."""
        said = re.split(r"[;:]", self.meaning)[0].strip() or self.name
        whose = [entity_name(part) for part in self.name.partition("@")[0].split(".") if part.isupper()]
        said += f" ({', '.join(whose)})" if whose else ""
        return f"{said}, from {self.since} on" if self.since else said

    @property
    def named(self) -> str:
        """The phrase with its article."""
        return self.phrase if self.phrase.startswith(("the ", "whether", "this", "lever")) else f"the {self.phrase}"

    @property
    def unit_shown(self) -> str:
        """The unit as the end of a heading, in brackets; nothing where what it is says it already."""
        return "" if self.days or self.unit in ("", *_UNWRITTEN) else f" ({self.unit})"

    def said(self, number: float) -> str:
        """The value with its unit, as a sentence has it: ``EUR 40.2 bn a year``, ``line of contact``."""
        if self.listed:
            label = self.labels[int(number)]
            return {"true": "yes", "false": "no"}.get(label, label.replace("_", " "))
        if self.days:
            return self.text(number)
        unit = self.unit.partition(",")[0].replace("km2", "km²")
        return brief(number) if unit in _UNWRITTEN else with_unit(brief(number), unit)

    def ends(self) -> tuple[float, ...]:
        """The lowest and the highest number, or every position of a list."""
        return tuple(map(float, range(len(self.values)))) if self.listed else (self.low, self.high)


@dataclass(frozen=True, slots=True)
class Design:
    """Inputs and the points at which they are set: ``units`` is ``(samples, inputs)`` in [0, 1)."""

    inputs: tuple[Input, ...]
    units: Floats
    method: str

    @property
    def samples(self) -> int:
        """How many points."""
        return len(self.units)

    def numbers(self) -> Floats:
        """``(samples, inputs)``: numbers of ranges, positions in lists, days as ordinals."""
        return np.column_stack([entry.number(self.units[:, column]) for column, entry in enumerate(self.inputs)])

    def scenario(self, base: Scenario, row: Floats) -> Scenario:
        """``base`` with the inputs set to the numbers of one row of `numbers`."""
        return varied(base, [(entry, entry.value(number)) for entry, number in zip(self.inputs, row, strict=True)])


def varied(base: Scenario, settings: Iterable[tuple[Input, Value]]) -> Scenario:
    """``base`` with inputs set, without resolving its files again; the values count as set on the command line."""
    values, events = dict(base.values), list(base.events)
    for entry, value in settings:
        if entry.since is None:
            given = Given(value, ORIGIN)
            values.update(dict.fromkeys(entry.keys, given))
        else:
            pairs = tuple((key, value) for key in entry.keys)
            events.append(Event(entry.since, None, f"sweep {entry.name}", pairs, 1.0, ORIGIN))
    return replace(base, values=values, events=tuple(events))


def design(inputs: Sequence[Input], method: Method = "sobol", samples: int = 256, seed: int = 1) -> Design:
    """Spread points over the inputs: a scrambled Sobol sequence, a Latin hypercube, or all points of a grid.

    Args:
        inputs: what varies.
        method: ``sobol``, ``lhs`` or ``grid``.
        samples: points; a grid has as many as its inputs make.
        seed: of the scrambling.

    Raises:
        InputError: nothing varies, something varies twice, or a grid would be too large.
    """
    from scipy.stats import qmc

    _check(inputs)
    if not 1 <= samples <= MOST_SAMPLES:
        raise InputError(f"--samples {samples}: must be a whole number from 1 to {MOST_SAMPLES:,}")
    if method == "grid":
        return Design(tuple(inputs), _grid(inputs), method)
    if method == "lhs":
        return Design(tuple(inputs), qmc.LatinHypercube(len(inputs), rng=seed).random(samples), method)
    engine = qmc.Sobol(len(inputs), rng=seed)
    # A power of two keeps the balance of the sequence; the first points of the next one are a sequence too.
    units = engine.random_base2(max(0, math.ceil(math.log2(samples))))[:samples]
    return Design(tuple(inputs), units, method)


def _check(inputs: Sequence[Input]) -> None:
    if not inputs:
        raise InputError("nothing varies; name inputs with --vary KEY=LOW:HIGH, or --vary assumptions")
    seen: dict[tuple[str, date | None], str] = {}
    for entry in inputs:
        for key in entry.keys:
            if (key, entry.since) in seen:
                raise InputError((Problem(f"--vary {entry.name}", 0, 0, key, "varies twice; keep one"),))
            seen[key, entry.since] = entry.name


def _grid(inputs: Sequence[Input]) -> Floats:
    counts = [len(entry.values) or entry.count or 5 for entry in inputs]
    if math.prod(counts) > MOST_SAMPLES:
        raise InputError(
            f"a grid of {' x '.join(map(str, counts))} has {math.prod(counts):.3g} points, more than {MOST_SAMPLES:,}; "
            "vary fewer inputs or use --design sobol"
        )
    top = np.nextafter(1.0, 0.0)
    axes = [
        (np.arange(count) + 0.5) / count if entry.listed or entry.whole or entry.days else np.linspace(0.0, top, count)
        for entry, count in zip(inputs, counts, strict=True)
    ]
    return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, len(inputs))


def read_vary(
    texts: Sequence[str], catalogue: Catalogue, scenario: Scenario | None = None, option: str = "--vary"
) -> tuple[Input, ...]:
    """Read every ``KEY=LOW:HIGH[:N]``, ``KEY=A,B,...``, ``KEY@DATE=...`` and the group ``assumptions``.

    Without a range, ``KEY`` alone takes the range declared for it. Ranges must lie within the bounds of the key.

    Raises:
        InputError: all that is wrong, at once.
    """
    named: list[Input] = []
    problems: list[Problem] = []
    for text in texts:
        if text.strip() != ASSUMPTIONS:
            try:
                named.append(_read(text, catalogue))
            except _RefusedError as refusal:
                problems.append(Problem(f"{option} {text!r}", 0, 0, refusal.key, refusal.message))
    if problems:
        raise InputError(tuple(problems))
    if ASSUMPTIONS not in map(str.strip, texts):
        return tuple(named)
    own = {key for entry in named for key in entry.keys}
    # What is named by itself leaves the group.
    return (*named, *(entry for entry in assumptions(catalogue, scenario) if not own & set(entry.keys)))


def assumptions(catalogue: Catalogue, scenario: Scenario | None = None) -> list[Input]:
    """Everything data cannot identify, each over its declared range, in the order of the catalogue.

    ``scenario`` gives those ranges that follow from its start; without one these are left out.
    """
    declared = (declared_input(parameter, scenario) for parameter in catalogue if parameter.depends_on)
    return [entry for entry in declared if entry is not None]


def declared_input(parameter: Parameter, scenario: Scenario | None = None) -> Input | None:
    """A parameter over its declared range; None if it declares none."""
    low, high, values = declared_range(parameter)
    given = scenario.values.get(parameter.key) if scenario and parameter.sweep == "prior" else None
    if given and isinstance(given.value, Distribution):
        low, high = given.value.support()
    if not values and not (low < high and math.isfinite(high - low)):
        return None
    entry = _blank(parameter, parameter.key, parameter.expanded(), None)
    return replace(entry, low=low, high=high, values=values)


class _RefusedError(Exception):
    """Why a text of ``--vary`` cannot be read."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(key, message)
        self.key, self.message = key, message


def _read(text: str, catalogue: Catalogue) -> Input:
    head, equals, written = (part.strip() for part in text.partition("="))
    key, at, day = (part.strip() for part in head.partition("@"))
    parameter = catalogue.find(key)
    if parameter is None:
        near = catalogue.nearest(key)
        hint = f"; nearest: {', '.join(near)}" if near else "; `alliance explain WORD` finds keys by a word"
        raise _RefusedError("", f"no parameter {key!r}{hint}")
    since = _since(key, day) if at else None
    if since is not None and parameter.at_start:
        raise _RefusedError(key, "is read at the start only, so that it cannot change on a later day")
    keys = parameter.expanded() if "*" in key else (key,)
    entry = _blank(parameter, head, keys, since)
    if not equals:
        low, high, values = declared_range(parameter)
        if not values and not low < high:
            domain = parameter.domain
            if isinstance(domain, Number | Day):
                raise _RefusedError(key, f"declares no range; write {key}=LOW:HIGH")
            if isinstance(domain, Choice):
                raise _RefusedError(key, f"declares no range; write {key}={','.join(domain.options)} or some of them")
            raise _RefusedError(key, f"has no range: it takes {domain.describe()}")
        return replace(entry, low=low, high=high, values=values)
    return _ranged(entry, parameter, written)


def _blank(parameter: Parameter, name: str, keys: tuple[str, ...], since: date | None) -> Input:
    whole = isinstance(parameter.domain, Number) and parameter.domain.integer
    days = isinstance(parameter.domain, Day)
    return Input(name, keys, parameter.meaning, parameter.unit, whole=whole, days=days, since=since)


def _since(key: str, day: str) -> date:
    text = f"{day}-01-01" if re.fullmatch(r"\d{4}", day) else f"{day}-01" if re.fullmatch(r"\d{4}-\d\d", day) else day
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _RefusedError(key, f"{day!r} is no date; write {key}@2027 or {key}@2027-06-30") from None


def _ranged(entry: Input, parameter: Parameter, written: str) -> Input:
    """The input with the range or list that ``written`` gives."""
    domain, key = parameter.domain, entry.keys[0]
    range_text = _RANGE.fullmatch(written)
    if isinstance(domain, Choice | Flag) or not range_text:
        parts = [part.strip() for part in written.split(",") if part.strip()]
        if not parts:
            raise _RefusedError(key, "no range; write KEY=LOW:HIGH or KEY=A,B,C")
        values = tuple(_value(part, parameter) for part in parts)
        if len(values) < 2 or len(set(values)) < len(values):
            raise _RefusedError(
                key, f"{written!r} needs two values or more, each once; write KEY=LOW:HIGH or KEY=A,B,C"
            )
        return replace(entry, values=values)
    if not isinstance(domain, Number | Day):
        raise _RefusedError(key, f"has no range: it takes {domain.describe()}")
    low, high = (_number(_value(range_text[name].strip(), parameter)) for name in ("low", "high"))
    if not low < high:
        raise _RefusedError(key, f"the range {written} is empty; write the lower end first")
    count = int(range_text["count"] or 0)
    if count == 1 or count > MOST_SAMPLES:
        raise _RefusedError(key, f"{range_text['count']} values of a range; must be 2 or more")
    return replace(entry, low=low, high=high, count=count)


def _value(text: str, parameter: Parameter) -> Value:
    """One value, checked against the bounds of the key."""
    domain, key = parameter.domain, parameter.key
    wrong = _RefusedError(key, f"{text!r} is not {domain.describe()}")
    try:
        if isinstance(domain, Number):
            number = float(text)
            if not domain.low <= number <= domain.high or (domain.integer and not number.is_integer()):
                raise _RefusedError(key, f"{plain(number)} is outside its bounds: it must be {domain.describe()}")
            return fixed(number)
        if isinstance(domain, Day):
            return date.fromisoformat(text)
    except ValueError:
        raise wrong from None
    if isinstance(domain, Flag) and text in ("true", "false"):
        return text == "true"
    if isinstance(domain, Choice) and text in domain.options:
        return text
    raise wrong


def _number(value: Value) -> float:
    if isinstance(value, date):
        return float(value.toordinal())
    assert isinstance(value, Distribution)
    return value["value"]
