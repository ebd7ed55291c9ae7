"""The certificate that we show when we call a party that speaks SAML (mutual TLS): of the files in
a makelaar's record, else the one that is kept with our other keys.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
)

from keys.keyring import KeyMissing, KeyRing, KeyUse, PrivateKey
from providers import received
from providers.interface import ProviderUnavailable
from providers.saml_settings import SamlSettings
from providers.trouble import Trouble
from state.outgoing import OutgoingClient
from state.outgoing_tls import ClientCertificate, KeptCertificate

_USE: Final = KeyUse.SAML_TLS_CLIENT


def calling(outgoing: OutgoingClient, settings: SamlSettings, keyring: KeyRing) -> OutgoingClient:
    """The client that shows the certificate of this makelaar's record, where it names one; else the
    current one of ours, where there is one. Raises ProviderUnavailable.
    """
    if settings.tls_certificate_file is not None:
        return by_files(outgoing, settings)
    return by_keys(outgoing, keyring)


def by_files(outgoing: OutgoingClient, settings: SamlSettings) -> OutgoingClient:
    """What the record alone says: the same client where it names no files. Raises
    ProviderUnavailable.
    """
    if settings.tls_certificate_file is None:
        return outgoing
    key = settings.tls_key_file
    certificate = ClientCertificate(
        Path(settings.tls_certificate_file), None if key is None else Path(key)
    )
    measured: dict[str, str | int] = {
        "setting": "saml.tls_certificate_file",
        "registered": received.masked(settings.tls_certificate_file),
    }
    return _presenting(outgoing, certificate, measured)


def by_keys(outgoing: OutgoingClient, keyring: KeyRing) -> OutgoingClient:
    """The current certificate of ``saml_tls_client``; the same client where there is none. Raises
    ProviderUnavailable.
    """
    try:
        key = keyring.active(_USE, "RSA")
    except KeyMissing:
        return outgoing
    return _presenting(outgoing, kept_certificate(key), {"key_use": _USE.value})


def kept_certificate(key: PrivateKey) -> KeptCertificate:
    """The pair as TLS takes it. A certificate that is renewed for the same key is another one."""
    assert key.certificate is not None
    whole = (key.certificate, *key.issuers)
    chain = b"".join(one.public_bytes(Encoding.PEM) for one in whole)

    def locked(password: bytes) -> bytes:
        protection = BestAvailableEncryption(password)
        return key.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, protection)

    return KeptCertificate(f"{key.kid} {sha256(chain).hexdigest()}", chain, locked)


def _presenting(
    outgoing: OutgoingClient,
    certificate: ClientCertificate | KeptCertificate,
    measured: dict[str, str | int],
) -> OutgoingClient:
    try:
        return outgoing.presenting(certificate)
    except OSError as error:
        why = type(error).__name__
    except ValueError as error:
        why = str(error)
    raise ProviderUnavailable(
        f"client certificate: {why}",
        Trouble.CERTIFICATE_FILE,
        measured={**measured, "seen": received.masked(why)},
    ) from None
