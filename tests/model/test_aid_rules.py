"""Rules of aid: packages, generosity, replacement, the pipeline and laws of Congress, with numbers worked by hand."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest

from sim import facts
from sim.model import axes
from sim.model.systems.aid.aid import (
    first_generosity,
    in_packages,
    lumps,
    next_generosity,
    package,
    replacement_share,
)
from sim.model.systems.aid.pipeline import MILITARY, OTHER, Delays, Pipeline, arrives
from sim.model.systems.supplementals import law_rate

from .conftest import run, scenario, streams_of, systems_at


def one(number: float) -> np.ndarray:
    return np.array([number], np.float32)


def sizes(drawn, chance, spread):
    """The packages of a month, with a chance and a spread for each donor and run."""
    chance, spread = (np.array(np.broadcast_to(each, drawn.shape)) for each in (chance, spread))
    return package(drawn, drawn < chance, chance, spread, spread**2 / 2)


class TestPackage:
    @pytest.mark.parametrize("chance", [0.19, 0.31, 0.92, 1.0])
    def test_its_mean_is_1_and_it_is_0_with_probability_1_less_p(self, chance):
        drawn = streams_of(5, 0, 200_000).uniforms("aid", 300, [1])
        size = sizes(drawn, np.full((1, 1), chance, np.float32), one(1.0))
        assert np.mean(size == 0) == pytest.approx(1 - chance, abs=0.005)
        # variance e / p - 1 (13 at p = 0.19): standard error of the mean at most 0.008
        assert size.mean(dtype=np.float64) == pytest.approx(1, abs=0.035)

    def test_one_number_worked_by_hand(self):
        # p = 0.4 and a draw of 0.2: rank 0.5, normal 0: exp(-0.5) / 0.4 = 1.5163; a draw of 0.41 is no package
        size = sizes(np.array([[0.2, 0.41]], np.float32), np.array([[0.4]], np.float32), one(1.0))
        np.testing.assert_allclose(size, [[math.exp(-0.5) / 0.4, 0]], rtol=1e-5)

    def test_chances_and_spreads_of_single_runs(self):
        drawn = np.array([[0.2, 0.2], [0.1, 0.1]], np.float32)
        chance = np.array([[0.4, 0.1], [0.2, 0.2]], np.float32)
        size = sizes(drawn, chance, np.array([1.0, 2.0], np.float32))
        # rank 0.5 each but for the second, whose draw is above its chance
        by_hand = [[math.exp(-0.5) / 0.4, 0], [math.exp(-0.5) / 0.2, math.exp(-2) / 0.2]]
        np.testing.assert_allclose(size, by_hand, rtol=1e-5)


def test_a_level_begins_as_uncertain_as_it_stays():
    # sd 0.6, persistence 0.8: in the long run 0.6 / sqrt(1 - 0.64) = 1
    assert first_generosity(one(2), one(0.8), one(0.6), one(0.5))[0] == pytest.approx(3.0)
    assert first_generosity(one(2), one(0.8), one(0.6), one(-1.5))[0] == 0
    assert first_generosity(one(2), one(0.8), one(0), one(1))[0] == 2


def test_a_state_allocates_in_the_months_of_its_packages_only():
    codes = [donor.code for donor in facts.donors()]
    rows = len(codes)
    cleared, chance = np.full((rows, 1), 0.04, np.float32), np.full((rows, 1), 0.25, np.float32)
    has_package = np.tile(np.array([True, False]), (rows, 1))
    parts = in_packages(lumps(cleared, chance), has_package)
    assert parts[codes.index("POL")] == pytest.approx([0.16, 0])  # 0.04 / 0.25 with a package, nothing without
    assert parts[codes.index("USA")] == pytest.approx([0.04, 0.04])
    assert parts[codes.index("EUI")] == pytest.approx([0.04, 0.04])
    assert lumps(cleared * 10, chance)[codes.index("POL"), 0] == 1
    assert np.isfinite(lumps(cleared, np.full_like(chance, np.nan))).all()  # no probability is known yet


def test_states_share_what_all_of_them_allocate_by_their_levels():
    systems, _ = systems_at(scenario(start=date(2025, 1, 2)))
    known = systems.aid._known
    codes = [donor.code for donor in facts.donors()]
    level = known.yearly.sum(axis=0)[:, 0]
    stock = known.backlog.sum(axis=0) + level / 12
    states = [row for row, donor in enumerate(facts.donors()) if donor.kind == "country" and donor.code != "USA"]
    giving = [row for row in states if level[row] > 0]
    first = 0.04 * known.pace[:, 0] * stock
    assert first[giving] / first[giving].sum() == pytest.approx(level[giving] / level[giving].sum(), rel=1e-4)
    assert first[giving].sum() == pytest.approx(0.04 * stock[giving].sum(), rel=1e-4)
    assert known.pace[codes.index("USA"), 0] == known.pace[codes.index("EUI"), 0] == 1


def test_generosity_returns_to_its_mean():
    # 2 + 0.5 (3 - 2) + 0.4 * 2 * 1 = 3.3; 2 + 0.5 (0 - 2) - 0.4 * 2 * 3 = -1.4: not below 0
    assert next_generosity(one(3), one(2), one(0.5), one(0.4), one(1))[0] == pytest.approx(3.3)
    assert next_generosity(one(0), one(2), one(0.5), one(0.4), one(-3))[0] == 0


def test_replacement_grows_from_half_a_year_to_18_months():
    # first 0.15, later 0.75: month 12 is half of the way: 0.45
    months = np.array([0, 6, 9, 12, 18, 60], np.float32)
    told = replacement_share(months, one(0.15), one(0.75), one(0.0))
    np.testing.assert_allclose(told, [0.15, 0.15, 0.30, 0.45, 0.75, 0.75], rtol=1e-5)


def test_replacement_tires_after_a_year():
    # a fifth a year after month 12: month 24 has 0.75 * 0.8, month 36 0.75 * 0.64
    months = np.array([6, 12, 24, 36], np.float32)
    told = replacement_share(months, one(0.15), one(0.75), one(0.2))
    np.testing.assert_allclose(told, [0.15, 0.45, 0.6, 0.48], rtol=1e-5)


class TestPipeline:
    DELAYS = Delays(one(0.5), one(0.25), one(0.2), one(0.1), one(0.2))

    def test_a_month_by_hand(self):
        pipe = Pipeline(1, 1)
        new = np.array([[[10.0]], [[4.0]]], np.float32)
        some = np.array([[0.5]], np.float32)
        pipe.month(new, np.zeros_like(new), some, one(0.4), self.DELAYS)
        # of 10 military 5 are allocated: 2 from stock, 1 fast and 1 slow; 3 ordered. Of 4 other 2 are allocated.
        assert pipe.committed[0, 0] == 14
        assert pipe.allocated[0, 0] == 7
        assert pipe.allocated_military[0, 0] == 5
        # in the same month 0.5 of the fast and 0.25 of the slow arrive
        assert pipe.delivered[0, 0] == pytest.approx(0.75)
        assert pipe.delivered_military_now[0] == pytest.approx(0.75)
        np.testing.assert_allclose(pipe.on_the_way[:, 0, 0], [0.5, 0.75, 3, 0, 2])
        pipe.month(np.zeros_like(new), np.zeros_like(new), some, one(0.4), self.DELAYS)
        # 2.5 military: stock 0.5 + 0.5; fast (0.5 + 0.5) / 2, slow (0.75 + 0.5) / 4; other 2 * 0.1; built nothing yet
        assert pipe.delivered[0, 0] == pytest.approx(0.75 + 0.5 + 0.3125 + 0.2)
        # ordered 3 gives 0.6 to the line and takes in 1.5
        np.testing.assert_allclose(pipe.on_the_way[:, 0, 0], [0.5, 0.9375, 3.9, 0.6, 2.8], rtol=1e-6)

    def test_nothing_is_lost_on_the_way(self):
        pipe = Pipeline(3, 5)
        draws = np.random.Generator(np.random.PCG64(1)).random((60, 2, 3, 5)).astype(np.float32)
        for month in range(60):
            arriving = np.full((3, 1), 0.0 if 20 <= month < 30 else 1.0, np.float32)
            direct = draws[(month + 7) % 60] / 3
            delays = self.DELAYS.held_back(arriving)
            pipe.month(draws[month], direct, np.full((3, 1), 0.1, np.float32), one(0.3), delays)
            np.testing.assert_allclose(pipe.committed, pipe.allocated + pipe.backlog.sum(axis=0), rtol=1e-5)
            np.testing.assert_allclose(pipe.allocated, pipe.delivered + pipe.on_the_way.sum(axis=0), rtol=1e-5)
        np.testing.assert_allclose(pipe.committed, draws.sum(axis=(0, 1)) * 4 / 3, rtol=1e-5)

    def test_what_is_given_at_once_does_not_pass_the_backlog(self):
        pipe = Pipeline(1, 1)
        direct, none = np.array([[[6.0]], [[2.0]]], np.float32), np.zeros((2, 1, 1), np.float32)
        shut = np.zeros((1, 1), np.float32)
        pipe.month(none, direct, shut, one(0.4), self.DELAYS)
        assert pipe.committed[0, 0] == pipe.allocated[0, 0] == 8
        assert pipe.allocated_military[0, 0] == 6
        assert pipe.backlog.sum() == 0

    def test_a_stop_of_deliveries_holds_back_and_loses_nothing(self):
        pipe = Pipeline(1, 1)
        none = np.zeros((2, 1, 1), np.float32)
        every, stopped = np.ones((1, 1), np.float32), self.DELAYS.held_back(np.zeros((1, 1), np.float32))
        pipe.month(np.array([[[10.0]], [[5.0]]], np.float32), none, every, one(0.3), stopped)
        assert pipe.delivered[0, 0] == 0
        for _ in range(300):
            pipe.month(none, none, every, one(0.3), self.DELAYS)
        assert pipe.delivered[0, 0] == pytest.approx(15, rel=1e-4)

    @pytest.mark.parametrize("sd_log", [1.2, 1.45, 1.7])
    def test_deliveries_from_stock_arrive_as_the_log_normal_within_7_points(self, sd_log):
        from scipy.special import ndtr

        median, month = 73.0, 30.4375
        delays = Delays.of(one(median), one(sd_log), one(18), one(5))
        days = np.geomspace(1, 1000, 400)
        # the part that has not arrived after d days, from the parts that arrive in a month
        left = [(1 - float(part[0])) ** (days / month) for part in (delays.stock_fast, delays.stock_slow)]
        law = ndtr(np.log(days / median) / sd_log)
        assert np.abs(1 - (left[0] + left[1]) / 2 - law).max() < 0.07

    def test_procured_aid_takes_its_mean_time_in_two_steps(self):
        delays = Delays.of(one(73), one(1.5), one(18), one(5))
        pipe = Pipeline(1, 1)
        every, none = np.ones((1, 1), np.float32), np.zeros((2, 1, 1), np.float32)
        pipe.month(np.array([[[1.0]], [[0.0]]], np.float32), none, every, one(0.0), delays)
        arrived = [0.0]
        for _ in range(400):
            before = pipe.delivered[0, 0]
            pipe.month(none, none, every, one(0.0), delays)
            arrived.append(float(pipe.delivered[0, 0] - before))
        mean = float(np.dot(arrived, np.arange(len(arrived))))
        assert sum(arrived) == pytest.approx(1, abs=1e-3)
        assert mean == pytest.approx(18, abs=1.1)  # two steps in whole months add up to one month

    def test_arrivals_are_exponential(self):
        assert arrives(one(5))[0] == pytest.approx(1 - math.exp(-0.2))


class TestCongress:
    def test_the_rate_of_laws_follows_who_holds_president_and_house(self):
        president, house = np.array([0, 0, 1, 1], np.int8), np.array([0, 1, 0, 1], np.int8)
        told = law_rate(president, house, one(5.4), one(0.75), one(0.25))
        np.testing.assert_allclose(told, [5.4, 0.75, 0.75, 0.25])

    def test_laws_come_at_the_stated_rate_while_a_request_is_open(self):
        sets = {
            "us.elections.2024.president": "harris",
            "us.elections.2024.house": "republican",
            "us.elections.2024.senate": "democratic",
            "us.aid.laws_split_per_year": 1.2,
            "us.aid.request_below_beur": 500.0,  # always open
            "us.aid.law_sd_log": 0.0,
            "us.aid.law_median_busd": 1.0,
            "us.aid.eur_per_usd": 0.9,
            "us.aid.other_to_military": 0.5,
            "us.commitment.posture": "continuity",
            "negotiation.hazard_per_year": 0.0,
        }
        made = scenario(sets, end=date(2025, 12, 31))
        usa = axes(made).codes("donor").index("USA")
        committed = run(made, count=256)["aid_committed_beur"][:, usa]
        laws = np.diff(committed, axis=0)
        passed = laws > 0.01
        # each law: 1 x 0.9 military and half as much on top: 1.35
        np.testing.assert_allclose(laws[passed], 1.35, rtol=1e-3)
        # 1 - exp(-1.2 / 12) = 0.0952 a month; 14 months x 256 runs: standard error 0.005
        assert passed.mean() == pytest.approx(1 - math.exp(-0.1), abs=0.02)

    def test_no_request_no_law(self):
        made = scenario({"us.aid.request_below_beur": 0.0, "us.aid.laws_split_per_year": 60.0})
        usa = axes(made).codes("donor").index("USA")
        committed = run(made)["aid_committed_beur"][:, usa]
        assert (committed == committed[0]).all()


def test_donors_without_history_give_by_distance():
    """A start before the war: military aid of an ally is level x GDP x (distance / 1,000 km) ^ slope."""
    sets = {"aid.generosity_at_1000km_pct_gdp": 0.4, "aid.distance_slope": -2.0, "aid.generosity_sd": 0.0}
    systems, _ = systems_at(scenario(sets, start=date(2022, 1, 1)))
    donors = facts.donors()
    poland = next(row for row, donor in enumerate(donors) if donor.code == "POL")
    ally = donors[poland]
    by_hand = 0.4 / 100 * ally.gdp_beur_2021 * (ally.distance_km / 1000) ** -2.0
    np.testing.assert_allclose(systems.aid.generosity[MILITARY, poland], by_hand, rtol=1e-5)
    np.testing.assert_allclose(systems.aid.generosity[OTHER, poland], by_hand, rtol=1e-5)
    australia = next(row for row, donor in enumerate(donors) if donor.code == "AUS")
    assert (systems.aid.generosity[:, australia] == 0).all()  # no distance, no rule


def test_what_is_on_the_way_and_delivered_at_the_start_is_what_was_allocated():
    pipe = systems_at(scenario(start=date(2024, 10, 1)))[0].aid.pipeline
    np.testing.assert_allclose(pipe.delivered + pipe.on_the_way.sum(axis=0), pipe.allocated, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(pipe.allocated + pipe.backlog.sum(axis=0), pipe.committed, rtol=1e-5, atol=1e-5)
    assert (pipe.delivered >= 0).all()


def test_months_that_were_not_published_at_the_start_are_caught_up():
    """Kiel's release of October 2024 ends in August: September is simulated before the first day."""
    systems, _ = systems_at(scenario(start=date(2024, 10, 1)))
    before = systems.aid.pipeline.committed.sum()
    next(systems.aid.process())
    assert facts.aid_by_donor(date(2024, 10, 1)).cutoff == date(2024, 8, 31)
    assert systems.aid.pipeline.committed.sum() > before
    assert len(systems.aid._recent) == 1


