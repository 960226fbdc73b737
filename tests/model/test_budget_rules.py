"""Rules of budgets, targets, plans, threat and equipment, against numbers worked by hand."""

from __future__ import annotations

import math
from calendar import monthrange
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest

from sim import facts
from sim.model.systems.budgets.equation import (
    Coefficients,
    Situation,
    exposure,
    next_share,
    plausible,
    terms,
    war_part,
)
from sim.model.systems.budgets.plans import Announced, Plans
from sim.model.systems.economy import common_shocks
from sim.model.systems.equipment import next_equipment
from sim.model.systems.summits import path_point, summit_days, target_path, under_pressure
from sim.model.systems.threat import in_budgets_next

from .conftest import run, scenario, systems_at


def one(number: float) -> np.ndarray:
    return np.array([number], np.float32)


def cell(number: float) -> np.ndarray:
    return np.array([[number]], np.float32)


NOBODY = Announced(cell(0), cell(0), cell(0))
BY = Coefficients(
    drift=one(-0.02),
    gap=one(0.05),
    exposure=one(0.04),
    war=one(0.10),
    war_exposure=one(0.20),
    war_debt=one(0.03),
    ceiling=one(5.0),
    growth=one(0.01),
    plan_in_progress=one(0.5),
    plan_overdue=one(0.3),
    deadline=one(0.25),
    left_right=one(0.005),
    election_year=one(-0.01),
    commitment=one(0.03),
    neighbours=one(0.2),
    troops=one(0.02),
    path=one(0.5),
    path_debt=one(0.4),
    path_exposure=one(0.2),
)
AT = Situation(
    share=cell(1.5),
    before=cell(1.4),
    guideline=one(2.0),
    pledge=one(1.0),
    compliance=one(0.8),
    threat=one(1.8),
    credibility=one(0.54),
    exposure=cell(0.5),
    debt=cell(80.0),
    growth=cell(2.0),
    plans=NOBODY,
    falls_due=np.array([False]),
    meets_deadline=np.array([[False]]),
    kept=np.array([[True]]),
    reverses=np.array([[False]]),
    left_right=cell(7.6),
    election_year=np.array([[True]]),
    neighbours=cell(0.1),
    noise=cell(0.07),
)


def term(name: str, **changes: object) -> float:
    return float(np.broadcast_to(dict(terms(BY, replace(AT, **changes)))[name], (1, 1))[0, 0])


