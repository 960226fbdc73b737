"""Questions put to the model itself: what it takes, what a spread comes from, what a comparison turns on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.analysis.comparison import Comparison
from sim.analysis.statistics import Difference, paired
from sim.analysis.sweep.design import Design, Input, assumptions, varied
from sim.analysis.sweep.question import Condition, Outcome, Target
from sim.analysis.sweep.regret import Regret, regret
from sim.analysis.sweep.samples import Plan, Question, answers, plan
from sim.analysis.sweep.sensitivity import Sources, source_shares
from sim.analysis.sweep.solving import Solution, first_points, solve
from sim.ensemble.executors import complete
from sim.errors import InputError
from sim.model import catalogue
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
    asked = plan([scenario], _one_point(lever), [target.condition.question], runs=runs, seed=seed)
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
    found = solve(lever, target, holds)
    if progress is not None:
        progress(USUAL_TRIES, USUAL_TRIES)
    return found


def _holds(asked: Plan, lever: Input, number: float) -> NDArray[np.bool_]:
    """Whether each run meets the condition with the lever at ``number``, ``(runs,)``."""
    return np.asarray(answers(asked, varied(asked.scenarios[0], [(lever, lever.value(number))]))[0] > 0)


def at_value(
    scenario: Scenario, lever: Input, number: float, questions: Sequence[str], *, runs: int = 1000, seed: int = 1
) -> list[Floats]:
    """The values of questions in each run, ``(runs,)`` each, with the lever at ``number``."""
    if not questions:
        return []
    asked = plan([scenario], _one_point(lever), questions, runs=runs, seed=seed)
    return answers(asked, varied(asked.scenarios[0], [(lever, lever.value(number))]))


def _one_point(*inputs: Input) -> Design:
    return Design(inputs, np.full((1, len(inputs)), 0.5), "grid")


def sources_of_luck(
    scenario: Scenario, questions: Sequence[str], *, runs: int = 1000, seed: int = 1, jobs: int = 1, cluster: str = ""
) -> Sources:
    """How much of the spread over single runs comes from parameters, from elections, and from all other luck.

    Two independent ensembles and three in which one source is taken from the second.
    """
    asked = plan([scenario], _one_point(), questions, runs=runs, seed=seed)
    luck = [frozenset[str](), frozenset(SOURCES), *(frozenset({name}) for name in SOURCES)]
    found = dict(complete(partial(_lucky, asked), luck, jobs, str, cluster=cluster))
    first, second, *mixed = (found[each] for each in luck)
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


Change = Literal["holds", "reverses", "no longer clear", "becomes clear"]


@dataclass(frozen=True, slots=True)
class Turn:
    """What becomes of one difference when one assumption is put at the end of its range.

    ``low`` and ``high`` bound ``mean`` with 95% confidence; those of the comparison itself stand in ``base_*``.
    """

    scenario: str
    outcome: str
    assumption: str
    setting: str
    change: Change
    mean: float
    low: float
    high: float
    base_mean: float
    base_low: float
    base_high: float

    def sentence(self) -> str:
        """In words."""
        said = {
            "reverses": "turns to the other side",
            "no longer clear": "is no longer clear",
            "becomes clear": "becomes clear",
            "holds": "holds",
        }[self.change]
        return (
            f"{self.outcome} of {self.scenario} ({self.base_mean:+.3g}) {said} where {self.assumption} is "
            f"{self.setting}: {self.mean:+.3g} [{self.low:+.3g}, {self.high:+.3g}]"
        )


@dataclass(frozen=True)
class _Points:
    """Scenarios side by side at one setting after the other; the first point changes nothing."""

    plans: tuple[Plan, ...]
    points: tuple[tuple[Input, float] | None, ...]

    def gaps(self, place: int) -> list[list[tuple[float, float, float]]]:
        """Mean, low and high of every question's difference from the first scenario, for every other scenario."""
        point = self.points[place]
        values = []
        for asked in self.plans:
            base = asked.scenarios[0]
            settings = [] if point is None else [(point[0], point[0].value(point[1]))]
            values.append(np.stack(answers(asked, varied(base, settings))))
        binary = [isinstance(each, Condition) for each in self.plans[0].questions]
        return [
            [_gap(paired(values[0][q : q + 1], other[q : q + 1], binary=binary[q])) for q in range(len(binary))]
            for other in values[1:]
        ]


def _gap(difference: Difference) -> tuple[float, float, float]:
    return float(difference.mean[0]), float(difference.low[0]), float(difference.high[0])


