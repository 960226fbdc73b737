"""A value for a calendar year is that year's, whenever a member decides; a part of a year counts by its days."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from sim import load
from sim.model import axes, catalogue
from sim.model.engine.clock import Clock
from sim.model.engine.settings import Settings
from sim.model.engine.streams import Streams
from sim.model.systems.roster import WITH_FORCES
from sim.scenario import Dated, Given, Origin, fixed, uniform

from .conftest import event, run, scenario

END = date(2028, 12, 31)
CHANGE = "budgets.change_pp"
KEY = "members.DEU.share_pct_gdp"
HEAD = 'title = "t"\ndescription = "d"\nreferences = ["r"]\nextends = "baseline"\n'


@pytest.fixture(scope="module")
def plain():
    return run(scenario(end=END))


def shares(values, year):
    """Shares of GDP in a year, ``(members, runs)``."""
    years = [day.year for day in axes(scenario(end=END)).years]
    return values["defence_share_pct_gdp"][years.index(year)]


def step(*points):
    return Dated(tuple((day, fixed(value)) for day, value in points), "step")


class TestShares:
    def test_shares_stated_by_an_event_of_new_year_hold_in_that_year_for_every_member(self):
        told = {f"members.{code}.share_pct_gdp": 3.0 for code in WITH_FORCES}
        values = run(scenario(None, event(date(2026, 1, 1), told), end=END))
        assert (shares(values, 2025) != 3).any()
        assert (shares(values, 2026) == 3).all()  # decided in October, November and March alike
        assert (shares(values, 2028) == 3).all()

    def test_a_change_for_part_of_a_year_counts_by_its_days(self, plain):
        freeze = event(date(2026, 2, 1), {CHANGE: -0.3}, until=date(2026, 8, 31))
        values = run(scenario(None, freeze, end=END))
        np.testing.assert_array_equal(shares(values, 2025), shares(plain, 2025))
        moved = shares(values, 2026) - shares(plain, 2026)
        np.testing.assert_allclose(moved, -0.3 * 211 / 365, atol=2e-6)  # 1 February to 30 August

    def test_a_step_between_two_rounds_counts_by_its_days(self, plain):
        dated = step((date(2024, 10, 1), 0.0), (date(2026, 8, 1), -0.3), (date(2027, 6, 30), 0.0))
        values = run(scenario({CHANGE: dated}, end=END))
        np.testing.assert_allclose(shares(values, 2026) - shares(plain, 2026), -0.3 * 153 / 365, atol=2e-6)

    def test_a_change_late_in_the_year_also_moves_the_budgets_decided_for_the_next(self, plain):
        values = run(scenario(None, event(date(2026, 12, 15), {CHANGE: -0.3}), end=date(2027, 12, 31)))
        np.testing.assert_allclose(shares(values, 2026) - shares(plain, 2026), -0.3 * 17 / 365, atol=2e-6)
        moved = shares(values, 2027) - shares(plain, 2027)
        assert moved == pytest.approx(np.full_like(moved, -0.3 * (1 + 17 / 365)), abs=0.06)  # and what answers to it

    def test_a_stated_share_of_part_of_a_year_is_mixed_with_what_holds_without_it(self, plain):
        values = run(scenario(None, event(date(2026, 8, 1), {KEY: 3.0}), end=END))
        row = WITH_FORCES.index("DEU")
        mixed = shares(plain, 2026)[row] * (212 / 365) + 3 * 153 / 365
        np.testing.assert_allclose(shares(values, 2026)[row], mixed, rtol=1e-5)
        assert (shares(values, 2027)[row] == 3).all()

    def test_a_member_that_has_not_decided_when_the_run_ends_stands_where_it_stood_the_year_before(self):
        early = date(2027, 2, 28)  # Canada decides in March
        values = run(scenario(None, event(date(2026, 12, 15), {CHANGE: -0.3}), end=early))
        table = values["defence_share_pct_gdp"][:, WITH_FORCES.index("CAN")]
        np.testing.assert_array_equal(table[-1], table[-2])


def test_nothing_moves_before_an_event_of_a_yearly_key(plain):
    values = run(scenario(None, event(date(2026, 8, 1), {CHANGE: -1.0}), end=END))
    months = [row for row, end in enumerate(axes(scenario(end=END)).months) if end < date(2026, 8, 1)]
    count = len(axes(scenario(end=END)).months)
    for name, table in values.items():
        if table.shape[0] == count:
            np.testing.assert_array_equal(table[months], plain[name][months])


class TestParts:
    def settings(self, sets=None, *events, today=0, central=False):
        made = scenario(sets, *events, end=END)
        clock = Clock(made.start, made.end)
        clock.environment.run(until=today) if today else None
        return Settings(made, catalogue(), Streams(7, 0, 8), clock, central)

    def test_without_dates_and_events_a_year_has_one_part(self):
        settings = self.settings({CHANGE: uniform(0.0, 1.0)})
        ((part, value),) = settings.in_year(CHANGE, 2026)
        assert part == 365
        assert value is settings.number(CHANGE)
        assert settings.mean_of_year(CHANGE, 2026) is value

    def test_a_line_has_the_mean_of_its_days(self):
        dated = Dated(((date(2026, 1, 1), fixed(0.0)), (date(2027, 1, 1), fixed(3.65))), "linear")
        settings = self.settings({CHANGE: dated})
        assert settings.mean_of_year(CHANGE, 2026)[0] == pytest.approx(sum(range(365)) / 365 / 100, rel=1e-6)
        assert settings.mean_of_year(CHANGE, 2027)[0] == pytest.approx(3.65)
        assert settings.mean_of_year(CHANGE, 2025)[0] == 0

    def test_a_leap_year_has_366_days(self):
        settings = self.settings({CHANGE: step((date(2028, 2, 29), 1.0))})
        assert settings.mean_of_year(CHANGE, 2028)[0] == pytest.approx(1 - 59 / 366, rel=1e-6)

    def test_an_event_counts_from_its_day_to_the_day_before_it_ends_and_only_once_begun(self):
        freeze = event(date(2026, 2, 1), {CHANGE: 1.0}, until=date(2026, 3, 1))
        settings = self.settings(None, freeze)
        assert settings.mean_of_year(CHANGE, 2026)[0] == 0
        settings.begin(freeze)
        assert settings.mean_of_year(CHANGE, 2026)[0] == pytest.approx(28 / 365, rel=1e-6)
        settings.lift(freeze)
        assert settings.mean_of_year(CHANGE, 2026)[0] == pytest.approx(28 / 365, rel=1e-6)  # it was in force
        assert settings.mean_of_year(CHANGE, 2027)[0] == 0

    def test_the_later_event_goes_over_the_earlier_while_it_lasts(self):
        one = event(date(2026, 1, 1), {CHANGE: 1.0}, name="one")
        other = event(date(2026, 7, 1), {CHANGE: 2.0}, name="other", until=date(2026, 8, 1))
        settings = self.settings(None, one, other)
        settings.begin(one)
        settings.begin(other)
        assert settings.mean_of_year(CHANGE, 2026)[0] == pytest.approx(1 + 31 / 365, rel=1e-6)

    def test_an_event_of_some_runs_counts_in_those(self):
        half = event(date(2026, 1, 1), {CHANGE: 1.0}, chance=0.5)
        settings = self.settings(None, half)
        settings.begin(half)
        assert set(settings.mean_of_year(CHANGE, 2026).tolist()) == {0.0, 1.0}

    def test_rows_of_members_have_the_means_of_each(self):
        dated = step((date(2026, 7, 2), 1.0))
        settings = self.settings({"members.FRA.budget_change_pp": dated})
        rows = settings.means_of_year("members.*.budget_change_pp", ["DEU", "FRA"], 2026)
        assert rows[:, 0].tolist() == pytest.approx([0, 183 / 365])


class TestBeforeTheFirstDay:
    def test_a_dated_share_leaves_the_equation_until_its_first_day(self, plain):
        values = run(scenario({KEY: step((date(2028, 1, 1), 3.5))}, end=END))
        row = WITH_FORCES.index("DEU")
        for year in (2025, 2026, 2027):
            np.testing.assert_array_equal(shares(values, year), shares(plain, year))
        assert (shares(values, 2028)[row] == 3.5).all()

    def test_an_estimated_key_keeps_its_draws_until_then(self):
        made = scenario({"budgets.drift_pp": step((date(2026, 1, 1), 0.5))}, end=END)
        clock = Clock(made.start, made.end)
        settings = Settings(made, catalogue(), Streams(7, 0, 8), clock, central=False)
        other = scenario(end=END)
        drawn = Settings(other, catalogue(), Streams(7, 0, 8), clock, central=False).number("budgets.drift_pp")
        np.testing.assert_array_equal(settings.number("budgets.drift_pp"), drawn)
        assert len(set(drawn.tolist())) > 1
        clock.environment.run(until=(date(2026, 1, 1) - made.start).days)
        assert set(settings.number("budgets.drift_pp").tolist()) == {0.5}

    def test_a_parent_s_value_holds_until_then(self, tmp_path):
        (tmp_path / "parent.toml").write_text(HEAD + "budgets.change_pp = 0.2\n")
        child = tmp_path / "child.toml"
        child.write_text(
            HEAD.replace("baseline", "parent.toml") + 'budgets.change_pp = { how = "step", 2027-01-01 = 0.0 }\n'
        )
        given = load(child).values[CHANGE]
        assert given.below is not None
        assert given.below.value == fixed(0.2)
        settings = Settings(load(child), catalogue(), Streams(7, 0, 8), Clock(date(2024, 10, 1), END), central=False)
        assert settings.mean_of_year(CHANGE, 2026)[0] == np.float32(0.2)
        assert settings.mean_of_year(CHANGE, 2027)[0] == 0

    def test_what_holds_until_then_is_part_of_the_scenario(self):
        dated = step((date(2027, 1, 1), 0.0))
        origin = Origin("file", "a.toml", 3, 1)
        made = [scenario() for _ in range(3)]
        for one, below in zip(made, (None, fixed(0.1), fixed(0.2)), strict=True):
            one.values[CHANGE] = Given(dated, origin, below and Given(below, origin))
        assert len({one.hash for one in made}) == 3
        for one in made:
            assert type(one).from_dict(one.to_dict()) == one

    def test_a_dated_value_of_an_event_leaves_what_holds_without_it(self):
        inside = event(date(2026, 1, 1), {CHANGE: step((date(2026, 7, 2), 1.0))})
        made = scenario({CHANGE: 0.5}, inside, end=END)
        settings = Settings(made, catalogue(), Streams(7, 0, 8), Clock(made.start, made.end), central=False)
        settings.begin(inside)
        assert settings.number(CHANGE).tolist() == [0.5]
        assert settings.mean_of_year(CHANGE, 2026)[0] == pytest.approx((182 * 0.5 + 183) / 365, rel=1e-6)
