"""Distributions against numbers worked by hand, their bounds, and dated paths."""

from __future__ import annotations

import math
import pickle
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from sim.scenario import (
    Dated,
    Distribution,
    Weights,
    beta,
    describe,
    discrete,
    fixed,
    gamma,
    half_normal,
    lognormal,
    normal,
    triangular,
    uniform,
)
from sim.scenario.quantiles import in_single
from sim.scenario.values import between
from tests.scenario.strategies import distributions

E = math.e

WORKED = [
    (fixed(3.5), 0.2, 3.5),
    (normal(0.54, 0.05), 0.5, 0.54),
    (normal(0.54, 0.05), 0.95, 0.54 + 1.6448536269514722 * 0.05),
    (half_normal(2), 0.5, 2 * 0.6744897501960817),
    (uniform(0.15, 0.5), 0.25, 0.15 + 0.35 / 4),
    (triangular(0, 1, 4), 0.0625, 0.5),  # F(x) = x² / 4 up to the mode
    (triangular(0, 1, 4), 0.25, 1),
    (triangular(0, 1, 4), 1 - 1 / 12, 3),  # 1 - F(x) = (4 - x)² / 12 from there
    (triangular(0, 0, 1), 0.75, 0.5),
    (triangular(0, 1, 1), 0.25, 0.5),
    (lognormal(20, 0.6), 0.5, 20),
    (lognormal(20, 0.6), special.ndtr(1), 20 * math.exp(0.6)),
    (beta(2, 1), 0.25, 0.5),  # F(x) = x²
    (beta(1, 1), 0.3, 0.3),
    (gamma(1, 2), 0.5, math.log(2) / 2),  # exponential
    (gamma(1, 1, 1, 2), 0.5, -math.log((1 / E + 1 / E**2) / 2)),
    (normal(0, 1, low=0), 0.5, 0.6744897501960817),  # half a normal
    (normal(0, 1, low=-1, high=1), 0.5, 0),
    (normal(0, 1, high=0), 0.5, -0.6744897501960817),
    (lognormal(1, 1, high=1), 0.5, math.exp(-0.6744897501960817)),
    (half_normal(1, high=0.6744897501960817), 0.5, special.ndtri(0.625)),
]


@pytest.mark.parametrize(("distribution", "u", "expected"), WORKED, ids=lambda v: getattr(v, "family", None))
def test_quantiles_worked_by_hand(distribution, u, expected):
    assert distribution.ppf(np.array([u])) == pytest.approx([expected], rel=1e-12, abs=1e-12)


def test_a_far_tail_keeps_its_digits():
    x = float(normal(0, 1, low=5, high=9).ppf(np.array([0.5]))[0])
    upper = math.erfc(x / math.sqrt(2))
    ends = math.erfc(5 / math.sqrt(2)), math.erfc(9 / math.sqrt(2))
    assert upper == pytest.approx(sum(ends) / 2, rel=1e-9)


SLOW = [
    beta(2, 3), beta(61.5, 150.5), beta(0.3, 0.4), beta(11.5, 1.5),
    gamma(4, 14), gamma(0.5, 22), gamma(2, 1, low=0.5), gamma(4, 1, low=1.0, high=3.0),
]  # fmt: skip


@pytest.mark.parametrize("distribution", SLOW, ids=str)
def test_quantiles_read_from_a_table_are_rounded_as_the_exact_ones(distribution):
    u = (np.arange(20_000) + np.random.default_rng(1).random(20_000)) / 20_000
    assert np.array_equal(in_single(distribution, u), distribution.ppf(u).astype(np.float32))


def test_discrete_takes_the_smallest_value_whose_share_reaches_u():
    values = discrete({20: 1, 0: 2, 50: 1})
    assert values.describe() == "discrete(0: 0.5, 20: 0.25, 50: 0.25)"
    assert values.ppf(np.array([0.01, 0.5, 0.51, 0.75, 0.76, 0.999])).tolist() == [0, 0, 20, 20, 50, 50]


def test_discrete_never_draws_a_value_without_weight():
    values = discrete({0: 0, 1: 1, 2: 0})
    assert values.ppf(np.array([1e-12, 0.5, 1 - 1e-16])).tolist() == [1, 1, 1]


@given(distributions(), st.lists(st.floats(1e-9, 1 - 1e-9), min_size=2, max_size=20))
def test_quantiles_rise_within_the_support(distribution, us):
    u = np.sort(np.array(us))
    drawn = distribution.ppf(u)
    low, high = distribution.support()
    assert drawn.dtype == np.float64
    assert drawn.shape == u.shape
    assert np.all(np.isfinite(drawn))
    assert np.all((low <= drawn) & (drawn <= high))
    assert np.all(np.diff(drawn) >= -1e-9 * np.abs(drawn[1:]))


