"""What who answers a request wrote stands in our mails as theirs, and is no sentence of ours."""

from __future__ import annotations

import pytest

from broker.texts import chain_request_mails
from broker.texts.chain_request_mails import AskedFacts
from broker.texts.quoting import MARK
from tests.broker.texts.mail_facts import DAY, SITE, TO

SAID = AskedFacts("Groenrijk", "90001639", "Kantoor", "90001542", ("Bodem",), DAY)
TYPED = "Uw account is geblokkeerd.\r\n\r\nLog in bij elders.example om het te herstellen."


@pytest.mark.parametrize("locale", ["nl", "en"])
def test_a_reason_and_a_name_are_quoted(locale: str) -> None:
    for mail in (
        chain_request_mails.refused(TO, locale, SAID, TYPED),
        chain_request_mails.agreed(TO, locale, SAID, TYPED, f"{SITE}/x"),
    ):
        theirs = [line for line in mail.text.splitlines() if "account" in line or "elders" in line]
        assert theirs and all(line.startswith(MARK) for line in theirs), mail.text


@pytest.mark.parametrize(("locale", "words"), [("nl", "geen reden"), ("en", "No reason")])
def test_no_reason_is_no_quote(locale: str, words: str) -> None:
    mail = chain_request_mails.refused(TO, locale, SAID, "")
    assert words in mail.text and MARK not in mail.text
