"""Notices: what a person is told when a factor of theirs changes, by mail and, where a phone number
went, by SMS to that number. In the person's own language; no code, seed or number in it.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from assurance.factors import FactorKind
from broker.texts import times
from broker.texts.mail import mail
from directory.people import Person
from keys.sealing import Sealer
from state.outbox import Message, enqueue


class Change(enum.StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    COUNTS = "counts"


@dataclass(frozen=True)
class Told:
    """Whom a reset is told, everywhere that was known before it."""

    locale: str
    addresses: tuple[str, ...]
    numbers: tuple[str, ...]


def kind_name(kind: FactorKind) -> str:
    """What people call it, in the language of the moment."""
    return {
        FactorKind.TOTP: _("App met codes"),
        FactorKind.OTP_DEVICE: _("Apparaat met codes"),
        FactorKind.SMS: _("Code per sms"),
        FactorKind.PASSKEY: _("Passkey"),
        FactorKind.RECOVERY_CODES: _("Herstelcodes"),
    }[kind]


def tell(
    session: Session,
    sealer: Sealer,
    person: Person,
    change: Change,
    kind: FactorKind,
    *,
    base_url: str,
    now: datetime,
    old_number: str | None = None,
) -> None:
    """Enqueue the notice in the transaction of the change. ``old_number``: that gets no codes any
    more.
    """
    with force_locale(person.locale):
        subject, happened = _words(change, kind)
        warning = _("Was u dit niet zelf? Waarschuw meteen de beheerder van uw organisatie.")
        out = _out_everywhere()
        own = f"{base_url}/mijn/inlogmiddelen"
        address = _("Bekijk uw inlogmiddelen op %(url)s", url=own)
    if person.email is not None:
        text = f"{happened}\n\n{warning} {out}\n\n{address}"
        message = mail(person.email, person.locale, subject, text, links=[own])
        enqueue(session, sealer, message, now)
    if old_number is not None:
        text = f"{happened} {warning}"
        enqueue(session, sealer, Message("sms", old_number, "", text), now)


def address_changed(base_url: str, person: Person, old: str) -> Message:
    """What goes to the address that this person had until now."""
    with force_locale(person.locale):
        subject = _("Uw e-mailadres is gewijzigd")
        happened = _("Uw e-mailadres op %(url)s is gewijzigd.", url=base_url)
        no_more = _("Berichten komen niet meer op dit adres.")
        warning = _("Was u dit niet zelf? Waarschuw meteen de beheerder van uw organisatie.")
        out = _out_everywhere()
    return mail(old, person.locale, subject, f"{happened} {no_more}\n\n{warning} {out}")


def new_browser(
    base_url: str,
    person: Person,
    *,
    at: datetime,
    service: str,
    way: str,
    reference: str,
) -> Message:
    """Of a login in a browser in which this person never logged in before. Needs an address."""
    assert person.email is not None
    with force_locale(person.locale):
        when = times.moment(at)
        subject = _("Nieuwe login op uw naam")
        happened = _(
            "Op %(when)s is op uw naam ingelogd bij %(service)s, via %(way)s, in een browser "
            "waarin u nog niet eerder inlogde.",
            when=when,
            service=service,
            way=way,
        )
        fine = _("Was u dit zelf? Dan hoeft u niets te doen.")
        logins = f"{base_url}/mijn/logins"
        check = _("Was u dit niet? Bekijk uw logins op %(url)s.", url=logins)
        out = _out_everywhere()
        warning = _(
            "Waarschuw de beheerder van uw organisatie en noem code %(code)s.",
            code=f"{reference[:4]}-{reference[4:]}",
        )
    text = f"{happened}\n\n{fine}\n\n{check} {out} {warning}"
    return mail(person.email, person.locale, subject, text, reference, links=[logins])


def tell_reset(
    session: Session,
    sealer: Sealer,
    told: Told,
    kinds: Sequence[FactorKind],
    *,
    base_url: str,
    now: datetime,
) -> None:
    """Enqueue what the help desk ended, in the transaction of the reset."""
    with force_locale(told.locale):
        subject = _("Inlogmiddelen verwijderd")
        names = ", ".join(kind_name(kind) for kind in kinds)
        happened = _("De helpdesk heeft inlogmiddelen van u verwijderd: %(names)s.", names=names)
        warning = _("Vroeg u dit niet zelf? Waarschuw meteen de beheerder van uw organisatie.")
        out = _("U bent overal uitgelogd.")
        own = f"{base_url}/mijn/inlogmiddelen"
        again = _("Voeg een nieuw inlogmiddel toe op %(url)s", url=own)
        letter = _("Soms telt het pas mee na een code die u per brief krijgt.")
    text = f"{happened} {out}\n\n{warning}\n\n{again}\n{letter}"
    for address in told.addresses:
        message = mail(address, told.locale, subject, text, links=[own])
        enqueue(session, sealer, message, now)
    for number in told.numbers:
        enqueue(session, sealer, Message("sms", number, "", f"{happened} {warning}"), now)


def _out_everywhere() -> str:
    """In words: who follows a link in a mail to log in, follows that of a thief as well."""
    return _(
        "Wilt u iemand anders buitensluiten? "
        "Kies op onze website Mijn inlogmiddelen, dan Mijn sessies, dan Log overal uit."
    )


def _words(change: Change, kind: FactorKind) -> tuple[str, str]:
    name = kind_name(kind)
    match change:
        case Change.ADDED:
            return _("Inlogmiddel toegevoegd"), _(
                "Er is voor u een inlogmiddel toegevoegd: %(name)s.", name=name
            )
        case Change.REMOVED:
            return _("Inlogmiddel verwijderd"), _(
                "Er is een inlogmiddel van u verwijderd: %(name)s.", name=name
            )
        case Change.COUNTS:
            return _("Inlogmiddel telt nu mee"), _(
                "Dit inlogmiddel telt vanaf nu mee: %(name)s.", name=name
            )


def recovery_code_used(
    email: str, left: int, reference: str, *, at: datetime, service: str, base_url: str
) -> Message:
    """In the language of the page where it was used. ``left``: codes that still work;
    ``service``: where somebody logs in with it.
    """
    used = _(
        "Op %(when)s is een herstelcode gebruikt om in te loggen bij %(service)s.",
        when=times.moment(at),
        service=service,
    )
    more = _("U heeft er nog %(left)d.", left=left)
    own = f"{base_url}/mijn/inlogmiddelen"
    new = _("Maak nieuwe herstelcodes op %(url)s", url=own)
    warning = _("Was u dit niet zelf? Waarschuw de beheerder van uw organisatie.")
    text = f"{used} {more}\n\n{new}\n\n{warning}"
    subject = _("Herstelcode gebruikt")
    return mail(email, times.spoken(), subject, text, reference, links=[own])
