"""One block: simulate it, store it whole, read stretches of it back."""

from __future__ import annotations

import gc
import hashlib
import logging
import tempfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim.ensemble import source
from sim.ensemble.layout import BLOCK, Layout, Part, blocks_of, plan
from sim.ensemble.statistics import COLUMNS, moments
from sim.errors import AllianceError, FaultError, out_of_memory
from sim.files import disk, replacing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from sim.model import Variable
    from sim.model.engine.draws import Draw
    from sim.scenario.scenario import Scenario

DTYPE = np.dtype("<f4")
ITEM = DTYPE.itemsize
PIECE = 2**24  # bytes read at a time
LOG = logging.getLogger("alliance")
SEAL = 36  # bytes at the end of a block: 32 say whose block it is, 4 that its numbers are whole
KEPT = "choose another --out; finished blocks are kept, run the same command again to resume"


@dataclass(frozen=True, slots=True)
class Work:
    """All that is needed to compute any block of an ensemble, anywhere; small and picklable.

    ``key`` is the hash of all inputs, to which stored blocks are bound. With ``keep_draws`` blocks hold what their runs
    drew after the first day, with ``keep_runs`` what only a result with single runs needs.
    """

    model: str
    scenario: Scenario
    seed: int
    runs: int
    central: bool
    store: Path
    key: str = ""
    keep_draws: bool = False
    keep_runs: bool = True

    def layout(self) -> Layout:
        """How the blocks are laid out."""
        from sim.model import Variable

        model = source.model(self.model)
        draws = [Variable(draw.name, draw.name, "1", "month") for draw in self.draws()]
        return plan(self.recorded(), model.axes(self.scenario), draws, keep_runs=self.keep_runs)

    def draws(self) -> tuple[Draw, ...]:
        """What runs draw after their first day, where it is kept."""
        return source.model(self.model).later_draws(self.scenario) if self.keep_draws else ()

    def recorded(self) -> tuple[Variable, ...]:
        """What is recorded, with the prices of the scenario's start."""
        return source.dated(source.model(self.model).variables(), self.scenario.start)

    def path(self, number: int) -> Path:
        """Where block ``number`` is stored."""
        return self.store / f"{number:05d}.npy"


def compute(work: Work, number: int, threads: int = 1) -> None:
    """Simulate block ``number`` and store it; it appears under its name only when complete.

    ``threads`` share the statistics made on the way. Raises the model's own InputError or FaultError, and FaultError
    for anything else that stops it.
    """
    first = number * BLOCK
    count = min(BLOCK, work.runs - first)
    try:
        groups_only = number > 0 and not work.keep_runs  # of single donors only the first block holds something
        asked = {"draws": True} if work.keep_draws else {}
        asked |= {"groups_only": True} if groups_only else {}
        model = source.model(work.model)
        with swept():
            values = model.simulate(work.scenario, work.seed, first, count, central=work.central, **asked)
        layout = work.layout()
        layout.check(values, count, groups_only=groups_only)
        stretches = layout.fill(values)
        if number == 0:
            stretches += [moments(detail, threads) for detail in layout.detailed(values)]
    except AllianceError:
        raise
    except Exception as error:
        if out_of_memory(error):
            words = f"{_name(number, count)}: out of memory; close other programs or use fewer --jobs"
            raise FaultError(words) from error
        raise FaultError(f"{_name(number, count)}: the model stopped ({type(error).__name__}: {error})") from error
    _save(work.path(number), (layout.rows, count), stretches, bound(work, number))


