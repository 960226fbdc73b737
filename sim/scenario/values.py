"""What a scenario can give a parameter: a distribution, weights of choices, a dated path, text, a flag or a day.

All values are immutable, picklable and hashable. NumPy and SciPy are imported when numbers are drawn, so reading and
checking a scenario needs neither.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, TypeAlias

from sim.text import plain

if TYPE_CHECKING:
    from numpy import float64, intp
    from numpy.typing import NDArray

SUM_TOLERANCE = 1e-9
SMALLEST_KEPT = 1e-9  # a truncation that keeps less than this is a slip of the pen, and loses all digits of the CDF

# family -> (arguments in order, optional arguments)
FAMILIES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "fixed": (("value",), ()),
    "normal": (("mean", "sd"), ("low", "high")),
    "half_normal": (("sd",), ("high",)),
    "uniform": (("low", "high"), ()),
    "triangular": (("low", "mode", "high"), ()),
    "lognormal": (("median", "sd_log"), ("low", "high")),
    "beta": (("a", "b"), ()),
    "gamma": (("shape", "rate"), ("low", "high")),
    "discrete": (("values", "weights"), ()),
}
OPEN = ("normal", "half_normal", "lognormal", "gamma")  # families with open tails
_POSITIVE = {"sd", "median", "sd_log", "a", "b", "shape", "rate"}


def _short(number: float) -> str:
    """Like ``plain``, to six significant digits."""
    return plain(float(f"{number:.6g}"))


@dataclass(frozen=True, slots=True)
class Distribution:
    """A number, known or uncertain.

    ``family`` is a key of ``FAMILIES``; ``args`` are (name, value) pairs in the order listed there. The discrete family
    repeats the pair ``("value", x), ("weight", w)`` with rising x. ``low`` and ``high`` of normal, half_normal,
    lognormal and gamma are optional and truncate. Raises ValueError, with a sentence fit for a user, for arguments
    that make no distribution.
    """

    family: str
    args: tuple[tuple[str, float], ...]

    def __post_init__(self) -> None:
        fault = _fault(self.family, self.args)
        if fault:
            raise ValueError(fault)

    def __getitem__(self, name: str) -> float:
        """The argument ``name``; KeyError if it is not given."""
        return dict(self.args)[name]

    @property
    def is_fixed(self) -> bool:
        """Whether this is a single known number."""
        return self.family == "fixed"

    def support(self) -> tuple[float, float]:
        """Lowest and highest possible number; infinite where a tail is open."""
        args = dict(self.args)
        if self.family == "fixed":
            return args["value"], args["value"]
        if self.family == "discrete":
            numbers = self.atoms()
            return numbers[0][0], numbers[-1][0]
        if self.family == "beta":
            return 0.0, 1.0
        low, high = args.get("low", -math.inf), args.get("high", math.inf)
        return max(low, 0.0) if self.family in ("half_normal", "lognormal", "gamma") else low, high

    def atoms(self) -> tuple[tuple[float, float], ...]:
        """(value, weight) pairs of a discrete distribution, values rising; empty for other families."""
        if self.family != "discrete":
            return ()
        numbers = [number for _, number in self.args]
        return tuple(zip(numbers[::2], numbers[1::2], strict=True))

    def ppf(self, u: NDArray[float64]) -> NDArray[float64]:
        """Inverse cumulative distribution at ``u`` in (0, 1), same shape, float64."""
        from sim.scenario.quantiles import of_discrete, quantile

        if self.family == "discrete":
            return of_discrete(self.atoms(), u)
        return quantile(self.family, dict(self.args), self.support(), u)

    def central(self) -> float:
        """The median."""
        if self.is_fixed:
            return self.args[0][1]
        import numpy as np

        return float(self.ppf(np.array([0.5]))[0])

    def describe(self) -> str:
        """In words: ``0.54``, ``normal(mean 0.54, sd 0.05)``, ``discrete(0: 0.5, 2: 0.5)``."""
        if self.family == "fixed":
            return plain(self.args[0][1])
        if self.family == "discrete":
            inner = ", ".join(f"{plain(value)}: {_short(weight)}" for value, weight in self.atoms())
        else:
            inner = ", ".join(f"{name} {_short(value)}" for name, value in self.args)
        return f"{self.family}({inner})"


def _fault(family: str, args: tuple[tuple[str, float], ...]) -> str:
    """Why the arguments make no distribution, or an empty string."""
    if family not in FAMILIES:
        return f"unknown distribution {family!r}"
    for name, number in args:
        if not math.isfinite(number):
            return f"{name} of {family} must be a finite number, not {number}"
    if family == "discrete":
        return _discrete_fault(args)
    required, optional = FAMILIES[family]
    names = tuple(name for name, _ in args)
    if names != required + tuple(name for name in optional if name in names):
        return f"{family} takes {', '.join(required)}" + (f" and optionally {', '.join(optional)}" if optional else "")
    given = dict(args)
    for name, number in args:
        if name in _POSITIVE and number <= 0:
            return f"{name} of {family} must be above 0, not {plain(number)}"
    if "low" in given and "high" in given and given["low"] >= given["high"]:
        return f"low {plain(given['low'])} of {family} must be below high {plain(given['high'])}"
    if family == "triangular" and not given["low"] <= given["mode"] <= given["high"]:
        return f"mode {plain(given['mode'])} of triangular must lie between low and high"
    if family in OPEN and {"low", "high"} & set(names):
        kept = between(family, given, given.get("low", -math.inf), given.get("high", math.inf))
        if kept < SMALLEST_KEPT:
            return f"low and high leave almost nothing of this {family}"
    return ""


def _discrete_fault(args: tuple[tuple[str, float], ...]) -> str:
    """Why the pairs make no discrete distribution, or an empty string."""
    names = [name for name, _ in args]
    if not names or names != ["value", "weight"] * (len(names) // 2):
        return "discrete takes values and weights, one weight for each value"
    values, weights = [number for _, number in args[::2]], [number for _, number in args[1::2]]
    if min(weights) < 0:
        return f"weights of discrete must not be negative: {plain(min(weights))}"
    if max(weights) > 1 + SUM_TOLERANCE:  # before the sum, which may be more than a number can hold
        return f"weights of discrete must sum to 1; one of them is {plain(max(weights))}"
    if abs(math.fsum(weights) - 1) > SUM_TOLERANCE:
        return f"weights of discrete must sum to 1; they sum to {plain(round(math.fsum(weights), 12))}"
    if values != sorted(set(values)):
        return "values of discrete must rise and differ"
    return ""


@dataclass(frozen=True, slots=True)
class Weights:
    """Probabilities of named choices, in the order given. Raises ValueError if they are negative or do not sum to 1."""

    items: tuple[tuple[str, float], ...]

    def __post_init__(self) -> None:
        total = math.fsum(weight for _, weight in self.items)
        for name, weight in self.items:
            if not weight >= 0 or not math.isfinite(weight):
                raise ValueError(f"the weight of {name} must not be negative: {weight}")
        if abs(total - 1) > SUM_TOLERANCE:
            raise ValueError(f"weights must sum to 1; they sum to {plain(round(total, 12))}")
        if len({name for name, _ in self.items}) != len(self.items):
            raise ValueError("each choice may have one weight")

    def index(self, u: NDArray[float64]) -> NDArray[intp]:
        """Position in ``items`` of the choice drawn at quantile ``u`` in (0, 1), same shape."""
        import numpy as np

        steps = np.cumsum([weight for _, weight in self.items])
        last = max(position for position, (_, weight) in enumerate(self.items) if weight > 0)
        return np.minimum(np.searchsorted(steps, u, side="left"), last)

    def central(self) -> str:
        """The likeliest choice, the first listed if several tie."""
        return max(self.items, key=lambda item: item[1])[0]

    def describe(self) -> str:
        """In words: ``harris 0.5, trump 0.5``."""
        return ", ".join(f"{name} {plain(weight)}" for name, weight in self.items)


@dataclass(frozen=True, slots=True)
class Dated:
    """A path through time: points with rising dates, joined by steps or straight lines.

    A step holds from its date on, after the last point the last one. What holds before the first point is not said
    here: a setting leaves what would hold without it.
    """

    points: tuple[tuple[date, Distribution], ...]
    how: Literal["step", "linear"]

    def __post_init__(self) -> None:
        days = [day for day, _ in self.points]
        if not days or any(later <= earlier for earlier, later in pairwise(days)):
            raise ValueError("a dated value needs points with rising dates")
        if self.how not in ("step", "linear"):
            raise ValueError(f'how must be "step" or "linear", not {self.how!r}')

    def at(self, day: date, u: NDArray[float64]) -> NDArray[float64]:
        """Value on ``day`` at quantile ``u`` in (0, 1), same shape, float64; one ``u`` holds at every point.

        A day before the first point has the value of the first.
        """
        later = next((position for position, (point, _) in enumerate(self.points) if point > day), len(self.points))
        if later == 0:
            return self.points[0][1].ppf(u)
        start, before = self.points[later - 1]
        if self.how == "step" or later == len(self.points):
            return before.ppf(u)
        end, after = self.points[later]
        share = (day - start).days / (end - start).days
        return (1 - share) * before.ppf(u) + share * after.ppf(u)

    @property
    def first_day(self) -> date:
        """The first day on which the path says anything."""
        return self.points[0][0]

    def central(self) -> float:
        """The median of the first point."""
        return self.points[0][1].central()

    def describe(self) -> str:
        """In words: ``linear: 2025-01-01 2, 2030-01-01 3.5``."""
        return f"{self.how}: " + ", ".join(f"{day.isoformat()} {number.describe()}" for day, number in self.points)


Cell: TypeAlias = float | str | date | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a part of a row or an event stands: its file, line, column and full key."""

    file: str
    line: int
    column: int
    key: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: cells by column. ``places``, of its cells in the file, make no two rows differ.

    A cell of codes is a tuple of them.
    """

    cells: tuple[tuple[str, Cell], ...]
    places: Mapping[str, Place] = field(default_factory=dict, compare=False, repr=False)

    def __getitem__(self, column: str) -> Cell:
        """The cell of a column; KeyError if the row has none."""
        return dict(self.cells)[column]

    def get(self, column: str) -> Cell | None:
        """The cell of a column, or None."""
        return dict(self.cells).get(column)

    def number(self, column: str) -> float:
        """The number in a column. TypeError if it holds something else."""
        cell = self[column]
        if not isinstance(cell, float):
            raise TypeError(f"{column} holds no number")
        return cell

    def day(self, column: str) -> date:
        """The day in a column. TypeError if it holds something else."""
        cell = self[column]
        if not isinstance(cell, date):
            raise TypeError(f"{column} holds no day")
        return cell

    def codes(self, column: str) -> tuple[str, ...]:
        """The codes in a column. TypeError if it holds something else."""
        cell = self[column]
        if not isinstance(cell, tuple):
            raise TypeError(f"{column} holds no codes")
        return cell

    def describe(self) -> str:
        """In words: ``donor DEU, date 2026-03-01, beur 9``."""
        return ", ".join(f"{column} {_cell(cell)}" for column, cell in self.cells)


def _cell(cell: Cell) -> str:
    if isinstance(cell, tuple):
        return "+".join(cell)
    return plain(cell) if isinstance(cell, float) else str(cell)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows in the order in which files give them."""

    rows: tuple[Row, ...] = ()

    def and_also(self, other: Table) -> Table:
        """These rows and those of a stronger file; a row with the name of an earlier one stands in its place."""
        names = {row.get("name") for row in other.rows} - {None}
        return Table((*(row for row in self.rows if row.get("name") not in names), *other.rows))

    def describe(self) -> str:
        """In words: each row, or that there are none."""
        return "; ".join(row.describe() for row in self.rows) or "no rows"


