"""A name or a file becomes a resolved scenario: the language of `sim.scenario` with the parameters of `sim.model`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import InputError, Problem
from sim.limits import MOST_PROBLEMS

if TYPE_CHECKING:
    from sim.scenario import Scenario


def load(scenario: str | Path, sets: Sequence[str] = ()) -> Scenario:
    """Read a scenario: a path to a file, or the name of a shipped one such as ``"baseline"``.

    ``sets`` are ``KEY=VALUE`` texts in TOML's notation, stronger than anything in the file.

    >>> scenario = load("baseline", sets=["us.commitment.posture=conditional"])
    >>> scenario.values["us.commitment.posture"].value
    'conditional'

    Raises:
        InputError: the file or a setting is wrong; ``problems`` lists every mistake.
    """
    from sim import model
    from sim.scenario import resolve
    from sim.shipped import find_scenario

    return resolve.load(find_scenario(scenario), facts_layer=model.facts_layer, sets=sets, **_surroundings())


def load_text(text: str, name: str = "scenario.toml", sets: Sequence[str] = ()) -> Scenario:
    """Read a scenario from the ``text`` of a file called ``name``. It can extend shipped scenarios only.

    No other file is read, whatever the text says.

    Raises:
        InputError: the text or a setting is wrong; ``problems`` lists every mistake, as `check` does for a file.
    """
    from sim import model
    from sim.scenario import resolve

    return resolve.load(name, facts_layer=model.facts_layer, sets=sets, text=text, **_surroundings())


def check(scenario: str | Path, sets: Sequence[str] = ()) -> list[Problem]:
    """Every mistake that `load` would raise, sorted; an empty list if the scenario is sound. No fact is read."""
    from sim.scenario import resolve
    from sim.shipped import find_scenario

    try:
        return resolve.check(find_scenario(scenario), sets=sets, **_surroundings())
    except InputError as error:  # no such file
        return list(error.problems)


def notes(scenario: str | Path, sets: Sequence[str] = ()) -> list[str]:
    """What to know of a sound scenario's days: where facts and calendars end, and what cannot act on them."""
    from sim.scenario import resolve
    from sim.shipped import find_scenario

    return _first(notes_of(resolve.load(find_scenario(scenario), sets=sets, **_surroundings())))


def notes_of(resolved: Scenario) -> list[str]:
    """The same of a scenario that is loaded already."""
    from sim import facts, model
    from sim.facts import FACTS_END, own
    from sim.scenario import acting

    remarks = [*own.notes(resolved.start), *resolved.remarks]
    if resolved.start > FACTS_END:
        remarks.append(
            f"the facts end on {FACTS_END}; what happened from then to {resolved.start} is drawn or left out"
        )
    if resolved.start >= model.LATE_START and resolved.end.year > model.LAST_FORECAST:
        remarks.append(
            f"growth after {model.LAST_FORECAST} is each member's median since 2001; elections after "
            f"{model.LAST_CALENDAR} come a term after the last"
        )
    known_year = max(max(shares) for shares in facts.defence_shares(resolved.start).values())
    remarks += acting.remarks(resolved, model.catalogue(), known_year, FACTS_END)
    remarks += acting.lasting(resolved, model.catalogue())
    return [*remarks, *model.registry().remarks(resolved)]


def outlook(scenario: str | Path, sets: Sequence[str] = ()) -> list[str]:
    """What each event and row of a sound scenario will do and when, one line each. No fact is read."""
    from sim import model
    from sim.scenario import outlook, resolve
    from sim.shipped import find_scenario

    resolved = resolve.load(find_scenario(scenario), sets=sets, **_surroundings())
    return _first(list(outlook.outlook(resolved, model.catalogue())))


def _first(lines: list[str]) -> list[str]:
    """The lines, or of too many the first and how many more there are."""
    rest = len(lines) - MOST_PROBLEMS
    return [*lines[:MOST_PROBLEMS], f"and {rest} more like these"] if rest > 1 else lines


def _surroundings() -> dict[str, Any]:
    """What the room of scenarios is told about the model: its parameters, its usual dates, where parents are found."""
    from sim import model
    from sim.facts import FACTS_END
    from sim.shipped import shipped_folder

    return {
        "facts_end": FACTS_END,
        "catalogue": model.catalogue(),
        "shipped": shipped_folder(),
        "default_start": model.DEFAULT_START,
        "default_end": model.default_end,
    }
