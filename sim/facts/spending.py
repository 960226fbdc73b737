"""Defence expenditure: NATO's definition and SIPRI's. The two are never mixed in one accessor.

NATO publishes a whole history in each edition, and each edition tells its own. A day is answered from **one** edition:
the newest complete one published by then (``edition``). Before the first edition in store (17 June 2024) its past years
stand in, together with the estimates of 2023 that were printed on the way.

The edition of July 2026 counts "core defence" from 2023 on and is narrower than before for some members
(``moved_by_definition``); its years to 2022 are the old measure. ``definitions`` says which year follows which, and no
change of a member's share may be read across the year of a break (``breaks``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal, NamedTuple, TypeVar

from sim.facts.roster import members
from sim.facts.tables import Panel, as_day, panel, per_folder, read, require_years, visible

Definition = Literal["total", "core"]
AGGREGATES = ("NATO_EUR_CAN", "NATO_TOTAL")
FIRST_YEAR, LAST_YEAR = 2014, 2024
_SHARE = "share_pct_gdp"
MOVED_BY = 0.03  # two editions of one year that differ by more than this have counted different things
_BEFORE_EDITIONS = "2024-06-17"  # of the years before this edition no edition is in store: it stands in


class DefenceRow(NamedTuple):
    """One member and year in one of NATO's editions; ``vintage`` is the day of publication.

    ``definition``: "total" as counted to the edition of 2025, "core" from the edition of 2026 on (years from 2023).
    ``price_base``: year whose prices and exchange rates ``spending_busd_constant`` is in. ``recalled`` is about the
    share: a recalled share is in the table to be looked up and in no panel.
    """

    member: str
    year: int
    share_pct_gdp: float | None
    spending_busd_constant: float | None
    price_base: int | None
    spending_busd_current: float | None
    equipment_share_pct: float | None
    estimate: bool
    definition: Definition
    vintage: str
    known_on: date
    stand_in: bool
    recalled: bool
    source: str


class AggregateRow(NamedTuple):
    """One of NATO's own totals in one year of one edition; columns as in ``DefenceRow``."""

    aggregate: Literal["NATO_EUR_CAN", "NATO_TOTAL"]
    year: int
    share_pct_gdp: float | None
    spending_busd_constant: float | None
    price_base: int | None
    spending_busd_current: float | None
    estimate: bool
    definition: Definition
    vintage: str
    known_on: date
    stand_in: bool
    recalled: bool
    source: str


class MilexRow(NamedTuple):
    """One country and year in one of SIPRI's editions."""

    member: str
    year: int
    share_pct_gdp: float
    estimate: bool
    vintage: str
    known_on: date
    stand_in: bool
    recalled: bool
    source: str


@per_folder
def _defence() -> tuple[DefenceRow, ...]:
    rows = read(DefenceRow, "defence.csv")
    forces = [member.code for member in members() if member.has_forces]
    years = range(FIRST_YEAR, LAST_YEAR + 1)
    require_years([(row.member, row.year) for row in rows], forces, years, "defence.csv")
    return rows


@per_folder
def _aggregates() -> tuple[AggregateRow, ...]:
    rows = read(AggregateRow, "aggregates.csv")
    years = range(FIRST_YEAR, LAST_YEAR + 1)
    require_years([(row.aggregate, row.year) for row in rows], AGGREGATES, years, "aggregates.csv")
    return rows


N = TypeVar("N", DefenceRow, AggregateRow)


def _of_edition(rows: Sequence[N], known: date, column: str) -> list[N]:
    """Rows of the edition that answers on the day for a column; before there was any, all that stands in for it.

    It is the newest one published whose copy in store has the column from the first year on.
    """
    seen, day = visible(rows, known), as_day(known).isoformat()
    whole = {
        row.vintage
        for row in seen
        if row.year == FIRST_YEAR and _BEFORE_EDITIONS <= row.vintage <= day and getattr(row, column) is not None
    }
    return [row for row in seen if row.vintage == max(whole)] if whole else seen


def edition(known: date) -> str:
    """The NATO edition that answers on the day, named by its day of publication, such as "2026-07-10".

    Before 2024-06-17 it is that edition standing in: see ``stands_in`` of ``vintages``.
    """
    rows = _of_edition(_defence(), known, _SHARE)
    return rows[0].vintage if rows and rows[0].vintage > _BEFORE_EDITIONS else _BEFORE_EDITIONS


@per_folder
def _panel(known: date, column: str) -> Panel:
    return panel(
        (row.member, row.year, getattr(row, column))
        for row in _of_edition(_defence(), known, column)
        if not (row.recalled and column == _SHARE)
    )


def defence_shares(known: date) -> Panel:
    """Defence expenditure, % of GDP, NATO definition: member -> year -> value, from the edition of the day.

    Iceland has no forces and no row. Finland and Sweden have rows for the years before they joined. The edition of
    August 2025 lacks 2025 for Germany and for twelve members whose share was only recalled.
    """
    return _panel(known, "share_pct_gdp")


