"""What was known of the members at a forecast origin, as arrays: shares, growth, debt, and the shares that came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim import facts
from sim.errors import InputError
from sim.model.systems.roster import WITH_FORCES

Array = NDArray[np.float64]
Definition = Literal["NATO", "SIPRI"]
FIRST_YEAR = 2014  # NATO's June 2024 release begins here; SIPRI panels begin here too, when plans were first recorded
FIRST_NORMAL = 2001  # growth is compared with its median from this year on
ORIGIN_MONTH, ORIGIN_DAY = 10, 15  # the IMF's October outlook and draft budgets are out, NATO's July estimate is in
LAST = {"NATO": 2024, "SIPRI": 2023}
FINAL = date(2024, 12, 31)


@dataclass(frozen=True, slots=True)
class History:
    """Arrays ``(members, years)`` in the order of ``WITH_FORCES``, years ``FIRST_YEAR`` to ``origin`` for ``shares``.

    ``growth`` and ``debt`` run over the same years. ``normal``: each member's median growth. ``common`` and
    ``own_sd``: past common growth shocks and the spread of own ones, points. ``plans_on``: what was announced by.
    """

    definition: Definition
    origin: int
    shares: Array
    growth: Array
    debt: Array
    normal: Array
    common: Array
    own_sd: float

    @property
    def years(self) -> range:
        """The years of ``shares``."""
        return range(FIRST_YEAR, self.origin + 1)

    def share(self, year: int) -> Array:
        """Shares of one year, ``(members,)``, % of GDP."""
        column: Array = self.shares[:, year - FIRST_YEAR]
        return column

    def deviation(self, year: int) -> Array:
        """Real growth of a year less the member's normal, cut at 12 points, ``(members,)``."""
        return np.clip(self.growth[:, year - FIRST_YEAR] - self.normal, -12, 12)


def origin_day(year: int) -> date:
    """The day whose knowledge a forecast from origin ``year`` uses."""
    return date(year, ORIGIN_MONTH, ORIGIN_DAY)


def history(origin: int, definition: Definition = "NATO", day: date | None = None) -> History:
    """Everything known at the origin, or on ``day``. A year not yet reported carries the last share forward.

    SIPRI prints a year in April of the next: its origin sees the edition of that April, and nothing else later.
    """
    if not 2015 <= origin <= LAST[definition] and day is None:
        raise InputError(f"no {definition} back-test from {origin}; origins run from 2015 to {LAST[definition]}")
    day = day or origin_day(origin)
    known = facts.defence_shares(day) if definition == "NATO" else facts.sipri_shares(date(origin + 1, 4, 30))
    growth, debt = facts.real_growth(day), facts.gross_debt(day)
    years = range(FIRST_YEAR, origin + 1)
    past = range(FIRST_NORMAL, origin + 1)
    grown = np.array([[growth[code].get(year, np.nan) for year in past] for code in WITH_FORCES])
    normal = np.nanmedian(grown, axis=1)
    apart = np.nan_to_num(np.clip(grown - normal[:, None], -12, 12))
    common = apart.mean(0)
    return History(
        definition,
        origin,
        np.array([[_latest(known[code], year) for year in years] for code in WITH_FORCES]),
        np.array(
            [[growth[code].get(year, norm) for year in years] for code, norm in zip(WITH_FORCES, normal, strict=True)]
        ),
        np.array([[_latest(debt[code], year) for year in years] for code in WITH_FORCES]),
        normal,
        common,
        float((apart - common).std()),
    )


def outcomes(years: range, definition: Definition = "NATO") -> Array:
    """The shares that came, ``(members, years)``: NATO's June 2024 release, or SIPRI to 2023; nan where none."""
    known = facts.defence_shares(FINAL) if definition == "NATO" else facts.sipri_shares(FINAL)
    return np.array([[known[code].get(year, np.nan) for year in years] for code in WITH_FORCES])


def before(origin: int, first: int = 1999) -> Array:
    """SIPRI shares ``first`` to the year before ``origin`` of members with a full record: for the baselines' errors."""
    known = facts.sipri_shares(origin_day(origin))
    years = range(first, origin)
    full = [[known[code].get(year, np.nan) for year in years] for code in WITH_FORCES]
    table = np.array(full)
    complete: Array = table[np.isfinite(table).all(1)]
    return complete


def _latest(series: Mapping[int, float], year: int) -> float:
    known = [earlier for earlier in series if earlier <= year]
    return series[max(known)] if known else float("nan")
