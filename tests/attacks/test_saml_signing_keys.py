"""Keys that do not speak for the makelaar (S-28 … S-30, S-33)."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID

from keys.certificates import self_signed
from providers.interface import ProviderRefused, ProviderUnavailable
from tests.keys_for_tests import MADE_AT, ec_key, rsa_key
from tests.listener import Said, listening
from tests.providers.saml.edits import (
    ASSERTION,
    text,
)
from tests.providers.saml.maker import (
    SUBJECT as PERSON,
)
from tests.providers.saml.maker import (
    Recipe,
    base64_of,
    certificate,
    finish,
    key_descriptor,
    metadata_of,
    provider_for,
)
from tests.providers.saml.signing import (
    MORE,
    Signing,
)

ONLY_ASSERTION = {"signs": "assertion", "settings": {"require_signed": "assertion"}}
SIGNATURE = f"{ASSERTION}/ds:Signature"


def hint(xml: str) -> Signing:
    return Signing(key_info=xml)


def rsa_key_value(name: str) -> str:
    numbers = rsa_key(name).public_key().public_numbers()
    modulus = base64.b64encode(numbers.n.to_bytes(256, "big")).decode()
    return (
        f"<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>{modulus}</ds:Modulus>"
        "<ds:Exponent>AQAB</ds:Exponent></ds:RSAKeyValue></ds:KeyValue>"
    )


def x509_data(inner: str) -> str:
    return f"<ds:X509Data>{inner}</ds:X509Data>"


HINTS = [
    pytest.param(
        x509_data(f"<ds:X509Certificate>{base64_of(certificate('thief'))}</ds:X509Certificate>"),
        id="S-29 a certificate",
    ),
    pytest.param(rsa_key_value("thief"), id="S-30 a KeyValue"),
    pytest.param("<ds:KeyName>thief</ds:KeyName>", id="S-30 a KeyName"),
    pytest.param(
        x509_data(
            "<ds:X509IssuerSerial><ds:X509IssuerName>CN=thief</ds:X509IssuerName>"
            "<ds:X509SerialNumber>1</ds:X509SerialNumber></ds:X509IssuerSerial>"
        ),
        id="S-30 an issuer and serial number",
    ),
    pytest.param(
        '<ds:RetrievalMethod Type="http://www.w3.org/2000/09/xmldsig#rawX509Certificate" '
        'URI="http://{authority}/key"/>',
        id="S-30 a RetrievalMethod",
    ),
]


@pytest.mark.parametrize("key_info", HINTS)
def test_a_key_in_the_message_is_no_key(key_info: str) -> None:
    """Signed by the thief, it is refused; by the makelaar, the hint is passed over."""
    with listening(lambda _: Said()) as listener:
        info = key_info.replace("{authority}", listener.authority)
        stolen = Signing(key="thief", key_info=info)
        for settings in ({"require_signed": "both"}, {"require_signed": "assertion"}):
            refused_signing(Recipe(signing=stolen, settings=settings))
            assert finish(Recipe(signing=hint(info), settings=settings)).subject == PERSON
        assert not listener.seen


def refused_signing(recipe: Recipe) -> None:
    with pytest.raises(ProviderRefused) as caught:
        finish(recipe)
    assert caught.value.reason == "signature_invalid"


def test_S_28_the_key_of_another_makelaar_is_refused() -> None:
    assert finish(Recipe()).subject == PERSON
    refused_signing(Recipe(signing=Signing(key="other-makelaar")))


@pytest.mark.parametrize(
    "role",
    [
        pytest.param("SPSSODescriptor", id="S-28 as a service provider"),
        pytest.param("AttributeAuthorityDescriptor", id="S-28 as an attribute authority"),
    ],
)
def test_a_key_of_another_role_is_refused(role: str) -> None:
    kind, index = (
        ("AssertionConsumerService", ' index="0"') if role[0] == "S" else ("AttributeService", "")
    )
    roles = (
        f'<md:{role} protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">'
        f"{key_descriptor(certificate('other-role'), 'signing')}"
        f'<md:{kind} Binding="urn:x:y" Location="https://makelaar.example/x"{index}/></md:{role}>'
    )
    provider = provider_for(metadata_of(certificate(), roles=roles))
    assert finish(Recipe(), provider).subject == PERSON
    with pytest.raises(ProviderRefused) as caught:
        finish(Recipe(signing=Signing(key="other-role")), provider)
    assert caught.value.reason == "signature_invalid"


def test_S_28_a_key_for_encryption_does_not_sign() -> None:
    both = metadata_of(certificate(), certificate("for-encryption"))
    encryption = both.replace(
        key_descriptor(certificate("for-encryption"), "signing").encode(),
        key_descriptor(certificate("for-encryption"), "encryption").encode(),
    )
    recipe = Recipe(signing=Signing(key="for-encryption"))
    assert finish(recipe, provider_for(both)).subject == PERSON
    with pytest.raises(ProviderRefused) as caught:
        finish(recipe, provider_for(encryption))
    assert caught.value.reason == "signature_invalid"


# Weak keys.


def test_S_33_a_short_rsa_key_is_no_key() -> None:
    short = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    weak = self_signed(short, "weak", MADE_AT)
    recipe = Recipe(signing=Signing(private_key=short))
    with pytest.raises(ProviderRefused) as caught:
        finish(recipe, provider_for(metadata_of(certificate(), weak)))
    assert caught.value.reason == "signature_invalid"
    with pytest.raises(ProviderUnavailable):
        provider_for(metadata_of(weak))


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(bytes(64), id="S-33 zeros"),
        pytest.param(bytes(63) + b"\x01", id="S-33 zero and one"),
        pytest.param(b"", id="S-33 nothing"),
    ],
)
def test_an_elliptic_signature_without_content_is_refused(value: bytes) -> None:
    metadata = metadata_of(_elliptic_certificate())
    signing = Signing(key="curve", elliptic=True, method=MORE + "ecdsa-sha256")
    provider = provider_for(metadata, require_signed="assertion")
    good = Recipe(signing=signing, signs="assertion")
    assert finish(good, provider).subject == PERSON
    zeros = text(f"{SIGNATURE}/ds:SignatureValue", base64.b64encode(value).decode())
    with pytest.raises(ProviderRefused) as caught:
        finish(Recipe(after=[zeros], signing=signing, signs="assertion"), provider)
    assert caught.value.reason == "signature_invalid"


def _elliptic_certificate() -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "curve")])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(ec_key("curve").public_key())
        .serial_number(1)
        .not_valid_before(MADE_AT)
        .not_valid_after(MADE_AT + timedelta(days=900))
        .sign(ec_key("curve"), SHA256())
    )
