"""The lines say what the explanation holds, and leave out nothing without saying so."""

from __future__ import annotations

import pytest

from sim import run
from sim.analysis.explain import Explanation, explain, lines
from sim.ensemble import Result


@pytest.fixture(scope="module")
def result() -> Result:
    return run("congress_gap", runs=16)


@pytest.fixture(scope="module")
def share(result: Result) -> Explanation:
    return explain(result, "defence_share_pct_gdp", "POL")


def test_parts_are_shown_with_their_sum(share: Explanation) -> None:
    told = lines(share)
    assert told[0] == "Defence expenditure, share of GDP, POL, 2029-12-31 (% of GDP)"
    shown = [line for line in told if line.startswith("  sum ")]
    assert len(shown) == 1
    assert shown[0].split()[1] == f"{share.change:+.3f}"
    assert all(any(line.startswith(f"  {term.name} ") for line in told) for term in share.terms)


def test_inputs_far_away_are_counted_and_can_be_listed(share: Explanation) -> None:
    short, long = "\n".join(lines(share)), "\n".join(lines(share, everything=True))
    far = [one.key for one in share.inputs if one.distance > 1 and not one.own]
    assert far
    assert f"and {len(far)} through other states" in short
    assert [key for key in far if f"  {key} = " in short] == []
    assert [one.key for one in share.inputs if f"  {one.key} = " not in long] == []
    assert "other states" not in long


def test_events_say_whether_they_act(result: Result, share: Explanation) -> None:
    name = "No supplemental law in 2025"
    acting = next(line for line in lines(share) if name in line)
    assert "does not touch" not in acting
    aside = next(line for line in lines(explain(result, "us_commitment")) if name in line)
    assert aside.endswith("does not touch this variable")


def test_a_variable_without_facts_says_so(result: Result) -> None:
    assert lines(explain(result, "ukrainian_intake_thousand"))[-1].startswith("  ")
