"""What developers of portals read: the errors that a portal gets, and who mends them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask_babel import lazy_gettext as _

from broker.texts.explanation import Fixer


@dataclass(frozen=True)
class PortalError:
    """``error``: as it comes at the redirect URI or from the token endpoint (RFC 6749 §4.1.2.1,
    §5.2; OpenID Connect Core §3.1.2.6).
    """

    error: str
    means: str
    remedy: str
    fixer: Fixer


PORTAL_ERRORS: Final = (
    PortalError(
        "access_denied",
        _("De gebruiker stopte, of mag hier niet handelen."),
        _("Toon een pagina met een knop om opnieuw in te loggen. Log niet vanzelf opnieuw in."),
        Fixer.NOBODY,
    ),
    PortalError(
        "unmet_authentication_requirements",
        _("Het gevraagde niveau werd niet gehaald."),
        _("Vraag geen hoger niveau dan u nodig heeft. Noem de code die in de tekst staat."),
        Fixer.PORTAL,
    ),
    PortalError(
        "login_required",
        _("Met prompt=none is niemand ingelogd, of het is iemand anders dan u vroeg."),
        _("Vraag hetzelfde zonder prompt=none."),
        Fixer.PORTAL,
    ),
    PortalError(
        "interaction_required",
        _("Met prompt=none was een pagina nodig."),
        _("Vraag hetzelfde zonder prompt=none."),
        Fixer.PORTAL,
    ),
    PortalError(
        "consent_required",
        _("Met prompt=none moest de gebruiker eerst toestemming geven."),
        _("Vraag hetzelfde zonder prompt=none."),
        Fixer.PORTAL,
    ),
    PortalError(
        "account_selection_required",
        _("Met prompt=none moest de gebruiker kiezen voor wie hij komt."),
        _("Vraag hetzelfde zonder prompt=none."),
        Fixer.PORTAL,
    ),
    PortalError(
        "invalid_request",
        _("Het verzoek klopt niet. De tekst erbij zegt welk deel."),
        _("Verbeter wat de tekst noemt. Vaak is het PKCE, of een parameter die twee keer komt."),
        Fixer.PORTAL,
    ),
    PortalError(
        "invalid_scope",
        _("De scope mist openid, of noemt een dienst die niet bij uw registratie hoort."),
        _("Vergelijk de ServiceUUID met uw registratie."),
        Fixer.PORTAL,
    ),
    PortalError(
        "unsupported_response_type",
        _("Een ander response_type dan code."),
        _("Stuur response_type=code."),
        Fixer.PORTAL,
    ),
    PortalError(
        "invalid_authorization_details",
        _("Het document waar u akkoord op vraagt, kan niet worden getoond."),
        _("Stuur wat de tekst noemt."),
        Fixer.PORTAL,
    ),
    PortalError(
        "invalid_client",
        _("Het token-endpoint gelooft niet dat u het bent."),
        _("Vergelijk client_id, methode en geheim of sleutel met uw registratie."),
        Fixer.PORTAL,
    ),
    PortalError(
        "invalid_grant",
        _("De code is gebruikt, te oud, van een ander, of de code_verifier past er niet bij."),
        _("Wissel elke code één keer in, binnen een minuut, met de verifier van dezelfde login."),
        Fixer.PORTAL,
    ),
    PortalError(
        "unsupported_grant_type",
        _("Een ander grant_type dan in discovery staat."),
        _("Stuur grant_type=authorization_code."),
        Fixer.PORTAL,
    ),
    PortalError(
        "invalid_token",
        _("Het token voor /userinfo is verlopen, ingetrokken of niet van ons."),
        _("Laat de gebruiker opnieuw inloggen. Is de sessie voorbij? Dan geldt het token niet."),
        Fixer.PORTAL,
    ),
    PortalError(
        "temporarily_unavailable",
        _("De makelaar of deze inlogdienst kan nu niet antwoorden."),
        _("Probeer het later opnieuw. Retry-After zegt na hoeveel seconden."),
        Fixer.OPERATOR,
    ),
    PortalError(
        "server_error",
        _("Er ging hier iets mis. Het ligt niet aan het verzoek."),
        _("Noem de code uit de tekst bij de helpdesk."),
        Fixer.OPERATOR,
    ),
)
