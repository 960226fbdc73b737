"""Numbers, units, names and dates read the same wherever they are written."""

from __future__ import annotations

import datetime
import math

import numpy as np
import pytest

from sim import text


@pytest.mark.parametrize(
    ("word", "names", "answer"),
    [
        ("fornt", ["front", "threat"], ["front"]),
        ("FRONT", ["front"], ["front"]),
        ("xyz", ["front", "threat"], []),
        ("aid", ["aide", "aids", "aid_us", "raid"], ["aide", "aids", "raid"]),
        ("", ["front"], []),
    ],
)
def test_the_nearest_names_come_first_and_case_does_not_count(word, names, answer):
    assert text.nearest(word, names) == answer


def test_an_unknown_word_is_answered_with_the_nearest_or_with_all():
    assert text.unknown("figure", "fornt", ["front", "aid"]) == "unknown figure 'fornt'; did you mean front?"
    assert text.unknown("figure", "x\ny", ["front", "aid"]) == "unknown figure 'x\\u000ay'; there are front, aid"
    assert text.unknown("part", "qqq", map(str, range(30)), most=2).endswith("; there are 0, 1, ... (30 in all)")


@pytest.mark.parametrize(
    ("value", "places", "answer"),
    [
        (1234.5, 0, "1,234"),
        (-1234.56, 1, "−1,234.6"),
        (-0.04, 1, "0.0"),
        (12345, -2, "12,300"),
        (math.nan, 1, "n/a"),
        (np.float32(2.5), 2, "2.50"),
    ],
)
def test_a_number_has_commas_a_real_minus_and_no_negative_nought(value, places, answer):
    assert text.number(value, places) == answer


@pytest.mark.parametrize(
    ("value", "unit", "answer"),
    [
        (2.314, "% of GDP", "2.31% of GDP"),
        (212.3, "EUR bn", "EUR 212 bn"),
        (114_049, "km²", "114,000 km²"),
        (0.5, "index", "0.50"),
        (23, "members", "23 members"),
        (1.25, "ratio", "1.25"),
        (57.04, "% of NATO total", "57.0%"),
    ],
)
def test_an_amount_carries_its_unit_as_people_write_it(value, unit, answer):
    assert text.amount(value, unit) == answer


def test_a_difference_names_points_where_a_level_names_per_cent():
    assert text.difference("0.2", "% of GDP") == "0.2 percentage points of GDP"
    assert text.difference("10", "USD bn") == "USD 10 bn"
    assert text.difference("0.16", "index, 0 to 1") == "0.16 points of the index"
    assert text.difference("3", "members") == "3 members"


def test_a_difference_is_written_to_the_digit_that_its_error_leaves_standing():
    assert text.quantity(0.12345, 0.02) == "0.12"
    assert text.signed(-0.12345, 0.002) == "−0.123"
    assert text.signed(5, 2) == "+5"
    assert text.signed(-0.0001, 0.1) == "0.0"


@pytest.mark.parametrize(
    ("value", "plain", "signed"),
    [(-1023.4, "−1,020", "−1,020"), (71_800, "71,800", "+71,800"), (0.05132, "0.0513", "+0.0513"), (0, "0", "0")],
)
def test_a_brief_number_has_three_digits_and_no_exponent(value, plain, signed):
    assert text.brief(value) == plain
    assert text.brief(value, sign=True) == signed
    assert text.brief(float("nan")) == "n/a"
    assert text.brief(1.2e-7) == "0.00000012"


def test_a_range_has_one_number_of_decimals():
    assert text.span(1.9, 250, "USD bn") == "2 to 250"
    assert text.median_and_range([1.98, 2.1, 2.31, 2.5, 2.71], "% of GDP") == "2.31% of GDP (90% of runs: 1.98 to 2.71)"
    assert text.median_and_range([2, 2, 2, 2, 2], "members") == "2 members (the same in every run)"


@pytest.mark.parametrize(
    ("share", "answer"),
    [
        (0, "In none of 1,000 runs"),
        (0.0004, "In fewer than 1 of 100 runs"),
        (0.725, "In 73 of 100 runs"),
        (0.9999, "In more than 99 of 100 runs"),
        (1, "In all 1,000 runs"),
    ],
)
def test_a_share_of_runs_is_never_rounded_to_none_or_to_all(share, answer):
    assert text.in_runs(share, 1000) == answer
    assert text.share(0.0004) == "<0.1"
    assert text.share(0.9996) == ">99.9"
    assert text.share(1) == "100.0"


def test_dates_are_written_as_a_reader_says_them():
    day = text.day_of(np.datetime64("2029-12-31"))
    assert day == datetime.date(2029, 12, 31)
    assert (text.full_date(day), text.when(day, "year"), text.when(day, "month")) == (
        "31 December 2029",
        "2029",
        "December 2029",
    )


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "0.0"), (0.0009, "<0.1"), (0.001, "0.1"), (0.5, "50.0"), (0.9989, "99.9"), (0.9991, ">99.9"),
        (1.0, "100.0"), (float("nan"), "n/a"),
    ],
)  # fmt: skip
def test_a_share_is_rounded_to_none_and_all_only_where_it_is(value, shown):
    from sim.text import share

    assert share(value) == shown


def test_a_path_is_dotted_as_it_would_be_written_and_names_that_need_quotes_have_them():
    assert text.dotted(("us", "commitment", "x-y_1")) == "us.commitment.x-y_1"
    assert text.dotted(("events", 1, "date")) == "events[2].date"
    assert text.dotted(("a b", "c.d", "é")) == '"a b"."c.d".é'
    assert text.dotted(("a", "")) == 'a.""'


@pytest.mark.parametrize("letter", ["\x1b", "\u202e", "\ufffe", "\uffff", "\U0001fffe", "\U0010ffff"])
def test_controls_turning_letters_and_points_that_are_no_letters_are_unfit(letter):
    assert text.unfit(f"a{letter}b")
    assert text.unfit("Å中é→🙂") == ""
