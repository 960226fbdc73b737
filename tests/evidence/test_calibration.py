"""One command estimates everything, twice the same, from what was known; what is shipped is what it gives."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from sim import facts
from sim.errors import FaultError, InputError
from sim.evidence.calibration import FIRST_DAY, UNTIL, VINTAGES, Calibration, calibrate, mixing, priors, write
from sim.model import catalogue


@pytest.fixture(scope="module")
def calibration() -> Calibration:
    return calibrate()


def test_the_shipped_draws_are_what_the_shipped_tables_give(calibration: Calibration) -> None:
    shipped = facts.posterior(UNTIL)
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
    with pytest.raises(InputError, match="the first day that can be used is 2014-01-01"):
        calibrate(date(2013, 1, 1))


def test_where_nothing_can_be_identified_the_draws_are_those_of_the_priors() -> None:
    made, known = calibrate(FIRST_DAY, draws=2000), priors()
    assert not made.observations
    assert not made.convergence
    assert "nothing can be identified" in made.skipped[0]
    assert set(known) <= set(made.draws.keys)
    for key in ("budgets.drift_pp", "budgets.war_pp", "war.break_even_thousand"):
        mean, sd = known[key]
        draws = made.draws.of(key).astype(float)
        assert draws.mean() == pytest.approx(mean, abs=0.1 * sd), key
        assert draws.std() == pytest.approx(sd, rel=0.06), key


def test_a_place_that_cannot_be_written_is_told_in_a_line(calibration: Calibration, tmp_path: Path) -> None:
    (tmp_path / "a file").write_text("")
    with pytest.raises(FaultError, match="cannot be written"):
        write(calibration, tmp_path / "a file" / "a.npz")


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


@pytest.mark.parametrize("until", VINTAGES)
def test_every_vintage_ships_as_its_day_gives_it(until: date) -> None:
    shipped, made = facts.posterior(until), calibrate(until)
    assert shipped is not None
    assert shipped.provenance["until"] == until.isoformat()
    assert shipped.keys == made.draws.keys
    np.testing.assert_allclose(shipped.draws, made.draws.draws, rtol=2e-4, atol=2e-5)
    if until > FIRST_DAY:
        assert made.worst_r_hat < 1.02
        assert made.smallest_sample > 300


def test_a_start_takes_the_newest_draws_its_day_allows() -> None:
    def until(day: date) -> str | None:
        draws = facts.posterior(day)
        return None if draws is None else str(draws.provenance["until"])

    assert until(date(2014, 1, 1)) == "2014-01-01"
    assert until(date(2021, 12, 31)) == "2014-01-01"
    assert until(date(2024, 9, 30)) == "2022-01-01"
    assert until(date(2026, 9, 30)) == "2024-10-01"
    assert until(date(2026, 10, 1)) == "2026-10-01"


def test_no_change_is_read_across_a_break_of_the_definition() -> None:
    from sim.evidence.budgets import panel
    from sim.evidence.history import FIRST_YEAR

    periods = set(panel(2026, day=date(2026, 10, 1)).period + FIRST_YEAR + 1)
    assert 2023 not in periods
    assert {2022, 2024, 2026} <= periods
