"""What was reported before the start, for the variables that have a reported counterpart: one table of readers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import facts
from sim.facts.tables import per_folder

# NATO's spending tables begin here, and so do the other yearly lines drawn beside them.
FIRST_YEAR = 2014
# What stands beside the first value of a new definition, wherever reported values are listed.
SPLIT_NOTE = "core defence is counted from here on"
SINCE_NOTES = {True: "reported since", False: "reported since, counted differently"}


@dataclass(frozen=True, eq=False)
class Series:
    """Reported values: ``dates`` (time,) as days and ``values`` (time,) in the variable's unit. May be empty.

    ``breaks``: years from which on something else is counted under the same name.
    """

    dates: NDArray[np.datetime64]
    values: NDArray[np.float64]
    breaks: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self.values)

    def before(self, day: Any) -> Series:
        """Only what lies before ``day``."""
        kept = self.dates < np.datetime64(day, "D")
        return Series(self.dates[kept], self.values[kept], self.breaks)

    def since(self, day: Any) -> Series:
        """Only what lies on ``day`` or after."""
        kept = self.dates >= np.datetime64(day, "D")
        return Series(self.dates[kept], self.values[kept], self.breaks)

    @property
    def splits(self) -> tuple[int, ...]:
        """Places of the values that count otherwise than the one before: no change may be read between the two."""
        firsts = (int(np.searchsorted(self.dates, np.datetime64(f"{year:04d}-01-01", "D"))) for year in self.breaks)
        return tuple(first for first in firsts if 0 < first < len(self))


EMPTY = Series(np.array([], dtype="datetime64[D]"), np.array([], dtype=np.float64))
Reader = Callable[[date, str], Series]


def reported(variable: str, entity: str | None, known: date) -> Series:
    """What had been reported of ``variable`` (of ``entity``) by ``known``; empty where nothing like it is reported."""
    reader = READERS.get(variable)
    series = reader(known, entity or "") if reader else EMPTY
    return replace(series, breaks=facts.breaks(known)) if variable in DEFINED_BY_NATO else series


def break_words(pasts: Iterable[Series]) -> str:
    """How to read the break of a definition inside the history of one of ``pasts``; empty where there is none."""
    years = sorted({past.dates[first].astype("datetime64[Y]").item().year for past in pasts for first in past.splits})
    return f" Dotted: core defence is counted from {', '.join(map(str, years))} on." if years else ""


@per_folder
def _all_later(start: date) -> dict[tuple[str, str], list[facts.Reported]]:
    series: dict[tuple[str, str], list[facts.Reported]] = {}
    for report in facts.reported_since(start):
        series.setdefault((report.variable, report.entity), []).append(report)
    return series


def reported_later(variable: str, entity: str | None, start: date) -> dict[bool, Series]:
    """What was reported after ``start`` about days from then on, by whether it counts the same as what it could see.

    Amounts that add up from release to release are left out: a later release begins elsewhere.
    """
    if variable.startswith(("aid_", "military_aid_")):
        return {}
    reports = _all_later(start).get((variable, entity or ""), [])
    return {
        alike: Series(
            np.array([report.date for report in reports if report.like is alike], dtype="datetime64[D]"),
            np.array([report.value for report in reports if report.like is alike], dtype=np.float64),
        )
        for alike in (True, False)
    }


def _yearly(values: Mapping[int, float]) -> Series:
    years = sorted(year for year, value in values.items() if np.isfinite(value))
    dates = np.array([f"{year:04d}-12-31" for year in years], dtype="datetime64[D]")
    return Series(dates, np.array([values[year] for year in years], dtype=np.float64))


def _monthly(months: Iterable[Any], values: Iterable[float]) -> Series:
    first = np.array(list(months), dtype="datetime64[M]")
    ends = (first + 1).astype("datetime64[D]") - np.timedelta64(1, "D")
    return Series(ends.astype("datetime64[D]"), np.array(list(values), dtype=np.float64))


def _of_member(table: str) -> Reader:
    """A yearly table of the facts with one line for each member."""

    def read(known: date, member: str) -> Series:
        lines: Mapping[str, Mapping[int, float]] = getattr(facts, table)(known)
        return _yearly(lines.get(member, {}))

    return read


def _of_europe_canada(column: str) -> Reader:
    def read(known: date, _: str) -> Series:
        rows = facts.aggregates(known).get("NATO_EUR_CAN", {})
        return _yearly({year: row[column] for year, row in rows.items() if column in row})

    return read


def _us_share(known: date, _: str) -> Series:
    total = facts.aggregates(known).get("NATO_TOTAL", {})
    spending = facts.defence_spending_current(known).get("USA", {})
    return _yearly(
        {
            year: 100 * spending[year] / row["spending_busd_current"]
            for year, row in total.items()
            if year in spending and "spending_busd_current" in row
        }
    )


def _members(known: date, _: str) -> Series:
    joined = [member.accession for member in facts.members()]
    years = range(FIRST_YEAR, known.year)
    return _yearly({year: float(sum(day <= date(year, 12, 31) for day in joined)) for year in years})


def _members_at(level: float) -> Reader:
    def read(known: date, _: str) -> Series:
        joined = {member.code: member.accession for member in facts.members() if member.has_forces}
        shares = facts.defence_shares(known)
        years = sorted({year for code in joined for year in shares.get(code, {})})

        def count(year: int) -> int:
            inside = [code for code, day in joined.items() if day <= date(year, 12, 31)]
            return sum(shares.get(code, {}).get(year, 0.0) >= level for code in inside)

        return _yearly({year: float(count(year)) for year in years})

    return read


def _aid(kind: str, measure: str) -> Reader:
    """Aid of one donor or group, cumulative, from the one release that a start uses."""

    def read(known: date, donor: str) -> Series:
        history = facts.aid_monthly(known)
        monthly = history.series.get((donor, kind, measure))
        return EMPTY if monthly is None else _monthly(history.months, np.cumsum(np.asarray(monthly, np.float64)))

    return read


def _front(column: str, series: str) -> Reader:
    """A column of the front from one map series; only one series maps Kursk month by month."""

    def read(known: date, _: str) -> Series:
        months = [(row.month, getattr(row, column)) for row in facts.front(known, series) if row.period == "month"]
        kept = [(month, value) for month, value in months if value is not None and np.isfinite(value)]
        return _monthly([month for month, _ in kept], [value for _, value in kept])

    return read


def _casualties(known: date, _: str) -> Series:
    monthly = facts.casualties(known)
    return _monthly(sorted(monthly), np.cumsum([monthly[month] for month in sorted(monthly)], dtype=np.float64))


DEFINED_BY_NATO = frozenset((
    "defence_share_pct_gdp", "defence_spending_busd_constant", "equipment_share_pct", "europe_canada_share_pct_gdp",
    "europe_canada_spending_busd_current", "us_share_of_nato_pct", "members_at_2pct", "members_at_3_5pct",
))  # fmt: skip
READERS: dict[str, Reader] = {
    "defence_share_pct_gdp": _of_member("defence_shares"),
    "defence_spending_busd_constant": _of_member("defence_spending_constant"),
    "equipment_share_pct": _of_member("equipment_shares"),
    "europe_canada_share_pct_gdp": _of_europe_canada("share_pct_gdp"),
    "europe_canada_spending_busd_current": _of_europe_canada("spending_busd_current"),
    "us_share_of_nato_pct": _us_share,
    "members_total": _members,
    "members_at_2pct": _members_at(2.0),
    "members_at_3_5pct": _members_at(3.5),
    "russian_military_share_pct_gdp": lambda known, _: _yearly(facts.russia_milex_share(known)),
    "aid_committed_beur": _aid("total", "commitment"),
    "aid_allocated_beur": _aid("total", "allocation"),
    "military_aid_allocated_beur": _aid("military", "allocation"),
    "russian_controlled_km2": _front("controlled_km2", "isw_economist"),
    "net_gain_km2": _front("net_gain_km2", "isw_economist"),
    "kursk_held_km2": _front("kursk_held_km2", "deepstate_derived"),
    "russian_casualties_thousand": _casualties,
}
