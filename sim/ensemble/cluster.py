"""Workers on other machines, through a scheduler of ``dask.distributed``, behind the interface of this machine's own.

What a worker runs must be what the client runs: Python, packages, program code and facts are compared before anything
is sent and again with every task, since workers come and go.
"""

from __future__ import annotations

import logging
import os
import pickle
import ssl
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Executor, Future
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from sim.ensemble import source
from sim.ensemble.blocks import swept
from sim.errors import InputError, LostPoolError, LostWorkerError
from sim.text import listed

if TYPE_CHECKING:
    from distributed import Future as Remote

Answer = TypeVar("Answer")
Identity = dict[str, str]
PATIENCE = 10.0  # seconds to wait for a scheduler
PULSE = 2.0  # seconds between looks at whether it still answers
GRACE = 60.0  # seconds to wait for workers to come back, as a supervisor may start them again
_RESUME = (
    "what is finished is kept: start a scheduler and workers, then run the same command again with --cluster and its "
    "address to resume"
)
_TLS = "distributed.comm.tls of dask's configuration"
AHEAD = 2  # tasks sent for every thread of a worker, so that none waits for the client


class Cluster(Executor):
    """The workers of the scheduler at ``address``, as an executor.

    A task whose worker is killed is done by another; one that kills four workers raises LostWorkerError from its
    future. If the scheduler is lost, every future that is not done raises LostPoolError.

    Raises:
        InputError: distributed is not installed, nothing answers at the address, there is no worker, or a worker does
            not run what the client runs.
    """

    def __init__(self, address: str, patience: float | None = None) -> None:
        try:
            from distributed import Client, Security
        except ImportError:
            raise InputError("--cluster needs dask.distributed: install alliance-sim with the extra cluster") from None
        if address.startswith("tls://"):
            try:
                certified = Security().get_connection_args("client").get("ssl_context")
            except OSError as error:
                raise InputError(
                    f"--cluster {address}: the files that {_TLS} names cannot be read as certificates ({error})"
                ) from None
            if not certified:
                raise InputError(f"--cluster {address}: TLS needs certificates; name them in {_TLS}")
        self.address = address
        self._levels = _silenced()
        fault = ""
        # A client of dask that could not start ends when it is freed, and waits for ever if another starts just then.
        with swept():
            try:
                self._client = Client(address, timeout=patience or PATIENCE, set_as_default=False)
            except (OSError, ValueError, TypeError) as error:
                fault = _unreached(error)
        if fault:
            _restore(self._levels)
            raise InputError(f"--cluster {address}: {fault}")
        self._pending: set[Future[Any]] = set()
        self._threads = 1
        self._closed = threading.Event()
        try:
            self._compare()
        except BaseException:
            self.shutdown(wait=False)
            raise
        threading.Thread(target=self._watch, daemon=True).start()

    def width(self) -> int:
        """How many tasks to have in hand at once: enough to keep every worker busy."""
        with suppress(OSError, RuntimeError):  # a scheduler that is gone is told by the futures
            self._threads = max(1, sum(map(int, self._client.nthreads().values())))
        return AHEAD * self._threads

    def submit(self, fn: Callable[..., Answer], /, *args: Any, **kwargs: Any) -> Future[Answer]:
        """Have ``fn(*args, **kwargs)`` called by a worker; ``fn`` must belong to a module that workers can import."""
        local: Future[Answer] = Future()
        local.set_running_or_notify_cancel()
        self._pending.add(local)
        if self._client.status != "running":
            self._settle(local, LostPoolError(self._lost()))
            return local
        remote = self._client.submit(
            _answer, identity(), pickle.dumps((fn, args, kwargs)), pure=False, key=f"alliance-{os.urandom(8).hex()}"
        )
        remote.add_done_callback(lambda done: self._deliver(done, local))
        return local

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002
        """Leave the scheduler; what is not done is given up."""
        if self._closed.is_set():
            return
        self._closed.set()
        with suppress(OSError, RuntimeError):
            self._client.close(timeout=PULSE)
        _restore(self._levels)

    def _lost(self) -> str:
        return f"the scheduler at {self.address} was lost; {_RESUME}"

    def _compare(self) -> None:
        """Refuse workers that do not run what this process runs."""
        answers: dict[str, Identity | Exception] = self._client.run(identity, on_error="return")
        if not answers:
            raise InputError(
                f"--cluster {self.address}: the scheduler has no workers; start them with dask worker {self.address}"
            )
        faults = [
            f"{worker} {fault}"
            for worker, answer in sorted(answers.items())
            if (fault := _mismatch(identity(), answer))
        ]
        if faults:
            raise InputError(f"--cluster {self.address}: {listed(faults, 3)}; install the same on every machine")

    def _deliver(self, remote: Remote[Any], local: Future[Any]) -> None:
        """Pass on what became of a task."""
        from distributed import KilledWorker
        from distributed.comm.core import CommClosedError

        try:
            answer = remote.result()
        except KilledWorker:
            self._settle(local, LostWorkerError("its workers died one after the other"))
        except Exception as fault:  # noqa: BLE001
            # The client may still call itself running when its connection has just gone.
            lost = isinstance(fault, CancelledError | CommClosedError) or self._client.status != "running"
            self._settle(local, LostPoolError(self._lost()) if lost else fault)
        else:
            self._settle(local, None, answer)

    def _settle(self, local: Future[Any], fault: BaseException | None, answer: Any = None) -> None:
        self._pending.discard(local)
        if local.done():
            return
        if fault is None:
            local.set_result(answer)
        else:
            local.set_exception(fault)

    def _watch(self) -> None:
        """Give up what waits for a scheduler or for workers that do not come back."""
        alone = 0.0
        while not self._closed.wait(PULSE):
            gone = self._client.status not in ("running", "connecting")
            with suppress(OSError, RuntimeError):
                alone = 0.0 if gone or self._client.nthreads() else alone + PULSE
            if gone or alone >= GRACE:
                said = self._lost() if gone else f"the scheduler at {self.address} has lost all its workers; {_RESUME}"
                for local in tuple(self._pending):
                    self._settle(local, LostPoolError(said))


