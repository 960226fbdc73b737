"""The war: area held, losses and people. Map series are kept apart and never differenced across each other."""

from __future__ import annotations

import datetime
from typing import Literal, NamedTuple, get_args

from sim.errors import InputError
from sim.facts.tables import read, visible

Series = Literal[
    "isw_economist",
    "deepstate_derived",
    "deepstate_derived_2",
    "liveuamap_derived",
    "afp_isw",
    "times_isw",
    "guardian_isw",
    "nyt_isw",
    "claim_kursk",
    "isw_press",
    "russia_matters_isw",
    "claim_russia",
    "claim_ukraine",
]
SERIES: tuple[str, ...] = get_args(Series)
Estimator = Literal["UK MoD", "General Staff"]


class FrontMonth(NamedTuple):
    """One reading of one map series.

    ``controlled_km2``: Russian control within Ukraine's borders of 1991, Crimea included. ``net_gain_km2``: Russian
    change over the month within Ukraine. ``kursk_held_km2``: Kursk oblast held by Ukraine, its own area.
    ``period``: "month"; "year" and "to-date" readings are sums and must not be added to months. None: not given.
    ``quality``: A complete and checked, B usable, C unreliable, claim: of a belligerent.
    """

    series: Series
    month: datetime.date
    as_of: datetime.date
    period: Literal["month", "year", "to-date"]
    controlled_km2: float | None
    net_gain_km2: float | None
    kursk_held_km2: float | None
    grey_zone_km2: float | None
    quality: Literal["A", "B", "C", "claim"]
    vintage: str
    known_on: datetime.date
    stand_in: bool
    recalled: bool
    source: str


class CasualtyRow(NamedTuple):
    """Russian killed and wounded in one month by one estimator."""

    month: datetime.date
    russian_thousand: float
    estimator: Estimator
    vintage: str
    known_on: datetime.date
    stand_in: bool
    recalled: bool
    source: str


class WarEstimate(NamedTuple):
    """One estimate by one estimator, thousand persons. ``claim``: by a party to the war. Any of the three may be None.

    ``period``: cumulative since 2022-02-24, or over the month, quarter, half-year or year that ends at ``date``, or
    "point" for strength on that day.
    """

    date: datetime.date
    side: str
    category: Literal["casualties", "deaths", "recruitment", "personnel"]
    measure: str
    period: str
    low_thousand: float | None
    value_thousand: float | None
    high_thousand: float | None
    estimator: str
    claim: bool
    vintage: str
    known_on: datetime.date
    stand_in: bool
    recalled: bool
    source: str


def front(known: datetime.date, series: str = "isw_economist") -> tuple[FrontMonth, ...]:
    """Readings of one map series known on the day, in order. Raises InputError for an unknown series."""
    if series not in SERIES:
        raise InputError(f"'{series}' is no map series; allowed: {', '.join(SERIES)}")
    rows = visible(read(FrontMonth, "front.csv"), known)
    return tuple(sorted((row for row in rows if row.series == series), key=lambda row: row.as_of))


def casualties(known: datetime.date, estimator: Estimator = "UK MoD") -> dict[datetime.date, float]:
    """Russian killed and wounded in the month, thousand, by one estimator: first day of the month -> value.

    "UK MoD": March 2022 to January 2026, where the series ends. "General Staff": the Ukrainian counts which the
    ministry repeats, October 2024 to September 2026 without August 2026. Both are a belligerent's claim.
    """
    rows = visible(read(CasualtyRow, "casualties.csv"), known)
    return {row.month: row.russian_thousand for row in rows if row.estimator == estimator}


class BudgetItem(NamedTuple):
    """One published figure of a Russian federal budget: drafts and laws, not spending."""

    year: int
    item: str
    value: float
    unit: str
    estimator: str
    vintage: str
    known_on: datetime.date
    stand_in: bool
    recalled: bool
    source: str


def russian_budget(known: datetime.date) -> tuple[BudgetItem, ...]:
    """Figures of Russian budgets from 2025 on that were published by the day."""
    return tuple(visible(read(BudgetItem, "russian_budget.csv"), known))


def war_estimates(known: datetime.date, category: str | None = None) -> tuple[WarEstimate, ...]:
    """Estimates of losses, intake ("recruitment") and strength known on the day, of all estimators.

    Raises InputError for an unknown category.
    """
    rows = read(WarEstimate, "war_estimates.csv")
    allowed = sorted({row.category for row in rows})
    if category is not None and category not in allowed:
        raise InputError(f"'{category}' is no category; allowed: {', '.join(allowed)}")
    return tuple(row for row in visible(rows, known) if category in (None, row.category))
