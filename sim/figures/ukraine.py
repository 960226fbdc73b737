"""Ukraine: aid by donor group, the front and Kursk, the war effort, the ceasefire."""

from __future__ import annotations

import numpy as np

from sim.figures.drawing import Drawing
from sim.figures.panel import Panel, share_range
from sim.figures.reading import Ensemble, Telling, runs_of, shares
from sim.figures.sheet import FAN, STEP, Sheet
from sim.figures.style import Size
from sim.figures.words import lower

GROUPS = {"USA": "United States", "EUR": "Europe and EU institutions", "OTHER": "Other donors", "ALL": "All donors"}

# The sweeping movements of 2022 would flatten everything after, so the front's history is drawn from here on.
SETTLED = "2022-12-31"


def aid(result: Ensemble, size: Size) -> Drawing:
    """Aid allocated and military aid allocated by donor group, cumulative since January 2022, against history."""
    total, military = result.variable("aid_allocated_beur"), result.variable("military_aid_allocated_beur")
    telling = Telling(result)
    sheet = Sheet(
        result,
        "aid",
        size,
        "Aid to Ukraine by donor group, cumulative since January 2022",
        "EUR bn, current euro, Kiel definition. " + FAN,
        aid_sentence(telling),
        telling,
        12.5,
    )
    boxes = sheet.body.grid(2, 3)
    for row, variable, kind in ((0, total, "All kinds"), (1, military, "Military")):
        panels = []
        for column, code in enumerate(("USA", "EUR", "OTHER")):
            heading = {"USA": "United States", "EUR": "Europe", "OTHER": "Other donors"}[code]
            box = boxes[3 * row + column]
            panel = Panel(sheet, box, heading, f"{kind}, allocated", variable.every, widest="000")
            sheet.add_fan(panel, variable, code)
            panels.append(panel)
        _finish_alike(panels)
    return sheet.finish()


def aid_sentence(telling: Telling) -> str:
    """What each group has allocated by the end, and in how many runs Europe has allocated more than America."""
    variable = telling.result.variable("aid_allocated_beur")
    if not telling.has(variable):
        return ""
    end = telling.when(variable)
    parts = [f"{GROUPS[code]} {telling.median(variable, entity=code)}" for code in ("USA", "EUR")]
    sentence = f"Allocated by {end}, in the median: {'; '.join(parts)}."
    america, europe = (runs_of(telling.result, variable.name, code) for code in ("USA", "EUR"))
    if america is not None and europe is not None:
        ahead = np.asarray(europe[-1] > 2 * america[-1])
        runs = telling.of(variable, ahead, "EUR more than twice USA", entity="EUR")
        sentence += f" {runs} Europe has allocated more than twice as much as the United States."
    return sentence


def front(result: Ensemble, size: Size) -> Drawing:
    """Territory under Russian control, monthly change, and the Kursk salient."""
    telling = Telling(result)
    title = "The front: territory under Russian control, and Kursk"
    sheet = Sheet(result, "front", size, title, FAN, front_sentence(telling), telling, 9.0)
    boxes = sheet.body.grid(1, 3, across=0.3)
    control, gain = result.variable("russian_controlled_km2"), result.variable("net_gain_km2")
    sheet.fan(boxes[0], control, title="Russian control", widest="000,000", since=SETTLED).finish()
    sheet.fan(boxes[1], gain, title="Russian net gain in a month", widest="−0,000", since=SETTLED).finish()
    sheet.fan(boxes[2], result.variable("kursk_held_km2"), title="Kursk, held by Ukraine", widest="0,000").finish(low=0)
    return sheet.finish()


def front_sentence(telling: Telling) -> str:
    """In how many runs Russia controls more at the end than at the first simulated month end."""
    variable = telling.result.variable("russian_controlled_km2")
    if not telling.has(variable):
        return ""
    first, end = telling.when(variable, 0), telling.when(variable)
    values = runs_of(telling.result, variable.name)
    median = telling.median(variable)
    if values is None or first == end:
        return f"The median of the territory under Russian control is {median} in {end}."
    runs = telling.of(variable, np.asarray(values[-1] > values[0]), f"more than in {first}")
    return f"{runs} Russia controls more of Ukraine in {end} than in {first}; the median is {median}."


