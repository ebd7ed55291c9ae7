"""UserInfo (Core §5.3): the claims of the login once more, while its grant stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from broker.downstream import LoginResult
from broker.oidc import jwt
from broker.runtime import Runtime
from broker.sso import grants, standing
from keys.sealing import Sealer
from state.ephemeral import Put
from state.record_json import RecordJson, Unreadable

_CONTEXT = "userinfo"


@dataclass(frozen=True)
class KeptClaims:
    """The claims of a login, and the login that they rest on."""

    claims: dict[str, Any]
    result: LoginResult


_AS_JSON: Final = RecordJson(KeptClaims)


def _key(grant_id: str) -> str:
    return f"userinfo:{grant_id}"


def keep_userinfo(sealer: Sealer, result: LoginResult, said: dict[str, Any], seconds: int) -> Put:
    """The operation that keeps these claims (``claims.for_userinfo``) as long as the access token
    lives, with the login that they rest on.
    """
    kept = _AS_JSON.write(KeptClaims(said, result))
    return Put(_key(result.grant_id), sealer.seal(kept, _CONTEXT), seconds)


@dataclass(frozen=True)
class UserInfo:
    """What is said of the user of an access token, to this client."""

    client_id: str
    claims: dict[str, Any]


def userinfo(rt: Runtime, token: str, now: datetime) -> UserInfo | None:
    """What this access token opens; None when it is not ours, over or revoked, or when the login
    that gave it would not be believed any more.
    """
    access = jwt.read_access_token(
        token, keyring=rt.configuration.keyring, issuer=rt.base_url, now=now
    )
    if access is None or access.get("client_id") not in rt.configuration.oidc_clients:
        return None
    if grants.live(rt.session, access["gid"], now) is None:
        return None
    sealed = rt.store.get(_key(access["gid"]))
    if sealed is None:
        return None
    kept = _read(rt.sealer.open(sealed, _CONTEXT))
    if kept is None or kept.claims["sub"] != access["sub"]:
        return None
    if standing.fault(rt, rt.session, kept.result, now) is not None:
        return None
    return UserInfo(access["client_id"], kept.claims)


def _read(kept: bytes) -> KeptClaims | None:
    """None where another version of the program kept it."""
    try:
        return _AS_JSON.read(kept)
    except Unreadable:
        return None
