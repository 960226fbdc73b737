"""Discovery: a planted box is found with its bounds, and nothing is found in noise."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import qmc

from sim.analysis.sweep.design import Input, design
from sim.analysis.sweep.discovery import discover, enough, signs
from sim.errors import InputError
from sim.scenario.values import fixed


def ranges(count: int) -> list[Input]:
    return [Input(f"room.input_{place}", (f"room.input_{place}",), "", "%", 0.0, 1.0) for place in range(count)]


def points(count: int, inputs: int, seed: int = 1) -> np.ndarray:
    return qmc.LatinHypercube(inputs, rng=seed).random(count)


def planted(numbers: np.ndarray) -> np.ndarray:
    return (numbers[:, 1] < 0.4) & (numbers[:, 3] > 0.7)


def test_a_planted_box_is_found_with_both_bounds_and_no_other() -> None:
    numbers = points(2000, 6)
    (box,) = discover(numbers, planted(numbers), ranges(6))
    assert [bound.place for bound in box.bounds] == [1, 3]
    assert abs(box.bounds[0].high - 0.4) < 0.05
    assert abs(box.bounds[1].low - 0.7) < 0.05
    assert box.bounds[0].low < 0.01
    assert box.bounds[1].high > 0.99
    assert box.coverage > 0.9
    assert box.density > 0.9
    assert box.elsewhere < 0.02
    assert all(bound.p_value < 1e-6 for bound in box.bounds)


@pytest.mark.parametrize("place", range(6))
def test_a_bound_on_any_input_is_found_in_every_design(place: int) -> None:
    """Both halves of the samples must reach over the whole range of every input."""
    inputs = ranges(6)
    for method in ("sobol", "lhs", "grid"):
        drawn = design([replace(entry, count=4) for entry in inputs] if method == "grid" else inputs, method, 1024)
        numbers = drawn.numbers()
        (box,) = discover(numbers, numbers[:, place] < 0.3, inputs)
        assert [bound.place for bound in box.bounds] == [place], method
        assert min(box.coverage, box.density) > 0.9, method


@pytest.mark.parametrize("seed", range(1, 6))
def test_a_box_under_noise_is_found_and_its_figures_are_honest(seed: int) -> None:
    numbers = points(2000, 10, seed)
    luck = np.random.default_rng(seed).uniform(size=2000)
    (box,) = discover(numbers, luck < np.where(planted(numbers), 0.8, 0.1), ranges(10))
    assert {1, 3} == {bound.place for bound in box.bounds}
    new = points(20_000, 10, seed=100)  # what the box promises holds on samples nobody has seen
    expected = np.where(planted(new), 0.8, 0.1)[box.holds(new)].mean()
    assert abs(box.density - expected) < 0.1


def test_noise_has_no_box() -> None:
    spurious = 0
    for seed in range(60):
        luck = np.random.default_rng(seed)
        spurious += bool(discover(luck.uniform(size=(400, 8)), luck.uniform(size=400) < 0.3, ranges(8)))
    assert spurious <= 6  # 5% by design


@pytest.mark.parametrize("inputs", [2, 10, 30])
def test_a_region_of_a_quarter_of_the_space_is_usually_found_with_the_samples_asked_for(inputs: int) -> None:
    found = 0
    for seed in range(12):
        numbers, luck = points(enough(inputs), inputs, seed), np.random.default_rng(1000 + seed)
        inside = (numbers[:, 0] < 0.5) & (numbers[:, -1] > 0.5)
        boxes = discover(numbers, luck.uniform(size=len(numbers)) < np.where(inside, 0.8, 0.1), ranges(inputs), 1)
        found += bool(boxes) and {0, inputs - 1} <= {bound.place for bound in boxes[0].bounds}
    assert found >= 8


def test_two_regions_are_two_boxes() -> None:
    numbers = points(3000, 4, seed=4)
    first, second = (numbers[:, :2] < 0.35).all(axis=1), (numbers[:, 2:] > 0.7).all(axis=1)
    boxes = discover(numbers, first | second, ranges(4))
    assert len(boxes) == 2
    assert sum(box.coverage for box in boxes) > 0.85
    assert sorted(tuple(bound.place for bound in box.bounds) for box in boxes) == [(0, 1), (2, 3)]


def test_lists_are_bounded_by_their_values() -> None:
    numbers = points(1500, 3, seed=5)
    numbers[:, 0] = np.floor(numbers[:, 0] * 3)
    inputs = ranges(3)
    inputs[0] = Input("us.posture", ("us.posture",), "", "", values=("continuity", "conditional", "retrenchment"))
    (box,) = discover(numbers, (numbers[:, 0] == 2) & (numbers[:, 2] < 0.5), inputs)
    assert box.bounds[0].kept == (2,)
    text = box.sentence(inputs, "fails")
    assert text.startswith("fails mostly when us.posture is retrenchment and room.input_2 is below 0.5")
    assert "100% of the samples there against" in text


def test_numbers_that_repeat_are_cut_between_them() -> None:
    numbers = points(1500, 2, seed=6)
    numbers[:, 0] = np.floor(numbers[:, 0] * 5)
    inputs = [Input("years", ("years",), "", "years", 0.0, 4.0, whole=True), ranges(1)[0]]
    (box,) = discover(numbers, numbers[:, 0] >= 3, inputs)
    assert (box.bounds[0].low, box.density, box.coverage) == (3.0, 1.0, 1.0)
    listed = [Input("values", ("values",), "", "", values=tuple(map(fixed, range(5)))), ranges(1)[0]]
    (box,) = discover(numbers, numbers[:, 0] >= 3, listed)
    assert box.bounds[0].kept == (3, 4)


def test_a_condition_on_nothing_is_refused() -> None:
    numbers = points(100, 2)
    with pytest.raises(InputError, match="holds in no sample: there is no region to find; move its level"):
        discover(numbers, np.zeros(100, bool), ranges(2))
    with pytest.raises(InputError, match="holds in every sample"):
        discover(numbers, np.ones(100, bool), ranges(2))
    with pytest.raises(InputError, match="10 samples are too few to find a region in; sweep at least 40"):
        discover(numbers[:10], numbers[:10, 0] < 0.5, ranges(2))


def test_an_input_on_which_few_failures_lie_at_one_end_is_named() -> None:
    numbers = points(256, 40)
    inputs = ranges(40)
    numbers[:, 7] = np.floor(numbers[:, 7] * 3)
    inputs[7] = Input("us.posture", ("us.posture",), "", "", values=("continuity", "conditional", "retrenchment"))
    top = np.argsort(numbers[:, 5])[-5:]
    few = np.zeros(256, bool)
    few[top] = True
    assert discover(numbers, few, inputs) == ()
    (found,) = signs(numbers, few, inputs)
    assert (inputs[found.place].name, found.where) == ("room.input_5", "high")
    assert found.p_value < 1e-6
    listed = np.zeros(256, bool)
    listed[np.flatnonzero(numbers[:, 7] == 1)[:12]] = True
    assert [(sign.place, sign.where) for sign in signs(numbers, listed, inputs)] == [(7, "conditional")]
    luck = np.random.default_rng(1)
    assert sum(bool(signs(numbers, luck.uniform(size=256) < 0.05, inputs)) for _ in range(40)) <= 5
