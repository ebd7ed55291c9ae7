"""Messages through NotifyNL, or another service with the programming interface of GOV.UK Notify.

One template per channel, with the personalisation ``subject`` and ``body``. Our message id goes
along as ``reference``; Notify does not drop doubles by it, but tells which messages have it.
"""

from __future__ import annotations

import json
import re
from typing import Final
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.jwk import OctKey

from state.adapters.posting import Poster
from state.adapters.way_out import WayOut
from state.clock import Clock
from state.outbox import Channel, DeliveryFailed, Message

_UUID: Final = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_API_KEY: Final = re.compile(f"(?:.*-)?({_UUID})-({_UUID})")
_PATHS: Final[dict[Channel, str]] = {"mail": "email", "sms": "sms", "letter": "letter"}
_REFUSED: Final = frozenset({401, 403})
_LINES: Final = range(3, 8)  # of an address: the last one is postcode and town
_MOST_BYTES: Final = 64 * 1024  # of an answer about one message


class NotifyAdapter:
    """``api_key`` as Notify shows it: name, id of the service, secret. Raises ValueError."""

    def __init__(
        self,
        *,
        url: str,
        api_key: str,
        template_id: str,
        clock: Clock,
        way: WayOut | None = None,
    ) -> None:
        parts = _API_KEY.fullmatch(api_key.strip())
        if parts is None:
            raise ValueError("a key of Notify ends in the id of the service and a secret")
        self._service_id, secret = parts.groups()
        self._key = OctKey.import_key(secret)
        self._template_id = template_id
        self._url = url.rstrip("/")
        self._poster = Poster("notify", url, way)
        self._clock = clock

    def send(self, message_id: str, message: Message) -> None:
        """Raises DeliveryFailed; what Notify forbids is not tried again."""
        path = _PATHS.get(message.channel)
        if path is None:
            raise DeliveryFailed("no_adapter", permanent=True)
        status = self._poster.post(
            f"{self._url}/v2/notifications/{path}",
            {
                "template_id": self._template_id,
                "reference": message_id,
                **_content(message),
            },
            {"Authorization": f"Bearer {self._token()}"},
        )
        if status in _REFUSED:
            raise DeliveryFailed("notify_refused", permanent=True)
        if status != 201:
            raise DeliveryFailed(f"notify_{status}", permanent=status == 400)

    def has(self, message_id: str, message: Message) -> bool:
        """Is there a message with this id already? Raises DeliveryFailed."""
        if message.channel not in _PATHS:
            return False
        query = urlencode({"reference": message_id})
        status, body = self._poster.get(
            f"{self._url}/v2/notifications?{query}",
            {"Authorization": f"Bearer {self._token()}"},
            _MOST_BYTES,
        )
        if status != 200:
            raise DeliveryFailed(f"notify_{status}")
        try:
            known = json.loads(body)["notifications"]
            return any(each["reference"] == message_id for each in known)
        except (ValueError, KeyError, TypeError):
            raise DeliveryFailed("notify_not_understood") from None

    def _token(self) -> str:
        claims = {"iss": self._service_id, "iat": int(self._clock().timestamp())}
        return jwt.encode({"alg": "HS256", "typ": "JWT"}, claims, self._key)


def _content(message: Message) -> dict[str, object]:
    texts = {"subject": message.subject, "body": message.text}
    if message.channel == "mail":
        return {"email_address": message.recipient, "personalisation": texts}
    if message.channel == "sms":
        return {"phone_number": message.recipient, "personalisation": texts}
    lines = [line.strip() for line in message.recipient.split(",") if line.strip()]
    if len(lines) not in _LINES:
        raise DeliveryFailed("recipient_malformed", permanent=True)
    address = {f"address_line_{number}": line for number, line in enumerate(lines, 1)}
    return {"personalisation": {**texts, **address}}
