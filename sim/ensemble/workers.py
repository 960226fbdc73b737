"""Blocks shared out over processes; what is finished stays whatever happens to the rest."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.connection import wait as wait_for
from typing import TYPE_CHECKING

from sim.ensemble.blocks import Work, compute
from sim.errors import FaultError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


def complete(work: Work, numbers: Sequence[int], jobs: int, report: Callable[[int], None]) -> None:
    """Compute the blocks ``numbers`` with ``jobs`` processes, calling ``report(number)`` after each.

    A worker that dies takes its block with it: the blocks then under way are tried once more, each alone. Raises
    FaultError naming the blocks that failed again; an error of the model is raised as it is. Every block that was
    finished by then is in store.
    """
    if jobs == 1 or len(numbers) == 1:
        for number in numbers:
            compute(work, number)
            report(number)
        return
    waiting = deque(numbers)
    lost: list[int] = []
    while waiting:
        before = len(waiting)
        here = _until_broken(work, waiting, min(jobs, len(waiting)), report)
        lost += here
        if here and len(waiting) + len(here) == before:
            # Not one block came through: find out whether any can before starting more processes.
            break
    failed = [number for number in sorted(lost) if _until_broken(work, deque([number]), 1, report)]
    if failed:
        raise FaultError(_told(failed))
    if waiting:
        complete(work, list(waiting), jobs, report)


def _told(failed: Sequence[int]) -> str:
    """What happened to the failed blocks and what to do."""
    named = f"block{'s' if len(failed) > 1 else ''} {', '.join(map(str, failed))}"
    return (
        f"{named} failed: the worker process died twice (killed, or out of memory); finished blocks are kept, "
        "run the same command again to resume, with fewer --jobs if memory is short"
    )


def _until_broken(work: Work, waiting: deque[int], jobs: int, report: Callable[[int], None]) -> list[int]:
    """Take blocks off ``waiting`` until it is empty or a worker dies; returns those under way and lost then."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_serve) as pool:
        under_way: dict[Future[None], int] = {}
        while waiting or under_way:
            try:
                while waiting and len(under_way) < jobs:
                    with _no_interrupt():
                        future = pool.submit(compute, work, waiting[0])
                    under_way[future] = waiting.popleft()
            except BrokenProcessPool:
                return _settle(under_way, report)
            done, _ = wait(under_way, return_when=FIRST_COMPLETED)
            if any(isinstance(future.exception(), BrokenProcessPool) for future in done):
                return _settle(under_way, report)
            for future in done:
                number = under_way.pop(future)
                future.result()
                report(number)
    return []


def _settle(under_way: dict[Future[None], int], report: Callable[[int], None]) -> list[int]:
    """Sort the blocks of a broken pool into finished, which are reported, and lost, which are returned."""
    lost = []
    for future, number in under_way.items():
        if isinstance(future.exception(), BrokenProcessPool):
            lost.append(number)
        else:
            future.result()
            report(number)
    return lost


@contextmanager
def _no_interrupt() -> Iterator[None]:
    """Hold Ctrl-C back while a worker starts, which so inherits not to hear it; it is the parent's business alone."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve() -> None:
    """Prepare a worker: without a parent there is nothing to do."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    """Leave at once when the parent is gone; the pool itself would wait for ever."""
    wait_for([sentinel])
    os._exit(1)