def war_effort(result: Ensemble, size: Size) -> Drawing:
    """Losses, intake of personnel, resources, and Russian military expenditure."""
    telling = Telling(result)
    ratio = result.variable("resource_ratio")
    sentence = ""
    if telling.has(ratio):
        runs = telling.share(ratio, ">", 1.0)
        middle = telling.median(ratio)
        end = telling.when(ratio)
        first = f"{runs} Russia has more resources in the war than Ukraine in {end}" if runs else f"In {end}"
        sentence = f"{first}; the median ratio is {middle}."
    sheet = Sheet(
        result, "war_effort", size, "War effort: losses, manpower and resources", FAN, sentence, telling, 13.0
    )
    boxes = sheet.body.grid(2, 3)
    pairs = (
        ("russian_casualties_thousand", "ukrainian_casualties_thousand", "killed and wounded", "thousand, cumulative"),
        ("russian_intake_thousand", "ukrainian_intake_thousand", "intake", "thousand in a month"),
    )
    for column, (russia, ukraine, what, unit) in enumerate(pairs):
        panels = []
        for row, (name, side) in enumerate(((russia, "Russia"), (ukraine, "Ukraine"))):
            variable = result.variable(name)
            panel = Panel(sheet, boxes[3 * row + column], f"{side}: {what}", unit, variable.every, widest="0,000")
            sheet.add_fan(panel, variable)
            panels.append(panel)
        _finish_alike(panels)
    panel = sheet.fan(boxes[2], ratio, title="Resources: Russia to Ukraine", widest="00.00")
    panel.level(1.0, "equal")
    panel.finish(low=0)
    effort = result.variable("russian_military_share_pct_gdp")
    sheet.fan(boxes[5], effort, title="Russia: military expenditure", widest="00.00", since="2014-01-01").finish(low=0)
    return sheet.finish()


def ceasefire(result: Ensemble, size: Size) -> Drawing:
    """Share of runs with a ceasefire in force, with one so far, and with talks under way."""
    telling = Telling(result)
    title = "Ceasefire: share of runs with one in force"
    sheet = Sheet(result, "ceasefire", size, title, STEP, ceasefire_sentence(telling), telling, 9.0)
    add_ceasefire(
        sheet,
        Panel(sheet, sheet.body, "Ceasefire and talks", "% of runs", "month", widest="100%", end="100% in force"),
        talks=True,
    )
    return sheet.finish()


def add_ceasefire(sheet: Sheet, panel: Panel, *, talks: bool) -> None:
    """Step lines of the ceasefire in force and, asked for, one so far and talks, in ``panel``; finishes it."""
    result = sheet.result
    force = result.variable("ceasefire")
    dates = result.dates(force.name)
    label = "in force" if talks else ""
    panel.steps(
        force,
        dates,
        shares(result, force.name),
        sheet.look,
        scenario=sheet.scenario,
        note="Ceasefire in force",
        label=label,
    )
    if talks and len(dates):
        values = runs_of(result, force.name)
        if values is not None:
            ever = np.maximum.accumulate(values > 0.5, axis=0).mean(axis=1)
            note = "There has been a ceasefire"
            panel.steps(force, dates, ever, sheet.look, scenario=sheet.scenario, note=note, label="so far", thin=True)
        under_way = result.variable("in_talks")
        panel.steps(
            under_way,
            dates,
            shares(result, under_way.name),
            sheet.look,
            scenario=sheet.scenario,
            note="Talks under way",
            label="talks",
            thin=True,
        )
    panel.finish(percent=True)


def ceasefire_sentence(telling: Telling) -> str:
    """In how many runs a ceasefire is in force at the end, and in how many there has been one."""
    variable = telling.result.variable("ceasefire")
    if not telling.has(variable):
        return ""
    end = telling.when(variable)
    sentence = f"{telling.chance(variable)} a ceasefire is in force in {end}"
    values = runs_of(telling.result, variable.name)
    if values is None:
        return sentence + "."
    runs = telling.of(variable, np.asarray((values > 0.5).any(axis=0)), "a ceasefire at some time")
    return f"{sentence}; {lower(runs)} there has been one by then."


def _finish_alike(panels: list[Panel]) -> None:
    """Give the panels one time axis and one value axis, from nought."""
    low, high = share_range(panels)
    first, last = min(panel.first for panel in panels), max(panel.last for panel in panels)
    for panel in panels:
        panel.first, panel.last = first, last
        panel.finish(low=min(0.0, low), high=high)
