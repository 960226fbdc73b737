"""Branches: a file that extends its parent, the same before the day of the branch and as told from it on."""

import datetime as dt
import tomllib

import numpy as np
import pytest

from sim import shipped
from sim.analysis.branches import branch, key_text, value_text
from sim.errors import InputError
from sim.scenario.resolve import load

START, END = dt.date(2024, 10, 1), dt.date(2026, 12, 31)
AT = dt.date(2025, 6, 1)
PARENT = """
title = "Parent"
description = "A scenario to branch."
references = ["a study"]

[us]
pull = 0.1

[[events]]
date = 2025-02-01
name = "earlier"
set = {aid.more = 0.3}
"""


@pytest.fixture
def room(toy, tmp_path, monkeypatch):
    """A folder with a parent, and functions to write, load and branch in it."""
    monkeypatch.setattr(shipped, "shipped_folder", lambda: tmp_path / "shipped")
    monkeypatch.setattr(shipped, "shipped_names", lambda: [])

    class Room:
        folder = tmp_path

        def write(self, name, text):
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
            return path

        def load(self, path):
            return load(path, catalogue=toy.catalogue, default_start=START, default_end=END)

        def branch(self, parent, at, *injects, **options):
            return branch(parent, at, injects, catalogue=toy.catalogue, load=self.load, **options)

    (tmp_path / "shipped").mkdir()
    found = Room()
    found.parent = found.write("parent.toml", PARENT)
    found.cut = found.write("cut.toml", 'title = "Cut"\nreferences = ["a war game"]\n[aid]\nextra = -0.5\n')
    found.boost = found.write(
        "boost.toml", '[[events]]\nname = "boost"\nuntil = 2026-02-01\nset = {budgets.push = 1.5}\n'
    )
    return found


def test_a_branch_extends_its_parent_and_changes_only_events(room):
    made = room.load(room.write("branch.toml", room.branch(room.parent, AT, room.cut, room.boost)))
    parent = room.load(room.parent)
    assert made.values["us.pull"] == parent.values["us.pull"]
    assert {key: given.value for key, given in made.values.items()} == {k: g.value for k, g in parent.values.items()}
    assert [(event.name, event.date, event.until) for event in made.events] == [
        ("earlier", dt.date(2025, 2, 1), None),
        ("Cut (2025-06-01)", AT, None),
        ("boost", AT, dt.date(2026, 2, 1)),
    ]
    assert made.title == "Parent; from 2025-06-01: Cut, boost"
    assert made.references == ("a war game",)


def test_runs_are_bit_identical_before_the_day_and_as_told_after(toy, room):
    parent = toy.simulate(room.load(room.parent), 1, 50)["us_commitment"]
    made = toy.simulate(room.load(room.write("b.toml", room.branch(room.parent, AT, room.cut))), 1, 50)["us_commitment"]
    # October 2024 to May 2025 are eight month ends.
    assert parent[:8].tobytes() == made[:8].tobytes()
    np.testing.assert_allclose(made[8:] - parent[8:], -0.5, atol=1e-6)


def test_a_branch_of_a_branch_is_one_file_with_both_injects(room):
    once = room.write("once.toml", room.branch(room.parent, AT, room.cut))
    twice = room.load(room.write("twice.toml", room.branch(once, dt.date(2025, 9, 1), room.boost)))
    by_hand = room.write(
        "hand.toml",
        PARENT
        + '[[events]]\ndate = 2025-06-01\nname = "Cut (2025-06-01)"\nset = {aid.extra = -0.5}\n'
        + '[[events]]\ndate = 2025-09-01\nname = "boost"\nuntil = 2026-02-01\nset = {budgets.push = 1.5}\n',
    )
    assert twice.hash == room.load(by_hand).hash


def test_one_inject_can_come_twice(room):
    once = room.write("once.toml", room.branch(room.parent, AT, room.cut))
    again = room.load(room.write("again.toml", room.branch(once, dt.date(2025, 9, 1), room.cut)))
    assert [event.name for event in again.events][1:] == ["Cut (2025-06-01)", "Cut (2025-09-01)"]


