"""Tokens: the ID token (Core §2) and the access token as a JWT (RFC 9068), signed as the client
registered.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from authlib.oidc.core.util import create_half_hash
from joserfc import jwt
from joserfc.errors import JoseError

from directory.services import OidcClient
from keys.jose_algorithms import ALGORITHMS
from keys.jwks import joserfc_key
from keys.keyring import KeyRing, KeyUse
from keys.sealing import Sealer
from state.clock import latest_beginning

ACCESS_TOKEN_TYPE = "at+jwt"
ID_TOKEN_TYPE = "JWT"
LOGOUT_TOKEN_TYPE = "logout+jwt"
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
LOGOUT_TOKEN_SECONDS = 120


def id_token(
    *,
    keyring: KeyRing,
    issuer: str,
    client: OidcClient,
    identity: dict[str, Any],
    nonce: str | None,
    access: str,
    sid: str,
    now: datetime,
) -> str:
    """Who logged in, for this client alone."""
    algorithm, issued = client.id_token_signed_response_alg, int(now.timestamp())
    claims = {
        "iss": issuer,
        "aud": client.client_id,
        "azp": client.client_id,
        "iat": issued,
        "nbf": issued,
        "exp": issued + client.id_token_seconds,
        "jti": secrets.token_urlsafe(16),
        "sid": sid,
        "at_hash": create_half_hash(access, algorithm).decode(),
        **identity,
    }
    if nonce is not None:
        claims["nonce"] = nonce
    return _sign(keyring, algorithm, ID_TOKEN_TYPE, claims)


def access_token(
    *,
    keyring: KeyRing,
    issuer: str,
    client: OidcClient,
    sub: str,
    grant_id: str,
    now: datetime,
    scope: str = "openid",
) -> str:
    """Good for userinfo at this issuer while its grant stands; says nothing about the person."""
    issued = int(now.timestamp())
    claims = {
        "iss": issuer,
        "aud": issuer,
        "sub": sub,
        "client_id": client.client_id,
        "iat": issued,
        "exp": issued + client.access_token_seconds,
        "jti": secrets.token_urlsafe(16),
        "scope": scope,
        "gid": grant_id,
    }
    return _sign(keyring, client.id_token_signed_response_alg, ACCESS_TOKEN_TYPE, claims)


def read_access_token(
    token: str, *, keyring: KeyRing, issuer: str, now: datetime
) -> dict[str, Any] | None:
    """The claims of an access token that is ours and not over; None for everything else."""
    claims = _verified(token, ACCESS_TOKEN_TYPE, keyring, issuer)
    is_ours = (
        claims.get("aud") == issuer
        and isinstance(claims.get("exp"), int)
        and claims["exp"] > now.timestamp()
        and isinstance(claims.get("iat"), int)
        and claims["iat"] <= latest_beginning(now).timestamp()
        and isinstance(claims.get("gid"), str)
    )
    return claims if is_ours else None


def read_hint(token: str, *, keyring: KeyRing, issuer: str, client: OidcClient) -> str | None:
    """The ``sub`` of an ID token that this client got from us, also when it is over by now; None
    for everything else.
    """
    claims = _verified(token, ID_TOKEN_TYPE, keyring, issuer)
    sub = claims.get("sub")
    return sub if claims.get("aud") == client.client_id and isinstance(sub, str) else None


@dataclass(frozen=True)
class Hint:
    """What an ID token of ours says of a session; it may be over by now."""

    client_id: str
    sub: str
    sid: str | None


def read_any_hint(token: str, *, keyring: KeyRing, issuer: str) -> Hint | None:
    """The facts of an ID token that we gave to any client; None for everything else."""
    claims = _verified(token, ID_TOKEN_TYPE, keyring, issuer)
    audience, sub, sid = (claims.get(name) for name in ("aud", "sub", "sid"))
    if not isinstance(audience, str) or not isinstance(sub, str):
        return None
    return Hint(audience, sub, sid if isinstance(sid, str) else None)


def logout_token(
    *,
    keyring: KeyRing,
    issuer: str,
    client: OidcClient,
    sub: str,
    sid: str,
    jti: str,
    now: datetime,
) -> str:
    """Tells a client that a session ended (Back-Channel Logout §2.4); good for two minutes."""
    issued = int(now.timestamp())
    claims = {
        "iss": issuer,
        "aud": client.client_id,
        "sub": sub,
        "sid": sid,
        "iat": issued,
        "exp": issued + LOGOUT_TOKEN_SECONDS,
        "jti": jti,
        "events": {LOGOUT_EVENT: {}},
    }
    return _sign(keyring, client.id_token_signed_response_alg, LOGOUT_TOKEN_TYPE, claims)


def _verified(token: str, kind: str, keyring: KeyRing, issuer: str) -> dict[str, Any]:
    """The claims of a token of this kind that we signed; none for everything else. The key is
    chosen by ``kid`` among ours, never from the token.
    """
    keys = {key.kid: key for key in keyring.published(KeyUse.OIDC_SIGNING)}
    try:
        parsed = jwt.decode(
            token, lambda obj: joserfc_key(keys[obj.headers()["kid"]]), algorithms=list(ALGORITHMS)
        )
    except (JoseError, ValueError, KeyError, TypeError, RecursionError):
        return {}
    is_ours = parsed.header.get("typ") == kind and parsed.claims.get("iss") == issuer
    return dict(parsed.claims) if is_ours else {}


def session_id(sealer: Sealer, client_id: str, session: str) -> str:
    """``sid``: the session of this browser at this client; another client's differs."""
    return sealer.fingerprint("sid", client_id, session)


def _sign(keyring: KeyRing, algorithm: str, kind: str, claims: dict[str, Any]) -> str:
    key = keyring.active(KeyUse.OIDC_SIGNING, algorithm)
    header = {"alg": algorithm, "kid": key.kid, "typ": kind}
    return jwt.encode(header, claims, joserfc_key(key), algorithms=list(ALGORITHMS))
