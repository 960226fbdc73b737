"""The state of the page is a scenario file: it says the same, can hold nothing else, and reads no other file."""

from __future__ import annotations

import tomllib
from contextlib import suppress

import pytest

from sim import load
from sim.errors import InputError
from sim.explore.state import State, read_upload

CHANGED = {
    "extends": ["trump_conditional"],
    "sets": {
        "us.commitment.posture": '"retrenchment"',
        "europe.aid.commitment_factor": "1.5",
        "europe.aid.replacement_long_run": '{ dist = "uniform", low = 0.2, high = 0.6 }',
        "members.DEU.budget_change_pp": "0.1",
    },
    "events": [
        {"name": "a stop", "date": "2025-03-05", "until": "2025-04-05", "probability": 0.5,
         "set": {"us.aid.delivery_factor": "0"}},
        {"name": "a pause", "when": "ceasefire", "after_months": 3, "for_months": 12, "once": False,
         "set": {"us.aid.delivery_factor": "0.5", "us.commitment.shock": "-0.1"}},
    ],
    "end": "2027-12-31",
    "runs": 200,
    "seed": 7,
}  # fmt: skip


def test_an_unchanged_state_is_the_shipped_scenario():
    assert State.read({"extends": ["trump_conditional"]}).scenario().hash == load("trump_conditional").hash


@pytest.mark.parametrize("words", ["no changes", "1 change", "2 changes"])
def test_a_download_says_how_many_changes_it_holds(words):
    values = {"us.commitment.shock": "-0.1", "budgets.change_pp": "0.1"}
    kept = list(values.items())[: int(words[0]) if words[0].isdigit() else 0]
    assert f"from baseline: {words}." in State.read({"extends": ["baseline"], "sets": dict(kept)}).toml()


def test_the_download_run_from_disk_is_the_state(tmp_path):
    state = State.read(CHANGED)
    path = tmp_path / "explored.toml"
    path.write_text(state.toml(), encoding="utf-8")
    loaded = load(path)
    assert loaded.hash == state.scenario().hash
    assert loaded.values["us.commitment.posture"].value == "retrenchment"
    assert loaded.end.year == 2027
    assert loaded.events[-2].probability == 0.5
    assert loaded.events[-1].after_months == 3


def test_an_upload_becomes_a_state_that_says_the_same():
    text = State.read(CHANGED).toml()
    told = read_upload(text, "mine.toml")
    again = State.read({**told, "runs": 200, "seed": 7})
    assert again.scenario().hash == State.read(CHANGED).scenario().hash
    assert told["extends"] == ["trump_conditional"]


@pytest.mark.parametrize("name", ["baseline", "europe_replaces_us", "history_2022"])
def test_every_kind_of_shipped_file_can_be_uploaded(name):
    from sim.shipped import shipped_folder

    text = (shipped_folder() / f"{name}.toml").read_text(encoding="utf-8")
    assert State.read(read_upload(text, "upload.toml")).scenario().hash == load(name).hash


@pytest.mark.parametrize(
    "value", ['1\ntitle = "x"', "1 # ", "[1", '"a" "b"', "1\r\n[us]\n", "{a = 1}\nb = 2", "", "nonsense", "[" * 1900]
)
def test_a_value_can_hold_nothing_but_itself(value):
    state = State.read({"sets": {"europe.aid.commitment_factor": value}})
    with suppress(InputError):
        table = tomllib.loads(state.toml())
        assert set(table) == {"title", "description", "references", "extends", "europe"}
        assert list(table["europe"]["aid"]) == ["commitment_factor"]


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        ({"extends": "baseline"}, "extends"),
        ({"extends": ["x" * 200]}, "extends"),
        ({"sets": {"a b": "1"}}, "a b"),
        ({"sets": {"us.commitment.shock": 1}}, "us.commitment.shock"),
        ({"runs": 10**9}, "runs"),
        ({"runs": True}, "runs"),
        ({"seed": -1}, "seed"),
        ({"events": [1]}, "events"),
        ({"title": "x" * 1000}, "title"),
        ({"title": "half a letter: \ud800"}, "title"),
        ({"extends": ["\ud800"]}, "extends"),
    ],
)
def test_what_is_no_state_is_refused_by_key(raw, key):
    with pytest.raises(InputError) as error:
        State.read({"extends": ["baseline"], **raw})
    assert [problem.key for problem in error.value.problems] == [key]


@pytest.mark.parametrize("name", ["../README.md", "/etc/passwd", "..", ".", "pyproject.toml", "a\x00b", "nothing"])
def test_a_state_extends_shipped_scenarios_only(name):
    with pytest.raises(InputError, match="only these can be extended here"):
        State.read({"extends": [name]}).scenario()


def test_runs_times_months_are_bounded():
    with pytest.raises(InputError, match="for so long a horizon"):
        State.read({"extends": ["baseline"], "end": "2060-12-31", "runs": 5000}).scenario()


