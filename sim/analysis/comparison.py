"""Scenarios side by side: every outcome of every scenario against the baseline, run by run under the same streams."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from math import pi
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim import model
from sim.analysis.align import View, align
from sim.analysis.conditioning import split
from sim.analysis.inputs import Change, changed_inputs
from sim.analysis.outcomes import Outcome, dates_shown, headline
from sim.analysis.rows import ROW_COLUMNS, InputRow, Row
from sim.analysis.statistics import Difference, Floats, holm, paired, unpaired
from sim.ensemble.result import draw
from sim.errors import InputError
from sim.scenario.entities import entity_name
from sim.text import html_table, unknown

if TYPE_CHECKING:
    from pathlib import Path

    import pandas

    from sim.ensemble.ensemble import Ensemble
    from sim.model import Variable
    from sim.scenario.parameter import Catalogue

MOST_THREADS = 4
FEW = 30
CAUTION = (
    "The parts are runs of one ensemble sorted by what happened in them: conditioning, not intervention. "
    "They may differ in other causes of that outcome as well; to change one cause only, compare two scenario files."
)
# Standard deviations between the 5th and the 95th percentile of a normal distribution.
SPREAD = 3.29
# The largest standardised difference: that of a probability of 0 from one of 1. More says no more than "entirely".
MOST = pi
# An outcome's spread on the first days, when its runs have hardly parted, is no scale to measure it by.
LEAST_OF_WIDEST = 0.1


@dataclass(frozen=True, eq=False)
class Contrast:
    """One outcome of one scenario (B) against the baseline (A), at every date recorded.

    Attributes:
        outcome: what is compared.
        baseline: name of the baseline.
        scenario: name of the scenario.
        dates: the dates, ``(time,)``; every other array has the same first axis.
        difference: the statistics of B minus A.
        adjusted: Holm's p-value over everything compared at the same date.
        conditional: whether A and B are parts of one ensemble, which are separate runs and no pairs.
    """

    outcome: Outcome
    baseline: str
    scenario: str
    dates: NDArray[np.datetime64]
    difference: Difference
    adjusted: Floats
    conditional: bool = False

    @cached_property
    def standardised(self) -> Floats:
        """The mean difference in the outcome's own scale, ``(time,)``, between -pi and pi.

        For a number it is in standard deviations of the baseline's runs, as their 90% range gives them; for a
        probability it is Cohen's h, the difference of the arcsines. NaN where there is nothing to compare.
        Source: Cohen (1988), Statistical Power Analysis for the Behavioral Sciences, chapters 2 and 6.
        """
        gap = self.difference
        with np.errstate(divide="ignore", invalid="ignore"):
            if self.outcome.binary:
                shares = np.clip([gap.a_mean, gap.b_mean], 0.0, 1.0)
                sizes: Floats = 2 * np.diff(np.arcsin(np.sqrt(shares)), axis=0)[0]
                return sizes
            spread = (gap.a_quantiles[:, -1] - gap.a_quantiles[:, 0]) / SPREAD
            widest = np.nanmax(spread, initial=0.0)
            sizes = gap.mean / np.maximum(spread, LEAST_OF_WIDEST * widest)
        return np.clip(np.where(gap.mean == 0, 0.0, sizes), -MOST, MOST)

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
            standardised=float(self.standardised[index]),
            p_higher=float(gap.p_higher[index]), p_lower=float(gap.p_lower[index]), p_equal=float(gap.p_equal[index]),
            p_value=float(gap.p_value[index]), p_adjusted=float(self.adjusted[index]),
            detectable=float(gap.detectable[index]),
            pairs_used=int(gap.used[index]), pairs_dropped=int(gap.dropped[index]),
            baseline_runs=int(gap.a_runs[index]), scenario_runs=int(gap.b_runs[index]),
            method=gap.method, conditional=self.conditional,
        )  # fmt: skip

    def shown(self, at: Sequence[date] = ()) -> list[Row]:
        """The rows of year ends, of the last date, and of the dates recorded last by each day of ``at``."""
        return [self.row(int(index)) for index in np.flatnonzero(dates_shown(self.dates, at))]

    def leading(self, at: Sequence[date] = ()) -> Row:
        """The row, among those shown, of the date at which the difference is largest in the outcome's own scale.

        Dates at which no difference could be shown come last; where there is none anywhere, it is the last date.
        """
        return max(reversed(self.shown(at)), key=lambda row: _largest([row]))


@dataclass(frozen=True, eq=False)
class Comparison:
    """Scenarios compared run by run with a baseline, or the parts of one ensemble with each other.

    Attributes:
        views: the scenarios (or parts) in the order given, each readable like a result on the shared runs and dates.
        baseline: index of the view with which the others are compared.
        inputs: the inputs in which the scenarios differ.
        contrasts: every outcome of every other view against the baseline.
        warnings: what the reader must be told.
        by: the key by which one ensemble was split, or the empty text.
        at: days that the reader asked to see beside the year ends.
    """

    views: tuple[View, ...]
    baseline: int
    inputs: tuple[Change, ...]
    contrasts: tuple[Contrast, ...]
    warnings: tuple[str, ...]
    by: str = ""
    at: tuple[date, ...] = ()

    def __repr__(self) -> str:
        others = ", ".join(name for name in self.names if name != self.names[self.baseline])
        return f"Comparison({others} against {self.names[self.baseline]}, {self.runs:,} runs)"

    def _repr_html_(self) -> str:
        """A small table for notebooks: what differs most first, each outcome at the date where it does."""
        others = [view for index, view in enumerate(self.views) if index != self.baseline]
        rows = [
            [
                f"{rows[0].long_name}: {entity_name(rows[0].entity)}" if rows[0].entity else rows[0].long_name,
                rows[0].date,
                *(row.finding.partition(": ")[2].rstrip(".") for row in rows),
            ]
            for rows in self.ranked()
        ]
        caption = f"{self.runs:,} runs against {self.views[self.baseline].label}, at the date where each differs most"
        return html_table(caption, ["", "", *(view.label for view in others)], rows)

    def to_frame(self) -> pandas.DataFrame:
        """The rows of ``differences.csv`` as a pandas frame: one per outcome, scenario and date."""
        import pandas

        frame = pandas.DataFrame([row.to_dict() for row in self.rows()], columns=list(ROW_COLUMNS))
        return frame.assign(date=pandas.to_datetime(frame["date"]))

    def plot(self, figure: str = "overview", *, size: str = "page") -> Any:
        """Draw a figure of the comparison, or a variable, as `sim.draw` does; a notebook shows what is returned.

        Raises:
            InputError: there is no such figure, variable, entity or size.
        """
        return draw(self, figure, size)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the views, in order."""
        return tuple(view.name for view in self.views)

    @property
    def labels(self) -> dict[str, str]:
        """The short title of each view by its name, for tables and legends."""
        return {view.name: view.label for view in self.views}

    @property
    def runs(self) -> int:
        """Number of runs of each scenario compared; of the whole ensemble where it is split."""
        return self.views[0].ensemble.runs if self.conditional else self.views[0].runs

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders of the results compared, each once; results in memory have none."""
        paths = (getattr(view.ensemble, "path", None) for view in self.views)
        return tuple(dict.fromkeys(path for path in paths if path))

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

    def ranked(self) -> list[list[Row]]:
        """For each outcome one row per scenario, all at the date where one of them differs most; the largest first.

        Size is the standardised difference (see `Contrast.standardised`), so that outcomes of different units can be
        ranked. The dates are the year ends, the last date and the days ``at``. Outcomes that the model declares as
        headlines come before the others; those of which no difference could be shown come last, at the last date.
        """
        groups: dict[str, list[list[Row]]] = {}
        for contrast in self.contrasts:
            groups.setdefault(contrast.outcome.key, []).append(contrast.shown(self.at))
        dates = [max(reversed(list(zip(*group, strict=True))), key=_largest) for group in groups.values()]
        headlines = {contrast.outcome.key for contrast in self.contrasts if contrast.outcome.headline}
        order = sorted(
            zip(groups, dates, strict=True),
            key=lambda pair: (any(row.shown for row in pair[1]), pair[0] in headlines, _largest(pair[1])),
            reverse=True,
        )
        return [list(rows) for _, rows in order]

    def leading(self, scenario: str, count: int = 3) -> list[Row]:
        """The largest differences shown for ``scenario``, each at the date where it is largest; order as `ranked`."""
        contrasts = [contrast for contrast in self.contrasts if contrast.scenario == scenario]
        rows = [(contrast.outcome.headline, contrast.leading(self.at)) for contrast in contrasts]
        rows = [pair for pair in rows if pair[1].shown]
        rows.sort(key=lambda pair: (pair[0], _largest([pair[1]])), reverse=True)
        return [row for _, row in rows[:count]]

    def input_rows(self) -> list[InputRow]:
        """The rows of ``inputs.csv``: one per changed input and scenario."""
        return [
            InputRow(change.key, change.meaning, change.unit, change.kind, change.depends_on, *side)
            for change in self.inputs
            for side in zip(self.names, change.values, change.origins, change.sources, strict=True)
        ]

    def depends_on(self, scenario: str) -> tuple[str, ...]:
        """Keys of the inputs in which ``scenario`` differs from the baseline and that no data identify.

        A conclusion about the scenario is to be reported with "depends on" these.
        """
        number = self._index(scenario)
        return tuple(
            change.key
            for change in self.inputs
            if change.depends_on and change.values[number] != change.values[self.baseline]
        )

    def _index(self, scenario: str) -> int:
        """The index of the view of that name; InputError if there is none."""
        if scenario not in self.names:
            raise InputError(unknown("scenario", scenario, self.names))
        return self.names.index(scenario)

    def find(self, variable: str, scenario: str, entity: str = "") -> Contrast:
        """The contrast of outcome ``variable`` for ``scenario``.

        Raises:
            InputError: it was not compared; what was is listed.
        """
        wanted = (variable, entity, scenario)
        for contrast in self.contrasts:
            if (contrast.outcome.name, contrast.outcome.entity, contrast.scenario) == wanted:
                return contrast
        outcomes = dict.fromkeys(contrast.outcome.key for contrast in self.contrasts)
        scenarios = dict.fromkeys(contrast.scenario for contrast in self.contrasts)
        key = f"{variable}:{entity}" if entity else variable
        raise InputError(
            f"{key} of {scenario} was not compared; there are {', '.join(outcomes)} of {', '.join(scenarios)}"
        )

    def differences(self, outcome: Outcome, scenario: str) -> tuple[NDArray[np.datetime64], NDArray[np.floating[Any]]]:
        """Every run's difference from the baseline at every shared date, ``(time,)`` and ``(time, runs)``.

        Raises:
            InputError: the views are parts of one ensemble, whose runs are no pairs.
        """
        if self.conditional:
            raise InputError("parts of one ensemble are separate runs: they have no difference run by run")
        dates, reference = outcome.read(self.views[self.baseline])
        values = outcome.read(self.views[self._index(scenario)])[1]
        return dates, values.astype(np.float64) - reference.astype(np.float64)


def recorded(results: Sequence[Ensemble]) -> list[Variable]:
    """The variables that every result holds, in the order of the first."""
    first, *others = (result.variables for result in results)
    return [variable for name, variable in first.items() if all(name in other for other in others)]


def compare(
    results: Sequence[Ensemble],
    baseline: int = 0,
    by: str | None = None,
    *,
    outcomes: Sequence[Outcome] = (),
    at: Sequence[date] = (),
    catalogue: Catalogue | None = None,
    variables: Iterable[Variable] | None = None,
) -> Comparison:
    """Compare two to eight finished ensembles run by run with the one at ``baseline``.

    Args:
        results: the ensembles; one only with ``by``.
        baseline: index of the ensemble with which the others are compared.
        by: an outcome by which a single ensemble is split instead (see `condition`).
        outcomes: what to compare; headline variables, flags and dates reached by default.
        at: days that tables show beside the year ends.
        catalogue: the parameters; those of the model by default.
        variables: the recorded variables; by default those that every result holds.

    Every recorded date is compared. Holm's adjustment is over all that is compared at one date.

    Raises:
        InputError: the ensembles cannot be paired or split, or ``baseline`` does not exist.
    """
    variables = tuple(variables or recorded(results))
    outcomes = tuple(outcomes) or headline(variables)
    if by is not None:
        if len(results) != 1:
            raise InputError(f"splitting by {by} takes one scenario, {len(results)} given; leave the others out")
        return condition(results[0], by, baseline=baseline, outcomes=outcomes, at=at, variables=variables)
    aligned = align(results)
    inputs = changed_inputs([result.scenario for result in results], catalogue or model.catalogue())
    contrasts = contrast_views(aligned.views, outcomes, baseline=baseline)
    return Comparison(aligned.views, baseline, inputs, contrasts, aligned.warnings, at=tuple(at))


def condition(
    result: Ensemble,
    by: str,
    *,
    baseline: int = 0,
    outcomes: Sequence[Outcome] = (),
    at: Sequence[date] = (),
    variables: Iterable[Variable] | None = None,
) -> Comparison:
    """Compare the parts of one ensemble, split by the outcome ``by``, with the part at ``baseline``.

    Intervals are for separate runs (Welch; Agresti and Caffo for probabilities). The warnings say that this is
    conditioning, how many runs each part has, and which parts are small.

    Raises:
        InputError: the key cannot split this ensemble, or ``baseline`` does not exist.
    """
    variables = tuple(variables or recorded([result]))
    parts = split(result, by, variables)
    contrasts = contrast_views(parts.views, outcomes or headline(variables), baseline=baseline, conditional=True)
    counts = ", ".join(f"{view.name} {view.runs:,}" for view in parts.views)
    warnings = [CAUTION, f"Runs in each part, told apart on {parts.day}: {counts}."]
    warnings += [
        f"{view.name}: only {view.runs} of {result.runs:,} runs; ask for more --runs"
        for view in parts.views
        if view.runs < FEW
    ]
    return Comparison(parts.views, baseline, (), contrasts, tuple(warnings), parts.by, tuple(at))


def contrast_views(
    views: Sequence[View], outcomes: Sequence[Outcome], *, baseline: int = 0, conditional: bool = False
) -> tuple[Contrast, ...]:
    """Every outcome of every other view against ``views[baseline]``; ``conditional`` for separate parts, not pairs.

    Raises:
        InputError: there is no such baseline.
    """
    if not 0 <= baseline < len(views):
        raise InputError(f"the baseline must be one of the {len(views)} scenarios compared")
    measure = unpaired if conditional else paired
    others = [view for index, view in enumerate(views) if index != baseline]

    def against_all(outcome: Outcome) -> list[tuple[Outcome, View, NDArray[np.datetime64], Difference]]:
        dates, reference = outcome.read(views[baseline])
        sorted_once: Floats | None = None
        contrasts = []
        for view in others if len(dates) else ():
            gap = measure(reference, outcome.read(view)[1], binary=outcome.binary, a_quantiles=sorted_once)
            sorted_once = gap.a_quantiles if not gap.dropped.any() else None
            contrasts.append((outcome, view, dates, gap))
        return contrasts

    # NumPy and the reader let other threads run; each holds some ten arrays of one outcome, so they are few.
    with ThreadPoolExecutor(min(MOST_THREADS, os.cpu_count() or 1)) as pool:
        measured = [contrast for contrasts in pool.map(against_all, outcomes) for contrast in contrasts]
    adjusted = _adjusted([(dates, gap.p_value) for *_, dates, gap in measured])
    name = views[baseline].name
    return tuple(
        Contrast(outcome, name, view.name, dates, gap, p_values, conditional)
        for (outcome, view, dates, gap), p_values in zip(measured, adjusted, strict=True)
    )


def _largest(rows: Sequence[Row]) -> float:
    """The largest standardised difference of those shown."""
    return max((abs(row.standardised) for row in rows if row.shown), default=-1.0)


def _adjusted(series: Sequence[tuple[NDArray[np.datetime64], Floats]]) -> list[Floats]:
    """Holm's p-values over everything that stands at one date, date by date.

    One date is one question put to many outcomes; so an answer does not depend on how many other dates are listed.
    """
    if not series:
        return []
    days = np.concatenate([dates.astype("datetime64[D]") for dates, _ in series])
    p_values = np.concatenate([values for _, values in series])
    adjusted = np.empty_like(p_values)
    for day in np.unique(days):
        adjusted[days == day] = holm(p_values[days == day])
    return np.split(adjusted, np.cumsum([len(dates) for dates, _ in series])[:-1])
