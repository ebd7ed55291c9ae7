"""Calls through the proxy of the installation: an HTTP proxy that is asked for a tunnel (CONNECT,
RFC 9110 §9.3.6). What goes through it is TLS with the party itself.
"""

from __future__ import annotations

import base64
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote, urlsplit

from state.addresses import authority
from state.outgoing_allow import NOBODY, Allowed
from state.outgoing_failures import OutgoingFailed
from state.outgoing_wire import Wire

MAX_HEAD: Final = 8 * 1024
HOW: Final = "write http://proxy.example.nl:3128, or https:// for a proxy that speaks TLS"
_PARTY_IS_AWAY: Final = frozenset({502, 503, 504})


@dataclass(frozen=True)
class Proxy:
    """``resolves``: it is given names and looks them up itself; else it is given the address that
    was checked here. ``direct``: who is called around it.
    """

    url: str  # without credentials
    host: str
    port: int
    is_tls: bool
    authorization: str | None = field(default=None, repr=False)
    resolves: bool = False
    direct: Allowed = NOBODY

    def goes_around(self, host: str, port: int, addresses: Sequence[str] = ()) -> bool:
        """Is this party called directly? ``addresses``: all that its name has, where known."""
        if self.direct.names(host, port):
            return True
        found = addresses or ([host] if _is_literal(host) else [])
        return bool(found) and all(
            self.direct.holds(ipaddress.ip_address(text.partition("%")[0]), port) for text in found
        )

    def open_tunnel(self, wire: Wire, host: str, port: int) -> None:
        """Ask for a connection to this party; afterwards the connection is one with it.

        Raises OutgoingFailed, OSError.
        """
        to = authority(host, port)
        lines = [f"CONNECT {to} HTTP/1.1", f"Host: {to}"]
        if self.authorization is not None:
            lines.append(f"Proxy-Authorization: {self.authorization}")
        wire.sendall(("\r\n".join(lines) + "\r\n\r\n").encode("ascii"))
        status = _status(_head(wire))
        if 200 <= status < 300:
            return
        if status in _PARTY_IS_AWAY:
            raise OutgoingFailed("no_answer")
        raise OutgoingFailed("proxy_login" if status == 407 else "proxy_refused")


def read_proxy(
    url: str, password: str | None = None, *, resolves: bool = False, direct: Allowed = NOBODY
) -> Proxy:
    """The proxy of a setting, ``http://user@host:port``. Raises ValueError with what to write."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise ValueError(HOW) from None
    if parts.scheme not in ("http", "https") or not host or parts.path.strip("/"):
        raise ValueError(HOW)
    if parts.query or parts.fragment or not url.isascii() or not url.isprintable():
        raise ValueError(HOW)
    if parts.password is not None:
        raise ValueError("write its password in the file of outgoing.proxy_password_file")
    if password is not None and not parts.username:
        raise ValueError("say who logs in: http://user@proxy.example.nl:3128")
    is_tls = parts.scheme == "https"
    port = port if port is not None else (443 if is_tls else 80)
    pair = f"{unquote(parts.username or '')}:{password or ''}"
    login = "Basic " + base64.b64encode(pair.encode()).decode() if parts.username else None
    return Proxy(
        url=f"{parts.scheme}://{authority(host, port)}",
        host=host,
        port=port,
        is_tls=is_tls,
        authorization=login,
        resolves=resolves,
        direct=direct,
    )


def _head(wire: Wire) -> bytes:
    """Up to the empty line and not a byte further: what follows is the party's."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = wire.recv(1)
        if not byte or len(head) >= MAX_HEAD:
            raise OutgoingFailed("proxy_no_answer")
        head += byte
    return head


def _status(head: bytes) -> int:
    version, _, rest = head.partition(b" ")
    if not version.startswith(b"HTTP/1.") or not rest[:3].isdigit():
        raise OutgoingFailed("proxy_no_answer")
    return int(rest[:3])


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
