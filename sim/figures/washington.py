"""The United States: who governs, its commitment and posture."""

from __future__ import annotations

from sim.figures.drawing import Drawing
from sim.figures.reading import Ensemble, Telling
from sim.figures.sheet import FAN, STEP, Sheet
from sim.figures.style import Size
from sim.figures.words import lower

HELD = {
    "republican_president": ("President is a Republican", "a Republican is president"),
    "republican_house": ("House has a Republican majority", "the House has a Republican majority"),
    "republican_senate": ("Senate has a Republican majority", "the Senate has a Republican majority"),
}


def us_commitment(result: Ensemble, size: Size) -> Drawing:
    """The U.S. commitment to the guarantee, the posture by share of runs, and troops in Europe."""
    commitment, posture = result.variable("us_commitment"), result.variable("us_posture")
    troops = result.variable("us_troops_europe_thousand")
    telling = Telling(result)
    sheet = Sheet(
        result,
        "us_commitment",
        size,
        "U.S. commitment, posture and troops in Europe",
        FAN,
        commitment_sentence(telling),
        telling,
        9.0,
    )
    boxes = sheet.body.columns(1.0, 1.5, 1.0)
    sheet.fan(boxes[0], commitment, title="Commitment", widest="0.00").finish(low=0, high=1)
    sheet.stacked(boxes[1], posture, title="Posture")
    sheet.fan(boxes[2], troops, title="Troops in Europe", widest="000").finish(low=0)
    return sheet.finish()


def commitment_sentence(telling: Telling) -> str:
    """In how many runs the commitment lies below one half at the end, and the median."""
    commitment = telling.result.variable("us_commitment")
    if not telling.has(commitment):
        return ""
    runs = telling.share(commitment, "<", 0.5)
    end, median = telling.when(commitment), telling.median(commitment)
    if runs is None:
        return f"The median of the U.S. commitment is {median} in {end}, on a scale from 0 to 1."
    return f"{runs} the U.S. commitment lies below 0.5 in {end}, on a scale from 0 to 1; the median is {median}."


def us_control(result: Ensemble, size: Size) -> Drawing:
    """Share of runs with a Republican president, House and Senate, month by month."""
    telling = Telling(result)
    parts: list[str] = []
    for name, (_, words) in HELD.items():
        variable = result.variable(name)
        if telling.has(variable):
            runs = telling.chance(variable)
            end = f" in {telling.when(variable)}" if not parts else ""
            parts.append(f"{lower(runs) if parts else runs} {words}{end}")
    sentence = f"{'; '.join(parts)}." if parts else ""
    title = "Control of the White House and Congress"
    sheet = Sheet(result, "us_control", size, title, STEP, sentence, telling, 7.5)
    for box, (name, (heading, _)) in zip(sheet.body.grid(1, 3), HELD.items(), strict=True):
        sheet.chance(box, result.variable(name), title=heading.split(" ")[0] + ": Republican", note=heading)
    return sheet.finish()
