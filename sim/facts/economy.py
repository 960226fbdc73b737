"""Output, growth, debt and people of the members, Russia and Ukraine.

A day is answered from one edition of the IMF's World Economic Outlook, the newest complete one; figures that the IMF
updated since then for some countries (growth of some years) take the place of that edition's.
"""

from __future__ import annotations

from datetime import date
from typing import Literal, NamedTuple

from sim.facts.roster import members
from sim.facts.tables import Panel, panel, per_folder, read, require_years, visible

_IN_EACH_EDITION = 2010  # a complete edition tells the past as well


class EconomyRow(NamedTuple):
    """One country and year of one edition; ``gdp_lcu_bn`` in national currency, for actual years only."""

    member: str
    year: int
    gdp_busd: float | None
    gdp_lcu_bn: float | None
    real_growth_pct: float | None
    gross_debt_pct_gdp: float | None
    population_m: float | None
    phase: Literal["actual", "estimate", "projection"]
    vintage: str
    known_on: date
    stand_in: bool
    recalled: bool
    source: str


@per_folder
def _economy() -> tuple[EconomyRow, ...]:
    rows = read(EconomyRow, "economy.csv")
    codes = [*(member.code for member in members()), "RUS", "UKR"]
    require_years([(row.member, row.year) for row in rows], codes, range(2000, 2030), "economy.csv")
    return rows


@per_folder
def _of_edition(known: date) -> list[EconomyRow]:
    """Rows of the newest complete edition seen on the day, and of partial ones that came after it."""
    seen = visible(_economy(), known)
    complete = max((row.vintage for row in seen if row.year == _IN_EACH_EDITION), default="")
    return [row for row in seen if row.vintage >= complete]


def edition(known: date) -> str:
    """The edition of the World Economic Outlook that answers on the day, such as "2025-10"."""
    return min(row.vintage for row in _of_edition(known))


@per_folder
def _panel(known: date, column: str) -> Panel:
    return panel((row.member, row.year, getattr(row, column)) for row in _of_edition(known))


def gdp_busd(known: date) -> Panel:
    """GDP, USD bn at current prices and exchange rates: member, RUS or UKR -> year -> value.

    To October 2025: to 2023 World Bank, 2024 NATO's table of June 2024 (derived for LUX, RUS, UKR), from 2025 the
    IMF's growth at a constant real exchange rate, chained to 2024; years from 2024 on are known from 2024-10-01. From
    14 October 2025 on the IMF's own dollars, projections included.
    """
    return _panel(known, "gdp_busd")


def real_growth(known: date) -> Panel:
    """Growth of real GDP, % a year, IMF, with the IMF's updates for some members, shape as ``gdp_busd``."""
    return _panel(known, "real_growth_pct")


def gross_debt(known: date) -> Panel:
    """General government gross debt, % of GDP, IMF, same shape."""
    return _panel(known, "gross_debt_pct_gdp")


def population(known: date) -> Panel:
    """Population, millions, World Bank to 2024 (from October 2025 on the IMF), same shape as ``gdp_busd``."""
    return _panel(known, "population_m")


@per_folder
def exchange_rates(known: date) -> Panel:
    """National currency for one US dollar, mean of the year: GDP in the one over GDP in the other, actual years only.

    Same shape as ``gdp_busd``. A year counts as actual when the edition of the day says so.
    """
    return panel(
        (row.member, row.year, row.gdp_lcu_bn / row.gdp_busd)
        for row in _of_edition(known)
        if row.phase == "actual" and row.gdp_busd and row.gdp_lcu_bn
    )
