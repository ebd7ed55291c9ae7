"""A balancer as an operator would put in front: any instance may get any request.

It asks each instance whether it is ready, chooses among those at random, and sends a request again
only where that can do no harm: nobody took the connection, or it was a GET that got no answer. A
POST that was sent is never sent twice.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

ASK_EVERY: Final = 0.5  # seconds between two looks at the readiness of an instance
READY_WITHIN: Final = 5.0
ANSWER_WITHIN: Final = 30.0  # longer than any answer of Sluis may take; then it hangs
HEADER: Final = "X-Balancer"
SAYS_NOBODY: Final = "nobody"  # no instance takes connections
SAYS_CUT: Final = "cut"  # the instance died with a request in its hands
SAYS_SLOW: Final = "slow"
_MOST: Final = 4 * 1024 * 1024
_REPEATABLE: Final = (b"GET", b"HEAD")

# What a party asks again once its copy is a minute old, which is no part of a login.
DOCUMENTS: Final = ("/.well-known/", "/jwks", "/oidc/client-jwks", "/saml/metadata")


class _Cut(Exception):
    """The connection ended before the answer was whole."""


@dataclass
class Backend:
    """One instance. ``drained``: an operator took it out; what it was given it may finish."""

    name: str
    port: int
    ready: bool = False
    drained: bool = False
    busy: int = 0


@dataclass
class Balancer:
    """Listens on ``port`` of loopback in a thread of its own. ``before`` hears every request."""

    port: int
    backends: list[Backend]
    seed: int
    counts: Counter[str] = field(default_factory=Counter)
    before: Callable[[str, str], None] | None = None

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._loop = asyncio.new_event_loop()
        self._started = threading.Event()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="balancer", daemon=True)

    def start(self) -> None:
        self._thread.start()
        if not self._started.wait(10):
            raise RuntimeError("the balancer does not start")

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._answer, "127.0.0.1", self.port, backlog=256)
        watchers = [asyncio.create_task(self._watch(backend)) for backend in self.backends]
        self._started.set()
        await self._stop.wait()
        server.close()
        running = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in (*watchers, *running):
            task.cancel()
        await asyncio.gather(*watchers, *running, return_exceptions=True)

    async def _watch(self, backend: Backend) -> None:
        request = b"GET /health/ready HTTP/1.1\r\nHost: health\r\nConnection: close\r\n\r\n"
        while True:
            try:
                async with asyncio.timeout(READY_WITHIN):
                    said = await _ask(backend, request)
                backend.ready = said.startswith(b"HTTP/1.1 200")
            except (OSError, TimeoutError, _Cut):
                backend.ready = False
            await asyncio.sleep(ASK_EVERY)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await _read_request(reader):
                method, path = request.split(b" ", 2)[:2]
                if self.before is not None:
                    await asyncio.to_thread(self.before, method.decode(), path.decode())
                writer.write(await self._pass_on(method, request))
                await writer.drain()
                break  # one request per connection: the next goes to whom chance chooses
        except (OSError, _Cut):
            pass  # the browser went away
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _pass_on(self, method: bytes, request: bytes) -> bytes:
        self.counts["requests"] += 1
        failed = SAYS_NOBODY
        for backend in self._order():
            backend.busy += 1
            try:
                async with asyncio.timeout(ANSWER_WITHIN):
                    return await _ask(backend, _without_keep_alive(request))
            except ConnectionRefusedError:
                backend.ready = False
                self.counts["refused"] += 1
            except TimeoutError:
                failed = SAYS_SLOW
                break
            except (OSError, _Cut):
                self.counts["broken"] += 1
                failed = SAYS_CUT
                if method not in _REPEATABLE:
                    break
                self.counts["repeated"] += 1
            finally:
                backend.busy -= 1
        self.counts[failed] += 1
        return _own_page(failed)

    def _order(self) -> list[Backend]:
        """Those that are ready first; where nobody is, whoever answers may say what is wrong."""
        known = [backend for backend in self.backends if not backend.drained]
        self._random.shuffle(known)
        chosen = sorted(known, key=lambda backend: not backend.ready)
        return [*chosen, *chosen[:1]]  # a broken connection to the last one is tried once more


async def _ask(backend: Backend, request: bytes) -> bytes:
    """The whole answer. Raises OSError, _Cut."""
    reader, writer = await asyncio.open_connection("127.0.0.1", backend.port)
    try:
        writer.write(request)
        await writer.drain()
        answer = await reader.read(-1)
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
    head, found, body = answer.partition(b"\r\n\r\n")
    if not found or len(body) < _length(head):
        raise _Cut
    return answer


async def _read_request(reader: asyncio.StreamReader) -> bytes:
    """One request with its body; empty when the other side is done. Raises _Cut."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        return head + await reader.readexactly(min(_length(head), _MOST))
    except asyncio.IncompleteReadError as incomplete:
        if incomplete.partial:
            raise _Cut from None
        return b""
    except asyncio.LimitOverrunError:
        raise _Cut from None


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def _without_keep_alive(request: bytes) -> bytes:
    first, _, rest = request.partition(b"\r\n")
    head, _, body = rest.partition(b"\r\n\r\n")
    kept = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
    return b"\r\n".join([first, *kept, b"Connection: close", b"", body])


def _own_page(word: str) -> bytes:
    status = "503 Service Unavailable" if word == SAYS_NOBODY else "502 Bad Gateway"
    body = b"<html><title>Storing</title><h1>Storing</h1><p>Probeer het zo weer.</p></html>"
    lines = [
        f"HTTP/1.1 {status}",
        "Content-Type: text/html; charset=utf-8",
        f"Content-Length: {len(body)}",
        f"{HEADER}: {word}",
        "Retry-After: 5",
        "Connection: close",
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class AtRequest:
    """Acts once, just before so manieth request of a login reaches an instance."""

    def __init__(self, number: int, act: Callable[[str], object]) -> None:
        self._number, self._act, self.seen = number, act, 0

    def __call__(self, method: str, path: str) -> None:
        if path.startswith(DOCUMENTS):
            return
        self.seen += 1
        if self.seen == self._number:
            self._act(f"{method} {urlsplit(path).path}")
