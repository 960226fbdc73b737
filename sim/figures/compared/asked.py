"""Any outcome the user asked for: every scenario's fan, and below it the difference run by run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.analysis.outcomes import headline
from sim.figures.compared.columns import BANDS, gap_cell, level_cell, limits, put, wrapped, years
from sim.figures.compared.lattice import Cell, Line
from sim.figures.compared.spread import Spread
from sim.figures.compared.subjects import Subject, fan_of, in_order, places_of
from sim.figures.compared.telling import against, findings
from sim.figures.drawing import Drawing
from sim.figures.style import Size
from sim.figures.words import full_date

if TYPE_CHECKING:
    from sim.analysis import Comparison
    from sim.analysis.outcomes import Outcome

PREFIX = "outcome"


def asked(comparison: Comparison) -> dict[str, Outcome]:
    """Outcomes compared beyond the headline ones that are numbers, by ``variable`` or ``variable:ENTITY``."""
    usual = {one.key for one in headline()}
    found = {one.outcome.key: one.outcome for one in comparison.contrasts}
    return {key: one for key, one in found.items() if key not in usual and one.kind == "number"}


def outcome_fans(comparison: Comparison, size: Size, outcome: Outcome) -> Drawing:
    """One column a scenario: the fan of ``outcome``, and its difference from the baseline with a line at nought."""
    heading = f"{outcome.long_name}: {outcome.entity}" if outcome.entity else outcome.long_name
    subject = Subject(outcome.variable, heading, outcome.entity)
    views = in_order(comparison)
    start = views[0].scenario.start
    told = findings(comparison, (subject,))
    first = views[0].name
    words = BANDS.format(start=full_date(start))
    if not comparison.conditional:
        words += f" Below: difference from {first} run by run, its mean with the 95% interval."
    groups = wrapped([view.name for view in views], size)
    height = 3.9 + len(groups) * 7.2
    page = Spread(comparison, f"{PREFIX}:{outcome.key}", size, heading, words, told.text, height)
    page.rows += told.rows
    places = places_of([fan_of(view, subject)[1] for view in views], subject)
    levels = {view.name: level_cell(page, view, subject, places) for view in views}
    nothing = np.zeros((0, 5))
    gaps = {first: Cell(page.looks[first], np.zeros(0), nothing, above=(("reference",),))}
    if not comparison.conditional:
        gaps |= {view.name: gap_cell(page, subject, view.name) for view in views[1:]}
    lines = {}
    for group in groups:
        rows = [Line("Value", subject.unit, [levels[one] for one in group], None, *limits(subject, [*levels.values()]))]
        if not comparison.conditional:
            shown = [gaps[one] for one in group]
            rows.append(Line("Difference", against(subject), shown, 0.0, *limits(None, [*gaps.values()])))
        lines[group] = rows
    put(page, groups, lines, size, float(years(np.array([start], "datetime64[D]"))[0]))
    return page.finish()
