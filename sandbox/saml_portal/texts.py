"""What the pages of this portal say, in Dutch and English."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

LANGUAGES: Final = ("nl", "en")
TEXTS: Final = MappingProxyType(
    {
        "where": ("Waar wilt u inloggen?", "Where do you want to log in?"),
        "speaks": (
            "Dit portaal praat SAML met Sluis. Wie net inlogde bij een ander portaal, hoeft hier "
            "niet opnieuw langs de makelaar.",
            "This portal speaks SAML with Sluis. Who just logged in at another portal does not go "
            "to an identity provider again.",
        ),
        "by_form": ("gevraagd met HTTP-POST", "asked by HTTP-POST"),
        "by_redirect": ("gevraagd met HTTP-Redirect", "asked by HTTP-Redirect"),
        "mandate_required": ("machtiging nodig", "authorisation needed"),
        "mandate_optional": ("machtiging mag", "authorisation optional"),
        "mandate_none": ("machtiging niet nodig", "no authorisation needed"),
        "to_first": ("Naar het Bronhouderportaal", "To the Register holder portal"),
        "in": ("U bent ingelogd", "You are logged in"),
        "who": ("Wie", "Who"),
        "for_whom": ("Namens", "On behalf of"),
        "at_level": ("Niveau", "Level"),
        "nameless": ("iemand zonder naam", "somebody without a name"),
        "checked": ("Wat het portaal controleerde", "What the portal checked"),
        "got": ("Wat het portaal kreeg", "What the portal got"),
        "signature": (
            "handtekeningen van antwoord en assertion",
            "signatures of response and assertion",
        ),
        "issuer": ("afzender", "issuer"),
        "request": ("antwoord op onze vraag", "answer to our request"),
        "destination": ("ons adres", "our address"),
        "audience": ("voor ons bestemd", "meant for us"),
        "time": ("tijd", "time"),
        "level": ("niveau", "level"),
        "service": ("dienst", "service"),
        "represents": ("namens", "on behalf of"),
        "assertion": ("één assertion", "one assertion"),
        "browser": ("dezelfde browser", "the same browser"),
        "sample": ("Voorbeeldportaal over SAML", "Sample portal over SAML"),
        "gave": (
            "Dit gaf Sluis aan het portaal, in een ondertekende assertion.",
            "This is what Sluis gave the portal, in a signed assertion.",
        ),
        "who_is_in": ("Wie is er binnen?", "Who is in?"),
        "further": ("Kijk nu verder", "See next"),
        "no_makelaar": (
            "een dienst die deze login aanneemt, stuurt u niet opnieuw langs de makelaar",
            "a service that accepts this login does not send you to an identity provider again",
        ),
        "check_signature": (
            "Handtekeningen van antwoord en assertion kloppen",
            "Signatures of response and assertion are right",
        ),
        "check_issuer": ("Sluis is de afzender", "Sluis is the issuer"),
        "check_request": (
            "Het antwoord hoort bij onze vraag",
            "The response answers our request",
        ),
        "check_destination": ("Het is naar ons adres gestuurd", "It was sent to our address"),
        "check_audience": ("Het is voor ons bestemd", "It is meant for us"),
        "check_time": ("Het is nog geldig", "It is still valid"),
        "check_level": ("Het niveau is hoog genoeg", "The level is high enough"),
        "check_service": ("Het gaat over deze dienst", "It is about this service"),
        "check_represents": ("Namens wie staat erin", "It says on whose behalf"),
        "check_browser": (
            "Dezelfde browser haalt het antwoord op",
            "The same browser fetches the answer",
        ),
        "unreadable": ("leesbaar bericht", "readable message"),
        "ok": ("klopt", "right"),
        "self": ("zichzelf", "nobody else"),
        "pseudonym": ("Pseudoniem (NameID)", "Pseudonym (NameID)"),
        "home": ("Terug naar het begin", "Back to the beginning"),
        "fresh": ("Log opnieuw in (ForceAuthn)", "Log in anew (ForceAuthn)"),
        "out": ("Log uit", "Log out"),
        "is_out": ("U bent hier uitgelogd", "You are logged out here"),
        "still_in": (
            "Bij Sluis en bij andere websites kunt u nog ingelogd zijn.",
            "You may still be logged in at Sluis and at other websites.",
        ),
        "everywhere": (
            "Ook bij Sluis bent u uitgelogd, en overal waar u met deze login was.",
            "You are logged out of Sluis as well, and wherever you were with this login.",
        ),
        "partly": (
            "Ook bij Sluis bent u uitgelogd. Niet elke website kon dat horen: log daar zelf uit.",
            "You are logged out of Sluis as well. Not every website could be told: log out there.",
        ),
        "by_sluis": (
            "U logde uit bij Sluis of bij een andere website. Sluis liet het ons weten.",
            "You logged out of Sluis or of another website. Sluis told us.",
        ),
        "out_everywhere": ("Log ook uit bij Sluis", "Log out of Sluis as well"),
        "not_in": ("U bent niet ingelogd", "You are not logged in"),
        "answer_was": ("Sluis gaf dit antwoord:", "Sluis gave this answer:"),
        "status": ("status", "status"),
        "message": ("uitleg", "explanation"),
        "refuses": ("Het portaal weigert dit antwoord", "The portal refuses this answer"),
        "wrong": ("Dit klopt niet:", "This is wrong:"),
        "unasked": ("Wij vroegen niet om dit antwoord.", "We did not ask for this answer."),
        "no_broker": ("Sluis antwoordt niet.", "Sluis does not answer."),
        "leaving": ("U gaat naar Sluis", "You are going to Sluis"),
        "go_on": ("Ga verder", "Continue"),
        "other": ("English", "Nederlands"),
        "test": (
            "Testomgeving: alles hier is verzonnen",
            "Test environment: everything here is invented",
        ),
    }
)


def said(key: str, language: str) -> str:
    """The text, or the key itself where it is a value that needs no words."""
    return TEXTS[key][LANGUAGES.index(language)] if key in TEXTS else key
