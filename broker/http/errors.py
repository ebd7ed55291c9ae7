"""Errors become pages: what happened, what to do next, and a reference that the log and the trace
know.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import structlog
from flask import Flask, g, jsonify, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from broker.downstream.interface import PageError, TooManyRequests
from broker.http.operator_texts import notes_on_error
from broker.http.replies import remember_reference, show
from broker.http.texts import error_page, may_be_explained
from broker.runtime import runtime
from state.ephemeral import StoreUnavailable
from state.trace import new_reference, show_reference

log = structlog.get_logger()
# Asked by programs, which read JSON.
PROGRAMS = frozenset({"oidc.token", "oidc.userinfo"})
NOTHING: Mapping[str, str | None] = MappingProxyType({})
RETRY_SECONDS = "10"  # longer than a restart of the store or a fail-over of the database takes
STATUS_KEYS = {
    400: "invalid_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    429: "too_many_requests",
}


def install(app: Flask) -> None:
    """Register the handlers. Nothing that goes wrong shows a stack trace or a bare status."""
    app.register_error_handler(PageError, _page_error)
    app.register_error_handler(TooManyRequests, _too_many)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(StoreUnavailable, _unavailable)
    # The database is away, has no connection left, or stands by for another one (read-only).
    for away in (OperationalError, PoolTimeout, InternalError):
        app.register_error_handler(away, _unavailable)
    app.register_error_handler(Exception, _unexpected)


def _page_error(error: PageError) -> Response:
    response = _show(error.status, error.public_key, error.detail, error.values)
    if error.status == 429:
        response.headers["Retry-After"] = "60"
    return response


def _too_many(error: TooManyRequests) -> Response:
    if request.endpoint in PROGRAMS:
        response = _too_many_in_json()
    else:
        response = _show(429, "too_many_requests", error.rule)
    response.headers["Retry-After"] = str(error.seconds)
    return response


def _too_many_in_json() -> Response:
    text = f"too many requests; try again later. Reference: {show_reference(_reference())}"
    response = jsonify({"error": "temporarily_unavailable", "error_description": text})
    response.status_code = 429
    return response


def _csrf(error: CSRFError) -> Response:
    return _show(400, "csrf", str(error.description))


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if 300 <= status < 400:
        return error.get_response()
    response = _show(status, STATUS_KEYS.get(status, "invalid_request"), error.name)
    if status == 405:
        for name, value in error.get_headers():
            if name == "Allow":
                response.headers[name] = value
    return response


def _unavailable(error: Exception) -> Response:
    response = _show(503, "store_unavailable", type(error).__name__)
    response.headers["Retry-After"] = RETRY_SECONDS
    return response


def _unexpected(error: Exception) -> Response:
    log.error("unexpected", error=type(error).__name__, exc_info=error)
    return _show(500, "server_error", type(error).__name__)


def _reference() -> str:
    """That of the login that this request is about, or one of its own."""
    reference: str | None = getattr(g, "reference", None)
    if reference is None:
        reference = new_reference()
        remember_reference(reference)
    return reference


def _show(
    status: int, key: str, detail: str, values: Mapping[str, str | None] = NOTHING
) -> Response:
    reference, rt = _reference(), runtime()
    log.warning(
        "page_error",
        status=status,
        key=key,
        detail=detail,
        reference=reference,
        endpoint=request.endpoint,
    )
    return show(
        error_page(
            key,
            reference=reference,
            at=rt.clock(),
            announcements=notes_on_error(rt) if may_be_explained(key) else (),
            home_url=values.get("home_url"),
            portal=values.get("portal"),
        ),
        status,
    )
