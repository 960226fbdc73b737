"""What runs drew is found again, and a comparison is split by it."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.conditioning import split
from sim.ensemble import run
from sim.errors import InputError
from sim.loading import load_text
from sim.model import variables
from tests.scenario.conftest import HEAD

KEY = "aid.collapse_response"
TEXT = (
    HEAD + 'extends = "baseline"\nend = 2025-03-31\n'
    '[aid]\ncollapse_response = { dist = "uniform", low = 0.0, high = 1.0 }\n'
    '[[events]]\ndate = 2025-01-15\nname = "Shock"\nprobability = 0.5\nset = { us.commitment.shock = -0.3 }\n'
)


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    return run(load_text(TEXT, "drawn.toml"), runs=60, out=tmp_path_factory.mktemp("drawn"), jobs=1)


def test_draws_are_a_frame_of_runs_and_keys(result):
    frame = result.draws
    assert len(frame) == 60
    assert frame[KEY].between(0, 1).all()
    assert frame[KEY].nunique() == 60
    assert set(frame["us.elections.2024.president"]) <= {"harris", "trump", "democratic", "republican"}


def test_an_event_left_to_chance_is_the_one_that_acted(result):
    parts = split(result, "event: Shock", variables())
    without, happened = (view.values("us_commitment")[3].mean() for view in parts.views)
    assert happened < without - 0.05


@pytest.mark.parametrize(("by", "sizes"), [(KEY, [30, 30]), (f"{KEY}:3", [20, 20, 20])])
def test_parts_of_as_many_runs(result, by, sizes):
    parts = split(result, by, variables())
    assert [view.runs for view in parts.views] == sizes
    drawn = result.draws[KEY].to_numpy()
    tops = [drawn[view.picked].max() for view in parts.views]
    assert tops == sorted(tops)


def test_edges_given(result):
    parts = split(result, f"{KEY}=0.2,0.5", variables())
    drawn = result.draws[KEY].to_numpy()
    assert [view.runs for view in parts.views] == np.histogram(drawn, [0, 0.2, 0.5, 1])[0].tolist()


@pytest.mark.parametrize("by", [f"{KEY}=0.5,0.2", f"{KEY}=low", f"{KEY}:1", f"{KEY}:x", f"{KEY}=2", "aid.colapse"])
def test_what_makes_no_parts_is_refused(result, by):
    with pytest.raises(InputError):
        split(result, by, variables())
