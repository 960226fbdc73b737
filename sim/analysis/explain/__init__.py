"""Why a recorded variable stands where it stands: parts of its change, the inputs behind it, events and facts."""

from sim.analysis.explain.explanation import Explanation, explain
from sim.analysis.explain.text import lines

__all__ = ["Explanation", "explain", "lines"]
