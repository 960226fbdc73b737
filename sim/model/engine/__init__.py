"""What systems are made with: the calendar, the values in force, random streams, and how a system declares itself."""

from sim.model.engine.block import Engine, Flags, Numbers, here, monthly_chance, single, within
from sim.model.engine.clock import Process, month_number
from sim.model.engine.declaration import State, System, assumption, by_month, by_year, data, estimated, under
from sim.model.engine.draws import Draw
from sim.model.engine.latest import Latest
from sim.model.engine.streams import ndtri, places
from sim.model.engine.variables import CONSTANT_PRICES, Axis, Block, Parts, Runs, Variable
from sim.scenario.days import month_end

__all__ = [
    "CONSTANT_PRICES",
    "Axis",
    "Block",
    "Draw",
    "Engine",
    "Flags",
    "Latest",
    "Numbers",
    "Parts",
    "Process",
    "Runs",
    "State",
    "System",
    "Variable",
    "assumption",
    "by_month",
    "by_year",
    "data",
    "estimated",
    "here",
    "month_end",
    "month_number",
    "monthly_chance",
    "ndtri",
    "places",
    "single",
    "under",
    "within",
]
