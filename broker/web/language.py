"""Dutch or English: the switch on the page, then the cookie, then the portal's wish, then the
browser's.
"""

from __future__ import annotations

from flask import Flask, Request, request
from werkzeug.wrappers import Response

from broker.web.cookies import LANGUAGE, remember_language
from broker.web.current_request import current_notes, current_request
from broker.web.endpoints import Readers, endpoints_of

LOCALES = ("nl", "en")


def install(app: Flask) -> None:
    """Remember the language that a user switches to."""
    declared = endpoints_of(app)

    @app.after_request
    def _remember(response: Response) -> Response:
        wish = _asked(current_request())
        if wish in LOCALES:
            endpoint = declared.asked()
            # A cache keeps an answer for others, with the cookies in it.
            is_kept = endpoint.readers is not Readers.VISITOR
            if endpoint.sets_language and not is_kept:
                remember_language(response, wish)
        return response


def locale() -> str:
    """The language of this response: ``nl`` or ``en``."""
    request = current_request()
    cookies = request.cookies
    wishes = (
        _asked(request),
        cookies[LANGUAGE] if LANGUAGE in cookies else None,  # noqa: SIM401
        getattr(current_notes(), "portal_locale", None),
    )
    found = next((wish for wish in wishes if wish in LOCALES), None)
    return found or _of_browser() or "nl"


def _asked(request: Request) -> str | None:
    """What the switch on the page says. Nearly every request says nothing, which ``get`` would find
    out by an exception.
    """
    asked = request.args
    return asked["ui"] if "ui" in asked else None  # noqa: SIM401


def _of_browser() -> str | None:
    """The first that we speak, wherever it is spoken: who asks ``en-GB, nl;q=0.9`` reads English
    rather than Dutch (RFC 4647 §3.4).
    """
    asked = (value.partition("-")[0].lower() for value, wish in request.accept_languages if wish)
    return next((language for language in asked if language in LOCALES), None)


def portal_asks(wish: str | None) -> None:
    """What the portal asked for (``ui_locales``); the user's own choice goes first."""
    current_notes().portal_locale = wish
