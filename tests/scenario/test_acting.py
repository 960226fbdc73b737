"""`alliance check` tells of settings that cannot act, with the reason, and on which days others act."""

from __future__ import annotations

from datetime import date

import pytest

from sim.loading import notes
from sim.scenario.acting import election_day

HEAD = 'title = "t"\ndescription = "d"\nreferences = ["r"]\nextends = "baseline"\n'


def event(day: str, key: str, value: str, more: str = "") -> str:
    return f'[[events]]\ndate = {day}\nname = "E"\n{more}set = {{ {key} = {value} }}\n'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (event("2026-06-01", "us.elections.2024.president", '"harris"'), "held on 2024-11-05: it cannot act"),
        ('us.elections.2032.president = "republican"\n', "is held on 2032-11-02, after the end 2029-12-31"),
        (
            "members.DEU.share_pct_gdp = { how = \"step\", 2029-01-01 = 3.5 }\n",
            "the first value, of 2029-01-01, also holds before that day, from 2024-10-01",
        ),
        (
            'budgets.change_pp = { how = "step", 2024-10-01 = 0, 2026-08-01 = -0.3, 2027-06-30 = 0 }\n',
            "a step between two readings moves none",
        ),
        (
            event("2026-02-01", "budgets.change_pp", "-0.3", "until = 2026-08-31\n"),
            "a part of a year moves only those that decide in it",
        ),
        (event("2026-01-01", "members.DEU.share_pct_gdp", "3.0"), "members that decide before it follow a year later"),
        ("end = 2026-03-15\n" + event("2026-03-05", "us.commitment.shock", "-0.2"), "nothing recorded can show it"),
    ],
)  # fmt: skip
def test_what_cannot_act_is_told_with_the_reason(tmp_path, text, told):
    path = tmp_path / "case.toml"
    path.write_text(HEAD + text)
    said = notes(path)
    assert any(told in note for note in said), said
    assert all("\n" not in note for note in said)


def test_what_acts_as_written_is_not_remarked(tmp_path):
    path = tmp_path / "case.toml"
    path.write_text(HEAD + "budgets.plan_kept = 1.0\n" + event("2026-06-01", "us.commitment.shock", "-0.2"))
    assert notes(path) == []


@pytest.mark.parametrize(("year", "day"), [(2024, 5), (2028, 7), (2016, 8), (2022, 8), (2026, 3), (2032, 2)])
def test_the_day_of_a_u_s_election(year, day):
    assert election_day(year) == date(year, 11, day)
