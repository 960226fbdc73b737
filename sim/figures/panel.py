"""Plots of one or several scenarios. ``Plot`` draws marks in a frame; ``Panel`` adds heading, axes, labels and numbers.

How bands look follows from the number of scenarios alone: one has its bands of 90% and 50%, two lie over one another
with their 90%, more have medians only and show their ranges as bars beside the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.figures.axis import SHARES, Axis, apart, moment, opened, position, time_span
from sim.figures.cases import QUANTILES, Case, Cast, Subject
from sim.figures.drawing import Frame, Row
from sim.figures.history import EMPTY, READERS, SINCE_NOTES, SPLIT_NOTE, Series, break_words
from sim.figures.page import LINE, Box, Page, marked_years
from sim.figures.style import BODY, CM_PER_INCH, GRID, INK, MUTED, PAPER, RULE, SMALL, Look, tint
from sim.text import day_of, median_and_range, number, when

if TYPE_CHECKING:
    from sim.model import Variable

OUTER, INNER = 0.26, 0.52
HEADER, SHORT_HEADER, FOOT = 0.88, 0.52, 0.45
MARKER, STRIP = 0.28, 0.15
NO_VALUE = "no value falls in this horizon"
UNREPORTED = "no history reported"
Floats = NDArray[np.float64]


class End(NamedTuple):
    """A label right of the last point: ``name`` is a second line below it, ``look`` gives it a marker."""

    value: float
    text: str
    colour: str = MUTED
    bold: bool = False
    look: Look | None = None
    name: str = ""


class Plot:
    """Marks inside ``frame``: values of an axis against time, drawn on a page."""

    def __init__(self, page: Page, frame: Box, times: tuple[float, float], axis: Axis) -> None:
        self.page, self.frame, self.times, self.axis = page, frame, times, axis
        self.low, self.high = axis.ticks[0], axis.ticks[-1]

    def height(self, value: float) -> float:
        """Where a value lies, in centimetres."""
        return self.frame.y + (value - self.low) / (self.high - self.low) * self.frame.h

    def points(self, x: Any, y: Any) -> Floats:
        """Data as points (n, 2) in centimetres."""
        across = (
            self.frame.x + (np.asarray(x, np.float64) - self.times[0]) / (self.times[1] - self.times[0]) * self.frame.w
        )
        up = self.frame.y + (np.asarray(y, np.float64) - self.low) / (self.high - self.low) * self.frame.h
        return np.column_stack(np.broadcast_arrays(across, up))

    def line(self, order: float, points: Floats, colour: str, width: float, dashes: tuple[float, ...] = ()) -> None:
        """A line through points in centimetres."""
        self.page.ink.line(self.page.pen(order, line=colour, width=width, dashes=dashes), points)

    def area(self, order: float, x: Any, low: Any, high: Any, fill: str, **pen: Any) -> None:
        """The area between two lines of values."""
        corners = np.concatenate([self.points(x, low), self.points(x, high)[::-1]])
        self.page.ink.area(self.page.pen(order, fill=fill, **pen), corners)

    def grid(self) -> None:
        """A fine line at every mark of the value axis."""
        for tick in self.axis.ticks:
            y = self.height(tick)
            self.page.rule(self.frame.x, y, self.frame.right, y, GRID, 0.6, order=0.5)

    def tick_texts(self) -> None:
        """The values left of the frame; where they would touch, only as many as fit."""
        ticks = self.axis.ticks
        step = self.frame.h / (len(ticks) - 1)
        every = next((n for n in range(1, len(ticks)) if step * n >= LINE * 0.95), len(ticks))
        nought = ticks.index(0.0) if 0.0 in ticks else 0
        for at, (tick, text) in enumerate(zip(ticks, self.axis.texts, strict=True)):
            if (at - nought) % every == 0:
                self.page.text(self.frame.x - 0.08, self.height(tick), text, colour=MUTED, ha="right", middle=True)

    def level(self, value: float, order: float = 1.5) -> None:
        """A dashed line across at a value: a target, or nought."""
        y = self.height(value)
        self.line(order, np.array([[self.frame.x, y], [self.frame.right, y]]), RULE, 0.8, (3.0, 2.0))

    def start(self, x: float) -> None:
        """The thin upright line where the simulation starts, if that lies inside."""
        if self.times[0] < x < self.times[1]:
            self.line(1.6, self.points([x, x], [self.low, self.high]), RULE, 0.8)

    def past(
        self, x: Floats, values: Floats, width: float = 1.1, *, dots: bool = False, splits: Sequence[int] = ()
    ) -> None:
        """What was reported before the simulated dates, in black; parted by a dotted line before each of ``splits``."""
        points = self.points(x, values)
        for part in np.split(points, splits):
            self.line(5.5, part, INK, width)
            if len(part) == 1 or dots:
                self.page.ink.markers(self.page.pen(5.6, fill=INK), "o", part, 2.2)
        for first in splits:
            place = (x[first - 1] + x[first]) / 2
            self.line(1.6, self.points([place, place], [self.low, self.high]), MUTED, 0.8, (1.0, 1.6))

    def later(self, x: Floats, values: Floats, *, alike: bool) -> None:
        """What was reported after the start: a diamond, filled where it counts the same as what the start saw."""
        if len(x):
            pen = self.page.pen(6.5, line=INK, width=0.9, fill=INK if alike else PAPER)
            self.page.ink.markers(pen, "D", self.points(x, values), 2.6)

    def fan(
        self, look: Look, x: Floats, fan: Floats, past_x: Floats, past: Floats, *, count: int, width: float
    ) -> None:
        """The median line of one of ``count`` scenarios and its bands; ``fan`` is (time, 5).

        It opens from the last reported value (see ``axis.opened``).
        """
        if not len(x):
            return
        x, fan = opened(x, fan, past_x, past)
        if count == 1:
            for (low, high), strength in (((0, 4), OUTER), ((1, 3), INNER)):
                self.area(2 + strength, x, fan[:, low], fan[:, high], tint(look.colour, strength))
        elif count == 2:
            self.area(2.0, x, fan[:, 0], fan[:, 4], look.colour, opacity=0.2)
            for edge in (0, 4):
                self.line(3.0, self.points(x, fan[:, edge]), look.colour, 0.6, look.dashes)
        self.line(_order(look), self.points(x, fan[:, 2]), look.colour, width, look.dashes)

    def bars(self, look: Look, x: Floats, fan: Floats, width: float) -> None:
        """At each date a bar over 90% of the runs, a darker one over 50% and a line at the median."""
        for time, quantiles in zip(x, fan, strict=True):
            for (low, high), strength, part in (((0, 4), OUTER, 1.0), ((1, 3), INNER, 0.7)):
                sides = [time - width * part / 2, time + width * part / 2]
                self.area(2 + strength, sides, quantiles[low], quantiles[high], tint(look.colour, strength))
            self.line(4.0, self.points([time - width / 2, time + width / 2], quantiles[2]), look.colour, 2.0)

    def dots(self, look: Look, x: Floats, values: Floats, size: float) -> None:
        """A marker at each value."""
        self.page.marker(look, self.points(x, values), size)

    def steps(self, look: Look, x: Floats, values: Floats, width: float) -> None:
        """A line that holds each value until the next date."""
        if len(x) == 1:
            self.dots(look, x, values, 4.0)
        times = np.repeat(x, 2)[1:]
        self.line(_order(look), self.points(times, np.repeat(values, 2)[:-1]), look.colour, width, look.dashes)

    def ends(self, ends: Sequence[End], x: float, *, named: bool = False, marked: bool = False) -> None:
        """Labels from ``x`` on, right of the last points: none covers another, all stay beside the frame.

        ``named`` labels have a second line, ``marked`` ones leave room for markers.
        """
        height = LINE * (2 if named else 1)
        shown = _thinned(sorted(ends, key=lambda end: end.value), max(2, int(self.frame.h / height) + 1))
        wanted = [self.height(end.value) for end in shown]
        left = x + (MARKER - 0.1 if marked else 0.0)
        for y, end in zip(apart(wanted, height, self.frame.y, self.frame.top), shown, strict=True):
            up = y + LINE / 2 if end.name else y
            if end.look:
                self.page.marker(end.look, np.array([[x, up]]), 3.4)
            self.page.text(left, up, end.text, bold=end.bold, colour=end.colour, middle=True)
            self.page.text(left, y - LINE / 2, end.name, colour=end.colour, middle=True)


class Panel:
    """A subject of every scenario with its heading, axes, history, level and labels at the right end.

    All it draws is also written into the page's table and its text alternative. ``named`` puts the scenarios' labels
    beside the lines.
    """

    def __init__(
        self, page: Page, box: Box, cast: Cast, subject: Subject, axis: Axis, times: tuple[float, float], named: bool
    ) -> None:
        self.page, self.cast, self.subject, self.named = page, cast, subject, named
        self.variable, self.mark = cast.variable(subject.name), cast.mark(subject)
        self.bars_beyond = self.mark == "fan" and len(cast.cases) > 2
        self.ends: list[End] = []
        unit = subject.unit or ("% of runs" if axis is SHARES else unit_line(self.variable))
        self.past = cast.first.past(subject, cast.past_years) if self.mark in ("fan", "count") else EMPTY
        # A line that begins in mid-air is explained: the release that this start uses may lack the series.
        self.unreported = not len(self.past) and subject.name in READERS and self.mark in ("fan", "count")
        if self.unreported:
            unit = f"{unit.partition(',')[0]}; {UNREPORTED}"
        if page.measure(unit) > box.w:
            unit = unit.partition(",")[0]  # the price basis also stands in the CSV
        header = HEADER if subject.heading else SHORT_HEADER
        left = max(map(page.measure, axis.texts)) + 0.12
        frame = Box(box.x + left, box.y + FOOT, box.w - left - self._right(axis), box.h - FOOT - header)
        self.plot = Plot(page, frame, times, axis)
        page.text(box.x, box.top - 0.3, subject.heading, BODY, bold=True)
        page.text(box.x, box.top - header + 0.26, unit, colour=MUTED)
        page.frames.append(
            Frame(
                subject.heading,
                subject.name,
                (frame.x, frame.y, frame.w, frame.h),
                times,
                (axis.ticks[0], axis.ticks[-1]),
            )
        )

    def _right(self, axis: Axis) -> float:
        """Room for the labels at the right end."""
        page, cases = self.page, self.cast.cases
        if self.mark == "labels":
            last = np.vstack([case.label_shares(self.variable)[-1:] for case in cases]).sum(axis=0)
            shown = [label for label, share in zip(self.variable.labels, last, strict=True) if share > 0]
            return page.measure(f"{max(shown, key=len, default='')} 100%") + 0.12
        widest = max((axis.text(value) for value in (axis.ticks[0], axis.ticks[-1])), key=len)
        names = [case.label for case in cases] if self.named else []
        room = max([page.measure(widest, SMALL, True), *map(page.measure, names)])
        if self.subject.level_text:
            room = max(room, page.measure(self.subject.level_text))
        marker = 0.0 if self.cast.single else MARKER
        return room + 0.12 + marker + (STRIP * len(cases) if self.bars_beyond else 0.0)

    def draw(self) -> None:
        """Draw everything."""
        subject, plot = self.subject, self.plot
        plot.grid()
        plot.tick_texts()
        beside = self.mark == "labels" and not self.cast.single
        marked_years(self.page, plot.frame, plot.times, self.variable.every, labelled=not beside)
        if subject.level is not None:
            plot.level(subject.level)
            self.ends.append(End(subject.level, subject.level_text))
            self.page.rows.append(
                Row(panel=subject.heading, variable=subject.name, kind="level", value=subject.level,
                    unit=self.variable.unit, note=subject.level_text)
            )  # fmt: skip
        if not len(self.cast.first.dates(subject)):
            self.say(NO_VALUE)
        elif self.mark == "labels":
            self._labels()
        elif self.mark == "share":
            self._shares()
        else:
            self._values()
        if self.mark != "labels":
            plot.start(moment(self.cast.first.source.scenario.start, self.variable.every))
        self._set_ends()

    def say(self, reason: str) -> None:
        """Write in the panel why nothing is drawn there."""
        frame = self.plot.frame
        self.page.text(frame.x + frame.w / 2, frame.y + frame.h / 2, reason, colour=MUTED, ha="center")
        self.page.phrases.append(f"{self.subject.heading}: {reason}.")

    def _values(self) -> None:
        """Fans, or for a count bars (one scenario) or dots with their ranges (several)."""
        subject, plot, cases = self.subject, self.plot, self.cast.cases
        past = self.past
        past_x = position(past.dates, self.variable.every)
        plot.past(past_x, past.values, dots=self.mark == "count", splits=past.splits)
        record_past(self.page, self.variable, subject, past)
        if self.unreported:
            self.page.phrases.append(f"{subject.heading}: {UNREPORTED} before the start.")
        self._later()
        for at, case in enumerate(cases):
            dates, fan = case.dates(subject), case.fan(subject)
            x = position(dates, self.variable.every)
            record_fan(self.page, self.variable, subject, case, dates, fan, several=len(cases) > 1)
            if self.mark == "fan":
                plot.fan(case.look, x, fan, past_x, past.values, count=len(cases), width=1.7)
            elif self.cast.single:
                plot.bars(case.look, x, fan, 0.7 if self.variable.every == "year" else 0.06)
            else:
                x = x + _offset(at, len(cases))
                for time, quantiles in zip(x, fan, strict=True):
                    plot.line(3.0, plot.points([time, time], quantiles[[0, 4]]), case.look.colour, 1.2)
                plot.dots(case.look, x, fan[:, 2], self._dot_size(len(dates)))
            self._end(case, fan[-1, 2])
            if self.cast.single:
                middle = plot.axis.text(fan[-1, 2])
                texts = [(value, plot.axis.text(value)) for value in fan[-1, [0, 4]].tolist()]
                self.ends += [End(value, text) for value, text in texts if text != middle]

    def _later(self) -> None:
        """What was reported after the start, on dates that are drawn; counted alike or not."""
        subject, first = self.subject, self.cast.first
        for alike, series in first.later(subject).items():
            self.plot.later(position(series.dates, self.variable.every), series.values, alike=alike)
            note = SINCE_NOTES[alike]
            for day, value in zip(series.dates, series.values.tolist(), strict=True):
                self.page.rows.append(_row(self.variable, subject, day, kind="since", value=value, note=note))
            if len(series):
                last = (
                    f"{self.plot.axis.text(series.values[-1])} in {when(day_of(series.dates[-1]), self.variable.every)}"
                )
                self.page.phrases.append(f"{subject.heading or self.variable.long_name}, {note}: {last}.")

    def _shares(self) -> None:
        """The share of runs in which the subject holds: steps for a monthly variable, dots for a yearly one."""
        subject, plot, cases = self.subject, self.plot, self.cast.cases
        for at, case in enumerate(cases):
            dates, shares = case.dates(subject), case.shares(subject)
            if shares is None:
                self.say("single runs were not kept")
                return
            x = position(dates, self.variable.every)
            if self.variable.every == "month":
                plot.steps(case.look, x, shares, 1.9 if self.cast.single else 1.6)
            else:
                plot.dots(case.look, x + _offset(at, len(cases)), shares, self._dot_size(len(dates)))
            record_shares(self.page, self.variable, subject, case, dates, shares, subject.heading, len(cases) > 1)
            self._end(case, shares[-1])

    def _labels(self) -> None:
        """A labelled variable: the share of runs at each label, stacked; several scenarios at the last date only."""
        variable, subject, plot = self.variable, self.subject, self.plot
        strengths = np.linspace(0.95, 0.2, max(2, len(variable.labels)))
        every = [(case, case.label_shares(variable)) for case in self.cast.cases]
        record_labels(self.page, self.cast, subject)
        constant = constant_label(self.cast, subject)
        if constant:
            self.say(f"{constant} in every run")
        elif self.cast.single:
            self._stacked(*every[0], strengths)
        else:
            for at, (case, shares) in enumerate(every):
                self._stacked_column(case, shares[-1], at, strengths)
            end = when(day_of(self.cast.first.dates(subject)[-1]), variable.every)
            frame = plot.frame
            self.page.text(frame.x + frame.w / 2, frame.y - 0.4, end, colour=MUTED, ha="center")
            for label, strength, y in zip(variable.labels, strengths, np.arange(len(strengths)) * 0.4, strict=True):
                swatch = Box(frame.right + 0.1, frame.y + 0.1 + float(y), 0.22, 0.22)
                self.page.rectangle(swatch, tint(INK, float(strength)), 3.0)
                self.page.text(swatch.right + 0.08, swatch.y + 0.11, label, middle=True)

    def _stacked(self, case: Case, shares: Floats, strengths: Floats) -> None:
        """One scenario's shares of labels from date to date, one upon the other."""
        x = position(case.dates(self.subject), self.variable.every)
        if len(x) == 1:
            x, shares = np.array([x[0] - 0.04, x[0]]), np.repeat(shares, 2, axis=0)
        times, tops = np.repeat(x, 2)[1:], np.cumsum(shares, axis=1)
        for index, label in enumerate(self.variable.labels):
            low, high = (np.repeat(edge, 2)[:-1] for edge in (tops[:, index] - shares[:, index], tops[:, index]))
            fill, last = tint(case.look.colour, float(strengths[index])), float(shares[-1, index])
            if shares[:, index].any():
                self.plot.area(3.0, times, low, high, fill, line=PAPER, width=0.4)
            if last > 0:
                self.ends.append(End(float(tops[-1, index]) - last / 2, f"{label} {number(100 * last)}%", INK))

    def _stacked_column(self, case: Case, shares: Floats, at: int, strengths: Floats) -> None:
        """The last shares of one of several scenarios as a column under its marker."""
        frame, below = self.plot.frame, 0.0
        width = frame.w / len(self.cast.cases)
        left = frame.x + (at + 0.15) * width
        for share, strength in zip(shares.tolist(), strengths.tolist(), strict=True):
            low, high = self.plot.height(below), self.plot.height(below + share)
            fill = tint(case.look.colour, strength)
            self.page.rectangle(Box(left, low, width * 0.7, high - low), fill, 3.0, line=PAPER, width=0.4)
            below += share
        self.page.marker(case.look, np.array([[left + width * 0.35, frame.top + 0.12]]), 3.4)

    def _end(self, case: Case, value: float) -> None:
        """The label of a scenario's last value."""
        text, single = self.plot.axis.text(value), self.cast.single
        look, colour = (None, case.look.colour) if single else (case.look, case.look.text_colour)
        self.ends.append(End(float(value), text, colour, True, look, case.label if self.named else ""))

    def _dot_size(self, dates: int) -> float:
        """Size of a dot so that the dots of one year stand side by side."""
        room = self.plot.frame.w / max(1, dates) * 0.7 / len(self.cast.cases)
        return min(4.0, max(2.0, room / CM_PER_INCH * 72))

    def _set_ends(self) -> None:
        x = self.plot.frame.right + 0.1
        if self.bars_beyond and len(self.cast.first.dates(self.subject)):
            x = self._range_bars(x + 0.02)
        self.plot.ends(self.ends, x, named=self.named, marked=not self.cast.single and self.mark != "labels")

    def _range_bars(self, x: float) -> float:
        """For each scenario a bar over 90% and 50% of the runs at the last date; returns where labels may begin."""
        for case in self.cast.cases:
            heights = [self.plot.height(value) for value in case.fan(self.subject)[-1].tolist()]
            for (low, high), strength, width in (((0, 4), 0.45, 1.6), ((1, 3), 1.0, 2.8)):
                points = np.array([[x, heights[low]], [x, heights[high]]])
                self.plot.line(5.0, points, tint(case.look.colour, strength), width)
            x += STRIP
        return x + 0.02


