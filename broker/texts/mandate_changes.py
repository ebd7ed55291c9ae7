"""The mails about mandates that an administrator gave or changed, in Dutch and English: one for all
that was done to somebody at once. Not to be answered by a link.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from babel.dates import format_date

from broker.texts.quoting import one_line
from broker.texts.referenced_mail import referenced_mail
from consent.changes import TermChange
from state.outbox import Message


@dataclass(frozen=True)
class ToldChange:
    """``service``: in the language of the reader; None for every service up to ``level``."""

    service: str | None
    level: str
    change: TermChange
    until: date


_WORDS: Final = {
    "nl": {
        TermChange.NEW: "nieuw, tot en met {day}",
        TermChange.EXTENDED: "verlengd, tot en met {day}",
        TermChange.SHORTENED: "ingekort, tot en met {day}",
    },
    "en": {
        TermChange.NEW: "new, up to and including {day}",
        TermChange.EXTENDED: "extended, up to and including {day}",
        TermChange.SHORTENED: "shortened, up to and including {day}",
    },
}


def told(
    recipient: str,
    locale: str,
    organisation: str,
    done: Sequence[ToldChange],
    reference: str,
    *,
    by: str | None = None,
) -> Message:
    """To the person whose mandates they are. ``by``: the administrator, where the organisation
    shares who they are.
    """
    place, who = one_line(organisation), one_line(by) if by else None
    if locale == "en":
        subject = f"Your authorisations for {place} were changed"
        lines = [
            f"{who or f'An administrator of {place}'} changed for what you may act:",
            _list(done, "en"),
            "You need not do anything. Is this not right? Ask your administrator.",
        ]
    else:
        subject = f"Uw machtigingen voor {place} zijn veranderd"
        lines = [
            f"{who or f'Een beheerder van {place}'} veranderde waarvoor u gemachtigd bent:",
            _list(done, "nl"),
            "U hoeft niets te doen. Klopt dit niet? Vraag het uw beheerder.",
        ]
    return referenced_mail(recipient, locale, subject, lines, reference)


def to_oneself(
    recipient: str,
    locale: str,
    person: str,
    organisation: str,
    done: Sequence[ToldChange],
    reference: str,
) -> Message:
    """To the other administrators: one of them changed the own mandates."""
    who, place = one_line(person), one_line(organisation)
    if locale == "en":
        subject = f"{who} changed their own authorisations for {place}"
        lines = [
            f"{who} is an administrator of {place} and changed their own authorisations:",
            _list(done, "en"),
            "Is this not right? Withdraw them in your administration, and ask your colleague.",
        ]
    else:
        subject = f"{who} veranderde eigen machtigingen voor {place}"
        lines = [
            f"{who} is beheerder van {place} en veranderde de eigen machtigingen:",
            _list(done, "nl"),
            "Klopt dit niet? Trek ze in bij Beheer, en vraag het uw collega.",
        ]
    return referenced_mail(recipient, locale, subject, lines, reference)


def restored(
    recipient: str, locale: str, organisation: str, service: str, reference: str
) -> Message:
    """The administrator undid what the mail of a moment ago told."""
    place, name = one_line(organisation), one_line(service)
    if locale == "en":
        subject = f"Your authorisation holds again: {name}"
        lines = [f"You may act for {place} at {name} again. It was withdrawn by mistake."]
    else:
        subject = f"Uw machtiging geldt weer: {name}"
        lines = [f"U mag weer inloggen namens {place} bij {name}. Intrekken was een vergissing."]
    return referenced_mail(recipient, locale, subject, lines, reference)


def every_service(level: str, locale: str) -> str:
    """What a general mandate is called where a service would be named."""
    if locale == "en":
        return f"all services up to {level}, also future ones"
    return f"alle diensten tot en met {level}, ook toekomstige"


def _list(done: Sequence[ToldChange], language: str) -> str:
    return "\n".join(f"- {_name(one, language)}: {_what(one, language)}" for one in done)


def _name(one: ToldChange, language: str) -> str:
    return one_line(one.service) if one.service else every_service(one.level, language)


def _what(one: ToldChange, language: str) -> str:
    day = format_date(one.until, "d MMMM y", language)
    return _WORDS[language][one.change].format(day=day)
