"""Asking an authority for a certificate: a key pair that waits for it, and the request (PKCS #10,
RFC 2986) that goes to the authority.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from sqlalchemy import select
from sqlalchemy.orm import Session

from keys.jwks import with_typable_id
from keys.keyring import load_keyring, open_key
from keys.rotation import add_key
from keys.sealing import Sealer
from keys.signing_key import CERTIFIED_USES, KeyState, KeyUse, SigningKey
from state.locks import Held, one_at_a_time

SIZES: Final = (2048, 3072, 4096)
# Beside those of RFC 4514 §3; PKIoverheid has the OIN of an organisation in serialNumber.
_NAMES: Final = {
    "serialNumber": NameOID.SERIAL_NUMBER,
    "emailAddress": NameOID.EMAIL_ADDRESS,
    "organizationIdentifier": NameOID.ORGANIZATION_IDENTIFIER,
}


class RequestRefused(Exception):
    """There can be no such request; the message says why and what to do."""


@dataclass(frozen=True)
class CertificateRequest:
    """``kid``: the key that waits for the certificate. ``pem``: what the authority gets."""

    kid: str
    use: KeyUse
    pem: str


def request_certificate(
    session: Session,
    sealer: Sealer,
    use: KeyUse,
    subject: str,
    now: datetime,
    *,
    bits: int = 2048,
    by: str | None = None,
) -> CertificateRequest:
    """Make the key and the request, in the transaction of the caller. ``subject``: RFC 4514, as
    ``CN=login.example.nl,O=Waterschap,C=NL``. The private key never leaves. Raises RequestRefused,
    WrongMasterKey.
    """
    if use not in CERTIFIED_USES:
        raise RequestRefused(f"keys for {use} travel without a certificate")
    if bits not in SIZES:
        raise RequestRefused(f"{bits} bits: choose one of {', '.join(map(str, SIZES))}")
    name = _name(subject)
    one_at_a_time(session, Held.KEYS)
    load_keyring(session, sealer)
    if waiting(session, use) is not None:
        raise RequestRefused(
            f"a request for {use} is open already: import its certificate with sluis keys import, "
            "see it again with sluis keys request --again, or end it with sluis keys revoke"
        )
    key = with_typable_id(lambda: rsa.generate_private_key(public_exponent=65537, key_size=bits))
    kid = add_key(
        session, sealer, key, use, "RSA", KeyState.REQUESTED, now, certificate=None, by=by
    )
    return CertificateRequest(kid, use, _signed(name, key))


def again(session: Session, sealer: Sealer, use: KeyUse, subject: str) -> CertificateRequest:
    """The request for the key that waits, under this subject. Changes nothing. Raises
    RequestRefused, WrongMasterKey.
    """
    row = waiting(session, use)
    if row is None or row.sealed is None:
        raise RequestRefused(f"no request for {use} is open: leave out --again")
    key = open_key(row.sealed, row.kid, row.use, sealer)
    assert isinstance(key, RSAPrivateKey)
    return CertificateRequest(row.kid, use, _signed(_name(subject), key))


def waiting(session: Session, use: KeyUse) -> SigningKey | None:
    """The key of this use that waits for its certificate."""
    query = select(SigningKey).where(SigningKey.use == use, SigningKey.state == KeyState.REQUESTED)
    return session.scalar(query)


def _name(subject: str) -> x509.Name:
    try:
        name = x509.Name.from_rfc4514_string(subject, _NAMES)
    except ValueError as error:
        raise RequestRefused(
            f"the subject cannot be read ({error}); write it as CN=login.example.nl,O=Name,C=NL"
        ) from None
    if not name.get_attributes_for_oid(NameOID.COMMON_NAME):
        raise RequestRefused("the subject has no CN; write it as CN=login.example.nl,O=Name,C=NL")
    return name


def _signed(name: x509.Name, key: RSAPrivateKey) -> str:
    made = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, SHA256())
    return made.public_bytes(Encoding.PEM).decode()
