"""ClamAV's daemon over its protocol (clamd(8), INSTREAM): the file goes in pieces, each with its
length before it, and the daemon answers with one line.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from time import monotonic
from typing import Final

from admin.virus_scan.scanner import ScannerDown
from state.adapters.failures import reason_of

WITHIN: Final = 20.0  # seconds, for all that one page brings: somebody waits for it
_AT_ONCE: Final = 2  # in this process: while it is silent, the other threads serve logins
_PLACES: Final = BoundedSemaphore(_AT_ONCE)
_CONNECT_WITHIN: Final = 3.0
_PIECE: Final = 64 * 1024
_LONGEST_ANSWER: Final = 4096
_UNIX: Final = "unix:"


class Clamd:
    """``where``: ``unix:/run/clamav/clamd.ctl``, or ``host:port``; ``within``: seconds from the
    first question, for all that this one is asked. Of more than two files at once in a process
    the others are told at once that nobody looked.
    """

    name = "clamd"

    def __init__(self, where: str, *, within: float = WITHIN) -> None:
        self._where = where
        self._within = within
        self._until: float | None = None

    def is_clean(self, content: bytes) -> bool:
        """False: something was found. Any answer but the two that are known is none."""
        if not _PLACES.acquire(blocking=False):
            raise ScannerDown("busy")
        try:
            answer = self._scanned(content)
        finally:
            _PLACES.release()
        if answer == "stream: OK":
            return True
        if answer.startswith("stream: ") and answer.endswith(" FOUND"):
            return False
        raise ScannerDown("too_large" if "size limit" in answer else "not_understood")

    def _scanned(self, content: bytes) -> str:
        pieces = (content[at : at + _PIECE] for at in range(0, len(content), _PIECE))
        with self._asked() as call:
            call.say(b"zINSTREAM\0")
            for piece in pieces:
                call.say(len(piece).to_bytes(4) + piece)
            call.say(bytes(4))
            return call.answer()

    def ping(self) -> None:
        with self._asked() as call:
            call.say(b"zPING\0")
            if call.answer() != "PONG":
                raise ScannerDown("not_understood")

    @contextmanager
    def _asked(self) -> Iterator[_Call]:
        began = monotonic()
        if self._until is None:
            self._until = began + self._within
        try:
            with self._connected(self._until - began) as connection:
                yield _Call(connection, self._until)
        except TimeoutError:
            raise ScannerDown("timeout") from None
        except OSError as error:
            raise ScannerDown(_word(error)) from None

    def _connected(self, left: float) -> socket.socket:
        if left <= 0:
            raise TimeoutError
        wait = min(_CONNECT_WITHIN, left)
        if not self._where.startswith(_UNIX):
            host, _, port = self._where.rpartition(":")
            return socket.create_connection((host.strip("[]"), int(port)), timeout=wait)
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.settimeout(wait)
            connection.connect(self._where.removeprefix(_UNIX))
        except BaseException:
            connection.close()
            raise
        return connection


def _word(error: OSError) -> str:
    """A socket of this machine has a file, which may be missing or closed to us."""
    if isinstance(error, FileNotFoundError):
        return "no_such_socket"
    return "socket_not_open_to_us" if isinstance(error, PermissionError) else reason_of(error)


class _Call:
    """One conversation, which ends at one moment however slowly the other side reads."""

    def __init__(self, connection: socket.socket, until: float) -> None:
        self._connection = connection
        self._until = until

    def say(self, part: bytes) -> None:
        self._connection.settimeout(self._left())
        self._connection.sendall(part)

    def answer(self) -> str:
        """Up to the byte that ends it."""
        said = b""
        while not said.endswith(b"\0"):
            self._connection.settimeout(self._left())
            more = self._connection.recv(_LONGEST_ANSWER)
            said += more
            if not more or len(said) > _LONGEST_ANSWER:
                raise ScannerDown("not_understood")
        return said[:-1].decode("utf-8", "replace")

    def _left(self) -> float:
        left = self._until - monotonic()
        if left <= 0:
            raise TimeoutError
        return left
