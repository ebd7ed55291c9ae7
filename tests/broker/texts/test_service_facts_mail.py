"""The ready mail to the own administrator: what a mandate is given with, and no more."""

from __future__ import annotations

from email.utils import parseaddr
from urllib.parse import parse_qs, urlsplit

import pytest
from flask_babel import force_locale

from broker.texts.service_facts_mail import mail_address
from tests.broker.facts import a_page


def read(
    language: str = "nl", service: str = "Lozing & melden?", person: str | None = "Fatima"
) -> dict[str, str]:
    with a_page(), force_locale(language):
        address = mail_address(
            service=service,
            owner="Waterschap",
            level="EH2+",
            chain_mandates=False,
            numbers=(("Dienst-id", "urn:x:1"), ("OIN", "00000004000000002000")),
            person=person,
            reference="ABCD-1234",
        )
    parts = urlsplit(address)
    assert (parts.scheme, parseaddr(parts.path)[1]) == ("mailto", "")
    assert " " not in address and "+" not in address.replace("%2B", "")
    return {name: value for name, (value,) in parse_qs(parts.query).items()}


@pytest.mark.parametrize(
    ("language", "words"),
    [("nl", ("machtiging", "Mag niet bij deze dienst")), ("en", ("authorisation", "Not allowed"))],
)
def test_the_mail_has_every_fact_in_the_language_of_the_page(
    language: str, words: tuple[str, ...]
) -> None:
    mail = read(language)
    assert set(mail) == {"subject", "body"}
    assert "Lozing & melden?" in mail["subject"]
    facts = ("Lozing & melden?", "Waterschap", "EH2+", "urn:x:1", "00000004000000002000")
    for part in (*facts, "ABCD-1234", "Fatima", words[0]):
        assert part in mail["body"], part
    assert mail["body"].count("\r\n") == mail["body"].count("\n")


def test_a_name_adds_no_header_and_no_recipient() -> None:
    mail = read(service="X&bcc=a@elders.example\r\nBcc: b@elders.example", person="Y?cc=z")
    assert set(mail) == {"subject", "body"}


def test_who_is_not_known_yet_signs_nothing() -> None:
    assert "Fatima" not in read(person=None)["body"]
