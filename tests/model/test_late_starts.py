"""Starts of 2025 to 2027: what was known on their day goes in, and nothing that a later day knew."""

from datetime import date

import numpy as np
import pytest

from sim import facts
from sim.errors import InputError
from sim.loading import check, load_text, notes
from sim.model import simulate

CODES = sorted(member.code for member in facts.members() if member.has_forces and member.code != "USA")
DONORS = [donor.code for donor in facts.donors()]
HEAD = 'title = "Late"\nlabel = "Late"\ndescription = "A late start."\nreferences = ["NATO, July 2026"]\n'


def late(start="2026-10-01", end="2027-12-31", *sets):
    return load_text(f"{HEAD}start = {start}\nend = {end}\n", sets=sets)


def value(scenario, key):
    return scenario.values[key].value


def middle(scenario, key):
    """The value of a fixed distribution, the mean of a normal one."""
    given = value(scenario, key)
    return given["value" if given.is_fixed else "mean"]


def test_the_default_horizon_of_late_starts_is_2032():
    assert load_text(f"{HEAD}start = 2026-10-01\n").end == date(2032, 12, 31)
    assert load_text(f"{HEAD}start = 2024-10-01\n").end == date(2029, 12, 31)


def test_a_start_of_october_2026_knows_its_day():
    scenario = late()
    assert middle(scenario, "us.commitment.level_at_start") == pytest.approx(0.29)
    assert dict(value(scenario, "us.elections.2028.president").items) == {"democratic": 0.645, "republican": 0.355}
    assert middle(scenario, "us.elections.2026.senate_democratic_probability") == pytest.approx(0.625)
    house = middle(scenario, "us.elections.2026.house_democratic_probability")
    assert house == pytest.approx((0.89 + 0.925) / 2)  # Kalshi of 17 and Polymarket of 29 September; later ones unseen
    assert middle(scenario, "elections.CZE.left_right") == 6.0
    assert middle(scenario, "elections.HUN.left_right") == pytest.approx(5.6)  # a new party: no score


def test_starts_before_2025_take_no_value_of_later_starts():
    scenario = late("2024-10-01", "2025-12-31")
    assert value(scenario, "us.commitment.posture_in_office") == "by_winner"
    assert "us.commitment.level_at_start" not in scenario.values
    assert "us.elections.2026.house_democratic_probability" not in scenario.values


def test_the_target_of_2025_is_in_force_for_starts_that_saw_it():
    scenario = late()
    assert middle(scenario, "summits.new_target_pct_gdp") == 3.5
    assert middle(scenario, "summits.adopted_year") == 2025
    assert middle(scenario, "summits.path_years") == 10
    assert middle(scenario, "summits.review_year") == 2029
    assert middle(scenario, "members.ESP.target_pct_gdp") == 2.1
    assert middle(scenario, "summits.related_pct_gdp") == 1.5
    record = simulate(late("2026-10-01", "2030-12-31", "summits.review_slip_years=0"), 1, 0, 50)
    # from 2.0 in 2025 to 3.5 in 2035
    np.testing.assert_allclose(record["target_pct_gdp"][:, 0], [2.15, 2.3, 2.45, 2.6, 2.75], atol=1e-5)
    np.testing.assert_allclose(record["related_target_pct_gdp"][-1], 0.75, atol=1e-5)


@pytest.mark.parametrize("start", ["2024-10-01", "2025-06-25"])
def test_the_target_of_2025_is_unknown_before_the_summit_decides(start):
    scenario = late(start, "2026-12-31")
    for key in ("summits.adopted_year", "summits.review_year", "members.ESP.target_pct_gdp"):
        assert key not in scenario.values


def test_a_slip_of_the_deadline_lowers_the_path_from_its_review_on():
    kept, slipped = (
        simulate(late("2026-10-01", "2032-12-31", f"summits.review_slip_years={slip}"), 1, 0, 200) for slip in (0, 5)
    )
    share = "europe_canada_share_pct_gdp"
    assert kept[share][:3].tobytes() == slipped[share][:3].tobytes()
    assert (kept[share][-1] >= slipped[share][-1] - 1e-4).mean() > 0.95
    assert kept[share][-1].mean() > slipped[share][-1].mean() + 0.005


def test_the_law_on_troops_binds_while_it_is_known_to_be_in_force():
    assert "us.troops.floor_thousand" not in late("2025-12-01", "2026-12-31").values
    assert middle(late("2026-01-15", "2026-12-31"), "us.troops.floor_thousand") == 76
    assert value(late(), "us.troops.floor_thousand").atoms() == ((0.0, 0.5), (76.0, 0.5))
    sets = ('us.commitment.posture="retrenchment"', "us.troops.months=1", "us.troops.start_thousand=90")
    sets = (*sets, "us.troops.congress_restraint=0")
    held = simulate(late("2026-10-01", "2027-12-31", *sets, "us.troops.floor_thousand=76"), 1, 0, 50)
    free = simulate(late("2026-10-01", "2027-12-31", *sets, "us.troops.floor_thousand=0"), 1, 0, 50)
    stays = held["us_withdrawn"][-1] == 0
    assert held["us_troops_europe_thousand"][-1][stays].min() >= 76
    assert free["us_troops_europe_thousand"][-1].max() < 76