def panels(page: Page, boxes: Sequence[tuple[Box, Subject]], cast: Cast, *, named: bool = False) -> None:
    """Draw a panel in each box; subjects that are alike share their axes."""
    subjects = [subject for _, subject in boxes]
    axes = cast.axes(subjects)
    for box, subject in boxes:
        like = [other for other in subjects if other.axis_name == subject.axis_name]
        every = cast.variable(subject.name).every
        dates = [position(case.dates(other), every) for other in like for case in cast.cases]
        if cast.mark(subject) in ("fan", "count"):
            dates += [position(cast.first.past(other, cast.past_years).dates, every) for other in like]
        times = time_span(every, dates)
        Panel(page, box, cast, subject, axes[subject.axis_name], times, named).draw()


def constant_label(cast: Cast, subject: Subject) -> str:
    """The one label that holds in every run at every date of every scenario; empty if there is none."""
    variable = cast.variable(subject.name)
    shares = np.vstack([case.label_shares(variable) for case in cast.cases])
    always = (shares == 1).all(axis=0) if len(shares) else np.zeros(len(variable.labels), bool)
    return next((label for label, holds in zip(variable.labels, always, strict=True) if holds), "")


def unit_line(variable: Variable) -> str:
    """Unit and price basis of a variable."""
    return ", ".join(part for part in (variable.unit, variable.price_basis) if part)


