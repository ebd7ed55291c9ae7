"""What is known of a request that ends in an error: how it was asked and with which browser. No
values of its query, no address that may hold a secret, nothing that names a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import Request, current_app

from broker.texts.errors import ERRORS
from broker.web import http_methods, user_agents
from broker.web.bodies import MAX_BODY
from state.trace import Fact

OURS: Final = "sluis"  # in the names of all our cookies
COOKIES_OURS: Final = "ours"
COOKIES_OTHERS: Final = "others"
COOKIES_NONE: Final = "none"


def of_error(
    request: Request, *, status: int, key: str, detail: str, found: Mapping[str, Fact]
) -> dict[str, Fact]:
    """``key``: of the text that people read. ``detail`` is a word or a sentence of ours."""
    text = ERRORS.get(key, ERRORS["server_error"])
    return {
        "error_code": text.code,
        "detail": detail or None,
        **_of_key(request, key),
        **found,
        "http_status": status,
        "http_method": shown_method(request),
        "path": request.url_rule.rule if request.url_rule is not None else None,
        "kept_by_browser": cookies(request),
        "browser": user_agents.kept(request),
    }


def cookies(request: Request) -> str:
    """Did this browser send cookies at all, and any of ours?"""
    if not request.cookies:
        return COOKIES_NONE
    return COOKIES_OURS if any(OURS in name for name in request.cookies) else COOKIES_OTHERS


def shown_method(request: Request) -> str:
    """As it was asked, where it is a method that has a name."""
    known = request.method.isascii() and request.method.isalpha() and len(request.method) <= 10
    return request.method if known else "?"


def _of_key(request: Request, key: str) -> dict[str, Fact]:
    if key == "too_large":
        announced = request.content_length
        most = request.max_content_length or MAX_BODY
        return {
            "sent_bytes": announced if announced is not None and announced > most else None,
            "allowed_bytes": most,
        }
    if key == "method_not_allowed":
        return {"expected": ", ".join(http_methods.allowed()) or None}
    if key == "not_found":
        return {"below": _known_folder(request)}
    return {}


def _known_folder(request: Request) -> str | None:
    """The first part of the address, where something of ours is below it: the rest may be a secret
    that somebody copied badly.
    """
    first = "/" + request.path.strip("/").partition("/")[0]
    rules = current_app.url_map.iter_rules()
    return first if any(f"{rule.rule}/".startswith(f"{first}/") for rule in rules) else None
