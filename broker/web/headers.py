"""Response headers: a strict content policy, no framing, no caching of anything that knows a
person.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, g
from werkzeug.wrappers import Response

from broker.web.endpoints import Readers, endpoints_of

BASE_POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; script-src 'self'; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action "
)
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def allow_form_to(url: str | None) -> None:
    """Let forms of this page lead to the origin of ``url``: Chromium checks a form's redirects as
    well.
    """
    parts = urlsplit(url or "")
    if not parts.scheme:
        return
    targets: set[str] = g.setdefault("form_targets", set())
    web = parts.scheme in ("https", "http")
    targets.add(f"{parts.scheme}://{parts.netloc}" if web else f"{parts.scheme}:")


def allow_looking_again() -> None:
    """Let the script of this page fetch it again."""
    g.looks_again = True


def install(app: Flask, *, hsts: bool) -> None:
    """Set the headers on every response, also on errors and static files."""
    declared = endpoints_of(app)

    @app.after_request
    def _headers(response: Response) -> Response:
        targets = sorted(g.get("form_targets", ()))
        policy = BASE_POLICY + " ".join(["'self'", *targets])
        if g.get("looks_again"):
            policy += "; connect-src 'self'"
        response.headers["Content-Security-Policy"] = policy
        response.headers.extend(FIXED)
        if hsts:
            response.headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
        is_found = response.status_code < 400
        readers = declared.asked().readers if is_found else Readers.VISITOR
        if readers is Readers.ANYBODY:
            response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        elif readers is Readers.VISITOR:
            response.headers["Cache-Control"] = "no-store"
            response.headers["Pragma"] = "no-cache"
            response.vary.add("Cookie")
        response.headers.pop("Server", None)
        return response
