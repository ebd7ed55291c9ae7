"""Metadata after habits of products, made of one good role."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID

from tests.clocks import START
from tests.keys_for_tests import ec_key, rsa_key
from tests.providers.saml.maker import NAMES, base64_of, certificate, key_descriptor, metadata_of

GOOD: Final = metadata_of(certificate()).decode()
ENTITY: Final = GOOD[GOOD.index("<md:EntityDescriptor") :]
ROLE: Final = GOOD[GOOD.index("<md:IDPSSO") : GOOD.index("</md:EntityDescriptor>")]
KEY: Final = key_descriptor(certificate(), "signing")
CERTIFICATE: Final = base64_of(certificate())
SAML2: Final = NAMES["samlp"]
AnyKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def with_(old: str, new: str, document: str = GOOD) -> str:
    """The document with a change, which must be one."""
    assert old in document
    return document.replace(old, new, 1)


def beside(xml: str, names: str = "") -> str:
    """More before the role; ``names``: declarations at the root."""
    return with_("<md:IDPSSO", f"{xml}<md:IDPSSO", with_(" entityID=", f" {names} entityID="))


def lists(*entities: str, **attributes: str) -> str:
    """Entities in an EntitiesDescriptor."""
    named = "".join(f' {name}="{value}"' for name, value in attributes.items())
    inner = "".join(entities)
    return f'<md:EntitiesDescriptor xmlns:md="{NAMES["md"]}"{named}>{inner}</md:EntitiesDescriptor>'


def entity_of(entity_id: str, key: str = "makelaar") -> str:
    return metadata_of(certificate(key), entity_id=entity_id).decode()


def key_info(*texts: str, use: str = ' use="signing"') -> str:
    """A KeyDescriptor with these certificates, as text, in one KeyInfo."""
    inner = "".join(f"<ds:X509Certificate>{text}</ds:X509Certificate>" for text in texts)
    return (
        f"<md:KeyDescriptor{use}><ds:KeyInfo><ds:X509Data>{inner}</ds:X509Data></ds:KeyInfo>"
        "</md:KeyDescriptor>"
    )


def keys(*descriptors: str) -> str:
    """The document with these KeyDescriptors in place of its own."""
    return with_(KEY, "".join(descriptors))


@cache
def issued(
    name: str,
    by: str | None = None,
    *,
    elliptic: bool = False,
    since: datetime = START - timedelta(days=30),
    days: int = 365,
) -> x509.Certificate:
    """A certificate for the key of this name, issued by the key of another or by itself."""
    key: AnyKey = ec_key(name) if elliptic else rsa_key(name)
    signer: AnyKey = rsa_key(by) if by is not None else key
    return (
        x509.CertificateBuilder()
        .subject_name(_called(name))
        .issuer_name(_called(by or name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(since + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=by is None, path_length=None), critical=True)
        .sign(signer, SHA256())
    )


def _called(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def pem(one: x509.Certificate) -> str:
    """With the lines of PEM, broken as openssl breaks them."""
    text = base64_of(one)
    lines = "\n".join(text[at : at + 64] for at in range(0, len(text), 64))
    return f"-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n"
