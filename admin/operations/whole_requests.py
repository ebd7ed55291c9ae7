"""Requests taken in whole: a thread begins with one when the last byte of its body is there, and no
body that never ends holds one.

A server protocol with an event loop (ASGI) outside, a WSGI application inside.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from io import BytesIO
from typing import Any, Final, Protocol

import structlog

from admin.operations.asgi_exchange import AsgiExchange, AsgiScope, Receive, Send, live
from admin.operations.request_threads import RequestThreads
from broker.monitoring import metrics
from broker.web.bodies import IsOpen, most_bytes, takes_scans
from broker.web.headers import FIXED, NOTHING
from broker.web.precedence import ahead

BODY_SECONDS: Final = 20.0  # from the last byte of the headers to the last of the body
MOST_WAITING: Final = 64 * 1024 * 1024  # bytes of bodies that are not complete, in one process
MOST_SCANS_WAITING: Final = 64 * 1024 * 1024  # apart: who brings scans takes no room of logins
_BODY_FOLLOWS: Final = frozenset({"content-length", "transfer-encoding"})
# Of what is answered before the application, or in its place.
_OURS: Final = [
    ("content-type", "text/plain; charset=utf-8"),
    ("connection", "close"),
    ("cache-control", "no-store"),
    ("content-security-policy", NOTHING),
    *((name.lower(), value) for name, value in FIXED.items()),
]
log = structlog.get_logger()
WsgiApplication = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Headers(Protocol):
    """Names in lower case; a name that stands twice comes twice."""

    def items(self) -> Iterable[tuple[str, str]]: ...


class Scope(Protocol):
    """One request without its body."""

    @property
    def http_version(self) -> str: ...
    @property
    def server(self) -> str: ...
    @property
    def client(self) -> str: ...
    @property
    def scheme(self) -> str: ...
    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...  # decoded
    @property
    def query_string(self) -> bytes: ...
    @property
    def headers(self) -> Headers: ...


class Exchange(Protocol):
    """The body that comes in and the answer that goes out."""

    def __aiter__(self) -> AsyncIterator[bytes]: ...
    async def respond(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None: ...


@dataclass(frozen=True)
class WholeAnswer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    async def send(self, exchange: Exchange) -> None:
        await exchange.respond(self.status, self.headers, self.body)


_TOO_SLOW: Final = WholeAnswer(408, _OURS, b"The body of this request did not come in time.\n")
_FULL: Final = WholeAnswer(
    503, [*_OURS, ("retry-after", "30")], b"Too many requests are coming in.\n"
)
_BROKEN: Final = WholeAnswer(500, _OURS, b"This went wrong here.\n")


class _TooLarge(Exception):
    """More than the application reads: so many bytes, at least."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size


class _NoRoom(Exception):
    """Too much is coming in at this moment."""


class WholeRequests:
    """``application`` behind an event loop: ``threads`` requests at once, each with its whole body.

    A body that takes longer is answered with 408; one that is larger than the application reads is
    left where it is, and the application says so. One of no type is not read: nothing here would.
    """

    def __init__(
        self,
        application: WsgiApplication,
        *,
        threads: int,
        is_open: IsOpen,
        body_seconds: float = BODY_SECONDS,
    ) -> None:
        self._is_open = is_open
        self._body_seconds = body_seconds
        self._threads = RequestThreads(partial(_answered, application), threads)
        self._intake, self._scans = _Intake(MOST_WAITING), _Intake(MOST_SCANS_WAITING)

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """What the server calls (ASGI 3)."""
        if scope["type"] == "lifespan":
            await live(receive, send, self.end)
        else:
            await self.serve(AsgiScope(scope), AsgiExchange(receive, send))

    async def serve(self, scope: Scope, exchange: Exchange) -> None:
        """Serve one request."""
        answer = await self._answer(scope, exchange)
        if answer is not None:
            await answer.send(exchange)

    def end(self) -> None:
        """The server takes no requests any more: those in hand are finished."""
        self._threads.end()

    async def _answer(self, scope: Scope, exchange: Exchange) -> WholeAnswer | None:
        headers = _joined(scope.headers)
        body = b""
        try:
            announced = int(headers.get("content-length", "0"))
            most = most_bytes(scope.path, headers.get("cookie", ""), self._is_open)
            intake = self._scans if takes_scans(scope.path) else self._intake
            if announced > most:
                raise _TooLarge(announced)
            if "content-type" in headers and headers.keys() & _BODY_FOLLOWS:
                async with asyncio.timeout(self._body_seconds):
                    body = await intake.take(exchange, most)
            headers = {**headers, "content-length": str(len(body))}
        except TimeoutError:
            return _TOO_SLOW
        except _NoRoom:
            log.warning("server.no_room_for_bodies")
            return _FULL
        except _TooLarge as too_large:
            headers = {**headers, "content-length": str(too_large.size)}
        except Exception:  # whoever sent it went away
            return None
        return await self._threads.answer(_environ(scope, headers, body), ahead(scope.path))


class _Intake:
    """Bodies that are coming in, and how much of them is there; ``room``: bytes together."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._waiting = 0

    async def take(self, exchange: Exchange, most: int) -> bytes:
        """The whole body, of so many bytes at most. Raises _TooLarge, _NoRoom."""
        pieces: list[bytes] = []
        size = 0
        try:
            async for piece in exchange:
                size += len(piece)
                self._waiting += len(piece)
                if size > most:
                    raise _TooLarge(size)
                if self._waiting > self._room:
                    raise _NoRoom
                pieces.append(bytes(piece))
        finally:
            self._waiting -= size
        return b"".join(pieces)


def _joined(headers: Headers) -> dict[str, str]:
    """Each name once. One with an underscore would be taken for another (``X_Forwarded_For``)."""
    found: dict[str, str] = {}
    for name, value in headers.items():
        if "_" not in name:
            joint = "; " if name == "cookie" else ","
            found[name] = f"{found[name]}{joint}{value}" if name in found else value
    return found


def _environ(scope: Scope, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    """As PEP 3333 has it; nothing of the environment of this process."""
    host, _, port = scope.server.rpartition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin1"),
        "QUERY_STRING": scope.query_string.decode("latin1"),
        "SERVER_NAME": host.strip("[]"),
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": BytesIO(body),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in headers.items():
        if name == "transfer-encoding":
            continue  # it is whole now
        environ[_key(name)] = value
    return environ


@lru_cache(maxsize=256)  # anybody may send names of headers
def _key(name: str) -> str:
    """Where a header stands in the environment."""
    key = name.upper().replace("-", "_")
    return key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"


def _answered(application: WsgiApplication, environ: dict[str, Any]) -> WholeAnswer:
    """What the application says, in whole."""
    begun: list[tuple[int, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], _error: Any = None) -> None:
        begun.append((int(status.partition(" ")[0]), headers))

    try:
        pieces = application(environ, start_response)
        try:
            body = b"".join(pieces)
        finally:
            close = getattr(pieces, "close", None)
            if close is not None:
                close()
        status, headers = begun[-1]
    except Exception as error:
        log.error("server.application_failed", error=type(error).__name__)
        metrics.ERRORS.labels("server_error").inc()
        return _BROKEN
    return WholeAnswer(status, headers, body)
