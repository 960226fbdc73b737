"""Scenarios side by side: every outcome of every scenario against the baseline, run by run under the same streams."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim import model
from sim.analysis.align import Ensemble, View, align
from sim.analysis.inputs import Change, changed_inputs
from sim.analysis.outcomes import Outcome, headline, kept_dates, pick
from sim.analysis.statistics import Difference, Floats, holm, paired, unpaired
from sim.analysis.table import InputRow, Row
from sim.errors import InputError
from sim.model.variables import VARIABLES, Variable

if TYPE_CHECKING:
    from sim.scenario.parameter import Catalogue

MOST_THREADS = 4


@dataclass(frozen=True, eq=False)
class Contrast:
    """One outcome of one scenario (B) against the baseline (A) at each of ``dates``; ``adjusted`` is Holm's p-value.

    ``conditional`` marks parts of one ensemble, which are separate runs and cannot be paired.
    """

    outcome: Outcome
    baseline: str
    scenario: str
    dates: NDArray[np.datetime64]
    difference: Difference
    adjusted: Floats
    conditional: bool = False

    def rows(self) -> list[Row]:
        """One row per date."""
        return [self.row(index) for index in range(len(self.dates))]

    def last(self) -> Row:
        """The row of the last date."""
        return self.row(-1)

    def row(self, index: int) -> Row:
        """The row of the date at ``index``."""
        gap, outcome = self.difference, self.outcome
        a, b = gap.a_quantiles[index].tolist(), gap.b_quantiles[index].tolist()
        return Row(
            variable=outcome.name, entity=outcome.entity, long_name=outcome.long_name, date=str(self.dates[index]),
            unit=outcome.unit, price_basis=outcome.price_basis, kind=outcome.kind,
            baseline=self.baseline, scenario=self.scenario,
            baseline_q05=a[0], baseline_q50=a[1], baseline_q95=a[2], baseline_mean=float(gap.a_mean[index]),
            scenario_q05=b[0], scenario_q50=b[1], scenario_q95=b[2], scenario_mean=float(gap.b_mean[index]),
            mean_difference=float(gap.mean[index]), low=float(gap.low[index]), high=float(gap.high[index]),
            p_higher=float(gap.p_higher[index]), p_lower=float(gap.p_lower[index]), p_equal=float(gap.p_equal[index]),
            p_value=float(gap.p_value[index]), p_adjusted=float(self.adjusted[index]),
            detectable=float(gap.detectable[index]),
            pairs_used=int(gap.used[index]), pairs_dropped=int(gap.dropped[index]),
            baseline_runs=int(gap.a_runs[index]), scenario_runs=int(gap.b_runs[index]),
            method=gap.method, conditional=self.conditional,
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Comparison:
    """Everything a comparison found.

    ``views`` are the scenarios (or the parts of one ensemble) in the order given, each readable like a result on the
    shared runs and dates; ``inputs`` what differs in them; ``contrasts`` every outcome of every other view against
    ``views[baseline]``; ``warnings`` what the reader must be told. ``by`` is the key of a split, or empty.
    """

    views: tuple[View, ...]
    baseline: int
    inputs: tuple[Change, ...]
    contrasts: tuple[Contrast, ...]
    warnings: tuple[str, ...]
    by: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the views, in order."""
        return tuple(view.name for view in self.views)

    @property
    def conditional(self) -> bool:
        """Whether parts of one ensemble are compared rather than scenarios run by run."""
        return bool(self.by)

    def rows(self) -> list[Row]:
        """The rows of ``differences.csv``, outcome by outcome, scenario by scenario, date by date."""
        return [row for contrast in self.contrasts for row in contrast.rows()]

    def headline(self) -> list[Row]:
        """The rows of each contrast's last date."""
        return [contrast.last() for contrast in self.contrasts]

    def leading(self, scenario: str, count: int = 3) -> list[Row]:
        """The largest differences shown for ``scenario`` at the end, largest first.

        Size is the mean difference in units of what lies between the 5th and the 95th percentile of both sides, so
        that outcomes of different units can be ranked; for a probability it is the difference itself.
        """
        rows = [row for row in self.headline() if row.scenario == scenario and row.shown]
        return sorted(rows, key=_size, reverse=True)[:count]

    def input_rows(self) -> list[InputRow]:
        """The rows of ``inputs.csv``: one per changed input and scenario."""
        return [
            InputRow(one.key, one.meaning, one.unit, one.kind, one.depends_on, name, value, origin, source)
            for one in self.inputs
            for name, value, origin, source in zip(self.names, one.values, one.origins, one.sources, strict=True)
        ]

    def depends_on(self, scenario: str) -> tuple[str, ...]:
        """Keys of the inputs in which ``scenario`` differs from the baseline and that no data identify.

        A conclusion about the scenario is to be reported with "depends on" these.
        """
        number = self.names.index(scenario)
        return tuple(
            one.key for one in self.inputs if one.depends_on and one.values[number] != one.values[self.baseline]
        )

    def find(self, variable: str, scenario: str, entity: str = "") -> Contrast:
        """The contrast of outcome ``variable`` for ``scenario``.

        Raises:
            KeyError: it was not compared.
        """
        for contrast in self.contrasts:
            if (contrast.outcome.name, contrast.outcome.entity, contrast.scenario) == (variable, entity, scenario):
                return contrast
        raise KeyError((variable, entity, scenario))

    def differences(self, outcome: Outcome, scenario: str) -> tuple[NDArray[np.datetime64], NDArray[np.floating[Any]]]:
        """Every run's difference from the baseline at every shared date, ``(time,)`` and ``(time, runs)``.

        Raises:
            InputError: the views are parts of one ensemble, whose runs are no pairs.
        """
        if self.conditional:
            raise InputError("parts of one ensemble are separate runs: they have no difference run by run")
        dates, reference = outcome.read(self.views[self.baseline])
        values = outcome.read(self.views[self.names.index(scenario)])[1]
        return dates, values.astype(np.float64) - reference.astype(np.float64)


