"""Importing a certificate that an authority gave: the next one of its use, from a date on. Whatever
would be refused by partners later is refused here, with what to do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID
from sqlalchemy.orm import Session

from keys.certificate_request import waiting
from keys.certificates import chain_from_pem, to_pem
from keys.jwks import thumbprint
from keys.keyring import load_keyring, open_key
from keys.rotation import add_key, check_no_next, live_keys, move_key, rotate_due
from keys.sealing import Sealer
from keys.signing_key import CERTIFIED_USES, KeyState, KeyUse, SigningKey
from state.locks import Held, one_at_a_time

LEAST_BITS: Final = 2048
MOST_CERTIFICATES: Final = 10
_Extension = TypeVar("_Extension", bound=x509.ExtensionType)


class ImportRefused(Exception):
    """The certificate or key cannot be taken; the message says why and what to do."""


@dataclass(frozen=True)
class Imported:
    """``active``: used at once, because there was none of this use."""

    kid: str
    use: KeyUse
    activates_at: datetime
    active: bool


def import_certificate(
    session: Session,
    sealer: Sealer,
    use: KeyUse,
    chain_pem: str,
    now: datetime,
    activates_at: datetime,
    *,
    key_pem: bytes | None = None,
    password: bytes | None = None,
    by: str | None = None,
) -> Imported:
    """Take a certificate with its issuers, in any order, in the transaction of the caller. Without
    ``key_pem`` it belongs to the key that waits for it. Raises ImportRefused, NextKeyExists,
    WrongMasterKey.
    """
    if use not in CERTIFIED_USES:
        raise ImportRefused(f"keys for {use} travel without a certificate")
    certificates = _read(chain_pem)
    one_at_a_time(session, Held.KEYS)
    load_keyring(session, sealer)
    rotate_due(session, now, retires=False)
    check_no_next(session, use, "RSA")
    requested = None if key_pem is not None else waiting(session, use)
    key = (
        _requested_key(requested, sealer, use)
        if key_pem is None
        else _private_key(key_pem, password)
    )
    chain = _chain(certificates, key)
    _check_names(chain[0])
    _check_times(chain[0], now, activates_at)
    _check_key(chain[0], key)
    _check_usage(chain[0], use)
    first = not any(one.use is use and one.state is KeyState.ACTIVE for one in live_keys(session))
    at = now if first else activates_at
    state = KeyState.ACTIVE if first else KeyState.NEXT
    text = to_pem(*chain)
    if requested is not None:
        requested.certificate, requested.activates_at = text, at
        move_key(session, requested, state, now, by=by)
        return Imported(requested.kid, use, at, first)
    if session.get(SigningKey, thumbprint(key)) is not None:
        raise ImportRefused(
            "this key is or was in use here already; every use and every year has a key of its "
            "own: make a new one with sluis keys request"
        )
    kid = add_key(
        session, sealer, key, use, "RSA", state, now, certificate=text, by=by, activates_at=at
    )
    return Imported(kid, use, at, first)


def _read(chain_pem: str) -> tuple[x509.Certificate, ...]:
    try:
        found = chain_from_pem(chain_pem)
    except ValueError:
        raise ImportRefused(
            "no certificate in PEM can be read; the file has lines -----BEGIN CERTIFICATE-----"
        ) from None
    if len(found) > MOST_CERTIFICATES:
        raise ImportRefused(
            f"{len(found)} certificates; give ours and those of its issuers, "
            f"{MOST_CERTIFICATES} at most"
        )
    return found


def _private_key(pem: bytes, password: bytes | None) -> RSAPrivateKey:
    try:
        key = load_pem_private_key(pem, password)
    except TypeError:
        raise ImportRefused(
            "the private key has a password and none was given, or the other way round"
        ) from None
    except ValueError:
        raise ImportRefused("the private key cannot be read: PEM, and the right password") from None
    if not isinstance(key, RSAPrivateKey):
        raise ImportRefused("the private key is not RSA, which every partner knows; ask for RSA")
    return key


def _requested_key(row: SigningKey | None, sealer: Sealer, use: KeyUse) -> RSAPrivateKey:
    if row is None or row.sealed is None:
        raise ImportRefused(
            f"no key for {use} waits for a certificate; begin with sluis keys request, or give the "
            "private key with --key"
        )
    key = open_key(row.sealed, row.kid, row.use, sealer)
    assert isinstance(key, RSAPrivateKey)
    return key


def _chain(
    certificates: Sequence[x509.Certificate], key: RSAPrivateKey
) -> tuple[x509.Certificate, ...]:
    """Ours first, then who issued it, and so on; the self-signed end may be missing."""
    ours = [one for one in certificates if _is_of(one, key)]
    if len(ours) != 1:
        seen = "none" if not ours else str(len(ours))
        raise ImportRefused(
            f"of the {len(certificates)} certificates {seen} belongs to the private key; "
            "one must: the certificate of another request?"
        )
    chain, rest = [ours[0]], [one for one in certificates if one is not ours[0]]
    while rest:
        issuers = [one for one in rest if _issued(chain[-1], one)]
        if not issuers:
            raise ImportRefused(
                f"{_named(rest[0])} did not issue {_named(chain[-1])}; give our certificate and "
                "those of its issuers, and nothing else"
            )
        chain.append(issuers[0])
        rest.remove(issuers[0])
    return tuple(chain)


def _is_of(certificate: x509.Certificate, key: RSAPrivateKey) -> bool:
    try:
        return certificate.public_key() == key.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return False


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except Exception:  # another name, another key type, a signature that does not fit
        return False
    return True


def _named(certificate: x509.Certificate) -> str:
    try:
        return certificate.subject.rfc4514_string() or "a certificate without a name"
    except ValueError:
        return "a certificate whose name cannot be read"


def _check_times(certificate: x509.Certificate, now: datetime, activates_at: datetime) -> None:
    begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if end <= now:
        raise ImportRefused(f"it ended on {end:%Y-%m-%d}: ask a new one")
    if not begin <= activates_at < end:
        raise ImportRefused(
            f"it is valid from {begin:%Y-%m-%d} until {end:%Y-%m-%d}, and would be used from "
            f"{activates_at:%Y-%m-%d} on: choose another day with --from"
        )


def _check_names(certificate: x509.Certificate) -> None:
    """They are read whenever our certificates are shown."""
    try:
        assert certificate.subject is not None and certificate.issuer is not None
    except ValueError:
        raise ImportRefused("its subject or issuer cannot be read: ask a new one") from None


def _check_key(certificate: x509.Certificate, key: RSAPrivateKey) -> None:
    if key.key_size < LEAST_BITS:
        raise ImportRefused(f"a key of {key.key_size} bits; {LEAST_BITS} at least")
    basic = _extension(certificate, x509.BasicConstraints)
    if basic is not None and basic.ca:
        raise ImportRefused("it is the certificate of an authority, not of a party")


def _check_usage(certificate: x509.Certificate, use: KeyUse) -> None:
    """What an authority allows must hold this use; one that says nothing allows all."""
    usage = _extension(certificate, x509.KeyUsage)
    wants = "keyEncipherment" if use is KeyUse.SAML_ENCRYPTION else "digitalSignature"
    allows = usage is None or (
        usage.key_encipherment if use is KeyUse.SAML_ENCRYPTION else usage.digital_signature
    )
    if not allows:
        raise ImportRefused(f"its keyUsage lacks {wants}, which {use} needs: ask one that has it")
    extended = _extension(certificate, x509.ExtendedKeyUsage)
    fits = (ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE)
    if use is KeyUse.SAML_TLS_CLIENT and extended is not None and not set(fits) & set(extended):
        raise ImportRefused("its extendedKeyUsage lacks clientAuth: ask one for TLS clients")


def _extension(certificate: x509.Certificate, kind: type[_Extension]) -> _Extension | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None
    except ValueError:
        raise ImportRefused("its extensions cannot be read: ask a new one") from None
