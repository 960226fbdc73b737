"""``ensemble.nc`` is read by the tools of the conventions it names."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from sim.ensemble import run
from sim.ensemble.netcdf import UDUNITS
from sim.loading import load
from sim.model import variables

# What UDUNITS-2 knows of what we write: a number, per cent, a square kilometre, a day.
KNOWN = {"1", "1e3", "1e9", "percent", "km2", "d"}


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    return run(load("baseline", sets=["end=2025-03-31"]), runs=4, out=tmp_path_factory.mktemp("units") / "r")


def test_every_array_has_a_unit_of_udunits(result):
    for name, array in result.dataset.data_vars.items():
        assert array.attrs["units"] in KNOWN, name
        assert array.attrs["unit"]
    assert set(UDUNITS.values()) <= KNOWN
    assert {"percent", "1e9", "1e3", "km2", "1"} <= {array.attrs["units"] for array in result.dataset.values()}


def test_a_day_is_a_number_and_no_span_of_time(result):
    days = [variable.name for variable in variables() if variable.unit == "days"]
    assert days
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name in days:
            assert result.dataset[f"{name}_mean"].dtype == np.float32
            assert result.dataset[f"{name}_mean"].attrs["units"] == "d"
