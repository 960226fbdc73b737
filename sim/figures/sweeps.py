"""Figures of questions to the model: what matters (bars, heat map), where it fails (regions), what it takes (curve)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.figures import style
from sim.figures.axis import SHARES, Axis, value_axis
from sim.figures.drawing import Drawing, Provenance, Row
from sim.figures.export import USUAL_FORMATS, export
from sim.figures.page import CAUTION, LINE, MARGIN, Box, Page, Sentence, wrapped
from sim.figures.style import BLUE, BODY, GRID, INK, LOOKS, MUTED, RULE, SIZES, SMALL, VERMILION, ink_on, tint
from sim.text import brief, capital

if TYPE_CHECKING:
    from sim.analysis.sweep import Box as Region
    from sim.analysis.sweep import Condition, Input, Ranking, Solution, Sweep
    from sim.analysis.sweep.discovery import Bound
    from sim.scenario import Scenario

MOST_BARS, MOST_PANELS, MOST_ROWS, MOST_COLUMNS = 6, 4, 16, 10
BAR = 0.34
ROOM = SIZES["page"].width - 2 * MARGIN
SEEN = 0.005  # a smaller share is not drawn
MEASURES = {
    "morris": "Mean absolute effect of an input's whole range, in the outcome's unit; line: 95% interval.",
    "sobol": (
        "Share of the variance between samples that goes with the input (total order); line: 95% interval, drawn to "
        "the end of the axis where it reaches beyond 0 or 1, between which a share lies."
    ),
    "bins": "Share of the variance between samples that goes with the input by itself (first order).",
}


def write(
    drawings: Mapping[str, Drawing], folder: Path, formats: Sequence[str] = USUAL_FORMATS, *, replace: bool = True
) -> list[Path]:
    """Write drawings under their names with the CSV of their numbers; ``replace`` is as for `export`. Returns paths."""
    return [
        path for name, drawing in drawings.items() for path in export(drawing, folder, name, formats, replace=replace)
    ]


def ranking_drawings(ranked: Ranking, swept: Sweep | None = None) -> dict[str, Drawing]:
    """What moves the outcomes: bars of the first outcomes, and a heat map of all (``swept`` gives its provenance)."""
    with style.applied():
        return {"sensitivity_bars": _bars(ranked, swept), "sensitivity_map": _heat_map(ranked, swept)}


def box_drawings(regions: Sequence[Region], swept: Sweep, asked: Condition, which: int = 0) -> dict[str, Drawing]:
    """The regions in which a condition holds: their bounds, and the samples by the two bounds that say most."""
    with style.applied():
        return {"discovery": _regions(regions, swept, asked, which)}


def solution_drawings(solution: Solution, scenario: Scenario, seed: int) -> dict[str, Drawing]:
    """The curve of a search: the share of runs that meet the condition, by the lever."""
    with style.applied():
        return {"solution": _curve(solution, scenario, seed)}


def _provenance(names: Sequence[str], hashes: Sequence[str], seed: int, runs: int, figure: str) -> Provenance:
    from sim import facts
    from sim.version import __version__

    return Provenance(tuple(names), tuple(hashes), seed, runs, __version__, facts.stamp(), "", figure)


def _ranked_page(ranked: Ranking, swept: Sweep | None, figure: str, title: str, words: str, height: float) -> Page:
    """A page with the words about a ranking, and ``height`` for what is drawn."""
    hashes = [scenario.hash for scenario in swept.plan.scenarios] if swept else [""]
    names = swept.names if swept else (ranked.scenario,)
    made_of = _provenance(names, hashes, ranked.seed, ranked.runs, figure)
    said = ". ".join(ranked.sentence(at, words=True) for at in _columns(ranked)[:2]) + "."
    note = f"{CAUTION} {ranked.samples:,} samples of {ranked.runs:,} runs each."
    height += _words(said, words)
    return Page(SIZES["page"], title, words, Sentence(said), made_of, height=height, note=note)


def _words(said: str, below_title: str) -> float:
    """The height that the words of a page take."""
    return 2.4 + LINE * BODY / SMALL * 1.1 * sum(len(wrapped(text, ROOM, BODY)) for text in (said, below_title))


def _named(entry: Input, width: float) -> list[str]:
    """What an input is, in lines, and its key as the last."""
    return [*wrapped(capital(entry.phrase), width), entry.name]


def _name(page: Page, x: float, y: float, lines: Sequence[str], **setting: Any) -> None:
    """The lines of `_named`, the key in pale letters; y is the first baseline."""
    low = page.lines(x, y, lines[:-1], **setting)
    page.text(x, low, lines[-1], colour=MUTED, **setting)


def _columns(ranked: Ranking) -> list[int]:
    """The outcomes to show: all if they are few, else those at the last date."""
    if len(ranked.outcomes) <= MOST_COLUMNS:
        return list(range(len(ranked.outcomes)))
    days = [re.findall(r"\d{4}-\d\d-\d\d", outcome)[-1] for outcome in ranked.outcomes]
    return [at for at, day in enumerate(days) if day == max(days)][:MOST_COLUMNS]


def _bars(ranked: Ranking, swept: Sweep | None) -> Drawing:
    """A panel of horizontal bars for each of the first outcomes."""
    shown = [at for at in _columns(ranked) if ranked.share[:, at].max(initial=0.0) >= SEEN][:MOST_PANELS]
    leading = {at: [row for row in ranked.leading(at, MOST_BARS) if ranked.share[row, at] >= SEEN] for at in shown}
    named = {row: _named(ranked.inputs[row], ROOM) for rows in leading.values() for row in rows}
    titles = {at: wrapped(ranked.title(at), ROOM, bold=True) for at in shown}
    heights = {
        at: 1.4 + LINE * (1 + len(titles[at])) + sum(LINE * len(named[row]) + BAR for row in rows)
        for at, rows in leading.items()
    }
    page = _ranked_page(
        ranked, swept, "sensitivity_bars", "What moves the outcomes", MEASURES[ranked.way], sum(heights.values())
    )
    top = page.body.top
    for at in shown:
        under = page.lines(page.body.x, top - 0.3, titles[at], bold=True)
        page.text(page.body.x, under, ranked.outcomes[at], colour=MUTED)
        low = top - heights[at] + 0.75
        frame = Box(page.body.x + 0.3, low, page.body.w - 1.6, under - 0.2 - low)
        _panel(page, frame, ranked, at, [(row, named[row]) for row in leading[at]])
        top -= heights[at]
    return page.finish()


def _panel(page: Page, frame: Box, ranked: Ranking, at: int, rows: Sequence[tuple[int, Sequence[str]]]) -> None:
    """A bar for each input below what it is; shares end at 1, and their intervals with them."""
    size, interval = ranked.size[:, at], ranked.interval[:, at]
    if ranked.way != "morris":
        size, interval = np.clip(size, 0.0, 1.0), np.clip(interval, 0.0, 1.0)
    chosen = [row for row, _ in rows]
    axis = value_axis("", [size[chosen], np.nan_to_num(interval[chosen, 1]), [0.0]], (0.0,))
    axis = axis if ranked.way == "morris" else SHARES
    high = axis.ticks[-1]
    page.upright_axis(frame, 0.0, high, list(zip(axis.ticks, axis.texts, strict=True)))
    y = frame.top
    for row, lines in rows:
        _name(page, frame.x, y - LINE * 0.85, lines)
        y -= LINE * len(lines) + BAR
        middle, (low, top) = y + BAR * 0.6, interval[row]
        page.rectangle(Box(frame.x, middle - 0.1, frame.w * max(0.0, float(size[row])) / high, 0.2), tint(BLUE, 0.75))
        if np.isfinite(low):
            start, end = (frame.x + frame.w * max(0.0, float(each)) / high for each in (low, top))
            page.rule(start, middle, end, middle, INK, 0.9, 4.0)
        right = frame.x + frame.w * max(float(size[row]), float(top) if np.isfinite(top) else 0.0) / high + 0.1
        text = brief(size[row]) if ranked.way == "morris" else f"{size[row]:.0%}"
        page.text(right, middle, text, colour=MUTED, middle=True)
        page.rows.append(
            Row(ranked.scenario, ranked.outcomes[at], ranked.inputs[row].name, kind="sensitivity",
                q05=float(low), value=float(size[row]), q95=float(top), note=ranked.way)
        )  # fmt: skip
    page.phrases.append(ranked.sentence(at, words=True) + ".")


def _heat_map(ranked: Ranking, swept: Sweep | None) -> Drawing:
    """Outcome by input: the darker, the larger the input's share."""
    columns = _columns(ranked)
    largest = ranked.share[:, columns].max(axis=1)
    order = [int(row) for row in np.argsort(-largest, kind="stable") if largest[row] >= SEEN][:MOST_ROWS]
    letters = [chr(ord("A") + index) for index in range(len(columns))]
    legend = [
        line
        for letter, column in zip(letters, columns, strict=True)
        for line in wrapped(f"{letter}  {ranked.title(column)}: {ranked.outcomes[column]}", ROOM)
    ]
    left = 9.0
    named = {row: _named(ranked.inputs[row], left - 0.25) for row in order}
    page = _ranked_page(
        ranked, swept, "sensitivity_map", "Which input matters for which outcome",
        f"Per cent of {'the sum over inputs (Morris)' if ranked.way == 'morris' else 'the variance between samples'}.",
        1.0 + sum(LINE * len(lines) + 0.14 for lines in named.values()) + LINE * len(legend),
    )  # fmt: skip
    page.lines(page.body.x, page.body.y + LINE * (len(legend) - 1) + 0.1, legend, colour=MUTED)
    width = min(1.2, (page.body.w - left) / max(1, len(columns)))
    y = page.body.top - 0.45
    for index, letter in enumerate(letters):
        page.text(page.body.x + left + width * (index + 0.5), y + 0.12, letter, bold=True, ha="center")
    for row in order:
        _name(page, page.body.x, y - 0.07 - LINE * 0.85, named[row])
        cell = LINE * len(named[row]) + 0.14
        y -= cell
        for index, column in enumerate(columns):
            share = float(ranked.share[row, column])
            colour = tint(BLUE, min(1.0, 0.05 + 0.95 * share))
            box = Box(page.body.x + left + width * index + 0.02, y + 0.02, width - 0.04, cell - 0.04)
            page.rectangle(box, colour)
            if share >= SEEN:
                page.text(
                    box.x + box.w / 2,
                    y + cell / 2,
                    f"{100 * share:.0f}",
                    colour=ink_on(colour),
                    ha="center",
                    middle=True,
                )
            page.rows.append(
                Row(
                    ranked.scenario,
                    ranked.outcomes[column],
                    ranked.inputs[row].name,
                    kind="share",
                    value=share,
                    note=ranked.way,
                )
            )
    return page.finish()


