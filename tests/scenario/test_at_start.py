"""Values that are read once cannot be changed by an event, and the message says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.errors import InputError
from sim.loading import load_text, notes_of
from sim.scenario import Catalogue, Number, Parameter, fixed, resolve

CATALOGUE = Catalogue(
    Parameter(
        key=key,
        meaning="something",
        unit="thousand",
        kind="assumption",
        default=fixed(1.0),
        source="none",
        domain=Number(0.0, 10.0),
        at_start=at_start,
    )
    for key, at_start in (("troops.first_thousand", True), ("troops.cut_thousand", False))
)
FILE = """
title = "t"
description = "d"
references = ["none"]
start = 2024-10-01
end = 2026-12-31
troops.first_thousand = 2.0
[[events]]
name = "too late"
date = 2025-01-01
set = {{ {key} = 3.0 }}
"""


def test_an_event_that_comes_too_late_is_refused_and_the_same_value_in_the_file_is_not(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text(FILE.format(key="troops.cut_thousand"))
    assert resolve.check(path, catalogue=CATALOGUE, facts_layer=lambda _: {}) == []
    path.write_text(FILE.format(key="troops.first_thousand"))
    (problem,) = resolve.check(path, catalogue=CATALOGUE, facts_layer=lambda _: {})
    assert (problem.line, problem.column) == (11, 16)
    assert problem.message == "this value is read once, on the first day; set it outside events"


HEAD_OF_LEVELS = 'title = "t"\ndescription = "d"\nreferences = ["r"]\nextends = "baseline"\n'
EVENT_OF_LEVELS = '[[events]]\nname = "e"\ndate = 2026-01-01\nset = {{ {} }}\n'


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("aid.DEU.level_pct_gdp = 1\naid.DEU.level_beur_per_year = 5\n", "contradicts aid.DEU.level_beur_per_year"),
        (EVENT_OF_LEVELS.format("aid.DEU.stop = true, aid.DEU.level_pct_gdp = 1"), "which contradict; keep one"),
        (
            "aid.DEU.level_beur_per_year = 5\n" + EVENT_OF_LEVELS.format("aid.DEU.level_pct_gdp = 1"),
            'the event "e" sets aid.DEU.level_pct_gdp, which contradicts aid.DEU.level_beur_per_year (case.toml:5)',
        ),
        ("aid.DEU.stop = true\n" + EVENT_OF_LEVELS.format("aid.DEU.level_pct_gdp = 1"), "contradicts aid.DEU.stop"),
    ],
)
def test_two_levels_or_a_level_and_a_stop_at_once_contradict(body, message):
    with pytest.raises(InputError) as raised:
        load_text(HEAD_OF_LEVELS + body, "case.toml")
    (problem,) = raised.value.problems
    assert message in problem.message
    assert problem.line > 0


def test_a_level_that_stops_later_or_begins_after_a_stop_does_not():
    stops = "aid.DEU.level_beur_per_year = 5\n" + EVENT_OF_LEVELS.format("aid.DEU.stop = true")
    begins = EVENT_OF_LEVELS.format("aid.DEU.stop = false, aid.DEU.level_beur_per_year = 5")
    for body in (stops, "aid.DEU.stop = true\n" + begins):
        load_text(HEAD_OF_LEVELS + body)


@pytest.mark.parametrize(
    ("years", "said"),
    [
        ((2027, 2026), ["members.DEU.fund_to_year 2026 is before members.DEU.fund_from_year 2027: the fund is never"]),
        ((2050, 2052), ["members.DEU.fund_beur is spent from 2050 to 2052, outside 2024-10-01 to 2029-12-31"]),
        ((2026, 2027), []),
    ],
)
def test_a_fund_that_is_never_spent_is_told(years, said):
    body = "members.DEU.fund_beur = 10\nmembers.DEU.fund_from_year = {}\nmembers.DEU.fund_to_year = {}\n"
    found = notes_of(load_text(HEAD_OF_LEVELS + body.format(*years)))
    assert len(found) == len(said)
    assert all(line.startswith(start) for line, start in zip(found, said, strict=True))
