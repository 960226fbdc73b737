"""Groups of members and donors, and single donors, are read like any entity: summed or weighted as declared."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from sim.analysis import ask
from sim.analysis.outcomes import chosen_outcomes
from sim.analysis.simulated import simulated
from sim.ensemble import run
from sim.errors import InputError
from sim.loading import load, load_text
from sim.model.groups import NORDICS, below_guideline, named, together
from tests.scenario.conftest import HEAD

END = "end = 2025-12-31\n"
OWN = HEAD + 'extends = "baseline"\n' + END + '[groups]\nvisegrad = ["POL", "CZE", "SVK", "HUN"]\n'


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    return run(load_text(OWN, "own.toml"), runs=40, out=tmp_path_factory.mktemp("own"), jobs=1)


def test_a_share_is_weighted_by_the_whole_it_is_a_share_of():
    """Two members, 2% of 100 and 4% of 300: 14 of 400, by hand 3.5%."""
    values = {("share", "A"): 2.0, ("share", "B"): 4.0, ("money", "A"): 2.0, ("money", "B"): 12.0}

    def read(name, code):
        return np.full((1, 2), values[name, code])

    assert together("share", "money", "share", ("A", "B"), read).tolist() == [[3.5, 3.5]]
    assert together("sum", "", "money", ("A", "B"), read).tolist() == [[14, 14]]
    assert together("mean", "money", "share", ("A", "B"), read)[0, 0] == pytest.approx((2 * 2 + 4 * 12) / 14)
    with pytest.raises(ValueError, match="share"):
        together("", "", "share", ("A", "B"), read)


def test_a_result_has_groups(result):
    nordics = [code for code in NORDICS if code in result.entities("defence_share_pct_gdp")]
    assert "ISL" not in nordics
    spending = sum(result.values("defence_spending_busd_constant", code) for code in nordics)
    np.testing.assert_allclose(result.values("defence_spending_busd_constant", "Nordics"), spending, rtol=1e-5)
    shares = np.stack([result.values("defence_share_pct_gdp", code) for code in nordics])
    share = result.values("defence_share_pct_gdp", "nordics")
    assert (shares.min(axis=0) <= share).all()
    assert (share <= shares.max(axis=0)).all()
    assert result.quantiles("defence_share_pct_gdp", "visegrad").shape == (2, 5)
    assert result.mean("defence_share_pct_gdp", "visegrad")[-1] == pytest.approx(
        result.values("defence_share_pct_gdp", "visegrad")[-1].mean(), rel=1e-5
    )
    with pytest.raises(InputError, match="EST"):
        result.values("defence_share_pct_gdp", "Estnia")
    with pytest.raises(InputError, match="values_at_half_years"):
        result.values("aid_committed_beur", "DEU")


def test_donors_together_at_half_years_are_the_sum_of_each(result):
    days, together = result.values_at_half_years("aid_committed_beur", "nordics")
    assert [str(day) for day in days] == ["2024-12-31", "2025-06-30", "2025-12-31"]
    each = sum(result.values_at_half_years("aid_committed_beur", code)[1] for code in NORDICS)
    np.testing.assert_allclose(together, each, rtol=1e-5)
    (outcome,) = chosen_outcomes(["aid_committed_beur:nordics"], scenarios=[result.scenario])
    assert outcome.read(result)[1].tobytes() == together.tobytes()
    block = simulated(result.scenario, 40, 1)
    assert outcome.read(block)[1].tobytes() == together.tobytes()


def test_a_group_of_donors_is_drawn_at_half_years(result):
    drawing = result.plot("aid_committed_beur:nordics")
    assert "Nordic countries" in drawing.alt
    days = result.values_at_half_years("aid_committed_beur", "nordics")[0]
    assert {str(day) for day in days} <= {row.date for row in drawing.table.rows}


def test_a_comparison_takes_single_donors_and_groups_also_those_of_one_side(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(OWN + "[members.visegrad]\nshare_pct_gdp = 4\n[aid.DEU]\ncommitment_factor = 2\n")
    names = ["defence_share_pct_gdp:visegrad", "defence_share_pct_gdp:EU_states", "aid_committed_beur:DEU",
             "aid_committed_beur:nordics", "aid_committed_beur:EUR"]  # fmt: skip
    asked = ask([replace(load("baseline"), end=date(2025, 12, 31)), path], variables=names, runs=30)
    compared = asked.comparison()
    rows = {(row.variable, row.entity): row for row in compared.headline()}
    assert rows["defence_share_pct_gdp", "visegrad"].scenario_mean == pytest.approx(4, abs=0.01)
    assert rows["defence_share_pct_gdp", "EU_states"].mean_difference > 0
    assert rows["aid_committed_beur", "DEU"].mean_difference > 0
    assert rows["aid_committed_beur", "nordics"].mean_difference == 0
    assert rows["aid_committed_beur", "EUR"].date == "2025-12-31"


def test_what_cannot_be_read_is_refused_with_the_nearest():
    for name, nearest in (("aid_committed_beur:Germny", "DEU"), ("us_commitment:nordics", "no entities")):
        with pytest.raises(InputError, match=nearest):
            chosen_outcomes([name], scenarios=[load("baseline")])


def test_simulated_blocks_take_groups():
    scenario = load_text(OWN, "own.toml")
    block = simulated(scenario, 4, 1)
    (outcome,) = chosen_outcomes(["defence_share_pct_gdp:visegrad"], scenarios=[scenario])
    assert outcome.title.endswith("visegrad")
    assert outcome.read(block)[1].shape == (2, 4)


def test_the_groups_of_the_program():
    groups = named()
    known = {code for axis in load_axes() for code in axis.codes} | {"ISL"}
    assert len(groups.fixed["EU_states"]) == 27
    assert len(groups.fixed["euro_area"]) == 20
    assert len(groups.fixed["european_allies"]) == 30
    for codes in groups.fixed.values():
        assert set(codes) <= known
        assert len(set(codes)) == len(codes)
    assert "ESP" in below_guideline(date(2024, 10, 1))
    assert "POL" not in below_guideline(date(2024, 10, 1))


def load_axes():
    from sim.model import registry

    return registry().axes