def _regions(regions: Sequence[Region], swept: Sweep, asked: Condition, which: int) -> Drawing:
    """The bounds of each region on the ranges of its inputs; beside them the samples by the first region's bounds."""
    from sim.analysis.sweep.samples import in_words

    bounds = [(number, region, bound) for number, region in enumerate(regions, 1) for bound in region.bounds]
    scattered = regions[0].bounds[:2]
    inputs, name = swept.inputs, swept.names[which]
    words = (
        "Blue: the part of an input's range in the region. Dots: samples, red where the condition holds in most runs. "
        "Shares are of the samples kept back."
    )
    said = regions[0].sentence(inputs, in_words(asked), words=True) + "."
    half = (ROOM - 0.9) / 2
    named = {bound.place: _named(inputs[bound.place], half) for _, _, bound in bounds}
    listed = sum(LINE * len(named[bound.place]) + 0.95 for _, _, bound in bounds) + 1.0 * len(regions)
    height = _words(said, words) + 0.4 + max(listed, 7.5)
    page = Page(
        SIZES["page"], f"Where: {in_words(asked)}", words, Sentence(said),
        _provenance([name], [swept.plan.scenarios[which].hash], swept.plan.seed, swept.plan.runs, "discovery"),
        height=height,
        note=f"{CAUTION} {swept.plan.design.samples:,} samples of {swept.plan.runs:,} runs each. Asked: {asked}.",
    )  # fmt: skip
    left, right = page.body.columns(1, 1, across=0.9)
    top, before = left.top, 0
    for number, region, bound in bounds:
        if number != before:
            figures = f"{region.density:.0%} of its samples are red, {region.coverage:.0%} of all red ones lie in it"
            lines = [f"Region {number}", figures]
            page.text(left.x, top - 0.3, lines[0], bold=True)
            page.text(left.x, top - 0.3 - LINE, lines[1])
            top, before = top - 1.0, number
        deep = LINE * len(named[bound.place]) + 0.95
        _bound(page, Box(left.x, top - deep, left.w, deep), swept, bound, named[bound.place])
        top -= deep
    chance = swept.probability(asked, which)
    upright = len(named[scattered[1].place]) if len(scattered) > 1 else 1
    low, high = 0.75 + LINE * len(named[scattered[0].place]), 0.3 + LINE * upright
    frame = Box(right.x + 1.5, right.y + low, right.w - 1.6, right.h - low - high)
    _scatter(page, frame, swept, scattered, chance, regions[0])
    for region in regions:
        page.phrases.append(region.sentence(inputs, in_words(asked), words=True) + ".")
        page.rows += [
            Row(name, str(asked), inputs[bound.place].name, kind="bound", q05=bound.low, q95=bound.high,
                value=bound.p_value, note=" or ".join(inputs[bound.place].labels[at] for at in bound.kept))
            for bound in region.bounds
        ]  # fmt: skip
    return page.finish()


