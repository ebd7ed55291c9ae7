"""Logout tokens of a makelaar (OpenID Connect Back-Channel Logout 1.0 §2.4 and §2.6): every rule,
before a session ends on its word.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from providers import received
from providers.interface import ProviderRefused
from providers.oidc.tokens import Claims, check_parties, seconds_in, subject_of
from providers.registry import OidcSettings
from state.ephemeral import AddOnce

EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
TYPES: Final = ("JWT", "LOGOUT+JWT")  # before the standard was final there was no type of its own
MAX_AGE: Final = timedelta(minutes=5)  # of a token, also where it says that it lives longer
MAX_ID: Final = 255


@dataclass(frozen=True)
class LogoutNotice:
    """Which sessions ended: those of ``sub``, the one that is ``sid``, or that one of theirs."""

    sub: str | None
    sid: str | None
    once: AddOnce


def read_logout_token(
    claims: Claims, *, provider_id: str, settings: OidcSettings, now: datetime
) -> LogoutNotice:
    """What a token says whose signature holds. Raises ProviderRefused."""
    check_parties(claims, settings)
    issued = _check_times(claims, now, timedelta(seconds=settings.skew_seconds))
    _check_event(claims)
    if "nonce" in claims:
        raise _refused("logout_event", "nonce", "a nonce, as an ID token has", "none")
    sub = subject_of(claims) if "sub" in claims else None
    sid = session_id_in(claims.get("sid"))
    if sub is None and sid is None:
        raise _refused("logout_event", "sub, sid", "neither", "one of them")
    jti = claims.get("jti")
    if not isinstance(jti, str) or not received.is_word(jti, MAX_ID) or not jti:
        raise _refused("logout_event", "jti", "none, or no word", f"at most {MAX_ID} signs")
    digest = hashlib.sha256(f"{provider_id} {jti}".encode()).hexdigest()
    seconds = int((MAX_AGE + timedelta(seconds=2 * settings.skew_seconds)).total_seconds()) + 60
    return LogoutNotice(sub, sid, AddOnce(f"oidc:logout:{digest}", seconds, issued))


def session_id_in(sid: object) -> str | None:
    """A ``sid`` that may be looked for; None for none. Raises ProviderRefused."""
    if sid is None:
        return None
    if not isinstance(sid, str) or not 0 < len(sid) <= MAX_ID or not sid.isprintable():
        raise _refused("logout_event", "sid", "no such text", f"at most {MAX_ID} signs")
    return sid


def _check_times(claims: Claims, now: datetime, skew: timedelta) -> datetime:
    """``exp`` was optional in drafts that are still in use; how old a token may be is bounded
    without it.
    """
    moment = now.timestamp()
    issued = seconds_in(claims, "iat")
    allowed = skew.total_seconds()
    if issued > moment + allowed or issued < moment - MAX_AGE.total_seconds() - allowed:
        seen = int(moment - issued)
        raise ProviderRefused("token_expired", element="iat", seen=seen, expected="now")
    if "exp" in claims and seconds_in(claims, "exp") + allowed <= moment:
        raise ProviderRefused("token_expired", element="exp", seen="over", expected="to come")
    return now - timedelta(seconds=moment - issued)


def _check_event(claims: Claims) -> None:
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(EVENT), dict):
        raise _refused("logout_event", "events", "another kind of token", EVENT)


def _refused(reason: str, element: str, seen: str, expected: str) -> ProviderRefused:
    return ProviderRefused(reason, element=element, seen=seen, expected=expected)
