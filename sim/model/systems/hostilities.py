"""The state of the full-scale war that other systems share: begun or not, ceasefire or not, talks or not.

It has no rule of its own. The war writes when fighting begins, the negotiation writes talks and ceasefires; threat,
aid, war and negotiation read it, each in its own phase of a day.
"""

from __future__ import annotations

from datetime import date

import numpy as np

from sim.model.engine import Engine, Flags, Numbers, System, Variable
from sim.scenario import Scenario

NEVER = 1000  # months since a collapse where there has been none
DAY_ONE = date(2022, 2, 24)  # day 1 of the war-day clock; day 1,000 is 19 November 2024


class Hostilities:
    """The war writes ``full_scale``, ``first_day`` and what it says of collapses, the negotiation the rest.

    ``months_since_collapse`` counts from the last episode in which the Ukrainian front gave way, 1,000 without one;
    ``collapsed_km2`` is the ground that Ukraine lost in episodes this month; ``reassured`` says where a reassurance
    force stands behind a ceasefire. All ``(runs,)``.
    """

    def __init__(self, engine: Engine) -> None:
        self.full_scale: Flags = engine.settings.flag("war.full_scale")
        self.first_day = np.where(self.full_scale, DAY_ONE.toordinal(), 0)
        self.ceasefire: Flags = engine.no()
        self.in_talks: Flags = engine.no()
        self.months_of_ceasefire: Numbers = engine.zeros()
        self.months_since_collapse: Numbers = engine.zeros() + NEVER
        self.collapsed_km2: Numbers = engine.zeros()
        self.reassured: Flags = engine.no()

    @property
    def fighting(self) -> Flags:
        """The full-scale war goes on and no ceasefire is in force."""
        return self.full_scale & ~self.ceasefire

    @property
    def front_collapsed(self) -> Flags:
        """The Ukrainian front has given way in an episode of collapse since the first day."""
        return self.months_since_collapse < NEVER

    def day(self, today: date) -> Numbers:
        """The war-day count, 0 before the war. A ceasefire does not stop the count."""
        return np.where(self.full_scale, today.toordinal() - self.first_day + 1, 0).astype(np.float32)


def may_begin(scenario: Scenario) -> bool:
    """Whether a full-scale war can still begin in a scenario: it has not at the start, or an event says when."""
    begun = scenario.values.get("war.full_scale")
    by_event = any(key == "war.full_scale" for event in scenario.events for key, _ in event.sets)
    return by_event or not (begun and begun.value)


SYSTEM = System(
    name="hostilities",
    title="war",
    build=Hostilities,
    variables=(
        Variable(
            "war_day", "Day of the full-scale war (24 Feb 2022 is day 1)", "days", "month",
            read="day", states=("onset",),
        ),
        Variable(
            "ukrainian_front_collapsed", "The Ukrainian front has given way in an episode of collapse", "0/1", "month",
            flag=True, read="front_collapsed", states=("collapse",),
        ),
    ),
)  # fmt: skip