def _bound(page: Page, box: Box, swept: Sweep, bound: Bound, lines: Sequence[str]) -> None:
    """The part of an input's range that a region keeps, below what the input is."""
    entry = swept.inputs[bound.place]
    _name(page, box.x, box.top - 0.22, lines)
    box = Box(box.x, box.y + 0.25, box.w, box.h - 0.25)
    bar = Box(box.x, box.y + 0.32, box.w, 0.16)
    page.rectangle(bar, GRID)
    if entry.listed:
        width = bar.w / len(entry.values)
        for at in bound.kept:
            page.rectangle(Box(bar.x + width * at, bar.y, width - 0.04, bar.h), BLUE, 3.0)
        for at in range(len(entry.values)):
            for line, text in enumerate(wrapped(entry.said(at), width - 0.1)[:2]):
                page.text(bar.x + width * (at + 0.5), box.y - LINE * line, text, colour=MUTED, ha="center")
        return
    low, high = (max(0.0, min(1.0, (end - entry.low) / (entry.high - entry.low))) for end in (bound.low, bound.high))
    page.rectangle(Box(bar.x + low * bar.w, bar.y, max(0.05, (high - low) * bar.w), bar.h), BLUE, 3.0)
    page.text(bar.x, box.y, entry.said(entry.low), colour=MUTED)
    page.text(bar.right, box.y, entry.said(entry.high), colour=MUTED, ha="right")
    for end, share in ((bound.low, low), (bound.high, high)):
        if 0.25 < share < 0.75:
            page.text(bar.x + share * bar.w, box.y, _short(entry.text(end)), bold=True, ha="center")


