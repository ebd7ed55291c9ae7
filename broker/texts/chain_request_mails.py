"""The mails about requests for chain mandates, in Dutch and English: to the client that is asked,
and to the intermediary that asked. What the intermediary wrote itself stands on the page alone.
What who answers wrote is quoted: it reads as theirs and is no sentence of ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from babel.dates import format_date

from broker.texts import times
from broker.texts.mail import mail
from broker.texts.quoting import one_line, quoted
from state.outbox import Message


@dataclass(frozen=True)
class AskedFacts:
    """Both ends by name and KvK number, what is asked, and the last day of it."""

    client: str
    client_kvk: str
    intermediary: str
    intermediary_kvk: str
    services: tuple[str, ...]
    until: date


def to_client(recipient: str, locale: str, said: AskedFacts, until: datetime, url: str) -> Message:
    """Who asks to act for the client, where, for how long, and the link that decides."""
    who, client = one_line(said.intermediary), one_line(said.client)
    if locale == "en":
        subject = f"{who} asks to act for {client}"
        text = [
            f"{who} (KvK {said.intermediary_kvk}) asks whether it may log in on behalf of "
            f"{client} (KvK {said.client_kvk}) at:",
            _names(said.services),
            f"Up to and including {_day(said.until, locale)}.",
            f"Read what this means, and agree or refuse:\n{url}",
            f"The link works once, until {times.moment(until, 'en')}. "
            "It is for you alone: do not send it on.",
            f"May you not decide for {client}, or do you not know {who}? Then you need not do "
            "anything: nothing changes.",
        ]
    else:
        subject = f"{who} wil handelen namens {client}"
        text = [
            f"{who} (KvK {said.intermediary_kvk}) vraagt of zij namens {client} "
            f"(KvK {said.client_kvk}) mag inloggen bij:",
            _names(said.services),
            f"Tot en met {_day(said.until, locale)}.",
            f"Lees wat dit betekent, en ga akkoord of weiger:\n{url}",
            f"De link werkt één keer, tot {times.moment(until, 'nl')}. "
            "Hij is alleen voor u: stuur hem niet door.",
            f"Mag u dit niet beslissen voor {client}, of kent u {who} niet? Dan hoeft u niets te "
            "doen: er verandert niets.",
        ]
    return _message(recipient, locale, subject, text, url=url)


def to_administrator(
    recipient: str, locale: str, said: AskedFacts, until: datetime, console_url: str
) -> Message:
    """The same to who administers the client: it waits in Te doen."""
    who, client = one_line(said.intermediary), one_line(said.client)
    if locale == "en":
        subject = f"{who} asks to act for {client}"
        text = [
            f"{who} (KvK {said.intermediary_kvk}) asks {client} for chain authorisations at:",
            _names(said.services),
            f"Up to and including {_day(said.until, locale)}.",
            f"You decide. Log in at {console_url} and look at To do, before "
            f"{times.moment(until, 'en')}. If nobody answers, nothing changes.",
        ]
    else:
        subject = f"{who} wil handelen namens {client}"
        text = [
            f"{who} (KvK {said.intermediary_kvk}) vraagt {client} om ketenmachtigingen bij:",
            _names(said.services),
            f"Tot en met {_day(said.until, locale)}.",
            f"U beslist. Log in op {console_url} en kijk bij Te doen, vóór "
            f"{times.moment(until, 'nl')}. Antwoordt niemand, dan verandert er niets.",
        ]
    return _message(recipient, locale, subject, text, url=console_url)


def code(recipient: str, locale: str, site: str, text_code: str) -> Message:
    """The code that shows that who answers reads the mail of the address."""
    if locale == "en":
        subject = f"Your code for {site}"
        text = [
            f"Your code is {text_code}. It works for ten minutes.",
            "With it you show that the request is for you. Give it to nobody, also not to the "
            "intermediary.",
            "Did you not ask for this? Then you need not do anything.",
        ]
    else:
        subject = f"Uw code voor {site}"
        text = [
            f"Uw code is {text_code}. Hij werkt tien minuten.",
            "Daarmee laat u zien dat het verzoek voor u is. Geef hem aan niemand, ook niet aan de "
            "intermediair.",
            "Vroeg u dit niet? Dan hoeft u niets te doen.",
        ]
    return _message(recipient, locale, subject, text, codes=[text_code])


def agreed(recipient: str, locale: str, said: AskedFacts, name: str, url: str) -> Message:
    """What somebody agreed to, and how to take it back."""
    who, client = one_line(said.intermediary), one_line(said.client)
    if locale == "en":
        subject = f"{who} may act for {client}"
        text = [
            f"Somebody agreed with the link that {who} (KvK {said.intermediary_kvk}) logs in on "
            f"behalf of {client} (KvK {said.client_kvk}) at:",
            _names(said.services),
            f"Up to and including {_day(said.until, locale)}.",
            f"Whoever agreed wrote as name:\n{quoted(name)}",
            f"Keep this mail. You take this back at any moment with this link:\n{url}",
            f"Was this not you, or may you not decide for {client}? Use the link at once.",
        ]
    else:
        subject = f"{who} mag handelen namens {client}"
        text = [
            f"Iemand ging met de link ermee akkoord dat {who} (KvK {said.intermediary_kvk}) inlogt "
            f"namens {client} (KvK {said.client_kvk}) bij:",
            _names(said.services),
            f"Tot en met {_day(said.until, locale)}.",
            f"Wie akkoord ging, schreef als naam:\n{quoted(name)}",
            f"Bewaar deze e-mail. U trekt dit op elk moment in met deze link:\n{url}",
            f"Was u dit niet, of mag u dit niet beslissen voor {client}? Gebruik de link dan "
            "meteen.",
        ]
    return _message(recipient, locale, subject, text, url=url)


def refused(recipient: str, locale: str, said: AskedFacts, reason: str) -> Message:
    """To the intermediary: the client does not want it."""
    client, why = one_line(said.client), quoted(reason)
    if locale == "en":
        subject = f"{client} refused your request"
        text = [
            f"{client} (KvK {said.client_kvk}) does not let your organisation act for it at:",
            _names(said.services),
            f"Reason given:\n{why}" if why else "No reason was given.",
        ]
    else:
        subject = f"{client} weigerde uw verzoek"
        text = [
            f"{client} (KvK {said.client_kvk}) laat uw organisatie niet namens haar handelen bij:",
            _names(said.services),
            f"Reden:\n{why}" if why else "Er is geen reden gegeven.",
        ]
    return _message(recipient, locale, subject, text)


def lapsed(recipient: str, locale: str, said: AskedFacts, ended: datetime) -> Message:
    """To the intermediary: nobody at the client answered in time."""
    client = one_line(said.client)
    if locale == "en":
        subject = f"{client} did not answer your request"
        text = [
            f"{client} (KvK {said.client_kvk}) was asked whether your organisation may act for it "
            "at:",
            _names(said.services),
            f"Nobody answered before {times.moment(ended, 'en')}. Your request lapsed, and nothing "
            "changed.",
            "Do you still need it? Send it again at Administration, Asked of clients. Let the "
            "client know that it comes.",
        ]
    else:
        subject = f"{client} antwoordde niet op uw verzoek"
        text = [
            f"Aan {client} (KvK {said.client_kvk}) is gevraagd of uw organisatie namens haar mag "
            "handelen bij:",
            _names(said.services),
            f"Niemand antwoordde vóór {times.moment(ended, 'nl')}. Uw verzoek is vervallen, en er "
            "is niets veranderd.",
            "Heeft u het nog nodig? Stuur het opnieuw bij Beheer, Gevraagd aan klanten. Zeg de "
            "klant dat het komt.",
        ]
    return _message(recipient, locale, subject, text)


def merged(recipient: str, locale: str, said: AskedFacts) -> Message:
    """To who agreed with a link: the client went up in another organisation, and it is over."""
    who, client = one_line(said.intermediary), one_line(said.client)
    if locale == "en":
        subject = f"{who} may no longer act for {client}"
        text = [
            f"{client} (KvK {said.client_kvk}) went up in another organisation. What was agreed "
            f"with the link in our mail has ended: {who} (KvK {said.intermediary_kvk}) no longer "
            "logs in on behalf of it at:",
            _names(said.services),
            f"You need not do anything. Must {who} go on? Then it asks the organisation of today.",
        ]
    else:
        subject = f"{who} mag niet meer handelen namens {client}"
        text = [
            f"{client} (KvK {said.client_kvk}) ging op in een andere organisatie. Wat met de link "
            f"in onze e-mail is afgesproken, is gestopt: {who} (KvK {said.intermediary_kvk}) logt "
            "niet meer namens haar in bij:",
            _names(said.services),
            f"U hoeft niets te doen. Moet {who} doorgaan? Dan vraagt die het aan de organisatie "
            "van nu.",
        ]
    return _message(recipient, locale, subject, text)


def _names(services: Sequence[str]) -> str:
    return "\n".join(f"- {one_line(name)}" for name in services)


def _day(day: date, locale: str) -> str:
    return format_date(day, "d MMMM y", locale)


def _message(
    recipient: str,
    locale: str,
    subject: str,
    text: Sequence[str],
    *,
    url: str = "",
    codes: Sequence[str] = (),
) -> Message:
    links = [url] if url else []
    return mail(recipient, locale, subject, "\n\n".join(text) + "\n", links=links, codes=codes)
