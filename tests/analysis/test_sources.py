"""A value's source is its own, and a citation later than the start says so."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sim import load
from sim.analysis.inputs import changed_inputs
from sim.analysis.lookup import describe_name
from sim.model import catalogue
from sim.text import later_marked

HEAD = 'title = "t"\ndescription = "d"\nreferences = ["A brief of August 2025"]\nextends = "baseline"\n'
MARK = " [later than the start]"


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(
        HEAD
        + 'budgets.change_pp = 0.2\n[[events]]\ndate = 2026-01-01\nname = "E"\nset = { us.commitment.shock = -0.1 }\n'
    )
    return path


def test_a_value_that_a_file_sets_has_its_line_as_its_source_and_not_the_file_s_references(changed: Path) -> None:
    rows = {row.key: row for row in changed_inputs([load("baseline"), load(changed)], catalogue())}
    default, own = rows["budgets.change_pp"].sources
    assert default == "scenario lever"
    assert own == f"{changed}:5"
    assert rows["event: E"].sources == ("", f"{changed}:6")
    by_hand = load("baseline", ["budgets.change_pp=0.2"])
    assert changed_inputs([load("baseline"), by_hand], catalogue())[0].sources[1] == "--set budgets.change_pp=0.2"


def test_explain_names_the_line_and_keeps_the_catalogue_s_source_for_the_default(changed: Path) -> None:
    told = describe_name("budgets.change_pp", str(changed))
    assert told is not None
    assert told["in mine"] == f"0.2 (set by {changed}:5)"
    assert told["source of the default"] == "scenario lever"
    assert "source" not in told
    untouched = describe_name("budgets.drift_pp", str(changed))
    assert untouched is not None
    assert "NATO June 2024 release" in untouched["source"]


@pytest.mark.parametrize(
    ("source", "start", "marked"),
    [
        ("NATO June 2024 release", date(2024, 10, 1), "NATO June 2024 release"),
        ("NATO June 2024 release", date(2022, 2, 24), f"NATO June 2024{MARK} release"),
        ("IMF, October 2024, deflator 2025-29", date(2024, 10, 1), f"IMF, October 2024{MARK}, deflator 2025-29"),
        ("IMF, October 2024", date(2024, 10, 31), "IMF, October 2024"),  # a month is out on its last day
        ("IMF, December 2024", date(2024, 12, 31), "IMF, December 2024"),
        ("IMF, December 2024", date(2024, 12, 30), f"IMF, December 2024{MARK}"),
        ("The Hill, 18 September 2024", date(2024, 9, 18), "The Hill, 18 September 2024"),
        ("The Hill, 18 September 2024", date(2024, 9, 17), f"The Hill, 18 September 2024{MARK}"),
        ("changes 2015-24", date(2023, 12, 31), f"changes 2015-24{MARK}"),
        ("changes 2015-24", date(2024, 1, 1), "changes 2015-24"),
        ("party data (Hooghe et al. 2024)", date(2022, 1, 1), f"party data (Hooghe et al. 2024{MARK})"),
        ("press 2024: talk", date(2022, 1, 1), f"press 2024{MARK}: talk"),
        ("Eurasia Group poll 2024", date(2024, 1, 1), "Eurasia Group poll 2024"),
        ("at most 0.02 a year to 2027", date(2022, 1, 1), "at most 0.02 a year to 2027"),
    ],
)  # fmt: skip
def test_what_is_later_than_the_start_is_marked(source: str, start: date, marked: str) -> None:
    assert later_marked(source, start) == marked


def test_a_default_s_source_is_marked_by_the_start_it_stands_in() -> None:
    early = load("history_2014")
    late = load("history_2014", ["budgets.gap_closure=0.1"])
    (row,) = [row for row in changed_inputs([early, late], catalogue()) if row.key == "budgets.gap_closure"]
    assert row.sources[0].startswith(f"panel of 30 allies without the USA, NATO June 2024{MARK} release")
    told = describe_name("budgets.gap_closure", "history_2014")
    assert told is not None
    assert MARK in told["source"]
