"""What governments had announced for their defence share by the start, and what that asks of each budget."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import ArrayLike

from sim import facts
from sim.facts.tables import per_folder
from sim.model.engine import Numbers, single
from sim.model.engine.settings import Settings
from sim.model.systems.roster import ALLIES

_NOT_A_PLAN = ("NATO projection", "CBO projection")
ASPIRATION_WEIGHT = 0.5  # an aspiration asks for half of what a plan or a budget asks for


@dataclass(frozen=True, slots=True)
class Announced:
    """What announced plans ask of next year's budget, points of GDP; arrays ``(members, runs)``.

    ``in_progress``: a year's share of the way to a later target. ``final``: the rest of the way in the target's own
    year. ``overdue``: the rest of the way to a target of the two years before. At most one of the three is above 0.
    """

    in_progress: Numbers
    final: Numbers
    overdue: Numbers


_IN_PROGRESS, _FINAL, _OVERDUE = range(3)
Plan = tuple[int, ArrayLike, bool]  # year, share and firmness
PLAN_KEYS = frozenset(f"members.{code}.{name}" for code in ALLIES for name in ("plan_pct_gdp", "plan_year"))
_NONE: Mapping[str, Plan] = {}


@per_folder
def _announced(day: date, codes: tuple[str, ...]) -> tuple[tuple[Plan, ...], ...]:
    """The latest announcement for each year by ``day``, of each member; the same for every block."""
    latest: dict[tuple[str, int], facts.Plan] = {}
    for plan in sorted(facts.plans(day), key=lambda plan: plan.announced_on):
        if plan.blanket or plan.kind in _NOT_A_PLAN or plan.member == "USA" or plan.target_year is None:
            continue
        if plan.status in ("superseded", "doubtful"):
            continue
        latest[plan.member, plan.target_year] = plan
    return tuple(
        tuple(
            (year, np.float32(plan.target_pct_gdp), plan.firmness != "aspiration")
            for (who, year), plan in latest.items()
            if who == code
        )
        for code in codes
    )


class Plans:
    """National plans for the members ``codes``: by member and year the latest announcement.

    Those known at ``start`` stand for all years; with ``later_ones_too`` a budget round sees those of
    1 October before it as well. That is for histories, whose later plans come from outside.
    """

    def __init__(self, start: date, codes: Sequence[str], later_ones_too: bool = False) -> None:
        self._start, self._codes, self._later_ones_too = start, tuple(codes), later_ones_too

    def _known_on(self, year: int) -> date:
        return max(self._start, date(year - 1, 10, 1)) if self._later_ones_too else self._start

    def asked(self, year: int, rows: Sequence[int], share: Numbers, stated: Mapping[str, Plan] = _NONE) -> Announced:
        """What the plans ask of the budget for ``year`` of the members in ``rows``, given this year's ``share``.

        A plan in ``stated``, by member, stands in place of what it had announced, in runs in which its share is set.
        """
        steps = _taken(_steps(self._known_on(year), self._codes, year, tuple(rows)), share)
        for index, row in enumerate(rows if stated else ()):
            if plan := stated.get(self._codes[row]):
                own = _taken(_in_layers([(0, *plan)], year), share[[index]])[:, 0]
                steps[:, index] = np.where(np.isnan(plan[1]), steps[:, index], own)
        return Announced(*steps)


@dataclass(frozen=True, slots=True)
class _Layer:
    """Steps of one kind towards announced shares, at most one of each member: ``rows``, and columns for them."""

    kind: int
    rows: list[int]
    level: Numbers
    years: Numbers
    weight: Numbers


@per_folder
def _steps(day: date, codes: tuple[str, ...], year: int, rows: tuple[int, ...]) -> tuple[_Layer, ...]:
    """The steps that the budgets of ``rows`` for ``year`` are asked for; the same for every block."""
    known = _announced(day, codes)
    return _in_layers([(index, *plan) for index, row in enumerate(rows) for plan in known[row]], year)


def _in_layers(plans: Sequence[tuple[int, int, ArrayLike, bool]], year: int) -> tuple[_Layer, ...]:
    """Steps in ``year`` of plans, each with its row. An aspiration does not bind from its year on."""
    layers: dict[tuple[int, int], list[tuple[int, ArrayLike, int, float]]] = {}
    taken: Counter[tuple[int, int]] = Counter()
    for row, target_year, level, firm in plans:
        if target_year < year - 2 or (target_year <= year and not firm):
            continue
        kind = _IN_PROGRESS if target_year > year else _FINAL if target_year == year else _OVERDUE
        step = row, level, max(target_year - year + 1, 1), 1.0 if firm else ASPIRATION_WEIGHT
        layers.setdefault((kind, taken[kind, row]), []).append(step)
        taken[kind, row] += 1
    return tuple(
        _Layer(
            kind,
            [row for row, *_ in steps],
            np.stack([np.atleast_1d(single(level)) for _, level, _, _ in steps]),
            *(np.array([[step[column]] for step in steps], np.float32) for column in (2, 3)),
        )
        for (kind, _), steps in layers.items()
    )


def _taken(layers: Sequence[_Layer], share: Numbers) -> Numbers:
    """What is asked of members with these shares, ``(3, rows, runs)``: in progress, final and overdue."""
    steps = np.zeros((3, *share.shape), np.float32)
    for layer in layers:
        step, rows = steps[layer.kind], layer.rows
        distance = single(np.maximum(0, layer.level - share[rows]))
        step[rows] = np.maximum(step[rows], distance / layer.years * layer.weight)
    progress, final, overdue = steps
    progress *= final == 0
    overdue *= (final == 0) & (progress == 0)
    return steps


def stated_plans(settings: Settings) -> dict[str, Plan]:
    """Year, share and firmness of the plans that the scenario states, by member."""
    plans, told = dict[str, Plan](), settings.told(PLAN_KEYS)
    for code in sorted({key.split(".")[1] for key in told}):
        share, year = f"members.{code}.plan_pct_gdp", f"members.{code}.plan_year"
        if share in told and year in told:
            plans[code] = int(settings.central(year)[0]), settings.number(share), True
    return plans
