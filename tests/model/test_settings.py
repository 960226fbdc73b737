"""The values in force, the calendar and the order of a day."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from sim.model import axes, catalogue, registry
from sim.model.engine.clock import Clock, month_ends, month_number, year_ends
from sim.model.engine.settings import Settings
from sim.model.engine.streams import Streams
from sim.scenario import Dated, Number, Weights, discrete, fixed, normal, uniform
from sim.scenario.days import month_end

from .conftest import differing, event, run, scenario

PHASES = registry().phases
KEY = "war.effort_factor"


def settings_of(sets=None, count=64, central=False, **dates):
    made = scenario(sets, **dates)
    clock = Clock(made.start, made.end)
    return Settings(made, catalogue(), Streams(7, 0, count), clock, central), clock


class TestNumbers:
    def test_a_fixed_value_is_one_number_and_a_prior_one_for_each_run(self):
        settings, _ = settings_of({KEY: 1.5, "war.break_even_thousand": normal(21.0, 3.0)})
        assert settings.number(KEY).tolist() == [1.5]
        drawn = settings.number("war.break_even_thousand")
        assert drawn.shape == (64,)
        assert drawn.mean() == pytest.approx(21, abs=1.6)  # standard error 3 / 8
        assert drawn.std() == pytest.approx(3, abs=1)

    def test_central_is_the_median(self):
        settings, _ = settings_of(
            {"war.break_even_thousand": uniform(10.0, 30.0), KEY: discrete({1.0: 0.2, 2.0: 0.8})}, central=True
        )
        assert settings.number("war.break_even_thousand").tolist() == [20]
        assert settings.number(KEY).tolist() == [2]

    def test_an_entity_key_gives_a_row_for_each(self):
        settings, _ = settings_of(
            {"members.DEU.budget_change_pp": 0.5, "members.FRA.budget_change_pp": uniform(0.0, 1.0)}
        )
        rows = settings.numbers("members.*.budget_change_pp", ["DEU", "FRA", "ITA"])
        assert rows.shape == (3, 64)
        assert (rows[0] == 0.5).all()
        assert (rows[2] == 0).all()

    def test_plain_rows_follow_an_event_on_one_of_them(self):
        settings, _ = settings_of({"members.DEU.budget_change_pp": 0.5})
        rows, codes = "members.*.budget_change_pp", ["DEU", "FRA"]
        assert settings.numbers(rows, codes).tolist() == [[0.5], [0]]
        begun = event(date(2024, 10, 1), {"members.FRA.budget_change_pp": 0.25}, name="more")
        settings.begin(begun)
        assert (settings.numbers(rows, codes) == [[0.5], [0.25]]).all()
        settings.lift(begun)
        assert settings.numbers(rows, codes).tolist() == [[0.5], [0]]

    def test_keys_stand_still_until_an_event_makes_one_of_them_dated(self):
        settings, _ = settings_of({})
        keys = (KEY, "war.break_even_thousand")
        assert settings.stands_still(keys)
        before = settings.number(KEY)
        path = Dated(((date(2024, 10, 1), fixed(1.5)), (date(2030, 10, 1), fixed(2.0))), "linear")
        begun = event(date(2024, 10, 1), {KEY: path}, name="a path")
        settings.begin(begun)
        assert not settings.stands_still(keys)
        assert settings.number(KEY)[0] == 1.5
        assert settings.number(KEY, date(2030, 10, 1))[0] == 2.0
        settings.lift(begun)
        assert settings.stands_still(keys)
        assert settings.number(KEY).tolist() == before.tolist()

    def test_a_dated_value_changes_with_the_calendar(self):
        points = ((date(2024, 10, 1), fixed(1.0)), (date(2025, 10, 1), fixed(2.0)))
        settings, clock = settings_of({KEY: Dated(points, "step")})
        linear, other = settings_of({KEY: Dated(points, "linear")})
        assert settings.number(KEY)[0] == 1
        for each in (clock, other):
            each.environment.run(until=182)  # half of 365 days, less half a day
        assert settings.number(KEY)[0] == 1
        assert linear.number(KEY)[0] == pytest.approx(1 + 182 / 365, rel=1e-4)
        for each in (clock, other):
            each.environment.run(until=365)
        assert settings.number(KEY)[0] == 2
        assert linear.number(KEY)[0] == 2

    def test_a_key_left_open_is_not_a_number_until_an_event_sets_it(self):
        settings, _ = settings_of()
        key = "members.DEU.share_pct_gdp"
        assert not settings.is_set(key)
        assert settings.told({key, KEY}) == {KEY}
        happens = event(date(2025, 1, 1), {key: 3.0}, chance=0.5)
        settings.begin(happens)
        assert settings.is_set(key)
        assert settings.told({key, KEY}) == {key, KEY}
        told = settings.number(key)
        assert set(told[~np.isnan(told)].tolist()) == {3.0}
        assert 0 < np.isnan(told).sum() < 64
        settings.lift(happens)
        assert not settings.is_set(key)
        assert settings.told({key, KEY}) == {KEY}

    def test_an_unknown_key_is_an_error(self):
        settings, _ = settings_of()
        with pytest.raises(KeyError):
            settings.number("war.no_such_key")


class TestEvents:
    def test_an_event_holds_from_begin_to_lift(self):
        settings, _ = settings_of()
        happens = event(date(2025, 1, 1), {KEY: 2.0, "war.kursk_held": True, "secretary_general.holder": "other"})
        before = settings.choice("secretary_general.holder").copy()
        assert settings.number(KEY)[0] == 1
        settings.begin(happens)
        assert (settings.number(KEY) == 2).all()
        assert settings.flag("war.kursk_held").all()
        assert settings.anywhere("war.kursk_held")
        assert (settings.choice("secretary_general.holder") != before).all()
        settings.lift(happens)
        assert (settings.number(KEY) == 1).all()
        assert not settings.flag("war.kursk_held").any()
        assert not settings.anywhere("war.kursk_held")
        assert (settings.choice("secretary_general.holder") == before).all()

    def test_of_two_events_on_one_key_the_later_stands_and_gives_way_again(self):
        settings, _ = settings_of()
        first = event(date(2025, 1, 1), {KEY: 2.0}, name="first")
        second = event(date(2025, 2, 1), {KEY: 3.0}, name="second")
        settings.begin(first)
        settings.begin(second)
        assert settings.number(KEY).max() == 3
        settings.lift(first)
        assert settings.number(KEY).min() == 3
        settings.begin(first)
        settings.lift(second)
        assert settings.number(KEY).min() == settings.number(KEY).max() == 2

    def test_an_event_happens_at_its_probability_and_two_events_are_independent(self):
        settings, _ = settings_of(count=4096)
        settings.begin(event(date(2025, 1, 1), {KEY: 2.0}, name="one", chance=0.3))
        settings.begin(event(date(2025, 1, 1), {"war.kursk_held": True}, name="another", chance=0.3))
        one, another = settings.number(KEY) == 2, settings.flag("war.kursk_held")
        # standard error 0.007
        assert one.mean() == pytest.approx(0.3, abs=0.025)
        assert (one & another).mean() == pytest.approx(0.09, abs=0.02)

    def test_rows_of_entities_follow_events(self):
        settings, _ = settings_of()
        codes = ["DEU", "FRA"]
        pattern = "members.*.budget_change_pp"
        assert not settings.numbers(pattern, codes).any()
        happens = event(date(2025, 1, 1), {"members.FRA.budget_change_pp": 0.4})
        settings.begin(happens)
        np.testing.assert_allclose(settings.numbers(pattern, codes)[:, 0], [0, 0.4], rtol=1e-6)
        settings.lift(happens)
        assert not settings.numbers(pattern, codes).any()

    def test_on_the_day_of_an_event_everything_else_sees_it(self):
        """Events come first: one that begins on a month's last day counts in it, one that ends then does not."""
        day = date(2025, 3, 31)
        on = run(scenario(None, event(day, {"us.commitment.shock": -0.3})), count=4)
        until = run(scenario(None, event(date(2025, 3, 5), {"us.commitment.shock": -0.3}, until=day)), count=4)
        base = run(scenario(), count=4)["us_commitment"]
        assert (on["us_commitment"][5] < base[5]).all()
        assert (on["us_commitment"][4] == base[4]).all()
        assert until["us_commitment"].tobytes() == base.tobytes()


