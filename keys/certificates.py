"""Certificates: the self-signed X.509 envelope in which SAML metadata carries a public key.

Partners trust the key in our metadata, not the certificate; it needs no authority behind it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

VALID_FOR: Final = timedelta(days=5 * 365)
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


def to_pem(certificate: x509.Certificate) -> str:
    """PEM text."""
    return certificate.public_bytes(Encoding.PEM).decode()


def from_pem(pem: str) -> x509.Certificate:
    """The certificate in a PEM text of ours. Raises ValueError."""
    return x509.load_pem_x509_certificate(pem.encode())
