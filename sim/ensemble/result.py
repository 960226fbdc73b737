"""A finished ensemble, read from its folder as far as asked."""

from __future__ import annotations

import importlib
import math
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.ensemble import manifest as manifests
from sim.ensemble import tidy
from sim.ensemble.hdf import opened
from sim.ensemble.layout import at_half_years
from sim.ensemble.netcdf import HALF_YEAR, group_axis, half_year_name, single_axis
from sim.ensemble.statistics import moments
from sim.errors import InputError, Problem
from sim.scenario.entities import entity_code, entity_name, wrong_code
from sim.scenario.values import Dated
from sim.text import decimals, html_table, number, share, unfit, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas
    import xarray
    from numpy.typing import NDArray

    from sim.model import Variable
    from sim.scenario.scenario import Scenario

# The room that draws, named and not imported: data flows from here to there.
FIGURES = "sim.figures"
SUFFIXES = {"quantiles": "quantile", "mean": "mean", "sd": "sd"}


def open_result(path: Path | str) -> Result:
    """The result in folder ``path``.

    Raises:
        InputError: there is none, it is unfinished, damaged or of another format; one line.
    """
    folder = Path(path)
    manifest = manifests.read(folder)
    if manifest is None:
        raise InputError(_absence(folder))
    manifests.verify(folder, manifest)
    return Result(folder, manifest)


def _absence(folder: Path) -> str:
    """Why ``folder`` holds no result."""
    if not folder.exists():
        return f"{folder}: no such folder; make a result with: alliance run SCENARIO --out {folder}"
    if not folder.is_dir():
        return f"{folder}: not a folder; a result is a folder with {manifests.NAME} in it"
    if (folder / "blocks").is_dir():
        return f"{folder}: the run is not finished; run the same command again to resume it"
    return f"{folder}: no {manifests.NAME} in it, so not a result of this program"


@dataclass(frozen=True, slots=True)
class Level:
    """Where one variable stands at one date: its median and the range from the 5th to the 95th percentile.

    For a 0/1 variable ``probability`` is the share of runs in which it is 1, and the other figures say nothing more.
    """

    variable: Variable
    entity: str | None
    date: str
    q05: float
    median: float
    q95: float
    probability: float | None

    @property
    def title(self) -> str:
        """Name, entity and unit, as they stand above a row of a table."""
        name = self.variable.long_name + (f": {entity_name(self.entity)}" if self.entity else "")
        parts = [self.variable.unit, self.variable.price_basis] if self.probability is None else ["% of runs"]
        return f"{name} ({', '.join(filter(None, parts))})"

    def to_dict(self) -> dict[str, str | float | None]:
        """As JSON takes it: missing figures are null."""
        figures = {"median": self.median, "q05": self.q05, "q95": self.q95}
        if self.probability is not None:
            figures = {"probability": self.probability}
        texts = {
            "variable": self.variable.name,
            "label": self.variable.long_name,
            "entity": self.entity,
            "unit": self.variable.unit,
            "price_basis": self.variable.price_basis or None,
            "date": self.date,
        }
        return {**texts, **{name: value if math.isfinite(value) else None for name, value in figures.items()}}


