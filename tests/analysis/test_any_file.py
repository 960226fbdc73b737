"""Whatever stands in a file: an inject, a relation or a folder of scenarios is read or refused, never a traceback."""

import datetime as dt
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.analysis.branches import branch, key_text, value_text
from sim.analysis.relations import read_relation
from sim.analysis.tree import tree
from sim.errors import InputError
from sim.scenario.resolve import load

LEAVES = st.one_of(
    st.sampled_from(["aid", "more >= less", "ceasefire", "*", "every run", "a.toml", "", "never", "é\x7f"]),
    st.integers(-5, 5),
    st.floats(allow_nan=True),
    st.booleans(),
    st.sampled_from([dt.date(2025, 7, 1), dt.date(1900, 1, 1), dt.datetime(2025, 7, 1, 12), dt.time(1)]),
)
NAMES = st.sampled_from(
    ["title", "description", "references", "extends", "start", "events", "date", "until", "name", "set", "probability",
     "aid", "extra", "us", "pull", "reference", "scenario", "runs", "sides", "holds", "relation", "variable", "entity",
     "in", "from", "more", "less", "odd key"]
)  # fmt: skip
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=4), max_leaves=12
)
TABLES = st.dictionaries(NAMES, VALUES, max_size=7)
RELATION = {
    "title": "t",
    "reference": "r",
    "sides": {"more": {}, "less": {}},
    "holds": [{"relation": "more >= less", "variable": "ceasefire"}],
}
FEW = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def write(path, table):
    path.write_text("".join(f"{key_text([key])} = {value_text(one)}\n" for key, one in table.items()), "utf-8")
    return path


@pytest.fixture
def parent(tmp_path):
    return write(tmp_path / "parent.toml", {"title": "Parent", "description": "d", "references": ["r"]})


@given(table=TABLES)
@FEW
def test_any_inject_makes_a_sound_branch_or_is_refused(toy, parent, table):
    def read(path):
        days = {"default_start": dt.date(2024, 10, 1), "default_end": dt.date(2026, 12, 31)}
        return load(path, catalogue=toy.catalogue, **days)

    inject = write(parent.parent / "inject.toml", {"aid": {"extra": 1.0}} | table)
    try:
        text = branch(parent, dt.date(2025, 6, 1), [inject], catalogue=toy.catalogue, load=read)
    except InputError:
        return
    made = parent.parent / "made.toml"
    made.write_text(text, "utf-8")
    assert all(event.date >= dt.date(2025, 6, 1) for event in read(made).events)


@given(table=TABLES)
@FEW
def test_any_file_of_relations_is_read_or_refused(tmp_path, table):
    with suppress(InputError):
        assert read_relation(write(tmp_path / "relation.toml", RELATION | table)).holds


@given(table=TABLES, other=TABLES)
@FEW
def test_any_folder_is_a_tree_or_refused(tmp_path, table, other):
    write(tmp_path / "a.toml", {"title": "A"} | table)
    write(tmp_path / "b.toml", {"title": "B", "extends": "a.toml"} | other)
    with suppress(InputError):
        assert {node.name for node in tree(tmp_path)} <= {"a", "b"}


def test_a_folder_named_like_a_shipped_scenario_does_not_hide_it(tmp_path, monkeypatch):
    from sim.analysis.asked import is_result

    monkeypatch.chdir(tmp_path)
    for name in ("baseline", "mine"):
        (tmp_path / name).mkdir()
    assert not is_result("baseline")
    assert not is_result("nowhere")
    assert is_result("mine")
    (tmp_path / "baseline" / "manifest.json").write_text("{}")
    assert is_result("baseline")
