"""The spending tables reproduce NATO's own totals and the figures published at the time."""

from __future__ import annotations

from datetime import date

import pytest

from sim import facts

NOW = date(2024, 10, 1)
JOINED = {"MNE": 2017, "MKD": 2020, "FIN": 2023, "SWE": 2024}
YEARS = range(2014, 2025)


def of_the_year(year: int) -> list[str]:
    return [m.code for m in facts.members() if m.has_forces and JOINED.get(m.code, 0) <= year]


@pytest.mark.parametrize("column", ["spending_busd_2015", "spending_busd_current"])
@pytest.mark.parametrize("year", YEARS)
def test_members_sum_to_natos_aggregates(column: str, year: int) -> None:
    panel = facts.defence_spending_2015(NOW) if column == "spending_busd_2015" else facts.defence_spending_current(NOW)
    totals = facts.aggregates(NOW)
    whole = sum(panel[code][year] for code in of_the_year(year))
    assert whole == pytest.approx(totals["NATO_TOTAL"][year][column], abs=2e-4)
    assert whole - panel["USA"][year] == pytest.approx(totals["NATO_EUR_CAN"][year][column], abs=2e-4)


def test_allies_at_two_per_cent() -> None:
    shares = facts.defence_shares(NOW)
    counts = [sum(round(shares[code][year], 2) >= 2 for code in of_the_year(year)) for year in YEARS]
    assert counts == [3, 5, 5, 4, 6, 7, 9, 6, 7, 10, 23]


@pytest.mark.parametrize(
    ("year", "billions", "share", "us_share"),
    [(2014, 289, 1.43, 69.3), (2018, 300, 1.51, 69.1), (2020, 326, 1.72, 70.3), (2021, 359, 1.66, 69.7),
     (2022, 355, 1.66, 70.1), (2023, 419, 1.78, 67.6), (2024, 507, 2.02, 65.6)],
)  # fmt: skip
def test_headline_figures_of_june_2024(year: int, billions: float, share: float, us_share: float) -> None:
    totals = facts.aggregates(NOW)
    assert round(totals["NATO_EUR_CAN"][year]["spending_busd_current"]) == billions
    assert round(totals["NATO_EUR_CAN"][year]["share_pct_gdp"], 2) == share
    usa = facts.defence_spending_current(NOW)["USA"][year]
    assert round(100 * usa / totals["NATO_TOTAL"][year]["spending_busd_current"], 1) == us_share


def test_bases_agree_in_their_base_year_and_differ_elsewhere() -> None:
    const, current = facts.defence_spending_2015(NOW), facts.defence_spending_current(NOW)
    for code in const:
        assert const[code][2015] == pytest.approx(current[code][2015], rel=1e-3), code
    assert sum(abs(const[code][2024] / current[code][2024] - 1) > 0.01 for code in const) > 25


def test_spending_is_share_times_gdp_but_for_the_two_noted_members() -> None:
    shares, spending, gdp = facts.defence_shares(NOW), facts.defence_spending_current(NOW), facts.gdp_busd(NOW)
    odd = {c for c in shares for y in (2023, 2024) if abs(spending[c][y] / shares[c][y] * 100 / gdp[c][y] - 1) > 0.015}
    assert odd == {"LUX", "NLD"}


def test_members_below_the_equipment_guideline_in_2024() -> None:
    equipment = facts.equipment_shares(NOW)
    assert {code for code, years in equipment.items() if years[2024] < 20} == {"BEL", "CAN"}
    assert len(equipment) == 31


def test_the_estimate_of_2023_moves_with_the_day() -> None:
    assert 2023 not in facts.defence_shares(date(2023, 7, 6))["POL"]
    assert facts.defence_shares(date(2023, 9, 1))["POL"][2023] == 3.9
    assert facts.defence_shares(date(2024, 6, 16))["POL"][2023] == pytest.approx(3.92, abs=0.01)
    assert facts.defence_shares(date(2024, 6, 17))["POL"][2023] == pytest.approx(3.26, abs=0.005)


def test_noise_of_successive_estimates_is_the_published_one() -> None:
    first, middle, last = facts.estimate_vintages().values()
    change = [abs(last[c] - first[c]) for c in first]
    assert sum(change) / len(change) == pytest.approx(0.22, abs=0.005)
    late = [abs(last[c] - middle[c]) for c in middle]
    assert sum(late) / len(late) == pytest.approx(0.10, abs=0.005)
    assert last["ROU"] - first["ROU"] == pytest.approx(-0.84, abs=0.01)


def test_years_marked_as_estimates() -> None:
    assert facts.estimated_years(NOW) == (2023, 2024)
    assert facts.estimated_years(date(2022, 1, 1)) == (2020, 2021)
    assert facts.estimated_years(date(2014, 1, 1)) == (2014,)


def test_sipri_is_another_definition_and_ends_a_year_earlier() -> None:
    sipri = facts.sipri_shares(NOW)
    assert max(sipri["POL"]) == 2023
    assert {"RUS", "UKR"} <= set(sipri)
    counts = [sum(round(sipri[c][y], 2) >= 2 for c in of_the_year(y) if y in sipri[c]) for y in range(2014, 2024)]
    assert [counts[i] for i in (0, 4, 6, 7, 8, 9)] == [3, 5, 10, 6, 7, 10]
    russia = facts.russia_milex_share(NOW)
    assert [round(russia[y], 1) for y in (2021, 2022, 2023)] == [3.6, 4.6, 5.4]


def test_growth_beyond_the_start_is_known_only_where_it_was_in_store() -> None:
    assert max(facts.real_growth(date(2024, 9, 30))["DEU"]) == 2023
    growth = facts.real_growth(NOW)
    assert sorted(growth["DEU"])[-1] == 2029
    assert (round(growth["USA"][2024], 1), round(growth["USA"][2025], 1)) == (2.8, 2.2)
    assert len(growth) == 34


def test_dollars_run_on_without_a_step_in_2024() -> None:
    gdp, growth = facts.gdp_busd(NOW), facts.real_growth(NOW)
    inflation = {c: gdp[c][2025] / gdp[c][2024] / (1 + growth[c][2025] / 100) for c in gdp}
    assert max(inflation.values()) - min(inflation.values()) < 0.001
    assert all(1.0 < value < 1.04 for value in inflation.values())


def test_distances_and_forces() -> None:
    members = {m.code: m for m in facts.MEMBERS}
    assert len(members) == 32
    assert [m.code for m in facts.MEMBERS] == sorted(members)
    assert {c for c, m in members.items() if not m.has_forces} == {"ISL"}
    assert {c for c, m in members.items() if m.borders_russia} == {"EST", "FIN", "LTU", "LVA", "NOR", "POL"}
    assert members["LTU"].distance_km < members["POL"].distance_km < members["ESP"].distance_km
