"""The only file that makes a random generator.

A draw is a pure function of (seed, system, slot, period, purpose, run): a counter-based Philox generator is keyed by
(seed, system) and its counter is set to (run, period, slot, purpose). So no draw depends on the scenario, on other
systems, on the horizon, on how many runs there are, on the size of a block or on the order of processes.
"""

from __future__ import annotations

import ctypes
import hashlib
from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import FaultError

Draws = NDArray[np.float32]
Seed = int | Callable[[str, str], int]
Memory = dict[tuple[Hashable, ...], NDArray[Any]]

PARAMETERS, EVENTS = 0, 1  # streams of the engine itself; a system's number is in its own declaration
_FIRST_DERIVED = 2**63  # numbers derived from a name lie above it, numbers that a declaration states far below
_REACH, _STEPS = 6, 200  # a 23-bit number in (0, 1) lies within 5.5 standard deviations
_OUTPUT = 4  # 64-bit words that Philox makes at a time
_WORDS = 8  # 32-bit numbers in one Philox block
LANES = 16  # blocks are padded to whole lanes, so that sums over members add up in the same order for any run count


def slot(code: str) -> int:
    """The permanent slot of an entity, from the letters of its code."""
    number = 0
    for letter in code:
        number = number * 27 + (ord(letter) - 64)
    return number


def stream_number(name: str) -> int:
    """The permanent stream number of a system that states none, from its name: 2**63 or more."""
    return _FIRST_DERIVED | int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")


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

    def words(self, first: int, period: int, slots: Sequence[int], purpose: int, count: int) -> NDArray[np.uint64]:
        """``count`` 64-bit words from the counter (first, period, slot, purpose) on, ``(slots, count)``."""
        words = np.empty((len(slots), count), np.uint64)
        counter, used, draw = self._counter, self._used, self._generator.random_raw
        for row, slot in enumerate(slots):
            counter[:] = [first, period, slot, purpose]
            used.value = _OUTPUT
            words[row] = draw(count)
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
    draws: nothing is drawn twice, and what is kept cannot be written to.
    """

    def __init__(
        self,
        seed: Seed,
        first: int,
        count: int,
        numbers: Mapping[str, int] | None = None,
        memory: Memory | None = None,
    ) -> None:
        self._memory = memory
        self._numbers = {"parameters": PARAMETERS, **(numbers or {})}
        self.first, self.count = first, count
        self._skip = first % _WORDS
        self._block = first // _WORDS
        self._raw = -(-(self._skip + count) // _WORDS) * _WORDS // 2
        self._sources: dict[tuple[str, int], _Source] = {}
        self._seed = seed

    def _words(
        self, system: str, first: int, period: int, slots: Sequence[int], purpose: int, count: int, name: str = ""
    ) -> NDArray[np.uint64]:
        seed = self._seed(system, name) if callable(self._seed) else self._seed
        source = self._sources.get((system, seed))
        if source is None:
            source = self._sources[system, seed] = _Source(seed, self._numbers[system])
        return source.words(first, period, slots, purpose, count)

    def uniform(self, system: str, period: int, slot: int = 0, purpose: int = 0) -> Draws:
        """Numbers in (0, 1), both ends excluded, shape ``(runs,)``, 23 bits each."""
        row: Draws = self.uniforms(system, period, (slot,), purpose)[0]
        return row

    def _once(self, key: tuple[Hashable, ...], draw: Callable[[], NDArray[Any]]) -> NDArray[Any]:
        """What was drawn under this key before, or drawn now."""
        if self._memory is None:
            return draw()
        values = self._memory.get(key)
        if values is None:
            values = self._memory[key] = draw()
            values.setflags(write=False)
        return values

    def uniforms(self, system: str, period: int, slots: Sequence[int], purpose: int = 0) -> Draws:
        """Numbers in (0, 1), shape ``(slots, runs)``."""
        key = ("uniform", system, period, tuple(slots), purpose)
        return self._once(key, lambda: self._uniforms(system, period, slots, purpose))

    def _uniforms(self, system: str, period: int, slots: Sequence[int], purpose: int) -> Draws:
        raw = self._words(system, self._block, period, slots, purpose, self._raw)
        bits = raw.view(np.uint32)[:, self._skip : self._skip + self.count]
        numbers = (bits >> np.uint32(9)).astype(np.float32)  # 23 bits: with 24 the largest would round to 1
        numbers *= np.float32(2.0**-23)
        numbers += np.float32(2.0**-24)
        return numbers

    def normal(self, system: str, period: int, slot: int = 0, purpose: int = 0) -> Draws:
        """Standard normal numbers, shape ``(runs,)``."""
        row: Draws = self.normals(system, period, (slot,), purpose)[0]
        return row

    def normals(self, system: str, period: int, slots: Sequence[int], purpose: int = 0) -> Draws:
        """Standard normal numbers, shape ``(slots, runs)``."""
        key = ("normal", system, period, tuple(slots), purpose)
        return self._once(key, lambda: ndtri(self._uniforms(system, period, slots, purpose)))

    def students(self, system: str, period: int, slots: Sequence[int], degrees: float, purpose: int = 0) -> Draws:
        """Student-t numbers scaled to unit variance, shape ``(slots, runs)``; ``degrees`` > 2."""
        key = ("student", system, period, tuple(slots), purpose, degrees)
        return self._once(key, lambda: self._students(system, period, slots, degrees, purpose))

    def _students(self, system: str, period: int, slots: Sequence[int], degrees: float, purpose: int) -> Draws:
        normal = ndtri(self._uniforms(system, period, slots, purpose))
        position = (normal + np.float32(_REACH)) * np.float32(_STEPS)
        cell = position.astype(np.int32)
        values, rises = _student_table(degrees)
        return values.take(cell) + (position - cell.astype(np.float32)) * rises.take(cell)

    def quantiles(self, name: str) -> NDArray[np.float64]:
        """The quantile of a parameter in each run: the same in every scenario, whatever the prior. ``(runs,)``."""
        return self._once(("quantile", name), lambda: self._quantiles(name))

    def _quantiles(self, name: str) -> NDArray[np.float64]:
        label = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")
        skip = self.first % 4
        raw = self._words("parameters", self.first // 4, 0, (label,), 0, -(-(skip + self.count) // 4) * 4, name)
        bits = raw[0, skip : skip + self.count]
        numbers: NDArray[np.float64] = (bits >> np.uint64(12)).astype(np.float64) * 2.0**-52 + 2.0**-53
        return numbers


def ndtri(uniform: Draws) -> Draws:
    """The normal quantile function in single precision."""
    from sim.special import ndtri as inverse

    result: Draws = inverse(uniform)
    return result


@lru_cache(maxsize=8)
def _student_table(degrees: float) -> tuple[Draws, Draws]:
    """Student quantiles of unit variance at normal quantiles from -6 to 6, and their rise from step to step."""
    from sim.special import ndtr, stdtrit

    normal = np.linspace(-_REACH, _REACH, 2 * _REACH * _STEPS + 1)
    values = stdtrit(degrees, ndtr(normal)) * np.sqrt((degrees - 2) / degrees)
    return values.astype(np.float32), np.append(np.diff(values), 0.0).astype(np.float32)
