"""Certificates: the X.509 envelope in which SAML metadata carries a public key.

Partners trust the key in our metadata, not the certificate: one that is signed by its own key will
do, and one of an authority is imported where a scheme asks for it (``keys.certificate_import``).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

VALID_FOR: Final = timedelta(days=5 * 365)
SHOWN_DIGITS: Final = 16
MOST_SHOWN: Final = 4
CLOCK_MARGIN: Final = timedelta(hours=1)  # a partner's clock may be behind


def self_signed(key: RSAPrivateKey, common_name: str, now: datetime) -> x509.Certificate:
    """A certificate for this key, valid for five years from now."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCK_MARGIN)
        .not_valid_after(now + VALID_FOR)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, SHA256())
    )


def to_pem(*certificates: x509.Certificate) -> str:
    """PEM text, one after the other."""
    return "".join(one.public_bytes(Encoding.PEM).decode() for one in certificates)


def from_pem(pem: str) -> x509.Certificate:
    """The certificate in a PEM text of ours; of a chain the first, which is our own. Raises
    ValueError.
    """
    return chain_from_pem(pem)[0]


def chain_from_pem(pem: str) -> tuple[x509.Certificate, ...]:
    """Every certificate in a PEM text, in its order; at least one. Raises ValueError."""
    try:
        return tuple(x509.load_pem_x509_certificates(pem.encode()))
    except x509.InvalidVersion as error:
        raise ValueError(str(error)) from None


def from_der(der: bytes) -> x509.Certificate:
    """The certificate of somebody else. What is in it may still turn out to be unreadable when it
    is asked for: names, extensions and keys of kinds that are not known. Raises ValueError.
    """
    try:
        return x509.load_der_x509_certificate(der)
    except x509.InvalidVersion as error:
        raise ValueError(str(error)) from None


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 over the whole certificate, as 64 small hexadecimal digits."""
    return certificate.fingerprint(SHA256()).hex()


def fingerprints(certificates: Sequence[x509.Certificate]) -> str:
    """The begin of the SHA-256 of a few, as a trace shows them."""
    return ", ".join(fingerprint(one)[:SHOWN_DIGITS] for one in certificates[:MOST_SHOWN]) or "none"


def is_of_an_authority(certificate: x509.Certificate) -> bool:
    """Somebody else than its own key issued it, so only they can give a new one."""
    return certificate.issuer != certificate.subject
