"""A comparison on one A4 page: the answer, two charts and what it rests on, as a web page and as a pdf."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sim.figures import style
from sim.figures.cases import Cast, Subject, cast_of, provenance, skill_line
from sim.figures.drawing import Drawing
from sim.figures.export import rendered
from sim.figures.page import CAUTION, Box, Page, Sentence
from sim.figures.panel import panels
from sim.figures.report import story
from sim.figures.report.page import Picture, heading, inline, template, what_made
from sim.figures.report.tables import outcome_name
from sim.figures.style import CM_PER_INCH, MUTED, RULE, SMALL, Size

if TYPE_CHECKING:
    from sim.analysis import Change, Comparison

# Centimetres and points.
A4_WIDTH, A4_HEIGHT, MARGIN, CHART_HEIGHT, FLOOR = 21.0, 29.7, 1.8, 7.8, 2.3
TEXT, HEADING, HEAD = 9.0, 11.0, 16.0
BLUE = "#0A4F8A"
DEPENDS = "Depends on: no data settle it."


@dataclass(frozen=True, slots=True)
class Ground:
    """One input in which the scenarios differ: what it is, each scenario's value, whether data settle it."""

    meaning: str
    values: str
    depends_on: bool


@dataclass(frozen=True, slots=True)
class Words:
    """Everything the page says, the same in both forms."""

    heading: str
    made: str
    answer: tuple[str, ...]
    charts: str
    grounds: tuple[Ground, ...]
    more: str
    limits: tuple[str, ...]
    again: str


def brief_html(comparison: Comparison, command: str) -> str:
    """The brief as one HTML file that stands alone and prints on one A4 page."""
    from markupsafe import Markup

    cast = cast_of(comparison)
    with style.applied():
        words, _, _ = _fitted(comparison, command)
        strip = _sheet(cast, "strip", A4_WIDTH - 2 * MARGIN, CHART_HEIGHT, command)
        _charts(strip, Box(0.0, 0.0, strip.width, strip.height), cast, _subjects(comparison))
    drawing = strip.finish()
    svg = rendered(drawing, "svg", "brief").decode()
    picture = Picture("brief", "The outcomes that differ most", drawing.alt, svg, "")
    charts = Markup(inline(picture, "charts-"))
    return template("brief.html").render(words=words, charts=charts, **what_made(comparison, command))


def brief_pdf(comparison: Comparison, command: str) -> bytes:
    """The brief as a pdf of one A4 page; its text stays text."""
    return rendered(draw_brief(comparison, command), "pdf")


def draw_brief(comparison: Comparison, command: str) -> Drawing:
    """The brief as a drawing of one A4 page."""
    with style.applied():
        _, page, box = _fitted(comparison, command)
        _charts(page, box, cast_of(comparison), _subjects(comparison))
    return page.finish()


def _fitted(comparison: Comparison, command: str) -> tuple[Words, Page, Box]:
    """As many inputs as fit on the page, the page with all its words, and the box that is left for the charts."""
    cast, words = cast_of(comparison), _words(comparison, command)
    grounds = words.grounds
    for count in range(len(grounds), -1, -1):
        left_out = len(grounds) - count
        more = f"{left_out} more inputs differ; the report lists them." if left_out else words.more
        words = replace(words, grounds=grounds[:count], more=more)
        sheet = _sheet(cast, "A4", A4_WIDTH, A4_HEIGHT, command)
        box, bottom = _write(sheet, words)
        if bottom >= FLOOR:
            break
    return words, sheet, box