class TestTerms:
    def test_the_whole_of_it_by_hand(self):
        told = {name: float(np.broadcast_to(value, (1, 1))[0, 0]) for name, value in terms(BY, AT)}
        by_hand = {
            "drift": -0.02,
            "distance to the guideline": 0.05 * (2.0 - 1.5),  # 0.025
            "distance to the target path": 0.0,
            "exposure": 0.04 * 0.5 * 1,  # threat above 0.33: factor 1
            # war: (1.8 - 0.33) / 1.47 = 1; room: (5 - 1.5) / (5 - 1.5) = 1
            "war": 1 * 1 * (0.10 + 0.20 * 0.5),  # 0.20
            "debt in war": -1 * 0.03 * (80 - 60) / 10,  # -0.06
            "growth": -0.01 * 2.0,
            "plans": 0.0,
            "deadline": 0.0,
            "reversal of one-off purchases": 0.0,
            "orientation": 0.005 * (7.6 - 5.6),  # 0.01
            "election year": -0.01,
            "U.S. commitment": 0.0,
            "U.S. troops": 0.0,
            "neighbours": 0.2 * 0.1,
            "shock": 0.07,
        }
        assert told == pytest.approx(by_hand, abs=1e-6)
        # -0.02 + 0.025 + 0.02 + 0.20 - 0.06 - 0.02 + 0.01 - 0.01 + 0.02 + 0.07 = 0.235
        assert float(next_share(AT.share, terms(BY, AT))[0, 0]) == pytest.approx(1.735, abs=1e-5)

    def test_a_path_pulls_by_its_part_of_the_distance(self):
        # debt 80: room 1 - 0.4 * 20 / 100 = 0.92; exposure 0.5: 1; 0.5 * 0.8 * 0.92 = 0.368 of 2.0 - 1.5
        assert term("distance to the target path", path=cell(2.0)) == pytest.approx(0.368 * 0.5, abs=1e-6)
        # above the guideline as below it, and not above the path
        assert term("distance to the target path", path=cell(2.6), share=cell(2.2)) == pytest.approx(
            0.368 * 0.4, abs=1e-6
        )
        assert term("distance to the target path", path=cell(2.0), share=cell(2.2)) == 0

    def test_what_plans_ask_for_is_not_asked_twice(self):
        # half of a step of 0.3 is planned: 0.35 of the 0.5 are left
        plans = Announced(cell(0.3), cell(0), cell(0))
        assert term("distance to the target path", path=cell(2.0), plans=plans) == pytest.approx(0.368 * 0.35, abs=1e-6)

    def test_debt_and_exposure_bend_the_part(self):
        # debt 160 and above: 0.6; below 60: 1; exposure 1.0: 1 + 0.2 * 0.5 = 1.1
        path = {"path": cell(2.5)}
        assert term("distance to the target path", debt=cell(200.0), **path) == pytest.approx(0.5 * 0.8 * 0.6, abs=1e-6)
        assert term("distance to the target path", debt=cell(20.0), **path) == pytest.approx(0.5 * 0.8, abs=1e-6)
        assert term("distance to the target path", exposure=cell(1.0), **path) == pytest.approx(0.368 * 1.1, abs=1e-6)

    def test_the_part_is_at_most_the_whole_distance(self):
        assert term("distance to the target path", path=cell(2.5), compliance=one(5.0)) == pytest.approx(1.0, abs=1e-6)

    def test_a_pledge_factor_scales_the_guideline_only(self):
        assert term("distance to the guideline", pledge=one(1.1)) == pytest.approx(0.05 * 1.1 * 0.5, abs=1e-6)
        assert term("distance to the target path", pledge=one(1.1), path=cell(2.0)) == pytest.approx(0.184, abs=1e-6)

    def test_a_jump_under_pressure_ends_exactly_at_the_guideline(self):
        jumps = replace(AT, jumps=np.array([[True]]))
        assert float(next_share(AT.share, terms(BY, jumps))[0, 0]) == pytest.approx(2.0, abs=1e-6)
        # a member at the guideline or above does not jump
        above = replace(jumps, share=cell(2.4), before=cell(2.3))
        assert float(np.max(dict(terms(BY, above))["jump under pressure"])) == 0

    def test_fewer_troops_move_exposed_budgets(self):
        # 20 thousand fewer at exposure 0.5: 0.02 * 0.5 * 2
        assert term("U.S. troops", fewer_troops=one(2.0)) == pytest.approx(0.02, abs=1e-6)

    def test_room_below_the_ceiling_weakens_the_war_and_turns_it_above(self):
        # share 3.25: room (5 - 3.25) / 3.5 = 0.5
        assert term("war", share=cell(3.25)) == pytest.approx(0.5 * 0.2, abs=1e-6)
        # share 6.0: (5 - 6) / 3.5 = -0.286, held at -0.2
        assert term("war", share=cell(6.0)) == pytest.approx(-0.2 * 0.2, abs=1e-6)
        # share 0.3: (5 - 0.3) / 3.5 = 1.343, held at 1.2
        assert term("war", share=cell(0.3)) == pytest.approx(1.2 * 0.2, abs=1e-6)

    def test_in_peace_neither_war_nor_debt_counts_and_exposure_falls_with_the_threat(self):
        assert term("war", threat=one(0.33)) == 0
        assert term("debt in war", threat=one(0.33)) == 0
        assert term("exposure", threat=one(0.33)) == pytest.approx(0.02, abs=1e-6)
        assert term("exposure", threat=one(0.165)) == pytest.approx(0.01, abs=1e-6)
        assert term("exposure", threat=one(0.0)) == 0

    def test_debt_below_60_percent_helps(self):
        assert term("debt in war", debt=cell(20.0)) == pytest.approx(0.03 * 4, abs=1e-6)

    def test_plans(self):
        # half of a step in progress; the whole way in its year where plans are kept; later 0.3 of what is left
        assert term("plans", plans=Announced(cell(0.2), cell(0), cell(0))) == pytest.approx(0.1, abs=1e-6)
        assert term("plans", plans=Announced(cell(0), cell(0.4), cell(0))) == pytest.approx(0.4, abs=1e-6)
        assert term("plans", plans=Announced(cell(0), cell(0), cell(0.4))) == pytest.approx(0.12, abs=1e-6)
        broken = np.array([[False]])
        assert term("plans", plans=Announced(cell(0), cell(0.4), cell(0)), kept=broken) == 0
        assert term("plans", plans=Announced(cell(0), cell(0), cell(0.4)), kept=broken) == pytest.approx(0.12, abs=1e-6)

    def test_a_deadline_pulls_members_without_a_plan(self):
        due = np.array([True])
        assert term("deadline", falls_due=due) == pytest.approx(0.25 * 0.5, abs=1e-6)
        assert term("deadline", falls_due=due, plans=Announced(cell(0.1), cell(0), cell(0))) == 0
        assert term("deadline", falls_due=due, share=cell(2.3)) == 0

    def test_a_member_near_the_guideline_that_meets_the_deadline_closes_what_plans_leave(self):
        met = {"falls_due": np.array([True]), "meets_deadline": np.array([[True]])}
        assert term("deadline", share=cell(1.6), **met) == pytest.approx(0.4, abs=1e-6)
        # a kept plan of 0.3 leaves 0.1 of 0.4; one of 0.4 leaves nothing
        assert term("deadline", share=cell(1.6), plans=Announced(cell(0), cell(0.3), cell(0)), **met) == pytest.approx(
            0.1, abs=1e-6
        )
        assert term("deadline", share=cell(1.6), plans=Announced(cell(0), cell(0.4), cell(0)), **met) == 0
        assert term("deadline", share=cell(1.4), **met) == pytest.approx(0.25 * 0.6, abs=1e-6)  # too far: the pull
        assert term("deadline", share=cell(1.6), meets_deadline=np.array([[True]])) == 0  # another year

    def test_a_jump_is_reversed_down_to_a_quarter_point(self):
        yes = np.array([[True]])
        # jump 1.5 - 0.9 = 0.6: 0.35 above a quarter point goes back
        assert term("reversal of one-off purchases", reverses=yes, before=cell(0.9)) == pytest.approx(-0.35, abs=1e-6)
        # fall 1.5 - 2.0 = -0.5: 0.25 comes back
        assert term("reversal of one-off purchases", reverses=yes, before=cell(2.0)) == pytest.approx(0.25, abs=1e-6)
        assert term("reversal of one-off purchases", reverses=yes, before=cell(1.3)) == 0

    def test_a_commitment_below_the_reference_raises_exposed_budgets(self):
        # 0.03 * 0.5 * (0.54 - 0.29) / 0.25 = 0.015
        assert term("U.S. commitment", credibility=one(0.29)) == pytest.approx(0.015, abs=1e-6)

    def test_a_share_does_not_fall_below_what_any_ally_has_reported(self):
        assert float(next_share(cell(0.4), [("shock", cell(-1.0))])[0, 0]) == pytest.approx(0.3)

    def test_a_government_of_itself_changes_as_allies_have_done(self):
        # at most 1.7 points a year, and not above 8%; a share already above does not rise
        for before, after, told in (
            (2.0, 4.5, 3.7),
            (4.0, 1.0, 2.3),
            (7.5, 9.0, 8.0),
            (9.0, 9.5, 9.0),
            (9.0, 8.0, 8.0),
        ):
            assert float(plausible(cell(before), cell(after))[0, 0]) == pytest.approx(told)


