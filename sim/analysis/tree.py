"""The tree of scenario files in a folder: who extends whom, where a branch leaves its parent, and how each ends."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim import loading
from sim.analysis.outcomes import Outcome, headline
from sim.errors import InputError, Problem
from sim.scenario.keys import HEADS
from sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from sim.ensemble import Result

Load = Callable[[Path], Scenario]


@dataclass(frozen=True, slots=True)
class Ending:
    """Where an outcome stands at the end: median and 90% range, or for a probability the share of runs thrice."""

    outcome: Outcome
    date: str
    q05: float
    median: float
    q95: float


@dataclass(frozen=True, slots=True)
class Node:
    """One scenario file. ``parents`` are names of files in the same tree, ``outside`` of files elsewhere.

    ``at`` is the day a branch leaves its parent: that of its first event, where events are all that it changes.
    ``endings`` are empty until the scenario has been run; ``stale`` says that the file has changed since.
    """

    name: str
    path: Path
    title: str
    depth: int
    parents: tuple[str, ...]
    outside: tuple[str, ...]
    at: date | None
    endings: tuple[Ending, ...]
    stale: bool


def tree(folder: Path, results: Path | None = None, *, load: Load = loading.load) -> tuple[Node, ...]:
    """The scenario files of ``folder``, each below the parent it names last, each family together.

    ``results`` is the folder that holds a result folder per scenario name. A file that cannot be read as TOML, or that
    is no scenario (no title), is left to ``alliance check`` and is not part of the tree; nor are ``circles``.

    Raises:
        InputError: there is no such folder, or no scenario in it; a result is damaged, or its scenario is wrong now.
    """
    files, parents = _families(folder)
    order: list[tuple[str, int]] = []
    for name in files:
        if not parents[name][0]:
            _walk(name, 0, parents, order)
    nodes = []
    for name, depth in order:
        path, data = folder / f"{name}.toml", files[name]
        endings, stale = _ended(path, results / name, load) if results else ((), False)
        nodes.append(Node(name, path, data["title"], depth, *parents[name], _branched(data), endings, stale))
    return tuple(nodes)


def circles(folder: Path) -> tuple[Problem, ...]:
    """The files of ``folder`` that have no place in its tree, as their parents extend each other, with the line."""
    _, parents = _families(folder)
    problems = []
    for name in parents:
        trail = [name]
        while (above := parents[trail[-1]][0]) and above[-1] not in trail:
            trail.append(above[-1])
        if above:
            loop = [*trail[trail.index(above[-1]) :], above[-1]]
            path = folder / f"{name}.toml"
            fault = "the files extend each other: " + " -> ".join(f"{link}.toml" for link in loop)
            problems.append(Problem(str(path), *_place(path), "extends", fault))
    return tuple(problems)


def _place(path: Path) -> tuple[int, int]:
    """Line and column of what a file extends."""
    from sim.scenario.document import Document, read

    document = read(path, str(path))
    return document.positions.value(("extends",)) if isinstance(document, Document) else (0, 0)


def _families(folder: Path) -> tuple[dict[str, dict[str, Any]], dict[str, tuple[tuple[str, ...], tuple[str, ...]]]]:
    """The scenario files of ``folder`` by name, and whom each extends."""
    if not folder.is_dir():
        raise InputError((Problem(str(folder), 0, 0, "", "no such folder"),))
    files = {path.stem: data for path in sorted(folder.glob("*.toml")) if (data := _data(path))}
    if not files:
        raise InputError((Problem(str(folder), 0, 0, "", "no scenario files in this folder"),))
    return files, {name: _parents(data, set(files)) for name, data in files.items()}


def _data(path: Path) -> dict[str, Any] | None:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return data if isinstance(data.get("title"), str) else None


def _parents(data: dict[str, Any], known: set[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of the files extended, those in the tree and those elsewhere."""
    raw = data.get("extends", [])
    names = [parent for parent in (raw if isinstance(raw, list) else [raw]) if isinstance(parent, str)]
    inside = tuple(Path(name).stem for name in names if len(Path(name).parts) == 1 and Path(name).stem in known)
    return inside, tuple(name for name in names if Path(name).stem not in inside)


def _walk(name: str, depth: int, parents: dict[str, Any], order: list[tuple[str, int]]) -> None:
    """Add a file and, below it, those whose last parent it is."""
    order.append((name, depth))
    for child, (inside, _) in parents.items():
        if inside and inside[-1] == name:
            _walk(child, depth + 1, parents, order)


def _branched(data: dict[str, Any]) -> date | None:
    events = data.get("events", [])
    if set(data) - set(HEADS) or {"start", "end"} & set(data) or not isinstance(events, list):
        return None
    days = [event.get("date") for event in events if isinstance(event, dict)]
    return min((day for day in days if type(day) is date), default=None)


def _ended(path: Path, folder: Path, load: Load) -> tuple[tuple[Ending, ...], bool]:
    """How the scenario at ``path`` ends by the result in ``folder``, and whether it has changed since."""
    from sim.ensemble import open_result

    if not (folder / "manifest.json").is_file():
        return (), False
    result = open_result(folder)
    outcomes = [outcome for outcome in headline(result.variables.values()) if outcome.kind != "wait"]
    return tuple(_ending(result, outcome) for outcome in outcomes), result.scenario.hash != load(path).hash


def _ending(result: Result, outcome: Outcome) -> Ending:
    day = str(result.dates(outcome.variable)[-1])
    entity = outcome.entity or None
    if outcome.binary:
        share = float(result.mean(outcome.variable, entity)[-1])
        return Ending(outcome, day, share, share, share)
    q05, _, median, _, q95 = np.asarray(result.quantiles(outcome.variable, entity)[-1], np.float64).tolist()
    return Ending(outcome, day, q05, median, q95)
