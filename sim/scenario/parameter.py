"""Parameters a scenario can set, and the catalogue of all of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field
from typing import Literal

from sim.scenario.domain import Choice, Day, Domain, Flag, Number, fit
from sim.scenario.entities import entity_code
from sim.scenario.groups import Groups
from sim.scenario.values import Distribution, Value, describe
from sim.text import nearest

Kind = Literal["data", "estimated", "assumption"]
LEVER = "scenario lever"
"""The source of a key that is there for scenarios to set."""

Read = Literal["", "by the calendar year", "at the ends of months", "in the election of its year", "as membership"]
"""When a key is read; the empty text leaves it open, so that nothing is said of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One quantity of the model, sourced and settable.

    ``key`` is dotted and carries the unit (``us.troops.cut_thousand``); one ``*`` stands for an entity code listed in
    ``entities``. ``default`` None leaves the value to the facts (for a day: never). ``depends_on`` marks what the data
    to 2024 cannot identify; ``sweep`` is the range in which it is tried, as `declared_range` reads it. ``at_start``:
    read on the first day only, so that no event can change it. ``raises`` and ``lowers`` name the outcomes that a
    higher value (a true flag, a later option) moves up or down where theory gives a direction, ``moves`` those it moves
    either way; the audit of the levers also looks for an effect there. ``reported_only`` is a sentence that says why
    nothing else reacts to it.
    ``lasting`` says what comes of leaving a flag true to the end, where a writer may mean the day only.
    ``read`` says when a key is read: as the mean over the days of a calendar year; on the last days of months and no
    other; until the U.S. election of the year that the key names; or as the membership of the ally it names.
    ``needs`` and ``excludes`` are keys (of the same entity) that a scenario must or must not set beside it.
    """

    key: str
    meaning: str
    unit: str
    kind: Kind
    default: Value
    source: str
    domain: Domain
    used_in: tuple[str, ...] = ()
    depends_on: bool = False
    entities: tuple[str, ...] = ()
    sweep: str = ""
    at_start: bool = False
    raises: tuple[str, ...] = ()
    lowers: tuple[str, ...] = ()
    moves: tuple[str, ...] = ()
    reported_only: str = ""
    lasting: str = ""
    read: Read = ""
    needs: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()

    @property
    def prior_text(self) -> str:
        """The default in words."""
        if self.default is None and not self.never_by_default:
            return "from the facts as of the start"
        return describe(self.default)

    @property
    def effect_text(self) -> str:
        """What theory expects of a higher value, and why a key that is reported only moves nothing, in words."""
        parts = [f"raises {', '.join(self.raises)}"] if self.raises else []
        parts += [f"lowers {', '.join(self.lowers)}"] if self.lowers else []
        parts += [f"moves {', '.join(self.moves)}"] if self.moves else []
        return "; ".join(parts + ([f"reported only: {self.reported_only}"] if self.reported_only else []))

    @property
    def percent(self) -> bool:
        """Whether values are per cent."""
        if not isinstance(self.domain, Number):
            return False
        if self.domain.percent is None:
            return self.key.endswith(("_pct", "_pct_gdp")) and self.domain.low >= 0
        return self.domain.percent

    @property
    def never_by_default(self) -> bool:
        """Whether the default None means the day that never comes, not a value left to the facts."""
        return self.default is None and isinstance(self.domain, Day)

    def expanded(self) -> tuple[str, ...]:
        """The keys it stands for: its own, or one for each entity."""
        return tuple(self.key.replace("*", code) for code in self.entities) if "*" in self.key else (self.key,)


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recorded variable that the condition of an event can name, of ``codes``; yes or no, or one of ``labels``."""

    name: str
    unit: str = ""
    codes: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    flag: bool = False
    yearly: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Catalogue:
    """All parameters, found by key; ``renamed`` says what keys of earlier versions are called now.

    ``recorded`` are the variables that conditions of events can name, ``conditions`` short names of conditions on them;
    ``groups`` are names that can stand where the code of a member or donor can.

    Raises ValueError for a key given twice, a key inside another, a pattern without entities or a default outside its
    domain: faults of the model that defines it, never of a user.
    """

    parameters: tuple[Parameter, ...]
    renamed: Mapping[str, str]
    recorded: Mapping[str, Recorded]
    conditions: Mapping[str, str]
    groups: Groups
    _by_key: dict[str, Parameter] = field(init=False, repr=False, compare=False)
    _entities: dict[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)
    _groups: frozenset[str] = field(init=False, repr=False, compare=False)

    def __init__(
        self,
        parameters: Iterable[Parameter],
        renamed: Mapping[str, str] | None = None,
        recorded: Iterable[Recorded] = (),
        conditions: Mapping[str, str] | None = None,
        groups: Groups | None = None,
    ) -> None:
        object.__setattr__(self, "parameters", tuple(parameters))
        object.__setattr__(self, "renamed", dict(renamed or {}))
        object.__setattr__(self, "recorded", {variable.name: variable for variable in recorded})
        object.__setattr__(self, "conditions", dict(conditions or {}))
        object.__setattr__(self, "groups", groups or Groups())
        object.__setattr__(self, "_by_key", {})
        object.__setattr__(self, "_entities", {})
        for parameter in self.parameters:
            _inspect(parameter)
            group = parameter.key.partition("*")[0].rstrip(".")
            self._entities[group] = tuple(dict.fromkeys((*self._entities.get(group, ()), *parameter.entities)))
            for key in parameter.expanded():
                if key in self._by_key:
                    raise ValueError(f"parameter {key} is defined twice")
                self._by_key[key] = parameter
        object.__setattr__(self, "_groups", frozenset(_groups(self._by_key)))
        for parameter in self.parameters:
            for key in parameter.sweep.removeprefix("through ").split(", ") if "through" in parameter.sweep else ():
                if self.find(key) is None:
                    raise ValueError(f"parameter {parameter.key} is swept through {key}, which does not exist")
        if inside := self._groups & self._by_key.keys():
            raise ValueError(f"parameter {min(inside)} is also a group of parameters")

    def __iter__(self) -> Iterator[Parameter]:
        return iter(self.parameters)

    def __len__(self) -> int:
        return len(self.parameters)

    def __repr__(self) -> str:
        return f"Catalogue({len(self)} parameters)"

    def find(self, key: str) -> Parameter | None:
        """The parameter of a full key; entity codes are matched against the pattern's entities."""
        parameter = self._by_key.get(key)
        if parameter is None and "*" in key:
            parameter = next((pattern for pattern in self.parameters if pattern.key == key), None)
        return parameter or self._by_key.get(self._of_first_member(key))

    def read(self, key: str) -> Read:
        """When a full key is read, as its parameter declares it; empty for what is no key."""
        parameter = self.find(key)
        return parameter.read if parameter else ""

    def election_of(self, key: str) -> int | None:
        """The year of the election that a full key is about; None for any other key."""
        if self.read(key) != "in the election of its year":
            return None
        return next((int(part) for part in key.split(".") if part.isdecimal()), None)

    def with_groups(self, own: Mapping[str, tuple[str, ...]]) -> Catalogue:
        """The same catalogue with a scenario's own groups."""
        if not own:
            return self
        other = copy(self)
        object.__setattr__(other, "groups", self.groups.and_own(own))
        return other

    def group_in(self, key: str) -> str | None:
        """The group of members or donors that a full key, or the beginning of keys, names in place of one code."""
        if key in self._by_key or key in self._groups:
            return None
        parts = key.split(".")
        for place, part in enumerate(parts):
            if self.groups.allowed(part, self.entities_of(".".join(parts[:place]))):
                return part
        return None

    def _of_first_member(self, key: str) -> str:
        """``key`` with the code of a member for the group it names; as it is without one."""
        group = self.group_in(key)
        if group is None:
            return key
        before, _, after = f".{key}.".partition(f".{group}.")
        codes = self.entities_of(before.removeprefix("."))
        inside = [code for code in codes if group in self.groups.at_start or code in self.groups.fixed[group]]
        options = [".".join(filter(None, (before.strip("."), code, after.strip(".")))) for code in inside]
        return next((option for option in options if option in self._by_key or option in self._groups), key)

    def keys(self) -> tuple[str, ...]:
        """Every key a scenario can set, in the order of the parameters, patterns expanded."""
        return tuple(self._by_key)

    def is_group(self, path: str) -> bool:
        """Whether ``path`` is the beginning of some key, at a dot."""
        return path in self._groups or self._of_first_member(path) in self._groups

    def members_of(self, group: str) -> tuple[str, ...]:
        """Names that can follow ``group`` (the empty string for the top), in catalogue order."""
        group = self._of_first_member(group)
        depth = len(group) + 1 if group else 0
        names = (key[depth:].split(".", 1)[0] for key in self._by_key if not group or key.startswith(group + "."))
        return tuple(dict.fromkeys(names))

    def groups_named(self, name: str) -> tuple[str, ...]:
        """Groups, at any depth, whose last part is ``name``, sorted."""
        return tuple(sorted(group for group in self._groups if group.rpartition(".")[2] == name))

    def entities_of(self, group: str) -> tuple[str, ...]:
        """Entity codes that can follow ``group``; empty if other names do."""
        return self._entities.get(group, ())

    def successor(self, key: str) -> str | None:
        """What a key, or the beginning of keys, of an earlier version is called now; None if it has no new name."""
        parts = key.split(".")
        for old, new in self.renamed.items():
            pattern = old.split(".")
            if len(pattern) == len(parts) and all(a in ("*", b) for a, b in zip(pattern, parts, strict=True)):
                return new.replace("*", parts[pattern.index("*")]) if "*" in pattern else new
        return None

    def spelled(self, key: str) -> str:
        """``key`` with the names of countries put right: ``members.DEU.plan_pct_gdp`` for ``members.Germany...``."""
        group = ""
        for part in key.split("."):
            codes = self.entities_of(group)
            known = part in self.members_of(group) or self.groups.allowed(part, codes)
            named = self.groups.spelled(part) if codes else None
            code = part if known else entity_code(part, codes) or named or part
            group = f"{group}.{code}" if group else code
        return group

    def nearest(self, word: str) -> list[str]:
        """Up to three valid keys like ``word``, best first: those ending in the same name if few do, else any."""
        parts = word.split(".")
        keys = [_filled(parameter, parts) for parameter in self]
        last = parts[-1].casefold()
        ends = [key for key in keys if key.rpartition(".")[2].casefold() == last]
        return ends if 0 < len(ends) <= 3 else nearest(word, keys, cutoff=0.7)


