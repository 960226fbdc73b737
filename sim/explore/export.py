"""A page without a server: every shipped scenario in full, and a grid over the levers that matter most.

Between the points of the grid the page draws straight lines; how far that is from simulating is measured at points off
the grid and shown with the charts. The files open from disk and ask nothing of any network.
"""

from __future__ import annotations

import base64
import itertools
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim import text
from sim.ensemble.statistics import moments, shares
from sim.explore.answer import baseline_of, headlines, page_facts, reported_points
from sim.explore.drawn import (
    Drawn,
    Subject,
    Values,
    codes,
    dates_of,
    groups,
    known_variables,
    simulated,
    usual_series,
)
from sim.explore.levers import Lever, about, grid_levers, scenarios, settings
from sim.explore.server import page_files
from sim.explore.state import State
from sim.files import write_whole

if TYPE_CHECKING:
    from sim.scenario import Scenario

Floats = NDArray[np.float64]
Progress = Callable[[int, int], None]
Key = tuple[str, str]
Point = Sequence[float | str | None]

RUNS, GRID_RUNS, SEED = 1000, 256, 1
OFF_GRID = 24
"""Points off the grid at which the error of the straight lines is measured."""
MODULES = (
    "util", "stored", "source", "state", "charts", "stills", "world", "levers", "views", "events", "assumptions",
    "compare", "ask", "teach", "main",
)  # fmt: skip
"""The modules of the page, each after those it takes from."""
_IMPORT = re.compile(r"^import .*?;\n", re.MULTILINE | re.DOTALL)
_EXPORT = re.compile(r"^export (?=(async )?(function|class|const|let)\b)", re.MULTILINE)


def write_page(
    folder: Path,
    base: str = "",
    *,
    runs: int = RUNS,
    grid_runs: int = GRID_RUNS,
    levers: Sequence[Lever] | None = None,
    progress: Progress | None = None,
    replace: bool = True,
) -> list[Path]:
    """Write the page into ``folder``: the files written, all in all at most some 20 MB.

    ``base`` is the shipped scenario that the levers move, the newest baseline if empty. ``runs`` are drawn of every
    shipped scenario and ``grid_runs`` at each point of the grid over ``levers``, by default the six in front.
    Unless ``replace``, other files of these names stay, and are told.

    Raises:
        FaultError: a file cannot be written.
    """
    rows = scenarios()
    newest = max((row for row in rows if row["is_baseline"]), key=lambda row: str(row["start"]))
    base = base or newest["name"]
    chosen = _with_still(base, grid_levers() if levers is None else levers)
    points = list(itertools.product(*(lever.grid for lever in chosen)))
    total = len(points) + OFF_GRID + len(rows)
    done = 0

    def tell() -> None:
        nonlocal done
        done += 1
        if progress:
            progress(done, total)

    stored: dict[str, Any] = {"facts": _facts(base, chosen), "base": base, "levers": _told_levers(base, chosen)}
    stored["about"] = {lever.key: about(lever.key, State((base,)).scenario()) for lever in chosen}
    stored |= _grid(base, chosen, points, grid_runs, tell)
    stored |= _every_scenario(runs, tell)
    files = page_files()
    page = files["index.html"].decode()
    module = '<script type="module" src="main.js"></script>'
    page = page.replace(module, '<script defer src="data.js"></script>\n<script defer src="page.js"></script>')
    data = json.dumps(stored, separators=(",", ":"), allow_nan=False)
    contents: dict[str, str | bytes] = {
        "index.html": page,
        "style.css": files["style.css"],
        "icon.svg": files["icon.svg"],
        "page.js": bundled(files),
        "data.js": f"globalThis.ALLIANCE = {data};\n",
    }
    written = []
    for name, content in contents.items():
        write_whole(folder / name, content, remedy="choose another folder", replace=replace)
        written.append(folder / name)
    return written


def bundled(files: dict[str, bytes]) -> str:
    """The modules of the page as one script: what a browser opens from disk may not import modules."""
    parts = [_EXPORT.sub("", _IMPORT.sub("", files[f"{name}.js"].decode())) for name in MODULES]
    return "(() => {\n" + "\n".join(parts) + "})();\n"


def _facts(base: str, levers: Sequence[Lever]) -> dict[str, Any]:
    facts = dict(page_facts())
    groups = []
    grids = {lever.key: [level for level in lever.grid if level is not None] for lever in levers}
    for group in facts["groups"]:
        shown = []
        for lever in group["levers"]:
            levels = grids.get(lever["key"])
            if levels and isinstance(levels[0], str):
                shown.append({**lever, "levels": levels})
            elif levels:
                shown.append({**lever, "low": levels[0], "high": levels[-1]})
        groups += [{"name": group["name"], "levers": shown}] if shown else []
    return {**facts, "groups": groups, "first": {"extends": [base]}}