@contextmanager
def swept() -> Iterator[None]:
    """Free at the end of the block what its calls left behind in circles of references.

    Systems, their processes and the clock of a simulation refer to each other, so nothing but Python's search for such
    circles frees the arrays they hold. Left to itself it looks seldom and among all objects of the program, and up to a
    dozen simulations wait for it, more the longer the program runs. Here it looks once, among what is new.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()  # what is made from here on stays in the youngest generation
    try:
        yield
    finally:
        gc.collect(0)
        gc.enable()


def compute_elsewhere(work: Work, mark: str, number: int) -> bytes | None:
    """Compute block ``number`` on another machine.

    Where that machine sees the store, which it knows by the file ``mark`` in it, the block is stored there; otherwise
    its bytes are returned. Raises as `compute` does.
    """
    if (work.store / mark).exists():
        compute(work, number)
        return None
    with tempfile.TemporaryDirectory(prefix="alliance-") as near:
        kept = replace(work, store=Path(near))
        compute(kept, number)
        return kept.path(number).read_bytes()


def _name(number: int, count: int) -> str:
    """Block and runs in words."""
    return f"block {number} (runs {number * BLOCK} to {number * BLOCK + count - 1})"


def bound(work: Work, number: int) -> bytes:
    """Whose block a stored block is: 32 bytes that no block of other inputs, or with another number, has."""
    return hashlib.sha256(f"{work.key} {number}".encode()).digest()


def _save(path: Path, shape: tuple[int, int], stretches: Sequence[NDArray[np.float32]], owner: bytes) -> None:
    """Write an NPY file of ``shape``, with what ``stretches`` hold beyond it and a seal behind, in one step."""
    with disk(path, KEPT), replacing(path, durable=True) as file:
        head = {"descr": DTYPE.str, "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(file, head)
        check = 0
        for stretch in stretches:
            numbers = stretch.data.cast("B")
            check = zlib.crc32(numbers, check)
            file.write(numbers)
        file.write(owner + check.to_bytes(4))


def finished(work: Work, layout: Layout) -> list[int]:
    """Numbers of the blocks in store; one that is damaged or of other inputs is told, removed and counts as missing."""
    numbers = []
    with disk(work.store, KEPT):
        for number, count in blocks_of(work.runs):
            path = work.path(number)
            if not path.exists():
                continue
            if _whole(path, layout, number, count, bound(work, number)):
                numbers.append(number)
            else:
                LOG.warning("%s: damaged, or a block of other inputs; it is computed again", path)
                path.unlink()
    return numbers


def _whole(path: Path, layout: Layout, number: int, count: int, owner: bytes) -> bool:
    """Whether ``path`` is block ``number`` of these inputs, complete and as it was written."""
    try:
        with path.open("rb") as file:
            np.lib.format.read_magic(file)
            shape, _, dtype = np.lib.format.read_array_header_1_0(file)
            size = _floats(layout, number, count) * ITEM
            if dtype != DTYPE or shape != (layout.rows, count) or path.stat().st_size != file.tell() + size + SEAL:
                return False
            check = 0
            while size:
                piece = file.read(min(size, PIECE))
                check, size = zlib.crc32(piece, check), size - len(piece)
            return file.read() == owner + check.to_bytes(4)
    except ValueError:
        return False


def _floats(layout: Layout, number: int, count: int) -> int:
    """How many numbers block ``number`` holds: its runs and, in the first, the statistics of details."""
    return layout.rows * count + (layout.details * COLUMNS if number == 0 else 0)


class Shelf:
    """The stored blocks of ``work``, to be read by rows; several threads may read."""

    def __init__(self, work: Work, layout: Layout) -> None:
        self.work, self.layout = work, layout
        self._books: list[tuple[str, int, int, int]] = []  # path, where the numbers begin, first run, runs
        # Paths as text: of a million runs half a million stretches are read, and a Path costs as much as a read.
        for number, count in blocks_of(work.runs):
            path = work.path(number)
            # Numbers and seal end the file, after a header of NumPy's choosing.
            begin = path.stat().st_size - SEAL - _floats(layout, number, count) * ITEM
            self._books.append((str(path), begin, number * BLOCK, count))

    def rows(self, first: int, rows: int) -> NDArray[np.float32]:
        """Rows ``first .. first + rows - 1`` of all blocks, ``(rows, runs)``, in run order."""
        values = np.empty((rows, self.work.runs), DTYPE)
        for path, begin, run, count in self._books:
            # Reading, not mapping: mapped pages count as memory and would make it grow with the number of runs.
            piece = values if count == self.work.runs else np.empty((rows, count), DTYPE)
            with open(path, "rb", buffering=0) as file:  # noqa: PTH123
                file.seek(begin + first * count * ITEM)
                if file.readinto(piece.data.cast("B")) != piece.nbytes:
                    raise FaultError(f"{path}: was cut short while it was read; run the same command again")
            if piece is not values:
                values[:, run : run + count] = piece
        return values

    def details(self) -> NDArray[np.float32]:
        """The table of statistics in the first block, ``(lines, 7)`` as `moments` gives them."""
        path, begin, _, count = self._books[0]
        offset = begin + self.layout.rows * count * ITEM
        return np.fromfile(path, DTYPE, self.layout.details * COLUMNS, offset=offset).reshape(-1, COLUMNS)


def runs_of(part: Part, runs: int) -> int:
    """How many of ``runs`` the statistics of ``part`` rest on."""
    return min(runs, BLOCK) if part.detail else runs


def size(layout: Layout, counts: Mapping[int, int]) -> int:
    """Bytes on disk of blocks, given as number -> runs."""
    return sum(_floats(layout, number, count) * ITEM + SEAL for number, count in counts.items())