class TestChoices:
    KEY = "us.elections.2024.president"

    def test_weights_are_met(self):
        settings, _ = settings_of({self.KEY: Weights((("harris", 0.3), ("trump", 0.7)))}, count=4096)
        assert settings.choice(self.KEY).mean() == pytest.approx(0.7, abs=0.03)
        assert settings.weights(self.KEY) == {"harris": 0.3, "trump": 0.7}

    def test_the_order_in_which_weights_are_written_does_not_matter(self):
        one, _ = settings_of({self.KEY: Weights((("harris", 0.3), ("trump", 0.7)))})
        other, _ = settings_of({self.KEY: Weights((("trump", 0.7), ("harris", 0.3)))})
        assert np.array_equal(one.choice(self.KEY), other.choice(self.KEY))

    def test_a_heavier_weight_takes_runs_over_and_gives_none_up(self):
        light, _ = settings_of({self.KEY: Weights((("harris", 0.6), ("trump", 0.4)))})
        heavy, _ = settings_of({self.KEY: Weights((("harris", 0.4), ("trump", 0.6)))})
        assert (heavy.choice(self.KEY) >= light.choice(self.KEY)).all()
        assert (heavy.choice(self.KEY) > light.choice(self.KEY)).any()

    def test_a_named_option_is_taken_by_all(self):
        settings, _ = settings_of({self.KEY: "trump"})
        assert (settings.choice(self.KEY) == 1).all()
        assert settings.weights(self.KEY) is None


