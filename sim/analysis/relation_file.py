"""A file of relations between scenarios: what it may say, and every mistake in it with its place.

A file names its sides, each a scenario with settings, and what must hold between them::

    title     = "A higher pace towards the pledge never lowers spending"
    reference = "literature, section 9.2"
    scenario  = "baseline"
    runs      = 100

    [sides.slow]
    set = ["budgets.pledge.pace = 0.02"]

    [sides.fast]
    set = ["budgets.pledge.pace = 0.10"]

    [[holds]]
    relation = "fast >= slow"
    variable = "europe_canada_spending_busd_current"
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sim.analysis.outcomes import DONOR_GROUPS, nearest
from sim.errors import InputError, Problem
from sim.model import VARIABLES
from sim.scenario.document import Document, read

EVERYTHING = "*"
EVERY_RUN, ON_AVERAGE = "every run", "on average"
RUNS = 100
_RELATION = re.compile(r"\s*([A-Za-z_]\w*)\s*(<=|>=|==|<|>)\s*([A-Za-z_]\w*)\s*")
_TOP = ("title", "reference", "scenario", "runs", "sides", "holds")
_SIDE = ("scenario", "set")
_HOLD = ("relation", "variable", "entity", "in", "from", "until", "at_end")


@dataclass(frozen=True, slots=True)
class Side:
    """One scenario of a relation: a file (or the name of a shipped one) and ``KEY = VALUE`` settings."""

    name: str
    scenario: str
    sets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hold:
    """What must hold: ``left`` sign ``right`` for a variable, in every run or on average, between two dates.

    ``<`` and ``>`` ask in addition for a difference in at least one run. ``==`` is bit by bit, and may be about
    everything recorded (``*``).
    """

    left: str
    sign: str
    right: str
    variable: str
    entity: str
    mode: str
    since: date | None
    until: date | None
    at_end: bool

    def __str__(self) -> str:
        what = f"{self.variable}:{self.entity}" if self.entity else self.variable
        span = (f", from {self.since}" if self.since else "") + (f", until {self.until}" if self.until else "")
        return (
            f"{what}: {self.left} {self.sign} {self.right} {'in ' if self.mode == EVERY_RUN else ''}{self.mode}{span}"
        )


@dataclass(frozen=True, slots=True)
class Relation:
    """A file of relations between its sides."""

    path: Path
    title: str
    reference: str
    runs: int
    sides: tuple[Side, ...]
    holds: tuple[Hold, ...]


def read_relation(path: Path) -> Relation:
    """Read one file of relations.

    Raises:
        InputError: it cannot be read or says something else; all mistakes at once, with line and column.
    """
    found = read(path, str(path))
    if isinstance(found, Problem):
        raise InputError((found,))
    _check_keys(found, (), found.data, _TOP)
    texts = {key: _text(found, key) for key in ("title", "reference")}
    count = found.data.get("runs", RUNS)
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        found.report(("runs",), "a whole number from 1 is needed", at_value=True)
    sides = _sides(found)
    holds = found.data.get("holds")
    if not isinstance(holds, list) or not holds:
        found.report(("holds",), "at least one [[holds]] with relation and variable is needed")
        holds = []
    named = found.data.get("sides")
    names = list(named) if isinstance(named, dict) else []
    told = [_hold(found, number, one, names) for number, one in enumerate(holds)]
    if found.problems:
        raise InputError(tuple(sorted(found.problems)))
    return Relation(path, texts["title"], texts["reference"], count, sides, tuple(one for one in told if one))


def _check_keys(found: Document, path: tuple[str | int, ...], table: Iterable[str], known: tuple[str, ...]) -> None:
    for key in table:
        if key not in known:
            found.report((*path, key), f"unknown key; {nearest(key, known)}")


def _text(found: Document, key: str) -> str:
    text = found.data.get(key)
    if isinstance(text, str) and text.strip():
        return text
    found.report((key,), "a text is needed", at_value=True)
    return ""


def _sides(found: Document) -> tuple[Side, ...]:
    told = found.data.get("sides")
    if not isinstance(told, dict) or len(told) < 2:
        found.report(("sides",), "at least two sides are needed: [sides.NAME] with scenario or set")
        return ()
    sides = []
    for name, side in told.items():
        if not isinstance(side, dict):
            found.report(("sides", name), "a table with scenario or set is needed")
            continue
        _check_keys(found, ("sides", name), side, _SIDE)
        scenario = side.get("scenario", found.data.get("scenario", "baseline"))
        sets = side.get("set", [])
        if not isinstance(scenario, str):
            found.report(
                ("sides", name, "scenario"), "a path or the name of a shipped scenario is needed", at_value=True
            )
        elif not isinstance(sets, list) or not all(isinstance(one, str) for one in sets):
            found.report(("sides", name, "set"), 'a list of texts is needed: set = ["KEY = VALUE"]', at_value=True)
        else:
            sides.append(Side(name, scenario, tuple(sets)))
    return tuple(sides)


def _hold(found: Document, number: int, told: Any, sides: list[str]) -> Hold | None:
    here, before = ("holds", number), len(found.problems)
    if not isinstance(told, dict):
        found.report(here, "a table with relation and variable is needed")
        return None
    _check_keys(found, here, told, _HOLD)
    match = _RELATION.fullmatch(str(told.get("relation", "")))
    if match is None:
        found.report((*here, "relation"), 'write it as "ONE >= OTHER" with <=, >=, ==, < or >', at_value=True)
    for name in (match[1], match[3]) if match else ():
        if name not in sides:
            found.report((*here, "relation"), f"no side named {name!r}; {nearest(name, sides)}", at_value=True)
    _check_variable(found, here, told)
    if told.get("in", EVERY_RUN) not in (EVERY_RUN, ON_AVERAGE):
        found.report((*here, "in"), f'write "{EVERY_RUN}" or "{ON_AVERAGE}"', at_value=True)
    for key in ("from", "until"):
        if key in told and type(told[key]) is not date:
            found.report((*here, key), "a date such as 2026-01-31 is needed", at_value=True)
    if match is None or len(found.problems) > before:
        return None
    return Hold(
        match[1], match[2], match[3], told["variable"], told.get("entity", ""), told.get("in", EVERY_RUN),
        told.get("from"), told.get("until"), bool(told.get("at_end", False)),
    )  # fmt: skip


def _check_variable(found: Document, here: tuple[str | int, ...], told: dict[str, Any]) -> None:
    known = {one.name: one for one in VARIABLES}
    name = told.get("variable")
    if name == EVERYTHING and "==" in str(told.get("relation")) and "entity" not in told:
        return
    if not isinstance(name, str) or name not in known:
        found.report(
            (*here, "variable"), f"no variable named {name!r}; {nearest(str(name), list(known))}", at_value=True
        )
        return
    axis, entity = known[name].entity, told.get("entity")
    if axis and not isinstance(entity, str):
        hint = f", such as {', '.join(DONOR_GROUPS)}" if axis == "donor" else ", such as POL"
        found.report((*here, "variable"), f"{name} needs entity, a {axis}{hint}")
    if not axis and entity:
        found.report((*here, "entity"), f"{name} is one series; leave entity out")
