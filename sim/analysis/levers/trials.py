"""Over which values each key is tried when the levers are audited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from sim.errors import InputError, Problem
from sim.model import catalogue
from sim.scenario import Choice, Day, Flag, Number, Parameter, Scenario
from sim.scenario.parameter import declared_range
from sim.scenario.values import Distribution, Value, describe, fixed
from sim.text import plain

INSIDE = (0.05, 0.95)  # of a prior without a declared range: its 90% interval
AROUND = (0.5, 1.5)  # of a value without a spread
LATER = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Trial:
    """One setting of a lever: every key with its value, and the value in words."""

    text: str
    settings: tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class Lever:
    """A key, or a pattern for all its entities at once, with the settings at which it is tried, lowest first.

    ``kind`` says how they were chosen: ``range`` (declared), ``prior`` (90% interval), ``around`` (half to one and a
    half times a value without a spread), ``options`` or ``day``.
    """

    key: str
    parameter: Parameter
    kind: str
    trials: tuple[Trial, ...]

    @property
    def entities(self) -> tuple[str, ...]:
        """The entities whose keys it sets, where it does not set those of all."""
        keys = [key for key, _ in self.trials[0].settings]
        if "*" not in self.parameter.key or len(keys) == len(self.parameter.entities):
            return ()
        before, after = map(len, self.parameter.key.split("*"))
        return tuple(key[before : len(key) - after] for key in keys)

    @property
    def text(self) -> str:
        """What it is tried over, in words."""
        joint = ", " if self.kind == "options" or len(self.trials) > 2 else " to "
        return joint.join(trial.text for trial in self.trials)


def lever(parameter: Parameter, scenario: Scenario, keys: Sequence[str] = (), name: str = "") -> Lever | None:
    """A parameter's lever in a scenario; None if it has no range, as a number that is neither set nor ranged.

    Args:
        parameter: what is tried.
        scenario: whose values a range without a declaration is taken from.
        keys: those set at once; all that the parameter stands for by default.
        name: how the lever is called; the parameter's key by default.
    """
    keys = tuple(keys) or parameter.expanded()
    kind, choices = _choices(parameter, scenario, keys)
    trials = tuple(Trial(text, settings) for text, settings in choices)
    return Lever(name or parameter.key, parameter, kind, trials) if len(trials) > 1 else None


def levers(scenario: Scenario, names: Sequence[str] = (), *, each: bool = False) -> list[Lever]:
    """The levers of a scenario, in the order of the catalogue.

    Args:
        scenario: whose values ranges are taken from.
        names: keys or patterns (``members.DEU.compliance``, ``members.*.compliance``) or groups (``members``); all by
            default.
        each: every entity by itself, not all at once.

    Raises:
        InputError: a name is no key, pattern or group, all at once; or none of them has a range.
    """
    wanted = [(parameter, ()) for parameter in catalogue()] if not names else _named(names)
    found: list[Lever | None] = []
    for parameter, keys in wanted:
        if "*" not in parameter.key:
            found.append(lever(parameter, scenario))
        elif each or keys:
            found += [lever(parameter, scenario, (key,), key) for key in keys or parameter.expanded()]
        else:
            found.append(lever(parameter, scenario))
    if names and not any(found):
        raise InputError(f"--key {', '.join(names)}: rows, days and texts have no range to cross; name another key")
    return [one for one in found if one is not None]


def whole(names: Sequence[str]) -> list[Parameter]:
    """The parameters of keys, patterns and groups.

    Raises:
        InputError: a name is none of these, or a key of one entity alone.
    """
    wanted = _named(names)
    single = [keys[0] for _, keys in wanted if keys]
    if single:
        raise InputError(f"--key {single[0]}: name a scenario to try the key of one entity in")
    return [parameter for parameter, _ in wanted]


def _named(names: Sequence[str]) -> list[tuple[Parameter, tuple[str, ...]]]:
    everything = catalogue()
    wanted: list[tuple[Parameter, tuple[str, ...]]] = []
    problems: list[Problem] = []
    for name in names:
        key = everything.spelled(name)
        parameter = everything.find(key)
        below = [each for each in everything if each.key.startswith(f"{key}.")]
        if parameter is not None:
            wanted.append((parameter, () if key == parameter.key else (key,)))
        elif below:
            wanted += [(each, ()) for each in below]
        else:
            near = everything.nearest(key)
            hint = f"; nearest: {', '.join(near)}" if near else "; `alliance explain WORD` finds keys by a word"
            problems.append(Problem(f"--key {name!r}", 0, 0, "", f"no such key{hint}"))
    if problems:
        raise InputError(tuple(problems))
    return list({(parameter.key, keys): (parameter, keys) for parameter, keys in wanted}.values())


Chosen = list[tuple[str, tuple[tuple[str, Value], ...]]]


def _choices(parameter: Parameter, scenario: Scenario, keys: tuple[str, ...]) -> tuple[str, Chosen]:
    domain = parameter.domain
    if isinstance(domain, Choice | Flag):
        options: tuple[Value, ...] = domain.options if isinstance(domain, Choice) else (False, True)
        return "options", [_alike(keys, option) for option in options]
    if isinstance(domain, Day):
        return "day", _days(scenario, keys)
    if not isinstance(domain, Number):
        return "", []
    low, high, listed = declared_range(parameter)
    if listed:
        return "range", [_alike(keys, value) for value in listed]
    if low < high:
        return "range", [_alike(keys, fixed(low)), _alike(keys, fixed(high))]
    return _around(parameter, domain, scenario, keys)


def _alike(keys: tuple[str, ...], value: Value) -> tuple[str, tuple[tuple[str, Value], ...]]:
    return describe(value), tuple((key, value) for key in keys)


def _days(scenario: Scenario, keys: tuple[str, ...]) -> Chosen:
    """Never, or the day that the scenario has, and a year later (after the start, where it has none)."""
    given = scenario.values.get(keys[0])
    first = given.value if given else None
    later = (first if isinstance(first, date) else scenario.start) + LATER
    return [_alike(keys, first if isinstance(first, date) else None), _alike(keys, later)]


def _around(parameter: Parameter, domain: Number, scenario: Scenario, keys: tuple[str, ...]) -> tuple[str, Chosen]:
    """The 90% interval of what the scenario has, key by key; of values without a spread half to one and a half."""
    ends: list[list[tuple[str, Value]]] = [[], []]
    numbers: list[list[float]] = [[], []]
    spread = False
    for key in keys:
        given = scenario.values.get(key)
        value = given.value if given else parameter.default
        if not isinstance(value, Distribution) or (value.is_fixed and value.central() == 0):
            continue
        spread = not value.is_fixed
        both = value.ppf(np.array(INSIDE)) if spread else value.central() * np.array(AROUND)
        for end, number in enumerate(sorted(np.clip(both, domain.low, domain.high).tolist())):
            kept = float(round(number)) if domain.integer else float(f"{number:.4g}")
            ends[end].append((key, fixed(kept)))
            numbers[end].append(kept)
    if not numbers[0] or numbers[0] == numbers[1]:
        return "", []
    words = [plain(side[0]) for side in numbers]
    if len(set(map(tuple, (set(side) for side in numbers)))) and len(keys) > 1 and len(set(numbers[0])) > 1:
        words = ["lowest", "highest"] if spread else [f"x {plain(factor)}" for factor in AROUND]
    return ("prior" if spread else "around"), list(zip(words, map(tuple, ends), strict=True))
