"""The bounds of parameters follow from what they are: no probability above 1, no spread and no stock below nought."""

from __future__ import annotations

import pytest

from sim.model import catalogue
from sim.scenario import Number

NUMBERS = [parameter for parameter in catalogue() if isinstance(parameter.domain, Number)]
CHANCES = ("probability", "per summit", "per member", "per election", "per term", "index 0 to 1")
FROM_NOUGHT = ("factor", "index", "km2", "km2 a month", "km2 a month per 1,000", "EUR bn, current prices",
               "USD bn, current prices", "% of defence expenditure", "correlation", "thousand a month")  # fmt: skip
# A review may bring a deadline forward, a line may break on either side, and fewer men need not cost ground.
BOTH_WAYS = ("summits.review_slip_years", "war.collapse_now_km2", "war.gain_per_manpower_km2")


@pytest.mark.parametrize("parameter", NUMBERS, ids=lambda parameter: parameter.key)
def test_a_domain_begins_and_ends_where_its_unit_does(parameter):
    low, high, unit = parameter.domain.low, parameter.domain.high, parameter.unit
    assert low < high
    if parameter.key in BOTH_WAYS:
        assert low < 0 < high
    elif unit in CHANCES:
        assert (low, high) == (0.0, 1.0)
    elif unit.startswith("sd") or unit in FROM_NOUGHT:
        assert low == 0.0
    elif unit == "share":
        assert low in (0.0, -1.0)
    elif unit == "correlation":
        assert high < 1
    elif unit == "per month":
        assert 0 <= low <= 0.01
        assert high <= 1
    elif unit == "month":
        assert (low, high) == (1, 12)
    elif unit.startswith("points of GDP"):
        assert low < 0 < high
    elif unit in ("years", "months", "rounds", "days", "per year", "thousand", "% of GDP", "ratio", "EUR per USD"):
        assert low >= 0


def test_the_bounds_that_no_unit_gives_are_those_of_their_meaning():
    domains = {parameter.key: (parameter.domain.low, parameter.domain.high) for parameter in NUMBERS}
    assert domains["members.*.share_pct_gdp"] == (0.2, 15.0)  # no ally below 0.3; 14 in 1953
    assert domains["summits.compliance"] == (0.0, 1.5)
    assert domains["summits.deadline_year"] == (2000, 2100)
    assert domains["budgets.change_pp"] == domains["members.*.budget_change_pp"] == (-5.0, 5.0)


def test_each_member_sees_the_mean_change_of_the_thirty_others():
    import numpy as np

    from sim.model.systems.roster import WITH_FORCES

    from .conftest import scenario, systems_at

    systems, _ = systems_at(scenario())
    budgets = systems.budgets
    year = budgets.last_known + 1
    change = budgets.of_year(year - 1) - budgets.of_year(year - 2)
    row = WITH_FORCES.index("POL")
    others = [other for other in range(len(WITH_FORCES)) if other != row]
    np.testing.assert_allclose(budgets._neighbours(year, [row])[0], change[others].mean(axis=0), rtol=1e-5, atol=1e-7)