def record_fan(
    page: Page, variable: Variable, subject: Subject, case: Case, dates: Any, fan: Floats, *, several: bool
) -> None:
    """Write a fan into the page's table, and its last date into the text alternative."""
    for day, quantiles in zip(dates, fan, strict=True):
        cells = dict(zip(QUANTILES, quantiles.tolist(), strict=True))
        page.rows.append(_row(variable, subject, day, kind="runs", scenario=case.name, **cells))
    if len(dates):
        who = f", {case.label}" if several else ""
        end = when(day_of(dates[-1]), variable.every)
        text = median_and_range(fan[-1].tolist(), variable.unit)
        page.phrases.append(f"{subject.heading or variable.long_name}{who}: median {text} in {end}.")


def record_shares(
    page: Page, variable: Variable, subject: Subject, case: Case, dates: Any, shares: Floats, note: str, several: bool
) -> None:
    """Write shares of runs into the page's table, and the last into the text alternative; ``note`` says what holds."""
    note = note or variable.long_name
    for day, share in zip(dates, shares.tolist(), strict=True):
        page.rows.append(
            _row(variable, subject, day, kind="share", scenario=case.name, value=share, unit="share of runs", note=note)
        )
    if len(dates):
        who = f", {case.label}" if several else ""
        end = when(day_of(dates[-1]), variable.every)
        page.phrases.append(f"{note}{who}: {number(100 * float(shares[-1]))}% of runs in {end}.")


