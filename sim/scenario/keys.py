"""From the tables of a file to parameters of the catalogue, and what to say about a key that is none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sim.scenario.document import KeyPath, Report
from sim.scenario.entities import entity_code, entity_noun, is_country, wrong_code
from sim.scenario.parameter import LEVER, Catalogue, Parameter
from sim.text import listed, meant, nearest, shown, tame

HEADS = ("title", "label", "description", "references", "extends", "start", "end", "events", "groups")
"""Keys at the top of a file that are not parameters."""

_UNIT_WORDS = re.compile(
    r"pct|percent|share|fraction|ratio|index|gdp|pp|[mb](usd|eur)|usd|eur|bn|mn|km2?|thousand|million|billion"
    r"|(day|week|month|year)s?|per|\d{4}"
)


def flatten(
    table: dict[str, Any], catalogue: Catalogue, report: Report, path: KeyPath = (), group: str = "", known: bool = True
) -> Iterator[tuple[KeyPath, str, Parameter, Any, bool]]:
    """(path in the file, full key, parameter, raw value, whether the key is right) for every parameter set in a table.

    A key with one likely correction is reported and followed under the corrected name, so that faults below it are
    found too.
    """
    for name, raw in table.items():
        here = (*path, name)
        key, right = _correct(name, group, catalogue, here, report, raw)
        if key is None:
            continue
        parameter = catalogue.find(key)
        if parameter is not None:
            yield here, key, parameter, raw, known and right
        elif isinstance(raw, dict):
            yield from flatten(raw, catalogue, report, here, key, known and right)
        elif right:
            report(here, f"{shown(raw)} stands where a group is; {_holds(key, catalogue)}")


def _correct(
    name: str, group: str, catalogue: Catalogue, here: KeyPath, report: Report, raw: Any
) -> tuple[str | None, bool]:
    """The full key of ``name`` in ``group`` and whether it was right; a wrong one is reported, and mended if it can."""
    key = f"{group}.{name}" if group else name
    if "." not in name and "*" not in name and (catalogue.find(key) or catalogue.is_group(key)):
        return key, True
    if successor := catalogue.successor(key):
        report(here, f"this key is called {successor} now")
        return successor, False
    if group and name in HEADS:
        report(here, f"{name} belongs at the top of the file, before the first [heading]")
        return None, False
    codes = catalogue.entities_of(group)
    if name == "*":
        report(here, f"* stands for no code; write a key for each, such as {codes[0]}" if codes else "unknown key")
        return None, False
    siblings = tuple(other for other in catalogue.members_of(group) if other not in codes)
    if codes and (not siblings or is_country(name) or (isinstance(raw, dict) and not nearest(name, siblings))):
        grouped = name in catalogue.groups.names and not is_country(name)
        nobody = grouped and not catalogue.groups.allowed(name, codes)
        words = f"none of the group {name} is among the codes here: {listed(codes)}" if nobody else ""
        report(here, words or wrong_code(name, codes) + _or_group(name, codes, catalogue))
        code = entity_code(name, codes)
        return (f"{group}.{code}" if code else None), False
    same = [other for other in siblings if stem(other) == stem(name)] if "." not in name else []
    if same:
        report(here, "this quantity is " + " or ".join(_in_unit(group, other, catalogue) for other in same))
        return None, False
    if name in catalogue.recorded and not isinstance(raw, dict):
        report(here, _outcome(name, catalogue))
        return None, False
    near = nearest(name, siblings, most=1, cutoff=0.7)
    corrected = f"{group}.{near[0]}" if near and group else near[0] if near else None
    if corrected and isinstance(raw, dict) and not (catalogue.is_group(corrected) or catalogue.find(corrected)):
        corrected = None
    elsewhere = catalogue.groups_named(name) if corrected is None and isinstance(raw, dict) else ()
    if len(elsewhere) == 1:
        corrected = elsewhere[0]
    report(here, _unknown(key, group, corrected, catalogue))
    return corrected, False


def _outcome(name: str, catalogue: Catalogue) -> str:
    """What to say of a recorded variable that stands where a key does: the keys that move it, levers first."""
    keys = movers(name, catalogue)
    such = f", such as {listed(keys[:3])}" if keys else ""
    return f"{name} is an outcome, which a scenario cannot set; `alliance explain {name}` lists what moves it{such}"


def _or_group(name: str, codes: tuple[str, ...], catalogue: Catalogue) -> str:
    """The group that a wrong code may mean."""
    if is_country(name):
        return ""
    group = catalogue.groups.spelled(name)
    near = [group] if group else nearest(name, catalogue.groups.names, most=1, cutoff=0.7)
    return f"; or write the group {near[0]}" if near and catalogue.groups.allowed(near[0], codes) else ""


def _in_unit(group: str, name: str, catalogue: Catalogue) -> str:
    parameter = catalogue.find(f"{group}.{name}" if group else name)
    return f"in {parameter.unit}: {name}" if parameter else f"a group: {name}"


def _unknown(key: str, group: str, corrected: str | None, catalogue: Catalogue) -> str:
    if corrected:
        return f"unknown key; did you mean {corrected}?"
    if catalogue.find(key) or catalogue.is_group(key):
        return f"unknown key; write {key} without quotes"
    near = catalogue.nearest(tame(key, 200))
    if near:
        return f"unknown key{meant(near)}"
    return (
        f"unknown key; {_holds(group, catalogue)}" if group else f"unknown key; groups are {_names(group, catalogue)}"
    )


def _holds(group: str, catalogue: Catalogue) -> str:
    return f"{group} holds {_names(group, catalogue)}"


def _names(group: str, catalogue: Catalogue) -> str:
    """Names that can follow ``group``; codes of entities are summed up."""
    codes = catalogue.entities_of(group)
    names = [name for name in catalogue.members_of(group) if name not in codes]
    return ", ".join(
        ([listed(names, most=20)] if names else []) + ([f"{entity_noun(codes)}s such as {codes[0]}"] if codes else [])
    )


def movers(variable: str, catalogue: Catalogue) -> list[str]:
    """Keys that declare an effect on a recorded variable; those that are there for scenarios to set come first."""
    found = [each for each in catalogue if variable in map(_moved, (*each.raises, *each.lowers, *each.moves))]
    return [each.key for each in sorted(found, key=lambda each: each.source != LEVER)]


def _moved(effect: str) -> str:
    """The variable in the name of an effect: of ``spread of V``, ``V:ENTITY`` or ``V=LABEL``, V."""
    return effect.removeprefix("spread of ").partition(":")[0].partition("=")[0]


def stem(name: str) -> tuple[str, ...]:
    """A name without the unit at its end: ``size`` for ``size_busd_2021``."""
    words = name.split("_")
    while len(words) > 1 and _UNIT_WORDS.fullmatch(words[-1]):
        words.pop()
    return tuple(words)
