"""The audit of the levers: what each key does to the outcomes over its whole range, the others left as they are."""

from sim.analysis.levers.effects import CLEAR, ENOUGH, Audit, Case, Effect, audit, usual_outcomes
from sim.analysis.levers.trials import Lever, Trial, lever, levers

__all__ = ["CLEAR", "ENOUGH", "Audit", "Case", "Effect", "Lever", "Trial", "audit", "lever", "levers", "usual_outcomes"]
