"""The mails about requests for a mandate, in Dutch and English. No BSN, no token, no link that does
something by itself; what people wrote is quoted below what we say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from broker.texts import times
from broker.texts.mail import mail
from broker.texts.quoting import one_line, quoted
from consent.mandates import Mandate
from consent.requests import MandateRequest
from directory.fields import LocalizedText
from state.outbox import Message
from state.trace import show_reference


@dataclass(frozen=True)
class RequestFacts:
    """What the mails say. ``service`` is in the reader's language; ``reference`` has 8 characters;
    ``message``: what who asks wrote, or the reason of who refused. ``by``: the administrator who
    decided, where the organisation shares who they are; ``until``: how long a mandate holds;
    ``portal_url``: where the service begins, as it is registered.
    """

    person: str
    organisation: str
    service: str
    level: str
    message: str | None
    reference: str
    console_url: str = ""  # for administrators
    by: str | None = None
    until: datetime | None = None
    portal_url: str | None = None

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


def to_administrator(recipient: str, locale: str, said: RequestFacts) -> Message:
    """Somebody asks for a mandate."""
    facts = _on_one_line(said)
    if locale == "en":
        subject = f"Request: authorisation for {facts.person} at {facts.service}"
        lines = [
            f"{facts.person} wants to act for {facts.organisation} at {facts.service}.",
            f"This takes an authorisation at level {facts.level}.",
            f"Log in at {facts.console_url} to grant or refuse the request.",
            f"Reference: {show_reference(facts.reference)}",
            *_quote(f"{facts.person} wrote with it:", facts.message),
        ]
    else:
        subject = f"Verzoek: machtiging voor {facts.person} bij {facts.service}"
        lines = [
            f"{facts.person} wil inloggen namens {facts.organisation} bij {facts.service}.",
            f"Daarvoor is een machtiging op niveau {facts.level} nodig.",
            f"Log in op {facts.console_url} om het verzoek goed te keuren of af te wijzen.",
            f"Referentie: {show_reference(facts.reference)}",
            *_quote(f"{facts.person} schreef erbij:", facts.message),
        ]
    return _message(recipient, locale, subject, lines, facts)


def revoked(recipient: str, locale: str, said: RequestFacts) -> Message:
    """An administrator took a mandate back."""
    facts = _on_one_line(said)
    if locale == "en":
        who = facts.by or f"An administrator of {facts.organisation}"
        subject = f"Your authorisation was withdrawn: {facts.service}"
        lines = [
            f"{who} withdrew your authorisation. You may no longer act for {facts.organisation} "
            f"at {facts.service}.",
            "Ask the administrator of your organisation why.",
            f"Reference: {show_reference(facts.reference)}",
        ]
    else:
        who = facts.by or f"Een beheerder van {facts.organisation}"
        subject = f"Uw machtiging is ingetrokken: {facts.service}"
        lines = [
            f"{who} trok uw machtiging in. U mag niet meer inloggen namens {facts.organisation} "
            f"bij {facts.service}.",
            "Vraag uw beheerder naar de reden.",
            f"Referentie: {show_reference(facts.reference)}",
        ]
    return _message(recipient, locale, subject, lines, facts)


def to_requester(recipient: str, locale: str, said: RequestFacts, *, granted: bool) -> Message:
    """The administrator decided: who gave what and until when, or the reason of a refusal."""
    facts = _on_one_line(said)
    is_english = locale == "en"
    if is_english:
        word = "granted" if granted else "refused"
        subject = f"Your request was {word}: {facts.service}"
        lines = [f"Your request to act for {facts.organisation} at {facts.service} was {word}."]
    else:
        word = "goedgekeurd" if granted else "afgewezen"
        subject = f"Uw verzoek is {word}: {facts.service}"
        lines = [
            f"Uw verzoek om in te loggen namens {facts.organisation} bij {facts.service} is {word}."
        ]
    if granted:
        lines += _given_in_english(facts) if is_english else _given(facts)
    elif is_english:
        lines.append("You can send a new request the next time you log in.")
        lines.append(f"Reference: {show_reference(facts.reference)}")
        lines.extend(_quote("Your administrator gave this reason:", facts.message))
    else:
        lines.append("U kunt een nieuw verzoek sturen als u weer inlogt.")
        lines.append(f"Referentie: {show_reference(facts.reference)}")
        lines.extend(_quote("Uw beheerder gaf deze reden:", facts.message))
    return _message(recipient, locale, subject, lines, facts)


def _given(facts: RequestFacts) -> list[str]:
    """Who gave what until when, and where it is used."""
    who = facts.by or f"Een beheerder van {facts.organisation}"
    until = f", tot en met {times.day(facts.until, 'nl')}" if facts.until else ""
    begin = f"U kunt nu inloggen. Begin op {facts.portal_url}" if facts.portal_url else ""
    return [
        f"{who} gaf u een machtiging op niveau {facts.level}{until}.",
        begin or "U kunt nu inloggen.",
        f"Referentie: {show_reference(facts.reference)}",
    ]


def _given_in_english(facts: RequestFacts) -> list[str]:
    who = facts.by or f"An administrator of {facts.organisation}"
    until = f", up to and including {times.day(facts.until, 'en')}" if facts.until else ""
    begin = f"You can log in now. Begin at {facts.portal_url}" if facts.portal_url else ""
    return [
        f"{who} gave you an authorisation at level {facts.level}{until}.",
        begin or "You can log in now.",
        f"Reference: {show_reference(facts.reference)}",
    ]


def service_left(recipient: str, locale: str, said: RequestFacts) -> Message:
    """There is nothing to decide any more."""
    facts = _on_one_line(said)
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
    return _message(recipient, locale, subject, lines, facts)


def _on_one_line(said: RequestFacts) -> RequestFacts:
    """Names come from makelaars and files: none of them begins a paragraph of its own."""
    return replace(
        said,
        person=one_line(said.person),
        organisation=one_line(said.organisation),
        service=one_line(said.service),
        by=one_line(said.by) if said.by else None,
    )


def _quote(whose: str, text: str | None) -> Sequence[str]:
    """Last in the mail: nothing of ours comes after it."""
    quote = quoted(text or "")
    return [f"{whose}\n{quote}"] if quote else []


def _message(
    recipient: str, locale: str, subject: str, lines: Sequence[str], facts: RequestFacts
) -> Message:
    links = [url for url in (facts.console_url, facts.portal_url) if url]
    return mail(recipient, locale, subject, "\n\n".join(lines), facts.reference, links=links)