def test_fatigue_takes_its_part_each_year():
    sets = {"aid.package_sd_log": 0.0, "negotiation.hazard_per_year": 0.0, "europe.aid.replacement_long_run": 0.0}
    sets |= {"europe.aid.replacement_first_half_year": 0.0}
    end = date(2026, 10, 31)
    made = scenario(sets, end=end)
    europe = axes(made).codes("donor").index("EUR")
    plain = np.diff(run(made, count=8)["aid_committed_beur"][:, europe], axis=0)
    tired = run(scenario(sets | {"europe.aid.fatigue_pct_per_year": 20.0}, end=end), count=8)
    tired = np.diff(tired["aid_committed_beur"][:, europe], axis=0)
    # a year after 1 October 2024 0.8 of the plain month is left, after two years 0.64
    sums = tired.sum(axis=1) / plain.sum(axis=1)
    assert sums[10] == pytest.approx(0.8 ** ((date(2025, 9, 30) - date(2024, 10, 1)).days / 365.25), abs=2e-3)
    assert sums[22] == pytest.approx(0.8 ** ((date(2026, 9, 30) - date(2024, 10, 1)).days / 365.25), abs=2e-3)


def test_a_level_that_keeps_all_of_its_deviation_begins_as_wide_as_the_widest_of_the_prior():
    widest = first_generosity(one(1.0), one(0.98), one(0.1), one(1.0))
    assert np.isfinite(first_generosity(one(1.0), one(1.0), one(0.1), one(1.0))).all()
    assert first_generosity(one(1.0), one(1.0), one(0.1), one(1.0))[0] == widest[0]
