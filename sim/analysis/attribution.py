"""Why two scenarios differ: Shapley values of the groups of changed inputs, run by run on the same streams.

A group's value is the mean, over all orders in which the groups can be moved from one scenario to the other, of what
moving it changes. The values add up to the whole difference in every run. Source: Shapley (1953), A value for n-person
games, Contributions to the Theory of Games II, 307-317; sampling by orders and their reverses: Castro, Gomez and Tejada
(2009), Computers & Operations Research 36, 1726-1730.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from math import factorial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim import model
from sim.analysis.coalition_runs import Reader, Rows, Values, kept_values
from sim.analysis.coalitions import Coalition, Group, between, groups_between, one_horizon, orders, prefixes, subsets
from sim.analysis.comparison import chosen_outcomes
from sim.analysis.outcomes import Outcome
from sim.analysis.statistics import mean_interval
from sim.errors import InputError
from sim.model.variables import VARIABLES, Variable

if TYPE_CHECKING:
    from sim.scenario.parameter import Catalogue
    from sim.scenario.scenario import Scenario

EXACT_GROUPS = 6
PERMUTATIONS = 16


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
            KeyError: it was not attributed.
        """
        found = [one for one in self.waterfalls if (one.outcome.name, one.outcome.entity) == (variable, entity)]
        for one in reversed(found):
            if day in ("", one.date):
                return one
        raise KeyError((variable, entity, day))

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
    outcomes: Sequence[str] = (),
    permutations: int = PERMUTATIONS,
    catalogue: Catalogue | None = None,
    variables: Iterable[Variable] = VARIABLES,
    progress: Callable[[int, int], None] | None = None,
    reader: Reader | None = None,
) -> Attribution:
    """Attribute the difference of ``b`` from ``a`` to the groups of inputs in which they differ.

    Up to six groups every coalition is run; above, the coalitions along ``permutations`` orders. The runs of each
    coalition are kept in ``cache``, where one is given, and not simulated again. ``reader`` replaces the simulation.

    Raises:
        InputError: the scenarios start on different days or differ in nothing, or an outcome does not exist.
    """
    variables = tuple(variables)
    a, b, warnings = one_horizon(a, b)
    groups = groups_between(a, b, catalogue or model.catalogue())
    if not groups:
        raise InputError(f"{a.name} and {b.name} have the same inputs; there is no difference to attribute")
    chosen = chosen_outcomes(outcomes, variables)
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
    from scipy.special import stdtrit

    mean, low, high = mean_interval(values)
    reach = stdtrit(pairs - 1, 0.975) * error if pairs > 1 else 0.0 * error
    return np.stack([mean, mean - np.hypot(mean - low, reach), mean + np.hypot(high - mean, reach)])
