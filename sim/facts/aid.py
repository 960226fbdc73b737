"""Aid to Ukraine: months, cumulative sums by donor, US laws and packages, and how long delivery took.

All Kiel figures are EUR bn at current prices. One accessor answers from one release only:

- R20 (published October 2024, data to August 2024) for days from 2024-10-01 to 2024-12-31;
- R29 (published 2026-08-04, data to April 2026) for every other day. Before its publication it is cut at the months
  before the day and is a stand-in: later revisions are inside.

R20 has months for USA and ALL by kind and for EUR and OTHER in total; single donors only as sums to 2024-08-31.
R30 (published 2026-08-13, data to June 2026) has sums by donor and no months. It answers only where it is asked for by
name, beside R29 and never in its place: it moves EUR 4.4 bn of the EU's money into military aid.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.errors import InputError
from sim.facts.tables import as_day, per_folder, read, visible

Vintage = str  # a release: R20, R29, R30, or a later one of the reader
Kind = Literal["military", "financial", "humanitarian", "total"]
Measure = Literal["allocation", "commitment"]
Key = tuple[str, str, str]
GROUPS = ("USA", "EUR", "OTHER", "ALL")
FIRST_MONTH = datetime.date(2022, 1, 1)
R20_FROM, R20_UNTIL = datetime.date(2024, 10, 1), datetime.date(2025, 1, 1)
R20_OUT = datetime.date(2024, 11, 1)  # published in the course of October
R20_CUTOFF = datetime.date(2024, 8, 31)
R29_OUT = datetime.date(2026, 8, 4)
ERA_LOAN_MONTH, ERA_LOAN_BEUR = datetime.date(2024, 10, 1), 18.34


class MonthRow(NamedTuple):
    """Aid of one donor or group in one month, EUR bn; a month without a row is zero."""

    donor: str
    month: datetime.date
    kind: Kind
    measure: Measure
    beur: float
    vintage: Vintage
    known_on: datetime.date
    stand_in: bool
    recalled: bool
    source: str


class DonorSumRow(NamedTuple):
    """Cumulative aid of one donor or group to ``cutoff``, EUR bn."""

    donor: str
    cutoff: datetime.date
    kind: Kind
    measure: Measure
    beur: float
    vintage: Vintage
    known_on: datetime.date
    stand_in: bool
    recalled: bool
    source: str


@dataclass(frozen=True, slots=True)
class AidHistory:
    """Monthly aid from one release.

    ``months``: first days of the months, without gaps from 2022-01. ``series``: (donor or group, kind, measure) ->
    EUR bn a month, shape (months,). Kinds military, financial, humanitarian, total; measures allocation, commitment
    (commitments in total only). Donors and groups stand side by side: never add a donor to its group; EUR holds
    the EU institutions, USA is donor and group. ``stand_in``: a later revision stands in for the release of the day.
    ``era_loan``: month and EUR bn of the US share of the G7 loan inside R29's financial figures, if it is in the
    months; it is no appropriation.
    """

    vintage: Vintage
    months: tuple[datetime.date, ...]
    series: Mapping[Key, npt.NDArray[np.float64]]
    stand_in: bool
    era_loan: tuple[datetime.date, float] | None


@dataclass(frozen=True, slots=True)
class AidByDonor:
    """Cumulative aid of every donor and group to ``cutoff``, from one release: (donor, kind, measure) -> EUR bn.

    R20 has allocations and commitments by kind; R29 has allocations by kind and commitments in total. A pair that
    is absent is zero in R29 and in R20 alike.
    """

    vintage: Vintage
    cutoff: datetime.date
    beur: Mapping[Key, float]
    stand_in: bool


def vintage_on(known: datetime.date) -> Vintage:
    """The one Kiel release that answers on the day: one that the reader brought in, once it was published."""
    published = [(day, name) for name, day in _brought_in().items() if day <= as_day(known)]
    if published:
        return max(published)[1]
    return "R20" if R20_FROM <= as_day(known) < R20_UNTIL else "R29"


@per_folder
def _brought_in() -> dict[Vintage, datetime.date]:
    """Releases that are not shipped, with the day each was published."""
    rows = read(MonthRow, "aid_monthly.csv")
    return {row.vintage: row.known_on for row in rows if row.vintage not in ("R20", "R29")}


@per_folder
def _months_of(vintage: Vintage) -> tuple[MonthRow, ...]:
    return tuple(row for row in read(MonthRow, "aid_monthly.csv") if row.vintage == vintage)


def _month_after(month: datetime.date) -> datetime.date:
    return datetime.date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _month_range(until: datetime.date) -> tuple[datetime.date, ...]:
    """Months from 2022-01 that have ended by the day ``until``."""
    count = (until.year - 2022) * 12 + until.month - 1
    return tuple(datetime.date(2022 + n // 12, n % 12 + 1, 1) for n in range(max(count, 0)))


def _last_month(rows: Iterable[MonthRow], day: datetime.date, vintage: Vintage) -> tuple[datetime.date, ...]:
    ended = _month_range(day)
    stored = max((row.month for row in rows), default=FIRST_MONTH)
    limit = R20_CUTOFF if vintage == "R20" else stored
    return tuple(month for month in ended if month <= limit)


@per_folder
def aid_monthly(known: datetime.date) -> AidHistory:
    """Monthly aid as of the day, from one release (see the module). Before February 2022 there are no months."""
    day = as_day(known)
    vintage = vintage_on(day)
    rows = _months_of(vintage)
    months = _last_month(rows, day, vintage)
    seen = [row for row in rows if row.known_on <= day]
    column = {month: n for n, month in enumerate(months)}
    series: dict[Key, npt.NDArray[np.float64]] = {}
    for row in seen:
        key = (row.donor, row.kind, row.measure)
        if key not in series:
            series[key] = np.zeros(len(months))
        series[key][column[row.month]] = row.beur
    loan = (ERA_LOAN_MONTH, ERA_LOAN_BEUR) if vintage != "R20" and ERA_LOAN_MONTH in column else None
    for values in series.values():
        values.flags.writeable = False
    return AidHistory(
        vintage, months, MappingProxyType(series), day < {"R20": R20_OUT, "R29": R29_OUT}.get(vintage, day), loan
    )


def _sums(rows: Iterable[DonorSumRow]) -> Mapping[Key, float]:
    return MappingProxyType({(row.donor, row.kind, row.measure): row.beur for row in rows})


@per_folder
def aid_by_donor(known: datetime.date, release: Literal["R30"] | None = None) -> AidByDonor:
    """Cumulative aid of each donor as of the day: the initial state of a run, from the release of ``aid_monthly``.

    ``release`` "R30": the sums of that release instead. Raises InputError before it was published.
    """
    day = as_day(known)
    if release is not None:
        rows = [row for row in visible(read(DonorSumRow, "aid_by_donor.csv"), day) if row.vintage == release]
        if not rows:
            raise InputError(f"release {release} was not published on {day}; leave the release out")
        sums = _sums(rows)
        return AidByDonor(release, rows[0].cutoff, sums, False)
    if vintage_on(day) == "R20":
        rows = [row for row in visible(read(DonorSumRow, "aid_by_donor.csv"), day) if row.vintage == "R20"]
        sums = _sums(rows)
        return AidByDonor("R20", R20_CUTOFF, sums, day < R20_OUT)
    history = aid_monthly(day)
    begin_of_next = _month_after(history.months[-1]) if history.months else FIRST_MONTH
    cutoff = begin_of_next - datetime.timedelta(days=1)
    sums = MappingProxyType({key: float(values.sum()) for key, values in history.series.items()})
    return AidByDonor(history.vintage, cutoff, sums, history.stand_in)


class InstrumentRow(NamedTuple):
    """Military allocations of all donors together by one instrument in one month, EUR bn."""

    month: datetime.date
    instrument: Literal["stock", "procurement", "unspecified", "purl"]
    beur: float
    vintage: Vintage
    known_on: datetime.date
    stand_in: bool
    recalled: bool
    source: str


class SpecialItem(NamedTuple):
    """One loan, facility, pledge or purchase scheme that a reader of the monthly sums must know, dated by month."""

    donor: str
    item: str
    month: datetime.date
    measure: str
    value: float | None
    unit: str
    vintage: str
    known_on: datetime.date
    stand_in: bool
    recalled: bool
    source: str


def military_instruments(known: datetime.date) -> dict[str, dict[datetime.date, float]]:
    """Military allocations by instrument, all donors together: instrument -> month -> EUR bn, R29 cut at the day.

    Instruments: stock, procurement, purl (U.S. arms bought by allies), unspecified. Months without a row are zero;
    EUR 4.9 bn of military aid in money is outside. No figures by donor exist.
    """
    instruments: dict[str, dict[datetime.date, float]] = {}
    for row in visible(read(InstrumentRow, "aid_instruments.csv"), known):
        instruments.setdefault(row.instrument, {})[row.month] = row.beur
    return instruments


def special_items(known: datetime.date) -> tuple[SpecialItem, ...]:
    """The loans from Russian assets (ERA), the EU loan of EUR 90 bn, PURL and the newest pledges, known on the day."""
    return tuple(visible(read(SpecialItem, "aid_special.csv"), known))