class TestClock:
    def test_month_ends(self):
        assert month_end(date(2024, 2, 3)) == date(2024, 2, 29)
        assert month_end(date(2025, 2, 28)) == date(2025, 2, 28)
        assert month_ends(date(2024, 1, 15), date(2024, 4, 29)) == (
            date(2024, 1, 31),
            date(2024, 2, 29),
            date(2024, 3, 31),
        )
        assert month_ends(date(2024, 1, 31), date(2024, 2, 28)) == (date(2024, 1, 31),)
        assert month_ends(date(2024, 2, 1), date(2024, 2, 20)) == ()

    def test_year_ends_stop_at_the_end(self):
        told = year_ends(date(2024, 10, 1), date(2026, 3, 15))
        assert told == (date(2024, 12, 31), date(2025, 12, 31), date(2026, 3, 15))

    def test_months_are_numbered_from_january_2000(self):
        assert month_number(date(2000, 1, 31)) == 0
        assert month_number(date(2024, 10, 1)) == 24 * 12 + 9

    def test_the_part_of_a_month_within_the_horizon(self):
        clock = Clock(date(2022, 3, 15), date(2022, 12, 31))
        assert clock.fraction(date(2022, 3, 31)) == pytest.approx(17 / 31)
        assert clock.fraction(date(2022, 4, 30)) == 1
        assert Clock(date(2022, 3, 1), date(2022, 12, 31)).fraction(date(2022, 3, 31)) == 1

    def test_days_are_sorted_unique_and_within_the_horizon(self):
        clock = Clock(date(2024, 1, 1), date(2024, 12, 31))
        days = [date(2025, 1, 1), date(2024, 5, 1), date(2024, 1, 1), date(2024, 5, 1), date(2023, 12, 31)]
        assert clock.days(days) == (date(2024, 1, 1), date(2024, 5, 1))

    @pytest.mark.parametrize("backwards", [False, True])
    def test_phases_of_a_day_come_in_their_order_whoever_waits_first(self, backwards):
        clock, seen = Clock(date(2024, 1, 1), date(2024, 3, 1), PHASES), []

        def wait(phase):
            for day in (date(2024, 1, 1), date(2024, 2, 29)):
                yield clock.at(day, phase)
                assert clock.today == day
                seen.append((day, phase))

        for phase in PHASES[::-1] if backwards else PHASES:
            clock.environment.process(wait(phase))
        clock.environment.run()
        assert seen == [(day, phase) for day in (date(2024, 1, 1), date(2024, 2, 29)) for phase in PHASES]

    def test_the_order_of_the_day(self):
        """Causes before effects: votes, commitment, budgets, aid, war, talks, and the record last."""
        order = {phase: number for number, phase in enumerate(PHASES)}
        chain = [
            "events",
            "elections",
            "us_politics",
            "commitment",
            "summits",
            "budgets",
            "aid",
            "war",
            "negotiation",
            "record",
        ]
        assert [order[phase] for phase in chain] == sorted(order[phase] for phase in chain)
        assert order["events"] == 0
        assert order["record"] == len(PHASES) - 1


