"""HTTP-Redirect as it arrives (Bindings §3.4): a message in a query, and a signature over the
octets of that query as they were sent.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote_plus

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from keys.certificates import fingerprints
from keys.xml.encodings import without_mark
from keys.xml.signature import is_strong
from providers.received import told
from providers.saml.wire.refused import WireRefused

LONGEST: Final = 16 * 1024  # characters of one value, before it is inflated
LARGEST: Final = 64 * 1024  # bytes of a message, inflated
_DEFLATE: Final = "urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE"
_MORE: Final = "http://www.w3.org/2001/04/xmldsig-more#"
_Hash = Callable[[], hashes.HashAlgorithm]
_RSA: Final[Mapping[str, _Hash]] = {
    f"{_MORE}rsa-sha256": hashes.SHA256,
    f"{_MORE}rsa-sha384": hashes.SHA384,
    f"{_MORE}rsa-sha512": hashes.SHA512,
}
_ECDSA: Final[Mapping[str, _Hash]] = {
    f"{_MORE}ecdsa-sha256": hashes.SHA256,
    f"{_MORE}ecdsa-sha384": hashes.SHA384,
    f"{_MORE}ecdsa-sha512": hashes.SHA512,
}
_NAMES: Final = frozenset(
    {"SAMLRequest", "SAMLResponse", "SAMLart", "SAMLEncoding", "RelayState", "SigAlg", "Signature"}
)


@dataclass(frozen=True)
class RedirectQuery:
    """``signed``: the octets that a signature covers, as they were sent. Without ``algorithm``
    nobody signed.
    """

    message: bytes
    relay_state: str | None
    algorithm: str | None
    signature: bytes
    signed: bytes


def read_query(query: bytes, name: str) -> RedirectQuery:
    """The message in the parameter ``name`` (SAMLRequest or SAMLResponse). What no binding names is
    passed over. Raises WireRefused: encoding, repeated_parameter, binding, message_missing,
    too_large, base64, deflate, relay_state, signature_missing.
    """
    raw = _parameters(query)
    if {"SAMLRequest", "SAMLResponse", "SAMLart"} & raw.keys() - {name}:
        raise WireRefused(
            "binding",
            "another message beside it",
            element="query",
            seen=", ".join(sorted(raw)),
            expected=name,
        )
    if _plain(raw, "SAMLEncoding") not in (None, _DEFLATE):
        raise WireRefused(
            "encoding", "SAMLEncoding is not DEFLATE", element="SAMLEncoding", expected=_DEFLATE
        )
    if not raw.get(name):
        raise WireRefused("message_missing", element="query", seen="nothing", expected=name)
    if ("SigAlg" in raw) != ("Signature" in raw):
        raise WireRefused(
            "signature_missing",
            "SigAlg and Signature come together",
            element="query",
            expected="SigAlg and Signature",
        )
    signed = "&".join(f"{n}={raw[n]}" for n in (name, "RelayState", "SigAlg") if n in raw)
    return RedirectQuery(
        message=without_mark(inflated(_decoded(_plain(raw, name) or ""))),
        relay_state=_plain(raw, "RelayState"),
        algorithm=_plain(raw, "SigAlg"),
        signature=_decoded(_plain(raw, "Signature") or ""),
        signed=signed.encode("ascii"),
    )


def verify_query(query: RedirectQuery, certificates: Sequence[x509.Certificate]) -> None:
    """Check the signature with one of these certificates' keys. Raises WireRefused:
    signature_missing, signature_algorithm, signature_key, signature_invalid.
    """
    algorithm = query.algorithm
    if algorithm is None:
        raise WireRefused("signature_missing", element="query", expected="SigAlg and Signature")
    if algorithm not in _RSA and algorithm not in _ECDSA:
        raise WireRefused(
            "signature_algorithm",
            element="SigAlg",
            seen=told(algorithm),
            expected=", ".join((*_RSA, *_ECDSA)),
        )
    strong = [one for one in certificates if is_strong(one)]
    if not strong:
        raise WireRefused("signature_key", element="KeyDescriptor", seen=len(certificates))
    if not any(_verifies(one, algorithm, query) for one in strong):
        raise WireRefused(
            "signature_invalid",
            element="Signature",
            seen=algorithm,
            keys=len(strong),
            trusted=fingerprints(strong),
        )


def inflated(deflated: bytes) -> bytes:
    """What DEFLATE made small (RFC 1951), never more than LARGEST; also with the header of zlib
    around it (RFC 1950), as libraries of .NET and Java write it. Raises WireRefused.
    """
    try:
        return _inflated(deflated, -zlib.MAX_WBITS)
    except zlib.error:
        pass
    try:
        return _inflated(deflated, zlib.MAX_WBITS)
    except zlib.error:
        raise WireRefused("deflate", element="message", expected="DEFLATE (RFC 1951)") from None


def _inflated(deflated: bytes, window: int) -> bytes:
    """Raises zlib.error, WireRefused."""
    machine = zlib.decompressobj(wbits=window)
    message = machine.decompress(deflated, LARGEST + 1)
    if len(message) > LARGEST:
        raise WireRefused("too_large", element="message", expected=LARGEST)
    if not machine.eof or machine.unused_data:
        raise WireRefused(
            "deflate",
            "it is cut off, or something follows it",
            element="message",
            expected="DEFLATE (RFC 1951)",
        )
    return message


def _parameters(query: bytes) -> dict[str, str]:
    """The parameters of the binding, values as they were sent."""
    try:
        text = query.decode("ascii")
    except UnicodeDecodeError:
        raise WireRefused(
            "encoding", "the query is not ASCII", element="query", expected="ASCII"
        ) from None
    found: dict[str, str] = {}
    for part in text.split("&"):
        name, _, value = part.partition("=")
        name = unquote_plus(name)
        if name not in _NAMES:
            continue
        if name in found:
            raise WireRefused("repeated_parameter", name, element=name, expected=1)
        if len(value) > LONGEST:
            raise WireRefused("too_large", name, element=name, seen=len(value), expected=LONGEST)
        found[name] = value
    return found


def _plain(raw: Mapping[str, str], name: str) -> str | None:
    if name not in raw:
        return None
    try:
        return unquote_plus(raw[name], errors="strict")
    except UnicodeDecodeError:
        reason = "relay_state" if name == "RelayState" else "encoding"
        raise WireRefused(reason, f"{name} is not UTF-8", element=name, expected="UTF-8") from None


def _decoded(value: str) -> bytes:
    try:
        return base64.b64decode("".join(value.split()), validate=True)
    except (ValueError, binascii.Error):
        raise WireRefused("base64", element="query", expected="base64") from None


def _verifies(certificate: x509.Certificate, algorithm: str, query: RedirectQuery) -> bool:
    key, signature = certificate.public_key(), query.signature
    try:
        if isinstance(key, rsa.RSAPublicKey) and algorithm in _RSA:
            key.verify(signature, query.signed, padding.PKCS1v15(), _RSA[algorithm]())
            return True
        if isinstance(key, ec.EllipticCurvePublicKey) and algorithm in _ECDSA:
            key.verify(_der(signature, key), query.signed, ec.ECDSA(_ECDSA[algorithm]()))
            return True
    except (InvalidSignature, ValueError):
        return False
    return False


def _der(signature: bytes, key: ec.EllipticCurvePublicKey) -> bytes:
    """XML signatures write the two numbers one after the other (RFC 4051 §2.3.6); OpenSAML writes
    them in an address as Java makes them, in DER, which is longer.
    """
    size = (key.curve.key_size + 7) // 8
    if len(signature) != 2 * size:
        return signature
    first, second = signature[:size], signature[size:]
    return encode_dss_signature(int.from_bytes(first), int.from_bytes(second))
