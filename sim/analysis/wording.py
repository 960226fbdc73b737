"""Plain sentences, each made from the very numbers that stand in its row of the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.analysis.table import Row

LEVEL = 0.05
_POINTS = {
    "% of GDP": "percentage points of GDP",
    "% of NATO total": "percentage points of the NATO total",
    "% of defence expenditure": "percentage points of defence expenditure",
}


def sentence(row: Row) -> str:
    """One row in words: who, when, in how many runs, by how much, how surely; or that nothing could be shown."""
    what = f"{row.long_name} ({row.entity})" if row.entity else row.long_name
    opening = f"{row.date}, {row.scenario} against {row.baseline}: "
    if row.pairs_used == 0:
        return opening + f"{what} has no value to compare."
    if row.p_equal == 1 and not row.conditional:
        return opening + f"{what} is the same in all {row.pairs_used:,} runs."
    if not row.p_adjusted < LEVEL:
        return opening + _nothing_shown(what, row)
    return opening + (_chance(what, row) if row.kind in ("probability", "label") else _amount(what, row))


def shown(row: Row) -> bool:
    """Whether the row shows a difference after adjusting for everything compared."""
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


def _amount(what: str, row: Row) -> str:
    up = row.mean_difference > 0
    most, other = (row.p_higher, row.p_lower) if up else (row.p_lower, row.p_higher)
    word, opposite = ("higher", "lower") if up else ("lower", "higher")
    if row.kind == "wait":
        word, opposite = ("longer", "shorter") if up else ("shorter", "longer")
    nouns = ("pair of runs", "pairs of runs") if row.conditional else ("run", "runs")
    against = f" and {opposite} in {runs_of_100(other, *nouns)}" if other >= most else ""
    return f"{what} is {word} in {runs_of_100(most, *nouns)}{against}; on average by {_interval(row, 1 if up else -1)}."


def _chance(what: str, row: Row) -> str:
    up = row.mean_difference > 0
    word = "more" if up else "fewer"
    sign = 100 if up else -100
    low, high = sorted((row.low * sign, row.high * sign))
    return (
        f"{what} in {runs_of_100(row.scenario_mean)} rather than {_bare(row.baseline_mean)}: "
        f"{row.mean_difference * sign:.1f} {word} of 100 ({low:.1f} to {high:.1f})."
    )


def _bare(share: float) -> str:
    text = runs_of_100(share)
    return text.removesuffix(" of 100 runs") if text[0].isdigit() else f"in {text}"


def _nothing_shown(what: str, row: Row) -> str:
    runs = f"{row.pairs_used:,} runs"
    if row.conditional:
        runs = f"{row.baseline_runs:,} and {row.scenario_runs:,} runs"
    scale, unit = (100.0, "of 100 runs") if row.kind in ("probability", "label") else (1.0, _unit(row.unit))
    limit = ""
    if row.detectable > 0:
        size = row.detectable * scale
        limit = f"; {quantity(size, size / 10)} {unit} would have been found in four of five cases"
    return f"no difference could be shown with {runs} in {what}{limit}."


def _interval(row: Row, sign: int) -> str:
    low, high = sorted((row.low * sign, row.high * sign))
    error = max((high - low) / 2, abs(row.mean_difference) / 1000)
    mean, low_text, high_text = (quantity(value, error) for value in (row.mean_difference * sign, low, high))
    return f"{mean} {_unit(row.unit)} ({low_text} to {high_text})"


def _unit(unit: str) -> str:
    return _POINTS.get(unit, unit)
