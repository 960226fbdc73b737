"""A finished picture with its words and its numbers."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.text import cell

if TYPE_CHECKING:
    from matplotlib.figure import Figure


NOTEBOOK_DPI = 110


class Row(NamedTuple):
    """One drawn number or fan point.

    ``kind`` is ``runs`` (quantiles over runs), ``share`` (share of runs, 0 to 1, in ``value``), ``reported`` (history),
    ``since`` (reported after the start), ``level`` (a line such as a target) or ``statement`` (a number of the
    sentence, with the condition in ``note``).
    ``date`` is an ISO day, or a year for yearly quantities that stand for a whole year.
    """

    scenario: str = ""
    panel: str = ""
    variable: str = ""
    entity: str = ""
    date: str = ""
    kind: str = ""
    q05: float | None = None
    q25: float | None = None
    q50: float | None = None
    q75: float | None = None
    q95: float | None = None
    value: float | None = None
    unit: str = ""
    price_basis: str = ""
    note: str = ""


@dataclass(frozen=True)
class Table:
    """The numbers behind a picture, in the order drawn."""

    rows: tuple[Row, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Column names, as in the CSV's first line."""
        return Row._fields

    def csv(self) -> str:
        """The table as CSV text: one header line, seven significant digits, empty where a column does not apply."""
        return self._csv

    @cached_property
    def _csv(self) -> str:
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(self.columns)
        for row in self.rows:
            writer.writerow([cell(_cell(value)) for value in row])
        return out.getvalue()


@dataclass(frozen=True)
class Provenance:
    """What made a picture, carried inside svg, png and pdf so that it can be checked and made again.

    ``baseline`` is what a comparison compares with and ``by`` the key by which it split one ensemble; else empty.
    ``editions``: the publications that the start rests on. ``without``: what made the picture where no scenario did.
    """

    scenarios: tuple[str, ...]
    hashes: tuple[str, ...]
    seed: int
    runs: int
    version: str
    facts: str
    command: str
    figure: str = ""
    size: str = "page"
    baseline: str = ""
    by: str = ""
    editions: str = ""
    without: str = "Back-test"

    def to_json(self, table: Table) -> str:
        """One line of JSON, with the sha256 of the CSV so that edited numbers show."""
        body: dict[str, Any] = {
            "figure": self.figure,
            "size": self.size,
            "scenarios": dict(zip(self.scenarios, self.hashes, strict=True)),
            "seed": self.seed,
            "runs": self.runs,
            "version": self.version,
            "facts": self.facts,
            "command": self.command,
            "numbers_sha256": hashlib.sha256(table.csv().encode()).hexdigest(),
        }
        body |= {
            key: text
            for key, text in (("baseline", self.baseline), ("by", self.by), ("editions", self.editions))
            if text
        }
        return json.dumps(body, ensure_ascii=True, separators=(",", ":"))

    def footer(self) -> str:
        """The line under every figure: scenario, seed, number of runs, version, data vintage."""
        many = "Scenarios" if len(self.scenarios) > 1 else "Scenario"
        parts = [
            f"{many}: {', '.join(self.scenarios)}" if self.scenarios else self.without,
            f"seed {self.seed}",
            f"{self.runs:,} {'run' if self.scenarios else 'draw'}{'' if self.runs == 1 else 's'}",
            f"alliance {self.version}",
        ]
        if self.facts:
            parts.append(f"facts {self.facts[:8]}")
        if self.editions:
            parts.append(self.editions)
        return " · ".join(parts)


class Frame(NamedTuple):
    """One panel as drawn: its heading, its variable, where it lies and what its axes show.

    ``box`` is (left, bottom, width, height) in centimetres at page scale, ``times`` the first and last place on
    the time axis in decimal years, ``values`` the lowest and highest mark of the value axis.
    """

    heading: str
    variable: str
    box: tuple[float, float, float, float]
    times: tuple[float, float]
    values: tuple[float, float]


@dataclass(frozen=True)
class Drawing:
    """A figure with its title, its plain sentence, its text alternative, its numbers and its panels."""

    figure: Figure
    title: str
    sentence: str
    alt: str
    table: Table
    provenance: Provenance
    frames: tuple[Frame, ...] = ()

    def __repr__(self) -> str:
        return f"Drawing({self.title!r}, {len(self.table.rows):,} numbers)"

    def _repr_png_(self) -> bytes:
        """The picture as a notebook shows it; `export` writes it with its origin inside."""
        content = io.BytesIO()
        self.figure.savefig(content, format="png", dpi=NOTEBOOK_DPI)
        return content.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return format(value, ".7g")
    return str(value)
