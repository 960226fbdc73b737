"""A JSON Schema of scenario files for editors (draft 2020-12; Taplo and others read it)."""

from __future__ import annotations

import json
import math
from typing import Any

from sim.limits import LONGEST_LABEL
from sim.scenario.domain import Choice, Codes, Column, Day, Flag, Number, Rows
from sim.scenario.parameter import Catalogue, Parameter
from sim.scenario.values import FAMILIES

Schema = dict[str, Any]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_YEARS = r"^[0-9]{4}(-[0-9]{2}-[0-9]{2})?$"
_DATE: Schema = {"type": "string", "format": "date"}
_COUNT: Schema = {"type": "integer", "minimum": 0, "maximum": 480}
_OF_CONDITIONS = ("after_months", "for_months", "once")
_TEXT: Schema = {"type": "string", "minLength": 1}
_POSITIVE = ("sd", "sd_log", "median", "a", "b", "shape", "rate")


def json_schema(catalogue: Catalogue) -> Schema:
    """Schema of a scenario file over the parameters of ``catalogue``: nested tables, choices, codes, bounds, units.

    It finds wrong names, types and bounds while one types. Rules that join several values (weights that sum to 1, dates
    in order, parents) are left to ``check``.
    """
    keys = _table(_tree(catalogue), catalogue)
    groups = {name: {"$ref": f"#/$defs/settings/properties/{name}"} for name in keys["properties"]}
    return {
        "$schema": _DIALECT,
        "title": "Scenario",
        "description": "What a scenario changes against the defaults and the facts known at its start.",
        "type": "object",
        "properties": {**_heads(), **groups},
        "required": ["title", "description", "references"],
        "additionalProperties": False,
        "$defs": {
            "distribution": {"oneOf": [_family(name) for name in FAMILIES]},
            "event": _event(),
            "settings": keys,
        },
    }


def schema_text(catalogue: Catalogue) -> str:
    """The schema as the text of a file, the same for the same catalogue."""
    return json.dumps(json_schema(catalogue), indent=2, ensure_ascii=False) + "\n"


def _heads() -> Schema:
    names: Schema = {"type": "string", "minLength": 1}
    return {
        "title": {**_TEXT, "description": "One line that names the scenario."},
        "label": {
            **_TEXT,
            "maxLength": LONGEST_LABEL,
            "description": "Short title for legends and tables; the title or the file's name if left out.",
        },
        "description": {**_TEXT, "description": "What the scenario assumes, and why."},
        "references": {
            "type": "array",
            "items": _TEXT,
            "minItems": 1,
            "description": "Sources of the assumptions.",
        },
        "extends": {
            "anyOf": [names, {"type": "array", "items": names, "uniqueItems": True}],
            "description": "File or files to build on, weakest first: beside this file or a shipped scenario.",
        },
        "start": {**_DATE, "description": "First day, 2014-01-01 to 2025-01-01. Facts known by then are used."},
        "end": {**_DATE, "description": "Last day, after the start."},
        "groups": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": _TEXT, "minItems": 1, "uniqueItems": True},
            "description": "Own groups of members or donors, by name: lists of codes.",
        },
        "events": {
            "type": "array",
            "items": {"$ref": "#/$defs/event"},
            "description": "Changes on a day or a condition.",
        },
    }


def _event() -> Schema:
    return {
        "type": "object",
        "properties": {
            "date": {**_DATE, "description": "Day on which the values change."},
            "when": {**_TEXT, "description": "Condition on a recorded variable, in place of a date."},
            "after_months": {**_COUNT, "description": "Months from the condition to the change; 0 if absent."},
            "for_months": {**_COUNT, "minimum": 1, "description": "Months after which the values change back."},
            "once": {
                "type": "boolean",
                "description": "Whether it begins at most once and goes on when the condition ceases; true if absent.",
            },
            "until": {**_DATE, "description": "Day on which they change back; never if left out."},
            "name": {**_TEXT, "description": "Unique name."},
            "set": {"$ref": "#/$defs/settings", "minProperties": 1, "description": "Keys and their values meanwhile."},
            "probability": {
                "type": "number",
                "minimum": 0,
                "maximum": 1,
                "description": "Share of runs, 1 if absent.",
            },
        },
        "required": ["name", "set"],
        "oneOf": [
            {"required": ["date"], "not": {"anyOf": [{"required": [key]} for key in _OF_CONDITIONS]}},
            {"required": ["when"]},
        ],
        "additionalProperties": False,
    }


def _tree(catalogue: Catalogue) -> dict[str, Any]:
    """Parameters nested by the parts of their keys, one branch for each entity."""
    tree: dict[str, Any] = {}
    keys = catalogue.keys()
    for key in keys:
        *groups, last = key.split(".")
        branch = tree
        for group in groups:
            branch = branch.setdefault(group, {})
        branch[last] = catalogue.find(key)
    return tree


