"""An authority of tests, which issues certificates as PKIoverheid does: a root, one below it, and
the certificate of a party.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID, ObjectIdentifier

from keys.certificates import to_pem
from tests.clocks import START
from tests.keys_for_tests import rsa_key

YEAR: Final = timedelta(days=365)


def _name(words: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, words)])


def usage(*, signs: bool = True, seals: bool = True) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signs,
        content_commitment=False,
        key_encipherment=seals,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def issued(
    public: RSAPublicKey,
    *,
    subject: str = "login.example.nl",
    by: str = "issuing authority",
    begin: datetime = START - timedelta(days=1),
    end: datetime = START + 3 * YEAR,
    ca: bool = False,
    allows: x509.KeyUsage | None = None,
    purposes: Sequence[ObjectIdentifier] = (),
) -> x509.Certificate:
    """A certificate of the authority ``by`` for this key."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(by))
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    if allows is not None:
        builder = builder.add_extension(allows, critical=True)
    if purposes:
        builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
    return builder.sign(rsa_key(by), SHA256())


@cache
def issuer(name: str = "issuing authority", by: str = "root authority") -> x509.Certificate:
    """The certificate of an authority; the root is its own issuer."""
    key: RSAPrivateKey = rsa_key(name)
    return issued(key.public_key(), subject=name, by=by, ca=True, end=START + 10 * YEAR)


def bundle(certificate: x509.Certificate) -> str:
    """With its issuers behind it, as an authority sends them."""
    return to_pem(certificate, issuer(), issuer("root authority"))
