"""Mails to operators about metadata of makelaars and portals: what happens, when, and where to
look. No link: who logs in by a mail follows that of a thief as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from flask_babel import force_locale
from flask_babel import gettext as _

from broker.texts import times
from broker.texts.mail import mail
from state.outbox import Message


@dataclass(frozen=True)
class MetadataNews:
    """Of one party, by the name that operators know. ``at``: when it ends or ended, since when it
    fails, or since when something waits.
    """

    word: Literal["ends", "ended", "fails", "waits"]
    party: str
    at: datetime


def of_news(email: str, locale: str, base_url: str, news: Sequence[MetadataNews]) -> Message:
    """One mail with a line for each."""
    with force_locale(locale):
        subject = _("Metadata vragen uw aandacht")
        about = _("Bij %(url)s:", url=base_url)
        lines = "\n".join(f"- {_line(one)}" for one in news)
        todo = _(
            "Kijk in de operatorconsole bij Metadata wat u kunt doen, of op de server met: "
            "sluis metadata status"
        )
    return mail(email, locale, subject, f"{about}\n\n{lines}\n\n{todo}")


def _line(one: MetadataNews) -> str:
    when = times.moment(one.at)
    told = " ".join(one.party.split())
    match one.word:
        case "ends":
            return _(
                "%(party)s: de metadata of het laatste certificaat erin eindigen op %(when)s. "
                "Daarna kan daar niemand meer inloggen.",
                party=told,
                when=when,
            )
        case "ended":
            return _(
                "%(party)s: de metadata of het laatste certificaat erin eindigden op %(when)s.",
                party=told,
                when=when,
            )
        case "fails":
            return _(
                "%(party)s: sinds %(when)s lukt het niet om nieuwe metadata op te halen.",
                party=told,
                when=when,
            )
        case "waits":
            return _(
                "%(party)s: nieuwe sleutels of adressen wachten sinds %(when)s op uw goedkeuring.",
                party=told,
                when=when,
            )
