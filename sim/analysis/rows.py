"""The tables a comparison writes, one row per outcome, scenario and date, and each row in plain words."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from sim.scenario.entities import entity_name
from sim.text import difference, quantity, runs_of_100

LEVEL = 0.05
# Where fewer runs differ, the spread of the differences, and so what could have been found, rests on a handful.
MOSTLY_EQUAL = 0.99


@dataclass(frozen=True, slots=True)
class Row:
    """One line of ``differences.csv``; probabilities in [0, 1], everything else in ``unit``.

    ``mean_difference`` is scenario minus baseline with its 95% interval ``low`` to ``high`` (``method`` says how it is
    made): the precision of the simulation, not of the world. ``standardised`` is that difference in the outcome's own
    scale: standard deviations of the baseline's runs, or Cohen's h for a probability. ``p_higher`` is
    P(scenario > baseline) over pairs of runs. ``p_adjusted`` is Holm's p-value over all rows of the date.
    ``detectable`` is the smallest difference that these runs would have shown in four of five cases.
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
    standardised: float
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
        entries = {key: None if value != value else value for key, value in asdict(self).items()}
        return {**entries, "sentence": self.sentence}


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


def sentence(row: Row) -> str:
    """One row in words: when, who against whom, and the finding."""
    return f"{row.date}, {row.scenario} against {row.baseline}. {finding(row)}"


def finding(row: Row) -> str:
    """What the row shows: in how many runs, by how much, how surely; or that nothing could be shown."""
    what = f"{row.long_name} ({entity_name(row.entity)})" if row.entity else row.long_name
    if row.pairs_used == 0:
        return f"{what}: no value to compare."
    if row.p_equal == 1 and not row.conditional:
        return f"{what}: the same in all {row.pairs_used:,} runs."
    if not row.p_adjusted < LEVEL:
        return f"{what}: {_nothing_shown(row)}."
    return f"{what}: {_chance(row) if row.kind in ('probability', 'label') else _amount(row)}."


def shown(row: Row) -> bool:
    """Whether the row shows a difference after adjusting for everything compared at its date."""
    return bool(row.p_adjusted < LEVEL) and row.mean_difference != 0


def _amount(row: Row) -> str:
    up = row.mean_difference > 0
    most, other = (row.p_higher, row.p_lower) if up else (row.p_lower, row.p_higher)
    words = ("longer", "shorter") if row.kind == "wait" else ("higher", "lower")
    word, opposite = words if up else words[::-1]
    nouns = ("pair of runs", "pairs of runs") if row.conditional else ("run", "runs")
    against = f", {opposite} in {_bare(other, *nouns)}" if other >= 0.005 else ""
    sign = 1 if up else -1
    low, high = sorted((row.low * sign, row.high * sign))
    error = max((high - low) / 2, abs(row.mean_difference) / 1000)
    size = difference(quantity(row.mean_difference * sign, error), row.unit)
    span = f"{quantity(low, error)} to {quantity(high, error)}"
    return f"{word} in {runs_of_100(most, *nouns)}{against}; by {size} on average ({span})"


def _chance(row: Row) -> str:
    up = row.mean_difference > 0
    sign = 100 if up else -100
    low, high = sorted((row.low * sign, row.high * sign))
    then = _bare(row.baseline_mean)
    return (
        f"in {runs_of_100(row.scenario_mean)} rather than {then if then[0].isdigit() else f'in {then}'}; "
        f"{row.mean_difference * sign:.1f} {'more' if up else 'fewer'} of 100 ({low:.1f} to {high:.1f})"
    )


def _bare(share: float, one: str = "run", many: str = "runs") -> str:
    """The share without repeating what it is of: ``30`` for ``30 of 100 runs``."""
    text = runs_of_100(share, one, many)
    return text.removesuffix(f" of 100 {many}") if text[0].isdigit() else text


def _nothing_shown(row: Row) -> str:
    runs = f"{row.pairs_used:,} runs"
    if row.conditional:
        runs = f"{row.baseline_runs:,} and {row.scenario_runs:,} runs"
    text = f"no difference could be shown with {runs}"
    if not row.conditional and row.p_equal > MOSTLY_EQUAL:
        return f"{text}: the same in more than 99 of 100"
    if not row.detectable > 0:
        return text
    if row.kind in ("probability", "label"):
        limit = f"{quantity(row.detectable * 100, row.detectable * 10)} of 100 runs"
    else:
        limit = difference(quantity(row.detectable, row.detectable / 10), row.unit)
    return f"{text}; {limit} would have been found in four of five cases"
