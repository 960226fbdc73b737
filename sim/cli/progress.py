"""How far a run has come, on stderr: a bar on a terminal, plain lines elsewhere, nothing when quiet."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

SECONDS_BETWEEN_LINES = 10.0


class Progress:
    """Counts ``done`` of ``total`` things of one kind (``what``), e.g. runs; call it, and use it as a context.

    Args:
        what: the things counted, in the plural.
        quiet: write nothing.
        stream: where to write; stderr by default.
        clock: seconds, for tests.
    """

    def __init__(
        self, what: str, *, quiet: bool, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._what = what
        self._quiet = quiet
        self._stream = stream or sys.stderr
        self._clock = clock
        self._first: tuple[float, int] | None = None
        self._last_line: float | None = None
        self._bar: Bar | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, done: int, total: int) -> None:
        """Report that ``done`` of ``total`` are finished."""
        if self._quiet or total <= 0:
            return
        if self._stream.isatty():
            self._draw(done, total)
        else:
            self._write(done, total)

    def _draw(self, done: int, total: int) -> None:
        if self._bar is None or self._task is None:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
            from rich.progress import Progress as Bar

            # The bar moves the cursor, which the cleaned stream would not let it do.
            terminal = sys.__stderr__ if self._stream is sys.stderr else self._stream
            columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description},"), TimeRemainingColumn())
            self._bar = Bar(*columns, TextColumn("left"), console=Console(file=terminal), transient=True)
            self._task = self._bar.add_task(self._what, total=total, completed=done)
            self._bar.start()
        self._bar.update(self._task, completed=done, total=total)

    def _write(self, done: int, total: int) -> None:
        now = self._clock()
        if self._first is None:
            self._first = (now, done)
        if done <= 0 or (self._last_line is not None and now - self._last_line < SECONDS_BETWEEN_LINES):
            return
        self._last_line = now
        print(
            f"{100 * done // total}% {done:,}/{total:,} {self._what}{self._left(now, done, total)}", file=self._stream
        )

    def _left(self, now: float, done: int, total: int) -> str:
        """The time left at the pace since the first report: blocks found on disk took no time and do not count."""
        since, before = self._first or (now, done)
        if done <= before or now <= since:
            return ""
        seconds = (now - since) * (total - done) / (done - before)
        return f", {round(seconds)} s left" if seconds < 120 else f", {round(seconds / 60)} min left"