def test_what_is_wrong_with_an_event_is_told_with_its_number_and_field():
    wrong = [{"name": "one", "when": "ceasefir", "set": {"us.commitment.shock": "["}}, {"name": "two", "dat": 1}]
    with pytest.raises(InputError) as error:
        State.read({"extends": ["baseline"], "events": wrong}).scenario()
    assert [problem.key for problem in error.value.problems] == ["events[1].set.us.commitment.shock", "events[2].dat"]
    wrong[0]["set"] = {"us.commitment.shok": "1"}
    with pytest.raises(InputError) as error:
        State.read({"extends": ["baseline"], "events": wrong[:1]}).scenario()
    assert {problem.key for problem in error.value.problems} == {"events[1].when", "events[1].set.us.commitment.shok"}


def test_a_wrong_value_is_told_by_its_key_with_the_words_of_check():
    with pytest.raises(InputError) as error:
        State.read({"sets": {"europe.aid.commitment_factor": "-1", "us.commitment.postur": '"conditional"'}}).scenario()
    told = {problem.key: problem.message for problem in error.value.problems}
    assert "a number from 0 to 10" in told["europe.aid.commitment_factor"]
    assert "did you mean us.commitment.posture?" in told["us.commitment.postur"]


def test_groups_and_lists_of_tables_are_written_as_a_file_holds_them():
    state = State.read(
        {
            "sets": {"aid.military_factor": "1.1", "us.aid.commitment_factor": "0.9"},
            "groups": {"weimar": ["DEU", "FRA", "POL"]},
            "rows": {"aid.packages": [{"donor": '"EUI"', "date": "2026-01-01"}, {"donor": '"DEU"'}]},
            "events": [{"name": "x", "date": "2026-01-01", "set": {"members.weimar.compliance": "1"}}],
        }
    )
    table = tomllib.loads(state.toml())
    assert table["groups"] == {"weimar": ["DEU", "FRA", "POL"]}
    assert [row["donor"] for row in table["aid"]["packages"]] == ["EUI", "DEU"]
    assert table["aid"]["military_factor"] == 1.1
    assert table["events"][0]["set"] == {"members": {"weimar": {"compliance": 1}}}
    assert state.changes == 6


def test_a_group_of_the_user_comes_back_from_a_download(tmp_path):
    raw = {
        "extends": ["baseline"],
        "groups": {"weimar": ["DEU", "FRA", "POL"]},
        "sets": {"members.weimar.compliance": "1"},
    }
    state = State.read(raw)
    path = tmp_path / "explored.toml"
    path.write_text(state.toml(), encoding="utf-8")
    assert load(path).hash == state.scenario().hash
    told = read_upload(state.toml(), "mine.toml")
    assert told["groups"] == raw["groups"]
    assert State.read(told).scenario().hash == state.scenario().hash


def test_packages_and_laws_are_what_a_run_of_the_download_reads(tmp_path):
    rows = {
        "aid.packages": [{"donor": '"EUI"', "date": "2026-01-01", "beur": "30", "paid_over_months": "12"}],
        "us.aid.laws": [{"date": "2026-02-01", "military_busd": "20"}],
    }
    state = State.read({"extends": ["baseline"], "rows": rows})
    path = tmp_path / "explored.toml"
    path.write_text(state.toml(), encoding="utf-8")
    assert load(path).hash == state.scenario().hash
    assert len(load(path).values["aid.packages"].value.rows) == 1
    assert State.read(read_upload(state.toml(), "mine.toml")).scenario().hash == state.scenario().hash


def test_the_lists_of_tables_are_those_of_the_model():
    from sim.explore.forms import lists
    from sim.explore.state import LISTS

    assert tuple(sorted(each["name"] for each in lists())) == LISTS


def test_what_is_wrong_with_a_package_is_told_with_its_number_and_field():
    rows = {"aid.packages": [{"donor": '"EUX"', "date": "2026-01-01", "beur": "1"}]}
    with pytest.raises(InputError) as error:
        State.read({"extends": ["baseline"], "rows": rows}).scenario()
    assert [problem.key for problem in error.value.problems] == ["aid.packages[1].donor"]


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        ({"rows": {"no.list": []}}, "rows"),
        ({"rows": {"aid.packages": [{"donor": 1}]}}, "rows"),
        ({"rows": {"aid.packages": [{"a b": "1"}]}}, "rows"),
        ({"groups": {"a b": ["DEU"]}}, "groups"),
        ({"groups": {"weimar": "DEU"}}, "groups"),
    ],
)
def test_groups_and_tables_of_the_wrong_kind_are_refused(raw, key):
    with pytest.raises(InputError) as error:
        State.read({"extends": ["baseline"], **raw})
    assert [problem.key for problem in error.value.problems] == [key]