class Result:
    """One finished ensemble.

    Attributes:
        path: the folder.
        manifest: what made it (see ``manifest.json``).
        cached: whether ``run`` found it finished instead of computing it.

    Arrays have time first: statistics are ``(time,)`` and ``(time, 5)`` for one series, with an entity axis in the
    middle when a variable has entities and none is named. A labelled variable takes a label for its entity; its mean
    is then the share of runs.
    """

    def __init__(self, path: Path, manifest: dict[str, Any], *, cached: bool = False) -> None:
        self.path = path
        self.manifest = manifest
        self.cached = cached
        self._arrays: dict[str, NDArray[Any]] = {}

    def __repr__(self) -> str:
        name = self.manifest["scenario"].get("name")
        return f"Result({name!r}, {self.runs:,} runs, seed {self.seed})"

    def _repr_html_(self) -> str:
        """A small table for notebooks: the headline variables at each year's end, median and 90% range."""
        groups: dict[str, list[Level]] = {}
        for level in self.headline():
            groups.setdefault(level.title, []).append(level)
        dates = sorted({level.date for levels in groups.values() for level in levels})
        rows = []
        for title, levels in groups.items():
            finite = [value for level in levels for value in (level.q05, level.q95) if math.isfinite(value)]
            places = decimals(max(map(abs, finite), default=0.0), levels[0].variable.unit)
            cells = {level.date: _cell(level, places) for level in levels}
            rows.append([title, *(cells.get(day, "") for day in dates)])
        caption = f"{self.scenario.label}: {self.runs:,} runs, seed {self.seed}; median (5% to 95% of runs)"
        return html_table(caption, ["", *dates], rows)

    @property
    def seed(self) -> int:
        """The seed of every stream."""
        return int(self.manifest["seed"])

    @property
    def runs(self) -> int:
        """Number of runs."""
        return int(self.manifest["runs"])

    @cached_property
    def scenario(self) -> Scenario:
        """The resolved scenario."""
        from sim.scenario.scenario import Scenario

        with self._undamaged():
            scenario = Scenario.from_dict(self.manifest["scenario"])
        problems = [Problem(str(self.path / manifests.NAME), 0, 0, key, message) for key, message in faults(scenario)]
        if scenario.hash != self.manifest["scenario_hash"]:
            message = "the values are not those of the scenario that was run; make the result again with --force"
            problems.append(Problem(str(self.path / manifests.NAME), 0, 0, "scenario", message))
        if problems:
            raise InputError(tuple(sorted(problems)))
        return scenario

    @cached_property
    def variables(self) -> dict[str, Variable]:
        """What was recorded, by name, in order."""
        from sim.model import Variable

        with self._undamaged():
            stored = [Variable.from_dict(entry) for entry in self.manifest["variables"]]
        return {variable.name: variable for variable in stored}

    def variable(self, name: str) -> Variable:
        """The description of a variable; InputError with the nearest name if there is none."""
        from sim.model import RENAMED

        for old, new in RENAMED.items():
            if name in (old, new) and name not in self.variables:
                name = new if new in self.variables else old
        if name not in self.variables:
            raise InputError(unknown("variable", name, self.variables))
        return self.variables[name]

    def entities(self, variable: str) -> tuple[str, ...]:
        """Codes of the entities a variable is recorded for, or its labels; empty if it has neither."""
        described = self.variable(variable)
        if described.labels:
            return described.labels
        return self._texts(described.entity) if described.entity else ()

    def entity(self, variable: str, word: str) -> str:
        """The code or label of a variable that ``word`` means: a code, the name or alias of a country, a label.

        Raises:
            InputError: there is none; the nearest is named.
        """
        known = self.entities(variable)
        code = word if word in known else entity_code(word, known) or self._group(variable, word)[0]
        if code:
            return code
        if not known:
            raise InputError(f"{variable} is one series, it has no entity {word!r}")
        raise InputError(f"{variable}: {wrong_code(word, known)}")

    def groups(self, variable: str) -> tuple[str, ...]:
        """Codes of those entities of a variable whose single runs are kept: all, the groups of its axis, or none."""
        declared = self.variable(variable)
        if declared.keep_runs or declared.entity is None:
            return self.entities(variable)
        try:
            return self._texts(group_axis(declared.entity))
        except InputError:  # an axis without groups
            return ()

    def dates(self, variable: str) -> NDArray[np.datetime64]:
        """Dates of a variable, ``(time,)``, datetime64[D]."""
        days = self._array(f"time_{self.variable(variable).every}")
        return np.asarray(days.astype("datetime64[D]"))

    def quantiles(self, variable: str, entity: str | None = None) -> NDArray[np.float32]:
        """The 5, 25, 50, 75 and 95% quantiles, ``(time, 5)``."""
        return self._statistic("quantiles", variable, entity)

    def mean(self, variable: str, entity: str | None = None) -> NDArray[np.float32]:
        """The mean over runs, ``(time,)``; for a label the share of runs at it."""
        return self._statistic("mean", variable, entity)

    def sd(self, variable: str, entity: str | None = None) -> NDArray[np.float32]:
        """The standard deviation over runs (divisor n), ``(time,)``."""
        return self._statistic("sd", variable, entity)

    def probability(self, variable: str, label: str | None = None) -> NDArray[np.float32]:
        """The share of runs in which a 0/1 variable is 1, or a labelled one is at ``label``, ``(time,)``."""
        described = self.variable(variable)
        if not (described.flag or described.labels):
            raise InputError(f"{variable} is a quantity ({described.unit}), not an event; it has no probability")
        return self._statistic("mean", variable, label)

    def values(self, variable: str, entity: str | None = None) -> NDArray[np.float32]:
        """Every run's value, ``(time, runs)``, or ``(time, entity, runs)`` when no entity is named.

        For a label 1 where a run is at it and 0 elsewhere. Raises InputError if the runs were not kept.
        """
        described = self.variable(variable)
        if not self.manifest["keep_runs"]:
            raise InputError(self._no_runs)
        entity = None if entity is None else self.entity(variable, entity)
        if entity is not None and entity not in self.entities(variable):
            return self._together(described, entity)
        groups = self.groups(variable)
        if not described.keep_runs and entity not in groups:
            kept = (
                f"for the groups {', '.join(groups)} only, name one of them" if groups else "for none of its entities"
            )
            elsewhere = "; those of every one at the ends of half-years: values_at_half_years" if groups else ""
            raise InputError(f"{variable}: single runs are kept {kept}{elsewhere}")
        if entity is None:
            return self._array(described.name, keep=False)
        if described.labels:
            return np.asarray(self._array(described.name, keep=False) == self._index(described, entity), np.float32)
        index = self._index(described, entity) if described.keep_runs or entity is None else groups.index(entity)
        return self._array(described.name, keep=False, index=index)

    def values_at_half_years(self, variable: str, entity: str) -> tuple[NDArray[np.datetime64], NDArray[np.float32]]:
        """The ends of half-years and every run's value there, ``(time,)`` and ``(time, runs)``.

        Of entities whose single runs are kept at every date, such as groups of donors, these are a part of ``values``;
        of single donors, and of groups that a scenario names, they are all that is kept. Raises InputError if they were
        not kept.
        """
        described, entity = self.variable(variable), self.entity(variable, entity)
        if not described.keep_runs and entity not in self.entities(variable):
            from sim.model.groups import together_at_half_years

            codes = self._group(variable, entity)[1]
            rule, weight, read = described.together, described.weight, self.values_at_half_years
            return together_at_half_years(rule, weight, described.name, codes, read)
        if described.keep_runs or entity in self.groups(variable):
            return at_half_years(self.dates(variable), self.values(variable, entity))
        if not self.manifest["keep_runs"]:
            raise InputError(self._no_runs)
        if described.name not in self._of_half_years:
            raise InputError(f"{self.path}: no half-year ends of {variable}: {entity}; make the result again")
        singles = self._texts(single_axis(described.entity or ""))
        days = self._array(HALF_YEAR).astype("datetime64[D]")
        values = self._array(half_year_name(described.name), keep=False, index=singles.index(entity))
        return np.asarray(days), values

    @cached_property
    def _of_half_years(self) -> frozenset[str]:
        """Variables whose single entities are kept at the ends of half-years; none in results of earlier versions."""
        with opened(self.path / manifests.NUMBERS) as file:
            return frozenset(name for name in self.variables if half_year_name(name) in file)

    @property
    def _no_runs(self) -> str:
        return f"{self.path}: single runs were not kept; run again with fewer runs or keep_runs=True"

    @cached_property
    def dataset(self) -> xarray.Dataset:
        """The whole of ``ensemble.nc``, loaded as far as it is used."""
        import xarray

        with opened(self.path / manifests.NUMBERS):
            pass
        return xarray.open_dataset(self.path / manifests.NUMBERS, engine="h5netcdf")

    @cached_property
    def summary(self) -> list[dict[str, str | float | None]]:
        """The rows of ``summary.csv``: texts, figures as floats, None for an empty cell."""
        return tidy.rows((self.path / manifests.SUMMARY).read_bytes())

    @property
    def draws(self) -> pandas.DataFrame:
        """What each run drew, a pandas frame ``(runs, keys)``: parameters, choices, winners, postures, terms, events.

        Choices are texts, the first days of events (``acted: NAME``) dates, None where it did not come up. Without
        ``keep_draws`` it holds what can be found again: draws of the first day from seed and scenario, winners and
        postures from the single runs.
        """
        import pandas

        from sim.ensemble.drawn import draws_of

        columns = {name: drawn.shown() for name, drawn in draws_of(self).items()}
        return pandas.DataFrame(columns, index=pandas.RangeIndex(self.runs, name="run"))

    def levels(self, variable: str, entity: str | None = None) -> list[Level]:
        """Where a variable stands at each 31 December and at the last date."""
        described, quantiles = self.variable(variable), self.quantiles(variable, entity).astype(float)
        means = self.mean(variable, entity)
        levels = []
        for index, day in enumerate(str(day) for day in self.dates(variable)):
            if day.endswith("-12-31") or index == len(means) - 1:
                q05, _, median, _, q95 = quantiles[index].tolist()
                share_of_runs = float(means[index]) if described.flag else None
                levels.append(Level(described, entity, day, q05, median, q95, share_of_runs))
        return levels

    def headline(self) -> list[Level]:
        """Every headline variable at each 31 December and at the last date; of donors, their groups.

        >>> from sim import run
        >>> level = run("baseline", runs=20, sets=["end=2025-06-30"]).headline()[0]
        >>> level.title, level.date
        ('Members at or above 2% of GDP (members)', '2024-12-31')
        """
        return [
            level
            for variable in self.variables.values()
            if variable.headline and not variable.labels
            for entity in (self.groups(variable.name) if variable.entity else (None,))
            for level in self.levels(variable.name, entity)
        ]

    def to_frame(self, *variables: str, entity: str | None = None) -> pandas.DataFrame:
        """The statistics as a pandas frame, one row per variable, entity and date; all variables if none is named.

        Columns are those of ``summary.csv``: mean, sd, the 5, 25, 50, 75 and 95% quantiles, unit and price basis.

        >>> from sim import run
        >>> frame = run("baseline", runs=20, sets=["end=2025-06-30"]).to_frame("us_commitment")
        >>> list(frame["date"].dt.strftime("%Y-%m"))[-2:]
        ['2025-05', '2025-06']

        Args:
            variables: names of recorded variables.
            entity: code or name of a member or donor, or a label, to which the rows are restricted.

        Raises:
            InputError: there is no such variable or entity.
        """
        import pandas

        described = [self.variable(name) for name in variables]
        codes = {each.name: None if entity is None else self.entity(each.name, entity) for each in described}
        if entity is not None and not variables:
            raise InputError("an entity belongs to a variable: name the variable too")
        rows = [
            row
            for row in self.summary
            if not variables or (row["variable"] in codes and codes[str(row["variable"])] in (None, row["entity"]))
        ]
        frame = pandas.DataFrame(rows, columns=list(tidy.COLUMNS))
        return frame.assign(date=pandas.to_datetime(frame["date"]))

    def plot(self, figure: str = "overview", *, size: str = "page") -> Any:
        """Draw a figure or a variable (``us_commitment``, ``defence_share_pct_gdp:POL``) as `sim.draw` does.

        What is returned is a `sim.Drawing`, which a notebook shows.

        Raises:
            InputError: there is no such figure, variable, entity or size.
        """
        return draw(self, figure, size)

    @contextmanager
    def _undamaged(self) -> Iterator[None]:
        """Turn what a changed manifest makes go wrong into InputError."""
        try:
            yield
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise InputError(f"{self.path / manifests.NAME}: changed since it was made; make it again") from error

    def _statistic(self, what: str, variable: str, entity: str | None) -> NDArray[np.float32]:
        """A stored statistic, of one series if ``entity`` names it."""
        described = self.variable(variable)
        if described.labels and what != "mean":
            raise InputError(f"{variable} is a label: it has shares of runs (mean, probability), no {what}")
        if entity is not None and (group := self._group_named(described, entity)):
            columns = moments(self._together(described, group))
            picked = {"mean": columns[:, 0], "sd": columns[:, 1], "quantiles": columns[:, 2:]}[what]
            return np.ascontiguousarray(picked)
        whole = self._array(f"{described.name}_{'share' if described.labels else SUFFIXES[what]}")
        return whole if entity is None else np.ascontiguousarray(whole[:, self._index(described, entity)])

    def _group(self, variable: str, word: str) -> tuple[str, tuple[str, ...]]:
        """The name of the group of members or donors that ``word`` means, and its codes; empty if it means none."""
        from sim.model.groups import group_of

        described = self.variable(variable)
        return group_of(word, described, self.entities(variable), [self.scenario]) if described.together else ("", ())

    def _group_named(self, variable: Variable, word: str) -> str:
        """The group that ``word`` means where it means no single entity."""
        name = self.entity(variable.name, word)
        return "" if name in self.entities(variable.name) else name

    def _together(self, variable: Variable, group: str) -> NDArray[np.float32]:
        """What a group has together of a variable in each run, ``(time, runs)``."""
        from sim.model.groups import together

        codes = self._group(variable.name, group)[1]
        return together(variable.together, variable.weight, variable.name, codes, self.values)

    def _index(self, variable: Variable, entity: str | None) -> int:
        """Index of an entity of ``variable``; InputError if it has no such one."""
        return 0 if entity is None else self.entities(variable.name).index(self.entity(variable.name, entity))

    def _texts(self, axis: str) -> tuple[str, ...]:
        """The codes along an axis."""
        return tuple(code.decode() if isinstance(code, bytes) else str(code) for code in self._array(axis))

    def _array(self, name: str, *, keep: bool = True, index: int | None = None) -> NDArray[Any]:
        """An array of ``ensemble.nc`` or the series at ``index``; small ones are read once. Not to be written to."""
        if name in self._arrays:
            return self._arrays[name]
        path = self.path / manifests.NUMBERS
        try:
            with opened(path, name) as file:
                array: NDArray[Any] = file[name][...] if index is None else file[name][:, index]
        except (OSError, KeyError, ValueError, TypeError, AttributeError, MemoryError) as error:
            raise InputError(f"{path}: {name} is not readable; the result is damaged, make it again") from error
        if keep:
            array.setflags(write=False)
            self._arrays[name] = array
        return array


