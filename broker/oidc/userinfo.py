"""UserInfo (Core §5.3): the claims of the login once more, while its grant stands."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from broker.oidc import jwt
from broker.runtime import Runtime
from broker.sso import grants
from keys.sealing import Sealer
from state.ephemeral import Put

_CONTEXT = "userinfo"


def _key(grant_id: str) -> str:
    return f"userinfo:{grant_id}"


def keep_userinfo(sealer: Sealer, grant_id: str, identity: dict[str, Any], seconds: int) -> Put:
    """The operation that keeps these claims (``claims.for_userinfo``) as long as the access token
    lives.
    """
    return Put(_key(grant_id), sealer.seal(json.dumps(identity).encode(), _CONTEXT), seconds)


@dataclass(frozen=True)
class UserInfo:
    """What is said of the user of an access token, to this client."""

    client_id: str
    claims: dict[str, Any]


def userinfo(rt: Runtime, token: str, now: datetime) -> UserInfo | None:
    """What this access token opens; None when it is not ours, over or revoked."""
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
    return UserInfo(access["client_id"], claims) if claims["sub"] == access["sub"] else None
