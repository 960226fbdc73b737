"""Why two scenarios differ: from the mean of A over what each group of changed inputs adds to the mean of B."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.wording import quantity, with_unit
from sim.figures import style
from sim.figures.compared.spread import text_colour
from sim.figures.compared.subjects import FANS
from sim.figures.compared.telling import MINUS
from sim.figures.drawing import Drawing, Provenance, Row
from sim.figures.export import USUAL_FORMATS
from sim.figures.multiples import Scale
from sim.figures.page import Box, Page
from sim.figures.printing import write_all
from sim.figures.reading import skill_line
from sim.figures.style import GRID, INK, MUTED, RULE, SMALL, Look, Size, looks, size_named, tint
from sim.figures.ticks import tick_texts, value_ticks

if TYPE_CHECKING:
    from sim.analysis import Attribution, Part, Waterfall
    from sim.scenario.scenario import Scenario

MOST_PARTS = 9
ASSUMED = "depends on assumption"
ROW = 0.72


def attribution_provenance(
    attribution: Attribution, scenarios: Sequence[Scenario], *, version: str, facts: str, command: str
) -> Provenance:
    """What made an attribution: its two scenarios with their hashes, seed, runs, version, facts and command."""
    return Provenance(
        scenarios=tuple(one.name for one in scenarios),
        hashes=tuple(one.hash for one in scenarios),
        seed=attribution.seed,
        runs=attribution.runs,
        version=version,
        facts=facts,
        command=command,
    )


def waterfall_names(attribution: Attribution) -> list[str]:
    """``waterfall:OUTCOME`` of the headline fans that were attributed, or of everything if none was."""
    known = list(dict.fromkeys(one.outcome.key for one in attribution.waterfalls))
    wanted = [subject.outcome.key for subject in FANS]
    return [f"waterfall:{key}" for key in [key for key in wanted if key in known] or known]


def waterfall(
    attribution: Attribution, outcome: str, size: str | Size = "page", *, source: Provenance, day: str = ""
) -> Drawing:
    """The waterfall of ``outcome`` (``variable`` or ``variable:ENTITY``) at ``day``, the last date if empty.

    Raises:
        InputError: the outcome was not attributed, or there is no such size.
    """
    from dataclasses import replace

    page_size = size_named(size)
    name, _, entity = outcome.partition(":")
    fall = attribution.find(name, entity, day)
    made = replace(source, figure=f"waterfall:{outcome}", size=page_size.name)
    with style.applied():
        return _draw(attribution, fall, page_size, made)


def draw_attribution(
    attribution: Attribution,
    folder: Path | str,
    formats: Sequence[str] = USUAL_FORMATS,
    size: str | Size = "page",
    jobs: int = 1,
    *,
    source: Provenance,
    names: Sequence[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Path]:
    """Write the waterfalls of ``attribution`` with their CSV into ``folder``; returns the paths in order.

    Raises:
        InputError: an outcome that was not attributed, an unknown format or size.
        FaultError: a file cannot be written.
    """
    wanted = waterfall_names(attribution) if names is None else list(names)
    makers = {
        name: partial(waterfall, attribution, name.removeprefix("waterfall:"), size, source=source) for name in wanted
    }
    return write_all(makers, Path(folder), formats, jobs, progress)


def _draw(attribution: Attribution, fall: Waterfall, size: Size, source: Provenance) -> Drawing:
    parts, same = _kept(fall.parts)
    what = f"{fall.outcome.long_name} ({fall.outcome.entity})" if fall.outcome.entity else fall.outcome.long_name
    exact = "exact" if attribution.exact else f"from {attribution.permutations} sampled orders"
    words = (
        f"Mean over runs, {fall.outcome.unit}, {fall.date}. Bars: what each group of changed inputs adds "
        f"(Shapley value, {exact}), with its 95% interval. Hatched: an assumption that no data identify."
    )
    height = 4.6 + ROW * (len(parts) + 2)
    page = Page(size, f"Why the scenarios differ: {what}", words, _sentence(attribution, fall), source,
                height=height, skill=skill_line())  # fmt: skip
    _rows(page, attribution, fall)
    if same:
        # Groups without effect are named, not drawn: an exact nought is a finding.
        lines = page.wrap(f"Without any effect here: {', '.join(same)}.", page.body.w, SMALL)
        for number, line in enumerate(reversed(lines)):
            page.text(page.body.x, page.body.y + 0.1 + 0.33 * number, line, SMALL, colour=MUTED)
        left = 0.33 * len(lines) + 0.15
    else:
        left = 0.0
    _bars(
        page,
        Box(page.body.x, page.body.y + left, page.body.w, page.body.h - left),
        attribution,
        fall,
        _steps(fall, parts),
    )
    return page.finish()


def _kept(parts: Sequence[Part]) -> tuple[list[Part], list[str]]:
    """The parts drawn, the largest first, and the names of those that change nothing in any run."""
    same = [one.group for one in parts if one.mean == 0 and one.low == 0 and one.high == 0]
    moving = [one for one in parts if one.group not in same]
    return moving, same


@dataclass(frozen=True, slots=True)
class Step:
    """One row: its label, whether it depends on an assumption, where its bar begins and ends, and its interval."""

    label: str
    depends_on: bool
    begin: float
    mean: float
    low: float
    high: float


def _steps(fall: Waterfall, parts: Sequence[Part]) -> list[Step]:
    """The parts one after another from the mean of A; those beyond the largest few as one step."""
    found: list[Step] = []
    at = fall.a_mean
    for one in parts[:MOST_PARTS]:
        found.append(Step(one.group, one.depends_on, at, one.mean, one.low, one.high))
        at += one.mean
    rest = parts[MOST_PARTS:]
    if rest:
        any_assumed = any(one.depends_on for one in rest)
        total = sum(one.mean for one in rest)
        found.append(Step(f"{len(rest)} smaller groups", any_assumed, at, total, np.nan, np.nan))
    return found


def _bars(page: Page, box: Box, attribution: Attribution, fall: Waterfall, steps: Sequence[Step]) -> None:
    first, other = looks((attribution.a, attribution.b))
    names = [attribution.a, *(step.label for step in steps), attribution.b]
    numbers = [_told(step, fall) for step in steps]
    label = min(5.2, max(page.measure(name, SMALL, True) for name in (*names, ASSUMED)) + 0.1)
    right = max([page.measure(text) for text in numbers], default=1.0) + 0.3
    frame = Box(box.x + label, box.y + 0.55, box.w - label - right, box.h - 0.55)
    seen = [fall.a_mean, fall.b_mean]
    seen += [step.begin + size for step in steps for size in (step.mean, step.low, step.high) if np.isfinite(size)]
    ticks = value_ticks(min(seen), max(seen), 4)
    scale = Scale(frame, (ticks[0], ticks[-1]), (0.0, float(len(names))))
    for tick, text in zip(ticks, tick_texts(ticks), strict=True):
        ((x, low), (_, high)) = scale.line(np.full(2, tick), np.array(scale.y))
        page.rule(x, low, x, high, GRID, 0.6)
        page.text(x, low - 0.35, text, SMALL, colour=MUTED, ha="center")
    _shapes(page, scale, steps, other)
    error = abs(fall.b_mean - fall.a_mean) / 20 or abs(fall.a_mean) / 1000
    row = frame.h / len(names)
    middle = frame.y + frame.h - row / 2
    for value, look, name, y in (
        (fall.a_mean, first, attribution.a, len(names) - 0.5),
        (fall.b_mean, other, attribution.b, 0.5),
    ):
        ((x, up),) = scale.line(np.array([value]), np.array([y]))
        page.sheet().plot([x], [up], color=look.colour, marker=look.marker, ms=page.line_width(5.5), zorder=6)
        page.text(box.x, up, name, SMALL, bold=True, colour=text_colour(look), va="center_baseline")
        page.text(box.x + box.w, up, _number(value, error), SMALL, bold=True, ha="right", va="center_baseline")
    for at, (step, text) in enumerate(zip(steps, numbers, strict=True), 1):
        y = middle - at * row
        up = y + 0.16 if step.depends_on else y
        shown = page.wrap(step.label, label - 0.2, SMALL)[0]
        page.text(box.x, up, shown, SMALL, va="center_baseline")
        if step.depends_on:
            page.text(box.x, y - 0.16, ASSUMED, SMALL, colour=MUTED, va="center_baseline")
        page.text(box.x + box.w, y, text, SMALL, ha="right", va="center_baseline")


def _shapes(page: Page, scale: Scale, steps: Sequence[Step], look: Look) -> None:
    """Bars (hatched where they depend on an assumption), intervals, and the lines that join the rows."""
    from matplotlib.collections import LineCollection, PolyCollection

    sheet, width = page.sheet(), page.line_width
    rows = scale.y[1]
    bars: dict[bool, list[Any]] = {False: [], True: []}
    whiskers, links = [], []
    for at, step in enumerate(steps, 1):
        y, end = rows - 0.5 - at, step.begin + step.mean
        across = np.array([step.begin, end, end, step.begin])
        bars[step.depends_on].append(scale.line(across, y + np.array([-0.28, -0.28, 0.28, 0.28])))
        links += [scale.line(np.full(2, step.begin), np.array([y + 1.0, y]))]
        if np.isfinite(step.low):
            whiskers.append(scale.line(step.begin + np.array([step.low, step.high]), np.full(2, y)))
        if at == len(steps):
            links.append(scale.line(np.full(2, end), np.array([y, y - 1.0])))
    fill = tint(look.colour, 0.5)
    for hatched, shapes in bars.items():
        made = PolyCollection(shapes, facecolors=fill, edgecolors=look.colour, linewidths=width(0.8), zorder=3)
        if hatched:
            made.set_hatch("////")
        sheet.add_collection(made, autolim=False)
    for lines, colour, points, order in ((links, RULE, 0.7, 2.0), (whiskers, INK, 1.3, 5.0)):
        drawn = LineCollection(lines, colors=colour, linewidths=width(points), zorder=order)
        sheet.add_collection(drawn, autolim=False)


def _number(value: float, error: float, signed: bool = False) -> str:
    text = quantity(value, error).replace("-", MINUS)
    if not any(digit in text for digit in "123456789"):
        return text.replace(MINUS, "")
    return f"+{text}" if signed and value > 0 else text


def _told(part: Part | Step, fall: Waterfall) -> str:
    """A part with its interval, to the digits that the interval of the whole difference leaves standing."""
    floor = max((fall.total.high - fall.total.low) / 10, abs(fall.total.mean) / 1000)
    if not np.isfinite(part.low):
        return _number(part.mean, floor, True)
    error = max((part.high - part.low) / 2, floor)
    return f"{_number(part.mean, error, True)} ({_number(part.low, error)} to {_number(part.high, error)})"


def _sentence(attribution: Attribution, fall: Waterfall) -> str:
    total, unit = fall.total, fall.outcome.unit
    if total.mean == 0 and not any(one.mean for one in fall.parts):
        return f"{attribution.b} and {attribution.a} do not differ here on {fall.date}, in any run."
    error = max((total.high - total.low) / 2, abs(total.mean) / 1000)
    size = with_unit(_number(abs(total.mean), error), unit)
    word = "above" if total.mean > 0 else "below"
    most = fall.parts[0]
    told = (
        f"On {fall.date} the mean of {attribution.b} lies {size} {word} that of {attribution.a}; "
        f"the largest part, {_told(most, fall)}, comes from {most.group}."
    )
    if fall.depends_on:
        told += f" Depends on assumptions: {', '.join(fall.depends_on)}."
    return told


def _rows(page: Page, attribution: Attribution, fall: Waterfall) -> None:
    """The means of A and B, the total and every part as rows and in the text alternative."""
    outcome = fall.outcome
    common: dict[str, Any] = {
        "variable": outcome.name,
        "entity": outcome.entity,
        "date": fall.date,
        "price_basis": outcome.price_basis,
        "unit": outcome.unit,
    }
    for name, value in ((attribution.a, fall.a_mean), (attribution.b, fall.b_mean)):
        page.rows.append(Row(scenario=name, kind="statement", value=value, note="mean over runs", **common))
    for part in (fall.total, *fall.parts):
        note = f"95% interval {part.low:.7g} to {part.high:.7g}; alone {part.alone:.7g}"
        note += "; depends on an assumption" if part.depends_on else ""
        panel = part.group
        page.rows.append(Row(scenario=attribution.b, panel=panel, kind="part", value=part.mean, note=note, **common))
    told = ", ".join(f"{one.group} {_told(one, fall)}" for one in fall.parts)
    page.told.append(f"Parts in {outcome.unit}: {told}.")
