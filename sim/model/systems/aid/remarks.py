"""What ``alliance check`` says of settings of aid that do not act as their writer may think."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sim.model.systems.aid.packages import KEY
from sim.model.systems.aid.start import us_aid_left
from sim.scenario import Dated, Distribution, Given, Scenario, Table
from sim.scenario.values import Value

LEAST = 0.05  # EUR bn a month of U.S. military aid, below which Europe has next to no fall left to make up
_REPLACEMENT = "europe.aid.replacement_"


def remarks(scenario: Scenario) -> Iterator[str]:
    """One sentence for each replacement without a fall, and each package of a donor that is blocked or stopped."""
    yield from _without_a_fall(scenario)
    table = scenario.values.get(KEY)
    for row in table.value.rows if table is not None and isinstance(table.value, Table) else ():
        day = row.day("date")
        for donor in row.codes("donor"):
            for key, what in ((f"aid.{donor}.stop", "stops"), *_blocked(donor)):
                if reason := _held(scenario, key, day):
                    name = f"the package of {donor} on {day}"
                    yield f"{KEY}: {donor} {what} then ({reason}), but {name} is given all the same, on top"


def _without_a_fall(scenario: Scenario) -> Iterator[str]:
    left = us_aid_left(scenario.start)
    if left is None or left >= LEAST:
        return
    size = f"EUR {left:.2g} bn a month" if left >= LEAST / 50 else "nothing"
    named = {key for key in scenario.settings if key.startswith(_REPLACEMENT)}
    named |= {key for event in scenario.events for key, _ in event.sets if key.startswith(_REPLACEMENT)}
    for key in sorted(named):
        yield (
            f"{key} is a part of a further fall of U.S. military aid, but {size} was left of that in the twelve "
            f"months before {scenario.start}: it cannot act on more"
        )


def _blocked(donor: str) -> tuple[tuple[str, str], ...]:
    return (("aid.eu_blocked_share", "is blocked"),) if donor == "EUI" else ()


def _held(scenario: Scenario, key: str, day: date) -> str:
    """Where a key is set on a day to more than nothing, by a value or by an event; empty if it is not."""
    for event in scenario.events:
        if any(name == key and _is_set(value, day) for name, value in event.sets):
            begun = event.date is None or event.date <= day
            if begun and (event.until is None or day < event.until):
                return f'the event "{event.name}"'
    given: Given | None = scenario.settings.get(key)
    return f"{key}, {given.origin}" if given is not None and _is_set(given.value, day) else ""


def _is_set(value: Value, day: date) -> bool:
    if isinstance(value, Dated):
        held = [number for begins, number in value.points if begins <= day]
        return bool(held) and held[-1].central() > 0
    return value.central() > 0 if isinstance(value, Distribution) else bool(value)
