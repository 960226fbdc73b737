"""When things happen: one SimPy environment, the calendar, and the order within a day.

Every process of a block lives in one ``simpy.Environment`` whose time is counted in days. Many systems act on the same
day (a month's end above all), and who acts first is part of the model: each day is divided into phases, one phase
belongs to one process, and SimPy's event priority keeps their order. So it does not matter in which order the
processes were registered.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from datetime import date, timedelta
from functools import lru_cache

import simpy
from simpy.events import EventPriority

from sim.scenario.days import month_end

Process = Generator[simpy.Event, None, None]
FIRST_PRIORITY = 10  # of the first phase of a day; SimPy uses 0 and 1 for its own events


class _Moment(simpy.Event):
    """An event that happens on a given day, in a given phase of that day.

    SimPy's own timeout would do but for the phase: it takes no priority. So the event is marked as having happened and
    put into the queue by hand, as SimPy's timeout does.
    """

    def __init__(self, environment: simpy.Environment, delay: float, priority: EventPriority) -> None:
        super().__init__(environment)
        self._ok = True
        self._value = None
        environment.schedule(self, priority, delay)


def month_number(day: date) -> int:
    """Months since January 2000: the period of a monthly draw."""
    return (day.year - 2000) * 12 + day.month - 1


class Clock:
    """The calendar of one run of the model, from ``start`` to ``end``, both included. Its unit is the day.

    ``phases`` names the phases of a day, first to last.
    """

    def __init__(self, start: date, end: date, phases: Sequence[str] = ()) -> None:
        self.start, self.end = start, end
        self._first = start.toordinal()
        self._priority = {phase: EventPriority(FIRST_PRIORITY + number) for number, phase in enumerate(phases)}
        self.environment = simpy.Environment()
        self.month_ends = month_ends(start, end)
        self._month_ends = frozenset(self.month_ends)
        self.year_ends = year_ends(start, end)

    @property
    def today(self) -> date:
        """The current date."""
        return self.start + timedelta(days=int(self.environment.now))

    def at(self, day: date, phase: str) -> simpy.Event:
        """An event to wait for: ``day``, in ``phase``. A day before today is an error of SimPy's."""
        environment = self.environment
        return _Moment(environment, day.toordinal() - self._first - environment.now, self._priority[phase])

    def ends_month(self, day: date) -> bool:
        """Whether a month ends on ``day``, within the horizon."""
        return day in self._month_ends

    def days(self, days: Iterable[date]) -> tuple[date, ...]:
        """Those of ``days`` that lie within the horizon, sorted, each once."""
        return tuple(sorted({day for day in days if self.start <= day <= self.end}))

    def fraction(self, day: date) -> float:
        """The part of the month of ``day`` that the horizon covers: 1 but for a start within a month."""
        first = day.replace(day=1)
        return ((day - max(first, self.start)).days + 1) / ((month_end(day) - first).days + 1)


@lru_cache(maxsize=64)
def month_ends(start: date, end: date) -> tuple[date, ...]:
    """The last days of the months from ``start`` on that are not after ``end``."""
    days, day = [], month_end(start)
    while day <= end:
        days.append(day)
        day = month_end(day + timedelta(days=1))
    return tuple(days)


def year_ends(start: date, end: date) -> tuple[date, ...]:
    """31 December of each year; the last year's point is ``end`` when the run stops before."""
    return tuple(min(date(year, 12, 31), end) for year in range(start.year, end.year + 1))
