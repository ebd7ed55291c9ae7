"""What a trace measured in words for people: machine words of ours, times and identifiers. What
somebody sent, and sentences that a portal was told, stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from broker.texts import reasons
from broker.texts.consent_words import REFUSALS
from state.trace import Fact

Naming = Callable[[str, str], str | None]  # the kind of a fact and an identifier: its name

_SECONDS: Final = "_seconds"
_MINUTE: Final = 60
_ALSO: Final = "also"  # reasons beside the one that is told
_BROWSER: Final = "browser"  # kept as ``Firefox/Windows``
_LEFT_TO_US: Final = _("Geen")
_FACTORS: Final = {
    "totp": _("App met codes"),
    "otp_device": _("Apparaat met codes"),
    "sms": _("Code per sms"),
    "passkey": _("Passkey"),
    "recovery_codes": _("Herstelcodes"),
    "local": _("Van Sluis"),
    "upstream": _("Van de makelaar"),
}
VALUES: Final[Mapping[str, Mapping[str, object]]] = {
    "protocol": {
        "oidc": _("OpenID Connect"),
        "saml": _("SAML"),
        "console": _("Een console van Sluis"),
    },
    "how": {
        "chosen": _("Door de gebruiker"),
        "remembered": _("Onthouden in deze browser"),
        "hint": _("Door de website genoemd"),
        "only": _("De enige die kan"),
    },
    "method": {"makelaar": _("Met een makelaar"), "account": _("Met een account van Sluis")},
    "second_factor": _FACTORS,
    "mandate": {
        "none": _LEFT_TO_US,
        "direct": _("Voor deze dienst"),
        "general": _("Voor alle diensten"),
        "chain": _("Ketenmachtiging"),
    },
    "mandates": {**REFUSALS, "none": _("Er is geen machtiging")},
    "status": {
        "active": _("Actief"),
        "activation_expired": _("Nooit geactiveerd"),
        "blocked": _("Geblokkeerd"),
    },
    "rule": {
        "ask": _("De gebruiker geeft toestemming"),
        "inform": _("De gebruiker ziet wat wordt doorgegeven"),
        "none": _("Er is geen pagina"),
    },
    "kept_by_browser": {
        "none": _("De browser stuurde er geen"),
        "others": _("Alleen cookies van anderen"),
        "ours": _("Ook cookies van ons"),
    },
    # What the code says of a page of error.
    "detail": {
        "no cookie of this login": _("Het cookie van deze login ontbreekt"),
        "a form, where a query was asked": _(
            "een formulier, waar wij een antwoord in het adres vroegen"
        ),
        "parameters in the address of a form": _("een formulier met iets in zijn adres"),
        "brought with a secret or key that counts no more": _(
            "gebracht met een geheim of sleutel die niet meer telt"
        ),
        "no such request of this client, or not any more": _(
            "geen verzoek van deze dienst onder deze naam, of niet meer"
        ),
        "no cookie of this login at its callback": _(
            "Het cookie van deze login ontbreekt bij het antwoord van de makelaar"
        ),
        "another browser brought the answer": _("Een andere browser bracht het antwoord"),
        "parameters in the address of the ACS": _(
            "Er stonden parameters in het adres waar de makelaar antwoordt"
        ),
        "answer at the address of another makelaar": _(
            "Het antwoord kwam op het adres van een andere makelaar"
        ),
        "no usable handle": _("RelayState of state ontbreekt, of is niet van ons"),
        "no such SAML makelaar": _("Deze makelaar spreekt hier geen SAML"),
        "no such SAML portal": _("Dit portaal spreekt hier geen SAML"),
        "no such departure": _("Deze vraag is niet gesteld, of al beantwoord"),
        "another protocol": _("De vraag ging langs een ander protocol"),
        "repeated_parameter": _("Een parameter stond er twee keer"),
        "answer for no login": _("De login van dit antwoord is voorbij"),
        "its time was over": _("De tijd voor dit antwoord was om"),
        "answered already": _("Dit antwoord is al verwerkt"),
        "already answered": _("De website heeft het antwoord al"),
        "already ended": _("De login was al voorbij"),
        "swap lost": _("Een ander tabblad was eerder"),
        "swap lost at arrival": _("Een ander antwoord was eerder"),
        "the portal sends the same browser again and again": _(
            "De website stuurde dezelfde browser steeds opnieuw"
        ),
        "service no longer registered": _("De dienst is niet meer geregistreerd"),
        "portal no longer registered": _("De website is niet meer geregistreerd"),
        "its address is no longer registered": _("Haar antwoordadres is niet meer geregistreerd"),
        "metadata no longer usable": _("De metadata van de website zijn niet meer te gebruiken"),
        "idp_initiated": _("Deze website laat logins hier niet beginnen"),
        "client_id": _("Deze client_id is niet die van een SAML-portaal"),
        "service of the request is gone": _("De dienst van het verzoek is er niet meer"),
        "person gone": _("De persoon is er niet meer"),
        "the password was changed meanwhile": _("Het wachtwoord is intussen veranderd"),
        "client_id missing or not registered": _(
            "De client_id ontbreekt, of is niet geregistreerd"
        ),
        "redirect_uri missing or not registered": _(
            "De redirect_uri ontbreekt, of is niet geregistreerd"
        ),
        "post_logout_redirect_uri": _("De post_logout_redirect_uri is niet geregistreerd"),
        "id_token_hint is not ours": _("De id_token_hint is niet van ons"),
        "client_id is not that of id_token_hint": _(
            "De client_id is niet die van de id_token_hint"
        ),
        "Host is not that of web.base_url": _("De naam is niet die in web.base_url"),
        "plain http": _("Het kwam over http"),
        "X-Forwarded-Proto is not read as it was meant": _(
            "X-Forwarded-Proto wordt anders gelezen dan bedoeld"
        ),
        "no such form": _("Dit formulier bestaat niet"),
        "no such reset": _("Dit herstel bestaat niet"),
        "no such scan of an identity document": _("Deze scan van een identiteitsbewijs is er niet"),
        "no such request for a means": _("Deze aanvraag van een inlogmiddel bestaat niet"),
        "codes of letters from one network": _(
            "Vanaf één netwerk kwamen te veel codes van brieven"
        ),
        "no such operator": _("Deze operator bestaat niet"),
        "no makelaar of this id": _("Deze makelaar is hier niet bekend"),
        "no such party with metadata": _("Deze partij heeft geen metadata"),
        "ended meanwhile": _("Intussen beëindigd"),
        "the form of another page": _("Een formulier van een andere pagina"),
        "nothing of this company": _("Dit bestaat niet bij dit bedrijf"),
        "no such kind of import": _("Zo'n bestand wordt hier niet ingelezen"),
        "no such layout of a file": _("Deze soort bestand is er niet"),
        "no such login of this person": _("Deze persoon heeft deze login niet"),
        "this login was not disowned": _("Niemand meldde deze login"),
        "no consent of this person that stands": _("Deze persoon heeft deze toestemming niet"),
        "no mandate of this person that ends soon": _(
            "Deze persoon heeft geen machtiging die bijna stopt"
        ),
        "nothing is remembered for this service": _("Voor deze dienst is niets onthouden"),
        "no such factor of this person": _("Deze persoon heeft deze tweede factor niet"),
        "no letter is under way for this factor": _("Voor deze tweede factor is geen brief"),
        "recovery asked from one network": _("Te vaak herstel gevraagd van één adres"),
        "joining.account_requests is off": _("Een account aanvragen staat uit"),
        "names of account requests": _(
            "Te veel namen geprobeerd bij het aanvragen van een account"
        ),
        "recovery links from one network": _("Te veel herstellinks van één adres"),
        "the journey does not end": _("De stappen van de login hielden niet op"),
        "The CSRF session token is missing.": _("Het cookie bij het formulier ontbreekt"),
        "The CSRF token is missing.": _("Het bewijs in het formulier ontbreekt"),
        "The CSRF token is invalid.": _("Het bewijs in het formulier klopt niet"),
        "The CSRF tokens do not match.": _("Het bewijs is van een andere browser"),
        "Not Found": _("Er is niets op dit adres"),
        "Method Not Allowed": _("Deze methode kan hier niet"),
        "Request Entity Too Large": _("Te veel in één keer"),
        "Content Too Large": _("Te veel in één keer"),
        "Bad Request": _("Het verzoek is niet te lezen"),
        "replayed": _("Dit antwoord kwam eerder"),
        "no key to sign with": _("Er is geen sleutel om mee te tekenen"),
    },
}


def in_words(name: str, value: Fact, naming: Naming) -> str:
    """What this fact says. ``naming`` knows what registrations are called."""
    if isinstance(value, bool):
        return str(_("Ja") if value else _("Nee"))
    if name.endswith(_SECONDS) and isinstance(value, int) and abs(value) >= 2 * _MINUTE:
        return f"{value} ({_lasted(value)})"
    if name == _BROWSER:
        return ", ".join(part for part in str(value).split("/") if part)
    if name == _ALSO:
        return " ".join(_cause(one) for one in _parts(name, value))
    known = VALUES.get(name, {})
    words = [str(known[word]) for word in _parts(name, value) if word in known]
    if words:
        return " ".join(words)
    called = naming(name, value) if isinstance(value, str) else None
    return f"{called} ({value})" if called is not None and called != value else str(value)


def _lasted(seconds: int) -> str:
    """``9 min 59 s``, with its sign."""
    minutes, rest = divmod(abs(seconds), _MINUTE)
    return f"{'-' if seconds < 0 else ''}{minutes} min {rest} s"


def _parts(name: str, value: Fact) -> list[str]:
    """``mandates`` and ``also`` hold several words."""
    return str(value).split(", ") if name in ("mandates", _ALSO) else [str(value)]


def _cause(reason: str) -> str:
    """What else was wrong, as it is told where it is the only cause."""
    found = reasons.find(reason)
    return reason if found is None else gettext(found.cause)
