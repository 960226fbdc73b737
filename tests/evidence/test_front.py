"""The front block sees only months known on the day and is scored on the same months as its rivals."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from sim.errors import InputError
from sim.evidence.front import estimate_front, forecast_front, front_history, gain_after
from sim.evidence.front_scores import rules, score_front
from sim.evidence.luck import Luck


def test_months_after_the_day_are_not_seen() -> None:
    assert front_history(date(2024, 3, 2)).months[-1] == date(2024, 2, 1)


def test_too_few_months_are_refused() -> None:
    with pytest.raises(InputError, match="fewer than 5 months"):
        estimate_front(date(2023, 2, 2))


def test_next_months_gain_by_hand() -> None:
    moved = gain_after(np.array([100.0]), np.array([0.4]), np.array([50.0]), np.array([7.0]))
    assert moved[0] == pytest.approx(0.4 * 100 + 0.6 * 50 + 7)


def test_effort_drives_the_front_once_two_years_are_seen() -> None:
    posterior = estimate_front(date(2025, 1, 15))
    assert posterior.gain_per_effort.mean() - 2 * posterior.gain_per_effort.std() > 0
    assert (posterior.persistence <= 0.95).all()


def test_episodes_widen_the_forecast_and_are_rare() -> None:
    posterior = estimate_front(date(2024, 7, 2))
    calm, with_episodes = forecast_front(posterior, 6, episodes=False), forecast_front(posterior, 6)
    changed = (calm != with_episodes).any(0).mean()
    assert 0 < changed < 0.25
    assert with_episodes.sum(0).std() > calm.sum(0).std()


def test_an_origin_repeats_itself() -> None:
    first, again = (forecast_front(estimate_front(date(2024, 1, 2), draws=200), 3) for _ in range(2))
    assert (first == again).all()


def test_rules_start_where_the_month_ended() -> None:
    past = front_history(date(2024, 1, 2))
    paths = rules(past, Luck(1, "test"))
    assert paths["last month"][0].mean() == pytest.approx(past.gain[-1], abs=15)
    assert paths["zero"].mean() == pytest.approx(0, abs=15)


def test_every_rule_is_scored_on_the_same_months() -> None:
    found = score_front(first=date(2026, 4, 1))
    assert {marks.crps.size for marks in found.values()} == {3 + 1}
    assert found["model"].origin.tolist() == found["AR(1)"].origin.tolist()
