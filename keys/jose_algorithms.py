"""The signature algorithms of JSON Web Tokens: those that portals may choose from, and those of
others that are verified (RFC 7518 §3, RFC 8037). None is symmetric, and a key has one kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

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
