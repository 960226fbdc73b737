"""Who is answered next: one calculation at a time, the newest wish of each page, previews before full ensembles."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from sim.errors import AllianceError, InputError
from sim.explore.drawn import GivenUp, give_back

Work = Callable[[Mapping[str, Any], Callable[[], bool]], dict[str, Any]]

MOST_WAITING = 200
PATIENCE = 1.5
"""Seconds after which a full ensemble is no longer put behind the previews of others."""
GIVE_BACK = 30.0
"""Seconds of use after which free memory goes back to the system: seldom, for the next answer takes some again."""
MOST_JOBS, KEPT_JOBS = 6, 24


class Busy(AllianceError):  # noqa: N818 - an answer, not a fault
    """Too much is waiting; the page asks again later."""


@dataclass(eq=False)
class Wish:
    """One request of one page: what it asks, and where its answer goes."""

    page: str
    raw: Mapping[str, Any]
    answer: asyncio.Future[dict[str, Any]]
    loop: asyncio.AbstractEventLoop
    since: float = field(default_factory=time.monotonic)
    stale: bool = False

    @property
    def preview(self) -> bool:
        """Whether a part of the ensemble is enough."""
        return self.raw.get("runs") == "preview"

    def is_stale(self) -> bool:
        """Whether nobody waits for the answer any more."""
        return self.stale

    def end(self, result: dict[str, Any] | BaseException) -> None:
        """Hand the answer, or why there is none, to who waits for it."""

        def settle() -> None:
            if not self.answer.done():
                if isinstance(result, BaseException):
                    self.answer.set_exception(result)
                else:
                    self.answer.set_result(result)

        with suppress(RuntimeError):  # the server has stopped
            self.loop.call_soon_threadsafe(settle)


STALE = {"stale": True}


class Desk:
    """Answers wishes one at a time in a thread of its own. A newer wish of a page takes the place of its older one."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._waiting: dict[str, Wish] = {}
        self._running: Wish | None = None
        self._changed = threading.Condition()
        self._open = True
        threading.Thread(target=self._answer_all, name="answers", daemon=True).start()

    async def ask(self, page: str, raw: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a wish, or ``{"stale": True}`` once the same page has asked for something newer.

        Raises:
            Busy: too many pages are waiting.
        """
        loop = asyncio.get_running_loop()
        wish = Wish(page, raw, loop.create_future(), loop)
        with self._changed:
            older = self._waiting.pop(page, None)
            if len(self._waiting) >= MOST_WAITING:
                raise Busy("too many pages are asking at once; try again in a moment")
            if older:
                older.end(STALE)
            if self._running and self._running.page == page:
                self._running.stale = True
            self._waiting[page] = wish
            self._changed.notify()
        try:
            return await wish.answer
        except asyncio.CancelledError:
            wish.stale = True
            raise

    def close(self) -> None:
        """Answer nothing more."""
        with self._changed:
            self._open = False
            self._changed.notify()

    def _next(self) -> Wish | None:
        with self._changed:
            while self._open and not self._waiting:
                self._changed.wait()
            if not self._open:
                return None
            late = time.monotonic() - PATIENCE
            order = sorted(
                self._waiting.values(), key=lambda wish: (not wish.preview and wish.since > late, wish.since)
            )
            self._running = self._waiting.pop(order[0].page)
            return self._running

    def _answer_all(self) -> None:
        last = time.monotonic()
        while wish := self._next():
            try:
                wish.end(STALE if wish.stale else self._work(wish.raw, wish.is_stale))
            except GivenUp:
                wish.end(STALE)
            except BaseException as error:  # noqa: BLE001 - the thread must outlive any fault; the server words it
                wish.end(error)
            with self._changed:
                self._running = None
            if time.monotonic() - last > GIVE_BACK:
                give_back()
                last = time.monotonic()


@dataclass(eq=False)
class Job:
    """A long question: how far it is, and its result or what went wrong."""

    run: Callable[[Callable[[int, int], None], Callable[[], bool]], dict[str, Any]]
    name: str = field(default_factory=lambda: uuid4().hex)
    done: int = 0
    total: int = 0
    result: dict[str, Any] | None = None
    fault: BaseException | None = None
    stopped: bool = False

    def is_stopped(self) -> bool:
        """Whether it was given up."""
        return self.stopped

    @property
    def over(self) -> bool:
        """Whether nothing more will come."""
        return self.result is not None or self.fault is not None


class Jobs:
    """Long questions, one at a time in a thread of their own, so that levers still answer meanwhile."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._changed = threading.Condition()
        self._open = True
        threading.Thread(target=self._run_all, name="questions", daemon=True).start()

    def start(self, job: Job) -> str:
        """Put a question in line; its name. Raises Busy if too many wait."""
        with self._changed:
            if sum(not other.over for other in self._jobs.values()) >= MOST_JOBS:
                raise Busy("too many long questions are waiting; try again later or stop one")
            over = [name for name, other in self._jobs.items() if other.over]
            for name in over[: max(0, len(self._jobs) - KEPT_JOBS)]:
                del self._jobs[name]
            self._jobs[job.name] = job
            self._changed.notify()
        return job.name

    def get(self, name: str) -> Job:
        """The question of that name. Raises InputError if there is none (any more)."""
        with self._changed:
            if name not in self._jobs:
                raise InputError("no such question, or its answer is no longer kept")
            return self._jobs[name]

    def stop(self, name: str) -> None:
        """Give a question up."""
        self.get(name).stopped = True

    def close(self) -> None:
        """Give everything up."""
        with self._changed:
            self._open = False
            for job in self._jobs.values():
                job.stopped = True
            self._changed.notify()

    def _run_all(self) -> None:
        while True:
            with self._changed:
                while self._open and not (waiting := [job for job in self._jobs.values() if not job.over]):
                    self._changed.wait()
                if not self._open:
                    return
                job = waiting[0]

            def progress(done: int, total: int, job: Job = job) -> None:
                if job.stopped:
                    raise GivenUp
                job.done, job.total = done, total

            try:
                progress(0, 0)
                job.result = job.run(progress, job.is_stopped)
            except BaseException as error:  # noqa: BLE001 - the thread must outlive any fault; the server words it
                job.fault = error
            give_back()
