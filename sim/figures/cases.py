"""What figures show: the scenarios of a picture, the quantities drawn of them, and sentences made of their numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from importlib import metadata
from typing import TYPE_CHECKING, Any, Literal, TypeVar
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from sim.ensemble.statistics import moments
from sim.errors import InputError
from sim.figures.axis import SHARES, Axis, value_axis
from sim.figures.drawing import Provenance, Row
from sim.figures.history import EMPTY, Series, reported, reported_later
from sim.figures.style import LOOKS, Look, looks
from sim.text import amount, day_of, decimals, in_runs, median_and_range, when

if TYPE_CHECKING:
    from sim.analysis import Comparison
    from sim.ensemble.ensemble import Ensemble
    from sim.model import Variable
    from sim.scenario.scenario import Scenario

T = TypeVar("T")
SINCE: ContextVar[bool] = ContextVar("since", default=True)
"""Whether charts of past starts show what was reported since."""
Mark = Literal["fan", "count", "share", "labels"]
QUANTILES = ("q05", "q25", "q50", "q75", "q95")
# Beside other scenarios history is context, not the subject: this many years of it are drawn.
PAST_YEARS = 4


@dataclass(frozen=True, slots=True)
class Subject:
    """One quantity to draw: a recorded variable (of ``entity``, if it has any) and how it is headed.

    How it is marked follows from the variable's declaration. ``unit`` replaces its unit and price basis; ``low`` and
    ``high`` widen the axis; ``level`` is a line across, named ``level_text``; history is drawn from the day ``since``.
    Subjects that are ``alike`` share one axis on a page (by default those of one variable do). ``ever`` asks for the
    share of runs in which a 0/1 variable has held so far, ``reached`` for the share in which a number is at least that.
    ``weight`` is the panel's width beside others in its row.
    """

    name: str
    heading: str
    entity: str = ""
    unit: str = ""
    low: float | None = None
    high: float | None = None
    level: float | None = None
    level_text: str = ""
    since: str = ""
    alike: str = ""
    ever: bool = False
    reached: float | None = None
    weight: float = 1.0

    @property
    def axis_name(self) -> str:
        """Subjects with one such name share their axis."""
        return self.alike or self.name


@dataclass(frozen=True, eq=False)
class Case:
    """One scenario of a picture, or one part of a split run: ``name`` as in files, ``label`` as in legends."""

    name: str
    label: str
    look: Look
    source: Ensemble

    def dates(self, subject: Subject) -> NDArray[np.datetime64]:
        """The dates of a subject, ``(time,)``."""
        if self._only_at_half_years(subject):
            return self._at_half_years(subject)[0]
        return remembered(self.source, ("dates", subject.name), lambda: self.source.dates(subject.name))

    def fan(self, subject: Subject) -> NDArray[np.float64]:
        """The five quantiles over the runs, ``(time, 5)``."""

        def read() -> NDArray[np.float64]:
            if self._only_at_half_years(subject):
                return np.asarray(moments(self._at_half_years(subject)[1])[:, 2:], np.float64)
            return np.asarray(self.source.quantiles(subject.name, subject.entity or None), np.float64)

        return remembered(self.source, ("fan", subject.name, subject.entity), read)

    def runs(self, subject: Subject) -> NDArray[Any] | None:
        """Every run's value, ``(time, runs)``, or None where only quantiles were kept."""
        try:
            if self._only_at_half_years(subject):
                return self._at_half_years(subject)[1]
            return np.asarray(self.source.values(subject.name, subject.entity or None))
        except InputError:
            return None

    def _only_at_half_years(self, subject: Subject) -> bool:
        """Whether the subject is a group that no statistics are kept of, on an axis whose runs are not all kept."""
        variable = self.source.variables.get(subject.name)
        if variable is None or variable.keep_runs or not (variable.entity and subject.entity):
            return False
        from sim.model import axes

        return subject.entity not in axes(self.source.scenario).codes(variable.entity)

    def _at_half_years(self, subject: Subject) -> tuple[NDArray[np.datetime64], NDArray[Any]]:
        return remembered(
            self.source, ("half-years", subject.name, subject.entity),
            lambda: self.source.values_at_half_years(subject.name, subject.entity),
        )  # fmt: skip

    def shares(self, subject: Subject) -> NDArray[np.float64] | None:
        """Share of the runs in which the subject holds, ``(time,)``; None where that takes runs that were not kept."""
        return remembered(self.source, ("share", subject), lambda: self._shares(subject))

    def _shares(self, subject: Subject) -> NDArray[np.float64] | None:
        if not subject.ever and subject.reached is None:
            return np.asarray(self.source.mean(subject.name), np.float64)
        values = self.runs(subject)
        if values is None:
            return None
        if subject.ever:
            values = np.maximum.accumulate(values, axis=0)
        elif subject.reached is not None:
            values = np.where(np.isfinite(values), values >= subject.reached, np.nan)
        known = np.isfinite(values)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(np.where(known, values, 0.0).sum(axis=1) / known.sum(axis=1))

    def label_shares(self, variable: Variable) -> NDArray[np.float64]:
        """Share of runs with each label of a labelled variable, ``(time, labels)``."""
        return np.stack(
            [np.asarray(self.source.mean(variable.name, label), np.float64) for label in variable.labels], 1
        )

    def past(self, subject: Subject, years: int | None = None) -> Series:
        """What was reported before the start and before the first simulated date, of the last ``years`` years."""
        dates = self.dates(subject)
        if not len(dates):
            return EMPTY
        start = self.source.scenario.start
        series = reported(subject.name, subject.entity, start).before(dates[0])
        if years is not None:
            series = series.since(f"{max(start.year - years, 1):04d}-01-01")
        return series.since(subject.since) if subject.since else series

    def later(self, subject: Subject) -> dict[bool, Series]:
        """What was reported after the start on the drawn dates, by whether it counts the same as what the start saw."""
        dates = self.dates(subject)
        if not SINCE.get() or not len(dates) or subject.reached is not None:
            return {}
        until = dates[-1]
        return {
            alike: series.before(until + np.timedelta64(1, "D"))
            for alike, series in reported_later(subject.name, subject.entity, self.source.scenario.start).items()
        }


