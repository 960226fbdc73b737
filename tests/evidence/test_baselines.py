"""Baselines do what their names say, and see nothing of the years after their origin."""

from __future__ import annotations

import numpy as np
import pytest

from sim.evidence import baselines
from sim.evidence.baselines import (
    BASELINES,
    damped_trend,
    ensemble,
    own_drift,
    pooled_autoregression,
    pooled_drift,
    random_walk,
)
from sim.evidence.history import history

LOGS = np.array([[0.0, 0.1, 0.2, 0.3], [1.0, 1.0, 1.0, 1.0]])


def test_random_walk_repeats_the_last_value() -> None:
    assert random_walk(LOGS, 2).tolist() == [[0.3, 0.3], [1.0, 1.0]]


def test_pooled_drift_adds_the_mean_change_of_all() -> None:
    assert pooled_drift(LOGS, 2) == pytest.approx(np.array([[0.35, 0.40], [1.05, 1.10]]))


def test_own_drift_keeps_clear_differences_and_drops_noise() -> None:
    assert own_drift(LOGS, 1)[:, 0] == pytest.approx([0.4, 1.0], abs=0.02)
    noisy = np.array([[0.0, 1.0, 0.1, 0.9], [0.0, -1.0, 0.2, -0.9]])
    assert own_drift(noisy, 1)[:, 0] == pytest.approx(noisy[:, -1] + np.diff(noisy).mean(), abs=0.05)


def test_autoregression_recovers_an_exact_law() -> None:
    path = [np.array([0.0, 2.0])]
    for _ in range(3):
        path.append(0.3 + 0.7 * path[-1])
    logs = np.stack(path, axis=1)
    assert pooled_autoregression(logs, 1)[:, 0] == pytest.approx(0.3 + 0.7 * logs[:, -1])


def test_smoothing_with_full_weight_and_no_trend_is_a_random_walk() -> None:
    assert damped_trend(LOGS, 3, (1.0, 0.0, 0.9)) == pytest.approx(random_walk(LOGS, 3))


@pytest.mark.parametrize("name", BASELINES)
def test_an_ensemble_is_centred_on_its_rule_and_repeats_itself(name: str) -> None:
    first, again = ensemble(name, 2019, draws=400), ensemble(name, 2019, draws=400)
    assert (first == again).all()
    assert first.shape == (31, 3, 400)
    rule = baselines._rule(name, 2019)(np.log(history(2019).shares), 3)
    assert np.median(first, axis=2) == pytest.approx(np.exp(rule), rel=0.03)


def test_errors_come_from_years_before_the_origin_only() -> None:
    pools = baselines._errors("random walk", 2019, 3)
    assert [pool.shape[0] for pool in pools] == [12, 11, 10]
    assert pools[0].shape[1] >= 28
