"""What first figures of a year are worth follows from how the figures of one July were revised."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from sim.evidence import calibration as calibrating


def test_revisions_of_first_figures_give_a_bias_and_a_noise_by_hand(monkeypatch) -> None:
    """Four figures that jumped, one that did not: the conjugate posterior, its prior nine figures of sd 0.15."""
    first = {"AAA": 2.0, "BBB": 1.8, "CCC": 1.5, "DDD": 2.4, "EEE": 1.5, "USA": 3.4}
    later = {"AAA": 1.9, "BBB": 1.7, "CCC": 1.6, "DDD": 2.2, "EEE": 1.4, "USA": 3.4}
    before = {"AAA": 1.5, "BBB": 1.5, "CCC": 2.0, "DDD": 2.0, "EEE": 1.45, "USA": 3.5}
    known = {code: {2022: share} for code, share in before.items()}
    monkeypatch.setattr(calibrating.facts, "estimate_vintages", lambda: {1: first, 2: later})
    monkeypatch.setattr(calibrating.facts, "defence_shares", lambda day: known)
    columns, count = calibrating._revision_columns(date(2024, 10, 1), 20_000, 1)
    assert count == 5
    back = np.array([0.1, 0.1, 0.1, 0.2])  # of the four jumps, towards where each came from
    precision = 400 + 4 / back.var(ddof=1)
    bias = (0.06 * 400 + back.sum() / back.var(ddof=1)) / precision
    assert columns["budgets.estimate_bias_pp"].mean() == pytest.approx(bias, abs=0.001)
    assert columns["budgets.estimate_bias_pp"].std() == pytest.approx(1 / np.sqrt(precision), rel=0.03)
    codes, sign = ["AAA", "BBB", "CCC", "DDD", "EEE"], np.array([1, 1, -1, 1, 0])
    gaps = [(later[c] - first[c] + bias * s) / np.sqrt(first[c] / 1.5) for c, s in zip(codes, sign, strict=True)]
    squares = 9 * 0.15**2 + 5 * (1.4826 * np.median(np.abs(gaps))) ** 2
    assert (columns["budgets.estimate_noise_pp"] ** -2).mean() == pytest.approx(14 / squares, rel=0.03)
