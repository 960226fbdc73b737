"""What ``alliance compare`` prints: a short answer, or everything."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli.options import paths_shown
from sim.cli.tables import GAP, WIDTH, by_date, columns, day_head, notes, signed, told_apart
from sim.scenario.entities import entity_name
from sim.text import decimals, number, share

if TYPE_CHECKING:
    from sim.analysis import Comparison, Row

OUTCOMES = (
    "Medians, or shares of runs, at the end of each year. +/− is the mean difference",
    "run by run, in brackets where none could be shown.",
)
LEVELS = "Medians, or shares of runs, of what differs most at the end of each year."
STATISTICS = ("", "median", "5%", "95%", "+/−", "low", "high", "up", "p")
MOST_LEADING = 3
# Characters of a scenario's label in a table, and in the widest one.
LONGEST = 28
INDENT = 2
MOST_OWN = 3
MOST_INPUTS = 6
NEGLIGIBLE = 0.02  # standard deviations of the baseline's runs: many runs show differences that nobody would notice
GLANCE = (
    "Each outcome at the date where it differs most: the median (or the share of runs) of “{}”, then the mean "
    "difference of each other{}, in brackets where none could be shown."
)
REST = "Every date, sentence and test: --all prints them, differences.csv holds them."


def as_text(comparison: Comparison, files: Sequence[Path], seconds: float, *, everything: bool = False) -> str:
    """What a reader sees: the answer, inputs, outcomes, paths; with ``everything`` also sentences and statistics."""
    labels = list(comparison.labels.values())
    against = [label for index, label in enumerate(labels) if index != comparison.baseline]
    ranked = comparison.ranked()
    head = f"{labels[comparison.baseline]} against {'; '.join(against)}"
    inputs = (
        [] if comparison.by else ["INPUTS THAT DIFFER", *input_lines(comparison, None if everything else MOST_INPUTS)]
    )
    if everything:
        body = [
            "OUTCOMES",
            *outcome_lines(comparison, ranked),
            "",
            *words_left(ranked, comparison.labels),
            "STATISTICS",
            *statistic_lines(comparison, ranked),
        ]
    else:
        leading = _leading(ranked)
        body = [
            *(["OVER TIME", *outcome_lines(comparison, leading, gaps=False), ""] if leading else []),
            "OUTCOMES",
            *glance_lines(comparison, ranked),
            "",
            *textwrap.wrap(REST, WIDTH),
        ]
    return "\n".join(
        [
            *textwrap.wrap(head, WIDTH, subsequent_indent="  "),
            f"{comparison.runs:,} runs, seed {comparison.views[0].seed}, {seconds:.1f} s",
            "Conditional on the scenarios; not a forecast.",
            *notes(comparison.warnings),
            "",
            "ANSWER",
            *answer_lines(ranked, comparison.labels),
            *own_lines(comparison),
            "",
            *inputs,
            *([""] if inputs else []),
            *body,
            "",
            *paths_shown(files),
        ]
    )


def answer_lines(ranked: Sequence[Sequence[Row]], labels: Mapping[str, str]) -> list[str]:
    """The largest differences, each at the date where it is largest; or that none could be shown."""
    leading = _told(ranked)
    if leading:
        return ["What differs most, each at the date where it does:", *_wrapped(leading, labels)]
    if all(_is_equal(row) for rows in ranked for row in rows):
        said = f"Each of the {len(ranked)} outcomes compared is the same in every run."
    else:
        said = f"No difference could be shown in any of the {len(ranked)} outcomes compared, at any date below."
    return textwrap.wrap(f"{said} --variable V and --entity E name others; `alliance explain WORD` finds them.", WIDTH)


def own_lines(comparison: Comparison) -> list[str]:
    """How to see the figures of members and donors whose own keys differ, where none of theirs is compared."""
    from sim import model
    from sim.analysis.inputs import own_figures

    axes = {axis.name: axis.codes for axis in model.registry().axes}
    entities = {each.name: axes[each.entity] for each in model.variables() if each.entity}
    figures = own_figures(comparison.inputs, model.catalogue(), entities)
    compared = {contrast.outcome.entity for contrast in comparison.contrasts}
    left = [figure for figure in figures if figure.partition(":")[2] not in compared]
    if not left:
        return []
    options = " ".join(f"--variable {figure}" for figure in left[:MOST_OWN])
    rest = f" (and {len(left) - MOST_OWN} more)" if len(left) > MOST_OWN else ""
    text = f"Inputs of single members or donors differ; to compare their own figures, add {options}{rest}"
    return textwrap.wrap(text, WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)


def _leading(ranked: Sequence[Sequence[Row]]) -> list[Sequence[Row]]:
    """The first outcomes with a difference that is not negligible, each of another variable; any, if all are."""
    first: dict[bool, dict[str, Sequence[Row]]] = {True: {}, False: {}}
    for rows in ranked:
        if sizes := [abs(row.standardised) for row in rows if row.shown]:
            first[max(sizes) >= NEGLIGIBLE].setdefault(rows[0].variable, rows)
    return list((first[True] or first[False]).values())[:MOST_LEADING]


def _told(ranked: Sequence[Sequence[Row]]) -> list[Row]:
    """What the answer tells of: the scenarios that differ most in each of the leading outcomes."""
    told = []
    for rows in _leading(ranked):
        largest = sorted((row for row in rows if row.shown), key=lambda row: -abs(row.standardised))[:MOST_LEADING]
        told += [row for row in rows if row in largest]
    return told


def words_left(ranked: Sequence[Sequence[Row]], labels: Mapping[str, str]) -> list[str]:
    """One plain sentence per outcome and scenario that could differ and is not in the answer, with its heading."""
    told = _told(ranked)
    left = [row for rows in ranked for row in rows if not _is_equal(row) and row not in told]
    return ["IN WORDS", *_wrapped(left, labels), ""] if left else []


def _wrapped(rows: Sequence[Row], labels: Mapping[str, str]) -> list[str]:
    return [
        line
        for row in rows
        for line in textwrap.wrap(
            f"{row.date}, “{labels[row.scenario]}” against “{labels[row.baseline]}”. {row.finding}",
            WIDTH,
            subsequent_indent="  ",
        )
    ]


def input_lines(comparison: Comparison, most: int | None = None) -> list[str]:
    """The changed inputs, each with one line per scenario: value, and the file and line that set it.

    ``most`` shortens them: only so many, and of each only the scenarios that differ from the baseline.
    """
    labels = told_apart(list(comparison.labels.values()), LONGEST)
    width = max(map(len, labels))
    lines: list[str] = []
    for change in comparison.inputs[:most]:
        marks = [change.unit, change.kind, "depends on" if change.depends_on else ""]
        text = f"{change.key} ({', '.join(mark for mark in marks if mark)}): {change.meaning}"
        lines += textwrap.wrap(text, WIDTH, subsequent_indent="  ", break_long_words=False)
        own = change.values[comparison.baseline]
        for place, (label, value, origin) in enumerate(zip(labels, change.values, change.origins, strict=True)):
            if most is None or place == comparison.baseline or value != own:
                text = f"  {label.ljust(width)}  {value}" + (f"  [{origin}]" if origin else "")
                lines += textwrap.wrap(text, WIDTH, subsequent_indent=" " * (width + 4), break_long_words=False)
    if most is not None:
        if left := [change.key for change in comparison.inputs[most:]]:
            lines += textwrap.wrap(f"{len(left)} more, in inputs.csv: {', '.join(left)}", WIDTH, subsequent_indent="  ")
        if lines and len(labels) > 2:
            lines.append("A scenario that is not named has the value of the first.")
    return lines or ["nothing"]


def outcome_lines(comparison: Comparison, ranked: Sequence[Sequence[Row]], *, gaps: bool = True) -> list[str]:
    """Outcomes at the dates shown: medians (or shares of runs), and with ``gaps`` below each its difference.

    The outcome that differs most comes first; what is the same in every run at every date is named at the end.
    """
    series: dict[str, list[list[Row]]] = {}
    for contrast in comparison.contrasts:
        series.setdefault(contrast.outcome.key, []).append(contrast.shown(comparison.at))
    dates = sorted({row.date for group in series.values() for rows in group for row in rows})
    keys = [f"{rows[0].variable}:{rows[0].entity}" if rows[0].entity else rows[0].variable for rows in ranked]
    equal = [key for key in keys if all(_is_equal(row) for rows in series[key] for row in rows)]
    groups = [
        (_title(series[key][0][0]), _series_rows(series[key], dates, comparison.labels, gaps=gaps))
        for key in keys
        if key not in equal
    ]
    said = OUTCOMES if gaps else (LEVELS,)
    lines = [*said, "", *by_date(dates, groups)] if groups else []
    if equal:
        lines += ["The same in every run:", *(f"  {_name(series[key][0][0])}" for key in equal)]
    return lines


def glance_lines(comparison: Comparison, ranked: Sequence[Sequence[Row]]) -> list[str]:
    """A line for each outcome at the date where it differs most; those without a difference are only named."""
    shown = [rows for rows in ranked if any(row.shown for row in rows)]
    lines: list[str] = []
    if shown:
        baseline = comparison.names[comparison.baseline]
        names = [baseline, *(name for name in comparison.names if name != baseline)]
        heads, key = _heads([comparison.labels[name] for name in names])
        grid: list[Sequence[str]] = [("", *line) for line in heads]
        titles: dict[int, str] = {}
        for rows in shown:
            titles[len(grid)] = _title(rows[0])
            places, at = _places(rows), {row.scenario: row for row in rows}
            day = f"{' ' * INDENT}{day_head(rows[0].date)}"
            gaps = (_gap(at.get(name), places) for name in names[1:])
            grid.append((day, _level(rows[0], places, "baseline"), *gaps))
        said = GLANCE.format(comparison.labels[baseline], "" if comparison.by else " run by run")
        lines = [*textwrap.wrap(said, WIDTH), *key, "", *_titled(grid, titles)]
    equal = [rows for rows in ranked if all(map(_is_equal, rows))]
    unclear = [rows for rows in ranked if rows not in shown and rows not in equal]
    for words, chosen in (("No difference could be shown", unclear), ("The same in every run", equal)):
        if chosen:
            listed = "; ".join(_name(rows[0]) for rows in chosen)
            lines += [*([""] if lines else []), *textwrap.wrap(f"{words}: {listed}.", WIDTH, subsequent_indent="  ")]
    return lines


def _heads(labels: Sequence[str]) -> tuple[list[tuple[str, ...]], list[str]]:
    """The lines of the heads of columns that share the width, and a key to them where they are numbers.

    Labels are broken between words; where a word would not fit, columns have numbers.
    """
    room = (WIDTH - INDENT - len("2029-12-31")) // len(labels) - GAP
    if max(len(word) for label in labels for word in label.split()) > room:
        numbers = [str(number) for number in range(len(labels))]
        key = "; ".join(f"{number} {label}" for number, label in zip(numbers[1:], labels[1:], strict=True))
        return [(labels[0] if len(labels[0]) <= room else "median", *numbers[1:])], textwrap.wrap(f"{key}.", WIDTH)
    wrapped = [textwrap.wrap(label, room) for label in labels]
    most = max(map(len, wrapped))
    return list(zip(*([""] * (most - len(lines)) + lines for lines in wrapped), strict=True)), []


def _titled(grid: Sequence[Sequence[str]], titles: Mapping[int, str]) -> list[str]:
    """Rows in columns, with a title above those that have one."""
    lines: list[str] = []
    for index, line in enumerate(columns(grid)):
        lines += textwrap.wrap(titles[index], WIDTH, subsequent_indent="  ") if index in titles else []
        lines.append(line)
    return lines


def statistic_lines(comparison: Comparison, ranked: Sequence[Sequence[Row]]) -> list[str]:
    """For each outcome, at the date where it differs most: ranges, mean differences, intervals, shares of runs."""
    groups = [rows for rows in ranked if not all(map(_is_equal, rows))]
    if not groups:
        return ["nothing to test"]
    grid: list[Sequence[str]] = [STATISTICS]
    titles: dict[int, str] = {}
    for rows in groups:
        titles[len(grid)] = f"{_title(rows[0])}, {rows[0].date}"
        grid.extend(_statistic_rows(rows, comparison.labels))
    _, *figures = zip(*grid, strict=True)
    left = WIDTH - sum(GAP + max(map(len, column)) for column in figures)
    short = told_apart([label.strip() for label, *_ in grid], left - INDENT)
    grid = [(f"{' ' * INDENT}{label}" if label else "", *cells) for label, (_, *cells) in zip(short, grid, strict=True)]
    lines = _titled(grid, titles)
    methods = dict.fromkeys(row.method for rows in groups for row in rows)
    notes = (
        f"low, high: 95% interval of the mean difference ({'; '.join(methods)}). p: adjusted by Holm over everything "
        "compared at one date. up: runs in which the scenario is higher, in %. The smallest difference that would "
        "have been found, and every other date, are in differences.csv."
    )
    return [*lines, *textwrap.wrap(notes, WIDTH)]


def _is_equal(row: Row) -> bool:
    return row.p_equal == 1 and not row.conditional


def _name(row: Row) -> str:
    return f"{row.long_name}: {entity_name(row.entity)}" if row.entity else row.long_name


def _title(row: Row) -> str:
    unit = "% of runs" if _is_share(row) else ", ".join(filter(None, (row.unit, row.price_basis)))
    return f"{_name(row)} ({unit})"


def _is_share(row: Row) -> bool:
    return row.kind in ("probability", "label")


def _places(rows: Iterable[Row]) -> int:
    """Decimals for all levels of one outcome."""
    rows = list(rows)
    ends = [v for row in rows for v in (row.baseline_q05, row.baseline_q95, row.scenario_q05, row.scenario_q95)]
    return decimals(max((abs(value) for value in ends if math.isfinite(value)), default=0.0), rows[0].unit)


def _series_rows(
    group: Sequence[Sequence[Row]], dates: Sequence[str], labels: Mapping[str, str], *, gaps: bool
) -> list[list[str]]:
    """The baseline, then each scenario and its difference, at each of ``dates``."""
    places = _places(row for rows in group for row in rows)
    first = {row.date: row for row in group[0]}
    baseline = next(iter(first.values())).baseline
    short = dict(zip(labels, told_apart(list(labels.values()), LONGEST), strict=True))
    lines = [[f"  {short[baseline]}", *(_level(first.get(day), places, "baseline") for day in dates)]]
    for rows in group:
        at = {row.date: row for row in rows}
        lines.append([f"  {short[rows[0].scenario]}", *(_level(at.get(day), places, "scenario") for day in dates)])
        if gaps:
            lines.append(["    +/−", *(_gap(at.get(day), places) for day in dates)])
    return lines


def _level(row: Row | None, places: int, side: str) -> str:
    if row is None:
        return ""
    if _is_share(row):
        return share(getattr(row, f"{side}_mean"))
    return number(getattr(row, f"{side}_q50"), places)


def _gap(row: Row | None, places: int) -> str:
    if row is None:
        return ""
    if _is_equal(row):
        return "same"
    text = signed(100 * row.mean_difference, 1) if _is_share(row) else signed(row.mean_difference, places + 1)
    return text if row.shown else f"({text})"


def _statistic_rows(rows: Sequence[Row], labels: Mapping[str, str]) -> list[list[str]]:
    binary, places = _is_share(rows[0]), _places(rows)
    scale, finer = (100, 1) if binary else (1, places + 1)

    def levels(row: Row, side: str) -> list[str]:
        if binary:
            return [share(getattr(row, f"{side}_mean")), "", ""]
        return [number(getattr(row, f"{side}_{figure}"), places) for figure in ("q50", "q05", "q95")]

    lines = [[f"  {labels[rows[0].baseline]}", *levels(rows[0], "baseline"), "", "", "", "", ""]]
    for row in rows:
        gap = [signed(scale * value, finer) for value in (row.mean_difference, row.low, row.high)]
        chance = [share(row.p_higher), "<.001" if row.p_adjusted < 0.001 else number(row.p_adjusted, 3)]
        lines.append([f"  {labels[row.scenario]}", *levels(row, "scenario"), *gap, *chance])
    return lines
