"""Starts of 2025 to 2027: what was known on their day goes in, and nothing that a later day knew."""

from datetime import date

import numpy as np
import pytest

from sim import facts
from sim.errors import InputError
from sim.loading import check, load_text, notes
from sim.model import simulate

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


def test_the_old_name_of_a_variable_is_answered(tmp_path):
    from sim import run

    result = run(late("2026-10-01", "2026-12-31"), runs=4, out=tmp_path / "out")
    assert result.mean("defence_spending_busd_2015", "POL").shape
    assert result.variable("defence_spending_busd_2015").price_basis == "2021 prices and exchange rates"
    assert "NATO 2026-07-10, core defence from 2023" in result.manifest["editions"]
    with pytest.raises(InputError):
        result.variable("defence_spending_busd_2014")
