"""Members' defence budgets: the equation, what governments announced, and the yearly round of decisions."""

from sim.model.systems.budgets.budgets import SYSTEM, Budgets

__all__ = ["SYSTEM", "Budgets"]
