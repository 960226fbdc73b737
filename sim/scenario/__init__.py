"""What the user writes: scenario files, their layers, and every mistake in them with its place."""

from sim.scenario.condition import Condition
from sim.scenario.domain import Choice, Codes, Column, Day, Domain, Flag, Number, Rows, Text, fit
from sim.scenario.groups import Groups
from sim.scenario.json_schema import json_schema, schema_text
from sim.scenario.parameter import Catalogue, Parameter, Recorded
from sim.scenario.resolve import check, load
from sim.scenario.scenario import Event, Given, Origin, Scenario
from sim.scenario.values import (
    Dated,
    Distribution,
    Row,
    Table,
    Value,
    Weights,
    beta,
    describe,
    discrete,
    fixed,
    gamma,
    half_normal,
    lognormal,
    normal,
    triangular,
    uniform,
)

__all__ = [
    "Catalogue",
    "Choice",
    "Codes",
    "Column",
    "Condition",
    "Dated",
    "Day",
    "Distribution",
    "Domain",
    "Event",
    "Flag",
    "Given",
    "Groups",
    "Number",
    "Origin",
    "Parameter",
    "Recorded",
    "Row",
    "Rows",
    "Scenario",
    "Table",
    "Text",
    "Value",
    "Weights",
    "beta",
    "check",
    "describe",
    "discrete",
    "fit",
    "fixed",
    "gamma",
    "half_normal",
    "json_schema",
    "load",
    "lognormal",
    "normal",
    "schema_text",
    "triangular",
    "uniform",
]
