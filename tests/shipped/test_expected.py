"""Every shipped scenario checks clean and gives the figures stored for it."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from sim.model import catalogue, facts_layer
from sim.scenario import resolve
from sim.shipped import shipped_folder

_spec = importlib.util.spec_from_file_location("expected", Path(__file__).with_name("expected.py"))
assert _spec is not None
assert _spec.loader is not None
expected = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(expected)

DESIGNED = {
    "baseline",
    "harris_continuity",
    "trump_continuity",
    "trump_conditional",
    "trump_retrenchment",
    "congress_gap",
    "europe_replaces_us",
    "ceasefire_concessions",
    "kursk_held",
    "new_target_3",
    "secretary_general_agenda",
    "history_2014",
    "history_2022",
    "baseline_2026",
    "house_changes_2026",
    "house_stays_2026",
    "democrat_continuity_2028",
    "democrat_retrenchment_2028",
    "republican_continuity_2028",
    "republican_retrenchment_2028",
    "war_to_2030",
    "europe_tires",
    "target_on_path",
    "target_slips",
    "ceasefire_reassurance",
    "ceasefire_bare",
    "europe_sustains",
    "arms_purchases_stop",
    "troops_below_floor",
}


def test_the_scenarios_of_the_design_are_shipped_and_have_expected_figures() -> None:
    assert set(expected.names()) >= DESIGNED
    assert {path.stem for path in expected.FOLDER.glob("*.csv")} == set(expected.names())


@pytest.mark.parametrize("name", expected.names())
def test_it_checks_clean_and_says_what_it_is(name: str) -> None:
    path = shipped_folder() / f"{name}.toml"
    assert resolve.check(path, catalogue=catalogue(), facts_layer=facts_layer) == []
    scenario = resolve.load(path, catalogue=catalogue(), facts_layer=facts_layer)
    assert scenario.title
    assert len(scenario.description) > 80
    assert scenario.references


@pytest.mark.parametrize("name", [name for name in expected.names() if expected.load(name).start.year == 2026])
def test_scenarios_of_2026_are_short(name: str) -> None:
    assert len((shipped_folder() / f"{name}.toml").read_text().splitlines()) <= 20


@pytest.mark.parametrize("name", expected.names())
def test_it_gives_the_figures_stored_for_it(name: str) -> None:
    """Within 0.2% or a run's weight: another processor may round a float32 the other way and turn a draw."""
    now, then = expected.figures(name), expected.stored(name)
    assert now.keys() == then.keys()
    ours, theirs = np.array(list(now.values())), np.array([then[key] for key in now])
    scale = np.maximum(np.abs(theirs), np.ptp(theirs, axis=1, keepdims=True))
    off = np.abs(ours - theirs) > 0.002 * scale + 1 / expected.RUNS
    assert not off.any(), [list(now)[row] for row in np.flatnonzero(off.any(axis=1))[:10]]
