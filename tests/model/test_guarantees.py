"""What a run may depend on: its seed, its number, its scenario. Nothing else."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from scipy import special

from sim import facts
from sim.errors import FaultError
from sim.model import axes, registry, simulate
from sim.model.engine import streams as streams_module
from sim.model.engine.streams import ndtri, places
from sim.model.systems import roster
from sim.model.systems.aid import parameters
from sim.model.systems.roster import CODES
from sim.scenario import Dated, discrete, normal, uniform

from .conftest import RUNS, SEED, SHORT, differing, event, register_in, run, scenario, streams_of

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("shuffle", range(20))
def test_the_order_in_which_processes_are_registered_changes_nothing(shuffle, baseline, monkeypatch):
    count = len(registry().phases)
    registered = register_in(np.random.Generator(np.random.PCG64(shuffle)).permutation(count), monkeypatch)
    assert differing(baseline, run(scenario())) == []
    assert len(registered) == count


@pytest.fixture(scope="module")
def fifty():
    return run(scenario(), 0, 50)


@pytest.mark.parametrize("cut", [1, 8, 25, 31])
def test_a_block_cut_in_two_is_the_same_block(fifty, cut):
    head, tail = run(scenario(), 0, cut), run(scenario(), cut, 50 - cut)
    joined = {name: np.concatenate([head[name], tail[name]], axis=-1) for name in head}
    assert differing(fifty, joined) == []


@pytest.mark.parametrize("count", [1, 7, 16, 33])
def test_the_first_runs_of_a_larger_ensemble_are_the_smaller_ensemble(fifty, count):
    assert (
        differing({name: values[..., :count].copy() for name, values in fifty.items()}, run(scenario(), 0, count)) == []
    )


@pytest.mark.parametrize("number", [1003, 1007])
def test_one_run_alone_is_the_run_of_the_ensemble(number):
    many = run(scenario(), 1000, 10)
    alone = run(scenario(), number, 1)
    place = number - 1000
    assert differing({name: values[..., place : place + 1].copy() for name, values in many.items()}, alone) == []


def test_another_seed_or_another_run_gives_other_numbers(baseline):
    other = run(scenario(), seed=SEED + 1)
    assert not np.array_equal(other["russian_controlled_km2"], baseline["russian_controlled_km2"])
    final = baseline["russian_controlled_km2"][-1]
    assert len(np.unique(final)) == RUNS


@pytest.mark.parametrize("end", [date(2027, 12, 31), date(2026, 2, 28)])
def test_a_longer_horizon_begins_with_the_shorter(baseline, end):
    longer = run(scenario(end=end))
    short = axes(scenario())
    for name, values in baseline.items():
        points = longer[name][: len(values)]
        if len(values) == len(short.years):  # the last yearly point of the shorter stands at its end
            points, values = points[:-1], values[:-1]
        assert points.tobytes() == values.tobytes(), name


SPREAD = [
    {"aid.stock_share": Dated(((date(2024, 1, 1), uniform(0.1, 0.3)), (date(2025, 6, 1), uniform(0.3, 0.5))), "step")},
    {"summits.deadline_year": discrete({2025.0: 0.5, 2026.0: 0.5})},
    {"members.DEU.budget_month": discrete({3.0: 0.5, 11.0: 0.5})},
    {"aid.generosity_at_1000km_pct_gdp": 0.4},
    {"aid.distance_slope": -2.0},
    {"members.DEU.share_pct_gdp": normal(2.5, 0.2, low=0.2)},
]


@pytest.mark.parametrize("sets", SPREAD, ids=lambda sets: next(iter(sets)))
def test_no_value_is_taken_from_the_block_as_a_whole(sets):
    """Whatever is spread over runs, a run reads its own value and never that of the block's first run."""
    many = run(scenario(sets), 0, 48)
    part = run(scenario(sets), 16, 32)
    assert differing({name: values[..., 16:].copy() for name, values in many.items()}, part) == []


