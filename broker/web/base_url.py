"""Addresses: routes are bound to the configured name, not to what a request says of itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Request
from werkzeug.routing import MapAdapter


class BoundFlask(Flask):
    """A Flask whose links and redirects always name ``base_url``, whatever the Host header says.

    It also spares every request the work of finding out its own address, and whether one of a dozen
    functions on its way is a coroutine: none is.
    """

    _scheme, _netloc = "https", ""

    def bind_to(self, base_url: str) -> None:
        """Set the address, once, before the first request."""
        parts = urlsplit(base_url)
        self._scheme, self._netloc = parts.scheme, parts.netloc

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        if request is None:
            return super().create_url_adapter(None)
        return MapAdapter(
            self.url_map,
            self._netloc,
            "/",
            "",
            self._scheme,
            request.path,
            request.method,
            request.query_string.decode("latin-1"),
        )
