"""US politics: forecasts, who holds the presidency and the chambers, mid-term base rates."""

from __future__ import annotations

import datetime
from typing import Literal, NamedTuple

from sim.facts.tables import read, visible

Office = Literal["president", "house", "senate", "all three"]


class Forecast(NamedTuple):
    """One published probability (0 to 1) for the day ``vote``. Models and markets are listed alike; market prices need
    not sum to 1. ``item``: president, house, senate, or all three at once. ``outcome``: a person for the president of
    2024, a party for everything else."""

    date: datetime.date
    forecaster: str
    vote: datetime.date
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
    vintage: str
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
    vintage: str
    known_on: datetime.date
    stand_in: bool
    recalled: bool
    source: str


class Seats(NamedTuple):
    """Seats of one party in one chamber: "won" at a vote, "held" on a day, or "up" at the vote of that day."""

    date: datetime.date
    chamber: Literal["house", "senate"]
    party: str
    seats: int
    basis: Literal["won", "held", "up"]
    vintage: str
    known_on: datetime.date
    stand_in: bool
    recalled: bool
    source: str


def us_forecast(known: datetime.date, vote: datetime.date | None = None) -> tuple[Forecast, ...]:
    """Forecasts of U.S. elections published by the day, of all votes or of the one held on the day ``vote``.

    The votes in store are 2024-11-05, 2026-11-03 and 2028-11-07. In the order in which they became known.
    """
    rows = visible(read(Forecast, "us_forecast.csv"), known)
    return tuple(row for row in rows if vote in (None, row.vote))


def us_seats(known: datetime.date) -> tuple[Seats, ...]:
    """Seats in Congress from the vote of November 2024 on, as known by the day."""
    return tuple(visible(read(Seats, "us_seats.csv"), known))


def us_composition(known: datetime.date) -> tuple[Composition, ...]:
    """Periods of control since 2009 begun by the day; the last is in force.

    To 2023 recalled public record. The outcome of 2024-11-05 shows once the chambers are sworn in (2025-01-03).
    """
    return tuple(visible(read(Composition, "us_composition.csv"), known))


def us_midterms(known: datetime.date = datetime.date(2024, 10, 1)) -> tuple[Midterm, ...]:
    """Mid-term results by the day, both chambers. Senate rows and some House rows are recalled."""
    return tuple(visible(read(Midterm, "us_midterms.csv"), known))
