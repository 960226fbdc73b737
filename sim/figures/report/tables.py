"""The tables of a report: outcomes, changed inputs and assumptions, each number written as it is shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from sim.analysis import Comparison, InputRow, Row
from sim.analysis.inputs import meaning_of
from sim.scenario.entities import entity_name
from sim.scenario.parameter import Catalogue, Parameter
from sim.scenario.scenario import Scenario
from sim.scenario.values import describe
from sim.text import MISSING, day_of, decimals, full_date, later_marked, number, quantity, share, signed

OWN_LAYERS = ("file", "set", "branch")
MOST_NAMED, MOST_ENTITIES = 3, 3
NOTHING_SHOWN, SAME = "none shown", "same"
_FROM_ROOT = re.compile(r"(?:^|(?<=; ))(?:[A-Za-z]:)?[/\\\\][^;]*[/\\\\](?=[^/\\\\;]+[/\\\\][^/\\\\;]+)")


@dataclass(frozen=True, slots=True)
class Level:
    """Where one scenario stands: median and 90% range (or share of runs), and its difference from the baseline."""

    median: str
    span: str
    gap: str
    shown: bool


@dataclass(frozen=True, slots=True)
class Statistics:
    """The statistics behind one difference: interval, chance, pairs, p after Holm's adjustment, power."""

    scenario: str
    gap: str
    interval: str
    chance: str
    pairs: str
    p_adjusted: str
    detectable: str
    shown: bool


