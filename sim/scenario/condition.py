"""Conditions of events: a recorded variable that is so in a run, such as ``ceasefire`` or ``us_commitment < 0.3``."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from sim.scenario.entities import entity_code, wrong_code
from sim.scenario.parameter import Catalogue, Recorded
from sim.text import listed, meant, nearest, plain, tame

OPERATORS = ("<=", ">=", "<", ">", "=")
_OPERATOR = re.compile(r"[<>=!≤≥≠]+")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_JOINED = re.compile(r"\b(and|or)\b|&&|\|\|", re.IGNORECASE)
_MEANT = {"=>": ">=", "=<": "<=", "≥": ">=", "≤": "<="}
_UNEQUAL = ("!=", "≠", "<>")
_LARGEST = 1e9  # no recorded quantity comes near it
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
    words, negated = text.strip(), False
    while words.startswith("not "):
        words, negated = words[4:].lstrip(), not negated
    words = catalogue.conditions.get(words, words)
    if words.startswith("not "):  # a short name can stand for what is not so
        words, negated = words[4:], not negated
    try:
        condition = _parsed(words, catalogue)
    except ValueError:
        if _JOINED.search(words):
            join = "and, or join no conditions; for or, write an event for each"
            raise ValueError(f"{tame(words)} is more than one condition; {join}") from None
        raise
    return replace(condition, negated=negated)


def _parsed(words: str, catalogue: Catalogue) -> Condition:
    match = _OPERATOR.search(words)
    operator = match.group() if match else None
    left, right = (words[: match.start()], words[match.end() :].strip()) if match else (words, "")
    name, colon, entity = (part.strip() for part in left.partition(":"))
    if not re.fullmatch(r"\w+", name) or (colon and not entity) or (operator and not right):
        raise ValueError(f"{tame(words) or 'an empty text'} is no condition; {_hint(name, catalogue)}")
    variable = catalogue.recorded.get(name)
    if variable is None:
        known = [*catalogue.conditions, *catalogue.recorded]
        near = nearest(name, known, cutoff=0.6)
        raise ValueError(f"{tame(name)} is neither a recorded variable nor a condition{meant(near) or '; ' + _EXAMPLE}")
    code = _entity(variable, entity if colon else None, catalogue)
    operator = "=" if operator == "==" else operator
    if operator in _UNEQUAL:
        instead = (
            f"not {name} = {tame(right)}" if variable.labels else f"not {name}" if variable.flag else f"{name} < ..."
        )
        raise ValueError(f'{operator} is not among <, <=, >, >= and =; write "{instead}"')
    if operator is not None and operator not in OPERATORS:
        near = [_MEANT[operator]] if operator in _MEANT else []
        raise ValueError(f"{tame(operator)} is not among <, <=, >, >= and ={meant(near)}")
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
    return Condition(name, operator, _number(variable, right), code)


def _hint(name: str, catalogue: Catalogue) -> str:
    """What to write instead; a key of files is not what a run records."""
    if "." in name and len(name) < 200 and catalogue.find(name):
        return f"{name} is a key that files set, and a condition reads what a run records; {_EXAMPLE}"
    return _EXAMPLE


def _number(variable: Recorded, right: str) -> float:
    if not _NUMBER.fullmatch(right):
        near = [mended] if _NUMBER.fullmatch(mended := right.replace(",", ".")) else []
        raise ValueError(
            f"{tame(right)} is not a number{meant(near) or f'; the unit of {variable.name} is {variable.unit}'}"
        )
    value = float(right)
    if variable.unit == "index 0 to 1" and not 0 <= value <= 1:
        raise ValueError(f"{variable.name} is an index from 0 to 1, which never passes {tame(right)}")
    if abs(value) > _LARGEST:
        raise ValueError(f"{variable.name}, in {variable.unit}, never comes near {tame(right)}")
    return value


def _entity(variable: Recorded, word: str | None, catalogue: Catalogue) -> str:
    if word is None:
        if variable.codes:
            raise ValueError(f'{variable.name} is recorded for each of {listed(variable.codes)}; name one after ":"')
        return ""
    if not variable.codes:
        raise ValueError(f"{variable.name} is one series; leave out :{tame(word)}")
    code = word if word in variable.codes else entity_code(word, variable.codes)
    if code is None and (group := catalogue.groups.spelled(word)):
        codes = catalogue.groups.fixed.get(group, ())
        among = listed([code for code in codes if code in variable.codes] or variable.codes)
        raise ValueError(f"{group} is a group, and a condition reads one member or donor; name one of {among}")
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
