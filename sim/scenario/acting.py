"""Settings of a sound scenario that act otherwise than their writer may think, each as one sentence."""

from __future__ import annotations

from calendar import isleap
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from itertools import pairwise

from sim.errors import Problem
from sim.scenario.days import election_day, month_end
from sim.scenario.layers import Setting, Slot
from sim.scenario.parameter import Catalogue
from sim.scenario.scenario import Event, Given, Origin, Scenario
from sim.scenario.values import Dated, Distribution, Value, describe
from sim.text import listed, plain, tame

MOST_YEARS = 6


def mistakes(
    start: date, end: date, settings: Mapping[Slot, Setting], own: str, facts_end: date | None, catalogue: Catalogue
) -> Iterator[Problem]:
    """Settings of the file ``own``, and of ``--set``, of which nothing can come: elections that are over, or too late.

    What a file takes over from a parent, or what a start or an end given by ``--set`` leaves out, is none of its
    mistakes; `remarks` tells of it. An election acts until its
    winner takes office, and one that the facts do not know, held after ``facts_end``, is drawn at the start.
    """
    moved = {slot[1] for slot, setting in settings.items() if slot[0] == "day" and setting.origin.layer == "set"}
    for (kind, name), setting in settings.items():
        by_hand = setting.origin.layer == "set"
        if not by_hand and setting.origin.file != own:
            continue
        if kind == "value" and (year := catalogue.election_of(name)):
            reason = too_early(year, start, facts_end) if by_hand or "start" not in moved else ""
            reason = reason or (_too_late(year, end) if by_hand or "end" not in moved else "")
            if reason:
                yield _problem(setting.origin, name, f"{reason}: nothing can come of it")
        elif isinstance(event := setting.content, Event):
            first = event.first_day(start)
            for key, _ in event.sets:
                if (voted := catalogue.election_of(key)) and (held := election_day(voted)) < first:
                    words = f"that election is held on {held}, before this event: nothing can come of it"
                    place, words = event.place(key), f'the event "{tame(event.name)}" on {first}: {words}'
                    yield Problem(place.file, place.line, place.column, place.key, words)


def nobody_left(
    settings: Mapping[Slot, Setting], catalogue: Catalogue, allies: Iterable[str], start: date, end: date
) -> Iterator[Problem]:
    """A year at whose end files and events have taken every one of the ``allies`` out of the alliance.

    Events are taken to happen in every run; what follows from a condition is seen by the simulation alone.
    """
    out = {slot[1]: setting for slot, setting in settings.items() if slot[0] == "value" and setting.content is False}
    events = [setting.content for setting in settings.values() if isinstance(setting.content, Event)]
    membership = next((each.key for each in catalogue if each.read == "as membership"), "")
    if not membership:
        return
    for year in range(start.year, end.year + 1):
        day, last = min(date(year, 12, 31), end), None
        for code in allies:
            key = membership.replace("*", code)
            inside = key not in out
            if key in out and last is None:
                last = out[key].origin
            for event in events:
                for name, value in event.sets:
                    if name == key and event.date and event.date <= day and (event.until is None or day < event.until):
                        place = event.place(key)
                        inside, last = bool(value), Origin("file", place.file, place.line, place.column)
            if inside:
                break
        else:
            if last is not None:
                words = f"on {day} no member in Europe and no Canada is left: there is no common share of GDP to tell"
                yield _problem(last, "alliance", f"{words}; keep one of them, or end before")
            return


def _problem(origin: Origin, key: str, message: str) -> Problem:
    return Problem("--set" if origin.layer == "set" else origin.file, origin.line, origin.column, key, message)


def too_early(year: int, start: date, facts_end: date | None) -> str:
    """Why nothing can come of setting the election of ``year`` in a scenario from ``start``; empty where it can."""
    held = election_day(year)
    if date(year + 1, 1, 20) >= start or (facts_end is not None and held > facts_end):
        return ""
    return f"that election was held on {held} and its winner was in office at the start {start}"


def _too_late(year: int, end: date) -> str:
    held = election_day(year)
    return f"that election is held on {held}, after the end {end}" if held > end else ""


def remarks(scenario: Scenario, catalogue: Catalogue, known_year: int, facts_end: date | None = None) -> Iterator[str]:
    """What `alliance check` says of settings that cannot act, or not on the days they name.

    ``known_year`` is the last year whose budgets are known at the start.
    """
    for key, given in scenario.settings.items():
        yield from _of_value(key, given, scenario, catalogue, facts_end)
    for event in scenario.events:
        first = event.first_day(scenario.start)
        name = f'the event "{tame(event.name)}" ' + (f"on {first}" if event.date else f"({event.timing()})")
        if (
            event.date is not None
            and event.date.replace(day=1) == scenario.end.replace(day=1)
            and (scenario.end + timedelta(1)).day != 1
        ):
            yield f"{name} comes after the last end of a month before {scenario.end}: nothing recorded can show it"
        if event.probability == 0:
            yield f"{name} has probability 0: it never comes"
        if unread := never_read(event, catalogue):
            month = month_end(first)
            yield (
                f"{name} ends on {event.until}, before {listed(unread)} is read, at the end of {month:%B %Y}: "
                "nothing comes of it"
            )
        for key, _ in event.sets:
            if (voted := catalogue.election_of(key)) and (held := election_day(voted)) < first:
                yield f"{name} sets {key}, but that election is held on {held}: it cannot act"
        yearly = [key for key, _ in event.sets if catalogue.read(key) == "by the calendar year"]
        if yearly:
            more = f" and {len(yearly) - 1} more" if len(yearly) > 1 else ""
            until = f" until {event.until}" if event.date and event.until else ""
            years = _years_of(event, scenario, max(known_year, scenario.start.year - 1))
            yield f"{name}{until} sets {yearly[0]}{more}, which counts by the calendar year: {years}"


