"""One plot with a time axis. Each mark also writes the numbers it draws into the page's table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.figures.drawing import Row
from sim.figures.frame import Frame
from sim.figures.history import EMPTY, Series
from sim.figures.style import INK, MUTED, Look, tint
from sim.figures.ticks import position
from sim.figures.words import as_day, decimals, median_and_range, number, when

if TYPE_CHECKING:
    from sim.model import Variable

OUTER, INNER = 0.26, 0.52


class Panel(Frame):
    """A frame with the marks of an ensemble: fan, bars, steps, shares, history."""

    def fan(
        self,
        variable: Variable,
        dates: NDArray[Any],
        quantiles: NDArray[Any],
        look: Look,
        *,
        scenario: str = "",
        entity: str = "",
        history: Series = EMPTY,
        ends: bool = True,
    ) -> None:
        """Median line with bands of 50% and 90%, opening from the last reported point.

        ``quantiles`` is (time, 5). History is drawn up to the first simulated date.
        """
        self.history(variable, history if not len(dates) else history.before(dates[0]), entity=entity)
        if not len(dates):
            self.say_nothing("no value falls in this horizon")
            return
        self._record(variable, dates, quantiles, scenario, entity)
        x, drawn = self._opened(dates, np.asarray(quantiles, dtype=np.float64), history)
        self._see(x, drawn)
        if len(x) == 1:
            self._bar(x[0], drawn[0], look, width=0.5)
        else:
            for (low, high), strength in (((0, 4), OUTER), ((1, 3), INNER)):
                self.axes.fill_between(
                    x, drawn[:, low], drawn[:, high], color=tint(look.colour, strength), lw=0, zorder=2 + strength
                )
            width = self.page.line_width(1.7)
            self.axes.plot(
                x, drawn[:, 2], color=look.colour, linestyle=look.linestyle, lw=width, zorder=4, solid_capstyle="butt"
            )
        if ends:
            self._label_ends(drawn[-1], look, decimals(float(np.nanmax(np.abs(drawn))), variable.unit))

    def bars(
        self,
        variable: Variable,
        dates: NDArray[Any],
        quantiles: NDArray[Any],
        look: Look,
        *,
        scenario: str = "",
        history: Series = EMPTY,
    ) -> None:
        """For counts: at each date a bar over 90% of runs, a darker one over 50%, a line at the median; from nought."""
        earlier = history.before(dates[0]) if len(dates) else history
        self.history(variable, earlier, marker="o")
        self._see(np.zeros(0), np.zeros(1))
        if not len(dates):
            self.say_nothing("no value falls in this horizon")
            return
        self._record(variable, dates, quantiles, scenario, "")
        x = position(dates, self.every)
        self._see(x, quantiles)
        for place, row in zip(x, quantiles, strict=True):
            self._bar(float(place), row, look, width=0.7 if self.every == "year" else 0.06)
        self._label_ends(np.asarray(quantiles[-1], dtype=np.float64), look, decimals(0.0, variable.unit))

    def steps(
        self,
        variable: Variable,
        dates: NDArray[Any],
        shares: NDArray[Any],
        look: Look,
        *,
        scenario: str = "",
        note: str = "",
        label: str = "",
        thin: bool = False,
    ) -> None:
        """The share of runs in which something holds, as a step line; each value holds until the next date."""
        if not len(dates):
            self.say_nothing("no value falls in this horizon")
            return
        x = position(dates, self.every)
        self._see(x, np.array([0.0, 1.0]))
        for day, share in zip(dates, shares, strict=True):
            self._row(variable, kind="share", scenario=scenario, date=self._stamp(day), value=float(share), note=note)
        dashes = (0, (2.2, 1.4)) if thin else look.linestyle
        marker = look.marker if len(x) == 1 else ""
        width = self.page.line_width(1.2 if thin else 1.9)
        self.axes.plot(
            x, shares, color=look.colour, linestyle=dashes, lw=width, drawstyle="steps-post", zorder=4, marker=marker
        )
        told = f"{number(100 * float(shares[-1]))}%"
        self._ends.append((float(shares[-1]), f"{told} {label}".strip(), look.colour, not thin))
        what = note or variable.long_name
        self.page.told.append(f"{what}: {told} of runs in {when(as_day(dates[-1]), self.every)}.")

    def shares(
        self,
        variable: Variable,
        dates: NDArray[Any],
        shares: NDArray[Any],
        look: Look,
        *,
        scenario: str = "",
    ) -> None:
        """For a labelled variable: the share of runs with each label, stacked to 100%. ``shares`` is (time, labels)."""
        if not len(dates):
            self.say_nothing("no value falls in this horizon")
            return
        x = position(dates, self.every)
        if len(x) == 1:
            x, drawn = np.array([x[0] - 0.04, x[0]]), np.repeat(shares, 2, axis=0)
        else:
            drawn = shares
        self._see(x, np.array([0.0, 1.0]))
        tops = np.cumsum(drawn, axis=1)
        strengths = np.linspace(0.95, 0.2, max(2, len(variable.labels)))
        for index, label in enumerate(variable.labels):
            below = tops[:, index] - drawn[:, index]
            for day, share in zip(dates, shares[:, index], strict=True):
                self._row(
                    variable, kind="share", scenario=scenario, date=self._stamp(day), value=float(share), note=label
                )
            colour = tint(look.colour, float(strengths[index]))
            self.axes.fill_between(
                x, below, tops[:, index], step="post", color=colour, lw=self.page.line_width(0.4), ec="white", zorder=3
            )
            end = float(drawn[-1, index])
            if end > 0:
                self._ends.append((float(below[-1]) + end / 2, f"{label} {number(100 * end)}%", INK, False))
        told = ", ".join(f"{label} {number(100 * float(shares[-1, i]))}%" for i, label in enumerate(variable.labels))
        self.page.told.append(f"{variable.long_name} in {when(as_day(dates[-1]), self.every)}, share of runs: {told}.")

    def history(self, variable: Variable, series: Series, *, entity: str = "", marker: str = "") -> None:
        """What was reported before the simulated dates, in black."""
        if not len(series):
            return
        x = position(series.dates, self.every)
        self._see(x, series.values)
        for day, value in zip(series.dates, series.values, strict=True):
            self._row(variable, kind="reported", entity=entity, date=self._stamp(day), value=float(value))
        marker = marker or ("o" if len(x) == 1 else "")
        size = self.page.line_width(2.2)
        self.axes.plot(x, series.values, color=INK, lw=self.page.line_width(1.1), marker=marker, ms=size, zorder=5)

    def _label_ends(self, last: NDArray[Any], look: Look, places: int) -> None:
        middle = number(float(last[2]), places)
        self._ends.append((float(last[2]), middle, look.colour, True))
        for value in (float(last[0]), float(last[4])):
            text = number(value, places)
            if text != middle:
                self._ends.append((value, text, MUTED, False))

    def _bar(self, x: float, row: NDArray[Any], look: Look, width: float) -> None:
        for (low, high), strength, part in (((0, 4), OUTER, 1.0), ((1, 3), INNER, 0.7)):
            half = width * part / 2
            self.axes.fill_between(
                [x - half, x + half], row[low], row[high], color=tint(look.colour, strength), lw=0, zorder=2 + strength
            )
        width_pt = self.page.line_width(2.0)
        self.axes.hlines(row[2], x - width / 2, x + width / 2, color=look.colour, lw=width_pt, zorder=4)

    def _opened(
        self, dates: NDArray[Any], quantiles: NDArray[Any], history: Series
    ) -> tuple[NDArray[Any], NDArray[Any]]:
        """The points drawn: the simulated ones, after the last reported one if that is at most a year away."""
        x = position(dates, self.every)
        earlier = history.before(dates[0])
        if len(earlier):
            last = float(position(earlier.dates[-1:], self.every)[0])
            if x[0] - last <= 1.05:
                x = np.concatenate([[last], x])
                quantiles = np.vstack([np.full(5, earlier.values[-1]), quantiles])
        return x, quantiles

    def _stamp(self, day: Any) -> str:
        return str(np.datetime64(day, "D"))

    def _row(self, variable: Variable, **cells: Any) -> None:
        unit = "share of runs" if cells["kind"] == "share" else variable.unit
        self.page.rows.append(
            Row(panel=self.title, variable=variable.name, unit=unit, price_basis=variable.price_basis, **cells)
        )

    def _record(
        self, variable: Variable, dates: NDArray[Any], quantiles: NDArray[Any], scenario: str, entity: str
    ) -> None:
        for day, row in zip(dates, quantiles, strict=True):
            low, below, middle, above, high = (float(value) for value in row)
            cells = {"q05": low, "q25": below, "q50": middle, "q75": above, "q95": high}
            self._row(variable, kind="runs", scenario=scenario, entity=entity, date=self._stamp(day), **cells)
        told = median_and_range(quantiles[-1], variable.unit)
        self.page.told.append(f"{self.title}: median {told} in {when(as_day(dates[-1]), self.every)}.")


def share_range(panels: Sequence[Panel]) -> tuple[float, float]:
    """The lowest and highest value over ``panels``, to give all of them one axis."""
    return min(panel.low for panel in panels), max(panel.high for panel in panels)
