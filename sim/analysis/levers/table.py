"""The audit as a table: the rows that are stored, the page made of them, and what in them is a fault."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date
from functools import cache
from itertools import groupby
from pathlib import Path

from sim.analysis.levers.effects import CLEAR, ENOUGH, Effect
from sim.model import catalogue
from sim.scenario import Parameter, Rows, Text
from sim.text import brief, signed

COLUMNS = tuple(field.name for field in fields(Effect))
STORED = Path(__file__).with_name("stored.csv")
_NUMBERS = ("change", "standard", "error")


@cache
def stored() -> tuple[Effect, ...]:
    """The audit as it was last made and stored: of each key its largest effect, and those on outcomes with a direction.

    The same tuple each time; it is read once.
    """
    return tuple(read(STORED.read_text(encoding="utf-8")))


def leading(effects: Iterable[Effect]) -> list[Effect]:
    """The largest effect of each lever, largest first; one that is more than noise goes before one that is not."""
    return sorted((_largest(list(group)) for _, group in groupby(effects, lambda effect: effect.key)), key=_order)


def kept(effects: Iterable[Effect]) -> list[Effect]:
    """What the stored table holds of each lever: its largest effect, and those on outcomes with a direction."""
    found: list[Effect] = []
    for _, group in groupby(effects, lambda effect: effect.key):
        all_of_it = list(group)
        most = _largest(all_of_it)
        found += [most, *(effect for effect in all_of_it if effect.expected and effect is not most)]
    return found


def _largest(effects: Sequence[Effect]) -> Effect:
    return min(effects, key=_order)


def _order(effect: Effect) -> tuple[bool, float]:
    return (not effect.moves, -abs(effect.standard))


def faults(effects: Iterable[Effect], parameters: Iterable[Parameter] | None = None) -> list[str]:
    """Keys of the catalogue (or of ``parameters``) that the audit does not hold, that move nothing, or the wrong way.

    A key that is declared reported only may move nothing. Keys that hold rows or a text have no range to cross.
    """
    by_key: dict[str, list[Effect]] = {}
    for effect in effects:
        by_key.setdefault(effect.key, []).append(effect)
    told: list[str] = []
    for parameter in catalogue() if parameters is None else parameters:
        if isinstance(parameter.domain, Rows | Text):
            continue
        found = by_key.get(parameter.key, [])
        if not found and not parameter.reported_only:
            told.append(f"{parameter.key} is not tried: it needs a range")
        elif not parameter.reported_only and not any(effect.moves for effect in found):
            most = _largest(found)
            told.append(
                f"{parameter.key} moves nothing by {ENOUGH} standard deviations: at most {most.outcome} by "
                f"{most.standard:+.3f} ({most.error:.3f}) in {most.scenario}"
            )
        told += [
            f"{effect.key} {effect.expected} {effect.outcome}, it says, and moves it by {effect.standard:+.3f} "
            f"({effect.error:.3f}) in {effect.scenario}"
            for effect in found
            if effect.verdict == "wrong way"
        ]
    return told


def csv_text(effects: Iterable[Effect]) -> str:
    """The effects as CSV, a row for each."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([_cell(effect, name) for name in COLUMNS] for effect in effects)
    return file.getvalue()


def _cell(effect: Effect, name: str) -> str:
    value = getattr(effect, name)
    return f"{value:.4g}" if name in _NUMBERS else str(value)


def read(text: str) -> list[Effect]:
    """Inverse of `csv_text`, to four digits."""
    return [_effect(row) for row in csv.DictReader(io.StringIO(text))]


def _effect(row: Mapping[str, str]) -> Effect:
    numbers = {name: float(row[name]) for name in _NUMBERS}
    texts = {name: row[name] for name in COLUMNS if name not in (*_NUMBERS, "day")}
    return Effect(**texts, day=date.fromisoformat(row["day"]), **numbers)  # type: ignore[arg-type]


HEADS = ("key", "kind", "tried over", "in", "outcome", "from", "to", "effect", "unit", "in sd", "on", "theory", "seen")


def rows(effects: Iterable[Effect]) -> list[tuple[str, ...]]:
    """The table of the page under `HEADS`: levers by their largest effect, each with its directions below."""
    by_key: dict[str, list[Effect]] = {}
    for effect in effects:
        by_key.setdefault(effect.key, []).append(effect)
    ordered = sorted(by_key.values(), key=lambda found: _order(_largest(found)))
    return [_row(effect) for found in ordered for effect in sorted(found, key=_order)]


def _row(effect: Effect) -> tuple[str, ...]:
    parameter = catalogue().find(effect.key)
    assert parameter is not None
    seen = effect.verdict or ("" if effect.moves else "nothing clear")
    return (
        f"`{effect.key}`", parameter.kind, effect.tried, effect.scenario, f"`{effect.outcome}`", effect.low,
        effect.high, brief(effect.change, sign=True), effect.unit, signed(effect.standard, 0.01),
        effect.day.isoformat(), effect.expected, seen,
    )  # fmt: skip


__all__ = ["CLEAR", "COLUMNS", "HEADS", "csv_text", "faults", "kept", "leading", "read", "rows"]
