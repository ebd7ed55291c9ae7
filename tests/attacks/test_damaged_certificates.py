"""Certificates of others, damaged at any place: much of one is understood only when it is asked
for, and whoever asks gets a refusal or an answer, never anything else.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from functools import cache
from typing import Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from admin.registrations.saml_portal_rules import metadata_breaches
from broker.saml.portal_metadata import (
    PortalMetadataRefused,
    read_portal_metadata,
    sealing_certificate,
)
from keys.xml.signature import is_strong
from providers.saml.metadata import MetadataRefused, read_metadata
from tests.broker.saml.portals import ENTITY, a_portal, key_descriptor, metadata
from tests.broker.saml.portals import certificate as of_portal
from tests.clocks import START
from tests.keys.authority import issued, issuer, usage
from tests.keys_for_tests import rsa_key
from tests.providers.saml.maker import base64_of, certificate, metadata_of

CHANGES: Final[tuple[Callable[[int], int], ...]] = (lambda _: 0xFF, lambda byte: byte ^ 0x20)
SIGNATURE: Final = 256  # bytes at the end that mean nothing by themselves
# cryptography tells of a serial number below zero, which it reads; others have such certificates.
pytestmark = pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")


@cache
def whole() -> bytes:
    made = issued(rsa_key("party").public_key(), allows=usage())
    return made.public_bytes(Encoding.DER)


def damaged() -> Iterator[bytes]:
    raw = whole()
    for place in range(len(raw) - SIGNATURE):
        for change in CHANGES:
            yield raw[:place] + bytes([change(raw[place])]) + raw[place + 1 :]


def in_metadata_of_a_makelaar(text: str) -> object:
    chain = f"{text}</ds:X509Certificate><ds:X509Certificate>{base64_of(issuer())}"
    document = metadata_of(certificate()).decode()
    return read_metadata(document.replace(base64_of(certificate()), chain))


def in_metadata_of_a_portal(text: str) -> object:
    chain = f"{text}</ds:X509Certificate><ds:X509Certificate>{base64_of(issuer())}"
    keys = key_descriptor(chain) + key_descriptor(chain, "encryption")
    read = read_portal_metadata.__wrapped__(metadata(keys=keys), ENTITY)
    return read, sealing_certificate(read, START)


REFUSED: Final = (MetadataRefused, PortalMetadataRefused)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("door", [in_metadata_of_a_makelaar, in_metadata_of_a_portal])
def test_damaged_certificates_in_metadata_are_read_or_refused(
    door: Callable[[str], object],
) -> None:
    assert door(base64.b64encode(whole()).decode())
    refused = 0
    for raw in damaged():
        try:
            door(base64.b64encode(raw).decode())
        except REFUSED:
            refused += 1
    assert refused > 100


def test_an_authority_takes_no_place_of_what_cannot_be_read() -> None:
    """Its key would sign for everybody whom it gave a certificate."""
    good = base64.b64encode(whole()).decode()
    (signs,) = getattr(in_metadata_of_a_makelaar(good), "signing")  # noqa: B009
    assert signs.public_bytes(Encoding.DER) == whole()
    for bad in (base64.b64encode(whole()[:-300]).decode(), "AAAA"):
        with pytest.raises(MetadataRefused, match="cannot be read"):
            in_metadata_of_a_makelaar(bad)


def test_a_name_that_cannot_be_read_makes_no_chain() -> None:
    """A key is one all the same: whoever issued it is not asked. Found by a fuzzer."""
    unreadable = whole().replace(b"issuing authority", b"\xff\xfe\xfdying authority", 1)
    loaded = x509.load_der_x509_certificate(unreadable)
    with pytest.raises(ValueError, match="issuer"):
        loaded.issuer  # noqa: B018
    assert is_strong(loaded)
    read = in_metadata_of_a_makelaar(base64.b64encode(unreadable).decode())
    assert getattr(read, "signing") == (loaded,)  # noqa: B009


def registered_at_a_portal(text: str) -> list[str]:
    """What ``apply`` and the worker find wrong with metadata that hold this to encrypt to."""
    keys = key_descriptor(of_portal("portal")) + key_descriptor(text, "encryption")
    portal = a_portal(saml={"metadata": metadata(keys=keys), "encrypt_assertion": "always"})
    return [f"{breach.what}; {breach.instead}" for breach in metadata_breaches(portal, START)]


def test_a_damaged_certificate_to_encrypt_to_is_a_mistake_that_is_told() -> None:
    assert registered_at_a_portal(of_portal("portal")) == []
    texts = (base64.b64encode(raw).decode() for raw in damaged())
    told = {what for text in texts for what in registered_at_a_portal(text)}
    assert any("the key of the encryption certificate cannot be read" in what for what in told)
