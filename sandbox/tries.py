"""What to try: three things to begin with, what takes more people, and whom to be at which service.
The terminal and the portals say the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sandbox.addresses import Addresses
from sandbox.people import GUEST, PEOPLE, TestPerson
from sandbox.portal.clients import (
    AFVAL,
    ARCHIEF,
    BODEM,
    BODEMKAART,
    GRONDWATER,
    IDEEEN,
    LOZING,
    SCHOUW,
    SUBSIDIE,
    VERGUNNING,
    PortalService,
)
from sandbox.texts import said

ACCOUNT: Final = "account"  # instead of a makelaar: the account at the broker itself


@dataclass(frozen=True)
class Hint:
    """Be this person at this service. ``makelaar``: slug, or ACCOUNT; ``what`` happens, in words;
    ``gets_in``: without doing more than what is asked.
    """

    service: PortalService
    person: str
    makelaar: str
    what: str
    gets_in: bool = True

    @property
    def name(self) -> str:
        """Of the person."""
        return person(self.person).name

    @property
    def at(self) -> str | None:
        """The makelaar as its button says it; None for an account."""
        return None if self.makelaar == ACCOUNT else self.makelaar.capitalize()


@dataclass(frozen=True)
class Try:
    """One of the things to begin with: a title, a way, and how it goes on."""

    title: str
    hint: Hint
    then: str

    def way(self, language: str) -> str:
        return said(
            "Kies {service}, dan {makelaar}, en wees {person}.",
            language,
            service=said(self.hint.service.name, language),
            makelaar=self.hint.at,
            person=self.hint.name,
        )

    def goes_on(self, language: str, at: Addresses) -> str:
        return said(self.then, language, beheer=f"{at.broker}/beheer", codes=f"{at.postbus}/codes")


@dataclass(frozen=True)
class Story:
    """Something that takes several people: a title and its steps."""

    title: str
    steps: tuple[str, ...]

    def steps_in(self, language: str, at: Addresses) -> list[str]:
        """Each step, with the addresses of this demo."""
        return [
            said(
                step,
                language,
                portal=f"{at.portal}/",
                beheer=f"{at.broker}/beheer",
                operator=f"{at.broker}/operator",
                activate=f"{at.broker}/activeren",
                postbus=f"{at.postbus}/",
            )
            for step in self.steps
        ]


HINTS: Final = (
    Hint(BODEM, "jan", "polderpoort", "alles gaat goed, namens Bakkerij De Korenmolen"),
    Hint(BODEM, "sanne", "polderpoort", "kiest uit vijf organisaties"),
    Hint(BODEM, "mo", "zekerweg", "kiest zijn eigen kantoor of een klant"),
    Hint(BODEM, "hanna", "polderpoort", "onbekend bij Sluis; haar makelaar staat voor haar in"),
    Hint(BODEM, "els", "polderpoort", "de machtiging is gisteren verlopen", False),
    Hint(BODEM, "ali", "brugwacht", "het account is geblokkeerd", False),
    Hint(BODEM, "kim", "brugwacht", "de sms komt nooit aan", False),
    Hint(BODEMKAART, "liv", "zekerweg", "ziet dat haar machtiging bijna afloopt"),
    Hint(BODEMKAART, "wim", "brugwacht", "komt binnen met EH2"),
    Hint(LOZING, "roos", "brugwacht", "tweede factor: een code uit haar app"),
    Hint(LOZING, "yara", "brugwacht", "tweede factor: een code per sms"),
    Hint(LOZING, "joost", "brugwacht", "tweede factor: een code van een apparaat"),
    Hint(LOZING, "fatima", "veerhuis", "de machtiging ontbreekt", False),
    Hint(LOZING, "piet", "veerhuis", "het niveau is te laag", False),
    Hint(LOZING, "bas", "veerhuis", "het inlogmiddel is niet actief", False),
    Hint(GRONDWATER, "wim", "brugwacht", "Brugwacht vraagt nu meer, voor EH3"),
    Hint(GRONDWATER, "tim", "polderpoort", "mag voor één vestiging; dat kan hier niet", False),
    Hint(AFVAL, "sanne", "polderpoort", "heeft als enige EH4"),
    Hint(VERGUNNING, "eva", ACCOUNT, "met een inlogmiddel van de broker zelf"),
    Hint(IDEEEN, "daan", ACCOUNT, "met alleen een e-mailadres"),
    Hint(SUBSIDIE, "jan", "zekerweg", "een portaal met een geheim in plaats van een sleutel"),
    Hint(SCHOUW, "jan", "polderpoort", "na een login bij Meldportaal Bodem: zonder makelaar"),
    Hint(ARCHIEF, "jan", "polderpoort", "het antwoord komt via de gateway"),
)


def _hint(service: PortalService, key: str) -> Hint:
    return next(one for one in HINTS if (one.service, one.person) == (service, key))


TRIES: Final = (
    Try(
        "Alles gaat goed",
        _hint(BODEM, "jan"),
        "Het portaal laat zien wie u bent, namens wie, op welk niveau, en wat het controleerde.",
    ),
    Try(
        "Een machtiging ontbreekt",
        _hint(LOZING, "fatima"),
        "Stuur een verzoek. Geef daarna de machtiging, als Sanne Bakker via Polderpoort: {beheer}",
    ),
    Try(
        "Een tweede factor",
        _hint(LOZING, "roos"),
        "Sluis vraagt een code. De code van haar app staat hier: {codes}",
    ),
)


STORIES: Final = (
    Story(
        "Een nieuwe collega, tot en met het portaal",
        (
            "Wees Sanne via Polderpoort bij {beheer}. Kies Groenrijk, Gebruikers, Voeg toe, met "
            "EH3, rol gebruiker en een app.",
            "Robin legt vast wie de collega is en Ines keurt goed: {operator}",
            "Activeer met de codes uit brief en e-mail: {activate}. Die staan hier: {postbus}",
            "Kies bij Meldportaal Bodem: Log in met uw account. De machtiging ontbreekt; stuur een "
            "verzoek.",
            "Sanne behandelt het in Te doen. Log opnieuw in.",
        ),
    ),
    Story(
        "Een klant trekt de machtiging in",
        (
            "Log als Mo via Zekerweg in bij Meldportaal Bodem, namens Groenrijk.",
            "Wees Sanne bij {beheer}. Trek bij Groenrijk de ketenmachtiging van Yilmaz in.",
            "Log als Mo opnieuw in: bij Groenrijk staat waarom het niet meer kan.",
        ),
    ),
    Story(
        "Een klant zonder beheerder stemt in met een link",
        (
            "Wees Sanne bij {beheer}. Vraag bij Yilmaz, Gevraagd aan klanten, KvK 90001747 "
            "om Meldportaal Bodem; verzin een e-mailadres.",
            "Open de link in {postbus}, vul de code uit de volgende e-mail in en ga akkoord.",
            "Log als Mo via Zekerweg in bij Meldportaal Bodem, namens Van Dijk.",
            "De link in de bevestiging trekt het weer in.",
        ),
    ),
)


def person(key: str) -> TestPerson:
    """The test person with this key."""
    return next(one for one in (*PEOPLE, GUEST) if one.key == key)


def hints_for(service: PortalService) -> tuple[Hint, ...]:
    """Whom to be at this service."""
    return tuple(one for one in HINTS if one.service == service)
