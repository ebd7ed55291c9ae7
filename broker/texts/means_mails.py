"""Mails and letters about means that Sluis issues, in Dutch and English. A code stands in the one
message that is for it, and in no other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from broker.texts import times
from broker.texts.mail import mail
from broker.texts.quoting import one_line, quoted
from state.outbox import Message
from state.trace import show_reference


@dataclass(frozen=True)
class MeansTold:
    """What the messages say. ``until``: how long codes can be used, or when a means ends; ``url``:
    where to go; ``site``: the name of the installation.
    """

    person: str
    organisation: str
    level: str
    reference: str
    until: datetime | None = None
    url: str = ""
    site: str = ""


def received(recipient: str, locale: str, said: MeansTold) -> Message:
    """To who asked: it came in."""
    told = _on_one_line(said)
    if locale == "en":
        subject = f"We received your request: login means for {told.person}"
        lines = [
            f"You asked a login means at level {told.level} for {told.person} of "
            f"{told.organisation}.",
            "We check the request. You get a mail with the outcome.",
        ]
    else:
        subject = f"Wij ontvingen uw aanvraag: inlogmiddel voor {told.person}"
        lines = [
            f"U vroeg een inlogmiddel op niveau {told.level} aan voor {told.person} van "
            f"{told.organisation}.",
            "Wij controleren de aanvraag. U krijgt een e-mail met de uitkomst.",
        ]
    return _mail(recipient, locale, subject, lines, told)


def approved(recipient: str, locale: str, said: MeansTold, *, is_new: bool) -> Message:
    """To who asked: it goes on."""
    told = _on_one_line(said)
    if locale == "en":
        subject = f"Your request was approved: login means for {told.person}"
        then = (
            "We send a letter and an e-mail, each with a code. Both are needed for the activation."
            if is_new
            else "The change is processed."
        )
        lines = [f"The request at level {told.level} for {told.person} was approved.", then]
        where = f"You see how it stands at {told.url}"
    else:
        subject = f"Uw aanvraag is goedgekeurd: inlogmiddel voor {told.person}"
        then = (
            "Wij sturen een brief en een e-mail, elk met een code. Voor het activeren zijn beide "
            "nodig."
            if is_new
            else "De wijziging wordt verwerkt."
        )
        lines = [f"De aanvraag op niveau {told.level} voor {told.person} is goedgekeurd.", then]
        where = f"De stand ziet u op {told.url}"
    return _mail(recipient, locale, subject, [*lines, where], told)


def refused(recipient: str, locale: str, said: MeansTold, reason: str) -> Message:
    """To who asked: it does not go on, and why."""
    told = _on_one_line(said)
    if locale == "en":
        subject = f"Your request was not approved: login means for {told.person}"
        lines = [
            f"The request at level {told.level} for {told.person} was not approved.",
            f"Nothing changed. You can ask again at {told.url}",
        ]
        whose = "This is the reason:"
    else:
        subject = f"Uw aanvraag is afgekeurd: inlogmiddel voor {told.person}"
        lines = [
            f"De aanvraag op niveau {told.level} voor {told.person} is afgekeurd.",
            f"Er is niets veranderd. U kunt opnieuw aanvragen op {told.url}",
        ]
        whose = "Dit is de reden:"
    return _mail(recipient, locale, subject, lines, told, quote=f"{whose}\n{quoted(reason)}")


def letter(address: str, locale: str, said: MeansTold, code: str) -> Message:
    """To the person, by post. ``address``: as it stands on the envelope."""
    told = _on_one_line(said)
    until = times.day(told.until, locale) if told.until is not None else ""
    if locale == "en":
        subject = f"Activate your login means for {told.site}"
        lines = [
            f"Dear {told.person},",
            f"{told.organisation} asked a login means at level {told.level} for you.",
            f"Your code from this letter: {code}",
            f"Go to {told.url} and follow the steps. You also need the code from our e-mail.",
            f"You can do this up to and including {until}.",
            "Do you not know about this? Do not use the code, and warn your organisation.",
        ]
    else:
        subject = f"Activeer uw inlogmiddel voor {told.site}"
        lines = [
            f"Beste {told.person},",
            f"{told.organisation} vroeg voor u een inlogmiddel aan op niveau {told.level}.",
            f"Uw code uit deze brief: {code}",
            f"Ga naar {told.url} en volg de stappen. U heeft ook de code uit onze e-mail nodig.",
            f"Dit kan tot en met {until}.",
            "Weet u hier niets van? Gebruik de code niet en waarschuw uw organisatie.",
        ]
    return Message("letter", address, subject, _text(lines, told), told.reference)


def mail_code(recipient: str, locale: str, said: MeansTold, code: str) -> Message:
    """To the person, by mail: the other code."""
    told = _on_one_line(said)
    if locale == "en":
        subject = f"Your e-mail code for {told.site}"
        lines = [
            f"{told.organisation} asked a login means at level {told.level} for you.",
            f"Your code from this e-mail: {code}",
            "You also get a letter with a code. Keep this e-mail until then.",
            f"Then go to {told.url}",
            "Do you not know about this? Do not use the code, and warn your organisation.",
        ]
    else:
        subject = f"Uw e-mailcode voor {told.site}"
        lines = [
            f"{told.organisation} vroeg voor u een inlogmiddel aan op niveau {told.level}.",
            f"Uw code uit deze e-mail: {code}",
            "U krijgt ook een brief met een code. Bewaar deze e-mail tot dan.",
            f"Ga daarna naar {told.url}",
            "Weet u hier niets van? Gebruik de code niet en waarschuw uw organisatie.",
        ]
    return _mail(recipient, locale, subject, lines, told, code=code)


def reminder(recipient: str, locale: str, said: MeansTold, *, is_new: bool) -> Message:
    """To the person: the codes end soon, and were not used. It holds none itself."""
    told = _on_one_line(said)
    until = times.day(told.until, locale) if told.until is not None else ""
    if locale == "en":
        subject = f"Activate your login means for {told.site}: until {until}"
        what = (
            "Your login means is not active yet."
            if is_new
            else "The change of your login means waits for you."
        )
        lines = [
            f"{what} {told.organisation} asked level {told.level} for you.",
            f"Go to {told.url} and follow the steps. You need the code from our letter and the "
            "code from our earlier e-mail.",
            f"You can do this up to and including {until}. After that your administrator has to "
            "ask a new letter.",
            "Do you not know about this? Do not use the codes, and warn your organisation.",
        ]
    else:
        subject = f"Activeer uw inlogmiddel voor {told.site}: nog tot en met {until}"
        what = (
            "Uw inlogmiddel is nog niet actief."
            if is_new
            else "De wijziging van uw inlogmiddel wacht op u."
        )
        lines = [
            f"{what} {told.organisation} vroeg voor u niveau {told.level} aan.",
            f"Ga naar {told.url} en volg de stappen. U heeft de code uit onze brief nodig, en de "
            "code uit onze eerdere e-mail.",
            f"Dit kan tot en met {until}. Daarna moet uw beheerder een nieuwe brief aanvragen.",
            "Weet u hier niets van? Gebruik de codes niet en waarschuw uw organisatie.",
        ]
    return _mail(recipient, locale, subject, lines, told)


def activated(recipient: str, locale: str, said: MeansTold) -> Message:
    """To the person: it can be used from now on, in case it was somebody else."""
    told = _on_one_line(said)
    if locale == "en":
        subject = f"Your login means for {told.site} is active"
        lines = [
            f"Your login means at level {told.level} is active. You can log in with it now.",
            f"Was this not you? Warn the help desk of {told.site} at once.",
        ]
    else:
        subject = f"Uw inlogmiddel voor {told.site} is actief"
        lines = [
            f"Uw inlogmiddel op niveau {told.level} is actief. U kunt er nu mee inloggen.",
            f"Was u dit niet zelf? Waarschuw meteen de helpdesk van {told.site}.",
        ]
    return _mail(recipient, locale, subject, lines, told)


def changed(recipient: str, locale: str, said: MeansTold) -> Message:
    """To the person: level, role or organisations are others from now on."""
    told = _on_one_line(said)
    if locale == "en":
        subject = f"Your login means for {told.site} was changed"
        lines = [
            f"{told.organisation} changed your login means. Its level is {told.level} now.",
            f"You see what you can do with it at {told.url}",
            "Do you not know about this? Ask the administrator of your organisation.",
        ]
    else:
        subject = f"Uw inlogmiddel voor {told.site} is gewijzigd"
        lines = [
            f"{told.organisation} wijzigde uw inlogmiddel. Het niveau is nu {told.level}.",
            f"Wat u ermee kunt, ziet u op {told.url}",
            "Weet u hier niets van? Vraag het de beheerder van uw organisatie.",
        ]
    return _mail(recipient, locale, subject, lines, told)


def ended(recipient: str, locale: str, said: MeansTold) -> Message:
    """To the person: it ends at this organisation, now (``until`` is None) or on a day."""
    told = _on_one_line(said)
    day = times.day(told.until, locale) if told.until is not None else None
    if locale == "en":
        subject = f"Your login means for {told.organisation} ends"
        when = f"after {day}" if day else "from now on"
        lines = [
            f"You cannot log in for {told.organisation} with your login means {when}.",
            "Ask the administrator of your organisation why.",
        ]
    else:
        subject = f"Uw inlogmiddel voor {told.organisation} stopt"
        when = f"na {day}" if day else "vanaf nu"
        lines = [
            f"U kunt {when} niet meer met uw inlogmiddel inloggen namens {told.organisation}.",
            "Vraag uw beheerder naar de reden.",
        ]
    return _mail(recipient, locale, subject, lines, told)


def one_restricted(recipient: str, locale: str, said: MeansTold, kept: str) -> Message:
    """To administrators after a merger: one restricted means stays, that of ``kept``, and this one
    ends, now (``until`` is None) or on a day.
    """
    told, other = _on_one_line(said), one_line(kept)
    day = times.day(told.until, locale) if told.until is not None else None
    if locale == "en":
        subject = f"The login means of {told.person} ends because of the merger"
        when = f"after {day}" if day else "from now on"
        lines = [
            f"After the merger {told.organisation} had more than one restricted login means. The "
            "rule is one for each KvK number.",
            f"That of {other} stays. That of {told.person} counts no more {when}, nor do the "
            "authorisations that go with it.",
            f"Does {told.person} still need to log in after that? Request an ordinary login means "
            "then, at Administration, Users.",
        ]
    else:
        subject = f"Het inlogmiddel van {told.person} stopt door de samenvoeging"
        when = f"na {day}" if day else "vanaf nu"
        lines = [
            f"{told.organisation} had na de samenvoeging meer dan één beperkt inlogmiddel. De "
            "regel is één per KvK-nummer.",
            f"Dat van {other} blijft. Dat van {told.person} telt {when} niet meer, net als de "
            "machtigingen die erbij horen.",
            f"Moet {told.person} daarna nog inloggen? Vraag dan een gewoon inlogmiddel aan, bij "
            "Beheer, Gebruikers.",
        ]
    return _mail(recipient, locale, subject, lines, told)


def _on_one_line(told: MeansTold) -> MeansTold:
    """Names come from forms and files: none of them begins a paragraph of its own."""
    return replace(told, person=one_line(told.person), organisation=one_line(told.organisation))


def _mail(
    recipient: str,
    locale: str,
    subject: str,
    lines: Sequence[str],
    told: MeansTold,
    *,
    quote: str = "",
    code: str = "",
) -> Message:
    text = _text(lines, told) + (f"\n{quote}\n" if quote else "")
    links = [told.url] if told.url else []
    return mail(recipient, locale, subject, text, told.reference or None, links=links, codes=[code])


def _text(lines: Sequence[str], told: MeansTold) -> str:
    reference = [f"Ref. {show_reference(told.reference)}"] if told.reference else []
    return "\n\n".join([*lines, *reference]) + "\n"