def compare(
    results: Sequence[Ensemble],
    baseline: int = 0,
    by: str | None = None,
    *,
    outcomes: Sequence[str] = (),
    all_dates: bool = False,
    catalogue: Catalogue | None = None,
    variables: Iterable[Variable] = VARIABLES,
) -> Comparison:
    """Compare two to eight finished ensembles run by run with the one at ``baseline``.

    With ``by``, one ensemble is split by that outcome instead (see ``conditioning.condition``). Headline variables,
    flags and dates reached are compared, or the ``outcomes`` named (``variable`` or ``variable:ENTITY``); at year ends
    and the last date, or with ``all_dates`` at every date. Holm's adjustment is over all that is compared at one date.

    Raises:
        InputError: the ensembles cannot be paired, or ``baseline``, ``by`` or an outcome does not exist.
    """
    variables = tuple(variables)
    if by is not None:
        from sim.analysis.conditioning import condition

        if len(results) != 1:
            raise InputError(f"splitting by {by} takes one scenario, {len(results)} given; leave the others out")
        return condition(results[0], by, baseline=baseline, outcomes=outcomes, all_dates=all_dates, variables=variables)
    aligned = align(results)
    inputs = changed_inputs([one.scenario for one in results], catalogue or model.catalogue())
    chosen = chosen_outcomes(outcomes, variables)
    contrasts = contrast_views(aligned.views, chosen, baseline=baseline, all_dates=all_dates)
    return Comparison(aligned.views, baseline, inputs, contrasts, aligned.warnings)


def chosen_outcomes(names: Sequence[str], variables: Sequence[Variable] = VARIABLES) -> tuple[Outcome, ...]:
    """The outcomes ``names`` asks for, or the headline outcomes.

    Raises:
        InputError: a name is no outcome.
    """
    if not names:
        return headline(variables)
    members: tuple[str, ...] = ()
    if {name.partition(":")[0] for name in names} & {one.name for one in variables if one.entity == "member"}:
        from sim.facts import members as roster

        members = tuple(one.code for one in roster())
    return pick(names, members, variables)


def contrast_views(
    views: Sequence[View],
    outcomes: Sequence[Outcome],
    *,
    baseline: int = 0,
    all_dates: bool = False,
    conditional: bool = False,
) -> tuple[Contrast, ...]:
    """Every outcome of every other view against ``views[baseline]``; ``conditional`` for separate parts, not pairs.

    Raises:
        InputError: there is no such baseline.
    """
    if not 0 <= baseline < len(views):
        raise InputError(f"the baseline must be one of the {len(views)} scenarios compared")
    measure = unpaired if conditional else paired

    def against_all(outcome: Outcome) -> list[tuple[Outcome, View, NDArray[np.datetime64], Difference]]:
        dates, reference = outcome.read(views[baseline])
        kept = kept_dates(dates, all_dates)
        sorted_once: Floats | None = None
        gaps = []
        for view in views:
            if view is not views[baseline] and len(dates):
                values = outcome.read(view)[1]
                gap = measure(reference[kept], values[kept], binary=outcome.binary, a_quantiles=sorted_once)
                sorted_once = gap.a_quantiles if not gap.dropped.any() else None
                gaps.append((outcome, view, dates[kept], gap))
        return gaps

    # NumPy and the reader let other threads run; each holds some ten arrays of one outcome, so they are few.
    with ThreadPoolExecutor(min(MOST_THREADS, os.cpu_count() or 1)) as pool:
        found = [one for gaps in pool.map(against_all, outcomes) for one in gaps]
    adjusted = _adjusted([(dates, gap.p_value) for *_, dates, gap in found])
    name = views[baseline].name
    return tuple(
        Contrast(outcome, name, view.name, dates, gap, p, conditional)
        for (outcome, view, dates, gap), p in zip(found, adjusted, strict=True)
    )


def _size(row: Row) -> float:
    spread = max(row.baseline_q95, row.scenario_q95) - min(row.baseline_q05, row.scenario_q05)
    if row.kind in ("probability", "label") or spread == 0:
        return abs(row.mean_difference)
    return abs(row.mean_difference) / spread


def _adjusted(found: Sequence[tuple[NDArray[np.datetime64], Floats]]) -> list[Floats]:
    """Holm's p-values over everything that stands at one date, date by date.

    One date is one question put to many outcomes; so an answer does not depend on how many other dates are listed.
    """
    if not found:
        return []
    days = np.concatenate([dates.astype("datetime64[D]") for dates, _ in found])
    p_values = np.concatenate([p for _, p in found])
    adjusted = np.empty_like(p_values)
    for day in np.unique(days):
        adjusted[days == day] = holm(p_values[days == day])
    return np.split(adjusted, np.cumsum([len(dates) for dates, _ in found])[:-1])
