"""Nothing is seen before it was known: for any day, the room answers only from rows known by then.

Days to the end of 2024, when one edition of each publication was in store; tests of later days are in test_editions.py.
"""

from __future__ import annotations

import csv
import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import facts
from sim.facts import tables

DAYS = st.dates(datetime.date(2014, 1, 1), datetime.date(2025, 1, 1))
SHIPPED = Path(str(tables.folder()))
PANELS = {
    "defence_shares": ("defence.csv", "share_pct_gdp"),
    "defence_spending_2015": ("defence.csv", "spending_busd_constant"),
    "defence_spending_current": ("defence.csv", "spending_busd_current"),
    "equipment_shares": ("defence.csv", "equipment_share_pct"),
    "sipri_shares": ("milex.csv", "share_pct_gdp"),
    "gdp_busd": ("economy.csv", "gdp_busd"),
    "real_growth": ("economy.csv", "real_growth_pct"),
    "gross_debt": ("economy.csv", "gross_debt_pct_gdp"),
    "population": ("economy.csv", "population_m"),
}


def raw(name: str) -> list[dict[str, str]]:
    with (SHIPPED / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.mark.parametrize("name", sorted(PANELS))
@settings(max_examples=25, deadline=None)
@given(day=DAYS)
def test_a_panel_holds_the_newest_vintage_known_and_nothing_else(name: str, day: datetime.date) -> None:
    table, column = PANELS[name]
    rows = [row for row in raw(table) if row["known_on"] <= day.isoformat() and row[column]]
    newest: dict[tuple[str, int], tuple[str, float]] = {}
    for row in rows:
        key = (row["member"], int(row["year"]))
        newest[key] = max(newest.get(key, ("", 0.0)), (row["known_on"], float(row[column])))
    panel = getattr(facts, name)(day)
    assert {(m, y): v for m, years in panel.items() for y, v in years.items()} == {k: v for k, (_, v) in newest.items()}


@settings(max_examples=60, deadline=None)
@given(first=DAYS, second=DAYS)
def test_an_earlier_day_never_sees_more(first: datetime.date, second: datetime.date) -> None:
    early, late = sorted((first, second))
    for name in PANELS:
        before, after = getattr(facts, name)(early), getattr(facts, name)(late)
        assert all(set(years) <= set(after[member]) for member, years in before.items()), name
    for name in (
        "packages",
        "events",
        "statements",
        "opinion",
        "us_forecast",
        "us_composition",
        "war_estimates",
        "front",
    ):
        before, after = getattr(facts, name)(early), getattr(facts, name)(late)
        assert set(before) <= set(after), name
    assert facts.casualties(early).items() <= facts.casualties(late).items()


def dates_in(item: Any, names: tuple[str, ...]) -> list[datetime.date]:
    return [value for name in names if (value := getattr(item, name)) is not None]


@settings(max_examples=60, deadline=None)
@given(day=DAYS)
def test_no_answer_carries_a_later_date(day: datetime.date) -> None:
    for plan in facts.plans(day):
        assert plan.announced_on <= day
        assert plan.kept == "open" or day >= datetime.date(2024, 6, 17)
    for law in facts.appropriations(day):
        assert all(asked <= day for asked, _ in law.requests)
        assert law.signed_on is None or law.signed_on <= day
        assert law.signed_on is not None or (law.total_busd is None and law.law == "")
    for step in facts.accessions(day):
        assert all(taken <= day for taken in dates_in(step, ("applied_on", "invited_on", "acceded_on")))
    for reading in facts.front(day):
        assert reading.as_of < day
    history = facts.aid_monthly(day)
    assert all(month.replace(day=28) < day for month in history.months)
    assert all(values.shape == (len(history.months),) for values in history.series.values())
    assert facts.aid_by_donor(day).cutoff < day or not history.months


@settings(max_examples=60, deadline=None)
@given(day=DAYS)
def test_elections_to_come_show_a_date_and_no_result(day: datetime.date) -> None:
    for election in facts.elections(day):
        if election.held:
            assert election.date <= day
            assert not election.date_is_hindsight
        else:
            assert election.left_right is None
            assert election.winner_left_right is None
            assert election.hog == ""
            assert election.winner == ""


def test_the_tables_answer_alike_whatever_was_asked_before() -> None:
    day = datetime.date(2023, 9, 1)
    assert facts.defence_shares(day)["POL"][2023] == 3.9
    facts.defence_shares(datetime.date(2025, 1, 1))
    assert facts.defence_shares(day)["POL"][2023] == 3.9


@pytest.mark.parametrize(
    "accessor", [facts.defence_shares, facts.real_growth, facts.sipri_shares, facts.exchange_rates]
)
def test_a_panel_that_is_remembered_cannot_be_changed_by_who_asked(accessor: Any) -> None:
    panel = accessor(datetime.date(2024, 10, 1))
    with pytest.raises(TypeError):
        panel["POL"][2023] = 99.0
    with pytest.raises(TypeError):
        panel["XXX"] = {}


def test_months_of_aid_that_are_remembered_cannot_be_changed_by_who_asked() -> None:
    history = facts.aid_monthly(datetime.date(2024, 10, 1))
    with pytest.raises(ValueError, match="read-only"):
        history.series["USA", "military", "allocation"][0] = 99.0
