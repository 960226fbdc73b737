"""Defence spending of the alliance: shares of GDP, the U.S. share, members at 2% and 3.5%."""

from __future__ import annotations

from sim.figures.drawing import Drawing
from sim.figures.panel import Panel
from sim.figures.reading import Ensemble, Telling
from sim.figures.sheet import BARS, FAN, Sheet
from sim.figures.style import Size


def spending(result: Ensemble, size: Size) -> Drawing:
    """Europe and Canada's defence share of GDP and the United States' share of NATO spending, as fans."""
    europe, america = result.variable("europe_canada_share_pct_gdp"), result.variable("us_share_of_nato_pct")
    telling = Telling(result)
    sentence = spending_sentence(telling)
    if telling.has(america):
        sentence += f" The median of the United States' share of NATO spending is {telling.median(america)}."
    title = "Defence spending: Europe and Canada, and the U.S. share"
    sheet = Sheet(result, "spending", size, title, FAN, sentence, telling, 9.0)
    left, right = sheet.body.grid(1, 2)
    share = sheet.fan(left, europe, title="Europe and Canada", widest="0.00")
    target(share)
    share.finish()
    sheet.fan(right, america, title="United States, share of NATO", widest="00.0").finish()
    return sheet.finish()


def spending_sentence(telling: Telling) -> str:
    """In how many runs Europe and Canada spend at least 2% of GDP at the end, and the median."""
    europe = telling.result.variable("europe_canada_share_pct_gdp")
    if not telling.has(europe):
        return "No year ends within this horizon, so no yearly figure can be given."
    end = telling.when(europe)
    runs = telling.share(europe, ">=", 2.0)
    median = telling.median(europe)
    if runs is None:
        return f"The median of Europe and Canada's defence spending is {median} in {end}."
    return f"{runs} Europe and Canada spend at least 2% of GDP on defence in {end}; the median is {median}."


def members_at_levels(result: Ensemble, size: Size) -> Drawing:
    """Number of members at or above 2% and 3.5% of GDP: bars over runs, year by year."""
    two, more = result.variable("members_at_2pct"), result.variable("members_at_3_5pct")
    telling = Telling(result)
    sentence = members_sentence(telling)
    if telling.has(more):
        runs = telling.share(more, ">=", 3)
        if runs:
            sentence += f" {runs} three or more members spend at least 3.5%."
    title = "Members at 2% and at 3.5% of GDP"
    sheet = Sheet(result, "members_at_levels", size, title, BARS, sentence, telling, 9.0)
    left, right = sheet.body.grid(1, 2)
    panels = [sheet.counts(left, two, title="At or above 2%"), sheet.counts(right, more, title="At or above 3.5%")]
    for panel in panels:
        panel.finish()
    return sheet.finish()


def members_sentence(telling: Telling) -> str:
    """How many members spend at least 2% at the end."""
    two = telling.result.variable("members_at_2pct")
    if not telling.has(two):
        return "No year ends within this horizon, so no yearly figure can be given."
    return f"At or above 2% of GDP in {telling.when(two)}: {telling.median(two)} in the median."


def target(panel: Panel) -> None:
    """The line of the 2% guideline."""
    panel.level(2.0, "2%", "target_pct_gdp")


def alliance(result: Ensemble, size: Size) -> Drawing:
    """Number of members, target in force and who is Secretary-General."""
    total, goal = result.variable("members_total"), result.variable("target_pct_gdp")
    leader = result.variable("secretary_general")
    telling = Telling(result)
    told = []
    if telling.has(total):
        end, members, level = telling.when(total), telling.median(total), telling.median(goal)
        told.append(f"In {end} the alliance has {members} and a spending target of {level}, in the median.")
    if telling.has(leader):
        runs, label = telling.likeliest(leader)
        told.append(f"{runs} {label} is Secretary-General in {telling.when(leader)}.")
    sheet = Sheet(
        result,
        "alliance",
        size,
        "The alliance: members, target and Secretary-General",
        FAN,
        " ".join(told),
        telling,
        12.0,
    )
    upper, lower_half = sheet.body.grid(2, 1)
    left, right = upper.grid(1, 2)
    sheet.counts(left, total, title="Members").finish()
    sheet.fan(right, goal, title="Spending target", widest="0.00").finish(low=0)
    sheet.stacked(lower_half, leader)
    return sheet.finish()
