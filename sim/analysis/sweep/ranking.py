"""Which inputs matter for which outcomes: designs simulated and read, from a scenario or from a sweep that is there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sim.analysis.sweep import sweeps
from sim.analysis.sweep.asking import SOURCES, sources_of_luck
from sim.analysis.sweep.design import Design, Input
from sim.analysis.sweep.question import Condition, question
from sim.analysis.sweep.samples import headed, plan, recorded
from sim.analysis.sweep.sensitivity import (
    MOST_IN_DETAIL,
    Sources,
    given_data_shares,
    morris,
    morris_points,
    sobol_points,
    sobol_shares,
)
from sim.errors import InputError
from sim.scenario.scenario import Scenario

Floats = NDArray[np.float64]
Progress = Callable[[int, int], None]
Way = Literal["morris", "sobol", "bins"]
PATHS, BASE = 10, 128
LEAST_NAMED = 0.005  # a smaller share reads as 0%
FEWEST_A_INPUT = 10  # samples below which inputs of a design happen to go together
COLUMNS = ("outcome", "input", "measure", "value", "low", "high")


@dataclass(frozen=True, eq=False)
class Ranking:
    """How much each input moves each outcome; arrays are ``(inputs, outcomes)``, intervals ``(inputs, outcomes, 2)``.

    ``way`` is ``morris`` (``size``: mean absolute effect of moving an input across its range, in the outcome's unit;
    ``share``: as a share of the sum over inputs), ``sobol`` (``share`` and ``first``: total and first order shares of
    the variance between samples) or ``bins`` (``share``: first order from a design made for something else).
    ``sources`` says where the spread of single runs comes from, if that was asked.
    """

    way: Way
    inputs: tuple[Input, ...]
    outcomes: tuple[str, ...]
    share: Floats
    size: Floats
    interval: Floats
    first: Floats | None = None
    first_interval: Floats | None = None
    sources: Sources | None = None
    titles: tuple[str, ...] = ()  # of the outcomes, in words
    scenario: str = ""
    samples: int = 0
    runs: int = 0
    seed: int = 0

    def order(self) -> list[int]:
        """Inputs by their largest share over the outcomes, largest first."""
        return [int(row) for row in np.argsort(-self.share.max(axis=1), kind="stable")]

    def leading(self, outcome: int, count: int = 5) -> list[int]:
        """The inputs that move one outcome most, largest first, none that do not move it."""
        column = self.share[:, outcome]
        return [int(row) for row in np.argsort(-column, kind="stable")[:count] if column[row] > 0]

    def title(self, outcome: int) -> str:
        """An outcome in words, with its unit and date; as it is written where the words are not known."""
        return self.titles[outcome] if self.titles else self.outcomes[outcome]

    def sentence(self, outcome: int, *, words: bool = False) -> str:
        """What moves an outcome most, by name or in ``words``; inputs with no share worth a per cent are not named."""
        leading = self.leading(outcome, 3)
        name = self.title(outcome) if words else self.outcomes[outcome]
        if not leading:
            return f"{name}: nothing that varies moves it"
        leading = leading[:1] + [row for row in leading[1:] if self.share[row, outcome] >= LEAST_NAMED]
        called = [self.inputs[row].named if words else self.inputs[row].name for row in leading]
        parts = [f"{each} ({self.share[row, outcome]:.0%})" for each, row in zip(called, leading, strict=True)]
        said = f"{name} turns most on {('; ' if words else ', ').join(parts)}"
        if (self.interval[leading, outcome, 0] <= 0).all():
            return f"{said}, but none of them clearly: their intervals reach 0"
        return said

    def rows(self) -> list[dict[str, Any]]:
        """A row for each outcome, input and measure, with its 95% interval, for ``sensitivity.csv``."""
        rows = []
        for column, outcome in enumerate(self.outcomes):
            for row, entry in enumerate(self.inputs):
                measures = [("effect" if self.way == "morris" else "total", self.size, self.interval)]
                if self.way == "bins":
                    measures = [("first order", self.size, self.interval)]
                if self.first is not None and self.first_interval is not None:
                    measures.append(("first order", self.first, self.first_interval))
                for name, values, interval in measures:
                    low, high = interval[row, column]
                    cells = (outcome, entry.name, name, values[row, column], low, high)
                    rows.append(dict(zip(COLUMNS, cells, strict=True)))
            for source in SOURCES if self.sources else ():
                for name in ("alone", "total"):
                    share = getattr(self.sources, name)[source][column]
                    cells = (outcome, source, f"luck, {name}", share, np.nan, np.nan)
                    rows.append(dict(zip(COLUMNS, cells, strict=True)))
        return rows


def rank(
    scenario: Scenario,
    inputs: Sequence[Input],
    questions: Sequence[str],
    *,
    way: Way = "morris",
    samples: int = 0,
    runs: int = 500,
    seed: int = 1,
    jobs: int = 1,
    cluster: str = "",
    folder: Path | None = None,
    force: bool = False,
    command: str = "",
    progress: Progress | None = None,
) -> Ranking:
    """Screen all inputs by Morris; with ``sobol``, then share out the variance over at most a dozen that are left.

    Args:
        scenario: what is varied.
        inputs: all that varies.
        questions: outcomes at dates, or probabilities of conditions.
        way: ``morris`` or ``sobol``.
        samples: paths of Morris (10 by default), or rows of each design of Sobol (128 by default).
        runs: of each sample; all samples share their streams.
        seed: of every draw and of the designs.
        jobs: worker processes.
        cluster: address of a dask scheduler instead.
        folder: where the sweeps are kept, so that the same question finds them again.
        force: replace sweeps of other inputs there.
        command: the command line to note.
        progress: called with samples done and in all, for each design anew.

    Raises:
        InputError: nothing varies, a question cannot be read, or the folder holds something else.
        FaultError: as `sim.analysis.sweep.sweeps.run` raises it.
    """
    if not inputs:
        raise InputError("nothing varies; name inputs with --vary KEY=LOW:HIGH, or --vary assumptions")

    def sampled(name: str, chosen: Sequence[Input], units: Floats) -> sweeps.Sweep:
        asked = plan([scenario], Design(tuple(chosen), units, name), questions, runs=runs, seed=seed)
        return sweeps.run(
            asked, jobs=jobs, cluster=cluster, out=folder / name if folder else None, force=force, command=command,
            progress=progress,
        )  # fmt: skip

    paths = samples if way == "morris" and samples else PATHS
    screened = ranking(sampled("morris", inputs, morris_points(len(inputs), paths, seed)))
    ranked = screened
    if way == "sobol":
        left = [inputs[row] for row in screened.order()[:MOST_IN_DETAIL] if screened.share[row].max() > 0]
        if not left:
            return screened
        ranked = ranking(sampled("sobol", left, sobol_points(len(left), samples or BASE, seed)))
    luck = sources_of_luck(scenario, questions, runs=max(runs, 1000), seed=seed, jobs=jobs, cluster=cluster)
    return Ranking(**{**vars(ranked), "sources": luck})


def ranking(swept: sweeps.Sweep, scenario: int = 0, questions: Sequence[str] = ()) -> Ranking:
    """How much each input of a finished sweep moves its outcomes; how it can be told depends on the design.

    Raises:
        InputError: a sample is missing, or a question was not kept.
    """
    asked = [question(text, recorded(swept.plan.scenarios[scenario])) for text in questions]
    asked = asked or list(swept.plan.questions)
    values = np.column_stack([swept.values(each, scenario) for each in asked])
    units, inputs = swept.plan.design.units, swept.inputs
    names = tuple(each.question if isinstance(each, Condition) else str(each) for each in asked)
    about: dict[str, Any] = {
        "inputs": inputs, "outcomes": names, "titles": tuple(map(headed, asked)),
        "scenario": swept.names[scenario], "samples": len(units),
        "runs": swept.plan.runs, "seed": swept.plan.seed,
    }  # fmt: skip
    if swept.plan.design.method == "morris":
        screened = morris(units, values)
        interval = np.stack([screened.low, screened.high], axis=-1)
        return Ranking("morris", share=screened.shares(), size=screened.size, interval=interval, **about)
    if swept.plan.design.method == "sobol" and len(units) % (len(inputs) + 2) == 0 and _is_saltelli(units, len(inputs)):
        shares = sobol_shares(len(inputs), values)
        return Ranking(
            "sobol", share=np.clip(shares.total, 0, 1), size=shares.total, interval=shares.total_interval,
            first=shares.first, first_interval=shares.first_interval, **about,
        )  # fmt: skip
    if len(units) < FEWEST_A_INPUT * len(inputs):
        raise InputError(
            f"{len(units)} samples do not tell {len(inputs)} inputs apart; "
            f"sweep {FEWEST_A_INPUT * len(inputs)} or more, or ask alliance sensitivity about the scenario"
        )
    shares_ = given_data_shares(units, values)
    return Ranking("bins", share=shares_, size=shares_, interval=np.full((*shares_.shape, 2), np.nan), **about)


def _is_saltelli(units: Floats, inputs: int) -> bool:
    """Whether the points are two designs and then the first with one column after the other of the second."""
    base = len(units) // (inputs + 2)
    first, second, third = units[:base], units[base : 2 * base], units[2 * base : 3 * base]
    return np.array_equal(third[:, 0], second[:, 0]) and np.array_equal(third[:, 1:], first[:, 1:])
