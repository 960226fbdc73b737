"""Sentences say what their row says, and no more."""

from dataclasses import replace

import pytest

from sim.analysis.table import Row
from sim.analysis.wording import quantity, runs_of_100

ROW = Row(
    variable="europe_canada_share_pct_gdp", entity="", long_name="Europe and Canada, defence share of GDP",
    date="2027-12-31", unit="% of GDP", price_basis="", kind="number", baseline="baseline", scenario="other",
    baseline_q05=1.8, baseline_q50=2.0, baseline_q95=2.2, baseline_mean=2.0,
    scenario_q05=2.0, scenario_q50=2.2, scenario_q95=2.4, scenario_mean=2.21,
    mean_difference=0.21, low=0.18, high=0.24, p_higher=0.83, p_lower=0.1, p_equal=0.07, p_value=1e-9, p_adjusted=1e-8,
    detectable=0.04, pairs_used=1000, pairs_dropped=0, baseline_runs=1000, scenario_runs=1000, method="t",
    conditional=False,
)  # fmt: skip
OPENING = "2027-12-31, other against baseline: "


def told(**changes):
    text = replace(ROW, **changes).sentence
    assert text.startswith(OPENING)
    return text.removeprefix(OPENING)


def test_an_amount_is_told_with_runs_size_and_interval():
    assert told() == (
        "Europe and Canada, defence share of GDP is higher in 83 of 100 runs; "
        "on average by 0.21 percentage points of GDP (0.18 to 0.24)."
    )


def test_a_fall_is_told_in_positive_numbers():
    text = told(mean_difference=-0.21, low=-0.24, high=-0.18, p_higher=0.0, p_lower=1.0, p_equal=0.0)
    assert "is lower in every run; on average by 0.21 percentage points of GDP (0.18 to 0.24)" in text


def test_a_mean_against_the_majority_of_runs_says_so():
    text = told(p_higher=0.3, p_lower=0.6)
    assert "higher in 30 of 100 runs and lower in 60 of 100 runs" in text


def test_a_probability_is_told_in_runs_of_100():
    text = told(kind="probability", long_name="Ceasefire in force", baseline_mean=0.2, scenario_mean=0.35,
                mean_difference=0.15, low=0.121, high=0.179)  # fmt: skip
    assert text == "Ceasefire in force in 35 of 100 runs rather than 20: 15.0 more of 100 (12.1 to 17.9)."
    text = told(kind="probability", baseline_mean=0.2, scenario_mean=0.0, mean_difference=-0.2, low=-0.22, high=-0.18)
    assert "in no run rather than 20: 20.0 fewer of 100 (18.0 to 22.0)" in text


@pytest.mark.parametrize("p", [0.05, 0.4, float("nan")])
def test_what_is_not_shown_after_adjustment_is_not_claimed(p):
    text = told(p_adjusted=p)
    assert text.startswith("no difference could be shown with 1,000 runs")
    assert "0.040 percentage points of GDP would have been found in four of five cases" in text


def test_identity_and_absence_are_told_plainly():
    assert told(p_equal=1.0) == "Europe and Canada, defence share of GDP is the same in all 1,000 runs."
    assert told(pairs_used=0, p_adjusted=float("nan")).endswith("has no value to compare.")


def test_a_few_runs_are_never_rounded_away():
    assert runs_of_100(0.9996) == "more than 99 of 100 runs"
    assert runs_of_100(0.0004) == "fewer than 1 of 100 runs"
    assert runs_of_100(0.5) == "50 of 100 runs"
    assert (runs_of_100(1), runs_of_100(0)) == ("every run", "no run")


def test_numbers_keep_the_digits_their_error_leaves():
    assert quantity(0.2137, 0.03) == "0.21"
    assert quantity(12345.6, 40) == "12,346"
    assert quantity(0.5, 0) == "0"
