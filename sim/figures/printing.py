"""Many figures written by several processes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from math import ceil
from pathlib import Path

from sim.ensemble.executors import LostWorkerError, Workers
from sim.figures.drawing import Drawing
from sim.figures.export import check_formats, export, files, load
from sim.files import file_name

Progress = Callable[[int, int], None]

# Another process costs half a second of imports, in which this one writes some thirty pages.
PAGES_A_PROCESS = 36


def write_all(
    makers: Mapping[str, Callable[[], Drawing]],
    folder: Path,
    formats: Sequence[str],
    jobs: int = 1,
    progress: Progress | None = None,
) -> list[Path]:
    """Draw each figure of ``makers`` and write it; returns the paths in their order.

    Figures are put together here, since here is the result, and written by up to ``jobs`` processes, this one among
    them: by as many as there is work for. The bytes do not depend on ``jobs``. ``progress`` is told how many of how
    many figures are written.

    Raises:
        InputError: an unknown format, before anything is written; or what a maker raises.
        FaultError: a file cannot be written.
    """
    check_formats(formats)
    done = 0

    def written() -> None:
        nonlocal done
        done += 1
        if progress:
            progress(done, len(makers))

    def write(name: str, drawing: Drawing) -> None:
        export(drawing, folder, file_name(name), formats)
        written()

    processes = min(jobs, ceil(len(makers) * len(formats) / PAGES_A_PROCESS))
    if processes > 1:
        _write_with_others(makers, folder, formats, processes - 1, write, written)
    else:
        for name, make in makers.items():
            write(name, make())
    return [path for name in makers for path in files(folder, file_name(name), formats)]


def _write_with_others(
    makers: Mapping[str, Callable[[], Drawing]],
    folder: Path,
    formats: Sequence[str],
    others: int,
    write: Callable[[str, Drawing], None],
    written: Callable[[], None],
) -> None:
    """Others write what this process has drawn, in its order; once all is drawn this one writes too, from the end.

    No more is handed over than keeps the others busy.
    """
    waiting: list[tuple[str, Drawing]] = []
    handed: dict[str, tuple[Drawing, Future[list[Path]]]] = {}

    def take_back(name: str) -> None:
        drawing, future = handed.pop(name)
        try:
            future.result()
        except LostWorkerError:
            write(name, drawing)
        else:
            written()

    with Workers(others) as pool:
        pool.submit(load)  # they import what they need while the first figure is drawn here
        names = iter(makers)
        drawing_on = True
        while drawing_on or waiting:
            name = next(names, "")
            drawing_on = bool(name)
            if drawing_on:
                waiting.append((name, makers[name]()))
            for ready in [name for name, (_, future) in handed.items() if future.done()]:
                take_back(ready)
            while waiting and len(handed) < 2 * others:
                name, drawing = waiting.pop(0)
                handed[name] = drawing, pool.submit(export, drawing, folder, file_name(name), formats)
            if waiting and not drawing_on:
                write(*waiting.pop())
        for name in list(handed):
            take_back(name)
