"""UserInfo (Core §5.3): the claims of the login once more, while its grant stands.

What it says is kept when the login ends, with the result that the code of that login gives.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from broker.downstream import LoginResult
from broker.oidc import jwt
from broker.runtime import Runtime
from broker.sso import grants, standing
from consent.release import CLAIMS, may_leave
from directory.services import OidcClient, Service
from keys.opening import open_or_log
from keys.sealing import Sealer
from state.ephemeral import Get, Put
from state.record_json import RecordJson, Unreadable

_CONTEXT = "userinfo"


@dataclass(frozen=True)
class KeptClaims:
    """The claims of a login (``claims.for_userinfo``), and the login that they rest on.
    ``issued_at``: when its code was made, in seconds since the epoch.
    """

    claims: dict[str, Any]
    result: LoginResult
    issued_at: int = 0


_AS_JSON: Final = RecordJson(KeptClaims)


def _key(grant_id: str) -> str:
    return f"userinfo:{grant_id}"


def keep(sealer: Sealer, kept: KeptClaims, seconds: int) -> Put:
    """The operation that keeps them, while the code and then the access token live."""
    sealed = sealer.seal(_AS_JSON.write(kept), _CONTEXT)
    return Put(_key(kept.result.grant_id), sealed, seconds)


def get(grant_id: str) -> Get:
    return Get(_key(grant_id))


def opened(sealer: Sealer, sealed: bytes | None) -> KeptClaims | None:
    """None where nothing was kept, or by another version of the program, or under another key."""
    if sealed is None:
        return None
    facts = open_or_log(sealer, sealed, _CONTEXT, what=_CONTEXT)
    try:
        return _AS_JSON.read(facts) if facts is not None else None
    except Unreadable:
        return None


@dataclass(frozen=True)
class UserInfo:
    """What is said of the user of an access token, to this client."""

    client_id: str
    claims: dict[str, Any]


class NotBelieved(Exception):
    """The login that gave the token is worth nothing any more. ``reason`` is a machine word,
    ``reference`` that of the login; ``also``: what else stands in the way.
    """

    def __init__(self, reason: str, reference: str, also: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.reference = reference
        self.also = also


def userinfo(rt: Runtime, token: str, now: datetime) -> UserInfo | None:
    """What this access token opens; None when it is not ours or over. Raises NotBelieved, also
    where the login was ended.

    How long a token lives and what it says is what the portal is registered for now.
    """
    access = jwt.read_access_token(
        token, keyring=rt.configuration.keyring, issuer=rt.base_url, now=now
    )
    if access is None:
        return None
    client = rt.configuration.oidc_clients.get(access.get("client_id", ""))
    if client is not None and access["iat"] + client.access_token_seconds <= now.timestamp():
        return None
    kept = opened(rt.sealer, rt.store.get(_key(access["gid"])))
    if kept is None or kept.claims["sub"] != access["sub"]:
        return None
    if kept.result.request.client_id != access.get("client_id"):
        return None
    reference = kept.result.reference
    if client is None:
        raise NotBelieved(standing.PORTAL_GONE, reference)
    ended = grants.live(rt.session, access["gid"], now) is None
    fault = standing.LOGIN_ENDED if ended else standing.fault(rt, rt.session, kept.result, now)
    if fault is not None:
        also = standing.also(rt, rt.session, kept.result, now, fault)
        raise NotBelieved(standing.explained(fault), reference, also)
    service = rt.configuration.services[kept.result.request.service_uuid]
    return UserInfo(client.client_id, _still_released(kept.claims, client, service))


def _still_released(claims: dict[str, Any], client: OidcClient, service: Service) -> dict[str, Any]:
    """Without what the portal may not have any more since the login."""
    released = {one.name for one in client.claims if may_leave(one.name, service.consent)}
    return {name: value for name, value in claims.items() if name not in CLAIMS or name in released}
