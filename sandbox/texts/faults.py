"""What a simulated makelaar can do wrong, in English."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

ENGLISH: Final = MappingProxyType(
    {
        "Geen: antwoord zoals het hoort": "None: answers as it should",
        "Gebruiker annuleert": "The user cancels",
        "Kan het gevraagde niveau niet geven": "Cannot give the level that is asked",
        "Geeft niveau EH2, wat er ook gevraagd is": "Gives level EH2, whatever is asked",
        "Noemt een niveau dat niet bestaat, wat er ook gevraagd is": (
            "Names a level that does not exist, whatever is asked"
        ),
        "Bericht is veranderd na het ondertekenen": "The message was changed after signing",
        "Ondertekend met een onbekende sleutel": "Signed with an unknown key",
        "Assertion of ID-token zonder handtekening": "Assertion or ID token without a signature",
        "Zegt dat een ander het bericht maakte": "Says that somebody else made the message",
        "Bericht is voor een ander bestemd": "The message is meant for somebody else",
        "Bericht noemt een ander adres": "The message names another address",
        "Hoort bij een ander verzoek (InResponseTo of nonce)": (
            "Belongs to another request (InResponseTo or nonce)"
        ),
        "Klok loopt 10 minuten voor": "The clock is 10 minutes fast",
        "Bericht is al verlopen": "The message has expired",
        "Stuurt het vorige bericht opnieuw": "Sends the previous message again",
        "Laat de parameter iss weg": "Leaves out the parameter iss",
        "Machtiging voor een organisatie die Sluis niet kent (mag met speaks_for: register)": (
            "Authorisation for an organisation that Sluis does not know (allowed with "
            "speaks_for: register)"
        ),
        "Heeft het antwoord niet meer": "No longer has the answer",
        "Geeft een artifact van een ander": "Gives an artifact of somebody else",
        "Antwoordt op een ander verzoek om een artifact": (
            "Answers another request for an artifact"
        ),
        "ArtifactResponse zonder handtekening": "ArtifactResponse without a signature",
        "SOAP-fout in plaats van een antwoord": "A SOAP fault instead of an answer",
        "Geeft het antwoord heel langzaam": "Gives the answer very slowly",
        "Geeft een antwoord van 10 MB": "Gives an answer of 10 MB",
        "Antwoordt heel langzaam": "Answers very slowly",
        "Verbreekt de verbinding": "Breaks the connection",
    }
)
