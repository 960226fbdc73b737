"""Who is in the alliance and who gives aid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal, NamedTuple

from sim.facts.tables import shipped


class MemberRow(NamedTuple):
    """One member; columns as in ``Member``."""

    member: str
    name: str
    accession: date
    distance_km: float
    borders_russia: bool
    eu: bool
    currency: str
    has_forces: bool
    vintage: str
    known_on: date
    stand_in: bool
    recalled: bool
    source: str


class DonorRow(NamedTuple):
    """One donor; columns as in ``Donor``."""

    donor: str
    name: str
    kind: Literal["country", "institution"]
    group: Literal["USA", "EUR", "OTHER"]
    member: bool
    gdp_beur_2021: float | None
    distance_km: float | None
    vintage: str
    known_on: date
    stand_in: bool
    recalled: bool
    source: str


@dataclass(frozen=True, slots=True)
class Member:
    """A member state. ``distance_km``: great circle from its capital to Moscow. ``borders_russia`` counts land
    borders, Kaliningrad included. ``eu`` and ``currency`` stand as of the end of 2024."""

    code: str
    name: str
    accession: date
    distance_km: float
    borders_russia: bool
    eu: bool
    currency: str
    has_forces: bool


@dataclass(frozen=True, slots=True)
class Donor:
    """A donor of the Kiel tracker. ``group`` is the group its aid is added to (EUR: EU members and institutions,
    Iceland, Norway, Switzerland, United Kingdom). ``gdp_beur_2021``: GDP of 2021 in EUR bn as implied by the
    tracker's shares (EU27 for the EU institutions); None for CHN and IND, whose shares are too small to invert.
    ``distance_km`` is None for donors outside the alliance."""

    code: str
    name: str
    kind: Literal["country", "institution"]
    group: Literal["USA", "EUR", "OTHER"]
    member: bool
    gdp_beur_2021: float | None
    distance_km: float | None


@cache
def members() -> tuple[Member, ...]:
    """The 32 members of the end of 2024, sorted by code. Raises InputError if the table is damaged."""
    rows = sorted(shipped(MemberRow, "members.csv"), key=lambda row: row.member)
    return tuple(Member(*row[:8]) for row in rows)


@cache
def donors() -> tuple[Donor, ...]:
    """The 42 donors of the Kiel tracker, sorted by code. Raises InputError if the table is damaged."""
    rows = sorted(shipped(DonorRow, "donors.csv"), key=lambda row: row.donor)
    return tuple(Donor(*row[:7]) for row in rows)
