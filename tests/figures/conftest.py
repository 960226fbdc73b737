"""A result made of plain formulas, so that figures are tested without the model."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pytest

from sim import facts
from sim.errors import InputError
from sim.model import Variable, variables

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
GROUPS = ("USA", "EUR", "OTHER", "ALL")
# Where each variable starts, its drift a year and the spread after a year.
PATHS = {
    "defence_share_pct_gdp": (1.9, 0.08, 0.18),
    "defence_spending_busd_constant": (15.0, 0.8, 1.0),
    "equipment_share_pct": (30.0, 1.0, 3.0),
    "members_total": (32.0, 0.0, 0.0),
    "members_at_2pct": (23.0, 1.1, 1.6),
    "members_at_3_5pct": (1.0, 0.4, 0.8),
    "members_at_target": (23.0, 1.1, 1.6),
    "europe_canada_share_pct_gdp": (2.02, 0.03, 0.15),
    "europe_canada_spending_busd_current": (507.0, 22.0, 20.0),
    "us_share_of_nato_pct": (65.0, -0.7, 1.0),
    "target_pct_gdp": (2.0, 0.0, 0.0),
    "russian_military_share_pct_gdp": (7.0, -0.1, 0.6),
    "us_commitment": (0.8, -0.03, 0.09),
    "us_troops_europe_thousand": (100.0, -3.0, 5.0),
    "threat": (1.8, -0.05, 0.15),
    "aid_committed_beur": (120.0, 25.0, 9.0),
    "aid_allocated_beur": (100.0, 20.0, 7.0),
    "aid_delivered_beur": (80.0, 18.0, 7.0),
    "military_aid_allocated_beur": (50.0, 12.0, 5.0),
    "russian_controlled_km2": (113700.0, 1500.0, 1600.0),
    "net_gain_km2": (300.0, -20.0, 160.0),
    "kursk_held_km2": (780.0, -400.0, 120.0),
    "russian_casualties_thousand": (650.0, 330.0, 60.0),
    "ukrainian_casualties_thousand": (400.0, 180.0, 50.0),
    "russian_intake_thousand": (30.0, -0.5, 3.0),
    "ukrainian_intake_thousand": (22.0, -0.5, 3.0),
    "resource_ratio": (1.5, 0.05, 0.2),
    "war_day": (952.0, 365.25, 0.0),
}


@dataclass(frozen=True)
class Story:
    """The parts of a scenario that figures read."""

    name: str = "baseline"
    title: str = "Election as forecast on 1 October 2024"
    start: date = date(2024, 10, 1)
    end: date = date(2029, 12, 31)
    hash: str = "5f" * 32
    groups: dict[str, tuple[str, ...]] = field(default_factory=dict, hash=False)


@dataclass(eq=False)
class Formula:
    """Reads like a Result; ``spread`` 0 makes all runs equal, ``kept`` False drops single runs."""

    scenario: Story = field(default_factory=Story)
    runs: int = 200
    seed: int = 1
    spread: float = 1.0
    kept: bool = True
    shift: float = 0.0
    manifest: dict = field(
        default_factory=lambda: {"version": "0.1.0", "facts": "ab" * 32, "command": "alliance run baseline.toml"}
    )

    @property
    def variables(self) -> dict[str, Variable]:
        return {variable.name: variable for variable in variables()}

    def variable(self, name: str) -> Variable:
        for variable in variables():
            if variable.name == name:
                return variable
        raise InputError(f"no variable {name!r}")

    def entities(self, variable: str) -> tuple[str, ...]:
        found = self.variable(variable)
        if found.labels:
            return found.labels
        if found.entity == "member":
            return tuple(member.code for member in facts.members() if member.has_forces)
        if found.entity == "donor":
            return (*(donor.code for donor in facts.donors()), "EUR", "OTHER", "ALL")
        return ()

    def dates(self, variable: str) -> np.ndarray:
        start, end = np.datetime64(self.scenario.start, "D"), np.datetime64(self.scenario.end, "D")
        step = "Y" if self.variable(variable).every == "year" else "M"
        periods = np.arange(start.astype(f"datetime64[{step}]"), end.astype(f"datetime64[{step}]") + 1)
        ends = (periods + 1).astype("datetime64[D]") - np.timedelta64(1, "D")
        return ends[ends <= end]

    def values(self, variable: str, entity: str | None = None) -> np.ndarray:
        found = self.variable(variable)
        if not self.kept or (found.entity == "donor" and entity not in GROUPS):
            raise InputError(f"{variable}: single runs were not kept")
        return self._values(found, entity)

    def quantiles(self, variable: str, entity: str | None = None) -> np.ndarray:
        values = self._values(self.variable(variable), entity)
        return np.quantile(values, LEVELS, axis=1).T.astype(np.float32)

    def mean(self, variable: str, entity: str | None = None) -> np.ndarray:
        found = self.variable(variable)
        values = self._values(found, None if found.labels else entity)
        if found.labels and entity is not None:
            values = values == found.labels.index(entity)
        return values.mean(axis=1).astype(np.float32)

    def _values(self, variable: Variable, entity: str | None) -> np.ndarray:
        dates = self.dates(variable.name)
        years = (dates - np.datetime64(self.scenario.start, "D")).astype(float)[:, None] / 365.25
        rank = (np.arange(self.runs)[None] + 0.5) / self.runs
        # Runs in a fixed scrambled order, so that different variables do not move together run by run.
        salt = sum(map(ord, variable.name + (entity or "")))
        order = (np.arange(self.runs) * (2 * salt + 1) + salt) % self.runs if self.runs > 1 else np.array([0])
        tilt = (2 * rank[:, order] - 1) * self.spread if self.runs > 1 else np.zeros((1, 1))
        if variable.flag:
            return (tilt + 1 < np.minimum(1.0, 0.2 * years) + np.zeros_like(years)).astype(np.float32)
        if variable.labels:
            index = np.floor((tilt + 1) / 2 * 3 * np.minimum(1.0, years / 2)).astype(int)
            return np.clip(index + (1 if len(variable.labels) > 3 else 0), 0, len(variable.labels) - 1).astype(
                np.float32
            )
        base, drift, spread = PATHS[variable.name]
        size = 1.0
        if variable.entity == "member" and entity:
            size = 0.7 + 0.4 * (salt % 7) / 3
        if variable.entity == "donor" and entity:
            size = {"USA": 0.85, "EUR": 1.17, "OTHER": 0.2, "ALL": 2.2}.get(entity, 0.05)
        values = size * (base + drift * years) + spread * tilt * np.sqrt(np.maximum(years, 0)) + self.shift * years
        if variable.unit == "members":
            values = np.clip(np.round(values), 0, 32)
        return values.astype(np.float32)


@pytest.fixture(scope="session")
def result() -> Formula:
    return Formula()