def test_governments_start_as_their_lines_were_read():
    known = {code: value(late("2024-10-01", "2025-12-31"), f"elections.{code}.doubts_aid_at_start") for code in CODES}
    sure = {code for code, doubt in known.items() if doubt.is_fixed and doubt["value"] == 1}
    assert sure == {"HUN", "SVK"}
    assert known["POL"].is_fixed
    assert known["TUR"].support() == (0.02, 0.15)  # no line was read: silence is no position
    later = {code: value(late(), f"elections.{code}.doubts_aid_at_start") for code in CODES}
    assert later["SVK"]["value"] == 1
    assert later["HUN"].support() == (0.3, 1.0)
    assert later["CZE"].support() == (0.5, 1.0)
    assert value(late("2022-01-01", "2022-12-31"), "elections.HUN.doubts_aid_at_start")["value"] == 0


@pytest.mark.parametrize(("start", "talks"), [("2024-10-01", False), ("2025-07-01", True), ("2026-10-01", True)])
def test_talks_are_under_way_where_a_round_was_held_lately(start, talks):
    assert value(late(start, "2027-12-31"), "negotiation.talks_at_start") is talks


@pytest.mark.parametrize(("start", "months"), [("2024-10-01", 22), ("2026-10-01", 45)])
def test_the_rate_of_collapses_counts_the_months_without_one(start, months):
    rate = value(late(start, "2027-12-31"), "war.collapse_per_month")
    assert (rate["shape"], rate["rate"]) == (0.5, months)


def test_aid_of_late_starts_is_read_against_the_last_year():
    beginning = late()
    assert middle(beginning, "aid.us_arms_beur_per_month") == pytest.approx(4.122 / 12, abs=0.005)
    record = simulate(late("2026-10-01", "2027-12-31", "negotiation.hazard_per_year=0"), 1, 0, 200)
    europe = [*DONORS, "EUR"].index("EUR")
    given = record["military_aid_allocated_beur"]
    # EUR 28 bn a year in the two years to April 2026; the pace of a start goes on, with the loan of the EU beside it
    assert 20 < (given[14, europe] - given[2, europe]).mean() < 60


def test_both_chambers_of_2026_follow_one_tide():
    chances = (
        "us.elections.2026.house_democratic_probability=0.7",
        "us.elections.2026.senate_democratic_probability=0.5",
    )
    record = simulate(late("2026-10-01", "2027-02-28", *chances, "us.elections.midterm_correlation=0.9"), 1, 0, 2000)
    house, senate = record["republican_house"][-1], record["republican_senate"][-1]
    assert house.mean() == pytest.approx(0.3, abs=0.04)
    assert senate.mean() == pytest.approx(0.5, abs=0.04)
    assert np.corrcoef(house, senate)[0, 1] > 0.4


def test_shares_start_at_the_edition_of_the_day_and_the_term_in_office_keeps_its_posture():
    record = simulate(late(), 1, 0, 200)
    first = dict(zip(["2026", "2027"], record["defence_share_pct_gdp"], strict=True))["2026"].mean(axis=1)
    codes = [member.code for member in facts.members() if member.has_forces]
    reported = [facts.defence_shares(date(2026, 10, 1))[code][2026] for code in sorted(codes)]
    assert np.abs(first - reported).max() < 0.4  # noise of estimates for the year under way
    assert set(np.unique(record["us_posture"])) == {1.0, 2.0}


def test_a_member_that_an_edition_leaves_out_decides_its_year():
    """NATO's edition of August 2025 has no share of Germany for 2025 in the copy in store."""
    start = date(2025, 10, 1)
    assert 2025 not in facts.defence_shares(start)["DEU"]
    record = simulate(late("2025-10-01", "2026-12-31"), 1, 0, 200)
    shares = record["defence_share_pct_gdp"]
    assert shares[0, 6].std() > 0.05


def test_losses_of_the_months_without_the_ministry_are_the_general_staffs():
    from sim.model.systems.war.start import russian_losses

    losses = russian_losses(date(2026, 10, 1))
    assert losses[date(2026, 7, 1)] == 42.6
    assert losses[date(2026, 8, 1)] == pytest.approx((42.6 + 46.23) / 2)
    assert max(losses) == date(2026, 9, 1)


def test_a_start_beyond_the_facts_draws_what_they_do_not_know_and_says_so(tmp_path):
    path = tmp_path / "later.toml"
    path.write_text(f"{HEAD}start = 2027-03-01\n")
    assert check(path) == []
    assert any("the facts end on 2026-10-10" in note for note in notes(path))
    record = simulate(late("2027-03-01", "2027-06-30"), 1, 0, 400)
    assert 0.02 < record["republican_house"][0].mean() < 0.3


def test_runs_to_2035_are_possible_and_the_rule_beyond_forecasts_is_told(tmp_path):
    path = tmp_path / "long.toml"
    path.write_text(f"{HEAD}start = 2026-10-01\nend = 2035-12-31\n")
    assert any("growth after 2030" in note for note in notes(path))


@pytest.mark.parametrize(
    ("start", "end", "told"), [("2025-01-01", 2031, False), ("2025-01-02", 2031, True), ("2025-01-02", 2030, False)]
)
def test_the_first_day_that_runs_to_2032_by_default_is_told_what_lies_beyond_forecasts(tmp_path, start, end, told):
    path = tmp_path / "long.toml"
    path.write_text(f"{HEAD}start = {start}\nend = {end}-12-31\n")
    assert any("growth after 2030" in note for note in notes(path)) == told


def test_the_old_name_of_a_variable_is_answered(tmp_path):
    from sim import run

    result = run(late("2026-10-01", "2026-12-31"), runs=4, out=tmp_path / "out")
    assert result.mean("defence_spending_busd_2015", "POL").shape
    assert result.variable("defence_spending_busd_2015").price_basis == "2021 prices and exchange rates"
    assert "NATO 2026-07-10, core defence from 2023" in result.manifest["editions"]
    with pytest.raises(InputError):
        result.variable("defence_spending_busd_2014")
