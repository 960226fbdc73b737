"""One plot with a time axis for several scenarios, labelled at the right end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.figures.compared.spread import Spread, text_colour
from sim.figures.drawing import Row
from sim.figures.frame import Frame, spread
from sim.figures.history import Series
from sim.figures.page import Box
from sim.figures.style import CM_PER_INCH, INK, MUTED, SMALL, Look, tint
from sim.figures.ticks import position
from sim.figures.words import as_day, median_and_range, number, when

if TYPE_CHECKING:
    from sim.figures.compared.subjects import Subject

QUANTILES = ("q05", "q25", "q50", "q75", "q95")
LINE = SMALL * 1.15 / 72 * CM_PER_INCH
MARK, STRIP = 0.28, 0.15
# Height, text, look and name of a label at the right end.
End = tuple[float, str, "Look | None", str]


class Plot(Frame):
    """A frame with the marks of several scenarios. ``names`` says whether the labels carry the scenarios' names."""

    def __init__(
        self,
        page: Spread,
        box: Box,
        subject: Subject,
        *,
        names: Sequence[str] = (),
        widest: str = "00.00",
        unit: str = "",
        bars: int = 0,
    ) -> None:
        self.subject = subject
        end = max([widest, *names], key=page.measure)
        told = unit or subject.unit
        if page.measure(told) > box.w:
            told = subject.variable.unit  # the price basis also stands in the CSV
        super().__init__(
            page,
            box,
            subject.heading,
            told,
            subject.variable.every,
            widest=widest,
            end="n" * (2 + bars) + end,
        )
        self.spread, self.named = page, bool(names)
        self._labels: list[End] = []
        self._bars: list[tuple[str, NDArray[Any]]] = []

    def past(self, series: Series) -> None:
        """What was reported before the start, in black."""
        if not len(series):
            return
        x = position(series.dates, self.every)
        self._see(x, series.values)
        for day, value in zip(series.dates, series.values, strict=True):
            self._record("", day, "reported", value=float(value))
        self.axes.plot(x, series.values, color=INK, lw=self.page.line_width(1.1), zorder=5)

    def median(
        self, name: str, dates: NDArray[Any], fan: NDArray[Any], *, history: Series, band: bool, places: int
    ) -> None:
        """The median line of one scenario; with ``band`` its 90% range round it; ``places`` decimals at its end."""
        look = self.spread.looks[name]
        if not len(dates):
            self.say_nothing("no value falls in this horizon")
            return
        for day, row in zip(dates, fan, strict=True):
            self._record(name, day, "runs", **dict(zip(QUANTILES, map(float, row), strict=True)))
        self._tell(name, dates, fan)
        x, drawn = position(dates, self.every), np.asarray(fan, np.float64)
        if len(history) and x[0] - position(history.dates[-1:], self.every)[0] <= 1.05:
            x = np.concatenate([position(history.dates[-1:], self.every), x])
            drawn = np.vstack([np.full(5, history.values[-1]), drawn])
        self._see(x, drawn)
        width = self.page.line_width
        if band:
            self.axes.fill_between(x, drawn[:, 0], drawn[:, 4], color=look.colour, alpha=0.2, lw=0, zorder=2)
            for edge in (0, 4):
                self.axes.plot(x, drawn[:, edge], color=look.colour, lw=width(0.7), linestyle=look.linestyle, zorder=3)
        line = {"color": look.colour, "linestyle": look.linestyle, "lw": width(1.7), "solid_capstyle": "butt"}
        self.axes.plot(x, drawn[:, 2], zorder=_order(look), clip_on=False, **line)
        self.label(float(drawn[-1, 2]), number(float(drawn[-1, 2]), places), name)

    def steps(self, name: str, dates: NDArray[Any], shares: NDArray[Any], note: str) -> None:
        """The share of runs in which ``note`` holds, as a step line: each value holds until the next date."""
        look = self.spread.looks[name]
        if not len(dates):
            self.say_nothing("no value falls in this horizon")
            return
        x = position(dates, self.every)
        self._see(x, np.array([0.0, 1.0]))
        self._shares(name, dates, shares, note)
        line = {"color": look.colour, "linestyle": look.linestyle, "lw": self.page.line_width(1.6)}
        self.axes.plot(x, shares, drawstyle="steps-post", zorder=_order(look), clip_on=False, **line)
        self.label(float(shares[-1]), f"{number(100 * float(shares[-1]))}%", name)

    def dots(self, name: str, dates: NDArray[Any], shares: NDArray[Any], note: str, offset: float) -> None:
        """The share of runs in which ``note`` holds, one dot a year, moved by ``offset`` years."""
        look = self.spread.looks[name]
        if not len(dates):
            self.say_nothing("no value falls in this horizon")
            return
        x = position(dates, self.every)
        self._see(x, np.array([0.0, 1.0]))
        self._shares(name, dates, shares, note)
        size = self._dot(dates)
        dot = {"color": look.colour, "marker": look.marker, "ms": size, "ls": "none"}
        self.axes.plot(x + offset, shares, zorder=4, clip_on=False, **dot)
        self.label(float(shares[-1]), f"{number(100 * float(shares[-1]))}%", name)

    def counts(self, name: str, dates: NDArray[Any], fan: NDArray[Any], offset: float) -> None:
        """For a count: each year a dot at the median with a bar over 90% of runs, moved by ``offset`` years."""
        look = self.spread.looks[name]
        if not len(dates):
            self.say_nothing("no value falls in this horizon")
            return
        x = position(dates, self.every)
        self._see(x, np.asarray(fan))
        for day, row in zip(dates, fan, strict=True):
            self._record(name, day, "runs", **dict(zip(QUANTILES, map(float, row), strict=True)))
        self._tell(name, dates, fan)
        width = self.page.line_width
        self.axes.vlines(x + offset, fan[:, 0], fan[:, 4], color=look.colour, lw=width(1.2), zorder=3)
        size = self._dot(dates)
        dot = {"color": look.colour, "marker": look.marker, "ms": size, "ls": "none"}
        self.axes.plot(x + offset, fan[:, 2], zorder=4, **dot)
        self.label(float(fan[-1, 2]), number(float(fan[-1, 2]), 0), name)

    def label(self, y: float, text: str, name: str) -> None:
        """A label at the right end with the look's marker before it, and the scenario's name if labels carry it."""
        self._labels.append((y, text, self.spread.looks[name], name if self.named else ""))

    def _set_ends(self, low: float, high: float) -> None:
        height = SMALL * 1.2 / 72 * CM_PER_INCH * (2 if self.named else 1)
        ends = sorted([*self._labels, *((y, text, None, "") for y, text, *_ in self._ends)], key=lambda end: end[0])
        ends = _thinned(ends, max(2, int(self.box.h / height) + 1))
        wanted = [self.box.y + (end[0] - low) / (high - low) * self.box.h for end in ends]
        # Labels of lines near the edge stay beside the panel instead of running into its heading.
        top, bottom = self.box.y + self.box.h, self.box.y
        wanted = [max(min(y, top - (len(ends) - 1 - at) * height), bottom + at * height) for at, y in enumerate(wanted)]
        sheet = self.spread.marks()
        x = self._set_bars(sheet, low, high)
        for y, (_, text, look, name) in zip(spread(wanted, height), ends, strict=True):
            self._set_label(sheet, x, y, text, look, name)

    def _set_label(self, sheet: Any, x: float, y: float, text: str, look: Look | None, name: str) -> None:
        if look is None:
            self.page.text(x + MARK, y, text, SMALL, colour=MUTED, va="center_baseline")
            return
        up = y + LINE / 2 if name else y
        size = self.page.line_width(3.4)
        sheet.plot([x + 0.1], [up], color=look.colour, marker=look.marker, ms=size, mec="white", mew=0.4)
        colour = text_colour(look)
        self.page.text(x + MARK, up, text, SMALL, bold=True, colour=colour, va="center_baseline")
        if name:
            self.page.text(x + MARK, y - LINE / 2, name, SMALL, colour=colour, va="center_baseline")

    def bars_beyond(self, rows: Sequence[tuple[str, NDArray[Any]]]) -> None:
        """For each scenario, right of the lines' end, bars over 90% and 50% of runs at the last date."""
        self._bars = list(rows)

    def _set_bars(self, sheet: Any, low: float, high: float) -> float:
        """Draw the bars beside the time axis; returns where the labels may begin."""
        x = self.box.x + self.box.w + 0.12
        for name, row in self._bars:
            heights = self.box.y + (np.asarray(row, np.float64) - low) / (high - low) * self.box.h
            for (first, last), strength, points in (((0, 4), 0.45, 1.6), ((1, 3), 1.0, 2.8)):
                colour, width = tint(self.spread.looks[name].colour, strength), self.page.line_width(points)
                sheet.plot([x, x], heights[[first, last]], color=colour, lw=width, solid_capstyle="butt")
            x += STRIP
        return x

    def _dot(self, dates: NDArray[Any]) -> float:
        """Size of a dot so that the dots of one year stand side by side."""
        room = self.box.w / max(1, len(dates)) * 0.7 / len(self.spread.comparison.views)
        return self.page.line_width(min(4.0, max(2.0, room / CM_PER_INCH * 72)))

    def _tell(self, name: str, dates: NDArray[Any], fan: NDArray[Any]) -> None:
        told = median_and_range(fan[-1], self.subject.variable.unit)
        end = when(as_day(dates[-1]), self.subject.variable.every)
        self.page.told.append(f"{self.title}, {name}: median {told} in {end}.")

    def _shares(self, name: str, dates: NDArray[Any], shares: NDArray[Any], note: str) -> None:
        for day, share in zip(dates, shares, strict=True):
            self._record(name, day, "share", value=float(share), note=note)
        end = when(as_day(dates[-1]), self.subject.variable.every)
        self.page.told.append(f"{note}, {name}: {number(100 * float(shares[-1]))}% of runs in {end}.")

    def _record(self, name: str, day: Any, kind: str, **cells: Any) -> None:
        variable = self.subject.variable
        unit = "share of runs" if kind == "share" else variable.unit
        self.page.rows.append(
            Row(scenario=name, panel=self.title, variable=variable.name, entity=self.subject.entity,
                date=str(np.datetime64(day, "D")), kind=kind, unit=unit, price_basis=variable.price_basis, **cells)
        )  # fmt: skip


def _order(look: Look) -> float:
    """Solid lines lie below broken ones, so that equal lines show both colours."""
    return 4.0 + 0.1 * (len(look.dashes) > 0) + 0.1 * (sum(look.dashes[1::2]) > 1.6)


def _thinned(ends: list[End], most: int) -> list[End]:
    """At most ``most`` labels, the highest and the lowest among them: those nearest to a neighbour are left out."""
    kept = list(ends)
    while len(kept) > most:
        gaps = [(kept[at + 1][0] - kept[at - 1][0], at) for at in range(1, len(kept) - 1)]
        kept.pop(min(gaps)[1])
    return kept