def _write(sheet: Page, words: Words) -> tuple[Box, float]:
    """Set all words; returns the box left for the charts, and where the words end above the footer."""
    left, width = MARGIN, A4_WIDTH - 2 * MARGIN

    def paragraph(top: float, text: str, points: float = TEXT, **setting: Any) -> float:
        """Set ``text`` below ``top``; returns where it ends."""
        lines = sheet.wrap(text, width, points, bool(setting.get("bold")))
        step = points * 1.38 / 72 * CM_PER_INCH
        return sheet.lines(left, top - step * 0.8, lines, points, step=step, **setting) + step * 0.8

    def section(top: float, text: str) -> float:
        sheet.rule(left, top - 0.3, left + width, top - 0.3, BLUE, 1.0)
        return paragraph(top - 0.42, text, HEADING, bold=True) - 0.1

    sheet.rule(left, A4_HEIGHT - 1.35, left + width, A4_HEIGHT - 1.35, BLUE, 3.5)
    top = paragraph(A4_HEIGHT - 1.65, words.heading, HEAD, bold=True) - 0.05
    top = section(paragraph(top, words.made, colour=MUTED), "The answer")
    for sentence in words.answer:
        top = paragraph(top, sentence, TEXT + 0.5) - 0.12
    top = section(top, "What differs most")
    top = paragraph(top, words.charts, SMALL + 0.5, colour=MUTED) - 0.1
    box = Box(left, top - CHART_HEIGHT, width, CHART_HEIGHT)
    top = section(box.y, "What it rests on")
    for ground in words.grounds:
        mark = f" {DEPENDS}" if ground.depends_on else ""
        top = paragraph(top, f"{ground.meaning}: {ground.values}.{mark}") - 0.06
    if words.more:
        top = paragraph(top, words.more) - 0.06
    top = section(top, "How far it carries")
    for sentence in words.limits:
        top = paragraph(top, sentence) - 0.06
    sheet.rule(left, 2.1, left + width, 2.1, RULE, 0.6)
    paragraph(2.0, words.again, SMALL, colour=MUTED)
    return box, top


def _sheet(cast: Cast, name: str, width: float, height: float, command: str) -> Page:
    source = provenance(cast, "brief", name, command)
    return Page(Size(name, width, height, 1.0), "Brief", "", Sentence(""), source, height=height, note="", bare=True)


def _charts(sheet: Page, box: Box, cast: Cast, subjects: Sequence[Subject]) -> None:
    """The subjects side by side below a key of the scenarios."""
    sheet.body = box
    sheet.key([(case.look, case.label) for case in cast.cases])
    boxes = sheet.body.columns(*(1.0 for _ in subjects), across=0.5)
    panels(sheet, list(zip(boxes, subjects, strict=True)), cast)


def _subjects(comparison: Comparison) -> list[Subject]:
    """The two recorded variables that differ most in their own scale, each once."""
    chosen: dict[str, Subject] = {}
    for rows in comparison.ranked():
        row = rows[0]
        if row.kind in ("number", "probability") and row.variable not in chosen and len(chosen) < 2:
            heading_text = outcome_name(row.long_name.partition(",")[0] if row.entity else row.long_name, row.entity)
            chosen[row.variable] = Subject(row.variable, heading_text, row.entity)
    return list(chosen.values())


def _words(comparison: Comparison, command: str) -> Words:
    sides = story.sides(comparison)
    labels = {side.name: side.label for side in sides}
    origin = what_made(comparison, command)
    grounds = [_ground(change, [labels[name] for name in comparison.names]) for change in comparison.inputs]
    # What no data settle comes first, and of that what differs in most ways.
    grounds.sort(key=lambda ground: (not ground.depends_on, -ground.values.count(";")))
    more = f"Parts of one ensemble, sorted by {comparison.by}: conditioning, not intervention." if comparison.by else ""
    fared = skill_line([subject.name for subject in _subjects(comparison)])
    skill = [f"How earlier forecasts of the same kind fared: {fared}"] if fared else []
    bands = "Bands: 90% of runs." if len(sides) == 2 else "Bars at the end: 90% and 50% of runs."
    runs = f"{origin['runs']:,} runs{' in all' if comparison.conditional else ' of each scenario'}"
    facts = f", facts {origin['facts_hash'][:8]}" if origin["facts_hash"] else ""
    return Words(
        heading=heading(comparison, labels),
        made=f"{runs}, seed {origin['seed']}, start {origin['start'].isoformat()}. {CAUTION}",
        answer=story.answer(comparison, labels),
        charts=f"Lines: medians. {bands} Black: reported before the start.",
        grounds=tuple(grounds),
        more=more,
        limits=(story.reading(comparison.conditional)[2], *skill),
        again=f"alliance {origin['version']}{facts}. Made again by: {command}",
    )


def _ground(change: Change, labels: Sequence[str]) -> Ground:
    """A changed input with the scenarios of each value; ``labels`` in the order of the change's values."""
    who: dict[str, list[str]] = {}
    for value, label in zip(change.values, labels, strict=True):
        who.setdefault(value, []).append(label)
    most = max(who.values(), key=len)
    values = [
        f"{value} ({'all others' if len(names) > 2 and names is most else ', '.join(names)})"
        for value, names in sorted(who.items(), key=lambda item: item[1] is most and len(most) > 2)
    ]
    meaning = change.meaning if change.kind != "event" else change.key
    return Ground(meaning[:1].upper() + meaning[1:], "; ".join(values), change.depends_on)
