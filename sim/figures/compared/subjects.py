"""What comparison figures show: the headline variables, their wording, and how their numbers are read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from sim.analysis.comparison import contrast_views
from sim.analysis.outcomes import outcomes_of
from sim.analysis.statistics import FAN, quantiles
from sim.errors import InputError
from sim.figures.history import EMPTY, Series, reported
from sim.figures.ukraine import SETTLED
from sim.figures.words import decimals
from sim.model import Variable, variables

if TYPE_CHECKING:
    from sim.analysis import Comparison, Contrast
    from sim.analysis.align import View
    from sim.analysis.outcomes import Outcome

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Subject:
    """One headline quantity: a variable, its ``entity`` if it has one, and how it is headed.

    ``low`` and ``high`` widen the axis; ``level`` is a line across named ``level_text``; history is drawn since a day.
    """

    name: str
    heading: str
    entity: str = ""
    low: float | None = None
    high: float | None = None
    level: float | None = None
    since: str = ""

    @property
    def variable(self) -> Variable:
        """The recorded variable."""
        return next(one for one in variables() if one.name == self.name)

    @property
    def outcome(self) -> Outcome:
        """The outcome that a comparison knows it by."""
        return outcomes_of(self.variable, (self.entity,))[0]

    @property
    def unit(self) -> str:
        """Unit and price basis."""
        return ", ".join(part for part in (self.variable.unit, self.variable.price_basis) if part)


SHARE = Subject("europe_canada_share_pct_gdp", "Europe and Canada: defence share", level=2.0)
SPENDING = Subject("europe_canada_spending_busd_current", "Europe and Canada: defence spending")
US_SHARE = Subject("us_share_of_nato_pct", "U.S. share of NATO spending")
COMMITMENT = Subject("us_commitment", "U.S. commitment", low=0.0, high=1.0)
AID_USA = Subject("military_aid_allocated_beur", "U.S. military aid", "USA", low=0.0)
AID_EUROPE = Subject("military_aid_allocated_beur", "European military aid", "EUR", low=0.0)
CONTROL = Subject("russian_controlled_km2", "Territory under Russian control", since=SETTLED)
AT_TWO = Subject("members_at_2pct", "Members at or above 2% of GDP")
CEASEFIRE = Subject("ceasefire", "Ceasefire in force")

MONEY = (SHARE, SPENDING, US_SHARE)
SECURITY = (COMMITMENT, AID_USA, AID_EUROPE, CONTROL)
FANS = (*MONEY, *SECURITY)
# History is drawn for this many years before the start: beside other scenarios it is context, not the subject.
PAST_YEARS = 4


_KNOWN: WeakKeyDictionary[Any, dict[Any, Any]] = WeakKeyDictionary()


def remembered(owner: Any, key: Any, read: Callable[[], T]) -> T:
    """What ``read`` returns, read once for each ``owner`` and ``key`` and kept as long as the owner lives.

    The figures of a comparison show the same numbers again and again, and reading them from disk is what costs.
    """
    known = _KNOWN.setdefault(owner, {})
    if key not in known:
        known[key] = read()
    found: T = known[key]
    return found


def fan_of(view: View, subject: Subject) -> tuple[NDArray[np.datetime64], NDArray[np.float64]]:
    """Dates ``(time,)`` and the five quantiles over the runs of ``view``, ``(time, 5)``."""
    entity = subject.entity or None
    return remembered(view, ("fan", subject), lambda: (view.dates(subject.name), view.quantiles(subject.name, entity)))


def places_of(fans: Sequence[NDArray[np.float64]], subject: Subject) -> int:
    """Decimals for values of ``fans``, the same for all of them so that they can be compared."""
    sizes = [float(np.nanmax(np.abs(fan))) for fan in fans if np.isfinite(fan).any()]
    return decimals(max(sizes, default=0.0), subject.variable.unit)


def paired_fan(
    comparison: Comparison, subject: Subject, scenario: str
) -> tuple[NDArray[np.datetime64], NDArray[np.float64]]:
    """Dates and the quantiles of the difference run by run, ``(time, 5)``: never a difference of quantiles."""
    dates, differences = comparison.differences(subject.outcome, scenario)
    return dates, quantiles(differences.astype(np.float64), FAN)


def history_of(view: View, subject: Subject) -> Series:
    """What was reported in the years before the start and before the first simulated date."""
    dates = view.dates(subject.name)
    if not len(dates):
        return EMPTY
    start = view.scenario.start
    earlier = reported(subject.name, subject.entity or None, start).before(dates[0])
    earlier = earlier.since(f"{max(start.year - PAST_YEARS, 1):04d}-01-01")
    return earlier.since(subject.since) if subject.since else earlier


def contrast_of(comparison: Comparison, outcome: Outcome, scenario: str) -> Contrast | None:
    """What the comparison found, or finds now where it was not asked; None where no date is shared."""
    try:
        return comparison.find(outcome.name, scenario, outcome.entity)
    except InputError:
        return remembered(comparison, ("contrast", outcome, scenario), lambda: _contrast(comparison, outcome, scenario))


def _contrast(comparison: Comparison, outcome: Outcome, scenario: str) -> Contrast | None:
    pair = [comparison.views[comparison.baseline], comparison.views[comparison.names.index(scenario)]]
    found = contrast_views(pair, [outcome], conditional=comparison.conditional)
    return found[0] if found else None


def others(comparison: Comparison) -> tuple[str, ...]:
    """Names of the views other than the baseline, in order."""
    return tuple(name for place, name in enumerate(comparison.names) if place != comparison.baseline)


def in_order(comparison: Comparison) -> Sequence[View]:
    """The baseline first, then the others in the order given."""
    first = comparison.views[comparison.baseline]
    return [first, *(view for view in comparison.views if view is not first)]


def share_of_runs(values: NDArray[Any]) -> NDArray[np.float64]:
    """Share of the runs with a value in which a condition (0 or 1) holds, ``(time,)``; NaN counts as no value."""
    known = np.isfinite(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(known, values, 0.0).sum(axis=1) / known.sum(axis=1))
