"""What a portal checks, and what the parts of a token or an assertion mean, in English."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

ENGLISH: Final = MappingProxyType(
    {
        # Checks.
        "Deze controle mislukte: {name}.": "This check failed: {name}.",
        "Het antwoord hoort bij onze vraag": "The answer belongs to our request",
        "Het antwoord komt van Sluis": "The answer comes from Sluis",
        "De code hoort bij deze browser en deze vraag": (
            "The code belongs to this browser and this request"
        ),
        "De handtekening klopt": "The signature is right",
        "Sluis maakte het token": "Sluis made the token",
        "{alg}, sleutel {key}": "{alg}, key {key}",
        "Het token is voor dit portaal": "The token is for this portal",
        "De nonce is die van onze vraag": "The nonce is that of our request",
        "Het token is nog geldig": "The token is still valid",
        "Het niveau is hoog genoeg": "The level is high enough",
        "{level} (nodig {wanted})": "{level} (needed {wanted})",
        "account met e-mailadres (nodig {wanted})": (
            "account with an e-mail address (needed {wanted})"
        ),
        "De machtiging is er": "The authorisation is there",
        "Een machtiging is hier niet nodig": "An authorisation is not needed here",
        "De machtiging is voor deze dienst": "The authorisation is for this service",
        "Het antwoord gaat over dit document": "The answer is about this document",
        "Er is geantwoord": "There is an answer",
        # Claims.
        "Wie het token maakte: het adres van Sluis.": "Who made the token: the address of Sluis.",
        "Voor welk portaal het is.": "For which portal it is.",
        "Een pseudoniem van de persoon, alleen voor dit portaal. Geen naam, geen nummer.": (
            "A pseudonym of the person, for this portal only. No name, no number."
        ),
        "Het niveau van deze login, zoals dit portaal het wil horen.": (
            "The level of this login, as this portal wants to hear it."
        ),
        "Het niveau van deze login, in de woorden van eHerkenning.": (
            "The level of this login, in the words of eHerkenning."
        ),
        "Hoe er is ingelogd: met meer dan een factor, en welke van Sluis erbij was.": (
            "How the person logged in: with more than one factor, and which of Sluis was one."
        ),
        "Wanneer de persoon inlogde.": "When the person logged in.",
        "Wanneer het token werd gemaakt.": "When the token was made.",
        "Vanaf wanneer het geldig is.": "From when it is valid.",
        "Tot wanneer het geldig is.": "Until when it is valid.",
        "Wat het portaal bij de vraag meegaf: zo past het antwoord bij die ene vraag.": (
            "What the portal sent with its request: so the answer fits that one request."
        ),
        "De sessie bij Sluis; wie uitlogt, wordt hieraan herkend.": (
            "The session at Sluis; who logs out is recognised by it."
        ),
        "Het nummer van dit token.": "The number of this token.",
        "Het portaal dat het token mag gebruiken.": "The portal that may use the token.",
        "Hoort bij het access token dat ernaast kwam.": (
            "Belongs to the access token that came beside it."
        ),
        "Namens wie de persoon komt. In een keten staat de klant het diepst.": (
            "On whose behalf the person comes. In a chain the client is the deepest."
        ),
        "De machtiging: voor welke dienst, van welke soort, tot welk niveau en wanneer.": (
            "The authorisation: for which service, of which kind, up to which level and when."
        ),
        "De makelaar waar de persoon inlogde.": (
            "The identity provider at which the person logged in."
        ),
        "Hoe zeker het is: wat de makelaar gaf, en wat een tweede factor toevoegde.": (
            "How sure it is: what the identity provider gave, and what a second factor added."
        ),
        "De naam van de persoon; alleen als het portaal die nodig heeft.": (
            "The name of the person; only if the portal needs it."
        ),
        "Het e-mailadres van de persoon; alleen als het portaal dat nodig heeft.": (
            "The e-mail address of the person; only if the portal needs it."
        ),
        "Het document dat is voorgelegd, en wat de persoon antwoordde.": (
            "The document that was put before the person, and the answer."
        ),
        # Attributes.
        "Het niveau dat de makelaar gaf.": "The level that the identity provider gave.",
        "Hoe zeker is wie het inlogmiddel kreeg.": "How sure it is who got the login method.",
        "Wie een tweede factor vroeg: de makelaar, Sluis of niemand.": (
            "Who asked for a second factor: the identity provider, Sluis or nobody."
        ),
        "De dienst waarvoor is ingelogd.": "The service that was logged in to.",
        "De dienst, zoals eHerkenning haar noemt.": "The service, as eHerkenning calls it.",
        "Het KvK-nummer van het kantoor dat voor een klant handelt.": (
            "The KvK number of the office that acts for a client."
        ),
        "Het RSIN van het kantoor dat voor een klant handelt.": (
            "The RSIN of the office that acts for a client."
        ),
        "Het KvK-nummer van de organisatie namens wie iemand komt.": (
            "The KvK number of the organisation on whose behalf somebody comes."
        ),
        "Het RSIN van de organisatie namens wie iemand komt.": (
            "The RSIN of the organisation on whose behalf somebody comes."
        ),
        "De naam van die organisatie.": "The name of that organisation.",
        "De naam van het kantoor.": "The name of the office.",
        "De vestiging waartoe de machtiging zich beperkt.": (
            "The branch to which the authorisation is limited."
        ),
        "Het niveau waarvoor de machtiging geldt.": "The level for which the authorisation counts.",
        "De soort: gewoon, of via een keten.": "The kind: plain, or through a chain.",
        "Het register waarin de machtiging staat.": "The register that holds the authorisation.",
        "Tot wanneer de machtiging geldt.": "Until when the authorisation counts.",
        "De naam van de persoon (displayName).": "The name of the person (displayName).",
        "Het e-mailadres van de persoon (mail).": "The e-mail address of the person (mail).",
    }
)
