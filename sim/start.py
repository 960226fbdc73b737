"""Where the command begins: from here on Ctrl-C ends it in one line, while all the rest is still being loaded.

This module imports nothing that Python has not loaded by then, and neither does the package before it.
"""

from __future__ import annotations

import os
import signal
from types import FrameType

EXIT_INTERRUPTED = 130


def leave(_number: int, _frame: FrameType | None) -> None:
    """End the process at once with one line: nothing has been begun."""
    try:
        os.write(2, b"\nInterrupted.\n")
    finally:
        os._exit(EXIT_INTERRUPTED)


def listen() -> None:
    """From now on Ctrl-C ends the process at once. One started in the background goes on ignoring it."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, leave)


def main() -> None:
    """Entry point of ``alliance``."""
    listen()
    from sim.cli import main as command

    command()
