"""Messages as JSON to an address of the operator, which sends them on.

One POST per message: ``{"id", "channel", "recipient", "subject", "text", "reference"}``. The id is
also the ``Idempotency-Key``: it is the same when a message is offered again.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Final

from state.adapters.posting import Poster
from state.outbox import DeliveryFailed, Message

_LATER: Final = frozenset({408, 425, 429})


class WebhookAdapter:
    """``url`` takes the messages of one channel, or of several."""

    def __init__(self, *, url: str) -> None:
        self._url = url
        self._poster = Poster("webhook", url)

    def send(self, message_id: str, message: Message) -> None:
        document = {"id": message_id, **asdict(message)}
        status = self._poster.post(self._url, document, {"Idempotency-Key": message_id})
        if not 200 <= status < 300:
            refused = 400 <= status < 500 and status not in _LATER
            raise DeliveryFailed(f"webhook_{status}", permanent=refused)
