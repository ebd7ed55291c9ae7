"""Guests: people who log in at one makelaar for another, a hub that is a broker itself. What these
say to each other goes through the browser, signed with what both know.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from itsdangerous import BadData, URLSafeTimedSerializer

MOST_SECONDS: Final = 900


@dataclass(frozen=True)
class Guest:
    """Somebody whom a hub sends. ``question``: its name for what was asked; ``back``: the address
    that hears the answer.
    """

    asked_by: str
    question: str
    level: str | None
    back: str


class Handover:
    """Signs and reads what a hub and a makelaar say to each other."""

    def __init__(self, secret: str) -> None:
        self._signer = URLSafeTimedSerializer(secret, salt="guests")

    def sent(self, guest: Guest) -> str:
        return str(self._signer.dumps(asdict(guest)))

    def guest(self, token: str) -> Guest | None:
        """None for what no hub sent, or too long ago."""
        said = self._read(token)
        return Guest(**said) if said is not None and "back" in said else None

    def answer(self, guest: Guest, form: Mapping[str, str]) -> str:
        """What the person filled in, for the question of the hub."""
        said = {name: form[name] for name in ("person", "fault", "action") if name in form}
        return str(self._signer.dumps({**said, "question": guest.question}))

    def answered(self, token: str) -> dict[str, str] | None:
        """As a form of the hub itself; None for what no makelaar said."""
        said = self._read(token)
        return said if said is not None and "back" not in said else None

    def _read(self, token: str) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = self._signer.loads(token, max_age=MOST_SECONDS)
        except BadData:
            return None
        return found
