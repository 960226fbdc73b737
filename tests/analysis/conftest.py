"""Scenarios and finished ensembles of the toy alliance."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest

from sim.ensemble import source
from sim.model import variables
from sim.scenario.domain import Number
from sim.scenario.parameter import Catalogue, Parameter
from sim.scenario.scenario import Event, Given, Origin, Scenario
from sim.scenario.values import fixed
from tests.analysis import toy_model
from tests.analysis.toy_model import DONORS, END, KEYS, MEMBERS, START, months, years


class Result:
    """A finished ensemble of the toy model; ``data`` may be changed by a test."""

    def __init__(self, scenario, runs=200, seed=1, **manifest):
        self.scenario, self.seed, self.runs = scenario, seed, runs
        self.manifest = {"facts": "f" * 64, "version": "0.1.0", **manifest}
        self.data = toy_model.simulate(scenario, seed, 0, runs)
        self.variables = {variable.name: variable for variable in variables()}

    def dates(self, variable):
        every = next(one.every for one in variables() if one.name == variable)
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
        sweep="-1 to 1",
    )
    for key in KEYS
)  # fmt: skip


@pytest.fixture
def toy():
    return SimpleNamespace(
        scenario=scenario,
        event=event,
        Result=Result,
        variables=toy_model.TOY,
        catalogue=CATALOGUE,
        keys=KEYS,
        simulate=lambda scenario, seed, runs: toy_model.simulate(scenario, seed, 0, runs),
        replace=dataclasses.replace,
    )


@pytest.fixture
def compare(toy):
    """``compare`` on the toy's catalogue and variables."""
    from sim.analysis import compare
    from sim.analysis.outcomes import chosen_outcomes, headline

    def on_toy(results, *args, outcomes=(), **options):
        chosen = chosen_outcomes(outcomes, toy.variables) or headline(toy.variables)
        return compare(results, *args, outcomes=chosen, catalogue=toy.catalogue, variables=toy.variables, **options)

    return on_toy


@pytest.fixture
def toy_ensembles(monkeypatch):
    """The ensemble room on the toy model, in this process."""
    monkeypatch.setattr(source, "MODEL", "tests.analysis.toy_model")
    monkeypatch.setattr(source, "FACTS", "tests.analysis.toy_model")
