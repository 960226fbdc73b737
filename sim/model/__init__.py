"""The alliance, one file per system. Rules are pure NumPy functions; SimPy decides when they apply."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sim import facts
from sim.model.engine import Axis, Numbers, Variable
from sim.model.engine import simulation as _simulation
from sim.model.engine.draws import Draw
from sim.model.engine.streams import Memory, Seed
from sim.model.engine.variables import CONSTANT_PRICES, RENAMED, Axes
from sim.model.extensions import register, registry, unregister
from sim.scenario import Catalogue, Given, Scenario

DEFAULT_START = date(2024, 10, 1)
DEFAULT_END = date(2029, 12, 31)
LAST_FORECAST, LAST_CALENDAR = 2030, 2032  # of the newest growth forecasts, and of the newest calendars of elections
LATE_START, LATE_END = date(2025, 1, 2), date(2032, 12, 31)  # starts that see facts of 2025 run to 2032 by default


def catalogue() -> Catalogue:
    """Every parameter of the model."""
    return registry().catalogue


def facts_layer(start: date) -> Mapping[str, Given]:
    """Values that follow from what was known at ``start``: the layer between the defaults and the scenario's files."""
    return registry().facts_layer(start)


def variables() -> tuple[Variable, ...]:
    """Every recorded variable, yearly ones first."""
    return registry().variables


def dated(recorded: Iterable[Variable], start: date) -> tuple[Variable, ...]:
    """The variables as a run from ``start`` records them, with the constant prices of its NATO edition."""
    base = f"{facts.price_base(start)} {CONSTANT_PRICES.removeprefix('constant ')}"
    return tuple(
        replace(variable, price_basis=base) if variable.price_basis == CONSTANT_PRICES else variable
        for variable in recorded
    )


def default_end(start: date) -> date:
    """The last day of a scenario from ``start`` that sets none."""
    return DEFAULT_END if start < LATE_START else LATE_END


def axes(scenario: Scenario) -> Axes:
    """The axes of a scenario's results."""
    return _simulation.axes(registry(), scenario)


def simulate(
    scenario: Scenario,
    seed: Seed,
    first: int,
    count: int,
    *,
    central: bool = False,
    only: Collection[str] | None = None,
    memory: Memory | None = None,
    draws: bool = False,
    groups_only: bool = False,
) -> dict[str, Numbers]:
    """Runs ``first`` to ``first + count - 1`` of an ensemble.

    Returns variable -> float32 array (time, runs) or (time, entity, runs). ``central`` puts every parameter at its
    median. ``seed`` is a number, or a function as `Streams` takes it. ``only`` names the variables to record, None for
    all. ``memory``, a dict that starts empty, keeps the draws of one seed and range of runs (some 25 MB per 1,000
    runs), so that other scenarios of them are simulated faster, with the same numbers. With ``draws`` the values
    hold what runs drew after the first day too, ``(1, runs)`` by the names that `later_draws` gives. With
    ``groups_only`` variables that keep the runs of groups only, such as aid, are recorded for these alone. Raises
    FaultError if a value is not a number.
    """
    return _simulation.run_block(
        registry(),
        scenario,
        seed,
        first,
        count,
        central=central,
        only=only,
        memory=memory,
        draws=draws,
        groups_only=groups_only,
    )[0]


def later_draws(scenario: Scenario) -> tuple[Draw, ...]:
    """What the runs of a scenario draw after their first day, where `simulate` is asked for it."""
    return registry().draws_in(scenario, axes(scenario))


def run_block(
    scenario: Scenario,
    seed: int,
    first: int,
    count: int,
    *,
    central: bool = False,
    explaining: bool = False,
    draws: bool = False,
) -> tuple[dict[str, Numbers], dict[str, Any]]:
    """``simulate``, with the systems as they stand at the end, by name."""
    return _simulation.run_block(
        registry(), scenario, seed, first, count, central=central, explaining=explaining, draws=draws
    )


__all__ = [
    "DEFAULT_END",
    "DEFAULT_START",
    "LAST_CALENDAR",
    "LAST_FORECAST",
    "LATE_START",
    "RENAMED",
    "Axes",
    "Axis",
    "Variable",
    "axes",
    "catalogue",
    "dated",
    "default_end",
    "facts_layer",
    "later_draws",
    "register",
    "registry",
    "run_block",
    "simulate",
    "unregister",
    "variables",
]