def _filled(parameter: Parameter, parts: list[str]) -> str:
    """The key of a parameter; a pattern takes its entity from ``parts`` where they name one, else its first."""
    if "*" not in parameter.key:
        return parameter.key
    depth = parameter.key.split(".").index("*")
    code = parts[depth] if depth < len(parts) and parts[depth] in parameter.entities else parameter.entities[0]
    return parameter.key.replace("*", code)


def _inspect(parameter: Parameter) -> None:
    if parameter.key.count("*") > 1 or ("*" in parameter.key) != bool(parameter.entities):
        raise ValueError(f"parameter {parameter.key}: one '*' and its entities belong together")
    if parameter.depends_on and not parameter.sweep:
        raise ValueError(f"parameter {parameter.key}: no data identify it, so it must declare a sweep")
    try:
        declared_range(parameter)
    except ValueError as fault:
        raise ValueError(f"parameter {parameter.key}: {fault}") from None
    if parameter.default is None:
        return
    try:
        fit(parameter.default, parameter.domain)
    except ValueError as fault:
        raise ValueError(f"parameter {parameter.key}: default {describe(parameter.default)}: {fault}") from None


def declared_range(parameter: Parameter) -> tuple[float, float, tuple[Value, ...]]:
    """Low, high and listed values of the range in which a parameter is tried; (nan, nan, ()) if it declares none.

    ``0.1 to 0.5`` is a range of numbers, ``0, 5, 10`` a list of them, ``any`` every option of a choice or flag. Two
    words declare no range of their own: ``prior`` (the range of the value as of the start) and ``through KEY, KEY``
    (it is tried through other keys). Raises ValueError for anything else, and for what lies outside the domain.
    """
    words, domain = parameter.sweep, parameter.domain
    nothing = (math.nan, math.nan)
    if not words or words == "prior" or words.startswith("through "):
        return (*nothing, ())
    if isinstance(domain, Choice | Flag) and words == "any":
        return (*nothing, domain.options if isinstance(domain, Choice) else (False, True))
    if not isinstance(domain, Number):
        raise ValueError(f"sweep {words!r} is no range of {domain.describe()}")
    ends = words.split(" to ")
    numbers = [float(part) for part in (ends if len(ends) == 2 else words.split(","))]
    if len(numbers) < 2 or numbers != sorted(set(numbers)):
        raise ValueError(f"sweep {words!r} must rise")
    for number in numbers:
        fit(_fixed(number), domain)
    return (*numbers, ()) if len(ends) == 2 else (*nothing, tuple(map(_fixed, numbers)))  # type: ignore[return-value]


def _fixed(number: float) -> Distribution:
    return Distribution("fixed", (("value", number),))


def _groups(keys: Iterable[str]) -> Iterator[str]:
    for key in keys:
        while "." in key:
            key = key.rpartition(".")[0]
            yield key
