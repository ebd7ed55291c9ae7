"""A clamd of a few lines: it reads what it is sent as the real one does, and answers as told."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.scans import EICAR


@dataclass
class FakeClamd:
    """``answer``: instead of a judgement; ``waits``: seconds before it answers, unless it is let go
    earlier, as at the end; ``asked``: how many conversations began.
    """

    where: str = ""
    answer: bytes | None = None
    waits: float = 0.0
    let_go: threading.Event = field(default_factory=threading.Event)
    asked: int = 0
    scanned: list[bytes] = field(default_factory=list)

    def says(self, content: bytes) -> bytes:
        if self.answer is not None:
            return self.answer
        found = EICAR in content
        return b"stream: Eicar-Signature FOUND\0" if found else b"stream: OK\0"


@contextmanager
def fake_clamd(path: Path | None = None) -> Iterator[FakeClamd]:
    """It listens on loopback, or at ``path``, inside this block."""
    clamd = FakeClamd()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            clamd.asked += 1
            command = b""
            while not command.endswith(b"\0"):
                one = self.rfile.read(1)
                if not one:
                    return
                command += one
            if command == b"zPING\0":
                self._say(clamd.answer or b"PONG\0")
                return
            assert command == b"zINSTREAM\0"
            content = b""
            while length := int.from_bytes(self.rfile.read(4)):
                content += self.rfile.read(length)
            clamd.scanned.append(content)
            self._say(clamd.says(content))

        def _say(self, answer: bytes) -> None:
            clamd.let_go.wait(clamd.waits)
            self.wfile.write(answer)

    server: socketserver.BaseServer
    if path is not None:
        server = socketserver.ThreadingUnixStreamServer(str(path), Handler)
        clamd.where = f"unix:{path}"
    else:
        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        clamd.where = f"127.0.0.1:{server.server_address[1]}"
    with server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield clamd
        clamd.let_go.set()
        server.shutdown()
        thread.join()