NULL_LEVERS = [
    {"us.aid.commitment_factor": 1.0},
    {"us.aid.allocation_factor": 1.0},
    {"us.aid.delivery_factor": 1.0},
    {"europe.aid.commitment_factor": 1.0},
    {"europe.aid.delivery_factor": 1.0},
    {"other.aid.commitment_factor": 1.0},
    {"europe.aid.fatigue_pct_per_year": 0.0},
    {"war.effort_factor": 1.0},
    {"budgets.change_pp": 0.0},
    {"members.DEU.budget_change_pp": 0.0},
    {"us.commitment.shock": 0.0},
    {"economy.growth_shift_pct": 0.0},
    {"economy.common_growth_factor": 1.0},
    {"war.kursk_held": False},
    {"negotiation.ceasefire_now": False},
    {"negotiation.holds": False},
    {"secretary_general.rutte.compliance_effect": 0.0},
    {"secretary_general.rutte.shock_absorption": 0.0},
    {"secretary_general.rutte.adoption_multiplier": 1.0},
    {"us.commitment.posture": "by_winner"},
    {"us.elections.2026.house": "drawn"},
    {"secretary_general.holder": "rutte"},
    {"war.full_scale": True},
]


@pytest.mark.parametrize("sets", NULL_LEVERS, ids=lambda sets: next(iter(sets)))
def test_a_lever_at_rest_is_the_baseline(baseline, sets):
    assert differing(baseline, run(scenario(sets))) == []


@pytest.mark.parametrize("sets", NULL_LEVERS, ids=lambda sets: next(iter(sets)))
def test_an_event_that_pulls_a_lever_to_where_it_stands_is_the_baseline(baseline, sets):
    happens = event(date(2025, 3, 10), sets, until=date(2025, 8, 20))
    assert differing(baseline, run(scenario(None, happens))) == []


def test_a_null_event_is_the_baseline_where_a_run_ends_within_a_month():
    """Days on which nothing happens must not be days on which things are looked at: here Sweden's accession."""
    start, end = date(2023, 9, 1), date(2024, 3, 15)
    nothing = event(date(2024, 3, 10), {"war.effort_factor": 1.0})
    plain = run(scenario(start=start, end=end), count=64)
    assert differing(plain, run(scenario(None, nothing, start=start, end=end), count=64)) == []


def test_an_event_of_probability_0_is_the_baseline(baseline):
    never = event(
        date(2025, 2, 3),
        {"us.aid.delivery_factor": 0.0, "negotiation.ceasefire_now": True, "budgets.change_pp": 1.0},
        chance=0.0,
    )
    assert differing(baseline, run(scenario(None, never))) == []


def test_a_null_lever_that_is_not_null_shows(baseline):
    assert differing(baseline, run(scenario({"us.aid.delivery_factor": 0.999})))


CAUSES = [
    {"us.aid.delivery_factor": 0.0},
    {"europe.aid.commitment_factor": 2.0},
    {"budgets.change_pp": 0.3},
    {"members.DEU.budget_change_pp": 0.3},
    {"negotiation.ceasefire_now": True},
    {"us.commitment.shock": -0.2},
    {"us.commitment.posture": "retrenchment"},
    {"war.effort_factor": 1.5},
    {"war.kursk_held": True},
    {"secretary_general.holder": "other"},
    {"threat.war_level": 1.0},
    {"alliance.UKR.member": True},
]


@pytest.mark.parametrize("sets", CAUSES, ids=lambda sets: next(iter(sets)))
def test_two_scenarios_are_the_same_until_the_first_thing_that_differs(baseline, sets):
    day = date(2025, 5, 14)
    changed = run(scenario(None, event(day, sets)))
    points = axes(scenario())
    months = sum(month < day for month in points.months)
    years = sum(year < day for year in points.years)
    for name, values in baseline.items():
        before = months if len(values) == len(points.months) else years
        assert values[:before].tobytes() == changed[name][:before].tobytes(), name
    assert differing(baseline, changed)


def test_an_event_that_happens_in_half_the_runs_changes_only_those(baseline):
    changed = run(scenario(None, event(date(2025, 5, 14), {"us.commitment.shock": -0.2}, chance=0.5)))
    differs = (changed["us_commitment"] != baseline["us_commitment"]).any(axis=0)
    assert 0 < differs.sum() < RUNS
    for name, values in baseline.items():
        assert values[..., ~differs].tobytes() == changed[name][..., ~differs].tobytes(), name


