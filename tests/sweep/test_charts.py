"""The marks on the charts of a sweep stand where they are read, and none leaves its frame."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from sim import load
from sim.analysis.sweep.design import Input
from sim.analysis.sweep.ranking import Ranking
from sim.analysis.sweep.solving import solve
from sim.figures import style, sweeps
from sim.figures.ink import Ink
from sim.figures.page import Box, Page, Sentence
from sim.figures.style import CAP_HEIGHT, CM_PER_INCH, SIZES, SMALL

from .test_solving import LEVER, target

FRAME = Box(3.0, 2.0, 8.0, 5.0)


@pytest.fixture
def written(monkeypatch):
    """All letters that are set on any page, in order."""
    pages, opened = [], Ink.__init__

    def noted(ink, *given):
        opened(ink, *given)
        pages.append(ink)

    monkeypatch.setattr(Ink, "__init__", noted)
    return lambda: [letters for ink in pages for letters in ink.letters]


@pytest.mark.parametrize(("threshold", "side"), [(0.5, "left"), (5, "left"), (9.5, "right")])
def test_the_value_found_is_written_on_the_side_where_there_is_room(written, threshold, side):
    luck = np.random.default_rng(1).normal(size=2000)
    found = solve(LEVER, target(0.5), lambda x: x + 0.1 * luck - threshold + 4 >= 4)
    sweeps.solution_drawings(found, load("baseline"), 1)
    (value,) = [letters for letters in written() if letters.text == f"{found.value:.3g}" and letters.bold]
    assert value.anchor == side


def test_the_marks_of_the_upright_axis_begin_and_end_where_it_does(written):
    """The lowest value stands on the axis's foot, the capitals of the highest reach its top."""
    units = np.random.default_rng(1).uniform(size=(50, 2))
    inputs = [Input("across", ("across",), "", "%", 0.0, 7.0), Input("upright", ("upright",), "", "%", 11.0, 13.0)]
    design = SimpleNamespace(numbers=lambda: units, units=units)
    swept = SimpleNamespace(plan=SimpleNamespace(design=design), inputs=inputs)
    bounds = [SimpleNamespace(place=0), SimpleNamespace(place=1)]
    region = SimpleNamespace(holds=lambda numbers: numbers[:, 0] < 0.5)
    with style.applied():
        made_of = sweeps._provenance([""], [""], 1, 1, "discovery")
        page = Page(SIZES["page"], "", "", Sentence(""), made_of, height=9.0, note="")
        sweeps._scatter(page, FRAME, swept, bounds, units[:, 0], region)
    marks = {letters.text: letters for letters in written()}
    capital = CAP_HEIGHT * SMALL / 72 * CM_PER_INCH
    assert marks["11"].y == pytest.approx(FRAME.y)
    assert marks["13"].y + capital == pytest.approx(FRAME.top, abs=0.05)
    assert marks["11"].x == marks["13"].x < FRAME.x
    assert (marks["0"].x, marks["7"].x) == pytest.approx((FRAME.x, FRAME.right))
    assert marks["0"].y == marks["7"].y < FRAME.y


def test_shares_end_at_one_and_inputs_and_outcomes_are_said_in_words(written):
    """A ministry reads what is meant; the key stands below it in pale letters."""
    entry = Input(
        "budgets.neighbours", ("budgets.neighbours",), "response to others; above 0 follows", "share", 0.0, 1.0
    )
    size, interval = np.array([[1.1]]), np.array([[[0.4, 1.48]]])
    ranked = Ranking(
        "sobol", (entry,), ("threat@2029-12-31",), np.array([[1.0]]), size, interval, titles=("Threat in 2029 (index)",)
    )
    bars = sweeps.ranking_drawings(ranked)["sensitivity_bars"]
    letters = {each.text: each for each in written()}
    assert letters["Threat in 2029 (index)"].bold
    assert letters["Response to others"].colour == style.INK
    assert letters["budgets.neighbours"].colour == letters["threat@2029-12-31"].colour == style.MUTED
    assert "100%" in letters
    assert "125%" not in letters
    assert bars.sentence == "Threat in 2029 (index) turns most on the response to others (100%)."
    (row,) = bars.table.rows
    assert (row.q05, row.value, row.q95) == (0.4, 1.0, 1.0)


def test_a_search_is_titled_in_words_and_names_its_key_in_small_print(written):
    lever = Input("aid.EUI.level", ("aid.EUI.level",), "level of aid; a remark", "EUR bn a year", 0.0, 10.0)
    found = solve(lever, target(0.5), lambda x: np.full(10, x >= 5))
    drawn = sweeps.solution_drawings(found, load("baseline"), 1)["solution"]
    assert drawn.title == "What it takes: level of aid (EU institutions)"
    texts = {letters.text for letters in written()}
    assert "Level of aid (EU institutions) (EUR bn a year)" in texts
    assert any("Lever: aid.EUI.level." in text for text in texts)
