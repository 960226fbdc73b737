"""The members one by one: small multiples and the tile grid."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.figures.drawing import Drawing, Row
from sim.figures.history import reported
from sim.figures.multiples import Multiple, multiples
from sim.figures.page import Box
from sim.figures.reading import Ensemble, Telling
from sim.figures.sheet import Sheet
from sim.figures.style import Size
from sim.figures.ticks import position
from sim.figures.tiles import COLUMNS, ROWS, key, tile_grid
from sim.figures.words import number

SHARE = "defence_share_pct_gdp"
FACETS = "Colour: median, 50% and 90% of runs. Black: reported before the start, {start}. Grey: median of all members."


def members(result: Ensemble, size: Size) -> Drawing:
    """Defence share of GDP of each member with forces: small fans on shared axes, highest final median first."""
    variable = result.variable(SHARE)
    fans = _fans(result)
    telling = Telling(result)
    order = sorted(fans, key=lambda code: (-_last(fans[code]), code))
    sentence = _sentence(telling, fans)
    title = "Defence spending of each member"
    subtitle = f"{variable.unit}. {FACETS} Dashes: 2%. Highest median at the end first."
    sheet = Sheet(result, "members", size, title, subtitle, sentence, telling, 22.0)
    names = _names()
    dates = result.dates(SHARE)
    known = result.scenario.start
    middle = np.median([fans[code][:, 2] for code in fans], axis=0) if fans else np.zeros(0)
    parts = []
    for code in order:
        history = reported(SHARE, code, known)
        earlier = history.before(dates[0]) if len(dates) else history
        end = number(_last(fans[code]), 2) if len(dates) else ""
        parts.append(
            Multiple(
                names.get(code, code),
                code,
                end,
                position(earlier.dates, "year"),
                earlier.values,
                position(dates, "year"),
                fans[code],
            )
        )
        for day, value in zip(earlier.dates, earlier.values, strict=True):
            _row(sheet, variable, "reported", code, day, value=float(value))
        for day, row in zip(dates, fans[code], strict=True):
            cells = dict(zip(("q05", "q25", "q50", "q75", "q95"), map(float, row), strict=True))
            _row(sheet, variable, "runs", code, day, scenario=sheet.scenario, **cells)
    for day, value in zip(dates, middle, strict=True):
        _row(sheet, variable, "runs", "median of members", day, scenario=sheet.scenario, value=float(value))
    columns = 8 if size.height is not None else 4
    multiples(sheet, sheet.body, parts, sheet.look, columns=columns, middle=middle, level=2.0)
    if len(dates):
        listed = ", ".join(f"{names.get(code, code)} {number(_last(fans[code]), 2)}" for code in order)
        sheet.told.append(f"Median in {telling.when(variable)}: {listed}.")
    return sheet.finish()


def members_map(result: Ensemble, size: Size) -> Drawing:
    """Median defence share of GDP of each member at the end, on the tile grid."""
    variable = result.variable(SHARE)
    fans = _fans(result)
    telling = Telling(result)
    sentence = _sentence(telling, fans)
    end = telling.when(variable) if telling.has(variable) else ""
    title = f"Defence spending of each member in {end}" if end else "Defence spending of each member"
    subtitle = (
        f"Median of the runs, {variable.unit}. Each tile is a member near its place on the map. ISL has no forces."
    )
    sheet = Sheet(result, "members_map", size, title, subtitle, sentence, telling, 12.5)
    values: dict[str, float | None] = {}
    if end:
        day = result.dates(SHARE)[-1]
        for code, fan in fans.items():
            values[code] = _last(fan)
            cells = dict(zip(("q05", "q25", "q50", "q75", "q95"), map(float, fan[-1]), strict=True))
            _row(sheet, variable, "runs", code, day, scenario=sheet.scenario, **cells)
        names = _names()
        listed = ", ".join(f"{names.get(code, code)} {number(_last(fans[code]), 2)}" for code in sorted(fans))
        sheet.told.append(f"Medians: {listed}.")
    texts = {code: number(value, 2) if value is not None else "" for code, value in values.items()}
    tile_grid(sheet, sheet.body, values, {**texts, "ISL": "–"})
    across, down = sheet.body.w / COLUMNS, sheet.body.h / ROWS
    key(sheet, Box(sheet.body.x, sheet.body.y, across * 6, down), variable.unit)
    return sheet.finish()


def _fans(result: Ensemble) -> dict[str, NDArray[np.float64]]:
    """Quantiles (time, 5) of every member with a share; a member without forces has none."""
    found = {}
    for code in result.entities(SHARE):
        fan = np.asarray(result.quantiles(SHARE, code), dtype=np.float64)
        if code != "ISL" and np.isfinite(fan).all():
            found[code] = fan
    return found


def _last(fan: NDArray[Any]) -> float:
    return float(fan[-1, 2]) if len(fan) else 0.0


def _names() -> dict[str, str]:
    from sim import facts

    return {member.code: member.name for member in facts.members()}


def _row(sheet: Sheet, variable: Any, kind: str, entity: str, day: Any, **cells: Any) -> None:
    stamp = str(np.datetime64(day, "D"))
    sheet.rows.append(
        Row(panel=entity, variable=variable.name, entity=entity, date=stamp, kind=kind, unit=variable.unit, **cells)
    )


def _sentence(telling: Telling, fans: dict[str, NDArray[np.float64]]) -> str:
    variable = telling.result.variable(SHARE)
    if not telling.has(variable) or not fans:
        return "No year ends within this horizon, so no yearly figure can be given."
    names = _names()
    lasts = {code: _last(fan) for code, fan in fans.items()}
    above = sum(value >= 2.0 for value in lasts.values())
    top, bottom = max(lasts, key=lambda code: lasts[code]), min(lasts, key=lambda code: lasts[code])
    told = {code: telling.amount(variable, lasts[code], entity=code, note="median of runs") for code in (top, bottom)}
    telling.count(variable, float(above), f"members whose median is >= 2, of {len(lasts)}")
    ends = [f"{names.get(code, code)} ({told[code]})" for code in (top, bottom)]
    return (
        f"In {telling.when(variable)} the median is at least 2% of GDP for {above} of {len(lasts)} members; "
        f"it is highest for {ends[0]} and lowest for {ends[1]}."
    )
