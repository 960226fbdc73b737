"""Why two scenarios differ: from the mean of A over what each group of changed inputs adds to the mean of B."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.figures import style
from sim.figures.axis import tick_texts, value_ticks
from sim.figures.cases import label_of, skill_line
from sim.figures.drawing import Drawing, Provenance, Row
from sim.figures.export import USUAL_FORMATS
from sim.figures.page import CAUTION, Box, Page, Sentence
from sim.figures.printing import write_all
from sim.figures.style import MUTED, RULE, Look, Size, looks, size_named, tint
from sim.figures.subjects import MONEY, SECURITY
from sim.scenario.entities import entity_name
from sim.text import day_of, difference, full_date, quantity, signed
from sim.version import __version__

if TYPE_CHECKING:
    from sim.analysis import Attribution, Part, Waterfall
    from sim.scenario.scenario import Scenario

MOST_PARTS = 9
ASSUMED = "depends on assumption"
ROW = 0.82


def waterfall_names(attribution: Attribution) -> list[str]:
    """``waterfall:OUTCOME`` of the headline fans that were attributed and differ, or of everything if none does.

    Where nothing differs there is nothing to share out, and so no picture.
    """
    falls = {fall.outcome.key: fall for fall in attribution.waterfalls}
    wanted = [f"{subject.name}:{subject.entity}" if subject.entity else subject.name for subject in (*MONEY, *SECURITY)]
    known = [key for key in wanted if key in falls] or list(falls)
    moved = [key for key in known if any(part.mean for part in falls[key].parts)]
    return [f"waterfall:{key}" for key in moved or known[:1]]


def waterfall(
    attribution: Attribution,
    outcome: str,
    size: str | Size = "page",
    *,
    scenarios: Sequence[Scenario],
    command: str = "",
    day: str = "",
) -> Drawing:
    """The waterfall of ``outcome`` (``variable`` or ``variable:ENTITY``) at ``day``, the last date if empty.

    ``scenarios`` are the two that were compared, A first; ``command`` is the line that made the attribution.

    Raises:
        InputError: the outcome was not attributed, or there is no such size.
    """
    from sim import facts

    page_size = size_named(size)
    name, _, entity = outcome.partition(":")
    fall = attribution.find(name, entity, day)
    made_of = Provenance(
        scenarios=tuple(scenario.name for scenario in scenarios),
        hashes=tuple(scenario.hash for scenario in scenarios),
        seed=attribution.seed,
        runs=attribution.runs,
        version=__version__,
        facts=facts.stamp(),
        command=command,
        figure=f"waterfall:{outcome}",
        size=page_size.name,
    )
    labels = [label_of(scenario) for scenario in scenarios]
    with style.applied():
        return _draw(attribution, fall, labels, page_size, made_of)


def draw_attribution(
    attribution: Attribution,
    folder: Path | str,
    formats: Sequence[str] = USUAL_FORMATS,
    jobs: int = 1,
    *,
    scenarios: Sequence[Scenario],
    command: str = "",
    size: str | Size = "page",
    names: Sequence[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
    replace: bool = True,
) -> list[Path]:
    """Write the waterfalls of ``attribution`` with their CSV into ``folder``; returns the paths in order.

    Unless ``replace``, a file that is there and holds something else stays, and is told.

    Raises:
        InputError: an outcome that was not attributed, an unknown format or size.
        FaultError: a file cannot be written.
    """
    wanted = waterfall_names(attribution) if names is None else list(names)
    makers = {
        name: partial(
            waterfall, attribution, name.removeprefix("waterfall:"), size, scenarios=scenarios, command=command
        )
        for name in wanted
    }
    return write_all(makers, Path(folder), formats, jobs, progress, replace=replace)


@dataclass(frozen=True, slots=True)
class Step:
    """One row: its label, whether it depends on an assumption, where its bar begins, and how far it goes."""

    label: str
    depends_on: bool
    begin: float
    mean: float
    low: float
    high: float


def _draw(attribution: Attribution, fall: Waterfall, labels: Sequence[str], size: Size, source: Provenance) -> Drawing:
    still = [part.group for part in fall.parts if part.mean == 0 and part.low == 0 and part.high == 0]
    steps = _steps(fall, [part for part in fall.parts if part.group not in still])
    what = (
        f"{fall.outcome.long_name} ({entity_name(fall.outcome.entity)})"
        if fall.outcome.entity
        else fall.outcome.long_name
    )
    exact = "exact" if attribution.exact else f"from {attribution.permutations} sampled orders"
    words = (
        f"Mean over runs, {fall.outcome.unit}, {full_date(day_of(fall.date))}. Bars: what each group of changed inputs "
        f"adds (Shapley value, {exact}), with its 95% interval. Hatched: an assumption that no data identify."
    )
    page = Page(
        size, f"Why the scenarios differ: {what}", words, Sentence(_sentence(fall, labels)), source,
        height=5.1 + ROW * (len(steps) + 2), note=f"{CAUTION} {skill_line([fall.outcome.name])}",
    )  # fmt: skip
    _record(page, attribution, fall)
    if still:
        # Groups without effect are named, not drawn: an exact nought is a finding.
        page.note(f"Without any effect here: {', '.join(still)}.")
    _bars(page, attribution, fall, labels, steps)
    return page.finish()


def _steps(fall: Waterfall, parts: Sequence[Part]) -> list[Step]:
    """The parts one after another from the mean of A, the largest first; those beyond the largest few as one step."""
    steps: list[Step] = []
    at = fall.a_mean
    for part in parts[:MOST_PARTS]:
        steps.append(Step(part.group, part.depends_on, at, part.mean, part.low, part.high))
        at += part.mean
    rest = parts[MOST_PARTS:]
    if rest:
        any_assumed, total = any(part.depends_on for part in rest), sum(part.mean for part in rest)
        steps.append(Step(f"{len(rest)} smaller groups", any_assumed, at, total, np.nan, np.nan))
    return steps


def _bars(page: Page, attribution: Attribution, fall: Waterfall, labels: Sequence[str], steps: Sequence[Step]) -> None:
    first, other = looks((attribution.a, attribution.b))
    names = [labels[0], *(step.label for step in steps), labels[1]]
    numbers = [_amount(step, fall) for step in steps]
    box = page.body
    label = min(5.2, max(page.measure(name, bold=True) for name in (*names, ASSUMED)) + 0.1)
    right = max([page.measure(text) for text in numbers], default=1.0) + 0.3
    frame = Box(box.x + label, box.y + 0.55, box.w - label - right, box.h - 0.55)
    shown = [fall.a_mean, fall.b_mean]
    shown += [step.begin + size for step in steps for size in (step.mean, step.low, step.high) if np.isfinite(size)]
    ticks = value_ticks(min(shown), max(shown), 4)
    page.upright_axis(frame, ticks[0], ticks[-1], list(zip(ticks, tick_texts(ticks), strict=True)))
    row = frame.h / len(names)

    def across(value: float) -> float:
        return frame.x + (value - ticks[0]) / (ticks[-1] - ticks[0]) * frame.w

    def middle(at: int) -> float:
        return frame.top - (at + 0.5) * row

    error = abs(fall.b_mean - fall.a_mean) / 20 or abs(fall.a_mean) / 1000
    for value, look, name, at in (
        (fall.a_mean, first, labels[0], 0),
        (fall.b_mean, other, labels[1], len(names) - 1),
    ):
        page.marker(look, np.array([[across(value), middle(at)]]), 5.5)
        page.text(box.x, middle(at), name, bold=True, colour=look.text_colour, middle=True)
        page.text(box.right, middle(at), quantity(value, error), bold=True, ha="right", middle=True)
    for at, (step, text) in enumerate(zip(steps, numbers, strict=True), 1):
        y = middle(at)
        _bar(page, step, other, across, y, row)
        page.text(box.x, y + (0.16 if step.depends_on else 0.0), page.wrap(step.label, label - 0.1)[0], middle=True)
        page.text(box.x, y - 0.16, ASSUMED if step.depends_on else "", colour=MUTED, middle=True)
        page.text(box.right, y, text, ha="right", middle=True)
    x = across(fall.b_mean)
    page.rule(x, middle(len(names) - 2), x, middle(len(names) - 1), RULE, 0.7, order=2.5)


def _bar(page: Page, step: Step, look: Look, across: Callable[[float], float], y: float, row: float) -> None:
    """A bar (hatched where it depends on an assumption), its interval, and the line from the row above."""
    begin, end = across(step.begin), across(step.begin + step.mean)
    half = 0.28 * row
    hatch = "////" if step.depends_on else ""
    corners = np.array([(begin, y - half), (end, y - half), (end, y + half), (begin, y + half)])
    pen = page.pen(3.0, line=look.colour, width=0.8, fill=tint(look.colour, 0.5), hatch=hatch)
    page.ink.area(pen, corners)
    page.rule(begin, y + row, begin, y, RULE, 0.7, order=2.5)
    if np.isfinite(step.low):
        page.rule(across(step.begin + step.low), y, across(step.begin + step.high), y, "#1A1A1A", 1.3, order=5.0)


def _amount(part: Part | Step, fall: Waterfall) -> str:
    """A part with its interval; all of one outcome have the decimals that the whole difference leaves standing."""
    error = max((fall.total.high - fall.total.low) / 10, abs(fall.total.mean) / 1000)
    mean = signed(part.mean, error)
    if not np.isfinite(part.low):
        return mean
    return f"{mean} ({quantity(part.low, error)} to {quantity(part.high, error)})"


def _sentence(fall: Waterfall, labels: Sequence[str]) -> str:
    a, b = labels
    total, day = fall.total, full_date(day_of(fall.date))
    if total.mean == 0 and not any(part.mean for part in fall.parts):
        return f"{b} and {a} do not differ here on {day}, in any run."
    error = max((total.high - total.low) / 2, abs(total.mean) / 1000)
    size = difference(quantity(abs(total.mean), error), fall.outcome.unit)
    word = "above" if total.mean > 0 else "below"
    most = fall.parts[0]
    text = (
        f"On {day} the mean of {b} lies {size} {word} that of {a}; "
        f"the largest part, {_amount(most, fall)}, comes from {most.group}."
    )
    return f"{text} Depends on assumptions: {', '.join(fall.depends_on)}." if fall.depends_on else text


def _record(page: Page, attribution: Attribution, fall: Waterfall) -> None:
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
        row = Row(scenario=attribution.b, panel=part.group, kind="part", value=part.mean, note=note, **common)
        page.rows.append(row)
    listed = ", ".join(f"{part.group} {_amount(part, fall)}" for part in fall.parts)
    page.phrases.append(f"Parts in {outcome.unit}: {listed}.")
