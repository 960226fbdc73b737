"""One recorded variable, whatever it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.figures.drawing import Drawing
from sim.figures.reading import Ensemble, Telling
from sim.figures.sheet import BARS, FAN, Sheet
from sim.figures.style import Size

if TYPE_CHECKING:
    from sim.model import Variable

SHARE = "Share of runs. Start: {start}."


def one_variable(result: Ensemble, size: Size, name: str, entity: str | None = None) -> Drawing:
    """Any recorded variable: a fan, bars for a count, the share of runs for a 0/1 or labelled one."""
    variable = result.variable(name)
    telling = Telling(result)
    title = variable.long_name + (f": {_entity_name(entity)}" if entity else "")
    file = name + (f":{entity}" if entity else "")
    subtitle = SHARE if variable.labels or variable.flag else BARS if variable.unit == "members" else FAN
    sentence = _sentence(telling, variable, title, entity)
    sheet = Sheet(result, file, size, title, subtitle, sentence, telling, 9.0)
    if variable.labels:
        sheet.stacked(sheet.body, variable, title="")
    elif variable.flag:
        sheet.chance(sheet.body, variable, title="", note=variable.long_name)
    elif variable.unit == "members":
        sheet.counts(sheet.body, variable, title="").finish()
    else:
        sheet.fan(sheet.body, variable, entity, title="", widest="000,000").finish()
    return sheet.finish()


def _sentence(telling: Telling, variable: Variable, title: str, entity: str | None) -> str:
    if not telling.has(variable):
        return "No date of this variable falls within the horizon."
    end = telling.when(variable)
    if variable.flag:
        return f"{telling.chance(variable)} this holds in {end}: {title}."
    if variable.labels:
        runs, label = telling.likeliest(variable)
        return f"{runs} the value in {end} is {label}, the most frequent one."
    return f"The median is {telling.median(variable, entity=entity)} in {end}."


def _entity_name(code: str) -> str:
    from sim import facts
    from sim.figures.ukraine import GROUPS

    names = {donor.code: donor.name for donor in facts.donors()} | {
        member.code: member.name for member in facts.members()
    }
    return GROUPS.get(code) or names.get(code, code)
