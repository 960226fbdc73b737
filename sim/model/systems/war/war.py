"""The war: monthly change of territory in the east, Kursk, effort and losses of both sides, and the ratio of resources.

Effort R, Russian casualties a month, returns to a drifting mean in logarithms; the net gain g of a month follows effort
above a break-even, and the shortfall of aid delivered:

    ln R' = m + persistence (ln R - m) + noise
    g' = persistence g + (1 - persistence) (a (R - R0) + b (F0 - F)) + noise

Rare collapse episodes move the front by thousands of km2 for one to three months. The relation between effort and
territory is a regularity of two years, not a law: see docs/model.md for what is not identified. Territory is that of
ISW's maps as The Economist computed it; casualties follow the UK Ministry of Defence, which repeats Ukrainian counts.
"""

from __future__ import annotations

from datetime import date

import numpy as np

from sim.model.engine import (
    Block,
    Engine,
    Flags,
    Latest,
    Numbers,
    Parts,
    Process,
    State,
    System,
    Variable,
    here,
    month_number,
    monthly_chance,
    single,
    under,
    within,
)
from sim.model.systems.aid import Aid
from sim.model.systems.hostilities import Hostilities, may_begin
from sim.model.systems.threat import Threat
from sim.model.systems.war.parameters import PARAMETERS
from sim.model.systems.war.start import Front, front, known_war
from sim.scenario import Scenario

PHASE = "war"
UKRAINE_KM2 = 603_550.0  # within the borders of 1991


