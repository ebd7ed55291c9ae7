"""Adapters of the outbox: how a message leaves. Owns no queue and no retries."""

from __future__ import annotations

from state.clock import Clock, utc_now
from state.outbox import Adapter, DeliveryFailed, Message


class NoAdapter:
    """Nothing is sent; each message is given up at once, so that no content piles up."""

    def send(self, message_id: str, message: Message) -> None:  # noqa: ARG002
        raise DeliveryFailed("no_adapter", permanent=True)


def make_adapter(*, adapter: str, url: str | None, sender: str, clock: Clock = utc_now) -> Adapter:
    """The adapter of the section ``[mail]``. Raises ValueError with what to write instead."""
    if adapter == "none":
        return NoAdapter()
    if not url:
        raise ValueError(f"mail.url is needed with mail.adapter = {adapter!r}")
    if adapter == "smtp":
        from state.adapters.smtp import SmtpAdapter

        return SmtpAdapter(url=url, sender=sender, clock=clock)
    if adapter == "webhook":
        from state.adapters.webhook import WebhookAdapter

        return WebhookAdapter(url=url)
    raise ValueError("mail.adapter is none, smtp or webhook")
