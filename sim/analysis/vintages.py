"""What the facts behind a variable were, and of which publication, on the day a run starts."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date
from functools import cache


@dataclass(frozen=True, slots=True)
class Vintage:
    """A table as a day could see it: its publications, keys of SOURCES.md, rows, and how many rows are weak."""

    table: str
    vintages: tuple[str, ...]
    sources: tuple[str, ...]
    rows: int
    stand_ins: int
    recalled: int


@cache
def vintage(table: str, known: date) -> Vintage:
    """The rows of ``table`` known on a day, by publication."""
    from sim.facts.tables import folder

    text = (folder() / f"{table}.csv").read_text("utf-8")
    rows = [row for row in csv.DictReader(io.StringIO(text)) if date.fromisoformat(row["known_on"]) <= known]
    return Vintage(
        table=table,
        vintages=tuple(sorted({row["vintage"] for row in rows if row["vintage"]})),
        sources=tuple(sorted({key for row in rows for key in row["source"].split("+") if key})),
        rows=len(rows),
        stand_ins=sum(row["stand_in"] == "1" for row in rows),
        recalled=sum(row["recalled"] == "1" for row in rows),
    )
