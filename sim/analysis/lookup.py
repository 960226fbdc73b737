"""What a word of the user means: a scenario key, a recorded variable, a member, or whatever speaks of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

from sim import facts, model
from sim.errors import InputError
from sim.loading import load
from sim.model import DEFAULT_START, Variable
from sim.scenario import Parameter, Scenario, describe
from sim.scenario.entities import entity_code, entity_name, is_country
from sim.scenario.keys import movers
from sim.shipped import shipped_names, shipped_questions, shipped_title
from sim.text import later_marked, meant, nearest

KINDS = {
    "data": "data: taken from the facts",
    "estimated": "estimated from data",
    "assumption": "assumption: not settled by data, change it at will",
}
DEPENDS_ON = "not settled by data: a conclusion that turns on it is reported as 'depends on'"
MOST = 20
MOST_SCENARIOS = 4
MOST_KEYS = 12
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One thing that a search found: its ``name`` as the user types it, what ``kind`` of thing it is, what it means."""

    name: str
    kind: str
    meaning: str

    def to_dict(self) -> dict[str, str]:
        """Field names and values."""
        return asdict(self)


def describe_name(name: str, scenario: str | None = None) -> dict[str, str] | None:
    """Headings and texts for a key, a recorded variable or the beginning of keys, in reading order; None for others.

    With ``scenario`` (a path or the name of a shipped one) a key is told with its value there and who set it.
    """
    catalogue = model.catalogue()
    if successor := catalogue.successor(name) or model.RENAMED.get(name):
        return {"renamed": f"{name} is called {successor} now", **(describe_name(successor, scenario) or {})}
    name = catalogue.spelled(name)
    parameter = catalogue.find(name)
    if parameter is not None:
        return _parameter(name, parameter, load(scenario) if scenario else None)
    group = _group(name) if catalogue.is_group(name) else {}
    variable = next((each for each in model.variables() if each.name == name), None)
    if variable is not None:
        return {**_variable(variable), **({"keys": ", ".join(group)} if group else {})}
    return group or None


def scenario_called(name: str) -> str | None:
    """``name`` if it is that of a shipped scenario or question, or of a scenario file; None for others."""
    from sim.shipped import find_scenario, shipped_names, shipped_questions

    if name.endswith(".toml"):
        return name
    if name in shipped_names():
        return name
    if name.startswith("questions/") and (named := [each for each in shipped_questions() if each.startswith(name)]):
        find_scenario(name)
        return name if name in named else named[0]
    return None


def search(words: str, most: int = MOST) -> list[Entry]:
    """Keys, variables and members that speak of ``words``, nearest first, then shipped scenarios that do.

    First comes what bears the words in its name, then what is described by them; of a member or donor, first itself,
    then the variables and keys that there are for it.

    >>> search("Germany")[0]
    Entry(name='DEU', kind='member since 1955', meaning='Germany')

    Raises:
        InputError: nothing speaks of it; words that are spelled alike are named.
    """
    catalogue, names = model.catalogue(), [variable.name for variable in model.variables()]
    if "." in words or "_" in words:  # meant as a name, not as a word
        near = [*catalogue.nearest(words), *nearest(words, names)][:3]
        hint = meant(near) or "; `alliance schema` holds every key"
        raise InputError(f"'{words}' is neither a scenario key nor a recorded variable{hint}")
    sought = [word.casefold() for word in _WORD.findall(words)]
    entries, scenarios = list(_entries()), list(_scenarios())
    member = entity_code(words, sorted(_codes()))
    nearest_first = _ranked(entries, sought)
    if member:
        nearest_first = [*_of_member(member), *nearest_first]
    told = _ranked(scenarios, sought)[:MOST_SCENARIOS]
    if not nearest_first and not told:
        terms = {term for entry in (*entries, *scenarios) for term in _terms(entry.name) | _terms(entry.meaning)}
        near = nearest(words, sorted(terms), cutoff=0.7)
        raise InputError(
            f"nothing is named or described by '{words}'{meant(near) or '; `alliance schema` holds every key'}"
        )
    return [*list(dict.fromkeys(nearest_first))[: most - len(told)], *told]


def _ranked(entries: Iterable[Entry], sought: list[str]) -> list[Entry]:
    """The entries that speak of all words ``sought``, nearest first."""
    ranked = [(_rank(entry, sought), order, entry) for order, entry in enumerate(entries)]
    return [entry for rank, _, entry in sorted(pair for pair in ranked if pair[0] is not None)]


def _codes() -> set[str]:
    """Codes of all members and donors, and of countries that may join."""
    given = {code for parameter in model.catalogue() for code in parameter.entities if is_country(code)}
    return given | {code for axis in model.registry().axes for code in axis.codes}


