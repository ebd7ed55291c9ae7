"""The algorithms of JSON Web Tokens: of signatures those that portals may choose from, and those of
others that are verified (RFC 7518 §3, RFC 8037); and those in which others encrypt for us (§4, §5).
None is symmetric, and a key has one kind. RSA1_5 is not among them: it can be guessed open.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, get_args

ALGORITHMS: Final = ("RS256", "PS256", "ES256")
VerifiedAlgorithm = Literal[
    "RS256",
    "PS256",
    "ES256",
    "RS384",
    "RS512",
    "PS384",
    "PS512",
    "ES384",
    "ES512",
    "EdDSA",
]
_RSA: Final[tuple[VerifiedAlgorithm, ...]] = (
    "RS256",
    "PS256",
    "RS384",
    "RS512",
    "PS384",
    "PS512",
)
# By kind of key and curve: each elliptic curve has one algorithm.
VERIFIED_WITH: Final[Mapping[tuple[str, str | None], tuple[VerifiedAlgorithm, ...]]] = {
    ("RSA", None): _RSA,
    ("EC", "P-256"): ("ES256",),
    ("EC", "P-384"): ("ES384",),
    ("EC", "P-521"): ("ES512",),
    ("OKP", "Ed25519"): ("EdDSA",),
}
VERIFIED: Final = tuple(alg for algorithms in VERIFIED_WITH.values() for alg in algorithms)
# How the key of the content is brought to us, and what the content is encrypted in.
KeyEncryption = Literal["RSA-OAEP-256", "RSA-OAEP", "ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A256KW"]
ContentEncryption = Literal["A128CBC-HS256", "A256CBC-HS512", "A128GCM", "A256GCM"]
KEY_ENCRYPTIONS: Final[tuple[KeyEncryption, ...]] = get_args(KeyEncryption)
CONTENT_ENCRYPTIONS: Final[tuple[ContentEncryption, ...]] = get_args(ContentEncryption)
