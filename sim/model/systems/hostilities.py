"""The state of the full-scale war that other systems share: begun or not, ceasefire or not, talks or not.

It has no rule of its own. The war writes when fighting begins, the negotiation writes talks and ceasefires; threat,
aid, war and negotiation read it, each in its own phase of a day.
"""

from __future__ import annotations

from datetime import date

import numpy as np

from sim.model.engine import Engine, Flags, Numbers, System, Variable, single
from sim.scenario import Scenario

NEVER = 1000  # months since a collapse where there has been none
DAY_ONE = date(2022, 2, 24)  # day 1 of the war-day clock; day 1,000 is 19 November 2024


class Hostilities:
    """The war says where it begins and what it says of collapses, the negotiation the rest.

    ``full_scale``: the full-scale war has begun. ``ceasefire``: one is in force. ``fighting``: the war goes on and no
    ceasefire is in force. These three are written to by nobody and stay the same arrays until one of them changes in
    some run. ``front_collapsed``: the Ukrainian front has given way in an episode of collapse since the first day;
    ``fewest_since_collapse`` is the fewest months since then of all runs, 1,000 and more without one;
    ``collapsed_km2`` is the ground that Ukraine lost in episodes this month; ``reassured`` says where a reassurance
    force stands behind a ceasefire. All but that number ``(runs,)``.
    """

    def __init__(self, engine: Engine) -> None:
        self.first_day = np.where(engine.settings.flag("war.full_scale"), DAY_ONE.toordinal(), 0)
        self._change(engine.settings.flag("war.full_scale"), engine.no())
        self.in_talks: Flags = engine.no()
        self.months_of_ceasefire: Numbers = engine.zeros()
        self._month = 0  # months of the war that have been fought
        self._collapsed_in: Numbers = engine.zeros() - NEVER  # the month of the latest collapse
        self.front_collapsed: Flags = engine.no()
        self.fewest_since_collapse = NEVER
        self._no_ground = self.collapsed_km2 = engine.zeros()
        self.reassured: Flags = engine.no()

    def begin(self, runs: Flags, today: int) -> None:
        """The full-scale war begins in ``runs`` today, an ordinal of a date."""
        self.first_day = np.where(runs, today, self.first_day)
        self._change(self.full_scale | runs, self.ceasefire)

    def cease(self, runs: Flags) -> None:
        """A ceasefire begins in ``runs``."""
        self._change(self.full_scale, self.ceasefire | runs)

    def resume(self, runs: Flags) -> None:
        """The ceasefire ends in ``runs``."""
        self._change(self.full_scale, self.ceasefire & ~runs)

    def month_of_collapses(self, lost_km2: Numbers) -> None:
        """A month has passed in which Ukraine lost so much ground in episodes, below 0 where Russia lost it."""
        self._month += 1
        self.fewest_since_collapse += 1
        gave_way = lost_km2 > 0
        if np.count_nonzero(gave_way):
            self.collapsed_km2 = np.maximum(lost_km2, 0)
            self._collapsed_in[gave_way] = self._month
            self.front_collapsed = self.front_collapsed | gave_way
            self.fewest_since_collapse = 0
        else:
            self.collapsed_km2 = self._no_ground

    def _change(self, full_scale: Flags, ceasefire: Flags) -> None:
        self.full_scale, self.ceasefire = full_scale, ceasefire
        self.fighting = full_scale & ~ceasefire
        for flags in (full_scale, ceasefire, self.fighting):
            flags.setflags(write=False)
        self.begun_everywhere = bool(full_scale.all())
        self.ceasefire_anywhere = bool(ceasefire.any())

    @property
    def months_since_collapse(self) -> Numbers:
        """Months since the latest collapse of the Ukrainian front, ``(runs,)``."""
        return self._month - self._collapsed_in

    def day(self, today: date) -> Numbers:
        """The war-day count, 0 before the war. A ceasefire does not stop the count."""
        count = single(today.toordinal() + 1 - self.first_day)
        return count if self.begun_everywhere else single(np.where(self.full_scale, count, 0))


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
