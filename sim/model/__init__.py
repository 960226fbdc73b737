"""The alliance, one file per system. Rules are pure NumPy functions; SimPy decides when they apply."""

from sim.model.parameters import DEFAULT_END, DEFAULT_START, catalogue, facts_layer
from sim.model.record import Axes
from sim.model.simulation import axes, run_block, simulate
from sim.model.variables import VARIABLES, Variable


def variables() -> tuple[Variable, ...]:
    """Every recorded variable."""
    return VARIABLES


__all__ = [
    "DEFAULT_END",
    "DEFAULT_START",
    "VARIABLES",
    "Axes",
    "Variable",
    "axes",
    "catalogue",
    "facts_layer",
    "run_block",
    "simulate",
    "variables",
]
