"""Every key and value of a TOML text is found where it stands."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.loading import check
from sim.scenario.document import locate
from tests.scenario.conftest import HEAD

TEXT = """\
# a remark
title = "Ä"  # another
"us x".y . 'z.w' = {a = [1, {b = 2}], "c\\u0064" = "é", d = 3}

[us.commitment]
  posture = \"\"\"
long\"\"\"
[[events]]
name = "one"
[events.set.us]
x = 1
[[events]]
name = "two"
"""


def test_places_are_counted_in_characters_from_one():
    found = locate(TEXT)
    expected = {
        ("title",): ((2, 1), (2, 9)),
        ("us x", "y", "z.w"): ((3, 12), (3, 20)),
        ("us x", "y", "z.w", "a"): ((3, 21), (3, 25)),
        ("us x", "y", "z.w", "a", 1): ((3, 21), (3, 29)),
        ("us x", "y", "z.w", "a", 1, "b"): ((3, 30), (3, 34)),
        ("us x", "y", "z.w", "cd"): ((3, 39), (3, 51)),
        ("us x", "y", "z.w", "d"): ((3, 56), (3, 60)),
        ("us", "commitment", "posture"): ((6, 3), (6, 13)),
        ("events", 0): ((8, 3), (8, 3)),
        ("events", 0, "set", "us", "x"): ((11, 1), (11, 5)),
        ("events", 1, "name"): ((13, 1), (13, 8)),
    }
    assert {path: (found.key(path), found.value(path)) for path in expected} == expected


def test_what_has_no_place_is_put_at_the_table_around_it():
    found = locate(TEXT)
    assert found.key(("us", "commitment", "gone", "deep")) == (5, 5)
    assert found.key(("nowhere",)) == (1, 1)


START = HEAD + 'extends = "baseline"\nend = 2026-12-31\n'


@pytest.mark.parametrize(
    ("text", "wrong", "key"),
    [
        ('[[events]]\nname = "e"\ndate  =  @2027-01-01\nset = { aid.military_factor = 2 }\n', "outside", "date"),
        ('[[events]]\nname = "e"\nset = { aid.military_factor = 2 }\nwhen = @"ceasefire"\nafter_months = 60\n',
         "at the earliest, after the end", "when"),
        ('[[events]]\nwhen = "ceasefire"\nuntil = @2024-10-02\nname = "e"\nset = { aid.military_factor = 2 }\n',
         "it cannot act", "until"),
        ('[[events]]\nname = "e"\ndate = 2025-06-01\nset = { aid.DEU.stop = true, aid.DEU.@level_pct_gdp = 1 }\n',
         "contradict", "set.aid.DEU.level_pct_gdp"),
        ('[[events]]\nname = "e"\ndate = 2025-06-01\nset = { aid.DEU.stop = true, aid.EU_states.@level_pct_gdp = 1 }\n',
         "contradict", "set.aid.EU_states.level_pct_gdp"),
        ('[[events]]\nname = "e"\ndate = 2026-06-01\n[events.set]\nus.elections.2024.@president = "harris"\n',
         "before this event", "set.us.elections.2024.president"),
        ('[[aid.packages]]\ndonor = "DEU"\nbeur = 1\n\tdate = @2027-02-01\n', "outside", "date"),
        ('[aid]\npackages = [{ donor = "DEU", beur = 1, date = 2026-01-01 },\n'
         '  { name = "Ä", donor = "FRA", beur = 1, date = @2027-02-01 }]\n',
         "outside", "date"),
        ('[[us.aid.laws]]\ndate = 2026-01-01\nmilitary_busd = 1\n[[us.aid.laws]]\nmilitary_busd = 1\n'
         "date = @2023-02-01\n", "outside", "date"),
        ("start = @2013-01-01\n", "the days a simulation can start", "start"),
    ],
)  # fmt: skip
def test_what_is_wrong_only_beside_other_days_and_keys_is_reported_at_its_own_column(tmp_path, text, wrong, key):
    before = START + text.partition("@")[0]
    path = tmp_path / "case.toml"
    path.write_text((START + text).replace("@", ""), encoding="utf-8")
    (problem,) = [each for each in check(path) if wrong in each.message]
    assert (problem.line, problem.column) == (before.count("\n") + 1, len(before) - before.rfind("\n"))
    assert problem.key.endswith(key)


def test_keys_set_twice_are_found_with_both_places():
    assert locate("a = 1\nb = 2\na = 3\n").repeats == [(("a",), (1, 1), (3, 1))]
    assert locate("[t]\n[u]\n[t]\n").repeats == [(("t",), (1, 2), (3, 2))]
    assert locate("[t]\na = 1\n[[t.b]]\n[[t.b]]\n").repeats == []


NAMES = st.text(alphabet='ab -."é\u2028\U0001f600', min_size=1, max_size=4)
TREES = st.recursive(
    st.integers(0, 9), lambda inner: st.dictionaries(NAMES, inner, min_size=1, max_size=3), max_leaves=12
)


def _quoted(name: str) -> str:
    return '"' + "".join(f"\\u{ord(c):04x}" if c in '"\u2028' else c for c in name) + '"'


def _write(tree, path=()):
    """Lines of a document that holds ``tree``, and the number on each line's path."""
    for name, inside in tree.items():
        here = (*path, name)
        if isinstance(inside, dict):
            yield from _write(inside, here)
        else:
            yield here, ".".join(_quoted(part) for part in here) + f" = {inside}"


@given(st.dictionaries(NAMES, TREES, min_size=1, max_size=4))
def test_any_document_is_indexed_in_full(tree):
    lines = list(_write(tree))
    text = "\n".join(line for _, line in lines)
    assert tomllib.loads(text) == tree
    found = locate(text)
    for number, (path, line) in enumerate(lines, 1):
        assert found.value(path) == (number, len(line))
