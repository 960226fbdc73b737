"""The war: its front, the effort and losses of both sides, and where all of it stands at the start."""

from sim.model.systems.war.war import SYSTEM, War

__all__ = ["SYSTEM", "War"]
