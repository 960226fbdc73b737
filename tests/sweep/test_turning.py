"""Conclusions and assumptions: one at a time, and all together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim import compare, load
from sim.analysis.sweep import depends, together, turning
from sim.analysis.sweep.design import read_vary
from sim.errors import InputError
from sim.model import catalogue

PAIR = ("budgets.commitment_pp=0:1", "aid.stock_share=0:1")
IDLE = ("threat.half_life_years=1:4", "budgets.neighbours=0:0.5", "us.commitment.speed_per_month=0:1")


def test_conclusions_are_tried_at_both_ends_of_an_assumption():
    sides = [load("harris_continuity"), load("trump_conditional")]
    inputs = read_vary(["budgets.commitment_pp=-0.3:0.3", "threat.half_life_years"], catalogue())
    turns = depends(sides, ["members_at_2pct@2029", "us_commitment@2029"], inputs=inputs, runs=160, jobs=2)
    assert len(turns) == 2 * (2 + 3)
    first = turns[0]
    assert (first.change, first.assumption, first.setting) == ("reverses", "budgets.commitment_pp", "-0.3")
    assert "turns to the other side where budgets.commitment_pp is -0.3" in first.sentence()
    assert all(turn.change == "holds" for turn in turns if turn.outcome.startswith("us_commitment"))


def test_what_is_finished_is_kept_and_the_same_question_goes_on(tmp_path, monkeypatch):
    sides, asked = [load("harris_continuity"), load("trump_conditional")], ["us_commitment@2026"]
    inputs, simulated = read_vary(["budgets.commitment_pp=-0.3:0.3", "threat.half_life_years"], catalogue()), []
    answered = turning.answers

    def stopped(plan, scenario):
        simulated.append(scenario)
        if len(simulated) == 5:
            raise KeyboardInterrupt
        return answered(plan, scenario)

    with monkeypatch.context() as killed:
        killed.setattr(turning, "answers", stopped)
        with pytest.raises(KeyboardInterrupt):
            depends(sides, asked, inputs=inputs, runs=16, keep=tmp_path)
    first, second = sorted(tmp_path.glob("*/*.json"))
    second.write_text(second.read_text().replace("0.", "1."))  # damaged, so that it is made again
    monkeypatch.setattr(turning, "answers", lambda *given: simulated.append(given) or answered(*given))
    del simulated[:]
    turns = depends(sides, asked, inputs=inputs, runs=16, keep=tmp_path)
    assert len(simulated) == 2 * (1 + 2 + 3 - 1)
    assert turns == depends(sides, asked, inputs=inputs, runs=16)
    assert first.is_file()
    depends(sides, asked, inputs=inputs, runs=24, keep=tmp_path)  # another question finds nothing of the first
    assert len(list(tmp_path.iterdir())) == 2


def planted(asked, scenario, seed=None):
    """A gain of 1 over the baseline, which turns to a loss only where both of a pair of assumptions are high."""
    luck = np.linspace(-0.5, 0.5, asked.runs)
    if scenario.name == "harris_continuity":
        return [luck]
    values = [scenario.values.get(text.partition("=")[0]) for text in PAIR]
    high = all(given is not None and given.value.is_fixed and given.value["value"] > 0.6 for given in values)
    return [luck + luck[::-1] * 0.1 + (-1.0 if high else 1.0)]


def test_a_pair_of_assumptions_that_flips_a_conclusion_only_together_is_found(monkeypatch):
    monkeypatch.setattr(turning, "answers", planted)
    sides = [load("harris_continuity"), load("trump_conditional")]
    inputs = read_vary([*PAIR, *IDLE], catalogue())
    alone = depends(sides, ["us_commitment@2029"], inputs=inputs, runs=40)
    assert {turn.change for turn in alone} == {"holds"}  # no assumption does it by itself
    (found,) = together(sides, ["us_commitment@2029"], inputs=inputs, runs=40)
    assert (found.samples, found.unclear) == (256, 0)
    assert abs(found.reverses / 256 - 0.16) < 0.02
    share, low, high = found.share
    assert share == found.holds / 256
    assert low < 0.84 < high
    assert set(found.assumptions) == {text.partition("=")[0] for text in PAIR}
    first, second = found.sentences()
    assert first.startswith("us_commitment@2029-12-31 of trump_conditional (+1) holds in 8")
    assert "of 256 samples of all assumptions together (95% interval" in first
    assert second.startswith(
        "It fails mostly when budgets.commitment_pp is above 0.6 (points of GDP) and aid.stock_share is above 0."
    )


def test_a_conclusion_that_is_not_clear_is_none_to_try_and_one_that_always_holds_has_no_region(monkeypatch):
    def always(asked, scenario, seed=None):
        gain = 1.0 if scenario.name == "trump_conditional" else 0.0
        luck = np.sin(np.arange(asked.runs, dtype=float))
        return [luck + gain, luck if scenario.name == "harris_continuity" else luck[::-1].copy()]

    monkeypatch.setattr(turning, "answers", always)
    sides = [load("harris_continuity"), load("trump_conditional")]
    inputs = read_vary(PAIR, catalogue())
    (found,) = together(sides, ["us_commitment@2029", "threat@2029"], inputs=inputs, samples=40, runs=50)
    assert (found.outcome, found.holds, found.regions) == ("us_commitment@2029-12-31", 40, ())
    assert found.share[0] == 1
    assert 0.9 < found.share[1] < 0.95  # forty samples do not prove that it always does
    assert len(found.sentences()) == 1


def test_what_fails_everywhere_is_not_told_apart_from_a_rest():
    never = turning.Together("b", "threat@2029-12-31", 1.0, 0.9, 1.1, 0, 1, 39, (), (), ())
    (said,) = never.sentences(short=True)
    assert said.startswith("holds in 0.0% of 40 samples of all assumptions together")
    assert said.endswith("it turns to the other side in 1 and is not clear in 39")
    (_, rest) = replace(never, holds=1).sentences()
    assert rest == "No assumption tells the samples in which it fails from the rest"


def test_too_few_samples_are_refused():
    sides = [load("harris_continuity"), load("trump_conditional")]
    with pytest.raises(InputError, match="--together 8: too few samples to find a region in; ask for 40 or more, or 0"):
        together(sides, ["us_commitment@2029"], inputs=read_vary(PAIR, catalogue()), samples=8)


def test_what_the_scenarios_differ_in_is_not_set_alike():
    sides = [load("baseline", sets=["end=2025-03-31", f"budgets.commitment_pp={value}"]) for value in (0.1, 0.2)]
    sides[1] = replace(sides[1], name="other")
    inputs = read_vary([*PAIR, *IDLE], catalogue())
    left, own = turning.varies_together(inputs, compare(*sides, runs=4))
    assert own == ("budgets.commitment_pp",)
    assert [entry.name for entry in left] == [entry.name for entry in inputs if entry.name not in own]