@dataclass(frozen=True, eq=False)
class Cast:
    """All scenarios of a picture, what the others are compared with first; ``comparison`` is None for one alone."""

    cases: tuple[Case, ...]
    comparison: Comparison | None = None

    @property
    def first(self) -> Case:
        """The only scenario, or the one that the others are compared with."""
        return self.cases[0]

    @property
    def others(self) -> tuple[Case, ...]:
        """The scenarios beside the first."""
        return self.cases[1:]

    @property
    def single(self) -> bool:
        """Whether one scenario is drawn."""
        return len(self.cases) == 1

    @property
    def compared(self) -> Comparison:
        """The comparison that several scenarios come from."""
        if self.comparison is None:
            raise ValueError("one scenario by itself is not compared")
        return self.comparison

    @property
    def conditional(self) -> bool:
        """Whether the cases are parts of one ensemble rather than scenarios run by run."""
        return self.comparison is not None and self.comparison.conditional

    @property
    def past_years(self) -> int | None:
        """How many years of history are drawn; None for all."""
        return None if self.single else PAST_YEARS

    def case(self, name: str) -> Case:
        """The case of that name.

        Raises:
            InputError: there is none beside the first.
        """
        for case in self.others:
            if case.name == name:
                return case
        known = ", ".join(case.name for case in self.others)
        raise InputError(f"no scenario {name!r} beside {self.first.name}; allowed: {known}")

    def variable(self, name: str) -> Variable:
        """The declaration of a recorded variable.

        Raises:
            InputError: there is none; the nearest names are given.
        """
        variable: Variable = self._result.variable(name)
        return variable

    def entities(self, name: str) -> tuple[str, ...]:
        """Codes of the entities that a variable is recorded for; empty if it has none."""
        return tuple(self._result.entities(name))

    def group(self, name: str, word: str) -> str:
        """The group of members or donors that ``word`` means for a variable, or nothing."""
        from sim.model.groups import group_of

        scenarios = [case.source.scenario for case in self.cases]
        return group_of(word, self.variable(name), self.entities(name), scenarios)[0]

    @property
    def _result(self) -> Any:
        """The result of the first scenario: a side of a comparison is a view on one."""
        return getattr(self.first.source, "ensemble", self.first.source)

    def mark(self, subject: Subject) -> Mark:
        """How the subject is marked: shares of runs as steps, labels stacked, counts as bars or dots, else a fan."""
        variable = self.variable(subject.name)
        if variable.labels:
            return "labels"
        if variable.flag or subject.reached is not None:
            return "share"
        return "count" if variable.unit == "members" else "fan"

    def axes(self, subjects: Sequence[Subject]) -> dict[str, Axis]:
        """The value axis of each subject, by ``axis_name``: one for all scenarios and for all subjects alike."""
        return {
            name: self._axis([subject for subject in subjects if subject.axis_name == name])
            for name in dict.fromkeys(subject.axis_name for subject in subjects)
        }

    def _axis(self, subjects: Sequence[Subject]) -> Axis:
        if self.mark(subjects[0]) in ("labels", "share"):
            return SHARES
        values: list[NDArray[np.float64]] = []
        for subject in subjects:
            for case in self.cases:
                values += [case.fan(subject), case.past(subject, self.past_years).values]
                values += [series.values for series in case.later(subject).values()]
        include = [point for subject in subjects for point in (subject.low, subject.high, subject.level)]
        return value_axis(self.variable(subjects[0].name).unit, values, include)


