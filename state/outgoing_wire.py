"""Wire: a connection of which every read and write happens within the time that is left of the
call, so dripping buys no time.
"""

from __future__ import annotations

import io
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from typing_extensions import Buffer

Left = Callable[[], float]  # seconds; raises TimeoutError when there are none


class Wire:
    """What http.client and TLS inside TLS use of a socket. Whoever opened the socket closes it."""

    def __init__(self, plain: socket.socket, left: Left) -> None:
        self._plain = plain
        self._left = left

    def sendall(self, data: bytes) -> None:
        self._plain.settimeout(self._left())
        self._plain.sendall(data)

    def recv(self, most: int) -> bytes:
        self._plain.settimeout(self._left())
        return self._plain.recv(most)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Incoming(self._plain, self._left))

    def settimeout(self, _seconds: float | None) -> None:
        """The time that is left is what counts."""

    def close(self) -> None:
        """http.client closes before the body is read."""


def as_socket(wire: Wire) -> socket.socket:
    """For those who want a socket and use no more of it than a Wire has."""
    return cast(socket.socket, wire)


class _Incoming(io.RawIOBase):
    def __init__(self, plain: socket.socket, left: Left) -> None:
        self._plain = plain
        self._left = left

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int:
        self._plain.settimeout(self._left())
        return self._plain.recv_into(buffer)
