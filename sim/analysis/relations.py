"""Relations between scenarios, read from a file with every mistake at its place, and checked run by run.

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
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import loading, model
from sim.analysis.simulated import Simulated, simulated
from sim.errors import InputError, Problem
from sim.scenario.document import Document, read
from sim.scenario.entities import entity_code, wrong_code
from sim.scenario.scenario import Scenario
from sim.text import unknown

ROUNDING = 1e-5
EVERYTHING = "*"
EVERY_RUN, ON_AVERAGE = "every run", "on average"
RUNS = 100
_RELATION = re.compile(r"\s*([A-Za-z_]\w*)\s*(<=|>=|==|<|>)\s*([A-Za-z_]\w*)\s*")
_TOP = ("title", "reference", "scenario", "runs", "sides", "holds")
_SIDE = ("scenario", "set")
_HOLD = ("relation", "variable", "entity", "in", "from", "until", "at_end")

Load = Callable[[str, Sequence[str]], Scenario]


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


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether one relation held. ``broken`` counts the runs in which it did not; ``told`` is the answer in words."""

    relation: Relation
    hold: Hold
    passed: bool
    broken: int
    told: str


def verify(
    paths: Sequence[Path], *, runs: int | None = None, seed: int = 1, load: Load | None = None
) -> tuple[Verdict, ...]:
    """Check every relation of every file, in order; ``runs`` overrides the files' numbers of runs.

    ``load`` reads a scenario from a path or shipped name with settings; by default as the whole package does.

    Raises:
        InputError: a file is not a file of relations, or a side's scenario is wrong; all mistakes of a file at once.
    """
    relations = [read_relation(path) for path in paths]
    ensembles: dict[tuple[str, int], Simulated] = {}
    verdicts = []
    for relation in relations:
        count = runs or relation.runs
        sides = {}
        for side in relation.sides:
            scenario = _loaded(side, relation.path, load or loading.load)
            key = (scenario.hash, count)
            if key not in ensembles:
                ensembles[key] = simulated(scenario, count, seed)
            sides[side.name] = ensembles[key]
        for hold in relation.holds:
            judge = _judge_all if hold.variable == EVERYTHING else _judge
            verdicts.append(judge(relation, hold, sides[hold.left], sides[hold.right]))
    return tuple(verdicts)


def _loaded(side: Side, path: Path, load: Load) -> Scenario:
    beside = path.parent / side.scenario
    return load(str(beside) if beside.is_file() else side.scenario, side.sets)


def _judge_all(relation: Relation, hold: Hold, left: Simulated, right: Simulated) -> Verdict:
    """The verdict on everything recorded: the first series that breaks the relation, or that none does."""
    count = 0
    for name, variable in left.variables.items():
        if not _kept(hold, left.dates(name), right.dates(name)).any():
            continue
        for entity in left.entities[variable.entity] if variable.entity else ("",):
            verdict = _judge(relation, replace(hold, variable=name, entity=entity), left, right)
            if not verdict.passed:
                return replace(verdict, hold=hold)
            count += 1
    return Verdict(relation, hold, True, 0, f"{hold}: holds in all {count} series")


def _kept(hold: Hold, dates: NDArray[np.datetime64], others: NDArray[np.datetime64]) -> NDArray[np.bool_]:
    """Which of ``dates`` the relation is about."""
    kept = np.isin(dates, others)
    if hold.since:
        kept &= dates >= np.datetime64(hold.since)
    if hold.until:
        kept &= dates <= np.datetime64(hold.until)
    if hold.at_end:
        kept &= dates == dates[kept][-1:]
    return kept


def _judge(relation: Relation, hold: Hold, left: Simulated, right: Simulated) -> Verdict:
    dates = left.dates(hold.variable)
    kept = _kept(hold, dates, right.dates(hold.variable))
    if not kept.any():
        raise InputError((Problem(str(relation.path), 0, 0, "holds", f"{hold}: no date to compare"),))
    dates = dates[kept]
    a = left.values(hold.variable, hold.entity or None)[kept]
    b = right.values(hold.variable, hold.entity or None)[np.isin(right.dates(hold.variable), dates)]
    wrong = _wrong(a, b, hold)
    if wrong.any():
        broken = int(wrong.any(axis=0).sum()) if hold.mode == EVERY_RUN else a.shape[1]
        return Verdict(relation, hold, False, broken, _counterexample(hold, dates, a, b, wrong))
    if hold.sign in "<>" and not (a != b).any():
        return Verdict(relation, hold, False, a.shape[1], f"{hold}: both sides are the same in every run")
    runs = f"{a.shape[1]:,} runs" if hold.mode == EVERY_RUN else f"the mean of {a.shape[1]:,} runs"
    return Verdict(relation, hold, True, 0, f"{hold}: holds in {runs} at {len(dates)} dates")


def _wrong(a: NDArray[Any], b: NDArray[Any], hold: Hold) -> NDArray[np.bool_]:
    """Where the relation is broken, ``(time, runs)``, or ``(time, 1)`` for means; rounding of sums is forgiven."""
    if hold.mode == ON_AVERAGE:
        a, b = a.mean(axis=1, keepdims=True, dtype=np.float64), b.mean(axis=1, keepdims=True, dtype=np.float64)
    if hold.sign == "==":
        different: NDArray[np.bool_] = a != b
        return different
    slack = ROUNDING * np.maximum(np.abs(a), np.abs(b))
    broken: NDArray[np.bool_] = a > b + slack if hold.sign[0] == "<" else a < b - slack
    return broken


