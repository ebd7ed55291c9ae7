"""Messages as JSON to an address of the operator, which sends them on.

One POST per message: ``{"id", "channel", "recipient", "subject", "text", "reference"}``, and a mail
has ``html`` besides, which says the same. The id is also the ``Idempotency-Key``: it is the same
when a message is offered again. With a secret, ``Sluis-Signature: t=SECONDS,v1=HEX`` is the
HMAC-SHA256 (RFC 2104) of ``SECONDS.BODY``; who receives it refuses what is wrong or minutes old.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import asdict
from datetime import datetime
from typing import Final

from state.adapters.posting import Poster
from state.adapters.way_out import WayOut
from state.clock import Clock, utc_now
from state.outbox import DeliveryFailed, Message

SHORTEST_SECRET: Final = 32  # characters
_LATER: Final = frozenset({408, 425, 429})
_HAS_IT: Final = 409  # offered before, with this Idempotency-Key


class WebhookAdapter:
    """``url`` takes the messages of one channel, or of several. Raises ValueError."""

    def __init__(
        self,
        *,
        url: str,
        secret: str | None = None,
        clock: Clock = utc_now,
        way: WayOut | None = None,
    ) -> None:
        if secret is not None and len(secret) < SHORTEST_SECRET:
            raise ValueError(f"a secret of a webhook has at least {SHORTEST_SECRET} characters")
        self._url, self._secret, self._clock = url, secret, clock
        self._poster = Poster("webhook", url, way)

    def send(self, message_id: str, message: Message) -> None:
        body = body_of(message_id, message)
        headers = {"Idempotency-Key": message_id}
        if self._secret is not None:
            headers["Sluis-Signature"] = signature(self._secret, body, self._clock())
        status = self._poster.post_body(self._url, body, headers)
        if not (200 <= status < 300 or status == _HAS_IT):
            refused = 400 <= status < 500 and status not in _LATER
            raise DeliveryFailed(f"webhook_{status}", permanent=refused)


def body_of(message_id: str, message: Message) -> bytes:
    """The message as it is posted."""
    parts = asdict(message)
    if message.html is None:
        del parts["html"]
    return json.dumps({"id": message_id, **parts}).encode()


def signature(secret: str, body: bytes, now: datetime) -> str:
    """The value of the header ``Sluis-Signature``."""
    seconds = str(int(now.timestamp()))
    mac = hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256)
    return f"t={seconds},v1={mac.hexdigest()}"