def record_labels(page: Page, cast: Cast, subject: Subject) -> None:
    """Write the shares of every label into the page's table, and the last into the text alternative."""
    variable = cast.variable(subject.name)
    for case in cast.cases:
        for label, shares in zip(variable.labels, case.label_shares(variable).T, strict=True):
            record_shares(page, variable, subject, case, case.dates(subject), shares, label, not cast.single)


def record_past(page: Page, variable: Variable, subject: Subject, past: Series) -> None:
    """Write reported values into the page's table, and where something else is counted into the text alternative."""
    for at, (day, value) in enumerate(zip(past.dates, past.values.tolist(), strict=True)):
        note = SPLIT_NOTE if at in past.splits else ""
        page.rows.append(_row(variable, subject, day, kind="reported", value=value, note=note))
    if past.splits:
        page.phrases.append(f"{subject.heading or variable.long_name}:{break_words([past]).replace(' Dotted:', '')}")


def _row(variable: Variable, subject: Subject, day: Any, **cells: Any) -> Row:
    cells = {"unit": variable.unit, "price_basis": variable.price_basis, **cells}
    date = str(np.datetime64(day, "D"))
    return Row(panel=subject.heading, variable=subject.name, entity=subject.entity, date=date, **cells)


def _order(look: Look) -> float:
    """Solid lines lie below broken ones, so that equal lines show both colours."""
    return 4.0 + 0.1 * (len(look.dashes) > 0) + 0.1 * (sum(look.dashes[1::2]) > 1.6)


def _offset(index: int, count: int) -> float:
    """How far a scenario's dots are moved sideways, in years, so that none covers another."""
    width = min(0.2 * (count - 1), 0.5 if count < 5 else 0.72)
    return 0.0 if count == 1 else (index / (count - 1) - 0.5) * width


def _thinned(ends: list[End], most: int) -> list[End]:
    """At most ``most`` labels, the highest and the lowest among them: those nearest to a neighbour are left out."""
    kept = list(ends)
    while len(kept) > most:
        gaps = [(kept[at + 1].value - kept[at - 1].value, at) for at in range(1, len(kept) - 1)]
        kept.pop(min(gaps)[1])
    return kept
