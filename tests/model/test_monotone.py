"""Scenarios side by side: run by run, a stronger cause never has the weaker effect."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from sim.model import axes

from .conftest import event, run, scenario

END = date(2027, 12, 31)
COUNT = 24
PEACEFUL = {"negotiation.hazard_per_year": 0.0}  # talks depend on the front: a ceasefire would break the order of runs
LINEAR = {"budgets.reversal_probability": 0.0}  # a jump that is taken back is a cause of its own


@pytest.fixture(scope="module")
def base():
    return run(scenario(PEACEFUL | LINEAR, end=END), count=COUNT)


def changed(sets, *events):
    return run(scenario(PEACEFUL | LINEAR | sets, *events, end=END), count=COUNT)


def never_falls(more, less, slack=0.0):
    assert (more >= less - slack).all()
    assert (more > less + slack).any()


def test_more_money_each_year_never_lowers_a_share(base):
    for lever in ({"budgets.change_pp": 0.1}, {"members.DEU.budget_change_pp": 0.2}):
        never_falls(changed(lever)["defence_share_pct_gdp"], base["defence_share_pct_gdp"], 1e-5)


def test_more_money_never_lowers_the_number_of_members_at_2_percent(base):
    never_falls(changed({"budgets.change_pp": 0.1})["members_at_2pct"], base["members_at_2pct"])


def test_one_members_money_is_no_other_members(base):
    row = axes(scenario(end=END)).codes("member").index("DEU")
    more = changed({"members.DEU.budget_change_pp": 0.2})["defence_share_pct_gdp"]
    others = np.delete(np.arange(more.shape[1]), row)
    assert more[:, others].tobytes() == base["defence_share_pct_gdp"][:, others].tobytes()  # no one follows at 0
    assert (more[1:, row] > base["defence_share_pct_gdp"][1:, row]).all()


def test_a_fall_of_the_commitment_raises_budgets_where_it_counts():
    sets = {"budgets.commitment_pp": 0.2, "us.commitment.noise": 0.0, "budgets.troops_pp": 0.0}
    sets |= {"threat.commitment_rise": 0.0, "threat.troops_rise": 0.0}  # a threat lowers the budgets of high debt
    low = changed(sets | {"us.commitment.posture": "retrenchment"})["defence_share_pct_gdp"]
    high = changed(sets | {"us.commitment.posture": "continuity"})["defence_share_pct_gdp"]
    usa = axes(scenario(end=END)).codes("member").index("USA")
    rows = np.delete(np.arange(low.shape[1]), usa)
    never_falls(low[:, rows], high[:, rows], 1e-5)


def test_a_stop_of_u_s_deliveries_never_raises_deliveries(base):
    donors = axes(scenario(end=END)).codes("donor")
    usa, everyone = donors.index("USA"), donors.index("ALL")
    stopped = changed({"us.aid.delivery_factor": 0.0})["aid_delivered_beur"]
    never_falls(base["aid_delivered_beur"][:, usa], stopped[:, usa])
    never_falls(base["aid_delivered_beur"][:, everyone], stopped[:, everyone], 1e-3)
    assert (np.diff(stopped[:, usa], axis=0) == 0).all()


def test_half_of_u_s_deliveries_lies_between_all_and_none(base):
    usa = axes(scenario(end=END)).codes("donor").index("USA")
    all_of_it, none = base["aid_delivered_beur"], changed({"us.aid.delivery_factor": 0.0})["aid_delivered_beur"]
    half = changed({"us.aid.delivery_factor": 0.5})["aid_delivered_beur"]
    never_falls(all_of_it[:, usa], half[:, usa], 1e-4)
    never_falls(half[:, usa], none[:, usa], 1e-4)


def test_a_stop_of_u_s_allocations_never_lowers_what_europe_gives(base):
    europe = axes(scenario(end=END)).codes("donor").index("EUR")
    stopped = changed({"us.aid.allocation_factor": 0.0})
    never_falls(stopped["military_aid_allocated_beur"][:, europe], base["military_aid_allocated_beur"][:, europe], 1e-3)


@pytest.mark.parametrize("more", [1.5, 3.0])
def test_more_european_promises_never_lower_european_aid(base, more):
    europe = axes(scenario(end=END)).codes("donor").index("EUR")
    for name in ("aid_committed_beur", "aid_allocated_beur", "aid_delivered_beur"):
        raised = changed({"europe.aid.commitment_factor": more})[name]
        never_falls(raised[:, europe], base[name][:, europe], 1e-3)


def test_fatigue_never_raises_european_aid(base):
    europe = axes(scenario(end=END)).codes("donor").index("EUR")
    tired = changed({"europe.aid.fatigue_pct_per_year": 25.0})["aid_committed_beur"]
    never_falls(base["aid_committed_beur"][:, europe], tired[:, europe], 1e-3)


def test_a_higher_break_even_never_raises_the_ground_taken():
    calm = {"war.collapse_per_month": 0.0}
    low = changed(calm | {"war.break_even_thousand": 18.0})
    high = changed(calm | {"war.break_even_thousand": 24.0})
    never_falls(low["net_gain_km2"], high["net_gain_km2"], 0.02)
    never_falls(low["russian_controlled_km2"], high["russian_controlled_km2"], 0.02)


def test_more_russian_effort_never_lowers_losses_or_ground(base):
    calm = {"war.collapse_per_month": 0.0}
    plain, more = changed(calm), changed(calm | {"war.effort_factor": 1.2})
    never_falls(more["russian_casualties_thousand"], plain["russian_casualties_thousand"], 1e-3)
    never_falls(more["ukrainian_casualties_thousand"], plain["ukrainian_casualties_thousand"], 1e-3)


def test_a_better_loss_ratio_lowers_ukrainian_losses_and_no_russian(base):
    better = changed({"war.loss_ratio": 4.0})
    worse = changed({"war.loss_ratio": 2.0})
    never_falls(worse["ukrainian_casualties_thousand"], better["ukrainian_casualties_thousand"])
    assert worse["russian_casualties_thousand"].tobytes() == better["russian_casualties_thousand"].tobytes()


def test_a_held_salient_is_never_smaller(base):
    never_falls(changed({"war.kursk_held": True})["kursk_held_km2"], base["kursk_held_km2"])


def test_a_bad_word_never_raises_credibility_and_absorption_softens_it(base):
    word = event(date(2025, 6, 1), {"us.commitment.shock": -0.2}, until=date(2025, 7, 1))
    said = changed({}, word)["us_commitment"]
    never_falls(base["us_commitment"], said)
    softened = changed({"secretary_general.rutte.shock_absorption": 0.5}, word)["us_commitment"]
    never_falls(softened, said)


def test_a_larger_cut_never_leaves_more_troops():
    sets = {"us.commitment.posture": "retrenchment"}
    small = changed(sets | {"us.troops.cut_retrenchment_thousand": 10.0})["us_troops_europe_thousand"]
    large = changed(sets | {"us.troops.cut_retrenchment_thousand": 60.0})["us_troops_europe_thousand"]
    never_falls(small, large)


def test_a_higher_hazard_never_delays_the_first_ceasefire():
    def first(rate):
        held = {"negotiation.hazard_per_year": rate, "negotiation.talks_months": 1.0, "negotiation.holds": True}
        return run(scenario(held, end=END), count=128)["ceasefire"]

    low, high = first(0.2).mean(axis=1), first(1.0).mean(axis=1)
    assert (high >= low).all()
    assert high[-1] > low[-1] + 0.2


def test_a_ceasefire_that_holds_lowers_threat_and_aid():
    stop = event(date(2025, 6, 1), {"negotiation.ceasefire_now": True, "negotiation.holds": True})
    # A smaller law is used up sooner, and the next one may pass before the one that a larger law puts off.
    no_laws = {f"us.aid.laws_{house}_per_year": 0.0 for house in ("democratic_house", "split", "republican")}
    sets = {"aid.after_ceasefire_factor": 0.3, **no_laws}
    war, peace = changed(sets), changed(sets, stop)
    never_falls(war["threat"], peace["threat"])
    everyone = axes(scenario(end=END)).codes("donor").index("ALL")
    never_falls(war["aid_committed_beur"][:, everyone], peace["aid_committed_beur"][:, everyone], 1e-3)
    never_falls(war["russian_casualties_thousand"], peace["russian_casualties_thousand"], 1e-3)


def test_a_higher_probability_of_adoption_never_lowers_the_target():
    low = changed({"summits.adoption_probability": 0.1})["target_pct_gdp"]
    high = changed({"summits.adoption_probability": 0.9})["target_pct_gdp"]
    never_falls(high, low)


def test_more_growth_never_lowers_output():
    more = changed({"economy.growth_shift_pct": 1.0, "budgets.growth_pp": 0.0})
    same = changed({"budgets.growth_pp": 0.0})
    never_falls(more["defence_spending_busd_constant"], same["defence_spending_busd_constant"])
    assert more["defence_share_pct_gdp"].tobytes() == same["defence_share_pct_gdp"].tobytes()


def test_more_inflation_raises_current_dollars_only():
    high = changed({"economy.dollar_inflation_pct": 4.0})
    low = changed({"economy.dollar_inflation_pct": 1.0})
    never_falls(high["europe_canada_spending_busd_current"], low["europe_canada_spending_busd_current"])
    for name in ("defence_spending_busd_constant", "defence_share_pct_gdp"):
        assert high[name].tobytes() == low[name].tobytes()


def test_inflation_of_one_year_does_not_restate_the_years_before():
    later = event(date(2026, 1, 5), {"economy.dollar_inflation_pct": 10.0})
    plain = changed({"economy.dollar_inflation_pct": 2.0})["europe_canada_spending_busd_current"]
    dear = changed({"economy.dollar_inflation_pct": 2.0}, later)["europe_canada_spending_busd_current"]
    # 2026 alone is 8 points dearer than it was: not 2025 as well
    assert dear[1].tobytes() == plain[1].tobytes()
    ratio = dear[2] / plain[2]
    assert ratio.max() < 1.085
    assert ratio.min() > 1.07


def test_the_person_in_office_has_no_effect_by_default(base):
    other = changed({"secretary_general.holder": "other"})
    for name, values in base.items():
        if name != "secretary_general":
            assert other[name].tobytes() == values.tobytes(), name