Value: TypeAlias = Distribution | Weights | Dated | Table | str | bool | date | None


def describe(value: Value) -> str:
    """Any value in words; ``None`` is the day that never comes."""
    if value is None:
        return "never"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str) else value.describe()


def _make(family: str, **args: float | None) -> Distribution:
    return Distribution(family, tuple((name, float(number)) for name, number in args.items() if number is not None))


def fixed(value: float) -> Distribution:
    """A known number."""
    return _make("fixed", value=value)


def normal(mean: float, sd: float, low: float | None = None, high: float | None = None) -> Distribution:
    """Normal with mean and standard deviation, truncated to [low, high] where given."""
    return _make("normal", mean=mean, sd=sd, low=low, high=high)


def half_normal(sd: float, high: float | None = None) -> Distribution:
    """Absolute value of a normal with mean 0 and standard deviation ``sd``."""
    return _make("half_normal", sd=sd, high=high)


def uniform(low: float, high: float) -> Distribution:
    """Every number between low and high alike."""
    return _make("uniform", low=low, high=high)


def triangular(low: float, mode: float, high: float) -> Distribution:
    """Rising from low to mode, falling to high."""
    return _make("triangular", low=low, mode=mode, high=high)


def lognormal(median: float, sd_log: float, low: float | None = None, high: float | None = None) -> Distribution:
    """Log-normal with its median and the standard deviation of its natural logarithm."""
    return _make("lognormal", median=median, sd_log=sd_log, low=low, high=high)


