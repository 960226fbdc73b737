"""Reading a result: shapes, names, and what is refused."""

import subprocess
import sys

import numpy as np
import pytest

from sim.ensemble import open_result, run
from sim.errors import InputError


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    from pathlib import Path

    from sim.ensemble import source

    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(Path(__file__).parent))
        patch.setattr(source, "MODEL", "stub_model")
        patch.setattr(source, "FACTS", "stub_model")
        from stub_scenario import StubScenario

        yield open_result(run(StubScenario(), runs=60, out=tmp_path_factory.mktemp("out")).path)


def test_shapes(result):
    assert result.dates("share").tolist() == np.array(["2025-12-31", "2026-12-31"], "datetime64[D]").tolist()
    assert result.dates("area").shape == (24,)
    assert result.dates("area").dtype == np.dtype("datetime64[D]")
    assert result.quantiles("area").shape == (24, 5)
    assert result.quantiles("share").shape == (2, 3, 5)
    assert result.quantiles("share", "ALB").shape == (2, 5)
    assert result.mean("aid", "NOR").shape == result.sd("aid", "NOR").shape == (24,)
    assert result.values("share").shape == (2, 3, 60)
    assert result.values("share", "ALB").shape == (2, 60)
    assert result.values("aid", "OTHER").shape == (24, 60)


def test_entities(result):
    assert result.entities("share") == ("ALB", "BEL", "USA")
    assert result.entities("aid") == ("USA", "DEU", "NOR", "EUI", "EUR", "OTHER", "ALL")
    assert result.entities("posture") == ("firm", "soft, or so", "gone")
    assert result.entities("area") == ()


def test_probability_is_the_share_of_runs(result):
    np.testing.assert_allclose(result.probability("truce"), result.values("truce").mean(-1), rtol=1e-6)
    gone = result.values("posture") == 2
    np.testing.assert_allclose(result.probability("posture", "gone"), gone.mean(-1), rtol=1e-6)
    np.testing.assert_array_equal(result.values("posture", "gone"), gone)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (lambda r: r.mean("aera"), "unknown variable 'aera'; did you mean area?"),
        (lambda r: r.dates("zzzz"), "unknown variable 'zzzz'; there are share, count, area, posture, aid, truce, day"),
        (lambda r: r.mean("share", "BLE"), "share: BLE is not among the codes here; did you mean BEL (Belgium)?"),
        (lambda r: r.mean("share", "NOR"), "share: Norway is not among the codes here: ALB, BEL, USA"),
        (lambda r: r.mean("area", "USA"), "area is one series, it has no entity 'USA'"),
        (lambda r: r.values("area", "USA"), "area is one series, it has no entity 'USA'"),
        (
            lambda r: r.values("aid", "NOR"),
            "aid: single runs are kept for the groups USA, EUR, OTHER, ALL only, name one of them; those of every one "
            "at the ends of half-years: values_at_half_years",
        ),
        (
            lambda r: r.values("aid"),
            "aid: single runs are kept for the groups USA, EUR, OTHER, ALL only, name one of them; those of every one "
            "at the ends of half-years: values_at_half_years",
        ),
        (lambda r: r.values("aid", "NRO"), "aid: NRO is not among the codes here; did you mean NOR (Norway)?"),
        (
            lambda r: r.quantiles("posture"),
            "posture is a label: it has shares of runs (mean, probability), no quantiles",
        ),
        (lambda r: r.probability("area"), "area is a quantity (km²), not an event; it has no probability"),
        (
            lambda r: r.probability("posture", "lost"),
            "posture: lost is not among the names here: firm, soft, or so, gone",
        ),
    ],
)
def test_what_is_not_there_is_one_line_with_the_nearest_name(result, asked, told):
    with pytest.raises(InputError) as caught:
        asked(result)
    assert str(caught.value) == told


@pytest.mark.parametrize(
    ("variable", "word", "code"),
    [
        ("share", "Belgium", "BEL"),
        ("share", "us", "USA"),
        ("aid", "Germany", "DEU"),
        ("aid", "European Union", "EUI"),
        ("aid", "Europe", "EUR"),
        ("posture", "Firm", "firm"),
    ],
)
def test_names_and_aliases_of_members_donors_and_labels_are_understood(result, variable, word, code):
    assert result.entity(variable, word) == code
    assert (result.mean(variable, word) == result.mean(variable, code)).all()
    if variable != "aid" or code == "EUR":
        assert (result.values(variable, word) == result.values(variable, code)).all()


def test_statistics_cannot_be_changed_by_a_reader(result):
    with pytest.raises(ValueError, match="read-only"):
        result.mean("area")[0] = 1


def test_importing_the_room_stays_light():
    code = "import sim.ensemble, sys; print([m for m in ('xarray', 'pandas', 'h5py', 'scipy') if m in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.strip() == "[]"
