"""The members one by one: small fans on shared axes, and the tile grid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError
from sim.figures.axis import position, time_span, value_axis
from sim.figures.cases import QUANTILES, Case, Cast, Statements, Subject
from sim.figures.drawing import Frame, Row
from sim.figures.history import break_words, reported
from sim.figures.page import Box, Page, Sentence
from sim.figures.panel import Plot
from sim.figures.style import MUTED, RULE, SMALL
from sim.figures.subjects import NO_YEAR, open_page
from sim.figures.tiles import COLUMNS, LEVELS, tile_grid, tile_key
from sim.scenario.entities import entity_name
from sim.text import day_of, full_date, number, when

if TYPE_CHECKING:
    from sim.figures.drawing import Drawing
    from sim.figures.style import Size

SHARE = "defence_share_pct_gdp"
OF_SHARES = (Subject(SHARE, ""),)
GUIDELINE = 2.0
HEAD, FOOT, SIDE = 0.42, 0.42, 0.5
Floats = NDArray[np.float64]


def shares_by_member(case: Case) -> dict[str, Floats]:
    """Quantiles (time, 5) of the defence share of every member with forces."""
    from sim import facts

    fans = {member.code: case.fan(Subject(SHARE, "", member.code)) for member in facts.members() if member.has_forces}
    return {code: fan for code, fan in fans.items() if np.isfinite(fan).all()}


def members(cast: Cast, size: Size, command: str = "") -> Drawing:
    """Defence share of GDP of each member with forces: small fans on shared axes, highest final median first."""
    variable = cast.variable(SHARE)
    fans = {case: shares_by_member(case) for case in cast.cases}
    first = fans[cast.first]
    order = sorted(first, key=lambda code: (-_last(first[code]), code))
    start = cast.first.source.scenario.start
    bands = "Colour: median, 50% and 90% of runs." if cast.single else "Colour: median of each scenario."
    words = (
        f"{variable.unit}. {bands} Black: reported before the start, {full_date(start)}."
        f"{break_words(reported(SHARE, code, start) for code in order)} "
        "Grey: median of all members. Dashes: 2%. Highest median at the end first."
    )
    title = "Defence spending of each member"
    sentence = _sentence(cast, first)
    page = open_page(cast, "members", size, title, OF_SHARES, sentence, 22.0, command, words)
    if not cast.single:
        page.key([(case.look, case.label) for case in cast.cases])
    _multiples(page, cast, fans, order, 8 if page.is_slide else 4)
    dates = cast.first.source.dates(SHARE)
    for case in cast.cases if len(dates) else ():
        who = "" if cast.single else f", {case.label}"
        listed = ", ".join(
            f"{entity_name(code)} {number(_last(fans[case][code]), 2)}" for code in order if code in fans[case]
        )
        page.phrases.append(f"Median in {when(day_of(dates[-1]), variable.every)}{who}: {listed}.")
    return page.finish()


def _multiples(
    page: Page, cast: Cast, fans: Mapping[Case, Mapping[str, Floats]], order: Sequence[str], columns: int
) -> None:
    """One small plot for each member in ``order``, all with the same axes, and the median of all in grey."""
    dates, start = cast.first.source.dates(SHARE), cast.first.source.scenario.start
    x = position(dates, "year")
    middles = {case: np.median([fan[:, 2] for fan in fans[case].values()], axis=0) for case in cast.cases if fans[case]}
    pasts = {code: reported(SHARE, code, start) for code in order}
    if len(dates):
        pasts = {code: past.before(dates[0]) for code, past in pasts.items()}
    past_x = {code: position(past.dates, "year") for code, past in pasts.items()}
    shown = [fan for case in cast.cases for fan in fans[case].values()]
    axis = value_axis("% of GDP", [*shown, *(past.values for past in pasts.values())], (0.0, GUIDELINE))
    low, high = time_span("year", [x, *past_x.values()])
    rows = max(1, -(-len(order) // columns))
    body = page.body
    boxes = Box(body.x + SIDE, body.y + FOOT, body.w - SIDE, body.h - FOOT).grid(rows, columns, across=0.22, down=0.1)
    for at, (code, box) in enumerate(zip(order, boxes, strict=False)):
        plot = Plot(page, Box(box.x, box.y, box.w, box.h - HEAD), (low + 0.4, high - 0.4), axis)
        end = number(_last(fans[cast.first][code]), 2) if len(dates) and cast.single else ""
        fits = page.measure(entity_name(code)) + page.measure(end, SMALL, True) + 0.08 <= box.w
        page.text(box.x, plot.frame.top + 0.1, entity_name(code) if fits else code)
        page.text(box.right, plot.frame.top + 0.1, end, bold=True, ha="right")
        plot.grid()
        plot.level(GUIDELINE)
        plot.past(past_x[code], pasts[code].values, 0.9, splits=pasts[code].splits)
        if cast.first in middles:
            plot.line(3.0, plot.points(x, middles[cast.first]), RULE, 0.8)
        for case in cast.cases:
            if code in fans[case]:
                count = 1 if cast.single else 3
                plot.fan(case.look, x, fans[case][code], past_x[code], pasts[code].values, count=count, width=1.3)
        if at % columns == 0:
            plot.tick_texts()
        if at >= len(order) - columns:
            page.text(box.x, box.y - 0.32, f"{low + 0.4:.0f}", colour=MUTED)
            page.text(box.right, box.y - 0.32, f"{high - 0.4:.0f}", colour=MUTED, ha="right")
        frame = (plot.frame.x, plot.frame.y, plot.frame.w, plot.frame.h)
        page.frames.append(Frame(entity_name(code), SHARE, frame, plot.times, (plot.low, plot.high)))
        _record(page, code, pasts[code].dates, "reported", pasts[code].values)
        for case in cast.cases:
            _record(page, code, dates, "runs", fans[case].get(code, np.zeros((0, 5))), case.name)
    for case, middle in middles.items():
        _record(page, "median of members", dates, "runs", middle, case.name)


def members_map(cast: Cast, size: Size, command: str = "") -> Drawing:
    """Median defence share of GDP of each member at the end, on the tile grid.

    Raises:
        InputError: several scenarios; ``members_tiles`` sets two side by side.
    """
    if not cast.single:
        raise InputError("members_map shows one scenario; members_tiles sets two side by side")
    variable, dates = cast.variable(SHARE), cast.first.source.dates(SHARE)
    fans = shares_by_member(cast.first)
    end = when(day_of(dates[-1]), variable.every) if len(dates) else ""
    title = f"Defence spending of each member in {end}" if end else "Defence spending of each member"
    words = f"Median of the runs, {variable.unit}. Each tile is a member near its place on the map. ISL has no forces."
    page = open_page(cast, "members_map", size, title, OF_SHARES, _sentence(cast, fans), 12.5, command, words)
    values = {code: _last(fan) for code, fan in fans.items()} if end else {}
    for code in values:
        _record(page, code, dates[-1:], "runs", fans[code][-1:], cast.first.name)
    if values:
        listed = ", ".join(f"{entity_name(code)} {number(value, 2)}" for code, value in sorted(values.items()))
        page.phrases.append(f"Medians: {listed}.")
    tile_grid(page, page.body, values, {code: number(value, 2) for code, value in values.items()})
    across = page.body.w / COLUMNS
    tile_key(page, page.body.x, page.body.y, across * 6, variable.unit, [f"{level:.1f}" for level in LEVELS])
    return page.finish()


def _last(fan: Floats) -> float:
    return float(fan[-1, 2]) if len(fan) else 0.0


def _record(
    page: Page, entity: str, dates: NDArray[np.datetime64], kind: str, values: Floats, scenario: str = ""
) -> None:
    """Write values, or quantiles (time, 5), of one member into the page's table."""
    for day, value in zip(dates, values.tolist(), strict=False):
        cells = dict(zip(QUANTILES, value, strict=True)) if isinstance(value, list) else {"value": value}
        page.rows.append(
            Row(scenario=scenario, panel=entity, variable=SHARE, entity=entity, date=str(np.datetime64(day, "D")),
                kind=kind, unit="% of GDP", **cells)
        )  # fmt: skip


def _sentence(cast: Cast, fans: Mapping[str, Floats]) -> Sentence:
    say = Statements(cast)
    if not len(cast.first.source.dates(SHARE)) or not fans:
        return Sentence(NO_YEAR)
    lasts = {code: _last(fan) for code, fan in fans.items()}
    above = sum(value >= GUIDELINE for value in lasts.values())
    top, bottom = max(lasts, key=lambda code: lasts[code]), min(lasts, key=lambda code: lasts[code])
    ends = [
        f"{entity_name(code)} ({say.amount(Subject(SHARE, '', code), lasts[code], 'median of runs')})"
        for code in (top, bottom)
    ]
    say.count(Subject(SHARE, ""), float(above), f"members whose median is >= 2, of {len(lasts)}")
    who = "" if cast.single else f"{cast.first.label}: "
    text = (
        f"{who}In {say.when(Subject(SHARE, ''))} the median is at least 2% of GDP for {above} of {len(lasts)} members; "
        f"it is highest for {ends[0]} and lowest for {ends[1]}."
    )
    return Sentence(text, say.rows)
