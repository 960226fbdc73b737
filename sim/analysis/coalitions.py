"""Groups of changed inputs, and the scenarios in between: some groups as in one scenario, the rest as in the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import combinations
from typing import TypeAlias

from sim.analysis.inputs import EVENT, Change, changed_events, changed_inputs, changed_keys
from sim.errors import InputError
from sim.scenario.parameter import Catalogue
from sim.scenario.scenario import Event, Scenario

Coalition: TypeAlias = frozenset[int]


@dataclass(frozen=True, slots=True)
class Group:
    """Changed inputs that move together: one table of the catalogue to its second name, or the events of one name.

    ``depends_on`` says that some of them are assumptions no data identify.
    """

    name: str
    changes: tuple[Change, ...]
    depends_on: bool


def groups_between(a: Scenario, b: Scenario, catalogue: Catalogue) -> tuple[Group, ...]:
    """The groups of inputs in which ``a`` and ``b`` differ, values by name, then events in order of appearance."""
    found: dict[str, list[Change]] = {}
    for change in changed_inputs([a, b], catalogue):
        if change.key not in ("start", "end"):
            found.setdefault(group_of(change.key), []).append(change)
    return tuple(Group(name, tuple(some), any(one.depends_on for one in some)) for name, some in found.items())


def group_of(key: str) -> str:
    """The group of a changed input: ``us.commitment`` for ``us.commitment.posture``; an event is its own group."""
    return key if key.startswith(EVENT) else ".".join(key.split(".")[:2])


def between(a: Scenario, b: Scenario, groups: Sequence[Group], coalition: Coalition) -> Scenario:
    """``a`` with the groups of ``coalition`` (indices into ``groups``) as they are in ``b``."""
    if not coalition:
        return a
    if len(coalition) == len(groups):
        return b
    names = {groups[index].name for index in coalition}
    values = dict(a.values)
    for key in changed_keys([a, b]):
        if group_of(key) in names:
            values.pop(key, None)
            if key in b.values:
                values[key] = b.values[key]
    title = f"{a.title}, with {', '.join(sorted(names))} of {b.title}"
    return replace(a, title=title, values=values, events=_mixed(a, b, names))


def _mixed(a: Scenario, b: Scenario, names: set[str]) -> tuple[Event, ...]:
    """Events of ``b`` that are unchanged or moved to it, and those of ``a`` that are not, in order of date."""
    changed = set(changed_events([a, b]))
    moved = {name for name in changed if EVENT + name in names}
    kept = [event for event in b.events if event.name not in changed - moved]
    kept += [event for event in a.events if event.name in changed - moved]
    return tuple(sorted(kept, key=lambda event: event.date))


def one_horizon(a: Scenario, b: Scenario) -> tuple[Scenario, Scenario, tuple[str, ...]]:
    """Both scenarios cut to the shared end, and a warning where that changed one.

    Raises:
        InputError: they start on different days, so that even their facts differ.
    """
    if a.start != b.start:
        raise InputError(
            f"{a.name} starts on {a.start} and {b.name} on {b.start}: their facts differ too, which no input explains; "
            "give both one start"
        )
    if a.end == b.end:
        return a, b, ()
    end = min(a.end, b.end)
    return replace(a, end=end), replace(b, end=end), (f"horizons differ; dates after {end} are left out",)


def subsets(count: int) -> Iterator[Coalition]:
    """Every coalition of ``count`` groups, small ones first."""
    for size in range(count + 1):
        for some in combinations(range(count), size):
            yield frozenset(some)


def orders(names: Sequence[str], count: int, seed: int) -> list[tuple[int, ...]]:
    """``count`` (an even number) orders of the groups, each second one the reverse of the one before it.

    An order sorts the names by a hash of seed, number and name: without a random generator, and unchanged among the
    groups that stay when another is added.
    """
    found = []
    for number in range(count // 2):
        marks = [sha256(f"{seed}/{number}/{name}".encode()).digest() for name in names]
        order = tuple(sorted(range(len(names)), key=marks.__getitem__))
        found += [order, order[::-1]]
    return found


def prefixes(order: Iterable[int]) -> list[Coalition]:
    """The coalitions an order passes through, from nobody to everybody."""
    found: list[Coalition] = [frozenset()]
    for index in order:
        found.append(found[-1] | {index})
    return found
