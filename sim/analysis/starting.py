"""A new scenario file to begin with: it checks clean as it is, and shows what people change most."""

from __future__ import annotations

import datetime
import textwrap
from collections import Counter
from pathlib import Path
from typing import Any

from sim.analysis.branches import extends_text, value_text
from sim.limits import LONGEST_LABEL
from sim.loading import load
from sim.model import DEFAULT_START, catalogue
from sim.scenario import Dated, Distribution, Given, Number, Parameter, Row, Scenario, Table, Value, Weights
from sim.scenario.acting import too_early
from sim.shipped import find_scenario, shipped_names


def new_scenario(path: Path, parent: str | Path = "baseline") -> str:
    """Text of a scenario file for ``path`` that extends ``parent`` and changes nothing yet.

    The keys that the shipped scenarios set stand in it as comments, with their meaning, what they accept and the value
    that holds in ``parent``; without its ``#`` each line is right as well.

    Raises:
        InputError: there is no such parent, or it has mistakes.
    """
    file = find_scenario(parent)
    built_on = extends_text(file, path.parent)
    scenario = load(file)
    title = path.stem.replace("_", " ").strip().capitalize() or "My scenario"
    lines = [
        "# A scenario says what it changes; all else comes from the file it extends, the facts and the defaults.",
        f"# `alliance check {path.name}` tells every mistake, `alliance explain KEY` what a key means,",
        f"# `alliance run {path.name}` simulates it, `alliance compare {built_on} {path.name}` says what it changes.",
        f"title = {value_text(title)}",
        f"label = {value_text(title[:LONGEST_LABEL].strip())}  # short, for legends and tables",
        'description = "Say here what this scenario assumes, and why."',
        'references = ["Name here the sources of its assumptions."]',
        f"extends = {value_text(built_on)}",
        f"# start = {scenario.start}  # the day from which it is simulated, with the facts known by then",
        f"# end = {scenario.end}",
        "",
        "# What people change most, with the values of the file it extends. Take away the # of a line to change it.",
    ]
    keys = usual_keys(scenario)
    for key in keys:
        lines += _commented(key, scenario.values[key])
    day = min(scenario.start + datetime.timedelta(days=180), scenario.end)
    # An election is no example: by the day of the event it may be over.
    changing = next(key for key in keys if not _parameter(key).at_start and not key.startswith("us.elections."))
    lines += [
        "",
        "# An event changes values on a day, until another if you like, and in a share of the runs if you like.",
        "# [[events]]",
        f"# date = {day}",
        '# name = "What happens"',
        "# probability = 0.5",
        f"# set = {{ {changing} = {value_text(as_toml(scenario.values[changing].value))} }}",
    ]
    return "\n".join(lines) + "\n"


def usual_keys(scenario: Scenario) -> list[str]:
    """Keys that shipped scenarios of the same start set and ``scenario`` has a value for, the most often set first.

    Where no more than one is shipped of that start, those of the usual start count.
    """
    shipped_all = [load(name) for name in shipped_names()]
    of_start = Counter(shipped.start for shipped in shipped_all)
    day = scenario.start if of_start[scenario.start] > 1 else DEFAULT_START
    alike = [shipped for shipped in shipped_all if shipped.start == day]
    often = Counter(
        key
        for shipped in alike
        for key, given in shipped.settings.items()
        if Path(given.origin.file).stem == shipped.name
    )
    order = [parameter.key for parameter in catalogue()]
    years = {key: catalogue().election_of(key) for key in often if key in scenario.values}
    keys = [key for key, year in years.items() if year is None or not too_early(year, scenario.start, None)]
    return sorted(keys, key=lambda key: (-often[key], order.index(_parameter(key).key)))


def _parameter(key: str) -> Parameter:
    parameter = catalogue().find(key)
    assert parameter is not None, key
    return parameter


def _commented(key: str, given: Given) -> list[str]:
    parameter = _parameter(key)
    unit = f"; unit: {parameter.unit}" if isinstance(parameter.domain, Number) else ""
    meaning = (
        f"{parameter.meaning[:1].upper()}{parameter.meaning[1:].rstrip('.')}: {parameter.domain.describe()}{unit}."
    )
    return ["", *(f"# {line}" for line in textwrap.wrap(meaning, 110)), f"# {key} = {value_text(as_toml(given.value))}"]


def _row(row: Row) -> dict[str, Any]:
    return {column: list(cell) if isinstance(cell, tuple) else cell for column, cell in row.cells}


def as_toml(value: Value) -> Any:
    """A value as TOML holds it: a number, a text, a date, or a table of a distribution, of weights or of dates."""
    if value is None:
        return "never"
    if isinstance(value, Weights):
        return dict(value.items)
    if isinstance(value, Dated):
        return {"how": value.how, **{day.isoformat(): as_toml(number) for day, number in value.points}}
    if isinstance(value, Table):
        return [_row(row) for row in value.rows]
    if not isinstance(value, Distribution):
        return value
    if value.is_fixed:
        number = value["value"]
        return int(number) if number.is_integer() else number
    if value.family == "discrete":
        numbers, weights = zip(*value.atoms(), strict=True)
        written = {"dist": "discrete", "values": list(numbers)}
        return written if len(set(weights)) == 1 else {**written, "weights": list(weights)}
    return {"dist": value.family, **dict(value.args)}
