"""Sensitivity: known indices are found, and nothing is found where there is nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim import load
from sim.analysis.sweep import Ranking, rank
from sim.analysis.sweep.design import Input, read_vary
from sim.analysis.sweep.sensitivity import (
    explained,
    given_data_shares,
    morris,
    morris_points,
    sobol_points,
    sobol_shares,
    source_shares,
)
from sim.errors import InputError
from sim.model import catalogue

A, B = 7.0, 0.1


def ishigami(units: np.ndarray) -> np.ndarray:
    x = np.pi * (2 * units - 1)
    return np.sin(x[:, 0]) + A * np.sin(x[:, 1]) ** 2 + B * x[:, 2] ** 4 * np.sin(x[:, 0])


VARIANCE = A**2 / 8 + B * np.pi**4 / 5 + B**2 * np.pi**8 / 18 + 0.5
FIRST = np.array([0.5 * (1 + B * np.pi**4 / 5) ** 2, A**2 / 8, 0.0]) / VARIANCE
TOTAL = FIRST + np.array([1, 0, 1]) * 8 * B**2 * np.pi**8 / 225 / VARIANCE


def test_sobol_finds_the_known_indices_of_ishigami() -> None:
    found = sobol_shares(3, ishigami(sobol_points(3, 2048, seed=1)))
    np.testing.assert_allclose(found.first[:, 0], FIRST, atol=0.02)
    np.testing.assert_allclose(found.total[:, 0], TOTAL, atol=0.02)


def test_sobol_intervals_hold_the_known_indices_at_small_size() -> None:
    inside = []
    for seed in range(20):
        found = sobol_shares(3, ishigami(sobol_points(3, 128, seed)), resamples=200)
        for interval, known in ((found.first_interval, FIRST), (found.total_interval, TOTAL)):
            inside.append((interval[:, 0, 0] <= known) & (known <= interval[:, 0, 1]))
    assert np.mean(inside) > 0.9


def test_sobol_takes_many_outcomes_and_outcomes_that_never_change() -> None:
    values = ishigami(sobol_points(3, 256, seed=2))
    found = sobol_shares(3, np.column_stack([values, np.full(len(values), 7.1), 3 - 2 * values]), resamples=20)
    assert found.first.shape == (3, 3)
    assert found.first_interval.shape == (3, 3, 2)
    np.testing.assert_allclose(found.first[:, 0], found.first[:, 2])
    assert not found.first[:, 1].any()
    assert not found.total_interval[:, 1].any()


def test_sobol_of_one_input_is_one() -> None:
    found = sobol_shares(1, sobol_points(1, 256, seed=1)[:, 0] ** 2, resamples=20)
    np.testing.assert_allclose([found.first[0, 0], found.total[0, 0]], 1.0, atol=0.05)


def test_sobol_is_the_same_each_time() -> None:
    values = ishigami(sobol_points(3, 64, seed=1))
    assert np.array_equal(sobol_shares(3, values).first_interval, sobol_shares(3, values).first_interval)


def test_missing_samples_are_named() -> None:
    with pytest.raises(InputError, match="7 samples are no Sobol design of 3 inputs"):
        sobol_shares(3, np.zeros(7))
    values = ishigami(sobol_points(3, 8, seed=1))
    values[4] = np.nan
    with pytest.raises(InputError, match="1 of 40 samples hold no number"):
        sobol_shares(3, values)
    with pytest.raises(InputError, match="3 samples are finished of 8"):
        morris(morris_points(3, 2, seed=1), values[:3])


def test_morris_equals_salib() -> None:
    analyse = pytest.importorskip("SALib.analyze.morris")
    points = morris_points(3, 24, seed=3)
    values = ishigami(points)
    found = morris(points, values)
    problem = {"num_vars": 3, "names": ["a", "b", "c"], "bounds": [[0, 1]] * 3}
    known = analyse.analyze(problem, points, values, num_levels=4)
    np.testing.assert_allclose(found.mean[:, 0], known["mu"], atol=1e-9)
    np.testing.assert_allclose(found.size[:, 0], known["mu_star"])
    np.testing.assert_allclose(found.spread[:, 0], known["sigma"])


def test_morris_moves_one_input_at_a_time_each_once_by_two_thirds() -> None:
    points = morris_points(7, 50, seed=5).reshape(50, 8, 7)
    moves = np.diff(points, axis=1)
    np.testing.assert_allclose(np.sort(np.abs(moves), axis=2)[:, :, -1], 2 / 3)
    assert (np.count_nonzero(moves, axis=2) == 1).all()
    assert (np.sort(np.abs(moves).argmax(axis=2), axis=1) == np.arange(7)).all()
    np.testing.assert_allclose(np.unique(points.round(9)), [0, 0.333333333, 0.666666667, 1], atol=1e-8)
    assert 0.4 < (moves > 0).sum() / np.count_nonzero(moves) < 0.6


def test_morris_screens_out_what_moves_nothing() -> None:
    points = morris_points(5, 10, seed=1)
    found = morris(points, np.column_stack([3 * points[:, 1] - points[:, 4], np.zeros(len(points))]))
    np.testing.assert_allclose(found.size[:, 0], [0, 3, 0, 0, 1])
    np.testing.assert_allclose(found.mean[:, 0], [0, 3, 0, 0, -1], atol=1e-12)
    assert found.leading() == [1, 4]
    assert found.leading(1) == [1]
    assert not found.shares()[:, 1].any()


def test_shares_from_any_design_find_what_matters() -> None:
    from scipy.stats import qmc

    units = qmc.Sobol(3, rng=1).random_base2(11)
    np.testing.assert_allclose(given_data_shares(units, ishigami(units))[:, 0], FIRST, atol=0.05)


def test_groups_of_noise_explain_nothing() -> None:
    noise = np.random.default_rng(1).normal(size=(400, 200))
    shares = explained(np.arange(400) % 8, noise)
    assert shares.mean() < 0.01
    signal = (np.arange(400) % 2)[:, None] * 2.0 + noise[:, :1]
    assert abs(explained(np.arange(400) % 2, signal)[0] - 0.5) < 0.1


def test_sources_of_luck_are_told_apart() -> None:
    draw = np.random.default_rng(2).normal(size=(2, 3, 60_000))
    names = ("parameters", "elections", "shocks")

    def outcome(which: tuple[int, int, int]) -> np.ndarray:
        p, e, s = (draw[source, place] for place, source in enumerate(which))
        return np.stack([2 * p + e + s, p * e, np.zeros_like(p)])

    mixed = [outcome((1, 0, 0)), outcome((0, 1, 0)), outcome((0, 0, 1))]
    found = source_shares(names, outcome((0, 0, 0)), outcome((1, 1, 1)), mixed)
    np.testing.assert_allclose([found.alone[name][0] for name in names], [4 / 6, 1 / 6, 1 / 6], atol=0.02)
    np.testing.assert_allclose([found.alone[name][1] for name in names], [0, 0, 0], atol=0.03)
    np.testing.assert_allclose([found.total[name][1] for name in names], [1, 1, 0], atol=0.03)
    assert [found.total[name][2] for name in names] == [0, 0, 0]


def test_what_decides_whether_two_per_cent_is_kept_by_2030() -> None:
    """The second half of the question which assumption decides it: how members follow what their neighbours spend."""
    scenario = load("baseline_2026", sets=["end=2030-12-31"])
    asked = ["europe_canada_share_pct_gdp@2030", "members_at_2pct@2030"]
    ranked = rank(scenario, read_vary(["assumptions"], catalogue()), asked, samples=10, runs=64, jobs=2)
    for column in range(2):
        first = ranked.leading(column)[0]
        assert ranked.inputs[first].name == "budgets.neighbours"
        assert ranked.interval[first, column, 0] > 0
        assert "turns most on budgets.neighbours (" in ranked.sentence(column)
        assert "none of them clearly" not in ranked.sentence(column)


def test_what_moves_nothing_clearly_is_said_to() -> None:
    share = np.array([[0.6], [0.4]])
    inputs = tuple(Input(name, (name,), "", "", 0.0, 1.0) for name in ("one", "other"))
    interval = np.array([[[0.0, 2.0]], [[0.0, 1.0]]])
    unclear = Ranking("morris", inputs, ("threat@2029",), share, share, interval)
    said = "threat@2029 turns most on one (60%), other (40%)"
    assert unclear.sentence(0) == f"{said}, but none of them clearly: their intervals reach 0"
    assert replace(unclear, interval=interval + 0.1).sentence(0) == said
    assert replace(unclear, interval=interval * np.nan).sentence(0) == said
