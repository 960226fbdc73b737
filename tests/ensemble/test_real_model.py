"""The guarantees of the room on the model itself, every system on."""

import dataclasses
import datetime

import numpy as np
import pytest

from sim import load
from sim.ensemble import open_result, run, source
from sim.ensemble.layout import BLOCK
from sim.errors import InputError
from sim.model import simulate

RECORDED = {
    "defence_share_pct_gdp", "defence_spending_busd_constant", "equipment_share_pct", "members_at_2pct",
    "members_at_3_5pct", "europe_canada_share_pct_gdp", "europe_canada_spending_busd_current",
    "us_share_of_nato_pct", "target_pct_gdp", "us_commitment", "us_troops_europe_thousand", "threat",
    "republican_president", "republican_house", "republican_senate", "secretary_general", "aid_committed_beur",
    "aid_allocated_beur", "aid_delivered_beur", "military_aid_allocated_beur", "russian_controlled_km2",
    "net_gain_km2", "kursk_held_km2", "russian_casualties_thousand", "ukrainian_casualties_thousand",
    "russian_intake_thousand", "ukrainian_intake_thousand", "resource_ratio", "in_talks", "ceasefire", "war_day",
}  # fmt: skip


def bytes_of(folder):
    return [(folder / name).read_bytes() for name in ("ensemble.nc", "summary.csv")]


@pytest.fixture(scope="module")
def scenario():
    return load("baseline")


@pytest.fixture(scope="module", autouse=True)
def steady_code():
    """The sources may change under a test while somebody works on them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(source, "code_stamp", lambda: "c" * 64)
        yield


@pytest.fixture(scope="module")
def result(scenario, tmp_path_factory):
    return run(scenario, runs=BLOCK + 100, out=tmp_path_factory.mktemp("real"))


def test_first_runs_are_the_ensemble_of_so_many(scenario, result, tmp_path):
    small = run(scenario, runs=BLOCK, out=tmp_path)
    for name, variable in result.variables.items():
        for entity in ("USA", "EUR", "OTHER", "ALL") if variable.entity == "donor" else (None,):
            whole, part = result.values(name, entity), small.values(name, entity)
            np.testing.assert_array_equal(whole[..., :BLOCK], part, err_msg=f"{name} {entity}")


def test_single_donors_keep_their_runs_at_the_ends_of_half_years(scenario, result):
    runs = simulate(scenario, 1, 0, 8)
    donors = result.entities("military_aid_allocated_beur")
    for name in ("aid_committed_beur", "aid_allocated_beur", "military_aid_allocated_beur"):
        for code in ("DEU", "EUI", "TUR", "USA", "EUR"):
            days, values = result.values_at_half_years(name, code)
            assert {(str(day)[5:]) for day in days} == {"06-30", "12-31"}
            assert (str(days[0]), str(days[-1]), len(days)) == ("2024-12-31", "2029-12-31", 11)
            places = [list(result.dates(name)).index(day) for day in days]
            np.testing.assert_array_equal(values[:, :8], runs[name][places, donors.index(code)], err_msg=code)
    assert result.values_at_half_years("military_aid_allocated_beur", "Germany")[1].shape == (11, BLOCK + 100)
    with pytest.raises(InputError, match="Atlantis is not among the codes here"):
        result.values_at_half_years("military_aid_allocated_beur", "Atlantis")


def test_a_result_without_single_runs_says_so_at_half_years_too(scenario, tmp_path):
    declined = run(scenario, runs=4, out=tmp_path, keep_runs=False)
    with pytest.raises(InputError, match="single runs were not kept"):
        declined.values_at_half_years("military_aid_allocated_beur", "DEU")


def test_workers_give_the_same_bytes(scenario, result, tmp_path):
    assert bytes_of(run(scenario, runs=BLOCK + 100, jobs=2, out=tmp_path).path) == bytes_of(result.path)


def test_interrupted_and_resumed_gives_the_same_bytes(scenario, result, tmp_path):
    def interrupt(done, total):
        if done == BLOCK:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(scenario, runs=BLOCK + 100, out=tmp_path, progress=interrupt)
    assert [path.name for path in tmp_path.rglob("*.npy")] == ["00000.npy"]
    seen = []
    run(scenario, runs=BLOCK + 100, out=tmp_path, progress=lambda done, total: seen.append(done))
    assert seen == [BLOCK, BLOCK + 100]
    assert bytes_of(tmp_path) == bytes_of(result.path)


def test_summary_has_every_variable_and_only_numbers(result):
    rows = result.summary
    assert {row["variable"] for row in rows} >= RECORDED
    assert {row["scenario"] for row in rows} == {"baseline"}
    for row in rows:
        figures = [row[name] for name in ("q05", "q25", "q50", "q75", "q95") if row[name] is not None]
        assert figures == sorted(figures), row
        assert np.isfinite([row["mean"], *figures]).all(), row


def test_groups_of_donors_add_up_run_by_run(result):
    for variable in ("aid_committed_beur", "aid_allocated_beur", "aid_delivered_beur", "military_aid_allocated_beur"):
        parts = sum(result.values(variable, group).astype(np.float64) for group in ("USA", "EUR", "OTHER"))
        np.testing.assert_allclose(parts, result.values(variable, "ALL"), rtol=1e-5)


def test_a_scenario_of_less_than_a_month_is_refused_and_of_a_month_runs(scenario, tmp_path):
    short = dataclasses.replace(scenario, end=scenario.start + datetime.timedelta(days=20))
    with pytest.raises(InputError, match="the scenario ends before its first month does"):
        run(short, runs=5, out=tmp_path)
    month = dataclasses.replace(scenario, end=scenario.start + datetime.timedelta(days=31))
    assert run(month, runs=5, out=tmp_path).mean("threat").shape == (1,)


def test_scenario_comes_back_whole(scenario, result):
    read = open_result(result.path)
    assert read.scenario == scenario
    assert read.scenario.hash == scenario.hash
