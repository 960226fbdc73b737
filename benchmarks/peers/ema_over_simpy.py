"""EMA Workbench: experiments over the plain SimPy model, one for each seed."""

from __future__ import annotations

import logging

import plain_simpy
from ema_workbench import IntegerParameter, Model, ScalarOutcome, SequentialEvaluator, ema_logging

OUTCOMES = ("front", "delivered", "ceasefire", "members_at_2pct", "commitment")


def one(seed=1):
    return plain_simpy.run(seed)


def run(runs):
    ema_logging.log_to_stderr(logging.ERROR)
    model = Model("alliance", function=one)
    model.uncertainties = [IntegerParameter("seed", 1, 2_000_000_000)]
    model.outcomes = [ScalarOutcome(name) for name in OUTCOMES]
    with SequentialEvaluator(model) as evaluator:
        return evaluator.perform_experiments(scenarios=runs)[1]
