"""The mails about requests for a mandate, in Dutch and English. No BSN, no token, no link that does
something by itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from consent.mandates import Mandate
from consent.requests import MandateRequest
from directory.fields import LocalizedText
from state.outbox import Message
from state.trace import show_reference


@dataclass(frozen=True)
class RequestFacts:
    """What the mails say. ``service`` is in the reader's language; ``reference`` has 8
    characters.
    """

    person: str
    organisation: str
    service: str
    level: str
    message: str | None
    reference: str
    console_url: str = ""  # for administrators

    @classmethod
    def about(
        cls,
        subject: MandateRequest | Mandate,
        service: LocalizedText,
        reference: str,
    ) -> RequestFacts:
        """For the person whose request or mandate it is, in that person's language."""
        person = subject.person
        return cls(
            person=person.display_name,
            organisation=subject.organisation.name,
            service=service.in_(person.locale),
            level=subject.level.label,
            message=None,
            reference=reference,
        )


def to_administrator(recipient: str, locale: str, facts: RequestFacts) -> Message:
    """Somebody asks for a mandate."""
    if locale == "en":
        subject = f"Request: authorisation for {facts.person} at {facts.service}"
        lines = [
            f"{facts.person} wants to act for {facts.organisation} at {facts.service}.",
            f"This takes an authorisation at level {facts.level}.",
            *([f"Message: {facts.message}"] if facts.message else []),
            f"Log in at {facts.console_url} to grant or refuse the request.",
            f"Reference: {show_reference(facts.reference)}",
        ]
    else:
        subject = f"Verzoek: machtiging voor {facts.person} bij {facts.service}"
        lines = [
            f"{facts.person} wil inloggen namens {facts.organisation} bij {facts.service}.",
            f"Daarvoor is een machtiging op niveau {facts.level} nodig.",
            *([f"Bericht: {facts.message}"] if facts.message else []),
            f"Log in op {facts.console_url} om het verzoek goed te keuren of af te wijzen.",
            f"Referentie: {show_reference(facts.reference)}",
        ]
    return _message(recipient, subject, lines, facts.reference)


def revoked(recipient: str, locale: str, facts: RequestFacts) -> Message:
    """An administrator took a mandate back."""
    if locale == "en":
        subject = f"Your authorisation was withdrawn: {facts.service}"
        lines = [
            f"You may no longer act for {facts.organisation} at {facts.service}.",
            "Ask the administrator of your organisation why.",
        ]
    else:
        subject = f"Uw machtiging is ingetrokken: {facts.service}"
        lines = [
            f"U mag niet meer inloggen namens {facts.organisation} bij {facts.service}.",
            "Vraag uw beheerder naar de reden.",
        ]
    return _message(recipient, subject, lines, facts.reference)


def to_requester(recipient: str, locale: str, facts: RequestFacts, *, granted: bool) -> Message:
    """The administrator decided."""
    if locale == "en":
        word = "granted" if granted else "refused"
        subject = f"Your request was {word}: {facts.service}"
        what_now = (
            "You can log in now." if granted else "Ask the administrator of your organisation why."
        )
        lines = [f"Your request to act for {facts.organisation} was {word}.", what_now]
    else:
        word = "goedgekeurd" if granted else "afgewezen"
        subject = f"Uw verzoek is {word}: {facts.service}"
        what_now = "U kunt nu inloggen." if granted else "Vraag uw beheerder naar de reden."
        lines = [f"Uw verzoek om in te loggen namens {facts.organisation} is {word}.", what_now]
    return _message(recipient, subject, lines, facts.reference)


def service_left(recipient: str, locale: str, facts: RequestFacts) -> Message:
    """There is nothing to decide any more."""
    if locale == "en":
        subject = f"Your request was closed: {facts.service}"
        lines = [
            f"You asked to act for {facts.organisation} at {facts.service}.",
            "That service cannot be logged in to here any more. You need not do anything.",
        ]
    else:
        subject = f"Uw verzoek is gesloten: {facts.service}"
        lines = [
            f"U vroeg om in te loggen namens {facts.organisation} bij {facts.service}.",
            "Bij die dienst kan niemand hier nog inloggen. U hoeft niets te doen.",
        ]
    return _message(recipient, subject, lines, facts.reference)


def _message(recipient: str, subject: str, lines: list[str], reference: str) -> Message:
    return Message(
        channel="mail",
        recipient=recipient,
        subject=" ".join(subject.split()),
        text="\n\n".join(lines) + "\n",
        reference=reference,
    )