def _scenarios() -> Iterator[Entry]:
    """The shipped scenarios and questions by their titles."""
    for name in shipped_names():
        yield Entry(name, "shipped scenario", shipped_title(name))
    for name in shipped_questions():
        yield Entry(name, "shipped question, a scenario too", shipped_title(name))


def _entries() -> Iterator[Entry]:
    """Everything that can be searched for."""
    for variable in model.variables():
        kind = f"variable of each {variable.entity}" if variable.entity else "variable"
        yield Entry(variable.name, kind, f"{variable.long_name} ({variable.unit})")
    for parameter in model.catalogue():
        yield Entry(parameter.key, f"key, {parameter.kind}", f"{parameter.meaning} ({parameter.unit})")
    for code in sorted(_codes()):
        yield _entity(code)


def _entity(code: str) -> Entry:
    joined = {member.code: member.accession for member in facts.members()}
    donor = any(code in axis.codes for axis in model.registry().axes)
    kind = f"member since {joined[code].year}" if code in joined else "donor" if donor else "not a member"
    return Entry(code, kind, entity_name(code))


def _of_member(code: str) -> Iterator[Entry]:
    """A member or donor, then the variables and keys that there are for it."""
    yield _entity(code)
    axes = {axis.name: axis.codes for axis in model.registry().axes}
    for variable in model.variables():
        if variable.entity and code in axes[variable.entity]:
            yield Entry(f"{variable.name}:{code}", "variable", f"{variable.long_name} ({variable.unit})")
    for parameter in model.catalogue():
        if code in parameter.entities:
            key = parameter.key.replace("*", code)
            yield Entry(key, f"key, {parameter.kind}", f"{parameter.meaning} ({parameter.unit})")


def _rank(entry: Entry, sought: list[str]) -> tuple[int, int] | None:
    """How near an entry is to the words: where the farthest of them stands, then how long its name is."""
    names, meanings = _terms(entry.name), _terms(entry.meaning)
    places = []
    for word in sought:
        if word in names:
            places.append(0)
        elif any(term.startswith(word) for term in names):
            places.append(1)
        elif word in meanings:
            places.append(2)
        elif len(word) > 2 and any(term.startswith(word) for term in meanings):
            places.append(3)
        else:
            return None
    return (max(places), len(names)) if places else None


def _terms(text: str) -> set[str]:
    """The words of a name or a sentence."""
    return {word.casefold() for word in _WORD.findall(text)}


def _group(name: str) -> dict[str, str]:
    """Every key that begins with ``name``, with its meaning; a key that each member has stands once."""
    return {
        parameter.key: parameter.meaning
        for parameter in model.catalogue()
        if any(key.startswith(f"{name}.") for key in parameter.expanded())
    }


def _parameter(name: str, parameter: Parameter, scenario: Scenario | None) -> dict[str, str]:
    start = DEFAULT_START if scenario is None else scenario.start
    texts = {
        "key": name,
        "one of": parameter.key if name != parameter.key else "",
        "meaning": parameter.meaning,
        "unit": parameter.unit,
        "kind": KINDS[parameter.kind],
        "default": parameter.prior_text,
        "allowed": parameter.domain.describe(),
        "range": parameter.sweep,
        "effect": parameter.effect_text,
        "source": later_marked(parameter.source, start),
        "used in": ", ".join(parameter.used_in),
        "depends on": DEPENDS_ON if parameter.depends_on else "",
    }
    if scenario is not None:
        given = scenario.values.get(name)
        own = given is not None and given.origin.layer not in ("default", "facts")
        texts["source of the default" if own else "source"] = texts.pop("source")
        said = "not set" if given is None else f"{describe(given.value)} (set by {given.origin})"
        texts[f"in {scenario.name}"] = said
    return {heading: text for heading, text in texts.items() if text}


def _movers(variable: str) -> str:
    """The first keys that move a variable, and how many more there are."""
    keys = movers(variable, model.catalogue())
    rest = f" and {len(keys) - MOST_KEYS} more" if len(keys) > MOST_KEYS else ""
    return ", ".join(keys[:MOST_KEYS]) + rest


def _variable(variable: Variable) -> dict[str, str]:
    texts = {
        "variable": variable.name,
        "meaning": variable.long_name,
        "unit": variable.unit,
        "price basis": variable.price_basis,
        "recorded": "at 31 December and at the end" if variable.every == "year" else "at each month's last day",
        "one for each": variable.entity or "",
        "values": ", ".join(variable.labels),
        "single runs": "kept" if variable.keep_runs else "not kept, quantiles only",
        "moved by": _movers(variable.name),
    }
    return {heading: text for heading, text in texts.items() if text}
