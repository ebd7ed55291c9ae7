"""Outgoing calls: to registered parties only, over TLS, bounded in time and size, without redirects.

The address that was checked is the address that is called, so a name cannot change between the two (CWE-918).
"""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

from state.addresses import (
    OutgoingRefused,
    Target,
    check_addresses,
    checked_loopback,
    parse_target,
)
from state.breaker import Breaker

CONNECT_SECONDS: Final = 3.0
TOTAL_SECONDS: Final = 8.0
MAX_BYTES: Final = 1024 * 1024
MAX_HEADERS: Final = 64
PORTS: Final = frozenset({443, 8443})
_CHUNK: Final = 16 * 1024
Resolver = Callable[[str, int], list[str]]


class OutgoingFailed(Exception):  # noqa: N818
    """The party did not answer properly. ``reason`` is a stable machine word; nothing received is in it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Answer:
    """What came back. Header names in lower case; ``body`` within the limit that was asked."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    def json(self) -> Any:
        """The body as JSON. Raises OutgoingFailed."""
        try:
            return json.loads(self.body)
        except ValueError:
            raise OutgoingFailed("not_json") from None


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
    ) -> Answer:
        """GET. Raises OutgoingRefused before anything is sent, OutgoingFailed afterwards."""
        return self._call("GET", url, None, {"Accept": accept, **(headers or {})}, max_bytes)

    def post_form(
        self,
        url: str,
        fields: Mapping[str, str],
        *,
        headers: Mapping[str, str] | None = None,
        max_bytes: int = MAX_BYTES,
    ) -> Answer:
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
    ) -> Answer:
        """POST JSON. Raises as ``get``."""
        sent = {"Content-Type": "application/json", "Accept": "application/json", **(headers or {})}
        return self._call("POST", url, json.dumps(document).encode(), sent, max_bytes)

    def _call(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str], max_bytes: int
    ) -> Answer:
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
    ) -> Answer:
        deadline = self._monotonic() + TOTAL_SECONDS
        try:
            addresses = self._resolve(target.host, target.port)
        except OSError:
            raise OutgoingFailed("name_not_found") from None
        if not addresses:
            raise OutgoingFailed("name_not_found")
        check_addresses(target, addresses)
        connection = _Pinned(target, addresses[0], self._tls)
        try:
            connection.request(method, target.path, body, {"Connection": "close", **headers})
            response = connection.getresponse()
            if 300 <= response.status < 400:
                raise OutgoingFailed("redirected")
            content = self._read(connection, response, max_bytes, deadline)
            found = {name.lower(): value for name, value in response.getheaders()[:MAX_HEADERS]}
            return Answer(response.status, found, content)
        except ssl.SSLError:
            raise OutgoingFailed("tls") from None
        except TimeoutError:
            raise OutgoingFailed("timeout") from None
        except (OSError, http.client.HTTPException, ValueError):
            raise OutgoingFailed("no_answer") from None
        finally:
            connection.close()

    def _read(
        self,
        connection: _Pinned,
        response: http.client.HTTPResponse,
        max_bytes: int,
        deadline: float,
    ) -> bytes:
        """The body, bounded in size and in time: a party that drips bytes is cut off as well."""
        parts: list[bytes] = []
        size = 0
        while True:
            left = deadline - self._monotonic()
            if left <= 0:
                raise OutgoingFailed("timeout")
            if connection.sock is not None:
                connection.sock.settimeout(left)
            part = response.read1(_CHUNK)
            if not part:
                return b"".join(parts)
            size += len(part)
            if size > max_bytes:
                raise OutgoingFailed("too_large")
            parts.append(part)


class _Pinned(http.client.HTTPConnection):
    """A connection to one address that was checked; TLS is verified for the name."""

    def __init__(self, target: Target, address: str, tls: ssl.SSLContext) -> None:
        super().__init__(target.host, target.port, timeout=CONNECT_SECONDS)
        self._target = target
        self._address = address
        self._context = tls

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self._target.port), self.timeout)
        plain.settimeout(TOTAL_SECONDS)
        if self._target.scheme == "https":
            self.sock = self._context.wrap_socket(plain, server_hostname=self._target.host)
        else:
            self.sock = plain
