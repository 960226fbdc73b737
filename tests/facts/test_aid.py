"""One release at a time, groups that add up, and only what Congress had done by the day."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import numpy as np
import pytest

from sim import facts
from sim.facts.aid import vintage_on

OCTOBER, JANUARY = date(2024, 10, 1), date(2025, 1, 1)
KINDS = ("military", "financial", "humanitarian")


@pytest.mark.parametrize("day", [OCTOBER, JANUARY, date(2024, 9, 30), date(2022, 3, 1), date(2023, 6, 15)])
def test_groups_add_up_to_all_in_every_month(day: date) -> None:
    series = facts.aid_monthly(day).series
    parts = sum(series[group, "total", "allocation"] for group in ("USA", "EUR", "OTHER"))
    np.testing.assert_allclose(parts, series["ALL", "total", "allocation"], atol=2e-5)


@pytest.mark.parametrize("day", [OCTOBER, JANUARY])
def test_kinds_add_up_to_the_total(day: date) -> None:
    series = facts.aid_monthly(day).series
    for group in ("USA", "ALL"):
        parts = sum(series[group, kind, "allocation"] for kind in KINDS)
        np.testing.assert_allclose(parts, series[group, "total", "allocation"], atol=5e-3)


def test_donors_add_up_to_their_groups_where_there_are_months() -> None:
    series = facts.aid_monthly(JANUARY).series
    for kind in (*KINDS, "total"):
        for group in ("USA", "EUR", "OTHER"):
            members = [d.code for d in facts.donors() if d.group == group]
            whole = sum(series.get((code, kind, "allocation"), np.zeros(36)) for code in members)
            np.testing.assert_allclose(whole, series[group, kind, "allocation"], atol=2e-5)


@pytest.mark.parametrize("day", [OCTOBER, JANUARY])
def test_cumulative_donors_add_up_to_their_groups(day: date) -> None:
    beur = facts.aid_by_donor(day).beur
    for kind, measure in {(kind, measure) for _, kind, measure in beur}:
        for group in ("EUR", "OTHER"):
            members = [d.code for d in facts.donors() if d.group == group]
            whole = sum(beur.get((code, kind, measure), 0.0) for code in members)
            assert whole == pytest.approx(beur[group, kind, measure], abs=1e-4)
        groups = sum(beur[group, kind, measure] for group in ("USA", "EUR", "OTHER"))
        assert groups == pytest.approx(beur["ALL", kind, measure], abs=1e-4)


def test_allocations_exceed_commitments_only_where_noted() -> None:
    beur = facts.aid_by_donor(OCTOBER).beur
    over = {key: beur[key] - beur[key[0], key[1], "commitment"] for key in beur if key[2] == "allocation"}
    more = {key: excess for key, excess in over.items() if excess > 1e-4}
    assert {donor for donor, kind, _ in more if kind == "total"} == {"AUS", "LTU", "LUX", "LVA"}
    assert {donor for donor, _, _ in more} == {"AUS", "BEL", "DNK", "EST", "LTU", "LUX", "LVA", "SWE"}
    assert max(more.values()) < 0.16


def test_headline_sums_of_the_releases() -> None:
    assert facts.aid_by_donor(OCTOBER).beur["USA", "total", "allocation"] == pytest.approx(84.7, abs=0.05)
    assert facts.aid_by_donor(OCTOBER).beur["EUR", "total", "allocation"] == pytest.approx(118.2, abs=0.05)
    later = facts.aid_by_donor(JANUARY).beur
    assert [round(later["ALL", kind, "allocation"], 1) for kind in KINDS] == [125.7, 118.3, 19.2]
    assert later["USA", "total", "allocation"] == pytest.approx(114.9, abs=0.05)
    assert later["USA", "total", "commitment"] == pytest.approx(119.0, abs=0.05)


def test_dated_months_of_release_20_miss_what_kiel_could_not_date() -> None:
    series, sums = facts.aid_monthly(OCTOBER).series, facts.aid_by_donor(OCTOBER).beur
    missing = {key: sums[key] - float(series[key].sum()) for key in series}
    assert missing["EUR", "total", "allocation"] == pytest.approx(0.565, abs=0.001)
    assert missing["ALL", "total", "commitment"] == pytest.approx(4.215, abs=0.001)
    assert missing["USA", "total", "allocation"] == pytest.approx(0, abs=1e-3)


def test_one_release_answers_on_each_day() -> None:
    assert vintage_on(date(2024, 9, 30)) == "R29"
    assert vintage_on(OCTOBER) == vintage_on(date(2024, 12, 31)) == "R20"
    assert vintage_on(JANUARY) == "R29"
    october = facts.aid_monthly(OCTOBER)
    assert october.vintage == facts.aid_by_donor(OCTOBER).vintage == "R20"
    assert october.months[-1] == date(2024, 8, 1)
    assert {donor for donor, _, _ in october.series} == {"USA", "EUR", "OTHER", "ALL"}
    assert facts.aid_monthly(JANUARY).months[-1] == date(2024, 12, 1)
    assert facts.aid_by_donor(OCTOBER).cutoff == date(2024, 8, 31)


def test_months_run_without_gaps_and_end_before_the_day() -> None:
    months = facts.aid_monthly(date(2023, 6, 15)).months
    assert months[0] == date(2022, 1, 1)
    assert months[-1] == date(2023, 5, 1)
    assert all((b - a).days in range(28, 32) for a, b in pairwise(months))
    assert facts.aid_monthly(date(2022, 1, 1)).months == ()
    assert facts.aid_by_donor(date(2022, 1, 1)).beur == {}


def test_the_loan_is_told_where_it_is_inside() -> None:
    assert facts.aid_monthly(OCTOBER).era_loan is None
    history = facts.aid_monthly(JANUARY)
    assert history.era_loan is not None
    month, size = history.era_loan
    inside = history.series["USA", "financial", "allocation"][history.months.index(month)]
    assert inside >= size


def test_the_standstill_of_congress_is_in_the_months() -> None:
    history = facts.aid_monthly(JANUARY)
    quiet = [history.months.index(date(2024, m, 1)) for m in (1, 2)]
    assert history.series["USA", "military", "allocation"][quiet].sum() == 0
    before = [history.months.index(date(2023, m, 1)) for m in range(1, 10)]
    gap = [history.months.index(m) for m in history.months if date(2023, 10, 1) <= m <= date(2024, 3, 1)]
    usa = history.series["USA", "military", "allocation"]
    assert usa[gap].mean() / usa[before].mean() - 1 == pytest.approx(-0.88, abs=0.02)


def test_requests_show_before_their_law() -> None:
    pending = facts.appropriations(date(2023, 12, 1))[-1]
    assert pending.signed_on is None
    assert [size for _, size in pending.requests] == [24, 61.4]
    laws = facts.appropriations(OCTOBER)
    assert len(laws) == 5
    assert sum(law.total_busd or 0 for law in laws) == pytest.approx(174.3, abs=0.05)
    days = [(law.signed_on - law.requests[-1][0]).days for law in laws if law.signed_on]
    assert days == [13, 23, 28, 44, 187]
    assert [law.military_busd for law in laws] == [4.15, 19.05, 4.5, 20.96, 28.782]


def test_packages_and_the_gap_between_them() -> None:
    drawdowns = [p.date for p in facts.packages(JANUARY) if p.instrument == "PDA"]
    assert len(drawdowns) == 73
    longest = max(pairwise(drawdowns), key=lambda pair: (pair[1] - pair[0]).days if pair[0].year > 2021 else 0)
    assert longest == (date(2023, 12, 27), date(2024, 3, 12))


def test_lags_are_seen_once_published() -> None:
    lags = facts.aid_lags(OCTOBER)
    assert sorted(lags.arrival_days.values()) == [4, 12, 20, 22, 119, 177, 241, 260, 312, 499]
    assert lags.stock_share == {2022: 0.589, 2023: 0.462}
    assert lags.fifo_months == {}
    assert lags.usai_delivered == (0.068, 0.314)
    later = facts.aid_lags(JANUARY)
    assert later.stock_share[2024] == 0.31
    assert later.allocation_hazard == {"USA": 0.22, "EUR_STATES": 0.08, "EUI": 0.045}
    assert (later.fifo_months["USA"], later.fifo_months["EUR_STATES"], later.fifo_months["EUI"]) == (3.5, 5.4, 7.7)


def test_donors() -> None:
    donors = {d.code: d for d in facts.donors()}
    assert len(donors) == 42
    assert [c for c, d in donors.items() if d.kind == "institution"] == ["EUI"]
    assert donors["TUR"].group == donors["CAN"].group == "OTHER"
    assert donors["NOR"].group == donors["GBR"].group == donors["EUI"].group == "EUR"
    members = {m.code for m in facts.members()}
    assert all(d.member == (c in members) == (d.distance_km is not None) for c, d in donors.items())
    assert [c for c, d in donors.items() if d.gdp_beur_2021 is None] == ["CHN", "IND"]
    outside = {"EUI", "GBR", "NOR", "CHE", "ISL"}
    states = [d.gdp_beur_2021 or 0 for c, d in donors.items() if d.group == "EUR" and c not in outside]
    assert sum(states) == pytest.approx(donors["EUI"].gdp_beur_2021, rel=0.01)
