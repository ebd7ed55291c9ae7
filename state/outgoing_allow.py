"""Who may be called beyond the open internet: entries of ``outgoing.allow``, and who goes around a
proxy: those of ``outgoing.no_proxy``.

An entry is a host name, an IP address or a network, with a port or without: ``idp.intern``,
``idp.intern:9443``, ``10.1.0.0/16``, ``10.1.0.0/16:9443``, ``[fd00::/8]:9443``.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from state.ip_addresses import Address, Network, is_never

_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# The last label holds a letter and is no hexadecimal number: 127.1 and 0x7f are never names.
_NAME: Final = re.compile(rf"(?=.{{1,253}}\Z)(?:{_LABEL}\.)*(?=[a-z0-9-]*[a-z])(?!0x)({_LABEL})")
_BRACKETED: Final = re.compile(r"\[([^\]]+)\](?::(.*))?")
HOW: Final = 'write a host name, an IP address or a network, with ":port" where it has its own'


@dataclass(frozen=True)
class AllowedParty:
    """One entry. Exactly one of ``host`` (lower case) and ``network``; without a ``port`` it holds
    for the usual ones.
    """

    host: str | None
    network: Network | None
    port: int | None

    def has_port(self, port: int, usual: frozenset[int]) -> bool:
        """Is it about this port?"""
        return port in usual if self.port is None else port == self.port


@dataclass(frozen=True)
class Allowed:
    """All entries together. ``usual``: the ports of an entry without one."""

    parties: tuple[AllowedParty, ...] = ()
    usual: frozenset[int] = frozenset()

    def names(self, host: str, port: int) -> bool:
        """Is there an entry of this host name and port?"""
        return any(p.host == host and p.has_port(port, self.usual) for p in self.parties)

    def holds(self, address: Address, port: int) -> bool:
        """Does this address lie in a network that has this port?"""
        plain = unwrapped(address)
        return any(
            p.network is not None
            and p.network.version == plain.version
            and plain in p.network
            and p.has_port(port, self.usual)
            for p in self.parties
        )

    def knows_port(self, host: str, port: int) -> bool:
        """May it be right, as far as can be said before the name is looked up?"""
        return any(
            (p.host == host or p.network is not None) and p.has_port(port, self.usual)
            for p in self.parties
        )


NOBODY: Final = Allowed()


def read_allowed(entries: Iterable[str], usual: frozenset[int]) -> Allowed:
    """Raises ValueError with the entry and what to write instead."""
    return Allowed(tuple(parse_party(entry) for entry in entries), usual)


def parse_party(entry: str) -> AllowedParty:
    """One entry as it is written. Raises ValueError."""
    if "//" in entry:
        raise ValueError(f"{entry!r}: {HOW}")
    text, port = _split(entry)
    network = _network(entry, text)
    if network is not None:
        return AllowedParty(None, network, port)
    name = text.lower()
    if not _NAME.fullmatch(name):
        raise ValueError(f"{entry!r}: {HOW}")
    if name == "localhost" or name.endswith(".localhost"):
        raise ValueError(f"{entry!r}: this machine itself is never called from outside development")
    return AllowedParty(name, None, port)


def unwrapped(address: Address) -> Address:
    """IPv4 that is written as IPv6 as the IPv4 address that it is."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def _split(entry: str) -> tuple[str, int | None]:
    bracketed = _BRACKETED.fullmatch(entry)
    if bracketed is not None:
        text, port = bracketed[1], bracketed[2]
    elif entry.count(":") == 1:
        text, _, port = entry.partition(":")
    else:
        text, port = entry, None
    if port is None:
        return text, None
    if not (port.isascii() and port.isdecimal() and 0 < int(port) < 65536):
        raise ValueError(f"{entry!r}: a port is a number from 1 to 65535")
    return text, int(port)


def _network(entry: str, text: str) -> Network | None:
    """None for what is no address at all. Raises ValueError for a network that cannot be meant."""
    try:
        loose = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
    if "/" in text and str(loose.network_address) != str(
        ipaddress.ip_address(text.partition("/")[0])
    ):
        raise ValueError(f"{entry!r}: this network is written {loose}")
    if is_never(loose.network_address) or is_never(loose.broadcast_address):
        raise ValueError(
            f"{entry!r}: reaches this machine itself, link-local, multicast or reserved "
            "addresses, which are never called"
        )
    return loose
