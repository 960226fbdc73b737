"""Tables of rows: how they are read, layered, kept and told."""

from __future__ import annotations

import json
from datetime import date

import pytest

from sim.loading import outlook
from sim.scenario import Scenario, check, load
from tests.scenario.conftest import HEAD

KEY = "aid.packages"
ROW = "[[aid.packages]]\ndonor = {}\ndate = 2026-01-15\nbeur = {}\n"


@pytest.fixture
def rows(catalogue, write):
    def read(body, sets=(), **others):
        made = load(write(body, **others), catalogue=catalogue, sets=sets)
        return made.values[KEY].value.rows, made

    return read


def test_a_row_has_the_defaults_of_what_it_leaves_out_and_its_place(rows):
    (row,), made = rows(ROW.format('"DEU"', 9))
    assert dict(row.cells) == {
        "donor": ("DEU",), "date": date(2026, 1, 15), "beur": 9.0, "kind": "military", "months": 1.0,
        "financed": "budget",
    }  # fmt: skip
    assert {name: (each.line, each.column) for name, each in row.places.items()} == {
        "donor": (5, 9), "date": (6, 8), "beur": (7, 8), "kind": (4, 3), "months": (4, 3), "financed": (4, 3),
    }  # fmt: skip
    assert Scenario.from_dict(json.loads(json.dumps(made.to_dict()))) == made
    assert rows("")[0] == ()


def test_a_group_or_a_list_stands_for_its_members(rows):
    (group, several), _ = rows(ROW.format('"eastern_flank"', 1) + ROW.format('["DEU", "FRA"]', 1))
    assert group.codes("donor") == ("EST", "HUN", "POL")
    assert several.codes("donor") == ("DEU", "FRA")


def test_rows_are_added_to_those_of_parents_and_of_the_file_and_named_ones_replaced(rows):
    parent = ROW.format('"DEU"', 1) + ROW.format('"FRA"', 2) + 'name = "loan"\n'
    child = 'extends = "parent.toml"\n' + ROW.format('"ITA"', 3) + ROW.format('"FRA"', 4) + 'name = "loan"\n'
    found, made = rows(child, sets=["aid.packages=[{donor = 'POL', date = 2026-03-01, beur = 5}]"], parent=parent)
    assert [(row.codes("donor")[0], row.number("beur")) for row in found] == [
        ("DEU", 1),
        ("ITA", 3),
        ("FRA", 4),
        ("POL", 5),
    ]
    other = rows(child, parent=parent)[1]
    assert other.hash != made.hash


def test_two_parents_with_rows_do_not_contradict_each_other(rows):
    found, _ = rows('extends = ["one.toml", "two.toml"]\n', one=ROW.format('"DEU"', 1), two=ROW.format('"FRA"', 2))
    assert len(found) == 2


def test_check_tells_each_row_and_what_of_it_is_reported_only(tmp_path):
    path = tmp_path / "a.toml"
    path.write_text(
        HEAD + ROW.format('"EUI"', 90) + 'instrument = "loan"\npaid_over_months = 24\nfinanced = "borrowed"\n'
    )
    (line,) = outlook(path)
    assert line.startswith("aid.packages: donor EUI, date 2026-01-15, beur 90, kind military, instrument loan")
    assert line.endswith("(instrument and financed: reported only)")


def test_rows_of_several_sets_are_added(rows):
    one = "aid.packages=[{donor = 'POL', date = 2026-03-01, beur = 5}]"
    other = "aid.packages=[{donor = 'DEU', date = 2026-03-01, beur = 7}]"
    found, _ = rows("", sets=[one, other, one])
    assert [row.number("beur") for row in found] == [5, 7, 5]


@pytest.mark.parametrize(
    ("donor", "place", "message"),
    [
        ('["DEU", "DEU"]', "4:17", "DEU is named twice"),
        ('["DEU", "eastern_flank"]', "4:17", "eastern_flank is a group; in a list write codes"),
        ('["DEU", "Norway"]', "4:17", "Norway is not a code; write NOR (Norway)"),
        ('""', "4:9", '"" is not a code such as BEL, or a group'),
        ('["DEU", 1]', "4:9", "a list is not a code such as BEL, or a group"),
        ('"EU"', "4:9", "EU is not a code; write EUI (EU institutions); its member states are EU_states"),
    ],
)
def test_a_wrong_donor_is_named_with_its_place(catalogue, write, donor, place, message):
    (problem,) = check(
        write("[[aid.packages]]\ndonor = " + donor + "\ndate = 2026-01-15\nbeur = 1\n"), catalogue=catalogue
    )
    line, column = place.split(":")
    assert (problem.line, problem.column) == (int(line) + 1, int(column))
    assert message in problem.message
