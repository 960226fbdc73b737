"""Names a user may have meant: nearest keys, aliases of entity codes, other units of the same quantity."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.scenario.parameter import Catalogue, Parameter


def nearest(word: str, names: Iterable[str], most: int = 3, cutoff: float = 0.6) -> list[str]:
    """Up to ``most`` names like ``word``, best first, without regard to case."""
    scored = []
    matcher = SequenceMatcher(b=word.casefold()[:200], autojunk=False)
    for place, name in enumerate(names):
        matcher.set_seq1(name.casefold())
        if matcher.real_quick_ratio() >= cutoff and matcher.quick_ratio() >= cutoff and matcher.ratio() >= cutoff:
            scored.append((-matcher.ratio(), place, name))
    return [name for _, _, name in sorted(scored)[:most]]


def nearest_keys(word: str, catalogue: Catalogue) -> list[str]:
    """Up to three keys like ``word``: ending in the same name if that is telling, else like it in whole."""
    parts = word.split(".")
    keys = [_filled(parameter, parts) for parameter in catalogue]
    last = word.rpartition(".")[2].casefold()
    ends = [key for key in keys if key.rpartition(".")[2].casefold() == last]
    return ends if 0 < len(ends) <= 3 else nearest(word, keys, cutoff=0.7)


def _filled(parameter: Parameter, parts: list[str]) -> str:
    """The key of a parameter; a pattern takes its entity from ``parts`` where they name one, else its first."""
    if "*" not in parameter.key:
        return parameter.key
    place = parameter.key.split(".").index("*")
    code = parts[place] if place < len(parts) and parts[place] in parameter.entities else parameter.entities[0]
    return parameter.key.replace("*", code)
