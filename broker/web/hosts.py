"""Hosts: the broker answers to the name in ``web.base_url`` and to no other.

Links never come from the request, so this is a second lock: a page that was asked under another
name is neither shown nor kept by any cache. Health is asked by address and is exempt.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask

from broker.errors import PageError
from broker.web.current_request import current_request
from broker.web.endpoints import endpoints_of
from providers.received import told

DEFAULT_PORTS = {"http": 80, "https": 443}


def install(app: Flask, base_url: str) -> None:
    """Refuse every other Host before anything is done for the request."""
    allowed, declared = names_of(base_url), endpoints_of(app)

    @app.before_request
    def _refuse_others() -> None:
        said = current_request().environ.get("HTTP_HOST", "").lower()
        if said not in allowed and not declared.asked().by_address:
            found = {"seen": told(said), "expected": " ".join(sorted(allowed))}
            raise PageError(400, "wrong_host", "Host is not that of web.base_url", found=found)


def names_of(base_url: str) -> frozenset[str]:
    """The Host headers that mean this address: the default port may be written or left out."""
    parts = urlsplit(base_url)
    host = parts.netloc.lower()
    default = DEFAULT_PORTS[parts.scheme]
    if parts.port is None:
        return frozenset({host, f"{host}:{default}"})
    return frozenset({host, host.removesuffix(f":{default}")})
