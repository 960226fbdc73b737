"""Scenarios laid over one another: medians with the range of 90% of runs, labelled directly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.figures.compared.plot import Plot
from sim.figures.compared.spread import Spread
from sim.figures.compared.subjects import FANS, SPENDING, Subject, fan_of, history_of, in_order, places_of
from sim.figures.compared.telling import findings
from sim.figures.drawing import Drawing
from sim.figures.page import Box
from sim.figures.style import Size
from sim.figures.words import full_date

if TYPE_CHECKING:
    from sim.analysis import Comparison

BANDS = "Lines: medians. Bands: 90% of runs. Black: reported before the start, {start}."
BARS = "Lines: medians. Bars at the end: 90% and 50% of runs. Black: reported before the start, {start}."
SUBJECTS = tuple(one for one in FANS if one is not SPENDING)
WIDEST = {"russian_controlled_km2": "000,000", "military_aid_allocated_beur": "000"}


def overlay(comparison: Comparison, size: Size, scenario: str | None = None) -> Drawing:
    """Six headline variables with every scenario's median; two scenarios show bands, more show bars at the end."""
    del scenario
    told = findings(comparison, SUBJECTS[:2])
    start = full_date(comparison.views[0].scenario.start)
    words = (BANDS if len(comparison.views) == 2 else BARS).format(start=start)
    title = f"Headline outcomes: {comparison.names[0]} and {comparison.names[1]}"
    if len(comparison.names) > 2:
        title = f"Headline outcomes of {len(comparison.names)} scenarios"
    if comparison.conditional:
        title = f"Headline outcomes of {comparison.views[0].scenario.name}, split by {comparison.by}"
    page = Spread(comparison, "overlay", size, title, words, told.text, 19.0)
    page.rows += told.rows
    # Two names fit beside their lines on a page; otherwise they stand once, above.
    names = comparison.names if len(comparison.views) == 2 and not page.wide else ()
    body = page.body if names and not comparison.conditional else page.key()
    boxes = body.grid(2, 3) if page.wide else body.grid(3, 2, down=0.35)
    for box, subject in zip(boxes, SUBJECTS, strict=True):
        add_fans(page, box, subject, names)
    return page.finish()


def add_fans(page: Spread, box: Box, subject: Subject, names: Sequence[str] = ()) -> None:
    """A finished panel with the medians of every scenario for ``subject``; ``names`` are set beside the lines."""
    views = in_order(page.comparison)
    band = len(views) == 2
    widest = WIDEST.get(subject.name, "00.00")
    panel = Plot(page, box, subject, widest=widest, bars=0 if band else len(views), names=names)
    past = history_of(views[0], subject)
    panel.past(past)
    ranges = []
    places = places_of([fan_of(view, subject)[1] for view in views], subject)
    for view in views:
        dates, fan = fan_of(view, subject)
        panel.median(view.name, dates, fan, history=past, band=band, places=places)
        ranges.append((view.name, fan))
    if not band:
        panel.bars_beyond([(name, fan[-1]) for name, fan in ranges if len(fan)])
    if subject.level is not None:
        panel.level(subject.level, f"{subject.level:g}%", "target_pct_gdp")
    panel.start(page.comparison.views[0].scenario.start)
    panel.finish(low=subject.low, high=subject.high)
