"""Where reported figures fell in the forecast: one line a variable, one mark a figure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.figures import style
from sim.figures.cases import cast_of, provenance
from sim.figures.drawing import Drawing, Row
from sim.figures.page import Box, Page, Sentence
from sim.figures.style import INK, LOOKS, MUTED, PAPER, SIZES, tint
from sim.text import full_date

if TYPE_CHECKING:
    from sim.evidence.scoring import Score

LINE = 0.62
NOTE = (
    "Filled: counts the same as what the start could see; open: counted differently. Events and figures of which no "
    "single runs were kept are left out."
)


def fallen(result: Any, scores: Sequence[Score]) -> Drawing:
    """A line for each variable from the lowest to the highest run, with a mark where each reported figure fell."""
    rows: dict[str, list[Score]] = {}
    for score in scores:
        if score.pit is not None:
            rows.setdefault(result.variables[score.variable].long_name, []).append(score)
    alike = [score for score in scores if score.pit is not None and score.like]
    inside = sum(score.band != "outside" for score in alike)
    sentence = f"{inside} of {len(alike)} figures that count alike lie inside the 90% band."
    with style.applied():
        made_of = provenance(cast_of(result), "score", "page", str(result.manifest.get("command", "")))
        title = f"{result.scenario.label}: where later reports fell"
        subtitle = f"Share of runs at or below each figure reported after {full_date(result.scenario.start)}."
        page = Page(
            SIZES["page"], title, subtitle, Sentence(sentence), made_of, height=4.2 + LINE * len(rows), note=NOTE
        )
        label = max((page.measure(name) for name in rows), default=0.0) + 0.3
        box = Box(page.body.x + label, page.body.y + 0.5, page.body.w - label - 0.3, page.body.h - 0.5)
        for (low, high), strength in (((0.05, 0.95), 0.2), ((0.25, 0.75), 0.4)):
            band = Box(box.x + low * box.w, box.y, (high - low) * box.w, box.h)
            page.rectangle(band, tint(LOOKS[0].colour, strength), 0.1 + strength)
        page.upright_axis(box, 0.0, 1.0, [(at, f"{at:.0%}") for at in (0.05, 0.25, 0.5, 0.75, 0.95)])
        for at, (name, of) in enumerate(rows.items()):
            y = box.top - (at + 0.5) * box.h / len(rows)
            page.text(page.body.x, y, name, middle=True, colour=INK)
            page.rule(box.x, y, box.right, y, MUTED, 0.4)
            for score in of:
                point = np.array([[box.x + float(score.pit or 0.0) * box.w, y]])
                page.ink.markers(page.pen(5.0, line=INK, width=0.7, fill=INK if score.like else PAPER), "o", point, 2.4)
                row = Row(panel=name, variable=score.variable, entity=score.entity, date=score.date.isoformat())
                page.rows.append(row._replace(kind="pit", value=score.pit, unit="share of runs"))
        return page.finish()
