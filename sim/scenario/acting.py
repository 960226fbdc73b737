"""Settings of a sound scenario that act otherwise than their writer may think, each as one sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from sim.scenario.scenario import Scenario
from sim.scenario.values import Dated, Value
from sim.text import tame

_VOTE = re.compile(r"us\.elections\.(\d{4})\..+")
# Read once a year, when a member decides its budget.
_YEARLY = re.compile(r"budgets\..+|members\.\w+\.(share_pct_gdp|budget_change_pp)")


def remarks(scenario: Scenario) -> Iterator[str]:
    """What `alliance check` says of settings that cannot act, or not on the days they name."""
    for key, setting in scenario.settings.items():
        yield from _of_value(key, setting.value, scenario)
    for event in scenario.events:
        first = event.first_day(scenario.start)
        name = f'the event "{tame(event.name)}" ' + (f"on {first}" if event.date else f"({event.timing()})")
        if (
            event.date is not None
            and event.date.replace(day=1) == scenario.end.replace(day=1)
            and (scenario.end + timedelta(1)).day != 1
        ):
            yield f"{name} comes after the last end of a month before {scenario.end}: nothing recorded can show it"
        for key, _ in event.sets:
            if (match := _VOTE.fullmatch(key)) and (held := election_day(int(match[1]))) < first:
                yield f"{name} sets {key}, but that election is held on {held}: it cannot act"
            elif _YEARLY.fullmatch(key):
                until = f" until {event.until}" if event.until else ""
                yield (
                    f"{name} sets {key}{until}, which is read once a year, when a member decides its budget: members "
                    "that decide before it follow a year later, and a part of a year moves only those that decide in it"
                )


def _of_value(key: str, value: Value, scenario: Scenario) -> Iterator[str]:
    if match := _VOTE.fullmatch(key):
        held = election_day(int(match[1]))
        if held < scenario.start:
            yield f"{key}: that election was held on {held}, before the start {scenario.start}: it cannot act"
        elif held > scenario.end:
            yield f"{key}: that election is held on {held}, after the end {scenario.end}: it cannot act"
    if isinstance(value, Dated):
        first = value.points[0][0]
        if first > scenario.start:
            yield (
                f"{key}: the first value, of {first}, also holds before that day, from {scenario.start}; give the "
                f"value before it a date too"
            )
        if _YEARLY.fullmatch(key) and any((day.month, day.day) != (1, 1) for day, _ in value.points):
            yield f"{key} is read once a year, when a member decides its budget: a step between two readings moves none"
    elif isinstance(value, date) and not scenario.start <= value <= scenario.end:
        where = f"before the start {scenario.start}" if value < scenario.start else f"after the end {scenario.end}"
        yield f"{key}: {value} is {where}: nothing happens on it"


def election_day(year: int) -> date:
    """The Tuesday after the first Monday of November."""
    first = date(year, 11, 1)
    return first + timedelta(days=(7 - first.weekday()) % 7 + 1)
