"""Rules of the war: effort, gain, losses, collapse episodes, the salient and resources, with numbers worked by hand."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest

from sim import facts
from sim.model import axes
from sim.model.systems.war.war import next_effort, next_gain

from .conftest import event, run, scenario, systems_at

QUIET = {
    "negotiation.hazard_per_year": 0.0,
    "war.front_noise_km2": 0.0,
    "war.effort_noise_log": 0.0,
    "war.effort_drift_pct_per_month": 0.0,
    "war.collapse_per_month": 0.0,
    "war.gain_per_aid_km2": 0.0,
    "war.gain_per_manpower_km2": 0.0,
    "war.effort_per_spending": 0.0,
    "war.highest_loss_share": 1.0,
}


def one(number: float) -> np.ndarray:
    return np.array([number], np.float32)


def test_effort_returns_to_its_mean_in_logarithms():
    # ln R' = ln 40 + 0.9 (ln 30 - ln 40) + 0.1: 40 * (30 / 40)^0.9 * e^0.1 = 34.12
    told = next_effort(one(30), one(math.log(40)), one(0.9), one(0.1))
    assert told[0] == pytest.approx(40 * 0.75**0.9 * math.exp(0.1), rel=1e-5)


def test_a_month_of_the_front_by_hand():
    # 0.5 * 400 + 0.5 (18 * (36 - 21) + 20 + 40) + 30 = 200 + 165 + 30 = 395
    assert next_gain(one(400), one(0.5), one(18 * 15), one(20), one(40), one(30))[0] == pytest.approx(395)


def test_a_steady_effort_moves_the_front_at_its_long_run_pace():
    """(effort - break-even) x gain per thousand is where a month's gain settles."""
    effort = facts.casualties(date(2024, 10, 1))
    effort = effort[max(effort)]
    sets = QUIET | {
        "war.gain_per_effort_km2": 20.0,
        "war.break_even_thousand": effort - 10,
        "war.front_persistence": 0.5,
        "war.effort_persistence": 0.9,
    }
    gain = run(scenario(sets), count=2)["net_gain_km2"][:, 0]
    assert gain[-1] == pytest.approx(200, abs=0.1)
    # and half of the distance is closed in each month
    np.testing.assert_allclose((gain[1:5] - 200) / (gain[:4] - 200), 0.5, atol=0.01)


def test_less_aid_than_at_the_start_moves_the_front():
    stop = {"us.aid.delivery_factor": 0.0, "europe.aid.delivery_factor": 0.0}
    sets = {key: value for key, value in QUIET.items() if key != "war.gain_per_aid_km2"}
    helped = run(scenario(sets | {"war.gain_per_aid_km2": 0.0}, event(date(2025, 1, 10), stop)), count=8)
    harmed = run(scenario(sets | {"war.gain_per_aid_km2": 100.0}, event(date(2025, 1, 10), stop)), count=8)
    assert (harmed["net_gain_km2"][-1] > helped["net_gain_km2"][-1] + 10).all()


def test_fewer_soldiers_than_at_the_start_move_the_front():
    sets = QUIET | {"war.ukrainian_intake_thousand": 0.0}
    held = run(scenario(sets), count=8)["net_gain_km2"]
    pushed = run(scenario(sets | {"war.gain_per_manpower_km2": 100.0}), count=8)
    assert (pushed["net_gain_km2"][-1] > held[-1] + 10).all()
    assert (np.diff(pushed["ukrainian_force_thousand"], axis=0) < 0).all()


def test_effort_follows_russias_spending_by_its_elasticity():
    # spending settles at 80% of the start with elasticity 1: effort settles at 80% of the start's
    start, known = date(2024, 10, 1), facts.russia_milex_share(date(2024, 10, 1))
    told = {
        "russia.effort_wartime_pct_gdp": 0.8 * known[max(known)],
        "russia.effort_speed": 1.0,
        "russia.effort_noise_pp": 0.0,
        "war.effort_per_spending": 1.0,
        "war.effort_persistence": 0.5,
    }
    effort = facts.casualties(start)
    lost = np.diff(run(scenario(QUIET | told), count=2)["russian_casualties_thousand"][:, 0].astype(np.float64))
    assert lost[0] == pytest.approx(effort[max(effort)], rel=1e-3)
    assert lost[-1] == pytest.approx(0.8 * effort[max(effort)], rel=1e-3)


def test_losses_add_up_month_by_month():
    sets = QUIET | {"war.loss_ratio": 2.0, "war.ukrainian_casualties_at_start_thousand": 400.0}
    values = run(scenario(sets), count=2)
    effort = facts.casualties(date(2024, 10, 1))
    monthly = effort[max(effort)]
    start = sum(effort.values())
    months = np.arange(1, len(values["war_day"]) + 1)
    np.testing.assert_allclose(values["russian_casualties_thousand"][:, 0], start + monthly * months, rtol=1e-5)
    np.testing.assert_allclose(values["ukrainian_casualties_thousand"][:, 0], 400 + monthly / 2 * months, rtol=1e-5)


