"""A makelaar as OpenID provider at the end: logout that the broker asks (RP-Initiated Logout 1.0),
and logout tokens for what ended here (Back-Channel Logout 1.0).
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.errors import JoseError

from sandbox.keys import as_jwk
from sandbox.makelaar.catalogue import CLIENT_ID, Makelaar
from sandbox.makelaar.saml_request import RequestRefused
from sandbox.makelaar.state import Desk

EVENT = "http://schemas.openid.net/event/backchannel-logout"


def ended_url(makelaar: Makelaar, desk: Desk, said: Mapping[str, str]) -> str:
    """Where the browser goes after the session of the ID token ended. Raises RequestRefused."""
    if said.get("client_id") != CLIENT_ID:
        raise RequestRefused("client_id is niet bekend")
    back = f"{makelaar.broker}/oidc/logged-out/{makelaar.profile.slug}"
    if said.get("post_logout_redirect_uri") != back:
        raise RequestRefused("post_logout_redirect_uri is niet het afgesproken adres")
    algorithm = makelaar.profile.algorithm
    key = as_jwk(makelaar.pair, algorithm)
    try:
        hint = jwt.decode(said.get("id_token_hint", ""), key, algorithms=[algorithm]).claims
    except (JoseError, ValueError):
        raise RequestRefused("id_token_hint is niet van hier") from None
    desk.sessions.take(str(hint.get("sid")))
    return f"{back}?{urlencode({'state': said.get('state', '')})}"


def logout_token(makelaar: Makelaar, sid: str, subject: str) -> str:
    """That this session ended."""
    now, algorithm = int(time.time()), makelaar.profile.algorithm
    key = as_jwk(makelaar.pair, algorithm)
    claims = {
        "iss": makelaar.issuer,
        "aud": CLIENT_ID,
        "sub": subject,
        "sid": sid,
        "iat": now,
        "exp": now + 120,
        "jti": secrets.token_urlsafe(16),
        "events": {EVENT: {}},
    }
    header = {"alg": algorithm, "kid": key.kid, "typ": "logout+jwt"}
    return jwt.encode(header, claims, key, algorithms=[algorithm])
