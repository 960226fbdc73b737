"""What governments announced for their defence shares, and how earlier announcements were kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from sim.facts.tables import as_day, per_folder, read, visible

Firmness = Literal["enacted", "planned", "aspiration"]
_STATUS_OF = date(2026, 9, 1)  # day as of which announcements after October 2024 were called standing or superseded
Kept = Literal["yes", "late", "no", "open"]


class PlanRow(NamedTuple):
    """One announcement; columns as in ``Plan``."""

    member: str
    announced_on: date
    day_exact: bool
    target_year: int | None
    target_pct_gdp: float
    kind: str
    firmness: Firmness
    blanket: bool
    part: Literal["a", "b"]
    kept: Kept
    kept_known_on: date | None
    status: Literal["", "stands", "superseded", "doubtful"]
    reference: str
    vintage: str
    known_on: date
    stand_in: bool
    recalled: bool
    source: str


class CountRow(NamedTuple):
    """One of NATO's own counts of members at 2%."""

    announced_on: date
    year: int
    members_at_2pct: int
    vintage: str
    known_on: date
    stand_in: bool
    recalled: bool
    source: str


@dataclass(frozen=True, slots=True)
class Plan:
    """One announced share for one target year.

    ``target_year`` is None for a promise without a date. ``blanket`` marks the pledges all allies made together
    (Wales 2014, Vilnius 2023). ``part``: "a" plans for 2025 and later, "b" earlier announcements, whose ``kept`` is
    judged by NATO's release of 17 June 2024 and reads "open" before that day. ``day_exact`` is False where only the
    month was printed; the month's last day then stands in. ``reference``: where the announcement was read.
    ``status`` of announcements after 1 October 2024, as of 1 September 2026 (so no start before may read it):
    stands, superseded, doubtful; empty for earlier ones.
    """

    member: str
    announced_on: date
    target_year: int | None
    target_pct_gdp: float
    firmness: Firmness
    blanket: bool
    kept: Kept
    kind: str
    part: Literal["a", "b"]
    day_exact: bool
    reference: str
    recalled: bool
    status: Literal["", "stands", "superseded", "doubtful"] = ""


@per_folder
def plans(known: date) -> tuple[Plan, ...]:
    """Announcements known on the day, sorted by day of announcement; superseded ones stay in. The last that is not
    blanket is a member's plan in force."""
    day = as_day(known)
    targets = []
    for row in visible(read(PlanRow, "plans.csv"), day):
        judged = row.kept_known_on is not None and row.kept_known_on <= day
        targets.append(
            Plan(
                row.member,
                row.announced_on,
                row.target_year,
                row.target_pct_gdp,
                row.firmness,
                row.blanket,
                row.kept if judged else "open",
                row.kind,
                row.part,
                row.day_exact,
                row.reference,
                row.recalled,
                row.status if day >= _STATUS_OF else "",
            )
        )
    return tuple(targets)


def counts_at_2pct(known: date) -> tuple[tuple[date, int, int], ...]:
    """NATO's own counts of allies at 2%, as (day stated, year meant, count)."""
    return tuple(
        (row.announced_on, row.year, row.members_at_2pct) for row in visible(read(CountRow, "counts.csv"), known)
    )
