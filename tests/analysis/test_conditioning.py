"""Parts of one ensemble: sorted by what happened, never called interventions."""

import datetime as dt

import numpy as np
import pytest

from sim.analysis.conditioning import split
from sim.errors import InputError

SHARE = "europe_canada_share_pct_gdp"


def test_every_run_is_in_the_part_of_its_outcome(toy):
    ensemble = toy.Result(toy.scenario(), runs=300)
    parts = split(ensemble, "us.elections.2024.president", toy.variables)
    assert [view.name for view in parts.views] == ["Democratic president", "Republican president"]
    assert sum(view.runs for view in parts.views) == 300
    assert parts.day == "2025-01-31"
    assert parts.views[1].values("republican_president")[-1].all()
    assert not parts.views[0].values("republican_president").any()


def test_parts_are_compared_as_separate_runs_with_a_warning(toy, compare):
    ensemble = toy.Result(toy.scenario(), runs=300)
    compared = compare([ensemble], by="us.president")
    assert compared.by == "us.elections.2024.president"
    assert "conditioning, not intervention" in compared.warnings[0]
    counts = [view.runs for view in compared.views]
    told = f"told apart on 2025-01-31: Democratic president {counts[0]}, Republican president {counts[1]}."
    assert compared.warnings[1].endswith(told)
    row = compared.find(SHARE, "Republican president").last()
    assert row.conditional
    assert (row.baseline_runs, row.scenario_runs) == tuple(counts)
    assert row.low < 0 < row.high
    assert f"could be shown with {counts[0]} and {counts[1]} runs" in row.sentence
    with pytest.raises(InputError, match="no difference run by run"):
        compared.differences(compared.contrasts[0].outcome, "Republican president")


def test_an_effect_of_the_outcome_is_found_between_the_parts(toy, compare):
    ensemble = toy.Result(toy.scenario(), runs=400)
    won = ensemble.data["republican_president"][-1]
    ensemble.data[SHARE][-1] += np.float32(2) * won
    row = compare([ensemble], by="us.president").find(SHARE, "Republican president").last()
    assert row.low < 2 < row.high
    assert row.shown
    assert "of 100 pairs of runs" in row.sentence


def test_splitting_by_ceasefire_and_posture(toy):
    truce = toy.event(dt.date(2025, 6, 1), dt.date(2025, 9, 1), "truce", war__twin=9.0)
    ensemble = toy.Result(toy.scenario(events=[truce]), runs=300)
    assert [view.name for view in split(ensemble, "posture", toy.variables).views] == ["continuity", "retrenchment"]
    assert split(ensemble, "us.commitment.posture", toy.variables).by == "posture"
    assert [view.name for view in split(ensemble, "ceasefire.at_end", toy.variables).views][1] == "ceasefire at the end"
    told = r"all 300 runs of baseline have the same ceasefire \(ceasefire at some time\)"
    with pytest.raises(InputError, match=told):
        split(ensemble, "ceasefire", toy.variables)


def test_undecided_runs_form_a_part_of_their_own(toy):
    ensemble = toy.Result(toy.scenario(), runs=50)
    ensemble.data["us_posture"][-1, :4] = np.nan
    parts = split(ensemble, "posture", toy.variables)
    assert (parts.views[-1].name, parts.views[-1].runs) == ("not decided", 4)


def test_small_parts_are_warned_about(toy, compare):
    compared = compare([toy.Result(toy.scenario(), runs=20)], by="us.elections.2024.president")
    assert any("only" in warning and "of 20 runs" in warning for warning in compared.warnings)


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("us.elections.2024.presidnt", "nearest: us.elections.2024.president"),
        ("xyzzy", "allowed: us.elections.YEAR.president.* and [0-9]+ keys and events that its runs draw, such as"),
        ("aid.collapse_respons", "nearest: aid.collapse_response"),
        ("aid.collapse_response=nan", "edges must be finite numbers that rise"),
        ("aid.collapse_response=1,0", "edges must be finite numbers that rise"),
        ("us.elections.2028.president", "settled on 2029-01-20, outside baseline"),
        ("us.elections.2020.president", "settled on 2021-01-20, outside baseline"),
    ],
)
def test_keys_that_cannot_split_are_answered(toy, key, told):
    with pytest.raises(InputError, match=told):
        split(toy.Result(toy.scenario(), runs=5), key, toy.variables)