def depends(
    scenarios: Sequence[Scenario],
    questions: Sequence[str],
    *,
    inputs: Sequence[Input] = (),
    runs: int = 500,
    seed: int = 1,
    jobs: int = 1,
    cluster: str = "",
    progress: Progress | None = None,
) -> list[Turn]:
    """What each difference from the first scenario turns on: every assumption is put at both ends of its range.

    Args:
        scenarios: the baseline first.
        questions: outcomes at dates, or probabilities of conditions.
        inputs: the assumptions; by default all that data cannot identify.
        runs: of each scenario at each setting.
        seed: of every draw; all settings share it.
        jobs: worker processes.
        cluster: address of a dask scheduler instead.
        progress: called with settings done and in all.

    Returns:
        Every difference at every setting, those that change first, in the order of the questions.
    """
    tried = list(inputs) or assumptions(catalogue(), scenarios[0])
    points = [None, *((entry, number) for entry in tried for number in entry.ends())]
    plans = tuple(plan([scenario], _one_point(), questions, runs=runs, seed=seed) for scenario in scenarios)
    asked = _Points(plans, tuple(points))
    gaps: dict[int, list[list[tuple[float, float, float]]]] = {}
    for place, found in complete(asked.gaps, range(len(points)), jobs, "setting {}".format, cluster=cluster):
        gaps[place] = found
        if progress is not None:
            progress(len(gaps), len(points))
    turns = []
    for which, scenario in enumerate(scenarios[1:]):
        for number, each in enumerate(plans[0].questions):
            base = gaps[0][which][number]
            for place, point in enumerate(points):
                if point is not None:
                    gap = gaps[place][which][number]
                    change = _change(base, gap)
                    name, setting = point[0].name, point[0].text(point[1])
                    turns.append(Turn(scenario.name, _name(each), name, setting, change, *gap, *base))
    order = {"reverses": 0, "no longer clear": 1, "becomes clear": 2, "holds": 3}
    return sorted(turns, key=lambda turn: order[turn.change])


def _name(each: Question) -> str:
    return str(each) if isinstance(each, Outcome) else each.question


def _change(base: tuple[float, float, float], gap: tuple[float, float, float]) -> Change:
    """How a difference compares with the one of the comparison: by which side of 0 its interval lies on."""
    before, after = _side(base), _side(gap)
    if before and after:
        return "holds" if before == after else "reverses"
    if before:
        return "no longer clear"
    return "becomes clear" if after else "holds"


def _side(gap: tuple[float, float, float]) -> int:
    return int(gap[1] > 0) - int(gap[2] < 0)


def leading_questions(comparison: Comparison, count: int = 4) -> list[str]:
    """The largest conclusions of a comparison as questions, each once: numbers and probabilities."""
    texts: dict[str, None] = {}
    for name in comparison.names:
        if name == comparison.names[comparison.baseline]:
            continue
        rows = [row for row in comparison.leading(name, 4 * count) if row.kind in ("number", "probability")]
        for row in rows[:count]:
            entity = f":{row.entity}" if row.entity else ""
            texts[f"{row.variable}{entity}@{row.date[:10]}"] = None
    return list(texts)


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
    values = np.empty((len(scenarios), len(PARTIES)))
    for row, scenario in enumerate(scenarios):
        for column, party in enumerate(PARTIES):
            given = Given(party, Origin("set", "depends"))
            known = replace(scenario, values={**scenario.values, f"us.elections.{ELECTION}.president": given})
            asked = plan([known], _one_point(), [text], runs=runs, seed=seed)
            if asked.scenarios[0].end < date(ELECTION + 1, 1, 31):
                raise InputError(f"--regret {text}: ask for a date after the election of {ELECTION}")
            values[row, column] = answers(asked, asked.scenarios[0])[0].mean()
    names = [scenario.name for scenario in scenarios]
    return regret(names, PARTIES, values, _weights(weights) if weights else None, more_is_better=more_is_better)


def _weights(text: str) -> dict[str, float]:
    weights = {}
    for part in text.split(","):
        name, equals, number = (word.strip() for word in part.partition("="))
        try:
            weights[name] = float(number)
        except ValueError:
            raise InputError(f"--weights: {part.strip()!r} is not NAME=WEIGHT, e.g. republican=0.6") from None
        if not equals:
            raise InputError(f"--weights: {part.strip()!r} is not NAME=WEIGHT, e.g. republican=0.6")
    return weights
