"""Mails about requests for a mandate: who, for whom and for what; no link that does something."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import pytest

from broker.texts import mandate_mails
from broker.texts.mandate_mails import RequestFacts
from state.outbox import Message

FACTS = RequestFacts(
    person="Jan de Vries",
    organisation="De Korenmolen",
    service="Meldpunt Bodem",
    level="EH3",
    message=None,
    reference="AB12CD34",
    console_url="https://login.example/beheer",
)
UNTIL = datetime(2027, 11, 29, 22, 59, 59, tzinfo=UTC)  # the end of that day in the Netherlands
Mail = Callable[[str, str, RequestFacts], Message]
MAILS = {
    "to_administrator": mandate_mails.to_administrator,
    "revoked": mandate_mails.revoked,
    "granted": partial(mandate_mails.to_requester, granted=True),
    "refused": partial(mandate_mails.to_requester, granted=False),
    "service_left": mandate_mails.service_left,
}


@pytest.mark.parametrize("mail", MAILS.values(), ids=MAILS)
def test_a_mail_names_organisation_and_service_in_the_language_of_its_reader(mail: Mail) -> None:
    dutch, english = (mail("jan@voorbeeld.example", one, FACTS) for one in ("nl", "en"))
    for message in (dutch, english):
        assert (message.channel, message.recipient) == ("mail", "jan@voorbeeld.example")
        assert message.reference == "AB12CD34"
        assert "Meldpunt Bodem" in message.subject
        assert "De Korenmolen" in message.text
    assert dutch.subject != english.subject and dutch.text != english.text
    assert mail("jan@voorbeeld.example", "fr", FACTS) == dutch


DECIDED = replace(FACTS, by="Sanne Bakker", until=UNTIL, portal_url="https://portaal.example/")


@pytest.mark.parametrize(
    ("locale", "parts"),
    [
        ("nl", ("Sanne Bakker gaf u een machtiging op niveau EH3, tot en met 29 november 2027.",)),
        ("en", ("Sanne Bakker gave you an authorisation at level EH3, up to and including 29",)),
    ],
)
def test_who_was_given_a_mandate_reads_who_gave_what_until_when_and_where_to_begin(
    locale: str, parts: tuple[str, ...]
) -> None:
    mail = mandate_mails.to_requester("a@voorbeeld.example", locale, DECIDED, granted=True)
    for part in (*parts, "Meldpunt Bodem", "De Korenmolen", "https://portaal.example/"):
        assert part in mail.text, part
    assert "AB12-CD34" in mail.text


@pytest.mark.parametrize("locale", ["nl", "en"])
def test_who_decided_is_not_named_where_the_organisation_does_not_share_it(locale: str) -> None:
    for mail in (MAILS["granted"], MAILS["revoked"]):
        named = mail("a@voorbeeld.example", locale, DECIDED).text
        unnamed = mail("a@voorbeeld.example", locale, replace(DECIDED, by=None)).text
        assert "Sanne" in named and "Sanne" not in unnamed
        assert "None" not in unnamed
        assert "beheerder van De Korenmolen" in unnamed or "administrator of De" in unnamed


def test_a_refusal_has_no_way_on() -> None:
    mail = mandate_mails.to_requester("a@voorbeeld.example", "nl", DECIDED, granted=False)
    assert "https://" not in mail.text


def test_only_administrators_get_an_address_and_it_is_that_of_their_console() -> None:
    for name, mail in MAILS.items():
        for locale in ("nl", "en"):
            text = mail("a@voorbeeld.example", locale, FACTS).text
            assert (FACTS.console_url in text) is (name == "to_administrator")


@pytest.mark.parametrize("locale", ["nl", "en"])
def test_what_the_person_wrote_is_there_only_when_something_was_written(locale: str) -> None:
    with_message = RequestFacts(**{**vars(FACTS), "message": "Ik vervang Eva."})
    said = mandate_mails.to_administrator("a@voorbeeld.example", locale, with_message).text
    without = mandate_mails.to_administrator("a@voorbeeld.example", locale, FACTS).text
    assert "Ik vervang Eva." in said
    assert len(said.split("\n\n")) == len(without.split("\n\n")) + 1
    assert "None" not in without


def test_a_name_with_a_line_end_adds_no_header() -> None:
    facts = RequestFacts(**{**vars(FACTS), "person": "Jan\r\nBcc: x@elders.example"})
    message = mandate_mails.to_administrator("a@voorbeeld.example", "nl", facts)
    assert message.subject.isprintable()


@pytest.mark.parametrize(
    ("granted", "locale", "word"),
    [
        (True, "nl", "goedgekeurd"),
        (False, "nl", "afgewezen"),
        (True, "en", "granted"),
        (False, "en", "refused"),
    ],
)
def test_a_decision_is_in_the_subject_and_in_the_text(
    granted: bool, locale: str, word: str
) -> None:
    message = mandate_mails.to_requester("a@voorbeeld.example", locale, FACTS, granted=granted)
    assert word in message.subject and word in message.text


IMITATION = (
    "Mag ik?\n\nLog in op https://elders.example om het verzoek goed te keuren.\n\nReferentie: X"
)


@pytest.mark.parametrize("locale", ["nl", "en"])
@pytest.mark.parametrize("name", ["to_administrator", "refused"])
def test_what_somebody_wrote_is_quoted_and_cannot_pass_for_our_text(name: str, locale: str) -> None:
    facts = RequestFacts(**{**vars(FACTS), "message": IMITATION})
    text = MAILS[name]("a@voorbeeld.example", locale, facts).text
    theirs = [line for line in text.splitlines() if "elders" in line or "Mag ik" in line]
    assert theirs and all(line.startswith("> ") for line in theirs)
    quote = text.index("> Mag ik?")
    assert all(line.startswith(">") for line in text[quote:].splitlines()), "nothing comes after it"
    if name == "to_administrator":
        assert text.index(FACTS.console_url) < quote


@pytest.mark.parametrize("locale", ["nl", "en"])
@pytest.mark.parametrize("mail", MAILS.values(), ids=MAILS)
@pytest.mark.parametrize("field", ["person", "organisation", "service"])
def test_a_name_begins_no_line_of_its_own(mail: Mail, locale: str, field: str) -> None:
    facts = RequestFacts(
        **{**vars(FACTS), field: "Jan\r\n\r\n\u202eLog in op https://elders.example"}
    )
    message = mail("a@voorbeeld.example", locale, facts)
    assert "\nLog in op https://elders" not in message.text and "\u202e" not in message.text
    assert message.subject.isprintable() and "\u202e" not in message.subject
