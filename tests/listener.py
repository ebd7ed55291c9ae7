"""HTTP servers on loopback for tests: one function answers, every request is remembered."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Seen:
    method: str
    path: str  # with query
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    shown: bytes | None = None  # the certificate of who calls, as DER


@dataclass(frozen=True)
class Said:
    """What to answer. ``pieces`` are sent one by one; ``length`` lies about how much follows."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    pieces: Iterable[bytes] = ()
    length: int | None = None


Answering = Callable[[Seen], Said]


@dataclass
class Listener:
    host: str
    port: int
    seen: list[Seen]

    @property
    def authority(self) -> str:
        return f"{self.host}:{self.port}"


@contextmanager
def listening(
    answering: Answering,
    host: str = "127.0.0.1",
    tls: ssl.SSLContext | None = None,
    port: int = 0,
) -> Iterator[Listener]:
    """A server in a thread, gone at the end."""
    seen: list[Seen] = []

    class Handler(BaseHTTPRequestHandler):
        def _handle(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            tls = self.connection
            shown = tls.getpeercert(True) if isinstance(tls, ssl.SSLSocket) else None
            request = Seen(self.command, self.path, headers, self.rfile.read(length), shown)
            seen.append(request)
            said = answering(request)
            self.send_response(said.status)
            for name, value in said.headers.items():
                self.send_header(name, value)
            if not said.pieces:
                full = len(said.body) if said.length is None else said.length
                self.send_header("Content-Length", str(full))
            self.end_headers()
            try:
                for piece in said.pieces or (said.body,):
                    self.wfile.write(piece)
                    self.wfile.flush()
            except OSError:
                pass  # the caller heard enough

        do_GET = do_POST = _handle  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            pass

    server = Server((host, port), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield Listener(host, server.server_port, seen)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
