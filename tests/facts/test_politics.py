"""Elections, control of Washington, the office of the Secretary General, and plans, by the day."""

from __future__ import annotations

from datetime import date

import pytest

from sim import facts
from sim.errors import InputError

OCTOBER, JANUARY = date(2024, 10, 1), date(2025, 1, 1)


def test_the_whole_calendar_stands_on_every_day() -> None:
    for day in (date(2014, 1, 1), date(2022, 1, 1), OCTOBER, JANUARY):
        elections = facts.elections(day)
        assert len(elections) == 196
        assert {e.code for e in elections} == {m.code for m in facts.members()}
    assert sum(e.held for e in facts.elections(OCTOBER)) == 131


def test_no_result_after_the_first_of_october_2024_is_in_store() -> None:
    passed = {(e.code, e.kind) for e in facts.elections(JANUARY) if not e.held and e.date <= JANUARY}
    assert passed == {
        ("BGR", "legislative"), ("LTU", "legislative"), ("USA", "legislative"), ("USA", "presidential"),
        ("ROU", "legislative"), ("ROU", "presidential"), ("HRV", "presidential"),
    }  # fmt: skip


def test_a_past_start_is_told_that_its_calendar_is_hindsight() -> None:
    then = {(e.date, e.kind): e for e in facts.elections(date(2021, 1, 1), "DEU")}
    assert then[date(2017, 9, 24), "legislative"].left_right == 6.25
    coming = then[date(2021, 9, 26), "legislative"]
    assert coming.date_is_hindsight
    assert coming.left_right is None
    assert not any(e.date_is_hindsight for e in facts.elections(OCTOBER))


def test_the_cabinet_and_the_winner_may_differ() -> None:
    poland = {e.date: e for e in facts.elections(OCTOBER, "POL")}[date(2023, 10, 15)]
    assert (poland.winner_left_right, poland.hog_left_right, poland.left_right) == (7.7, 6.24, 6.24)
    assert all(e.left_right is None for e in facts.elections(OCTOBER, "USA"))
    assert all(0 <= e.left_right <= 10 for e in facts.elections(OCTOBER) if e.left_right is not None)


def test_roles_are_those_of_the_president() -> None:
    roles = {(e.code, e.executive_role) for e in facts.elections(OCTOBER) if e.kind == "presidential"}
    assert {("USA", "executive"), ("FRA", "executive"), ("POL", "shared"), ("CZE", "limited")} <= roles
    assert {e.executive_role for e in facts.elections(OCTOBER) if e.kind == "legislative"} == {"parliament"}


def test_an_unknown_member_is_refused() -> None:
    with pytest.raises(InputError, match="'UK' is no member"):
        facts.elections(OCTOBER, "UK")


@pytest.mark.parametrize(
    ("day", "president", "house", "senate"),
    [
        (date(2014, 1, 1), False, True, False),
        (date(2016, 6, 1), False, True, True),
        (date(2017, 6, 1), True, True, True),
        (date(2020, 6, 1), True, False, True),
        (date(2022, 3, 1), False, False, False),
        (OCTOBER, False, True, False),
        (JANUARY, False, True, False),
    ],
)
def test_who_held_what(day: date, president: bool, house: bool, senate: bool) -> None:
    now = facts.us_composition(day)[-1]
    assert (now.republican_president, now.republican_house, now.republican_senate) == (president, house, senate)


def test_forecasts_stop_at_the_day() -> None:
    assert max(f.date for f in facts.us_forecast(OCTOBER)) == OCTOBER
    read = [f for f in facts.us_forecast(OCTOBER) if f.item == "president" and not f.recalled]
    assert 0.35 < min(f.probability for f in read) < max(f.probability for f in read) < 0.65  # models and markets
    chambers = {f.item: f.probability for f in facts.us_forecast(OCTOBER) if f.item in ("house", "senate")}
    assert chambers == {"house": 0.56, "senate": 0.70}


def test_mid_terms_cost_the_presidents_party_seats() -> None:
    house = [m.seat_change for m in facts.us_midterms() if m.chamber == "house"]
    assert len(house) == 20
    assert sum(change < 0 for change in house) == 18


def test_who_holds_the_office_and_for_how_long_as_then_known() -> None:
    assert [s.name for s in facts.secretaries_general(date(2014, 1, 1))] == ["Anders Fogh Rasmussen"]
    assert facts.secretaries_general(date(2022, 1, 1))[-1].end == date(2022, 9, 30)
    assert facts.secretaries_general(date(2023, 9, 1))[-1].end == date(2024, 10, 1)
    last = facts.secretaries_general(OCTOBER)[-1]
    assert (last.name, last.start, last.recalled) == ("Mark Rutte", OCTOBER, False)


def test_summits_held_and_to_come() -> None:
    summits = facts.summits(OCTOBER)
    assert [s.place for s in summits if not s.held] == ["The Hague", "Türkiye, day not fixed"]
    assert not any(s.date_is_hindsight for s in summits)
    early = facts.summits(date(2022, 3, 1))
    assert "Brussels extraordinary" not in [s.place for s in early]
    assert next(s for s in early if s.place == "Madrid").date_is_hindsight


def test_roster_and_steps_of_joining() -> None:
    counts = {day: sum(a.acceded_on is not None for a in facts.accessions(day)) for day in
              (date(2014, 1, 1), date(2018, 1, 1), date(2022, 1, 1), date(2023, 12, 1), OCTOBER)}  # fmt: skip
    assert list(counts.values()) == [28, 29, 30, 31, 32]
    applied = {a.member: a for a in facts.accessions(date(2023, 6, 1))}["SWE"]
    assert (applied.applied_on, applied.acceded_on) == (date(2022, 5, 18), None)
    final = {a.member: a for a in facts.accessions(OCTOBER)}
    assert (final["FIN"].acceded_on - final["FIN"].applied_on).days == 321
    assert (final["SWE"].acceded_on - final["SWE"].applied_on).days == 659
    assert (final["MNE"].acceded_on - final["MNE"].invited_on).days == 551
    assert (final["MKD"].acceded_on - final["MKD"].invited_on).days == 415


def test_how_plans_were_kept() -> None:
    dated = [p for p in facts.plans(OCTOBER) if p.part == "b" and not p.blanket and p.kind != "NATO projection"]
    judged = [(p.firmness, p.kept) for p in dated if p.kept != "open" and p.target_year and p.target_year <= 2024]
    firmness = ("enacted", "planned", "aspiration")
    table = {firm: [judged.count((firm, kept)) for kept in ("yes", "late", "no")] for firm in firmness}
    assert table == {"enacted": [11, 3, 0], "planned": [33, 12, 9], "aspiration": [2, 0, 2]}
    wales = [p.kept for p in facts.plans(OCTOBER) if p.blanket and p.part == "b"]
    assert (wales.count("yes"), wales.count("no")) == (19, 8)


def test_an_unknown_verdict_on_a_plan_is_open() -> None:
    assert {p.kept for p in facts.plans(date(2024, 6, 16))} == {"open"}


def test_targets_and_laws() -> None:
    targets = [e.value for e in facts.events(OCTOBER, "target") if e.unit.startswith("% of GDP")]
    assert targets == [2, 2, 2]
    assert any("1250A" in e.label for e in facts.events(OCTOBER, "law"))
    with pytest.raises(InputError, match="no category of events"):
        facts.events(OCTOBER, "wars")


def test_trust_in_the_guarantee_waits_for_the_survey() -> None:
    assert facts.reliable_guarantor_share(date(2024, 6, 1)) is None
    assert facts.reliable_guarantor_share(OCTOBER) == 0.54
