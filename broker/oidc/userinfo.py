"""UserInfo (Core §5.3): the claims of the login once more, while its grant stands."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from broker.oidc import jwt
from broker.runtime import Runtime
from broker.sso import grants
from keys.sealing import Sealer
from state.ephemeral import Put

_CONTEXT = "userinfo"
_NOT_HERE = frozenset({"auth_time", "acr", "amr"})  # about the login; they stay in the ID token


def _key(grant_id: str) -> str:
    return f"userinfo:{grant_id}"


def keep_userinfo(sealer: Sealer, grant_id: str, identity: dict[str, Any], seconds: int) -> Put:
    """The operation that keeps the claims as long as the access token lives."""
    claims = {name: value for name, value in identity.items() if name not in _NOT_HERE}
    return Put(_key(grant_id), sealer.seal(json.dumps(claims).encode(), _CONTEXT), seconds)


def userinfo(rt: Runtime, token: str, now: datetime) -> dict[str, Any] | None:
    """The claims behind this access token; None when it is not ours, over or revoked."""
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
    claims: dict[str, Any] = json.loads(rt.sealer.open(sealed, _CONTEXT))
    return claims if claims["sub"] == access["sub"] else None