def defence_spending_constant(known: date) -> Panel:
    """Defence expenditure, USD bn at prices and exchange rates of ``price_base(known)``, same shape."""
    return _panel(known, "spending_busd_constant")


def defence_spending_2015(known: date) -> Panel:
    """The old name of ``defence_spending_constant``: prices of 2015 up to the edition of 2024, of 2021 since."""
    return defence_spending_constant(known)


def price_base(known: date) -> int:
    """Year of the constant prices and exchange rates in the edition of the day."""
    rows = _of_edition(_defence(), known, "spending_busd_constant")
    return max(row.price_base for row in rows if row.price_base is not None)


def defence_spending_current(known: date) -> Panel:
    """Defence expenditure, USD bn at current prices and exchange rates, same shape as ``defence_shares``.

    The copy in store of the edition of August 2025 has neither these nor equipment shares: that of June 2024 answers.
    """
    return _panel(known, "spending_busd_current")


def equipment_shares(known: date) -> Panel:
    """Equipment and its research, % of defence expenditure, same shape as ``defence_shares``."""
    return _panel(known, "equipment_share_pct")


def definitions(known: date) -> dict[int, Definition]:
    """What the edition of the day counts in each year: "total" or "core"."""
    rows = _of_edition(_defence(), known, _SHARE)
    return {row.year: row.definition for row in sorted(rows, key=lambda row: row.year)}


def breaks(known: date) -> tuple[int, ...]:
    """First years of a new definition inside the edition of the day: no change may be read from the year before."""
    counted = definitions(known)
    return tuple(year for year in counted if counted.get(year - 1, counted[year]) != counted[year])


def moved_by_definition(before: str, after: str, year: int) -> tuple[str, ...]:
    """Members whose share of ``year`` differs by more than 3% between two editions, given by day of publication.

    Recalled shares are left out. Between editions of one year's budgets the difference is mostly the definition.
    """
    shares = {
        name: {row.member: row.share_pct_gdp for row in _defence() if (row.vintage, row.year) == (name, year)}
        for name in (before, after)
    }
    recalled = {row.member for row in _defence() if row.recalled and row.year == year and row.vintage in shares}
    return tuple(
        member
        for member, new in sorted(shares[after].items())
        if member not in recalled
        and (old := shares[before].get(member))
        and new is not None
        and abs(new / old - 1) > MOVED_BY
    )


@per_folder
def estimated_years(known: date) -> tuple[int, ...]:
    """Years of ``defence_shares(known)`` that were estimates on that day.

    NATO marks the current year and the one before as estimates; releases come in July (17 June in 2024).
    """
    rows = _of_edition(_defence(), known, _SHARE)
    day = as_day(known)
    release = day.year if (day.month, day.day) >= (7, 1) else day.year - 1
    marked = {row.year for row in rows if row.estimate or (row.stand_in and row.year >= release - 1)}
    return tuple(sorted(marked))


def aggregates(known: date) -> dict[str, dict[int, dict[str, float]]]:
    """NATO's own totals: "NATO_EUR_CAN" and "NATO_TOTAL" -> year -> column -> value.

    Columns: share_pct_gdp, spending_busd_constant (also under its old name spending_busd_2015) and
    spending_busd_current, each from the newest edition whose copy in store has it. Membership is that of the year.
    """
    totals: dict[str, dict[int, dict[str, float]]] = {}
    for column in (_SHARE, "spending_busd_constant", "spending_busd_current"):
        for row in _of_edition(_aggregates(), known, column):
            if (value := getattr(row, column)) is not None:
                totals.setdefault(row.aggregate, {}).setdefault(row.year, {})[column] = value
    for years in totals.values():
        for values in years.values():
            if "spending_busd_constant" in values:
                values["spending_busd_2015"] = values["spending_busd_constant"]
    return totals


def estimate_vintages(year: int = 2023) -> dict[str, dict[str, float]]:
    """NATO's successive estimates of one year's share, % of GDP: vintage -> member -> value, to the edition of 2024.

    Only editions of one definition are compared: the estimates of 2023 are those of July 2023 to June 2024.
    """
    estimates: dict[str, dict[str, float]] = {}
    for row in sorted(_defence(), key=lambda row: row.vintage):
        if row.year == year and row.vintage <= _BEFORE_EDITIONS and row.share_pct_gdp is not None:
            estimates.setdefault(row.vintage, {})[row.member] = row.share_pct_gdp
    return estimates


@per_folder
def sipri_shares(known: date) -> Panel:
    """Military expenditure, % of GDP, SIPRI definition, from 1990: member, RUS or UKR -> year -> value.

    SIPRI publishes a year in April of the next. To April 2026 the edition of April 2025 stands in; it is replaced
    as a whole by that of April 2026. Russia's 2024 is SIPRI's reading of that year's budget until April 2025.
    """
    return panel((row.member, row.year, row.share_pct_gdp) for row in visible(read(MilexRow, "milex.csv"), known))


def russia_milex_share(known: date) -> Mapping[int, float]:
    """Russian military expenditure, % of GDP, SIPRI: year -> value known on the day."""
    return sipri_shares(known).get("RUS", {})
