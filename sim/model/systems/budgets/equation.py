"""The budget equation: how a member's defence share changes from one year to the next, in points of GDP.

The change is a sum of named terms, ``terms``; the simulation adds them up, the back-test fits their coefficients and
``explain`` shows their means, so that the equation stands once. It was estimated on NATO's June 2024 release; see
docs/model.md for the equation in symbols and the sources of each term.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.model.engine import Flags, Numbers, single, within
from sim.model.systems.budgets.plans import Announced
from sim.model.systems.commitment import REFERENCE
from sim.model.systems.elections import CENTRE
from sim.model.systems.threat import PEACETIME

LOWEST = 0.3  # % of GDP; no ally with forces has reported less than 0.37 (Luxembourg in 2014)
LASTING = 8.0  # % of GDP that no government reaches of itself; Lithuania's 5.33 in 2026 is the most since 1990
LARGEST_CHANGE = 1.7  # points of GDP in a year, up or down; the most that NATO's releases show (Bulgaria 2019, 2020)
HIGHEST = 15.0  # % of GDP; the highest that an ally has spent since 1949 is 14 (the United States in 1953)
DEADLINE_REACH = 0.5  # points of GDP: the largest distance that was closed in one deadline year
WAR_SCALE = 1.47  # threat behind budgets in war less in peace: 1.8 - 0.33
BEND = 1.5  # % of GDP at which the pull towards the wartime ceiling is 1
DEBT_ROOM = (60.0, 160.0)  # % of GDP: public debt at which fiscal room begins to shrink, and at which it is smallest


Term = tuple[str, NDArray[Any]]  # its name, and points of GDP


def _nothing() -> Numbers:
    return np.zeros(1, np.float32)


def _never() -> Flags:
    return np.zeros(1, np.bool_)


@dataclass(frozen=True, slots=True)
class Coefficients:
    """What a budget responds to. Points of GDP a year per unit of each regressor; each ``(1,)`` or ``(runs,)``."""

    drift: Numbers
    gap: Numbers
    exposure: Numbers
    war: Numbers
    war_exposure: Numbers
    war_debt: Numbers
    ceiling: Numbers
    growth: Numbers
    plan_in_progress: Numbers
    plan_overdue: Numbers
    deadline: Numbers
    left_right: Numbers
    election_year: Numbers
    commitment: Numbers
    neighbours: Numbers
    troops: Numbers = field(default_factory=_nothing)
    path: Numbers = field(default_factory=_nothing)
    path_debt: Numbers = field(default_factory=_nothing)
    path_exposure: Numbers = field(default_factory=_nothing)


@dataclass(frozen=True, slots=True)
class Situation:
    """What a government sees when it decides; arrays ``(members, 1)`` or ``(members, runs)`` unless said otherwise.

    ``share`` and ``before``: this year's and last year's share, % of GDP. ``path``: next year's point of the path to
    a new target, 0 if there is none, and ``compliance``, a factor on the response to it. ``guideline``: the one in
    force at the start. ``pledge`` (factor on the response to the guideline), ``threat`` (behind budgets),
    ``credibility``, ``fewer_troops`` (ten thousand U.S. troops fewer than at the start): ``(runs,)``. ``exposure``: d.
    ``debt``: % of GDP. ``growth``: real growth less its norm, points. ``plans``: what was announced. ``falls_due``:
    the deadline is this year. ``meets_deadline``, ``kept``, ``reverses``: whether a member near the guideline
    meets it in the deadline year, a plan is kept, a jump reversed.
    ``jumps``: whether pressure makes a member below the guideline go to it. ``neighbours``: last year's mean change
    of the others, ``noise``: both in points of GDP.
    """

    share: Numbers
    before: Numbers
    guideline: Numbers
    pledge: Numbers
    threat: Numbers
    credibility: Numbers
    exposure: Numbers
    debt: Numbers
    growth: Numbers
    plans: Announced
    falls_due: Flags
    meets_deadline: Flags
    kept: Flags
    reverses: Flags
    left_right: Numbers
    election_year: Flags
    neighbours: Numbers
    noise: Numbers
    path: Numbers = field(default_factory=_nothing)
    compliance: Numbers = field(default_factory=_nothing)
    fewer_troops: Numbers = field(default_factory=_nothing)
    jumps: Flags = field(default_factory=_never)


def exposure(distance_km: Numbers) -> Numbers:
    """Exposure to Russia from the distance of the capital to Moscow: max(0, 1 - ln D / 1.47), D in 1000 km."""
    return single(np.maximum(0, 1 - np.log(distance_km / 1000) / 1.47))


def war_part(threat: Numbers) -> Numbers:
    """The threat behind budgets above its level of 2015-21, 1 in a lasting war: max(0, B - 0.33) / 1.47."""
    return single(np.maximum(0, threat - PEACETIME) / WAR_SCALE)


def terms(by: Coefficients, at: Situation) -> Iterator[Term]:
    """The change of the share from this year to the next, term by term, points of GDP. Hand-worked in the tests.

    Terms come one at a time, since all of them at once take much more memory than their sum.
    """
    total = at.share
    for name, term in _without_jumps(by, at):
        total = total + term
        yield name, term
    if at.jumps.any():
        yield "jump under pressure", at.jumps * np.maximum(0, at.guideline - _bounded(total))


def _without_jumps(by: Coefficients, at: Situation) -> Iterator[Term]:
    war = war_part(at.threat)
    to_guideline = np.maximum(0, at.guideline - at.share)
    planned = by.plan_in_progress * at.plans.in_progress + by.plan_overdue * at.plans.overdue + at.kept * at.plans.final
    yield "drift", by.drift
    yield "distance to the guideline", by.gap * at.pledge * to_guideline
    if at.path.any():
        yield "distance to the target path", keeping(by, at) * np.maximum(0, at.path - at.share - planned)
    else:
        yield "distance to the target path", _nothing()
    yield "exposure", by.exposure * at.exposure * np.minimum(1, at.threat / PEACETIME)
    room = within((by.ceiling - at.share) / (by.ceiling - BEND), -0.2, 1.2)
    yield "war", war * room * (by.war + by.war_exposure * at.exposure)
    yield "debt in war", -war * by.war_debt * (at.debt - 60) / 10
    yield "growth", -by.growth * at.growth
    yield "plans", planned
    yield "deadline", at_the_deadline(by, at, to_guideline, planned) if at.falls_due.any() else _nothing()
    jump = at.share - at.before
    excess = np.sign(jump) * np.maximum(0, np.abs(jump) - 0.25)
    yield "reversal of one-off purchases", -(at.reverses * excess)
    yield "orientation", by.left_right * (at.left_right - CENTRE)
    yield "election year", by.election_year * at.election_year
    yield "U.S. commitment", by.commitment * at.exposure * (REFERENCE - at.credibility) / 0.25
    yield "U.S. troops", by.troops * at.exposure * at.fewer_troops
    yield "neighbours", by.neighbours * at.neighbours
    yield "shock", at.noise


def at_the_deadline(by: Coefficients, at: Situation, to_guideline: Numbers, planned: Numbers) -> Numbers:
    """What members add to their plans in the deadline year: those near the guideline the rest of the way to it."""
    free = (at.plans.final == 0) & (at.plans.in_progress == 0) & (at.plans.overdue == 0)
    bunches = at.meets_deadline & (to_guideline < DEADLINE_REACH)
    closed = np.where(bunches, np.maximum(0, to_guideline - planned), by.deadline * to_guideline * free)
    return single(at.falls_due * closed)


def keeping(by: Coefficients, at: Situation) -> Numbers:
    """The part of the distance to next year's point of its path that a member closes, in [0, 1].

    ``path`` times compliance, times 1 - a (debt - 60) / 100 for its fiscal room, debt held between 60 and 160% of GDP,
    times 1 + c (d - 0.5) for its exposure, whose middle is about 0.5.
    """
    low, high = DEBT_ROOM
    room = 1 - by.path_debt * (within(at.debt, low, high) - low) / 100
    nearer = 1 + by.path_exposure * (at.exposure - np.float32(0.5))
    return single(within(by.path * at.compliance * room * nearer, 0, 1))


def plausible(before: Numbers, after: Numbers) -> Numbers:
    """A government's own budget within what allies have done: a share up to 8%, changed by at most 1.7 points a year.

    A share that a scenario has put above 8% does not rise further of itself.
    """
    most = np.maximum(LASTING, before)
    return np.clip(after, before - LARGEST_CHANGE, np.minimum(before + LARGEST_CHANGE, most)).astype(np.float32)


def next_share(share: Numbers, change: Iterable[Term]) -> Numbers:
    """Next year's share, % of GDP: this year's plus the sum of the terms, kept within 0.3 and 15."""
    total = share
    for _, term in change:
        total = total + term
    return _bounded(total)


def _bounded(share: Numbers) -> Numbers:
    return single(within(share, LOWEST, HIGHEST))
