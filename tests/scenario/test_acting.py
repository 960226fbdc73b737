"""`alliance check` tells on which days and years settings act, and refuses those of which nothing can come."""

from __future__ import annotations

from datetime import date

import pytest

from sim.errors import InputError
from sim.loading import check, load, notes
from sim.scenario.days import election_day

HEAD = 'title = "t"\ndescription = "d"\nreferences = ["r"]\nextends = "baseline"\n'


def event(day: str, key: str, value: str, more: str = "") -> str:
    return f'[[events]]\ndate = {day}\nname = "E"\n{more}set = {{ {key} = {value} }}\n'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            'members.DEU.share_pct_gdp = { how = "step", 2029-01-01 = 3.5 }\n',
            "members.DEU.share_pct_gdp begins on 2029-01-01; until then it is as without this setting",
        ),
        (
            'budgets.change_pp = { how = "step", 2024-10-01 = 0, 2026-08-01 = -0.3, 2027-06-30 = 0 }\n',
            "budgets.change_pp counts by the calendar year, as the mean over its days: -0.126 in 2026, -0.148 in 2027",
        ),
        (
            'members.ESP.share_pct_gdp = { how = "linear", 2026-07-02 = 2.0, 2028 = 2.0 }\n',
            "members.ESP.share_pct_gdp counts by the calendar year, as the mean over its days: "
            "2 for 183 of 365 days of 2026",
        ),
        (
            'budgets.plan_kept = { how = "step", 2024-10-01 = 0.5, 2026-07-01 = 0.9 }\n',
            "budgets.plan_kept is read once, on the first day: what it is later changes nothing",
        ),
        (
            event("2026-02-01", "budgets.change_pp", "-0.3", "until = 2026-08-31\n"),
            'the event "E" on 2026-02-01 until 2026-08-31 sets budgets.change_pp, which counts by the calendar year: '
            "211 of 365 days of 2026",
        ),
        (
            event("2026-01-01", "members.DEU.share_pct_gdp", "3.0, members.FRA.share_pct_gdp = 3.0"),
            "sets members.DEU.share_pct_gdp and 1 more, which counts by the calendar year: all of 2026 and later",
        ),
        (
            event("2024-11-01", "budgets.change_pp", "-0.3"),
            "none of 2024, which is known at the start, all of 2025 and later",
        ),
        (
            event("2028-12-31", "budgets.change_pp", "-0.3", "until = 2029-02-01\n"),
            "1 of 366 days of 2028, 31 of 365 days of 2029",
        ),
        ("end = 2026-03-15\n" + event("2026-03-05", "us.commitment.shock", "-0.2"), "nothing recorded can show it"),
        ("secretary_general.handover = 2023-01-01\n", "2023-01-01 is before the start 2024-10-01: nothing happens"),
    ],
)  # fmt: skip
def test_how_and_when_a_setting_acts_is_told_in_one_line(tmp_path, text, told):
    path = tmp_path / "case.toml"
    path.write_text(HEAD + text)
    said = notes(path)
    assert any(told in note for note in said), said
    assert all("\n" not in note for note in said)


@pytest.mark.parametrize(
    ("text", "line", "key", "told"),
    [
        (
            event("2026-06-01", "us.elections.2024.president", '"harris"'),
            8, "events[1].set.us.elections.2024.president",
            'the event "E" on 2026-06-01: that election is held on 2024-11-05, before this event: nothing can',
        ),
        (
            'us.elections.2032.president = "republican"\n',
            5, "us.elections.2032.president",
            "that election is held on 2032-11-02, after the end 2029-12-31: nothing can come of it",
        ),
        (
            'us.elections.2020.president = "republican"\n',
            5, "us.elections.2020.president",
            "that election was held on 2020-11-03 and its winner was in office at the start 2024-10-01",
        ),
    ],
)  # fmt: skip
def test_an_election_of_which_nothing_can_come_is_a_mistake_with_its_place(tmp_path, text, line, key, told):
    path = tmp_path / "case.toml"
    path.write_text(HEAD + text)
    (problem,) = check(path)
    assert (problem.path, problem.line, problem.key) == (str(path), line, key)
    assert told in problem.message
    with pytest.raises(InputError):
        load(path)


def test_set_by_hand_it_is_a_mistake_too():
    (problem,) = check("baseline", ['us.elections.2020.president="republican"'])
    assert problem.path == "--set"


def test_what_a_parent_sets_and_a_shorter_end_cuts_off_is_told_and_not_refused(tmp_path):
    path = tmp_path / "case.toml"
    path.write_text(HEAD.replace("baseline", "harris_continuity.toml") + "start = 2025-03-01\nend = 2027-12-31\n")
    assert check(path) == []
    assert any(
        "2024-11-05 and its winner was in office at the start 2025-03-01: it cannot act" in n for n in notes(path)
    )
    assert check("democrat_continuity_2028", ["end=2027-12-31"]) == []
    said = notes("democrat_continuity_2028", ["end=2027-12-31"])
    assert any("held on 2028-11-07, after the end 2027-12-31: it cannot act" in note for note in said)


