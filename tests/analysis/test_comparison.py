"""Scenarios side by side: alignment, contrasts, tables and sentences."""

import csv
import datetime as dt
import io
from types import SimpleNamespace

import numpy as np
import pytest

from sim.analysis import ROW_COLUMNS, csv_text
from sim.analysis.align import align
from sim.analysis.outcomes import chosen_outcomes, headline
from sim.analysis.rows import INPUT_COLUMNS
from sim.analysis.statistics import holm
from sim.errors import InputError
from sim.model import Axis

AXES = (Axis("member", ("CAN", "POL")),)
SHARE = "europe_canada_share_pct_gdp"


@pytest.fixture
def two(toy):
    base = toy.Result(toy.scenario("baseline"))
    other = toy.Result(toy.scenario("pushed", budgets__push=0.25, war__twin=0.5))
    return base, other


def test_a_known_effect_comes_back_exactly_under_the_same_streams(compare, two):
    found = compare(two).find(SHARE, "pushed").last()
    assert found.mean_difference == pytest.approx(0.25, abs=1e-6)
    assert (found.p_higher, found.pairs_used, found.pairs_dropped) == (1, 200, 0)
    assert found.shown


def test_a_scenario_against_its_copy_is_zero_everywhere(toy, compare):
    pair = (toy.Result(toy.scenario("one")), toy.Result(toy.scenario("two")))
    compared = compare(pair)
    assert compared.inputs == ()
    rows = compared.rows()
    assert {row.variable for row in rows} == {one.name for one in headline(toy.variables)}
    for row in rows:
        assert (row.mean_difference, row.low, row.high, row.p_higher, row.detectable) == (0, 0, 0, 0, 0)
        assert (row.p_equal, row.p_adjusted, row.shown) == (1, 1, False)
        assert "the same in all 200 runs" in row.sentence


def test_a_wait_has_no_dropped_pairs_and_counts_to_the_end(toy, compare, two):
    row = compare(two).find("ceasefire_wait", "pushed").last()
    assert (row.pairs_used, row.pairs_dropped) == (200, 0)
    late = toy.event(dt.date(2025, 6, 1), None, "truce", war__twin=99.0)
    other = toy.Result(toy.scenario("late", events=[late]))
    gap = compare([two[0], other], outcomes=["ceasefire_wait"]).rows()[0]
    at_war = (two[0].values("ceasefire").max(axis=0) == 0).mean()
    # A truce from June 2025 (month 8, 242 days in) instead of none before the end of 2026 (791 days in).
    assert gap.mean_difference == pytest.approx(-at_war * (791 - 242) / 365.25)


def test_every_month_is_compared_and_year_ends_and_days_asked_for_are_shown(compare, two):
    contrast = compare(two).find("us_commitment", "pushed")
    assert len(contrast.rows()) == 27
    assert [row.date for row in contrast.shown()] == ["2024-12-31", "2025-12-31", "2026-12-31"]
    asked = [dt.date(2024, 10, 1), dt.date(2025, 7, 1), dt.date(2025, 12, 31)]
    assert [row.date for row in contrast.shown(asked)] == [
        "2024-10-31", "2024-12-31", "2025-06-30", "2025-12-31", "2026-12-31",
    ]  # fmt: skip


def test_headline_variables_flags_and_dates_reached_are_compared(compare, two):
    names = [(one.outcome.name, one.outcome.entity) for one in compare(two).contrasts]
    assert ("republican_president", "") in names
    assert ("ceasefire_wait", "") in names
    assert ("two_percent_wait", "") in names
    assert [entity for name, entity in names if name.startswith("military")] == ["USA", "EUR", "OTHER", "ALL"]


def test_adjustment_is_over_everything_compared_at_a_date(compare, two):
    many = compare(two).find("ceasefire", "pushed").last()
    one = compare(two, outcomes=["ceasefire"]).find("ceasefire", "pushed").last()
    assert many.p_value == one.p_value
    assert many.p_adjusted >= one.p_adjusted >= one.p_value
    end = [row for row in compare(two).rows() if row.date == "2026-12-31"]
    np.testing.assert_array_equal([row.p_adjusted for row in end], holm(np.array([row.p_value for row in end])))


def test_any_scenario_can_be_the_baseline(compare, two):
    forth = compare(two).find(SHARE, "pushed").last()
    back = compare(two, 1).find(SHARE, "baseline").last()
    assert back.mean_difference == -forth.mean_difference
    assert (back.low, back.high) == (-forth.high, -forth.low)


def test_every_runs_difference_can_be_read_for_a_fan(compare, two):
    compared = compare(two)
    contrast = compared.find("us_commitment", "pushed")
    dates, gaps = compared.differences(contrast.outcome, "pushed")
    assert gaps.shape == (27, 200)
    assert len(dates) == 27
    assert gaps[-1].mean() == pytest.approx(contrast.last().mean_difference)


