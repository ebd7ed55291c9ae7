"""What developers of portals read: what each claim says; the errors that a portal gets, and who
mends them.
"""

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


@dataclass(frozen=True)
class PortalClaim:
    """``names``: of claims of the ID token or UserInfo, those inside another with a dot."""

    names: tuple[str, ...]
    says: str


BRANCHES: Final = "urn:etoegang:1.9:ServiceRestriction:Vestigingsnr"

PORTAL_CLAIMS: Final = (
    PortalClaim(
        ("sub",),
        _("Het pseudoniem van de persoon bij uw portaal. Hieraan herkent u mensen."),
    ),
    PortalClaim(
        ("acr", "loa"),
        _("Het niveau van deze login: in de woorden van uw registratie, en in die van eTD."),
    ),
    PortalClaim(
        ("amr",),
        _(
            "Met meer dan één factor: mfa. Kwam de tweede van Sluis, dan ook van welke soort. Met "
            "één factor staat dit er niet."
        ),
    ),
    PortalClaim(
        ("auth_time",),
        _("Wanneer de persoon inlogde. Uit een eerdere login is dat het moment van toen."),
    ),
    PortalClaim(
        ("represents",),
        _(
            "Voor wie de persoon komt. Noemt uw registratie dit en staat het er niet, dan komt de "
            "persoon voor zichzelf."
        ),
    ),
    PortalClaim(
        ("represents.sub", "represents.sub_id_type", "represents.name"),
        _("Het nummer van de organisatie, wat voor nummer het is (KvKnr, RSIN), en haar naam."),
    ),
    PortalClaim(
        ("represents.alt_sub",),
        _("Een tweede nummer van dezelfde organisatie, met een eigen sub en sub_id_type."),
    ),
    PortalClaim(
        ("represents.iss",),
        _("Wie voor de machtiging instaat: ons register, of de makelaar die haar meegaf."),
    ),
    PortalClaim(
        (f"represents.{BRANCHES}",),
        _(
            "De machtiging geldt alleen voor deze vestigingen: een nummer van twaalf cijfers, of "
            "een lijst. Staat dit er niet, dan geldt zij voor de hele organisatie."
        ),
    ),
    PortalClaim(
        ("represents.represents",),
        _(
            "Een keten: buiten staat de intermediair, binnen de organisatie om wie het gaat. "
            "Handel voor de binnenste."
        ),
    ),
    PortalClaim(
        ("mandate.service_uuid", "mandate.service_id"),
        _("De dienst waarvoor is ingelogd. Vergelijk die met wat u vroeg."),
    ),
    PortalClaim(
        ("mandate.kind",),
        _("direct: voor deze dienst. general: voor alle diensten. chain: via een intermediair."),
    ),
    PortalClaim(
        ("mandate.level",),
        _("Het niveau tot waar de machtiging geldt. Het niveau van de login staat in acr."),
    ),
    PortalClaim(
        ("mandate.register", "mandate.valid_until"),
        _(
            "Waar de machtiging staat, en tot wanneer zij geldt. Zonder einde ontbreekt dat "
            "laatste."
        ),
    ),
    PortalClaim(
        ("idp",),
        _("De makelaar, met zijn entityID of issuer."),
    ),
    PortalClaim(
        (
            "assurance.provider_level",
            "assurance.second_factor",
            "assurance.proofing_level",
            "assurance.time",
        ),
        _(
            "Hoe het niveau tot stand kwam: wat de makelaar gaf, waar de tweede factor vandaan "
            "kwam (upstream: van de makelaar, local: van Sluis), hoe goed de persoon bekend is, "
            "en wanneer."
        ),
    ),
    PortalClaim(
        ("name", "email"),
        _("De naam en het e-mailadres van de persoon. Meestal alleen in /userinfo."),
    ),
    PortalClaim(
        ("authorization_details",),
        _("Het document dat u voorlegde, met het antwoord."),
    ),
    PortalClaim(
        ("sid",),
        _("De sessie bij Sluis. Een logout_token noemt haar als zij voorbij is: bewaar haar dus."),
    ),
    PortalClaim(
        ("iss", "aud", "azp", "nonce", "iat", "nbf", "exp", "jti", "at_hash"),
        _("Van het token zelf, zoals OpenID Connect het zegt. Uw bibliotheek controleert dit."),
    ),
)