def beta(a: float, b: float) -> Distribution:
    """Beta on [0, 1] with mean a / (a + b)."""
    return _make("beta", a=a, b=b)


def gamma(shape: float, rate: float, low: float | None = None, high: float | None = None) -> Distribution:
    """Gamma with mean shape / rate."""
    return _make("gamma", shape=shape, rate=rate, low=low, high=high)


def discrete(weights: Mapping[float, float]) -> Distribution:
    """Some numbers with their weights, which are scaled to sum to 1: ``discrete({0: 1, 0.2: 1, 0.5: 1})``."""
    total = math.fsum(weights.values())
    pairs = sorted((float(value), weight / total) for value, weight in weights.items())
    return Distribution("discrete", tuple(pair for v, w in pairs for pair in (("value", v), ("weight", w))))


# Cumulative probabilities of the families with open tails, by the standard library: checking a scenario must say how
# much of a prior lies outside what a parameter allows, and SciPy costs more to import than the whole check.


def below(family: str, args: Mapping[str, float], x: float) -> float:
    """P(X <= x) before truncation, for a family in ``OPEN``."""
    if x == math.inf:
        return 1.0
    if family == "normal":
        return _normal_cdf((x - args["mean"]) / args["sd"])
    if x <= 0:
        return 0.0
    if family == "half_normal":
        return 1 - 2 * _normal_cdf(-x / args["sd"])
    if family == "lognormal":
        return _normal_cdf((math.log(x) - math.log(args["median"])) / args["sd_log"])
    return _gamma_cdf(args["shape"], x * args["rate"])


def between(family: str, args: Mapping[str, float], low: float, high: float) -> float:
    """P(low <= X <= high) before truncation; an interval in the upper tail of a normal keeps its digits."""
    if family == "normal" and low > args["mean"]:
        return _normal_cdf((args["mean"] - low) / args["sd"]) - _normal_cdf((args["mean"] - high) / args["sd"])
    return max(0.0, below(family, args, high) - below(family, args, low))


def _normal_cdf(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2))


def _gamma_cdf(shape: float, x: float) -> float:
    """Regularised lower incomplete gamma function by its power series (Abramowitz and Stegun 6.5.29)."""
    if x > shape + 40 * math.sqrt(shape) + 40:
        return 1.0
    if x <= 0:
        return 0.0
    term = total = 1.0
    step = shape
    while term > total * 1e-16:
        step += 1
        term *= x / step
        total += term
    return min(1.0, math.exp(shape * math.log(x) - x - math.lgamma(shape + 1) + math.log(total)))
