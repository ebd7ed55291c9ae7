"""Dutch or English: the switch on the page, then the cookie, then the portal's wish, then the
browser's.
"""

from __future__ import annotations

from flask import Flask, g, request
from werkzeug.wrappers import Response

from broker.web.cookies import LANGUAGE, remember_language
from broker.web.endpoints import endpoints_of

LOCALES = ("nl", "en")


def install(app: Flask) -> None:
    """Remember the language that a user switches to."""
    declared = endpoints_of(app)

    @app.after_request
    def _remember(response: Response) -> Response:
        wish = request.args.get("ui")
        if wish in LOCALES and declared.asked().sets_language:
            remember_language(response, wish)
        return response


def locale() -> str:
    """The language of this response: ``nl`` or ``en``."""
    wishes = (
        request.args.get("ui"),
        request.cookies.get(LANGUAGE),
        getattr(g, "portal_locale", None),
        request.accept_languages.best_match(LOCALES),
    )
    return next((wish for wish in wishes if wish in LOCALES), "nl")


def portal_asks(wish: str | None) -> None:
    """What the portal asked for (``ui_locales``); the user's own choice goes first."""
    g.portal_locale = wish
