"""Errors become pages: what happened, what to do next, and a reference that the log and the trace
know.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import structlog
from flask import Flask, g, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from broker.downstream.interface import PageError
from broker.http.replies import remember_reference, show
from broker.http.texts import error_page
from broker.runtime import runtime
from state.ephemeral import StoreUnavailable
from state.trace import new_reference

log = structlog.get_logger()
NOTHING: Mapping[str, str | None] = MappingProxyType({})
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
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(StoreUnavailable, _unavailable)
    app.register_error_handler(OperationalError, _unavailable)
    app.register_error_handler(Exception, _unexpected)


def _page_error(error: PageError) -> Response:
    return _show(error.status, error.public_key, error.detail, error.values)


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
    return _show(503, "store_unavailable", type(error).__name__)


def _unexpected(error: Exception) -> Response:
    log.error("unexpected", error=type(error).__name__, exc_info=error)
    return _show(500, "server_error", type(error).__name__)


def _show(
    status: int, key: str, detail: str, values: Mapping[str, str | None] = NOTHING
) -> Response:
    reference = getattr(g, "reference", None)
    if reference is None:
        reference = new_reference()
        remember_reference(reference)
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
            at=runtime().clock(),
            home_url=values.get("home_url"),
            portal=values.get("portal"),
        ),
        status,
    )
