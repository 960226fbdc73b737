"""Where aid stands at the start: sums, backlog, aid on the way, and each donor's yearly level, from what was known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from sim import facts
from sim.facts.tables import per_folder
from sim.model.engine import Numbers
from sim.model.systems.aid.parameters import us_arms_a_month
from sim.model.systems.aid.pipeline import MILITARY, OTHER, Delays, Pipeline
from sim.model.systems.commitment import AFTER_2025

Sums = NDArray[np.float32]
MOST_GENEROUS = 5.0  # % of GDP a year; the most that a donor has given is below 1
MONTHS_TO_TELL = 24  # months of history after which a donor without aid counts as one that does not give
FIRST_MONTHS = 12  # months of own history that weigh as much as the distance rule
_OTHER_WITHOUT_HISTORY = 1.0  # financial and humanitarian aid relative to military, for states without history
_EU_WITHOUT_HISTORY = 0.1  # % of EU GDP a year, financial and humanitarian: Kiel PB 186 gives 0.10 for all Europe


@dataclass(frozen=True, slots=True)
class Beginning:
    """State of the pipeline at the end of ``until``; EUR bn. Kinds: military, other.

    ``allocated``, ``backlog`` (2, donors), ``on_the_way`` (5, donors), ``yearly`` (2, donors, 1 or runs),
    ``us_monthly_military``: mean monthly U.S. military allocations, None if there are less than six months.
    ``europe_weight``: how a replacement of U.S. aid is shared in Europe, by GDP among states that have given or could.
    ``pace`` (donors, 1 or runs): how fast each donor allocates what it has promised, relative to all states together.
    """

    until: date
    allocated: Sums
    backlog: Sums
    on_the_way: Sums
    yearly: Numbers
    us_monthly_military: float | None
    europe_weight: Sums
    pace: Numbers


def beginning(start: date, level: Numbers, slope: Numbers, delays: Delays, stock: Numbers) -> Beginning:
    """The state known at ``start``. ``level`` (% of GDP at 1,000 km), ``slope``: the rule for donors without history.

    ``delays`` and ``stock`` are central values, with which past allocations are carried to what is still on the way.
    """
    told = _told(start)
    if told.lately is not None and start >= AFTER_2025:
        yearly: Numbers = (told.lately - _bought(start, told.lately))[..., None]
    else:
        yearly = told.weight * told.own[..., None] + (1 - told.weight) * _by_distance(facts.donors(), level, slope)
    if told.lately is not None:  # a donor that gave nothing in two years does not begin to give without a cause
        yearly = yearly * (told.lately > 0)[..., None]
    return Beginning(
        until=_sums(start).cutoff,
        allocated=_allocated(start),
        backlog=told.backlog,
        on_the_way=_on_the_way(start, delays, stock),
        yearly=yearly,
        us_monthly_military=told.us_monthly_military,
        europe_weight=told.europe_weight,
        pace=_pace(told.backlog, yearly, told.states),
    )


@dataclass(frozen=True, slots=True)
class _Told:
    """What the tables tell of donors at a start. EUR bn; ``own`` and ``lately`` a year, (2, donors).

    ``own``: mean since the invasion, which weighs ``weight`` beside the rule of distance. ``lately``: the last 24
    months, None before there are so many. ``states``: all donors but the EU and the United States.
    """

    own: Sums
    weight: np.float32
    lately: Sums | None
    backlog: Sums
    us_monthly_military: float | None
    europe_weight: Sums
    states: NDArray[np.bool_]


@per_folder
def _told(start: date) -> _Told:
    """The same for every block."""
    donors, history, allocated = facts.donors(), _history(start), _allocated(start)
    codes = [donor.code for donor in donors]
    months = max(len(history.months) - 1, 0)  # aid since the invasion: January 2022 is left out
    own = allocated * (12 / months) if months else np.zeros_like(allocated)
    europe = np.array([donor.group == "EUR" for donor in donors])
    states = np.array([donor.kind == "country" for donor in donors])
    enough = months >= MONTHS_TO_TELL
    share = own[MILITARY, europe] * states[europe] if enough else (_output(donors) * states)[europe]
    us = codes.index("USA")
    return _Told(
        own=own,
        weight=np.float32(months / (months + FIRST_MONTHS)),
        lately=_lately(history, codes, own) if enough else None,
        backlog=np.maximum(_committed(_sums(start).beur, codes, allocated) - allocated, 0),
        us_monthly_military=_us_reference(start, history, float(allocated[MILITARY, us])),
        europe_weight=share / share.sum(),
        states=states & (np.arange(len(codes)) != us),
    )


def _output(donors: tuple[facts.Donor, ...]) -> Sums:
    """GDP of 2021, EUR bn, (donors,)."""
    return np.array([donor.gdp_beur_2021 or 0.0 for donor in donors], np.float32)


def _pace(backlog: Sums, yearly: Numbers, states: NDArray[np.bool_]) -> Numbers:
    """How fast donors allocate relative to all ``states`` together, (donors, 1 or runs); 1 for the others.

    What all states together allocate in the first month is shared among them by their yearly levels and not by what
    each has promised: one that has promised years ahead allocates a smaller part of it each month.
    """
    level = np.asarray(yearly.sum(axis=0), np.float32)
    stock = backlog.sum(axis=0)[:, None] + level / 12
    giving = states[:, None] & (level > 0)
    common = np.where(giving, level, 0).sum(axis=0) / np.where(giving, stock, 0).sum(axis=0)
    return np.where(giving, level / np.where(giving, stock, 1) / common, 1).astype(np.float32)


_sums, _history = per_folder(facts.aid_by_donor), per_folder(facts.aid_monthly)  # every block asks for the same


@per_folder
def _allocated(start: date) -> Sums:
    """Aid allocated by kind and donor, EUR bn, (2, donors)."""
    beur = _sums(start).beur
    return np.array([_by_kind(beur, donor.code, "allocation") for donor in facts.donors()], np.float32).T


def _lately(history: facts.AidHistory, codes: list[str], own: Sums) -> Sums:
    """Yearly allocations over the last 24 months, EUR bn, (2, donors); ``own`` where there are no months of a donor."""
    years = MONTHS_TO_TELL / 12
    told = own.copy()
    for row, code in enumerate(codes):
        for kind, names in ((MILITARY, ("military",)), (OTHER, ("financial", "humanitarian"))):
            series = [
                history.series[code, name, "allocation"]
                for name in names
                if (code, name, "allocation") in history.series
            ]
            if series:
                told[kind, row] = max(float(sum(each[-MONTHS_TO_TELL:].sum() for each in series)), 0.0) / years
    return told


def _bought(start: date, lately: Sums) -> Sums:
    """Yearly purchases of U.S. arms, which have a key of their own, by donor, EUR bn, (2, donors)."""
    europe = np.array([donor.group == "EUR" for donor in facts.donors()])
    share = np.zeros_like(lately)
    share[MILITARY] = lately[MILITARY] * europe
    most = share[MILITARY].sum()
    return np.asarray(share / max(most, 1e-9) * min(12 * us_arms_a_month(start), most), np.float32)


def _us_reference(start: date, history: facts.AidHistory, allocated: float) -> float | None:
    """Monthly U.S. military aid against which a fall is read, EUR bn; None with less than six months of history.

    It is the mean since the invasion. A start that has seen U.S. aid end reads it against its own last twelve months,
    since what Europe has replaced by then is in what the European donors give.
    """
    months = max(len(history.months) - 1, 0)
    if start >= AFTER_2025:
        return float(np.mean(history.series["USA", "military", "allocation"][-12:]))
    return allocated / months if months >= 6 else None


def us_aid_left(start: date) -> float | None:
    """Monthly U.S. military aid that can still fall, EUR bn, of a start that has seen it end; else None."""
    return _us_reference(start, _history(start), 0.0) if start >= AFTER_2025 else None


def _by_kind(beur: Mapping[tuple[str, str, str], float], code: str, measure: str) -> tuple[float, float]:
    military = beur.get((code, "military", measure), 0.0)
    other = beur.get((code, "financial", measure), 0.0) + beur.get((code, "humanitarian", measure), 0.0)
    return military, other


def _committed(beur: Mapping[tuple[str, str, str], float], codes: list[str], allocated: Sums) -> Sums:
    """Commitments by kind; where a release gives totals only, what is open is split as allocations are."""
    rows = []
    for column, code in enumerate(codes):
        by_kind = _by_kind(beur, code, "commitment")
        if not any(by_kind):
            total = beur.get((code, "total", "commitment"), 0.0)
            given = allocated[:, column].sum()
            part = allocated[:, column] / given if given > 0 else np.array([0.5, 0.5])
            by_kind = tuple(float(total * share) for share in part)  # type: ignore[assignment]
        rows.append(by_kind)
    return np.maximum(np.array(rows, np.float32).T, allocated)


def _by_distance(donors: tuple[facts.Donor, ...], level: Numbers, slope: Numbers) -> Numbers:
    """Yearly aid of donors without history, EUR bn, (2, donors, 1 or runs): it falls with the distance to Moscow."""
    gdp, military = _output(donors), np.zeros((len(donors), max(level.shape[0], slope.shape[0])), np.float32)
    other = np.zeros_like(military)
    for row, donor in enumerate(donors):
        if donor.kind == "institution":
            other[row] = _EU_WITHOUT_HISTORY / 100 * gdp[row]
        elif donor.distance_km is not None and donor.member:
            military[row] = level / 100 * gdp[row] * (donor.distance_km / 1000) ** slope
            military[row] = np.minimum(military[row], np.float32(MOST_GENEROUS / 100 * gdp[row]))
            other[row] = _OTHER_WITHOUT_HISTORY * military[row]
    return np.stack([military, other])


def _on_the_way(start: date, delays: Delays, stock: Numbers) -> Sums:
    """Past allocations carried month by month to what has not arrived, (5, donors)."""
    parts = (delays.stock_fast, delays.stock_slow, delays.procurement, delays.other, delays.production, stock)
    return _carried(start, *(float(part[0]) for part in parts))


@per_folder
def _carried(start: date, *parts: float) -> Sums:
    """The same, from the parts that arrive in a month and the share from stocks; kept for the other blocks."""
    *arriving, stock = (np.array([part], np.float32) for part in parts)
    delays, donors, history = Delays(*arriving), facts.donors(), _history(start)
    codes, allocated = [donor.code for donor in donors], _allocated(start)
    count = len(history.months)
    pipe = Pipeline(len(codes), 1)
    monthly = np.zeros((2, len(codes), count), np.float32)
    for row, (code, donor) in enumerate(zip(codes, donors, strict=True)):
        for kind in (MILITARY, OTHER):
            monthly[kind, row] = _profile(history, code, donor.group, kind, count) * allocated[kind, row]
    for month in range(count):
        arrived = monthly[..., month, None]
        pipe.month(np.zeros_like(arrived), arrived, np.ones((1, 1), np.float32), stock, delays)
    return pipe.on_the_way[..., 0]


def _profile(history: facts.AidHistory, code: str, group: str, kind: int, count: int) -> NDArray[np.float64]:
    """How a donor's aid of a kind is spread over the months, summing to 1: its own months, or else its group's."""
    kinds = ("military",) if kind == MILITARY else ("financial", "humanitarian")
    for who, names in ((code, kinds), (group, kinds), (group, ("total",)), ("ALL", kinds)):
        series = [
            history.series[who, name, "allocation"] for name in names if (who, name, "allocation") in history.series
        ]
        total = np.sum(series, axis=0) if series else np.zeros(count)
        if total.sum() > 0:
            return np.asarray(total / total.sum())
    return np.zeros(count)
