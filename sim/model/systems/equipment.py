"""The share of defence expenditure that goes to equipment: persistent, and raised by new money.

    share' = level + persistence (share - level) + new money * rise of spending + noise,    0 to 100%

Source: NATO June 2024 release, tables 3 and 8a, least squares over 31 members 2022-24.
"""

from __future__ import annotations

from datetime import date

import numpy as np

from sim import facts
from sim.facts.tables import per_folder
from sim.model.engine import Engine, Numbers, State, System, Variable, by_year, estimated, single, within
from sim.model.systems.budgets.budgets import Budgets, share_states
from sim.model.systems.roster import PLACES, WITH_FORCES
from sim.scenario import Number, normal

_PANEL = "NATO June 2024 release, tables 3 and 8a: least squares over 31 members, 2022-24"

PARAMETERS = by_year(
    estimated("equipment.persistence", "share", normal(0.75, 0.07, low=0.0, high=1.0), Number(0.0, 1.0),
        "part of its distance to the alliance's level that a member's equipment share keeps from year to year",
        _PANEL, moves=("equipment_share_pct",)),
    estimated("equipment.level_pct", "% of defence expenditure", normal(29.4, 4.0, low=5.0),
        Number(0.0, 100.0, percent=False),
        "level that equipment shares settle at",
        _PANEL, raises=("equipment_share_pct",)),
    estimated("equipment.new_money", "points of the share per point of GDP", normal(11.6, 2.0),
        Number(-100.0, 100.0, percent=False),
        "rise of the equipment share for each point of GDP that spending rises in the year",
        _PANEL + "; 24.8 (1.4) in 2015-21", raises=("equipment_share_pct",)),
    estimated("equipment.noise_pct", "sd, points of the share", normal(5.5, 0.5, low=0.0),
        Number(0.0, 50.0, percent=False),
        "yearly noise of a member's equipment share",
        _PANEL, raises=("spread of equipment_share_pct",)),
)  # fmt: skip


_reported = per_folder(facts.equipment_shares)  # the same for every block


class Equipment:
    """Equipment shares by year, % of defence expenditure, ``(members, runs)``; computed when a year is asked for."""

    def __init__(self, engine: Engine, budgets: Budgets) -> None:
        self._engine, self._budgets = engine, budgets
        known = _reported(engine.start)
        self._last = max(max(series) for series in known.values())
        values = [[known[code].get(self._last, known[code][max(known[code])])] for code in WITH_FORCES]
        self._years = {self._last: engine.fill(np.array(values, np.float32))}

    def on(self, day: date) -> Numbers:
        """Equipment shares of the year of a day; money of funds is spent on equipment alone."""
        lasting, fund = self.of_year(day.year), self._budgets.on_top.funds(day.year)
        if fund is None:
            return lasting
        spent = self._budgets.of_year(day.year)
        part = np.minimum(fund / spent, 1)
        return single((1 - part) * lasting + 100 * part)

    def of_year(self, year: int) -> Numbers:
        """Equipment shares of ``year`` in what members spend without funds."""
        year = max(year, self._last)
        if year not in self._years:
            self._years[year] = self._next(year)
        return self._years[year]

    def _next(self, year: int) -> Numbers:
        settings = self._engine.settings
        before = self.of_year(year - 1)
        change = self._budgets.lasting(year) - self._budgets.lasting(year - 1)
        # The draws are those of the budgets' stream: equipment was once part of that system, and numbers stay.
        luck = self._engine.streams.students("budgets", year, [PLACES[code] for code in WITH_FORCES], 5.0, purpose=3)
        return next_equipment(
            before,
            settings.mean_of_year("equipment.level_pct", year),
            settings.mean_of_year("equipment.persistence", year),
            settings.mean_of_year("equipment.new_money", year) * change,
            settings.mean_of_year("equipment.noise_pct", year) * luck,
        )


def next_equipment(before: Numbers, level: Numbers, kept: Numbers, new_money: Numbers, noise: Numbers) -> Numbers:
    """Equipment share of the next year, in [0, 100] %: level + kept (before - level) + new money + noise."""
    return single(within(level + kept * (before - level) + new_money + noise, 0, 100))


SYSTEM = System(
    name="equipment",
    title="equipment share",
    build=Equipment,
    reads=("budgets",),
    parameters=PARAMETERS,
    variables=(
        Variable(
            "equipment_share_pct", "Equipment share of defence expenditure", "% of defence expenditure", "year",
            "member", together="mean", weight="defence_spending_busd_constant",
            read="on", states=lambda member: (*share_states(member), "equipment"),
        ),
    ),
    states={
        "equipment": State(about="the equipment part of budgets",
            keys=tuple(parameter.key for parameter in PARAMETERS), tables=("defence",)),
    },
)  # fmt: skip