def _scatter(
    page: Page, frame: Box, swept: Sweep, bounds: Sequence[Bound], chance: NDArray[np.float64], region: Region
) -> None:
    """The samples by two inputs of the region, or by one and the share of runs; the region is outlined."""
    holds = chance > 0.5
    numbers = swept.plan.design.numbers()
    units = swept.plan.design.units
    second = swept.inputs[bounds[1].place] if len(bounds) == 2 else None
    upright = chance if second is None else units[:, bounds[1].place]
    points = np.column_stack([frame.x + units[:, bounds[0].place] * frame.w, frame.y + upright * frame.h])
    step = max(1, len(points) // 1500)
    size = 2.6 if len(points) < 400 else 1.8
    for flag, colour in ((False, tint(RULE, 0.55)), (True, VERMILION)):
        chosen = points[holds == flag][::step]
        if len(chosen):
            page.ink.markers(page.pen(4.0 + flag, fill=colour), "o", chosen, size)
    inside = region.holds(numbers)
    if inside.any():
        low, high = points[inside].min(axis=0), points[inside].max(axis=0)
        if second is None:
            low[1], high[1] = frame.y, frame.top
        edges = np.array([[low[0], low[1]], [high[0], low[1]], [high[0], high[1]], [low[0], high[1]], [low[0], low[1]]])
        page.ink.line(page.pen(7.0, line=BLUE, width=1.6), edges)
    page.rule(frame.x, frame.y, frame.right, frame.y, RULE, 0.7)
    page.rule(frame.x, frame.y, frame.x, frame.top, RULE, 0.7)
    first = swept.inputs[bounds[0].place]
    (low_x, high_x), (low_y, high_y) = _ends(first), _ends(second) if second else ("0%", "100%")
    page.text(frame.x, frame.y - 0.38, low_x, colour=MUTED)
    page.text(frame.right, frame.y - 0.38, high_x, colour=MUTED, ha="right")
    _name(page, frame.x, frame.y - 0.75, _named(first, frame.w))
    page.text(frame.x - 0.1, frame.y, low_y, colour=MUTED, ha="right")
    page.text(frame.x - 0.1, frame.top - 0.2, high_y, colour=MUTED, ha="right")
    lines = _named(second, frame.w + 1.5) if second else ["", "Share of runs"]
    _name(page, frame.x - 1.4, frame.top + 0.2 + LINE * (len(lines) - 1), lines)


def _ends(entry: Input) -> tuple[str, str]:
    """The lowest and the highest value of an input as marks of an axis."""
    if entry.listed:
        return entry.said(0), entry.said(len(entry.values) - 1)
    return _short(entry.text(entry.low)), _short(entry.text(entry.high))


def _short(text: str) -> str:
    """A number as short as a mark on an axis allows; other words as they are."""
    try:
        return brief(float(text))
    except ValueError:
        return text if len(text) <= 14 else f"{text[:13]}…"


def _curve(solution: Solution, scenario: Scenario, seed: int) -> Drawing:
    from sim.analysis.sweep.samples import headed

    entry, target = solution.lever, solution.target
    lines = wrapped(f"{capital(entry.phrase)}{entry.unit_shown}", ROOM - 1.4)
    words = f"{headed(target.condition)}. Band: 95% interval; dots: values tried."
    said = solution.sentence() + "."
    page = Page(
        SIZES["page"], f"What it takes: {entry.phrase}", words, Sentence(said),
        _provenance([scenario.name], [scenario.hash], seed, solution.runs, "solution"),
        height=_words(said, words) + 6.2 + LINE * len(lines),
        note=f"{CAUTION} Lever: {entry.name}. Target: {target}.",
    )  # fmt: skip
    low = 0.75 + LINE * (len(lines) - 1)
    frame = Box(page.body.x + 1.1, page.body.y + low, page.body.w - 1.4, page.body.h - low - 0.35)
    axis = Axis((entry.low, entry.high), ("", ""), 0) if entry.days else value_axis("", [solution.levers])
    low, high = (axis.ticks[0], axis.ticks[-1]) if not entry.days else (entry.low, entry.high)

    def x(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(frame.x + (numbers - low) / (high - low) * frame.w)

    for tick, text in zip(SHARES.ticks, SHARES.texts, strict=True):
        y = frame.y + tick * frame.h
        page.rule(frame.x, y, frame.right, y, GRID, 0.6)
        page.text(frame.x - 0.1, y, text, colour=MUTED, ha="right", middle=True)
    marks = (
        [(entry.low, entry.text(entry.low)), (entry.high, entry.text(entry.high))]
        if entry.days
        else zip(axis.ticks, axis.texts, strict=True)
    )
    for tick, text in marks:
        page.text(float(x(np.array([tick]))[0]), frame.y - 0.38, text, colour=MUTED, ha="center")
    page.lines(frame.x + frame.w / 2, frame.y - 0.72, lines, ha="center")
    across = x(solution.levers)
    band = np.column_stack(
        [np.r_[across, across[::-1]], frame.y + frame.h * np.r_[solution.share_low, solution.share_high[::-1]]]
    )
    page.ink.area(page.pen(2.0, fill=tint(BLUE, 0.25)), band)
    line = np.column_stack([across, frame.y + frame.h * solution.shares])
    page.ink.line(page.pen(4.0, line=BLUE, width=1.7), line)
    page.marker(LOOKS[0], line, 2.8)
    level = frame.y + frame.h * target.probability
    page.rule(frame.x, level, frame.right, level, VERMILION, 1.2, 3.0)
    page.text(frame.x + 0.1, level + 0.1, f"target {target.probability:.0%}", colour=VERMILION)
    if solution.standing in ("from", "up to"):
        _answer(
            page, frame, solution, [float(each) for each in x(np.array([solution.value, solution.low, solution.high]))]
        )
    page.rows += [
        Row(scenario.name, str(target), entry.name, entity=entry.text(at), kind="share", q05=low, value=share, q95=high)
        for at, share, low, high in solution.curve()
    ]
    return page.finish()


def _answer(page: Page, frame: Box, solution: Solution, places: Sequence[float]) -> None:
    """The value found and its interval, above the curve."""
    value, low, high = places
    start, end = (frame.x if np.isnan(low) else low), (frame.right if np.isnan(high) else high)
    page.rule(value, frame.y, value, frame.top, INK, 0.9, 5.0)
    page.rule(start, frame.top - 0.15, end, frame.top - 0.15, INK, 2.2, 5.0)
    text = solution.lever.text(solution.value) if solution.lever.days else brief(solution.value)
    right = value > frame.x + 0.7 * frame.w
    page.text(
        value + (-0.12 if right else 0.12), frame.top + 0.1, text, SMALL, bold=True, ha="right" if right else "left"
    )
