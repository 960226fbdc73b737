"""The tables a comparison writes: one row per outcome, scenario and date; one per changed input and scenario."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from sim.analysis.wording import finding, sentence, shown


@dataclass(frozen=True, slots=True)
class Row:
    """One line of ``differences.csv``; probabilities in [0, 1], everything else in ``unit``.

    ``mean_difference`` is scenario minus baseline with its 95% interval ``low`` to ``high`` (``method`` says how it is
    made): the precision of the simulation, not of the world. ``p_higher`` is P(scenario > baseline) over pairs of
    runs. ``p_adjusted`` is Holm's p-value over all rows of the date. ``detectable`` is the smallest difference that
    these runs would have shown in four of five cases.
    """

    variable: str
    entity: str
    long_name: str
    date: str
    unit: str
    price_basis: str
    kind: str
    baseline: str
    scenario: str
    baseline_q05: float
    baseline_q50: float
    baseline_q95: float
    baseline_mean: float
    scenario_q05: float
    scenario_q50: float
    scenario_q95: float
    scenario_mean: float
    mean_difference: float
    low: float
    high: float
    p_higher: float
    p_lower: float
    p_equal: float
    p_value: float
    p_adjusted: float
    detectable: float
    pairs_used: int
    pairs_dropped: int
    baseline_runs: int
    scenario_runs: int
    method: str
    conditional: bool

    @property
    def sentence(self) -> str:
        """The row in plain words: date, scenarios, finding."""
        return sentence(self)

    @property
    def finding(self) -> str:
        """The row in plain words without date and scenarios, to stand beside a figure that names them."""
        return finding(self)

    @property
    def shown(self) -> bool:
        """Whether the row shows a difference after Holm's adjustment."""
        return shown(self)

    def to_dict(self) -> dict[str, Any]:
        """Field names and values and the sentence; missing numbers as None (JSON has no NaN)."""
        told = {key: None if value != value else value for key, value in asdict(self).items()}
        return {**told, "sentence": self.sentence}


@dataclass(frozen=True, slots=True)
class InputRow:
    """One line of ``inputs.csv``: a changed input as one scenario has it."""

    key: str
    meaning: str
    unit: str
    kind: str
    depends_on: bool
    scenario: str
    value: str
    origin: str
    source: str

    def to_dict(self) -> dict[str, Any]:
        """Field names and values."""
        return asdict(self)


ROW_COLUMNS = (*(field.name for field in fields(Row)), "sentence")
INPUT_COLUMNS = tuple(field.name for field in fields(InputRow))


def csv_text(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """Rows as CSV text; numbers in full (they read back bit for bit), missing ones empty, truth as 0/1."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({key: _cell(row[key]) for key in columns})
    return text.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    return "" if value is None else value
