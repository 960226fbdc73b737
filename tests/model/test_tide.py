"""The tide behind a presidential result, which the chambers follow."""

from __future__ import annotations

import numpy as np
import pytest

from sim.model.systems.us_politics import tide
from sim.scenario import Weights

from .conftest import scenario, systems_at


def test_a_result_at_even_odds_is_its_own_tide() -> None:
    luck = np.array([0.1, 0.4, 0.6, 0.9])
    np.testing.assert_allclose(tide(luck, luck > 0.5, 0.5), luck)


def test_the_tide_of_a_winner_is_in_the_winner_s_half_whatever_the_weights() -> None:
    # weights 0.8 and 0.2: 0.4 is half way through the Democratic part, 0.9 half way through the Republican one
    luck = np.array([0.4, 0.9])
    np.testing.assert_allclose(tide(luck, np.array([False, True]), 0.8), [0.25, 0.75])


def test_a_named_winner_and_a_winner_of_weight_one_have_the_same_tide() -> None:
    luck = np.linspace(0.01, 0.99, 25)
    always = np.ones(25, np.bool_)
    np.testing.assert_allclose(tide(luck, always, None), tide(luck, always, 0.0))
    np.testing.assert_allclose(tide(luck, always, None), 0.5 + luck / 2)


def test_the_weight_that_splits_the_tide_is_the_democratic_one_whatever_the_option_is_called() -> None:
    systems, _ = systems_at(
        scenario(
            {
                "us.elections.2024.president": Weights((("harris", 0.3), ("trump", 0.7))),
                "us.elections.2028.president": Weights((("democratic", 0.6), ("republican", 0.4))),
            }
        )
    )
    assert systems.us_politics._weight("us.elections.2024.president") == pytest.approx(0.3)
    assert systems.us_politics._weight("us.elections.2028.president") == pytest.approx(0.6)
