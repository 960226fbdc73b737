"""Events on a condition: on the first of each month they begin in the runs whose last record fulfils it."""

from __future__ import annotations

from datetime import date

import numpy as np

from sim.model.engine.block import Engine, Flags
from sim.model.engine.clock import Process
from sim.model.engine.record import Record
from sim.model.engine.registry import CONDITION_PHASE
from sim.scenario import Condition, Event, Scenario
from sim.scenario.days import month_end

_COMPARED = {"<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal, "=": np.equal}


def condition_days(scenario: Scenario) -> tuple[date, ...]:
    """The days on which conditions are looked at, and those on which an event on a condition ends; none without one."""
    events = [event for event in scenario.events if event.when]
    if not events:
        return ()
    firsts, day = [], scenario.start
    while (day := date.fromordinal(month_end(day).toordinal() + 1)) <= scenario.end:
        firsts.append(day)
    return tuple(sorted({*firsts, *(event.until for event in events if event.until)}))


class Conditional:
    """One event on a condition: in which runs it has been fulfilled, for how long, and where the event is in force."""

    def __init__(self, engine: Engine, event: Event, condition: Condition) -> None:
        self._engine, self.event, self._condition = engine, event, condition
        self._months = np.full(engine.runs, -1, np.int32)  # since the condition was fulfilled; -1: it was not
        self._drawn: Flags = engine.settings.drawn(event)

    def look(self, record: Record) -> None:
        """Moves on by a month."""
        holds, event = self._holds(record), self.event
        counts = (self._months >= 0) | holds if event.once else holds
        self._months = np.where(counts, self._months + 1, -1)
        acts = self._months >= event.after_months
        if event.for_months is not None:
            acts &= self._months < event.after_months + event.for_months
        self._engine.settings.update(event, acts & self._drawn)

    def end(self) -> None:
        """Ends the event in every run."""
        self._engine.settings.update(self.event, self._engine.no())

    def _holds(self, record: Record) -> Flags:
        values = record.last(self._condition.variable, self._condition.entity)
        if values is None:
            return self._engine.no()
        holds = _COMPARED[self._condition.operator](values, np.float32(self._condition.value))
        return np.asarray(~holds if self._condition.negated else holds, np.bool_)


def follow_conditions(engine: Engine, scenario: Scenario, record: Record) -> Process:
    """The scenario's events on conditions, after its dated events and before every system of the day."""
    followed = [Conditional(engine, event, event.when) for event in scenario.events if event.when]
    for day in engine.condition_days:
        yield engine.clock.at(day, CONDITION_PHASE)
        for each in followed:
            until = each.event.until
            if until is not None and day >= until:
                each.end()
            elif day.day == 1:
                each.look(record)
