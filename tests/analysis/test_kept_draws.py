"""`run --keep-draws`: what each run drew, on its first day and later, is stored, bound by hashes, and read back."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import pytest

from sim.analysis import ask
from sim.analysis.conditioning import split
from sim.analysis.explain import explain, lines
from sim.ensemble import drawn, open_result, run
from sim.ensemble.layout import BLOCK
from sim.errors import InputError
from sim.loading import load_text
from sim.model import variables
from tests.scenario.conftest import HEAD

TEXT = HEAD + (
    'extends = "baseline"\nend = 2029-03-31\nnegotiation.hazard_per_year = 0.4\n'
    '[[events]]\nname = "Aid after a truce"\nwhen = "ceasefire"\nafter_months = 2\n'
    "set = { aid.DEU.commitment_factor = 2.0 }\n"
    '[[events]]\ndate = 2025-02-15\nname = "Shock"\nprobability = 0.4\nset = { us.commitment.shock = -0.3 }\n'
)
RUNS = 48


@pytest.fixture(scope="module")
def scenario():
    return load_text(TEXT, "kept.toml")


@pytest.fixture(scope="module")
def kept(scenario, tmp_path_factory):
    return run(scenario, runs=RUNS, out=tmp_path_factory.mktemp("kept"), keep_draws=True)


@pytest.fixture(scope="module")
def plain(scenario, tmp_path_factory):
    return run(scenario, runs=RUNS, out=tmp_path_factory.mktemp("plain"))


def test_the_file_is_one_of_the_result_and_bound_to_it(kept, tmp_path):
    assert set(kept.manifest["files"]) == {"ensemble.nc", "summary.csv", "draws.nc"}
    again = open_result(kept.path)
    assert again.draws.equals(kept.draws)
    copy = tmp_path / "copy"
    copy.mkdir()
    for path in kept.path.iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    content = bytearray((copy / "draws.nc").read_bytes())
    content[-100] ^= 1
    (copy / "draws.nc").write_bytes(content)
    with pytest.raises(InputError, match=r"draws\.nc: truncated or changed"):
        open_result(copy)
    (copy / "draws.nc").unlink()
    with pytest.raises(InputError, match=r"draws\.nc: missing"):
        open_result(copy)


def test_the_numbers_do_not_depend_on_whether_draws_are_kept(kept, plain):
    assert (kept.path / "summary.csv").read_bytes() == (plain.path / "summary.csv").read_bytes()
    for name in plain.variables:
        entity = "USA" if plain.variables[name].entity == "donor" else None
        assert kept.values(name, entity).tobytes() == plain.values(name, entity).tobytes()
    assert not (plain.path / "draws.nc").exists()


def test_where_nothing_is_drawn_on_the_first_day_what_is_drawn_later_is_kept(scenario, tmp_path, monkeypatch):
    monkeypatch.setattr("sim.model.draws.drawn_keys", lambda _: ())
    result = run(scenario, runs=20, out=tmp_path, keep_draws=True)
    assert "terms of the first ceasefire" in open_result(result.path).draws


def test_all_that_can_be_found_again_without_the_file_is_what_the_file_says(kept, plain):
    stored, again = kept.draws, plain.draws
    assert set(again) < set(stored)
    assert set(stored) - set(again) == {"terms of the first ceasefire", "acted: Aid after a truce"}
    for name in again:
        assert again[name].equals(stored[name]), name


def test_postures_winners_and_terms_are_those_that_were_recorded(kept):
    frame = kept.draws
    days = list(kept.dates("us_posture").astype(str))
    for name, variable, month, options in (
        ("posture of 2025", "us_posture", "2025-01-31", ("continuity", "conditional", "retrenchment")),
        ("posture of 2029", "us_posture", "2029-01-31", ("continuity", "conditional", "retrenchment")),
        ("president of 2029", "republican_president", "2029-01-31", ("Democratic", "Republican")),
        ("house of 2027", "republican_house", "2027-01-31", ("Democratic", "Republican")),
    ):
        recorded = kept.values(variable)[days.index(month)].astype(int)
        assert list(frame[name]) == [options[index] for index in recorded], name
        assert frame[name].nunique() > 1
    terms = frame["terms of the first ceasefire"]
    ever = kept.values("ceasefire").max(axis=0) == 1
    assert (terms.notna() == ever).all()
    assert set(terms.dropna()) <= {"line_of_contact", "concessions", "guarantees"}
    assert terms.dropna().nunique() > 1


def test_the_first_days_of_events_are_those_on_which_they_acted(kept):
    frame = kept.draws
    assert [day or None for day in frame["acted: Shock"]] == [
        date(2025, 2, 15) if happens == "happens" else None for happens in frame["event: Shock"]
    ]
    ceasefire, months = kept.values("ceasefire"), kept.dates("ceasefire").astype("datetime64[D]")
    acted = frame["acted: Aid after a truce"]
    assert acted.notna().any()
    for number in range(RUNS):
        if not ceasefire[:, number].any():
            assert acted[number] is None
            continue
        first = months[int(ceasefire[:, number].argmax())]  # read on the next day, and in force two months later
        due = ((first + 1).astype("datetime64[M]") + 2).astype("datetime64[D]")
        expected = due.item() if due <= np.datetime64(kept.scenario.end) else None
        assert acted[number] == expected, number


def test_a_comparison_splits_by_what_was_kept(kept, plain):
    parts = split(kept, "terms of the first ceasefire", variables())
    names = [view.name for view in parts.views]
    assert names[-1] == "terms of the first ceasefire: did not come up"
    assert sum(view.runs for view in parts.views) == RUNS
    acted = split(kept, "acted: Aid after a truce", variables())
    assert acted.views[-1].name == "Aid after a truce: did not act"
    assert len(acted.views) == 3
    shocked = split(kept, "acted: Shock", variables()).views
    assert [view.name for view in shocked] == [
        "Shock: acted",
        "Shock: did not act",
    ]
    by_posture = split(kept, "posture of 2029", variables())
    same = split(plain, "posture of 2029", variables())
    assert [view.picked.tolist() for view in by_posture.views] == [view.picked.tolist() for view in same.views]
    with pytest.raises(InputError, match="--keep-draws"):
        split(plain, "terms of the first ceasefire", variables())


def test_the_bytes_do_not_depend_on_workers_and_the_first_runs_are_those_of_fewer(
    scenario, kept, tmp_path, monkeypatch
):
    many = run(scenario, runs=BLOCK + 20, jobs=2, out=tmp_path / "many", keep_draws=True)
    monkeypatch.setattr(drawn, "STRETCH", 320)  # runs whose first draws are in memory at a time
    alone = run(scenario, runs=BLOCK + 20, jobs=1, out=tmp_path / "alone", keep_draws=True)
    assert (many.path / "draws.nc").read_bytes() == (alone.path / "draws.nc").read_bytes()
    assert many.draws[:RUNS].equals(kept.draws)


def test_a_result_with_draws_is_another_than_one_without(scenario, plain, kept):
    with pytest.raises(InputError, match="keep_draws False, not True"):
        run(scenario, runs=RUNS, out=plain.path, keep_draws=True)
    assert run(scenario, runs=RUNS, out=kept.path, keep_draws=True).cached


def test_a_result_that_replaces_it_without_draws_leaves_no_old_file(scenario, tmp_path):
    run(scenario, runs=2, out=tmp_path, keep_draws=True)
    run(scenario, runs=2, out=tmp_path, force=True)
    assert not (tmp_path / "draws.nc").exists()
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert "draws.nc" not in manifest["files"]


def test_explain_says_in_which_runs_an_event_on_a_condition_acted(kept):
    found = explain(kept, "aid_committed_beur", "EUR", "2029-03-31")
    event = next(each for each in found.events if each.name == "Aid after a truce")
    acted = kept.draws["acted: Aid after a truce"]
    assert event.share == pytest.approx(acted.notna().mean())
    assert event.median_day == str(sorted(acted.dropna())[(acted.notna().sum() - 1) // 2])
    text = "\n".join(lines(found))
    assert f"in force in {event.share:.0%} of the runs by the day, in half of these from {event.median_day}" in text


def test_a_question_split_by_a_later_draw_keeps_the_draws_it_needs(scenario):
    asked = ask([scenario], by="terms of the first ceasefire", runs=40, variables=["threat"])
    assert asked.comparison().by == "terms of the first ceasefire"
