"""One command estimates everything, twice the same, from what was known; what is shipped is what it gives."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from sim import facts
from sim.errors import FaultError, InputError
from sim.evidence.calibration import Calibration, calibrate, mixing, write
from sim.model import catalogue


@pytest.fixture(scope="module")
def calibration() -> Calibration:
    return calibrate()


def test_the_shipped_draws_are_what_the_shipped_tables_give(calibration: Calibration) -> None:
    shipped = facts.posterior()
    assert shipped is not None
    assert shipped.provenance["tables"] == calibration.draws.provenance["tables"]
    assert shipped.keys == calibration.draws.keys
    assert shipped.draws == pytest.approx(calibration.draws.draws, rel=1e-4, abs=1e-6)


def test_the_same_draws_are_the_same_bytes(calibration: Calibration, tmp_path: Path) -> None:
    first, again = write(calibration, tmp_path / "a.npz"), write(calibration, tmp_path / "b.npz")
    assert first.read_bytes() == again.read_bytes()
    assert facts.read_posterior(first).keys == calibration.draws.keys


def test_every_column_is_a_parameter_inside_its_domain(calibration: Calibration) -> None:
    for key in calibration.draws.keys:
        parameter = catalogue().find(key)
        assert parameter is not None, key
        draws = calibration.draws.of(key)
        assert parameter.domain.low <= draws.min()  # type: ignore[union-attr]
        assert draws.max() <= parameter.domain.high  # type: ignore[union-attr]


def test_what_is_not_identified_is_never_estimated(calibration: Calibration) -> None:
    assert calibration.assumptions
    assert not set(calibration.assumptions) & set(calibration.draws.keys)


def test_the_chains_agree(calibration: Calibration) -> None:
    assert calibration.worst_r_hat < 1.05
    assert calibration.smallest_sample > 300


def test_an_earlier_day_sees_less_and_says_what_it_left_out() -> None:
    early = calibrate(date(2019, 11, 1), draws=200)
    assert early.observations["budgets"] == 150
    assert [text.split(":")[0] for text in early.skipped] == ["estimates", "front", "supplementals", "aid"]
    assert not any(key.startswith(("war.", "us.aid")) for key in early.draws.keys)


def test_the_day_before_the_data_is_refused_with_the_first_that_can_be_used() -> None:
    with pytest.raises(InputError, match="the first day that can be used is 2016-10-01"):
        calibrate(date(2013, 1, 1))


def test_a_full_disk_is_told_in_a_line(calibration: Calibration, tmp_path: Path) -> None:
    with pytest.raises(FaultError, match="cannot be written"):
        write(calibration, tmp_path / "no such folder" / "a.npz")


def test_mixing_tells_agreeing_chains_from_stuck_ones() -> None:
    rng = np.random.default_rng(2)
    good = rng.normal(size=(1, 4, 500))
    r_hat, size = mixing(good)
    assert r_hat[0] == pytest.approx(1, abs=0.02)
    assert size[0] > 1000
    stuck = good + np.arange(4)[None, :, None] * 3
    assert mixing(stuck)[0][0] > 1.5
    slow = np.cumsum(rng.normal(size=(1, 4, 500)), axis=2)
    assert mixing(slow)[1][0] < 200
