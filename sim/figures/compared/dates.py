"""When things happen: ceasefire, 2% of GDP. Shares of runs as steps and dots, counts as dots; never fans."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.figures.compared.plot import Plot
from sim.figures.compared.spread import Spread, statement
from sim.figures.compared.subjects import (
    AT_TWO,
    CEASEFIRE,
    SHARE,
    Subject,
    contrast_of,
    fan_of,
    in_order,
    others,
    share_of_runs,
)
from sim.figures.compared.telling import findings
from sim.figures.drawing import Drawing
from sim.figures.page import Box
from sim.figures.style import Size

if TYPE_CHECKING:
    from sim.analysis import Comparison

WORDS = (
    "Share of runs at the end of each month or year; for the number of members the median (dot) and 90% of runs (bar)."
)
SO_FAR = Subject("ceasefire", "A ceasefire so far")
AT_LEVEL = Subject("europe_canada_share_pct_gdp", "Europe and Canada at 2% or more")
LEVEL = 2.0


def dates_reached(comparison: Comparison, size: Size, scenario: str | None = None) -> Drawing:
    """Share of runs with a ceasefire in force and so far, with Europe and Canada at 2%, and members at 2%."""
    del scenario
    told = findings(comparison, (CEASEFIRE,))
    title = "Ceasefire and 2% of GDP: in how many runs, by when"
    page = Spread(comparison, "dates_reached", size, title, WORDS, told.text, 14.5)
    page.rows += told.rows
    page.rows += [
        statement(found)
        for other in others(comparison)
        if (found := contrast_of(comparison, SHARE.outcome, other)) is not None
    ]
    boxes = page.key().grid(2, 2, down=0.35)
    add_ceasefire(page, boxes[0])
    _so_far(page, boxes[1])
    _at_level(page, boxes[2])
    add_members(page, boxes[3])
    return page.finish()


def add_ceasefire(page: Spread, box: Box) -> None:
    """A finished panel with the share of runs in which a ceasefire is in force."""
    panel = Plot(page, box, CEASEFIRE, widest="100%", unit="% of runs")
    for view in in_order(page.comparison):
        values = view.values(CEASEFIRE.name)
        panel.steps(view.name, view.dates(CEASEFIRE.name), share_of_runs(values), "Ceasefire in force")
    panel.finish(percent=True)


def add_members(page: Spread, box: Box) -> None:
    """A finished panel with the number of members at 2% of GDP, year by year."""
    panel = Plot(page, box, AT_TWO, widest="32")
    views = in_order(page.comparison)
    for place, view in enumerate(views):
        panel.counts(view.name, *fan_of(view, AT_TWO), offset=_offset(place, len(views)))
    panel.finish()


def _so_far(page: Spread, box: Box) -> None:
    panel = Plot(page, box, SO_FAR, widest="100%", unit="% of runs in which there has been one")
    for view in in_order(page.comparison):
        ever = np.maximum.accumulate(view.values(SO_FAR.name), axis=0)
        panel.steps(view.name, view.dates(SO_FAR.name), share_of_runs(ever), "There has been a ceasefire")
    panel.finish(percent=True)


def _at_level(page: Spread, box: Box) -> None:
    panel = Plot(page, box, AT_LEVEL, widest="100%", unit="% of runs, year by year")
    views = in_order(page.comparison)
    for place, view in enumerate(views):
        values = view.values(AT_LEVEL.name)
        above = np.where(np.isfinite(values), values >= LEVEL, np.nan)
        note = "Europe and Canada at or above 2% of GDP"
        panel.dots(view.name, view.dates(AT_LEVEL.name), share_of_runs(above), note, _offset(place, len(views)))
    panel.finish(percent=True)


def _offset(place: int, count: int) -> float:
    """How far a scenario's dots are moved sideways, in years, so that none covers another."""
    width = min(0.2 * (count - 1), 0.5 if count < 5 else 0.72)
    return 0.0 if count == 1 else (place / (count - 1) - 0.5) * width
