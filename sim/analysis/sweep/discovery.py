"""Where an outcome fails: boxes in the space of inputs, found by the patient rule induction method.

Friedman and Fisher (1999), Statistics and Computing 9, 123-143; significance of each bound after Bryant and Lempert
(2010). A box is found on half of the samples and judged on the other half, so that its coverage, its density and the
significance of its bounds are not flattered by the search.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sim.analysis.sweep.design import Input
from sim.errors import InputError

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
PEEL = 0.05
SMALLEST = 0.05  # a box keeps at least this share of the samples
FEWEST = 40
SIGNIFICANT = 0.05
MOST_BOXES = 3
FOUND = 130  # samples for a root of the number of inputs: see `enough`
GOLDEN = 0.6180339887498949


@dataclass(frozen=True, slots=True)
class Bound:
    """One input of a box: numbers from ``low`` to ``high``, or the positions ``kept`` of a list.

    ``p_value`` is the chance of as many failures in the box if the bound did not matter.
    """

    place: int
    low: float
    high: float
    kept: tuple[int, ...] = ()
    p_value: float = 1.0

    def holds(self, column: Floats) -> Flags:
        """Which numbers lie within, same shape."""
        if self.kept:
            return np.isin(column, self.kept)
        return (column >= self.low) & (column <= self.high)


@dataclass(frozen=True, slots=True)
class Box:
    """A region in which failures gather, judged on samples that did not help to find it.

    ``coverage`` is the share of all failures that lie in it, ``density`` the share of its samples that fail,
    ``elsewhere`` that share outside, ``mass`` its share of all samples.
    """

    bounds: tuple[Bound, ...]
    coverage: float
    density: float
    elsewhere: float
    mass: float

    def holds(self, numbers: Floats) -> Flags:
        """Which rows of ``(samples, inputs)`` lie in the box."""
        return _inside(self.bounds, numbers)

    def sentence(self, inputs: Sequence[Input], what: str, *, words: bool = False) -> str:
        """One plain sentence: where ``what`` happens; inputs by name or in ``words``."""
        if not self.bounds:
            return f"{what}: no input tells where"
        parts = [_in_words(bound, inputs[bound.place], words=words) for bound in self.bounds]
        listed = ", ".join(parts[:-1]) + (" and " if len(parts) > 1 else "") + parts[-1]
        verb = "mostly" if self.density >= 0.5 else "more often"
        return (
            f"{what} {verb} when {listed}: in {self.density:.0%} of the samples there against "
            f"{self.elsewhere:.0%} elsewhere; {self.coverage:.0%} of all such samples lie there"
        )


def discover(numbers: Floats, fails: Flags, inputs: Sequence[Input], most: int = MOST_BOXES) -> tuple[Box, ...]:
    """Up to ``most`` boxes in which failures gather, the fullest first; none where no bound is significant.

    Args:
        numbers: ``(samples, inputs)`` as `Design.numbers` gives them.
        fails: ``(samples,)``.
        inputs: in the order of the columns.
        most: boxes; each next one is looked for outside those before.

    Raises:
        InputError: too few samples, or the condition holds in all samples or in none.
    """
    total = len(fails)
    if total < FEWEST:
        raise InputError(f"{total} samples are too few to find a region in; sweep at least {FEWEST}")
    if not fails.any() or fails.all():
        held = "every" if fails.all() else "no"
        raise InputError(f"the condition holds in {held} sample: there is no region to find; move its level")
    learning = _learning(total)
    left = np.ones(total, bool)
    boxes: list[Box] = []
    while len(boxes) < most:
        use = left & learning
        if fails[use].sum() < 2 or fails[use].all():
            break
        bounds = _full(inputs)
        for _ in range(2):  # the second time the inputs that were found to matter have no others in their way
            path = _peeled(numbers[use], fails[use], bounds, inputs)
            bounds = _chosen(path, numbers[use], fails[use], inputs)
        box = _judged(bounds, numbers, fails, left & ~learning, int(fails[~learning].sum()))
        if not box.bounds:
            break
        boxes.append(box)
        left &= ~box.holds(numbers)
    return tuple(boxes)


def enough(inputs: int) -> int:
    """Samples with which a region of a quarter of the space is usually found among so many inputs.

    The region is one that two inputs bound, where four of five samples fail against one in ten elsewhere. The rule is
    measured, on designs of 2 to 78 inputs with such a region planted: with so many samples both bounds are found in
    about four of five designs. More inputs ask for more, since thin slices of those that do not matter look good by
    chance.
    """
    return 10 * math.ceil(FOUND * math.sqrt(inputs) / 10)


def _learning(total: int) -> Flags:
    """Which samples a box is found on, about half; the others judge it.

    Multiples of the golden ratio fall on either side of a half without regard to how a design is built. Every second
    sample would not do: in a Sobol sequence those hold one half of the range of the second input, in a grid some
    values of the last.
    """
    return np.arange(total) * GOLDEN % 1.0 < 0.5


@dataclass(frozen=True, slots=True)
class Sign:
    """An input by which failures differ from the rest: they lie high or low on it, or have one value of a list.

    ``p_value`` is the chance of a difference as large if the input did not matter, allowing for all inputs looked at.
    """

    place: int
    where: str
    p_value: float


def signs(numbers: Floats, fails: Flags, inputs: Sequence[Input]) -> tuple[Sign, ...]:
    """The inputs by which failures differ from the rest, the clearest first; for failures too few to make a box.

    Ranks (Mann and Whitney) tell of a range, exact chances of drawing without replacement of each value of a list;
    Holm's correction is over all of them.
    """
    from scipy.stats import hypergeom, mannwhitneyu

    from sim.analysis.statistics import holm

    tried: list[tuple[int, str, float]] = []
    for place, entry in enumerate(inputs):
        column = numbers[:, place]
        if entry.listed:
            for at, label in enumerate(entry.labels):
                has = column == at
                chance = hypergeom.sf((has & fails).sum() - 1, len(fails), has.sum(), fails.sum())
                tried.append((place, label, float(chance)))
        elif column.min() < column.max():
            chance = mannwhitneyu(column[fails], column[~fails]).pvalue
            tried.append((place, "high" if column[fails].mean() > column[~fails].mean() else "low", float(chance)))
    adjusted = holm(np.array([chance for *_, chance in tried]))
    found = [Sign(place, where, float(p)) for (place, where, _), p in zip(tried, adjusted, strict=True)]
    return tuple(sorted((each for each in found if each.p_value <= SIGNIFICANT), key=lambda each: each.p_value))


def _inside(bounds: Iterable[Bound], numbers: Floats) -> Flags:
    inside = np.ones(len(numbers), bool)
    for bound in bounds:
        inside &= bound.holds(numbers[:, bound.place])
    return inside


def _full(inputs: Sequence[Input]) -> list[Bound]:
    """A box that holds everything."""
    return [
        Bound(number, entry.low, entry.high, tuple(range(len(entry.values)))) for number, entry in enumerate(inputs)
    ]


def _peeled(numbers: Floats, fails: Flags, matter: Sequence[Bound], inputs: Sequence[Input]) -> list[list[Bound]]:
    """Boxes on the inputs that ``matter`` bounds, each a thin slice smaller than the one before, the first the whole.

    What is left has the highest share of failures of all slices; those of different sizes are made comparable by
    counting the gain per sample lost. Peeling goes on where no slice gains: of two regions one has to be given up
    before the other stands out.
    """
    whole = _full(inputs)
    box = [whole[bound.place] for bound in matter]
    path = [box]
    while True:
        inside = _inside(box, numbers)
        count, share = int(inside.sum()), float(fails[inside].mean())
        best: tuple[float, Bound] | None = None
        for bound in box:
            for smaller in _slices(bound, numbers[inside, bound.place]):
                keeps = smaller.holds(numbers[:, bound.place]) & inside
                kept = int(keeps.sum())
                if kept == count or kept < max(1.0, SMALLEST * len(numbers)):
                    continue
                gain = (float(fails[keeps].mean()) - share) / (count - kept)
                if best is None or gain > best[0]:
                    best = gain, smaller
        if best is None:
            return path
        box = [best[1] if bound.place == best[1].place else bound for bound in box]
        path.append(box)


def _slices(bound: Bound, column: Floats) -> list[Bound]:
    """The bound with a thin slice taken off either end, or with one value of a list taken out."""
    if bound.kept:
        names = [name for name in bound.kept if (column == name).any()]
        return [replace(bound, kept=tuple(n for n in names if n != name)) for name in names] if len(names) > 1 else []
    values = np.unique(column)
    if len(values) < 2:
        return []
    low, high = np.quantile(column, [PEEL, 1 - PEEL])
    low, high = max(low, values[1]), min(high, values[-2])  # numbers that repeat fall in whole steps
    return [replace(bound, low=float(low)), replace(bound, high=float(high))]


def _chosen(path: Sequence[list[Bound]], numbers: Floats, fails: Flags, inputs: Sequence[Input]) -> list[Bound]:
    """The box with the best balance of coverage and density, once each of the path is rid of bounds that harm it."""
    whole = _full(inputs)
    tidied = [_pasted([bound for bound in box if bound != whole[bound.place]], numbers, fails, whole) for box in path]
    best = max(tidied, key=lambda box: _balance(_inside(box, numbers), fails))
    return [bound for bound in best if not bound.holds(numbers[:, bound.place]).all()]


def _balance(inside: Flags, fails: Flags) -> float:
    """The harmonic mean of coverage and density."""
    return 2 * float(fails[inside].sum()) / (float(inside.sum()) + float(fails.sum()))


def _pasted(box: list[Bound], numbers: Floats, fails: Flags, whole: Sequence[Bound]) -> list[Bound]:
    """The box widened to the end of an input wherever that does not worsen the balance, the best gain first.

    A thin slice of an input that does not matter looks good by chance, and many are taken off on the way.
    """
    while True:
        held = [bound.holds(numbers[:, bound.place]) for bound in box]
        best: tuple[float, int, Bound] | None = None
        for at, bound in enumerate(box):
            others = np.logical_and.reduce([*held[:at], *held[at + 1 :]]) if len(box) > 1 else np.ones(len(fails), bool)
            for wider in _wider(bound, whole[bound.place]):
                value = _balance(others & wider.holds(numbers[:, bound.place]), fails)
                if best is None or value > best[0]:
                    best = value, at, wider
        if best is None or best[0] < _balance(_inside(box, numbers), fails):
            return box
        _, at, wider = best
        box = [wider if other == at else bound for other, bound in enumerate(box)]
        box = [bound for bound in box if bound != whole[bound.place]]


def _wider(bound: Bound, whole: Bound) -> list[Bound]:
    if bound.kept:
        return [
            replace(bound, kept=tuple(sorted({*bound.kept, name}))) for name in whole.kept if name not in bound.kept
        ]
    ends = [replace(bound, low=whole.low), replace(bound, high=whole.high)]
    return [wider for wider in ends if wider != bound]


def _judged(bounds: Sequence[Bound], numbers: Floats, fails: Flags, judging: Flags, failures: int) -> Box:
    """The box with bounds that hold on the other half of the samples; the least certain goes first.

    ``failures`` counts those of the whole half, also outside the samples that are left.
    """
    held, truth = numbers[judging], fails[judging]
    kept = list(bounds)
    while kept:
        kept = [replace(bound, p_value=_p_value(bound, kept, held, truth)) for bound in kept]
        worst = max(kept, key=lambda bound: bound.p_value)
        if worst.p_value * len(bounds) <= SIGNIFICANT:
            break
        kept.remove(worst)
    inside = _inside(kept, held)
    outside = ~inside
    density = float(truth[inside].mean()) if inside.any() else 0.0
    elsewhere = float(truth[outside].mean()) if outside.any() else 0.0
    return Box(tuple(kept), float((truth & inside).sum() / max(1, failures)), density, elsewhere, float(inside.mean()))


def _p_value(bound: Bound, box: Sequence[Bound], numbers: Floats, fails: Flags) -> float:
    """The chance of at least as many failures in the box if they were as frequent as without the bound."""
    from scipy.special import bdtrc

    inside = _inside(box, numbers)
    without = _inside([other for other in box if other.place != bound.place], numbers)
    count, hits = int(inside.sum()), int(fails[inside].sum())
    if count == 0 or hits == 0:
        return 1.0
    return float(bdtrc(hits - 1, count, float(fails[without].mean())))


def _in_words(bound: Bound, entry: Input, *, words: bool = False) -> str:
    """A bound as part of a sentence."""
    name = entry.named if words else entry.name
    if bound.kept:
        names = [entry.said(number) if words else entry.labels[number] for number in bound.kept]
        return f"{name} is {' or '.join(names)}"
    unit = f" ({entry.unit})" if entry.unit and not entry.days else ""
    span = entry.high - entry.low
    low, high = bound.low > entry.low + 0.01 * span, bound.high < entry.high - 0.01 * span
    if low and high:
        return f"{name} is between {_short(entry, bound.low)} and {_short(entry, bound.high)}{unit}"
    if low:
        return f"{name} is above {_short(entry, bound.low)}{unit}"
    return f"{name} is below {_short(entry, bound.high)}{unit}"


def _short(entry: Input, number: float) -> str:
    return entry.text(number) if entry.days else f"{number:.2g}" if abs(number) < 100 else f"{number:,.0f}"
