"""Secretary-General: who holds the office when, and the three channels through which the holder may matter.

The default of every channel is no effect: no design in the literature separates the person from the threat, the U.S.
president and the host of a summit. The handover changes labels and the agenda only.
"""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

from sim import facts
from sim.model.engine import (
    Engine,
    Flags,
    Latest,
    Numbers,
    Process,
    State,
    System,
    Variable,
    assumption,
    data,
    single,
    under,
)
from sim.scenario import Choice, Day, Flag, Number, Scenario, Value, Weights, fixed

PHASE = "secretary_general"
HOLDERS = ("rasmussen", "stoltenberg", "rutte", "other")
NAMES = ("Anders Fogh Rasmussen", "Jens Stoltenberg", "Mark Rutte", "other")  # in the order of HOLDERS
_NO_DESIGN = "no study identifies it (Schuette 2021 and case studies show influence, not its size)"

PARAMETERS = (
    data("secretary_general.holder", "label", None, Choice(HOLDERS),
        "who holds the office at the start",
        "NATO, list of Secretaries General", moves=("secretary_general",)),
    data("secretary_general.next_holder", "label", "other", Choice(HOLDERS),
        "who takes over on the day of the handover",
        "North Atlantic Council, 26 June 2024, for the handover of 1 October 2024", moves=("secretary_general",)),
    data("secretary_general.handover", "date", None, Day(),
        "day on which the next holder takes office; not set: no handover within the horizon",
        "NATO, list of Secretaries General", at_start=True, moves=("secretary_general",)),
    assumption("secretary_general.*.compliance_effect", "share, 0.1 = 10% more", fixed(0.0), Number(-0.5, 0.5),
        "change of every member's compliance with the spending target while this person holds the office",
        _NO_DESIGN, entities=HOLDERS, depends_on=True, sweep="-0.2 to 0.2", raises=("europe_canada_share_pct_gdp",)),
    assumption("secretary_general.*.shock_absorption", "share", fixed(0.0), Number(0.0, 1.0),
        "share of each negative shock to the U.S. commitment that this person absorbs as the alliance's voice",
        _NO_DESIGN, entities=HOLDERS, depends_on=True, sweep="0 to 0.3", raises=("us_commitment",)),
    assumption("secretary_general.*.adoption_multiplier", "factor", fixed(1.0), Number(0.0, 5.0),
        "multiplier on the probability that a summit adopts a new target while this person holds the office",
        _NO_DESIGN, entities=HOLDERS, depends_on=True, sweep="0.5 to 2", raises=("target_pct_gdp",)),
    assumption("secretary_general.*.new_target_on_agenda", "yes or no", False, Flag(),
        "this person puts a new spending target on the agenda of summits even where it is not discussed yet",
        _NO_DESIGN, entities=HOLDERS, depends_on=True,
        sweep="any", raises=("target_pct_gdp",)),
)  # fmt: skip


