"""A resolved scenario survives the manifest, and its hash stands for the input of the model alone."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given

from sim.scenario import Event, Given, Origin, Scenario, Weights, fixed, normal
from tests.scenario.strategies import SCENARIOS, VALUES

ORIGIN = Origin("file", "a.toml", 3, 1)
EVENT = Event(date(2026, 1, 15), None, "Pause", (("aid.delivery_factor", fixed(0)),), 1.0, ORIGIN)
SCENARIO = Scenario(
    "a", "T", "D", ("R",), date(2025, 1, 1), date(2030, 12, 31),
    {"x": Given(fixed(2), ORIGIN), "y": Given(Weights((("a", 0.5), ("b", 0.5))), ORIGIN)}, (EVENT,), ("a.toml",),
)  # fmt: skip


@given(SCENARIOS)
def test_round_trip_through_json_is_exact(scenario):
    again = Scenario.from_dict(json.loads(json.dumps(scenario.to_dict(), sort_keys=True)))
    assert again.to_dict() == scenario.to_dict()
    assert again == scenario
    assert again.hash == scenario.hash


@given(VALUES, VALUES)
def test_equal_hash_means_equal_values(one, other):
    def hash_of(value):
        return replace(SCENARIO, values={"x": Given(value, ORIGIN)}).hash

    assert (hash_of(one) == hash_of(other)) == (one == other and isinstance(one, bool) == isinstance(other, bool))


def test_names_texts_places_and_order_of_keys_do_not_change_the_hash():
    elsewhere = Origin("set", "--set x=2", 0, 0)
    moved = replace(
        SCENARIO, name="b", title="U", label="V", description="E", references=(), files=(),
        values={key: replace(given, origin=elsewhere) for key, given in reversed(SCENARIO.values.items())},
        events=(replace(EVENT, origin=elsewhere),),
    )  # fmt: skip
    assert moved.hash == SCENARIO.hash


def test_everything_the_model_sees_changes_the_hash():
    changed = [
        replace(SCENARIO, start=SCENARIO.start - timedelta(1)),
        replace(SCENARIO, end=SCENARIO.end - timedelta(1)),
        replace(SCENARIO, events=()),
        replace(SCENARIO, events=(replace(EVENT, date=date(2026, 1, 16)),)),
        replace(SCENARIO, events=(replace(EVENT, until=date(2026, 3, 15)),)),
        replace(SCENARIO, events=(replace(EVENT, probability=0.5),)),
        replace(SCENARIO, events=(replace(EVENT, sets=(("aid.delivery_factor", fixed(0.1)),)),)),
        replace(SCENARIO, values=SCENARIO.values | {"x": Given(normal(2, 0.1), ORIGIN)}),
        replace(SCENARIO, values=SCENARIO.values | {"z": Given(None, ORIGIN)}),
    ]
    assert len({SCENARIO.hash, *(scenario.hash for scenario in changed)}) == len(changed) + 1


def test_the_label_falls_back_to_a_short_title_and_else_to_the_name():
    assert replace(SCENARIO, label="Pause").label == "Pause"
    assert replace(SCENARIO, label="", title="A pause").label == "A pause"
    assert replace(SCENARIO, label="", title="A pause " * 6).label == "a"
    assert replace(SCENARIO, label="", title="").label == "a"
    # Results of the version before labels open too.
    stored = SCENARIO.to_dict()
    del stored["label"]
    assert Scenario.from_dict(stored) == SCENARIO


def test_it_shows_itself_in_one_line_and_as_a_small_table():
    settings = SCENARIO.values | {"z": Given(fixed(1), Origin("default"))}
    scenario = replace(SCENARIO, title="<b>T</b>", label="L", values=settings)
    assert repr(scenario) == "Scenario('a', 'L', 2025-01-01 to 2030-12-31, 2 values set)"
    table = scenario._repr_html_()
    assert "<th>title</th><td>&lt;b&gt;T&lt;/b&gt;</td>" in table
    assert "<th>x</th><td>2 (a.toml:3)</td>" in table
    assert "<th>event on 2026-01-15</th><td>Pause</td>" in table
    assert "<th>z</th>" not in table


def test_a_table_of_many_values_is_cut_and_says_so():
    many = replace(SCENARIO, values={f"k{number}": Given(fixed(1), ORIGIN) for number in range(500)})
    assert many._repr_html_().count("<tr>") == 40
    assert "505 rows in all" in many._repr_html_()
    assert len(repr(many)) < 100
