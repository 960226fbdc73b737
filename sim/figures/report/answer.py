"""The answer in three sentences, made from the rows of the headline table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sim.analysis import Comparison, Row
from sim.analysis.wording import quantity, runs_of_100, with_unit
from sim.figures.report.numbers import day_told, is_share, outcome_name
from sim.figures.report.outcomes import grouped, same_everywhere

MOST_SCENARIOS = 3
MOST_NAMES = 3


def answer(comparison: Comparison, titles: Mapping[str, str]) -> tuple[str, str, str]:
    """What changes most, what comes next, and what could not be shown and what all of it hangs on."""
    shown = ranked(comparison)
    base = titles[comparison.names[comparison.baseline]]
    return (
        _first(comparison, shown, titles, base),
        _second(comparison, shown, titles),
        _third(comparison, shown),
    )


def ranked(comparison: Comparison) -> list[list[Row]]:
    """Outcomes with a difference shown, most striking first; each as its rows at one date, largest first."""
    groups = [[row for row in rows if row.shown] for rows in comparison.ranked()]
    return [sorted(rows, key=lambda row: -abs(row.mean_difference)) for rows in groups if rows]


def repeats(row: Row, told: Iterable[Row]) -> bool:
    """Whether ``told`` has a row of the same variable and scenario that goes the same way.

    Less aid of the United States and less aid in all say one thing; less of theirs and more of Europe's say two.
    """
    up = row.mean_difference > 0
    return any(
        (one.variable, one.scenario, one.mean_difference > 0) == (row.variable, row.scenario, up) for one in told
    )


def change(row: Row, *, with_words: bool = True) -> tuple[str, str]:
    """A mean difference in words and, for brackets, its interval and in how many runs.

    Without ``with_words`` the amount is a bare number, to follow another of the same direction and unit.
    """
    up = row.mean_difference > 0
    scale = (100.0 if is_share(row) else 1.0) * (1 if up else -1)
    low, high = sorted((row.low * scale, row.high * scale))
    mean = row.mean_difference * scale
    error = 0.1 if is_share(row) else max((high - low) / 2, mean / 1000)
    amount, span = quantity(mean, error), f"{quantity(low, error)} to {quantity(high, error)}"
    if is_share(row):
        told = f"{amount} {_word(row)} of 100 runs" if with_words else f"{amount} {_word(row)}"
        return told, f"{span}; in {100 * row.scenario_mean:.1f} rather than {100 * row.baseline_mean:.1f}"
    nouns = ("pair of runs", "pairs of runs") if row.conditional else ("run", "runs")
    where = runs_of_100(row.p_higher if up else row.p_lower, *nouns)
    told = f"{_word(row)} on average by {with_unit(amount, row.unit)}" if with_words else f"by {amount}"
    return told, f"{span}; {_word(row)} in {where}"


def _word(row: Row) -> str:
    up = row.mean_difference > 0
    if is_share(row):
        return "more" if up else "fewer"
    if row.kind == "wait":
        return "longer" if up else "shorter"
    return "higher" if up else "lower"


def listed(names: Sequence[str], most: int = MOST_NAMES) -> str:
    """``A, B and C``, or ``A, B, C and 4 more``."""
    kept = list(names[:most])
    if len(names) > most:
        kept.append(f"{len(names) - most} more")
    return kept[0] if len(kept) == 1 else f"{', '.join(kept[:-1])} and {kept[-1]}"


def _first(comparison: Comparison, shown: list[list[Row]], titles: Mapping[str, str], base: str) -> str:
    everything = grouped(comparison)
    if not everything:
        return f"Nothing could be compared with “{base}”, because the scenarios share no date."
    if not shown:
        if all(same_everywhere(row) for rows in everything for row in rows):
            return f"Every outcome is the same as under “{base}” in every run."
        return f"No difference from “{base}” could be shown in any of the {len(everything)} outcomes compared."
    row = shown[0][0]
    return f"By {day_told(row.date)}, what differs most from “{base}” is {_told(shown[0], titles)}."


def _second(comparison: Comparison, shown: list[list[Row]], titles: Mapping[str, str]) -> str:
    count = len(grouped(comparison))
    if not shown:
        return f"This rests on {_runs(comparison)}, and the table below says which differences would have been found."
    rest = [rows for rows in shown[1:] if not all(repeats(row, shown[0]) for row in rows)]
    if not rest:
        others = count - 1
        return f"In the other {others} outcomes compared no separate difference stands out." if others else (
            f"This was the only outcome compared, with {_runs(comparison)}."
        )  # fmt: skip
    return f"Next comes {_told(rest[0], titles)}."


def _third(comparison: Comparison, shown: list[list[Row]]) -> str:
    known = {(rows[0].variable, rows[0].entity) for rows in shown}
    silent = [
        outcome_name(rows[0])
        for rows in grouped(comparison)
        if (rows[0].variable, rows[0].entity) not in known and not all(map(same_everywhere, rows))
    ]
    start = f"No difference could be shown in {_quoted(silent)}; all" if silent and shown else "All"
    if comparison.conditional:
        return f"{start} of this comes from sorting the runs of one scenario, not from changing a cause."
    keys = list(dict.fromkeys(key for name in comparison.names for key in comparison.depends_on(name)))
    hangs = f", and it depends on inputs that no data settle ({listed(keys)})" if keys else ""
    return f"{start} of this is conditional on the scenarios and not a forecast{hangs}."


def _quoted(names: Sequence[str]) -> str:
    return listed([f"“{name}”" for name in names])


def _told(rows: list[Row], titles: Mapping[str, str]) -> str:
    parts: list[str] = []
    for place, row in enumerate(rows[:MOST_SCENARIOS]):
        fresh = place == 0 or _word(row) != _word(rows[place - 1])
        amount, inside = change(row, with_words=fresh)
        parts.append(f"{amount} under “{titles[row.scenario]}” ({inside})")
    if len(rows) > MOST_SCENARIOS:
        parts.append(f"otherwise under {len(rows) - MOST_SCENARIOS} more (see the table)")
    return f"“{outcome_name(rows[0])}”: {listed(parts, most=len(parts))}"


def _runs(comparison: Comparison) -> str:
    if comparison.conditional:
        return f"{sum(view.runs for view in comparison.views):,} runs"
    return f"{comparison.views[0].runs:,} pairs of runs"
