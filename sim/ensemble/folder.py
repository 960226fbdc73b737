"""The folder of a result: held by one process at a time, with room enough, its files put in place in order."""

from __future__ import annotations

import errno
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sim.errors import FaultError
from sim.files import sync

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

LOCK = ".lock"
KEPT = "choose another --out; finished blocks are kept, run the same command again to resume"


def move(source: Path, target: Path, names: Sequence[str]) -> None:
    """Move those of ``names`` that are in ``source`` to ``target``, each replacing what is there, in this order."""
    for name in names:
        if (source / name).exists():
            (source / name).replace(target / name)
    sync(target)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold the folder ``path`` against other processes; FaultError if one is at work there. No lock on Windows."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    with (path / LOCK).open("ab") as file:
        try:
            # The system frees it when the process ends, however it ends.
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EACCES):
                raise
            raise FaultError(f"{path}: another run is at work here; wait for it or choose another --out") from error
        yield


def need(path: Path, size: int) -> None:
    """Raise FaultError unless the disk under the existing folder ``path`` has ``size`` bytes free."""
    free = shutil.disk_usage(path).free
    if free < size:
        raise FaultError(
            f"{path}: this run needs about {size / 1e6:,.0f} MB of disk and {free / 1e6:,.0f} MB are free; "
            "free some space, choose another --out or fewer --runs"
        )
