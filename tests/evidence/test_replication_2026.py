"""Rows on 2025-26: targets computed from the facts; reported for 2024, scored for what is known in 2026."""

import pytest

from sim import facts
from sim.evidence import replication_2026
from sim.evidence.replication_2026 import KNOWING, LATER_ROWS, STRENGTHS
from sim.loading import load
from sim.model import catalogue, facts_layer


@pytest.fixture(scope="module")
def rows():
    return {row.number: row for row in (build() for build in LATER_ROWS)}


@pytest.mark.parametrize("letter", ["", "*"])
def test_targets_come_out_of_the_facts(rows, letter):
    came = {number: rows[f"{number}{letter}"].reproduced for number in ("17", "18", "19", "20", "21")}
    assert came["17"] == "9; 7"  # nine on the old measure, fewer on core defence
    assert came["18"] == "0.74"
    assert came["19"] == "0.0"
    assert came["20"] == "4999; 140"  # published as about 5,000 and 141
    assert came["21"] == "adopted, 1.5, 3.5, 5"


def test_only_what_has_seen_the_figures_is_scored(rows):
    assert list(rows) == ["17", "18", "19", "20", "21", "17*", "18*", "19*", "20*", "21*"]
    assert [row.scored for row in rows.values()] == [False] * 5 + [True] * 5


def test_a_later_strength_is_one_that_2025_changed():
    early, late = facts_layer(replication_2026.BEFORE), facts_layer(KNOWING)
    for key in STRENGTHS:
        parameter = catalogue().find(key)
        assert parameter is not None, key
        before = early[key].value if key in early else parameter.default
        assert late[key].value != before, key


def test_what_2025_taught_makes_europe_replace_more(rows):
    assert float(rows["18*"].model) > float(rows["18"].model) + 0.2
    assert load(replication_2026.TOLD).start == replication_2026.BEFORE
    assert facts.posterior(KNOWING).provenance["until"] == "2026-10-01"
