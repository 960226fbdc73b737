"""A toy alliance with known effects, so that what the analysis reports can be held against the truth."""

from __future__ import annotations

import dataclasses
import datetime as dt
from types import SimpleNamespace

import numpy as np
import pytest

from sim.model.variables import VARIABLES
from sim.scenario.domains import Number
from sim.scenario.parameter import Catalogue, Parameter
from sim.scenario.scenario import Event, Given, Origin, Scenario
from sim.scenario.values import fixed

START, END = dt.date(2024, 10, 1), dt.date(2026, 12, 31)
KEYS = ("budgets.push", "budgets.drag", "us.pull", "us.idle", "war.pair", "war.twin", "aid.extra", "aid.more")
USED = (
    "us_commitment",
    "europe_canada_share_pct_gdp",
    "ceasefire",
    "republican_president",
    "us_posture",
    "military_aid_allocated_beur",
    "defence_share_pct_gdp",
)
TOY_VARIABLES = tuple(one for one in VARIABLES if one.name in USED)
MEMBERS, DONORS = ("CAN", "POL"), ("USA", "EUR", "OTHER", "ALL")


def months(scenario):
    ends = np.arange(np.datetime64(scenario.start, "M"), np.datetime64(scenario.end, "M") + 1) + 1
    return tuple((ends.astype("datetime64[D]") - 1).tolist())


def years(scenario):
    ends = [dt.date(year, 12, 31) for year in range(scenario.start.year, scenario.end.year + 1)]
    return tuple(min(day, scenario.end) for day in ends)


def simulate(scenario, seed, runs):
    """level = 2 + push - drag + pull * shock + pair * twin + extra + more, each from its date on."""
    draws = np.random.default_rng(seed).normal(size=(runs, 4))

    def given(key, day):
        number = scenario.values[key].value.central() if key in scenario.values else 0.0
        for event in scenario.events:
            if event.date <= day and (event.until is None or day < event.until) and key in dict(event.sets):
                number = dict(event.sets)[key].central()
        return number

    def level(day):
        push = given("budgets.push", day) - given("budgets.drag", day)
        push += given("us.pull", day) * draws[:, 0] + given("war.pair", day) * given("war.twin", day)
        return 2.0 + draws[:, 1] + push + given("aid.extra", day) + given("aid.more", day)

    monthly = np.array([level(day) for day in months(scenario)], np.float32)
    yearly = np.array([level(day) for day in years(scenario)], np.float32)
    truce = np.array([draws[:, 2] + given("war.twin", day) > 1 for day in months(scenario)], np.float32)
    won = np.array([(draws[:, 3] > 0) & (day >= dt.date(2025, 1, 20)) for day in months(scenario)], np.float32)
    return {
        "us_commitment": monthly,
        "europe_canada_share_pct_gdp": yearly,
        "ceasefire": truce,
        "republican_president": won,
        "us_posture": np.where(won > 0, 2, 0).astype(np.float32),
        "military_aid_allocated_beur": np.repeat(monthly[:, None], len(DONORS), axis=1),
        "defence_share_pct_gdp": np.stack([yearly, yearly + 1], axis=1),
    }


class Result:
    """A finished ensemble of the toy model; ``data`` may be changed by a test."""

    def __init__(self, scenario, runs=200, seed=1, **manifest):
        self.scenario, self.seed, self.runs = scenario, seed, runs
        self.manifest = {"facts": "f" * 64, "version": "0.1.0", **manifest}
        self.data = simulate(scenario, seed, runs)

    def dates(self, variable):
        every = next(one.every for one in VARIABLES if one.name == variable)
        return np.array((years if every == "year" else months)(self.scenario), "datetime64[D]")

    def values(self, variable, entity=None):
        data = self.data[variable]
        if data.ndim == 3:
            data = data[:, (DONORS if variable.startswith("military") else MEMBERS).index(entity)]
        return data


def scenario(name="baseline", events=(), start=START, end=END, **numbers):
    """A toy scenario; in the names of ``numbers`` a dot is written as two underscores."""
    values = {key: Given(fixed(0.0), Origin("default")) for key in KEYS}
    origin = Origin("file", f"{name}.toml", 3, 1)
    values |= {key.replace("__", "."): Given(fixed(number), origin) for key, number in numbers.items()}
    return Scenario(name, name, "", ("a study",), start, end, values, tuple(events), (f"{name}.toml",))


def event(day, until, name, probability=1.0, **numbers):
    sets = tuple((key.replace("__", "."), fixed(number)) for key, number in numbers.items())
    return Event(day, until, name, sets, probability, Origin("file", "events.toml", 9, 1))


CATALOGUE = Catalogue(
    Parameter(
        key=key, meaning=f"meaning of {key}", unit="points", kind="assumption" if "us." in key else "estimated",
        default=fixed(0.0), source="literature 9.2", domain=Number(-100, 100), depends_on=key.startswith("us."),
    )
    for key in KEYS
)  # fmt: skip


@pytest.fixture
def toy():
    return SimpleNamespace(
        scenario=scenario,
        event=event,
        Result=Result,
        variables=TOY_VARIABLES,
        catalogue=CATALOGUE,
        keys=KEYS,
        simulate=simulate,
        replace=dataclasses.replace,
    )


@pytest.fixture
def compare(toy):
    """``compare`` on the toy's catalogue and variables."""
    from sim.analysis import compare

    def on_toy(results, *args, **options):
        return compare(results, *args, catalogue=toy.catalogue, variables=toy.variables, **options)

    return on_toy
