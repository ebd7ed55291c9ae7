"""Letters about an account: to its own address, in the language of the person."""

from __future__ import annotations

import pytest

from broker.texts.account_mails import password_changed, to_recover
from providers import recovery
from providers.recovery import Recipient

LINK = "https://login.example/inloggegevens-vergeten/a-token"
MINUTES = str(int(recovery.HOLDS.total_seconds() // 60))


@pytest.mark.parametrize(
    ("locale", "subject", "nothing"),
    [
        ("nl", "Uw inloggegevens voor Sluis", "Dan hoeft u niets te doen."),
        ("en", "Your login details for Sluis", "Then you need not do anything."),
        ("fr", "Uw inloggegevens voor Sluis", "Dan hoeft u niets te doen."),
    ],
)
def test_a_mail_to_recover_has_the_user_name_and_the_link_and_says_how_long_it_works(
    locale: str, subject: str, nothing: str
) -> None:
    recipient = Recipient("daan", "daan.b", "daan@voorbeeld.example", locale, "a-token")
    message = to_recover(recipient, "Sluis", LINK)
    assert (message.channel, message.recipient) == ("mail", "daan@voorbeeld.example")
    assert message.subject == subject
    assert all(part in message.text for part in ("daan.b", f"\n{LINK}\n", nothing))
    assert f"{MINUTES} minu" in message.text


@pytest.mark.parametrize(("locale", "who"), [("nl", "de helpdesk van Sluis"), ("en", "help desk")])
def test_who_did_not_change_the_password_reads_whom_to_warn(locale: str, who: str) -> None:
    message = password_changed("daan@voorbeeld.example", locale, "Sluis")
    assert message.recipient == "daan@voorbeeld.example"
    assert who in message.text
    assert "http" not in message.text  # nothing to be lured with