def _with_still(base: str, levers: Sequence[Lever]) -> tuple[Lever, ...]:
    """The levers with None, not moved, before their levels where the scenario's own value is none of these."""
    held = settings(State((base,)).scenario(), tuple(lever.key for lever in levers))
    return tuple(
        lever
        if None in lever.grid or (held[lever.key]["span"] is None and held[lever.key]["value"] in lever.grid)
        else replace(lever, grid=(None, *lever.grid))
        for lever in levers
    )


def _told_levers(base: str, levers: Sequence[Lever]) -> list[dict[str, Any]]:
    """Each lever with its levels, and what holds while nobody has moved it."""
    held = settings(State((base,)).scenario(), tuple(lever.key for lever in levers))
    return [
        {
            "key": lever.key,
            "levels": list(lever.grid),
            "still": None if None in lever.grid else held[lever.key]["value"],
            "held": held[lever.key],
        }
        for lever in levers
    ]


def packed(values: NDArray[Any]) -> dict[str, Any]:
    """Numbers as 16-bit steps of their own range, in base64: exact to a 65,535th of that range."""
    low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 0.0)
    step = (high - low) / 65535
    steps = np.zeros(values.shape) if step == 0 else np.round((values - low) / step)
    content = base64.b64encode(steps.astype("<u2").tobytes()).decode()
    return {"shape": list(values.shape), "low": low, "step": step, "data": content}


# The grid


def _grid(
    base: str, levers: Sequence[Lever], points: Sequence[Point], runs: int, tell: Callable[[], None]
) -> dict[str, Any]:
    state = State((base,))
    start = state.scenario()
    subjects = [Subject(*key) for key in usual_series() if not known_variables()[key[0]].labels]
    alliance = [subject for subject in subjects if subject.about.entity != "member"]
    share = next((name for name, about in known_variables().items() if about.entity == "member"), "")
    members = [subject for subject in subjects if subject.variable == share]
    wanted = [(subject.variable, subject.entity) for subject in (*alliance, *members)]
    rows = {every: _rows(dates_of(start)[every]) for every in ("year", "month")}
    still = simulated(start, SEED, 0, runs, wanted)
    grid = {subject.id: np.empty((len(points), len(rows[subject.about.every]), 6)) for subject in alliance}
    tiles = np.empty((len(points), len(members), len(rows["year"]), 4))

    def filled(values: dict[Key, Values], subject: Subject) -> Floats:
        key = subject.variable, subject.entity
        kept = rows[subject.about.every]
        return _summary(subject, values[key][kept], still[key][kept])

    for number, point in enumerate(points):
        values = simulated(_at(state, levers, point), SEED, 0, runs, wanted)
        for subject in alliance:
            grid[subject.id][number] = filled(values, subject)[:, :6]
        for line, subject in enumerate(members):
            tiles[number, line] = filled(values, subject)[:, [2, 0, 4, 5]]
        tell()
    misses: dict[str, list[Floats]] = {subject.id: [] for subject in alliance}
    for point in _off_grid(levers):
        values = simulated(_at(state, levers, point), SEED, 0, runs, wanted)
        for subject in alliance:
            between = interpolated(grid[subject.id], levers, point)
            misses[subject.id].append(np.abs(between - filled(values, subject)[:, :6])[:, [0, 2, 4]])
        tell()
    errors = {}
    for name, missed in misses.items():
        every = np.concatenate([each.ravel() for each in missed])
        errors[name] = [float(f"{np.quantile(every, part):.3g}") for part in (0.5, 0.95)]
    days = {every: [dates_of(start)[every][row].isoformat() for row in rows[every]] for every in rows}
    return {
        "gridDates": days,
        "grid": {name: packed(values) for name, values in grid.items()},
        "members": {"variable": share, "codes": [subject.entity for subject in members], "values": packed(tiles)},
        "errors": errors,
        "gridRuns": runs,
    }


def _rows(days: Sequence[Any]) -> list[int]:
    """The dates of the grid: the ends of years, and always the first and the last date."""
    return sorted({0, *(row for row, day in enumerate(days) if day.month == 12), len(days) - 1})


def _at(state: State, levers: Sequence[Lever], point: Point) -> Scenario:
    for lever, level in zip(levers, point, strict=True):
        if level is None:
            continue
        state = state.with_set(lever.key, f'"{level}"' if isinstance(level, str) else f"{level:.6g}")
    return state.scenario()


def _summary(subject: Subject, values: Values, still: Values) -> Floats:
    """Quantiles, mean change and share of runs above the base: ``(dates, 7)``. A 0/1 variable's five are its share."""
    summary = np.empty((len(values), 7))
    if subject.about.flag:
        summary[:, :5] = values.mean(axis=-1, dtype=np.float64)[:, None]
    else:
        summary[:, :5] = moments(values)[:, 2:]
    summary[:, 5] = (values - still).mean(axis=-1, dtype=np.float64)
    summary[:, 6] = (values > still).mean(axis=-1)
    return summary


