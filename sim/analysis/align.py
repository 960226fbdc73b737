"""Bring finished ensembles to what they share, or refuse with the reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.statistics import FAN, mean_interval, quantiles
from sim.errors import InputError, Problem
from sim.limits import MOST_SCENARIOS

if TYPE_CHECKING:
    from sim.ensemble.ensemble import Ensemble
    from sim.model import Variable
    from sim.scenario.scenario import Scenario

FEWEST = 2
# Manifest entries that must agree, and what a user does when they do not.
MUST_AGREE = {
    "seed": "run them again with one --seed",
    "facts": "run them again with the facts now installed",
    "version": "run them again with one version of the program",
    "code": "run them again with one version of the program",
    "block_size": "run them again with one version of the program",
    "central": "run both with central values, or both with drawn parameters",
}


@dataclass(frozen=True, eq=False)
class View:
    """An ensemble restricted to shared dates and some of its runs; reads like a result.

    ``picked`` is a boolean mask over the ensemble's runs. ``peers`` are the ensembles whose dates it shares.
    """

    name: str
    ensemble: Ensemble
    picked: NDArray[np.bool_]
    peers: tuple[Ensemble, ...]

    @property
    def scenario(self) -> Scenario:
        """The resolved scenario behind the view."""
        return self.ensemble.scenario

    @property
    def label(self) -> str:
        """The short title for tables and legends: that of the scenario, or the name of a part of it."""
        if self.name != self.ensemble.scenario.name:
            return self.name
        return self.ensemble.scenario.label or self.name

    @property
    def seed(self) -> int:
        """The seed of every stream."""
        return self.ensemble.seed

    @property
    def manifest(self) -> Mapping[str, Any]:
        """What made the result."""
        return self.ensemble.manifest

    @property
    def variables(self) -> Mapping[str, Variable]:
        """What the ensemble recorded, by name."""
        return self.ensemble.variables

    @property
    def runs(self) -> int:
        """Number of runs picked."""
        return int(self.picked.sum())

    def dates(self, variable: str) -> NDArray[np.datetime64]:
        """Dates of ``variable`` that every peer has, ``(time,)``."""
        shared = self.ensemble.dates(variable)
        for peer in self.peers:
            shared = shared[np.isin(shared, peer.dates(variable))]
        return shared

    def values(self, variable: str, entity: str | None = None) -> NDArray[Any]:
        """Values of the picked runs at the shared dates, ``(time, runs)``."""
        whole = self._whole(variable, entity)
        kept = np.isin(self.ensemble.dates(variable), self.dates(variable))
        if kept.all() and self.picked.all():
            return whole
        return whole[np.ix_(kept, self.picked)]

    def values_at_half_years(self, variable: str, entity: str) -> tuple[NDArray[np.datetime64], NDArray[Any]]:
        """The shared ends of half-years and the picked runs' values there, ``(time,)`` and ``(time, runs)``."""
        codes = self._codes(variable, entity)
        if codes:
            from sim.model.groups import together_at_half_years

            declared, read = self.ensemble.variables[variable], self.ensemble.values_at_half_years
            dates, whole = together_at_half_years(declared.together, declared.weight, variable, codes, read)
        else:
            dates, whole = self.ensemble.values_at_half_years(variable, entity)
        kept = np.isin(dates, self.dates(variable))
        return dates[kept], whole[np.ix_(kept, self.picked)]

    def _whole(self, variable: str, entity: str | None) -> NDArray[Any]:
        """Values of all runs; an entity may be a group that one of the peers names."""
        codes = self._codes(variable, entity)
        if not codes:
            return self.ensemble.values(variable, entity)
        from sim.model.groups import together

        declared = self.ensemble.variables[variable]
        return together(declared.together, declared.weight, variable, codes, self.ensemble.values)

    def _codes(self, variable: str, entity: str | None) -> tuple[str, ...]:
        """The members or donors of a group that one of the peers names; none where ``entity`` is no group."""
        declared = None if entity is None else self.ensemble.variables.get(variable)
        if entity is None or declared is None or not declared.together:
            return ()
        from sim.model import axes
        from sim.model.groups import group_of

        known = axes(self.scenario).codes(declared.entity)
        return () if entity in known else group_of(entity, declared, known, [peer.scenario for peer in self.peers])[1]

    def quantiles(self, variable: str, entity: str | None = None) -> NDArray[np.float64]:
        """5, 25, 50, 75 and 95% of the picked runs, ``(time, 5)``; NaN where no run has a value."""
        return quantiles(self.values(variable, entity).astype(np.float64), FAN)

    def mean(self, variable: str, entity: str | None = None) -> NDArray[np.float64]:
        """Mean of the picked runs that have a value, ``(time,)``."""
        return mean_interval(self.values(variable, entity).astype(np.float64))[0]


