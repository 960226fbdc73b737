"""Parameters a scenario can set, and the catalogue of all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from sim.scenario.domains import Day, Domain, Number, fit
from sim.scenario.values import Value, describe
from sim.text import nearest

Kind = Literal["data", "estimated", "assumption"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One quantity of the model, sourced and settable.

    ``key`` is dotted and carries the unit (``us.troops.cut_thousand``); one ``*`` stands for an entity code listed in
    ``entities``. ``default`` None leaves the value to the facts (for a day: never). ``depends_on`` marks what the data
    to 2024 cannot identify; ``sweep`` is its range in words. ``at_start``: read on the first day only, so that no
    event can change it.
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

    @property
    def prior_text(self) -> str:
        """The default in words."""
        if self.default is None and not self.never_by_default:
            return "from the facts as of the start"
        return describe(self.default)

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
class Catalogue:
    """All parameters, found by key.

    Raises ValueError for a key given twice, a key inside another, a pattern without entities or a default outside its
    domain: faults of the model that defines it, never of a user.
    """

    parameters: tuple[Parameter, ...]
    _by_key: dict[str, Parameter] = field(init=False, repr=False, compare=False)
    _groups: frozenset[str] = field(init=False, repr=False, compare=False)

    def __init__(self, parameters: Iterable[Parameter]) -> None:
        object.__setattr__(self, "parameters", tuple(parameters))
        object.__setattr__(self, "_by_key", {})
        for parameter in self.parameters:
            _inspect(parameter)
            for key in parameter.expanded():
                if key in self._by_key:
                    raise ValueError(f"parameter {key} is defined twice")
                self._by_key[key] = parameter
        object.__setattr__(self, "_groups", frozenset(_groups(self._by_key)))
        inside = self._groups & self._by_key.keys()
        if inside:
            raise ValueError(f"parameter {min(inside)} is also a group of parameters")

    def __iter__(self) -> Iterator[Parameter]:
        return iter(self.parameters)

    def __len__(self) -> int:
        return len(self.parameters)

    def find(self, key: str) -> Parameter | None:
        """The parameter of a full key; entity codes are matched against the pattern's entities."""
        found = self._by_key.get(key)
        if found is None and "*" in key:
            found = next((parameter for parameter in self.parameters if parameter.key == key), None)
        return found

    def keys(self) -> tuple[str, ...]:
        """Every key a scenario can set, in the order of the parameters, patterns expanded."""
        return tuple(self._by_key)

    def is_group(self, path: str) -> bool:
        """Whether ``path`` is the beginning of some key, at a dot."""
        return path in self._groups

    def members_of(self, group: str) -> tuple[str, ...]:
        """Names that can follow ``group`` (the empty string for the top), in catalogue order."""
        depth = len(group) + 1 if group else 0
        names = (key[depth:].split(".", 1)[0] for key in self._by_key if not group or key.startswith(group + "."))
        return tuple(dict.fromkeys(names))

    def groups_named(self, name: str) -> tuple[str, ...]:
        """Groups, at any depth, whose last part is ``name``, sorted."""
        return tuple(sorted(group for group in self._groups if group.rpartition(".")[2] == name))

    def entities_of(self, group: str) -> tuple[str, ...]:
        """Entity codes that can follow ``group``; empty if other names do."""
        prefix = f"{group}.*" if group else "*"
        codes = (p.entities for p in self.parameters if p.key == prefix or p.key.startswith(prefix + "."))
        return tuple(dict.fromkeys(code for some in codes for code in some))

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
    if parameter.default is None:
        return
    try:
        fit(parameter.default, parameter.domain)
    except ValueError as fault:
        raise ValueError(f"parameter {parameter.key}: default {describe(parameter.default)}: {fault}") from None


def _groups(keys: Iterable[str]) -> Iterator[str]:
    for key in keys:
        while "." in key:
            key = key.rpartition(".")[0]
            yield key