def test_priors_changed_before_the_start_leave_luck_alone(baseline):
    """Another prior of one parameter moves what depends on it and leaves elections, the front and aid as they were."""
    changed = run(scenario({"us.commitment.level_continuity": normal(0.5, 0.05, low=0.0, high=1.0)}))
    for name in ("republican_president", "republican_house", "russian_controlled_km2", "aid_delivered_beur"):
        assert changed[name].tobytes() == baseline[name].tobytes(), name
    assert changed["us_commitment"].tobytes() != baseline["us_commitment"].tobytes()


def test_the_same_numbers_in_another_process(baseline):
    program = (
        "import sys; sys.path.insert(0, '.')\n"
        "from tests.model.conftest import run, scenario\n"
        "import hashlib\n"
        "values = run(scenario())\n"
        "print(hashlib.sha256(b''.join(values[name].tobytes() for name in sorted(values))).hexdigest())\n"
    )
    told = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    import hashlib

    here = hashlib.sha256(b"".join(baseline[name].tobytes() for name in sorted(baseline))).hexdigest()
    assert told.stdout.strip() == here


def test_at_central_values_runs_differ_by_shocks_only():
    quiet = {
        "war.front_noise_km2": 0.0,
        "war.effort_noise_log": 0.0,
        "war.collapse_per_month": 0.0,
        "negotiation.hazard_per_year": 0.0,
        "war.gain_per_aid_km2": 0.0,
        "war.effort_per_spending": 0.0,
    }
    central = run(scenario(quiet), central=True)["russian_controlled_km2"]
    drawn = run(scenario(quiet))["russian_controlled_km2"]
    assert np.ptp(central, axis=-1).max() == 0
    assert np.ptp(drawn[-1]) > 0