@given(distributions(families=("normal", "half_normal", "lognormal", "gamma")), st.floats(0.01, 0.99))
def test_probabilities_without_scipy_agree_with_the_quantiles(distribution, u):
    args = dict(distribution.args)
    low, high = distribution.support()
    x = float(distribution.ppf(np.array([u]))[0])
    whole = between(distribution.family, args, low, high)
    assert between(distribution.family, args, low, x) / whole == pytest.approx(u, abs=1e-6)


@given(st.floats(0.01, 300), st.floats(0, 1000))
def test_gamma_probabilities_agree_with_scipy(shape, x):
    assert between("gamma", {"shape": shape, "rate": 1.0}, 0.0, x) == pytest.approx(
        special.gammainc(shape, x), abs=1e-9
    )


@pytest.mark.parametrize(
    ("family", "args", "message"),
    [
        ("norml", (("mean", 0.0),), "unknown distribution 'norml'"),
        ("normal", (("mean", 0.0),), "normal takes mean, sd and optionally low, high"),
        ("normal", (("sd", 1.0), ("mean", 0.0)), "normal takes mean, sd and optionally low, high"),
        ("normal", (("mean", math.nan), ("sd", 1.0)), "mean of normal must be a finite number, not nan"),
        ("beta", (("a", 0.0), ("b", 1.0)), "a of beta must be above 0, not 0"),
        ("uniform", (("low", 1.0), ("high", 1.0)), "low 1 of uniform must be below high 1"),
        ("lognormal", (("median", 1.0), ("sd_log", 1.0), ("high", -1.0)), "low and high leave almost nothing"),
        ("discrete", (("value", 1.0),), "discrete takes values and weights, one weight for each value"),
        ("discrete", (("value", 1.0), ("weight", -1.0)), "weights of discrete must not be negative: -1"),
    ],
)
def test_arguments_that_make_no_distribution(family, args, message):
    with pytest.raises(ValueError, match=message.replace("(", r"\(")):
        Distribution(family, args)


def test_weights_sum_to_one_and_draw_in_their_order():
    forecast = Weights((("harris", 0.25), ("trump", 0.75), ("other", 0.0)))
    assert forecast.index(np.array([0.1, 0.25, 0.26, 0.999999])).tolist() == [0, 0, 1, 1]
    assert forecast.central() == "trump"
    assert forecast.describe() == "harris 0.25, trump 0.75, other 0"
    with pytest.raises(ValueError, match=r"weights must sum to 1; they sum to 0\.9"):
        Weights((("harris", 0.5), ("trump", 0.4)))


U = np.array([0.1, 0.5, 0.9])
PATH = ((date(2025, 1, 1), fixed(2)), (date(2029, 1, 1), uniform(3, 4)))


def test_a_linear_path_joins_the_same_quantile_of_its_points():
    path = Dated(PATH, "linear")
    assert path.at(date(2020, 5, 1), U).tolist() == [2, 2, 2]
    assert path.at(date(2025, 1, 1), U).tolist() == [2, 2, 2]
    # 1 January 2027 is 730 of 1,461 days after the first point
    assert path.at(date(2027, 1, 1), U) == pytest.approx(2 + 730 / 1461 * (1 + U))
    assert path.at(date(2029, 1, 1), U) == pytest.approx(3 + U)
    assert path.at(date(2040, 1, 1), U) == pytest.approx(3 + U)


def test_a_step_holds_from_its_date():
    path = Dated(PATH, "step")
    assert path.at(date(2020, 1, 1), U).tolist() == [2, 2, 2]
    assert path.at(date(2028, 12, 31), U).tolist() == [2, 2, 2]
    assert path.at(date(2029, 1, 1), U) == pytest.approx(3 + U)


def test_dates_of_a_path_rise():
    with pytest.raises(ValueError, match="rising dates"):
        Dated((PATH[1], PATH[0]), "step")


def test_values_in_words():
    said = [describe(v) for v in (None, True, date(2025, 6, 30), "x", normal(0.54, 0.05, low=0), Dated(PATH, "linear"))]
    assert said == [
        "never",
        "true",
        "2025-06-30",
        "x",
        "normal(mean 0.54, sd 0.05, low 0)",
        "linear: 2025-01-01 2, 2029-01-01 uniform(low 3, high 4)",
    ]


@given(distributions())
def test_distributions_are_picklable_hashable_and_central_is_the_median(distribution):
    again = pickle.loads(pickle.dumps(distribution))
    assert again == distribution
    assert hash(again) == hash(distribution)
    assert distribution.central() == distribution.ppf(np.array([0.5]))[0]