def _table(tree: dict[str, Any], catalogue: Catalogue, group: str = "") -> Schema:
    """Schema of a table; entities that take the same keys share one pattern."""
    codes = catalogue.entities_of(group)
    schema: Schema = {"type": "object", "properties": {}, "additionalProperties": False}
    alike: dict[str, list[str]] = {}
    for name, inside in tree.items():
        key = f"{group}.{name}" if group else name
        value = _value(inside) if isinstance(inside, Parameter) else _table(inside, catalogue, key)
        if name in codes:
            alike.setdefault(json.dumps(value), []).append(name)
        else:
            schema["properties"][name] = value
    if alike:
        schema["patternProperties"] = {f"^({'|'.join(names)})$": json.loads(text) for text, names in alike.items()}
    if alike and any(catalogue.groups.allowed(name, codes) for name in catalogue.groups.names):
        widest = max(alike, key=lambda text: len(alike[text]))
        capitals = [name for name in catalogue.groups.names if name != name.lower() and name not in tree]
        capitals = [name for name in capitals if catalogue.groups.allowed(name, codes)]
        beside = f"(?!({'|'.join(schema['properties'])})$)" if schema["properties"] else ""
        named = "|".join([*capitals, "[a-z][a-z0-9_]*"])
        schema["patternProperties"][f"^{beside}({named})$"] = json.loads(widest)
    return schema


def _value(parameter: Parameter) -> Schema:
    domain = parameter.domain
    words = f"{parameter.meaning} Unit: {parameter.unit}. {domain.describe().capitalize()}."
    effect = f" Effect: {parameter.effect_text.rstrip('.')}." if parameter.effect_text else ""
    described: Schema = {
        "description": f"{words} Default: {parameter.prior_text}. {parameter.kind.capitalize()}.{effect}"
    }
    if isinstance(domain, Number):
        plain = _number(domain)
        uncertain = {"$ref": "#/$defs/distribution"}
        return {**described, "anyOf": [plain, uncertain, _dated(plain, uncertain)]}
    if isinstance(domain, Choice):
        weight = {"type": "number", "minimum": 0, "maximum": 1}
        weights = {
            "type": "object",
            "properties": dict.fromkeys(domain.options, weight),
            "additionalProperties": False,
            "minProperties": 1,
        }
        return {**described, "anyOf": [{"enum": list(domain.options)}, weights]}
    if isinstance(domain, Flag):
        return {**described, "type": "boolean"}
    if isinstance(domain, Day):
        return {**described, "anyOf": [{"const": "never"}, _DATE]}
    if isinstance(domain, Rows):
        return {**described, "type": "array", "items": _row(domain)}
    return {**described, **_TEXT}


def _row(domain: Rows) -> Schema:
    """Schema of one row."""
    properties = {column.name: {**_cell(column), "description": _told(column)} for column in domain.columns}
    required = [column.name for column in domain.columns if column.default is None and not column.optional]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _told(column: Column) -> str:
    unit = f" Unit: {column.unit}." if column.unit else ""
    return f"{column.meaning.capitalize()}.{unit}" + (" Reported only." if column.reported_only else "")


def _cell(column: Column) -> Schema:
    if isinstance(column.domain, Number):
        return _number(column.domain)
    if isinstance(column.domain, Choice):
        return {"enum": list(column.domain.options)}
    if isinstance(column.domain, Codes):
        return {"anyOf": [_TEXT, {"type": "array", "items": {"enum": list(column.domain.codes)}, "minItems": 1}]}
    return _DATE if isinstance(column.domain, Day) else _TEXT


def _number(domain: Number) -> Schema:
    schema: Schema = {"type": "integer" if domain.integer else "number"}
    if math.isfinite(domain.low):
        schema["minimum"] = domain.low
    if math.isfinite(domain.high):
        schema["maximum"] = domain.high
    return schema


def _dated(plain: Schema, uncertain: Schema) -> Schema:
    return {
        "type": "object",
        "properties": {"how": {"enum": ["step", "linear"]}},
        "patternProperties": {_YEARS: {"anyOf": [plain, uncertain]}},
        "required": ["how"],
        "minProperties": 2,
        "additionalProperties": False,
    }


def _family(name: str) -> Schema:
    required, optional = FAMILIES[name]
    number: Schema = {"type": "number"}
    above_zero: Schema = {"type": "number", "exclusiveMinimum": 0}
    args = {arg: above_zero if arg in _POSITIVE else number for arg in required + optional}
    if name == "discrete":
        args = {arg: {"type": "array", "items": number, "minItems": 1} for arg in required}
        required = ("values",)
    return {
        "type": "object",
        "properties": {"dist": {"const": name}, **args},
        "required": ["dist", *required],
        "additionalProperties": False,
    }
