"""Solve: the threshold is found, its interval holds the truth as often as it says, and the unreachable is told."""

from __future__ import annotations

import re
from datetime import date

import numpy as np
import pytest
from scipy.special import ndtri

from sim.analysis.sweep.design import Input
from sim.analysis.sweep.question import Condition, Outcome, Target
from sim.analysis.sweep.solving import solve, wilson

LEVER = Input("europe.share", ("europe.share",), "share that Europe gives; a remark", "% of GDP", 0.0, 10.0)
AIM = "U.S. commitment to the guarantee at the end of 2030 is at least 4 (index 0 to 1) in at least"
OUTCOME = Outcome("us_commitment", "", date(2030, 12, 31), None, 0, None, None)


def target(probability: float = 0.5, sign: str = ">=") -> Target:
    return Target(Condition(OUTCOME, ">=", 4.0), sign, probability)


def test_the_smallest_lever_is_found_with_its_interval_and_curve() -> None:
    noise = np.random.default_rng(1).normal(size=4000)
    found = solve(LEVER, target(0.8), lambda x: x + noise >= 4)
    exact = 4 + ndtri(0.8)
    assert found.standing == "from"
    assert abs(found.value - exact) < 0.1
    assert found.low < exact < found.high
    assert found.high - found.low < 0.3
    assert (np.diff(found.levers) > 0).all()
    assert (np.diff(found.shares) >= 0).all()
    assert (found.share_low <= found.shares).all()
    assert (found.shares <= found.share_high).all()
    assert found.sentence().startswith(f"{AIM} 80% of runs where the share that Europe gives is 4.8")
    assert "% of GDP or more (95% interval 4.8 to 4.88)" in found.sentence()
    assert found.sentence("enough").startswith("enough where the share")


def test_the_interval_holds_the_true_lever_in_at_least_95_of_100() -> None:
    exact, inside = 4 + ndtri(0.7), 0
    for seed in range(300):
        noise = np.random.default_rng(seed).normal(size=200)
        found = solve(LEVER, target(0.7), lambda x, noise=noise: x + noise >= 4)
        inside += found.low <= exact <= found.high
    assert inside / 300 > 0.92


def test_a_lever_that_harms_is_solved_from_above() -> None:
    noise = np.random.default_rng(12).normal(size=2000)
    found = solve(LEVER, target(0.5), lambda x: 9 - x + noise >= 4)
    assert (found.standing, found.low < 5 < found.high) == ("up to", True)
    assert re.match(
        rf"{re.escape(AIM)} 50% of runs where the share that Europe gives is .*% of GDP or less", found.sentence()
    )


def test_at_most_is_the_other_side() -> None:
    noise = np.random.default_rng(3).normal(size=2000)
    found = solve(LEVER, target(0.3, "<="), lambda x: x + noise >= 4)
    assert found.standing == "up to"
    assert abs(found.value - (4 + ndtri(0.3))) < 0.15


def test_what_cannot_be_reached_is_told_with_the_closest() -> None:
    noise = np.random.default_rng(4).normal(size=1000)
    found = solve(LEVER, target(0.9), lambda x: np.minimum(x, 4) + noise >= 4)
    assert found.standing == "never"
    assert np.isnan([found.value, found.low, found.high]).all()
    span = "the share that Europe gives between 0% of GDP and 10% of GDP"
    assert found.sentence().startswith(f"{AIM} 90% of runs is not reached with {span}; the closest is ")
    always = solve(LEVER, target(0.9), lambda x: x + noise >= -10)
    assert always.standing == "always"
    assert always.sentence() == f"{AIM} 90% of runs whatever {span}"


def test_an_interval_that_leaves_the_range_is_open() -> None:
    noise = np.random.default_rng(5).normal(size=100)
    near_top = solve(Input("x", ("x",), "", "", 0.0, 4.1), target(0.5), lambda x: x + noise - noise.mean() >= 4)
    assert near_top.standing == "from"
    assert np.isnan(near_top.high)
    assert near_top.low < near_top.value
    assert "open above" in near_top.sentence()


def test_whole_numbers_and_days_stay_whole() -> None:
    first, last = date(2026, 1, 1), date(2030, 1, 1)
    days = Input("x", ("x",), "", "", first.toordinal(), last.toordinal(), days=True)
    found = solve(days, target(), lambda x: np.full(10, x >= date(2027, 3, 4).toordinal()))
    assert found.lever.value(found.value) == date(2027, 3, 4)
    assert "is 2027-03-04 or later" in found.sentence()
    whole = solve(Input("n", ("n",), "", "", 0, 30, whole=True), target(), lambda x: np.full(10, x >= 17))
    assert whole.value == 17


@pytest.mark.parametrize("hits", [0, 3, 50, 100])
def test_the_interval_of_a_share_stays_within_bounds(hits: int) -> None:
    low, high = wilson(hits, 100)
    assert 0 <= low <= hits / 100 <= high <= 1