def test_a_start_within_a_month_fights_the_rest_of_it_only():
    start = date(2022, 3, 15)
    made = scenario(QUIET | {"war.first_effort_thousand": 12.0}, start=start, end=date(2022, 5, 31))
    lost = np.diff(run(made, count=2)["russian_casualties_thousand"][:, 0], prepend=0)
    # no count was published by then: the first months' effort is assumed. 15 to 31 March are 17 days of 31.
    np.testing.assert_allclose(lost, np.array([17 / 31, 1, 1]) * 12, rtol=1e-4)


def test_a_ceasefire_stops_the_front_and_leaves_a_trickle_of_losses():
    sets = QUIET | {"war.ceasefire_effort": 0.04, "negotiation.holds": True}
    values = run(scenario(sets, event(date(2025, 3, 5), {"negotiation.ceasefire_now": True})), count=2)
    months = axes(scenario()).months
    april = months.index(date(2025, 4, 30))
    assert (values["net_gain_km2"][april:] == 0).all()
    lost = np.diff(values["russian_casualties_thousand"][:, 0].astype(np.float64))
    np.testing.assert_allclose(lost[april - 1 :], 0.04 * lost[0], rtol=2e-2)
    intake = values["russian_intake_thousand"]
    np.testing.assert_allclose(intake[april:] / intake[0], 0.2, rtol=1e-5)


def test_effort_is_bounded_by_the_force_in_theatre():
    sets = QUIET | {
        "war.effort_drift_pct_per_month": 20.0,
        "war.highest_loss_share": 0.1,
        "war.russian_force_thousand": 500.0,
        "war.russian_intake_thousand": 30.0,
        "war.irrecoverable_share": 0.6,
    }
    total = run(scenario(sets), count=2)["russian_casualties_thousand"][:, 0].astype(np.float64)
    lost = np.diff(total, prepend=sum(facts.casualties(date(2024, 10, 1)).values()))
    force = 500.0
    for number in lost:
        assert number <= 0.1 * force + 0.1
        force += 30 - 0.6 * number
    # at a tenth of a force that stands still, 30 come and 0.6 of 50 go
    assert lost[-1] == pytest.approx(50, abs=2)


class TestCollapse:
    def episodes(self, **sets):
        made = scenario(QUIET | {"war.collapse_km2": 5000.0} | {f"war.{key}": told for key, told in sets.items()})
        base = run(scenario(QUIET), count=256)["net_gain_km2"]
        return (run(made, count=256)["net_gain_km2"] - base) / 5000

    def test_episodes_begin_at_their_rate_and_last_one_to_three_months(self):
        moved = np.abs(self.episodes(collapse_per_month=0.05, collapse_of_ukraine=1.0)) > 0.5
        # in the first month alone every run is free to begin one: 0.05 of 256, standard error 0.014
        assert moved[0].mean() == pytest.approx(0.05, abs=0.045)
        lengths = []
        for series in moved.T:
            length = 0
            for month in [*series.tolist(), False]:
                if month:
                    length += 1
                elif length:
                    lengths.append(length)
                    length = 0
        assert set(lengths) <= {1, 2, 3}
        assert set(lengths) == {1, 2, 3}

    def test_the_side_is_the_one_named(self):
        assert self.episodes(collapse_per_month=0.2, collapse_of_ukraine=1.0).min() > -0.5
        # a front that presses forward shifts the odds by at most 0.2 towards Ukraine's
        back = self.episodes(collapse_per_month=0.2, collapse_of_ukraine=0.0)
        assert np.mean(back[np.abs(back) > 0.5] < 0) > 0.75


def test_the_salient_shrinks_by_its_rate_and_a_held_one_does_not():
    salient = run(scenario(QUIET | {"war.kursk_decline_per_month": 0.2}), count=2)["kursk_held_km2"][:, 0]
    np.testing.assert_allclose(salient[1:] / salient[:-1], 0.8, rtol=1e-5)
    held = run(scenario(QUIET | {"war.kursk_held": True}), count=2)["kursk_held_km2"][:, 0]
    assert (held == held[0]).all()
    assert held[0] == pytest.approx(salient[0] / 0.8, rel=1e-5)


def test_resources_by_hand():
    """Russian milex over Ukraine's own and delivered military aid, a month, in EUR bn."""
    made = scenario(QUIET)
    systems, engine = systems_at(made)
    war, start = systems.war, made.start
    war._aid.deliveries = np.full(engine.runs, 3.0, np.float32)
    war._weigh_resources()
    gdp, share = facts.gdp_busd(start), facts.sipri_shares(start)
    russia = systems.threat.effort / 100 * gdp["RUS"][max(gdp["RUS"])] * 0.92 / 12
    ukraine = gdp["UKR"][max(gdp["UKR"])] * share["UKR"][max(share["UKR"])] / 100 * 0.92 / 12 + 3.0
    np.testing.assert_allclose(war.ratio, russia / ukraine, rtol=1e-5)


def test_an_onset_by_chance_comes_at_its_yearly_probability():
    start = date(2015, 1, 1)
    made = scenario({"war.onset_probability_per_year": 0.3}, start=start, end=date(2015, 12, 31))
    begun = run(made, count=512)["war_day"][-1] > 0
    assert begun.mean() == pytest.approx(0.3, abs=0.065)  # standard error 0.020
