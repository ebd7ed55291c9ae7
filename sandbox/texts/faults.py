"""What a simulated makelaar can do wrong, and why it refuses a request, in English."""

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
        # Requests that it refuses.
        "AssertionConsumerServiceIndex staat niet in de metadata": (
            "AssertionConsumerServiceIndex is not in the metadata"
        ),
        "AssertionConsumerServiceURL staat niet in de metadata": (
            "AssertionConsumerServiceURL is not in the metadata"
        ),
        "AttributeConsumingServiceIndex staat niet in de metadata": (
            "AttributeConsumingServiceIndex is not in the metadata"
        ),
        "Destination is niet het adres van deze makelaar": (
            "Destination is not the address of this identity provider"
        ),
        "IssueInstant is geen tijd": "IssueInstant is no time",
        "IssueInstant is te oud of ligt in de toekomst": (
            "IssueInstant is too old or in the future"
        ),
        "Issuer is niet bekend": "Issuer is not known",
        "NameID ontbreekt": "NameID is missing",
        "PKCE met S256 ontbreekt": "PKCE with S256 is missing",
        "ProtocolBinding wordt niet ondersteund": "ProtocolBinding is not supported",
        "SigAlg ontbreekt of is niet RSA-SHA256": "SigAlg is missing or not RSA-SHA256",
        "alleen response_type=code met scope openid": ("only response_type=code with scope openid"),
        "client_id is niet bekend": "client_id is not known",
        "de handtekening van het verzoek klopt niet": "the signature of the request is wrong",
        "de parameter SAMLRequest ontbreekt": "the parameter SAMLRequest is missing",
        "deze makelaar antwoordt alleen met HTTP-Artifact": (
            "this identity provider answers by HTTP-Artifact only"
        ),
        "dit is geen AuthnRequest van SAML 2.0": "this is no AuthnRequest of SAML 2.0",
        "dit is geen LogoutRequest voor deze makelaar": (
            "this is no LogoutRequest for this identity provider"
        ),
        "een DOCTYPE is niet toegestaan": "a DOCTYPE is not allowed",
        "geen geldige base64": "no valid base64",
        "het gevraagde niveau is niet bekend": "the level that is asked is not known",
        "het verzoek is geen XML": "the request is no XML",
        "het verzoek is niet met DEFLATE gecomprimeerd": (
            "the request is not compressed with DEFLATE"
        ),
        "het verzoek is te groot": "the request is too large",
        "id_token_hint is niet van hier": "id_token_hint is not from here",
        "nonce ontbreekt": "nonce is missing",
        "post_logout_redirect_uri is niet het afgesproken adres": (
            "post_logout_redirect_uri is not the address that was agreed"
        ),
        "redirect_uri is niet het afgesproken adres": (
            "redirect_uri is not the address that was agreed"
        ),
    }
)
