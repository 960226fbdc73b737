"""Aid to Ukraine: what donors promise, how it moves from promise to arrival, and where it stands at the start."""

from sim.model.systems.aid.aid import DONORS, GROUPS, SYSTEM, Aid

__all__ = ["DONORS", "GROUPS", "SYSTEM", "Aid"]
