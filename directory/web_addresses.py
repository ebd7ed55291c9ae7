"""Addresses that a registration names and a browser follows: what is wrong with one, and what to
write instead (RFC 3986, RFC 6749 §3.1.2, RFC 8252 §7).

Addresses that Sluis itself calls are judged by ``state.outgoing`` as well.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, parse_qsl, urlsplit

LONGEST: Final = 2000  # what every browser and proxy passes on
# RFC 3986 §2: unreserved, reserved, and a percent sign only before two hex digits.
_ALLOWED: Final = re.compile(r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+")
_LABEL: Final = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_HOST: Final = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*\.?")
_APP_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+-]*(?:\.[A-Za-z0-9+-]+)+")
# What an answer adds by itself (RFC 6749 §4.1.2, RFC 9207 §2).
_OURS: Final = frozenset({"code", "state", "iss", "error", "error_description"})


@dataclass(frozen=True)
class AddressFault:
    """``what`` it is and what that leads to; ``instead``: what to write."""

    what: str
    instead: str


@dataclass(frozen=True)
class _Looked:
    """An address taken apart, where it can be."""

    text: str
    parts: SplitResult

    @property
    def host(self) -> str:
        return self.parts.hostname or ""

    @property
    def is_web(self) -> bool:
        return self.parts.scheme in ("https", "http")


_Rows = tuple[tuple[Callable[[_Looked], bool], str, str], ...]
_A_WHOLE_ONE: Final = "write the whole address, for example https://portal.example.nl/callback"

# The first row that holds says it. Rows of all addresses, then those of one use.
_SHAPE: Final[_Rows] = (
    (lambda at: not at.text.strip(), "it is empty", _A_WHOLE_ONE),
    (lambda at: len(at.text) > LONGEST, "it is too long", f"write {LONGEST} characters at most"),
    (
        lambda at: not at.text.isprintable(),
        "it holds a line break or another invisible sign",
        "write the address on one line",
    ),
    (lambda at: " " in at.text, "it holds a space", "take it out, or write it as %20"),
    (
        lambda at: not at.text.isascii(),
        "it holds signs that are not ASCII",
        "write the host in its xn-- form, and the rest with percent signs",
    ),
    (
        lambda at: "*" in at.text,
        "wildcards mean nothing here: addresses are compared sign by sign",
        "write out each address",
    ),
    (
        lambda at: not _ALLOWED.fullmatch(at.text),
        "it holds signs that no address may hold (RFC 3986)",
        "write them with percent signs",
    ),
    (lambda at: not at.parts.scheme, "it does not begin with a scheme", _A_WHOLE_ONE),
)
_WEB: Final[_Rows] = (
    (lambda at: not at.is_web, "only https can be followed here", "write https://"),
    (lambda at: not at.host, "it names no host", _A_WHOLE_ONE),
    (
        lambda at: "@" in at.parts.netloc,
        "it holds a user name, which hides the host that follows",
        "take away what stands before the @, and the @",
    ),
    (lambda at: not _is_host(at.host), "the host is no host name", "write the name as in DNS"),
    (
        lambda at: at.parts.scheme == "http" and not is_loopback_host(at.host),
        "over http anybody on the way can read and change it",
        "write https:// (http is for this machine alone, such as http://127.0.0.1)",
    ),
)
_ANSWERED: Final[_Rows] = (
    (
        lambda at: "#" in at.text,
        "what is put behind a fragment never arrives (RFC 6749 §3.1.2)",
        "take away the # and what follows",
    ),
)
_CODE: Final[_Rows] = (
    (
        lambda at: bool(_OURS & {name for name, _ in parse_qsl(at.parts.query, True)}),
        "its query holds a name that the answer adds itself",
        f"name it otherwise than {', '.join(sorted(_OURS))}",
    ),
)
_APP: Final[_Rows] = (
    (
        lambda at: not _APP_SCHEME.fullmatch(at.parts.scheme),
        "a scheme of an app is a domain name of its maker turned around (RFC 8252 §7.1)",
        "write for example nl.example.app:/callback",
    ),
)

_OF_AN_APP: Final = AddressFault(
    "only https can be followed here, and a scheme of its own by an app",
    "write https://, or application_type: native where this is an app",
)


def return_fault(address: str, *, native: bool) -> AddressFault | None:
    """A redirect URI: compared sign by sign, and an answer is put behind it. An app (``native``)
    may have a scheme of its own.
    """
    fault = _first(address, _ANSWERED + _CODE, native=native)
    if fault is not None and not native and return_fault(address, native=True) is None:
        return _OF_AN_APP
    return fault


def done_fault(address: str, *, native: bool) -> AddressFault | None:
    """Where somebody goes after logging out; ``state`` is put behind it."""
    return _first(address, _ANSWERED, native=native)


def is_http_alone(address: str) -> bool:
    """Would it do as ``done_fault`` judges, were it https?"""
    scheme, colon, rest = address.partition(":")
    return (
        scheme.lower() == "http"
        and done_fault(address, native=False) is not None
        and done_fault(f"https{colon}{rest}", native=False) is None
    )


def link_fault(address: str) -> AddressFault | None:
    """What a page links to, or where a login begins: people's browsers go there."""
    return _first(address, (), native=False)


def odd_host(address: str) -> bool:
    """Capitals where no browser and few products write them: such an address is compared as it
    stands, so it seldom fits.
    """
    scheme, separator, rest = address.partition("://")
    origin = scheme + re.split(r"[/?#]", rest, maxsplit=1)[0]
    return bool(separator) and origin != origin.lower()


def is_loopback_host(host: str) -> bool:
    """This machine itself (RFC 8252 §7.3); ``host`` in lower case, without brackets."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_host(host: str) -> bool:
    # A name whose last label is a number would be read as an address by some.
    if _HOST.fullmatch(host) and not host.rstrip(".").rpartition(".")[2].isdigit():
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _first(address: str, more: _Rows, *, native: bool) -> AddressFault | None:
    try:
        looked = _Looked(address, urlsplit(address))
        _ = looked.parts.port
    except ValueError:
        return AddressFault("host or port cannot be read", _A_WHOLE_ONE)
    own = native and looked.parts.scheme not in ("https", "http", "")
    rows = _SHAPE + (_APP if own else _WEB) + more
    for holds, what, instead in rows:
        if holds(looked):
            return AddressFault(what, instead)
    return None
