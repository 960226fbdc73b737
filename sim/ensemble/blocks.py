"""One block: simulate it, store it whole, read stretches of it back."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.ensemble import folder, source
from sim.ensemble.layout import BLOCK, DETAIL_BLOCKS, Layout, Part, blocks_of, plan
from sim.errors import AllianceError, FaultError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from sim.scenario.scenario import Scenario

DTYPE = np.dtype("<f4")
ITEM = DTYPE.itemsize


@dataclass(frozen=True, slots=True)
class Work:
    """All that is needed to compute any block of an ensemble, anywhere; small and picklable."""

    model: str
    scenario: Scenario
    seed: int
    runs: int
    central: bool
    store: Path

    def layout(self) -> Layout:
        """How the blocks are laid out."""
        model = source.model(self.model)
        return plan(model.variables(), model.axes(self.scenario))

    def path(self, number: int) -> Path:
        """Where block ``number`` is stored."""
        return self.store / f"{number:05d}.npy"


def compute(work: Work, number: int) -> None:
    """Simulate block ``number`` and store it; it appears under its name only when complete.

    Raises the model's own InputError or FaultError, and FaultError for anything else that stops it.
    """
    first = number * BLOCK
    count = min(BLOCK, work.runs - first)
    try:
        values = source.model(work.model).simulate(work.scenario, work.seed, first, count, central=work.central)
        layout = work.layout()
        stretches = layout.fill(values, number, count)
    except AllianceError:
        raise
    except MemoryError as error:
        raise FaultError(f"{_name(number, count)}: out of memory; close other programs or use fewer --jobs") from error
    except Exception as error:
        raise FaultError(f"{_name(number, count)}: the model stopped ({type(error).__name__}: {error})") from error
    _save(work.path(number), (layout.height(number), count), stretches)


def _name(number: int, count: int) -> str:
    """Block and runs in words."""
    return f"block {number} (runs {number * BLOCK} to {number * BLOCK + count - 1})"


def _save(path: Path, shape: tuple[int, int], stretches: Sequence[NDArray[np.float32]]) -> None:
    """Write an NPY file of ``shape`` under another name, make it durable, rename."""
    part = path.with_name(f".{path.stem}.{os.getpid()}.part")
    try:
        with folder.disk(path):
            with part.open("wb") as file:
                head = {"descr": DTYPE.str, "fortran_order": False, "shape": shape}
                np.lib.format.write_array_header_1_0(file, head)
                for stretch in stretches:
                    file.write(stretch.data.cast("B"))
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def finished(work: Work, layout: Layout) -> list[int]:
    """Numbers of the blocks in store; one that is damaged is removed and counts as missing."""
    numbers = []
    with folder.disk(work.store):
        for number, count in blocks_of(work.runs):
            path = work.path(number)
            if not path.exists():
                continue
            if _whole(path, (layout.height(number), count)):
                numbers.append(number)
            else:
                path.unlink()
    return numbers


def _whole(path: Path, shape: tuple[int, int]) -> bool:
    """Whether ``path`` is a complete block of ``shape``."""
    try:
        held = np.load(path, mmap_mode="r")
    except (ValueError, EOFError):
        return False
    return bool(held.dtype == DTYPE and held.shape == shape)


def gather(work: Work, layout: Layout, part: Part, first: int, last: int) -> NDArray[np.float32]:
    """Instants ``first .. last - 1`` of ``part`` from all blocks that hold it, ``(rows, runs)``, in run order."""
    stretches = []
    begin = part.start + first * part.width
    rows = (last - first) * part.width
    for number, count in blocks_of(work.runs)[: DETAIL_BLOCKS if part.detail else None]:
        path = work.path(number)
        # Rows end the file, after a header of NumPy's choosing.
        header = path.stat().st_size - layout.height(number) * count * ITEM
        offset = header + begin * count * ITEM
        # Reading, not mapping: mapped pages count as memory and would make it grow with the number of runs.
        stretches.append(np.fromfile(path, DTYPE, rows * count, offset=offset).reshape(rows, count))
    return stretches[0] if len(stretches) == 1 else np.concatenate(stretches, axis=1)


def runs_of(part: Part, runs: int) -> int:
    """How many of ``runs`` the statistics of ``part`` rest on."""
    return min(runs, DETAIL_BLOCKS * BLOCK) if part.detail else runs


def size(layout: Layout, counts: Mapping[int, int]) -> int:
    """Bytes on disk of blocks, given as number -> runs."""
    return sum(layout.height(number) * count for number, count in counts.items()) * ITEM
