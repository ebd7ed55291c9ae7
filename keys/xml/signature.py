"""Signatures in XML: made and verified in process, over exactly the element that is read.

The shape is judged before the mathematics: one reference, to this element; two transforms;
algorithms from a list; keys from the caller alone. What the signature says about its own key proves
nothing: it is read for the trace alone, once no key fitted.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import xmlsec
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from lxml import etree

from keys.certificates import fingerprints, from_der
from keys.keyring import PrivateKey
from keys.xml.children import child, children
from keys.xml.guard import XmlRefused, local_name
from keys.xml.names import (
    DIGESTS,
    ENVELOPED,
    EXC_C14N,
    EXC_C14N_COMMENTS,
    RSA_SHA256,
    SHA256,
    SIGNATURES,
    ds,
    short,
)

MIN_RSA_BITS = 2048
# Each is looked for at each element, before anything is proven; products list those in use.
MAX_PREFIXES: Final = 32
_EXCLUSIVE: Final = (EXC_C14N, EXC_C14N_COMMENTS)
_PREFIXES: Final = f"{{{EXC_C14N}}}InclusiveNamespaces"


def verify_enveloped(element: etree._Element, certificates: Sequence[x509.Certificate]) -> None:
    """Check the signature that ``element`` carries as its own child, with one of these
    certificates' keys.

    Raises XmlRefused: signature_missing, signature_shape, signature_algorithm, signature_key,
    signature_invalid. Afterwards everything inside ``element`` is as it was signed, and nothing
    outside is.
    """
    signature = _own_signature(element)
    _check_shape(element, signature)
    keys = [key for certificate in certificates if (key := _key(certificate)) is not None]
    if not keys:
        seen = f"{len(certificates)} certificates, none strong and valid"
        raise XmlRefused("signature_key", element=local_name(element), seen=seen)
    if not any(_verifies(element, signature, key) for key in keys):
        raise XmlRefused(
            "signature_invalid",
            element=local_name(element),
            keys=len(keys),
            signed_by=_certificate_in(signature),
            trusted=fingerprints(certificates),
        )


def _certificate_in(signature: etree._Element) -> str:
    """The fingerprint of the first certificate that the signature brings, as far as it can be
    read.
    """
    text = signature.findtext(f"{ds('KeyInfo')}/{ds('X509Data')}/{ds('X509Certificate')}")
    if text is None:
        return "no certificate in it"
    try:
        return fingerprints((from_der(base64.b64decode("".join(text.split()), validate=True)),))
    except ValueError:
        return "a certificate that cannot be read"


def has_signature(element: etree._Element) -> bool:
    """True where the element carries a signature as its own child, valid or not."""
    return child(element, ds("Signature")) is not None


def is_strong(certificate: x509.Certificate) -> bool:
    """RSA of 2048 bits or more, or an EC key on a curve of 256 bits or more. A key that cannot be
    read, which is found out only here, proves nothing.
    """
    try:
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return False
    if isinstance(key, rsa.RSAPublicKey):
        return key.key_size >= MIN_RSA_BITS
    return isinstance(key, ec.EllipticCurvePublicKey) and key.curve.key_size >= 256


def _own_signature(element: etree._Element) -> etree._Element:
    found = children(element, ds("Signature"))
    if not found:
        raise XmlRefused("signature_missing", element=local_name(element))
    if len(found) > 1:
        raise _shape(element, f"{len(found)} signatures", "one")
    return found[0]


def _check_shape(element: etree._Element, signature: etree._Element) -> None:
    parts = [ds("SignedInfo"), ds("SignatureValue"), ds("KeyInfo")]
    if [child.tag for child in signature] not in (parts, parts[:2]):
        raise _shape(signature, _children(signature), "SignedInfo, SignatureValue, KeyInfo")
    info = signature[0]
    if [child.tag for child in info] != [
        ds("CanonicalizationMethod"),
        ds("SignatureMethod"),
        ds("Reference"),
    ]:
        expected = "CanonicalizationMethod, SignatureMethod, Reference"
        raise _shape(info, _children(info), expected)
    canonicalisation, method, reference = info
    if canonicalisation.get("Algorithm") not in _EXCLUSIVE:
        raise _algorithm(canonicalisation, EXC_C14N)
    _check_prefixes(canonicalisation)
    if method.get("Algorithm") not in SIGNATURES:
        raise _algorithm(method, short(SIGNATURES))
    if len(method):
        raise _shape(method, _children(method), "nothing")
    _check_reference(element, reference)


def _check_reference(element: etree._Element, reference: etree._Element) -> None:
    if reference.get("URI") != f"#{element.get('ID')}" or not element.get("ID"):
        raise XmlRefused(
            "signature_reference",
            element="Reference",
            seen="another element, or all",
            expected=f"the ID of {local_name(element)}",
        )
    if [child.tag for child in reference] != [
        ds("Transforms"),
        ds("DigestMethod"),
        ds("DigestValue"),
    ]:
        raise _shape(reference, _children(reference), "Transforms, DigestMethod, DigestValue")
    transforms, digest, value = reference
    named = [child.get("Algorithm") for child in transforms]
    if len(named) != 2 or named[0] != ENVELOPED or named[1] not in _EXCLUSIVE:
        raise _transform(", ".join(child.get("Algorithm") or "none" for child in transforms))
    if any(child.tag != ds("Transform") for child in transforms) or len(transforms[0]):
        raise _transform(_children(transforms))
    _check_prefixes(transforms[1])
    if digest.get("Algorithm") not in DIGESTS or len(digest):
        raise _algorithm(digest, short(DIGESTS))
    if len(value):
        raise _algorithm(value, "a value")


def _check_prefixes(canonicalisation: etree._Element) -> None:
    """One list of prefixes at the most (Exclusive XML Canonicalization §3), and no long one."""
    if [inner.tag for inner in canonicalisation] not in ([], [_PREFIXES]):
        raise _transform(_children(canonicalisation))
    listed = [(inner.get("PrefixList") or "").split() for inner in canonicalisation]
    if listed and len(listed[0]) > MAX_PREFIXES:
        raise XmlRefused(
            "signature_transform",
            element="InclusiveNamespaces",
            seen=f"{len(listed[0])} prefixes",
            expected=f"{MAX_PREFIXES} at most",
        )


def _algorithm(at: etree._Element, expected: str) -> XmlRefused:
    seen = at.get("Algorithm") or _children(at)
    return XmlRefused("signature_algorithm", element=local_name(at), seen=seen, expected=expected)


def _shape(at: etree._Element, seen: str, expected: str) -> XmlRefused:
    return XmlRefused("signature_shape", element=local_name(at), seen=seen, expected=expected)


def _transform(seen: str) -> XmlRefused:
    expected = "enveloped-signature, xml-exc-c14n#"
    return XmlRefused("signature_transform", element="Transforms", seen=seen, expected=expected)


def _children(element: etree._Element) -> str:
    return ", ".join(local_name(child) for child in element) or "nothing"


def _verifies(element: etree._Element, signature: etree._Element, key: xmlsec.Key) -> bool:
    context = xmlsec.SignatureContext()
    context.key = key
    context.register_id(element, "ID")
    try:
        context.verify(signature)
    except (xmlsec.Error, xmlsec.InternalError):
        return False
    return True


@lru_cache(maxsize=512)
def _key(certificate: x509.Certificate) -> xmlsec.Key | None:
    """The key of this certificate; None where it is too weak to prove anything."""
    if not is_strong(certificate):
        return None
    pem = certificate.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return xmlsec.Key.from_memory(pem, xmlsec.constants.KeyDataFormatPem)


@lru_cache(maxsize=64)
def _private(key: PrivateKey) -> xmlsec.Key:
    pem = key.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return xmlsec.Key.from_memory(pem, xmlsec.constants.KeyDataFormatPem)


def sign_enveloped(
    element: etree._Element, key: PrivateKey, position: int, *, key_name: str | None = None
) -> None:
    """Sign ``element`` (it has an ID) with RSA-SHA256; the signature becomes its child at
    ``position``. ``key_name``: what the key is called in our metadata, for who asks it.
    """
    signature = etree.Element(ds("Signature"), nsmap={"ds": ds("").strip("{}")})
    info = etree.SubElement(signature, ds("SignedInfo"))
    etree.SubElement(info, ds("CanonicalizationMethod"), Algorithm=EXC_C14N)
    etree.SubElement(info, ds("SignatureMethod"), Algorithm=RSA_SHA256)
    reference = etree.SubElement(info, ds("Reference"), URI=f"#{element.get('ID')}")
    transforms = etree.SubElement(reference, ds("Transforms"))
    for algorithm in (ENVELOPED, EXC_C14N):
        etree.SubElement(transforms, ds("Transform"), Algorithm=algorithm)
    etree.SubElement(reference, ds("DigestMethod"), Algorithm=SHA256)
    etree.SubElement(reference, ds("DigestValue"))
    etree.SubElement(signature, ds("SignatureValue"))
    if key_name is not None:
        etree.SubElement(etree.SubElement(signature, ds("KeyInfo")), ds("KeyName")).text = key_name
    element.insert(position, signature)
    context = xmlsec.SignatureContext()
    context.key = _private(key)
    context.register_id(element, "ID")
    context.sign(signature)
