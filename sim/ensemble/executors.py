"""Work shared out over processes of this machine, behind the interface of ``concurrent.futures``.

`Workers` is an `Executor`: what takes its ``submit`` and futures can be given a cluster's instead. A worker is a plain
interpreter that talks over pipes. Unlike a process of ``multiprocessing`` it does not run the caller's script again, so
a script needs no main guard; and it is known which task a dead worker had in hand, so only that one is tried again.
A worker without work rests for a moment before it ends, so that the next ensemble of a comparison, or its figures, do
not wait for a new one to start, import and read the facts.
"""

from __future__ import annotations

import atexit
import json
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from queue import SimpleQueue
from typing import IO, TYPE_CHECKING, Any, TypeVar, cast

from sim.errors import AllianceError, FaultError, InputError, LostPoolError, LostWorkerError
from sim.files import safe_path

if TYPE_CHECKING:
    from sim.ensemble.cluster import Cluster

Task = TypeVar("Task")
Answer = TypeVar("Answer")

ATTEMPTS = 2
MOST_LOST = 3
REST = 5.0  # seconds
LONGEST_START = 60  # seconds
# Where memory is short, NumPy's library can loop for ever as it is imported without letting Python run. Then the thread
# that listens for the end of the parent has no turn either, and only a signal left to the system ends the process.
BOOT = """
import json, signal, sys
signal.signal(signal.SIGALRM, signal.SIG_DFL)
signal.alarm(int(sys.argv[2]))
sys.path[:] = json.loads(sys.argv[1])
from sim.ensemble.executors import serve
serve()
"""


def pool(jobs: int, cluster: str = "") -> Workers | Cluster:
    """The executor asked for: the scheduler at the address ``cluster``, or ``jobs`` processes of this machine.

    Raises:
        InputError: the cluster cannot be used.
    """
    if cluster:
        from sim.ensemble.cluster import Cluster

        return Cluster(cluster)
    return Workers(jobs)


def complete(
    function: Callable[[Task], Answer],
    tasks: Sequence[Task],
    jobs: int,
    name: Callable[[Task], str],
    *,
    cluster: str = "",
    failed: Callable[[Task, AllianceError], None] | None = None,
) -> Iterator[tuple[Task, Answer]]:
    """Call ``function(task)`` for every task on ``jobs`` processes or a cluster; yields each task that is done.

    What is under way is finished first whatever happens, also on Ctrl-C. A task that fails with one of our errors is
    reported to ``failed``, and the others go on, unless the first three all fail. ``function`` must belong to a module.

    Raises:
        InputError, FaultError: after the others are done, what failed and why.
        LostPoolError: the scheduler is gone.
        Exception: whatever else ``function`` raises, as it is.
    """
    faults: dict[int, AllianceError] = {}
    finished = lost = 0
    for number, future in _ended(function, tasks, jobs, cluster):
        try:
            answer = future.result()
        except LostPoolError:
            raise
        except AllianceError as fault:
            faults[number] = fault
            lost += isinstance(fault, LostWorkerError)
            if failed is not None:
                failed(tasks[number], fault)
            if lost == MOST_LOST or (finished == 0 and len(faults) == MOST_LOST):
                break
        else:
            finished += 1
            yield tasks[number], answer
    if faults:
        raise _failure([(name(tasks[number]), faults[number]) for number in sorted(faults)])


def _ended(
    function: Callable[[Task], Answer], tasks: Sequence[Task], jobs: int, cluster: str
) -> Iterator[tuple[int, Future[Answer]]]:
    """The number and the future of every task as it is done; few are handed out at a time, lest answers pile up."""
    if not cluster and (jobs == 1 or len(tasks) < 2):
        for number, task in enumerate(tasks):
            yield number, _called(function, task)
        return
    if not tasks:
        return
    waiting, under_way = deque(enumerate(tasks)), dict[Future[Answer], int]()
    doubtful: list[int] = []
    workers = pool(min(jobs, len(tasks)), cluster)
    try:
        while waiting or under_way:
            for number, task in [waiting.popleft() for _ in range(min(workers.width() - len(under_way), len(waiting)))]:
                under_way[workers.submit(function, task)] = number
            for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                number = under_way.pop(future)
                if cluster and isinstance(future.exception(), LostWorkerError):
                    doubtful.append(number)
                else:
                    yield number, future
        for number in doubtful:  # a cluster blames all that waited for a worker that died: alone, the culprit shows
            future = workers.submit(function, tasks[number])
            wait([future])
            yield number, future
    finally:
        workers.shutdown(cancel_futures=True)