def test_different_runs_and_horizons_are_cut_with_a_warning(toy, compare):
    base = toy.Result(toy.scenario("baseline"), runs=120)
    other = toy.Result(toy.scenario("short", end=dt.date(2026, 6, 30)), runs=200)
    aligned = align([base, other])
    assert [view.runs for view in aligned.views] == [120, 120]
    assert str(aligned.views[0].dates("us_commitment")[-1]) == "2026-06-30"
    assert aligned.views[1].values("us_commitment").shape == (21, 120)
    assert [str(day) for day in aligned.views[1].dates(SHARE)] == ["2024-12-31", "2025-12-31"]
    assert aligned.warnings == (
        "numbers of runs differ (baseline 120, short 200); the first 120 runs of each are compared",
        "horizons differ; dates after 2026-06-30 are left out; `--set end=2026-12-31` gives all scenarios one end",
    )
    assert compare([base, other]).find("us_commitment", "short").last().p_equal == 1


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"seed": 2}, "differ in seed (a 1, b 2), so runs cannot be paired; run them again with one --seed"),
        ({"facts": "e" * 64}, "differ in facts (a ffffffffffff, b eeeeeeeeeeee)"),
        ({"version": "0.2.0"}, "differ in version (a 0.1.0, b 0.2.0)"),
        ({"inputs": {"code": "c" * 64}}, "differ in code (a unknown, b cccccccccccc)"),
        ({"central": True}, "differ in central"),
    ],
)
def test_what_cannot_be_paired_is_refused_with_the_reason(toy, changes, told):
    with pytest.raises(InputError) as caught:
        align([toy.Result(toy.scenario("a")), toy.Result(toy.scenario("b"), **changes)])
    assert told in str(caught.value)
    assert len(caught.value.problems) == 1


def test_wrong_numbers_of_scenarios_and_shared_names_are_refused(toy, compare):
    def results(*names):
        return [toy.Result(toy.scenario(name), runs=2) for name in names]

    for names, told in (
        ("a", "2 to 8 .*, 1 given"),
        ("abcdefghi", "2 to 8 .*, 9 given"),
        ("aba", "two scenarios are named 'a'"),
    ):
        with pytest.raises(InputError, match=told):
            align(results(*names))
    late = toy.Result(toy.scenario("late", start=dt.date(2027, 1, 1), end=dt.date(2027, 12, 31)), runs=2)
    with pytest.raises(InputError, match=r"starts differ \(a 2024-10-01, late 2027-01-01\): their facts differ too"):
        align([*results("a"), late])
    for baseline in (2, -1):
        with pytest.raises(InputError, match="baseline must be one of the 2"):
            compare(results("a", "b"), baseline)
    with pytest.raises(InputError, match="splitting by ceasefire takes one scenario, 2 given"):
        compare(results("a", "b"), by="ceasefire")


def test_other_libraries_are_warned_of(toy):
    aligned = align([toy.Result(toy.scenario("a")), toy.Result(toy.scenario("b"), versions={"numpy": "2.3"})])
    assert len(aligned.warnings) == 1
    assert "different versions of Python or its libraries" in aligned.warnings[0]


def test_all_reasons_are_given_at_once(toy):
    with pytest.raises(InputError) as caught:
        align([toy.Result(toy.scenario("a")), toy.Result(toy.scenario("a"), seed=2, facts="e" * 64)])
    assert len(caught.value.problems) == 3


def test_outcomes_are_picked_by_name(toy):
    found = chosen_outcomes(["defence_share_pct_gdp:Poland", "us_posture", "ceasefire_wait"], toy.variables, AXES)
    assert [one.key for one in found] == [
        "defence_share_pct_gdp:POL",
        "us_posture=continuity",
        "us_posture=conditional",
        "us_posture=retrenchment",
        "ceasefire_wait",
    ]
    with pytest.raises(InputError) as caught:
        chosen_outcomes(["ceasefyre", "defence_share_pct_gdp:PXL", "ceasefire:POL"], toy.variables, AXES)
    assert [problem.message for problem in caught.value.problems] == [
        "unknown variable 'ceasefyre'; did you mean ceasefire or ceasefire_wait?",
        "defence_share_pct_gdp: PXL is not among the codes here; did you mean POL (Poland)?",
        "ceasefire: it has no entities",
    ]


def test_missing_values_drop_the_pair_and_are_counted(compare, two):
    two[1].data["us_commitment"][-1, :7] = np.nan
    row = compare(two).find("us_commitment", "pushed").last()
    assert (row.pairs_used, row.pairs_dropped) == (193, 7)
    two[1].data["us_commitment"][-1] = np.nan
    row = compare(two).find("us_commitment", "pushed").last()
    assert row.to_dict()["mean_difference"] is None
    assert row.sentence.endswith("no value to compare.")