@dataclass(frozen=True, slots=True)
class OutcomeTable:
    """One outcome at its last date: the level of every scenario, baseline first, and the statistics of the others."""

    name: str
    unit: str
    day: str
    levels: tuple[Level, ...]
    statistics: tuple[Statistics, ...]
    findings: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Course:
    """One outcome through the years: for each scenario the mean difference at each date, and whether it is shown.

    A text is empty where the outcome has no value at the date.
    """

    name: str
    unit: str
    lines: tuple[tuple[str, tuple[tuple[str, bool], ...]], ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """A value of a changed input with its origin and source, and the scenarios that have it.

    ``others`` says that they are all that were not named before, too many to name again.
    """

    scenarios: tuple[str, ...]
    value: str
    origin: str
    source: str
    others: bool = False


@dataclass(frozen=True, slots=True)
class Assumption:
    """One assumption: its values in the scenarios, its sweep range, its source, and whether results turn on it.

    ``values`` are (scenarios, value); the first is empty where every scenario has the same.
    """

    key: str
    meaning: str
    unit: str
    values: tuple[tuple[str, str], ...]
    sweep: str
    source: str
    depends_on: bool
    is_set: bool


def is_share(row: Row) -> bool:
    """Whether the outcome is a share of runs."""
    return row.kind in ("probability", "label")


def outcome_name(long_name: str, entity: str) -> str:
    """An outcome in words, with the member or donors it is about."""
    return f"{long_name}: {entity_name(entity)}" if entity else long_name


def outcome_unit(unit: str, price_basis: str, binary: bool) -> str:
    """Unit and price basis of an outcome; a share of runs is in per cent."""
    return "% of runs" if binary else ", ".join(part for part in (unit, price_basis) if part)


def same_everywhere(row: Row) -> bool:
    """Whether every pair of runs has the same value."""
    return row.p_equal == 1 and not row.conditional


def by_outcome(rows: Iterable[Row]) -> list[list[Row]]:
    """The rows of each outcome together, in the order compared."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row.variable, row.entity), []).append(row)
    return list(groups.values())


def outcome_tables(comparison: Comparison) -> tuple[list[OutcomeTable], list[str]]:
    """The outcomes that differ in some run of some scenario, and the names of those that do not."""
    groups = by_outcome(comparison.headline())
    moved = [rows for rows in groups if not all(map(same_everywhere, rows))]
    unmoved = [outcome_name(rows[0].long_name, rows[0].entity) for rows in groups if rows not in moved]
    return [_outcome_table(rows) for rows in moved], unmoved


def courses(comparison: Comparison) -> tuple[list[str], list[Course]]:
    """Year ends (and the last date), and the outcomes that show a difference at one of them."""
    groups: dict[tuple[str, str], list[list[Row]]] = {}
    for contrast in comparison.contrasts:
        rows = contrast.shown(comparison.at)
        groups.setdefault((contrast.outcome.name, contrast.outcome.entity), []).append(rows)
    days = sorted({row.date for series in groups.values() for rows in series for row in rows})
    moved = [
        series for series in groups.values() if len(series[0]) > 1 and any(row.shown for rows in series for row in rows)
    ]
    return days, [_course(series, days) for series in moved]


def changed_inputs(comparison: Comparison) -> tuple[list[InputRow], list[tuple[InputRow, list[Setting]]]]:
    """The rows of changed inputs, without folders of this machine, and each input with its different settings."""
    rows = [replace(row, origin=short_origin(row.origin)) for row in comparison.input_rows()]
    return rows, [_settings(list(group)) for _, group in groupby(rows, key=lambda row: row.key)]


def short_origin(origin: str) -> str:
    """An origin without the folders of the machine: a report travels, and they say nothing to who reads it."""
    return _FROM_ROOT.sub("", origin)


def assumptions(comparison: Comparison, catalogue: Catalogue) -> dict[str, list[Assumption]]:
    """Every assumption that a scenario sets or that no data settle, by the part of the model that reads it."""
    views = comparison.views[:1] if comparison.conditional else comparison.views
    scenarios = [view.scenario for view in views]
    own = set(_own_keys(scenarios))
    systems: dict[str, list[Assumption]] = {}
    for parameter in catalogue:
        is_set = parameter.kind == "assumption" and bool(own & set(parameter.expanded()))
        if parameter.depends_on or is_set:
            system = parameter.used_in[0] if parameter.used_in else "other"
            systems.setdefault(system, []).append(_assumption(parameter, scenarios, is_set))
    return systems


def precision(rows: Iterable[Row]) -> float:
    """The error to which differences of one outcome are written, so that a column has one number of decimals.

    Shares have one decimal everywhere, as in the sentences; other differences the digits of the surest of ``rows``, but
    at most one digit more than the least sure of them.
    """
    errors = [
        max((row.high - row.low) / 2, abs(row.mean_difference) / 1000)
        for row in rows
        if row.mean_difference == row.mean_difference and not is_share(row)
    ]
    errors = [error for error in errors if error > 0] or [0.1]
    return max(min(errors), max(errors) / 10)


def gap(row: Row, error: float) -> tuple[str, str]:
    """Mean difference and its 95% interval with signs, to the digit that ``error`` leaves standing."""
    if row.mean_difference != row.mean_difference:
        return MISSING, MISSING
    scale = 100.0 if is_share(row) else 1.0
    mean, low, high = (signed(value * scale, error) for value in (row.mean_difference, row.low, row.high))
    return mean, f"{low} to {high}"


def _outcome_table(rows: list[Row]) -> OutcomeTable:
    first, error = rows[0], precision(rows)
    ends = [
        abs(end) for row in rows for end in (row.baseline_q05, row.baseline_q95, row.scenario_q05, row.scenario_q95)
    ]
    places = decimals(max((end for end in ends if end == end), default=0.0), first.unit)

    def level(mean: float, low: float, median: float, high: float, difference: str, shown: bool) -> Level:
        if is_share(first):
            return Level(share(mean), "", difference, shown)
        span = f"{number(low, places)} to {number(high, places)}" if median == median else ""
        return Level(number(median, places), span, difference, shown)

    own = [
        level(row.scenario_mean, row.scenario_q05, row.scenario_q50, row.scenario_q95, _verdict(row, error), row.shown)
        for row in rows
    ]
    base = level(first.baseline_mean, first.baseline_q05, first.baseline_q50, first.baseline_q95, "", False)
    return OutcomeTable(
        name=outcome_name(first.long_name, first.entity),
        unit=outcome_unit(first.unit, first.price_basis, is_share(first)),
        day=full_date(day_of(first.date)),
        levels=(base, *own),
        statistics=tuple(_statistics(row, error) for row in rows),
        findings=tuple((row.scenario, row.finding) for row in rows),
    )


def _verdict(row: Row, error: float) -> str:
    if row.pairs_used == 0:
        return "no value to compare"
    if same_everywhere(row):
        return SAME
    return gap(row, error)[0] if row.shown else NOTHING_SHOWN


def _statistics(row: Row, error: float) -> Statistics:
    pairs = f"{row.pairs_used:,}" + (f" ({row.pairs_dropped:,} dropped)" if row.pairs_dropped else "")
    if row.conditional:
        pairs = f"{row.baseline_runs:,} and {row.scenario_runs:,}"
    mean, interval = gap(row, error)
    p_text = "< 0.001" if row.p_adjusted < 0.001 else f"{row.p_adjusted:.3f}"
    limit = row.detectable * (100.0 if is_share(row) else 1.0)
    detectable = quantity(limit, limit / 10) if limit > 0 else MISSING
    return Statistics(row.scenario, mean, interval, _chance(row.p_higher), pairs, p_text, detectable, row.shown)


def _chance(value: float) -> str:
    """P(B > A) in per cent, never rounded to nought or to all."""
    text = number(100 * value)
    return {"0": "< 1", "100": "> 99"}.get(text, text) if 0 < value < 1 else text


def _course(series: list[list[Row]], days: list[str]) -> Course:
    error = precision(row for rows in series for row in rows if row.shown)
    lines = []
    for rows in series:
        at = {row.date: row for row in rows}
        cells = tuple((_verdict(at[day], error), at[day].shown) if day in at else ("", False) for day in days)
        lines.append((rows[0].scenario, cells))
    first = series[0][0]
    name, unit = (
        outcome_name(first.long_name, first.entity),
        outcome_unit(first.unit, first.price_basis, is_share(first)),
    )
    return Course(name, unit, tuple(lines))


def _settings(rows: list[InputRow]) -> tuple[InputRow, list[Setting]]:
    names: dict[tuple[str, str, str], list[str]] = {}
    for row in rows:
        names.setdefault((row.value, row.origin, row.source), []).append(row.scenario)
    settings = [Setting(tuple(scenarios), *value) for value, scenarios in names.items()]
    most = max(settings, key=lambda setting: len(setting.scenarios))
    if len(most.scenarios) > MOST_NAMED:
        settings = [setting for setting in settings if setting is not most] + [replace(most, others=True)]
    return rows[0], settings


def _own_keys(scenarios: Iterable[Scenario]) -> Iterable[str]:
    for scenario in scenarios:
        yield from (key for key, given in scenario.values.items() if given.origin.layer in OWN_LAYERS)
        yield from (key for event in scenario.events for key, _ in event.sets)


def _assumption(parameter: Parameter, scenarios: Sequence[Scenario], is_set: bool) -> Assumption:
    names: dict[str, list[str]] = {}
    for scenario in scenarios:
        names.setdefault(_value(parameter, scenario), []).append(scenario.name)
    alike = len(names) == 1
    return Assumption(
        key=parameter.key,
        meaning=meaning_of(parameter),
        unit=parameter.unit,
        values=tuple(("" if alike else ", ".join(who), value) for value, who in names.items()),
        sweep=parameter.sweep or "not swept",
        source=later_marked(parameter.source, min(scenario.start for scenario in scenarios)),
        depends_on=parameter.depends_on,
        is_set=is_set,
    )


def _value(parameter: Parameter, scenario: Scenario) -> str:
    """The value of a parameter, or the default and what single members have instead."""
    if "*" not in parameter.key:
        given = scenario.values.get(parameter.key)
        return parameter.prior_text if given is None else describe(given.value)
    own = [
        (code, given)
        for code, key in zip(parameter.entities, parameter.expanded(), strict=True)
        if (given := scenario.values.get(key)) is not None and given.origin.layer in OWN_LAYERS
    ]
    parts = [f"{code} {describe(given.value)}" for code, given in own[:MOST_ENTITIES]]
    if len(own) > MOST_ENTITIES:
        parts.append(f"{len(own) - MOST_ENTITIES} more")
    return "; ".join([*parts, f"otherwise {parameter.prior_text}"] if parts else [parameter.prior_text])
