"""What differs in the inputs, as the page shows it and as the file it offers."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import groupby

from sim.analysis import INPUT_COLUMNS, Comparison, InputRow, csv_text
from sim.figures.report.downloads import Download, csv_download

MOST_NAMED = 3
_FROM_ROOT = re.compile(r"(?:^|(?<=; ))(?:[A-Za-z]:)?[/\\\\][^;]*[/\\\\](?=[^/\\\\;]+[/\\\\][^/\\\\;]+)")


@dataclass(frozen=True, slots=True)
class Setting:
    """A value of a changed input with its origin and source, and the scenarios that have it.

    ``others`` says that they are all that were not named before, too many to name again.
    """

    scenarios: tuple[str, ...]
    value: str
    origin: str
    source: str
    others: bool = False


def changed(comparison: Comparison) -> list[tuple[InputRow, list[Setting]]]:
    """The changed inputs, each described by its first row, with its different settings."""
    return [_settings(list(rows)) for _, rows in groupby(_rows(comparison), key=lambda row: row.key)]


def inputs_download(comparison: Comparison) -> Download:
    """The same as a CSV, one row per input and scenario."""
    return csv_download("inputs.csv", csv_text([row.to_dict() for row in _rows(comparison)], INPUT_COLUMNS))


def short_origin(origin: str) -> str:
    """An origin without the folders of the machine: a report travels, and they say nothing to who reads it."""
    return _FROM_ROOT.sub("", origin)


def _rows(comparison: Comparison) -> list[InputRow]:
    return [replace(row, origin=short_origin(row.origin)) for row in comparison.input_rows()]


def _settings(rows: list[InputRow]) -> tuple[InputRow, list[Setting]]:
    found: dict[tuple[str, str, str], list[str]] = {}
    for row in rows:
        found.setdefault((row.value, row.origin, row.source), []).append(row.scenario)
    settings = [Setting(tuple(names), *told) for told, names in found.items()]
    most = max(settings, key=lambda one: len(one.scenarios))
    if len(most.scenarios) > MOST_NAMED:
        settings = [one for one in settings if one is not most] + [replace(most, others=True)]
    return rows[0], settings
