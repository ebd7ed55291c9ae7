"""Our own public keys, as makelaars fetch them: to verify our private_key_jwt (RFC 7523), and to
encrypt for us.
"""

from __future__ import annotations

import json

from keys import jwks
from keys.keyring import KeyRing


def client_jwks(keyring: KeyRing) -> bytes:
    """The JWK set as JSON: the next key and those retiring too, public members only."""
    return json.dumps(jwks.client_jwks(keyring)).encode()
