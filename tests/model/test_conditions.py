"""Events on a condition act in the runs in which it holds, from the month after, and nowhere else."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from sim.model import axes
from sim.model.engine.conditions import Conditional, condition_days
from sim.scenario import Condition, Dated, fixed

from .conftest import differing, event, run, scenario
from .test_settings import settings_of

KEY = "us.troops.level_thousand"
END = date(2027, 12, 31)
COUNT = 64
LOW = "us_commitment < 0.5"
ADVANCE = "russian_controlled_km2 > 112000"
SHARE = "members.DEU.share_pct_gdp"
LINE = Dated(
    ((date(2025, 2, 10), fixed(1.5)), (date(2026, 5, 20), fixed(3.5)), (date(2027, 2, 1), fixed(4.0))), "linear"
)
FACTOR = {"aid.military_factor": 0.0, "aid.other_factor": 0.0}


def months(made):
    return list(axes(made).months)


@pytest.fixture(scope="module")
def plain():
    return run(scenario(end=END), count=COUNT)


class Told:
    """A record that says whatever the test lets it say."""

    def __init__(self, runs):
        self.values = np.zeros(runs, np.float32)

    def last(self, name, entity=""):
        return self.values


class Engine:
    """As much of an engine as one event needs."""

    def __init__(self, settings, runs):
        self.settings, self.runs = settings, runs

    def no(self):
        return np.zeros(self.runs, np.bool_)


def followed(told, **more):
    """In which of four runs the event is in force after each month of ``told``, rows of 0 and 1."""
    settings, _ = settings_of(count=4)
    record = Told(4)
    key = "war.effort_factor"
    each = Conditional(Engine(settings, 4), event(None, {key: 2.0}, when="ceasefire", **more), ceasefire())
    seen = []
    for month in told:
        record.values = np.array(month, np.float32)
        each.look(record)
        seen.append((np.broadcast_to(settings.number(key), 4) == 2).astype(int).tolist())
    return seen


def ceasefire():
    return Condition("ceasefire", ">", 0.5, flag=True)


TOLD = [[0, 0, 1, 1], [0, 1, 1, 0], [0, 1, 1, 0], [0, 0, 1, 1], [0, 0, 1, 1]]


class TestTiming:
    def test_once_begun_it_goes_on(self):
        assert followed(TOLD) == [[0, 0, 1, 1], [0, 1, 1, 1], [0, 1, 1, 1], [0, 1, 1, 1], [0, 1, 1, 1]]

    def test_not_once_it_acts_while_the_condition_holds(self):
        assert followed(TOLD, once=False) == TOLD

    def test_it_waits(self):
        assert followed(TOLD, after_months=2) == [
            [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 1, 1], [0, 1, 1, 1], [0, 1, 1, 1],
        ]  # fmt: skip
        assert followed(TOLD, after_months=1, once=False) == [
            [0, 0, 0, 0], [0, 0, 1, 0], [0, 1, 1, 0], [0, 0, 1, 0], [0, 0, 1, 1],
        ]  # fmt: skip

    def test_it_ends_after_its_months_and_does_not_come_back(self):
        assert followed(TOLD, for_months=2) == [
            [0, 0, 1, 1], [0, 1, 1, 1], [0, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0],
        ]  # fmt: skip
        assert followed(TOLD, for_months=1, once=False) == [
            [0, 0, 1, 1], [0, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 1], [0, 0, 0, 0],
        ]  # fmt: skip

    def test_days_are_the_firsts_of_months_after_the_first_record_and_the_ends(self):
        until = date(2025, 1, 15)
        made = scenario(None, event(None, {KEY: 50.0}, when="ceasefire", until=until), end=date(2025, 2, 28))
        firsts = [date(2024, 11, 1), date(2024, 12, 1), date(2025, 1, 1), date(2025, 2, 1)]
        assert condition_days(made) == tuple(sorted([*firsts, until]))
        assert condition_days(scenario()) == ()


class TestLayers:
    """In each run, of two events on one key the one that began later stands."""

    KEY = "war.effort_factor"

    def test_a_mask_moves(self):
        settings, _ = settings_of(count=4)
        each = event(None, {self.KEY: 2.0}, when="ceasefire")
        settings.update(each, np.array([True, False, False, False]))
        assert settings.number(self.KEY).tolist() == [2, 1, 1, 1]
        settings.update(each, np.array([False, True, True, False]))
        assert settings.number(self.KEY).tolist() == [1, 2, 2, 1]
        changes = settings.changes
        settings.update(each, np.array([False, True, True, False]))
        assert settings.changes == changes
        settings.update(each, np.zeros(4, bool))
        assert settings.number(self.KEY).tolist() == [1]

    def test_the_later_stands_whichever_is_conditional(self):
        settings, _ = settings_of(count=4)
        dated = event(date(2025, 1, 1), {self.KEY: 3.0}, name="dated")
        each = event(None, {self.KEY: 2.0}, when="ceasefire")
        settings.update(each, np.array([True, False, False, False]))
        settings.begin(dated)
        settings.update(each, np.array([True, True, False, False]))
        assert settings.number(self.KEY).tolist() == [3, 2, 3, 3]
        settings.lift(dated)
        assert settings.number(self.KEY).tolist() == [2, 2, 1, 1]

    def test_cohorts_of_one_event_are_kept_together(self):
        settings, _ = settings_of(count=4)
        one = event(None, {self.KEY: 2.0}, when="ceasefire", name="one")
        other = event(None, {"war.kursk_held": True}, when="ceasefire", name="other")
        for runs in (1, 2, 3, 4):
            settings.update(one, np.arange(4) < runs)
            settings.update(other, np.arange(4) < runs)
        assert len(settings._active) == 2


class TestDatedValues:
    """A line or a step that an event on a condition sets acts from the condition on, by the line's own days."""

    KEY = "war.effort_factor"
    LINE = Dated(((date(2025, 1, 1), fixed(2.0)), (date(2025, 4, 11), fixed(3.0))), "linear")  # a hundredth a day
    STEP = Dated(((date(2025, 1, 1), fixed(2.0)), (date(2025, 4, 11), fixed(3.0))), "step")

    def on(self, settings, clock, day):
        clock.environment.run(until=(day - date(2024, 10, 1)).days)
        return [pytest.approx(value) for value in np.broadcast_to(settings.number(self.KEY), 4).tolist()]

    @pytest.mark.parametrize(("value", "half_way"), [(LINE, 2.5), (STEP, 2.0)])
    def test_before_its_first_day_it_leaves_what_holds_without_it(self, value, half_way):
        settings, clock = settings_of(count=4)
        each = event(None, {self.KEY: value}, when="ceasefire")
        settings.update(each, np.array([True, True, False, False]))
        assert self.on(settings, clock, date(2024, 12, 31)) == [1, 1, 1, 1]
        assert self.on(settings, clock, date(2025, 1, 1)) == [2, 2, 1, 1]
        assert self.on(settings, clock, date(2025, 2, 20)) == [half_way, half_way, 1, 1]

    @pytest.mark.parametrize(("value", "later"), [(LINE, 2.75), (STEP, 2.0)])
    def test_a_run_that_comes_later_joins_it_where_it_then_stands(self, value, later):
        settings, clock = settings_of(count=4)
        each = event(None, {self.KEY: value}, when="ceasefire", once=False)
        self.on(settings, clock, date(2025, 2, 1))
        settings.update(each, np.array([True, False, False, False]))
        self.on(settings, clock, date(2025, 3, 1))
        settings.update(each, np.array([True, True, False, False]))
        assert self.on(settings, clock, date(2025, 3, 17)) == [later, later, 1, 1]
        assert self.on(settings, clock, date(2025, 4, 11)) == [3, 3, 1, 1]
        settings.update(each, np.array([False, True, False, False]))
        assert self.on(settings, clock, date(2025, 4, 12)) == [1, 3, 1, 1]
        settings.update(each, np.array([True, True, False, False]))  # once more: the line has not begun anew
        assert self.on(settings, clock, date(2025, 4, 13)) == [3, 3, 1, 1]

    def test_of_a_year_it_counts_from_the_condition_on(self):
        settings, clock = settings_of(count=4)
        key = "budgets.change_pp"
        line = Dated(((date(2025, 1, 1), fixed(0.0)), (date(2026, 1, 1), fixed(3.65))), "linear")
        clock.environment.run(until=(date(2025, 7, 1) - date(2024, 10, 1)).days)
        settings.update(event(None, {key: line}, when="ceasefire"), np.array([True, False, False, False]))
        from_july = sum(range(181, 365)) / 100 / 365
        assert settings.mean_of_year(key, 2025).tolist() == pytest.approx([from_july, 0, 0, 0])
        assert settings.mean_of_year(key, 2026).tolist() == pytest.approx([3.65, 0, 0, 0])


