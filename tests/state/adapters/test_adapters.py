from __future__ import annotations

import pytest

from state.adapters import NoAdapter, make_adapter
from state.adapters.smtp import SmtpAdapter
from state.adapters.webhook import WebhookAdapter
from state.outbox import DeliveryFailed, Message

SENDER = "Sluis <noreply@example.nl>"


@pytest.mark.parametrize(
    ("adapter", "url", "kind"),
    [
        ("none", None, NoAdapter),
        ("smtp", "smtp://mail.example.nl", SmtpAdapter),
        ("smtp", "smtps://user:p%40ss@mail.example.nl:465", SmtpAdapter),
        ("webhook", "https://hooks.example.nl/mail", WebhookAdapter),
        ("webhook", "http://127.0.0.1:8003/api/messages", WebhookAdapter),
    ],
)
def test_the_settings_say_which_adapter(adapter: str, url: str | None, kind: type) -> None:
    assert type(make_adapter(adapter=adapter, url=url, sender=SENDER)) is kind


@pytest.mark.parametrize(
    ("adapter", "url", "sender", "says"),
    [
        ("smtp", None, SENDER, "mail.url is needed"),
        ("smtp", "https://mail.example.nl", SENDER, "smtp://host:587"),
        ("smtp", "smtp://mail.example.nl", "Sluis", "mail.sender"),
        ("webhook", "http://hooks.example.nl/mail", SENDER, "https"),
        ("webhook", "https://", SENDER, "https"),
        ("pigeon", "https://example.nl", SENDER, "none, smtp, webhook or notify"),
    ],
)
def test_settings_that_cannot_work_are_refused(
    adapter: str, url: str | None, sender: str, says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        make_adapter(adapter=adapter, url=url, sender=sender)


def test_without_an_adapter_nothing_piles_up() -> None:
    with pytest.raises(DeliveryFailed) as failed:
        NoAdapter().send("id", Message("mail", "a@example.nl", "Hallo", "tekst"))
    assert failed.value.permanent
