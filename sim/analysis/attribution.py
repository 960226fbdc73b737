"""Why two scenarios differ: Shapley values of the groups of changed inputs, run by run on the same streams.

A group's value is the mean, over all orders in which the groups can be moved from one scenario to the other, of what
moving it changes. The values add up to the whole difference in every run. Source: Shapley (1953), A value for n-person
games, Contributions to the Theory of Games II, 307-317; sampling by orders and their reverses: Castro, Gomez and Tejada
(2009), Computers & Operations Research 36, 1726-1730.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from itertools import combinations
from math import factorial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim import model
from sim.analysis.align import one_end
from sim.analysis.coalitions import Lines, Progress, Reader, Values, kept_values
from sim.analysis.inputs import EVENT, Change, changed_events, changed_inputs, changed_keys
from sim.analysis.outcomes import Outcome, headline
from sim.analysis.statistics import mean_interval
from sim.errors import InputError

if TYPE_CHECKING:
    from sim.ensemble import Result
    from sim.scenario.parameter import Catalogue
    from sim.scenario.scenario import Event, Scenario

EXACT_GROUPS = 6
PERMUTATIONS = 16

Coalition: TypeAlias = frozenset[int]


@dataclass(frozen=True, slots=True)
class Group:
    """Changed inputs that move together: one table of the catalogue to its second name, or the events of one name.

    ``depends_on`` says that some of them are assumptions no data identify.
    """

    name: str
    changes: tuple[Change, ...]
    depends_on: bool


@dataclass(frozen=True, slots=True)
class Part:
    """What one group contributes to one outcome at one date: a line of ``attribution.csv``.

    ``mean`` (with its 95% interval ``low`` to ``high``) is the Shapley value averaged over runs; ``alone`` what moving
    this group and no other changes; ``sampling_error`` the standard error from sampling orders, zero where exact, and
    contained in the interval. The line whose group is ``total`` is the whole difference, b minus a.
    """

    variable: str
    entity: str
    date: str
    unit: str
    group: str
    depends_on: bool
    mean: float
    low: float
    high: float
    alone: float
    sampling_error: float

    def to_dict(self) -> dict[str, Any]:
        """Field names and values, missing numbers as None."""
        return {key: None if value != value else value for key, value in asdict(self).items()}


PART_COLUMNS = tuple(field.name for field in fields(Part))


@dataclass(frozen=True, slots=True)
class Waterfall:
    """One outcome at one date: from ``a_mean`` over the ``parts``, in order of size, to ``b_mean``."""

    outcome: Outcome
    date: str
    a_mean: float
    b_mean: float
    total: Part
    parts: tuple[Part, ...]

    @property
    def depends_on(self) -> tuple[str, ...]:
        """Groups of assumptions with a contribution other than zero."""
        return tuple(part.group for part in self.parts if part.depends_on and part.mean != 0)


@dataclass(frozen=True, eq=False)
class Attribution:
    """The difference of scenario ``b`` from ``a``, by ``groups`` of changed inputs.

    ``exact`` says that every coalition was run; otherwise ``permutations`` orders were. ``coalitions`` counts the
    ensembles behind the numbers.
    """

    a: str
    b: str
    groups: tuple[Group, ...]
    waterfalls: tuple[Waterfall, ...]
    exact: bool
    permutations: int
    coalitions: int
    runs: int
    seed: int
    warnings: tuple[str, ...]
    scenarios: tuple[Scenario, ...] = ()

    def __repr__(self) -> str:
        return f"Attribution({self.b} against {self.a}, {len(self.groups)} groups of inputs, {self.runs:,} runs)"

    def channels(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """How each group reaches each outcome that it moves, by group and outcome: the states of the model on the way.

        An outcome is named as `Outcome.key` does; a group that reaches it by no states of the model has none.
        """
        from sim.analysis.explain.channels import channel, keys_of

        declared = {variable.name: variable for variable in model.variables()}
        groups = {group.name: group for group in self.groups}
        found: dict[tuple[str, str], tuple[str, ...]] = {}
        for waterfall in self.waterfalls:
            outcome, variable = waterfall.outcome, declared.get(waterfall.outcome.variable)
            for part in waterfall.parts:
                if variable is None or not part.mean or (part.group, outcome.key) in found:
                    continue
                changes = groups[part.group].changes
                keys = [key for change in changes for key in keys_of(change.key, self.scenarios)]
                entity = "" if outcome.codes else outcome.entity
                if way := channel(keys, variable, entity, self.scenarios[-1]):
                    found[part.group, outcome.key] = way
        return found

    def find(self, variable: str, entity: str = "", day: str = "") -> Waterfall:
        """The waterfall of an outcome at ``day`` (an ISO date; the last date if empty).

        Raises:
            InputError: it was not attributed; what was is listed.
        """
        for waterfall in reversed(self.waterfalls):
            outcome = waterfall.outcome
            if (outcome.name, outcome.entity) == (variable, entity) and day in ("", waterfall.date):
                return waterfall
        key = (f"{variable}:{entity}" if entity else variable) + (f" on {day}" if day else "")
        known = ", ".join(dict.fromkeys(waterfall.outcome.key for waterfall in self.waterfalls))
        raise InputError(f"{key} was not attributed; attributed: {known}")

    def rows(self) -> list[Part]:
        """The lines of ``attribution.csv``: for each outcome and date the total, then its parts by size."""
        return [part for waterfall in self.waterfalls for part in (waterfall.total, *waterfall.parts)]


def attribute(
    a: Scenario,
    b: Scenario,
    *,
    runs: int = 1000,
    seed: int = 1,
    jobs: int = 1,
    cache: Path | None = None,
    outcomes: Sequence[Outcome] = (),
    at: Sequence[date] = (),
    permutations: int = PERMUTATIONS,
    catalogue: Catalogue | None = None,
    progress: Progress | None = None,
    known: Sequence[Result] = (),
    reader: Reader | None = None,
) -> Attribution:
    """Attribute the difference of ``b`` from ``a`` to the groups of inputs in which they differ.

    Up to six groups every coalition is run; above, the coalitions along ``permutations`` orders.

    Args:
        a: the scenario to start from.
        b: the scenario to arrive at.
        runs: number of runs of each coalition.
        seed: seed of every draw.
        jobs: worker processes.
        cache: a folder in which the values of each coalition are kept, so that they are not simulated again.
        outcomes: what is attributed; the headline outcomes by default.
        at: days beside the year ends and the last date.
        permutations: orders of the groups sampled where there are more than six.
        catalogue: the parameters; those of the model by default.
        progress: called with blocks of coalitions done and in all.
        known: finished results; a coalition with the inputs of one of them, as ``a`` and ``b`` mostly are, is read.
        reader: replaces the simulation.

    Raises:
        InputError: the scenarios start on different days or differ in nothing.
    """
    a, b, warnings = one_horizon(a, b)
    groups = groups_between(a, b, catalogue or model.catalogue())
    if not groups:
        raise InputError(f"{a.name} and {b.name} have the same inputs; there is no difference to attribute")
    chosen = tuple(outcomes) or headline()
    exact = len(groups) <= EXACT_GROUPS
    drawn = [] if exact else orders([group.name for group in groups], max(4, permutations + permutations % 2), seed)
    wanted = _wanted(len(groups), drawn)
    reader = reader or kept_values(runs, seed, jobs, cache, progress, known, at)
    read = reader([between(a, b, groups, coalition) for coalition in wanted], chosen)
    lines: Lines = []
    value: dict[Coalition, Values] = {}
    for coalition, (lines_read, values) in zip(wanted, read, strict=True):
        lines, value[coalition] = lines_read, values
    waterfalls = _waterfalls(lines, groups, value, drawn)
    count = value[frozenset()].shape[1]
    return Attribution(
        a.name, b.name, groups, waterfalls, exact, len(drawn), len(wanted), count, seed, tuple(warnings), (a, b)
    )


def shares(value: Mapping[Coalition, Values], count: int) -> list[NDArray[np.float64]]:
    """Exact Shapley value of each of ``count`` groups in every run, each ``(rows, runs)`` like the values."""
    weight = [factorial(size) * factorial(count - size - 1) / factorial(count) for size in range(count)]
    values = []
    for index in range(count):
        share = np.zeros(value[frozenset()].shape)
        for coalition in subsets(count):
            if index not in coalition:
                share += weight[len(coalition)] * _step(value, coalition, index)
        values.append(share)
    return values


def _step(value: Mapping[Coalition, Values], coalition: Coalition, index: int) -> NDArray[np.float64]:
    """What adding a group to a coalition changes, in every run."""
    return value[coalition | {index}].astype(np.float64) - value[coalition]


def _sampled(
    value: Mapping[Coalition, Values], count: int, drawn: Sequence[tuple[int, ...]]
) -> tuple[list[NDArray[np.float64]], list[NDArray[np.float64]]]:
    """Shapley values from sampled orders, and their standard errors ``(rows,)``: the spread over pairs of orders."""
    shape, pairs = value[frozenset()].shape, len(drawn) // 2
    total = [np.zeros(shape) for _ in range(count)]
    means = np.zeros((count, pairs, shape[0]))
    for number, order in enumerate(drawn):
        for coalition, index in zip(prefixes(order), order, strict=False):
            step = _step(value, coalition, index)
            total[index] += step / len(drawn)
            means[index, number // 2] += step.mean(axis=1) / 2
    return total, list(means.std(axis=1, ddof=1) / np.sqrt(pairs))


def _wanted(count: int, drawn: Sequence[tuple[int, ...]]) -> list[Coalition]:
    """Coalitions to run, each once: all of them, or those along the orders and each group alone."""
    if not drawn:
        return list(subsets(count))
    alone = [frozenset({index}) for index in range(count)]
    return list(dict.fromkeys([*(coalition for order in drawn for coalition in prefixes(order)), *alone]))


def _waterfalls(
    lines: Lines,
    groups: Sequence[Group],
    value: Mapping[Coalition, Values],
    drawn: Sequence[tuple[int, ...]],
) -> tuple[Waterfall, ...]:
    count = len(groups)
    nobody, everybody = value[frozenset()].astype(np.float64), value[frozenset(range(count))]
    zeros = np.zeros(len(lines))
    moved, errors = _sampled(value, count, drawn) if drawn else (shares(value, count), [zeros] * count)
    alone = [_step(value, frozenset(), index).mean(axis=1) for index in range(count)]
    whole = _interval(everybody - nobody, zeros, len(drawn) // 2)
    each = [_interval(share, error, len(drawn) // 2) for share, error in zip(moved, errors, strict=True)]
    a_means, b_means = nobody.mean(axis=1), everybody.astype(np.float64).mean(axis=1)

    def part(name: str, depends_on: bool, interval: NDArray[np.float64], lone: float, error: float, row: int) -> Part:
        outcome, day = lines[row]
        mean, low, high = (float(number) for number in interval[:, row])
        return Part(outcome.name, outcome.entity, day, outcome.unit, name, depends_on, mean, low, high, lone, error)

    waterfalls = []
    for row, (outcome, day) in enumerate(lines):
        parts = [
            part(group.name, group.depends_on, each[index], float(alone[index][row]), float(errors[index][row]), row)
            for index, group in enumerate(groups)
        ]
        total = part("total", any(group.depends_on for group in groups), whole, float("nan"), 0.0, row)
        parts.sort(key=lambda share: -abs(share.mean))
        waterfalls.append(Waterfall(outcome, day, float(a_means[row]), float(b_means[row]), total, tuple(parts)))
    return tuple(waterfalls)


def _interval(values: NDArray[np.float64], error: NDArray[np.float64], pairs: int) -> NDArray[np.float64]:
    """Mean over runs with its 95% interval, widened by the error of sampling; ``(3, rows)``."""
    from sim.special import stdtrit

    mean, low, high = mean_interval(values)
    reach = stdtrit(pairs - 1, 0.975) * error if pairs > 1 else 0.0 * error
    return np.stack([mean, mean - np.hypot(mean - low, reach), mean + np.hypot(high - mean, reach)])


def groups_between(a: Scenario, b: Scenario, catalogue: Catalogue) -> tuple[Group, ...]:
    """The groups of inputs in which ``a`` and ``b`` differ, values by name, then events in order of appearance."""
    groups: dict[str, list[Change]] = {}
    for change in changed_inputs([a, b], catalogue):
        if change.key not in ("start", "end"):
            groups.setdefault(group_of(change.key), []).append(change)
    return tuple(
        Group(name, tuple(changes), any(change.depends_on for change in changes)) for name, changes in groups.items()
    )


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
    return tuple(sorted(kept, key=lambda event: event.date or b.end))


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
    return replace(a, end=end), replace(b, end=end), (one_end(end, max(a.end, b.end)),)


def subsets(count: int) -> Iterator[Coalition]:
    """Every coalition of ``count`` groups, small ones first."""
    for size in range(count + 1):
        yield from map(frozenset, combinations(range(count), size))


def orders(names: Sequence[str], count: int, seed: int) -> list[tuple[int, ...]]:
    """``count`` (an even number) orders of the groups, each second one the reverse of the one before it.

    An order sorts the names by a hash of seed, number and name: without a random generator, and unchanged among the
    groups that stay when another is added.
    """
    pairs = []
    for number in range(count // 2):
        marks = [hashlib.sha256(f"{seed}/{number}/{name}".encode()).digest() for name in names]
        order = tuple(sorted(range(len(names)), key=marks.__getitem__))
        pairs += [order, order[::-1]]
    return pairs


def prefixes(order: Iterable[int]) -> list[Coalition]:
    """The coalitions an order passes through, from nobody to everybody."""
    passed: list[Coalition] = [frozenset()]
    for index in order:
        passed.append(passed[-1] | {index})
    return passed
