"""The server of the page: a handful of addresses, every request checked, no file read but the page's own."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import time
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sim.errors import FaultError, InputError, Problem
from sim.explore import forms, questions
from sim.explore.answer import answer, page_facts
from sim.explore.desk import Busy, Desk, Job, Jobs
from sim.explore.drawn import GivenUp
from sim.explore.levers import about
from sim.explore.state import State, read_upload

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import uvicorn
    from starlette.requests import Request

MOST_BYTES = 300_000
SECONDS_TO_SEND = 10.0
BURST, PER_SECOND = 300.0, 120.0
TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)
_PAGE = re.compile(r"[A-Za-z0-9-]{1,64}")

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Refused(Exception):  # noqa: N818 - an answer, not a fault
    """A request that is not answered: its status and why."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(status, reason)
        self.status, self.reason = status, reason


class Guard:
    """Stands before the page: checks origin, size and rate of each request; words every fault."""

    def __init__(self, app: Any, hosts: frozenset[str], per_second: float) -> None:
        self._app, self._hosts, self._per_second = app, hosts, per_second
        self._left: dict[str, tuple[float, float]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, as the interface of ASGI servers asks."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        begun = False

        async def sending(message: MutableMapping[str, Any]) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                message["headers"] = [*message.get("headers", []), *HEADERS]
            await send(message)

        try:
            self._check(scope)
            body = await asyncio.wait_for(_body(receive), SECONDS_TO_SEND)
            await self._app(scope, _once(body), sending)
        except Refused as refused:
            await _error(refused.status, refused.reason)(scope, receive, sending)
        except TimeoutError:
            await _error(408, "the request took too long to arrive")(scope, receive, sending)
        except Exception as error:  # noqa: BLE001 - the last line of defence: a page never meets a traceback
            if not begun:
                await _error(500, _fault_words(error))(scope, receive, sending)

    def _check(self, scope: Scope) -> None:
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        host = headers.get("host", "").lower()
        if host not in self._hosts:
            raise Refused(421, "this page answers under its own address only")
        origin = headers.get("origin")
        if origin is not None and origin.lower() != f"http://{host}":
            raise Refused(403, "this page answers to itself only")
        if scope["method"] not in ("GET", "HEAD"):
            if headers.get("sec-fetch-site", "same-origin") != "same-origin":
                raise Refused(403, "this page answers to itself only")
            if scope["method"] == "POST" and headers.get("content-type", "").partition(";")[0] != "application/json":
                raise Refused(415, "a request is a JSON object")
        length = headers.get("content-length", "0")
        if not length.isdecimal() or len(length) > 12 or int(length) > MOST_BYTES:
            raise Refused(413, f"a request has at most {MOST_BYTES:,} bytes")
        self._count(str((scope.get("client") or ("",))[0]))

    def _count(self, client: str) -> None:
        now = time.monotonic()
        left, since = self._left.get(client, (BURST, now))
        left = min(BURST, left + (now - since) * self._per_second)
        if len(self._left) > 1000:
            self._left.clear()
        self._left[client] = (left - 1 if left >= 1 else left, now)
        if left < 1:
            raise Refused(429, "too many requests; slow down")


async def _body(receive: Receive) -> bytes:
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refused(400, "the request broke off")
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > MOST_BYTES:
            raise Refused(413, f"a request has at most {MOST_BYTES:,} bytes")
        if not message.get("more_body"):
            return b"".join(parts)


def _once(body: bytes) -> Receive:
    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def _error(status: int, reason: str) -> JSONResponse:
    return _problems(status, (Problem("", 0, 0, "", reason),))


def _problems(status: int, problems: tuple[Problem, ...]) -> JSONResponse:
    entries = [{"key": problem.key, "message": problem.message, "text": str(problem)} for problem in problems]
    return JSONResponse({"problems": entries}, status)


async def _json(request: Request) -> dict[str, Any]:
    try:
        raw = json.loads(await request.body(), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raw = None
    if not isinstance(raw, dict):
        raise InputError("a request is a JSON object")
    return raw


def _no_constant(word: str) -> float:
    raise ValueError(word)


def _worded(handler: Callable[..., Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """The errors that an address may raise, as answers."""

    async def handle(request: Request) -> Response:
        try:
            return await handler(request)
        except InputError as error:
            return _problems(400, error.problems)
        except Busy as error:
            return _error(503, str(error))
        except FaultError as error:
            return _error(500, str(error))

    return handle


@cache
def page_files() -> dict[str, bytes]:
    """The files of the page by name: all that this server ever gives out."""
    folder = files("sim.explore").joinpath("page")
    shown = [path for path in folder.iterdir() if "." + path.name.rpartition(".")[2] in TYPES]
    return {path.name: path.read_bytes() for path in shown}


class Page:
    """The addresses of the page. ``first`` is the state it opens with, None for the choice of scenarios."""

    def __init__(self, first: dict[str, Any] | None) -> None:
        self._first = first
        self._desk, self._jobs = Desk(answer), Jobs()

    def routes(self) -> list[Route]:
        """What is answered where."""
        return [
            Route("/", self._file),
            Route("/facts", _worded(self._facts)),
            Route("/answer", _worded(self._answer), methods=["POST"]),
            Route("/check", _worded(self._check), methods=["POST"]),
            Route("/scenario", _worded(self._scenario), methods=["POST"]),
            Route("/inputs", _worded(self._inputs), methods=["POST"]),
            Route("/about", _worded(self._about), methods=["POST"]),
            Route("/ask", _worded(self._ask), methods=["POST"]),
            Route("/ask/{job}", _worded(self._see), methods=["GET", "DELETE"]),
            Route("/{name}", self._file),
        ]

    def close(self) -> None:
        """Answer nothing more."""
        self._desk.close()
        self._jobs.close()

    async def _file(self, request: Request) -> Response:
        name = request.path_params.get("name", "index.html")
        content = page_files().get(name)
        if content is None:
            raise Refused(404, "there is nothing here")
        return Response(content, media_type=f"{TYPES['.' + name.rpartition('.')[2]]}; charset=utf-8")

    async def _facts(self, _: Request) -> Response:
        return JSONResponse({**await asyncio.to_thread(page_facts), "first": self._first})

    async def _answer(self, request: Request) -> Response:
        raw = await _json(request)
        page = raw.get("page")
        if not isinstance(page, str) or not _PAGE.fullmatch(page):
            raise InputError("page must be a short name made of letters, digits and hyphens")
        return JSONResponse(await self._desk.ask(page, raw))

    async def _check(self, request: Request) -> Response:
        raw = await _json(request)
        text, name = raw.get("text"), raw.get("name", "upload.toml")
        if not isinstance(text, str) or not isinstance(name, str):
            raise InputError("text and name must be texts")
        name = re.sub(r"[^\w. -]", "_", name)[-80:] or "upload.toml"
        return JSONResponse({"state": await asyncio.to_thread(read_upload, text, name)})

    async def _scenario(self, request: Request) -> Response:
        state = State.read((await _json(request)).get("state"))
        resolved = await asyncio.to_thread(state.scenario)
        told = await asyncio.to_thread(forms.told, resolved)
        return JSONResponse(
            {"toml": state.toml(), "hash": resolved.hash, "runs": state.runs, "seed": state.seed, "told": told}
        )

    async def _inputs(self, request: Request) -> Response:
        return JSONResponse(await asyncio.to_thread(questions.compared_inputs, await _json(request)))

    async def _about(self, request: Request) -> Response:
        raw = await _json(request)
        state, key = State.read(raw.get("state")), str(raw.get("key"))[:120]
        return JSONResponse(await asyncio.to_thread(lambda: about(key, state.scenario())))

    async def _ask(self, request: Request) -> Response:
        run = await asyncio.to_thread(questions.question, await _json(request))
        return JSONResponse({"job": self._jobs.start(Job(run))})

    async def _see(self, request: Request) -> Response:
        job = self._jobs.get(request.path_params["job"])
        if request.method == "DELETE":
            self._jobs.stop(job.name)
        if isinstance(job.fault, GivenUp) or request.method == "DELETE":
            return JSONResponse({"stopped": True})
        if job.fault is not None:
            raise job.fault if isinstance(job.fault, InputError | FaultError) else FaultError(_fault_words(job.fault))
        return JSONResponse({"done": job.done, "total": job.total, "result": job.result})


def make_app(hosts: frozenset[str], *, first: dict[str, Any] | None = None, per_second: float = PER_SECOND) -> Guard:
    """The application.

    ``hosts`` are the values of the header Host it answers to, ``first`` the state with which the page opens, and
    ``per_second`` how many requests of one client it answers in the long run.
    """
    page = Page(first)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        page.close()

    refusals = {Refused: _refused, 404: _missing, 405: _missing, Exception: _faulted}
    app = Starlette(routes=page.routes(), lifespan=lifespan, exception_handlers=refusals)
    app.router.redirect_slashes = False
    return Guard(app, hosts, per_second)


def _fault_words(fault: BaseException) -> str:
    return f"a fault in the program ({type(fault).__name__}); please report it"


async def _refused(_: Request, error: Exception) -> Response:
    return _error(error.status, error.reason) if isinstance(error, Refused) else _error(500, "")


async def _faulted(_: Request, error: Exception) -> Response:
    return _error(500, _fault_words(error))


async def _missing(_: Request, error: Exception) -> Response:
    return _error(getattr(error, "status_code", 404), "there is nothing here")


def bound(host: str, port: int) -> socket.socket:
    """A socket bound to an address, before anything is said about it.

    Raises:
        FaultError: the address is taken or not this machine's.
    """
    kind = socket.AF_INET6 if ":" in host else socket.AF_INET
    opened = socket.socket(kind, socket.SOCK_STREAM)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind((host, port))
        opened.listen(128)  # who comes before the server runs waits and is not turned away
    except (OSError, OverflowError) as error:
        opened.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise FaultError(f"{host}:{port} cannot be served: {reason}; choose another --port (0: any free one)") from None
    return opened


def hosts_of(host: str, port: int) -> frozenset[str]:
    """The values of the header Host that mean this server."""
    names = {host, "127.0.0.1", "localhost", "[::1]"} if host in ("127.0.0.1", "localhost", "::1") else {host}
    if host in ("0.0.0.0", "::"):
        names = {"127.0.0.1", "localhost", "[::1]", socket.gethostname().lower(), *_addresses()}
    return frozenset(f"[{name}]:{port}" if ":" in name and name[0] != "[" else f"{name}:{port}" for name in names)


def _addresses() -> set[str]:
    try:
        return {str(row[4][0]) for row in socket.getaddrinfo(socket.gethostname(), None)}
    except OSError:
        return set()


def server(app: Guard) -> uvicorn.Server:
    """A server for the application: quiet, without web sockets, with limits on connections and heads of requests.

    Who opens a connection and sends no whole request within `SECONDS_TO_SEND` is hung up on, or a few hundred silent
    connections would keep everybody else out.
    """
    import uvicorn
    from uvicorn.protocols.http.h11_impl import H11Protocol

    class Impatient(H11Protocol):
        """Looks twice in that time: a connection that waits for a request both times is closed."""

        waited = False

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self.loop.call_later(SECONDS_TO_SEND / 2, self.look)

        def look(self) -> None:
            if self.transport.is_closing():
                return
            idle = self.timeout_keep_alive_task is not None  # the server closes it by itself
            waits = not idle and (self.cycle is None or self.cycle.response_complete)
            if waits and self.waited:
                self.transport.close()
                return
            self.waited = waits
            self.loop.call_later(SECONDS_TO_SEND / 2, self.look)

    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="on",
        http=Impatient,
        ws="none",
        timeout_keep_alive=15,
        limit_concurrency=400,
        h11_max_incomplete_event_size=16_384,
        timeout_graceful_shutdown=2,
    )
    return uvicorn.Server(config)


def first_state(scenario: str) -> dict[str, Any] | None:
    """The state with which the page opens, for the SCENARIO of the command line: a shipped name or a file.

    Raises:
        InputError: the file is wrong, or extends something that is not shipped.
    """
    from sim.shipped import find_scenario, shipped_folder

    path = find_scenario(scenario)
    if path.resolve().parent == shipped_folder().resolve():
        return {"extends": [path.stem]}
    try:
        content = path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        from sim.loading import load

        load(scenario)
        raise
    return read_upload(content, path.name)