def _counterexample(
    hold: Hold, dates: NDArray[np.datetime64], a: NDArray[Any], b: NDArray[Any], wrong: NDArray[np.bool_]
) -> str:
    if hold.mode == ON_AVERAGE:
        time = int(np.argmax(wrong[:, 0]))
        return (
            f"{hold}: on {dates[time]} the means are {hold.left} {a[time].mean(dtype=np.float64):.6g} and "
            f"{hold.right} {b[time].mean(dtype=np.float64):.6g}"
        )
    gap = np.where(wrong, np.abs(a.astype(np.float64) - b), -1)
    time, run = (int(index) for index in np.unravel_index(np.argmax(gap), gap.shape))
    return (
        f"{hold}: broken in {int(wrong.any(axis=0).sum()):,} of {a.shape[1]:,} runs; worst in run {run} on "
        f"{dates[time]}: {hold.left} {a[time, run]:.6g}, {hold.right} {b[time, run]:.6g}"
    )


def read_relation(path: Path) -> Relation:
    """Read one file of relations.

    Raises:
        InputError: it cannot be read or says something else; all mistakes at once, with line and column.
    """
    document = read(path, str(path))
    if isinstance(document, Problem):
        raise InputError((document,))
    _check_keys(document, (), document.data, _TOP)
    texts = {key: _text(document, key) for key in ("title", "reference")}
    count = document.data.get("runs", RUNS)
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        document.report(("runs",), "a whole number from 1 is needed", at_value=True)
    sides = _sides(document)
    holds = document.data.get("holds")
    if not isinstance(holds, list) or not holds:
        document.report(("holds",), "at least one [[holds]] with relation and variable is needed")
        holds = []
    named = document.data.get("sides")
    names = list(named) if isinstance(named, dict) else []
    entries = [_hold(document, number, entry, names) for number, entry in enumerate(holds)]
    if document.problems:
        raise InputError(tuple(sorted(document.problems)))
    return Relation(path, texts["title"], texts["reference"], count, sides, tuple(entry for entry in entries if entry))


def _check_keys(document: Document, path: tuple[str | int, ...], table: Iterable[str], known: tuple[str, ...]) -> None:
    for key in table:
        if key not in known:
            document.report((*path, key), unknown("key", str(key), known))


def _text(document: Document, key: str) -> str:
    text = document.data.get(key)
    if isinstance(text, str) and text.strip():
        return text
    document.report((key,), "a text is needed", at_value=True)
    return ""


def _sides(document: Document) -> tuple[Side, ...]:
    tables = document.data.get("sides")
    if not isinstance(tables, dict) or len(tables) < 2:
        document.report(("sides",), "at least two sides are needed: [sides.NAME] with scenario or set")
        return ()
    sides = []
    for name, side in tables.items():
        if not isinstance(side, dict):
            document.report(("sides", name), "a table with scenario or set is needed")
            continue
        _check_keys(document, ("sides", name), side, _SIDE)
        scenario = side.get("scenario", document.data.get("scenario", "baseline"))
        sets = side.get("set", [])
        if not isinstance(scenario, str):
            document.report(
                ("sides", name, "scenario"), "a path or the name of a shipped scenario is needed", at_value=True
            )
        elif not isinstance(sets, list) or not all(isinstance(text, str) for text in sets):
            document.report(("sides", name, "set"), 'a list of texts is needed: set = ["KEY = VALUE"]', at_value=True)
        else:
            sides.append(Side(name, scenario, tuple(sets)))
    return tuple(sides)


def _hold(document: Document, number: int, table: Any, sides: list[str]) -> Hold | None:
    here, before = ("holds", number), len(document.problems)
    if not isinstance(table, dict):
        document.report(here, "a table with relation and variable is needed")
        return None
    _check_keys(document, here, table, _HOLD)
    match = _RELATION.fullmatch(str(table.get("relation", "")))
    if match is None:
        document.report((*here, "relation"), 'write it as "ONE >= OTHER" with <=, >=, ==, < or >', at_value=True)
    for name in (match[1], match[3]) if match else ():
        if name not in sides:
            document.report((*here, "relation"), unknown("side", name, sides), at_value=True)
    entity = _check_variable(document, here, table)
    if table.get("in", EVERY_RUN) not in (EVERY_RUN, ON_AVERAGE):
        document.report((*here, "in"), f'write "{EVERY_RUN}" or "{ON_AVERAGE}"', at_value=True)
    for key in ("from", "until"):
        if key in table and type(table[key]) is not date:
            document.report((*here, key), "a date such as 2026-01-31 is needed", at_value=True)
    if match is None or len(document.problems) > before:
        return None
    return Hold(
        match[1], match[2], match[3], table["variable"], entity, table.get("in", EVERY_RUN),
        table.get("from"), table.get("until"), bool(table.get("at_end", False)),
    )  # fmt: skip


def _check_variable(document: Document, here: tuple[str | int, ...], table: dict[str, Any]) -> str:
    """The code of the entity that a hold is about, the empty text for none; mistakes are noted."""
    known = {variable.name: variable for variable in model.variables()}
    name, entity = table.get("variable"), table.get("entity")
    name = table["variable"] = model.RENAMED.get(str(name), name)
    if name == EVERYTHING and "==" in str(table.get("relation")) and "entity" not in table:
        return ""
    if not isinstance(name, str) or name not in known:
        document.report((*here, "variable"), unknown("variable", str(name), known), at_value=True)
        return ""
    axis = known[name].entity
    if axis is None:
        if entity:
            document.report((*here, "entity"), f"{name} is one series; leave entity out")
        return ""
    codes = next(each.codes for each in model.registry().axes if each.name == axis)
    if not isinstance(entity, str):
        document.report((*here, "variable"), f"{name} needs entity, a {axis} such as {', '.join(codes[-3:])}")
        return ""
    code = entity if entity in codes else entity_code(entity, codes)
    if code is None:
        document.report((*here, "entity"), wrong_code(entity, codes), at_value=True)
    return code or ""
