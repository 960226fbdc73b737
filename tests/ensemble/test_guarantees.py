"""What a result promises whatever the way it was made."""

import json

import numpy as np
import pytest
import xarray

from sim.ensemble import netcdf, open_result, run
from sim.ensemble.layout import BLOCK
from sim.errors import InputError


def test_first_runs_of_a_larger_ensemble_are_the_smaller_ensemble(scenario, tmp_path):
    small = run(scenario, runs=BLOCK, out=tmp_path / "small")
    large = run(scenario, runs=2 * BLOCK + 210, out=tmp_path / "large")
    for variable in ("share", "count", "area", "posture", "truce"):
        whole = large.values(variable)
        assert whole.shape[-1] == 2 * BLOCK + 210
        np.testing.assert_array_equal(whole[..., :BLOCK], small.values(variable))
    np.testing.assert_array_equal(large.values("aid", "ALL")[:, :BLOCK], small.values("aid", "ALL"))


def test_runs_are_what_the_model_gave_in_order(stub, scenario, tmp_path):
    result = run(scenario, runs=BLOCK + 300, seed=7, out=tmp_path)
    given = stub.simulate(scenario, 7, 0, BLOCK + 300)
    np.testing.assert_array_equal(result.values("share"), given["share"])
    np.testing.assert_array_equal(result.values("share", "BEL"), given["share"][:, 1])
    np.testing.assert_array_equal(result.values("area"), given["area"])
    np.testing.assert_array_equal(result.values("posture"), given["posture"])
    for group in ("USA", "EUR", "OTHER", "ALL"):
        np.testing.assert_array_equal(result.values("aid", group), given["aid"][:, stub.DONORS.index(group)])


def test_statistics_are_those_of_all_runs(stub, scenario, tmp_path):
    result = run(scenario, runs=BLOCK + 300, out=tmp_path)
    given = stub.simulate(scenario, 1, 0, BLOCK + 300)
    for variable, entity in [("area", None), ("share", "USA"), ("aid", "EUR"), ("truce", None)]:
        values = given[variable].astype(np.float64)
        if entity:
            values = values[:, result.entities(variable).index(entity)]
        np.testing.assert_allclose(result.mean(variable, entity), values.mean(-1), rtol=1e-6)
        np.testing.assert_allclose(result.sd(variable, entity), values.std(-1), rtol=1e-6)
        expected = np.quantile(values, [0.05, 0.25, 0.5, 0.75, 0.95], axis=-1).T
        np.testing.assert_allclose(result.quantiles(variable, entity), expected, rtol=1e-6)
    for index, label in enumerate(result.entities("posture")):
        share = (given["posture"] == index).mean(-1)
        np.testing.assert_allclose(result.probability("posture", label), share, rtol=1e-6)


@pytest.mark.parametrize("kept", [True, False])
def test_files_do_not_depend_on_the_size_of_pieces_and_who_reduces_them(scenario, tmp_path, monkeypatch, kept):
    whole = run(scenario, runs=BLOCK + 300, out=tmp_path / "whole", keep_runs=kept)
    threads = run(scenario, runs=BLOCK + 300, out=tmp_path / "threads", keep_runs=kept, jobs=3)
    monkeypatch.setattr(netcdf, "PIECE", 1)
    pieces = run(scenario, runs=BLOCK + 300, out=tmp_path / "pieces", keep_runs=kept)
    both = run(scenario, runs=BLOCK + 300, out=tmp_path / "both", keep_runs=kept, jobs=3)
    for other in (threads, pieces, both):
        for name in ("ensemble.nc", "summary.csv"):
            assert (other.path / name).read_bytes() == (whole.path / name).read_bytes()
    assert netcdf.PIECE == 1


def test_blocks_without_single_donors_are_those_of_a_result_that_keeps_them(scenario, tmp_path):
    kept = run(scenario, runs=2 * BLOCK + 10, out=tmp_path / "kept", keep_runs=True)
    lean = run(scenario, runs=2 * BLOCK + 10, out=tmp_path / "lean", keep_runs=False)
    assert (lean.path / "summary.csv").read_bytes() == (kept.path / "summary.csv").read_bytes()


