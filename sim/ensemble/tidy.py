"""``summary.csv``: one row per variable, entity and date, for spreadsheets."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sim.ensemble.statistics import Statistics
    from sim.model import Axes, Variable

COLUMNS = ("scenario", "variable", "entity", "date", "mean", "sd", "q05", "q25", "q50", "q75", "q95", "unit",
           "price_basis")  # fmt: skip
# Seven digits are what float32 holds, and keep numbers below ten million free of exponents.
NUMBER = "%.7g"
STATISTICS = ",".join([NUMBER] * 7)
SHARE = f"{NUMBER},,,,,,"


def text(scenario: str, variables: Sequence[Variable], axes: Axes, statistics: Mapping[str, Statistics]) -> bytes:
    """The whole file, UTF-8.

    A byte order mark leads only if some text is beyond ASCII (a scenario's name, say): spreadsheets need it then, and
    other readers are spared it otherwise.
    """
    lines = [_joined(COLUMNS)]
    for variable in variables:
        lines += _lines(scenario, variable, axes, statistics[variable.name])
    return _encoded(lines)


def renamed(content: bytes, scenario: str) -> bytes:
    """The same file as `text` makes it for another scenario name."""
    lines = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    return _encoded([_joined(next(lines)), *(_joined((scenario, *cells[1:])) for cells in lines)])


def _encoded(lines: Sequence[str]) -> bytes:
    """Lines as the bytes of the file."""
    whole = "\n".join(lines) + "\n"
    return whole.encode("utf-8" if whole.isascii() else "utf-8-sig")


def _lines(scenario: str, variable: Variable, axes: Axes, statistics: Statistics) -> Iterator[str]:
    """The rows of one variable: entity by entity, in time. A labelled variable has a row per label, with its share."""
    dates = [day.isoformat() for day in axes.dates(variable.every)]
    entities: Sequence[str] = axes.codes(variable.entity) or ("",)
    if statistics.shares is not None:
        table, form, entities, unit = statistics.shares[..., None], SHARE, variable.labels, "share of runs"
    else:
        table, form, unit = _table(statistics), STATISTICS, variable.unit
    tail = _joined((unit.replace("²", "2"), variable.price_basis))
    for index, entity in enumerate(entities):
        head = _joined((scenario, variable.name, entity))
        rows = table.reshape(len(dates), len(entities), -1)[:, index].tolist()
        for day, row in zip(dates, rows, strict=True):
            yield f"{head},{day},{form % tuple(row)},{tail}"


def _table(statistics: Statistics) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Mean, sd and quantiles side by side on the last axis."""
    assert statistics.mean is not None
    assert statistics.sd is not None
    assert statistics.quantiles is not None
    return np.concatenate([statistics.mean[..., None], statistics.sd[..., None], statistics.quantiles], axis=-1)


def _joined(cells: Sequence[str]) -> str:
    """Cells as CSV, quoted where needed, without a line end."""
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(cells)
    return out.getvalue()


def rows(content: bytes) -> list[dict[str, str | float | None]]:
    """The rows of a file's ``content``: texts as they are, figures as floats, None where there is none."""
    answer: list[dict[str, str | float | None]] = []
    for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")):
        figures = {name: float(row[name]) if row[name] else None for name in COLUMNS[4:11]}
        answer.append({name: figures[name] if name in figures else row[name] for name in COLUMNS})
    return answer
