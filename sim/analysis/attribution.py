"""Why two scenarios differ: Shapley values of the groups of changed inputs, run by run on the same streams.

A group's value is the mean, over all orders in which the groups can be moved from one scenario to the other, of what
moving it changes. The values add up to the whole difference in every run. Source: Shapley (1953), A value for n-person
games, Contributions to the Theory of Games II, 307-317; sampling by orders and their reverses: Castro, Gomez and Tejada
(2009), Computers & Operations Research 36, 1726-1730.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, fields, replace
from itertools import combinations
from math import factorial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim import model
from sim.analysis.inputs import EVENT, Change, changed_events, changed_inputs, changed_keys
from sim.analysis.outcomes import Outcome, Recorded, dates_shown, headline
from sim.analysis.simulated import simulated
from sim.analysis.statistics import mean_interval
from sim.errors import FaultError, InputError
from sim.files import disk, replacing

if TYPE_CHECKING:
    from sim.scenario.parameter import Catalogue
    from sim.scenario.scenario import Event, Scenario

EXACT_GROUPS = 6
PERMUTATIONS = 16

Coalition: TypeAlias = frozenset[int]
Values = NDArray[np.float32]
Rows: TypeAlias = "list[tuple[Outcome, str]]"
Reader: TypeAlias = "Callable[[Sequence[Scenario], Sequence[Outcome]], Iterable[tuple[Rows, Values]]]"
Progress = Callable[[int, int], None]


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
        return [part for one in self.waterfalls for part in (one.total, *one.parts)]


def attribute(
    a: Scenario,
    b: Scenario,
    *,
    runs: int = 1000,
    seed: int = 1,
    jobs: int = 1,
    cache: Path | None = None,
    outcomes: Sequence[Outcome] = (),
    permutations: int = PERMUTATIONS,
    catalogue: Catalogue | None = None,
    progress: Callable[[int, int], None] | None = None,
    reader: Reader | None = None,
) -> Attribution:
    """Attribute the difference of ``b`` from ``a`` to the groups of inputs in which they differ.

    Up to six groups every coalition is run; above, the coalitions along ``permutations`` orders. The runs of each
    coalition are kept in ``cache``, where one is given, and not simulated again. ``reader`` replaces the simulation.

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
    reader = reader or kept_values(runs, seed, jobs, cache, progress)
    made = reader([between(a, b, groups, coalition) for coalition in wanted], chosen)
    told: Rows = []
    value: dict[Coalition, Values] = {}
    for coalition, (rows, values) in zip(wanted, made, strict=True):
        told, value[coalition] = rows, values
    waterfalls = _waterfalls(told, groups, value, drawn)
    count = value[frozenset()].shape[1]
    return Attribution(a.name, b.name, groups, waterfalls, exact, len(drawn), len(wanted), count, seed, tuple(warnings))


def shares(value: Mapping[Coalition, Values], count: int) -> list[NDArray[np.float64]]:
    """Exact Shapley value of each of ``count`` groups in every run, each ``(rows, runs)`` like the values."""
    weight = [factorial(size) * factorial(count - size - 1) / factorial(count) for size in range(count)]
    found = []
    for index in range(count):
        share = np.zeros(value[frozenset()].shape)
        for coalition in subsets(count):
            if index not in coalition:
                share += weight[len(coalition)] * _step(value, coalition, index)
        found.append(share)
    return found


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
    return list(dict.fromkeys([*(one for order in drawn for one in prefixes(order)), *alone]))


