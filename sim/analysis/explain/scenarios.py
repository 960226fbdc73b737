"""What a scenario sets, in plain words, and through which states of the model it reaches the main outcomes."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sim.analysis.explain.channels import ARROW, channel
from sim.model import catalogue, variables

if TYPE_CHECKING:
    from sim.scenario import Parameter, Scenario

WIDTH = 88


@dataclass(frozen=True, slots=True)
class Lever:
    """One thing that a scenario sets: a value, an event or a row, with its keys' meanings and its channels.

    ``channels`` are pairs: the states on the shortest ways, in words, and the long names of the outcomes at their end:
    headlines, the threat, and those that the keys declare to move. ``reported_only`` says why
    nothing else reacts, where that is so.
    """

    name: str
    meanings: tuple[str, ...]
    reported_only: str
    channels: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A scenario: its texts and days, what its own file or the command line sets, and remarks."""

    name: str
    title: str
    description: str
    references: tuple[str, ...]
    extends: tuple[str, ...]
    start: str
    end: str
    levers: tuple[Lever, ...]
    remarks: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return asdict(self)


def explain_scenario(scenario: Scenario) -> Told:
    """What a scenario sets and through what it acts; nothing is simulated."""
    from sim.loading import notes_of
    from sim.scenario import describe
    from sim.scenario.outlook import outlook

    own = scenario.files[-1] if scenario.files else ""
    settings = {key: given for key, given in scenario.settings.items() if given.origin.file in (own, "")}
    groups: dict[tuple[str, str], list[str]] = {}
    for key, given in settings.items():
        parameter = catalogue().find(key)
        groups.setdefault((parameter.key if parameter else key, describe(given.value)), []).append(key)
    levers = [_lever(_named(keys, value), keys, scenario) for (_, value), keys in groups.items()]
    for event, line in zip(scenario.events, outlook(scenario, catalogue()), strict=False):
        if event.origin.file in (own, ""):
            levers.append(_lever(line, [key for key, _ in event.sets], scenario))
    return Told(
        scenario.name, scenario.title, scenario.description, tuple(scenario.references), tuple(scenario.files[:-1]),
        str(scenario.start), str(scenario.end), tuple(levers), tuple(notes_of(scenario)),
    )  # fmt: skip


def _named(keys: list[str], value: str) -> str:
    more = f" and {len(keys) - 1} more" if len(keys) > 1 else ""
    return f"{keys[0]}{more} = {value}"


def _lever(name: str, keys: Iterable[str], scenario: Scenario) -> Lever:
    keys = list(keys)
    parameters = _parameters(keys)
    return Lever(
        name,
        tuple(parameter.meaning for parameter in parameters),
        "; ".join(parameter.reported_only for parameter in parameters if parameter.reported_only),
        channels_of(keys, scenario),
    )


def _parameters(keys: Iterable[str]) -> list[Parameter]:
    found = (catalogue().find(key) for key in keys)
    return list({parameter.key: parameter for parameter in found if parameter is not None}.values())


def channels_of(keys: Sequence[str], scenario: Scenario) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    """Through which states a set of keys reaches the main outcomes, as in `Lever.channels`, the shortest way first."""
    found: dict[tuple[str, ...], list[str]] = {}
    theirs = {
        re.split(r"[:=]", each.removeprefix("spread of "))[0]
        for parameter in _parameters(keys)
        for each in (*parameter.raises, *parameter.lowers, *parameter.moves)
    }
    for variable in variables():
        named = variable.headline or variable.name == "threat" or variable.name in theirs
        if named and (way := channel(keys, variable, "", scenario)):
            found.setdefault(way, []).append(variable.long_name)
    nearest = sorted(found.items(), key=lambda item: len(item[0]))
    return tuple((way, tuple(names)) for way, names in nearest)


def scenario_lines(told: Told) -> list[str]:
    """The explanation as lines for a terminal."""

    def wrapped(text: str, indent: int) -> list[str]:
        return textwrap.wrap(text, WIDTH, initial_indent=" " * indent, subsequent_indent=" " * (indent + 2))

    lines = [f"{told.name}: {told.title}", *textwrap.wrap(told.description, WIDTH), ""]
    base = f"; what it changes in {', '.join(told.extends)}" if told.extends else ""
    lines += [*wrapped(f"{told.start} to {told.end}{base}:", 0), ""]
    for lever in told.levers:
        lines += wrapped(lever.name, 0)
        for meaning in lever.meanings:
            lines += wrapped(meaning, 2)
        if lever.reported_only:
            lines += wrapped(f"reported only: {lever.reported_only}", 2)
        for way, names in lever.channels:
            lines += wrapped(f"{ARROW.join(way)}{ARROW}{'; '.join(names)}", 4)
        lines.append("")
    if told.remarks:
        lines += ["NOTES", *(line for remark in told.remarks for line in wrapped(remark, 2)), ""]
    return [*lines, "REFERENCES", *(line for reference in told.references for line in wrapped(reference, 2))]
