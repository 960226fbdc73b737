"""National elections of the members: results held by a day, and the calendar after it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cache
from typing import Literal, NamedTuple

from sim.errors import InputError
from sim.facts.roster import members
from sim.facts.tables import as_day, read

Role = Literal["parliament", "executive", "shared", "limited"]


class _ElectionRow(NamedTuple):
    code: str
    date: datetime.date
    kind: Literal["legislative", "presidential"]
    status: Literal["held", "scheduled", "latest"]
    executive_role: Role
    winner_left_right: float | None
    hog_left_right: float | None
    winner: str
    hog: str
    hog_party: str
    vintage: Literal["2024-10-01"]
    known_on: datetime.date
    stand_in: bool
    recalled: bool
    source: str


@dataclass(frozen=True, slots=True)
class Election:
    """One national election.

    ``held``: the vote lies on or before the day asked for and its result is in store. Results after 2024-10-01 are
    not in store: such a vote stays ``held=False`` even when its date has passed. ``date_is_hindsight``: the date is
    the real one (or the calendar of October 2024) standing in for what statute said on the day. ``bound`` marks the
    latest lawful day rather than a fixed one. ``executive_role`` is the president's part in defence policy;
    "parliament" for legislative votes. ``left_right`` (0 left, 10 right, ParlGov) is the head of government's party
    after a legislative vote and the winner's in a presidential one; None where not scored. The head of government
    may have been formed weeks or months after the vote.
    """

    code: str
    date: datetime.date
    kind: Literal["legislative", "presidential"]
    held: bool
    executive_role: Role
    left_right: float | None
    hog: str
    hog_party: str
    winner: str
    winner_left_right: float | None
    hog_left_right: float | None
    date_is_hindsight: bool
    bound: bool
    recalled: bool


def _election(row: _ElectionRow, day: datetime.date) -> Election:
    if row.status == "held" and row.date <= day:
        own = row.winner_left_right if row.kind == "presidential" else row.hog_left_right
        result = (own, row.hog, row.hog_party, row.winner, row.winner_left_right, row.hog_left_right)
        return Election(row.code, row.date, row.kind, True, row.executive_role, *result, False, False, row.recalled)
    hindsight = row.status == "held" or day < row.known_on
    bound = row.status == "latest"
    nothing = (None, "", "", "", None, None)
    return Election(row.code, row.date, row.kind, False, row.executive_role, *nothing, hindsight, bound, row.recalled)


@cache
def _rows() -> tuple[_ElectionRow, ...]:
    return tuple(sorted(read(_ElectionRow, "elections.csv"), key=lambda row: (row.date, row.code, row.kind)))


def elections(known: datetime.date, code: str | None = None) -> tuple[Election, ...]:
    """Elections of all members, or of ``code``, by date: those held with results, later ones without.

    Raises InputError for an unknown code. Source: PARLGOV for scores, see SOURCES.md.
    """
    day = as_day(known)
    codes = [member.code for member in members()]
    if code is not None and code not in codes:
        raise InputError(f"'{code}' is no member; allowed: {', '.join(codes)}")
    return tuple(_election(row, day) for row in _rows() if code in (None, row.code))
