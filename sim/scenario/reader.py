"""From what TOML holds to a value of a parameter, with every fault on the way."""

from __future__ import annotations

import datetime
import re
from typing import Any

from sim.scenario.domains import Choice, Day, Flag, Number
from sim.scenario.faults import FAULT, Fault, Report
from sim.scenario.numbers import NumberReader, is_number
from sim.scenario.parameter import Parameter
from sim.scenario.values import Value, Weights
from sim.text import listed, meant, nearest, shown, tame


def read_value(raw: Any, parameter: Parameter, report: Report) -> Value | Fault:
    """The value that ``raw`` gives ``parameter``. Faults go to ``report`` with the path inside the value."""
    domain = parameter.domain
    if isinstance(domain, Number):
        return NumberReader(parameter, domain, report).read(raw)
    if isinstance(domain, Choice):
        return _choice(raw, domain, report)
    if isinstance(domain, Flag):
        return _flag(raw, report)
    return read_day(raw, report, never=True) if isinstance(domain, Day) else read_text(raw, report)


def read_text(raw: Any, report: Report) -> str | Fault:
    """A text that says something."""
    if isinstance(raw, str) and raw.strip():
        return raw
    report((), f"{shown(raw)} is not a text; write some words in quotes")
    return FAULT


def read_day(raw: Any, report: Report, *, never: bool = False) -> datetime.date | Fault | None:
    """A day; None for "never" where that is allowed."""
    allowed = "write a date such as 2025-06-30" + (', or "never"' if never else "")
    if isinstance(raw, datetime.date) and not isinstance(raw, datetime.datetime):
        return raw
    if never and raw == "never":
        return None
    if never and isinstance(raw, str) and raw.casefold() == "never":
        report((), f'{shown(raw)} is not a date; did you mean "never"?')
    elif isinstance(raw, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", raw):
        report((), f"{shown(raw)} is a text; write the date without quotes: {raw}")
    elif isinstance(raw, datetime.datetime):
        report((), f"a date without time of day is needed: {raw.date().isoformat()}")
    else:
        report((), f"{shown(raw)} is not a date; {allowed}")
    return FAULT


def _flag(raw: Any, report: Report) -> bool | Fault:
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, str) and raw.casefold() in ("true", "false"):
        report((), f"{shown(raw)} is a text; write {raw.casefold()} without quotes")
    else:
        report((), f"{shown(raw)} is not true or false")
    return FAULT


def _choice(raw: Any, domain: Choice, report: Report) -> str | Weights | Fault:
    if isinstance(raw, dict):
        return _weights(raw, domain, report)
    if isinstance(raw, str) and raw in domain.options:
        return raw
    near = nearest(raw, domain.options, most=1) if isinstance(raw, str) else []
    report((), f"{shown(raw)} is not one of {listed(domain.options)}{meant(near)}")
    return FAULT


def _weights(raw: dict[str, Any], domain: Choice, report: Report) -> Weights | Fault:
    if "dist" in raw:
        report((), f"a choice takes weights, not dist; write {{{domain.options[0]} = 0.5, ...}}")
        return FAULT
    faults = 0
    for name, weight in raw.items():
        if name not in domain.options:
            near = nearest(name, domain.options, most=1)
            report((name,), f"{tame(name)} is not one of {listed(domain.options)}{meant(near)}")
        elif not is_number(weight):
            report((name,), f"{shown(weight)} is not a weight; weights are numbers from 0 to 1")
        elif not 0 <= weight <= 1:
            report((name,), f"the weight {shown(weight)} is not between 0 and 1")
        else:
            continue
        faults += 1
    if faults:
        return FAULT
    try:
        return Weights(tuple((name, float(weight)) for name, weight in raw.items()))
    except ValueError as fault:
        report((), str(fault))
        return FAULT
