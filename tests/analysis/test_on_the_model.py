"""The analysis on the real model: few runs, short horizons, guarantees that hold for any numbers."""

import dataclasses
import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from sim import loading
from sim.analysis import attribute, branch, compare
from sim.analysis.simulated import first_difference, simulated
from sim.ensemble import run

PLAIN = Path(__file__).parent.parent / "relations" / "scenarios" / "plain.toml"
SHORT = ["end = 2026-12-31"]
AT = dt.date(2025, 6, 1)


@pytest.fixture
def game(tmp_path):
    """A parent and a branch of it, both on disk."""
    inject = tmp_path / "cut.toml"
    inject.write_text(
        'title = "Cut"\n[us.aid]\ndelivery_factor = 0.2\n[us.commitment]\nposture = "retrenchment"\n'
        '[[events]]\nname = "Budgets rise"\ndate = 2025-09-01\nset = {budgets.change_pp = 0.3}\n'
    )
    made = tmp_path / "cut_in_2025.toml"
    made.write_text(branch(PLAIN, AT, [inject], folder=tmp_path))
    return loading.load(PLAIN, SHORT), loading.load(made, SHORT)


def test_a_branch_is_bit_identical_before_its_day_in_everything_recorded(game):
    parent, made = game
    a, b = simulated(parent, 30, 1), simulated(made, 30, 1)
    for name in a.variables:
        before = a.dates(name) < np.datetime64(AT)
        assert a.arrays[name][before].tobytes() == b.arrays[name][before].tobytes(), name
    delivered = [one.values("aid_delivered_beur", "USA")[-1] for one in (a, b)]
    assert (delivered[1] < delivered[0]).all()
    assert first_difference(parent, made, runs=10) == "2025-06-30"


def test_what_moves_nothing_is_told(game):
    parent, _ = game
    idle = loading.load(PLAIN.parent / "idle_event.toml", SHORT)
    assert first_difference(parent, idle, runs=10) is None


def test_contributions_sum_and_idle_inputs_get_zero(tmp_path):
    a = loading.load(PLAIN, SHORT)
    b = loading.load(
        PLAIN,
        [
            *SHORT,
            'us.commitment.posture = "retrenchment"',
            "us.aid.delivery_factor = 0.5",
            "secretary_general.stoltenberg.compliance_effect = 0.3",  # out of office from the first day
        ],
    )
    found = attribute(a, b, runs=20, cache=tmp_path)
    assert [group.name for group in found.groups] == ["secretary_general.stoltenberg", "us.aid", "us.commitment"]
    for fall in found.waterfalls:
        assert sum(part.mean for part in fall.parts) == pytest.approx(fall.total.mean, rel=1e-9, abs=1e-9)
        (idle,) = [part for part in fall.parts if part.group == "secretary_general.stoltenberg"]
        assert (idle.mean, idle.low, idle.high) == (0, 0, 0)
        assert idle.depends_on
    assert found.find("us_commitment").depends_on == ("us.commitment",)


def test_a_scenario_against_itself_is_zero_everywhere(tmp_path):
    scenario = loading.load(PLAIN, SHORT)
    other = dataclasses.replace(scenario, name="copy")
    compared = compare([run(scenario, runs=20, out=tmp_path / "a"), run(other, runs=20, out=tmp_path / "b")])
    assert compared.inputs == ()
    assert compared.rows()
    for row in compared.rows():
        assert (row.mean_difference, row.low, row.high, row.p_equal, row.p_adjusted) == (0, 0, 0, 1, 1)