def label_of(scenario: Scenario) -> str:
    """What legends and heads of tables call a scenario: its short title, or its name if it has none."""
    return getattr(scenario, "label", "") or scenario.name


def cast_of(source: Ensemble | Comparison) -> Cast:
    """The scenarios of one finished result, or of a comparison."""
    given: Any = source
    # Asked by its parts: importing the room of comparisons would cost a run a tenth of the time of its figures.
    if hasattr(source, "contrasts"):
        return _compared(given)
    return Cast((Case(given.scenario.name, label_of(given.scenario), LOOKS[0], given),))


def _compared(comparison: Comparison) -> Cast:
    """The scenarios of a comparison; parts split by party keep the parties' colours, as election results do."""
    names, views = comparison.names, comparison.views
    given, labels = looks(names), [label_of(view.scenario) for view in views]
    if comparison.conditional:
        parties = {"Democratic": LOOKS[0], "Republican": LOOKS[1]}
        known = [parties.get(name.split(" ")[0]) for name in names]
        given = tuple(look for look in known if look) if all(known) else LOOKS[: len(names)]
        labels = [f"{view.name} ({view.runs:,} run{'' if view.runs == 1 else 's'})" for view in views]
    cases = [Case(*parts) for parts in zip(names, labels, given, views, strict=True)]
    first = cases.pop(comparison.baseline)
    return Cast((first, *cases), comparison)


def provenance(cast: Cast, figure: str, size: str, command: str = "") -> Provenance:
    """What made the numbers of a picture: scenarios with hashes, the seed, the shared runs, versions, command."""
    comparison = cast.comparison
    sources: list[Ensemble] = list(comparison.views) if comparison else [cast.first.source]
    runs = sources[0].runs
    if cast.conditional:
        runs, sources = sum(source.runs for source in sources), sources[:1]
    manifest = sources[0].manifest
    return Provenance(
        scenarios=tuple(source.scenario.name for source in sources),
        hashes=tuple(source.scenario.hash for source in sources),
        seed=int(sources[0].seed),
        runs=int(runs),
        version=str(manifest.get("version") or _version()),
        facts=str(manifest.get("facts", "")),
        command=command or str(manifest.get("command", "")),
        figure=figure,
        size=size,
        baseline=cast.first.name if comparison else "",
        by=comparison.by if comparison else "",
        editions=str(manifest.get("editions", "")),
    )


UNTESTED = "not tested"


def skill_line(names: Sequence[str]) -> str:
    """How earlier forecasts of what these variables show fared: a line of the card for each kind, or that none did.

    Empty where there is no back-test at all. Where some of the variables were tested and others not, it says which.
    """
    from sim.evidence import card_line

    if not card_line():
        return ""
    kinds = dict.fromkeys(TESTED.get(name, UNTESTED) for name in names)
    tested = [str(card_line(subject=kind)) for kind in kinds if kind != UNTESTED]
    if not tested:
        return "Skill: not tested against the past."
    rest = [name for name in dict.fromkeys(names) if name not in TESTED]
    line = "; ".join([*tested, *([f"not tested: {_listed(rest)}"] if rest else [])])
    return f"{line[:1].upper()}{line[1:]}."


def _listed(names: Sequence[str]) -> str:
    from sim.model import variables

    labels = {variable.name: variable.long_name for variable in variables()}
    words = [labels.get(name, name) for name in names]
    return words[0] if len(words) == 1 else f"{len(words)} of the outcomes shown"


