"""The outcomes a comparison looks at: recorded variables, single labels of a labelled one, and dates reached."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from sim import model
from sim.errors import InputError, Problem
from sim.model import Axis, Variable
from sim.model.groups import group_of, together, together_at_half_years
from sim.scenario.entities import entity_code, entity_name, wrong_code
from sim.text import unknown

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario

Kind = Literal["number", "probability", "label", "wait"]

DAYS_A_YEAR = 365.25


class Recorded(Protocol):
    """A result or a view on one."""

    def dates(self, variable: str) -> NDArray[np.datetime64]:
        """The dates of a variable, ``(time,)``."""

    def values(self, variable: str, entity: str | None = None) -> NDArray[Any]:
        """``(time, runs)``."""

    def values_at_half_years(self, variable: str, entity: str) -> tuple[NDArray[np.datetime64], NDArray[Any]]:
        """Ends of half-years ``(time,)`` and values there ``(time, runs)``."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One thing to compare. ``entity`` is a member, a donor group or empty; ``label`` picks one label of a variable.

    A wait is the number of years from the first recorded date until the variable first reaches ``threshold``, counted
    to the last date at most, so that every run has one and no pair is lost. ``headline`` says that the model declares
    the variable as one of those that a reader looks at first. An ``entity`` that is a group of members or donors has
    ``codes``, which are taken ``together`` as `Variable` says. Where a variable keeps the single runs of its groups
    only, other entities are read ``at_half_years``.
    """

    name: str
    variable: str
    entity: str
    long_name: str
    unit: str
    price_basis: str
    kind: Kind
    label: int = -1
    threshold: float = 0.0
    headline: bool = False
    codes: tuple[str, ...] = ()
    together: str = ""
    weight: str = ""
    at_half_years: bool = False

    @property
    def key(self) -> str:
        """``name`` or ``name:ENTITY``, as the user names it."""
        return f"{self.name}:{self.entity}" if self.entity else self.name

    @property
    def title(self) -> str:
        """What it is in words, with the name of its entity: ``Defence expenditure, share of GDP: Poland``."""
        return f"{self.long_name}: {entity_name(self.entity)}" if self.entity else self.long_name

    @property
    def binary(self) -> bool:
        """Whether each run holds 0 or 1, so that the mean is a probability."""
        return self.kind in ("probability", "label")

    def read(self, source: Recorded) -> tuple[NDArray[np.datetime64], NDArray[np.floating[Any]]]:
        """Dates ``(time,)`` and values ``(time, runs)``; a wait stands at its last date only."""
        if self.at_half_years:
            return self._at_half_years(source)
        dates = source.dates(self.variable)
        if self.codes:
            return dates, together(self.together, self.weight, self.variable, self.codes, source.values)
        values = source.values(self.variable, self.entity or None)
        if self.kind == "label":
            return dates, np.where(np.isfinite(values), values == self.label, np.nan)
        if self.kind == "wait" and len(dates):
            return dates[-1:], _wait(dates, values, self.threshold)[None, :]
        return dates, values

    def _at_half_years(self, source: Recorded) -> tuple[NDArray[np.datetime64], NDArray[np.floating[Any]]]:
        if not self.codes:
            return source.values_at_half_years(self.variable, self.entity)
        read = source.values_at_half_years
        return together_at_half_years(self.together, self.weight, self.variable, self.codes, read)


WAITS = (
    ("ceasefire_wait", "ceasefire", 1.0, "Time until the first ceasefire, to the end at most"),
    (
        "two_percent_wait",
        "europe_canada_share_pct_gdp",
        2.0,
        "Time until Europe and Canada together spend 2% of GDP, to the end at most",
    ),
)


def headline(variables: Iterable[Variable] | None = None) -> tuple[Outcome, ...]:
    """The outcomes of every headline variable (for entities, their groups), of every flag, and the dates reached."""
    known = {variable.name: variable for variable in variables or model.variables()}
    outcomes: list[Outcome] = []
    for variable in known.values():
        if variable.headline or variable.flag:
            outcomes += outcomes_of(variable, _groups(variable.entity) if variable.entity else ("",))
    return (*outcomes, *_waits(known))


def _groups(entity: str) -> tuple[str, ...]:
    """The groups of an axis; none where the system that declares it is not installed."""
    return next((axis.groups for axis in model.registry().axes if axis.name == entity), ())


def _waits(variables: Mapping[str, Variable]) -> list[Outcome]:
    """The outcomes that are dates reached by one of ``variables``."""
    return [
        Outcome(name, variable, "", long_name, "years", "", "wait", threshold=threshold)
        for name, variable, threshold, long_name in WAITS
        if variable in variables
    ]


def outcomes_of(variable: Variable, entities: Sequence[str]) -> list[Outcome]:
    """The outcomes of one variable for ``entities`` (the empty text where it has none): one, or one per label."""
    if variable.labels:
        return [
            Outcome(f"{variable.name}={label}", variable.name, entity, f"{variable.long_name}: {label}", "0/1", "",
                    "label", number, headline=variable.headline)
            for entity in entities
            for number, label in enumerate(variable.labels)
        ]  # fmt: skip
    kind: Kind = "probability" if variable.flag else "number"
    return [
        Outcome(
            variable.name, variable.name, entity, variable.long_name, variable.unit, variable.price_basis, kind,
            headline=variable.headline,
        )
        for entity in entities
    ]  # fmt: skip


def chosen_outcomes(
    names: Sequence[str],
    variables: Iterable[Variable] | None = None,
    axes: Iterable[Axis] | None = None,
    scenarios: Sequence[Scenario] = (),
) -> tuple[Outcome, ...]:
    """The outcomes that ``names`` ask for, or the headline outcomes if there are none.

    Args:
        names: ``variable``, ``variable:ENTITY``, or a wait by its name. Without an entity every one is meant of which
            single runs are kept. An entity may be a code, a name or another name in use (``Germany``, ``EL``).
        variables: the recorded variables; those of the model by default.
        axes: the axes of entities; those of the model by default.
        scenarios: those asked about, whose own groups can be named; of one that two of them have, the last holds.

    Raises:
        InputError: unknown variables or entities, all at once, each with the nearest that exists.
    """
    known = {variable.name: variable for variable in variables or model.variables()}
    if not names:
        return headline(known.values())
    entities = {axis.name: axis for axis in axes or model.registry().axes}
    waits = {wait.name: wait for wait in _waits(known)}
    outcomes: list[Outcome] = []
    problems: list[str] = []
    for name in names:
        stem, _, entity = name.partition(":")
        stem = model.RENAMED.get(stem, stem)
        variable = known.get(stem)
        if stem in waits and not entity:
            outcomes.append(waits[stem])
        elif variable is None:
            problems.append(unknown("variable", stem, (*known, *waits)))
        else:
            axis = entities.get(variable.entity or "", Axis("", ()))
            allowed = axis.codes if variable.keep_runs else axis.groups
            code = entity_code(entity, allowed) or entity
            if not code or code in allowed:
                outcomes += outcomes_of(variable, (code,) if code else (allowed or ("",)))
            elif further := _single_or_group(variable, entity, axis, scenarios):
                outcomes.append(further)
            else:
                near = axis.codes or allowed
                problems.append(f"{stem}: {wrong_code(entity, near) if near else 'it has no entities'}")
    if problems:
        raise InputError(tuple(Problem("", 0, 0, "", message) for message in problems))
    return tuple(outcomes)


def with_moved(
    outcomes: Sequence[Outcome], names: Sequence[str], variables: Iterable[Variable] | None = None
) -> tuple[Outcome, ...]:
    """``outcomes`` and those of the ``names`` which are kept as a whole or for a group, and not among them yet."""
    known = {variable.name: variable for variable in variables or model.variables()}
    found = {outcome.key: outcome for outcome in outcomes}
    for name in names:
        stem, _, entity = name.partition("=")[0].partition(":")
        variable = known.get(stem)
        if variable is not None and (entity in _groups(variable.entity) if variable.entity else not variable.labels):
            for outcome in outcomes_of(variable, (entity,)):
                found.setdefault(outcome.key, outcome)
    return tuple(found.values())


def _single_or_group(variable: Variable, word: str, axis: Axis, scenarios: Sequence[Scenario]) -> Outcome | None:
    """The outcome of a group, or of a single entity of which runs are kept at half-years; None if there is none."""
    outcome = replace(outcomes_of(variable, (word,))[0], at_half_years=not variable.keep_runs)
    if code := entity_code(word, axis.codes):
        return replace(outcome, entity=code)
    name, codes = group_of(word, variable, axis.codes, scenarios) if scenarios else ("", ())
    if not codes:
        return None
    return replace(outcome, entity=name, codes=codes, together=variable.together, weight=variable.weight)


def dates_shown(dates: NDArray[np.datetime64], at: Sequence[date] = ()) -> NDArray[np.bool_]:
    """Which of ``dates`` a table shows, ``(time,)``: year ends, the last, and the one recorded last by each day ``at``.

    A day before the first date shows the first.
    """
    shown = np.zeros(len(dates), bool)
    if len(dates):
        days = dates.astype("datetime64[D]")
        shown = (days + 1).astype("datetime64[Y]").astype("datetime64[D]") == days + 1
        shown[-1] = True
        for day in at:
            shown[max(int(np.searchsorted(days, np.datetime64(day), side="right")) - 1, 0)] = True
    return shown


def _wait(dates: NDArray[np.datetime64], values: NDArray[np.floating[Any]], threshold: float) -> NDArray[np.float64]:
    numbers = np.asarray(values, np.float64)
    reached = numbers >= threshold
    years = (dates - dates[0]).astype("timedelta64[D]").astype(np.float64) / DAYS_A_YEAR
    waited = np.where(reached.any(axis=0), years[reached.argmax(axis=0)], years[-1])
    return np.where(np.isnan(numbers).any(axis=0), np.nan, waited)
