"""Outgoing calls: to registered parties, over TLS, bounded in time and size, without redirects.

The address that was checked is the address that is called, so that a name cannot change in between
(CWE-918). Who may be called is in ``state.addresses``.
"""

from __future__ import annotations

import copy
import http.client
import json
import math
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from typing import IO, Any, Final
from urllib.parse import urlencode

from state.addresses import Target, check_addresses, checked_loopback, parse_target
from state.breaker import Breaker
from state.outgoing_allow import read_allowed
from state.outgoing_answer import HttpAnswer, read_answer
from state.outgoing_failures import OutgoingFailed, of_tls
from state.outgoing_proxy import Proxy
from state.outgoing_tls import OwnCertificate, tls_of_this_machine, tls_showing
from state.outgoing_wire import Left, Wire, as_socket
from state.slow_parties import SlowParties

__all__ = ["HttpAnswer", "OutgoingClient", "OutgoingFailed", "resolve"]
CONNECT_SECONDS: Final = 3.0
TOTAL_SECONDS: Final = 5.0
DOWNLOAD_SECONDS: Final = 120.0  # of a list of megabytes, in no login
MAX_ADDRESSES: Final = 3
MAX_BYTES: Final = 1024 * 1024
PORTS: Final = frozenset({443, 8443})
# What makes of an answer something to read, in the words of servers that look at it.
ACCEPT_JSON: Final = "application/json, */*;q=0.1"
ACCEPT_KEYS: Final = "application/jwk-set+json, application/json, */*;q=0.1"
ACCEPT_XML: Final = "text/xml, application/xml;q=0.9, */*;q=0.1"
ACCEPT_METADATA: Final = "application/samlmetadata+xml, application/xml, text/xml, */*;q=0.1"
_PROXY: Final = "our proxy"  # as the breaker knows it
Resolver = Callable[[str, int], list[str]]


