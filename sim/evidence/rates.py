"""Blocks of events: U.S. supplementals by control of Congress, elections abroad, mid-terms, ceasefire.

Each is a rate or a chance with a conjugate posterior. What rests on no series in the facts stays an assumption.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from sim import facts
from sim.evidence.scores import brier

WAR_BEGAN = date(2022, 2, 24)
JEFFREYS = 0.5
YEAR = 365.25
CEASEFIRE_PER_YEAR = (4.0, 14.0)  # gamma; assumption, literature section 5: no war list is in the facts
LAWS = {"Democratic House": (False, False), "split": (False, True), "Republican": (True, True)}


@dataclass(frozen=True, slots=True)
class Rate:
    """Events in an exposure and their gamma posterior (shape, rate a year); ``events`` 0 and ``years`` 0: no data."""

    name: str
    events: int
    years: float

    @property
    def shape(self) -> float:
        """Shape of the posterior: events and half an event."""
        return self.events + JEFFREYS

    @property
    def mean(self) -> float:
        """Posterior mean, events a year; nan without exposure."""
        return self.shape / self.years if self.years > 0 else float("nan")

    def chance(self, years: float) -> float:
        """Predictive chance of at least one event within ``years``: 1 - (b / (b + years)) ** a."""
        return 1 - (self.years / (self.years + years)) ** self.shape if self.years > 0 else 0.5


@dataclass(frozen=True, slots=True)
class Chance:
    """Successes in trials and their beta posterior under a Jeffreys prior."""

    name: str
    happened: int
    trials: int

    @property
    def a(self) -> float:
        """First parameter of the posterior."""
        return self.happened + JEFFREYS

    @property
    def b(self) -> float:
        """Second parameter of the posterior."""
        return self.trials - self.happened + JEFFREYS

    @property
    def mean(self) -> float:
        """Posterior mean."""
        return self.a / (self.a + self.b)


def law_rates(known: date) -> dict[str, Rate]:
    """Supplementals signed and years since the invasion under each control of presidency and House, by the day."""
    signed = [law.signed_on for law in facts.appropriations(known) if law.signed_on is not None]
    periods = _periods(known)
    rates = {}
    for name, control in LAWS.items():
        spans = [(start, end) for start, end, president, house in periods if (president, house) == control]
        events = sum(start <= day < end for start, end in spans for day in signed)
        rates[name] = Rate(name, events, sum((end - start).days for start, end in spans) / YEAR)
    return rates


def _periods(known: date) -> list[tuple[date, date, bool, bool]]:
    rows = facts.us_composition(known)
    ends = [row.since for row in rows[1:]] + [known]
    spans = [
        (max(row.since, WAR_BEGAN), end, row.republican_president, row.republican_house)
        for row, end in zip(rows, ends, strict=True)
    ]
    return [span for span in spans if span[1] > span[0]]


def change_of_head(known: date) -> Chance:
    """Whether the party of the head of government changed, over pairs of successive held legislative elections."""
    before: dict[str, str] = {}
    changed = trials = 0
    for vote in facts.elections(known):
        if vote.kind != "legislative" or not vote.held or not vote.hog:
            continue
        if vote.code in before:
            trials += 1
            changed += before[vote.code] != vote.hog
        before[vote.code] = vote.hog
    return Chance("head of government changes at an election", changed, trials)


@dataclass(frozen=True, slots=True)
class EventScore:
    """Brier score of one kind of event against its baseline, over ``trials`` yes-or-no forecasts."""

    name: str
    trials: int
    brier: float
    baseline: float
    note: str


def score_elections(first: int = 2018, last: int = 2023) -> EventScore:
    """Does the head of government change? The pooled rate known before each vote, against a coin."""
    forecasts, outcomes = [], []
    seen: dict[str, str] = {}
    for vote in facts.elections(date(last + 1, 1, 1)):
        if vote.kind != "legislative" or not vote.hog:
            continue
        if vote.code in seen and first <= vote.date.year <= last:
            forecasts.append(change_of_head(vote.date - timedelta(days=1)).mean)
            outcomes.append(float(seen[vote.code] != vote.hog))
        seen[vote.code] = vote.hog
    probability, happened = np.array(forecasts), np.array(outcomes)
    coin = brier(np.full(happened.shape, 0.5), happened)
    return EventScore(
        "head of government changes", len(outcomes), brier(probability, happened), coin, "baseline: one half"
    )


def score_laws() -> EventScore:
    """Is a supplemental signed within the quarter? Rates by control of Congress as known, against one pooled rate."""
    starts = [date(2022 + n // 4, 3 * (n % 4) + 1, 1) for n in range(2, 12)]
    signed = [law.signed_on for law in facts.appropriations(date(2025, 1, 1)) if law.signed_on is not None]
    own, pooled, happened = [], [], []
    for start in starts:
        end = start + timedelta(days=91)
        rates = law_rates(start)
        control = _control(start)
        all_rates = Rate("all", sum(r.events for r in rates.values()), sum(r.years for r in rates.values()))
        rate = rates[control]
        own.append((rate if rate.years > 0 else all_rates).chance(0.25))
        pooled.append(all_rates.chance(0.25))
        happened.append(float(any(start <= day < end for day in signed)))
    seen = np.array(happened)
    note = "baseline: one rate for every Congress; a control without data takes that rate"
    return EventScore(
        "supplemental signed in a quarter", len(starts), brier(np.array(own), seen), brier(np.array(pooled), seen), note
    )


def _control(day: date) -> str:
    row = facts.us_composition(day)[-1]
    pair = (row.republican_president, row.republican_house)
    return next((name for name, control in LAWS.items() if control == pair), "split")


def score_ceasefire() -> EventScore:
    """Does a ceasefire begin within the quarter? The gamma prior of the hazard, updated by quarters without one."""
    shape, rate = CEASEFIRE_PER_YEAR
    own, constant = [], []
    for quarter in range(11):
        spent = quarter / 4
        own.append(1 - ((rate + spent) / (rate + spent + 0.25)) ** shape)
        constant.append(1 - np.exp(-shape / rate * 0.25))
    none = np.zeros(11)
    note = "baseline: the constant mean hazard; eleven quarters from April 2022, no ceasefire in any: says little"
    return EventScore(
        "ceasefire begins in a quarter", 11, brier(np.array(own), none), brier(np.array(constant), none), note
    )
