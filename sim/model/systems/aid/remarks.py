"""What ``alliance check`` says of settings of aid that do not act as their writer may think."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sim.model.systems.aid.packages import KEY, shares
from sim.model.systems.aid.start import us_aid_left
from sim.scenario import Dated, Distribution, Given, Row, Scenario, Table
from sim.scenario.days import month_end
from sim.scenario.values import Value
from sim.text import listed

LEAST = 0.05  # EUR bn a month of U.S. military aid, below which Europe has next to no fall left to make up
LAWS = "us.aid.laws"
_REPLACEMENT = "europe.aid.replacement_"


def remarks(scenario: Scenario) -> Iterator[str]:
    """One sentence for each replacement without a fall, and each package of a donor that is blocked or stopped."""
    yield from _without_a_fall(scenario)
    yield from _of_laws(scenario)
    for row in _rows(scenario, KEY):
        yield from _of_package(row, scenario)
        day = row.day("date")
        for donor in row.codes("donor"):
            for key, what in ((f"aid.{donor}.stop", "stops"), *_blocked(donor)):
                if reason := _held(scenario, key, day):
                    name = f"the package of {donor} on {day}"
                    yield f"{KEY}: {donor} {what} then ({reason}), but {name} is given all the same, on top"


def _of_package(row: Row, scenario: Scenario) -> Iterator[str]:
    """What of a package cannot act, or not before the end."""
    day, donors = row.day("date"), row.codes("donor")
    name = f"{KEY}: the package of {listed(donors)} on {day}"
    if row.number("beur") == 0:
        yield f"{name} is of 0 bn: it cannot act"
    if idle := [code for code, part in shares(donors).items() if part == 0]:
        yield f"{name} is shared by GDP, so that {listed(idle)} pays nothing; write a package of its own"
    if row["delivered_by"] == "USA" and (row["kind"] != "military" or donors == ("USA",)):
        why = "is the United States' own" if donors == ("USA",) else f"is {row['kind']} aid"
        yield f"{name} {why}: delivered_by tells only arms that others buy, and cannot act"
    months = int(row.number("paid_over_months"))
    left = (
        (scenario.end.year - day.year) * 12 + scenario.end.month - day.month + (month_end(scenario.end) == scenario.end)
    )
    if left < months:
        yield f"{name} is paid over {months} months, of which {left} end by {scenario.end}: the rest comes later"


def _of_laws(scenario: Scenario) -> Iterator[str]:
    for row in _rows(scenario, LAWS):
        name = f"{LAWS}: the law of {row.day('date')}"
        if row.number("probability") == 0:
            yield f"{name} has probability 0: it never comes"
        elif row.number("military_busd") == 0 and row.number("other_busd") == 0:
            yield f"{name} grants nothing: it is only counted"


def _rows(scenario: Scenario, key: str) -> tuple[Row, ...]:
    given = scenario.values.get(key)
    return given.value.rows if given is not None and isinstance(given.value, Table) else ()


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