def test_exposure_falls_with_the_logarithm_of_the_distance():
    # at 1,000 km: 1; at 2,000 km: 1 - ln 2 / 1.47 = 0.5285; beyond 1000 e^1.47 = 4,349 km: 0; nearer: above 1
    told = exposure(np.array([1000, 2000, 4349.3, 8000, 500], np.float32))
    np.testing.assert_allclose(told, [1, 0.52847, 0, 0, 1 + math.log(2) / 1.47], atol=2e-5)


def test_the_war_part_is_0_in_peace_and_1_in_a_lasting_war():
    # (1.8 - 0.33) / 1.47 = 1; (1.065 - 0.33) / 1.47 = 0.5
    np.testing.assert_allclose(war_part(np.array([0.0, 0.33, 1.065, 1.8], np.float32)), [0, 0, 0.5, 1], atol=1e-6)


def test_the_threat_behind_budgets_follows_with_its_lag():
    # 0.33 + 0.6 (1.8 - 0.33) = 1.212; 1.212 + 0.6 (1.8 - 1.212) = 1.5648: literature 9.1 has 1.21 and 1.56
    first = in_budgets_next(one(0.33), one(1.8), one(0.6))
    np.testing.assert_allclose(first, 1.212, atol=1e-5)
    np.testing.assert_allclose(in_budgets_next(first, one(1.8), one(0.6)), 1.5648, atol=1e-5)


