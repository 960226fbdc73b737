"""Questions put to the model itself: what it takes, what a spread comes from, what a choice is regretted by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

import numpy as np
from numpy.typing import NDArray

from sim.analysis.sweep.design import Design, Input, varied
from sim.analysis.sweep.question import Target, question
from sim.analysis.sweep.regret import Regret, regret
from sim.analysis.sweep.samples import Plan, answers, plan, recorded
from sim.analysis.sweep.sensitivity import Sources, source_shares
from sim.analysis.sweep.solving import Solution, first_points, solve
from sim.ensemble.executors import complete
from sim.errors import InputError
from sim.scenario.scenario import Given, Origin, Scenario

Floats = NDArray[np.float64]
Progress = Callable[[int, int], None]
SOURCES = ("parameters", "elections", "shocks")
USUAL_TRIES = 30
ELECTION, PARTIES = 2028, ("democratic", "republican")
SECOND_SEED = 2**62  # what the second, independent ensemble adds to the seed


def what_it_takes(
    scenario: Scenario,
    lever: Input,
    target: Target,
    *,
    runs: int = 1000,
    seed: int = 1,
    jobs: int = 1,
    cluster: str = "",
    progress: Progress | None = None,
) -> Solution:
    """The smallest (or largest) lever with which ``target`` is met, on the same streams at every value tried."""
    asked = plan([scenario], one_point(lever), [target.condition.question], runs=runs, seed=seed)
    tried: dict[float, NDArray[np.bool_]] = {}

    def report() -> None:
        if progress is not None:
            progress(min(len(tried), USUAL_TRIES - 1), USUAL_TRIES)

    def holds(number: float) -> NDArray[np.bool_]:
        if number not in tried:
            tried[number] = _holds(asked, lever, number)
            report()
        return tried[number]

    for number, flags in complete(partial(_holds, asked, lever), first_points(lever), jobs, str, cluster=cluster):
        tried[number] = flags
        report()
    solution = solve(lever, target, holds)
    if progress is not None:
        progress(USUAL_TRIES, USUAL_TRIES)
    return solution


def _holds(asked: Plan, lever: Input, number: float) -> NDArray[np.bool_]:
    """Whether each run meets the condition with the lever at ``number``, ``(runs,)``."""
    return np.asarray(answers(asked, varied(asked.scenarios[0], [(lever, lever.value(number))]))[0] > 0)


def at_value(
    scenario: Scenario, lever: Input, number: float, questions: Sequence[str], *, runs: int = 1000, seed: int = 1
) -> list[Floats]:
    """The values of questions in each run, ``(runs,)`` each, with the lever at ``number``."""
    if not questions:
        return []
    asked = plan([scenario], one_point(lever), questions, runs=runs, seed=seed)
    return answers(asked, varied(asked.scenarios[0], [(lever, lever.value(number))]))


def one_point(*inputs: Input) -> Design:
    """A design for questions that set inputs by themselves."""
    return Design(inputs, np.full((1, len(inputs)), 0.5), "grid")


def sources_of_luck(
    scenario: Scenario, questions: Sequence[str], *, runs: int = 1000, seed: int = 1, jobs: int = 1, cluster: str = ""
) -> Sources:
    """How much of the spread over single runs comes from parameters, from elections, and from all other luck.

    Two independent ensembles and three in which one source is taken from the second.
    """
    asked = plan([scenario], one_point(), questions, runs=runs, seed=seed)
    luck = [frozenset[str](), frozenset(SOURCES), *(frozenset({name}) for name in SOURCES)]
    lucky = dict(complete(partial(_lucky, asked), luck, jobs, str, cluster=cluster))
    first, second, *mixed = (lucky[each] for each in luck)
    return source_shares(SOURCES, first, second, mixed)


def _lucky(asked: Plan, others: frozenset[str]) -> Floats:
    """The values of every question with the sources ``others`` from the second ensemble, ``(questions, runs)``."""

    def seed(system: str, name: str) -> int:
        return asked.seed + (SECOND_SEED if _source_of(system, name) in others else 0)

    return np.stack(answers(asked, asked.scenarios[0], seed))


def _source_of(system: str, name: str) -> str:
    """Which source of luck a draw belongs to: ``name`` is the key of what is drawn once a run."""
    if system in ("elections", "us_politics") or name.rpartition(".")[2] in ("president", "house", "senate"):
        return "elections"
    return "parameters" if system == "parameters" and not name.startswith("event:") else "shocks"


def election_regret(
    scenarios: Sequence[Scenario],
    text: str,
    weights: str | None = None,
    *,
    more_is_better: bool = True,
    runs: int = 1000,
    seed: int = 1,
) -> Regret:
    """The regret of each scenario under each president elected in 2028, by the mean of an outcome.

    ``weights`` is written ``democratic=0.6,republican=0.4``.

    Raises:
        InputError: the outcome or a weight cannot be read, or the scenarios end before the president takes office.
    """
    for scenario in scenarios:
        question(text, recorded(scenario), "--regret")
    shares = _weights(weights) if weights else None
    regret([""], PARTIES, np.zeros((1, len(PARTIES))), shares)  # weights are checked before anything is simulated
    values = np.empty((len(scenarios), len(PARTIES)))
    for row, scenario in enumerate(scenarios):
        for column, party in enumerate(PARTIES):
            given = Given(party, Origin("set", "depends"))
            known = replace(scenario, values={**scenario.values, f"us.elections.{ELECTION}.president": given})
            asked = plan([known], one_point(), [text], runs=runs, seed=seed)
            if asked.scenarios[0].end < date(ELECTION + 1, 1, 31):
                raise InputError(f"--regret {text}: ask for a date after the election of {ELECTION}")
            values[row, column] = answers(asked, asked.scenarios[0])[0].mean()
    names = [scenario.name for scenario in scenarios]
    return regret(names, PARTIES, values, shares, more_is_better=more_is_better)


def _weights(text: str) -> dict[str, float]:
    weights: dict[str, float] = {}
    for part in text.split(","):
        name, _, number = (word.strip() for word in part.partition("="))
        if name in weights:
            raise InputError(f"--weights: {name!r} is given more than once; give it once")
        try:
            weights[name] = float(number)
        except ValueError:
            raise InputError(f"--weights: {part.strip()!r} is not NAME=WEIGHT, e.g. republican=0.6") from None
    return weights
