"""Defence expenditure: NATO's definition and SIPRI's. The two are never mixed in one accessor."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Literal, NamedTuple

from sim.facts.roster import members
from sim.facts.tables import as_day, read, require_years, visible

Panel = dict[str, dict[int, float]]
AGGREGATES = ("NATO_EUR_CAN", "NATO_TOTAL")
FIRST_YEAR, LAST_YEAR = 2014, 2024


class DefenceRow(NamedTuple):
    """One member and year in one of NATO's releases."""

    member: str
    year: int
    share_pct_gdp: float
    spending_busd_2015: float | None
    spending_busd_current: float | None
    equipment_share_pct: float | None
    estimate: bool
    vintage: Literal["2023-07-07", "2024-03-14", "2024-06-17"]
    known_on: date
    stand_in: bool
    recalled: bool
    source: str


class _AggregateRow(NamedTuple):
    aggregate: Literal["NATO_EUR_CAN", "NATO_TOTAL"]
    year: int
    share_pct_gdp: float
    spending_busd_2015: float
    spending_busd_current: float
    estimate: bool
    vintage: Literal["2024-06-17"]
    known_on: date
    stand_in: bool
    recalled: bool
    source: str


class _MilexRow(NamedTuple):
    member: str
    year: int
    share_pct_gdp: float
    estimate: bool
    vintage: Literal["2023-12", "2025-04"]
    known_on: date
    stand_in: bool
    recalled: bool
    source: str


@cache
def _defence() -> tuple[DefenceRow, ...]:
    rows = read(DefenceRow, "defence.csv")
    forces = [member.code for member in members() if member.has_forces]
    years = range(FIRST_YEAR, LAST_YEAR + 1)
    require_years([(row.member, row.year) for row in rows], forces, years, "defence.csv")
    return rows


@cache
def _aggregates() -> tuple[_AggregateRow, ...]:
    rows = read(_AggregateRow, "aggregates.csv")
    years = range(FIRST_YEAR, LAST_YEAR + 1)
    require_years([(row.aggregate, row.year) for row in rows], AGGREGATES, years, "aggregates.csv")
    return rows


def _panel(known: date, column: str) -> Panel:
    panel: Panel = {}
    for row in visible(_defence(), known):
        value = getattr(row, column)
        if value is not None:
            panel.setdefault(row.member, {})[row.year] = value
    return panel


def defence_shares(known: date) -> Panel:
    """Defence expenditure, % of GDP, NATO definition: member -> year -> value, newest vintage known on the day.

    Iceland has no forces and no row. Finland and Sweden have rows for the years before they joined.
    """
    return _panel(known, "share_pct_gdp")


def defence_spending_2015(known: date) -> Panel:
    """Defence expenditure, USD bn at 2015 prices and exchange rates, same shape as ``defence_shares``."""
    return _panel(known, "spending_busd_2015")


def defence_spending_current(known: date) -> Panel:
    """Defence expenditure, USD bn at current prices and exchange rates, same shape as ``defence_shares``."""
    return _panel(known, "spending_busd_current")


def equipment_shares(known: date) -> Panel:
    """Equipment and its research, % of defence expenditure, same shape as ``defence_shares``."""
    return _panel(known, "equipment_share_pct")


def estimated_years(known: date) -> tuple[int, ...]:
    """Years of ``defence_shares(known)`` that were estimates on that day.

    NATO marks the current year and the one before as estimates; releases come in July (17 June in 2024).
    """
    rows = visible(_defence(), known)
    day = as_day(known)
    release = day.year if (day.month, day.day) >= (7, 1) else day.year - 1
    marked = {row.year for row in rows if row.estimate or (row.stand_in and row.year >= release - 1)}
    return tuple(sorted(marked))


def aggregates(known: date) -> dict[str, dict[int, dict[str, float]]]:
    """NATO's own totals: "NATO_EUR_CAN" and "NATO_TOTAL" -> year -> column -> value.

    Columns: share_pct_gdp, spending_busd_2015, spending_busd_current. Membership is that of the year.
    """
    totals: dict[str, dict[int, dict[str, float]]] = {}
    for row in visible(_aggregates(), known):
        totals.setdefault(row.aggregate, {})[row.year] = {
            "share_pct_gdp": row.share_pct_gdp,
            "spending_busd_2015": row.spending_busd_2015,
            "spending_busd_current": row.spending_busd_current,
        }
    return totals


def estimate_vintages(year: int = 2023) -> dict[str, dict[str, float]]:
    """NATO's successive estimates of one year's share, % of GDP: vintage -> member -> value."""
    vintages: dict[str, dict[str, float]] = {}
    for row in sorted(_defence(), key=lambda row: row.vintage):
        if row.year == year:
            vintages.setdefault(row.vintage, {})[row.member] = row.share_pct_gdp
    return vintages


def sipri_shares(known: date) -> Panel:
    """Military expenditure, % of GDP, SIPRI definition, from 1990: member, RUS or UKR -> year -> value.

    SIPRI publishes a year in April of the next; the edition of April 2025 stands in. Its year 2024 is not in store.
    Russia's 2024 is SIPRI's reading of that year's budget, known from the end of 2023.
    """
    panel: Panel = {}
    for row in visible(read(_MilexRow, "milex.csv"), known):
        panel.setdefault(row.member, {})[row.year] = row.share_pct_gdp
    return panel


def russia_milex_share(known: date) -> dict[int, float]:
    """Russian military expenditure, % of GDP, SIPRI: year -> value known on the day."""
    return sipri_shares(known).get("RUS", {})