def _waterfalls(
    told: Rows,
    groups: Sequence[Group],
    value: Mapping[Coalition, Values],
    drawn: Sequence[tuple[int, ...]],
) -> tuple[Waterfall, ...]:
    count = len(groups)
    nobody, everybody = value[frozenset()].astype(np.float64), value[frozenset(range(count))]
    zeros = np.zeros(len(told))
    found, errors = _sampled(value, count, drawn) if drawn else (shares(value, count), [zeros] * count)
    alone = [_step(value, frozenset(), index).mean(axis=1) for index in range(count)]
    whole = _interval(everybody - nobody, zeros, len(drawn) // 2)
    each = [_interval(share, error, len(drawn) // 2) for share, error in zip(found, errors, strict=True)]
    a_means, b_means = nobody.mean(axis=1), everybody.astype(np.float64).mean(axis=1)

    def part(name: str, depends_on: bool, interval: NDArray[np.float64], lone: float, error: float, row: int) -> Part:
        outcome, day = told[row]
        mean, low, high = (float(number) for number in interval[:, row])
        return Part(outcome.name, outcome.entity, day, outcome.unit, name, depends_on, mean, low, high, lone, error)

    falls = []
    for row, (outcome, day) in enumerate(told):
        parts = [
            part(group.name, group.depends_on, each[index], float(alone[index][row]), float(errors[index][row]), row)
            for index, group in enumerate(groups)
        ]
        total = part("total", any(one.depends_on for one in groups), whole, float("nan"), 0.0, row)
        parts.sort(key=lambda one: -abs(one.mean))
        falls.append(Waterfall(outcome, day, float(a_means[row]), float(b_means[row]), total, tuple(parts)))
    return tuple(falls)


def _interval(values: NDArray[np.float64], error: NDArray[np.float64], pairs: int) -> NDArray[np.float64]:
    """Mean over runs with its 95% interval, widened by the error of sampling; ``(3, rows)``."""
    from sim.special import stdtrit

    mean, low, high = mean_interval(values)
    reach = stdtrit(pairs - 1, 0.975) * error if pairs > 1 else 0.0 * error
    return np.stack([mean, mean - np.hypot(mean - low, reach), mean + np.hypot(high - mean, reach)])


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
        marks = [hashlib.sha256(f"{seed}/{number}/{name}".encode()).digest() for name in names]
        order = tuple(sorted(range(len(names)), key=marks.__getitem__))
        found += [order, order[::-1]]
    return found


def prefixes(order: Iterable[int]) -> list[Coalition]:
    """The coalitions an order passes through, from nobody to everybody."""
    found: list[Coalition] = [frozenset()]
    for index in order:
        found.append(found[-1] | {index})
    return found


@dataclass(frozen=True, slots=True)
class Stretch:
    """Runs ``first`` to ``first + count - 1`` of one coalition, to be stored at ``path``; small and picklable."""

    path: Path
    scenario: Scenario
    outcomes: tuple[Outcome, ...]
    seed: int
    first: int
    count: int
    model: str


def read_values(ensemble: Recorded, outcomes: Sequence[Outcome]) -> tuple[Rows, Values]:
    """What each row is, and the outcomes at year ends and the last date, float32 ``(rows, runs)``."""
    told: Rows = []
    values = []
    for outcome in outcomes:
        dates, found = outcome.read(ensemble)
        kept = dates_shown(dates)
        told += _rows(outcome, dates[kept])
        values.append(found[kept].astype(np.float32))
    return told, np.concatenate(values)


def kept_values(runs: int, seed: int, jobs: int, cache: Path | None, progress: Progress | None) -> Reader:
    """A reader of scenarios that simulates with ``jobs`` processes what ``cache`` does not hold.

    Stretches lie in ``cache`` under a hash of all their numbers depend on. Without ``cache`` a folder is made and
    removed. ``progress`` is called with coalition blocks done and in all. The reader raises FaultError if the disk or
    a process fails; what was finished is kept.
    """

    def read(scenarios: Sequence[Scenario], outcomes: Sequence[Outcome]) -> Iterator[tuple[Rows, Values]]:
        with ExitStack() as stack:
            folder = cache or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="alliance-")))
            plans = [_plan(folder, scenario, outcomes, runs, seed) for scenario in scenarios]
            every = [stretch for plan in plans for stretch in plan]
            _complete(every, jobs, progress)
            told = _told(scenarios[0], outcomes)
            for plan in plans:
                yield told, np.concatenate([_load(stretch.path) for stretch in plan], axis=1)

    return read


def _plan(folder: Path, scenario: Scenario, outcomes: Sequence[Outcome], runs: int, seed: int) -> list[Stretch]:
    from sim.ensemble import BLOCK, source

    told = {
        "scenario": scenario.hash,
        "seed": seed,
        "outcomes": [outcome.key for outcome in outcomes],
        "facts": source.facts_stamp(),
        "code": source.code_stamp(),
        "versions": source.versions(),
    }
    name = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32]
    counts = [(first, min(BLOCK, runs - first)) for first in range(0, runs, BLOCK)]
    return [
        Stretch(folder / name / f"{first}-{count}.npy", scenario, tuple(outcomes), seed, first, count, source.MODEL)
        for first, count in counts
    ]


def _complete(every: Sequence[Stretch], jobs: int, progress: Progress | None) -> None:
    """Make the stretches that are not in store."""
    from sim.ensemble.executors import complete

    missing = [stretch for stretch in every if not stretch.path.exists()]
    for stretch in missing:
        with disk(stretch.path):
            stretch.path.parent.mkdir(parents=True, exist_ok=True)
    done = len(every) - len(missing)
    if progress is not None:
        progress(done, len(every))
    for number, _ in enumerate(complete(_make, missing, jobs, _name), start=done + 1):
        if progress is not None:
            progress(number, len(every))


def _name(stretch: Stretch) -> str:
    return f"{stretch.scenario.name} (runs {stretch.first} to {stretch.first + stretch.count - 1})"


def _make(stretch: Stretch) -> None:
    """Simulate one stretch and store it; it appears under its name only when complete."""
    runs = simulated(stretch.scenario, stretch.count, stretch.seed, first=stretch.first, model=stretch.model)
    values = read_values(runs, stretch.outcomes)[1]
    with disk(stretch.path), replacing(stretch.path) as file:
        np.save(file, values)


def _load(path: Path) -> Values:
    try:
        found: Values = np.load(path)
    except (OSError, ValueError, EOFError) as error:
        raise FaultError(f"{path}: not readable; remove this file and run again") from error
    return found


def _told(scenario: Scenario, outcomes: Sequence[Outcome]) -> Rows:
    """What each row is, without simulating."""
    dates = simulated(scenario, 0, 0).dates
    told: Rows = []
    for outcome in outcomes:
        days = dates(outcome.variable)
        told += _rows(outcome, days[-1:] if outcome.kind == "wait" else days[dates_shown(days)])
    return told


def _rows(outcome: Outcome, dates: NDArray[np.datetime64]) -> Rows:
    return [(outcome, str(day)) for day in dates.astype("datetime64[D]")]
