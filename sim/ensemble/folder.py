"""Files that appear whole or not at all, and one clear line when the disk will not have them."""

from __future__ import annotations

import errno
import os
import re
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sim.errors import FaultError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

LOCK = ".lock"
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
BARRED = {errno.EACCES, errno.EPERM, errno.EROFS}


@contextmanager
def disk(path: Path) -> Iterator[None]:
    """Turn an OSError while working on ``path`` into a FaultError of one line."""
    try:
        yield
    except OSError as error:
        raise FaultError(_explain(path, error)) from error


def _explain(path: Path, error: OSError) -> str:
    """What happened to ``path`` and what to do about it."""
    # The HDF5 library puts the number of the system error into its text only.
    told = re.search(r"errno = (\d+)", str(error))
    number = error.errno if error.errno is not None else int(told.group(1)) if told else 0
    if number in FULL:
        return f"{path}: no space left on the disk; finished blocks are kept, free some space and run again"
    if number in BARRED:
        return f"{path}: no permission to write there; choose another --out or change its permissions"
    reason = os.strerror(number) if number else str(error).splitlines()[0]
    return f"{path}: {reason}; finished blocks are kept, run again when this is mended"


def sync(path: Path) -> None:
    """Make the content of ``path`` (or of a folder's listing) survive a power cut."""
    if path.is_dir() and os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write(path: Path, content: bytes) -> None:
    """Write a file and make it durable."""
    path.write_bytes(content)
    sync(path)


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
