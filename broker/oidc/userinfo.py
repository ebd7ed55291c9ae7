"""UserInfo (Core §5.3): the claims of the login once more, while its grant stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from broker.downstream import LoginResult
from broker.oidc import jwt
from broker.runtime import Runtime
from broker.sso import grants, standing
from keys.sealing import Sealer
from state.ephemeral import Put

_CONTEXT = "userinfo"
_NOT_HERE = frozenset({"auth_time", "acr", "amr"})  # about the login; they stay in the ID token


@dataclass(frozen=True)
class KeptClaims:
    """The claims of a login, and the login that they rest on."""

    claims: dict[str, Any]
    result: LoginResult


_ADAPTER: Final = TypeAdapter(KeptClaims)


def _key(grant_id: str) -> str:
    return f"userinfo:{grant_id}"


def keep_userinfo(
    sealer: Sealer, result: LoginResult, identity: dict[str, Any], seconds: int
) -> Put:
    """The operation that keeps the claims as long as the access token lives."""
    claims = {name: value for name, value in identity.items() if name not in _NOT_HERE}
    kept = _ADAPTER.dump_json(KeptClaims(claims, result))
    return Put(_key(result.grant_id), sealer.seal(kept, _CONTEXT), seconds)


def userinfo(rt: Runtime, token: str, now: datetime) -> dict[str, Any] | None:
    """The claims behind this access token; None when it is not ours, over or revoked, or when the
    login that gave it would not be believed any more.
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
    fallen = standing.fault(rt, rt.session, kept.result, now)
    return kept.claims if fallen is None else None


def _read(kept: bytes) -> KeptClaims | None:
    """None where another version of the program kept it."""
    try:
        return _ADAPTER.validate_json(kept)
    except ValidationError:
        return None