def _off_grid(levers: Sequence[Lever]) -> Iterator[Point]:
    """Points spread evenly over the box, none of them on the grid: a lattice of golden-ratio steps."""
    for number in range(1, OFF_GRID + 1):
        point: list[float | str | None] = []
        for index, lever in enumerate(levers):
            part = (number * (0.6180339887 ** (1 + index / len(levers))) + 0.5 * index) % 1.0
            numbers = _numbers(lever)
            if numbers and not (None in lever.grid and number % 4 == index % 4):
                point.append(numbers[0] + part * (numbers[-1] - numbers[0]))
            else:
                point.append(None if numbers else lever.grid[int(part * len(lever.grid))])
        yield tuple(point)


def interpolated(grid: Floats, levers: Sequence[Lever], point: Point) -> Floats:
    """The values between the points of the grid: linear along each lever. ``grid`` is ``(points, ...)``."""
    values = grid.reshape(*(len(lever.grid) for lever in levers), *grid.shape[1:])
    for lever, at in zip(levers, point, strict=True):
        if at is None or isinstance(at, str):
            values = values[lever.grid.index(at)]
            continue
        levels, shift = _numbers(lever), int(None in lever.grid)
        left = min(max(0, sum(level <= at for level in levels) - 1), len(levels) - 2)
        part = (at - levels[left]) / (levels[left + 1] - levels[left])
        values = values[shift + left] * (1 - part) + values[shift + left + 1] * part
    return values


def _numbers(lever: Lever) -> list[float]:
    """The levels of a lever that is a number."""
    return [float(level) for level in lever.grid if level is not None and not isinstance(level, str)]


# The shipped scenarios


def _every_scenario(runs: int, tell: Callable[[], None]) -> dict[str, Any]:
    every = [
        Subject(name, code)
        for name, about in known_variables().items()
        for code in (codes(about.entity) if about.entity else ("",))
    ]
    wanted = [(subject.variable, subject.entity) for subject in every]
    kept: dict[str, dict[Key, Values]] = {}
    documents: dict[str, Any] = {}
    reports: dict[str, Any] = {}
    for row in sorted(scenarios(), key=lambda row: not row["is_baseline"]):
        scenario = State((row["name"],)).scenario()
        values = simulated(scenario, SEED, 0, runs, wanted)
        base = baseline_of(scenario)
        if row["is_baseline"]:
            kept[base.hash] = values
        still = kept[base.hash] if base.hash in kept else simulated(base, SEED, 0, runs, wanted)
        drawn = Drawn(scenario, runs, SEED, values, dates_of(scenario))
        documents[row["name"]] = {
            "title": row["title"],
            "label": row["label"],
            "start": row["start"],
            "end": row["end"],
            "baseline": row["baseline"],
            "dates": {clock: [day.isoformat() for day in days] for clock, days in drawn.dates.items()},
            "ends": [drawn.dates["month"][place].isoformat() for place in _rows(drawn.dates["month"])],
            "series": {subject.id: _series(subject, drawn, still) for subject in every},
        }
        reports.setdefault(row["start"], {subject.id: reported_points(subject, scenario) for subject in every})
        tell()
    subjects = {
        subject.id: {
            "title": subject.title,
            "unit": subject.unit,
            "every": subject.about.every,
            "kind": subject.kind,
            "labels": list(subject.about.labels),
            "measure": subject.about.unit,
            "written": text.amount(0, subject.about.unit, 0).replace("0", "{}", 1),
        }
        for subject in every
    }
    return {
        "scenarios": documents,
        "reported": reports,
        "subjects": subjects,
        "strip": [subject.id for subject in headlines()],
        "runs": runs,
        "seed": SEED,
    }


def _series(subject: Subject, drawn: Drawn, still: dict[Key, Values]) -> dict[str, Any]:
    values, base = drawn.of(subject), still[subject.variable, subject.entity]
    # Single donors are many: of their months the page keeps the ends of years.
    thin = subject.about.every == "month" and subject.entity not in ("", *groups(subject.about.entity or ""))
    if thin:
        kept = _rows(drawn.dates["month"])
        values, base = values[kept], base[kept]
    if subject.about.labels:
        return {"values": packed(shares(values, len(subject.about.labels)))}
    summary = _summary(subject, values, base)
    lower = (values < base).mean(axis=-1)[:, None]
    quantiles = summary[:, :1] if subject.about.flag else summary[:, :5]
    largest = float(np.abs(quantiles).max()) if quantiles.size else 0.0
    places = 0 if subject.about.flag else text.decimals(largest, subject.about.unit)
    change = np.concatenate([summary[:, 5:], lower], axis=1)
    series = {"values": packed(quantiles), "change": packed(change), "places": places}
    return {**series, "thin": True} if thin else series
