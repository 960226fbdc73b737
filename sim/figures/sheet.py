"""A page and panels set up for one result, with the words every figure of a run shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.figures.history import reported
from sim.figures.page import Box, Page
from sim.figures.panel import Panel
from sim.figures.reading import Ensemble, Telling, label_shares, provenance, shares, skill_line
from sim.figures.style import Size, look
from sim.figures.words import full_date

if TYPE_CHECKING:
    from sim.model import Variable

FAN = "Colour: median, 50% and 90% of runs. Black: reported before the start, {start}."
BARS = "Bars: 90% and 50% of runs, line: median. Black: reported before the start, {start}."
STEP = "Share of runs at the end of each month. Start: {start}."


class Sheet(Page):
    """A page about one result."""

    def __init__(
        self,
        result: Ensemble,
        name: str,
        size: Size,
        title: str,
        subtitle: str,
        sentence: str,
        telling: Telling,
        height: float,
    ) -> None:
        start = full_date(result.scenario.start)
        words = subtitle.format(start=start)
        source = provenance(result, name, size.name)
        super().__init__(size, title, words, sentence, source, height=height, skill=skill_line())
        self.result = result
        self.look = look(result.scenario.name)
        self.scenario = result.scenario.name
        self.rows += telling.rows

    def panel(self, box: Box, variable: Variable, title: str | None = None, widest: str = "00.00") -> Panel:
        """An empty panel for ``variable``, headed by its long name unless ``title`` says otherwise."""
        return Panel(
            self,
            box,
            variable.long_name if title is None else title,
            unit_line(variable),
            variable.every,
            widest=widest,
        )

    def fan(
        self,
        box: Box,
        variable: Variable,
        entity: str | None = None,
        *,
        title: str | None = None,
        widest: str = "00.00",
        since: str = "",
    ) -> Panel:
        """A panel with the fan of ``variable`` and its history, not yet finished."""
        panel = self.panel(box, variable, title, widest)
        self.add_fan(panel, variable, entity, since=since)
        return panel

    def add_fan(self, panel: Panel, variable: Variable, entity: str | None = None, *, since: str = "") -> None:
        """Draw the fan of ``variable``, its history (``since`` a day, if given) and the start line in ``panel``."""
        known = self.result.scenario.start
        dates = self.result.dates(variable.name)
        quantiles = np.asarray(self.result.quantiles(variable.name, entity), dtype=np.float64)
        history = reported(variable.name, entity, known)
        if since:
            history = history.since(since)
        panel.fan(variable, dates, quantiles, self.look, scenario=self.scenario, entity=entity or "", history=history)
        panel.start(known)

    def counts(self, box: Box, variable: Variable, *, title: str | None = None) -> Panel:
        """A panel with bars for a count over runs."""
        panel = self.panel(box, variable, title, "00")
        dates = self.result.dates(variable.name)
        quantiles = np.asarray(self.result.quantiles(variable.name), dtype=np.float64)
        history = reported(variable.name, None, self.result.scenario.start)
        panel.bars(variable, dates, quantiles, self.look, scenario=self.scenario, history=history)
        panel.start(self.result.scenario.start)
        return panel

    def chance(self, box: Box, variable: Variable, *, title: str | None = None, note: str = "") -> Panel:
        """A finished panel with the share of runs in which a 0/1 variable holds."""
        panel = Panel(
            self, box, variable.long_name if title is None else title, "% of runs", variable.every, widest="100%"
        )
        dates = self.result.dates(variable.name)
        values = shares(self.result, variable.name)
        panel.steps(variable, dates, values, self.look, scenario=self.scenario, note=note)
        panel.finish(percent=True)
        return panel

    def stacked(self, box: Box, variable: Variable, *, title: str | None = None) -> Panel:
        """A finished panel with the share of runs per label."""
        longest = max(variable.labels, key=len)
        panel = Panel(
            self,
            box,
            variable.long_name if title is None else title,
            "% of runs",
            variable.every,
            widest="100%",
            end=f"{longest} 100%",
        )
        values = label_shares(self.result, variable)
        panel.shares(variable, self.result.dates(variable.name), values, self.look, scenario=self.scenario)
        panel.finish(percent=True)
        return panel


def unit_line(variable: Variable) -> str:
    """Unit and price basis of a variable, as the second line of a panel's heading."""
    return ", ".join(part for part in (variable.unit, variable.price_basis) if part)