@pytest.mark.parametrize(
    ("start", "behind"),
    [
        (date(2014, 1, 1), 0.0),
        (date(2015, 6, 15), 0.33),
        (date(2022, 1, 1), 0.33),
        (date(2022, 10, 1), 0.33),  # the round of that day is the run's own
        (date(2022, 10, 2), 1.212),
        (date(2023, 10, 2), 1.5648),
        (date(2024, 10, 1), 1.5648),
        (date(2024, 10, 2), 1.7059),  # 1.5648 + 0.6 (1.8 - 1.5648)
    ],
)
def test_the_threat_behind_budgets_at_each_start(start, behind):
    systems, _ = systems_at(scenario({"threat.budget_lag": 0.6}, start=start, end=date(2026, 1, 31)))
    np.testing.assert_allclose(systems.threat.in_budgets, behind, atol=1e-4)


def test_the_threat_halves_its_distance_to_the_floor_in_its_half_life():
    made = scenario(
        {
            "negotiation.ceasefire_now": True,
            "negotiation.holds": True,
            "threat.floor": 0.8,
            "threat.half_life_years": 1.0,
            "threat.commitment_rise": 0.0,
            "threat.troops_rise": 0.0,
        },
        end=date(2026, 10, 31),
    )
    threat = run(made, count=2)["threat"][:, 0]
    # a ceasefire on 31 October 2024 shows from 30 November on: twelve months later half of 1.8 - 0.8 is gone
    np.testing.assert_allclose(threat[[0, 1, 12, 24]], [1.8, 0.8 + 0.5 ** (1 / 12), 1.3, 1.05], atol=1e-4)


def test_russian_effort_stands_at_its_own_year():
    known = facts.russia_milex_share(date(2024, 10, 1))
    last = max(known)
    assert last == 2024
    quiet = {"russia.effort_noise_pp": 0.0, "russia.effort_speed": 0.5, "russia.effort_wartime_pct_gdp": 9.1}
    quiet |= {"negotiation.hazard_per_year": 0.0}
    effort = run(scenario(quiet, end=date(2026, 12, 31)), count=2)["russian_military_share_pct_gdp"][:, 0]
    # half of the way to 9.1 each year after the last one known
    first = known[last] + 0.5 * (9.1 - known[last])
    np.testing.assert_allclose(effort, [known[last], first, first + 0.5 * (9.1 - first)], rtol=1e-5)


def test_russian_effort_stays_about_its_level_where_there_is_no_war():
    start, quiet = date(2015, 6, 15), {"russia.effort_noise_pp": 0.0, "russia.effort_speed": 0.5}
    known = facts.russia_milex_share(start)
    effort = run(scenario(quiet, start=start, end=date(2020, 12, 31)), count=2)["russian_military_share_pct_gdp"]
    np.testing.assert_allclose(effort, known[max(known)], rtol=1e-5)
    noisy = run(scenario({"russia.effort_speed": 0.5}, start=start, end=date(2034, 12, 31)), count=256)
    # an AR(1) of 0.5 with noise 0.8 settles at a spread of 0.8 / sqrt(1 - 0.25) = 0.92
    assert noisy["russian_military_share_pct_gdp"][-1].std() == pytest.approx(0.92, abs=0.15)


