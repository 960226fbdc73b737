"""The only file that makes a random generator.

A draw is a pure function of (seed, system, place or period, purpose, run). A counter-based Philox generator is keyed by
(seed, system); its counter, four words of 64 bits, is set to where a draw lies. Who and when it is for comes in two
orders, so that one call of the generator draws what is used together:

- *Shared* draws are for several entities in one period: each owns a permanent place, and 16 places are drawn at once.
- *Series* are for the system as a whole, or one thing of it: 8 periods are drawn at once.

Runs come in lanes of 16: the lowest word counts lanes, and within one the places or periods. So no draw depends on the
scenario, on other systems, on which entities are asked for, on the horizon, on how many runs there are, on the size of
a block or on the order of processes; and a new entity, given the next free place, moves nobody's luck.
"""

from __future__ import annotations

import ctypes
import hashlib
from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from sim.errors import FaultError

Draws = NDArray[np.float32]
Seed = int | Callable[[str, str], int]
Memory = dict[tuple[Hashable, ...], NDArray[Any]]
Drawn = TypeVar("Drawn", bound=NDArray[Any])

PARAMETERS, EVENTS = 0, 1  # streams of the engine itself; a system's number is in its own declaration
_FIRST_DERIVED = 2**63  # numbers derived from a name lie above it, numbers that a declaration states far below
_REACH, _STEPS = 6, 200  # a 23-bit number in (0, 1) lies within 5.5 standard deviations
_OUTPUT = 4  # 64-bit words that Philox makes at a time
LANES = 16  # blocks are padded to whole lanes, so that sums over members add up in the same order for any run count
_TOGETHER, _SPAN = 16, 8  # places of a shared draw, and periods of a series, that are drawn at once
_AHEAD = 8  # of these spans that are drawn in one go while months go on; their calls cost more than their numbers
_SHARED, _SERIES = 0, 1
_LANE = np.dtype(f"V{4 * LANES}")  # the 32-bit numbers of one place or period in one lane
_LANE_STEPS = 4 * LANES // (8 * _OUTPUT)  # outputs of Philox in them


def places(codes: str) -> dict[str, int]:
    """The permanent places of entities in shared draws, from codes with spaces between.

    A new entity's code is written behind the others: whoever is moved or removed changes the luck of those behind.
    Raises FaultError if a code stands there twice.
    """
    listed = codes.split()
    numbers = {code: number for number, code in enumerate(listed)}
    if len(numbers) != len(listed):
        raise FaultError("an entity has two places in shared draws")
    return numbers


def stream_number(name: str) -> int:
    """The permanent stream number of a system that states none, from its name: 2**63 or more."""
    return _FIRST_DERIVED | _label(name)


