"""Designs: what is asked is what varies, within the bounds of each key."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from sim.analysis.sweep.design import assumptions, design, read_vary, varied
from sim.errors import InputError
from sim.scenario import Choice, Day, Flag, Number, Parameter, Text
from sim.scenario.parameter import Catalogue
from sim.scenario.scenario import Given, Origin, Scenario
from sim.scenario.values import fixed


def parameter(key: str, domain: object, default: object, **more: object) -> Parameter:
    return Parameter(
        key=key, meaning="", unit="", kind="assumption", default=default, source="", domain=domain, **more,
    )  # fmt: skip


CATALOGUE = Catalogue(
    [
        parameter("aid.share", Number(0, 1), fixed(0.5), depends_on=True, sweep="0.1 to 0.9"),
        parameter("aid.laws", Number(0, 60), fixed(0), depends_on=True, sweep="0, 0.25, 0.75"),
        parameter("us.posture", Choice(("firm", "loose", "none")), "firm", depends_on=True, sweep="any"),
        parameter("office.*.agenda", Flag(), False, depends_on=True, sweep="any", entities=("rutte", "other")),
        parameter("target.year", Number(2025, 2040, integer=True), fixed(2030)),
        parameter("war.end", Day(), None),
        parameter("war.start_level", Number(0, 1), fixed(0.5), at_start=True),
        parameter("note", Text(), ""),
        parameter("us.stance", Choice(("soft", "hard")), "soft"),
    ]
)


def test_ranges_lists_days_and_dated_values_are_read() -> None:
    share, year, day, later, posture, flags = read_vary(
        ["aid.share=0.2:0.4:3", "target.year=2028:2031", "war.end=2026-01-01:2026-12-31", "aid.share@2027=0:1",
         "us.posture=firm,none", "office.*.agenda=false,true"], CATALOGUE,
    )  # fmt: skip
    assert (share.low, share.high, share.count) == (0.2, 0.4, 3)
    assert year.number(np.array([0.0, 0.26, 0.999999, 1.0])).tolist() == [2028, 2029, 2031, 2031]
    assert day.value(day.number(np.array([0.0]))[0]) == date(2026, 1, 1)
    assert day.text(day.number(np.array([1.0]))[0]) == "2026-12-31"
    assert (later.since, later.name, later.keys) == (date(2027, 1, 1), "aid.share@2027", ("aid.share",))
    assert posture.number(np.array([0.49, 0.5, 1.0])).tolist() == [0, 1, 1]
    assert posture.labels == ("firm", "none")
    assert flags.keys == ("office.rutte.agenda", "office.other.agenda")
    assert flags.value(1.0) is True


def test_assumptions_are_one_group_with_their_declared_ranges() -> None:
    group = {entry.name: entry for entry in assumptions(CATALOGUE)}
    assert list(group) == ["aid.share", "aid.laws", "us.posture", "office.*.agenda"]
    assert (group["aid.share"].low, group["aid.share"].high) == (0.1, 0.9)
    assert group["aid.laws"].labels == ("0", "0.25", "0.75")
    assert group["us.posture"].labels == ("firm", "loose", "none")
    named = read_vary(["assumptions", "aid.share=0.2:0.3"], CATALOGUE)
    assert [(entry.name, entry.low) for entry in named if not entry.listed] == [("aid.share", 0.2)]
    assert len(named) == 4
    assert read_vary(["aid.share"], CATALOGUE)[0].high == 0.9


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("aid.sahre=0:1", "no parameter 'aid.sahre'; nearest: aid.share"),
        ("aid.share=0:2", "aid.share  2 is outside its bounds: it must be a number from 0 to 1"),
        ("aid.share=0.9:0.1", "the range 0.9:0.1 is empty; write the lower end first"),
        ("aid.share=low:high", "'low' is not a number from 0 to 1"),
        ("aid.share=", "no range; write KEY=LOW:HIGH or KEY=A,B,C"),
        ("aid.share=0.5", "needs two values or more"),
        ("aid.share=0:1:1", "1 values of a range; must be 2 or more"),
        ("us.posture=firm,lose", "'lose' is not one of firm, loose, none"),
        ("us.posture=firm:none", "'firm:none' is not one of firm, loose, none"),
        ("target.year=2025.5:2027", "outside its bounds: it must be a whole number from 2025 to 2040"),
        ("war.end=2026-02-30:2027-01-01", "'2026-02-30' is not a date"),
        ("target.year", "declares no range; write target.year=LOW:HIGH"),
        ("war.start_level@2027=0:1", "is read at the start only"),
        ("aid.share@soon=0:1", "'soon' is no date; write aid.share@2027"),
        ("note=a:b", "has no range"),
        ("note", "has no range: it takes a text"),
        ("us.stance", "declares no range; write us.stance=soft,hard or some of them"),
    ],
)
def test_what_cannot_vary_is_told(text: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        read_vary([text], CATALOGUE)
    assert words in str(caught.value)
    assert str(caught.value).startswith(f"--vary {text!r}")


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(InputError) as caught:
        read_vary(["aid.share=0:2", "aid.lows=1:2"], CATALOGUE)
    assert len(caught.value.problems) == 2


def test_designs_fill_the_space() -> None:
    inputs = read_vary(["aid.share=0:1", "us.posture=firm,loose,none"], CATALOGUE)
    for method in ("sobol", "lhs"):
        made = design(inputs, method, 64, seed=2)
        numbers = made.numbers()
        assert numbers.shape == (64, 2)
        assert abs(numbers[:, 0].mean() - 0.5) < 0.02
        assert np.bincount(numbers[:, 1].astype(int)).min() >= 20
        assert np.array_equal(design(inputs, method, 64, seed=2).units, made.units)
        assert not np.array_equal(design(inputs, method, 64, seed=3).units, made.units)
    assert np.array_equal(design(inputs, "sobol", 20).units, design(inputs, "sobol", 32).units[:20])


def test_a_grid_holds_every_combination() -> None:
    inputs = read_vary(["aid.share=0:1:3", "us.posture=firm,none", "target.year=2030:2031:2"], CATALOGUE)
    numbers = design(inputs, "grid").numbers()
    assert len(numbers) == 12
    np.testing.assert_allclose(np.unique(numbers[:, 0]), [0, 0.5, 1])
    assert np.unique(numbers[:, 1]).tolist() == [0, 1]
    assert np.unique(numbers[:, 2]).tolist() == [2030, 2031]


def test_what_cannot_be_designed_is_told() -> None:
    inputs = read_vary(["aid.share=0:1:1000", "target.year=2025:2040:16"], CATALOGUE)
    with pytest.raises(InputError, match="nothing varies"):
        design([])
    with pytest.raises(InputError, match="varies twice"):
        design(read_vary(["aid.share=0:1", "aid.share=0:0.5"], CATALOGUE))
    with pytest.raises(InputError, match=r"a grid of 1000 x 16 x 1000 has 1.6e.07 points"):
        design(read_vary(["aid.share=0:1:1000", "target.year=2025:2040:16", "aid.laws=0:1:1000"], CATALOGUE), "grid")
    with pytest.raises(InputError, match="--samples 0: must be a whole number"):
        design(inputs, "sobol", 0)


def test_a_sample_is_the_scenario_with_its_inputs_set() -> None:
    base = Scenario(
        "base", "", "", (), date(2024, 10, 1), date(2029, 12, 31),
        {"aid.share": Given(fixed(0.5), Origin("file")), "us.posture": Given("firm", Origin("default"))}, (), (),
    )  # fmt: skip
    inputs = read_vary(["aid.share=0:1", "us.posture=loose,none", "aid.laws@2027=0:10"], CATALOGUE)
    made = varied(base, [(inputs[0], inputs[0].value(0.25)), (inputs[1], "none"), (inputs[2], fixed(4.0))])
    assert made.values["aid.share"].value == fixed(0.25)
    assert made.values["aid.share"].origin.layer == "set"
    assert made.values["us.posture"].value == "none"
    assert [(event.date, event.sets) for event in made.events] == [(date(2027, 1, 1), (("aid.laws", fixed(4.0)),))]
    assert base.values["aid.share"].value == fixed(0.5)
    assert design(inputs, samples=4).scenario(base, design(inputs, samples=4).numbers()[0]).hash != base.hash
