"""What a key holds within a calendar year: on which days that changes, in which runs, and its mean between them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sim.scenario import Dated, Event
from sim.scenario.values import Value

_EVERYWHERE, _NOWHERE = np.ones(1, np.bool_), np.zeros(1, np.bool_)  # in every run of a block, and in none


@dataclass(frozen=True, slots=True, eq=False)
class Spell:
    """A time in which an event sets a key to ``value`` in the runs ``happens``, ``(runs,)``.

    It lasts from ``begins`` to before ``ends``. ``numbers`` are those of a value that is the same on every day.
    """

    event: Event
    value: Value
    numbers: NDArray[np.float32] | None
    happens: NDArray[np.bool_]
    begins: date
    ends: date | None


def breaks_of(layers: Iterable[Value], begun: Sequence[Spell]) -> dict[date, NDArray[np.bool_]]:
    """Days from which on a key may hold something else, with the runs for which they count, ``(1,)`` or ``(runs,)``.

    Those of an event on a condition count in the runs in which it then begins or ends.
    """
    breaks = dict.fromkeys((day for value in layers for day in _days(value)), _EVERYWHERE)
    for spell in begun:
        runs = spell.happens if spell.event.when is not None else _EVERYWHERE
        for day in (spell.begins, spell.ends, *_days(spell.value)):
            if day is not None:
                breaks[day] = breaks.get(day, _NOWHERE) | runs
    return breaks


def parts_of_year(
    year: int, breaks: Mapping[date, NDArray[np.bool_]], on: Callable[[date], NDArray[np.float32]]
) -> list[tuple[int, NDArray[np.float32]]]:
    """Numbers of days that sum to those of ``year``, each with the mean of what holds ``on`` its days.

    The mean of a line over its days is that of its two ends; of a step it is the step, to the bit. A run's line is not
    cut by the breaks of others: it has the mean of its own piece in all the parts into which they divide that.
    """
    first, after = date(year, 1, 1), date(year + 1, 1, 1)
    days = [first, *sorted(day for day in breaks if first < day < after), after]
    heads = [on(day) for day in days[:-1]]
    tails = [on(day - timedelta(1)) for day in days[1:]]
    cut = [_EVERYWHERE, *(breaks[day] for day in days[1:-1])]
    for place in range(1, len(cut)):
        if not cut[place].all():
            heads[place] = np.where(cut[place], heads[place], heads[place - 1])
    for place in range(len(cut) - 1, 0, -1):
        if not cut[place].all():
            tails[place - 1] = np.where(cut[place], tails[place - 1], tails[place])
    lengths = [(end - begin).days for begin, end in pairwise(days)]
    means = [np.asarray((head + tail) / 2, np.float32) for head, tail in zip(heads, tails, strict=True)]
    return list(zip(lengths, means, strict=True))


def _days(value: Value) -> list[date]:
    return [day for day, _ in value.points] if isinstance(value, Dated) else []
