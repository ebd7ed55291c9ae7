"""What a console asks to come back to, kept with the login."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from broker.downstream import LoginRequest


@dataclass(frozen=True)
class ConsoleReplyTo:
    """``next_path``: one of the console's own paths; None for its front page."""

    next_path: str | None

    def stored(self) -> Mapping[str, str | None]:
        """As ``LoginRequest.reply_to`` holds it."""
        return {"next": self.next_path}

    @classmethod
    def of(cls, request: LoginRequest) -> ConsoleReplyTo:
        """What this request left."""
        return cls(request.reply_to.get("next"))