class War:
    """State of the front and of both forces; arrays ``(runs,)``. Territory in km2, people in thousand."""

    def __init__(self, engine: Engine, hostilities: Hostilities, threat: Threat, aid: Aid) -> None:
        self._engine, self._hostilities, self._threat, self._aid = engine, hostilities, threat, aid
        known: Front = front(engine.start)
        fill = engine.fill
        number = engine.settings.number
        before = number("war.occupied_before_km2")
        taken = before + np.where(hostilities.full_scale, number("war.first_advance_km2"), 0)  # before the first map
        self.controlled = fill(np.array([known.controlled_km2], np.float32) if known.controlled_km2 else single(taken))
        self.gain = fill(np.array([known.gain_km2], np.float32))
        self.kursk = fill(np.array([known.kursk_km2], np.float32))
        counted = np.array([known.effort_thousand], np.float32)
        unseen = number("war.first_effort_thousand")  # the war has begun, but no count was published yet
        self.effort = single(np.where(hostilities.full_scale & (counted == 0), unseen, fill(counted)))
        self._effort_mean = np.log(np.maximum(self.effort, 0.1))
        self.russian_losses = fill(np.array([known.russian_losses_thousand], np.float32))
        begun = known.russian_losses_thousand > 0
        self.ukrainian_losses = fill(number("war.ukrainian_casualties_at_start_thousand")) if begun else engine.zeros()
        self.russian_intake = engine.zeros()
        self.ukrainian_intake = engine.zeros()
        self.force = fill(number("war.russian_force_thousand"))
        self.ukrainian_force = fill(number("war.ukrainian_force_thousand"))
        self._ukrainian_force_before = self.ukrainian_force.copy()
        self.ratio = np.ones(engine.runs, np.float32)
        self._known = known
        # Deliveries are read against those of the first month, or of the first year of a war that begins later.
        self._deliveries_before = np.full(engine.runs, np.nan, np.float32)
        self._months_at_war = np.zeros(engine.runs, np.int32)
        self._months_to_settle = np.where(hostilities.full_scale, 0, 12)
        self._settled = False  # whether they are known in every run
        self._turnover = Latest(
            engine.settings,
            self._turn_over,
            under("war", "ceasefire_effort effort_factor russian_intake_thousand ukrainian_intake_thousand"),
        )
        self._drifting = Latest(engine.settings, self._drift, ["war.effort_drift_pct_per_month"])
        self._spending = Latest(engine.settings, self._spend, ["war.effort_per_spending"])
        # What has moved the front since the start, km2, for explanations: advance, episodes, terms of ceasefires.
        self.from_gain, self.from_collapse, self.from_terms = engine.zeros(), engine.zeros(), engine.zeros()
        self._controlled_before = self.controlled
        self._collapse_left = engine.zeros()
        self._collapse_sign = engine.zeros()
        self.change = engine.zeros()

    def process(self) -> Process:
        """Begins the war on event days or by chance, and fights a month at each month's end."""
        clock = self._engine.clock
        for day in clock.days([*clock.month_ends, *self._engine.event_days, *self._engine.condition_days]):
            yield clock.at(day, PHASE)
            ends_month = clock.ends_month(day)
            self._begin(day.toordinal(), by_chance=ends_month, period=month_number(day))
            if ends_month:
                self._month(month_number(day), np.float32(clock.fraction(day)))

    def cede(self, area: Numbers, runs: Flags) -> None:
        """Hands ``area`` km2 to Russian control by agreement, in ``runs``, and ends the Kursk salient there."""
        if self._engine.explaining:
            self.from_terms += np.where(runs, area, 0)
        before = self.controlled
        self.controlled = single(within(before + np.where(runs, area, 0), 0, UKRAINE_KM2))
        self.change = self.change + (self.controlled - before)
        self._controlled_before = self.controlled
        self.kursk = single(np.where(runs, 0, self.kursk))

    def _begin(self, today: int, by_chance: bool, period: int) -> None:
        hostilities, settings = self._hostilities, self._engine.settings
        if hostilities.begun_everywhere:
            return
        begins = settings.flag("war.full_scale") & ~hostilities.full_scale
        if by_chance:
            chance = settings.reckoned(monthly_chance, "war.onset_probability_per_year")
            begins |= ~hostilities.full_scale & (self._engine.streams.uniform("war", period, purpose=5) < chance)
        if begins.any():
            hostilities.begin(begins, today)
            advance = settings.number("war.first_advance_km2")
            self.controlled = single(np.where(begins, self.controlled + advance, self.controlled))
            self.effort = single(np.where(begins, settings.number("war.first_effort_thousand"), self.effort))
            self._effort_mean = np.where(begins, np.log(np.maximum(self.effort, 0.1)), self._effort_mean).astype(
                np.float32
            )

    def _month(self, period: int, part: np.float32) -> None:
        hostilities = self._hostilities
        if not hostilities.begun_everywhere:
            peace = self._engine.settings.number("war.occupied_before_km2")
            self.controlled = single(np.where(hostilities.full_scale, self.controlled, peace))
        self._fight(period, hostilities.fighting)
        self._lose(part)
        self._move_front(period, part, hostilities.fighting)
        self._move_kursk(part, hostilities.fighting)
        self._weigh_resources()

    def _fight(self, period: int, fighting: Flags) -> None:
        """Russian effort: the logarithm of monthly casualties returns to a drifting mean, bounded by the force.

        The mean follows Russia's military spending relative to the start by an elasticity.
        """
        number, streams = self._engine.settings.number, self._engine.streams
        from_spending, _ = self._spending(self._threat.effort)
        self._effort_mean = self._effort_mean + self._drifting(fighting)
        noise = number("war.effort_noise_log") * streams.normal("war", period)
        moved = next_effort(
            np.maximum(self.effort, 0.1),
            self._effort_mean + from_spending,
            number("war.effort_persistence"),
            noise,
        )
        most = number("war.highest_loss_share") * self.force / np.maximum(number("war.effort_factor"), 1e-6)
        fought = np.minimum(moved, most)
        np.putmask(fought, ~fighting, self.effort)
        self.effort = fought

    def _spend(self, effort: Numbers) -> tuple[Numbers, Numbers]:
        """What Russia's military spending adds to the logarithm of its effort, and the spending, EUR bn a month."""
        more = np.log(effort / np.maximum(self._threat.known_effort, 0.1))
        monthly = effort / 100 * self._known.russian_gdp_beur / 12
        return single(self._engine.settings.number("war.effort_per_spending") * more), single(monthly)

    def _drift(self, fighting: Flags) -> Numbers:
        return single(self._engine.settings.number("war.effort_drift_pct_per_month") / 100 * fighting)

    def _lose(self, part: np.float32) -> None:
        """Casualties and intake of both sides; a ceasefire leaves a trickle of the former and a fifth of the latter."""
        number, hostilities = self._engine.settings.number, self._hostilities
        share, self.russian_intake, self.ukrainian_intake = self._turnover(hostilities.full_scale, hostilities.fighting)
        lost = self.effort * share
        ratio = number("war.loss_ratio")
        self.russian_losses = self.russian_losses + part * lost
        self.ukrainian_losses = self.ukrainian_losses + part * lost / ratio
        gone = number("war.irrecoverable_share") * lost
        self.force = single(within(self.force + part * (self.russian_intake - gone), 50, 1500))
        own = self.ukrainian_force + part * (self.ukrainian_intake - gone / ratio)
        self.ukrainian_force = single(within(own, 50, 1500))

    def _turn_over(self, full_scale: Flags, fighting: Flags) -> tuple[Numbers, Numbers, Numbers]:
        """The part of the effort that is lost, and Russian and Ukrainian intake, thousand."""
        number = self._engine.settings.number
        share = np.where(fighting, number("war.effort_factor"), number("war.ceasefire_effort") * full_scale)
        need = np.float32(0.2) * full_scale
        np.putmask(need, fighting, 1)
        return share, number("war.russian_intake_thousand") * need, number("war.ukrainian_intake_thousand") * need

    def _move_front(self, period: int, part: np.float32, fighting: Flags) -> None:
        number, hostilities = self._engine.settings.number, self._hostilities
        fewer = single((self._ukrainian_force_before - self.ukrainian_force) / 100)
        noise = number("war.front_noise_km2") * self._engine.streams.normal("war", period, purpose=1)
        moved = next_gain(
            self.gain,
            number("war.front_persistence"),
            number("war.gain_per_effort_km2")
            * (self.effort * number("war.effort_factor") - number("war.break_even_thousand")),
            number("war.gain_per_aid_km2") * self._less_aid(fighting),
            number("war.gain_per_manpower_km2") * fewer,
            noise,
        )
        np.putmask(moved, ~fighting, 0)
        self.gain = moved
        jump = self._collapse(period, fighting)
        if self._engine.explaining:
            self.from_gain += part * self.gain
            self.from_collapse += part * jump
        self.controlled = single(within(self.controlled + part * (self.gain + jump), 0, UKRAINE_KM2))
        self.change = self.controlled - self._controlled_before
        if not hostilities.begun_everywhere:
            self.change = np.where(hostilities.full_scale, self.change, 0)
        self._controlled_before = self.controlled

    def _less_aid(self, fighting: Flags) -> Numbers:
        """How much less is delivered than at the start of the war, EUR bn a month."""
        if not self._settled:
            self._months_at_war += fighting
            settles = np.isnan(self._deliveries_before) & (self._months_at_war >= self._months_to_settle)
            self._deliveries_before = np.where(settles, self._aid.deliveries, self._deliveries_before)
            unknown = np.isnan(self._deliveries_before)
            self._settled = not unknown.any()
            return np.where(unknown, 0, self._deliveries_before - self._aid.deliveries)
        return self._deliveries_before - self._aid.deliveries

    def _collapse(self, period: int, fighting: Flags) -> Numbers:
        """Ground lost in an episode this month, km2, positive for Russian gains; one to three months an episode."""
        settings, streams, hostilities = self._engine.settings, self._engine.streams, self._hostilities
        number = settings.number
        drawn = streams.uniform("war", period, purpose=2)
        starts = np.flatnonzero(fighting & (self._collapse_left <= 0) & (drawn < number("war.collapse_per_month")))
        self._collapse_left -= 1
        if starts.size:
            even = here(number("war.collapse_of_ukraine"), starts)
            pressure = within(self.gain[starts] / 1000, -1, 1) * 0.2  # the side pushed back gives way more easily
            ukraine = streams.uniform("war", period, purpose=4)[starts] < within(even + pressure, 0, 1)
            self._collapse_left[starts] = 1 + np.floor(3 * streams.uniform("war", period, purpose=3)[starts])
            self._collapse_sign[starts] = np.where(ukraine, 1, -1)
        under_way = np.flatnonzero(fighting & (self._collapse_left > 0))
        jump = self._engine.zeros()
        if under_way.size:
            jump[under_way] = self._collapse_sign[under_way] * here(number("war.collapse_km2"), under_way)
        if settings.is_set("war.collapse_now_km2"):
            stated = settings.stated("war.collapse_now_km2", self._engine.zeros())
            jump = single(np.where(fighting & (stated != 0), stated, jump))
        hostilities.month_of_collapses(jump)
        return jump

    def _move_kursk(self, part: np.float32, fighting: Flags) -> None:
        settings = self._engine.settings
        kept = settings.reckoned(_kept, "war.kursk_decline_per_month")
        lost = fighting
        if settings.anywhere("war.kursk_held"):
            lost = fighting & ~settings.flag("war.kursk_held")
        self.kursk = np.where(lost, self.kursk * (kept if part == 1 else kept**part), self.kursk)

    def _weigh_resources(self) -> None:
        """Russian military spending over Ukraine's own plus delivered military aid, both in EUR bn a month."""
        _, russia = self._spending(self._threat.effort)
        self.ratio = single(russia / (self._known.ukrainian_spending_beur / 12 + self._aid.deliveries))


