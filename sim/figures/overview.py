"""One page with the six outcomes asked for first."""

from __future__ import annotations

from sim.figures.drawing import Drawing
from sim.figures.panel import Panel
from sim.figures.reading import Ensemble, Telling
from sim.figures.sheet import FAN, Sheet
from sim.figures.spending import spending_sentence, target
from sim.figures.style import Size
from sim.figures.ukraine import SETTLED, add_ceasefire, ceasefire_sentence


def overview(result: Ensemble, size: Size) -> Drawing:
    """Six panels: spending, members at 2%, commitment, European military aid, the front, the ceasefire."""
    telling = Telling(result)
    sentence = " ".join(part for part in (spending_sentence(telling), ceasefire_sentence(telling)) if part)
    title = f"Overview: {result.scenario.title or result.scenario.name}"
    wide = size.height is not None
    sheet = Sheet(result, "overview", size, title, FAN, sentence, telling, 18.0)
    boxes = sheet.body.grid(2, 3) if wide else sheet.body.grid(3, 2, down=0.4)
    share = sheet.fan(boxes[0], result.variable("europe_canada_share_pct_gdp"), title="Europe and Canada, defence")
    target(share)
    share.finish()
    sheet.counts(boxes[1], result.variable("members_at_2pct"), title="Members at or above 2%").finish()
    sheet.fan(boxes[2], result.variable("us_commitment"), title="U.S. commitment").finish(low=0, high=1)
    military = result.variable("military_aid_allocated_beur")
    panel = Panel(sheet, boxes[3], "Military aid from Europe", "EUR bn, allocated, cumulative", "month", widest="000")
    sheet.add_fan(panel, military, "EUR")
    panel.finish(low=0)
    front = sheet.fan(
        boxes[4], result.variable("russian_controlled_km2"), title="Russian control", widest="000,000", since=SETTLED
    )
    front.finish()
    add_ceasefire(sheet, Panel(sheet, boxes[5], "Ceasefire in force", "% of runs", "month", widest="100%"), talks=False)
    return sheet.finish()
