"""ErrorText: what a page of error says, and the sentences that several say."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext


@dataclass(frozen=True)
class ErrorText:
    """``code`` stays with its cause for ever; the help desk knows it. ``developers``: for those who
    made the website that sent the user here.
    """

    code: str
    title: str
    what: str
    now: str
    developers: str | None = None


_ = lazy_gettext
NOT_LOGGED_IN = _("Inloggen is niet gelukt")
START_AGAIN = _("Ga terug naar de website waar u vandaan kwam en log daar opnieuw in.")
PORTAL_ERROR = _("De link naar deze pagina klopt niet")
TELL_PORTAL = _(
    "Ga terug naar de website waar u vandaan kwam. Gebeurt het weer? Meld het daar aan de helpdesk."
)
NOT_LOGGED_OUT = _("Uitloggen is niet gelukt")
CLOSE_BROWSER = _(
    "Sluit alle vensters van uw browser. Meld het daarna aan de helpdesk van de website."
)