def test_the_parent_is_named_from_where_the_branch_is_saved(room, monkeypatch):
    assert 'extends = "parent.toml"' in room.branch(room.parent, AT, room.cut)
    away = room.folder / "games"
    away.mkdir()
    assert 'extends = "../parent.toml"' in room.branch(room.parent, AT, room.cut, folder=away)
    own = room.write("shipped/own.toml", PARENT)
    assert 'extends = "own.toml"' in room.branch(own, AT, room.cut, folder=away)
    (away / "own.toml").write_text(PARENT)
    assert 'extends = "../shipped/own.toml"' in room.branch(own, AT, room.cut, folder=away)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[aid]\nextr = 1.0\n", ["inject.toml:2:1  aid.extr  unknown key; did you mean aid.extra?"]),
        ("[aid]\nextra = 1000.0\n", ["inject.toml:2:9  aid.extra"]),
        ("end = 2027-01-01\n[aid]\nextra = 1.0\n", ["inject.toml:1:1  end  an inject has no such key"]),
        ('[[events]]\nname = "late"\ndate = 2028-01-01\nset = {aid.extra = 1.0}\n', ["inject.toml:3:8", "outside"]),
        ('[[events]]\nname = "early"\ndate = 2025-05-31\nset = {aid.extra = 1.0}\n', ["inject.toml:3:8", "outside"]),
        (
            '[[events]]\nname = "earlier"\nset = {aid.extra = 1.0}\n',
            ["inject.toml:2:8", "on 2025-02-01", "another name"],
        ),
        ('title = "Nothing"\n', ["nothing to inject"]),
        ("[aid\n", ["inject.toml:1", "close the heading"]),
        ("[aid]\nextra = 1000.0\nmroe = 1.0\n", ["inject.toml:2:9", "inject.toml:3:1"]),
    ],
)
def test_a_wrong_inject_is_answered_with_its_place(room, text, told):
    with pytest.raises(InputError) as caught:
        room.branch(room.parent, AT, room.write("inject.toml", text))
    for part in told:
        assert part in str(caught.value)


def test_an_inject_is_read_anew_for_every_branch(room):
    """What one branch fills in or refuses leaves no trace in another of the same process."""
    later = dt.date(2025, 9, 1)
    for at in (AT, later):
        made = room.load(room.write("branch.toml", room.branch(room.parent, at, room.boost)))
        assert made.events[-1].date == at
    for name in ("one", "other"):
        text = room.branch(room.parent, AT, room.write(f"{name}.toml", "[aid]\nextra = 0.5\n"))
        assert f'name = "{name} (2025-06-01)"' in text
    barred = room.write("inject.toml", "end = 2027-01-01\n[aid]\nextra = 1.0\n")
    for _ in range(2):
        with pytest.raises(InputError, match="an inject has no such key"):
            room.branch(room.parent, AT, barred)


@pytest.mark.parametrize("day", [START, dt.date(2023, 1, 1), dt.date(2027, 1, 1)])
def test_a_day_outside_the_horizon_is_refused(room, day):
    with pytest.raises(
        InputError, match=f"{day} is no day to branch parent on; it must lie after its start, 2024-10-01"
    ):
        room.branch(room.parent, day, room.cut)


def test_missing_files_and_doubled_injects_are_told(room):
    with pytest.raises(InputError, match="no such file"):
        room.branch(room.parent, AT, room.folder / "none.toml")
    with pytest.raises(InputError, match=r"two injects make an event named 'Cut \(2025-06-01\)'"):
        room.branch(room.parent, AT, room.cut, room.cut)
    with pytest.raises(InputError, match="at least one inject"):
        room.branch(room.parent, AT)


@pytest.mark.parametrize(
    "value",
    [
        True, 3, -0.5, 1e30, "plain", 'with "quotes", \\ and\nlines\x7f', dt.date(2025, 1, 1), [1, 2.5, "x"],
        {"dist": "normal", "mean": 0.5, "sd": 0.1}, {"2025": 2.0, "how": "step", "odd key": [1]},
    ],
)  # fmt: skip
def test_values_read_back_as_they_were(value):
    text = f"{key_text(['a', 'odd key'])} = {value_text(value)}"
    back = tomllib.loads(text)["a"]["odd key"]
    assert back == value
    assert type(back) is type(value)
