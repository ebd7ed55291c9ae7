"""Keys and certificates of the simulated parties: made once per demo, kept as PEM files."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.x509.oid import NameOID
from joserfc.jwk import ECKey, KeyParameters, RSAKey

Algorithm = Literal["RS256", "PS256", "ES256"]
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Pair:
    """A private key and a self-signed certificate for it."""

    key: PrivateKey
    certificate: x509.Certificate

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    @property
    def certificate_pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def certificate_base64(self) -> str:
        """The certificate as SAML metadata holds it: base64 of DER, without headers."""
        lines = self.certificate_pem.decode().strip().splitlines()
        return "".join(lines[1:-1])


def new_pair(name: str, algorithm: Algorithm = "RS256") -> Pair:
    """A fresh key (RSA-2048 or P-256) with a certificate valid for a year."""
    key: PrivateKey
    if algorithm == "ES256":
        key = ec.generate_private_key(ec.SECP256R1())
    else:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365))
        .sign(key, hashes.SHA256())
    )
    return Pair(key, certificate)


def save(pair: Pair, directory: Path, name: str) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    key_file = directory / f"{name}.key"
    key_file.touch(mode=0o600)
    key_file.write_bytes(pair.key_pem)
    (directory / f"{name}.crt").write_bytes(pair.certificate_pem)


def load(directory: Path, name: str) -> Pair:
    key = _parsed((directory / f"{name}.key").read_bytes())
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise TypeError(f"{name}.key is neither RSA nor EC")
    return Pair(key, x509.load_pem_x509_certificate((directory / f"{name}.crt").read_bytes()))


def as_jwk(pair: Pair, algorithm: Algorithm) -> RSAKey | ECKey:
    """The private key as a JWK whose ``kid`` follows from the public key."""
    digest = hashlib.sha256(pair.certificate_pem).hexdigest()[:16]
    return _imported(pair.key_pem, digest, algorithm)


@lru_cache(maxsize=64)
def _parsed(pem: bytes) -> PrivateKeyTypes:
    return serialization.load_pem_private_key(pem, None, unsafe_skip_rsa_key_validation=True)


@lru_cache(maxsize=64)
def _imported(pem: bytes, kid: str, algorithm: Algorithm) -> RSAKey | ECKey:
    # To import an RSA key is to check its numbers, which takes 70 ms.
    parameters: KeyParameters = {"kid": kid, "use": "sig", "alg": algorithm}
    if algorithm == "ES256":
        return ECKey.import_key(pem, parameters)
    return RSAKey.import_key(pem, parameters)


def public_jwks(*keys: RSAKey | ECKey) -> dict[str, list[dict[str, str]]]:
    return {"keys": [{k: str(v) for k, v in key.as_dict(private=False).items()} for key in keys]}


def public_jwks_json(*keys: RSAKey | ECKey) -> str:
    return json.dumps(public_jwks(*keys))