class TestDatedLevers:
    """A dated value and an event that say the same give the same numbers."""

    def test_a_dated_factor_on_deliveries_is_an_event(self):
        key, day = "us.aid.delivery_factor", date(2025, 6, 1)
        dated = run(scenario({key: Dated(((date(2024, 10, 1), fixed(1.0)), (day, fixed(0.0))), "step")}), count=4)
        told = run(scenario(None, event(day, {key: 0.0})), count=4)
        assert differing(dated, told) == []
        assert differing(told, run(scenario(), count=4))

    def test_a_dated_share_is_the_share_of_its_years(self):
        points = tuple((date(year, 1, 1), fixed(share)) for year, share in ((2025, 2.0), (2026, 3.0), (2027, 4.0)))
        made = scenario({"members.DEU.share_pct_gdp": Dated(points, "step")}, end=date(2027, 12, 31))
        share = run(made, count=4)["defence_share_pct_gdp"][:, axes(made).codes("member").index("DEU")]
        np.testing.assert_allclose(share[1:, 0], [2, 3, 4])

    def test_a_dated_shift_of_growth_moves_its_own_years(self):
        points = ((date(2024, 1, 1), fixed(0.0)), (date(2026, 1, 1), fixed(-8.0)), (date(2027, 1, 1), fixed(0.0)))
        end, quiet = date(2027, 12, 31), {"budgets.growth_pp": 0.0}
        plain = run(scenario(quiet, end=end), count=4)["defence_spending_busd_constant"]
        slump = run(scenario(quiet | {"economy.growth_shift_pct": Dated(points, "step")}, end=end), count=4)
        ratio = (slump["defence_spending_busd_constant"] / plain)[:, 0, 0]
        np.testing.assert_allclose(ratio[:2], 1)
        assert 0.9 < ratio[2] < 0.93
        assert ratio[3] == pytest.approx(ratio[2], rel=1e-4)


def test_every_process_waits_in_its_own_phase(monkeypatch):
    """One process a phase and one phase a process, so that registration cannot decide what comes first."""
    from sim.model.engine import simulation

    seen: dict[str, object] = {}

    class Watched(Clock):
        def at(self, day, phase):
            assert seen.setdefault(phase, self.environment.active_process) is self.environment.active_process
            return super().at(day, phase)

    monkeypatch.setattr(simulation, "Clock", Watched)
    events = event(date(2024, 8, 1), {KEY: 1.0}), event(None, {KEY: 1.0}, name="other", when="ceasefire")
    run(scenario(None, *events, start=date(2024, 7, 1)), count=1)
    assert set(seen) == set(PHASES)
    assert len(set(seen.values())) == len(PHASES)


def test_every_parameter_names_a_file_of_the_model_and_every_default_lies_in_its_domain():
    from pathlib import Path

    root = Path(__file__).parents[2]
    assert len(list(catalogue())) > 100
    for parameter in catalogue():
        system, file = parameter.used_in[0], parameter.used_in[1]
        assert system
        assert (root / file).exists(), parameter.key
        assert parameter.kind in ("data", "estimated", "assumption")
        assert parameter.source
        if parameter.depends_on:
            assert parameter.kind == "assumption", parameter.key


AT_START = [parameter for parameter in catalogue() if parameter.at_start and isinstance(parameter.domain, Number)]


@pytest.mark.parametrize("parameter", AT_START, ids=lambda parameter: parameter.key)
def test_what_is_read_at_the_start_is_not_moved_by_a_later_event(parameter, baseline):
    key = parameter.expanded()[0]
    for end in (parameter.domain.low, parameter.domain.high):
        moved = run(scenario(None, event(date(2024, 10, 2), {key: end})))
        assert differing(baseline, moved) == []


LATER = [
    "budgets.war_pp",
    "economy.own_growth_sd_pct",
    "elections.left_right_persistence",
    "us.commitment.level_continuity",
    "us.troops.months",
    "aid.stock_share",
    "aid.DEU.package_probability",
    "aid.generosity_sd",
    "europe.aid.replacement_first_half_year",
    "war.front_persistence",
    "war.loss_ratio",
    "war.russian_intake_thousand",
    "negotiation.hazard_per_year",
    "russia.effort_wartime_pct_gdp",
    "equipment.level_pct",
]


@pytest.mark.parametrize("key", LATER)
def test_what_is_read_as_the_run_goes_on_is_moved_by_an_event(key, baseline):
    domain = catalogue().find(key).domain
    moved = run(scenario(None, event(date(2024, 10, 2), {key: domain.high})))
    assert differing(baseline, moved)
