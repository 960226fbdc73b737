"""What counts as memory that is short: the machine's own words for it, and nothing else."""

from __future__ import annotations

import errno

import pytest

from sim.errors import out_of_memory


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        OSError(errno.ENOMEM, "Cannot allocate memory"),
        ImportError("libhdf5.so: failed to map segment from shared object"),
        RuntimeError("can't start new thread"),
    ],
)
def test_memory_is_short(error):
    assert out_of_memory(error)


@pytest.mark.parametrize(
    "error",
    [OSError(errno.ENOSPC, "No space left on device"), RuntimeError("wrong"), ValueError("cannot allocate memory")],
)
def test_something_else_is_wrong(error):
    assert not out_of_memory(error)
