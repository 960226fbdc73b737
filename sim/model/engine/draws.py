"""What runs draw after their first day: winners, postures, terms, and when the events left to chance acted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.model.engine.variables import Axes
from sim.scenario import Scenario

ACTED = "acted: "
EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """One thing that every run draws on the way, declared by the system that draws it.

    It is what was recorded of ``variable`` first from ``day`` on; or, without one, the attribute ``read`` of the system
    at the end; or the first day, counted from 1970-01-01, on which ``event`` was in force. Values are ``(runs,)``,
    indices into ``options`` where there are any, and NaN in runs in which it did not come up.
    """

    name: str
    options: tuple[str, ...] = ()
    variable: str = ""
    day: date | None = None
    read: str = ""
    event: str = ""

    def recorded(self, months: Sequence[date], values: NDArray[Any]) -> NDArray[np.float32]:
        """The values, from all that was recorded of the variable, ``(time, runs)``, at the ends of ``months``."""
        place = next(place for place, month in enumerate(months) if self.day is not None and month >= self.day)
        return np.asarray(values[place], np.float32)


def draws_in(declared: Sequence[Draw], scenario: Scenario, axes: Axes) -> tuple[Draw, ...]:
    """Those of the ``declared`` that a run of ``scenario`` comes to, and one for each event left to chance."""
    last = axes.months[-1] if axes.months else scenario.start
    of_systems = [draw for draw in declared if draw.day is None or scenario.start <= draw.day <= last]
    events = [event for event in scenario.events if event.when or event.probability < 1]
    return (*of_systems, *(Draw(name=ACTED + event.name, event=event.name) for event in events))


def kept(
    draws: Sequence[Draw],
    record: Mapping[str, NDArray[np.float32]],
    owners: Mapping[str, Any],
    acted: Callable[[str], NDArray[np.float32]],
    months: Sequence[date],
) -> dict[str, NDArray[np.float32]]:
    """The values of ``draws`` after a simulation, name -> ``(1, runs)``.

    ``record`` is what it recorded, ``owners`` are the built systems by the draw they declare, ``acted`` gives the first
    days of an event by its name.
    """
    values = {}
    for draw in draws:
        if draw.event:
            found = acted(draw.event)
        elif draw.variable:
            found = draw.recorded(months, record[draw.variable])
        else:
            indices = np.asarray(getattr(owners[draw.name], draw.read), np.float32)
            found = np.where(indices < 0, np.float32(np.nan), indices)
        values[draw.name] = found[None]
    return values