@dataclass(frozen=True, eq=False)
class Aligned:
    """Ensembles that can be compared run by run, and what was left out to make them so."""

    views: tuple[View, ...]
    warnings: tuple[str, ...]


def align(ensembles: Sequence[Ensemble]) -> Aligned:
    """Views on the runs and dates that all ``ensembles`` share.

    Different numbers of runs are cut to the shared first runs, different horizons to the shared dates, each with a
    warning.

    Raises:
        InputError: fewer than two or more than eight, two with one name, or starts, seeds, facts or versions
            that differ; every reason at once.
    """
    names = [ensemble.scenario.name for ensemble in ensembles]
    problems = [
        *_count_problems(len(ensembles)),
        *name_problems(names),
        *start_problems(names, [ensemble.scenario for ensemble in ensembles]),
        *_manifest_problems(ensembles),
    ]
    if problems:
        raise InputError(tuple(Problem("", 0, 0, "", message) for message in problems))
    runs = min(ensemble.runs for ensemble in ensembles)
    peers = tuple(ensembles)
    views = tuple(
        View(ensemble.scenario.name, ensemble, np.arange(ensemble.runs) < runs, peers) for ensemble in ensembles
    )
    return Aligned(views, tuple(_warnings(ensembles, runs)))


def _count_problems(count: int) -> list[str]:
    if FEWEST <= count <= MOST_SCENARIOS:
        return []
    return [f"{FEWEST} to {MOST_SCENARIOS} scenarios can be compared, {count} given"]


def name_problems(names: Sequence[str]) -> list[str]:
    """What is wrong with the names of scenarios to be compared: those that two of them have."""
    return [
        f"two scenarios are named '{name}'; rename one of the files, or of the folders of results, "
        "so that figures can tell them apart"
        for name in sorted({name for name in names if names.count(name) > 1})
    ]


def start_problems(names: Sequence[str], scenarios: Sequence[Scenario]) -> list[str]:
    """What is wrong with scenarios that start on different days.

    Facts are those known at the start, and a pair of runs is to differ by its inputs alone.
    """
    if len({scenario.start for scenario in scenarios}) < 2:
        return []
    days = ", ".join(f"{name} {scenario.start}" for name, scenario in zip(names, scenarios, strict=True))
    return [f"starts differ ({days}): their facts differ too, which no input explains; give all one start"]


def _manifest_problems(ensembles: Sequence[Ensemble]) -> list[str]:
    problems = []
    for key, remedy in MUST_AGREE.items():
        seen = [_entry(ensemble, key) for ensemble in ensembles]
        if len(set(seen)) > 1:
            names = [ensemble.scenario.name for ensemble in ensembles]
            values = ", ".join(f"{name} {value[:12] or 'unknown'}" for name, value in zip(names, seen, strict=True))
            problems.append(
                f"the results differ in {key.replace('_', ' ')} ({values}), so runs cannot be paired; {remedy}"
            )
    return problems


def _entry(ensemble: Ensemble, key: str) -> str:
    """What the manifest says under ``key``, among the inputs of the result if not at the top."""
    if key == "seed":
        return str(ensemble.seed)
    return str(ensemble.manifest.get(key, ensemble.manifest.get("inputs", {}).get(key, "")))


def _warnings(ensembles: Sequence[Ensemble], runs: int) -> list[str]:
    warnings = []
    if any(ensemble.runs != runs for ensemble in ensembles):
        values = ", ".join(f"{ensemble.scenario.name} {ensemble.runs:,}" for ensemble in ensembles)
        warnings.append(f"numbers of runs differ ({values}); the first {runs:,} runs of each are compared")
    if len({str(ensemble.manifest.get("versions", "")) for ensemble in ensembles}) > 1:
        warnings.append(
            "made with different versions of Python or its libraries; last digits may differ for that reason"
        )
    ends = {ensemble.scenario.end for ensemble in ensembles}
    if len(ends) > 1:
        warnings.append(one_end(min(ends), max(ends)))
    return warnings


def one_end(first: date, last: date) -> str:
    """What to say where ends differ and what comes after the first is left out."""
    return f"horizons differ; dates after {first} are left out; `--set end={last}` gives all scenarios one end"