class TestStreams:
    def test_a_draw_does_not_depend_on_what_was_drawn_before(self):
        fresh = streams_of(3, 0, 20).uniform("war", 300, 5, 2)
        used = streams_of(3, 0, 20)
        used.uniform("aid", 300, 5, 2)
        used.normals("war", 299, [1, 2, 3])
        used.quantiles("war.break_even_thousand")
        used.uniform("war", 300, 5, 2)
        assert np.array_equal(used.uniform("war", 300, 5, 2), fresh)

    @pytest.mark.parametrize("counter", [(0, 0, 0, 0), (250, 300, 5, 2), (2**64 - 1, 2**40, 2**63 + 5, 1)])
    def test_words_are_those_of_numpys_own_way_to_set_a_counter(self, counter):
        streams = streams_of(3, 0, 20)
        streams.uniform("war", 7)  # the counter has moved, and words of the last output are left over
        streams._sources["war", 3]._generator.random_raw(3)
        words = streams._sources["war", 3].words(counter, 11)
        public = np.random.Philox(key=np.array([3, 11], np.uint64))
        state = public.state
        state["state"]["counter"][:], state["buffer_pos"] = counter, 4
        public.state = state
        assert words.tolist() == public.random_raw(11).tolist()

    def test_a_numpy_that_keeps_its_state_another_way_is_refused(self, monkeypatch):
        monkeypatch.setattr(streams_module.ctypes, "sizeof", lambda _: 12)  # the place of what is used up is elsewhere
        with pytest.raises(FaultError, match="constraints"):
            streams_of(3, 0, 20).uniform("war", 1)

    def test_every_part_of_the_key_counts(self):
        streams = streams_of(3, 0, 20)
        draws = [
            streams.uniform("war", 300, 5, 2),
            streams.uniform("aid", 300, 5, 2),
            streams.uniform("war", 301, 5, 2),
            streams.uniform("war", 300, 6, 2),
            streams.uniform("war", 300, 5, 3),
            streams_of(4, 0, 20).uniform("war", 300, 5, 2),
            streams_of(3, 20, 20).uniform("war", 300, 5, 2),
        ]
        assert len({draw.tobytes() for draw in draws}) == len(draws)

    @pytest.mark.parametrize(("first", "count"), [(0, 1), (3, 4), (7, 2), (8, 8), (13, 27)])
    def test_any_window_of_runs_is_cut_from_one_sequence(self, first, count):
        whole = streams_of(3, 0, 64)
        part = streams_of(3, first, count)
        window = slice(first, first + count)
        assert np.array_equal(part.uniform("war", 1), whole.uniform("war", 1)[window])
        assert np.array_equal(part.quantiles("some.key"), whole.quantiles("some.key")[window])
        assert np.array_equal(
            part.students("budgets", 1, [4, 5], 5.0), whole.students("budgets", 1, [4, 5], 5.0)[:, window]
        )

    def test_every_member_candidate_and_donor_has_a_place(self):
        assert set(roster.PLACES) == set(CODES)
        assert set(parameters.PLACES) == {donor.code for donor in facts.donors()}

    def test_places_are_as_they_were(self):
        """A code that moves gives its luck away: new ones come behind these."""
        assert " ".join(list(roster.PLACES)[:35]) == (
            "ALB BEL BGR CAN CZE DEU DNK ESP EST FIN FRA GBR GRC HRV HUN ITA LTU LUX LVA MKD MNE NLD NOR POL PRT ROU "
            "SVK SVN SWE TUR USA ISL BIH GEO UKR"
        )
        assert " ".join(list(parameters.PLACES)[:42]) == (
            "AUS AUT BEL BGR CAN CHE CHN CYP CZE DEU DNK ESP EST EUI FIN FRA GBR GRC HRV HUN IND IRL ISL ITA JPN KOR "
            "LTU LUX LVA MLT NLD NOR NZL POL PRT ROU SVK SVN SWE TUR TWN USA"
        )
        assert list(places("BBB AAA").items()) == [("BBB", 0), ("AAA", 1)]

    def test_a_code_with_two_places_is_refused(self):
        with pytest.raises(FaultError, match="two places"):
            places("AAA BBB AAA")

    @pytest.mark.parametrize("asked", [[0], [15], [16], [40], [3, 4, 5], [41, 2, 17, 2], range(47, -1, -1), [10**6]])
    def test_what_an_entity_draws_does_not_depend_on_who_else_is_asked(self, asked):
        """Whoever is asked, in any order, beside spare places and groups that are drawn with them."""
        everyone = streams_of(3, 0, 20).uniforms("aid", 300, [*range(48), 10**6], 1)
        some = streams_of(3, 0, 20).uniforms("aid", 300, asked, 1)
        for row, place in enumerate(asked):
            assert np.array_equal(some[row], everyone[min(place, 48)])
        assert len({row.tobytes() for row in everyone}) == len(everyone)

    @pytest.mark.parametrize("period", [0, 7, 8, 299, 303, 304, 2024])
    def test_what_a_period_draws_does_not_depend_on_which_other_is_asked(self, period):
        """Periods are drawn eight at once: the first asked for, after its neighbours and after others, is the same."""
        fresh = streams_of(3, 0, 20).normal("war", period, 1)
        used = streams_of(3, 0, 20)
        for other in (period + 1, max(period - 1, 0), period + 50):
            used.normal("war", other, 1)
        assert np.array_equal(used.normal("war", period, 1), fresh)

    def test_shared_draws_and_series_never_meet(self):
        """Whatever their periods, places, purposes and parts: no row of one is a row of another."""
        streams = streams_of(3, 0, 64)
        rows = [streams.uniforms("aid", period, range(40), purpose) for period in range(4) for purpose in range(3)]
        rows += [
            streams.uniform("aid", period, purpose, part)[None]
            for period in range(40)
            for purpose in range(3)
            for part in range(4)
        ]
        pieces = np.concatenate(rows).reshape(-1, 8)  # of a lane each half
        assert len({piece.tobytes() for piece in pieces}) == len(pieces)

    @pytest.mark.parametrize("run", [2**28, 2**40])
    def test_runs_far_out_draw_as_the_first_do(self, run):
        draws = streams_of(3, run, 32).uniforms("aid", 300, range(42))
        assert 0.45 < draws.mean() < 0.55
        assert np.array_equal(streams_of(3, run + 16, 16).uniforms("aid", 300, range(42)), draws[:, 16:])

    def test_what_is_drawn_cannot_be_written_to(self):
        streams = streams_of(3, 0, 16)
        for drawn in (streams.uniform("war", 1), streams.normals("aid", 1, [2]), streams.quantiles("x")):
            assert not drawn.flags.writeable

    def test_normal_quantiles_are_scipys_at_every_number_that_can_be_drawn(self):
        numbers = ((2 * np.arange(2**23) + 1) * 2.0**-24).astype(np.float32)
        drawn, exact = ndtri(numbers), special.ndtri(numbers.astype(np.float64))
        assert np.abs(drawn / exact - 1).max() < 1e-6
        assert (np.diff(drawn) > 0).all()
        assert np.array_equal(ndtri(numbers[::1001]), drawn[::1001])  # of any length and layout
        assert np.array_equal(ndtri(numbers[:2000].reshape(50, 40).T), drawn[:2000].reshape(50, 40).T)

    def test_numbers_never_reach_0_or_1(self, monkeypatch):
        """With all bits set or none a draw still lies inside (0, 1), where the quantile functions are finite."""
        for word in (0, 2**64 - 1):
            streams = streams_of(3, 0, 8)
            monkeypatch.setattr(
                streams_module._Source, "words", lambda *asked, word=word: np.full(asked[2], word, np.uint64)
            )
            for drawn in (streams.uniform("war", 1), streams.quantiles("x")):
                assert (drawn > 0).all()
                assert (drawn < 1).all()
            assert np.isfinite(streams.normal("war", 1)).all()

    def test_draws_are_uniform_normal_and_student(self):
        streams = streams_of(3, 0, 40_000)
        uniform_draw = streams.uniform("war", 1)
        assert uniform_draw.min() > 0
        assert uniform_draw.max() < 1
        # 40,000 draws: standard error of the mean 0.0014, of the variance 0.0004
        assert abs(uniform_draw.mean() - 0.5) < 0.006
        assert abs(uniform_draw.var() - 1 / 12) < 0.002
        normal_draw = streams.normal("war", 2)
        assert abs(normal_draw.mean()) < 0.02
        assert abs(normal_draw.std() - 1) < 0.02
        student = streams.students("war", 3, [0], 5.0)[0]
        assert abs(student.std() - 1) < 0.03  # scaled to unit variance
        assert np.mean(np.abs(student) > 3) > 2 * np.mean(np.abs(normal_draw) > 3)  # with heavier tails

    def test_neighbouring_runs_periods_and_places_are_not_correlated(self):
        streams = streams_of(3, 0, 20_000)
        series = [streams.normal("war", period)[None] for period in (5, 6, 7, 8)]
        draws = np.concatenate([streams.normals("war", 1, range(13, 18)), *series])
        off = np.corrcoef(draws)[~np.eye(9, dtype=bool)]
        assert np.abs(off).max() < 0.03  # 4 standard errors of 1/sqrt(20,000)
        one = draws[0]
        assert abs(np.corrcoef(one[1:], one[:-1])[0, 1]) < 0.03


def test_two_priors_of_one_key_share_their_luck():
    """A run high in one prior is as high in another: both are read off at the quantile of the key's own stream."""
    low = run(scenario({"us.troops.start_thousand": uniform(60.0, 80.0)}), count=64)["us_troops_europe_thousand"][0]
    high = run(scenario({"us.troops.start_thousand": uniform(90.0, 110.0)}), count=64)["us_troops_europe_thousand"][0]
    np.testing.assert_allclose(high - low, 30, atol=1e-4)


def test_simulate_gives_every_variable_with_its_axes(baseline):
    from sim.model import variables

    points = axes(scenario())
    assert {variable.name for variable in variables()} == set(baseline)
    for variable in variables():
        entities = (len(points.codes(variable.entity)),) if variable.entity else ()
        assert baseline[variable.name].shape == (len(points.dates(variable.every)), *entities, RUNS)
        assert baseline[variable.name].dtype == np.float32
    assert points.months[0] == date(2024, 10, 31)
    assert points.months[-1] == SHORT
    assert points.years == (date(2024, 12, 31), date(2025, 12, 31), SHORT)
    assert simulate.__doc__