def resolve(host: str, port: int) -> list[str]:
    """Every address of a name. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class OutgoingClient:
    """``allowed_loopback``: ``host:port`` entries that may be called over http, for development.
    ``allow``: entries of ``outgoing.allow``. Raises ValueError.

    Each call names the ``party`` that it is made for: who is left alone after failures is one
    endpoint of one party, not everybody at that host. ``most_slow``: how many calls a party that
    answers slowly has at once, None for any number.
    """

    def __init__(
        self,
        allowed_loopback: Iterable[str] = (),
        *,
        allow: Iterable[str] = (),
        proxy: Proxy | None = None,
        resolver: Resolver = resolve,
        tls: ssl.SSLContext | None = None,
        showing: Callable[[OwnCertificate], ssl.SSLContext] = tls_showing,
        monotonic: Callable[[], float] = time.monotonic,
        ports: frozenset[int] = PORTS,
        most_slow: int | None = None,
    ) -> None:
        self._loopback = checked_loopback(frozenset(allowed_loopback))
        self._allowed = read_allowed(allow, ports)
        self._proxy = proxy
        self._resolve = resolver
        self._tls = tls or tls_of_this_machine()
        self._tls_of_party = self._tls
        self._showing = showing
        self._monotonic = monotonic
        self._ports = ports
        self._breaker = Breaker(monotonic)
        self._slow = SlowParties(most_slow, monotonic)

    def presenting(self, certificate: OwnCertificate) -> OutgoingClient:
        """The same client, which shows this certificate to the party that it calls, and not to our
        proxy. Raises OSError and ValueError for one that is of no use.
        """
        other = copy.copy(self)
        other._tls_of_party = self._showing(certificate)
        return other

    def check(self, url: str) -> Target:
        """Would our rules let this be called, as far as its address alone says? Nothing is sent or
        looked up. Raises OutgoingRefused.
        """
        return parse_target(url, self._loopback, self._ports, self._allowed)

    def get(
        self,
        url: str,
        *,
        accept: str = "*/*",
        max_bytes: int = MAX_BYTES,
        headers: Mapping[str, str] | None = None,
        party: str = "",
    ) -> HttpAnswer:
        """GET. Raises OutgoingRefused before anything is sent, OutgoingFailed afterwards."""
        return self._call("GET", url, None, {"Accept": accept, **(headers or {})}, max_bytes, party)

    def download(
        self,
        url: str,
        into: IO[bytes],
        *,
        max_bytes: int,
        accept: str = "*/*",
        headers: Mapping[str, str] | None = None,
        party: str = "",
    ) -> HttpAnswer:
        """GET of something large: its content goes into this file, and the answer holds none.
        Raises as ``get``.
        """
        sent = {"Accept": accept, **(headers or {})}
        return self._call("GET", url, None, sent, max_bytes, party, into)

    def post_form(
        self,
        url: str,
        fields: Mapping[str, str],
        *,
        headers: Mapping[str, str] | None = None,
        max_bytes: int = MAX_BYTES,
        party: str = "",
    ) -> HttpAnswer:
        """POST a form. Raises as ``get``."""
        sent = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
            **(headers or {}),
        }
        return self._call("POST", url, urlencode(fields).encode(), sent, max_bytes, party)

    def post_json(
        self,
        url: str,
        document: Any,
        *,
        headers: Mapping[str, str] | None = None,
        max_bytes: int = MAX_BYTES,
        party: str = "",
    ) -> HttpAnswer:
        """POST JSON. Raises as ``get``."""
        sent = {"Content-Type": "application/json", "Accept": "application/json", **(headers or {})}
        return self._call("POST", url, json.dumps(document).encode(), sent, max_bytes, party)

    def post_xml(
        self,
        url: str,
        document: bytes,
        *,
        headers: Mapping[str, str] | None = None,
        max_bytes: int = MAX_BYTES,
        party: str = "",
    ) -> HttpAnswer:
        """POST XML in UTF-8. Raises as ``get``."""
        sent = {
            "Content-Type": "text/xml; charset=utf-8",
            "Accept": ACCEPT_XML,
            **(headers or {}),
        }
        return self._call("POST", url, document, sent, max_bytes, party)

    def _call(
        self,
        method: str,
        url: str,
        body: bytes | None,
        headers: Mapping[str, str],
        max_bytes: int,
        party: str = "",
        into: IO[bytes] | None = None,
    ) -> HttpAnswer:
        target = self.check(url)
        with self._slow.one_more(party or target.authority):
            return self._guarded(target, method, body, headers, max_bytes, party, into)

    def _guarded(
        self,
        target: Target,
        method: str,
        body: bytes | None,
        headers: Mapping[str, str],
        max_bytes: int,
        party: str,
        into: IO[bytes] | None,
    ) -> HttpAnswer:
        """The call, unless this endpoint of this party is left alone."""
        endpoint = f"{party} {target.authority}{target.path}"
        if not self._breaker.admits(endpoint):
            why = self._breaker.why(endpoint)
            raise OutgoingFailed("circuit_open", self._pause(endpoint), why)
        try:
            answer = self._exchange(target, method, body, headers, max_bytes, into)
        except OutgoingFailed as failed:
            if failed.is_silence:
                self._breaker.failed(endpoint, failed.reason)
            elif failed.is_of_proxy:
                self._breaker.released(endpoint)
            else:
                self._breaker.succeeded(endpoint)
            raise
        except BaseException:  # among them our own refusals: they say nothing about the party
            self._breaker.released(endpoint)
            raise
        if answer.status >= 500 and not answer.is_fault:
            self._breaker.failed(endpoint, "status_5xx")
        else:
            self._breaker.succeeded(endpoint)
        return answer

    def _pause(self, of: str) -> int:
        return max(1, math.ceil(self._breaker.seconds_left(of)))

    def _exchange(
        self,
        target: Target,
        method: str,
        body: bytes | None,
        headers: Mapping[str, str],
        max_bytes: int,
        into: IO[bytes] | None,
    ) -> HttpAnswer:
        left = self._deadline(TOTAL_SECONDS if into is None else DOWNLOAD_SECONDS)
        try:
            with ExitStack() as opened:
                connection = http.client.HTTPConnection(target.host, target.port)
                connection.sock = as_socket(self._connected(target, left, opened))
                fixed = {"Host": _host_header(target), "Connection": "close"}
                connection.request(method, target.path, body, {**headers, **fixed})
                with connection.getresponse() as response:
                    return read_answer(response, max_bytes, into)
        except ssl.SSLError as error:
            raise OutgoingFailed(of_tls(error)) from None
        except TimeoutError:
            raise OutgoingFailed("timeout") from None
        except ConnectionRefusedError:
            raise OutgoingFailed("refused") from None
        except (OSError, http.client.HTTPException, ValueError):
            raise OutgoingFailed("no_answer") from None

    def _deadline(self, seconds_in_all: float) -> Left:
        """Seconds left of this call, asked at every read and write: dripping buys no time."""
        end = self._monotonic() + seconds_in_all

        def left() -> float:
            seconds = end - self._monotonic()
            if seconds <= 0:
                raise TimeoutError
            return seconds

        return left

    def _connected(self, target: Target, left: Left, opened: ExitStack) -> Wire:
        """A connection with the party, over TLS that is verified for its name. ``opened`` closes
        it.
        """
        plain = opened.enter_context(self._plain(target, left, opened))
        if target.scheme == "http":
            return Wire(plain, left)
        if isinstance(plain, ssl.SSLSocket):  # a proxy that speaks TLS itself
            from urllib3.util.ssltransport import SSLTransport

            inner = SSLTransport(as_socket(Wire(plain, left)), self._tls_of_party, target.host)
            return Wire(inner, left)  # type: ignore[arg-type]  # as much of a socket as is used
        plain.settimeout(left())
        secure = self._tls_of_party.wrap_socket(plain, server_hostname=target.host)
        return Wire(opened.enter_context(secure), left)

    def _plain(self, target: Target, left: Left, opened: ExitStack) -> socket.socket:
        """A connection to the first checked address that answers, or through our proxy."""
        proxy = None if target.loopback else self._proxy
        if proxy is None:
            return _connect_first(self._addresses(target), target.port, left)
        if proxy.resolves and not proxy.goes_around(target.host, target.port):
            return self._tunnel(proxy, target.host, target.port, left, opened)
        addresses = self._addresses(target)
        if proxy.goes_around(target.host, target.port, addresses):
            return _connect_first(addresses, target.port, left)
        for address in addresses[:-1]:
            try:
                return self._tunnel(proxy, address, target.port, left, opened)
            except OutgoingFailed as failed:
                if not failed.is_silence:
                    raise
        return self._tunnel(proxy, addresses[-1], target.port, left, opened)

    def _addresses(self, target: Target) -> list[str]:
        try:
            addresses = self._resolve(target.host, target.port)
        except (OSError, UnicodeError):
            addresses = []
        if not addresses:
            by_proxy = self._proxy is not None and not target.loopback
            raise OutgoingFailed("name_not_found_here" if by_proxy else "name_not_found")
        check_addresses(target, addresses, self._allowed, self._ports)
        return addresses[:MAX_ADDRESSES]

    def _tunnel(
        self, proxy: Proxy, to: str, port: int, left: Left, opened: ExitStack
    ) -> socket.socket:
        """A connection through the proxy, whose own failures are not those of the party."""
        if not self._breaker.admits(_PROXY):
            raise OutgoingFailed("proxy_circuit_open", self._pause(_PROXY))
        try:
            at_proxy = opened.enter_context(self._at_proxy(proxy, left, opened))
            self._breaker.succeeded(_PROXY)
        except BaseException:
            self._breaker.failed(_PROXY)
            raise
        proxy.open_tunnel(Wire(at_proxy, left), to, port)
        return at_proxy

    def _at_proxy(self, proxy: Proxy, left: Left, opened: ExitStack) -> socket.socket:
        try:
            plain = _connect_first([proxy.host], proxy.port, left)
            opened.callback(plain.close)
            if not proxy.is_tls:
                return plain
            plain.settimeout(left())
            return self._tls.wrap_socket(plain, server_hostname=proxy.host)
        except ssl.SSLError:
            raise OutgoingFailed("proxy_tls") from None
        except OSError:
            raise OutgoingFailed("proxy_no_answer") from None


def _connect_first(addresses: list[str], port: int, left: Left) -> socket.socket:
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
