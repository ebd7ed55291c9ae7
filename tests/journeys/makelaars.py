"""A makelaar without a wire: the journey's tests meet it where a SAML or OIDC adapter would
stand.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlencode

from assurance.levels import AssuranceLevel
from assurance.step_up import credited
from consent.authority import Authority
from providers.interface import (
    AuthenticationRequest,
    Callback,
    Departure,
    Identity,
    ProviderCancelled,
    ProviderLevelTooLow,
    ProviderRefused,
    ProviderUnavailable,
    Remembered,
)
from providers.registry import ProviderRecord


@dataclass
class Account:
    """Somebody at the makelaar."""

    subject: str
    level: AssuranceLevel
    name: str | None = None
    authority: tuple[Authority, ...] = ()


@dataclass
class PlainMakelaar:
    """Answers with the account whose subject is in the parameter ``as``; words such as ``cancel``
    fail.
    """

    record: ProviderRecord
    accounts: dict[str, Account]
    is_down: bool = False
    asked: list[AuthenticationRequest] = field(default_factory=list)

    def begin(self, ask: AuthenticationRequest, now: datetime) -> Departure:
        if self.is_down:
            raise ProviderUnavailable("down")
        self.asked.append(ask)
        remembered = Remembered(
            provider_id=self.record.id,
            request_id=f"_{ask.relay_state}",
            requested_at=now,
            level=ask.level,
        )
        query = urlencode({"RelayState": ask.relay_state})
        return Departure(url=f"https://{self.record.id}.example/sso?{query}", remembered=remembered)

    def finish(self, remembered: Remembered, callback: Callback) -> Identity:
        word = callback.one("as") or ""
        if word == "cancel":
            raise ProviderCancelled
        if word == "forged":
            raise ProviderRefused("signature_invalid")
        if word == "down":
            raise ProviderUnavailable("token endpoint")
        account = self.accounts[word]
        given = credited(self.record, account.level)
        if given.authentication < remembered.level:
            raise ProviderLevelTooLow(remembered.level, given.authentication)
        return Identity(
            provider_id=self.record.id,
            subject=account.subject,
            proofing=given.proofing,
            authentication=given.authentication,
            authenticated_at=callback.received_at,
            attributes={"display_name": (account.name,)} if account.name else {},
            authority=account.authority,
            replay_keys=(f"{self.record.id}:{callback.one('message') or remembered.request_id}",),
            replay_until=callback.received_at + timedelta(minutes=10),
        )
