"""Messages as JSON to an address of the operator, which sends them on.

One POST per message: ``{"id", "channel", "recipient", "subject", "text", "reference"}``. The id is
also the ``Idempotency-Key``: it is the same when a message is offered again.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Final
from urllib.parse import urlsplit

import urllib3

from state.outbox import DeliveryFailed, Message

LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
ANSWER_WITHIN: Final = urllib3.Timeout(connect=5, read=10)
_LATER: Final = frozenset({408, 425, 429})


class WebhookAdapter:
    """The address comes from the configuration, not a registration; it may be an inside one."""

    def __init__(self, *, url: str) -> None:
        parts = urlsplit(url)
        loopback = parts.scheme == "http" and parts.hostname in LOOPBACK
        if not parts.hostname or not (parts.scheme == "https" or loopback):
            raise ValueError("mail.url of a webhook is an https address")
        self._url = url
        self._http = urllib3.PoolManager(retries=False, timeout=ANSWER_WITHIN)

    def send(self, message_id: str, message: Message) -> None:
        try:
            answer = self._http.request(
                "POST",
                self._url,
                body=json.dumps({"id": message_id, **asdict(message)}).encode(),
                headers={"Content-Type": "application/json", "Idempotency-Key": message_id},
                redirect=False,
                preload_content=False,
            )
            answer.close()  # nobody reads what it says
        except urllib3.exceptions.HTTPError as error:
            raise DeliveryFailed(f"webhook_{type(error).__name__}") from None
        if not 200 <= answer.status < 300:
            refused = 400 <= answer.status < 500 and answer.status not in _LATER
            raise DeliveryFailed(f"webhook_{answer.status}", permanent=refused)
