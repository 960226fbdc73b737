"""Levers that a user states outright do exactly what they say, with numbers worked by hand."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType

import numpy as np
import pytest

from sim import facts
from sim.errors import InputError
from sim.loading import load_text
from sim.model import axes
from sim.model.systems.roster import WITH_FORCES

from .conftest import event, run, scenario

END = date(2029, 12, 31)
PEACEFUL = {"negotiation.hazard_per_year": 0.0}


def of(values, kind, code, made):
    return values[:, axes(made).codes(kind).index(code)]


@pytest.fixture(scope="module")
def base():
    return run(scenario(PEACEFUL, end=END))


def years(values, made):
    return {day.year: row for day, row in zip(axes(made).years, values, strict=True)}


class TestFunds:
    FUND = MappingProxyType(
        {"members.DEU.fund_beur": 60.0, "members.DEU.fund_from_year": 2026.0, "members.DEU.fund_to_year": 2027.0}
    )

    def test_it_is_spent_in_equal_parts_on_equipment_alone_and_leaves_nothing_behind(self, base):
        made = scenario(
            PEACEFUL
            | dict(self.FUND)
            | {"us.aid.eur_per_usd": 0.9, "economy.debt_financed_share": 0.0, "economy.exchange_rate_factor": 0.0},
            end=END,
        )
        plain = scenario(
            PEACEFUL
            | {"us.aid.eur_per_usd": 0.9, "economy.debt_financed_share": 0.0, "economy.exchange_rate_factor": 0.0},
            end=END,
        )
        told, before = run(made), run(plain)
        more = years(of(told["defence_share_pct_gdp"] - before["defence_share_pct_gdp"], "member", "DEU", made), made)
        assert (np.abs(more[2025]) < 1e-6).all()
        assert (np.abs(more[2028]) < 1e-5).all()
        # EUR 30 bn a year are USD 33.3 bn, of a GDP of some USD 5,000 bn, which growth and the euro move
        assert (more[2026] > 0.4).all()
        assert (more[2026] < 1.0).all()
        share = years(of(told["defence_share_pct_gdp"], "member", "DEU", made), made)[2026]
        own, with_fund = (
            years(of(each["equipment_share_pct"], "member", "DEU", made), made)[2026] for each in (before, told)
        )
        part = more[2026] / share
        np.testing.assert_allclose(with_fund, (1 - part) * own + 100 * part, rtol=1e-4)

    def test_one_of_the_union_is_the_same_part_of_every_members_gdp(self):
        fund = {"europe.fund_beur": 150.0, "europe.fund_from_year": 2026.0, "europe.fund_to_year": 2026.0}
        quiet = PEACEFUL | {"budgets.fund_additional_share": 0.5}
        made = scenario(quiet | fund, end=date(2026, 12, 31))
        before = run(scenario(quiet, end=made.end))["defence_share_pct_gdp"][-1]
        more = run(made)["defence_share_pct_gdp"][-1] - before
        inside = [member.code for member in facts.members() if member.eu and member.has_forces]
        rows = [WITH_FORCES.index(code) for code in inside]
        assert np.ptp(more[rows], axis=0).max() < 1e-4
        assert more[rows].min() > 0.2  # half of EUR 150 bn, of a GDP of some EUR 17,000 bn
        assert (np.delete(more, rows, axis=0) == 0).all()

    @pytest.mark.parametrize("lacking", ["fund_beur", "fund_from_year", "fund_to_year"])
    def test_a_fund_without_its_sum_or_years_is_refused_with_its_place(self, lacking):
        given = {"fund_beur": "fund_beur = 60", "fund_from_year": "fund_from_year = 2026"}
        given["fund_to_year"] = "fund_to_year = 2027"
        lines = "\n".join(text for name, text in given.items() if name != lacking)
        head = 'title = "A"\nlabel = "A"\ndescription = "B."\nreferences = ["C"]\nstart = 2024-10-01\n'
        with pytest.raises(InputError, match=rf"members\.DEU\.{lacking}.* beside it"):
            load_text(f"{head}[members.DEU]\n{lines}\n")


def test_a_boost_ends_with_its_years():
    from sim.scenario import Dated, fixed

    steps = Dated(
        ((date(2024, 1, 1), fixed(0.0)), (date(2026, 1, 1), fixed(0.5)), (date(2028, 1, 1), fixed(0.0))), "step"
    )
    quiet = PEACEFUL | {"economy.debt_financed_share": 0.0}
    made = scenario(quiet | {"members.ITA.boost_pp": steps}, end=END)
    more = run(made)["defence_share_pct_gdp"] - run(scenario(quiet, end=END))["defence_share_pct_gdp"]
    more = years(of(more, "member", "ITA", made), made)
    for year, points in ((2025, 0), (2026, 0.5), (2027, 0.5), (2028, 0), (2029, 0)):
        np.testing.assert_allclose(more[year], points, atol=2e-5)


def test_a_level_and_a_stop_of_one_donor_contradict_each_other():
    head = 'title = "A"\nlabel = "A"\ndescription = "B."\nreferences = ["C"]\nstart = 2024-10-01\n'
    with pytest.raises(InputError, match=r":7:1.*contradicts aid\.DEU\.stop"):
        load_text(f"{head}[aid.DEU]\nlevel_beur_per_year = 9\nstop = true\n")
    load_text(f"{head}[aid.DEU]\nlevel_beur_per_year = 9\nstop = false\n")


def test_a_stated_level_is_what_the_donor_allocates():
    made = scenario(PEACEFUL | {"aid.DEU.level_beur_per_year": 9.0, "aid.FRA.stop": True}, end=date(2025, 12, 31))
    told = run(made)["aid_allocated_beur"]
    germany, france = (of(told, "donor", code, made) for code in ("DEU", "FRA"))
    np.testing.assert_allclose(np.diff(germany, axis=0), 0.75, rtol=1e-3)
    assert (np.diff(france, axis=0) == 0).all()


def test_a_stated_law_passes_once_and_is_recorded():
    law = event(date(2025, 6, 1), {"us.aid.law_busd": 10.0}, until=date(2025, 9, 1))
    quiet = PEACEFUL | {"us.aid.request_below_beur": 0.0, "us.aid.eur_per_usd": 0.9, "us.aid.other_to_military": 0.5}
    made = scenario(quiet, law, end=date(2025, 12, 31))
    told = run(made)
    months = axes(made).months
    june = months.index(date(2025, 6, 30))
    assert (told["us_laws_for_ukraine"][june - 1] == 0).all()
    assert (told["us_laws_for_ukraine"][june:] == 1).all()
    np.testing.assert_allclose(told["us_law_money_beur"][june:], 13.5, rtol=1e-5)
    committed = np.diff(of(told["aid_committed_beur"], "donor", "USA", made), axis=0)
    np.testing.assert_allclose(committed[june - 1], 13.5, rtol=1e-3)


def test_blocked_money_waits_and_flows_when_it_is_free():
    blocked = event(date(2025, 1, 1), {"aid.eu_blocked_share": 1.0}, until=date(2026, 1, 1))
    made = scenario(PEACEFUL, blocked, end=date(2026, 12, 31))
    given = np.diff(of(run(made)["aid_allocated_beur"], "donor", "EUI", made), axis=0)
    months = axes(made).months
    during = slice(months.index(date(2025, 1, 31)) - 1, months.index(date(2025, 12, 31)))
    assert (given[during] == 0).all()
    assert (given[months.index(date(2026, 1, 31)) - 1] > 0).all()


def test_money_for_reconstruction_takes_the_place_of_the_common_factor():
    stop = {"negotiation.ceasefire_now": True, "negotiation.holds": True}
    sets = stop | {"aid.after_ceasefire_factor": 0.5}
    plain, more = scenario(sets), scenario(sets | {"aid.reconstruction_factor": 2.0})
    one, other = run(plain), run(more)
    assert one["military_aid_allocated_beur"].tobytes() == other["military_aid_allocated_beur"].tobytes()
    committed = [np.diff(of(told["aid_committed_beur"], "donor", "EUI", plain), axis=0)[6:] for told in (one, other)]
    np.testing.assert_allclose(committed[1], 4 * committed[0], rtol=1e-3)  # 2 in place of 0.5
    both = of(
        run(scenario(sets | {"aid.reconstruction_factor": 2.0} | {"aid.other_factor": 3.0}))["aid_committed_beur"],
        "donor",
        "EUI",
        plain,
    )
    np.testing.assert_allclose(np.diff(both, axis=0)[6:], 3 * committed[1], rtol=1e-3)


def test_a_ceasefire_breaks_on_the_day_that_is_said():
    sets = {"negotiation.ceasefire_now": True, "negotiation.holds": True}
    breaks = event(date(2025, 6, 1), {"negotiation.break_now": True, "negotiation.ceasefire_now": False})
    made = scenario(sets, breaks)
    ceasefire, months = run(made)["ceasefire"], axes(made).months
    june = months.index(date(2025, 6, 30))
    assert (ceasefire[:june] == 1).all()
    assert (ceasefire[june] == 0).all()


def test_a_snap_election_brings_the_government_that_is_said():
    sets = {
        "elections.FRA.next_on": date(2025, 4, 6),
        "elections.FRA.next_doubts_aid": "yes",
        "aid.sceptic_effect": 2.0,
    }
    made, plain = scenario(PEACEFUL | sets), scenario(PEACEFUL | {"aid.sceptic_effect": 2.0})
    told, before = (of(run(each)["aid_committed_beur"], "donor", "FRA", each) for each in (made, plain))
    march = axes(made).months.index(date(2025, 3, 31))
    assert told[: march + 1].tobytes() == before[: march + 1].tobytes()
    assert (told[-1] < before[-1]).mean() > 0.8


def test_russias_spending_follows_its_factor(base):
    less = event(date(2027, 1, 1), {"russia.spending_factor": 0.8})
    made = scenario(PEACEFUL, less, end=END)
    told = run(made)["russian_military_share_pct_gdp"]
    ratio = years(told / base["russian_military_share_pct_gdp"], made)
    np.testing.assert_allclose(ratio[2026], 1, rtol=1e-6)
    np.testing.assert_allclose(ratio[2029], 0.8, rtol=1e-5)


def test_a_law_that_binds_keeps_the_united_states_in():
    sets = {"us.commitment.posture": "retrenchment", "us.withdrawal.probability_per_year": 1.0}
    assert run(scenario(sets))["us_withdrawn"][-1].all()
    assert not run(scenario(sets | {"us.withdrawal.law_binds": True}))["us_withdrawn"].any()


def test_a_country_at_war_that_joins_shifts_the_level_of_credibility():
    joins = event(date(2025, 3, 1), {"alliance.UKR.member": True})
    calm = {
        "us.commitment.noise": 0.0, "us.commitment.statements_per_year": 0.0, "us.commitment.posture": "continuity",
        "us.commitment.speed_per_month": 1.0, "us.commitment.level_continuity": 0.5,
    }  # fmt: skip
    made = scenario(calm | {"us.commitment.accession_shift": -0.1}, joins)
    told = run(made)
    np.testing.assert_allclose(told["us_commitment"][-1], 0.4, atol=1e-5)
    assert (told["members_total"][-1] == 33).all()
    assert (told["forces_joined_thousand"][-1] >= 400).all()
