"""JWK sets of others, as real products export them: which keys of a set can verify a signature, and
what is wrong with the rest (RFC 7517, RFC 7518 §6).

Numbers alone are read. What is not understood (``x5c``, ``ext``, keys of other types) is left out,
as RFC 7517 §5 wants; what is broken, weak or secret is said.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeyParameters, KeySet, OKPKey, RSAKey

from keys.jose_algorithms import VERIFIED, VERIFIED_WITH

MAX_KEYS: Final = 100
MIN_RSA_BITS: Final = 2048
MAX_RSA_BITS: Final = 8192  # verifying with an oversized modulus is work for us only
MAX_KID: Final = 200
PRIVATE_PARTS: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth"})
VerifyingKey = RSAKey | ECKey | OKPKey


@dataclass(frozen=True)
class JwkFault:
    """What is wrong, in words. ``place``: ``keys.0``, or empty for the set. ``is_grave`` off: the
    key is in order and of no use for signatures here.
    """

    place: str
    what: str
    instead: str
    is_grave: bool = True


@dataclass(frozen=True)
class ReadJwks:
    """The keys that can verify, and everything that was found."""

    keys: tuple[VerifyingKey, ...]
    faults: tuple[JwkFault, ...]

    @property
    def key_set(self) -> KeySet:
        """For joserfc; empty where there is none."""
        return KeySet(list(self.keys))


def read_public_jwks(document: object) -> ReadJwks:
    """Judge a set that somebody registered or published. Raises nothing."""
    entries = document.get("keys") if isinstance(document, Mapping) else None
    if not isinstance(entries, list | tuple):
        return _refused("this is no JWK set", "write an object with the list keys (RFC 7517 §5)")
    if len(entries) > MAX_KEYS:
        return _refused(f"{len(entries)} keys", f"give {MAX_KEYS} at most")
    keys: list[VerifyingKey] = []
    faults: list[JwkFault] = []
    for number, entry in enumerate(entries):
        try:
            keys.append(read_key(entry))
        except UselessKey as useless:
            faults.append(JwkFault(f"keys.{number}", *useless.told, is_grave=useless.is_grave))
    faults += _twice(entries)
    if not keys:
        faults += _refused(
            "no key that can verify a signature",
            "give a public RSA key of 2048 bits or more, or one on P-256, P-384, P-521 or Ed25519",
        ).faults
    return ReadJwks(tuple(keys), tuple(faults))


class UselessKey(Exception):
    """This key cannot verify. ``told``: what is wrong, and what to do instead."""

    def __init__(self, what: str, instead: str, *, is_grave: bool = True) -> None:
        super().__init__(what)
        self.told = (what, instead)
        self.is_grave = is_grave


def algorithms_of(key: VerifyingKey) -> tuple[str, ...]:
    """What a key of this kind can have signed with, and no other."""
    curve = None if isinstance(key, RSAKey) else key.curve_name
    return VERIFIED_WITH.get((key.key_type, curve), ())


def _refused(what: str, instead: str) -> ReadJwks:
    return ReadJwks((), (JwkFault("", what, instead),))


def read_key(entry: object) -> VerifyingKey:
    """One key of a set, from its numbers alone. Raises UselessKey."""
    if not isinstance(entry, Mapping):
        raise UselessKey("a key is an object", "export the public key as a JWK")
    kty = entry.get("kty")
    if kty == "oct":
        raise UselessKey(
            "a symmetric key: who knows it can sign as this party",
            "give the public half of an RSA or elliptic key",
        )
    if PRIVATE_PARTS & entry.keys():
        raise UselessKey(
            "a private key, which others can read by now",
            "make a new pair, keep its private half to yourself and give the public one",
        )
    if not isinstance(kty, str):
        raise UselessKey("kty is missing", "export the public key as a JWK")
    if kty not in _IMPORT:
        raise UselessKey(f"keys of type {kty[:20]} are not used here", _LEFT_OUT, is_grave=False)
    _check_purpose(entry)
    kid = entry.get("kid")
    if kid is not None and not (isinstance(kid, str) and 0 < len(kid) <= MAX_KID):
        raise UselessKey("kid is no text", "put it in quotes, 200 characters at most")
    limits = {name: entry[name] for name in ("kid", "alg") if entry.get(name) is not None}
    key = _IMPORT[kty](entry, cast(KeyParameters, limits))
    algorithm = entry.get("alg")
    if algorithm is not None and algorithm not in algorithms_of(key):
        raise UselessKey(
            f"a key for another algorithm than {', '.join(algorithms_of(key))}",
            _LEFT_OUT,
            is_grave=False,
        )
    return key


_LEFT_OUT: Final = "it is left out"


def _check_purpose(entry: Mapping[str, Any]) -> None:
    """Real sets hold keys for encryption and other algorithms too."""
    use, operations, algorithm = (entry.get(name) for name in ("use", "key_ops", "alg"))
    if use not in (None, "sig"):
        raise UselessKey("a key for another use than sig", _LEFT_OUT, is_grave=False)
    if isinstance(operations, list | tuple) and "verify" not in operations:
        raise UselessKey("key_ops does not hold verify", _LEFT_OUT, is_grave=False)
    if algorithm is not None and algorithm not in VERIFIED:
        raise UselessKey(
            f"a key for another algorithm than {', '.join(VERIFIED)}", _LEFT_OUT, is_grave=False
        )


def _rsa(entry: Mapping[str, Any], parameters: KeyParameters) -> VerifyingKey:
    bits, exponent = (_number(entry, name) for name in ("n", "e"))
    if bits.bit_length() < MIN_RSA_BITS:
        raise UselessKey(
            f"an RSA key of {bits.bit_length()} bits, which can be broken",
            "make one of 2048 bits or more",
        )
    if bits.bit_length() > MAX_RSA_BITS or not 3 <= exponent < 2**64:
        raise UselessKey("an RSA key of an unusual size", "make one of 2048 to 8192 bits")
    try:
        key = RSAKey.import_key({"kty": "RSA", **_bare(entry, ("n", "e"))}, parameters)
        _ = key.raw_value  # the numbers are judged when they are used first
    except (JoseError, ValueError, TypeError, KeyError, OverflowError):
        raise _broken() from None
    return key


def _ec(entry: Mapping[str, Any], parameters: KeyParameters) -> VerifyingKey:
    return _on_curve(entry, parameters, ECKey, ("x", "y"))


def _okp(entry: Mapping[str, Any], parameters: KeyParameters) -> VerifyingKey:
    return _on_curve(entry, parameters, OKPKey, ("x",))


def _on_curve(
    entry: Mapping[str, Any],
    parameters: KeyParameters,
    kind: type[ECKey] | type[OKPKey],
    numbers: tuple[str, ...],
) -> VerifyingKey:
    curve = entry.get("crv")
    if isinstance(curve, str) and (kind.key_type, curve) not in VERIFIED_WITH:
        raise UselessKey(f"curve {curve[:20]} is not used here", _LEFT_OUT, is_grave=False)
    for name in numbers:
        _number(entry, name)
    try:
        named = {name: entry[name] for name in ("kty", "crv")}
        key = kind.import_key({**named, **_bare(entry, numbers)}, parameters)
        _ = key.raw_value
    except (JoseError, ValueError, TypeError, KeyError, OverflowError):
        raise _broken() from None
    return key


_IMPORT: Final[Mapping[str, Callable[[Mapping[str, Any], KeyParameters], VerifyingKey]]] = {
    "RSA": _rsa,
    "EC": _ec,
    "OKP": _okp,
}


def _broken() -> UselessKey:
    return UselessKey("the numbers of this key are no key", "export it anew")


def _bare(entry: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, str]:
    """These numbers without the signs that fill them up, which Java and .NET write by themselves
    and RFC 7515 §2 leaves out.
    """
    return {name: str(entry[name]).rstrip("=") for name in names}


def _number(entry: Mapping[str, Any], name: str) -> int:
    """A Base64urlUInt (RFC 7518 §2)."""
    text = entry.get(name)
    if not isinstance(text, str) or not text:
        raise UselessKey(f"{name} is missing", "export the key anew, whole")
    try:
        padded = text + "=" * (-len(text) % 4)
        return int.from_bytes(base64.b64decode(padded, b"-_", validate=True))
    except ValueError:
        raise UselessKey(f"{name} is no base64url", "export the key anew") from None


def _twice(entries: list[Any] | tuple[Any, ...]) -> Iterator[JwkFault]:
    """One ``kid`` of one type names one key; with another type it may return (RFC 7517 §4.5)."""
    seen: set[tuple[str, str]] = set()
    for number, entry in enumerate(entries):
        if not isinstance(entry, Mapping):
            continue
        name = (entry.get("kty"), entry.get("kid"))
        if not all(isinstance(part, str) for part in name):
            continue
        if name in seen:
            yield JwkFault(f"keys.{number}", "its kid stands here twice", "give each key its own")
        seen.add(cast(tuple[str, str], name))
