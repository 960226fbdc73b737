"""Many figures written by several processes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from pathlib import Path

from sim.figures.drawing import Drawing
from sim.figures.export import check_formats, export, files, load

Progress = Callable[[int, int], None]


def file_name(name: str) -> str:
    """The file name, without its ending, of a figure."""
    return name.replace(":", "_")


def write_all(
    makers: Mapping[str, Callable[[], Drawing]],
    folder: Path,
    formats: Sequence[str],
    jobs: int = 1,
    progress: Progress | None = None,
) -> list[Path]:
    """Draw each figure of ``makers`` and write it; returns the paths in their order.

    Figures are put together here, since here is the result, and written by ``jobs`` processes, this one among them. The
    bytes do not depend on ``jobs``. ``progress`` is told how many of how many figures are written.

    Raises:
        InputError: an unknown format, before anything is written; or what a maker raises.
        FaultError: a file cannot be written.
    """
    check_formats(formats)
    if jobs > 1 and len(makers) > 1:
        _write_with_others(makers, folder, formats, jobs, progress)
    else:
        for done, (name, make) in enumerate(makers.items(), 1):
            export(make(), folder, file_name(name), formats)
            if progress:
                progress(done, len(makers))
    return [path for name in makers for path in files(folder, file_name(name), formats)]


def _write_with_others(
    makers: Mapping[str, Callable[[], Drawing]],
    folder: Path,
    formats: Sequence[str],
    jobs: int,
    progress: Progress | None,
) -> None:
    """Others write what this process has drawn; once all is drawn it writes too.

    No more is handed over than keeps the others busy, and nothing is taken back: cancelling work of a pool whose
    process was killed can wait for ever (Python 3.11).
    """
    import multiprocessing

    others = min(jobs, len(makers)) - 1
    # Spawned, not forked: the caller may run threads (a progress bar) that a fork would leave in an unknown state.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(others, mp_context=context, initializer=_begin)
    try:
        pool.submit(load)  # they load matplotlib while the first figure is drawn here
        work = _Work(pool, 2 * others, folder, formats, len(makers), progress)
        for name, make in makers.items():
            work.add(name, make())
        work.finish()
    finally:
        pool.shutdown(wait=True)


class _Work:
    """Drawings on their way to paper: with the others, or waiting here."""

    def __init__(
        self,
        pool: ProcessPoolExecutor,
        room: int,
        folder: Path,
        formats: Sequence[str],
        total: int,
        progress: Progress | None,
    ) -> None:
        self.pool, self.room, self.folder, self.formats = pool, room, folder, formats
        self.total, self.progress, self.done = total, progress, 0
        self.here: list[tuple[str, Drawing]] = []
        self.there: list[tuple[str, Drawing, Future[list[Path]]]] = []

    def add(self, name: str, drawing: Drawing) -> None:
        """Take a drawing and hand over what there is room for."""
        self.here.append((name, drawing))
        self._hand_over()

    def finish(self) -> None:
        """Write what waits here, last first, while the others write theirs; then wait for them."""
        while self.here:
            self._write(*self.here.pop())
            self._hand_over()
        while self.there:
            self._take_back(self.there.pop(0))

    def _hand_over(self) -> None:
        for item in [item for item in self.there if item[2].done()]:
            self.there.remove(item)
            self._take_back(item)
        try:
            while self.here and len(self.there) < self.room:
                name, drawing = self.here[0]
                future = self.pool.submit(export, drawing, self.folder, file_name(name), self.formats)
                self.there.append((name, drawing, future))
                del self.here[0]
        except BrokenExecutor:
            self.room = 0

    def _take_back(self, item: tuple[str, Drawing, Future[list[Path]]]) -> None:
        """Wait until another process has written a drawing; if that process was killed, write it here."""
        name, drawing, future = item
        try:
            future.result()
            self._count()
        except BrokenExecutor:
            self._write(name, drawing)

    def _write(self, name: str, drawing: Drawing) -> None:
        export(drawing, self.folder, file_name(name), self.formats)
        self._count()

    def _count(self) -> None:
        self.done += 1
        if self.progress:
            self.progress(self.done, self.total)


def _begin() -> None:
    """An interrupt is the business of the process that the user started; this one would only add its own complaint."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