def test_single_donors_rest_on_the_first_block_and_say_so(stub, scenario, tmp_path):
    result = run(scenario, runs=BLOCK + 500, out=tmp_path)
    given = stub.simulate(scenario, 1, 0, BLOCK + 500)["aid"].astype(np.float64)
    np.testing.assert_allclose(result.mean("aid", "NOR"), given[:, 2, :BLOCK].mean(-1), rtol=1e-6)
    np.testing.assert_allclose(result.mean("aid", "ALL"), given[:, 6].mean(-1), rtol=1e-6)
    assert result.dataset["aid_mean"].attrs["runs_used"] == BLOCK + 500
    assert result.dataset["aid_mean"].attrs["runs_used_single_donors"] == BLOCK
    assert result.manifest["runs_used_single_donors"] == BLOCK
    small = run(scenario, runs=BLOCK, out=tmp_path / "small")
    np.testing.assert_array_equal(result.quantiles("aid", "NOR"), small.quantiles("aid", "NOR"))


def test_two_makings_of_one_ensemble_give_the_same_bytes(scenario, tmp_path):
    one = run(scenario, runs=BLOCK + 100, out=tmp_path / "one", command="alliance run a")
    two = run(scenario, runs=BLOCK + 100, out=tmp_path / "two", command="alliance run b")
    for name in ("ensemble.nc", "summary.csv"):
        assert (one.path / name).read_bytes() == (two.path / name).read_bytes()


@pytest.mark.parametrize("change", [{"seed": 2}, {"central": True}])
def test_seed_and_central_change_the_numbers(scenario, tmp_path, change):
    plain = run(scenario, runs=50, out=tmp_path / "plain")
    other = run(scenario, runs=50, out=tmp_path / "other", **change)
    assert (plain.values("area") != other.values("area")).any()


def test_runs_are_kept_up_to_a_stated_number(scenario, tmp_path, monkeypatch):
    monkeypatch.setattr("sim.ensemble.making.KEEP_RUNS", 20)
    assert run(scenario, runs=20, out=tmp_path / "kept").values("area").shape == (24, 20)
    dropped = run(scenario, runs=21, out=tmp_path / "dropped")
    with pytest.raises(InputError, match="single runs were not kept"):
        dropped.values("area")
    assert dropped.quantiles("area").shape == (24, 5)
    assert run(scenario, runs=21, out=tmp_path / "asked", keep_runs=True).values("area").shape == (24, 21)
    with pytest.raises(InputError, match="single runs were not kept"):
        run(scenario, runs=20, out=tmp_path / "declined", keep_runs=False).values("area")


def test_xarray_opens_the_file_with_dates_units_and_no_missing_value(scenario, tmp_path):
    run(scenario, runs=30, out=tmp_path)
    with xarray.open_dataset(tmp_path / "ensemble.nc", engine="h5netcdf") as dataset:
        assert dict(dataset.sizes) == {
            "run": 30, "quantile": 5, "time_year": 2, "time_month": 24, "member": 3, "donor": 7, "donor_group": 4,
            "posture_label": 3,
        }  # fmt: skip
        assert dataset["time_year"].values[-1] == np.datetime64("2026-12-31")
        assert dataset["donor_group"].values.tolist() == ["USA", "EUR", "OTHER", "ALL"]
        assert dataset["area"].attrs == {"long_name": "Area held", "unit": "km²", "units": "km2"}
        assert dataset["aid"].attrs["price_basis"] == "current euro"
        assert dataset["day"].dtype == np.float32
        for name, array in dataset.data_vars.items():
            assert array.dtype == np.float32
            assert not array.isnull().any(), name
        medians = dataset["share_quantile"].sel(quantile=0.5, member="USA").values
    np.testing.assert_array_equal(open_result(tmp_path).quantiles("share", "USA")[:, 2], medians)


def test_manifest_tells_what_made_the_result(scenario, tmp_path):
    run(scenario, runs=30, seed=5, out=tmp_path, command="alliance run stub --runs 30")
    told = json.loads((tmp_path / "manifest.json").read_text())
    assert (told["format"], told["format_version"]) == ("alliance ensemble", 1)
    assert (told["seed"], told["runs"], told["block_size"], told["central"]) == (5, 30, BLOCK, False)
    assert told["scenario"] == scenario.to_dict()
    assert told["scenario_hash"] == scenario.hash
    assert told["command"] == "alliance run stub --runs 30"
    assert told["facts"] == "f" * 64
    assert {"alliance-sim", "python", "numpy", "scipy", "simpy"} == set(told["versions"])
    assert told["seconds"]["total"] >= told["seconds"]["simulate"] > 0
    assert set(told["files"]) == {"ensemble.nc", "summary.csv"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ensemble.nc", "manifest.json", "summary.csv"]
