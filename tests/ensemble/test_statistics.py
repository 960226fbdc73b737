"""Statistics agree with NumPy's own and with numbers worked by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sim.ensemble.statistics import QUANTILES, moments, shares


def test_hand_worked_five_runs():
    mean, sd, *quantiles = moments(np.array([[5, 1, 4, 2, 3]], np.float32))[0]
    assert mean == 3
    assert sd == pytest.approx(2**0.5)
    assert quantiles == pytest.approx([1.2, 2, 3, 4, 4.8])


def test_one_run_is_its_own_quantile_and_has_no_spread():
    assert moments(np.array([[7]], np.float32)).tolist() == [[7, 0, 7, 7, 7, 7, 7]]


@settings(max_examples=60, deadline=None)
@given(arrays(np.float32, st.tuples(st.integers(1, 4), st.integers(1, 40)), elements=st.floats(-1e6, 1e6, width=32)))
def test_agrees_with_numpy(values):
    found = moments(values)
    exact = values.astype(np.float64)
    scale = np.abs(exact).max() + 1
    np.testing.assert_allclose(found[:, 0], exact.mean(-1), atol=1e-6 * scale)
    np.testing.assert_allclose(found[:, 1], exact.std(-1), atol=1e-6 * scale)
    np.testing.assert_allclose(found[:, 2:], np.quantile(exact, QUANTILES, axis=-1).T, atol=1e-6 * scale)
    assert (np.diff(found[:, 2:], axis=1) >= 0).all()


@given(st.floats(-1e9, 1e9, width=32), st.integers(1, 3000))
def test_equal_runs_have_exactly_no_spread(value, runs):
    found = moments(np.full((1, runs), value, np.float32))[0]
    assert found[1] == 0
    assert set(found[[0, 2, 3, 4, 5, 6]].tolist()) == {float(np.float32(value))}


def test_shares_sum_to_one():
    found = shares(np.array([[0, 1, 1, 2], [2, 2, 2, 2]], np.float32), 3)
    assert found.tolist() == [[0.25, 0.5, 0.25], [0, 0, 1]]
