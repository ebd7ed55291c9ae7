"""Why a portal did not get a login, as it tells its visitor: a sentence, and the way on."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Final, NamedTuple


class Refusal(NamedTuple):
    """Dutch texts."""

    sentence: str
    way_on: str


AGAIN: Final = "Probeer het opnieuw; kies desnoods een andere makelaar."
STOPPED: Final = Refusal("U bent gestopt met inloggen.", "Wilde u dat niet? Begin opnieuw.")
MANDATE: Final = Refusal(
    "U heeft geen machtiging voor deze dienst.",
    "Log opnieuw in: Sluis kan uw beheerder vragen om een machtiging.",
)
AGREED: Final = Refusal(
    "U gaf geen toestemming om uw gegevens door te geven.",
    "Zonder die gegevens kan deze dienst niet. Bedenkt u zich, begin dan opnieuw.",
)
DENIED: Final = Refusal("U mag hier niet inloggen.", "Vraag de helpdesk wat u kunt doen.")
LEVEL: Final = Refusal(
    "Het niveau van uw login is te laag voor deze dienst.",
    "Kies een makelaar of een inlogmiddel met een hoger niveau.",
)
QUESTION: Final = Refusal(
    "U moet eerst nog iets doen bij Sluis.",
    "Het portaal vroeg om een login zonder pagina's, en dat kon niet. Begin opnieuw, gewoon.",
)
FAILED: Final = Refusal("Het inloggen lukte niet. Dat komt niet door u.", AGAIN)
LATER: Final = Refusal(
    "Sluis kan u nu niet helpen. Dat komt niet door u.", "Wacht even en probeer het opnieuw."
)
ASKED: Final = Refusal(
    "Het portaal vroeg iets wat Sluis niet geeft.",
    "Wie dit portaal maakt, moet de vraag verbeteren. Hieronder staat wat Sluis zei.",
)
# The code of OAuth or OpenID Connect → what it means to somebody.
BY_ERROR: Final = MappingProxyType(
    {
        "access_denied": DENIED,
        "login_required": QUESTION,
        "interaction_required": QUESTION,
        "consent_required": QUESTION,
        "account_selection_required": QUESTION,
        "unmet_authentication_requirements": LEVEL,
        "temporarily_unavailable": LATER,
        "server_error": FAILED,
    }
)
# The inner status of SAML → the same.
BY_STATUS: Final = MappingProxyType(
    {
        "AuthnFailed": FAILED,
        "RequestDenied": DENIED,
        "NoAuthnContext": LEVEL,
        "NoPassive": QUESTION,
    }
)
# What the broker adds in words, where its codes do not tell one from another.
BY_WORDS: Final = MappingProxyType(
    {
        "stopped the login": STOPPED,
        "no mandate": MANDATE,
        "did not agree": AGREED,
        "may not log in": DENIED,
        "try again later": LATER,
    }
)
_REFERENCE: Final = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b")


def of_error(error: str, description: str) -> Refusal:
    """What an answer over OpenID Connect means."""
    return _of_words(description) or BY_ERROR.get(error, ASKED)


def of_status(status: tuple[str, ...], message: str) -> Refusal:
    """What an answer over SAML means. ``status``: from outer to inner."""
    known = next((BY_STATUS[one] for one in reversed(status) if one in BY_STATUS), None)
    return _of_words(message) or known or (ASKED if "Requester" in status else FAILED)


def _of_words(text: str) -> Refusal | None:
    return next((refusal for words, refusal in BY_WORDS.items() if words in text), None)


def reference_in(text: str | None) -> str | None:
    """The code by which operators find the login."""
    found = _REFERENCE.search(text or "")
    return found.group() if found else None
