"""Response headers: a strict content policy, no framing, no caching of anything that knows a
person.
"""

from __future__ import annotations

from flask import Flask, g
from werkzeug.wrappers import Response

from broker.web.endpoints import Readers, endpoints_of

BASE_POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; script-src 'self'; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)
NOTHING = "default-src 'none'; sandbox; frame-ancestors 'none'"
OUR_FORMS = "; form-action 'self'"
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def let_form_leave() -> None:
    """For the one page whose form posts to another party. That party may send the browser on to
    whom it likes, and Chromium holds each of these against ``form-action``: there is none.
    """
    g.form_leaves = True


def let_be_framed(by: tuple[str, ...]) -> None:
    """For the one answer that others hold in a frame, with nothing in it to click on or to read:
    that a session ended (OpenID Connect Front-Channel Logout 1.0 §3). ``by``: their origins.
    """
    g.framed_by = " ".join(by)


def let_nothing_run() -> None:
    """For a file that somebody brought: whatever it is, a browser that shows it runs and fetches
    nothing.
    """
    g.runs_nothing = True


def allow_looking_again() -> None:
    """Let the script of this page fetch it again."""
    g.looks_again = True


def install(app: Flask, *, hsts: bool) -> None:
    """Set the headers on every response, also on errors and static files."""
    declared = endpoints_of(app)

    @app.after_request
    def _headers(response: Response) -> Response:
        policy = BASE_POLICY if g.get("form_leaves") else BASE_POLICY + OUR_FORMS
        if g.get("looks_again"):
            policy += "; connect-src 'self'"
        fixed = dict(FIXED)
        if framed_by := g.get("framed_by"):
            policy = f"default-src 'none'; frame-ancestors {framed_by}"
            del fixed["X-Frame-Options"]
        if g.get("runs_nothing"):
            policy = NOTHING
        response.headers["Content-Security-Policy"] = policy
        response.headers.extend(fixed)
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
