"""Sentences say what their row says, and no more."""

from dataclasses import replace

import pytest

from sim.analysis.rows import Row
from sim.text import quantity, runs_of_100

ROW = Row(
    variable="europe_canada_share_pct_gdp", entity="", long_name="Europe and Canada, defence share of GDP",
    date="2027-12-31", unit="% of GDP", price_basis="", kind="number", baseline="baseline", scenario="other",
    baseline_q05=1.8, baseline_q50=2.0, baseline_q95=2.2, baseline_mean=2.0,
    scenario_q05=2.0, scenario_q50=2.2, scenario_q95=2.4, scenario_mean=2.21,
    mean_difference=0.21, low=0.18, high=0.24, standardised=1.7, p_higher=0.83, p_lower=0.1, p_equal=0.07,
    p_value=1e-9, p_adjusted=1e-8, detectable=0.04, pairs_used=1000, pairs_dropped=0,
    baseline_runs=1000, scenario_runs=1000, method="t",
    conditional=False,
)  # fmt: skip
OPENING = "2027-12-31, other against baseline. "


def told(**changes):
    row = replace(ROW, **changes)
    assert row.sentence == OPENING + row.finding
    return row.finding


def test_an_amount_is_told_with_runs_size_and_interval():
    assert told() == (
        "Europe and Canada, defence share of GDP: higher in 83 of 100 runs, lower in 10; "
        "by 0.21 percentage points of GDP on average (0.18 to 0.24)."
    )


def test_a_fall_is_told_in_positive_numbers():
    text = told(mean_difference=-0.21, low=-0.24, high=-0.18, p_higher=0.0, p_lower=1.0, p_equal=0.0)
    assert text.endswith(": lower in every run; by 0.21 percentage points of GDP on average (0.18 to 0.24).")


def test_a_mean_against_the_majority_of_runs_says_so():
    assert "higher in 30 of 100 runs, lower in 60; by 0.21" in told(p_higher=0.3, p_lower=0.6)


def test_parts_of_one_ensemble_are_told_in_pairs_of_runs():
    assert "higher in 83 of 100 pairs of runs, lower in 10; by 0.21" in told(conditional=True)


def test_a_wait_is_longer_or_shorter():
    text = told(kind="wait", unit="years", mean_difference=-0.21, low=-0.24, high=-0.18, p_higher=0.1, p_lower=0.83)
    assert "shorter in 83 of 100 runs, longer in 10; by 0.21 years on average (0.18 to 0.24)" in text


def test_money_and_indices_are_told_as_they_are_written():
    assert "by USD 0.21 bn on average" in told(unit="USD bn")
    assert "by 0.21 points of the index on average" in told(unit="index 0 to 1")


def test_a_probability_is_told_in_runs_of_100():
    text = told(kind="probability", long_name="Ceasefire in force", baseline_mean=0.2, scenario_mean=0.35,
                mean_difference=0.15, low=0.121, high=0.179)  # fmt: skip
    assert text == "Ceasefire in force: in 35 of 100 runs rather than 20; 15.0 more of 100 (12.1 to 17.9)."
    text = told(kind="probability", baseline_mean=0.0, scenario_mean=0.2, mean_difference=0.2, low=0.18, high=0.22)
    assert "in 20 of 100 runs rather than in no run; 20.0 more of 100 (18.0 to 22.0)" in text
    text = told(kind="probability", baseline_mean=0.2, scenario_mean=0.0, mean_difference=-0.2, low=-0.22, high=-0.18)
    assert "in no run rather than 20; 20.0 fewer of 100 (18.0 to 22.0)" in text


@pytest.mark.parametrize("p", [0.05, 0.4, float("nan")])
def test_what_is_not_shown_after_adjustment_is_not_claimed(p):
    assert told(p_adjusted=p) == (
        "Europe and Canada, defence share of GDP: no difference could be shown with 1,000 runs; "
        "0.040 percentage points of GDP would have been found in four of five cases."
    )
    assert "; 4.0 of 100 runs would have been found" in told(p_adjusted=p, kind="probability")


def test_a_handful_of_runs_that_differ_are_no_measure_of_what_could_be_found():
    text = told(p_adjusted=0.4, p_equal=0.995, detectable=0.0000031)
    assert text.endswith("no difference could be shown with 1,000 runs: the same in more than 99 of 100.")
    assert "would have been found" in told(p_adjusted=0.4, p_equal=0.98)
    assert "would have been found" in told(p_adjusted=0.4, p_equal=0.995, conditional=True)


def test_identity_and_absence_are_told_plainly():
    assert told(p_equal=1.0) == "Europe and Canada, defence share of GDP: the same in all 1,000 runs."
    assert told(pairs_used=0, p_adjusted=float("nan")).endswith(": no value to compare.")


def test_a_few_runs_are_never_rounded_away():
    assert runs_of_100(0.9996) == "more than 99 of 100 runs"
    assert runs_of_100(0.0004) == "fewer than 1 of 100 runs"
    # 199 and 1 of 200 runs.
    assert (runs_of_100(0.995), runs_of_100(0.005)) == ("more than 99 of 100 runs", "fewer than 1 of 100 runs")
    assert runs_of_100(0.5) == "50 of 100 runs"
    assert (runs_of_100(1), runs_of_100(0)) == ("every run", "no run")


def test_numbers_keep_the_digits_their_error_leaves():
    assert quantity(0.2137, 0.03) == "0.21"
    assert quantity(12345.6, 40) == "12,346"
    assert quantity(0.5, 0) == "0"
