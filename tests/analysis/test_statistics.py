"""Guarantees of the comparison's arithmetic."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from sim.analysis.statistics import binary_quantiles, holm, mean_interval, paired, quantiles, unpaired

finite = st.floats(-1e6, 1e6, width=32)
RNG = np.random.default_rng(7)


def coverage(low, high, truth):
    return float(((low <= truth) & (truth <= high)).mean())


def test_interval_covers_a_known_effect_in_95_of_100_repeats():
    # A thousand repeats of a 60-run comparison with a true mean difference of 0.2, skewed and correlated with level.
    base = RNG.normal(2, 0.5, (1000, 60))
    other = base + 0.2 + 0.1 * (RNG.gamma(4, 0.5, (1000, 60)) - 2) + 0.05 * (base - 2)
    gap = paired(base, other)
    assert 0.93 <= coverage(gap.low, gap.high, 0.2) <= 0.97


def test_interval_of_a_probability_covers_a_known_effect():
    u = RNG.random((1000, 300))
    a, b = (u < 0.20), ((u + 0.3 * RNG.random((1000, 300))) % 1 < 0.35)
    gap = paired(a.astype(float), b.astype(float), binary=True)
    assert 0.93 <= coverage(gap.low, gap.high, 0.15) <= 0.97


def test_interval_of_separate_parts_covers_a_known_effect():
    gap = unpaired(RNG.normal(0, 1, (1000, 40)), RNG.normal(0.5, 3, (1000, 90)))
    assert 0.93 <= coverage(gap.low, gap.high, 0.5) <= 0.97


def test_interval_of_separate_proportions_covers_a_known_effect():
    gap = unpaired((RNG.random((1000, 60)) < 0.1) * 1.0, (RNG.random((1000, 90)) < 0.3) * 1.0, binary=True)
    assert 0.93 <= coverage(gap.low, gap.high, 0.2) <= 0.975


def test_a_handful_of_unanimous_separate_runs_is_not_certain():
    gap = unpaired(np.zeros((1, 3)), np.ones((1, 3)), binary=True)
    assert gap.mean[0] == 1
    assert gap.low[0] < 0.5
    assert 0 < gap.p_value[0] < 0.2


def test_smallest_detectable_difference_is_shown_in_80_of_100_repeats():
    effect = (stats.t.ppf(0.975, 99) + stats.t.ppf(0.8, 99)) / 10
    gap = paired(np.zeros((2000, 100)), RNG.normal(effect, 1, (2000, 100)))
    assert gap.detectable.mean() == pytest.approx(effect, rel=0.02)
    assert 0.76 <= (gap.p_value < 0.05).mean() <= 0.84


@given(arrays(np.float32, (3, 20), elements=finite), st.booleans())
@settings(max_examples=40)
def test_an_ensemble_against_itself_is_exactly_zero(values, binary):
    values = (values > 0).astype(np.float32) if binary else values
    gap = paired(values, values, binary=binary)
    for field in (gap.mean, gap.low, gap.high, gap.p_higher, gap.p_lower, gap.detectable):
        assert (field == 0).all()
    assert (gap.p_equal == 1).all()
    assert (gap.p_value == 1).all()
    assert (holm(gap.p_value) == 1).all()


@given(arrays(np.float64, (2, 15), elements=finite), arrays(np.float64, (2, 15), elements=finite))
@settings(max_examples=40)
def test_swapping_the_sides_flips_the_difference(a, b):
    one, two = paired(a, b), paired(b, a)
    np.testing.assert_allclose(one.mean, -two.mean, rtol=1e-9, atol=1e-6)
    np.testing.assert_array_equal(one.p_higher, two.p_lower)
    np.testing.assert_allclose(one.p_higher + one.p_lower + one.p_equal, 1)


def test_figures_worked_by_hand():
    gap = paired(np.array([[1.0, 2, 3, 4, 5]]), np.array([[2.0, 2, 5, 3, np.nan]]))
    assert (gap.used[0], gap.dropped[0]) == (4, 1)
    assert gap.mean[0] == pytest.approx(0.5)
    # Differences 1, 0, 2, -1: standard deviation 1.29099, error 0.64550, t(3) = 3.18245.
    assert gap.high[0] - gap.mean[0] == pytest.approx(3.18245 * 0.645497, rel=1e-5)
    assert (gap.p_higher[0], gap.p_lower[0], gap.p_equal[0]) == (0.5, 0.25, 0.25)
    assert gap.a_quantiles[0, 1] == 2.5


def test_p_values_agree_with_scipy():
    a, b = RNG.normal(size=(4, 50)), RNG.normal(0.2, 1, (4, 50))
    np.testing.assert_allclose(paired(a, b).p_value, stats.ttest_rel(b, a, axis=1).pvalue)
    np.testing.assert_allclose(unpaired(a, b).p_value, stats.ttest_ind(b, a, axis=1, equal_var=False).pvalue)
    u, v = RNG.random((1, 80)) < 0.3, RNG.random((1, 80)) < 0.5
    split = int((u != v).sum())
    exact = stats.binomtest(int((v & ~u).sum()), split).pvalue
    assert paired(u.astype(float), v.astype(float), binary=True).p_value[0] == pytest.approx(exact)


def test_a_constant_difference_is_certain():
    gap = paired(np.full((1, 9), 0.1), np.full((1, 9), 0.4))
    assert gap.low[0] == gap.mean[0] == gap.high[0]
    assert (gap.p_value[0], gap.detectable[0], gap.p_higher[0]) == (0, 0, 1)


def test_dates_without_pairs_are_missing_not_zero():
    gap = paired(np.full((1, 4), np.nan), np.ones((1, 4)))
    assert (gap.used[0], gap.dropped[0]) == (0, 4)
    assert all(np.isnan(x[0]) for x in (gap.mean, gap.low, gap.high, gap.p_value, gap.p_higher, gap.detectable))
    one = paired(np.zeros((1, 1)), np.ones((1, 1)))
    assert one.mean[0] == 1
    assert np.isnan(one.low[0])


def test_shares_of_separate_parts_count_all_pairs():
    gap = unpaired(np.array([[1.0, 2, 3]]), np.array([[2.0, 4]]))
    assert gap.p_higher[0] == pytest.approx(4 / 6)
    assert gap.p_lower[0] == pytest.approx(1 / 6)


def test_holm_by_hand_and_without_missing_outcomes():
    adjusted = holm(np.array([0.01, 0.04, np.nan, 0.03, 0.005]))
    np.testing.assert_allclose(adjusted, [0.03, 0.06, np.nan, 0.06, 0.02])


def test_holm_keeps_false_alarms_rare_over_many_outcomes():
    gaps = paired(np.zeros((40 * 500, 30)), RNG.normal(size=(40 * 500, 30)))
    families = gaps.p_value.reshape(500, 40)
    alarms = np.mean([(holm(family) < 0.05).any() for family in families])
    assert alarms <= 0.08


def test_quantiles_and_mean_interval_ignore_missing_runs():
    values = np.array([[1.0, np.nan, 3, 5], [np.nan] * 4, [1, 2, 3, 4]])
    got = quantiles(values)
    assert got[0, 1] == 3
    assert np.isnan(got[1]).all()
    assert got[2, 1] == 2.5
    mean, low, high = mean_interval(values)
    assert mean[0] == 3
    assert low[0] < 3 < high[0]
    assert np.isnan(mean[1])


@given(arrays(np.float64, (4, 9), elements=st.sampled_from([0.0, 1.0, np.nan])))
def test_quantiles_of_zeros_and_ones_need_no_sorting(values):
    np.testing.assert_allclose(binary_quantiles(values), quantiles(values), atol=1e-12)


def test_known_quantiles_are_used_only_where_no_pair_is_dropped():
    a, b = RNG.normal(size=(2, 30)), RNG.normal(size=(2, 30))
    once = paired(a, b)
    assert paired(a, b, a_quantiles=once.a_quantiles).a_quantiles is once.a_quantiles
    b[0, :15] = np.nan
    assert (paired(a, b, a_quantiles=once.a_quantiles).a_quantiles[0] != once.a_quantiles[0]).any()
