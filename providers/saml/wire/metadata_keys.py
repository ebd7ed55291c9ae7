"""The certificates of a role with which it signs, out of everything that products write around
them (SAML Metadata §2.4.1.1).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from lxml import etree

from keys.certificates import from_der
from keys.xml.names import ds
from keys.xml.signature import is_strong
from providers.saml.wire.metadata_refused import MetadataRefused, named
from providers.saml.wire.names import md
from providers.saml.wire.xml_values import collapsed

MAX_CERTIFICATES: Final = 16  # of one role; each costs whoever verifies with it
_TOLD: Final = 10  # keys that an error tells
_LINES: Final = re.compile(r"-----(BEGIN|END) [A-Z0-9 ]{1,40}-----")
# Empty is as absent: for signing and for encryption both.
_SIGNS: Final = (None, "", "signing")


@dataclass(frozen=True)
class _Seen:
    """One key as it stands there; ``why`` it cannot be used, if so."""

    certificate: x509.Certificate | None
    why: str = ""
    is_of_use: bool = True  # off: it stands there for another use, which is no fault
    is_unreadable: bool = False


@dataclass(frozen=True)
class SigningKeys:
    """``usable``: those that may prove something; ``told``: what there is of the others;
    ``left_out``: what a party means to sign with, and proves nothing here; ``has_unreadable``:
    there is a certificate that cannot be read.
    """

    usable: tuple[x509.Certificate, ...]
    told: tuple[str, ...]
    left_out: tuple[str, ...]
    has_unreadable: bool

    def must_be_usable(self) -> tuple[x509.Certificate, ...]:
        """Raises MetadataRefused where none can prove anything, with what was seen."""
        if not self.usable:
            told = "; ".join(self.told[:_TOLD]) or "there is no KeyDescriptor"
            raise MetadataRefused(
                f"no signing certificate can be used: {told}",
                "let the party publish the certificate that it signs with, whole, and get the "
                "metadata anew",
                reason="certificates",
                seen=told,
                expected="a certificate for signing, RSA of 2048 bits or more, or EC of 256",
            )
        return self.usable


def signing_keys(role: etree._Element) -> SigningKeys:
    """What this role signs with. Raises MetadataRefused for more than MAX_CERTIFICATES."""
    if len(list(role.iterfind(f".//{ds('X509Certificate')}"))) > MAX_CERTIFICATES:
        raise MetadataRefused(
            f"more than {MAX_CERTIFICATES} certificates in one role",
            "let the party take out those that it signs with no more",
            reason="certificates",
            expected=f"{MAX_CERTIFICATES} at most",
        )
    seen = [
        one
        for number, descriptor in enumerate(role.findall(md("KeyDescriptor")), 1)
        for one in _in_descriptor(descriptor, number)
    ]
    usable = [one.certificate for one in seen if one.certificate is not None and not one.why]
    return SigningKeys(
        tuple(dict.fromkeys(usable)),
        tuple(one.why for one in seen if one.why),
        tuple(dict.fromkeys(one.why for one in seen if one.why and one.is_of_use)),
        any(one.is_unreadable for one in seen),
    )


def _in_descriptor(descriptor: etree._Element, number: int) -> Iterator[_Seen]:
    where = f"KeyDescriptor {number}"
    use = collapsed(descriptor.get("use"))
    if use not in _SIGNS:
        yield _Seen(None, f"{where} is for {named(str(use))}", is_of_use=False)
        return
    path = f"{ds('KeyInfo')}/{ds('X509Data')}/{ds('X509Certificate')}"
    texts = [part for element in descriptor.findall(path) for part in parts_of(element.text or "")]
    if not texts:
        yield _Seen(None, f"{where} holds no X509Certificate")
    read = [_certificate(text) for text in texts]
    if None in read:
        yield _Seen(None, f"a certificate in {where} cannot be read", is_unreadable=True)
    # An authority does not speak for the party whose own certificate cannot be read.
    whole = [one for one in read if one and not (None in read and _is_authority(one))]
    if len(whole) > MAX_CERTIFICATES:
        yield _Seen(None, f"{where} holds more than {MAX_CERTIFICATES} certificates")
        return
    yield from (_judged(one, where) for one in ends(whole))


def parts_of(text: str) -> list[str]:
    """The base64 of each certificate in this element, without the lines of PEM around it."""
    return [part for piece in _LINES.split(text)[::2] if (part := "".join(piece.split()))]


def certificates_of(descriptor: etree._Element) -> list[x509.Certificate]:
    """Those of its KeyInfo that can be read, without the authorities above them. None is left out
    for being late: whoever reads the key must have seen it here. Raises MetadataRefused.
    """
    found = [one for info in descriptor.findall(ds("KeyInfo")) for one in certificates_in(info)]
    if len(found) > MAX_CERTIFICATES:
        raise MetadataRefused(
            f"more than {MAX_CERTIFICATES} certificates in one KeyDescriptor",
            "let the party take out those that it signs with no more",
            reason="certificates",
            seen=str(len(found)),
            expected=f"{MAX_CERTIFICATES} at most",
        )
    return ends(found)


def certificates_in(info: etree._Element) -> list[x509.Certificate]:
    """Every certificate in this KeyInfo that can be read."""
    path = f"{ds('X509Data')}/{ds('X509Certificate')}"
    texts = [part for element in info.findall(path) for part in parts_of(element.text or "")]
    return [one for text in texts if (one := _certificate(text)) is not None]


def fingerprint(certificate: x509.Certificate) -> str:
    """The SHA-256 of it as 64 hexadecimal digits."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def _certificate(text: str) -> x509.Certificate | None:
    try:
        return from_der(base64.b64decode(text, validate=True))
    except (ValueError, binascii.Error):
        return None


def ends(certificates: list[x509.Certificate]) -> list[x509.Certificate]:
    """A KeyInfo is about one key: of a chain (XML Signature §4.4.4) the end speaks for the party,
    and the authorities above it do not, also where one between is left out.
    """
    if len(certificates) < 2:
        return certificates
    found = [one for one in certificates if not any(_issued(one, other) for other in certificates)]
    return [one for one in found if not _is_authority(one)] or found


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    except (x509.ExtensionNotFound, ValueError):
        return False
    return constraints.value.ca


def _issued(authority: x509.Certificate, other: x509.Certificate) -> bool:
    """Did the one issue the other? A certificate renewed for the same key is no authority; of one
    whose names cannot be read nobody is.
    """
    try:
        if authority.subject != other.issuer or _spki(authority) == _spki(other):
            return False
        other.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _spki(certificate: x509.Certificate) -> bytes:
    try:
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return certificate.tbs_certificate_bytes
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _judged(certificate: x509.Certificate, where: str) -> _Seen:
    return _Seen(certificate, _weakness(certificate, where))


def _weakness(certificate: x509.Certificate, where: str) -> str:
    """Why this key proves nothing; empty where it may."""
    try:
        if is_strong(certificate):
            return ""
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return f"the key in {where} is of a kind that is not known"
    least = "; RSA of 2048 bits or more, or EC of 256, can be used"
    if isinstance(key, rsa.RSAPublicKey):
        return f"the key in {where} is RSA of {key.key_size} bits{least}"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return f"the key in {where} is EC of {key.curve.key_size} bits{least}"
    return f"the key in {where} is neither RSA nor EC{least}"