class TestPlans:
    """Plans of our own in place of the facts: DEU 2% by 2024 (plan), POL 4% by 2026 (aspiration), SWE 2.6% by 2025."""

    @pytest.fixture
    def plans(self, monkeypatch):
        def plan(member, year, pct, firmness="plan", announced=date(2020, 1, 1), **more):
            return SimpleNamespace(
                member=member,
                announced_on=announced,
                target_year=year,
                target_pct_gdp=pct,
                firmness=firmness,
                blanket=more.get("blanket", False),
                kind=more.get("kind", "plan"),
                kept=None,
                status="",
            )

        told = [
            plan("DEU", 2024, 1.8, announced=date(2019, 1, 1)),
            plan("DEU", 2024, 2.0, announced=date(2021, 1, 1)),  # the latest announcement for a year stands
            plan("POL", 2026, 4.0, firmness="aspiration"),
            plan("SWE", 2025, 2.6),
            plan("SWE", 2027, 3.0),
            plan("USA", 2025, 3.0),
            plan("ESP", 2024, 9.0, blanket=True),
            plan("ITA", None, 2.0),
            plan("FRA", 2024, 5.0, kind="NATO projection"),
        ]
        monkeypatch.setattr(facts, "plans", lambda known: told)
        self.codes = ("DEU", "ESP", "FRA", "ITA", "POL", "SWE", "USA")
        return Plans(date(2022, 1, 1), self.codes)

    def asked(self, plans, code, year, share):
        told = plans.asked(year, [self.codes.index(code)], np.full((1, 1), share, np.float32))
        return [float(part[0, 0]) for part in (told.in_progress, told.final, told.overdue)]

    def test_before_the_target_year_a_year_asks_for_its_part_of_the_way(self, plans):
        # 2023 for a target of 2024: two budgets left, (2.0 - 1.5) / 2 = 0.25
        assert self.asked(plans, "DEU", 2023, 1.5) == pytest.approx([0.25, 0, 0])
        # an aspiration asks for half: (4.0 - 2.4) / (2026 - 2023 + 1) / 2 = 0.2
        assert self.asked(plans, "POL", 2023, 2.4) == pytest.approx([0.2, 0, 0])

    def test_in_its_own_year_a_plan_asks_for_the_rest(self, plans):
        assert self.asked(plans, "DEU", 2024, 1.7) == pytest.approx([0, 0.3, 0])
        assert self.asked(plans, "POL", 2026, 3.0) == [0, 0, 0]  # an aspiration does not bind

    def test_a_missed_plan_is_overdue_for_two_years(self, plans):
        assert self.asked(plans, "DEU", 2025, 1.7) == pytest.approx([0, 0, 0.3])
        assert self.asked(plans, "DEU", 2026, 1.7) == pytest.approx([0, 0, 0.3])
        assert self.asked(plans, "DEU", 2027, 1.7) == [0, 0, 0]

    def test_at_most_one_of_the_three(self, plans):
        # SWE in 2025 at 2.2: the target of the year goes before (3.0 - 2.2) / 3 towards 2027
        assert self.asked(plans, "SWE", 2025, 2.2) == pytest.approx([0, 0.4, 0])
        # in 2026 the way to 2027 goes before what is overdue: (3.0 - 2.2) / 2
        assert self.asked(plans, "SWE", 2026, 2.2) == pytest.approx([0.4, 0, 0])

    def test_a_share_above_the_target_is_asked_for_nothing(self, plans):
        assert self.asked(plans, "DEU", 2024, 2.1) == [0, 0, 0]

    def test_projections_blanket_pledges_and_the_usa_are_no_plans(self, plans):
        for code in ("ESP", "FRA", "ITA", "USA"):
            assert self.asked(plans, code, 2024, 1.0) == [0, 0, 0]


def test_a_member_keeps_its_plans_at_the_stated_probability():
    systems, _ = systems_at(scenario({"budgets.plan_kept": 0.55}), count=64)
    # 31 x 64 draws: standard error 0.011
    assert systems.budgets._keeps.mean() == pytest.approx(0.55, abs=0.045)


def test_the_target_rises_linearly_from_its_adoption():
    old, new = np.full(3, 2.0, np.float32), np.full(3, 3.0, np.float32)
    adopted = np.array([0, 2025, 2030], np.int32)
    # adopted 2025, ten years: 2026 is 2.1, 2030 is 2.5, from 2035 on 3.0; never adopted: 2.0
    np.testing.assert_allclose(target_path(old, new, adopted, 2025, one(10)), [2, 2, 2], rtol=1e-6)
    np.testing.assert_allclose(target_path(old, new, adopted, 2026, one(10)), [2, 2.1, 2], rtol=1e-6)
    np.testing.assert_allclose(target_path(old, new, adopted, 2030, one(10)), [2, 2.5, 2], rtol=1e-6)
    np.testing.assert_allclose(target_path(old, new, adopted, 2040, one(10)), [2, 3, 3], rtol=1e-6)


def test_pressure_raises_the_odds_of_adoption():
    # odds 0.25 / 0.75 = 1/3, log odds 2 (0.6 - 0.1) = 1 higher: e / 3 = 0.906, a chance of 0.4754
    assert under_pressure(one(0.25), one(2.0), one(0.6))[0] == pytest.approx(0.4754, abs=1e-4)
    assert under_pressure(one(0.25), one(2.0), one(0.1))[0] == pytest.approx(0.25)
    assert under_pressure(one(0.0), one(2.0), one(1.0))[0] == 0  # what is never adopted is not under pressure either
    assert under_pressure(one(1.0), one(2.0), one(1.0))[0] == 1


