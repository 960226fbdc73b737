"""A finished result held against what was reported after its start: bands, PIT, CRPS, and skill against simple rules.

Figures that grow from month to month (aid, casualties) are scored by what was added in a half-year, the others as they
stand: yearly ones at the year's end, monthly ones at half-years' ends and at the last report. Shares of runs are scored
by the Brier score, which is the CRPS of 0 and 1.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim import facts
from sim.errors import InputError
from sim.evidence import baselines
from sim.evidence.luck import Luck
from sim.evidence.scores import crps, pit, skill
from sim.model.systems.roster import WITH_FORCES

if TYPE_CHECKING:
    from sim.ensemble.result import Result
    from sim.facts import Reported

Array = NDArray[np.float64]
PACE = "pace of the last year"
DRAWS = 1000
SHARES = "defence_share_pct_gdp"


@dataclass(frozen=True, slots=True)
class Score:
    """One reported figure and where the result had put it.

    ``since``: for what grows, the day from which its growth is counted; else None. ``like``: the report counts the same
    as the figures the start could see; others are shown but enter no mean. ``band``: "50%", "90%" or "outside" ("" for
    an event). ``pit`` and ``crps`` are None where single runs were not kept. ``rules``: the CRPS of simple rules fitted
    on the day of the start, by name.
    """

    variable: str
    entity: str
    since: date | None
    date: date
    reported: float
    unit: str
    definition: str
    edition: str
    like: bool
    q05: float
    q25: float
    median: float
    q75: float
    q95: float
    band: str
    pit: float | None
    crps: float | None
    rules: dict[str, float]

    def to_dict(self) -> dict[str, Any]:
        """Plain values by name; the best of the simple rules stands with its name, its CRPS and the skill over it."""
        best = min(self.rules, key=self.rules.__getitem__, default="")
        content = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "rules"}
        content |= {"date": self.date.isoformat(), "since": self.since.isoformat() if self.since else None}
        gain = skill(self.crps, self.rules[best]) if best and self.crps is not None and self.rules[best] > 0 else None
        return content | {"best_rule": best or None, "best_rule_crps": self.rules.get(best), "skill": gain}


@dataclass(frozen=True, slots=True)
class Total:
    """What the scores of one variable (of ``entity``, if groups are told apart) come to.

    ``inside50`` and ``inside90`` are shares; ``rules``: mean CRPS of each simple rule on the same figures, and
    ``skill`` how far ``crps`` lies below it. None where no single runs were kept.
    """

    variable: str
    figures: int
    inside50: float
    inside90: float
    crps: float | None
    rules: dict[str, float]
    skill: dict[str, float]
    like: bool


def score(result: Result, definition: str | None = None) -> tuple[Score, ...]:
    """Every figure reported after the result's start that the result has recorded, in the order of variables.

    ``definition``: "core" takes NATO's figures of core defence first, which a start before July 2026 could not see
    counted that way; they are scored and marked as not alike.

    Raises:
        InputError: nothing was reported after the start, or nothing that the result recorded.
    """
    start = result.scenario.start
    reports = facts.reported_since(start, definition=definition)  # type: ignore[arg-type]
    if not reports:
        raise InputError(
            f"{result.scenario.name} starts on {start}: the facts, which end on {facts.FACTS_END}, hold nothing that "
            "was reported later, and what a start could see is not scored"
        )
    rules = _Rules(start)
    scores = [row for report in _chosen(result, reports) if (row := _score(result, report, rules)) is not None]
    if not scores:
        raise InputError(f"{result.scenario.name}: none of its dates to {result.scenario.end} has been reported on yet")
    return tuple(scores)


def totals(scores: Iterable[Score], *, unlike: bool = False) -> tuple[Total, ...]:
    """One line a variable, over figures that count the same as what the start saw; with ``unlike`` over all."""
    rows: dict[str, list[Score]] = {}
    for row in scores:
        if row.like or unlike:
            rows.setdefault(_group(row), []).append(row)
    return tuple(_total(name, of) for name, of in rows.items())


def csv_of(scored: Mapping[str, Sequence[Score]]) -> str:
    """Every figure of several results as CSV, one row each, the scenario's name first."""
    out = io.StringIO()
    names = ("scenario", *(field.name for field in fields(Score) if field.name != "rules"))
    writer = csv.DictWriter(out, (*names, "best_rule", "best_rule_crps", "skill"), lineterminator="\n")
    writer.writeheader()
    for scenario, rows in scored.items():
        for row in rows:
            cells = {"scenario": scenario, **row.to_dict()}
            writer.writerow(
                {key: f"{value:.6g}" if isinstance(value, float) else value for key, value in cells.items()}
            )
    return out.getvalue()


