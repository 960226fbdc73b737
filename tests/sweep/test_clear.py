"""Until clear: the interval that ends the search holds the truth, the runs are a prefix, and a floor is kept."""

from __future__ import annotations

import importlib.util
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from sim.analysis.sweep.clear import ERROR, Pairs, confidence, looks, until_clear
from sim.errors import InputError

_spec = importlib.util.spec_from_file_location("clearing", Path(__file__).with_name("clearing.py"))
assert _spec
assert _spec.loader
clearing = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(clearing)


@pytest.mark.parametrize(("kind", "width"), [("normal", 0.05), ("skewed", 0.06), ("rare", 0.015)])
def test_the_interval_that_ends_a_search_holds_the_truth(kind: str, width: float) -> None:
    assert clearing.coverage(kind, width, 150) >= 0.93


@pytest.mark.long
@pytest.mark.parametrize(("kind", "width"), [("normal", 0.03), ("skewed", 0.04), ("rare", 0.008)])
def test_the_interval_that_ends_a_search_holds_the_truth_a_thousand_times(kind: str, width: float) -> None:
    assert clearing.coverage(kind, width, 1000) >= 0.95


def test_looking_often_without_a_correction_would_not_do() -> None:
    """The reason for the correction: stopping at the first interval that excludes 0 finds differences in noise."""
    luck = np.random.default_rng(1)
    fooled = corrected = 0
    for _ in range(300):
        kept, naive, honest = Pairs(np.array([False])), False, False
        for look, runs in enumerate(looks(50, 5000)):
            more = luck.normal(size=(2, 1, runs - kept.runs))
            kept.add(more[0], more[1])
            low, high = kept.intervals(0.95)
            naive |= not low[0] <= 0 <= high[0]
            low, high = kept.intervals(confidence(look))
            honest |= not low[0] <= 0 <= high[0]
        fooled += naive
        corrected += honest
    assert fooled / 300 > 0.1
    assert corrected / 300 < 0.06


def test_all_looks_together_spend_the_error_allowed_and_no_more() -> None:
    assert sum(1 - confidence(look) for look in range(100_000)) == pytest.approx(ERROR, rel=1e-4)
    assert all(later > earlier for earlier, later in pairwise(map(confidence, range(50))))


def test_the_looks_are_fixed_beforehand() -> None:
    assert list(looks(1000, 6000)) == [1000, 1500, 2250, 3375, 5063, 6000]
    assert list(looks(1000, 400)) == [400]


def test_the_runs_of_a_wide_search_begin_those_of_a_narrow_one() -> None:
    luck = np.random.default_rng(3).normal(size=(2, 1, 100_000))
    asked: dict[float, list[tuple[int, int]]] = {}

    def search(width: float) -> int:
        asked[width] = []

        def pairs(first: int, count: int) -> tuple[np.ndarray, np.ndarray]:
            asked[width].append((first, count))
            return luck[0, :, first : first + count], luck[1, :, first : first + count]

        return until_clear(pairs, [False], width, most=100_000).runs

    assert search(0.1) < search(0.03)
    assert asked[0.03][: len(asked[0.1])] == asked[0.1]
    assert all(first + count == following for (first, count), (following, _) in pairwise(asked[0.03]))


def test_no_search_ends_before_the_floor() -> None:
    same = until_clear(lambda first, count: (np.zeros((1, count)), np.zeros((1, count))), [True], 0.5)
    assert (same.runs, same.look, same.mean[0], same.low[0], same.high[0]) == (1000, 0, 0, 0, 0)


def test_every_difference_must_be_clear_and_what_is_not_is_told() -> None:
    luck = np.random.default_rng(4)
    found = until_clear(
        lambda first, count: (luck.normal(size=(2, count)), luck.normal(size=(2, count)) * [[1], [40]]),
        [False, False], 0.1, most=3000,
    )  # fmt: skip
    assert (found.runs, found.clear.tolist()) == (3000, [True, False])
    assert found.width[1] > found.asked[1]


def test_a_width_in_the_outcomes_own_unit_holds() -> None:
    luck = np.random.default_rng(5)
    found = until_clear(
        lambda first, count: (100 * luck.normal(size=(1, count)), 100 * luck.normal(size=(1, count))),
        [False], 9.0, own=np.array([2.0]),
    )  # fmt: skip
    assert found.width[0] <= 2.0 == found.asked[0]


@pytest.mark.parametrize("width", [0.0, -1.0, float("nan"), float("inf")])
def test_a_width_that_is_none_is_refused(width: float) -> None:
    with pytest.raises(InputError, match="half-width must be above 0"):
        until_clear(lambda first, count: (np.zeros((1, count)),) * 2, [False], width)


def test_the_interval_of_a_difference_of_shares_by_hand() -> None:
    """Bonett and Price (2012): 3 of 20 pairs higher, 9 lower; one is added to each, two to the pairs."""
    pairs, before = Pairs(np.array([True])), np.repeat([0.0, 1.0, 1.0], [3, 9, 8])
    pairs.add(before[None], np.repeat([1.0, 0.0, 1.0], [3, 9, 8])[None])
    ((low,), (high,)) = pairs.intervals(0.95)
    up, down = 4 / 22, 10 / 22
    half = 1.959964 * np.sqrt((up + down - (up - down) ** 2) / 22)
    assert (low, high) == pytest.approx((up - down - half, up - down + half), abs=1e-6)


def test_moments_taken_in_parts_are_those_of_the_whole() -> None:
    luck = np.random.default_rng(6)
    a, b = luck.normal(size=(2, 3, 500))
    parts, whole = Pairs(np.zeros(3, bool)), Pairs(np.zeros(3, bool))
    whole.add(a, b)
    for start, stop in pairwise((0, 1, 7, 200, 500)):
        parts.add(a[:, start:stop], b[:, start:stop])
    np.testing.assert_allclose(parts.squares, whole.squares)
    np.testing.assert_allclose(parts.squares / 499, (b - a).var(axis=1, ddof=1))
    np.testing.assert_allclose(parts.intervals(0.95), whole.intervals(0.95))