class SecretaryGeneral:
    """The office. ``holder`` indexes ``HOLDERS``, shape ``(runs,)``."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.holder = engine.settings.choice("secretary_general.holder").copy()
        self._channels: dict[str, Latest[Numbers]] = {}  # what each channel of the holder is worth

    def process(self) -> Process:
        """Hands the office over on its day and follows events that name another holder."""
        clock, settings = self._engine.clock, self._engine.settings
        handover = settings.date("secretary_general.handover")
        engine = self._engine
        days = clock.days([*engine.event_days, *engine.condition_days, *([handover] if handover else [])])
        named = self.holder
        for day in days:
            yield clock.at(day, PHASE)
            if day == handover:
                self.holder = settings.choice("secretary_general.next_holder").copy()
            now = settings.choice("secretary_general.holder")
            self.holder = np.where(now != named, now, self.holder)
            named = now

    def compliance(self) -> Numbers:
        """Factor on compliance with the target, ``(runs,)``."""
        return 1 + self._of_holder("compliance_effect")

    def absorbed(self) -> Numbers:
        """Share of a negative shock to the U.S. commitment that does not arrive, ``(runs,)``."""
        return self._of_holder("shock_absorption")

    def adoption(self) -> Numbers:
        """Factor on the probability that a summit adopts a new target, ``(runs,)``."""
        return self._of_holder("adoption_multiplier")

    def new_target_on_agenda(self) -> Flags:
        """Whether the holder puts a new target on the agenda, ``(runs,)``."""
        flags = np.stack(
            [self._engine.settings.flag(f"secretary_general.{name}.new_target_on_agenda") for name in HOLDERS]
        )
        return np.asarray(flags[self.holder, np.arange(self._engine.runs)], np.bool_)

    def _of_holder(self, channel: str) -> Numbers:
        settings = self._engine.settings
        if channel not in self._channels:
            keys = [f"secretary_general.{name}.{channel}" for name in HOLDERS]

            def rule(holder: NDArray[np.int8]) -> Numbers:
                values = settings.numbers(f"secretary_general.*.{channel}", HOLDERS)
                if values.shape[1] == 1:
                    return single(values[:, 0].take(holder))
                return single(values[holder, np.arange(self._engine.runs)])

            self._channels[channel] = Latest(settings, rule, keys)
        return self._channels[channel](self.holder)


def known_holders(start: date) -> dict[str, Value]:
    """Who held the office on a day, and who was known to take over when."""
    values: dict[str, Value] = {}
    for term in facts.secretaries_general(start):
        holder = HOLDERS[NAMES.index(term.name)] if term.name in NAMES else "other"
        if term.start <= start:
            values["secretary_general.holder"] = holder
        else:
            values["secretary_general.next_holder"], values["secretary_general.handover"] = holder, term.start
    return values


def acts(key: str, day: date, scenario: Scenario) -> bool:
    """A person's channels act if the person may hold the office by the day, the next holder after the handover."""
    if key == "secretary_general.next_holder":
        handover = scenario.values.get("secretary_general.handover")
        return handover is not None and isinstance(handover.value, date) and handover.value <= day
    parts = key.split(".")
    return len(parts) < 3 or parts[1] in _possible_holders(day, scenario)


def _possible_holders(day: date, scenario: Scenario) -> set[object]:
    """Who may hold the office up to ``day``."""
    offices = ("secretary_general.holder", "secretary_general.next_holder")
    values = {key: given.value for key, given in scenario.values.items() if key.startswith("secretary_general.")}
    by_events = [value for event in scenario.events for key, value in event.sets if key in offices]
    holders = {values.get("secretary_general.holder"), *by_events}
    handover = values.get("secretary_general.handover")
    if isinstance(handover, date) and handover <= day:
        holders.add(values.get("secretary_general.next_holder", "other"))
    drawn = [value for value in (*values.values(), *by_events) if isinstance(value, Weights)]
    return holders | {name for weights in drawn for name, _ in weights.items}


SYSTEM = System(
    name="secretary_general",
    title="Secretary-General",
    build=SecretaryGeneral,
    phase=PHASE,
    parameters=PARAMETERS,
    variables=(
        Variable(
            "secretary_general", "Secretary-General", "label", "month", labels=NAMES, read="holder", states=("office",)
        ),
    ),
    states={
        "office": State(
            about="who is Secretary-General",
            keys=under("secretary_general", "holder next_holder handover"),
            tables=("secretaries",),
        ),
        "voice": State(
            about="the Secretary-General's word on U.S. statements",
            keys=("secretary_general.*.shock_absorption",),
            reads=("office",),
        ),
        "pledge": State(
            about="the Secretary-General's hold on pledges",
            keys=("secretary_general.*.compliance_effect",),
            reads=("office",),
        ),
        "agenda": State(
            about="the agenda of summits",
            keys=under("secretary_general", "*.adoption_multiplier *.new_target_on_agenda"),
            reads=("office",),
        ),
    },
    at_start=known_holders,
    acts=acts,
)
