"""Days of the calendar that scenarios and the model reckon with."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta


def month_end(day: date) -> date:
    """The last day of the month of ``day``."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def election_day(year: int) -> date:
    """The day of the U.S. elections of a year: the Tuesday after the first Monday of November."""
    first = date(year, 11, 1)
    return first + timedelta(days=-first.weekday() % 7 + 1)
