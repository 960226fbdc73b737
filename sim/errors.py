"""What can go wrong, and whose it is to mend.

Every error is rebuilt from its ``args``: SimPy re-raises by ``type(e)(*e.args)`` and worker processes pickle errors.
"""

from __future__ import annotations

import errno
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake in the user's input, with the place where it stands.

    ``line`` and ``column`` count from 1; 0 means the place is not known. ``key`` is the dotted path in the file,
    or the empty string.
    """

    path: str
    line: int
    column: int
    key: str
    message: str

    def __str__(self) -> str:
        """``path:line:column  key  message``, leaving out what is not known."""
        position = self.path
        if self.line:
            position += f":{self.line}:{self.column}"
        return "  ".join(part for part in (position, self.key, self.message) if part)


class AllianceError(Exception):
    """Base of every error this package raises on purpose."""


class InputError(AllianceError):
    """The user's input is wrong (exit code 2). ``args`` is one tuple of problems, sorted and complete."""

    def __init__(self, problems: tuple[Problem, ...] | str) -> None:
        if isinstance(problems, str):
            problems = (Problem("", 0, 0, "", problems),)
        super().__init__(problems)
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class FaultError(AllianceError):
    """The machine failed: disk, worker, damaged file (exit code 1). ``args`` is one line saying what to do."""


def out_of_memory(error: BaseException) -> bool:
    """Whether ``error`` says that memory is short: a library that cannot be loaded or a thread not started says it too.

    >>> out_of_memory(ImportError("libhdf5.so: failed to map segment from shared object"))
    True
    """
    if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno == errno.ENOMEM):
        return True
    short = ("failed to map segment", "cannot allocate memory", "can't start new thread")
    return isinstance(error, ImportError | RuntimeError) and any(words in str(error).lower() for words in short)


class LostWorkerError(FaultError):
    """The process that did a task died, and so did the one that tried it again."""


class LostPoolError(FaultError):
    """Whoever hands out the work is gone, and with it everything under way."""