def lasting(scenario: Scenario, catalogue: Catalogue) -> Iterator[str]:
    """What `alliance check` says of a flag for a moment that an event or a value leaves true to the end."""
    for key, given in scenario.settings.items():
        if given.value is True and (comes := _of_lasting(key, catalogue)):
            yield f"{key} is true from the start to the end: {comes}; set it by an event with `until`"
    for event in scenario.events:
        ends = event.until is not None or event.for_months or (event.when is not None and not event.once)
        for key, value in () if ends else event.sets:
            if value is True and (comes := _of_lasting(key, catalogue)):
                end = f"until = {_month_after(event.date)}" if event.date else "for_months = 1"
                yield f'the event "{tame(event.name)}" leaves {key} true to the end: {comes}; to avoid it, add {end}'


def _of_lasting(key: str, catalogue: Catalogue) -> str:
    parameter = catalogue.find(key)
    return parameter.lasting if parameter else ""


def _month_after(day: date) -> date:
    """The same day of the next month, or its last day."""
    first = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return first.replace(day=min(day.day, month_end(first).day))


def never_read(event: Event, catalogue: Catalogue) -> list[str]:
    """Keys of a dated event that are read at the ends of months, where it ends before the first."""
    if event.date is None or event.until is None or event.until > month_end(event.date):
        return []
    return [key for key, _ in event.sets if catalogue.read(key) == "at the ends of months"]


def _of_value(
    key: str, given: Given, scenario: Scenario, catalogue: Catalogue, facts_end: date | None
) -> Iterator[str]:
    value = given.value
    voted = catalogue.election_of(key)
    if voted and (reason := too_early(voted, scenario.start, facts_end) or _too_late(voted, scenario.end)):
        yield f"{key}: {reason}: it cannot act"
    if isinstance(value, Dated):
        if value.first_day > scenario.start:
            yield f"{key} begins on {value.first_day}; until then it is as without this setting{_below(given.below)}"
        if catalogue.read(key) == "by the calendar year" and (years := _means(given, scenario)):
            yield f"{key} counts by the calendar year, as the mean over its days: {years}"
        if (parameter := catalogue.find(key)) and parameter.at_start:
            yield f"{key} is read once, on the first day: what it is later changes nothing"
    elif isinstance(value, date) and not scenario.start <= value <= scenario.end:
        where = f"before the start {scenario.start}" if value < scenario.start else f"after the end {scenario.end}"
        yield f"{key}: {value} is {where}: nothing happens on it"


def _below(below: Given | None) -> str:
    if below is None or below.origin.layer in ("default", "facts"):
        return ""
    return f": {tame(describe(below.value))} from {below.origin}"


def _years_of(event: Event, scenario: Scenario, known_year: int) -> str:
    """Which part of which years an event counts for: ``211 of 365 days of 2026, all of 2027 and later``."""
    if event.date is None:
        return "by the days on which it is in force in a run"
    until, end = event.until or date.max, scenario.end
    said = []
    for year in range(event.date.year, end.year + 1):
        first, after = date(year, 1, 1), date(year + 1, 1, 1)
        days = (min(until, after) - max(event.date, first)).days
        if days <= 0:
            break
        if year <= known_year:
            said.append(f"none of {year}, which is known at the start")
        elif event.until is None and days == _length(year):
            said.append(f"all of {year} and later" if year < end.year else f"all of {year}")
            break
        else:
            said.append(f"all of {year}" if days == _length(year) else f"{days} of {_length(year)} days of {year}")
    return ", ".join(said if len(said) <= MOST_YEARS else [*said[:MOST_YEARS], f"and so on to {min(until, end).year}"])


def _length(year: int) -> int:
    return 366 if isleap(year) else 365


def _means(given: Given, scenario: Scenario) -> str:
    """The means of the years within which a dated value changes; empty where each year has one value."""
    value = given.value
    if not isinstance(value, Dated):
        return ""
    first, last = value.points[0][0], value.points[-1][0]
    years = range(max(first.year, scenario.start.year), min(last.year, scenario.end.year) + 1)
    said = [words for year in years if (words := _mean(given, year))]
    return ", ".join(said if len(said) <= MOST_YEARS else [*said[:MOST_YEARS], f"and so on to {years[-1]}"])


def _mean(given: Given, year: int) -> str:
    value = given.value
    if not isinstance(value, Dated):
        return ""
    days = [date(year, 1, 1) + timedelta(number) for number in range(_length(year))]
    held = [_on(value, given.below, day) for day in days]
    if all(one == held[0] for one in held):
        return ""
    numbers = [number for number in held if number is not None]
    mean = plain(float(f"{sum(numbers) / len(numbers):.3g}"))
    if len(numbers) == len(days):
        return f"{mean} in {year}"
    return f"{mean} for {len(numbers)} of {len(days)} days of {year}"


def _on(value: Dated, below: Given | None, day: date) -> float | None:
    """The middle of what holds on a day; None before the first day where nothing below gives a number."""
    if day < value.first_day:
        return _middle(None if below is None else below.value)
    if value.how == "linear":
        for (begins, before), (ends, after) in pairwise(value.points):
            if begins <= day < ends:
                part = (day - begins).days / (ends - begins).days
                return (1 - part) * (_middle(before) or 0.0) + part * (_middle(after) or 0.0)
    return _middle(_latest(value.points, day))


def _latest(points: Iterable[tuple[date, Distribution]], day: date) -> Distribution:
    return [number for begins, number in points if begins <= day][-1]


def _middle(value: Value) -> float | None:
    if isinstance(value, Distribution):
        return value["value"] if value.is_fixed else value.central()
    return None
