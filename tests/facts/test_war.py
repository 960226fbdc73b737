"""Map series stay apart, and the published readings of the war are reproduced."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from sim import facts
from sim.errors import InputError
from sim.facts.war import SERIES

OCTOBER, JANUARY, END = date(2024, 10, 1), date(2025, 1, 1), date(2026, 10, 10)
MAPS = ("isw_economist", "deepstate_derived", "deepstate_derived_2", "liveuamap_derived")


@pytest.mark.parametrize("series", SERIES)
def test_an_answer_holds_one_series_only(series: str) -> None:
    readings = facts.front(END, series)
    assert {reading.series for reading in readings} == {series}
    assert [reading.as_of for reading in readings] == sorted(reading.as_of for reading in readings)


def test_all_series_together_are_the_table() -> None:
    assert sum(len(facts.front(JANUARY, series)) for series in SERIES) == 122
    assert sum(len(facts.front(END, series)) for series in SERIES) == 183


@pytest.mark.parametrize("series", MAPS)
def test_a_gain_is_the_change_of_its_own_series(series: str) -> None:
    for before, after in pairwise(facts.front(END, series)):
        assert after.period == "month"
        if after.net_gain_km2 is not None and before.controlled_km2 is not None:
            assert after.controlled_km2 == pytest.approx(before.controlled_km2 + after.net_gain_km2, abs=1.5)


@pytest.mark.parametrize(
    ("series", "gain"),
    [("isw_economist", 3734), ("deepstate_derived", 3315), ("liveuamap_derived", 4300)],
)
def test_gain_of_2024_by_series(series: str, gain: float) -> None:
    months = [r.net_gain_km2 or 0 for r in facts.front(JANUARY, series) if r.month.year == 2024]
    assert len(months) == 12
    assert sum(months) == pytest.approx(gain, abs=3)


def test_start_of_october_2024() -> None:
    last = facts.front(OCTOBER)[-1]
    assert (last.as_of, last.controlled_km2, last.net_gain_km2) == (date(2024, 9, 30), 113680, 430)
    assert last.kursk_held_km2 is None
    assert facts.front(OCTOBER, "deepstate_derived")[-1].kursk_held_km2 == 794
    assert facts.casualties(OCTOBER)[date(2024, 9, 1)] == 38.13


def test_press_readings_wait_for_their_report() -> None:
    assert [r.net_gain_km2 for r in facts.front(date(2024, 7, 1), "afp_isw")] == []
    assert any(r.net_gain_km2 == 449 for r in facts.front(date(2024, 8, 1), "afp_isw"))


def test_an_unknown_series_is_told_with_the_known_ones() -> None:
    with pytest.raises(InputError, match="'isw' is no map series; allowed: isw_economist"):
        facts.front(OCTOBER, "isw")


def test_monthly_losses() -> None:
    losses = facts.casualties(JANUARY)
    assert min(losses) == date(2022, 3, 1)
    assert len(losses) == 34
    assert [round(losses[date(year, 12, 1)]) for year in (2022, 2023, 2024)] == [17, 30, 49]


def test_estimates_keep_their_disagreement() -> None:
    ukrainian = [e for e in facts.war_estimates(JANUARY, "casualties") if e.side == "UKR" and e.date.year == 2024]
    values = [e.value_thousand for e in ukrainian if e.measure == "killed and wounded" and e.value_thousand]
    assert max(values) / min(values) > 1.5
    intake = [e for e in facts.war_estimates(OCTOBER, "recruitment") if e.measure == "intake"]
    assert [(e.low_thousand, e.high_thousand) for e in intake] == [(30, 40)]
    with pytest.raises(InputError, match="no category"):
        facts.war_estimates(OCTOBER, "shells")
