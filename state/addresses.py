"""Which addresses outgoing calls may reach: the URL before DNS, and every IP address after it.

A URL that somebody registered must not lead to what only this machine can reach (CWE-918). The name
is judged by its shape, each address that it resolves to by the registries of special-purpose
addresses (RFC 6890).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

MAX_URL = 2048
_IPv4 = ipaddress.IPv4Address
_IPv6 = ipaddress.IPv6Address
_VISIBLE = re.compile(r"[!-\[\]-~]+")  # no space, control, backslash or non-ASCII: parsers disagree
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# The last label holds a letter, so 127.1, 2130706433 and 0x7f.0.0.1 are never names.
_NAME = re.compile(rf"(?=.{{4,253}}\Z)(?:{_LABEL}\.)+(?=[a-z0-9-]*[a-z])(?!0x)({_LABEL})")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
# Python counts these as global or leaves them open; they carry or reach other networks' insides.
_ALSO_INSIDE = tuple(
    ipaddress.ip_network(text)
    for text in (
        "168.63.129.16/32",  # a cloud's host agent on a public address
        "192.88.99.0/24",  # 6to4 relays
        "::/96",  # IPv4-compatible
        "64:ff9b:1::/48",  # local NAT64
        "100::/64",
        "2001::/23",  # Teredo, ORCHID and other protocol assignments
        "2002::/16",  # 6to4
        "fec0::/10",  # site-local
    )
)


class OutgoingRefused(Exception):
    """The policy forbids this call; nothing was sent. ``reason`` is a stable machine word."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Target:
    """Where a call goes. ``host`` in lower case, no brackets; ``loopback``: a listed address."""

    scheme: str
    host: str
    port: int
    path: str  # with query
    loopback: bool

    @property
    def authority(self) -> str:
        """``host:port``, brackets around IPv6: the key of this party."""
        return _authority(self.host, self.port)


def parse_target(
    url: str, allowed_loopback: frozenset[str], allowed_ports: frozenset[int]
) -> Target:
    """The URL as a Target. Raises OutgoingRefused where its shape alone forbids the call."""
    if len(url) > MAX_URL or not _VISIBLE.fullmatch(url):
        raise OutgoingRefused("url_malformed")
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise OutgoingRefused("url_malformed") from None
    if parts.scheme not in ("https", "http"):
        raise OutgoingRefused("scheme")
    if "@" in parts.netloc:
        raise OutgoingRefused("userinfo")
    if not host or "#" in url or "%" in parts.netloc:
        raise OutgoingRefused("url_malformed")
    port = port if port is not None else (443 if parts.scheme == "https" else 80)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    loopback = _authority(host, port) in allowed_loopback
    if not loopback:
        _check_outside(parts.scheme, host, port, allowed_ports)
    return Target(parts.scheme, host, port, path, loopback)


def _check_outside(scheme: str, host: str, port: int, allowed_ports: frozenset[int]) -> None:
    if scheme != "https":
        raise OutgoingRefused("scheme")
    if not _NAME.fullmatch(host):
        raise OutgoingRefused("host")  # IP literals included: certificates name hosts
    if port not in allowed_ports:
        raise OutgoingRefused("port")


def check_addresses(target: Target, addresses: Sequence[str]) -> None:
    """Raises OutgoingRefused unless every address may be reached: one bad one is an attack too."""
    for text in addresses:
        try:
            address = ipaddress.ip_address(text.partition("%")[0])
        except ValueError:
            raise OutgoingRefused("address") from None
        allowed = address.is_loopback if target.loopback else is_public(address)
        if not allowed:
            raise OutgoingRefused("address")


def is_public(address: _IPv4 | _IPv6) -> bool:
    """True for an address on the open internet, looking through IPv4 that is wrapped in IPv6."""
    if isinstance(address, _IPv6):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address in _NAT64:
            return is_public(_IPv4(int(address) & 0xFFFFFFFF))
    if address.is_multicast or address.is_reserved or address.is_unspecified:
        return False
    if any(address.version == net.version and address in net for net in _ALSO_INSIDE):
        return False
    return address.is_global


def checked_loopback(entries: frozenset[str]) -> frozenset[str]:
    """The development list itself: loopback only, each with its port. Raises ValueError."""
    checked = set()
    for entry in entries:
        parts = urlsplit(f"//{entry}")
        host = (parts.hostname or "").lower()
        if parts.port is None or not (host == "localhost" or is_loopback_literal(host)):
            raise ValueError(f"{entry!r} is not a loopback address with a port")
        checked.add(_authority(host, parts.port))
    return frozenset(checked)


def is_loopback_literal(host: str) -> bool:
    """True for an address of this machine itself, written as a number."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _authority(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
