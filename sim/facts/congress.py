"""US money for Ukraine: requests, supplementals and packages; and the delays between promise and arrival."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Literal, NamedTuple

from sim.facts.tables import as_day, read, visible


class LawRow(NamedTuple):
    """One supplemental that was signed; columns as in ``Supplemental``."""

    law: str
    signed_on: datetime.date
    military_busd: float
    replenishment_busd: float
    usai_busd: float
    fmf_busd: float
    economic_busd: float | None
    humanitarian_busd: float | None
    total_busd: float
    drawdown_cap_busd: float
    vintage: str
    known_on: datetime.date
    stand_in: bool
    recalled: bool
    source: str


class RequestRow(NamedTuple):
    """One request of the White House for a supplemental."""

    law: str
    requested_on: datetime.date
    requested_busd: float
    vintage: str
    known_on: datetime.date
    stand_in: bool
    recalled: bool
    source: str


class Package(NamedTuple):
    """One announced package, USD bn at announced value. Instruments: PDA (stocks), USAI (procurement), FMF."""

    date: datetime.date
    instrument: Literal["PDA", "USAI", "FMF"]
    label: str
    busd: float
    vintage: str
    known_on: datetime.date
    stand_in: bool
    recalled: bool
    source: str


class Measure(NamedTuple):
    """One act of the United States on aid after 2024, or a purchase of U.S. arms by allies.

    ``record``: announcement, authorisation, authority_unused, fms (foreign military sales), gap (a pause of
    deliveries, ``value`` in days), deliveries, package, proposal, purl (bought by allies), supplemental.
    """

    date: datetime.date
    end: datetime.date | None
    record: str
    instrument: str
    value: float | None
    unit: str
    label: str
    vintage: str
    known_on: datetime.date
    stand_in: bool
    recalled: bool
    source: str


class LagRow(NamedTuple):
    """One published delay or share."""

    actor: str
    item: str
    statistic: str
    value: float
    unit: str
    as_of: str
    vintage: str
    known_on: datetime.date
    stand_in: bool
    recalled: bool
    source: str


@dataclass(frozen=True, slots=True)
class Supplemental:
    """One emergency appropriation for Ukraine, USD bn.

    ``requests``: (day, size asked) of every White House request that led to it and was made by the day asked for.
    Until signature ``law`` is empty and every size None; a None size in a signed law was not found.
    ``military_busd`` is ``replenishment_busd`` (refilling US stocks, no aid on top of the drawdown) + ``usai_busd`` +
    ``fmf_busd``.
    """

    law: str
    requests: tuple[tuple[datetime.date, float], ...]
    recalled: bool
    signed_on: datetime.date | None = None
    military_busd: float | None = None
    replenishment_busd: float | None = None
    usai_busd: float | None = None
    fmf_busd: float | None = None
    economic_busd: float | None = None
    humanitarian_busd: float | None = None
    total_busd: float | None = None
    drawdown_cap_busd: float | None = None


@dataclass(frozen=True, slots=True)
class AidLags:
    """Times and shares between promise and arrival.

    ``arrival_days``: system -> days from announcement to arrival (USA). ``stock_share`` and ``procurement_share``:
    year -> share of military aid, 0 to 1, all donors. ``fifo_months``: actor -> mean months from commitment to
    allocation, oldest first. ``allocation_hazard``: actor -> share of the backlog allocated in a month.
    ``open_share``: actor -> share of commitments not allocated. ``allocated_share``: (actor, kind) -> share, R20.
    ``usai_delivered``: (in full, in full or part), shares of cases in July 2023, or None before it was published.
    Actors: USA, EUI, EUR_STATES (EUR without EUI), EUR, OTHER, ALL, and DEU and GBR where known.
    """

    arrival_days: dict[str, float]
    stock_share: dict[int, float]
    procurement_share: dict[int, float]
    fifo_months: dict[str, float]
    allocation_hazard: dict[str, float]
    open_share: dict[str, float]
    allocated_share: dict[tuple[str, str], float]
    usai_delivered: tuple[float, float] | None


def _share(percent: float) -> float:
    return round(percent / 100, 6)


def _signed(law: LawRow, requests: tuple[tuple[datetime.date, float], ...], recalled: bool) -> Supplemental:
    return Supplemental(
        law=law.law,
        requests=requests,
        recalled=recalled,
        signed_on=law.signed_on,
        military_busd=law.military_busd,
        replenishment_busd=law.replenishment_busd,
        usai_busd=law.usai_busd,
        fmf_busd=law.fmf_busd,
        economic_busd=law.economic_busd,
        humanitarian_busd=law.humanitarian_busd,
        total_busd=law.total_busd,
        drawdown_cap_busd=law.drawdown_cap_busd,
    )


def appropriations(known: datetime.date) -> tuple[Supplemental, ...]:
    """Supplementals requested or signed by the day, in order of their first request. Source: USLAW, USREQ."""
    day = as_day(known)
    laws = {row.law: row for row in read(LawRow, "supplementals.csv")}
    asked: dict[str, list[RequestRow]] = {}
    for row in visible(read(RequestRow, "requests.csv"), day):
        asked.setdefault(row.law, []).append(row)
    enacted = []
    for name, requests in asked.items():
        law = laws.get(name)
        pairs = tuple((row.requested_on, row.requested_busd) for row in requests)
        recalled = any(row.recalled for row in requests)
        if law is None or law.signed_on > day:
            enacted.append(Supplemental("", pairs, recalled))
        else:
            enacted.append(_signed(law, pairs, recalled or law.recalled))
    return tuple(enacted)


def packages(known: datetime.date) -> tuple[Package, ...]:
    """US packages announced by the day, in order. Source: PUN."""
    return tuple(visible(read(Package, "packages.csv"), known))


def us_measures(known: datetime.date) -> tuple[Measure, ...]:
    """What the United States did about aid from 2025 on, as known by the day, in order. Source: USPRESS, USCOPY."""
    return tuple(visible(read(Measure, "us_measures.csv"), known))


def aid_lags(known: datetime.date) -> AidLags:
    """Delays published or computable by the day. Figures fitted on data to December 2024 appear on 2025-01-01."""
    rows = visible(read(LagRow, "aid_lags.csv"), known)

    def pick(statistic: str, item: str = "") -> dict[str, float]:
        return {row.actor: row.value for row in rows if row.statistic == statistic and item in ("", row.item)}

    def route(item: str) -> dict[int, float]:
        wanted = (row for row in rows if row.statistic == "military_route_share_pct" and row.item == item)
        return {int(row.as_of): _share(row.value) for row in wanted}

    full, part = pick("delivered_in_full_pct").get("USA"), pick("delivered_full_or_part_pct").get("USA")
    return AidLags(
        arrival_days={row.item: row.value for row in rows if row.statistic == "arrival_days"},
        stock_share=route("stockpile"),
        procurement_share=route("procurement"),
        fifo_months=pick("fifo_months"),
        allocation_hazard=pick("allocation_hazard_month"),
        open_share={actor: _share(value) for actor, value in pick("open_share_pct").items()},
        allocated_share={(r.actor, r.item): _share(r.value) for r in rows if r.statistic == "allocated_share_pct"},
        usai_delivered=None if full is None or part is None else (_share(full), _share(part)),
    )
