"""Negotiation: talks, the rate at which they end in a ceasefire, its terms, how long it holds, and relapse.

Ceasefires come at a rate h a year, out of rounds of talks of which one in several succeeds:

    h = h0 * pressure * exp(stalemate effect * exp(-|gain| / 250) + exhaustion effect * tiredness)

Terms are drawn by weight; concessions hand over ground, guarantees make failure rarer. A ceasefire holds for good with
some probability, else it fails after a log-normal time. Sources: durations of interstate wars for h0, civil wars
1989-2020 (ETH/PRIO) for talks and failures; pressure, terms and durability are not identified and are swept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from sim import facts
from sim.model.engine import (
    Draw,
    Engine,
    Flags,
    Latest,
    Numbers,
    Process,
    State,
    System,
    Variable,
    assumption,
    by_month,
    data,
    estimated,
    here,
    month_number,
    single,
    within,
)
from sim.model.systems.commitment import CONTINUITY, Commitment
from sim.model.systems.hostilities import Hostilities
from sim.model.systems.roster import CODES, Roster
from sim.model.systems.war.war import War
from sim.scenario import Choice, Flag, Number, Value, Weights, beta, discrete, fixed, gamma, lognormal, uniform

PHASE = "negotiation"
_UKRAINE = CODES.index("UKR")
TERMS = ("line_of_contact", "concessions", "guarantees")
_CIVIL_WARS = "ceasefires in civil wars 1989-2020 (ETH/PRIO)"

TALKS_GO_ON_DAYS = 60  # after a known round, within the range of how long a round lasts
MONTHS_SHAKEN = 12  # months after a collapse of the Ukrainian front in which it bears on the rate of a ceasefire

PARAMETERS = by_month(
    estimated("negotiation.hazard_per_year", "per year", gamma(4.0, 14.0), Number(0.0, 12.0),
        "rate at which the full-scale war comes to a ceasefire, without pressure, stalemate or exhaustion",
        "between interstate wars given survival to 2.85 years and wars that last a decade; mean 0.29",
        raises=("ceasefire",)),
    assumption("negotiation.us_pressure", "factor", discrete({0.5: 0.25, 1.0: 0.25, 2.0: 0.25, 3.0: 0.25}),
        Number(0.0, 20.0),
        "factor on the rate of ceasefires when U.S. aid is conditional on talks",
        "no quantitative study", depends_on=True, sweep="0.5, 1, 2, 3", raises=("ceasefire",)),
    assumption("negotiation.pressure", "label", "by_posture", Choice(("by_posture", "never", "always")),
        "whether such pressure is applied; 'by_posture': under a conditional posture or retrenchment",
        "assumption", depends_on=True,
        sweep="any", moves=("ceasefire",)),
    assumption("negotiation.stalemate_effect", "log points", uniform(-0.5, 0.5), Number(-5.0, 5.0),
        "log rise of the rate when the front does not move",
        "not identified", depends_on=True, sweep="-0.5 to 0.5", moves=("ceasefire",)),
    assumption("negotiation.exhaustion_effect", "log points", uniform(-0.5, 0.5), Number(-5.0, 5.0),
        "log rise of the rate when Russian casualties stand a half above those at the start, and in proportion",
        "not identified", depends_on=True, sweep="-0.5 to 0.5", moves=("ceasefire",)),
    estimated("negotiation.talks_per_ceasefire", "rounds", uniform(2.0, 5.0), Number(1.0, 50.0),
        "rounds of talks for each ceasefire that comes of them",
        _CIVIL_WARS + ": most peace processes need three or more", raises=("in_talks",)),
    assumption("negotiation.talks_months", "months", uniform(1.0, 6.0), Number(1.0, 60.0),
        "length of a round of talks, mean",
        "assumption", raises=("in_talks",)),
    assumption("negotiation.hold_probability", "probability", beta(2.0, 3.0), Number(0.0, 1.0),
        "probability that a ceasefire holds for good",
        "not identified for interstate wars", depends_on=True, sweep="0.1 to 0.7", raises=("ceasefire",)),
    estimated("negotiation.failed_median_days", "days", lognormal(90.0, 0.3), Number(0.0, 10000.0),
        "length of a ceasefire that fails, median",
        _CIVIL_WARS + ": 65 to 193 days by type", raises=("ceasefire",)),
    assumption("negotiation.failed_sd_log", "sd of the logarithm", fixed(1.2), Number(0.0, 4.0),
        "spread of the length of a ceasefire that fails",
        _CIVIL_WARS, moves=("ceasefire",)),
    assumption("negotiation.terms", "label",
        Weights((("line_of_contact", 0.6), ("concessions", 0.2), ("guarantees", 0.2))), Choice(TERMS),
        "terms of a ceasefire: the line of contact, Ukrainian concessions of ground, or outside guarantees",
        "not identified", depends_on=True,
        sweep="any", moves=("russian_controlled_km2",)),
    assumption("negotiation.conceded_km2", "km2", uniform(1000.0, 8000.0), Number(0.0, 600000.0),
        "ground that Ukraine gives up under concessions",
        "not identified; about a third of Donetsk oblast was in Ukrainian hands in late 2024", depends_on=True,
        sweep="0 to 25000", raises=("russian_controlled_km2",)),
    assumption("negotiation.guarantee_effect", "share", uniform(0.0, 0.6), Number(0.0, 1.0),
        "part of the failures that guarantees prevent",
        "stronger agreements last longer (Fortna 2003); size not identified", depends_on=True, sweep="0 to 0.6",
        raises=("ceasefire",)),
    assumption("negotiation.ceasefire_now", "yes or no", False, Flag(),
        "a ceasefire begins while this is true, whatever the rate, and goes on afterwards until it fails; for events",
        "scenario lever", raises=("ceasefire",),
        lasting="a ceasefire that fails begins again at once, so that none ends"),
    assumption("negotiation.holds", "yes or no", False, Flag(),
        "a ceasefire does not fail while this is true; for events",
        "scenario lever", raises=("ceasefire",)),
    assumption("negotiation.collapse_effect", "log points", uniform(-0.5, 1.0), Number(-5.0, 5.0),
        "change of the rate of a ceasefire for twelve months after the Ukrainian front gives way",
        "not identified, and its sign is open", depends_on=True, sweep="-0.5 to 1", raises=("ceasefire",)),
    assumption("negotiation.break_now", "yes or no", False, Flag(),
        "a ceasefire in force breaks while this is true, whatever its terms; for events",
        "scenario lever", lowers=("ceasefire",), lasting="no later ceasefire can hold"),
    data("negotiation.talks_at_start", "yes or no", False, Flag(),
        "talks on a ceasefire are under way on the first day",
        "public record of negotiations as of the start", at_start=True, raises=("in_talks",)),
    assumption("reassurance.thousand", "thousand", fixed(0.0), Number(0.0, 200.0),
        "foreign soldiers who stand in Ukraine while a ceasefire is in force",
        "scenario lever; plans discussed in 2025 and 2026 range from 10 to 50 thousand", sweep="0 to 30",
        raises=("ceasefire",), lowers=("threat",)),
    assumption("reassurance.hold_effect", "share", uniform(0.0, 0.6), Number(0.0, 1.0),
        "fall of the probability that a ceasefire fails where foreign soldiers stand behind it",
        "not identified for this war; peacekeeping after civil wars lowers the risk of relapse",
        depends_on=True, sweep="0 to 0.6", raises=("ceasefire",)),
    assumption("reassurance.threat_relief", "share", uniform(0.0, 0.3), Number(0.0, 1.0),
        "fall of the floor of the perceived threat where foreign soldiers stand behind a ceasefire",
        "not identified", depends_on=True, sweep="0 to 0.3", lowers=("threat",)),
)  # fmt: skip


class Negotiation:
    """Writes talks and ceasefires into ``Hostilities``. ``terms`` (runs,) indexes TERMS of the last ceasefire."""

    def __init__(
        self, engine: Engine, hostilities: Hostilities, commitment: Commitment, war: War, roster: Roster
    ) -> None:
        self._roster = roster
        self._engine, self._hostilities, self._commitment, self._war = engine, hostilities, commitment, war
        self._ends = np.full(engine.runs, np.inf, np.float32)  # months of ceasefire after which it fails
        self.terms = engine.settings.choice("negotiation.terms").copy()
        self.first_terms = np.full(engine.runs, -1, np.int8)  # of the first ceasefire that begins; -1: none has
        self._begun = hostilities.full_scale  # where the war had begun at the latest look
        self._effort_before = single(np.where(self._begun, np.maximum(war.effort, 1), np.nan))
        self._pressed_rate = Latest(
            engine.settings,
            self._rate_under_pressure,
            ["negotiation.hazard_per_year", "negotiation.pressure", "negotiation.us_pressure"],
        )
        self._reassured = Latest(engine.settings, self._stands_behind, ["reassurance.thousand"])
        hostilities.in_talks = engine.settings.flag("negotiation.talks_at_start") & hostilities.full_scale

    @property
    def in_talks(self) -> Flags:
        """Whether talks are under way, ``(runs,)``."""
        return self._hostilities.in_talks

    @property
    def ceasefire(self) -> Flags:
        """Whether a ceasefire is in force, ``(runs,)``."""
        return self._hostilities.ceasefire

    def process(self) -> Process:
        """Moves talks and ceasefires at each month's end, after the war's month."""
        clock = self._engine.clock
        for day in clock.month_ends:
            yield clock.at(day, PHASE)
            self._month(month_number(day))

    def _month(self, period: int) -> None:
        hostilities, streams, settings = self._hostilities, self._engine.streams, self._engine.settings
        self._relapse()
        rounds = settings.reckoned(Rounds.of, "negotiation.talks_per_ceasefire", "negotiation.talks_months")
        chance = rounds.begin(self._rate())
        drawn = streams.uniform("negotiation", period)
        over = hostilities.in_talks & (drawn < rounds.ends)
        ceases = over & (streams.uniform("negotiation", period, purpose=1) < rounds.succeeds) & hostilities.fighting
        begins = hostilities.fighting & ~hostilities.in_talks & (drawn < chance)
        talking = (hostilities.in_talks & ~over | begins) & hostilities.fighting
        if settings.anywhere("negotiation.ceasefire_now"):
            forced = settings.flag("negotiation.ceasefire_now") & hostilities.fighting
            ceases, talking = ceases | forced, talking & ~forced
        hostilities.in_talks = talking
        self._cease(period, ceases)
        hostilities.reassured = self._reassured(hostilities.ceasefire)

    def _stands_behind(self, ceasefire: Flags) -> Flags:
        return np.asarray(ceasefire & (self._engine.settings.number("reassurance.thousand") > 0))

    def _rate(self) -> Numbers:
        """Rate of a ceasefire a year: h0 exp(pressure + stalemate + exhaustion)."""
        number, war, hostilities = self._engine.settings.number, self._war, self._hostilities
        still = np.exp(np.abs(war.gain) / -250)  # 1 on a frozen front, 0.4 at the mean monthly gain of 2024
        if self._begun is not hostilities.full_scale:
            begun = np.isnan(self._effort_before) & hostilities.full_scale
            self._effort_before = np.where(begun, np.maximum(war.effort, 1), self._effort_before)
            self._begun = hostilities.full_scale
        tired = 2 * (war.effort * number("war.effort_factor") / self._effort_before - 1)
        if not hostilities.begun_everywhere:
            tired = np.where(np.isnan(self._effort_before), 0, tired)
        shift = number("negotiation.stalemate_effect") * still + number("negotiation.exhaustion_effect") * within(
            tired, -2, 2
        )
        if hostilities.fewest_since_collapse < MONTHS_SHAKEN:
            shaken = hostilities.months_since_collapse < MONTHS_SHAKEN
            shift = shift + number("negotiation.collapse_effect") * shaken
        return single(self._pressed_rate(self._commitment.posture) * np.exp(shift))

    def _rate_under_pressure(self, posture: NDArray[np.int8]) -> Numbers:
        settings = self._engine.settings
        said = settings.choice("negotiation.pressure")
        pressed = np.where(said == 0, posture != CONTINUITY, said == 2)
        factor = np.where(pressed, settings.number("negotiation.us_pressure"), 1)
        return settings.number("negotiation.hazard_per_year") * factor

    def _cease(self, period: int, begins: Flags) -> None:
        runs = np.flatnonzero(begins)
        if not runs.size:
            return
        settings, hostilities = self._engine.settings, self._hostilities
        drawn = self._engine.streams.uniform("negotiation", period, purpose=2)[runs]
        terms = settings.drawn_again("negotiation.terms", drawn.astype(np.float64), runs)
        self.terms, self.first_terms = self.terms.copy(), self.first_terms.copy()
        self.terms[runs] = terms
        self.first_terms[runs] = np.where(self.first_terms[runs] < 0, terms, self.first_terms[runs])
        conceding = runs[terms == TERMS.index("concessions")]
        if conceding.size:
            conceded = self._engine.no()
            conceded[conceding] = True
            self._war.cede(settings.number("negotiation.conceded_km2"), conceded)
        hostilities.cease(begins)
        hostilities.months_of_ceasefire = single(np.where(begins, 0, hostilities.months_of_ceasefire))
        self._ends[runs] = self._lifetime(period, terms, runs)

    def _lifetime(self, period: int, terms: NDArray[np.int8], runs: NDArray[np.intp]) -> Numbers:
        """Months that a ceasefire on ``terms`` lasts in ``runs``, infinite if it holds."""
        settings, streams = self._engine.settings, self._engine.streams

        def number(key: str) -> Numbers:
            return here(settings.number(key), runs)

        fails = 1 - number("negotiation.hold_probability")
        member = self._roster.member[_UKRAINE, runs]  # membership is a guarantee
        backed = (terms == TERMS.index("guarantees")) | member
        fails = np.where(backed, fails * (1 - number("negotiation.guarantee_effect")), fails)
        force = number("reassurance.thousand") > 0
        fails = np.where(force, fails * (1 - number("reassurance.hold_effect")), fails)
        luck = streams.normal("negotiation", period, purpose=4)[runs]
        days = number("negotiation.failed_median_days") * np.exp(number("negotiation.failed_sd_log") * luck)
        lasts = streams.uniform("negotiation", period, purpose=3)[runs] >= fails
        return single(np.where(lasts, np.inf, days / 30.4375))

    def _relapse(self) -> None:
        hostilities, settings = self._hostilities, self._engine.settings
        if not hostilities.ceasefire_anywhere:
            return
        hostilities.months_of_ceasefire = single(hostilities.months_of_ceasefire + hostilities.ceasefire)
        broken = hostilities.ceasefire & (hostilities.months_of_ceasefire >= self._ends)
        if settings.anywhere("negotiation.holds"):
            broken &= ~settings.flag("negotiation.holds")
        if settings.anywhere("negotiation.break_now"):
            broken |= hostilities.ceasefire & settings.flag("negotiation.break_now")
        if np.count_nonzero(broken):
            hostilities.resume(broken)


@dataclass(frozen=True, slots=True)
class Rounds:
    """Rounds of talks: how many there are for a ceasefire, and the monthly probability that one under way ``ends``.

    ``succeeds`` is the probability that one that ends brings a ceasefire.
    """

    needed: Numbers
    ends: Numbers
    succeeds: Numbers

    @classmethod
    def of(cls, needed: Numbers, months: Numbers) -> Rounds:
        """From their number for each ceasefire, and the mean length of one."""
        return cls(needed, single(1 / np.maximum(months, 1)), single(1 / needed))

    def begin(self, rate: Numbers) -> Numbers:
        """Monthly probability that a round begins, such that ceasefires come at ``rate`` a year in the long run.

        One round in ``needed`` succeeds, so a round must begin every ``12 / (needed * rate)`` months; what talks do not
        take of that is the time between them.
        """
        hazard = self.needed * rate / 12
        idle = np.maximum(1 - hazard / self.ends, 0.1)
        return single(np.minimum(hazard / idle, 1))


def known_talks(start: date) -> dict[str, Value]:
    """Whether talks are under way on a day: the last known round lies no longer back than a round may last."""
    rounds = [step.date for step in facts.negotiations(start) if step.category == "talks"]
    return {"negotiation.talks_at_start": bool(rounds) and (start - max(rounds)).days <= TALKS_GO_ON_DAYS}


_ELSEWHERE = ("negotiation.conceded_km2", "reassurance.threat_relief")  # these move the ground and the threat

SYSTEM = System(
    name="negotiation",
    title="negotiation",
    build=Negotiation,
    reads=("hostilities", "commitment", "war", "roster"),
    phase=PHASE,
    stream=12,
    parameters=PARAMETERS,
    variables=(
        Variable("in_talks", "Talks under way", "0/1", "month", flag=True, read="in_talks", states=("ceasefire",)),
        Variable(
            "ceasefire", "Ceasefire in force", "0/1", "month", flag=True, headline=True,
            read="ceasefire", states=("ceasefire",),
        ),
    ),
    states={
        "ceasefire": State(about="talks and ceasefires",
            keys=tuple(parameter.key for parameter in PARAMETERS if parameter.key not in _ELSEWHERE),
            reads=("posture", "gain", "effort", "onset", "collapse", "roster"),
            tables=("negotiations",),
        ),
        "reassurance": State(about="a force behind a ceasefire", keys=("reassurance.thousand",), reads=("ceasefire",)),
    },
    draws=(Draw(name="terms of the first ceasefire", options=TERMS, read="first_terms"),),
    at_start=known_talks,
)  # fmt: skip
