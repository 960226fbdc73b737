"""What holds in every run of every scenario: conservation, bounds and order, here for the defaults and two extremes."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from sim import facts
from sim.model import axes, variables
from sim.model.systems.secretary_general import NAMES
from sim.model.systems.war.war import UKRAINE_KM2

from .conftest import event, run, scenario, systems_at

END = date(2028, 3, 31)
COUNT = 24

NOTHING = {
    "us.commitment.posture": "retrenchment",
    "us.withdrawal.probability_per_year": 1.0,
    "us.commitment.noise": 0.2,
    "us.commitment.shock": -1.0,
    "us.aid.commitment_factor": 0.0,
    "us.aid.allocation_factor": 0.0,
    "us.aid.delivery_factor": 0.0,
    "europe.aid.commitment_factor": 0.0,
    "europe.aid.delivery_factor": 0.0,
    "other.aid.commitment_factor": 0.0,
    "war.effort_factor": 3.0,
    "war.collapse_per_month": 1.0,
    "war.collapse_km2": 90_000.0,
    "war.collapse_of_ukraine": 1.0,
    "budgets.change_pp": -1.0,
    "negotiation.hazard_per_year": 0.0,
    "economy.growth_shift_pct": -5.0,
}
EVERYTHING = {
    "us.commitment.shock": 1.0,
    "us.aid.laws_democratic_house_per_year": 60.0,
    "us.aid.laws_split_per_year": 60.0,
    "us.aid.laws_republican_per_year": 60.0,
    "us.aid.allocation_factor": 10.0,
    "europe.aid.commitment_factor": 10.0,
    "europe.aid.replacement_long_run": 2.0,
    "other.aid.commitment_factor": 10.0,
    "war.collapse_per_month": 1.0,
    "war.collapse_km2": 90_000.0,
    "war.collapse_of_ukraine": 0.0,
    "war.effort_noise_log": 1.0,
    "budgets.change_pp": 1.0,
    "negotiation.hazard_per_year": 6.0,
    "negotiation.hold_probability": 0.0,
    "alliance.invitation_probability_per_year": 1.0,
    "alliance.ratification_median_days": 30.0,
    "elections.early_probability": 1.0,
}
SCENARIOS = {"baseline": {}, "nothing": NOTHING, "everything": EVERYTHING}


@pytest.fixture(scope="module", params=list(SCENARIOS))
def values(request):
    return run(scenario(SCENARIOS[request.param], end=END), count=COUNT)


def test_delivered_at_most_allocated_at_most_committed_for_every_donor_and_month(values):
    assert (values["aid_delivered_beur"] <= values["aid_allocated_beur"]).all()
    assert (values["aid_allocated_beur"] <= values["aid_committed_beur"]).all()
    assert (values["military_aid_allocated_beur"] <= values["aid_allocated_beur"]).all()
    assert (values["aid_delivered_beur"] >= 0).all()


def test_sums_never_fall(values):
    for name in (
        "aid_committed_beur",
        "aid_allocated_beur",
        "aid_delivered_beur",
        "military_aid_allocated_beur",
        "russian_casualties_thousand",
        "ukrainian_casualties_thousand",
        "war_day",
    ):
        assert (np.diff(values[name], axis=0) >= 0).all(), name


def test_groups_are_the_sums_of_their_donors(values):
    donors = facts.donors()
    europe = [row for row, donor in enumerate(donors) if donor.group == "EUR"]
    rest = [row for row, donor in enumerate(donors) if donor.group == "OTHER"]
    usa = [donor.code for donor in donors].index("USA")
    for name in ("aid_committed_beur", "aid_allocated_beur", "aid_delivered_beur", "military_aid_allocated_beur"):
        told = values[name].astype(np.float64)
        groups = {place: told[:, len(donors) + number] for number, place in enumerate(("EUR", "OTHER", "ALL"))}
        np.testing.assert_allclose(told[:, europe].sum(axis=1), groups["EUR"], rtol=1e-5)
        np.testing.assert_allclose(told[:, rest].sum(axis=1), groups["OTHER"], rtol=1e-5)
        np.testing.assert_allclose(told[:, usa] + groups["EUR"] + groups["OTHER"], groups["ALL"], rtol=1e-5)


def test_areas_shares_and_indices_stay_within_their_bounds(values):
    assert (values["russian_controlled_km2"] >= 0).all()
    assert (values["russian_controlled_km2"] <= UKRAINE_KM2).all()
    assert (values["kursk_held_km2"] >= 0).all()
    assert (values["defence_share_pct_gdp"] >= np.float32(0.2)).all()
    assert (values["defence_spending_busd_constant"] > 0).all()
    assert (values["equipment_share_pct"] >= 0).all()
    assert (values["equipment_share_pct"] <= 100).all()
    assert (values["us_commitment"] >= 0).all()
    assert (values["us_commitment"] <= 1).all()
    assert (values["us_troops_europe_thousand"] >= 0).all()
    assert (values["threat"] >= 0).all()
    assert (values["resource_ratio"] > 0).all()
    assert (values["russian_intake_thousand"] >= 0).all()
    assert (values["us_share_of_nato_pct"] >= 0).all()
    assert (values["us_share_of_nato_pct"] <= 100).all()


def test_counts_lie_within_the_roster(values):
    forces = len(axes(scenario()).codes("member"))
    at_2, at_3_5 = values["members_at_2pct"], values["members_at_3_5pct"]
    assert (at_3_5 >= 0).all()
    assert (at_3_5 <= at_2).all()
    assert (at_2 <= np.minimum(values["members_total"], forces)).all()
    assert (values["members_at_target"] <= at_2).all()  # the target in force is never below 2%
    assert (values["members_total"] <= 35).all()  # 32 allies and three aspirants
    assert (values["target_pct_gdp"] >= 2).all()


def test_flags_are_0_or_1_and_labels_have_a_name(values):
    for variable in variables():
        if variable.flag:
            assert np.isin(values[variable.name], (0, 1)).all(), variable.name
        if variable.labels:
            assert np.isin(values[variable.name], range(len(variable.labels))).all(), variable.name


def test_no_talks_under_a_ceasefire_and_no_gain(values):
    assert not (values["in_talks"] * values["ceasefire"]).any()
    both = (values["ceasefire"][1:] == 1) & (values["ceasefire"][:-1] == 1)
    assert np.all(values["net_gain_km2"][1:][both] == 0)


def test_a_front_moves_by_its_gain_unless_ground_is_ceded(values):
    moved = np.diff(values["russian_controlled_km2"].astype(np.float64), axis=0)
    fighting = (values["ceasefire"][1:] == 0) & (values["ceasefire"][:-1] == 0)
    # float32 areas of some 110,000 km2 are exact to 0.008 km2
    np.testing.assert_allclose(moved[fighting], values["net_gain_km2"][1:][fighting], atol=0.05)


def test_the_extremes_are_extremes():
    """The bounds above mean something only where runs press against them."""
    nothing = run(scenario(NOTHING, end=END), count=8)
    assert (nothing["russian_controlled_km2"][-1] == UKRAINE_KM2).all()
    assert (nothing["defence_share_pct_gdp"] == np.float32(0.2)).any()
    assert (nothing["us_commitment"][-1] == 0).all()
    assert (nothing["us_withdrawn"][-1] == 1).any()
    everything = run(scenario(EVERYTHING, end=END), count=8)
    assert (everything["russian_controlled_km2"][-1] == 0).any()
    assert (everything["us_commitment"] == 1).any()
    assert everything["ceasefire"].max() == 1
    assert (everything["members_total"][-1] > 32).any()


def test_the_war_day_counts_from_24_february_2022(baseline):
    months = axes(scenario()).months
    assert (baseline["war_day"][months.index(date(2024, 11, 30))] == 1011).all()  # 11 days after day 1,000
    assert (date(2024, 11, 19) - date(2022, 2, 24)).days + 1 == 1000
    whole_days = run(scenario(start=date(2024, 11, 19), end=date(2024, 12, 31)))["war_day"]
    assert (whole_days[0] == 1011).all()
    systems, _ = systems_at(scenario(start=date(2024, 11, 1)))
    assert (systems.hostilities.day(date(2024, 11, 19)) == 1000).all()


STARTS = [
    date(2014, 1, 1),
    date(2015, 6, 15),
    date(2022, 1, 1),
    date(2022, 3, 15),
    date(2023, 9, 1),
    date(2024, 7, 1),
    date(2024, 10, 1),
    date(2025, 1, 1),
]


@pytest.mark.parametrize("start", STARTS, ids=str)
def test_every_start_runs_and_keeps_the_bounds(start):
    made = scenario(start=start, end=date(start.year + 2, 6, 30))
    values = run(made, count=8)
    assert (values["aid_delivered_beur"] <= values["aid_allocated_beur"]).all()
    assert (values["aid_allocated_beur"] <= values["aid_committed_beur"]).all()
    assert (values["defence_share_pct_gdp"] >= np.float32(0.2)).all()
    assert (values["resource_ratio"] > 0).all()
    inside = sum(ally.accession <= start for ally in facts.members())
    invited = len([ally for ally in facts.accessions(start) if ally.invited_on is not None and ally.acceded_on is None])
    assert (values["members_total"] >= inside).all()
    assert (values["members_total"] <= 35).all()
    if not invited:
        assert (values["members_total"][0] == inside).all()


@pytest.mark.parametrize("start", STARTS, ids=str)
def test_a_run_begins_where_the_facts_known_then_end(start):
    systems, _ = systems_at(scenario(start=start, end=date(start.year, 12, 31)))
    shares = facts.defence_shares(start)
    settled = max(max(series) for series in shares.values()) - 1  # the year under way is an estimate, known with noise
    for row, code in enumerate(axes(scenario()).codes("member")):
        if settled in shares[code]:
            np.testing.assert_allclose(systems.budgets.of_year(settled)[row], shares[code][settled], rtol=1e-6)
    effort = facts.russia_milex_share(start)
    np.testing.assert_allclose(systems.threat.effort, effort[max(effort)], rtol=1e-6)
    sums = facts.aid_by_donor(start).beur
    for row, donor in enumerate(facts.donors()):
        known = sum(
            sums.get((donor.code, kind, "allocation"), 0.0) for kind in ("military", "financial", "humanitarian")
        )
        np.testing.assert_allclose(systems.aid.pipeline.allocated[row], known, rtol=1e-5, atol=1e-6)
    held = facts.us_composition(start)[-1]
    assert (systems.us_politics.president == held.republican_president).all()
    assert (systems.us_politics.house == held.republican_house).all()
    assert (systems.us_politics.senate == held.republican_senate).all()
    losses = facts.casualties(start)
    np.testing.assert_allclose(systems.war.russian_losses, sum(losses.values()), rtol=1e-5)
    if losses:
        np.testing.assert_allclose(systems.war.effort, losses[max(losses)], rtol=1e-6)
    assert (systems.hostilities.full_scale == (start >= date(2022, 2, 24))).all()


def test_the_front_begins_at_the_last_map_of_one_series():
    start = date(2024, 10, 1)
    systems, _ = systems_at(scenario(start=start))
    maps = [month for month in facts.front(start, "isw_economist") if month.period == "month"]
    np.testing.assert_allclose(systems.war.controlled, maps[-1].controlled_km2, rtol=1e-6)
    salient = [
        month.kursk_held_km2 for month in facts.front(start, "deepstate_derived") if month.kursk_held_km2 is not None
    ]
    np.testing.assert_allclose(systems.war.kursk, salient[-1], rtol=1e-6)


def test_no_start_sees_later_figures():
    """Values handed over by the facts at a start do not change when nothing new was known."""
    early, _ = systems_at(scenario(start=date(2022, 1, 1)))
    assert early.war.russian_losses.max() == 0
    assert early.aid.pipeline.allocated.max() == 0
    late, _ = systems_at(scenario(start=date(2024, 7, 1)))
    assert late.war.kursk.max() == 0  # the salient began on 6 August 2024


def test_a_start_in_2014_has_no_full_scale_war_until_an_event_begins_it():
    start, end = date(2014, 1, 1), date(2016, 12, 31)
    calm = run(scenario(start=start, end=end))
    for name in ("war_day", "russian_casualties_thousand", "aid_committed_beur", "russian_intake_thousand", "in_talks"):
        assert not calm[name].any(), name
    begins = event(date(2015, 5, 20), {"war.full_scale": True})
    war = run(scenario(None, begins, start=start, end=end))
    months = axes(scenario(start=start, end=end)).months
    before, first = months.index(date(2015, 4, 30)), months.index(date(2015, 5, 31))
    assert not war["war_day"][: before + 1].any()
    assert (war["war_day"][first] == 12).all()  # 20 May is day 1
    assert (war["russian_casualties_thousand"][first] > 0).all()
    assert (war["russian_controlled_km2"][first] > 20_000).all()
    assert war["aid_committed_beur"][-1, -1].min() > 0
    fighting = war["ceasefire"][-2:].max(axis=0) == 0
    assert fighting.any()
    assert (war["threat"][-1][fighting] == np.float32(1.8)).all()


def test_a_war_that_an_event_begins_goes_on_after_the_event():
    begins = event(date(2015, 5, 20), {"war.full_scale": True}, until=date(2015, 6, 10))
    war = run(scenario(None, begins, start=date(2015, 1, 1), end=date(2015, 12, 31)))
    assert (np.diff(war["war_day"][4:], axis=0) > 0).all()


@pytest.mark.parametrize(
    ("start", "month", "name"),
    [
        (date(2014, 1, 1), date(2014, 1, 31), "Anders Fogh Rasmussen"),
        (date(2015, 6, 15), date(2015, 6, 30), "Jens Stoltenberg"),
        (date(2024, 7, 1), date(2024, 9, 30), "Jens Stoltenberg"),
        (date(2024, 7, 1), date(2024, 10, 31), "Mark Rutte"),
        (date(2024, 10, 1), date(2024, 10, 31), "Mark Rutte"),
        (date(2025, 1, 1), date(2025, 1, 31), "Mark Rutte"),
    ],
    ids=str,
)
def test_the_secretary_general_of_the_day(start, month, name):
    made = scenario(start=start, end=date(start.year, 12, 31))
    holder = run(made, count=2)["secretary_general"][axes(made).months.index(month)]
    assert {NAMES[int(number)] for number in holder} == {name}


def test_a_handover_on_its_day_and_not_before():
    made = scenario(
        {"secretary_general.handover": date(2025, 6, 30), "secretary_general.next_holder": "other"},
        end=date(2025, 12, 31),
    )
    holder = run(made, count=2)["secretary_general"][:, 0]
    months = axes(made).months
    assert NAMES[int(holder[months.index(date(2025, 5, 31))])] == "Mark Rutte"
    assert NAMES[int(holder[months.index(date(2025, 6, 30))])] == "other"


def test_the_roster_counts_finland_and_sweden_from_their_accession():
    for start, count in (
        (date(2023, 4, 3), 30),
        (date(2023, 4, 4), 31),
        (date(2024, 3, 6), 31),
        (date(2024, 3, 7), 32),
    ):
        systems, _ = systems_at(scenario(start=start))
        assert (systems.roster.total == count).all()
