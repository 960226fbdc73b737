"""Ctrl-C: the first ends the work in order, the next leaves at once; either way there is one line on stderr.

While a module is loaded the first leaves at once too: Python's import swallows what is raised in some of its callbacks.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from types import FrameType

import click

from sim.start import EXIT_INTERRUPTED, leave

__all__ = ["EXIT_INTERRUPTED", "listen", "told"]
_LEFT = b"\nInterrupted. Nothing is half-written.\n"
_SHOW_CURSOR = b"\x1b[?25h"  # a bar under way has hidden it


class _Interrupts:
    """Counts Ctrl-C. Called by the signal, in the main thread, between two steps of the interpreter."""

    def __init__(self) -> None:
        self._first = True

    def __call__(self, _number: int, frame: FrameType | None) -> None:
        if self._first and not _loading(frame):
            self._first = False
            raise KeyboardInterrupt
        with contextlib.suppress(OSError):  # nobody reads it: the code says the same
            os.write(2, _LEFT + (_SHOW_CURSOR if os.isatty(2) else b""))
        os._exit(EXIT_INTERRUPTED)  # workers see their pipes close, and end


def _loading(frame: FrameType | None) -> bool:
    """Whether the interpreter is in the midst of an import."""
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


def listen() -> None:
    """From now on the first Ctrl-C ends the work in order. One started in the background goes on ignoring it."""
    if signal.getsignal(signal.SIGINT) is leave:
        signal.signal(signal.SIGINT, _Interrupts())


def told(words: str = "Interrupted.") -> None:
    """Say that the work was interrupted; as the process ends now, more of the same adds nothing."""
    if isinstance(signal.getsignal(signal.SIGINT), _Interrupts):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    click.echo(f"\n{words}", err=True)
    sys.stderr.flush()
