"""JWK sets: our public keys as clients and makelaars fetch them (RFC 7517); keys for joserfc."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final, TypeVar

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from joserfc.jwk import ECKey, KeyParameters, RSAKey

from keys.jose_algorithms import KEY_ENCRYPTIONS
from keys.keyring import AnyPrivateKey, KeyRing, KeyUse, PrivateKey

_DRAWS: Final = 7
Key = TypeVar("Key", bound=AnyPrivateKey)


def public_jwks(keyring: KeyRing, use: KeyUse) -> dict[str, Any]:
    """The published keys for tokens of ours as a JWK set; public members only.

    Raises ValueError for another use: those of SAML travel in metadata, and what makelaars fetch
    is ``client_jwks``.
    """
    if use is not KeyUse.OIDC_SIGNING:
        raise ValueError(f"{use} has no JWK set")
    return {"keys": [_public_jwk(key) for key in keyring.published(use)]}


def client_jwks(keyring: KeyRing) -> dict[str, Any]:
    """What makelaars fetch to verify our private_key_jwt, and to encrypt for us: for each algorithm
    an entry of its own, with a name of its own. Some choose by ``kid`` alone, others refuse a key
    without ``alg`` or take it for one of RS256. The entries for RS256 come first: whoever looks at
    no name finds what most of our proofs are signed with.
    """
    found = []
    for use, said, serves in (
        (KeyUse.CLIENT_SIGNING, "sig", SIGNED_WITH),
        (KeyUse.CLIENT_ENCRYPTION, "enc", ENCRYPTED_WITH),
    ):
        for key in keyring.published(use):
            for algorithm in serves[key.algorithm]:
                named = {"kid": kid_for(key, algorithm), "use": said, "alg": algorithm}
                found.append({**_public_jwk(key), **named})
    return {"keys": sorted(found, key=lambda jwk: _ORDER.index(jwk["alg"]))}


# By the algorithm that a key was made for. An RSA key signs RS256 and PS256 alike.
SIGNED_WITH: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"RS256": ("RS256", "PS256"), "ES256": ("ES256",)}
)
ENCRYPTED_WITH: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        made_for: tuple(alg for alg in KEY_ENCRYPTIONS if alg.startswith(made_for))
        for made_for in ("RSA-OAEP", "ECDH-ES")
    }
)
_ORDER: Final = ("RS256", "PS256", "ES256", *KEY_ENCRYPTIONS)


def kid_for(key: PrivateKey, algorithm: str) -> str:
    """What a makelaar calls this key of ours, used with this algorithm."""
    return key.kid if key.algorithm == algorithm else f"{key.kid}.{algorithm}"


@lru_cache(maxsize=64)
def joserfc_key(private_key: PrivateKey) -> RSAKey | ECKey:
    """The key for signing with joserfc, its ``kid`` set; made once."""
    return as_joserfc(private_key.key, private_key.kid)


def thumbprint(key: AnyPrivateKey) -> str:
    """SHA-256 JWK thumbprint (RFC 7638): 43 characters of base64url."""
    return as_joserfc(key, None).thumbprint()


def with_typable_id(generate: Callable[[], Key]) -> Key:
    """A new key whose thumbprint does not begin with a dash, which a command line reads as an
    option. One in 64 does and is drawn again, at most 7 times; then it is taken as it is.
    """
    key = generate()
    for _ in range(_DRAWS):
        if not thumbprint(key).startswith("-"):
            break
        key = generate()
    return key


def as_joserfc(key: AnyPrivateKey, kid: str | None) -> RSAKey | ECKey:
    """A joserfc key around a key object, without importing it again."""
    parameters: KeyParameters | None = {"kid": kid} if kid is not None else None
    if isinstance(key, RSAPrivateKey):
        return RSAKey(key, key, parameters)
    return ECKey(key, key, parameters)


def _public_jwk(private_key: PrivateKey) -> dict[str, Any]:
    jwk: dict[str, Any] = as_joserfc(private_key.key, private_key.kid).as_dict(private=False)
    jwk["use"] = "sig"
    # The RSA key signs RS256 and PS256 alike for portals; a fixed ``alg`` would forbid one of them.
    if private_key.algorithm != "RS256":
        jwk["alg"] = private_key.algorithm
    return jwk
