"""What was reported before the start, for the variables that have a reported counterpart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

# NATO's spending tables begin here, and so do the other yearly lines drawn beside them.
FIRST_YEAR = 2014
_AID = {
    "aid_committed_beur": ("total", "commitment"),
    "aid_allocated_beur": ("total", "allocation"),
    "military_aid_allocated_beur": ("military", "allocation"),
}
# Column of the front and the map series that gives it; only one series maps Kursk month by month.
_FRONT = {
    "russian_controlled_km2": ("controlled_km2", "isw_economist"),
    "net_gain_km2": ("net_gain_km2", "isw_economist"),
    "kursk_held_km2": ("kursk_held_km2", "deepstate_derived"),
}
_MEMBER = {
    "defence_share_pct_gdp": "defence_shares",
    "defence_spending_busd_2015": "defence_spending_2015",
    "equipment_share_pct": "equipment_shares",
}


@dataclass(frozen=True, eq=False)
class Series:
    """Reported values: ``dates`` (time,) as days and ``values`` (time,) in the variable's unit. May be empty."""

    dates: NDArray[np.datetime64]
    values: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.values)

    def before(self, day: Any) -> Series:
        """Only what lies before ``day``."""
        kept = self.dates < np.datetime64(day, "D")
        return Series(self.dates[kept], self.values[kept])

    def since(self, day: Any) -> Series:
        """Only what lies on ``day`` or after."""
        kept = self.dates >= np.datetime64(day, "D")
        return Series(self.dates[kept], self.values[kept])


EMPTY = Series(np.array([], dtype="datetime64[D]"), np.array([], dtype=np.float64))


def reported(variable: str, entity: str | None, known: date) -> Series:
    """What had been reported of ``variable`` by ``known``; empty where nothing like it is reported."""
    if variable in _MEMBER and entity is not None:
        return _yearly(_table(_MEMBER[variable], known).get(entity, {}))
    if variable in _AID and entity is not None:
        return _aid(known, entity, *_AID[variable])
    if variable in _FRONT:
        return _front(known, *_FRONT[variable])
    reader = _ALLIANCE.get(variable)
    return reader(known) if reader else EMPTY


def _table(name: str, known: date) -> Mapping[str, Mapping[int, float]]:
    from sim import facts

    found: Mapping[str, Mapping[int, float]] = getattr(facts, name)(known)
    return found


def _yearly(values: Mapping[int, float]) -> Series:
    years = sorted(year for year, value in values.items() if np.isfinite(value))
    dates = np.array([f"{year:04d}-12-31" for year in years], dtype="datetime64[D]")
    return Series(dates, np.array([values[year] for year in years], dtype=np.float64))


def _aid(known: date, donor: str, kind: str, measure: str) -> Series:
    from sim import facts

    history = facts.aid_monthly(known)
    monthly = history.series.get((donor, kind, measure))
    if monthly is None:
        return EMPTY
    return Series(_month_ends(history.months), np.cumsum(np.asarray(monthly, dtype=np.float64)))


def _front(known: date, column: str, series: str) -> Series:
    from sim import facts

    months = [(row.month, getattr(row, column)) for row in facts.front(known, series) if row.period == "month"]
    kept = [(month, value) for month, value in months if value is not None and np.isfinite(value)]
    return Series(_month_ends([month for month, _ in kept]), np.array([value for _, value in kept], dtype=np.float64))


def _month_ends(months: Any) -> NDArray[np.datetime64]:
    first = np.array(list(months), dtype="datetime64[M]")
    return np.asarray((first + 1).astype("datetime64[D]") - np.timedelta64(1, "D"), dtype="datetime64[D]")


def _casualties(known: date) -> Series:
    from sim import facts

    monthly = facts.casualties(known)
    months = sorted(monthly)
    return Series(_month_ends(months), np.cumsum([monthly[month] for month in months], dtype=np.float64))


def _europe_canada(known: date) -> Series:
    from sim import facts

    rows = facts.aggregates(known).get("NATO_EUR_CAN", {})
    return _yearly({year: row["share_pct_gdp"] for year, row in rows.items()})


def _europe_canada_spending(known: date) -> Series:
    from sim import facts

    rows = facts.aggregates(known).get("NATO_EUR_CAN", {})
    return _yearly({year: row["spending_busd_current"] for year, row in rows.items()})


def _us_share(known: date) -> Series:
    from sim import facts

    total = facts.aggregates(known).get("NATO_TOTAL", {})
    spending = facts.defence_spending_current(known).get("USA", {})
    return _yearly(
        {year: 100 * spending[year] / row["spending_busd_current"] for year, row in total.items() if year in spending}
    )


def _members_at(level: float) -> Callable[[date], Series]:
    def count(known: date) -> Series:
        from sim import facts

        joined = {member.code: member.accession for member in facts.members() if member.has_forces}
        shares = facts.defence_shares(known)
        years = sorted({year for code in joined for year in shares.get(code, {})})
        found = {
            year: float(
                sum(
                    shares.get(code, {}).get(year, 0.0) >= level
                    for code, day in joined.items()
                    if day <= date(year, 12, 31)
                )
            )
            for year in years
        }
        return _yearly(found)

    return count


def _members(known: date) -> Series:
    from sim import facts

    joined = [member.accession for member in facts.members()]
    years = range(FIRST_YEAR, known.year)
    return _yearly({year: float(sum(day <= date(year, 12, 31) for day in joined)) for year in years})


def _russian_military(known: date) -> Series:
    from sim import facts

    return _yearly(facts.russia_milex_share(known))


_ALLIANCE: dict[str, Callable[[date], Series]] = {
    "europe_canada_share_pct_gdp": _europe_canada,
    "europe_canada_spending_busd_current": _europe_canada_spending,
    "us_share_of_nato_pct": _us_share,
    "members_total": _members,
    "members_at_2pct": _members_at(2.0),
    "members_at_3_5pct": _members_at(3.5),
    "russian_military_share_pct_gdp": _russian_military,
    "russian_casualties_thousand": _casualties,
}
