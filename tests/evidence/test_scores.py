"""Scores are proper, agree with an independent library, and tell a calibrated forecast from one that is not."""

from __future__ import annotations

import numpy as np
import pytest
import scoringrules

from sim.evidence.scores import block_bootstrap, brier, crps, energy_score, interval, join, mark, pit, skill

RNG = np.random.default_rng(5)


def test_crps_agrees_with_scoringrules() -> None:
    draws, outcome = RNG.normal(size=(7, 40)), RNG.normal(size=7)
    assert crps(draws, outcome) == pytest.approx(scoringrules.crps_ensemble(outcome, draws, estimator="nrg"), abs=1e-12)


def test_energy_score_agrees_with_scoringrules() -> None:
    draws, outcome = RNG.normal(size=(4, 60)), RNG.normal(size=4)
    score = getattr(scoringrules, "es_ensemble", None) or scoringrules.energy_score
    theirs = score(outcome, draws.T)
    assert energy_score(draws, outcome) == pytest.approx(float(theirs), abs=1e-9)


def test_crps_of_one_draw_is_the_absolute_error() -> None:
    assert crps(np.array([[2.0]]), np.array([5.0]))[0] == 3.0


@pytest.mark.parametrize("wrong", [(0.6, 1.0), (0.0, 0.4), (0.0, 2.5)])
def test_the_true_distribution_scores_best(wrong: tuple[float, float]) -> None:
    outcome, draws = RNG.normal(size=4000), RNG.normal(size=(4000, 100))
    shift, scale = wrong
    assert crps(draws, outcome).mean() < crps(shift + scale * draws, outcome).mean()


def test_a_calibrated_forecast_has_uniform_pit_and_nominal_coverage() -> None:
    outcome, draws = RNG.normal(size=4000), RNG.normal(size=(4000, 200))
    assert np.histogram(pit(draws, outcome), 10, (0, 1))[0] == pytest.approx(np.full(10, 400), abs=90)
    low, high = interval(draws, 0.8)
    assert ((low <= outcome) & (outcome <= high)).mean() == pytest.approx(0.8, abs=0.03)


def test_pit_counts_half_of_ties() -> None:
    assert pit(np.array([[1.0, 2.0, 2.0, 3.0]]), np.array([2.0]))[0] == 0.5


def test_brier_by_hand() -> None:
    assert brier(np.array([0.8, 0.1]), np.array([1.0, 0.0])) == pytest.approx((0.04 + 0.01) / 2)


def test_skill_is_positive_when_the_score_is_lower() -> None:
    assert skill(0.9, 1.0) == pytest.approx(0.1)
    assert skill(1.1, 1.0) == pytest.approx(-0.1)


def test_members_without_an_outcome_are_left_out() -> None:
    marks = mark(RNG.normal(size=(3, 50)), np.array([0.1, np.nan, -0.2]), 2020, 1)
    assert marks.entity.tolist() == [0, 2]
    assert set(marks.coverage()) == {"50", "80", "90"}


def test_the_bootstrap_brackets_the_skill_and_a_worse_forecast_has_none() -> None:
    def several(shift: float) -> list:
        rng = np.random.default_rng(9)
        return [mark(shift + rng.normal(size=(30, 80)), rng.normal(size=30), origin, 1) for origin in range(2000, 2010)]

    good, bad = join(several(0.0)), join(several(1.5))

    def luck(label: str) -> np.ndarray:
        return np.random.default_rng(abs(hash(label)) % 1000).random(400)

    low, high = block_bootstrap(good, bad, luck, 400)
    assert 0 < low < skill(good.crps.mean(), bad.crps.mean()) < high < 1
    assert block_bootstrap(bad, good, luck, 400)[1] < 0