# What the back-test forecasts, as its card tells kinds apart; anything else that is recorded has no test.
TESTED = {
    "defence_share_pct_gdp": "budgets",
    "defence_spending_busd_constant": "budgets",
    "members_at_2pct": "budgets",
    "members_at_3_5pct": "budgets",
    "members_at_target": "budgets",
    "europe_canada_share_pct_gdp": "budgets",
    "europe_canada_spending_busd_current": "budgets",
    "us_share_of_nato_pct": "budgets",
    "aid_allocated_beur": "aid",
    "military_aid_allocated_beur": "aid",
    "russian_controlled_km2": "front",
    "net_gain_km2": "front",
    "ceasefire": "ceasefire",
}


_KNOWN: WeakKeyDictionary[Any, dict[Any, Any]] = WeakKeyDictionary()


def remembered(owner: Any, key: Any, read: Callable[[], T]) -> T:
    """What ``read`` returns, read once for each ``owner`` and ``key`` and kept as long as the owner lives.

    Figures show the same numbers again and again, and reading them from disk is what costs.
    """
    known = _KNOWN.setdefault(owner, {})
    if key not in known:
        known[key] = read()
    value: T = known[key]
    return value


class Statements:
    """Writes plain sentences about one scenario; every number said is kept as a row of the figure's table."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.case = cast, cast.first
        self.rows: list[Row] = []

    def unit(self, subject: Subject) -> str:
        """The unit of a subject's variable."""
        return self.cast.variable(subject.name).unit

    def when(self, subject: Subject, at: int = -1) -> str:
        """The date of a value in words."""
        return when(day_of(self.case.dates(subject)[at]), self.cast.variable(subject.name).every)

    def has(self, subject: Subject) -> bool:
        """Whether any value falls in the horizon."""
        return len(self.case.dates(subject)) > 0

    def runs_in_which(
        self, subject: Subject, holds: Callable[[NDArray[Any]], NDArray[Any]], note: str, at: int = -1
    ) -> str | None:
        """``In 72 of 100 runs`` for the runs in which ``holds``, asked with (time, runs); None where none were kept.

        ``note`` says in the table what holds.
        """
        values = self.case.runs(subject)
        return None if values is None else self._share(subject, float(np.mean(holds(values))), note, at)

    def chance(self, subject: Subject) -> str:
        """``In 72 of 100 runs`` for a 0/1 variable at its last date."""
        shares = self.case.shares(subject)
        share = float("nan") if shares is None else float(shares[-1])
        return self._share(subject, share, self.cast.variable(subject.name).long_name, -1)

    def likeliest(self, subject: Subject) -> tuple[str, str]:
        """``In 72 of 100 runs`` and the label of most runs at the last date."""
        variable = self.cast.variable(subject.name)
        shares = self.case.label_shares(variable)[-1]
        best = int(np.argmax(shares))
        return self._share(subject, float(shares[best]), variable.labels[best], -1), variable.labels[best]

    def median(self, subject: Subject) -> str:
        """``2.31% of GDP (90% of runs: 1.98 to 2.71)`` at the last date."""
        quantiles = self.case.fan(subject)[-1]
        self._add(subject, -1, **dict(zip(QUANTILES, map(float, quantiles), strict=True)), note="median and 90%")
        return median_and_range(quantiles.tolist(), self.unit(subject))

    def amount(self, subject: Subject, value: float, note: str) -> str:
        """A number with its unit at the last date."""
        self._add(subject, -1, value=value, note=note)
        return amount(value, self.unit(subject), decimals(value, self.unit(subject)))

    def count(self, subject: Subject, value: float, note: str) -> None:
        """A count said in the sentence; ``note`` says of what."""
        self._add(subject, -1, value=value, unit="count", price_basis="", note=note)

    def _share(self, subject: Subject, share: float, note: str, at: int) -> str:
        self._add(subject, at, value=share, unit="share of runs", note=note)
        return in_runs(share, self.case.source.runs)

    def _add(self, subject: Subject, at: int, **cells: Any) -> None:
        variable = self.cast.variable(subject.name)
        cells = {"unit": variable.unit, "price_basis": variable.price_basis, **cells}
        day = str(np.datetime64(self.case.dates(subject)[at], "D"))
        self.rows.append(
            Row(panel="sentence", kind="statement", scenario=self.case.name, variable=subject.name,
                entity=subject.entity, date=day, **cells)
        )  # fmt: skip


def _version() -> str:
    try:
        return metadata.version("alliance-sim")
    except metadata.PackageNotFoundError:
        return "(not installed)"