def _called(function: Callable[[Task], Answer], task: Task) -> Future[Answer]:
    """The future of a call made here and now."""
    future: Future[Answer] = Future()
    try:
        future.set_result(function(task))
    except AllianceError as fault:
        future.set_exception(fault)
    return future


def _failure(faults: Sequence[tuple[str, AllianceError]]) -> AllianceError:
    """What to raise for named tasks that failed: a task's own error if it is alone, or if it is the user's to mend."""
    lost = [name for name, fault in faults if isinstance(fault, LostWorkerError)]
    first = faults[0][1]
    if len(lost) == len(faults):
        return LostWorkerError(
            f"{', '.join(lost)} failed: its worker processes died (killed, or out of memory); what is finished is "
            "kept, run the same command again to resume, with fewer --jobs if memory is short"
        )
    if len(faults) == 1 or isinstance(first, InputError):
        return first
    names = ", ".join(name for name, _ in faults)
    return FaultError(f"{names} failed; the first: {first}; what is finished is kept, run the same command to resume")


class Workers(Executor):
    """Up to ``jobs`` worker processes, each started when there is work for it.

    Functions must belong to a module that workers can import, and arguments must be picklable: they are pickled when
    they are submitted. A future of a task whose worker died twice raises LostWorkerError; other futures go on.
    """

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._threads = ThreadPoolExecutor(jobs, "worker")

    def width(self) -> int:
        """How many tasks to have in hand at once."""
        return 2 * self._jobs

    def submit(self, fn: Callable[..., Answer], /, *args: Any, **kwargs: Any) -> Future[Answer]:
        """Have ``fn(*args, **kwargs)`` called by a worker."""
        return self._threads.submit(_ask, pickle.dumps((fn, args, kwargs)))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more work; ``wait`` for what was submitted, or cancel what has not begun."""
        self._threads.shutdown(wait, cancel_futures=cancel_futures)


def _ask(request: bytes) -> Any:
    """Have one worker answer a pickled call, another one if it dies."""
    for _ in range(ATTEMPTS):
        worker = resting.take() or Worker()
        try:
            answer, fault = worker.ask(request)
        except (BrokenPipeError, EOFError, pickle.UnpicklingError):
            worker.close()
            continue
        resting.add(worker)
        if fault is not None:
            raise fault
        return answer
    raise LostWorkerError("the worker process died twice (killed, or out of memory)")


def _surroundings() -> tuple[object, ...]:
    """What a worker is started with and cannot change later, and the process whose worker it is."""
    return os.getpid(), sys.executable, tuple(sys.warnoptions), safe_path(), os.path.realpath(""), dict(os.environ)


class Worker:
    """One worker process. ``surroundings`` are those it was started in."""

    def __init__(self) -> None:
        self.surroundings = _surroundings()
        flags = ["-P", *(f"-W{option}" for option in sys.warnoptions)]
        self._process = subprocess.Popen(
            [sys.executable, *flags, "-c", BOOT, json.dumps(safe_path()), str(LONGEST_START)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is the parent's business alone
        )
        self._in = cast("IO[bytes]", self._process.stdin)
        self._out = cast("IO[bytes]", self._process.stdout)

    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    def ask(self, request: bytes) -> tuple[Any, Exception | None]:
        """The answer to a pickled call, or the error it raised. EOFError or the like if the process died."""
        self._in.write(len(request).to_bytes(8) + request)
        self._in.flush()
        return cast("tuple[Any, Exception | None]", pickle.load(self._out))

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
    """Be a worker: answer each call that is asked for with its result or its error; leave when the parent is gone."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints must not garble the answers
    requests: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_listen, args=(requests,), daemon=True).start()
    import numpy  # noqa: F401

    signal.alarm(0)  # the start is over
    while True:
        request = requests.get()
        try:
            function, args, kwargs = pickle.loads(request)
            answer = pickle.dumps((function(*args, **kwargs), None))
        except Exception as error:  # noqa: BLE001
            answer = _as_answer(error)
        try:
            answers.write(answer)
            answers.flush()
        except BrokenPipeError:
            os._exit(0)  # the parent ended while the task was under way; nobody is left to complain to


def _as_answer(error: Exception) -> bytes:
    """An error on its way to the parent; one that cannot be rebuilt there travels as text."""
    try:
        answer = pickle.dumps((None, error))
        pickle.loads(answer)
    except Exception:  # noqa: BLE001
        return pickle.dumps((None, FaultError(f"{type(error).__name__}: {error}")))
    return answer


def _listen(requests: SimpleQueue[bytes]) -> None:
    """Pass on what is asked; leave at once, in the middle of a task if need be, when the parent ends."""
    while len(size := sys.stdin.buffer.read(8)) == 8:
        requests.put(sys.stdin.buffer.read(int.from_bytes(size)))
    os._exit(0)
