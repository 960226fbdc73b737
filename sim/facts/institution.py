"""The institution: Secretaries General, summits, accessions, dated events; and opinion on the guarantee."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Literal, NamedTuple

from sim.errors import InputError
from sim.facts.tables import as_day, read, visible

Category = Literal[
    "statement",
    "target",
    "law",
    "compliance",
    "war",
    "peace",
    "aid",
    "ratification",
    "posture",
    "consultation",
    "incident",
]
Step = Literal[
    "talks",
    "proposal",
    "ceasefire proposal",
    "partial truce",
    "local truce",
    "ceasefire",
    "deadline",
    "assessment",
    "status",
]


class SecretaryRow(NamedTuple):
    """One term as set on the day ``known_on``."""

    name: str
    start: datetime.date
    end: datetime.date
    vintage: str
    known_on: datetime.date
    stand_in: bool
    recalled: bool
    source: str


class SummitRow(NamedTuple):
    """One meeting of leaders as dated on the day ``known_on``."""

    date: datetime.date
    end: datetime.date
    place: str
    regular: bool
    day_recalled: bool
    vintage: str
    known_on: datetime.date
    stand_in: bool
    recalled: bool
    source: str


class AccessionRow(NamedTuple):
    """The steps of one accession."""

    member: str
    applied_on: datetime.date | None
    invited_on: datetime.date | None
    acceded_on: datetime.date
    vintage: str
    known_on: datetime.date
    stand_in: bool
    recalled: bool
    source: str


class Event(NamedTuple):
    """One dated event in a few words. ``value`` and ``unit`` where it has a figure."""

    date: datetime.date
    category: Category
    label: str
    actor: str
    value: float | None
    unit: str
    vintage: str
    known_on: datetime.date
    stand_in: bool
    recalled: bool
    source: str


class Negotiation(NamedTuple):
    """One step towards or away from an end of the war. Truces that are partial (a place, a kind of target, a few days)
    and local ones are told apart from a ``ceasefire``, of which there is none in store to 10 October 2026."""

    date: datetime.date
    end: datetime.date | None
    category: Step
    label: str
    actor: str
    value: float | None
    unit: str
    vintage: str
    known_on: datetime.date
    stand_in: bool
    recalled: bool
    source: str


class Opinion(NamedTuple):
    """One answer in one survey, % of respondents. ``code`` may be an aggregate such as EU27 or NATO32. ``group``:
    "all", or a US party. Known two weeks after fieldwork. Follow one survey over time; wordings differ."""

    date_start: datetime.date
    date_end: datetime.date
    code: str
    survey: str
    topic: str
    question: str
    response: str
    group: str
    share_pct: float
    vintage: str
    known_on: datetime.date
    stand_in: bool
    recalled: bool
    source: str


@dataclass(frozen=True, slots=True)
class SecretaryGeneral:
    """A holder of the office; ``end`` is the end of the term as set by the day asked for."""

    name: str
    start: datetime.date
    end: datetime.date
    recalled: bool


@dataclass(frozen=True, slots=True)
class Summit:
    """A meeting of leaders. ``date_is_hindsight``: the real date stands in for a plan of the day asked for."""

    date: datetime.date
    end: datetime.date
    place: str
    held: bool
    date_is_hindsight: bool


@dataclass(frozen=True, slots=True)
class Accession:
    """Steps of joining taken by the day asked for; None where not taken yet or not in store."""

    member: str
    applied_on: datetime.date | None
    invited_on: datetime.date | None
    acceded_on: datetime.date | None


def secretaries_general(known: datetime.date) -> tuple[SecretaryGeneral, ...]:
    """Holders and chosen successors known on the day, since 2009, in order; terms as extended by then."""
    latest = {row.name: row for row in visible(read(SecretaryRow, "secretaries.csv"), known)}
    terms = sorted(latest.values(), key=lambda row: row.start)
    return tuple(SecretaryGeneral(row.name, row.start, row.end, row.recalled) for row in terms)


def summits(known: datetime.date) -> tuple[Summit, ...]:
    """Summits held by the day and those to come, one regular summit a year. Extraordinary ones appear once held."""
    day = as_day(known)
    latest = {row.date.year if row.regular else row.date: row for row in visible(read(SummitRow, "summits.csv"), day)}
    return tuple(
        Summit(row.date, row.end, row.place, row.date <= day, row.date > day and row.stand_in)
        for row in sorted(latest.values(), key=lambda row: row.date)
    )


def accessions(known: datetime.date) -> tuple[Accession, ...]:
    """Members and applicants with the steps taken by the day, in order of the table (by accession)."""
    day = as_day(known)

    def taken(step: datetime.date | None) -> datetime.date | None:
        return step if step is not None and step <= day else None

    rows = [row for row in read(AccessionRow, "accessions.csv") if row.known_on <= day]
    return tuple(Accession(r.member, taken(r.applied_on), taken(r.invited_on), taken(r.acceded_on)) for r in rows)


def events(known: datetime.date, category: str | None = None) -> tuple[Event, ...]:
    """Dated events by the day: statements, targets, laws, compliance, war, peace, aid, ratifications; from 2025 on
    also U.S. posture, consultations under Article 4 and incidents.

    Raises InputError for an unknown category.
    """
    rows = read(Event, "events.csv")
    allowed = sorted({row.category for row in rows})
    if category is not None and category not in allowed:
        raise InputError(f"'{category}' is no category of events; allowed: {', '.join(allowed)}")
    chosen = [row for row in visible(rows, known) if category in (None, row.category)]
    return tuple(sorted(chosen, key=lambda row: row.date))


def negotiations(known: datetime.date) -> tuple[Negotiation, ...]:
    """Steps of the negotiation from December 2024 on that were known on the day, by date."""
    return tuple(sorted(visible(read(Negotiation, "negotiations.csv"), known), key=lambda row: row.date))


def statements(known: datetime.date) -> tuple[Event, ...]:
    """Statements on the guarantee made by the day."""
    return events(known, "statement")


def opinion(known: datetime.date) -> tuple[Opinion, ...]:
    """Survey answers known on the day, Europe and United States."""
    return tuple(visible(read(Opinion, "opinion.csv"), known))


def reliable_guarantor_share(known: datetime.date) -> float | None:
    """Share (0 to 1) not calling the US an unreliable guarantor over the next decade, GBR, FRA and DEU together.

    One survey, in June 2024 (46% unreliable) and June 2025 (71%); None before the first was known.
    """
    answers = [a for a in opinion(known) if a.topic == "guarantee" and a.response == "unreliable"]
    return round(1 - answers[-1].share_pct / 100, 6) if answers else None
