"""Round trips, counted where they happen: on the line to a server.

A turn is what a client says, after the server spoke, until the server speaks again. What drivers do
by themselves (BEGIN, COMMIT, a ping) is in it, and several statements in one packet are one turn.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

CHUNK = 64 * 1024


def port_of(url: str) -> int:
    """The port in an address."""
    port = urlsplit(url).port
    assert port is not None
    return port


@dataclass
class Turns:
    """``port``: where to connect to, on 127.0.0.1. ``said``: of each turn its first bytes."""

    port: int
    said: list[bytes] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.said)

    def line_of(self, url: str) -> str:
        """The address of that server as it is reached over this line."""
        return url.replace(f":{port_of(url)}/", f":{self.port}/")

    def forget(self) -> None:
        """Begin to count anew."""
        self.said.clear()

    def _serve(self, client: socket.socket, server_port: int) -> None:
        with (
            client,
            suppress(OSError),
            socket.create_connection(("127.0.0.1", server_port)) as server,
        ):
            for one in (client, server):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            spoke = threading.Event()  # the server, since the client last did
            spoke.set()

            def back() -> None:
                with suppress(OSError):
                    while part := server.recv(CHUNK):
                        spoke.set()
                        client.sendall(part)
                with suppress(OSError):
                    client.shutdown(socket.SHUT_WR)

            answers = threading.Thread(target=back, daemon=True)
            answers.start()
            while part := client.recv(CHUNK):
                if spoke.is_set():
                    spoke.clear()
                    self.said.append(part[:400])
                server.sendall(part)
            with suppress(OSError):
                server.shutdown(socket.SHUT_WR)
            answers.join(10)


@contextmanager
def counting(server_port: int) -> Iterator[Turns]:
    """A line to the server at this port of 127.0.0.1, gone at the end."""
    listener = socket.create_server(("127.0.0.1", 0))
    turns = Turns(listener.getsockname()[1])

    def listen() -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                threading.Thread(
                    target=turns._serve, args=(client, server_port), daemon=True
                ).start()

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    try:
        yield turns
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(10)
