"""Mails about a login of which its person says that it was somebody else: to the person, so that
nobody says so unseen, and to operators, who look at its trace. Without a link: who logs in by a
mail follows that of a thief as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from broker.texts import times
from broker.texts.mail import mail
from state.outbox import Message


@dataclass(frozen=True)
class DisownedLogin:
    """Which login: names of service and of the way to log in, in the language of the reader."""

    at: datetime
    service: str
    way: str
    reference: str

    @property
    def code(self) -> str:
        return f"{self.reference[:4]}-{self.reference[4:]}"


def to_person(email: str, locale: str, base_url: str, login: DisownedLogin) -> Message:
    """What was done, and what only they can do."""
    with force_locale(locale):
        subject = _("U meldde een login die u niet kent")
        told = _(
            "Op %(url)s is gemeld dat u dit niet was. Het gaat om de login van %(when)s bij "
            "%(service)s, via %(way)s. De code is %(code)s.",
            url=base_url,
            when=times.moment(login.at),
            service=login.service,
            way=login.way,
            code=login.code,
        )
        done = _("Alle andere browsers zijn uitgelogd.")
        todo = _(
            "Laat uw inlogmiddel blokkeren waar u het kreeg, of kies daar een nieuw wachtwoord."
        )
        warning = _("Meldde u dit niet zelf? Waarschuw meteen de beheerder van uw organisatie.")
    text = f"{told}\n\n{done} {todo}\n\n{warning}\n"
    return mail(email, locale, subject, text, login.reference)


def to_operator(email: str, locale: str, base_url: str, login: DisownedLogin) -> Message:
    """No name of the person: the code leads to the trace, for who may read it."""
    with force_locale(locale):
        subject = _("Iemand herkent een login niet: %(code)s", code=login.code)
        told = _(
            "Bij %(url)s meldt iemand: deze login was ik niet. Het gaat om de login van %(when)s "
            "bij %(service)s, via %(way)s.",
            url=base_url,
            when=times.moment(login.at),
            service=login.service,
            way=login.way,
        )
        done = _("De andere sessies van deze persoon zijn beëindigd.")
        todo = _(
            "Zoek code %(code)s in de operatorconsole. Kijk of er meer van zulke logins zijn, en "
            "waarschuw zo nodig de makelaar.",
            code=login.code,
        )
    return mail(email, locale, subject, f"{told}\n\n{done} {todo}", login.reference)
