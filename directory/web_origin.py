"""Origins of web pages, as browsers write them in ``Origin`` (RFC 6454 §6.1)."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, StringConstraints

_HOST: Final = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*|\[[0-9a-f:.]+\]")
_DEFAULT_PORT: Final = {"https": 443, "http": 80}
_HOW: Final = (
    "write scheme, host and port as a browser sends them, for example https://app.example.nl: "
    "in lower case, without the port of the scheme and without a slash at the end"
)


def _as_sent(value: str) -> str:
    """Origins are compared as text, so only the form that browsers send. Raises ValueError."""
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise ValueError(_HOW) from None
    host = parts.netloc.removesuffix(f":{port}") if port is not None else parts.netloc
    if parts.scheme not in _DEFAULT_PORT or not _HOST.fullmatch(host):
        raise ValueError(_HOW)
    shown = "" if port in (None, _DEFAULT_PORT[parts.scheme]) else f":{port}"
    if value != f"{parts.scheme}://{host}{shown}":
        raise ValueError(_HOW)
    if parts.scheme == "http" and not _is_loopback(host):
        raise ValueError("http is for loopback only; use https")
    return value


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


WebOrigin = Annotated[str, StringConstraints(max_length=300), AfterValidator(_as_sent)]
