"""Errors become pages, or JSON for programs: what happened, what to do next, and a reference that
the log and the trace know.
"""

from __future__ import annotations

import errno
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog
from flask import Flask, request
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from broker.errors import NOTHING, PageError, TooManyRequests
from broker.monitoring import metrics
from broker.runtime import runtime
from broker.texts import rejected_answers
from broker.texts.errors import ABOUT_A_MAKELAAR, ERRORS, may_be_explained
from broker.texts.reasons import page_reason
from broker.web import error_facts, http_methods, json_errors, refusals, soap_errors
from broker.web.announcement_page import AnnouncementNote
from broker.web.announcements import makelaar_of_request, notes_on_error
from broker.web.error_page import ErrorPage
from broker.web.refusals import PAGE, PROGRAM, ErrorShown
from broker.web.responses import portal_of_request, show
from keys.keyring import KeyMissing
from state import outages
from state.ephemeral import StoreUnavailable
from state.trace import Fact

log = structlog.get_logger()
RETRY_SECONDS = {
    429: "60",
    503: "10",  # longer than a restart of the store or a fail-over of the database takes
}
SHORTAGES = frozenset(
    {
        *(errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN),  # files, memory, processes
        *(errno.ENOSPC, errno.EDQUOT, errno.EFBIG),  # disk
    }
)
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
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(StoreUnavailable, _unavailable)
    # The database is away, has no connection left, or stands by for another one (read-only).
    for away in (OperationalError, PoolTimeout, InternalError):
        app.register_error_handler(away, _unavailable)
    app.register_error_handler(KeyMissing, _no_key)
    app.register_error_handler(Exception, _unexpected)


def _page_error(error: PageError) -> Response:
    return _show(error.status, error.public_key, error.detail, error.values, error.found)


def _too_many(error: TooManyRequests) -> Response:
    limit: dict[str, Fact] = {"allowed_requests": error.most, "window_seconds": error.seconds}
    response = _show(429, "too_many_requests", error.rule, found=limit)
    response.headers["Retry-After"] = str(error.seconds)
    return response


def _csrf(error: CSRFError) -> Response:
    return _show(400, "csrf", str(error.description))


def http_error(error: HTTPException) -> Response:
    """The page, or the JSON, of a bare status."""
    status = error.code or 500
    if 300 <= status < 400:
        return error.get_response()
    return _show(status, STATUS_KEYS.get(status, "invalid_request"), error.name)


def _unavailable(error: Exception) -> Response:
    is_apart = runtime().settings.store.url not in ("sql:", "memory:")
    away = isinstance(error, StoreUnavailable) and is_apart
    found: dict[str, Fact] = {"redis": str(error)} if away else {}
    return _show(503, "store_unavailable", outages.named(error), found=found)


def _no_key(missing: KeyMissing) -> Response:
    """What must be signed cannot be, until a key is active again."""
    found: dict[str, Fact] = {"key_use": str(missing.use)}
    return _show(503, "store_unavailable", "no key to sign with", found=found)


def _unexpected(error: Exception) -> Response:
    if _is_shortage(error):
        return _unavailable(error)
    log.error("unexpected", error=type(error).__name__, exc_info=error)
    return _show(500, "server_error", type(error).__name__)


def _is_shortage(error: Exception) -> bool:
    """The machine has too little of something for a moment; who comes back finds it well again."""
    return isinstance(error, MemoryError) or (
        isinstance(error, OSError) and error.errno in SHORTAGES
    )


def _show(
    status: int,
    key: str,
    detail: str,
    values: Mapping[str, Any] = NOTHING,
    found: Mapping[str, Fact] = NOTHING,
) -> Response:
    rt, for_program = runtime(), json_errors.ask(request.path)
    facts = error_facts.of_error(request, status=status, key=key, detail=detail, found=found)
    error = ErrorShown(
        page_reason(key),
        PROGRAM if for_program else PAGE,
        is_ours=status >= 500,
        # Where another part than the database is named, that one can keep it.
        may_be_kept=key != "store_unavailable" or bool(found),
        found=facts,
    )
    if error.is_ours:
        metrics.ERRORS.labels(key).inc()
    reference, is_kept = refusals.note_error(rt, error)
    _log(key, reference, facts, is_kept=is_kept)
    if for_program:
        in_words = soap_errors if soap_errors.ask() else json_errors
        response = in_words.told(status, key, reference)
    else:
        page = error_page(
            key,
            reference=reference,
            at=rt.clock(),
            announcements=notes_on_error(rt) if may_be_explained(key) else (),
            home_url=values.get("home_url"),
            portal=values.get("portal"),
            begun=values.get("begun"),
            minutes=values.get("minutes"),
            reason=detail,
            makelaar=makelaar_of_request(rt) if key in ABOUT_A_MAKELAAR else None,
        )
        response = show(page, status)
    if status == 405:
        response.headers["Allow"] = ", ".join(http_methods.allowed())
    if status in RETRY_SECONDS:
        response.headers["Retry-After"] = RETRY_SECONDS[status]
    return response


def _log(key: str, reference: str, facts: Mapping[str, Fact], *, is_kept: bool) -> None:
    """As complete as the trace, for a code that has none. ``endpoint``: the name of the view."""
    apart = ("http_status", "path")
    log.warning(
        "page_error",
        key=key,
        status=facts["http_status"],
        reference=reference,
        endpoint=request.endpoint,
        client=portal_of_request(),
        trace=is_kept,
        **{name: said for name, said in facts.items() if said is not None and name not in apart},
    )


def error_page(
    key: str,
    *,
    reference: str,
    at: datetime,
    announcements: tuple[AnnouncementNote, ...] = (),
    home_url: str | None = None,
    portal: str | None = None,
    begun: datetime | None = None,
    minutes: int | None = None,
    reason: str | None = None,
    makelaar: str | None = None,
) -> ErrorPage:
    """The page for this cause; an unknown key is an error of ours. ``portal``: where ``home_url``
    leads, by name. ``begun`` and ``minutes``: of a login that took too long. ``reason``: why the
    answer of a makelaar was refused; ``makelaar``: its name.
    """
    is_rejected = key in rejected_answers.KEYS
    text = (
        rejected_answers.page_text(key, reason)
        if is_rejected
        else ERRORS.get(key, ERRORS["server_error"])
    )
    return ErrorPage(
        title=str(text.title),
        what=str(text.what),
        now=str(text.now),
        developers=str(text.developers) if text.developers else None,
        code=text.code,
        reference=reference,
        at=at,
        announcements=announcements,
        home_url=home_url,
        home_label=_home_label(portal) if home_url else None,
        begun=begun,
        minutes=minutes,
        makelaar=makelaar,
    )


def _home_label(portal: str | None) -> str:
    return gettext("Ga terug naar %(portal)s", portal=portal) if portal else gettext("Ga verder")
