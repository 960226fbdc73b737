"""National elections of the members: results held by a day, the calendar after it, and the governments in office."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Literal, NamedTuple

from sim.errors import InputError
from sim.facts.roster import members
from sim.facts.tables import as_day, per_folder, read, visible

Role = Literal["parliament", "executive", "shared", "limited"]


class ElectionRow(NamedTuple):
    """A date in the calendar ("scheduled", or "latest" lawful day), or the result of a vote ("held").

    The table has a row of its own for each: the date may stand in for what an earlier day knew, the result never does.
    """

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
    vintage: str
    known_on: datetime.date
    stand_in: bool
    recalled: bool
    source: str


@dataclass(frozen=True, slots=True)
class Election:
    """One national election.

    ``held``: the vote lies on or before the day asked for and its result is in store. Results of 2 October 2024 to
    1 January 2025 show from 2025-01-02 on: before, such a vote stays ``held=False`` even when its date has passed.
    ``date_is_hindsight``: the date is the real one (or the calendar of October 2024) standing in for what statute
    said on the day. ``bound`` marks the
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


@dataclass(frozen=True, slots=True)
class Government:
    """A national government since the day ``since`` (of the vote, or of the change where there was none).

    ``left_right``: ParlGov score of the party of its head, None where the party has none (new parties, no party).
    ``aid_line``: its line on aid to Ukraine in a few words, empty where none was read: silence is no position.
    ``caretaker``: outgoing, or not yet in office.
    """

    code: str
    since: datetime.date
    head: str
    party: str
    left_right: float | None
    caretaker: bool
    aid_line: str
    aid_line_reference: str
    recalled: bool


class GovernmentRow(NamedTuple):
    """One government; columns as in ``Government``."""

    code: str
    since: datetime.date
    head: str
    party: str
    left_right: float | None
    caretaker: bool
    aid_line: str
    aid_line_reference: str
    vintage: str
    known_on: datetime.date
    stand_in: bool
    recalled: bool
    source: str


def _election(row: ElectionRow) -> Election:
    if row.status == "held":
        own = row.winner_left_right if row.kind == "presidential" else row.hog_left_right
        result = (own, row.hog, row.hog_party, row.winner, row.winner_left_right, row.hog_left_right)
        return Election(row.code, row.date, row.kind, True, row.executive_role, *result, False, False, row.recalled)
    nothing = (None, "", "", "", None, None)
    bound = row.status == "latest"
    return Election(
        row.code, row.date, row.kind, False, row.executive_role, *nothing, row.stand_in, bound, row.recalled
    )


@per_folder
def _calendar(day: datetime.date) -> tuple[ElectionRow, ...]:
    """One row a vote, by date: its result where known, else its date from the newest calendar of the member."""
    votes: dict[tuple[datetime.date, str, str], ElectionRow] = {}
    calendars: dict[tuple[str, str], str] = {}
    for row in visible(read(ElectionRow, "elections.csv"), day):
        votes[row.date, row.code, row.kind] = row
        if row.status != "held":
            calendars[row.code, row.kind] = max(row.vintage, calendars.get((row.code, row.kind), ""))
    dated = [row for _, row in sorted(votes.items())]
    return tuple(row for row in dated if row.status == "held" or row.vintage == calendars[row.code, row.kind])


@per_folder
def elections(known: datetime.date, code: str | None = None) -> tuple[Election, ...]:
    """Elections of all members, or of ``code``, by date: those held with results, later ones without.

    Raises InputError for an unknown code. Source: PARLGOV for scores, see SOURCES.md.
    """
    day = as_day(known)
    codes = [member.code for member in members()]
    if code is not None and code not in codes:
        raise InputError(f"'{code}' is no member; allowed: {', '.join(codes)}")
    return tuple(_election(row) for row in _calendar(day) if code in (None, row.code))


def governments(known: datetime.date) -> dict[str, Government]:
    """The last government in store of each member, as known on the day; from 2024-10-01 on, empty before.

    Changes between a vote and 1 October 2024 are not in store: such a row names the head formed after the vote.
    """
    latest = {row.code: row for row in sorted(visible(read(GovernmentRow, "governments.csv"), known), key=_since)}
    return {code: Government(*row[:8], row.recalled) for code, row in sorted(latest.items())}


def _since(row: GovernmentRow) -> datetime.date:
    return row.since