class TestInTheModel:
    def test_it_acts_in_the_runs_in_which_the_condition_holds_and_from_the_month_after(self, plain):
        made = scenario(None, event(None, FACTOR, when=LOW), end=END)
        acted = run(made, count=COUNT)
        low = plain["us_commitment"] < 0.5
        first = np.where(low.any(axis=0), low.argmax(axis=0), 999)
        everyone = list(axes(made).codes("donor")).index("ALL")
        differs = (plain["aid_committed_beur"] != acted["aid_committed_beur"])[:, everyone]
        begins = np.where(differs.any(axis=0), differs.argmax(axis=0), 999)
        assert 0 < (first < 999).sum() < COUNT
        assert (differs[:, first == 999].sum()) == 0
        assert (begins[first < len(low) - 1] == first[first < len(low) - 1] + 1).all()
        untouched = first == 999
        for name, values in plain.items():
            assert values[..., untouched].tobytes() == acted[name][..., untouched].tobytes(), name

    def test_one_whose_condition_never_holds_changes_nothing(self, plain):
        every = {"war.full_scale": False, "alliance.UKR.member": True, "secretary_general.holder": "other"}
        acted = run(scenario(None, event(None, every | FACTOR, when="us_commitment < 0"), end=END), count=COUNT)
        assert differing(plain, acted) == []

    def test_one_that_no_draw_lets_happen_changes_nothing(self, plain):
        acted = run(scenario(None, event(None, FACTOR, when=LOW, chance=0.0), end=END), count=COUNT)
        assert differing(plain, acted) == []

    def test_a_condition_that_always_holds_is_a_date(self):
        """A year-old record of anything makes it the first of the month: so it is an event of that day."""
        sets = {"us.commitment.shock": -0.2, "alliance.SWE.member": False, "secretary_general.holder": "other"}
        dated = run(scenario(None, event(date(2025, 3, 1), sets), end=END), count=8)
        conditional = event(None, sets, when="us_commitment >= 0", after_months=4)
        assert differing(dated, run(scenario(None, conditional, end=END), count=8)) == []

    def test_until_ends_it_on_the_day(self):
        sets = {"us.commitment.shock": -0.2}
        until = date(2025, 6, 30)
        dated = run(scenario(None, event(date(2025, 3, 1), sets, until=until), end=END), count=8)
        conditional = event(None, sets, when="us_commitment >= 0", after_months=4, until=until)
        assert differing(dated, run(scenario(None, conditional, end=END), count=8)) == []
        conditional = event(None, sets, when="us_commitment >= 0", after_months=4, for_months=3)
        assert differing(dated, run(scenario(None, conditional, end=END), count=8)) == []

    def test_what_is_recorded_of_the_condition_does_not_depend_on_what_is_asked(self):
        made = scenario(None, event(None, FACTOR, when=LOW), end=END)
        everything, asked = run(made, count=8), run(made, count=8, only={"members_total", "russian_controlled_km2"})
        assert set(asked) == {"members_total", "russian_controlled_km2"}
        for name, values in asked.items():
            assert values.tobytes() == everything[name].tobytes()

    @pytest.mark.parametrize(
        ("when", "chance", "base", "sets"),
        [(LOW, 0.5, {}, FACTOR), (ADVANCE, 1, {}, {SHARE: LINE}), (ADVANCE, 1, {SHARE: LINE}, {SHARE: 2.2})],
        ids=["numbers", "a line of the event", "a line of the file"],
    )
    def test_runs_do_not_depend_on_their_number(self, when, chance, base, sets):
        made = scenario(base, event(None, sets, when=when, chance=chance), end=END)
        many = run(made, count=COUNT)
        for first, count in ((16, 8), (24, 1), (25, 1), (48, 1)):
            for name, values in run(made, first=first, count=count).items():
                assert values.tobytes() == many[name][..., first : first + count].tobytes(), name

    def test_a_yearly_variable_and_a_label_can_be_conditions(self, plain):
        for when in ("defence_share_pct_gdp:DEU > 1.9", "us_posture = retrenchment", "democratic_president"):
            acted = run(scenario(None, event(None, FACTOR, when=when), end=END), count=COUNT)
            assert differing(plain, acted), when

    def test_a_collapse_is_recorded_once_it_has_happened(self):
        made = scenario({"war.collapse_now_km2": 500.0}, end=END)
        assert run(made, count=4)["ukrainian_front_collapsed"][1:].all()
        quiet = scenario({"war.collapse_per_month": 0.0}, end=END)
        assert not run(quiet, count=4)["ukrainian_front_collapsed"].any()
