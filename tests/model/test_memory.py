"""A simulation with draws kept from another, or one that records less, gives the same numbers."""

from __future__ import annotations

import numpy as np
import pytest

from sim import load
from sim.model import axes, simulate, variables


@pytest.fixture(scope="module")
def memory():
    kept = {}
    simulate(load("baseline"), 3, 32, 40, memory=kept)
    return kept


@pytest.mark.parametrize("name", ["baseline", "trump_retrenchment", "ceasefire_concessions"])
def test_draws_kept_from_another_scenario_change_nothing(memory, name):
    alone = simulate(load(name), 3, 32, 40)
    again = simulate(load(name), 3, 32, 40, memory=memory)
    assert alone.keys() == again.keys()
    assert all(np.array_equal(alone[variable], again[variable]) for variable in alone)


def test_what_is_kept_cannot_be_written_to(memory):
    assert memory
    assert not any(values.flags.writeable for values in memory.values())


def test_a_scenario_simulated_twice_draws_nothing_the_second_time(memory):
    before = len(memory)
    simulate(load("baseline"), 3, 32, 40, memory=memory)
    assert len(memory) == before


def test_recording_less_changes_nothing_of_what_is_recorded():
    scenario = load("trump_retrenchment")
    whole = simulate(scenario, 3, 0, 40)
    part = simulate(scenario, 3, 0, 40, only={"us_commitment", "aid_delivered_beur"})
    assert set(part) == {"us_commitment", "aid_delivered_beur"}
    assert all(np.array_equal(part[variable], whole[variable]) for variable in part)


@pytest.mark.parametrize(
    "watched", ["aid_delivered_beur:DEU >= 12", "aid_delivered_beur:EUR >= 100", "us_commitment < 0.4"]
)
def test_recording_groups_only_changes_nothing_of_them(tmp_path, watched):
    file = tmp_path / "watching.toml"
    file.write_text(
        'title = "t"\ndescription = "d"\nreferences = ["r"]\nextends = "baseline.toml"\n'
        f'[[events]]\nname = "answer"\nwhen = "{watched}"\nset = {{ aid.military_factor = 0.5 }}\n'
    )
    scenario = load(file)
    whole, groups = simulate(scenario, 3, 7, 40), simulate(scenario, 3, 7, 40, groups_only=True)
    assert groups.keys() == whole.keys()
    picked = {variable.name: axes(scenario).grouped(variable) for variable in variables()}
    assert sorted(map(len, picked.values()))[-5:] == [4] * 5
    for name, places in picked.items():
        asked = whole[name][:, list(places)] if places else whole[name]
        np.testing.assert_array_equal(groups[name], asked)