def test_a_path_is_straight_from_the_share_at_its_beginning_to_the_deadline():
    begun, due = np.full(1, 2025, np.int32), one(2035)
    # 1.5 in 2025, 3.5 in 2035: 0.2 a year, and 3.5 from then on
    for year, asked in ((2025, 1.5), (2026, 1.7), (2030, 2.5), (2035, 3.5), (2040, 3.5)):
        assert path_point(cell(1.5), one(3.5), begun, due, year)[0, 0] == pytest.approx(asked)


def test_a_summit_adopts_at_its_probability_once_a_target_is_discussed():
    sets = {
        "summits.adoption_probability": 0.4,
        "summits.new_target_pct_gdp": 3.0,
        "summits.path_years": 1.0,
        "summits.pressure_log_odds": 0.0,
    }
    end = date(2026, 12, 31)
    target = run(scenario(sets, end=end), count=512)["target_pct_gdp"]
    # 2025: adopted in 2025 shows in full a year later; standard error sqrt(0.24 / 512) = 0.022
    assert np.mean(target[2] == 3.0) == pytest.approx(0.4, abs=0.08)
    silent = run(scenario(sets | {"summits.new_target_discussed": False}, end=end), count=64)["target_pct_gdp"]
    assert (silent == 2).all()
    below = run(scenario(sets | {"summits.new_target_pct_gdp": 1.5}, end=end), count=64)["target_pct_gdp"]
    assert (below == 2).all()


def test_summits_are_held_on_known_days_and_then_each_first_of_july():
    days = summit_days(date(2024, 7, 1), date(2029, 12, 31))
    assert days[:2] == [date(2024, 7, 9), date(2025, 6, 24)]
    assert days[-1] == date(2029, 7, 1)
    assert len({day.year for day in days}) == len(days)  # one draw a year: two summits would share it


def test_new_money_goes_to_equipment():
    # 29 + 0.85 (19 - 29) + 9 * 0.3 + 0 = 23.2
    told = next_equipment(one(19), one(29), one(0.85), one(9 * 0.3), one(0))
    np.testing.assert_allclose(told, 23.2, rtol=1e-6)
    assert next_equipment(one(5), one(29), one(1.0), one(0), one(-50))[0] == 0
    assert next_equipment(one(95), one(29), one(1.0), one(0), one(50))[0] == 100


def test_common_growth_shocks_are_past_yearly_means_around_their_median():
    growth = {"AAA": {2001: 1.0, 2002: 2.0, 2003: 6.0}, "BBB": {2001: 3.0, 2002: 4.0, 2003: -2.0}}
    # means 2, 3, 2: median 2
    np.testing.assert_allclose(common_shocks(growth, 2004), [0, 1, 0])


class TestCalendar:
    """Budgets of a year are decided in the November before, in the USA in October, in CAN and GBR in March."""

    @pytest.mark.parametrize("month", [3, 5, 10, 11])
    @pytest.mark.parametrize("member", ["DEU", "USA", "CAN", "GBR"])
    def test_a_lever_pulled_for_a_month_moves_its_own_year_whenever_a_member_decides(self, month, member):
        from sim.model import axes

        from .conftest import event

        end = date(2026, 12, 31)
        pulled = event(date(2025, month, 1), {"budgets.change_pp": 3.65}, until=date(2025, month + 1, 1))
        before = run(scenario(end=end), count=4)["defence_share_pct_gdp"]
        after = run(scenario(None, pulled, end=end), count=4)["defence_share_pct_gdp"]
        row = axes(scenario(end=end)).codes("member").index(member)
        moved = (after - before)[:, row]
        assert (moved[0] == 0).all()
        np.testing.assert_allclose(moved[1], 0.01 * monthrange(2025, month)[1], atol=1e-4)

    def test_a_share_named_outright_is_the_share(self):
        from sim.model import axes

        made = scenario({"members.DEU.share_pct_gdp": 2.75}, end=date(2026, 12, 31))
        share = run(made, count=4)["defence_share_pct_gdp"][:, axes(made).codes("member").index("DEU")]
        assert (share[1:] == np.float32(2.75)).all()