def test_a_result_whose_runs_were_not_kept_is_refused_by_its_own_error(compare, two):
    def values(*_):
        raise InputError("single runs were not kept")

    broken = SimpleNamespace(**vars(two[1]), dates=two[1].dates, values=values)
    with pytest.raises(InputError, match="were not kept"):
        compare([two[0], broken])


def test_the_table_reads_back_bit_for_bit_with_its_sentences(compare, two):
    rows = compare(two).rows()
    read = list(csv.DictReader(io.StringIO(csv_text((row.to_dict() for row in rows), ROW_COLUMNS))))
    assert len(read) == len(rows)
    for row, line in zip(rows, read, strict=True):
        assert float(line["mean_difference"]) == row.mean_difference
        assert float(line["p_adjusted"]) == row.p_adjusted
        assert line["sentence"] == row.sentence
        assert line["conditional"] == "0"


def test_input_rows_give_one_line_for_each_scenario(compare, two):
    compared = compare(two)
    lines = csv_text((row.to_dict() for row in compared.input_rows()), INPUT_COLUMNS).splitlines()
    assert lines[1] == "budgets.push,meaning of budgets.push,points,estimated,0,baseline,0,default,literature 9.2"
    assert len(lines) == 1 + 2 * 2


def test_a_conclusion_depends_on_changed_inputs_that_no_data_identify(toy, compare):
    results = [
        toy.Result(toy.scenario("baseline")),
        toy.Result(toy.scenario("sure", budgets__push=1.0)),
        toy.Result(toy.scenario("guess", us__pull=1.0)),
    ]
    compared = compare(results)
    assert compared.depends_on("sure") == ()
    assert compared.depends_on("guess") == ("us.pull",)


def test_the_largest_differences_shown_come_first(toy, compare):
    results = [
        toy.Result(toy.scenario("baseline")),
        toy.Result(toy.scenario("pushed", budgets__push=0.5, war__twin=1.0)),
        toy.Result(toy.scenario("idle", us__idle=1.0)),
    ]
    compared = compare(results, outcomes=["ceasefire", "us_commitment", "republican_president"])
    assert [row.variable for row in compared.leading("pushed")] == ["ceasefire", "us_commitment"]
    assert [row.variable for row in compared.leading("pushed", 1)] == ["ceasefire"]
    assert compared.leading("idle") == []


def test_what_differs_for_a_while_is_named_at_the_date_where_it_does(toy, compare):
    base, other = toy.Result(toy.scenario("baseline"), runs=400), toy.Result(toy.scenario("truce"), runs=400)
    dates = base.dates("ceasefire")
    during = (dates >= np.datetime64("2025-06-01")) & (dates < np.datetime64("2026-02-01"))
    for result, share in ((base, 0.1), (other, 0.2)):
        result.data["ceasefire"][:] = 0
        result.data["ceasefire"][during, : int(share * 400)] = 1
    compared = compare([base, other], outcomes=["ceasefire", "us_commitment"])
    assert compared.find("ceasefire", "truce").last().p_equal == 1
    (row,) = compared.leading("truce")
    assert (row.variable, row.date, round(row.mean_difference, 6)) == ("ceasefire", "2025-12-31", 0.1)
    assert row.standardised == pytest.approx(2 * (np.arcsin(0.2**0.5) - np.arcsin(0.1**0.5)))
    assert [rows[0].variable for rows in compared.ranked()] == ["ceasefire", "us_commitment"]


def test_a_number_is_measured_in_the_spread_of_the_baselines_runs(compare, two):
    contrast = compare(two).find(SHARE, "pushed")
    spread = np.quantile(two[0].values(SHARE)[-1].astype(float), [0.05, 0.95])
    assert contrast.last().standardised == pytest.approx(0.25 / (np.diff(spread)[0] / 3.29), rel=1e-4)


def test_a_difference_without_any_spread_is_as_large_as_can_be(toy, compare):
    base, other = toy.Result(toy.scenario("a"), runs=9), toy.Result(toy.scenario("b"), runs=9)
    for result, level in ((base, 1.0), (other, 1.5)):
        result.data["us_commitment"][:] = level
    row = compare([base, other], outcomes=["us_commitment"]).find("us_commitment", "b").last()
    assert row.standardised == pytest.approx(np.pi)


def test_what_was_not_compared_is_answered_with_what_was(compare, two):
    with pytest.raises(InputError, match="threat of pushed was not compared; there are us_commitment of pushed"):
        compare(two, outcomes=["us_commitment"]).find("threat", "pushed")
