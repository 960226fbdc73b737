"""What the forms of the page offer: conditions of events, groups of members, and the fields of packages and laws."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.explore.drawn import codes
from sim.scenario.domain import Choice, Codes, Column, Day, Number, Rows, Text

if TYPE_CHECKING:
    from sim.scenario import Scenario


def conditions() -> list[dict[str, str]]:
    """Conditions that an event can wait for: what to write and what it means; a quantity ends in its comparison."""
    from sim.model import catalogue, variables

    known, named = catalogue(), {variable.name: variable for variable in variables()}
    offered = []
    for name, recorded in known.recorded.items():
        about, entity = named[name].long_name, f":{recorded.codes[0]}" if recorded.codes else ""
        if recorded.flag:
            offered += [{"text": f"{name}{entity}", "means": about}, {"text": f"not {name}{entity}", "means": about}]
        elif recorded.labels:
            offered += [{"text": f"{name} = {label}", "means": about} for label in recorded.labels]
        else:
            offered.append({"text": f"{name}{entity} < ", "means": f"{about}, {recorded.unit}"})
    offered += [{"text": short, "means": whole} for short, whole in known.conditions.items()]
    return sorted(offered, key=lambda condition: (condition["text"].endswith("< "), condition["text"]))


_TEMPLATES: tuple[dict[str, Any], ...] = (
    {"title": "A donor stops", "months": 12, "set": {"aid.DEU.stop": "true"}},
    {"title": "A ceasefire on a day", "months": 1, "set": {"negotiation.ceasefire_now": "true"}},
    {"title": "A European force while a ceasefire holds", "when": "ceasefire", "once": False,
     "set": {"reassurance.thousand": "25"}},
    {"title": "Military aid halves after a ceasefire", "when": "ceasefire", "after_months": 6,
     "set": {"aid.military_factor": "0.5"}},
    {"title": "A shock to the commitment", "months": 1, "set": {"us.commitment.shock": "-0.2"}},
    {"title": "A member leaves", "set": {"alliance.TUR.member": "false"}},
)  # fmt: skip


def templates() -> list[dict[str, Any]]:
    """Events that people often want, to start from; ``months`` is how long one on a date lasts."""
    from sim.model import catalogue

    known = catalogue()
    return [template for template in _TEMPLATES if all(map(known.find, template["set"]))]


def group_choices() -> list[dict[str, Any]]:
    """Groups of members and donors that can stand where a code can; no codes where they depend on the start."""
    from sim.model.groups import named
    from sim.scenario.entities import entity_code, entity_name

    groups, single = named(), {*codes("member"), *codes("donor")}
    return [
        {
            "name": name,
            "title": entity_name(name),
            "codes": list(groups.fixed[name]) if name in groups.fixed else None,
            "means": entity_code(name, tuple(single)),  # where this one can stand, the name is its own
        }
        for name in groups.names
    ]


def lists() -> list[dict[str, Any]]:
    """The lists of tables that a scenario file can hold beside events, with the fields of each table."""
    from sim.model import catalogue

    nouns = {"aid.packages": ("Packages of aid", "package"), "us.aid.laws": ("U.S. laws", "law")}
    return [
        {
            "name": parameter.key,
            "title": nouns.get(parameter.key, (parameter.key, "row"))[0],
            "noun": nouns.get(parameter.key, (parameter.key, "row"))[1],
            "about": f"{parameter.meaning[0].upper()}{parameter.meaning[1:]}.",
            "fields": [_field(column) for column in parameter.domain.columns],
        }
        for parameter in catalogue()
        if isinstance(parameter.domain, Rows)
    ]


def _field(column: Column) -> dict[str, Any]:
    domain, default = column.domain, column.default
    kinds = {Number: "number", Choice: "choice", Day: "day", Text: "text", Codes: "codes"}
    words = column.name.replace("_", " ").replace("beur", "EUR bn").replace("busd", "USD bn")
    return {
        "name": column.name,
        "label": words[0].upper() + words[1:],
        "is": kinds[type(domain)],
        "options": list(domain.options) if isinstance(domain, Choice) else [],
        "codes": list(domain.codes) if isinstance(domain, Codes) else [],
        "required": default is None and not column.optional,
        "default": "" if default is None else f"{default:g}" if isinstance(default, float) else str(default),
        "means": column.meaning + ("; reported only" if column.reported_only else ""),
    }


def told(scenario: Scenario) -> list[str]:
    """What ``alliance check`` says of a sound scenario: what each event does and when, and what cannot act."""
    from sim.loading import notes_of
    from sim.model import catalogue
    from sim.scenario.outlook import outlook

    return [*outlook(scenario, catalogue()), *(f"note: {note}" for note in notes_of(scenario))]
