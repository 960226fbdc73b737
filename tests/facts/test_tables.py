"""Every row is sourced and dated, and a damaged table is told where it is damaged."""

from __future__ import annotations

import contextlib
import csv
import datetime
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from sim import facts
from sim.errors import InputError
from sim.facts import schema, tables

SHIPPED = Path(str(tables.folder()))
CUTOFF = datetime.date(2025, 1, 1)
NAMES = sorted(path.name for path in SHIPPED.glob("*.csv"))
REVISED = ("defence.csv", "aggregates.csv", "milex.csv", "economy.csv", "front.csv", "casualties.csv")
Damage = Callable[[str, int, str, str], None]


def raw(name: str) -> list[dict[str, str]]:
    with (SHIPPED / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def defined() -> dict[str, str]:
    text = (SHIPPED / "SOURCES.md").read_text("utf-8")
    return dict(re.findall(r"^\| ([A-Z][A-Z0-9]+) \| (.*)$", text, re.MULTILINE))


@pytest.mark.parametrize("name", NAMES)
def test_every_row_has_defined_sources(name: str) -> None:
    known = defined()
    for line, row in enumerate(raw(name), 2):
        keys = row["source"].split("+")
        assert keys, (name, line)
        assert set(keys) <= set(known), (name, line, set(keys) - set(known))


def test_no_source_is_defined_for_nothing() -> None:
    used = {key for name in NAMES for row in raw(name) for key in row["source"].split("+")}
    assert set(defined()) == used


@pytest.mark.parametrize("name", NAMES)
def test_every_row_was_known_by_the_end_of_the_facts(name: str) -> None:
    for line, row in enumerate(raw(name), 2):
        assert datetime.date.fromisoformat(row["known_on"]) <= facts.FACTS_END, (name, line)
        assert row["vintage"], (name, line)
        assert row["stand_in"] in ("0", "1")


@pytest.mark.parametrize("name", NAMES)
def test_a_vintage_later_than_the_day_it_is_known_is_marked_as_standing_in(name: str) -> None:
    for line, row in enumerate(raw(name), 2):
        release = re.fullmatch(r"(\d{4})-(\d{2})(-\d{2})?", row["vintage"])
        if release and name in REVISED:
            later = row["vintage"][:7] > row["known_on"][:7]
            assert not later or row["stand_in"] == "1", (name, line)


@pytest.mark.parametrize("name", NAMES)
def test_rows_resting_on_a_recalled_source_are_marked(name: str) -> None:
    recalled = {key for key, text in defined().items() if "recalled, unverified" in text}
    for line, row in enumerate(raw(name), 2):
        if set(row["source"].split("+")) & recalled:
            assert row["recalled"] == "1", (name, line)


def test_every_table_is_read_by_some_accessor(copied: Path) -> None:
    facts.roster.members.cache_clear()
    facts.roster.donors.cache_clear()
    for name in facts.__all__:
        accessor = getattr(facts, name)
        if not callable(accessor) or name[0].isupper() or name.endswith("_posterior") or name == "using":
            continue
        for day in (CUTOFF, datetime.date(2024, 10, 1)):
            with contextlib.suppress(TypeError):
                accessor(day)
    facts.members()
    facts.donors()
    assert tables.shipped.cache_info().currsize == len(NAMES)
    assert {*schema.TABLES, "members.csv", "donors.csv"} == set(NAMES)


def test_importing_reads_no_table() -> None:
    import subprocess
    import sys

    program = (
        "import builtins, io\nopened = []\nreal = io.open\n"
        "def spy(path, *a, **k):\n    opened.append(str(path))\n    return real(path, *a, **k)\n"
        "io.open = builtins.open = spy\nimport sim.facts\n"
        "assert not [p for p in opened if p.endswith('.csv')], opened\n"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_the_stamp_changes_with_any_byte(damage: Damage) -> None:
    before = tables.stamp()
    tables.stamp.cache_clear()
    assert tables.stamp() == before
    assert re.fullmatch(r"[0-9a-f]{64}", before)
    damage("front.csv", 2, "afp_isw", "afp_isW")
    tables.stamp.cache_clear()
    assert tables.stamp() != before


def test_a_word_for_a_number_is_told_with_line_and_column(damage: Damage) -> None:
    damage("defence.csv", 2, "1.3465", "many")
    with pytest.raises(InputError) as caught:
        facts.defence_shares(CUTOFF)
    (problem,) = caught.value.problems
    assert (problem.path, problem.line, problem.column) == ("sim/facts/defence.csv", 2, 10)
    assert problem.key == "share_pct_gdp"
    assert problem.message == "'many' is not a number (or empty)"


@pytest.mark.parametrize("text", ["nan", "inf", ""])
def test_what_is_no_figure_is_refused(damage: Damage, text: str) -> None:
    damage("casualties.csv", 2, "11.966", text)
    with pytest.raises(InputError, match="number"):
        facts.casualties(CUTOFF)


def test_every_bad_cell_is_told_at_once(damage: Damage) -> None:
    damage("front.csv", 2, "afp_isw", "afp")
    damage("front.csv", 3, "2024-", "24-")
    with pytest.raises(InputError) as caught:
        facts.front(CUTOFF)
    assert [(p.line, p.key) for p in caught.value.problems] == [(2, "series"), (3, "month")]
    assert "did you mean 'afp_isw'?" in caught.value.problems[0].message


def test_a_missing_column_is_named(damage: Damage) -> None:
    damage("milex.csv", 1, "share_pct_gdp", "share")
    with pytest.raises(InputError) as caught:
        facts.sipri_shares(CUTOFF)
    messages = str(caught.value)
    assert "share_pct_gdp  this column is missing" in messages
    assert "unknown column" in messages


def test_an_unknown_definition_is_told_with_the_known_ones(damage: Damage) -> None:
    damage("defence.csv", 2, ",total,", ",totl,")
    with pytest.raises(InputError, match="'totl' is not known here; allowed: total, core; did you mean 'total'"):
        facts.defence_shares(CUTOFF)


def test_a_missing_year_is_told_with_the_line_of_its_member(copied: Path) -> None:
    path = copied / "defence.csv"
    lines = path.read_text("utf-8").split("\n")
    first = next(n for n, line in enumerate(lines, 1) if line.startswith("POL,"))
    path.write_text("\n".join(line for line in lines if not line.startswith("POL,2019,")), "utf-8")
    with pytest.raises(InputError) as caught:
        facts.defence_shares(CUTOFF)
    (problem,) = caught.value.problems
    assert (problem.line, problem.key) == (first, "POL")
    assert problem.message == "year 2019 is missing; years 2014 to 2024 must be there"


def test_a_short_row_and_an_empty_table_are_told(copied: Path) -> None:
    path = copied / "casualties.csv"
    text = path.read_text("utf-8")
    path.write_text(text + "2024-12-01,3\n", "utf-8")
    with pytest.raises(InputError, match="must have 8 cells"):
        facts.casualties(CUTOFF)
    tables.shipped.cache_clear()
    path.write_text(text.split("\n")[0] + "\n", "utf-8")
    with pytest.raises(InputError, match="no rows"):
        facts.casualties(CUTOFF)


def test_a_lost_table_is_one_line(copied: Path) -> None:
    (copied / "front.csv").unlink()
    with pytest.raises(InputError) as caught:
        facts.front(CUTOFF)
    assert len(caught.value.problems) == 1
    assert "install the package again" in str(caught.value)


def test_a_day_must_be_a_day() -> None:
    with pytest.raises(InputError, match="known must be a date"):
        facts.defence_shares("2024-10-01")  # type: ignore[arg-type]
    morning = datetime.datetime(2024, 10, 1, 9, 0)
    assert facts.casualties(morning) == facts.casualties(datetime.date(2024, 10, 1))
