"""What a comparison turns on: its differences tried at the ends of each assumption and where all vary together."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from sim.analysis.comparison import Comparison
from sim.analysis.statistics import Difference, paired
from sim.analysis.sweep.asking import one_point
from sim.analysis.sweep.design import Input, assumptions, design, varied
from sim.analysis.sweep.discovery import FEWEST, Box, Sign, discover, signs
from sim.analysis.sweep.question import Condition, Outcome
from sim.analysis.sweep.samples import Plan, Question, answers, as_json, plan
from sim.analysis.sweep.solving import wilson
from sim.ensemble import manifest
from sim.ensemble.executors import complete
from sim.errors import InputError
from sim.files import disk, write_whole
from sim.model import catalogue
from sim.scenario.scenario import Scenario
from sim.text import brief

Progress = Callable[[int, int], None]
Gap = tuple[float, float, float]
Setting = tuple[tuple[Input, float], ...]
SAMPLES = 256
KEPT = "free some space; what is finished is kept, run the same command again to go on"

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
        return f"{self.outcome} of {self.scenario} ({brief(self.base_mean, sign=True)}) {self.where()}"

    def where(self) -> str:
        """The same without what it is about."""
        said = {
            "reverses": "turns to the other side",
            "no longer clear": "is no longer clear",
            "becomes clear": "becomes clear",
            "holds": "holds",
        }[self.change]
        mean, low, high = (brief(number, sign=True) for number in (self.mean, self.low, self.high))
        return f"{said} where {self.assumption} is {self.setting}: {mean} [{low}, {high}]"


@dataclass(frozen=True)
class _Points:
    """Scenarios side by side at one setting after the other; the first changes nothing."""

    plans: tuple[Plan, ...]
    settings: tuple[Setting, ...]

    def gaps(self, number: int) -> list[list[Gap]]:
        """Mean, low and high of every question's difference from the first scenario, for every other scenario."""
        setting = [(entry, entry.value(at)) for entry, at in self.settings[number]]
        values = [np.stack(answers(asked, varied(asked.scenarios[0], setting))) for asked in self.plans]
        binary = [isinstance(each, Condition) for each in self.plans[0].questions]
        return [
            [_gap(paired(values[0][q : q + 1], other[q : q + 1], binary=binary[q])) for q in range(len(binary))]
            for other in values[1:]
        ]


