"""Transport: what a proxy of ours says came over plain http goes no further.

A page that a person asked for is asked again over https; anything else is refused, so that the
party that sent a secret in the clear notices. Without a proxy that we trust nothing is known of how
the browser came, and nothing is decided.
"""

from __future__ import annotations

from flask import Flask, redirect, request
from werkzeug.wrappers import Response

from broker.errors import PageError
from broker.web import json_errors
from broker.web.endpoints import endpoints_of


def install(app: Flask, base_url: str, *, proxy_hops: int) -> None:
    """Only where the address is https and a proxy stands in front."""
    if not proxy_hops or not base_url.startswith("https:"):
        return
    declared = endpoints_of(app)

    @app.before_request
    def _refuse_plain() -> Response | None:
        if request.scheme != "http" or "X-Forwarded-Proto" not in request.headers:
            return None
        if declared.asked().by_address:
            return None
        # Programs must learn that their address is wrong.
        if request.method not in ("GET", "HEAD") or json_errors.ask(request.path):
            raise PageError(400, "https_required", "plain http")
        query = f"?{request.query_string.decode('latin-1')}" if request.query_string else ""
        return redirect(f"{base_url}{request.path}{query}", 308)
