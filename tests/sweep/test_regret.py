"""Regret by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.sweep.regret import regret
from sim.errors import InputError

VALUES = np.array([[10.0, 2.0], [6.0, 5.0]])
CHOICES, WINNERS = ("spend", "wait"), ("democratic", "republican")


def test_regret_by_hand() -> None:
    found = regret(CHOICES, WINNERS, VALUES, {"democratic": 3, "republican": 1})
    assert found.regret.tolist() == [[0, 3], [4, 0]]
    assert found.largest.tolist() == [3, 4]
    assert found.weighted.tolist() == [0.75, 3.0]
    assert found.sentence() == "spend has the least to regret, at worst and by the weights given"
    other = regret(CHOICES, WINNERS, VALUES, {"democratic": 0.1, "republican": 0.9})
    assert other.sentence() == "spend has the least to regret at worst, wait by the weights given"


def test_less_can_be_better() -> None:
    assert regret(CHOICES, WINNERS, VALUES, more_is_better=False).regret.tolist() == [[4, 0], [0, 3]]


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ({"green": 1.0}, "'green' is no outcome here; they are democratic, republican"),
        ({"democratic": -1.0, "republican": 2.0}, "weights must not be negative"),
        ({"democratic": 0.0}, "one must be above 0"),
    ],
)
def test_wrong_weights_are_told(weights: dict[str, float], words: str) -> None:
    with pytest.raises(InputError, match=words):
        regret(CHOICES, WINNERS, VALUES, weights)