def _gap(difference: Difference) -> Gap:
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
    keep: Path | None = None,
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
        keep: folder for what is finished, so that the same question goes on there; the caller removes it.
        progress: called with settings done and in all.

    Returns:
        Every difference at every setting, those that change first, in the order of the questions.
    """
    tried = list(inputs) or assumptions(catalogue(), scenarios[0])
    settings: list[Setting] = [((entry, number),) for entry in tried for number in entry.ends()]
    asked, gaps = _tried(scenarios, questions, settings, runs, seed, jobs, cluster, keep, progress)
    turns = []
    for which, scenario in enumerate(scenarios[1:]):
        for number, each in enumerate(asked):
            base = gaps[0][which][number]
            for index, ((entry, at),) in enumerate(settings, start=1):
                gap = gaps[index][which][number]
                turns.append(
                    Turn(scenario.name, _name(each), entry.name, entry.text(at), _change(base, gap), *gap, *base)
                )
    order = {"reverses": 0, "no longer clear": 1, "becomes clear": 2, "holds": 3}
    return sorted(turns, key=lambda turn: order[turn.change])


@dataclass(frozen=True, slots=True)
class Together:
    """How one clear difference fares where all assumptions vary at once.

    ``holds``, ``reverses`` and ``unclear`` count the samples in which its interval lies on the same side of 0, on the
    other side, and on neither; ``mean``, ``low`` and ``high`` are those of the comparison itself. ``regions`` are where
    it does not hold, in terms of the inputs in ``inputs``; where too few samples fail to make a region, ``signs`` are
    the inputs by which they differ from the rest.
    """

    scenario: str
    outcome: str
    mean: float
    low: float
    high: float
    holds: int
    reverses: int
    unclear: int
    regions: tuple[Box, ...]
    signs: tuple[Sign, ...]
    inputs: tuple[Input, ...]

    @property
    def samples(self) -> int:
        """How many samples were tried."""
        return self.holds + self.reverses + self.unclear

    @property
    def share(self) -> Gap:
        """The share of samples in which it holds, with its 95% interval."""
        return (self.holds / self.samples, *wilson(self.holds, self.samples))

    @property
    def assumptions(self) -> tuple[str, ...]:
        """The assumptions that tell the samples in which it does not hold from the rest."""
        places = [*(bound.place for box in self.regions for bound in box.bounds), *(sign.place for sign in self.signs)]
        return tuple(dict.fromkeys(self.inputs[place].name for place in places))

    def sentences(self, *, short: bool = False) -> list[str]:
        """In how many samples it holds, then where it does not; ``short`` leaves out what it is about."""
        share, low, high = self.share
        about = "" if short else f"{self.outcome} of {self.scenario} ({brief(self.mean, sign=True)}) "
        parts = [f"turns to the other side in {self.reverses:,}"] if self.reverses else []
        parts += [f"is not clear in {self.unclear:,}"] if self.unclear else []
        part = f"{share:.1%} of" if parts else "all"
        first = (
            f"{about}holds in {part} {self.samples:,} samples of all assumptions together "
            f"(95% interval {low:.1%} to {high:.1%})"
        )
        if not parts:
            return [first]
        where = [box.sentence(self.inputs, "It fails") for box in self.regions]
        if self.signs:
            listed = [f"{self.inputs[sign.place].name} is {sign.where} (p = {sign.p_value:.1g})" for sign in self.signs]
            where = [f"It fails where {' and where '.join(listed)}"]
        if not where and self.holds:
            where = ["No assumption tells the samples in which it fails from the rest"]
        return [f"{first}; it {' and '.join(parts)}", *where]

    def to_dict(self) -> dict[str, Any]:
        """As JSON holds it."""
        share, low, high = self.share
        names = ("scenario", "outcome", "mean", "low", "high", "samples", "holds", "reverses", "unclear")
        return {name: getattr(self, name) for name in names} | {
            "share": share,
            "share_low": low,
            "share_high": high,
            "assumptions": list(self.assumptions),
            "sentences": self.sentences(),
        }


def varies_together(inputs: Sequence[Input], comparison: Comparison) -> tuple[tuple[Input, ...], tuple[str, ...]]:
    """The inputs that can be set alike in all scenarios, and the names of those in which the scenarios differ.

    To set the latter alike would take away what is compared.
    """
    changed = {change.key for change in comparison.inputs}
    own = [entry.name for entry in inputs if changed & set(entry.keys)]
    return tuple(entry for entry in inputs if entry.name not in own), tuple(own)


def together(
    scenarios: Sequence[Scenario],
    questions: Sequence[str],
    *,
    inputs: Sequence[Input] = (),
    samples: int = SAMPLES,
    runs: int = 500,
    seed: int = 1,
    jobs: int = 1,
    cluster: str = "",
    keep: Path | None = None,
    progress: Progress | None = None,
) -> list[Together]:
    """What becomes of each clear difference from the first scenario where all assumptions vary at once.

    A conclusion can survive every assumption alone and fail where two go together. The points are a Sobol sequence over
    the ranges of all assumptions; every scenario is simulated at each of them, on the same streams.

    Args:
        scenarios: the baseline first.
        questions: outcomes at dates, or probabilities of conditions.
        inputs: the assumptions, two or more; by default all that data cannot identify.
        samples: points.
        runs: of each scenario at each point.
        seed: of every draw and of the points.
        jobs: worker processes.
        cluster: address of a dask scheduler instead.
        keep: folder for what is finished, so that the same question goes on there; the caller removes it.
        progress: called with points done and in all.

    Raises:
        InputError: there are too few samples to tell anything from.
    """
    if samples < FEWEST:
        raise InputError(f"--together {samples}: too few samples to find a region in; ask for {FEWEST} or more, or 0")
    tried = tuple(inputs) or tuple(assumptions(catalogue(), scenarios[0]))
    numbers = design(tried, "sobol", samples, seed).numbers()
    settings: list[Setting] = [tuple(zip(tried, map(float, row), strict=True)) for row in numbers]
    asked, gaps = _tried(scenarios, questions, settings, runs, seed, jobs, cluster, keep, progress)
    found = []
    for which, scenario in enumerate(scenarios[1:]):
        for number, each in enumerate(asked):
            base = gaps[0][which][number]
            if not _side(base):
                continue
            changes = [_change(base, gaps[index][which][number]) for index in range(1, len(gaps))]
            fails = np.array([change != "holds" for change in changes])
            some = fails.any() and not fails.all()
            regions = discover(numbers, fails, tried) if some else ()
            tells = signs(numbers, fails, tried) if some and not regions else ()
            counts = changes.count("holds"), changes.count("reverses"), changes.count("no longer clear")
            found.append(Together(scenario.name, _name(each), *base, *counts, regions, tells, tried))
    return found


def _tried(
    scenarios: Sequence[Scenario],
    questions: Sequence[str],
    settings: Sequence[Setting],
    runs: int,
    seed: int,
    jobs: int,
    cluster: str,
    keep: Path | None,
    progress: Progress | None,
) -> tuple[tuple[Question, ...], list[list[list[Gap]]]]:
    """The questions as read, and every difference without a setting and then at each of them."""
    plans = tuple(plan([scenario], one_point(), questions, runs=runs, seed=seed) for scenario in scenarios)
    asked = _Points(plans, ((), *settings))
    store = keep / _digest(asked)[:16] if keep else None
    gaps = _finished(store, len(asked.settings)) if store else {}
    missing = [index for index in range(len(asked.settings)) if index not in gaps]
    for index, estimated in complete(asked.gaps, missing, jobs, "setting {}".format, cluster=cluster):
        gaps[index] = estimated
        if store:
            _keep(store, index, estimated)
        if progress is not None:
            progress(len(gaps), len(asked.settings))
    return plans[0].questions, [gaps[index] for index in range(len(asked.settings))]


def _digest(asked: _Points) -> str:
    """What the differences depend on; equal digests give equal numbers."""
    settings = [[(as_json(entry), number) for entry, number in setting] for setting in asked.settings]
    return manifest.digest({"plans": [each.inputs() for each in asked.plans], "settings": settings})


def _keep(store: Path, index: int, gaps: list[list[Gap]]) -> None:
    with disk(store, KEPT):
        store.mkdir(parents=True, exist_ok=True)
    write_whole(store / f"{index:05d}.json", json.dumps(manifest.sealed({"gaps": gaps})), remedy=KEPT)


def _finished(store: Path, settings: int) -> dict[int, list[list[Gap]]]:
    """The settings in store, by number; one that is missing or damaged is made again."""
    found: dict[int, list[list[Gap]]] = {}
    for index in range(settings):
        try:
            content = json.loads((store / f"{index:05d}.json").read_bytes())
            if manifest.is_whole(content, "gaps"):
                found[index] = [[tuple(gap) for gap in row] for row in content["gaps"]]
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return found


def _name(each: Question) -> str:
    return str(each) if isinstance(each, Outcome) else each.question


def _change(base: Gap, gap: Gap) -> Change:
    """How a difference compares with the one of the comparison: by which side of 0 its interval lies on."""
    before, after = _side(base), _side(gap)
    if before and after:
        return "holds" if before == after else "reverses"
    if before:
        return "no longer clear"
    return "becomes clear" if after else "holds"


def _side(gap: Gap) -> int:
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
