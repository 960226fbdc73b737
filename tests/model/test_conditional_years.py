"""Levers of calendar years under events on a condition: each run is that of events dated by its own days."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from sim.model import axes
from sim.model.engine.draws import ACTED, EPOCH
from sim.scenario import Dated, fixed

from .conftest import event, run, scenario

END = date(2027, 3, 31)
RUNS = 5
LOW = "us_commitment < 0.55"
FUND = {"europe.fund_from_year": 2026.0, "europe.fund_to_year": 2028.0}
OWN_FUND = {"members.DEU.fund_from_year": 2025.0, "members.DEU.fund_to_year": 2027.0}
DATED = event(date(2026, 3, 10), {"budgets.change_pp": -0.2, "members.DEU.share_pct_gdp": 2.6}, name="dated",
              until=date(2026, 9, 20))  # fmt: skip


def line(first: float, last: float) -> Dated:
    """A line that begins within the horizon and bends once."""
    middle = first + 0.8 * (last - first)
    points = ((date(2025, 2, 10), first), (date(2026, 5, 20), middle), (date(2027, 2, 1), last))
    return Dated(tuple((day, fixed(value)) for day, value in points), "linear")


SETS = {
    "share": {"members.DEU.share_pct_gdp": 3.3, "members.USA.budget_change_pp": -0.2},
    "change": {"budgets.change_pp": 0.3},
    "boost": {"members.POL.boost_pp": 0.7, "members.FRA.boost_pp": 0.4, "members.ITA.floor_pct_gdp": 1.9},
    "fund": {"europe.fund_beur": 150.0, "members.DEU.fund_beur": 60.0},
    "economy": {"economy.growth_shift_pct": -3.0, "summits.compliance": 1.0},
    "lines": {"budgets.change_pp": line(-0.3, 0.6), "members.DEU.share_pct_gdp": line(1.5, 4.0)},
    "lines of months": {"aid.military_factor": line(1.0, 0.0), "us.commitment.shock": line(-0.3, 0.3)},
}
TIMES = {
    "once": {},
    "later, once": {"after_months": 4},
    "for months": {"for_months": 7},
    "while": {"once": False},
    "while, later and for months": {"once": False, "after_months": 1, "for_months": 9},
    "until": {"until": date(2026, 11, 15)},
}


def spells(low, months, *, once=True, after_months=0, for_months=None, until=None):
    """From and until when the event acts in one run, by hand: the record of a month's end is read on the next day."""
    count, begun, found = -1, None, []
    for holds, month in zip(low, months, strict=True):
        day = month + timedelta(days=1)
        if day > END or (until is not None and day >= until):
            break
        count = count + 1 if holds or (once and count >= 0) else -1
        acts = count >= after_months and (for_months is None or count < after_months + for_months)
        if acts and begun is None:
            begun = day
        elif not acts and begun is not None:
            found.append((begun, day))
            begun = None
    return [*found, (begun, until)] if begun is not None else found


@pytest.mark.parametrize("times", TIMES)
@pytest.mark.parametrize(
    ("what", "others"),
    [*((what, ()) for what in SETS), ("share", (DATED,)), ("change", (DATED,))],
    ids=[*SETS, "share and a dated one", "change and a dated one"],
)
def test_each_run_is_that_of_events_dated_by_its_own_days(times, what, others):
    base, sets, timing = FUND | OWN_FUND, SETS[what], TIMES[times]
    made = scenario(base, event(None, sets, when=LOW, **timing), *others, end=END)
    acted = run(made, count=RUNS, draws=True)
    low = acted["us_commitment"] < np.float32(0.55)
    assert low.any(axis=0).sum() > 0
    months = axes(made).months
    seen = set()
    for number in range(RUNS):
        days = spells(low[:, number], months, **timing)
        first = acted[ACTED + "event"][0, number]
        assert (date.fromordinal(int(first) + EPOCH) if np.isfinite(first) else None) == (days[0][0] if days else None)
        dated = [event(begin, sets, name=f"spell {place}", until=end) for place, (begin, end) in enumerate(days)]
        alone = run(scenario(base, *dated, *others, end=END), first=number, count=1)
        for name, values in alone.items():
            assert values[..., 0].tobytes() == acted[name][..., number].tobytes(), (name, number, days)
        seen.add(tuple(days))
    assert len(seen) > 1


def test_it_moves_the_budgets_of_the_runs_in_which_it_acts_by_part_of_the_year():
    """A boost from 1 October 2025 on counts for 92 of 365 days of 2025 and for all of 2026."""
    boost = {"members.POL.boost_pp": 1.0}
    made = scenario(None, event(None, boost, when="russian_controlled_km2 > 1000", after_months=11), end=END)
    plain, acted = run(scenario(end=END)), run(made)
    poland = list(axes(made).codes("member")).index("POL")
    moved = (acted["defence_share_pct_gdp"] - plain["defence_share_pct_gdp"])[:, poland]
    np.testing.assert_allclose(moved[0], 0, atol=1e-6)
    np.testing.assert_allclose(moved[1], 92 / 365, atol=2e-3)
    np.testing.assert_allclose(moved[2], 1, atol=2e-3)
