"""Where outgoing calls may go: the URL before DNS, and every IP address after it.

A URL that somebody registered must not lead to what only this machine can reach (CWE-918). Nothing
but https on the open internet is called, unless ``outgoing.allow`` has it; what is refused says by
which rule, and which setting would allow it.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from state.ip_addresses import Address, is_never, is_public
from state.outgoing_allow import NOBODY, Allowed

MAX_URL = 2048
ALLOW: Final = "outgoing.allow"
_VISIBLE = re.compile(r"[!-\[\]-~]+")  # no space, control, backslash or non-ASCII: parsers disagree
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# The last label holds a letter, so 127.1, 2130706433 and 0x7f.0.0.1 are never names.
_NAME = re.compile(rf"(?=.{{4,253}}\Z)(?:{_LABEL}\.)+(?=[a-z0-9-]*[a-z])(?!0x)({_LABEL})")


@dataclass(frozen=True)
class OutgoingRule:
    """One rule of outgoing calls. ``setting``: the one that makes exceptions; empty: there are
    none.
    """

    says: str
    setting: str = ""


# What is refused -> by which rule
RULES: Final = {
    "url_malformed": OutgoingRule("an address is visible ASCII with a host, and has no fragment"),
    "scheme": OutgoingRule("only https is called"),
    "userinfo": OutgoingRule("an address holds no user name"),
    "host": OutgoingRule(
        "a host is a full name; a single word or an IP address only by exception", ALLOW
    ),
    "port": OutgoingRule("ports 443 and 8443 are called, others only by exception", ALLOW),
    "address": OutgoingRule("addresses inside a network are called only by exception", ALLOW),
    "address_never": OutgoingRule("this machine, its link and cloud metadata are never called"),
}


class OutgoingRefused(Exception):
    """Our own rules forbid this call; nothing was sent.

    ``reason`` is a stable machine word, a key of ``RULES``. ``seen``: what the rule is about;
    ``entry``: what to write in ``setting`` to allow it.
    """

    def __init__(self, reason: str, seen: str = "", entry: str = "") -> None:
        super().__init__(reason)
        rule = RULES[reason]
        self.reason = reason
        self.rule, self.setting = rule.says, rule.setting
        self.seen, self.entry = seen, entry

    def __str__(self) -> str:
        seen = f" {self.seen} is not called:" if self.seen else ""
        told = f"{self.reason}:{seen} {self.rule}"
        if not self.setting:
            return f"{told}; correct the address in the registration"
        return f"{told}; to allow it, add {f'{self.entry} ' if self.entry else ''}to {self.setting}"


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
        """``host:port``, brackets around IPv6."""
        return authority(self.host, self.port)


def parse_target(
    url: str,
    allowed_loopback: frozenset[str],
    allowed_ports: frozenset[int],
    allowed: Allowed = NOBODY,
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
        raise OutgoingRefused("scheme", parts.scheme[:20])
    if "@" in parts.netloc:
        raise OutgoingRefused("userinfo")
    if not host or "#" in url or "%" in parts.netloc:
        raise OutgoingRefused("url_malformed")
    port = port if port is not None else (443 if parts.scheme == "https" else 80)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    loopback = authority(host, port) in allowed_loopback
    if not loopback:
        _check_outside(parts.scheme, host, port, allowed_ports, allowed)
    return Target(parts.scheme, host, port, path, loopback)


def _check_outside(
    scheme: str, host: str, port: int, allowed_ports: frozenset[int], allowed: Allowed
) -> None:
    if scheme != "https":
        raise OutgoingRefused("scheme", f"http at {authority(host, port)}")
    entry = _entry(host, port, allowed_ports)
    if not _is_host(host, port, allowed):
        raise OutgoingRefused("host", authority(host, port), entry)
    if port not in allowed_ports and not allowed.knows_port(host, port):
        raise OutgoingRefused("port", authority(host, port), entry)


def _is_host(host: str, port: int, allowed: Allowed) -> bool:
    literal = _literal(host)
    if literal is not None:
        return allowed.holds(literal, port)  # certificates name hosts, those of a network may not
    return _NAME.fullmatch(host) is not None or allowed.names(host, port)


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _entry(host: str, port: int, usual: frozenset[int]) -> str:
    return f'"{host}"' if port in usual else f'"{authority(host, port)}"'


def check_addresses(
    target: Target,
    addresses: Sequence[str],
    allowed: Allowed = NOBODY,
    allowed_ports: frozenset[int] = frozenset({443, 8443}),
) -> None:
    """Raises OutgoingRefused unless every address may be reached: one bad one is an attack too."""
    for text in addresses:
        address = _literal(text.partition("%")[0])
        if address is None:
            raise OutgoingRefused("address_never", f"{text[:60]} of {target.authority}")
        if target.loopback:
            if not address.is_loopback:
                raise OutgoingRefused("address_never", f"{address} of {target.authority}")
            continue
        _check_address(target, address, allowed, allowed_ports)


def _check_address(
    target: Target, address: Address, allowed: Allowed, usual: frozenset[int]
) -> None:
    seen, entry = f"{address} of {target.host}", _entry(target.host, target.port, usual)
    excepted = allowed.names(target.host, target.port) or allowed.holds(address, target.port)
    if is_public(address):
        if target.port not in usual and not excepted:
            raise OutgoingRefused("port", target.authority, entry)
        return
    if is_never(address):
        raise OutgoingRefused("address_never", seen)
    if not excepted:
        raise OutgoingRefused("address", seen, entry)


def checked_loopback(entries: frozenset[str]) -> frozenset[str]:
    """The development list itself: loopback only, each with its port. Raises ValueError."""
    checked = set()
    for entry in entries:
        parts = urlsplit(f"//{entry}")
        host = (parts.hostname or "").lower()
        if parts.port is None or not (host == "localhost" or is_loopback_literal(host)):
            raise ValueError(f"{entry!r} is not a loopback address with a port")
        checked.add(authority(host, parts.port))
    return frozenset(checked)


def is_loopback_literal(host: str) -> bool:
    """True for an address of this machine itself, written as a number."""
    literal = _literal(host)
    return literal is not None and literal.is_loopback


def authority(host: str, port: int) -> str:
    """``host:port``, brackets around IPv6."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
