"""Event rates count what the facts hold, as known on the day, and their chances follow from the counts."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from sim.errors import InputError
from sim.evidence import aid
from sim.evidence.aid import LATEST, Flows, clustered, flows, half_years, values
from sim.evidence.rates import (
    Chance,
    Rate,
    change_of_head,
    law_rates,
    score_ceasefire,
    score_elections,
    score_laws,
)


def test_laws_by_control_of_congress() -> None:
    rates = law_rates(date(2025, 1, 1))
    assert (rates["Democratic House"].events, rates["split"].events, rates["Republican"].events) == (4, 1, 0)
    assert rates["Democratic House"].years == pytest.approx(313 / 365.25, abs=0.01)
    assert 12 / rates["split"].mean == pytest.approx(16, abs=0.5)


def test_a_law_signed_later_is_not_counted() -> None:
    assert law_rates(date(2024, 4, 1))["split"].events == 0


def test_the_chance_of_an_event_by_hand() -> None:
    assert Rate("x", 1, 2.0).chance(1.0) == pytest.approx(1 - (2 / 3) ** 1.5)
    assert Rate("x", 0, 0.0).chance(1.0) == 0.5


def test_a_beta_posterior_by_hand() -> None:
    assert Chance("x", 3, 4).mean == pytest.approx(3.5 / 5)


def test_elections_have_trials() -> None:
    early, late = change_of_head(date(2018, 1, 1)), change_of_head(date(2024, 1, 1))
    assert 0 < early.trials < late.trials


def test_event_scores_lie_between_perfect_and_worst() -> None:
    for score in (score_elections(), score_laws(), score_ceasefire()):
        assert 0 <= score.brier <= 1
        assert score.trials >= 10
        assert "baseline" in score.note


def test_the_hazard_of_today_keeps_the_pace_of_the_year() -> None:
    steady = Flows(np.full(24, 2.0), np.full(24, 5.0))
    assert steady.hazard_now() == pytest.approx(2 / (72 + 2))
    assert steady.hazard() > steady.hazard_now()


def test_flows_need_months_by_donor() -> None:
    with pytest.raises(InputError, match="release 20"):
        flows(date(2024, 10, 1))
    with pytest.raises(InputError, match="too few months"):
        values(date(2022, 4, 1))


def test_half_years_add_up_to_the_whole() -> None:
    assert half_years("USA").sum() == pytest.approx(64.6, abs=0.1)
    assert flows(LATEST)["USA"].allocated.size == 36


def test_clustered_errors_by_hand() -> None:
    y, x = np.array([1.0, 3.0, 2.0, 6.0]), np.ones((4, 1))
    b, error = clustered(y, x, ["a", "a", "b", "b"])
    assert b[0] == 3.0
    # sums of scores are -2 and 2: (1/4) sqrt(4 + 4) sqrt(2 / 1)
    assert error[0] == pytest.approx(np.sqrt(8) / 4 * np.sqrt(2))


def test_model_and_random_walk_are_scored_on_the_same_half_years() -> None:
    """Origin n is scored on the half-year after start n, and what grew since then is what counts."""
    came = half_years("USA")
    stocks = [np.full(20, came[: row + 2].sum()) for row in range(3)]  # a model that knows
    scores = aid._scores("USA", stocks)
    assert scores.medians == pytest.approx(came[1:4])
    assert scores.model.crps == pytest.approx([0, 0, 0], abs=1e-9)
    for marks in (scores.model, scores.random_walk):
        assert marks.origin.tolist() == [0, 1, 2]
        assert marks.horizon.tolist() == [1, 1, 1]
    assert scores.random_walk.error == pytest.approx(np.abs(np.diff(came))[:3], rel=0.05, abs=0.2)
