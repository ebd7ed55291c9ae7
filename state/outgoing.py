"""Outgoing calls: to registered parties, over TLS, bounded in time and size, without redirects.

The address that was checked is the address that is called, so that a name cannot change in between
(CWE-918).
"""

from __future__ import annotations

import http.client
import io
import json
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import urlencode

from state.addresses import (
    OutgoingRefused,
    Target,
    check_addresses,
    checked_loopback,
    parse_target,
)
from state.breaker import Breaker

if TYPE_CHECKING:
    from typing_extensions import Buffer

CONNECT_SECONDS: Final = 3.0
TOTAL_SECONDS: Final = 5.0
MAX_ADDRESSES: Final = 3
MAX_BYTES: Final = 1024 * 1024
PORTS: Final = frozenset({443, 8443})
_CHUNK: Final = 16 * 1024
Resolver = Callable[[str, int], list[str]]


class OutgoingFailed(Exception):
    """The party did not answer properly. ``reason`` is a machine word, nothing that came in."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class HttpAnswer:
    """What came back. Header names in lower case; ``body`` within the limit that was asked."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    def json(self, *, unique_names: bool = False) -> Any:
        """The body as JSON; with ``unique_names`` no name may stand twice in an object (RFC 8259
        §4: readers disagree about which one counts). Raises OutgoingFailed.
        """
        hook = _no_doubles if unique_names else None
        try:
            return json.loads(self.body, parse_constant=_no_constant, object_pairs_hook=hook)
        except (ValueError, RecursionError):
            raise OutgoingFailed("not_json") from None


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def resolve(host: str, port: int) -> list[str]:
    """Every address of a name. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class OutgoingClient:
    """``allowed_loopback``: ``host:port`` entries that may be called over http, for development."""

    def __init__(
        self,
        allowed_loopback: Iterable[str] = (),
        *,
        resolver: Resolver = resolve,
        tls: ssl.SSLContext | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        ports: frozenset[int] = PORTS,
    ) -> None:
        self._loopback = checked_loopback(frozenset(allowed_loopback))
        self._resolve = resolver
        self._tls = tls or ssl.create_default_context()
        self._monotonic = monotonic
        self._ports = ports
        self._breaker = Breaker(monotonic)

    def get(
        self,
        url: str,
        *,
        accept: str = "*/*",
        max_bytes: int = MAX_BYTES,
        headers: Mapping[str, str] | None = None,
    ) -> HttpAnswer:
        """GET. Raises OutgoingRefused before anything is sent, OutgoingFailed afterwards."""
        return self._call("GET", url, None, {"Accept": accept, **(headers or {})}, max_bytes)

    def post_form(
        self,
        url: str,
        fields: Mapping[str, str],
        *,
        headers: Mapping[str, str] | None = None,
        max_bytes: int = MAX_BYTES,
    ) -> HttpAnswer:
        """POST a form. Raises as ``get``."""
        sent = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
            **(headers or {}),
        }
        return self._call("POST", url, urlencode(fields).encode(), sent, max_bytes)

    def post_json(
        self,
        url: str,
        document: Any,
        *,
        headers: Mapping[str, str] | None = None,
        max_bytes: int = MAX_BYTES,
    ) -> HttpAnswer:
        """POST JSON. Raises as ``get``."""
        sent = {"Content-Type": "application/json", "Accept": "application/json", **(headers or {})}
        return self._call("POST", url, json.dumps(document).encode(), sent, max_bytes)

    def _call(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str], max_bytes: int
    ) -> HttpAnswer:
        target = parse_target(url, self._loopback, self._ports)
        party = target.authority
        if not self._breaker.admits(party):
            raise OutgoingFailed("circuit_open")
        try:
            answer = self._exchange(target, method, body, headers, max_bytes)
        except OutgoingRefused:
            self._breaker.released(party)
            raise
        except OutgoingFailed:
            self._breaker.failed(party)
            raise
        if answer.status >= 500:
            self._breaker.failed(party)
        else:
            self._breaker.succeeded(party)
        return answer

    def _exchange(
        self,
        target: Target,
        method: str,
        body: bytes | None,
        headers: Mapping[str, str],
        max_bytes: int,
    ) -> HttpAnswer:
        left = self._deadline()
        try:
            with self._connected(target, self._addresses(target), left) as plain:
                connection = http.client.HTTPConnection(target.host, target.port)
                connection.sock = cast(socket.socket, _Wire(plain, left))
                fixed = {"Host": _host_header(target), "Connection": "close"}
                connection.request(method, target.path, body, {**headers, **fixed})
                with connection.getresponse() as response:
                    return _read_answer(response, max_bytes)
        except ssl.SSLError:
            raise OutgoingFailed("tls") from None
        except TimeoutError:
            raise OutgoingFailed("timeout") from None
        except (OSError, http.client.HTTPException, ValueError):
            raise OutgoingFailed("no_answer") from None

    def _deadline(self) -> Callable[[], float]:
        """Seconds left of this call, asked at every read and write: dripping buys no time."""
        end = self._monotonic() + TOTAL_SECONDS

        def left() -> float:
            seconds = end - self._monotonic()
            if seconds <= 0:
                raise TimeoutError
            return seconds

        return left

    def _addresses(self, target: Target) -> list[str]:
        try:
            addresses = self._resolve(target.host, target.port)
        except (OSError, UnicodeError):
            addresses = []
        if not addresses:
            raise OutgoingFailed("name_not_found")
        check_addresses(target, addresses)
        return addresses

    def _connected(
        self, target: Target, addresses: list[str], left: Callable[[], float]
    ) -> socket.socket:
        """A connection to the first checked address that answers; TLS is verified for the name."""
        plain = _connect_first(addresses[:MAX_ADDRESSES], target.port, left)
        if target.scheme == "http":
            return plain
        try:
            plain.settimeout(left())
            return self._tls.wrap_socket(plain, server_hostname=target.host)
        except BaseException:
            plain.close()
            raise


def _connect_first(addresses: list[str], port: int, left: Callable[[], float]) -> socket.socket:
    for address in addresses[:-1]:
        try:
            return socket.create_connection((address, port), min(CONNECT_SECONDS, left()))
        except OSError:
            continue
    return socket.create_connection((addresses[-1], port), min(CONNECT_SECONDS, left()))


def _host_header(target: Target) -> str:
    default = {"https": 443, "http": 80}[target.scheme]
    return (
        target.authority.removesuffix(f":{default}") if target.port == default else target.authority
    )


def _read_answer(response: http.client.HTTPResponse, max_bytes: int) -> HttpAnswer:
    if 300 <= response.status < 400:
        raise OutgoingFailed("redirected")
    content = b""
    while part := response.read1(_CHUNK):
        content += part
        if len(content) > max_bytes:
            raise OutgoingFailed("too_large")
    if response.length:
        raise OutgoingFailed("cut_short")
    return HttpAnswer(
        response.status, {name.lower(): value for name, value in response.getheaders()}, content
    )


class _Wire:
    """What http.client uses of a socket, each use within the time that is left."""

    def __init__(self, plain: socket.socket, left: Callable[[], float]) -> None:
        self._plain = plain
        self._left = left

    def sendall(self, data: bytes) -> None:
        self._plain.settimeout(self._left())
        self._plain.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Incoming(self._plain, self._left))

    def close(self) -> None:
        """http.client closes before the body is read; the caller owns the socket."""


class _Incoming(io.RawIOBase):
    def __init__(self, plain: socket.socket, left: Callable[[], float]) -> None:
        self._plain = plain
        self._left = left

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int:
        self._plain.settimeout(self._left())
        return self._plain.recv_into(buffer)
