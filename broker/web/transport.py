"""Transport: what a proxy of ours says came over plain http goes no further.

A page that a person asked for is asked again over https; anything else is refused, so that the
party that sent a secret in the clear notices. Without a proxy that we trust nothing is known of how
the browser came, and nothing is decided.

Where the browser came over https all the same, the proxies or their number are set wrongly, and to
ask again would go round for ever: that ends in a page and in a line for who operates this.
"""

from __future__ import annotations

from typing import Final

import structlog
from flask import Flask, redirect, request
from werkzeug.wrappers import Response

from broker.errors import PageError
from broker.web import json_errors
from broker.web.cookies import HOST_PREFIX, set_cookie
from broker.web.endpoints import endpoints_of
from providers.received import told

SAID: Final = "X-Forwarded-Proto"
ASKED_AGAIN: Final = f"{HOST_PREFIX}sluis-https"  # not kept by who came in the clear
ASKED_SECONDS: Final = 60
log = structlog.get_logger()


def install(app: Flask, base_url: str, *, proxy_hops: int) -> None:
    """Only where the address is https and a proxy stands in front."""
    if not proxy_hops or not base_url.startswith("https:"):
        return
    declared = endpoints_of(app)

    @app.before_request
    def _refuse_plain() -> Response | None:
        if request.scheme != "http" or SAID not in request.headers:
            return None
        if declared.asked().by_address:
            return None
        if _came_over_https(proxy_hops):
            found = _tell_operator(proxy_hops)
            raise PageError(
                500, "proxy_misread", "X-Forwarded-Proto is not read as it was meant", found=found
            )
        # Programs must learn that their address is wrong.
        if request.method not in ("GET", "HEAD") or json_errors.ask(request.path):
            found = {"seen": "http", "expected": "https"}
            raise PageError(400, "https_required", "plain http", found=found)
        query = f"?{request.query_string.decode('latin-1')}" if request.query_string else ""
        again = redirect(f"{base_url}{request.path}{query}", 308)
        set_cookie(again, ASKED_AGAIN, "1", ASKED_SECONDS)
        return again


def _came_over_https(proxy_hops: int) -> bool:
    """What only https explains: a proxy before those that we count says so, or there are fewer than
    we count; a cookie that browsers keep for https alone, or a header that they send over it alone.
    """
    said = [one.strip().lower() for one in request.headers[SAID].split(",")]
    beyond = said[:-proxy_hops] if len(said) >= proxy_hops else said
    return (
        "https" in beyond
        or any(name.startswith(HOST_PREFIX) for name in request.cookies)
        or "Sec-Fetch-Site" in request.headers
    )


def _tell_operator(proxy_hops: int) -> dict[str, str | int | bool | None]:
    """In the log; what is for the trace."""
    said = told(request.headers[SAID], 80)
    values = len(said.split(","))
    remedy = "let the proxy that speaks TLS set X-Forwarded-Proto to https"
    if values != proxy_hops:
        remedy = "make web.trusted_proxy_hops the number of proxies, each of which adds one value"
    log.error(
        "transport.proxy_misread",
        setting="web.trusted_proxy_hops",
        trusted_proxy_hops=proxy_hops,
        x_forwarded_proto=said,
        remedy=remedy,
    )
    return {"seen": f"{SAID}: {said}", "setting": "web.trusted_proxy_hops", "hops": proxy_hops}
