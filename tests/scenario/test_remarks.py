"""`alliance check` says what an event or a row that cannot act does not do, and what is reported only."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from sim.analysis.inputs import changed_inputs
from sim.errors import InputError
from sim.loading import check, load_text, notes, outlook
from sim.model import catalogue, simulate, variables
from sim.model.systems.roster import ALLIES
from tests.scenario.conftest import HEAD

LATE = "start = 2026-10-01\n"


def told(tmp_path, text, head='extends = "baseline"\n'):
    path = tmp_path / "case.toml"
    path.write_text(HEAD + head + text)
    assert check(path) == []
    return "\n".join(notes(path)), "\n".join(outlook(path))


def truce(until):
    sets = "set = { negotiation.ceasefire_now = true }\n"
    return f'[[events]]\ndate = 2027-04-01\nuntil = {until}\nname = "Truce"\n{sets}'


def test_an_event_that_ends_before_the_month_does_is_told_to_do_nothing_and_does_nothing(tmp_path):
    note, line = told(tmp_path, truce("2027-04-02"))
    assert (
        'the event "Truce" on 2027-04-01 ends on 2027-04-02, before negotiation.ceasefire_now is read, at the end of '
        "April 2027: nothing comes of it" in note
    )
    assert "until 2027-04-02; never seen: it ends before these are read" in line
    without = simulate(load_text(HEAD + 'extends = "baseline"\nend = 2027-12-31\n', "a.toml"), 1, 0, 16)
    for until, same in (("2027-04-02", True), ("2027-04-30", True), ("2027-05-01", False)):
        text = HEAD + 'extends = "baseline"\nend = 2027-12-31\n' + truce(until)
        record = simulate(load_text(text, "b.toml"), 1, 0, 16)
        assert all(record[name].tobytes() == without[name].tobytes() for name in record) is same, until
        note, line = told(tmp_path, truce(until))
        assert ("nothing comes of it" in note) is same
        assert ("first seen at the end of April 2027" in line) is not same


def test_a_yearly_key_of_a_few_days_is_not_told_to_do_nothing(tmp_path):
    text = (
        '[[events]]\ndate = 2027-04-01\nuntil = 2027-04-02\nname = "Cut"\n'
        "set = { budgets.change_pp = -0.3, us.troops.thousand = 50 }\n"
    )
    note, line = told(tmp_path, text)
    assert "before us.troops.thousand is read" in note
    assert "1 of 365 days of 2027" in note
    assert "first seen" in line


def test_a_replacement_without_a_fall_is_told_to_have_nothing_to_act_on(tmp_path):
    text = LATE + "[europe.aid]\nreplacement_long_run = 0.9\n"
    note, _ = told(tmp_path, text, 'extends = "baseline_2026"\n')
    assert "replacement_long_run is a part of a further fall of U.S. military aid, but nothing was left of" in note
    text = HEAD + 'extends = "baseline_2026"\nend = 2027-12-31\n[europe.aid]\nreplacement_long_run = '
    low, high = (simulate(load_text(f"{text}{size}\n", "c.toml"), 1, 0, 16) for size in (0.1, 0.9))
    assert all(low[name].tobytes() == high[name].tobytes() for name in low)
    note, _ = told(tmp_path, "[europe.aid]\nreplacement_long_run = 0.9\n")
    assert "replacement" not in note


PACKAGE = "[[aid.packages]]\ndonor = {donor}\ndate = 2026-01-15\nbeur = 10\n"


@pytest.mark.parametrize(
    ("donor", "more", "said"),
    [
        ('"GBR"', "[aid.GBR]\nstop = true\n", "GBR stops then (aid.GBR.stop, "),
        (
            '["GBR", "FRA"]',
            '[[events]]\ndate = 2026-01-01\nname = "Halt"\nset = { aid.FRA.stop = true }\n',
            'FRA stops then (the event "Halt")',
        ),
        ('"EUI"', "[aid]\neu_blocked_share = 1\n", "EUI is blocked then (aid.eu_blocked_share, "),
    ],
)
def test_a_package_of_a_donor_that_is_stopped_or_blocked_is_told_to_be_given_all_the_same(tmp_path, donor, more, said):
    note, _ = told(tmp_path, more + PACKAGE.format(donor=donor))
    assert said in note
    assert "is given all the same, on top" in note
    assert "all the same" not in told(tmp_path, PACKAGE.format(donor=donor))[0]
    later = '[[events]]\ndate = 2026-02-01\nname = "Later"\nset = { aid.GBR.stop = true }\n'
    assert "all the same" not in told(tmp_path, later + PACKAGE.format(donor=donor))[0]


def test_what_is_reported_only_is_told_with_the_reason(tmp_path):
    keys = [parameter for parameter in catalogue() if parameter.reported_only and "*" not in parameter.key]
    assert keys
    note, _ = told(tmp_path, "summits.related_pct_gdp = 1.5\n")
    reason = catalogue().find("summits.related_pct_gdp").reported_only
    assert f"summits.related_pct_gdp is reported only: {reason}" in note


def everyone_out(day=""):
    if not day:
        return "".join(f"alliance.{code}.member = false\n" for code in ALLIES)
    sets = ", ".join(f"alliance.{code}.member = false" for code in ALLIES)
    return f'[[events]]\n{day}name = "All leave"\nset = {{ {sets} }}\n'


@pytest.mark.parametrize("day", ["", "date = 2026-03-01\n"])
def test_an_alliance_that_everyone_has_left_is_refused_with_its_place(tmp_path, day):
    path = tmp_path / "alone.toml"
    path.write_text(HEAD + 'extends = "baseline"\n' + everyone_out(day))
    (problem,) = check(path)
    assert problem.line > 4
    year = 2026 if day else 2024
    assert f"on {year}-12-31 no member in Europe and no Canada is left" in problem.message
    path.write_text(path.read_text().replace("alliance.DEU.member = false", "alliance.DEU.invited = 2030-01-01", 1))
    if not day:
        assert check(path) == []


def test_an_alliance_that_everyone_leaves_on_a_condition_ends_in_one_clear_line():
    text = HEAD + 'extends = "baseline"\nend = 2025-12-31\n' + everyone_out('when = "us_commitment < 0.99"\n')
    with pytest.raises(InputError, match="no member in Europe and no Canada is left in some runs"):
        simulate(load_text(text, "alone.toml"), 1, 0, 16)


def test_one_ally_alone_gives_finite_numbers():
    text = HEAD + 'extends = "baseline"\nend = 2025-12-31\n' + everyone_out()
    kept = text.replace("alliance.DEU.member = false\n", "")
    record = simulate(replace(load_text(kept, "one.toml"), end=date(2025, 12, 31)), 1, 0, 16)
    assert all(np.isfinite(values).all() for values in record.values())


def test_a_key_that_is_reported_only_is_told_so_where_inputs_are_listed():
    plain = load_text(HEAD + 'extends = "baseline"\n', "a.toml")
    related = load_text(HEAD + 'extends = "baseline"\nsummits.related_pct_gdp = 1.2\n', "b.toml")
    (change,) = changed_inputs([plain, related], catalogue())
    assert change.meaning.endswith("(reported only)")
    variable = next(each for each in variables() if each.name == "related_target_pct_gdp")
    assert "reported only" in variable.long_name
