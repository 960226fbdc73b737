"""A finished ensemble, read from its folder as far as asked."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.ensemble import manifest as manifests
from sim.ensemble import tidy
from sim.ensemble.netcdf import group_axis
from sim.errors import InputError
from sim.scenario.entities import entity_code
from sim.text import meant, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import xarray
    from numpy.typing import NDArray

    from sim.model import Variable
    from sim.scenario.scenario import Scenario

SUFFIXES = {"quantiles": "quantile", "mean": "mean", "sd": "sd"}


def open_result(path: Path | str) -> Result:
    """The result in folder ``path``.

    Raises InputError, one line, if there is none, it is unfinished, damaged or of another format.
    """
    folder = Path(path)
    found = manifests.read(folder)
    if found is None:
        raise InputError(_absence(folder))
    manifests.verify(folder, found)
    return Result(folder, found)


def _absence(folder: Path) -> str:
    """Why ``folder`` holds no result."""
    if not folder.exists():
        return f"{folder}: no such folder; make a result with: alliance run SCENARIO --out {folder}"
    if not folder.is_dir():
        return f"{folder}: not a folder; a result is a folder with {manifests.NAME} in it"
    if (folder / "blocks").is_dir():
        return f"{folder}: the run is not finished; run the same command again to resume it"
    return f"{folder}: no {manifests.NAME} in it, so not a result of this program"


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
        return f"Result({name!r}, {self.runs:,} runs, seed {self.seed}, {str(self.path)!r})"

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
            return Scenario.from_dict(self.manifest["scenario"])

    @cached_property
    def variables(self) -> dict[str, Variable]:
        """What was recorded, by name, in order."""
        from sim.model import Variable

        with self._undamaged():
            stored = [Variable.from_dict(entry) for entry in self.manifest["variables"]]
        return {variable.name: variable for variable in stored}

    def variable(self, name: str) -> Variable:
        """The description of a variable; InputError with the nearest name if there is none."""
        found = self.variables.get(name)
        if found is None:
            raise InputError(f"no variable {name!r}{_nearest(name, list(self.variables))}")
        return found

    def entities(self, variable: str) -> tuple[str, ...]:
        """Codes of the entities a variable is recorded for, or its labels; empty if it has neither."""
        found = self.variable(variable)
        if found.labels:
            return found.labels
        return self._texts(found.entity) if found.entity else ()

    def entity(self, variable: str, word: str) -> str:
        """The code or label of a variable that ``word`` means: a code, the name or alias of a country, a label.

        Raises InputError with the nearest if there is none.
        """
        known = self.entities(variable)
        code = word if word in known else entity_code(word, known)
        if code:
            return code
        if not known:
            raise InputError(f"{variable} is one series, it has no entity {word!r}")
        raise InputError(f"{variable} has no entity {word!r}{_nearest(word, known)}")

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
        found = self.variable(variable)
        if not (found.flag or found.labels):
            raise InputError(f"{variable} is a quantity ({found.unit}), not an event; it has no probability")
        return self._statistic("mean", variable, label)

    def values(self, variable: str, entity: str | None = None) -> NDArray[np.float32]:
        """Every run's value, ``(time, runs)``, or ``(time, entity, runs)`` when no entity is named.

        For a label 1 where a run is at it and 0 elsewhere. Raises InputError if the runs were not kept.
        """
        found = self.variable(variable)
        if not self.manifest["keep_runs"]:
            raise InputError(f"{self.path}: single runs were not kept; run again with fewer runs or keep_runs=True")
        entity = None if entity is None else self.entity(variable, entity)
        groups = self.groups(variable)
        if not found.keep_runs and entity not in groups:
            kept = (
                f"for the groups {', '.join(groups)} only, name one of them" if groups else "for none of its entities"
            )
            raise InputError(f"{variable}: single runs are kept {kept}")
        if entity is None:
            return self._array(variable, keep=False)
        if found.labels:
            return np.asarray(self._array(variable, keep=False) == self._place(found, entity), np.float32)
        place = self._place(found, entity) if found.keep_runs or entity is None else groups.index(entity)
        return self._array(variable, keep=False, place=place)

    @cached_property
    def dataset(self) -> xarray.Dataset:
        """The whole of ``ensemble.nc``, loaded as far as it is used."""
        import xarray

        return xarray.open_dataset(self.path / manifests.NUMBERS, engine="h5netcdf")

    @cached_property
    def summary(self) -> list[dict[str, str | float | None]]:
        """The rows of ``summary.csv``: texts, figures as floats, None for an empty cell."""
        return tidy.rows((self.path / manifests.SUMMARY).read_bytes())

    @contextmanager
    def _undamaged(self) -> Iterator[None]:
        """Turn what a changed manifest makes go wrong into InputError."""
        try:
            yield
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise InputError(f"{self.path / manifests.NAME}: changed since it was made; make it again") from error

    def _statistic(self, what: str, variable: str, entity: str | None) -> NDArray[np.float32]:
        """A stored statistic, of one series if ``entity`` names it."""
        found = self.variable(variable)
        if found.labels and what != "mean":
            raise InputError(f"{variable} is a label: it has shares of runs (mean, probability), no {what}")
        whole = self._array(f"{variable}_{'share' if found.labels else SUFFIXES[what]}")
        return whole if entity is None else np.ascontiguousarray(whole[:, self._place(found, entity)])

    def _place(self, variable: Variable, entity: str | None) -> int:
        """Index of an entity of ``variable``; InputError if it has no such one."""
        return 0 if entity is None else self.entities(variable.name).index(self.entity(variable.name, entity))

    def _texts(self, axis: str) -> tuple[str, ...]:
        """The codes along an axis."""
        return tuple(one.decode() if isinstance(one, bytes) else str(one) for one in self._array(axis))

    def _array(self, name: str, *, keep: bool = True, place: int | None = None) -> NDArray[Any]:
        """An array of ``ensemble.nc`` or the series at ``place``; small ones are read once. Not to be written to."""
        if name in self._arrays:
            return self._arrays[name]
        import h5py  # type: ignore[import-untyped, unused-ignore]

        path = self.path / manifests.NUMBERS
        try:
            with h5py.File(path, "r") as file:
                array: NDArray[Any] = file[name][...] if place is None else file[name][:, place]
        except (OSError, KeyError) as error:
            raise InputError(f"{path}: {name} is not readable; the result is damaged, make it again") from error
        if keep:
            array.setflags(write=False)
            self._arrays[name] = array
        return array


def _nearest(word: str, known: Sequence[str]) -> str:
    """A suggestion, or the choices when none is near."""
    return meant(nearest(word, known, cutoff=0.5)) or f"; there are {', '.join(known)}"
