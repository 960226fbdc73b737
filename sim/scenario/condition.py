"""Conditions of events: a recorded variable that is so in a run, such as ``ceasefire`` or ``us_commitment < 0.3``."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from sim.scenario.entities import entity_code, wrong_code
from sim.scenario.parameter import Catalogue, Recorded
from sim.text import listed, meant, nearest, plain, tame

OPERATORS = ("<=", ">=", "<", ">", "=")
_PARTS = re.compile(r"\s*([\w]+)\s*(?::\s*([^<>=]+?))?\s*(?:(<=|>=|==|<|>|=)\s*(.+?))?\s*")
_EXAMPLE = 'write when = "ceasefire", "not ceasefire", "us_posture = retrenchment" or "us_commitment < 0.3"'


@dataclass(frozen=True, slots=True)
class Condition:
    """A recorded ``variable`` (of ``entity``, or empty) compared with ``value``.

    ``value`` is a number, an index into the variable's labels where ``label`` names one, and 1 for a variable that is
    yes or no. ``negated`` turns the answer round. A condition is read on what a run last recorded.
    """

    variable: str
    operator: str
    value: float
    entity: str = ""
    label: str = ""
    negated: bool = False
    flag: bool = False

    def describe(self) -> str:
        """As a file can write it: ``not ceasefire``, ``military_aid_allocated_beur:EUR < 100``."""
        name = self.variable + (f":{self.entity}" if self.entity else "")
        right = "" if self.flag else f" {self.operator} {self.label or plain(self.value)}"
        return f"{'not ' if self.negated else ''}{name}{right}"


def parse_condition(text: str, catalogue: Catalogue) -> Condition:
    """The condition that ``text`` means. ValueError, a sentence fit for a user, says what is wrong with it."""
    words = text.strip()
    if words.startswith("not "):
        inner = parse_condition(words[4:], catalogue)
        return replace(inner, negated=not inner.negated)
    if words in catalogue.conditions:
        return parse_condition(catalogue.conditions[words], catalogue)
    match = _PARTS.fullmatch(words)
    if match is None:
        raise ValueError(f"{tame(words) or 'an empty text'} is no condition; {_EXAMPLE}")
    name, entity, operator, right = match.groups()
    variable = catalogue.recorded.get(name)
    if variable is None:
        known = [*catalogue.conditions, *catalogue.recorded]
        near = nearest(name, known, cutoff=0.6)
        raise ValueError(f"{tame(name)} is neither a recorded variable nor a condition{meant(near) or '; ' + _EXAMPLE}")
    code = _entity(variable, entity)
    operator = "=" if operator == "==" else operator
    if variable.flag:
        if operator is not None:
            raise ValueError(f'{name} is yes or no; write "{name}" or "not {name}"')
        return Condition(name, ">", 0.5, code, flag=True)
    if operator is None:
        form = f"{name} = {variable.labels[0]}" if variable.labels else f"{name} < NUMBER"
        raise ValueError(f'{name} needs something to be compared with; write "{form}"')
    if variable.labels:
        return _labelled(variable, operator, right)
    if operator == "=":
        raise ValueError(f"{name} is a quantity, which is hardly ever equal to a number; use <, <=, > or >=")
    try:
        value = float(right)
        if value in (float("inf"), -float("inf")) or value != value:
            raise ValueError
    except ValueError:
        raise ValueError(f"{tame(right)} is not a number; the unit of {name} is {variable.unit}") from None
    return Condition(name, operator, value, code)


def _entity(variable: Recorded, word: str | None) -> str:
    if word is None:
        if variable.codes:
            raise ValueError(f'{variable.name} is recorded for each of {listed(variable.codes)}; name one after ":"')
        return ""
    if not variable.codes:
        raise ValueError(f"{variable.name} is one series; leave out :{tame(word)}")
    code = word if word in variable.codes else entity_code(word, variable.codes)
    if code is None:
        raise ValueError(wrong_code(word, variable.codes))
    return code


def _labelled(variable: Recorded, operator: str, right: str) -> Condition:
    if operator != "=":
        raise ValueError(f"{variable.name} is one of {listed(variable.labels)}; use =, not {operator}")
    label = right.strip("\"'")
    if label not in variable.labels:
        near = nearest(label, variable.labels, most=1)
        raise ValueError(f"{tame(label)} is not one of {listed(variable.labels)}{meant(near)}")
    return Condition(variable.name, "=", float(variable.labels.index(label)), label=label)
