"""Branches for wargames and classes: a scenario goes another way from a date on."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from sim import loading, model
from sim.analysis.inject import Inject, read_inject
from sim.analysis.toml_text import value_text
from sim.errors import InputError, Problem
from sim.scenario.parameter import Catalogue
from sim.scenario.scenario import Scenario

Load = Callable[[Path], Scenario]


def branch(
    parent: Path,
    at: date,
    injects: Sequence[Path],
    *,
    folder: Path | None = None,
    title: str = "",
    catalogue: Catalogue | None = None,
    load: Load | None = None,
) -> str:
    """Text of a scenario file that extends ``parent`` and does what the ``injects`` say from ``at`` on.

    An inject is a TOML file with values and events like a scenario's; title, description and references are optional.
    Its values become one event on the day of the branch; its events keep their dates, or get that day where they have
    none. So nothing differs from the parent before ``at``, in any run. ``folder`` is where the text will be saved
    (beside the parent if not given): ``extends`` is written relative to it.

    Raises:
        InputError: ``at`` is outside the parent's horizon, or an inject is wrong; every mistake with its place.
    """
    scenario = (load or loading.load)(parent)
    catalogue = catalogue or model.catalogue()
    problems = []
    if not scenario.start < at <= scenario.end:
        span = f"after its start, {scenario.start}, and not after its end, {scenario.end}"
        problems.append(Problem("", 0, 0, "", f"{at} is no day to branch {scenario.name} on; it must lie {span}"))
    if not injects:
        problems.append(Problem("", 0, 0, "", "a branch needs at least one inject"))
    found: list[Inject] = []
    for path in injects:
        inject, faults = read_inject(path, at, scenario, catalogue)
        problems += faults
        found += [inject] if inject else []
    problems += _repeated(found)
    if problems:
        raise InputError(tuple(sorted(set(problems))))
    return _text(scenario, at, found, _extends(parent, folder or parent.parent), title)


def _text(parent: Scenario, at: date, injects: Sequence[Inject], extends: str, title: str) -> str:
    told = " ".join(one.description for one in injects)
    references = [reference for one in injects for reference in one.references] or list(parent.references)
    head = {
        "title": title or f"{parent.title}; from {at}: {', '.join(one.title for one in injects)}",
        "description": f"As {parent.name} before {at}, and from that day on: {told}",
        "references": references,
        "extends": extends,
    }
    lines = [f"{key} = {value_text(one)}" for key, one in head.items()]
    lines += [line for one in injects for event in one.events for line in event.lines()]
    return "\n".join(lines) + "\n"


def _repeated(injects: Sequence[Inject]) -> list[Problem]:
    names = [event.name for one in injects for event in one.events]
    twice = sorted({name for name in names if names.count(name) > 1})
    return [Problem("", 0, 0, "", f"two injects make an event named {name!r}; rename one") for name in twice]


def _extends(parent: Path, folder: Path) -> str:
    """How the branch names its parent: a shipped one by its file name, others by path from ``folder``."""
    from sim.shipped import find_scenario, shipped_folder

    found = find_scenario(parent).resolve()
    if found.parent == shipped_folder().resolve() and not (folder / found.name).exists():
        return found.name
    return Path(os.path.relpath(found, folder.resolve())).as_posix()
