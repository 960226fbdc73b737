"""Split one weighted ensemble by what happened in it, to compare the parts. This is conditioning, not intervention."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.analysis.align import View
from sim.errors import InputError
from sim.model import Variable
from sim.model.engine.draws import ACTED, EPOCH
from sim.text import nearest

if TYPE_CHECKING:
    from sim.ensemble.ensemble import Ensemble


@dataclass(frozen=True, slots=True)
class Split:
    """How a key splits: the variable read, the day it is settled (None: the end), and the parts' names for 0, 1.

    With ``ever`` a part holds the runs in which the variable was 1 at some time.
    """

    variable: str
    day: date | None = None
    names: tuple[str, ...] = ()
    ever: bool = False


def _elections() -> dict[str, Split]:
    """Winners are read at the first month-end after they take office: 20 January (president), 3 January (Congress)."""
    splits = {}
    for year in range(2012, 2041, 2):
        if year % 4 == 0:
            names = ("Democratic president", "Republican president")
            splits[f"us.elections.{year}.president"] = Split("republican_president", date(year + 1, 1, 20), names)
        for chamber in ("house", "senate"):
            names = (f"Democratic {chamber.capitalize()}", f"Republican {chamber.capitalize()}")
            splits[f"us.elections.{year}.{chamber}"] = Split(f"republican_{chamber}", date(year + 1, 1, 3), names)
    return splits


ELECTIONS = _elections()
# Without a year: the first such election that is settled inside the horizon.
OFFICES = ("us.president", "us.house", "us.senate")
STATES: dict[str, Split] = {
    "ceasefire": Split("ceasefire", None, ("no ceasefire", "ceasefire at some time"), ever=True),
    "ceasefire.at_end": Split("ceasefire", None, ("no ceasefire at the end", "ceasefire at the end")),
    "us.withdrawn": Split("us_withdrawn", None, ("United States stays", "United States leaves the treaty"), ever=True),
    "posture": Split("us_posture"),
}
MOST_PARTS = 8
ALLOWED = ("us.elections.YEAR.president", "us.elections.YEAR.house", "us.elections.YEAR.senate", *OFFICES, *STATES)


@dataclass(frozen=True, eq=False)
class Parts:
    """The parts of an ensemble and the day they were told apart. Every run is in exactly one part."""

    by: str
    day: str
    views: tuple[View, ...]


def split(result: Ensemble, by: str, variables: Iterable[Variable]) -> Parts:
    """The parts of ``result`` by the outcome ``by``, in order of the outcome's value.

    Runs in which the outcome is missing form a part of their own.

    Raises:
        InputError: an unknown key (with the nearest allowed), an outcome outside the horizon, or one that is the same
            in every run.
    """
    if (parts := by_draw(result, by)) is not None:
        return parts
    key, rule = _rule(by, result)
    values, day = _values(result, key, rule)
    labels = next((variable.labels for variable in variables if variable.name == rule.variable), ())
    names = rule.names or labels
    views = [
        View(names[int(value)] if int(value) < len(names) else f"{rule.variable} = {value:g}", result,
             values == value, (result,))
        for value in np.unique(values[np.isfinite(values)])
    ]  # fmt: skip
    if not np.isfinite(values).all():
        views.append(View("not decided", result, ~np.isfinite(values), (result,)))
    if len(views) < 2:
        raise InputError(
            f"all {result.runs:,} runs of {result.scenario.name} have the same {key} ({views[0].name}); "
            "give the outcome weights in the scenario, or compare two scenarios"
        )
    return Parts(key, day, tuple(views))


def by_draw(result: Ensemble, by: str) -> Parts | None:
    """The parts of ``result`` by what its runs drew of a key; None if ``by`` names no key that runs draw.

    ``KEY`` makes two halves of as many runs, ``KEY:3`` three, ``KEY=0.2,0.5`` cuts there. A choice is split by
    its options, an event left to chance by whether it happens, the day on which it began (``acted: NAME``) as a number
    is. Runs in which it did not come up are a part of their own.

    Raises:
        InputError: parts or edges that make no parts, or what only a run with ``--keep-draws`` can tell.
    """
    from sim.ensemble.drawn import drawn_of
    from sim.model.draws import EVENT

    named = by.startswith((EVENT, ACTED))
    key, count, edges = (by, 2, ()) if named else _asked(by)
    if key in ELECTIONS or key in OFFICES or key in STATES or (drawn := drawn_of(result, key)) is None:
        return None
    came = np.isfinite(drawn.values)
    values, part = drawn.values[came], np.full(result.runs, -1)
    if names := drawn.options:
        event = key.removeprefix(EVENT) if named else ""
        part[came], labels = values.astype(int), [f"{event} {name}" if named else f"{key} = {name}" for name in names]
    elif edges:
        part[came], labels = np.digitize(values, edges), _between(key, edges)
    elif drawn.days:
        part[came], labels = _halves_by_day(key, values)
    elif len(values):
        part[came] = np.argsort(np.argsort(values, kind="stable"), kind="stable") * count // len(values)
        cuts = [float(drawn.values[part == number].min()) for number in range(1, count) if (part == number).any()]
        labels = _between(key, cuts)
    missing = f"{key.removeprefix(ACTED)}: did not act" if drawn.days else f"{key}: did not come up"
    views = [
        View(labels[number] if number >= 0 else missing, result, part == number, (result,))
        for number in sorted(np.unique(part), key=lambda number: (number < 0, number))
    ]
    if len(views) < 2:
        raise InputError(f"all {result.runs:,} runs of {result.scenario.name} fall into one part: {views[0].name}")
    return Parts(key, str(result.scenario.end if drawn.later else result.scenario.start), tuple(views))


def _asked(by: str) -> tuple[str, int, tuple[float, ...]]:
    """The key, the number of parts and the edges that ``KEY``, ``KEY:N`` or ``KEY=A,B`` ask for."""
    key, equals, text = by.partition("=")
    if equals:
        try:
            edges = tuple(float(edge) for edge in text.split(","))
        except ValueError:
            raise InputError(f"--by {by}: edges are numbers with commas between, such as {key}=0.2,0.5") from None
        if list(edges) != sorted(set(edges)) or not np.isfinite(edges).all():
            raise InputError(f"--by {by}: edges must be finite numbers that rise")
        return key, 0, edges
    key, colon, text = by.partition(":")
    if colon and not (text.isdigit() and 2 <= int(text) <= MOST_PARTS):
        raise InputError(f"--by {by}: write {key}:N for N parts of as many runs, from 2 to {MOST_PARTS}")
    return key, int(text) if colon else 2, ()


def _halves_by_day(key: str, days: NDArray[np.float64]) -> tuple[NDArray[np.intp], list[str]]:
    """The earlier and the later half of the days on which an event began, or one part where it always began on one."""
    name = key.removeprefix(ACTED)
    if not len(days) or days.min() == days.max():
        return np.zeros(len(days), np.intp), [f"{name}: acted"]
    middle = np.median(days)
    middle = days[days > days.min()].min() if middle == days.min() else middle
    edge = date.fromordinal(int(days[days >= middle].min()) + EPOCH)
    return (days >= middle).astype(np.intp), [f"{name}: acted before {edge}", f"{name}: acted from {edge} on"]


def _between(key: str, edges: Sequence[float]) -> list[str]:
    """Names of the parts that edges make."""
    inner = [f"{key} {low:.4g} to {high:.4g}" for low, high in pairwise(edges)]
    return [f"{key} below {edges[0]:.4g}", *inner, f"{key} from {edges[-1]:.4g}"]


def _rule(by: str, result: Ensemble) -> tuple[str, Split]:
    by = {"us.commitment.posture": "posture", "us_posture": "posture"}.get(by, by)
    if by in OFFICES:
        chamber = by.removeprefix("us.")
        for key, rule in ELECTIONS.items():
            if key.endswith(chamber) and rule.day is not None and result.scenario.start <= rule.day:
                return key, rule
    known = {**ELECTIONS, **STATES}
    if by not in known:
        raise InputError(f"cannot split by {by!r}; {_advice(by, result)}")
    return by, known[by]


def _values(result: Ensemble, by: str, rule: Split) -> tuple[NDArray[np.float64], str]:
    dates = result.dates(rule.variable).astype("datetime64[D]")
    values = np.asarray(result.values(rule.variable), np.float64)
    if rule.ever:
        return values.max(axis=0), str(dates[-1])
    if rule.day is None:
        return values[-1], str(dates[-1])
    later = np.flatnonzero(dates >= np.datetime64(rule.day))
    if not len(later) or result.scenario.start > rule.day:
        raise InputError(
            f"{by} is settled on {rule.day}, outside {result.scenario.name} ({result.scenario.start} to "
            f"{result.scenario.end}); change start or end, or split by another outcome"
        )
    return values[later[0]], str(dates[later[0]])


def _advice(word: str, result: Ensemble) -> str:
    from sim.model.draws import drawn_keys

    drawn = drawn_keys(result.scenario)
    near = nearest(word, [*ELECTIONS, *OFFICES, *STATES, *drawn], cutoff=0.6)
    others = f", and {len(drawn)} keys and events that its runs draw, such as {drawn[0]}" if drawn else ""
    return f"nearest: {', '.join(near)}" if near else f"allowed: {', '.join(ALLOWED)}{others}"
