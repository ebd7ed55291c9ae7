"""Names of keys (XML Signature §4.5.1): what a KeyName may call a key of ours. It chooses among the
keys that we have, and never brings one.
"""

from __future__ import annotations

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from keys.keyring import PrivateKey


def key_name(certificate: x509.Certificate) -> str:
    """What we call the key of this certificate: its SHA-256 fingerprint in hex."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def is_called(key: PrivateKey, name: str) -> bool:
    """Does this KeyName mean this key? Parties use either fingerprint of its certificate."""
    if name == key.kid:
        return True
    plain = name.replace(":", "").lower()
    certificate = key.certificate
    if certificate is None:
        return False
    older = certificate.fingerprint(hashes.SHA1()).hex()  # noqa: S303 - a name, no proof
    return plain in (key_name(certificate), older)
