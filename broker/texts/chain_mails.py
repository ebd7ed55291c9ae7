"""The mails about chain mandates to the administrators of an intermediary, in Dutch and English:
with what their software and the service ask for. Not to be answered by a link.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from babel.dates import format_date

from broker.texts.mail import mail
from broker.texts.quoting import one_line
from consent.changes import TermChange
from state.outbox import Message
from state.trace import show_reference


@dataclass(frozen=True)
class ChainFacts:
    """Both ends, by name and KvK number."""

    client: str
    client_kvk: str
    intermediary: str
    intermediary_kvk: str


@dataclass(frozen=True)
class ToldChain:
    """One service. ``name``: in the language of the reader; ``since``: None where it went on from
    before.
    """

    name: str
    uuid: str
    level: str
    since: date | None
    until: date
    change: TermChange


_WORDS: Final = {
    "nl": {
        TermChange.NEW: "nieuw",
        TermChange.EXTENDED: "verlengd",
        TermChange.SHORTENED: "ingekort",
    },
    "en": {
        TermChange.NEW: "new",
        TermChange.EXTENDED: "extended",
        TermChange.SHORTENED: "shortened",
    },
}


def given(
    recipient: str,
    locale: str,
    facts: ChainFacts,
    told: Sequence[ToldChain],
    reference: str,
) -> Message:
    """A client gave them, or changed how long they hold."""
    client, lines = one_line(facts.client), "\n".join(_line(one, locale) for one in told)
    if locale == "en":
        subject = f"{client} authorised your organisation"
        text = [
            f"{client} lets your organisation act for it. These chain authorisations are recorded "
            "here:",
            _numbers(facts, locale),
            lines,
            "Colleagues who may log in for your organisation at these services can choose this "
            "client now. If logging in does not work, compare the UUID with that of your service.",
        ]
    else:
        subject = f"{client} gaf uw organisatie een ketenmachtiging"
        text = [
            f"{client} laat uw organisatie namens haar handelen. Deze ketenmachtigingen staan hier "
            "vast:",
            _numbers(facts, locale),
            lines,
            "Uw collega's die bij deze diensten namens uw organisatie mogen inloggen, kunnen deze "
            "klant nu kiezen. Lukt inloggen niet? Vergelijk dan de UUID met die van uw dienst.",
        ]
    return _message(recipient, locale, subject, text, reference)


def revoked(
    recipient: str, locale: str, facts: ChainFacts, services: Sequence[str], reference: str
) -> Message:
    """A client took them back, or the intermediary gave them up."""
    client = one_line(facts.client)
    if locale == "en":
        subject = f"Your organisation may no longer act for {client}"
        text = [
            f"These chain authorisations of {client} have ended. They do not count any more:",
            _numbers(facts, locale),
            _names(services),
            "Is this not right? Ask your client.",
        ]
    else:
        subject = f"Uw organisatie mag niet meer handelen namens {client}"
        text = [
            f"Deze ketenmachtigingen van {client} zijn gestopt. Zij gelden niet meer:",
            _numbers(facts, locale),
            _names(services),
            "Klopt dit niet? Vraag het uw klant.",
        ]
    return _message(recipient, locale, subject, text, reference)


def restored(
    recipient: str, locale: str, facts: ChainFacts, services: Sequence[str], reference: str
) -> Message:
    """The client undid what the mail of a moment ago told."""
    client = one_line(facts.client)
    if locale == "en":
        subject = f"Your organisation may act for {client} again"
        text = [f"{client} withdrew these by mistake. They hold again:", _names(services)]
    else:
        subject = f"Uw organisatie mag weer handelen namens {client}"
        text = [f"Intrekken was een vergissing van {client}. Deze gelden weer:", _names(services)]
    return _message(recipient, locale, subject, text, reference)


def given_up(
    recipient: str, locale: str, facts: ChainFacts, services: Sequence[str], reference: str
) -> Message:
    """To the client: the intermediary does this no more."""
    intermediary = one_line(facts.intermediary)
    if locale == "en":
        subject = f"{intermediary} does not act for your organisation any more"
        text = [
            f"{intermediary} gave up these chain authorisations. They do not count any more:",
            _numbers(facts, locale),
            _names(services),
            "You need not do anything. If another intermediary must take over, authorise it in "
            "your administration.",
        ]
    else:
        subject = f"{intermediary} handelt niet meer namens uw organisatie"
        text = [
            f"{intermediary} gaf deze ketenmachtigingen op. Zij gelden niet meer:",
            _numbers(facts, locale),
            _names(services),
            "U hoeft niets te doen. Neemt een andere intermediair het over? Machtig die dan bij "
            "Beheer.",
        ]
    return _message(recipient, locale, subject, text, reference)


def taken_up(
    recipient: str, locale: str, facts: ChainFacts, services: Sequence[str], reference: str
) -> Message:
    """To the client: the intermediary undid what the mail of a moment ago told."""
    intermediary = one_line(facts.intermediary)
    if locale == "en":
        subject = f"{intermediary} acts for your organisation again"
        text = [f"{intermediary} gave these up by mistake. They hold again:", _names(services)]
    else:
        subject = f"{intermediary} handelt weer namens uw organisatie"
        text = [
            f"Opgeven was een vergissing van {intermediary}. Deze gelden weer:",
            _names(services),
        ]
    return _message(recipient, locale, subject, text, reference)


def _numbers(facts: ChainFacts, locale: str) -> str:
    client, intermediary = one_line(facts.client), one_line(facts.intermediary)
    words = ("Client", "Intermediary") if locale == "en" else ("Klant", "Intermediair")
    return (
        f"{words[0]}: {client}, KvK {facts.client_kvk}\n"
        f"{words[1]}: {intermediary}, KvK {facts.intermediary_kvk}"
    )


def _line(one: ToldChain, locale: str) -> str:
    word, until = _WORDS[locale][one.change], format_date(one.until, "d MMMM y", locale)
    to = f"up to and including {until}" if locale == "en" else f"tot en met {until}"
    since = ""
    if one.since is not None:
        word_of_start = "from" if locale == "en" else "van"
        since = f"{word_of_start} {format_date(one.since, 'd MMMM y', locale)} "
    return f"- {one_line(one.name)} ({one.level}): {word}, {since}{to}\n  UUID {one.uuid}"


def _names(services: Sequence[str]) -> str:
    return "\n".join(f"- {one_line(name)}" for name in services)


def _message(
    recipient: str, locale: str, subject: str, text: Sequence[str], reference: str
) -> Message:
    word = "Reference" if locale == "en" else "Referentie"
    body = "\n\n".join([*text, f"{word}: {show_reference(reference)}"])
    return mail(recipient, locale, subject, body, reference)
