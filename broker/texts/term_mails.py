"""Mails about what ends by itself: the digest of administrators, and to whom it ended. No link that
does something: where to look is said in words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from babel.dates import format_date
from flask_babel import force_locale, gettext
from flask_babel import lazy_gettext as _

from broker.texts.mail import mail
from broker.texts.mandate_changes import every_service
from broker.texts.mandate_mails import RequestFacts
from broker.texts.quoting import one_line
from broker.texts.sentences import ended
from state.outbox import Message
from state.trace import show_reference


@dataclass(frozen=True)
class Ending:
    """One thing that ends after the day ``until``. ``name``: of the person or the intermediary;
    ``service``: in the language of the reader, None for every service up to ``level``.
    """

    kind: str
    until: date
    name: str
    service: str | None
    level: str


@dataclass(frozen=True)
class EndingsAt:
    """At one organisation, the first to end first."""

    organisation: str
    rows: tuple[Ending, ...]


_LINES: Final = {
    "mandate_ends": _("%(name)s bij %(service)s: de machtiging stopt na %(day)s."),
    "mandate_unused": _(
        "%(name)s bij %(service)s: de machtiging is lang niet gebruikt en vervalt na %(day)s."
    ),
    "chain_ends": _("%(name)s bij %(service)s: de ketenmachtiging stopt na %(day)s."),
    "chain_unused": _(
        "%(name)s bij %(service)s: de ketenmachtiging is lang niet gebruikt en vervalt na %(day)s."
    ),
    "role_ends": _(
        "%(name)s: de rol van beheerder stopt na %(day)s. Een andere beheerder kan haar verlengen."
    ),
    "one_left": _(
        "%(name)s is nu de enige beheerder, tot en met %(day)s. Wijs een tweede aan: zonder "
        "beheerder kan niemand machtigingen geven."
    ),
    "request_lapses": _(
        "%(name)s vroeg een machtiging voor %(service)s. Het verzoek vervalt na %(day)s."
    ),
}


def digest(email: str, locale: str, base_url: str, found: Sequence[EndingsAt]) -> Message:
    """Everything that is new for one administrator. Needs the texts outside a request."""
    with force_locale(locale):
        subject = gettext("Dit stopt binnenkort bij uw organisatie")
        parts = [gettext("Bij Beheer van %(url)s stopt binnenkort iets.", url=base_url)]
        for place in found:
            lines = "\n".join(f"- {_line(one, locale)}" for one in place.rows)
            parts.append(f"{one_line(place.organisation)}\n{lines}")
        parts.append(
            gettext(
                "Log in bij Beheer en kijk bij Te doen. U krijgt deze e-mail hoogstens één keer "
                "per week."
            )
        )
    return mail(email, locale, subject, "\n\n".join(parts))


def lapsed(
    email: str, locale: str, organisation: str, one: Ending, months: int, reference: str
) -> Message:
    """To the person whose mandate lapsed unused. Needs the texts outside a request."""
    with force_locale(locale):
        service = _service(one, locale)
        place = one_line(organisation)
        subject = gettext("Uw machtiging is vervallen: %(service)s", service=service)
        lines = [
            gettext(
                "U gebruikte uw machtiging voor %(organisation)s bij %(service)s %(months)d "
                "maanden niet. Daarom is zij vervallen.",
                organisation=place,
                service=service,
                months=months,
            ),
            gettext(
                "Is zij weer nodig? Vraag het uw beheerder, of log in bij de dienst en vraag "
                "daar een machtiging."
            ),
            f"{gettext('Referentie')}: {show_reference(reference)}",
        ]
    return mail(email, locale, subject, "\n\n".join(lines), reference)


def role_extended(
    email: str, locale: str, organisation: str, until: date, reference: str
) -> Message:
    """To an administrator whose role was extended."""
    place = one_line(organisation)
    if locale == "en":
        subject = f"You remain an administrator of {place}"
        lines = [
            f"Your role as administrator of {place} was extended, up to and including "
            f"{format_date(until, 'd MMMM y', 'en')}.",
            "You need not do anything. Is this not right? Ask your colleague.",
            f"Reference: {show_reference(reference)}",
        ]
    else:
        subject = f"U blijft beheerder van {place}"
        lines = [
            f"Uw rol als beheerder van {place} is verlengd, tot en met "
            f"{format_date(until, 'd MMMM y', 'nl')}.",
            "U hoeft niets te doen. Klopt dit niet? Vraag het uw collega.",
            f"Referentie: {show_reference(reference)}",
        ]
    return mail(email, locale, subject, "\n\n".join(lines), reference)


def request_lapsed(email: str, locale: str, said: RequestFacts, days: int) -> Message:
    """To the person on whose request nobody decided in time."""
    service, place = one_line(said.service), one_line(said.organisation)
    if locale == "en":
        subject = f"Your request lapsed: {service}"
        lines = [
            f"You asked to act for {place} at {service}. No administrator decided within {days} "
            "days, so your request lapsed.",
            "You can send a new request the next time you log in. Tell your administrator of it.",
            f"Reference: {show_reference(said.reference)}",
        ]
    else:
        subject = f"Uw verzoek is vervallen: {service}"
        lines = [
            f"U vroeg om in te loggen namens {place} bij {service}. Geen beheerder besliste binnen "
            f"{days} dagen. Daarom is uw verzoek vervallen.",
            "U kunt een nieuw verzoek sturen als u weer inlogt. Zeg het ook tegen uw beheerder.",
            f"Referentie: {show_reference(said.reference)}",
        ]
    return mail(email, locale, subject, "\n\n".join(lines), said.reference)


def _line(one: Ending, locale: str) -> str:
    values = {
        "name": one_line(one.name),
        "service": _service(one, locale),
        "day": format_date(one.until, "d MMMM y", "en" if locale == "en" else "nl"),
    }
    return ended(str(_LINES[one.kind]), values) % values


def _service(one: Ending, locale: str) -> str:
    return one_line(one.service) if one.service else every_service(one.level, locale)
