"""Groups of members and donors by name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sim.scenario.entities import entity_code, is_country
from sim.text import tame

NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Groups:
    """Codes by the name of a group. Those ``at_start`` depend on what is known on the first day."""

    fixed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    at_start: Mapping[str, Callable[[date], tuple[str, ...]]] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all groups."""
        return (*self.fixed, *self.at_start)

    def codes(self, name: str, start: date) -> tuple[str, ...]:
        """Codes of a group in a scenario that starts on a day. KeyError if there is no such group."""
        return self.at_start[name](start) if name in self.at_start else self.fixed[name]

    def and_own(self, own: Mapping[str, tuple[str, ...]]) -> Groups:
        """These groups and a scenario's own."""
        return Groups({**self.fixed, **own}, self.at_start)

    def spelled(self, word: str) -> str | None:
        """The name that ``word`` means whatever its case, blanks and hyphens; None if there is none."""
        folded = re.sub(r"[\s-]+", "_", word.strip().casefold())
        return next((name for name in self.names if name.casefold() == folded), None)

    def allowed(self, name: str, codes: Iterable[str]) -> bool:
        """Whether ``name`` can stand for some of ``codes``: it is a group, and no name of one of them."""
        codes = tuple(codes)
        if name not in self.names or entity_code(name, codes) is not None:
            return False
        return any(map(is_country, codes)) if name in self.at_start else any(code in codes for code in self.fixed[name])


def name_fault(name: str, known: Groups) -> str:
    """Why a file cannot call a group of its own ``name``; empty if it can."""
    if is_country(name):
        return f"{tame(name)} is a country, or the EU; give the group another name"
    if name in known.names:
        return f"{name} is a group of this program; give your own another name"
    if not NAME.fullmatch(name):
        return f"{tame(name) or 'an empty text'} is no name of a group; write small letters, digits and _"
    return ""
