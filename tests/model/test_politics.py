"""Elections, Congress, the U.S. commitment, the roster and talks: dates and odds against hand-worked numbers."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest

from sim import facts
from sim.model import axes, facts_layer
from sim.model.systems.commitment import next_credibility
from sim.model.systems.elections import new_left_right
from sim.model.systems.negotiation import Rounds
from sim.model.systems.roster import CODES
from sim.scenario import Weights, fixed
from sim.scenario.days import election_day

from .conftest import event, run, scenario, systems_at


def one(number: float) -> np.ndarray:
    return np.array([number], np.float32)


@pytest.mark.parametrize(
    "day",
    [
        date(2014, 11, 4),
        date(2016, 11, 8),
        date(2018, 11, 6),
        date(2020, 11, 3),
        date(2022, 11, 8),
        date(2024, 11, 5),
        date(2026, 11, 3),
        date(2028, 11, 7),
    ],
    ids=str,
)
def test_the_day_of_u_s_elections(day):
    assert election_day(day.year) == day


@pytest.mark.parametrize(
    ("start", "house", "senate"),
    [
        (date(2024, 7, 1), 0.5, 0.5),  # none was known
        (date(2024, 9, 1), 0.56, 0.67),  # Decision Desk HQ / The Hill, 26 August
        (date(2024, 10, 1), 0.56, 0.70),  # the same, 18 and 16 September
    ],
)
def test_chambers_are_drawn_at_the_last_forecast_known(start, house, senate):
    known = facts_layer(start)
    assert known["us.elections.house_republican_probability"].value == fixed(house)
    assert known["us.elections.senate_republican_probability"].value == fixed(senate)


class TestUnitedStates:
    COUNT = 1500

    def test_each_chamber_is_republican_at_its_stated_probability_over_both_outcomes(self):
        sets = {
            "us.elections.house_republican_probability": 0.45,
            "us.elections.senate_republican_probability": 0.70,
            "us.elections.coattails": 0.8,
        }
        values = run(scenario(sets, end=date(2025, 2, 28)), count=self.COUNT)
        house, senate, president = (values[f"republican_{who}"][-1] for who in ("house", "senate", "president"))
        # standard error sqrt(0.25 / 1500) = 0.013
        assert president.mean() == pytest.approx(0.5, abs=0.045)
        assert house.mean() == pytest.approx(0.45, abs=0.045)
        assert senate.mean() == pytest.approx(0.70, abs=0.045)
        # the tide lifts both: a Republican president comes with a Republican House far more often
        assert house[president == 1].mean() > house[president == 0].mean() + 0.3

    def test_without_coattails_chambers_do_not_follow_the_president(self):
        sets = {"us.elections.house_republican_probability": 0.5, "us.elections.coattails": 0.0}
        values = run(scenario(sets, end=date(2025, 2, 28)), count=self.COUNT)
        house, president = values["republican_house"][-1], values["republican_president"][-1]
        assert house[president == 1].mean() == pytest.approx(house[president == 0].mean(), abs=0.1)

    def test_a_fixed_winner_brings_the_chambers_that_go_with_it(self):
        """Half of the runs of a fixed winner and half of the other make up the drawn election."""
        sets = {"us.elections.house_republican_probability": 0.45, "us.elections.coattails": 0.8}
        houses = [
            run(scenario(sets | {"us.elections.2024.president": who}, end=date(2025, 2, 28)), count=self.COUNT)[
                "republican_house"
            ][-1].mean()
            for who in ("harris", "trump")
        ]
        assert np.mean(houses) == pytest.approx(0.45, abs=0.035)
        assert houses[1] > houses[0] + 0.3

    def test_mid_terms_cost_the_president_the_house_at_the_stated_probability(self):
        sets = {
            "us.elections.midterm_house_loss_probability": 0.85,
            "us.elections.midterm_senate_loss_probability": 0.3,
        }
        values = run(scenario(sets, end=date(2027, 1, 31)), count=600)
        president = values["republican_president"][-1]
        # standard error 0.015 and 0.019
        assert np.mean(values["republican_house"][-1] != president) == pytest.approx(0.85, abs=0.05)
        assert np.mean(values["republican_senate"][-1] != president) == pytest.approx(0.30, abs=0.06)

    def test_offices_change_hands_in_january(self):
        sets = {
            "us.elections.2024.president": "trump",
            "us.elections.2024.house": "democratic",
            "us.elections.2024.senate": "republican",
        }
        made = scenario(sets)
        values, months = run(made, count=2), axes(made).months
        december, january = months.index(date(2024, 12, 31)), months.index(date(2025, 1, 31))
        assert (values["republican_president"][[december, january], 0] == [0, 1]).all()
        assert (values["republican_house"][[december, january], 0] == [1, 0]).all()
        assert (values["republican_senate"][[december, january], 0] == [0, 1]).all()

    def test_the_congress_is_seated_before_the_president(self):
        sets = {"us.elections.2024.president": "trump", "us.elections.2024.house": "democratic"}
        made = scenario(sets, end=date(2025, 1, 31))
        systems, engine = systems_at(made)
        engine.clock.environment.process(systems.us_politics.process())
        engine.clock.environment.run(until=(date(2025, 1, 10) - made.start).days)
        assert (systems.us_politics.house == 0).all()
        assert (systems.us_politics.president == 0).all()
        engine.clock.environment.run(until=(date(2025, 1, 21) - made.start).days)
        assert (systems.us_politics.president == 1).all()

    def test_a_known_result_stands_at_a_start_before_the_inauguration(self):
        for start, day, expected in (
            (date(2025, 1, 1), date(2025, 1, 31), (1, 1, 1)),
            (date(2024, 11, 6), date(2025, 1, 31), (1, 1, 1)),
            (date(2017, 1, 1), date(2017, 1, 31), (1, 1, 1)),
            (date(2020, 12, 1), date(2021, 1, 31), (0, 0, 0)),
            (date(2018, 12, 1), date(2019, 1, 31), (1, 0, 1)),
        ):
            made = scenario(start=start, end=date(day.year, 3, 31))
            values, place = run(made, count=16), axes(made).months.index(day)
            held = tuple(values[f"republican_{who}"][place] for who in ("president", "house", "senate"))
            for told, party in zip(held, expected, strict=True):
                assert (told == party).all(), start

    def test_chambers_of_the_other_party(self):
        systems, _ = systems_at(scenario())
        systems.us_politics.president = np.array([0, 0, 1, 1], np.int8)
        systems.us_politics.house = np.array([0, 1, 0, 1], np.int8)
        systems.us_politics.senate = np.array([0, 1, 1, 1], np.int8)
        assert systems.us_politics.chambers_of_other_party().tolist() == [0, 2, 1, 0]


class TestElectionsAbroad:
    def test_a_new_cabinet_by_hand(self):
        # 5.6 + 0.09 (7.6 - 5.6) + 1.6 * 0.5 = 6.58; held within 0 and 10
        assert new_left_right(one(7.6), one(0.09), one(1.6), one(0.5))[0] == pytest.approx(6.58)
        assert new_left_right(one(7.6), one(0.09), one(1.6), one(9))[0] == 10
        assert new_left_right(one(7.6), one(0.09), one(1.6), one(-9))[0] == 0

    def test_known_dates_hold_where_no_legislature_is_dissolved_early(self):
        """Germany votes on 28 September 2025 as known on 1 October 2024; the cabinet changes then and not before."""
        sets = {"elections.early_probability": 0.0, "elections.left_right_sd": 1.0}
        known = [
            election.date
            for election in facts.elections(date(2024, 10, 1), "DEU")
            if not election.held and election.kind == "legislative"
        ]
        systems, engine = systems_at(scenario(sets, end=date(2025, 12, 31)))
        row = systems.elections.codes.index("DEU")
        before = systems.elections.left_right[row].copy()
        engine.clock.environment.process(systems.elections.process())
        day = (min(known) - date(2024, 10, 1)).days
        engine.clock.environment.run(until=day)
        assert (systems.elections.left_right[row] == before).all()
        engine.clock.environment.run(until=day + 1)
        assert (systems.elections.left_right[row] != before).any()
        # the next is due a term of four years later
        np.testing.assert_allclose(systems.elections._next[row], day + 4 * 365.25, atol=0.5)

    def test_elections_come_early_at_the_stated_probability(self):
        systems, _ = systems_at(scenario({"elections.early_probability": 0.29}), count=64)
        elections = systems.elections
        next(elections.process())
        now = np.ones_like(elections.sceptic)
        elections._hold(date(2024, 12, 31), now)
        lasts = elections._next - (date(2024, 12, 31) - date(2024, 10, 1)).days
        early = lasts < 4 * 365.25 - 1
        # 30 x 64 elections: standard error 0.010; early ones fall between 0.3 and 0.95 of a term
        assert early.mean() == pytest.approx(0.29, abs=0.04)
        assert lasts[early].min() >= 0.3 * 4 * 365.25 - 1
        assert lasts[early].max() <= 0.95 * 4 * 365.25 + 1

    def test_sceptical_governments_come_at_the_stated_probability_and_give_less(self):
        made = scenario({"elections.sceptic_probability": 0.2, "aid.sceptic_effect": 0.5})
        systems, _ = systems_at(made, count=64)
        elections = systems.elections
        next(elections.process())
        elections._hold(date(2024, 12, 31), np.ones_like(elections.sceptic))
        assert elections.sceptic.mean() == pytest.approx(0.2, abs=0.035)
        willing = 12 * systems.aid._willing(date(2024, 12, 31))
        donors = [donor.code for donor in facts.donors()]
        row = elections.codes.index("DEU")
        factor = np.where(elections.sceptic[row], math.exp(-0.5), 1)
        np.testing.assert_allclose(willing[donors.index("DEU")], factor, rtol=1e-5)


class TestCommitment:
    def test_a_month_by_hand(self):
        # 0.5 + 0.2 (0.3 - 0.5) + (1 - 0.25)(-0.1) + 0.01 = 0.395
        told = next_credibility(one(0.5), one(0.3), one(0.2), one(-0.1), one(0.25), one(0.01))
        assert told[0] == pytest.approx(0.395)
        # a positive shock is not absorbed: 0.5 - 0.04 + 0.1 = 0.56
        assert next_credibility(one(0.5), one(0.3), one(0.2), one(0.1), one(0.25), one(0))[0] == pytest.approx(0.56)
        assert next_credibility(one(0.1), one(0.1), one(0.2), one(-0.9), one(0), one(0))[0] == 0
        assert next_credibility(one(0.9), one(0.9), one(0.2), one(0.9), one(0), one(0))[0] == 1

    def test_postures_follow_the_winner_by_their_weights_from_january_2025(self):
        weights = Weights((("continuity", 0.25), ("conditional", 0.5), ("retrenchment", 0.25)))
        made = scenario({"us.elections.2024.president": "trump", "us.commitment.posture_if_republican": weights})
        posture, months = run(made, count=512)["us_posture"], axes(made).months
        january = months.index(date(2025, 1, 31))
        assert (posture[:january] == 0).all()
        shares = [np.mean(posture[january] == number) for number in range(3)]
        # standard error 0.022
        np.testing.assert_allclose(shares, [0.25, 0.5, 0.25], atol=0.075)
        assert (posture[january:] == posture[january]).all()  # a presidency keeps its posture

    def test_a_new_presidency_draws_again(self):
        made = scenario({"us.elections.2024.president": "trump"}, end=date(2029, 3, 31))
        posture, months = run(made, count=64)["us_posture"], axes(made).months
        last, first = months.index(date(2028, 12, 31)), months.index(date(2029, 1, 31))
        assert (posture[last] == posture[months.index(date(2025, 1, 31))]).all()
        assert (posture[first] != posture[last]).any()

    def test_troops_move_to_their_new_level(self):
        sets = {
            "us.commitment.posture": "retrenchment",
            "us.troops.start_thousand": 100.0,
            "us.troops.cut_retrenchment_thousand": 40.0,
            "us.troops.congress_restraint": 0.0,
            "us.troops.months": 12.0,
            "us.withdrawal.probability_per_year": 0.0,
        }
        troops = run(scenario(sets), count=2)["us_troops_europe_thousand"][:, 0]
        # a quarter of the way each month: 60 + 40 * 0.75^n; after twelve months 1.3 thousand are left to go
        np.testing.assert_allclose(troops[2:6], [100, 90, 82.5, 76.875], rtol=1e-5)
        assert troops[14] == pytest.approx(60 + 40 * 0.75**12, rel=1e-4)

    def test_leaving_the_treaty_takes_the_usa_off_the_roster(self):
        sets = {"us.commitment.posture": "retrenchment", "us.withdrawal.probability_per_year": 1.0}
        made = scenario(sets)
        values = run(made, count=4)
        january = axes(made).months.index(date(2025, 1, 31))
        assert (values["us_withdrawn"][january:] == 1).all()
        assert (values["us_withdrawn"][:january] == 0).all()
        assert (values["members_total"][1] == 31).all()
        assert (values["us_share_of_nato_pct"][1] == 0).all()
        assert (values["us_commitment"][january:] == 0).all()

    def test_withdrawal_comes_at_its_yearly_probability(self):
        sets = {"us.commitment.posture": "retrenchment", "us.withdrawal.probability_per_year": 0.3}
        values = run(scenario(sets, end=date(2025, 12, 31)), count=512)
        # twelve months of 2025 at 1 - 0.7^(1/12): 0.3 in the year; standard error 0.020
        assert values["us_withdrawn"][-1].mean() == pytest.approx(0.3, abs=0.065)


class TestTalks:
    @pytest.mark.parametrize(("rate", "rounds", "months"), [(0.29, 3.5, 3.0), (0.29, 2.0, 1.0), (0.6, 5.0, 2.0)])
    def test_ceasefires_come_at_the_stated_rate_in_the_long_run(self, rate, rounds, months):
        talks = Rounds.of(one(rounds), one(months))
        begins, ends, succeeds = float(talks.begin(one(rate))[0]), float(talks.ends[0]), float(talks.succeeds[0])
        draws = np.random.Generator(np.random.PCG64(11)).random((2, 2400, 400))
        talking, ceasefires = np.zeros(400, bool), 0
        for drawn, agreed in zip(*draws, strict=True):
            over = talking & (drawn < ends)
            ceasefires += int((over & (agreed < succeeds)).sum())
            talking = (talking & ~over) | (~talking & (drawn < begins))
        # 200 years of 400 chains: some 23,000 ceasefires, standard error under 1%
        assert ceasefires / (400 * 200) == pytest.approx(rate, rel=0.05)

    def test_odds_by_hand(self):
        # 3 x 0.4 / 12 = 0.1 rounds a month, each of 4 months: 0.6 of the time idle: 0.1 / 0.6; one in 3 succeeds
        talks = Rounds.of(one(3), one(4))
        told = [talks.begin(one(0.4))[0], talks.ends[0], talks.succeeds[0]]
        np.testing.assert_allclose(told, [1 / 6, 0.25, 1 / 3], rtol=1e-5)

    def test_odds_are_probabilities_whatever_the_values(self):
        for rate in (0, 0.29, 60):
            for rounds in (1, 50):
                for months in (0.5, 60):
                    talks = Rounds.of(one(rounds), one(months))
                    for told in (talks.begin(one(rate)), talks.ends, talks.succeeds):
                        assert 0 <= told[0] <= 1

    def test_a_ceasefire_by_event_begins_that_month_and_fails_unless_held(self):
        day = date(2025, 3, 5)
        made = scenario(
            {"negotiation.hazard_per_year": 0.0, "negotiation.hold_probability": 0.0},
            event(day, {"negotiation.ceasefire_now": True}, until=date(2025, 4, 10)),
            end=date(2027, 12, 31),
        )
        ceasefire, months = run(made, count=64)["ceasefire"], axes(made).months
        march = months.index(date(2025, 3, 31))
        assert not ceasefire[:march].any()
        assert (ceasefire[march] == 1).all()
        # median 90 days, sd of the logarithm 1.2: about half are over at the end of June
        june = ceasefire[months.index(date(2025, 6, 30))].mean()
        assert 0.25 < june < 0.75
        assert ceasefire[-1].mean() < 0.2

    def test_concessions_hand_over_their_ground_and_end_the_salient(self):
        sets = {
            "negotiation.terms": "concessions",
            "negotiation.conceded_km2": 5000.0,
            "negotiation.ceasefire_now": True,
            "negotiation.holds": True,
        }
        ceded = run(scenario(sets), count=4)
        kept = run(scenario(sets | {"negotiation.terms": "line_of_contact"}), count=4)
        assert ceded["russian_controlled_km2"][0] - kept["russian_controlled_km2"][0] == pytest.approx(5000, abs=0.05)
        assert (ceded["kursk_held_km2"][0] == 0).all()
        assert (kept["kursk_held_km2"][0] > 0).all()


class TestRoster:
    def test_an_invited_country_joins_after_its_ratification(self):
        start = date(2023, 9, 1)
        sets = {"alliance.ratification_median_days": 600.0, "alliance.ratification_sd_log": 0.0}
        made = scenario(sets, start=start, end=date(2024, 12, 31))
        invited = next(entry.invited_on for entry in facts.accessions(start) if entry.member == "SWE")
        systems, engine = systems_at(made)
        engine.clock.environment.process(systems.roster.process())
        row = CODES.index("SWE")
        joins = (invited - start).days + 600
        engine.clock.environment.run(until=joins - 1)
        assert not systems.roster.member[row].any()
        engine.clock.environment.run(until=joins + 32)  # admitted at the month's end
        assert systems.roster.member[row].all()

    def test_an_event_dates_an_accession(self):
        joins = event(date(2025, 5, 20), {"alliance.UKR.member": True})
        made = scenario({"alliance.invitation_probability_per_year": 0.0}, joins)
        total = run(made, count=4)["members_total"]
        assert (total[0] == 32).all()
        assert (total[1:] == 33).all()

    def test_a_non_member_is_not_counted(self):
        made = scenario({"alliance.POL.member": False})
        values, base = run(made, count=4), run(scenario(), count=4)
        assert (values["members_total"] == 31).all()
        assert (values["members_at_2pct"] <= base["members_at_2pct"]).all()
        assert (values["members_at_2pct"][0] == base["members_at_2pct"][0] - 1).all()
