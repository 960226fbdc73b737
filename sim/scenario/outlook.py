"""What each event of a sound scenario will do and when, one line each, for ``alliance check``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sim.scenario.acting import never_read
from sim.scenario.domain import Rows
from sim.scenario.parameter import Catalogue
from sim.scenario.scenario import Event, Scenario
from sim.scenario.values import Table, describe
from sim.text import tame

MOST_KEYS = 6


def outlook(scenario: Scenario, catalogue: Catalogue) -> Iterator[str]:
    """One line for each event and each row of a table, in the order of the scenario.

    >>> from sim.loading import load
    >>> from sim.model import catalogue
    >>> list(outlook(load("baseline"), catalogue()))
    []
    """
    for event in scenario.events:
        yield f'the event "{tame(event.name)}" sets {_sets(event)} {_timing(event, scenario, catalogue)}{_share(event)}'
    yield from _rows(scenario, catalogue)


def _rows(scenario: Scenario, catalogue: Catalogue) -> Iterator[str]:
    for key, given in scenario.settings.items():
        parameter = catalogue.find(key)
        if not isinstance(given.value, Table) or parameter is None or not isinstance(parameter.domain, Rows):
            continue
        columns = parameter.domain.columns
        for row in given.value.rows:
            idle = [
                each.name for each in columns if each.reported_only and row.get(each.name) not in (None, each.default)
            ]
            note = f" ({' and '.join(idle)}: reported only)" if idle else ""
            yield f"{key}: {tame(row.describe(), 300)}{note}"


def _sets(event: Event) -> str:
    told = [f"{key} to {tame(describe(value))}" for key, value in event.sets[:MOST_KEYS]]
    rest = len(event.sets) - len(told)
    told += [f"{rest} more keys"] if rest else []
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"


def _timing(event: Event, scenario: Scenario, catalogue: Catalogue) -> str:
    first = event.first_day(scenario.start)
    if event.when is None:
        until = f" until {event.until}" if event.until else " to the end"
        unread = len(never_read(event, catalogue)) == len(event.sets)
        seen = "never seen: it ends before these are read" if unread else _seen(event, first, catalogue)
        return f"from {first}{until}; {seen}"
    recorded = (
        f"{'when' if event.once else 'while'} {event.when.describe()} is{' first' if event.once else ''} recorded"
    )
    waits = f", {_months(event.after_months)} {'later' if event.once else 'on'}" if event.after_months else ""
    lasts = f" for {_months(event.for_months)}" if event.for_months else " to the end" if event.once else ""
    until = f" until {event.until}" if event.until else lasts
    both = f"{lasts} or" if event.for_months and event.until else ""
    return f"{recorded}{waits} (on {first} at the earliest){both}{until}"


def _months(count: int) -> str:
    return f"{count} month{'' if count == 1 else 's'}"


def _seen(event: Event, first: date, catalogue: Catalogue) -> str:
    yearly = [catalogue.read(key) == "by the calendar year" for key, _ in event.sets]
    if all(yearly):
        return "counts by the calendar year"
    monthly = f"first seen at the end of {first:%B %Y}"
    return f"{monthly}, in part by the calendar year" if any(yearly) else monthly


def _share(event: Event) -> str:
    if event.when is not None:
        drawn = "" if event.probability >= 1 else f"{event.probability:.4g} of "
        return f", in {drawn}the runs in which that happens"
    return "" if event.probability >= 1 else f", in {event.probability:.4g} of the runs"
