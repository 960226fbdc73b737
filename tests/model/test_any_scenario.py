"""Scenarios drawn at random over every key and its whole domain: they run, keep the bounds, and keep the guarantees."""

from __future__ import annotations

import random
from datetime import date, timedelta

import numpy as np
import pytest

from sim.model import axes, catalogue, registry
from sim.model.systems.war.war import UKRAINE_KM2
from sim.scenario import Choice, Dated, Day, Flag, Number, Text, fixed, uniform
from sim.scenario.domain import Codes, Rows
from sim.scenario.values import Row, Table

from .conftest import differing, event, register_in, run, scenario

STARTS = [date(2014, 1, 1), date(2022, 1, 1), date(2022, 3, 15), date(2023, 9, 1), date(2024, 10, 1), date(2025, 1, 1)]
CHANGES_WITH_TIME = date(2025, 6, 1)


def numbers(domain: Number, luck: random.Random):
    low, high = domain.low, domain.high
    if domain.integer:
        return fixed(float(luck.randint(int(low), int(high))))
    kind = luck.randrange(5)
    if kind < 3:
        return fixed((low, high, luck.uniform(low, high))[kind])
    one, other = sorted((luck.uniform(low, high), luck.uniform(low, high)))
    if kind == 3:
        return uniform(one, other)
    points = ((date(2020, 1, 1), uniform(low, one)), (CHANGES_WITH_TIME, fixed(other)))
    return Dated(points, luck.choice(("step", "linear")))


def anything(domain, luck: random.Random):
    """Any value that the domain allows."""
    if isinstance(domain, Number):
        return numbers(domain, luck)
    if isinstance(domain, Flag):
        return luck.random() < 0.5
    if isinstance(domain, Choice):
        return luck.choice(domain.options)
    if isinstance(domain, Rows):
        rows = [Row(tuple((column.name, cell(column.domain, luck)) for column in domain.columns)) for _ in range(3)]
        return Table(tuple(rows))
    assert isinstance(domain, (Day, Text))
    return date(2024, 1, 1) + timedelta(days=luck.randrange(900))


def cell(domain, luck: random.Random):
    """Any cell that a column allows."""
    if isinstance(domain, Number):
        low, high = domain.low, domain.high
        return float(luck.randint(int(low), int(high))) if domain.integer else luck.uniform(low, high)
    if isinstance(domain, Codes):
        return tuple(luck.sample(domain.codes, 2))
    return f"row {luck.randrange(1000)}" if isinstance(domain, Text) else anything(domain, luck)


KEYS = [(key, parameter.domain) for parameter in catalogue() for key in parameter.expanded()]
EVENT_KEYS = [(key, domain) for key, domain in KEYS if not isinstance(domain, (Day, Rows))]


def some(keys, count: int, luck: random.Random):
    return {key: anything(domain, luck) for key, domain in luck.sample(keys, count)}


def bounds(values) -> list[str]:
    """What does not hold."""
    told = {
        "delivered at most allocated": values["aid_delivered_beur"] <= values["aid_allocated_beur"],
        "allocated at most committed": values["aid_allocated_beur"] <= values["aid_committed_beur"],
        "military at most all": values["military_aid_allocated_beur"] <= values["aid_allocated_beur"],
        "sums never fall": np.diff(values["aid_delivered_beur"], axis=0) >= 0,
        "losses never fall": np.diff(values["russian_casualties_thousand"], axis=0) >= 0,
        "area": (values["russian_controlled_km2"] >= 0) & (values["russian_controlled_km2"] <= UKRAINE_KM2),
        "salient": values["kursk_held_km2"] >= 0,
        "shares": values["defence_share_pct_gdp"] >= np.float32(0.2),
        "credibility": (values["us_commitment"] >= 0) & (values["us_commitment"] <= 1),
        "troops": values["us_troops_europe_thousand"] >= 0,
        "ratio": values["resource_ratio"] > 0,
        "spending": values["defence_spending_busd_constant"] > 0,
    }
    return [name for name, holds in told.items() if not holds.all()]


@pytest.mark.parametrize("seed", range(16))
def test_any_scenario_runs_and_keeps_its_bounds_and_its_runs(seed, monkeypatch):
    luck = random.Random(seed)  # a random scenario, not a random run
    start = luck.choice(STARTS)
    end = start + timedelta(days=luck.randrange(400, 1000))
    day = start + timedelta(days=luck.randrange(1, 390))
    happens = event(day, some(EVENT_KEYS, 4, luck), until=luck.choice((None, day + timedelta(days=5))), chance=0.5)
    made = scenario(some(KEYS, luck.choice((3, 40)), luck), happens, start=start, end=end)
    values = run(made, 0, 24)
    assert bounds(values) == []
    phases = registry().phases
    register_in(luck.sample(range(len(phases)), len(phases)), monkeypatch)
    part = run(made, 5, 19)
    assert differing({name: told[..., 5:].copy() for name, told in values.items()}, part) == []


@pytest.mark.parametrize("seed", range(8))
def test_any_event_leaves_the_months_before_it_alone(seed):
    luck = random.Random(1000 + seed)
    start = luck.choice(STARTS)
    end, day = start + timedelta(days=700), start + timedelta(days=luck.randrange(60, 650))
    plain = scenario(start=start, end=end)
    changed = run(scenario(None, event(day, some(EVENT_KEYS, 6, luck)), start=start, end=end))
    points = axes(plain)
    before = {len(points.months): sum(month < day for month in points.months)}
    before[len(points.years)] = sum(year < day for year in points.years)
    for name, values in run(plain).items():
        count = before[len(values)]
        assert values[:count].tobytes() == changed[name][:count].tobytes(), name
