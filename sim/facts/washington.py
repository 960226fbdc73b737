"""US politics: forecasts, who holds the presidency and the chambers, mid-term base rates."""

from __future__ import annotations

import datetime
from typing import Literal, NamedTuple

from sim.facts.tables import read, visible

Office = Literal["president", "house", "senate", "all three"]


class Forecast(NamedTuple):
    """One published probability (0 to 1) for the vote of 2024-11-05. Models and markets are listed alike; market
    prices need not sum to 1. ``item``: president, house, senate, or all three at once."""

    date: datetime.date
    forecaster: str
    item: Office
    outcome: str
    probability: float
    vintage: str
    known_on: datetime.date
    stand_in: bool
    recalled: bool
    source: str


class Composition(NamedTuple):
    """Who holds what from the day ``since``: True for Republican.

    A 50-50 Senate counts for the vice-president's party.
    """

    since: datetime.date
    republican_president: bool
    republican_house: bool
    republican_senate: bool
    vintage: Literal["2024-10-01"]
    known_on: datetime.date
    stand_in: bool
    recalled: bool
    source: str


class Midterm(NamedTuple):
    """Seats won (+) or lost (-) by the president's party in one chamber at one mid-term, 1946 to 2022."""

    date: datetime.date
    chamber: Literal["house", "senate"]
    president: str
    seat_change: int
    vintage: Literal["2024-10-01"]
    known_on: datetime.date
    stand_in: bool
    recalled: bool
    source: str


def us_forecast(known: datetime.date) -> tuple[Forecast, ...]:
    """Forecasts of the 2024 elections published by the day, in order of date."""
    return tuple(visible(read(Forecast, "us_forecast.csv"), known))


def us_composition(known: datetime.date) -> tuple[Composition, ...]:
    """Periods of control since 2009 begun by the day; the last is in force.

    All are recalled public record. The outcome of 2024-11-05 is not in store: on 2025-01-01 the last is that of 2023.
    """
    return tuple(visible(read(Composition, "us_composition.csv"), known))


def us_midterms(known: datetime.date = datetime.date(2024, 10, 1)) -> tuple[Midterm, ...]:
    """Mid-term results by the day, both chambers. Senate rows and some House rows are recalled."""
    return tuple(visible(read(Midterm, "us_midterms.csv"), known))
