"""Plain sentences, each made from the very numbers that stand in its row of the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.analysis.table import Row

LEVEL = 0.05
# Where fewer runs differ, the spread of the differences, and so what could have been found, rests on a handful.
MOSTLY_EQUAL = 0.99
_POINTS = {
    "% of GDP": "percentage points of GDP",
    "% of NATO total": "percentage points of the NATO total",
    "% of defence expenditure": "percentage points of defence expenditure",
}


def sentence(row: Row) -> str:
    """One row in words: when, who against whom, and the finding."""
    return f"{row.date}, {row.scenario} against {row.baseline}. {finding(row)}"


def finding(row: Row) -> str:
    """What the row shows: in how many runs, by how much, how surely; or that nothing could be shown."""
    what = f"{row.long_name} ({row.entity})" if row.entity else row.long_name
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


def runs_of_100(share: float, one: str = "run", many: str = "runs") -> str:
    """A share of runs as ``83 of 100 runs``, never rounding a few away: ``every run``, ``more than 99 of 100 runs``."""
    if share >= 1:
        return f"every {one}"
    if share <= 0:
        return f"no {one}"
    if share > 0.995:
        return f"more than 99 of 100 {many}"
    if share < 0.005:
        return f"fewer than 1 of 100 {many}"
    return f"{share * 100:.0f} of 100 {many}"


def quantity(number: float, error: float) -> str:
    """A number to the first digit that its ``error`` leaves standing."""
    digits, size = 0, abs(error)
    while 0 < size < 1 and digits < 6:
        size, digits = size * 10, digits + 1
    return f"{number:,.{digits}f}"


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
    size = with_unit(quantity(row.mean_difference * sign, error), row.unit)
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
        limit = with_unit(quantity(row.detectable, row.detectable / 10), row.unit)
    return f"{text}; {limit} would have been found in four of five cases"


def with_unit(number: str, unit: str) -> str:
    """A difference with its unit: ``USD 10 bn``, ``0.2 percentage points of GDP``, ``0.16 points of the index``."""
    if unit.startswith(("USD ", "EUR ")):
        return f"{unit[:3]} {number} {unit[4:]}"
    if unit.startswith("index"):
        return f"{number} points of the index"
    return f"{number} {_POINTS.get(unit, unit)}"
