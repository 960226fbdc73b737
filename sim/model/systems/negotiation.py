"""Negotiation: talks, the rate at which they end in a ceasefire, its terms, how long it holds, and relapse.

Ceasefires come at a rate h a year, out of rounds of talks of which one in several succeeds:

    h = h0 * pressure * exp(stalemate effect * exp(-|gain| / 250) + exhaustion effect * tiredness)

Terms are drawn by weight; concessions hand over ground, guarantees make failure rarer. A ceasefire holds for good with
some probability, else it fails after a log-normal time. Sources: durations of interstate wars for h0, civil wars
1989-2020 (ETH/PRIO) for talks and failures; pressure, terms and durability are not identified and are swept.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.model.engine import Engine, Flags, Numbers, Process, State, System, Variable, month_number, single
from sim.model.systems.commitment import CONTINUITY, Commitment
from sim.model.systems.hostilities import Hostilities
from sim.model.systems.war.war import War
from sim.scenario import Choice, Flag, Number, Parameter, Weights, beta, discrete, fixed, gamma, lognormal, uniform

PHASE = "negotiation"
TERMS = ("line_of_contact", "concessions", "guarantees")
_CIVIL_WARS = "ceasefires in civil wars 1989-2020 (ETH/PRIO)"

MONTHS_SHAKEN = 12  # months after a collapse of the Ukrainian front in which it bears on the rate of a ceasefire

PARAMETERS = (
    Parameter(
        key="negotiation.hazard_per_year",
        meaning="rate at which the full-scale war comes to a ceasefire, without pressure, stalemate or exhaustion",
        unit="per year",
        kind="estimated",
        default=gamma(4.0, 14.0),
        source="between interstate wars given survival to 2.85 years and wars that last a decade; mean 0.29",
        domain=Number(0.0, 12.0),
    ),
    Parameter(
        key="negotiation.us_pressure",
        meaning="factor on that rate when U.S. aid is conditional on talks",
        unit="factor",
        kind="assumption",
        default=discrete({0.5: 0.25, 1.0: 0.25, 2.0: 0.25, 3.0: 0.25}),
        source="no quantitative study",
        domain=Number(0.0, 20.0),
        depends_on=True,
        sweep="0.5, 1, 2, 3",
    ),
    Parameter(
        key="negotiation.pressure",
        meaning="whether such pressure is applied; 'by_posture': under a conditional posture or retrenchment",
        unit="label",
        kind="assumption",
        default="by_posture",
        source="assumption",
        domain=Choice(("by_posture", "never", "always")),
        depends_on=True,
    ),
    Parameter(
        key="negotiation.stalemate_effect",
        meaning="log rise of the rate when the front does not move",
        unit="log points",
        kind="assumption",
        default=uniform(-0.5, 0.5),
        source="not identified",
        domain=Number(-5.0, 5.0),
        depends_on=True,
        sweep="-0.5 to 0.5",
    ),
    Parameter(
        key="negotiation.exhaustion_effect",
        meaning="log rise of the rate when Russian casualties stand a half above those at the start, and in proportion",
        unit="log points",
        kind="assumption",
        default=uniform(-0.5, 0.5),
        source="not identified",
        domain=Number(-5.0, 5.0),
        depends_on=True,
        sweep="-0.5 to 0.5",
    ),
    Parameter(
        key="negotiation.talks_per_ceasefire",
        meaning="rounds of talks for each ceasefire that comes of them",
        unit="rounds",
        kind="estimated",
        default=uniform(2.0, 5.0),
        source=_CIVIL_WARS + ": most peace processes need three or more",
        domain=Number(1.0, 50.0),
    ),
    Parameter(
        key="negotiation.talks_months",
        meaning="length of a round of talks, mean",
        unit="months",
        kind="assumption",
        default=uniform(1.0, 6.0),
        source="assumption",
        domain=Number(1.0, 60.0),
    ),
    Parameter(
        key="negotiation.hold_probability",
        meaning="probability that a ceasefire holds for good",
        unit="probability",
        kind="assumption",
        default=beta(2.0, 3.0),
        source="not identified for interstate wars",
        domain=Number(0.0, 1.0),
        depends_on=True,
        sweep="0.1 to 0.7",
    ),
    Parameter(
        key="negotiation.failed_median_days",
        meaning="length of a ceasefire that fails, median",
        unit="days",
        kind="estimated",
        default=lognormal(90.0, 0.3),
        source=_CIVIL_WARS + ": 65 to 193 days by type",
        domain=Number(0.0, 10000.0),
    ),
    Parameter(
        key="negotiation.failed_sd_log",
        meaning="spread of that length",
        unit="sd of the logarithm",
        kind="assumption",
        default=fixed(1.2),
        source=_CIVIL_WARS,
        domain=Number(0.0, 4.0),
    ),
    Parameter(
        key="negotiation.terms",
        meaning="terms of a ceasefire: the line of contact, Ukrainian concessions of ground, or outside guarantees",
        unit="label",
        kind="assumption",
        default=Weights((("line_of_contact", 0.6), ("concessions", 0.2), ("guarantees", 0.2))),
        source="not identified",
        domain=Choice(TERMS),
        depends_on=True,
    ),
    Parameter(
        key="negotiation.conceded_km2",
        meaning="ground that Ukraine gives up under concessions",
        unit="km2",
        kind="assumption",
        default=uniform(1000.0, 8000.0),
        source="not identified; about a third of Donetsk oblast was in Ukrainian hands in late 2024",
        domain=Number(0.0, 600000.0),
        depends_on=True,
        sweep="0 to 25000",
    ),
    Parameter(
        key="negotiation.guarantee_effect",
        meaning="part of the failures that guarantees prevent",
        unit="share",
        kind="assumption",
        default=uniform(0.0, 0.6),
        source="stronger agreements last longer (Fortna 2003); size not identified",
        domain=Number(0.0, 1.0),
        depends_on=True,
        sweep="0 to 0.6",
    ),
    Parameter(
        key="negotiation.collapse_effect",
        meaning="change of the rate of a ceasefire for twelve months after the Ukrainian front gives way",
        unit="log points",
        kind="assumption",
        default=uniform(-0.5, 1.0),
        source="not identified, and its sign is open",
        domain=Number(-5.0, 5.0),
        depends_on=True,
        sweep="-0.5 to 1",
    ),
    Parameter(
        key="negotiation.talks_at_start",
        meaning="talks on a ceasefire are under way on the first day",
        unit="yes or no",
        kind="data",
        default=False,
        source="public record of negotiations as of the start",
        at_start=True,
        domain=Flag(),
    ),
    Parameter(
        key="reassurance.thousand",
        meaning="foreign soldiers who stand in Ukraine while a ceasefire is in force",
        unit="thousand",
        kind="assumption",
        default=fixed(0.0),
        source="scenario lever; plans discussed in 2025 and 2026 range from 10 to 50 thousand",
        domain=Number(0.0, 200.0),
    ),
    Parameter(
        key="reassurance.hold_effect",
        meaning="fall of the probability that a ceasefire fails where such a force stands behind it",
        unit="share",
        kind="assumption",
        default=uniform(0.0, 0.6),
        source="not identified for this war; peacekeeping after civil wars lowers the risk of relapse",
        domain=Number(0.0, 1.0),
        depends_on=True,
        sweep="0 to 0.6",
    ),
    Parameter(
        key="reassurance.threat_relief",
        meaning="fall of the floor of the perceived threat where such a force stands behind a ceasefire",
        unit="share",
        kind="assumption",
        default=uniform(0.0, 0.3),
        source="not identified",
        domain=Number(0.0, 1.0),
        depends_on=True,
        sweep="0 to 0.3",
    ),
    Parameter(
        key="negotiation.ceasefire_now",
        meaning="a ceasefire begins while this is true, whatever the rate; for events",
        unit="yes or no",
        kind="assumption",
        default=False,
        source="scenario lever",
        domain=Flag(),
    ),
    Parameter(
        key="negotiation.holds",
        meaning="a ceasefire does not fail while this is true; for events",
        unit="yes or no",
        kind="assumption",
        default=False,
        source="scenario lever",
        domain=Flag(),
    ),
)


class Negotiation:
    """Writes talks and ceasefires into ``Hostilities``. ``terms`` (runs,) indexes TERMS of the last ceasefire."""

    def __init__(self, engine: Engine, hostilities: Hostilities, commitment: Commitment, war: War) -> None:
        self._engine, self._hostilities, self._commitment, self._war = engine, hostilities, commitment, war
        self._ends = np.full(engine.runs, np.inf, np.float32)  # months of ceasefire after which it fails
        self.terms = engine.settings.choice("negotiation.terms").copy()
        self._effort_before = np.where(hostilities.full_scale, np.maximum(war.effort, 1), np.nan).astype(np.float32)
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
        rate = self._rate()
        odds = talk_odds(
            rate, settings.number("negotiation.talks_per_ceasefire"), settings.number("negotiation.talks_months")
        )
        drawn = streams.uniform("negotiation", period)
        over = hostilities.in_talks & (drawn < odds.ends)
        agreed = over & (streams.uniform("negotiation", period, purpose=1) < odds.succeeds)
        begins = hostilities.fighting & ~hostilities.in_talks & (drawn < odds.begins)
        forced = settings.flag("negotiation.ceasefire_now") & hostilities.fighting
        hostilities.in_talks = (hostilities.in_talks & ~over | begins) & hostilities.fighting & ~forced
        self._cease(period, (agreed & hostilities.fighting) | forced)
        hostilities.reassured = hostilities.ceasefire & (settings.number("reassurance.thousand") > 0)

    def _rate(self) -> Numbers:
        """Rate of a ceasefire a year: h0 exp(pressure + stalemate + exhaustion)."""
        number, war = self._engine.settings.number, self._war
        pressed = self._pressed()
        still = np.exp(-np.abs(war.gain) / 250)  # 1 on a frozen front, 0.4 at the mean monthly gain of 2024
        begun = np.isnan(self._effort_before) & self._hostilities.full_scale
        self._effort_before = np.where(begun, np.maximum(war.effort, 1), self._effort_before)
        effort = war.effort * number("war.effort_factor")
        tired = np.nan_to_num(2 * (effort / self._effort_before - 1))
        shift = number("negotiation.stalemate_effect") * still + number("negotiation.exhaustion_effect") * np.clip(
            tired, -2, 2
        )
        factor = np.where(pressed, number("negotiation.us_pressure"), 1)
        shaken = self._hostilities.months_since_collapse < MONTHS_SHAKEN
        shift = shift + number("negotiation.collapse_effect") * shaken
        return single(number("negotiation.hazard_per_year") * factor * np.exp(shift))

    def _pressed(self) -> Flags:
        said = self._engine.settings.choice("negotiation.pressure")
        return np.asarray(np.where(said == 0, self._commitment.posture != CONTINUITY, said == 2), np.bool_)

    def _cease(self, period: int, begins: Flags) -> None:
        if not begins.any():
            return
        settings, hostilities, war = self._engine.settings, self._hostilities, self._war
        terms = settings.drawn_again(
            "negotiation.terms", self._engine.streams.uniform("negotiation", period, purpose=2).astype(np.float64)
        )
        self.terms = np.where(begins, terms, self.terms)
        conceded = begins & (terms == TERMS.index("concessions"))
        war.cede(np.where(conceded, settings.number("negotiation.conceded_km2"), 0), conceded)
        hostilities.ceasefire = hostilities.ceasefire | begins
        hostilities.months_of_ceasefire = np.where(begins, 0, hostilities.months_of_ceasefire).astype(np.float32)
        self._ends = np.where(begins, self._lifetime(period, terms), self._ends).astype(np.float32)

    def _lifetime(self, period: int, terms: np.ndarray) -> Numbers:
        """Months that a ceasefire lasts, infinite if it holds."""
        number, streams = self._engine.settings.number, self._engine.streams
        fails = 1 - number("negotiation.hold_probability")
        fails = np.where(
            terms == TERMS.index("guarantees"), fails * (1 - number("negotiation.guarantee_effect")), fails
        )
        force = number("reassurance.thousand") > 0
        fails = np.where(force, fails * (1 - number("reassurance.hold_effect")), fails)
        luck = streams.normal("negotiation", period, purpose=4)
        days = number("negotiation.failed_median_days") * np.exp(number("negotiation.failed_sd_log") * luck)
        lasts = streams.uniform("negotiation", period, purpose=3) >= fails
        return np.where(lasts, np.inf, days / 30.4375).astype(np.float32)

    def _relapse(self) -> None:
        hostilities = self._hostilities
        hostilities.months_of_ceasefire = (hostilities.months_of_ceasefire + hostilities.ceasefire).astype(np.float32)
        broken = hostilities.ceasefire & (hostilities.months_of_ceasefire >= self._ends)
        broken &= ~self._engine.settings.flag("negotiation.holds")
        hostilities.ceasefire = hostilities.ceasefire & ~broken


@dataclass(frozen=True, slots=True)
class TalkOdds:
    """Monthly probabilities that a round of talks ``begins`` and ``ends``, and that a round that ends ``succeeds``."""

    begins: Numbers
    ends: Numbers
    succeeds: Numbers


def talk_odds(rate: Numbers, rounds: Numbers, months: Numbers) -> TalkOdds:
    """Odds of talks, such that ceasefires come at ``rate`` a year in the long run.

    One round in ``rounds`` succeeds, so a round must begin every ``12 / (rounds * rate)`` months; what talks do not
    take of that is the time between them.
    """
    hazard = rounds * rate / 12
    ends = 1 / np.maximum(months, 1)
    idle = np.maximum(1 - hazard / ends, 0.1)
    return TalkOdds(single(np.minimum(hazard / idle, 1)), single(ends), single(1 / rounds))


_ELSEWHERE = ("negotiation.conceded_km2", "reassurance.threat_relief")  # these move the ground and the threat

SYSTEM = System(
    name="negotiation",
    title="negotiation",
    build=Negotiation,
    reads=("hostilities", "commitment", "war"),
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
        "ceasefire": State(
            keys=tuple(parameter.key for parameter in PARAMETERS if parameter.key not in _ELSEWHERE),
            reads=("posture", "gain", "effort", "onset", "collapse"),
        ),
        "reassurance": State(keys=("reassurance.thousand",), reads=("ceasefire",)),
    },
)  # fmt: skip
