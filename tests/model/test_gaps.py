"""Guarantees that mutants of the code once passed by: each says why its number is what it is."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import numpy as np
import pytest

from sim import facts
from sim.model.engine.variables import Block
from sim.model.systems.summits import summit_days
from sim.model.systems.war.war import by_cause
from sim.scenario import fixed


def test_a_date_known_only_afterwards_does_not_reach_an_earlier_start(monkeypatch):
    """A meeting that was announced is planned for, however far; a date filled in later only where it is near."""
    start, end = date(2022, 3, 1), date(2025, 12, 31)
    announced = SimpleNamespace(date=date(2024, 5, 20), date_is_hindsight=False)
    near = SimpleNamespace(date=date(2022, 6, 28), date_is_hindsight=True)
    far = SimpleNamespace(date=date(2024, 7, 9), date_is_hindsight=True)
    monkeypatch.setattr(facts, "summits", lambda day: [near, announced])
    assert summit_days(start, end) == [near.date, announced.date, date(2025, 7, 1)]
    monkeypatch.setattr(facts, "summits", lambda day: [near, far])
    days = summit_days(start, end)
    assert far.date not in days
    assert days == [near.date, date(2023, 7, 1), date(2024, 7, 1), date(2025, 7, 1)]


def test_what_is_ceded_by_terms_is_a_part_of_its_own():
    """Advances 3, a collapse of 5 and terms of 7 km2 add up to a change of 15, with nothing left for the rest."""
    values = np.array([[100.0], [115.0]], np.float32)
    war = SimpleNamespace(
        from_gain=np.array([3.0], np.float32),
        from_collapse=np.array([5.0], np.float32),
        from_terms=np.array([7.0], np.float32),
    )
    block = Block(
        record={"russian_controlled_km2": values, "net_gain_km2": np.array([[0.0], [15.0]], np.float32)},
        systems={"war": war},
        variables={},
        axes=None,
        start=date(2024, 10, 1),
        lanes=slice(0, 1),
    )
    parts = by_cause(block, "")
    assert {name: float(part[0]) for name, part in parts.parts.items()} == {
        "advances month by month": 3.0,
        "collapse episodes": 5.0,
        "ceded by terms": 7.0,
    }
    assert float((parts.end - parts.begin)[0]) == 15.0


def test_an_event_on_the_last_day_asked_about_has_happened(tmp_path):
    """`explain` to a day lists what happened up to and on that day, and nothing after it."""
    from sim.analysis.explain import explain
    from sim.ensemble import run
    from sim.loading import load

    path = tmp_path / "case.toml"
    events = "".join(
        f'[[events]]\ndate = {day}\nname = "{day}"\nset = {{ us.commitment.shock = -0.1 }}\n'
        for day in ("2024-12-30", "2024-12-31", "2025-01-01")
    )
    path.write_text(f'title = "t"\ndescription = "d"\nreferences = ["r"]\nend = 2025-03-31\n{events}')
    result = run(load(path), runs=4, out=tmp_path / "r")
    told = explain(result, "us_commitment", None, date(2024, 12, 31))
    assert [event.name for event in told.events] == ["2024-12-30", "2024-12-31"]


@pytest.mark.parametrize(("share", "expected"), [(1.7, 0.3), (2.0, 0.0), (2.4, 0.0)])
def test_a_plan_overdue_asks_for_what_is_missing_and_no_more(monkeypatch, share, expected):
    from sim.model.systems.budgets.plans import Plans

    plan = SimpleNamespace(
        member="DEU", announced_on=date(2020, 1, 1), target_year=2024, target_pct_gdp=2.0, firmness="plan",
        blanket=False, kind="plan", kept=None, status="",
    )  # fmt: skip
    monkeypatch.setattr(facts, "plans", lambda known: [plan])
    asked = Plans(date(2022, 1, 1), ("DEU",)).asked(2025, [0], np.full((1, 1), share, np.float32))
    assert float(asked.overdue[0, 0]) == pytest.approx(expected, abs=1e-6)
    assert float(asked.in_progress[0, 0]) == float(asked.final[0, 0]) == 0


@pytest.mark.parametrize(("first", "key", "before"), [
    (date(2024, 1, 1), "summits.new_target_discussed", False),  # the year in which the press began to name figures
    (date(2014, 9, 5), "summits.deadline_year", None),  # the day of the pledge of Wales
])  # fmt: skip
def test_a_start_knows_of_a_target_from_the_day_on_which_it_was_spoken_of(first, key, before):
    from sim.model.systems.summits import known_targets

    assert known_targets(first - timedelta(1)).get(key) == before
    assert known_targets(first)[key] in (True, fixed(2024))


@pytest.mark.parametrize(
    ("start", "counts"), [(date(2025, 1, 19), True), (date(2025, 1, 20), True), (date(2025, 1, 21), False)]
)
def test_an_election_counts_for_starts_up_to_the_day_the_president_takes_office(start, counts):
    from sim.model.systems.us_politics import acts

    assert acts("us.elections.2024.president", date(2025, 1, 3), SimpleNamespace(start=start)) == counts
    assert not acts("us.elections.2024.president", date(2025, 1, 2), SimpleNamespace(start=start))


def test_the_gains_of_a_year_are_those_of_all_its_months():
    """Row 12 of the replication, by the calendar: twelve months in each year, January and December among them."""
    from sim.evidence.replication_war import YEAR_END, gain_by_year

    seen = dict.fromkeys((2023, 2024), 0.0)
    for row in facts.front(YEAR_END):
        if row.month.year in seen:
            seen[row.month.year] += row.net_gain_km2 or 0.0
    assert gain_by_year().reproduced == f"{seen[2023]:.0f}; {seen[2024]:.0f}"


def test_two_variables_are_the_same_if_a_result_tells_them_so():
    """What explains a variable is not stored with it, and does not make another of it."""
    from dataclasses import replace

    from sim.model import variables

    for variable in variables():
        other = replace(variable, read="other", states=("other",), parts=None, about=())
        assert type(variable).from_dict(variable.to_dict()) == variable == other


def test_what_each_member_adds_to_the_allies_share_leaves_no_rest():
    """Two dates, two members that move and the others that stand still: every change has its cause by hand."""
    from sim.model.systems.burden_sharing import _ALLIES, by_weight
    from sim.model.systems.roster import ALLIES

    gdp, share = np.full((2, len(ALLIES), 1), 10.0), np.full((2, len(ALLIES), 1), 2.0)
    share[1, 0], share[1, 1], gdp[1, 1] = 3.0, 1.5, 40.0
    rows = int(_ALLIES.max()) + 1
    shares, spending = np.ones((2, rows, 1)), np.ones((2, rows, 1))
    shares[:, _ALLIES], spending[:, _ALLIES] = share, gdp * share
    total = (gdp * share).sum(axis=1) / gdp.sum(axis=1)
    values = {"europe_canada_share_pct_gdp": total, "defence_share_pct_gdp": shares,
              "defence_spending_busd_constant": spending}  # fmt: skip
    told = by_weight(SimpleNamespace(of=values.__getitem__), "")
    assert "accessions" not in told.parts
    before, after = 10 / gdp[0].sum(), 10 / gdp[1].sum()
    assert float(told.parts[ALLIES[0]][0]) == pytest.approx((3 - 2) * (before + after) / 2)
    assert float(told.parts[ALLIES[1]][0]) == pytest.approx((1.5 - 2) * (before + 4 * after) / 2)
    assert sum(float(part[0]) for part in told.parts.values()) == pytest.approx(float((total[1] - total[0])[0]))


def test_the_change_of_the_threat_is_told_apart_by_ceasefire():
    from sim.model.systems.threat import by_ceasefire

    values, record = np.array([[1.0, 1.0], [0.4, 1.5]]), {"ceasefire": np.array([[0, 0], [1, 0]])}
    told = by_ceasefire(SimpleNamespace(of={"threat": values}.__getitem__, record=record), "")
    assert {name: part.tolist() for name, part in told.parts.items()} == {
        "runs under a ceasefire": pytest.approx([-0.6, 0]),
        "other runs": pytest.approx([0, 0.5]),
    }


def test_a_first_figure_that_jumped_is_taken_back_towards_where_it_came_from():
    """By the bias, against the jump; a figure that moved by less than a tenth of a point stays as it was reported."""
    from .conftest import scenario, systems_at

    def shares(bias):
        sets = {"budgets.estimate_bias_pp": fixed(bias), "budgets.estimate_noise_pp": fixed(0.0)}
        budgets = systems_at(scenario(sets))[0].budgets
        return budgets.of_year(budgets.last_known)[:, 0], budgets.of_year(budgets.last_known - 1)[:, 0]

    reported, before = shares(0.0)
    jump = reported - before
    back = np.where(np.abs(jump) > 0.1, -0.05 * np.sign(jump), 0.0)
    assert (back < 0).sum() > 10
    np.testing.assert_allclose(shares(0.05)[0] - reported, back, atol=1e-5)


def test_no_month_allocates_more_than_was_promised():
    """However fast the last months were, a state's promises can be named for deliveries once."""
    from sim.model.systems.aid import DONORS

    from .conftest import scenario, systems_at

    aid = systems_at(scenario({"aid.allocation_states": fixed(0.6), "aid.allocation_eu": fixed(0.2)}))[0].aid
    aid._known = SimpleNamespace(pace=np.array([[0.5], [3.0]])[np.arange(len(facts.donors())) % 2])
    cleared = np.delete(aid._cleared(), DONORS.index("USA"), axis=0)
    assert set(np.unique(cleared)) == set(np.float32([0.2, 0.3, 1.0]))
