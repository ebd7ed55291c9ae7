"""ID tokens that portals show again (``id_token_hint``), also those that are over by now, and those
under keys that are gone.
"""

from __future__ import annotations

import base64
import json
from typing import Any

from broker.oidc import jwt
from broker.oidc.authorization_request import HintRetired
from broker.oidc.jwt import Hint
from broker.runtime import Runtime
from directory.services import OidcClient
from keys.keyring import KeyUse
from keys.signing_key import is_retired

_LONGEST_KID = 43  # a thumbprint


def user_in(rt: Runtime, hint: str, client: OidcClient) -> str | None:
    """The ``sub`` in an ID token that this client got here; None for any other text. Raises
    HintRetired.
    """
    keyring = rt.configuration.keyring
    sub = jwt.read_hint(hint, keyring=keyring, issuer=rt.base_url, client=client)
    if sub is None and _claimed(rt, hint) is not None:
        raise HintRetired
    return sub


def session_in(rt: Runtime, hint: str) -> Hint | None:
    """What an ID token of ours says of a session; None for any other text. Of one under a retired
    key counts for which client it says to be, as much as ``client_id`` would, and no session.
    """
    found = jwt.read_any_hint(hint, keyring=rt.configuration.keyring, issuer=rt.base_url)
    if found is not None:
        return found
    claims = _claimed(rt, hint) or {}
    audience = claims.get("aud")
    return Hint(audience, "", None) if isinstance(audience, str) else None


def _claimed(rt: Runtime, hint: str) -> dict[str, Any] | None:
    """The claims of what says to be an ID token of ours under a key that is retired, unverified;
    None for any other text.
    """
    header, claims = (_part(hint, place) for place in (0, 1))
    kid = header.get("kid")
    says_so = header.get("typ") == jwt.ID_TOKEN_TYPE and claims.get("iss") == rt.base_url
    if not says_so or not isinstance(kid, str) or len(kid) > _LONGEST_KID:
        return None
    return claims if is_retired(rt.session, KeyUse.OIDC_SIGNING, kid) else None


def _part(token: str, place: int) -> dict[str, Any]:
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        text = base64.urlsafe_b64decode(parts[place] + "=" * (-len(parts[place]) % 4))
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