def _kept(decline: Numbers) -> Numbers:
    return 1 - decline


def next_effort(now: Numbers, mean_log: Numbers, kept: Numbers, noise: Numbers) -> Numbers:
    """Russian casualties next month, thousand: ln R' = m + kept (ln R - m) + noise."""
    return single(np.exp(mean_log + kept * (np.log(now) - mean_log) + noise))


def next_gain(
    now: Numbers, kept: Numbers, from_effort: Numbers, from_aid: Numbers, from_manpower: Numbers, noise: Numbers
) -> Numbers:
    """Net gain next month, km2: phi dA + (1 - phi) (effort part + aid part + manpower part) + noise."""
    return single(kept * now + (1 - kept) * (from_effort + from_aid + from_manpower) + noise)


def acts(key: str, _day: date, scenario: Scenario) -> bool:
    """How a full-scale war begins matters only where it still can."""
    beginning = ("war.onset_probability_per_year", "war.occupied_before_km2", "war.first_advance_km2")
    return key not in beginning or may_begin(scenario)


def by_cause(block: Block, _: str) -> Parts:
    """What moved the ground under Russian control since the first day."""
    war, values = block.systems["war"], block.of("russian_controlled_km2")
    begin = values[0] - block.of("net_gain_km2")[0]
    parts = {
        "advances month by month": block.cut(war.from_gain),
        "collapse episodes": block.cut(war.from_collapse),
        "ceded by terms": block.cut(war.from_terms),
    }
    how = "what moved the front since the first day; in a month of collapse both parts act"
    return Parts(begin, values[-1], parts, how).with_rest("beginning of the war, bounds")


