"""What each run of an ensemble drew: parameters, choices, and whether its events happen.

A draw is a pure function of seed, key and run, so it can be found again from what a result keeps of its scenario.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import facts
from sim.errors import InputError
from sim.model import registry
from sim.model.engine.clock import Clock
from sim.model.engine.draws import EPOCH, Draw
from sim.model.engine.settings import Settings
from sim.model.engine.streams import Streams
from sim.scenario import Choice, Dated, Distribution, Number, Weights
from sim.text import unknown

if TYPE_CHECKING:
    from sim.scenario import Parameter, Scenario

EVENT = "event: "


def drawn_keys(scenario: Scenario) -> tuple[str, ...]:
    """Keys of which runs draw different values on the first day, then ``event: NAME`` of events left to chance.

    Keys that cannot act in the scenario, such as elections after its end, are left out.
    """
    posterior = facts.posterior(scenario.start)
    keys = []
    for parameter in registry().catalogue:
        for key in parameter.expanded():
            given = scenario.values.get(key)
            value = given.value if given else parameter.default
            own = given is not None and given.origin.layer not in ("default", "facts")
            joint = posterior is not None and key in posterior.keys and not own
            dated = isinstance(value, Dated) and not all(number.is_fixed for _, number in value.points)
            drawn = joint or dated or isinstance(value, Weights)
            drawn = drawn or (isinstance(value, Distribution) and not value.is_fixed)
            if drawn and registry().acts(key, scenario.end, scenario):
                keys.append(key)
    return (*keys, *(EVENT + event.name for event in scenario.events if event.probability < 1))


def drawn(scenario: Scenario, key: str, *, seed: int, runs: int, central: bool = False) -> NDArray[np.float64]:
    """What runs 0 to ``runs - 1`` drew of a key on the first day, ``(runs,)``.

    A choice is an index into its options; an event is 1 in the runs that its own probability leaves it.

    Raises:
        InputError: no run draws the key in this scenario; the nearest that is drawn is named.
    """
    known = drawn_keys(scenario)
    if key not in known:
        raise InputError(unknown("drawn key", key, known))
    return _drawn(_settings(scenario, seed, runs, central), scenario, key, runs)


def at_start(
    scenario: Scenario, *, seed: int, runs: int, central: bool = False, first: int = 0
) -> Mapping[str, NDArray[np.float64]]:
    """What `drawn` gives of every key that runs draw on the first day, by key, each ``(runs,)``, from run ``first``."""
    settings = _settings(scenario, seed, runs, central, first)
    return {key: _drawn(settings, scenario, key, runs) for key in drawn_keys(scenario)}


def dated_event(
    scenario: Scenario, draw: Draw, *, seed: int, runs: int, central: bool = False
) -> NDArray[np.float64] | None:
    """The first day of a dated event in each run, as `Draw` counts it; None of an event on a condition."""
    event = next(event for event in scenario.events if event.name == draw.event)
    if event.date is None:
        return None
    happens = _settings(scenario, seed, runs, central).drawn(event)
    return np.where(happens, float(event.date.toordinal() - EPOCH), np.nan)


def _settings(scenario: Scenario, seed: int, runs: int, central: bool, first: int = 0) -> Settings:
    streams = Streams(seed, first, runs, registry().streams)
    return Settings(scenario, registry().catalogue, streams, Clock(scenario.start, scenario.end), central)


def _drawn(settings: Settings, scenario: Scenario, key: str, runs: int) -> NDArray[np.float64]:
    if key.startswith(EVENT):
        event = next(event for event in scenario.events if EVENT + event.name == key)
        return settings.drawn(event).astype(np.float64)
    parameter = _parameter(key)
    values = settings.choice(key) if isinstance(parameter.domain, Choice) else settings.number(key)
    return np.array(np.broadcast_to(values, (runs,)), np.float64)


def options(key: str) -> tuple[str, ...]:
    """The options of a choice, by the index that `drawn` gives; empty for a number."""
    if key.startswith(EVENT):
        return ("does not happen", "happens")
    domain = _parameter(key).domain
    return domain.options if isinstance(domain, Choice) else ()


def _parameter(key: str) -> Parameter:
    parameter = registry().catalogue.find(key)
    if parameter is None or not isinstance(parameter.domain, Number | Choice):
        raise InputError(f"{key} is neither a number nor a choice")
    return parameter
