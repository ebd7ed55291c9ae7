"""A key of each kind that signs tokens, made once."""

from __future__ import annotations

from functools import cache
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from joserfc.jwk import ECKey, OKPKey, RSAKey

from tests.keys_for_tests import rsa_key

SignsTokens = RSAKey | ECKey | OKPKey
_CURVES: Final = {"ES256": ec.SECP256R1, "ES384": ec.SECP384R1, "ES512": ec.SECP521R1}


@cache
def key_for(algorithm: str, kid: str | None = "m1") -> SignsTokens:
    """One that can sign so; RSA keys are the same for each of their algorithms."""
    parameters = {"kid": kid} if kid is not None else None
    if algorithm == "EdDSA":
        return OKPKey.generate_key("Ed25519", parameters)  # type: ignore[arg-type]
    if algorithm in _CURVES:
        made = ec.generate_private_key(_CURVES[algorithm]())
        return ECKey(made, made, parameters)  # type: ignore[arg-type]
    rsa = rsa_key("kinds")
    return RSAKey(rsa, rsa, parameters)  # type: ignore[arg-type]
