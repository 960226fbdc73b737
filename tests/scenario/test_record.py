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
        SCENARIO, name="b", title="U", description="E", references=(), files=(),
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
