"""Output, growth, debt and people of the members, Russia and Ukraine."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Literal, NamedTuple

from sim.facts.roster import members
from sim.facts.tables import read, require_years, visible

Panel = dict[str, dict[int, float]]


class _EconomyRow(NamedTuple):
    member: str
    year: int
    gdp_busd: float | None
    real_growth_pct: float | None
    gross_debt_pct_gdp: float | None
    population_m: float | None
    phase: Literal["actual", "estimate", "projection"]
    vintage: Literal["2024-10"]
    known_on: date
    stand_in: bool
    recalled: bool
    source: str


@cache
def _economy() -> tuple[_EconomyRow, ...]:
    rows = read(_EconomyRow, "economy.csv")
    codes = [*(member.code for member in members()), "RUS", "UKR"]
    require_years([(row.member, row.year) for row in rows], codes, range(2000, 2030), "economy.csv")
    return rows


def _panel(known: date, column: str) -> Panel:
    panel: Panel = {}
    for row in visible(_economy(), known):
        value = getattr(row, column)
        if value is not None:
            panel.setdefault(row.member, {})[row.year] = value
    return panel


def gdp_busd(known: date) -> Panel:
    """GDP, USD bn at current prices and exchange rates: member, RUS or UKR -> year -> value.

    To 2023 World Bank, 2024 NATO's table of June 2024 (derived for LUX, RUS, UKR), from 2025 the IMF's growth at a
    constant real exchange rate, chained to 2024. Years from 2024 on are known from 2024-10-01.
    """
    return _panel(known, "gdp_busd")


def real_growth(known: date) -> Panel:
    """Growth of real GDP, % a year, IMF World Economic Outlook of October 2024, same shape as ``gdp_busd``."""
    return _panel(known, "real_growth_pct")


def gross_debt(known: date) -> Panel:
    """General government gross debt, % of GDP, IMF World Economic Outlook of October 2024, same shape."""
    return _panel(known, "gross_debt_pct_gdp")


def population(known: date) -> Panel:
    """Population, millions, World Bank, to 2024, same shape as ``gdp_busd``."""
    return _panel(known, "population_m")
