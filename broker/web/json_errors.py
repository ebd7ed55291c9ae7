"""Programs: addresses that portals' software asks, which reads JSON, also about what went wrong."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from flask import current_app, jsonify
from werkzeug.wrappers import Response

from broker.texts.errors import ERRORS as TEXTS
from broker.web.endpoints import endpoints_of
from state.trace import show_reference

# RFC 6749 §5.2 names the mistakes of a client; ours and what passes: §4.1.2.1, as others use them.
ERRORS: Final = MappingProxyType(
    {429: "temporarily_unavailable", 500: "server_error", 503: "temporarily_unavailable"}
)
DESCRIPTIONS: Final = MappingProxyType(
    {
        "wrong_host": "this server answers to another host name",
        "https_required": "use the address that begins with https",
        "not_found": "nothing is at this address",
        "method_not_allowed": "this address takes another method",
        "too_large": "the request is too large",
        "too_many_requests": "too many requests; try again later",
        "store_unavailable": "try again later",
        "proxy_misread": "the proxy before this server is set up wrongly; it is not the request",
        "server_error": "something went wrong here; it is not the request",
    }
)


def ask(path: str) -> bool:
    """Do programs ask this address? Also those below it that do not exist."""
    return endpoints_of(current_app).programs_ask(path)


def described(key: str, reference: str) -> str:
    """What went wrong in a sentence for makers of software. ``key``: of the text that people
    read.
    """
    description = DESCRIPTIONS.get(key, "the request is not in order")
    code = TEXTS.get(key, TEXTS["server_error"]).code
    return f"{description} ({code}). Reference: {show_reference(reference)}"


def told(status: int, key: str, reference: str) -> Response:
    """What went wrong, in the shape of RFC 6749 §5.2."""
    response = jsonify(
        {
            "error": ERRORS.get(status, "invalid_request"),
            "error_description": described(key, reference),
        }
    )
    response.status_code = status
    return response
