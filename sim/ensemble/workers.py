"""Blocks shared out over worker processes; what is finished stays whatever happens to the rest.

A worker that is done rests for a moment before it ends, so that the next ensemble of a comparison does not wait for
a new one to start, import and read the facts.

Workers are plain interpreters talking over pipes, not ``multiprocessing`` ones: those run the caller's script again
(which an analyst's plain script does not survive), and cannot tell which block a dead worker had in hand.
"""

from __future__ import annotations

import atexit
import json
import os
import pickle
import subprocess
import sys
import threading
from collections import deque
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, BinaryIO, cast

from sim.ensemble.blocks import Work, compute
from sim.errors import AllianceError, FaultError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ATTEMPTS = 2
MOST_LOST = 3
REST = 5.0  # seconds
BOOT = (
    "import json, sys; sys.path[:] = json.loads(sys.stdin.buffer.readline()); "
    "from sim.ensemble.workers import serve; serve()"
)
# What became of a block: finished, lost with its worker, or the error that stopped it.
Outcome = bool | BaseException


def complete(work: Work, numbers: Sequence[int], jobs: int, report: Callable[[int], None]) -> None:
    """Compute the blocks ``numbers`` with ``jobs`` processes, calling ``report(number)`` after each.

    A block whose worker dies is tried once more. Raises FaultError naming the blocks whose workers died again, after
    the others are done (or at once after three such blocks); an error of the model is raised as it is. Every block
    finished by then is in store; blocks under way are finished first, also on Ctrl-C.
    """
    if jobs == 1 or len(numbers) <= 1:
        for number in numbers:
            compute(work, number, jobs if len(numbers) == 1 else 1)
            report(number)
        return
    waiting = deque(numbers)
    outcomes: SimpleQueue[tuple[int, Outcome]] = SimpleQueue()
    hands = [
        threading.Thread(target=_keep_busy, args=(work, waiting, outcomes)) for _ in range(min(jobs, len(numbers)))
    ]
    lost: list[int] = []
    try:
        for hand in hands:
            hand.start()
        for _ in numbers:
            number, outcome = outcomes.get()
            if isinstance(outcome, BaseException):
                raise outcome
            if outcome:
                report(number)
                continue
            lost.append(number)
            if len(lost) == MOST_LOST:
                break
    finally:
        waiting.clear()
        for hand in hands:
            if hand.ident is not None:
                hand.join()
    if lost:
        raise FaultError(_told(sorted(lost)))


def _told(lost: Sequence[int]) -> str:
    """What happened to the lost blocks and what to do."""
    named = f"block{'s' if len(lost) > 1 else ''} {', '.join(map(str, lost))}"
    return (
        f"{named} failed: the worker process died twice (killed, or out of memory); finished blocks are kept, "
        "run the same command again to resume, with fewer --jobs if memory is short"
    )


def _keep_busy(work: Work, waiting: deque[int], outcomes: SimpleQueue[tuple[int, Outcome]]) -> None:
    """Take blocks off ``waiting`` for one worker process at a time until there are none; then it rests."""
    worker: Worker | None = None
    while waiting:
        try:
            number = waiting.popleft()
        except IndexError:  # another thread was quicker
            break
        outcome: Outcome = False
        try:
            for _ in range(ATTEMPTS):
                worker = worker or resting.take() or Worker()
                outcome = worker.ask(work, number)
                if outcome is not False:
                    break
                worker.close()
                worker = None
        except OSError as error:
            outcome = error
        outcomes.put((number, outcome))
    if worker is not None:
        resting.add(worker)


def _surroundings() -> tuple[object, ...]:
    """What a process is started with and cannot change for a later one."""
    return sys.executable, tuple(sys.warnoptions), tuple(sys.path), str(Path.cwd()), dict(os.environ)


class Worker:
    """One worker process. ``surroundings`` are those it was started in."""

    def __init__(self) -> None:
        self.surroundings = _surroundings()
        self._work: Work | None = None
        flags = [f"-W{option}" for option in sys.warnoptions]
        self._process = subprocess.Popen(
            [sys.executable, *flags, "-c", BOOT],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is the parent's business alone
        )
        self._in = cast("BinaryIO", self._process.stdin)
        self._out = cast("BinaryIO", self._process.stdout)
        self._first = json.dumps(sys.path).encode() + b"\n"

    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    def ask(self, work: Work, number: int) -> Outcome:
        """Have a block computed: True when it is in store, False if the worker died, or the error that stopped it."""
        try:
            self._in.write(self._first + pickle.dumps((None if work is self._work else work, number)))
            self._in.flush()
            self._first, self._work = b"", work
            answer = pickle.load(self._out)
        except (BrokenPipeError, EOFError, pickle.UnpicklingError):
            return False
        return answer if isinstance(answer, AllianceError) else True

    def close(self) -> None:
        """End the process: without a parent to listen to, it leaves."""
        for pipe in (self._in, self._out):
            try:
                pipe.close()
            except BrokenPipeError:
                continue  # it died with something unread, which is known by now
        self._process.wait()


class Resting:
    """Workers without work; they end after ``REST`` seconds, or with this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._workers: list[Worker] = []
        self._timer: threading.Timer | None = None

    def add(self, worker: Worker) -> None:
        """Let ``worker`` rest."""
        with self._lock:
            if self._timer is None:
                atexit.register(self.end)
            else:
                self._timer.cancel()
            self._workers.append(worker)
            self._timer = threading.Timer(REST, self.end)
            self._timer.daemon = True
            self._timer.start()

    def take(self) -> Worker | None:
        """A rested worker, alive and started in the present surroundings; None if there is none."""
        now = _surroundings()
        while True:
            with self._lock:
                if not self._workers:
                    return None
                worker = self._workers.pop()
            if worker.alive() and worker.surroundings == now:
                return worker
            worker.close()

    def end(self) -> None:
        """End all that rest."""
        with self._lock:
            workers, self._workers = self._workers, []
        for worker in workers:
            worker.close()


resting = Resting()


def serve() -> None:
    """Be a worker: compute the blocks that are asked for, answer each, leave when the parent is gone.

    A request is the work, or None for the one before, and the number of a block.
    """
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints must not garble the answers
    work: Work | None = None
    asked: SimpleQueue[tuple[Work | None, int]] = SimpleQueue()
    threading.Thread(target=_listen, args=(asked,), daemon=True).start()
    while True:
        answer: AllianceError | None = None
        given, number = asked.get()
        work = given or work
        assert work is not None
        try:
            compute(work, number)
        except AllianceError as error:
            answer = error
        pickle.dump(answer, answers)
        answers.flush()


def _listen(asked: SimpleQueue[tuple[Work | None, int]]) -> None:
    """Pass on what is asked; leave at once, in the middle of a block if need be, when the parent ends."""
    while True:
        try:
            asked.put(pickle.load(sys.stdin.buffer))
        except (EOFError, pickle.UnpicklingError):
            os._exit(0)