def _group(row: Score) -> str:
    """The name under which a score is summed: groups of donors are told apart, the USA is told apart from members."""
    if row.entity in ("USA", "EUR", "OTHER", "ALL"):
        return f"{row.variable}:{row.entity}"
    return row.variable


def _total(name: str, rows: Sequence[Score]) -> Total:
    counted = [row for row in rows if row.crps is not None]
    mean = float(np.mean([row.crps for row in counted])) if counted else None
    ruled = [row for row in counted if row.rules]  # the year under way at the start has none
    shared = [rule for rule in (ruled[0].rules if ruled else ()) if all(rule in row.rules for row in ruled)]
    rules = {rule: float(np.mean([row.rules[rule] for row in ruled])) for rule in shared}
    own = float(np.mean([row.crps for row in ruled])) if ruled else 0.0
    banded = [row for row in rows if row.band]
    inside50 = float(np.mean([row.band == "50%" for row in banded])) if banded else float("nan")
    inside90 = float(np.mean([row.band != "outside" for row in banded])) if banded else float("nan")
    gains = {rule: skill(own, value) for rule, value in rules.items() if value > 0}
    return Total(name, len(rows), inside50, inside90, mean, rules, gains, all(row.like for row in rows))


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A report, for what grows with the value and the day from which its growth is counted."""

    report: Reported
    value: float
    since: date | None


def _chosen(result: Result, reports: Sequence[Reported]) -> list[_Wanted]:
    """The reports that are scored: all of yearly variables, half-year ends and the last of monthly ones."""
    series: dict[tuple[str, str], list[Reported]] = {}
    for report in reports:
        if report.variable in result.variables:
            series.setdefault((report.variable, report.entity), []).append(report)
    order = list(result.variables)
    chosen = []
    for (name, _), of in sorted(series.items(), key=lambda item: (order.index(item[0][0]), item[0][1])):
        variable = result.variables[name]
        if variable.every == "year":
            chosen += [_Wanted(report, report.value, None) for report in of]
            continue
        marked = [report for report in of if report.date.month in (6, 12) or report is of[-1]]
        if not _grows(name):
            chosen += [_Wanted(report, report.value, None) for report in marked]
            continue
        for before, after in pairwise(marked):
            chosen.append(_Wanted(after, after.value - before.value, before.date))
    return chosen


def _grows(name: str) -> bool:
    return name.startswith(("aid_", "military_aid_")) or name == "russian_casualties_thousand"


def _score(result: Result, wanted: _Wanted, rules: _Rules) -> Score | None:
    report, variable = wanted.report, result.variables[wanted.report.variable]
    entity = report.entity or None
    if entity is not None and entity not in result.entities(variable.name):
        return None
    days = _days(result.dates(variable.name))
    at = _place(days, report.date)
    if at is None or (wanted.since and _place(days, wanted.since) is None):
        return None
    draws = _draws(result, wanted)
    if draws is not None:
        quantiles = np.quantile(draws, (0.05, 0.25, 0.5, 0.75, 0.95))
    elif wanted.since:
        return None
    else:
        quantiles = np.asarray(result.quantiles(variable.name, entity)[at], float)
    low, lower, middle, upper, high = (float(value) for value in quantiles)
    came = wanted.value
    band = "50%" if lower <= came <= upper else "90%" if low <= came <= high else "outside"
    points = np.array(came)
    return Score(
        variable.name, report.entity, wanted.since, report.date, came, report.unit, report.definition, report.edition,
        report.like, low, lower, middle, upper, high, "" if variable.flag else band,
        None if draws is None or variable.flag else float(pit(draws, points)),
        None if draws is None else float(crps(draws, points)),
        {name: float(crps(values, points)) for name, values in rules.of(wanted).items()},
    )  # fmt: skip


def _draws(result: Result, wanted: _Wanted) -> Array | None:
    """Every run's value of a reported figure, ``(runs,)``: its growth where growth is scored. None if not kept.

    Single runs of single donors are kept at the ends of half-years only.
    """
    name, entity = wanted.report.variable, wanted.report.entity or None
    try:
        if entity is None or result.variables[name].keep_runs or entity in result.groups(name):
            dates, runs = result.dates(name), result.values(name, entity)
        else:
            dates, runs = result.values_at_half_years(name, entity)
    except InputError:  # no single runs were kept, or the result is of a version that kept none of single donors
        return None
    days = _days(dates)
    at, since = _place(days, wanted.report.date), _place(days, wanted.since)
    if at is None or (wanted.since and since is None):
        return None
    return np.asarray(runs[at], float) - (np.asarray(runs[since], float) if since is not None else 0.0)


def _days(dates: NDArray[np.datetime64]) -> list[date]:
    return [day.astype(date) for day in dates.astype("datetime64[D]")]


def _place(days: Sequence[date], day: date | None) -> int | None:
    """Where the month of ``day`` stands among the recorded days."""
    if day is None:
        return None
    months = [(known.year, known.month) for known in days]
    return months.index((day.year, day.month)) if (day.year, day.month) in months else None


class _Rules:
    """Simple forecasts of a reported figure, made on the day of the start from what was known then."""

    def __init__(self, start: date) -> None:
        self._start = start
        self._panels: dict[str, Array] | None = None
        self._last = max(max(years) for years in facts.defence_shares(start).values())

    def of(self, wanted: _Wanted) -> dict[str, Array]:
        """Draws of each rule that there is for the figure, by name; none for a figure without a history."""
        report = wanted.report
        if report.variable == SHARES:
            return self._of_members(report.entity, report.date.year - self._last)
        if report.variable == "europe_canada_share_pct_gdp":
            known = facts.aggregates(self._start)["NATO_EUR_CAN"]
            return self._of_years({year: row["share_pct_gdp"] for year, row in known.items()}, report.date.year)
        steps = self._steps(report)
        return {PACE: self._pace(steps, wanted)} if len(steps) >= _FEWEST else {}

    def _of_members(self, member: str, horizon: int) -> dict[str, Array]:
        if not 1 <= horizon <= _HORIZONS:
            return {}
        if self._panels is None:
            self._panels = {
                name: baselines.ensemble(name, self._last, horizons=_HORIZONS, draws=DRAWS, day=self._start)
                for name in baselines.BASELINES
            }
        row = WITH_FORCES.index(member)
        return {name: panel[row, horizon - 1] for name, panel in self._panels.items()}

    def _of_years(self, series: dict[int, float], year: int) -> dict[str, Array]:
        years = sorted(series)
        values = np.array([series[known] for known in years])
        ahead = year - years[-1]
        if ahead < 1:
            return {}
        changes = np.diff(values)
        luck = changes.std() * np.sqrt(ahead) * _normal(f"{self._start}:{year}")
        return {
            "random walk": values[-1] + luck,
            baselines.THREE_YEARS: values[-1] + changes[-3:].mean() * ahead + luck,
        }

    def _steps(self, report: Reported) -> Array:
        """Monthly additions known at the start, oldest first."""
        if report.variable == "russian_controlled_km2":
            months = facts.front(self._start, "isw_economist")
            return np.array([row.net_gain_km2 for row in months if row.period == "month" and row.net_gain_km2])
        if report.variable == "russian_casualties_thousand":
            known = facts.casualties(self._start)
            return np.array([known[month] for month in sorted(known)])
        kind = {
            "aid_allocated_beur": ("total", "allocation"),
            "military_aid_allocated_beur": ("military", "allocation"),
            "aid_committed_beur": ("total", "commitment"),
        }.get(report.variable)
        series = facts.aid_monthly(self._start).series if kind else {}
        return np.asarray(series.get((report.entity, *kind), ()) if kind else (), float)

    def _pace(self, steps: Array, wanted: _Wanted) -> Array:
        """The mean month of the last twelve goes on, with the spread of months and of past years' means."""
        begin = wanted.since or self._start
        months = 12 * (wanted.report.date.year - begin.year) + wanted.report.date.month - begin.month
        ahead = 12 * (wanted.report.date.year - self._start.year) + wanted.report.date.month - self._start.month
        last = steps[-12:]
        years = np.sqrt(max(ahead, 1) / 12) * steps[-24:].std() / np.sqrt(6)
        month = last.mean() + years * _normal(f"{self._start}:years")
        total = months * month + np.sqrt(max(months, 1)) * last.std() * _normal(f"{self._start}:months")
        if wanted.since:
            return np.asarray(np.maximum(total, 0.0), float)
        held = [row.controlled_km2 for row in facts.front(self._start, "isw_economist") if row.controlled_km2]
        return np.asarray(held[-1] + total, float)


_FEWEST, _HORIZONS = 12, 3


def _normal(label: str) -> Array:
    return np.asarray(Luck(1, f"score:{label}").normal("luck", DRAWS), float)
