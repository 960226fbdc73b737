"""Aid to Ukraine: what donors promise, how it moves from promise to arrival, and where it stands at the start."""

from sim.model.systems.aid.aid import GROUPS, Aid
from sim.model.systems.aid.declared import SYSTEM
from sim.model.systems.aid.parameters import DONORS

__all__ = ["DONORS", "GROUPS", "SYSTEM", "Aid"]
