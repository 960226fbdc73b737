"""What parameters declare about when they are read is true of every key."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from sim.model import axes, catalogue
from sim.model.systems.roster import WITH_FORCES
from sim.scenario import Choice, Dated, Flag, Number, Parameter, fixed
from sim.scenario.days import election_day

from .conftest import START, differing, event, run, scenario

CHANGED = date(2026, 5, 25)
LAST = date(2027, 12, 31)
# Where a key acts only beside others: what these are, and the two values between which it steps.
BESIDE = {
    "budgets.deadline": {"summits.deadline_year": 2026, "summits.target_pct_gdp": 4},
    "budgets.troops_pp": {"us.troops.thousand": 20},
    "summits.compliance": {"summits.adopt_on": date(2025, 1, 31), "summits.new_target_pct_gdp": 5},
    "members.*.compliance": {"summits.adopt_on": date(2025, 1, 31), "summits.new_target_pct_gdp": 5},
    "budgets.path_keeping": {"summits.adopt_on": date(2025, 1, 31), "summits.new_target_pct_gdp": 5},
    "budgets.path_debt": {"summits.adopt_on": date(2025, 1, 31), "summits.new_target_pct_gdp": 5},
    "budgets.path_exposure": {"summits.adopt_on": date(2025, 1, 31), "summits.new_target_pct_gdp": 5},
    "budgets.pressure_jump_probability": {"us.pressure.level": 1, "summits.target_pct_gdp": 4},
}
STEPS = {"budgets.war_ceiling_pct_gdp": (3.0, 9.0), "members.*.floor_pct_gdp": (3.0, 4.0)}


def declared(read: str) -> list[Parameter]:
    return [parameter for parameter in catalogue() if parameter.read == read]


def own(parameter: Parameter) -> str:
    """A key of the parameter, Germany's where it has one for each member."""
    return next((key for key in parameter.expanded() if ".DEU." in key), parameter.expanded()[0])


def steps(parameter: Parameter) -> tuple[float, float]:
    assert isinstance(parameter.domain, Number)
    low = max(parameter.domain.low, min(0.5, parameter.domain.high / 2))
    return STEPS.get(parameter.key, (low, min(parameter.domain.high, max(2 * low, 1.0))))


def stepped(parameter: Parameter) -> tuple[Dated, Dated]:
    """A step within 2026, and in its place a step at each end of that year, to its mean and on."""
    low, high = steps(parameter)
    part = (date(2027, 1, 1) - CHANGED).days / 365
    whole = ((START, low), (date(2026, 1, 1), low + (high - low) * part), (date(2027, 1, 1), high))
    return dated((START, low), (CHANGED, high)), dated(*whole)


def dated(*points: tuple[date, float]) -> Dated:
    return Dated(tuple((day, fixed(value)) for day, value in points), "step")


BY_YEAR = declared("by the calendar year")


@pytest.mark.parametrize("parameter", BY_YEAR, ids=lambda each: each.key)
def test_a_key_read_by_the_calendar_year_acts_as_its_mean_over_the_days(parameter):
    key, beside = own(parameter), BESIDE.get(parameter.key, {})
    within, mean = stepped(parameter)
    by_days = run(scenario({**beside, key: within}, end=LAST))
    by_mean = run(scenario({**beside, key: mean}, end=LAST))
    for name, table in by_days.items():
        np.testing.assert_allclose(table, by_mean[name], rtol=1e-4, atol=1e-5, err_msg=name)
    assert differing(by_days, run(scenario({**beside, key: steps(parameter)[0]}, end=LAST)))


@pytest.mark.parametrize("parameter", BY_YEAR, ids=lambda each: each.key)
def test_an_event_on_a_key_read_by_the_calendar_year_acts_as_a_step_on_its_day(parameter):
    """So every system that has reckoned a year already knows of the key and reckons the year again."""
    key, beside, (low, high) = own(parameter), BESIDE.get(parameter.key, {}), steps(parameter)
    new_year = date(2026, 1, 1)
    by_event = run(scenario({**beside, key: low}, event(new_year, {key: high}), end=LAST))
    by_step = run(scenario({**beside, key: dated((START, low), (new_year, high))}, end=LAST))
    assert differing(by_event, by_step) == []
    plain, years = run(scenario({**beside, key: low}, end=LAST)), axes(scenario(end=LAST)).years
    moved = differing(by_event, plain)
    assert moved
    before = [row for row, end in enumerate(years) if end < new_year]
    for name in moved:
        if len(plain[name]) == len(years):
            np.testing.assert_array_equal(by_event[name][before], plain[name][before])


def ends(parameter: Parameter, which: int) -> object:
    """An end of what a parameter can be."""
    domain = parameter.domain
    if isinstance(domain, Number):
        return (max(domain.low, -1e3), min(domain.high, 1e3))[which]
    assert isinstance(domain, Flag | Choice)
    return (True, False)[which] if isinstance(domain, Flag) else (domain.options[0], domain.options[-1])[which]


@pytest.mark.parametrize("which", [0, 1])
def test_a_key_read_at_the_ends_of_months_does_not_act_from_the_second_day_of_a_month_to_the_last_but_one(
    which, baseline
):
    sets = {key: ends(each, which) for each in declared("at the ends of months") for key in each.expanded()}
    days = [date(2024 + number // 12, number % 12 + 1, 2) for number in range(9, 25)]
    within = [event(day, sets, name=str(day), until=last_of(day)) for day in days]
    assert differing(run(scenario(None, *within)), baseline) == []
    over_the_end = [event(day, sets, name=str(day), until=last_of(day) + timedelta(1)) for day in days]
    assert differing(run(scenario(None, *over_the_end)), baseline)


def last_of(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1) - timedelta(1)


@pytest.mark.parametrize("parameter", declared("in the election of its year"), ids=lambda each: each.key)
def test_a_key_of_an_election_acts_until_its_day_and_not_after(parameter):
    key = next(key for key in parameter.expanded() if catalogue().election_of(key) in (2024, 2026, 2028))
    year = catalogue().election_of(key)
    assert year is not None
    held, end = election_day(year), date(year + 1, 2, 28)
    plain = run(scenario(end=end))
    for which in (0, -1):
        value = 1.0 if isinstance(parameter.domain, Number) else parameter.domain.options[which]
        late = scenario(None, event(held + timedelta(1), {key: value}), end=end)
        assert differing(run(late), plain) == []
    in_time = scenario(None, event(held - timedelta(1), {key: value}), end=end)
    assert differing(run(in_time), plain)


def test_the_key_read_as_membership_takes_the_ally_it_names_out_of_the_alliance(baseline):
    (parameter,) = declared("as membership")
    key = parameter.key.replace("*", WITH_FORCES[5])
    values = run(scenario(None, event(date(2025, 6, 1), {key: False})))
    assert (values["members_total"][-1] == baseline["members_total"][-1] - 1).all()


def test_what_is_read_on_the_first_day_only_declares_no_other_day():
    assert [each.key for each in catalogue() if each.at_start and each.read] == []