def faults(scenario: Scenario) -> Iterator[tuple[str, str]]:
    """What a scenario file could not say: keys whose values are not allowed, and days that cannot be simulated."""
    from sim.model import catalogue
    from sim.scenario.domain import fit
    from sim.scenario.resolve import EARLIEST_START, LATEST_END

    if not EARLIEST_START <= scenario.start < scenario.end <= LATEST_END:
        yield "scenario.start", f"{scenario.start} to {scenario.end} cannot be simulated"
    for key in ("name", "title", "label", "description"):
        if letter := unfit(getattr(scenario, key), "\n\r\t"):
            yield f"scenario.{key}", f"this text holds the character {letter}, which cannot be shown"
    known = catalogue()
    settings = [(key, given.value) for key, given in scenario.values.items()]
    for key, value in [*settings, *(pair for event in scenario.events for pair in event.sets)]:
        parameter = known.find(key)
        if parameter is None:
            continue  # of a system of another package
        try:
            points = [number for _, number in value.points] if isinstance(value, Dated) else [value]
            for point in points:
                fit(point, parameter.domain)
        except ValueError as fault:
            yield key, str(fault)


def _cell(level: Level, places: int) -> str:
    """A level as a cell of a table."""
    if level.probability is not None:
        return share(level.probability)
    return f"{number(level.median, places)} ({number(level.q05, places)} to {number(level.q95, places)})"


def draw(source: Any, figure: str, size: str) -> Any:
    """A figure of a result or comparison, by the room that draws: it is named here, and imported when it is used."""
    return importlib.import_module(FIGURES).draw(source, figure, size)
