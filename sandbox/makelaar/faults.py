"""Wrong answers on request: what a makelaar can do wrong, chosen on its page or by POST /config."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final


class Fault(enum.StrEnum):
    """One way to answer wrongly. The value is what forms and ``/config`` carry."""

    NONE = "none"
    CANCEL = "cancel"
    NO_LEVEL = "no_authn_context"
    LOWER_LEVEL = "lower_level"
    UNKNOWN_LEVEL = "unknown_level"
    BAD_SIGNATURE = "bad_signature"
    WRONG_KEY = "wrong_key"
    UNSIGNED = "unsigned_assertion"
    WRONG_ISSUER = "wrong_issuer"
    WRONG_AUDIENCE = "wrong_audience"
    WRONG_DESTINATION = "wrong_destination"
    WRONG_REQUEST = "wrong_in_response_to"
    CLOCK_AHEAD = "clock_ahead"
    EXPIRED = "expired"
    REPLAY = "replay"
    NO_ISS = "no_iss_parameter"
    OTHER_ORGANISATION = "other_organisation"
    ARTIFACT_GONE = "artifact_gone"
    ARTIFACT_SOURCE = "artifact_source"
    ARTIFACT_REQUEST = "artifact_in_response_to"
    ARTIFACT_UNSIGNED = "artifact_unsigned"
    ARTIFACT_FAULT = "artifact_fault"
    ARTIFACT_SLOW = "artifact_slow"
    ARTIFACT_LARGE = "artifact_large"
    SLOW = "slow"
    DROP = "drop_connection"


@dataclass(frozen=True)
class Description:
    """What people read about a fault, and in which protocols it exists."""

    label: str
    protocols: tuple[str, ...] = ("saml", "oidc")


DESCRIPTIONS: Final = {
    Fault.NONE: Description("Geen: antwoord zoals het hoort"),
    Fault.CANCEL: Description("Gebruiker annuleert"),
    Fault.NO_LEVEL: Description("Kan het gevraagde niveau niet geven"),
    Fault.LOWER_LEVEL: Description("Geeft niveau EH2, wat er ook gevraagd is"),
    Fault.UNKNOWN_LEVEL: Description("Noemt een niveau dat niet bestaat, wat er ook gevraagd is"),
    Fault.BAD_SIGNATURE: Description("Bericht is veranderd na het ondertekenen"),
    Fault.WRONG_KEY: Description("Ondertekend met een onbekende sleutel"),
    Fault.UNSIGNED: Description("Assertion of ID-token zonder handtekening"),
    Fault.WRONG_ISSUER: Description("Zegt dat een ander het bericht maakte"),
    Fault.WRONG_AUDIENCE: Description("Bericht is voor een ander bestemd"),
    Fault.WRONG_DESTINATION: Description("Bericht noemt een ander adres", ("saml",)),
    Fault.WRONG_REQUEST: Description("Hoort bij een ander verzoek (InResponseTo of nonce)"),
    Fault.CLOCK_AHEAD: Description("Klok loopt 10 minuten voor"),
    Fault.EXPIRED: Description("Bericht is al verlopen"),
    Fault.REPLAY: Description("Stuurt het vorige bericht opnieuw"),
    Fault.NO_ISS: Description("Laat de parameter iss weg", ("oidc",)),
    Fault.OTHER_ORGANISATION: Description(
        "Machtiging voor een organisatie die Sluis niet kent (mag met speaks_for: register)"
    ),
    Fault.ARTIFACT_GONE: Description("Heeft het antwoord niet meer", ("artifact",)),
    Fault.ARTIFACT_SOURCE: Description("Geeft een artifact van een ander", ("artifact",)),
    Fault.ARTIFACT_REQUEST: Description(
        "Antwoordt op een ander verzoek om een artifact", ("artifact",)
    ),
    Fault.ARTIFACT_UNSIGNED: Description("ArtifactResponse zonder handtekening", ("artifact",)),
    Fault.ARTIFACT_FAULT: Description("SOAP-fout in plaats van een antwoord", ("artifact",)),
    Fault.ARTIFACT_SLOW: Description("Geeft het antwoord heel langzaam", ("artifact",)),
    Fault.ARTIFACT_LARGE: Description("Geeft een antwoord van 10 MB", ("artifact",)),
    Fault.SLOW: Description("Antwoordt heel langzaam"),
    Fault.DROP: Description("Verbreekt de verbinding"),
}


def choices(*protocols: str) -> tuple[tuple[str, str], ...]:
    """Value and label of the faults of these protocols, for a list on a page."""
    return tuple(
        (fault.value, description.label)
        for fault, description in DESCRIPTIONS.items()
        if set(protocols) & set(description.protocols)
    )