@lru_cache(maxsize=4096)
def _label(name: str) -> int:
    """A number of 64 bits for a name."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")


class _Source:
    """The Philox generator of one stream, whose counter is written in place.

    The public way, to read the generator's state as a dictionary and set it again, takes eight times as long and was a
    sixth of a small block's time. NumPy's C structure begins with a pointer to the counter (four 64-bit words), a
    pointer to the key, and the number of words of the current output that are used up.
    """

    def __init__(self, seed: int, number: int) -> None:
        self._generator = np.random.Philox(key=np.array([seed, number], np.uint64))
        address = self._generator.ctypes.state_address
        pointer = ctypes.c_void_p.from_address(address).value or 0
        self._counter = (ctypes.c_uint64 * 4).from_address(pointer)
        self._used = ctypes.c_int.from_address(address + 2 * ctypes.sizeof(ctypes.c_void_p))
        self._check()

    def words(self, counter: Sequence[int], count: int) -> NDArray[np.uint64]:
        """``count`` 64-bit words from ``counter`` on."""
        self._counter[:] = list(counter)
        self._used.value = _OUTPUT
        words: NDArray[np.uint64] = self._generator.random_raw(count)
        return words

    def _check(self) -> None:
        """Raises FaultError if this NumPy keeps its state another way, so that numbers would be wrong."""
        self._counter[:], self._used.value = [1, 2, 3, 4], 3
        state = self._generator.state
        if state["state"]["counter"].tolist() != [1, 2, 3, 4] or state["buffer_pos"] != 3:
            raise FaultError(
                "this version of NumPy keeps the state of Philox another way; install that of constraints.txt"
            )


class Streams:
    """Draws for runs ``first`` to ``first + count - 1`` of the ensemble with this seed.

    ``numbers`` gives the stream number of every system that draws, by the system's name. ``seed`` may be a function of
    (system, name of what is drawn once a run, or the empty text): so one source of luck can be changed and the others
    kept. ``memory`` holds what other simulations of the same seed, runs and systems have drawn, and takes what this one
    draws: nothing is drawn twice, and what is kept cannot be written to. While periods are months up to ``last_month``,
    what later ones draw is drawn ahead.
    """

    def __init__(
        self,
        seed: Seed,
        first: int,
        count: int,
        numbers: Mapping[str, int] | None = None,
        memory: Memory | None = None,
        last_month: int = 0,
    ) -> None:
        self._memory, self._last_month = memory, last_month
        self._series: dict[tuple[str, str, int, int], tuple[int, Draws]] = {}  # first period, and what was drawn
        self._latest: dict[tuple[Hashable, ...], tuple[Hashable, NDArray[Any]]] = {}
        self._numbers = {"parameters": PARAMETERS, **(numbers or {})}
        self.first, self.count = first, count
        self._lane, skip = divmod(first, LANES)
        self._lanes = -(-(skip + count) // LANES)
        self._cut = slice(skip, skip + count)
        self._whole = skip == 0 and count % LANES == 0
        self._sources: dict[tuple[str, int], _Source] = {}
        self._seed = seed

    def uniform(self, system: str, period: int, purpose: int = 0, part: int = 0) -> Draws:
        """Numbers in (0, 1), both ends excluded, shape ``(runs,)``, 23 bits each.

        ``purpose`` says which of the system's draws it is, ``part`` which thing of the system it is for, if there are
        several.
        """
        return self._in_series("uniform", system, period, purpose, part, _as_they_are)

    def normal(self, system: str, period: int, purpose: int = 0, part: int = 0) -> Draws:
        """Standard normal numbers, shape ``(runs,)``."""
        return self._in_series("normal", system, period, purpose, part, ndtri)

    def student(self, system: str, period: int, degrees: float, purpose: int = 0, part: int = 0) -> Draws:
        """Student-t numbers scaled to unit variance, shape ``(runs,)``; ``degrees`` > 2."""
        return self._in_series(f"student {degrees}", system, period, purpose, part, lambda u: _student(u, degrees))

    def uniforms(self, system: str, period: int, places: Sequence[int], purpose: int = 0) -> Draws:
        """Numbers in (0, 1) of the entities at these places, shape ``(places, runs)``."""
        return self._shared("uniform", system, period, places, purpose, _as_they_are)

    def normals(self, system: str, period: int, places: Sequence[int], purpose: int = 0) -> Draws:
        """Standard normal numbers of the entities at these places, shape ``(places, runs)``."""
        return self._shared("normal", system, period, places, purpose, ndtri)

    def students(self, system: str, period: int, places: Sequence[int], degrees: float, purpose: int = 0) -> Draws:
        """Student-t numbers scaled to unit variance, shape ``(places, runs)``; ``degrees`` > 2."""
        return self._shared(f"student {degrees}", system, period, places, purpose, lambda u: _student(u, degrees))

    def _in_series(
        self, kind: str, system: str, period: int, purpose: int, part: int, turned: Callable[[Draws], Draws]
    ) -> Draws:
        series = kind, system, purpose, part
        held = self._series.get(series)
        if held is None or not 0 <= period - held[0] < len(held[1]):
            held = self._series[series] = self._stretch(series, period, turned)
        row: Draws = held[1][period - held[0]]
        return row

    def _stretch(
        self, series: tuple[str, str, int, int], period: int, turned: Callable[[Draws], Draws]
    ) -> tuple[int, Draws]:
        """The first period of a span, and the draws of a series in it and in some that follow, ``(periods, runs)``."""
        _, system, purpose, part = series
        first = period // _SPAN
        spans = max(1, min(_AHEAD, self._last_month // _SPAN + 1 - first))

        def draw() -> Draws:
            lanes = np.empty((spans, _SPAN, self._lanes), _LANE)
            for number, into in enumerate(lanes):
                into[:] = self._drawn(system, first + number, part, purpose, _SERIES, _SPAN).T
            return turned(self._unit(lanes.reshape(-1, self._lanes)))

        return first * _SPAN, self.once(series, (first, spans), draw)

    def _shared(
        self,
        kind: str,
        system: str,
        period: int,
        places: Sequence[int],
        purpose: int,
        turned: Callable[[Draws], Draws],
    ) -> Draws:
        asked = tuple(places)

        def draw() -> Draws:
            lanes = np.empty((len(asked), self._lanes), _LANE)
            for group, rows, columns in _groups(asked):
                lanes[rows] = self._drawn(system, period, group, purpose, _SHARED, _TOGETHER).T[columns]
            return turned(self._unit(lanes))

        return self.once((kind, system, purpose, "shared"), (period, asked), draw)

    def once(self, stream: tuple[Hashable, ...], when: Hashable, draw: Callable[[], Drawn]) -> Drawn:
        """What was drawn before, or drawn now; without a memory only the latest of each stream is kept."""
        if self._memory is None:
            latest = self._latest.get(stream)
            if latest is not None and latest[0] == when:
                return cast(Drawn, latest[1])
            values = draw()
            self._latest[stream] = when, values
        else:
            known = self._memory.get((*stream, when))
            if known is not None:
                return cast(Drawn, known)
            values = self._memory[*stream, when] = draw()
        values.setflags(write=False)
        return values

    def _source(self, system: str, name: str = "") -> _Source:
        seed = self._seed(system, name) if callable(self._seed) else self._seed
        source = self._sources.get((system, seed))
        if source is None:
            source = self._sources[system, seed] = _Source(seed, self._numbers[system])
        return source

    def _drawn(self, system: str, when: int, whom: int, purpose: int, order: int, width: int) -> NDArray[Any]:
        """The bits of ``width`` places or periods, ``(lanes, width)``."""
        counter = (self._lane * width * _LANE_STEPS, when, whom, 2 * purpose + order)
        words = self._source(system).words(counter, self._lanes * width * _LANE_STEPS * _OUTPUT)
        return np.ndarray((self._lanes, width), _LANE, words)

    def _unit(self, lanes: NDArray[Any]) -> Draws:
        """Numbers in (0, 1) from bits, ``(rows, lanes)`` to ``(rows, runs)``: 23 bits behind the point and a half more.

        With 24 bits the largest number would round to 1. The bits are made those of a number in [1, 2), which costs
        less than a conversion; the difference is exact. ``lanes`` is written over.
        """
        bits = lanes.view(np.uint32)
        np.right_shift(bits, _SHIFT, out=bits)
        np.bitwise_or(bits, _EXPONENT, out=bits)
        numbers = bits.view(np.float32)
        np.subtract(numbers, _BELOW_ONE, out=numbers)
        return numbers if self._whole else np.ascontiguousarray(numbers[:, self._cut])

    def quantiles(self, name: str) -> NDArray[np.float64]:
        """The quantile of a parameter in each run: the same in every scenario, whatever the prior. ``(runs,)``."""
        return self.once(("quantile", name), 0, lambda: self._quantiles(name))

    def _quantiles(self, name: str) -> NDArray[np.float64]:
        output, skip = divmod(self.first, _OUTPUT)
        words = self._source("parameters", name).words((output, 0, _label(name), 0), skip + self.count)
        numbers: NDArray[np.float64] = (words[skip:] >> np.uint64(12)).astype(np.float64) * 2.0**-52 + 2.0**-53
        return numbers


@lru_cache(maxsize=64)
def _groups(places: tuple[int, ...]) -> tuple[tuple[int, Any, Any], ...]:
    """What is drawn at once for these places: number of the group, rows of the answer, columns of the draw."""
    groups = np.array([place // _TOGETHER for place in places])
    columns = np.array([place % _TOGETHER for place in places])
    drawn = []
    for group in dict.fromkeys(groups.tolist()):
        rows = np.flatnonzero(groups == group)
        drawn.append((group, _plain(rows), _plain(columns[rows])))
    return tuple(drawn)


def _plain(indices: NDArray[np.intp]) -> Any:
    """Indices that follow one another as a slice, which copies faster; others as they are."""
    first = int(indices[0])
    return slice(first, first + len(indices)) if (np.diff(indices) == 1).all() else indices


def _constants(*numbers: float) -> list[Draws]:
    """Numbers in single precision as arrays without an axis, which NumPy takes faster than its scalars."""
    return [np.array(number, np.float32) for number in numbers]


# ndtri(u) / (u - 1/2) as polynomials, highest power first: in ln(u (1 - u)) + _MIDDLE in the middle, and in
# sqrt(-ln(u (1 - u))) - _FAR where that logarithm is below _TAIL, for one number in a hundred. The logarithm follows
# M. Giles, Approximating the erfinv function (GPU Computing Gems, 2011); the coefficients are Chebyshev fits to SciPy's
# ndtri, right to 6e-7 of the value at every number that is drawn.
_MIDDLE, _TAIL, _FAR = _constants(3.386294364929199, -5.386294364929199, 3.3)
_NEAR_ONES = _constants(
    -1.2473205060814507e-05, -2.651770228112582e-05, 0.0006082398467697203, 0.004795466549694538,
    -0.005565614905208349, -0.7064552307128906, 3.895352840423584)  # fmt: skip
_FAR_ONES = _constants(
    -0.0010509482817724347, -0.0008599124266766012, 0.007568235509097576, -0.011438893154263496,
    0.009243159554898739, 0.0017019814113155007, -0.041914165019989014, 3.0370469093322754,
    8.247647285461426)  # fmt: skip
_ONE, _HALF, _BELOW_ONE = _constants(1, 0.5, 1 - 2.0**-24)
_SHIFT, _EXPONENT = np.array(9, np.uint32), np.array(0x3F800000, np.uint32)


def ndtri(uniform: Draws) -> Draws:
    """The normal quantile function in single precision, of numbers in (0, 1); any shape."""
    logarithm = np.subtract(_ONE, uniform, order="C")
    np.multiply(logarithm, uniform, out=logarithm)
    np.log(logarithm, out=logarithm)
    tail = (logarithm < _TAIL).ravel().nonzero()[0]
    far = logarithm.take(tail)
    np.add(logarithm, _MIDDLE, out=logarithm)
    result = _polynomial(_NEAR_ONES, logarithm)
    if tail.size:
        result.reshape(-1)[tail] = _polynomial(_FAR_ONES, np.sqrt(-far) - _FAR)
    np.subtract(uniform, _HALF, out=logarithm)
    result *= logarithm
    return result


def _polynomial(coefficients: Sequence[Draws], at: Draws) -> Draws:
    value: Draws = at * coefficients[0]
    for coefficient in coefficients[1:-1]:
        value += coefficient
        value *= at
    value += coefficients[-1]
    return value


def _as_they_are(numbers: Draws) -> Draws:
    return numbers


def _student(uniform: Draws, degrees: float) -> Draws:
    position = (ndtri(uniform) + np.float32(_REACH)) * np.float32(_STEPS)
    step = np.floor(position)
    cell = step.astype(np.intp)
    values, rises = _student_table(degrees)
    position -= step
    position *= rises.take(cell)
    position += values.take(cell)
    return position


@lru_cache(maxsize=8)
def _student_table(degrees: float) -> tuple[Draws, Draws]:
    """Student quantiles of unit variance at normal quantiles from -6 to 6, and their rise from step to step."""
    from sim.special import ndtr, stdtrit

    normal = np.linspace(-_REACH, _REACH, 2 * _REACH * _STEPS + 1)
    values = stdtrit(degrees, ndtr(normal)) * np.sqrt((degrees - 2) / degrees)
    return values.astype(np.float32), np.append(np.diff(values), 0.0).astype(np.float32)