SYSTEM = System(
    name="war",
    title="war",
    build=War,
    reads=("hostilities", "threat", "aid"),
    phase=PHASE,
    stream=11,
    parameters=PARAMETERS,
    variables=(
        Variable(
            "russian_controlled_km2", "Ukrainian territory under Russian control", "km²", "month", headline=True,
            read="controlled", states=("ground",), parts=by_cause,
        ),
        Variable("net_gain_km2", "Russian net gain in the month", "km²", "month", read="change", states=("ground",)),
        Variable("kursk_held_km2", "Kursk oblast held by Ukraine", "km²", "month", read="kursk", states=("salient",)),
        Variable(
            "russian_casualties_thousand", "Russian killed and wounded, cumulative", "thousand", "month",
            cumulative=True, read="russian_losses", states=("effort",),
        ),
        Variable(
            "ukrainian_casualties_thousand", "Ukrainian killed and wounded, cumulative", "thousand", "month",
            cumulative=True, read="ukrainian_losses", states=("Ukrainian losses",),
        ),
        Variable(
            "russian_intake_thousand", "Russian intake of personnel in the month", "thousand", "month",
            read="russian_intake", states=("Russian intake",),
        ),
        Variable(
            "ukrainian_intake_thousand", "Ukrainian intake of personnel in the month", "thousand", "month",
            read="ukrainian_intake", states=("Ukrainian intake",),
        ),
        Variable(
            "ukrainian_force_thousand", "Ukrainian soldiers", "thousand", "month",
            read="ukrainian_force", states=("Ukrainian force",),
        ),
        Variable(
            "resource_ratio", "Resources, Russia to Ukraine", "ratio", "month",
            read="ratio", states=("deliveries", "Russia's budget"),
        ),
    ),
    states={
        "onset": State(about="whether there is a full-scale war",
            keys=under("war", "full_scale onset_probability_per_year")),
        "effort": State(about="Russia's effort in the war",
            keys=(
                "war.first_effort_thousand",
                "war.effort_per_spending",
                "war.effort_persistence",
                "war.effort_noise_log",
                "war.effort_drift_pct_per_month",
                "war.highest_loss_share",
                "war.russian_force_thousand",
                "war.russian_intake_thousand",
                "war.irrecoverable_share",
                "war.effort_factor",
                "war.ceasefire_effort",
            ),
            reads=("onset", "ceasefire", "Russia's budget"),
            tables=("casualties",),
        ),
        "gain": State(about="the monthly movement of the front",
            keys=(
                "war.front_persistence",
                "war.gain_per_effort_km2",
                "war.break_even_thousand",
                "war.gain_per_aid_km2",
                "war.front_noise_km2",
                "war.gain_per_manpower_km2",
            ),
            reads=("effort", "deliveries", "Ukrainian force"),
        ),
        "Ukrainian force": State(about="the number of Ukrainian soldiers",
            keys=("war.ukrainian_force_thousand",), reads=("Ukrainian intake", "Ukrainian losses")
        ),
        "collapse": State(about="an episode in which the Ukrainian front gives way",
            keys=("war.collapse_per_month", "war.collapse_km2", "war.collapse_of_ukraine", "war.collapse_now_km2"),
            reads=("gain",),
        ),
        "ground": State(about="the territory that Russia holds",
            keys=(
                "war.occupied_before_km2",
                "war.first_advance_km2",
                "negotiation.conceded_km2",
            ),
            reads=("gain", "collapse"),
            tables=("front",),
        ),
        "salient": State(about="the Kursk salient",
            keys=under("war", "kursk_decline_per_month kursk_held"), reads=("onset", "ceasefire"), tables=("front",)
        ),
        "Ukrainian losses": State(about="Ukrainian losses",
            keys=under("war", "loss_ratio ukrainian_casualties_at_start_thousand"), reads=("effort",)
        ),
        "Ukrainian intake": State(about="Ukraine's intake of soldiers",
            keys=("war.ukrainian_intake_thousand",), reads=("onset", "ceasefire")),
        "Russian intake": State(about="Russia's intake of soldiers",
            keys=("war.russian_intake_thousand",), reads=("onset", "ceasefire")),
    },
    at_start=known_war,
    acts=acts,
)  # fmt: skip