def _unreached(error: Exception) -> str:
    """Why there is no connection to a scheduler, in words."""
    from distributed.comm.core import CommClosedError

    start = "start one with dask scheduler, and workers with dask worker ADDRESS"
    if not isinstance(error, OSError):
        return f"is no address ({error}); {start}"
    if not isinstance(error, CommClosedError):
        return f"no scheduler answers; {start}"
    if isinstance(error.__cause__, ssl.SSLError):
        return f"this client and the scheduler do not accept each other's certificates; see {_TLS}"
    return "what answers there closes the connection: no scheduler, or one whose address begins with tls://"


def _silenced() -> dict[logging.Logger, int]:
    """Keep dask from logging in this process: what goes wrong is said once, by us. Returns the levels before."""
    names = [name for name in logging.root.manager.loggerDict if name.partition(".")[0] == "distributed"]
    levels = {(logger := logging.getLogger(name)): logger.level for name in names}
    for logger in levels:
        logger.setLevel(logging.CRITICAL + 1)
    return levels


def _restore(levels: dict[logging.Logger, int]) -> None:
    for logger, level in levels.items():
        logger.setLevel(level)


def identity() -> Identity:
    """Everything that can change a bit of a result, on this machine."""
    return {**source.versions(), "program code": source.code_stamp(), "facts": source.facts_stamp()}


def _mismatch(wanted: Identity, answer: Identity | Exception) -> str:
    """How a worker differs, in words; empty if it does not."""
    if isinstance(answer, Exception):
        return (
            f"cannot run alliance-sim ({type(answer).__name__}: {str(answer).splitlines()[0] if str(answer) else ''})"
        )
    parts = []
    for name, here in wanted.items():
        there = answer.get(name, "nothing")
        if there != here:
            parts.append(f"other {name}" if len(here) == 64 else f"{name} {there}, not {here}")
    return "has " + ", ".join(parts) if parts else ""


def _answer(wanted: Identity, request: bytes) -> Any:
    """What a worker does with a task; it is unpickled only where the same code runs."""
    fault = _mismatch(wanted, identity())
    if fault:
        raise InputError(f"a worker that came later {fault}; install the same on every machine")
    function, args, kwargs = pickle.loads(request)
    return function(*args, **kwargs)