def test_an_election_acts_until_its_winner_takes_office_and_while_no_fact_tells_its_result():
    assert check("baseline", ["start=2025-01-20", 'us.elections.2024.president="harris"']) == []
    (problem,) = check("baseline", ["start=2025-01-21", 'us.elections.2024.president="harris"'])
    assert "in office" in problem.message
    assert check("baseline", ["start=2028-01-01", "us.elections.2026.house=democratic"]) == []  # after the facts' end


def test_what_acts_as_written_is_not_remarked(tmp_path):
    path = tmp_path / "case.toml"
    path.write_text(HEAD + "budgets.plan_kept = 1.0\n" + event("2026-06-01", "us.commitment.shock", "-0.2"))
    assert notes(path) == []


@pytest.mark.parametrize(("year", "day"), [(2024, 5), (2028, 7), (2016, 8), (2022, 8), (2026, 3), (2032, 2)])
def test_the_day_of_a_u_s_election(year, day):
    assert election_day(year) == date(year, 11, day)


@pytest.mark.parametrize(("end", "told"), [("2026-03-30", True), ("2026-03-31", False), ("2026-04-01", False)])
def test_an_event_before_the_last_end_of_a_month_is_recorded(tmp_path, end, told):
    path = tmp_path / "case.toml"
    path.write_text(HEAD + f"end = {end}\n" + event("2026-03-05", "us.commitment.shock", "-0.2"))
    assert any("nothing recorded can show it" in note for note in notes(path)) == told


def test_of_many_years_the_first_are_told_and_where_they_end(tmp_path):
    path = tmp_path / "case.toml"
    points = ", ".join(f"{year}-07-01 = {year - 2024}" for year in range(2025, 2029))
    path.write_text(
        HEAD + "end = 2034-12-31\n" + f'budgets.war_ceiling_pct_gdp = {{ how = "step", {points}, 2033-07-01 = 9 }}\n'
    )
    assert check(path) != []  # a ceiling of 1% is below the bounds
    points = ", ".join(f"{year}-07-01 = {(year - 2024) / 10}" for year in range(2025, 2033))
    path.write_text(HEAD + "end = 2034-12-31\n" + f'budgets.change_pp = {{ how = "step", {points} }}\n')
    (said,) = [note for note in notes(path) if "counts by the calendar year" in note]
    assert said.count(" in 20") == 6
    assert said.endswith("and so on to 2032")


LASTING = "a ceasefire that fails begins again at once, so that none ends"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            event("2026-01-31", "negotiation.ceasefire_now", "true"),
            f'the event "E" leaves negotiation.ceasefire_now true to the end: {LASTING}; to avoid it, '
            "add until = 2026-02-28",
        ),
        (
            '[[events]]\nwhen = "ceasefire"\nname = "E"\nset = { negotiation.break_now = true }\n',
            'the event "E" leaves negotiation.break_now true to the end: no later ceasefire can hold; to avoid it, '
            "add for_months = 1",
        ),
        (
            "negotiation.ceasefire_now = true\n",
            f"negotiation.ceasefire_now is true from the start to the end: {LASTING}; set it by an event with `until`",
        ),
        (event("2026-04-01", "negotiation.ceasefire_now", "true", "until = 2026-05-01\n"), None),
        (event("2026-04-01", "negotiation.holds", "true"), None),
    ],
)  # fmt: skip
def test_a_flag_for_a_day_that_is_left_true_to_the_end_is_told(tmp_path, text, told):
    path = tmp_path / "case.toml"
    path.write_text(HEAD + text)
    said = [note for note in notes(path) if " true " in note]
    assert said == ([told] if told else [])


def test_a_sum_of_money_of_a_group_is_told_to_be_that_of_each(tmp_path):
    path = tmp_path / "case.toml"
    path.write_text(HEAD + "[aid.nordics]\nlevel_beur_per_year = 1\n[members.nordics]\nbudget_change_pp = 0.1\n")
    assert [note for note in notes(path) if "by itself" in note] == [
        f"aid.nordics.level_beur_per_year ({path}:6) holds for each of 5 by itself: it is no sum that they share"
    ]
    path.write_text(HEAD + event("2026-01-01", "aid.baltics.level_beur_per_year", "1"))
    assert any('of the event "E" holds for each of 3 by itself' in note for note in notes(path))


@pytest.mark.parametrize("place", ["war.ceasefire = true", "us.us_commitment = 0.2"])
def test_an_outcome_that_is_set_is_told_from_a_key_with_what_moves_it(tmp_path, place):
    path = tmp_path / "case.toml"
    path.write_text(HEAD + place + "\n")
    (problem,) = check(path)
    name = place.partition(" ")[0].rpartition(".")[2]
    assert problem.message.startswith(f"{name} is an outcome, which a scenario cannot set; `alliance explain {name}` ")
    assert ("negotiation.ceasefire_now" if name == "ceasefire" else "us.commitment.level") in problem.message
