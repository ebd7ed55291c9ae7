"""Metadata of makelaars, read strictly; and our own, read by others."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from lxml import etree

from keys.certificates import to_pem
from keys.keyring import KeyRing, KeyState, KeyUse
from keys.xml.schema import check_metadata
from providers.interface import ProviderUnavailable
from providers.saml.metadata import (
    MAX_BYTES,
    MetadataRefused,
    describe_metadata,
    read_metadata,
    sp_metadata,
)
from providers.trouble import Trouble
from sandbox.makelaar.metadata import ARTIFACT, Consumer, read_service_provider
from tests.keys_for_tests import make_keyring, make_private_key
from tests.providers.saml.maker import (
    ACS,
    ENTITY_ID,
    SLO,
    SP,
    SUBJECT,
    Recipe,
    certificate,
    finish,
    key_descriptor,
    metadata_of,
    provider_for,
)
from tests.providers.saml.signing import Signing, sign

GOOD = metadata_of(certificate())
REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
ROLE = GOOD[GOOD.index(b"<md:IDPSSO") : GOOD.index(b"</md:EntityDescriptor>")]


def test_what_is_used_of_it() -> None:
    found = read_metadata(GOOD)
    assert found == describe_metadata(GOOD.decode())
    assert found.entity_id == ENTITY_ID
    assert found.signing == (certificate(),)
    assert found.location(REDIRECT) == "https://makelaar.example/sso/Redirect?tenant=1"
    assert found.location(POST) == "https://makelaar.example/sso/POST?tenant=1"
    assert found.location("urn:oasis:names:tc:SAML:2.0:bindings:SOAP") is None
    assert found.sso_urls == (found.location(REDIRECT), found.location(POST))


@pytest.mark.parametrize(("use", "signs"), [("signing", True), (None, True), ("encryption", False)])
def test_a_key_for_signing_or_for_both_signs(use: str | None, signs: bool) -> None:
    more = key_descriptor(certificate("more"), use).encode()
    document = GOOD.replace(b"<md:SingleSign", more + b"<md:SingleSign", 1)
    assert (certificate("more") in read_metadata(document).signing) is signs


def replaced(old: bytes, new: bytes) -> Callable[[], bytes]:
    assert old in GOOD
    return lambda: GOOD.replace(old, new)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: b"", "not_well_formed"),
        (lambda: b"<!DOCTYPE x>" + GOOD, "dtd"),
        (lambda: GOOD + b" " * MAX_BYTES, "too_large"),
        (replaced(b"entityID", b"entityId"), "schema"),
        (replaced(b"md:EntityDescriptor", b"md:Other"), "schema"),
        (replaced(ROLE, ROLE + ROLE), "one IDPSSODescriptor"),
        (replaced(b"HTTP-Redirect", b"Other-1"), None),
        (lambda: GOOD.replace(b"HTTP-", b"Other-"), "no SingleSignOnService"),
        (replaced(b"https://makelaar.example/sso/POST", b"javascript:alert(1)//"), "no http"),
        (replaced(b"https://makelaar.example/sso/POST", b"data:text/html,x"), "no http"),
        (replaced(b"https://makelaar.example/sso/POST", b"/sso"), "no http"),
        (replaced(b'use="signing"', b'use="encryption"'), "no signing certificate"),
        (
            lambda: GOOD.replace(key_descriptor(certificate(), "signing").encode(), b""),
            "no signing certificate",
        ),
        (replaced(b"<ds:X509Certificate>", b"<ds:X509Certificate>AAAA"), "cannot be read"),
    ],
    ids=range(14),
)
def test_what_cannot_be_used_is_refused(make: Callable[[], bytes], words: str | None) -> None:
    assert read_metadata(GOOD).entity_id == ENTITY_ID
    if words is None:  # one binding is enough
        assert read_metadata(make()).location(REDIRECT) is None
        return
    with pytest.raises(MetadataRefused, match=words):
        read_metadata(make())


# Signed metadata.


def signed(how: Signing = Signing(key="federation"), *, after: bytes = b"") -> bytes:  # noqa: B008
    root = etree.fromstring(GOOD)
    root.set("ID", "_metadata")
    sign(root, how)
    return etree.tostring(root).replace(b"/sso/POST", b"/sso/POST" + after)


def test_a_signature_is_demanded_where_its_certificate_is_registered() -> None:
    federation = certificate("federation")
    assert read_metadata(signed(), federation).entity_id == ENTITY_ID
    for document in (GOOD, signed(Signing(key="thief")), signed(after=b"/elsewhere")):
        assert read_metadata(document).entity_id == ENTITY_ID  # nobody asked for a signature
        with pytest.raises(MetadataRefused, match="signature"):
            read_metadata(document, federation)


def test_an_adapter_of_metadata_that_is_no_good_says_so() -> None:
    pem = to_pem(certificate("federation"))
    good = provider_for(signed(), metadata_signing_certificate=pem)
    assert finish(Recipe(), good).subject == SUBJECT
    for metadata, settings, setting in (
        (GOOD, {"metadata_signing_certificate": pem}, "saml.metadata"),
        (
            signed(),
            {"metadata_signing_certificate": "no certificate"},
            "saml.metadata_signing_certificate",
        ),
        (b"<x/>", {}, "saml.metadata"),
        (b"<x/>", {"metadata_url": "https://makelaar.example/m"}, "saml.metadata_url"),
    ):
        with pytest.raises(ProviderUnavailable, match="metadata") as caught:
            provider_for(metadata, **settings)
        assert caught.value.trouble is Trouble.METADATA
        assert caught.value.measured["setting"] == setting and caught.value.measured["seen"]


# Our own.


def test_others_read_our_metadata() -> None:
    ring = make_keyring()
    found = read_service_provider(sp_metadata(ring, SP, ACS, SLO))
    by_post, by_artifact = Consumer(ACS, POST), Consumer(ACS, ARTIFACT)
    assert (found.entity_id, found.default_consumer) == (SP, by_post)
    assert found.consumers == {"0": by_post, "1": by_artifact}
    assert found.signing == (ring.active(KeyUse.SAML_SIGNING, "RSA").certificate,)
    assert found.encryption == (ring.active(KeyUse.SAML_ENCRYPTION, "RSA").certificate,)


def test_metadata_for_one_way_of_answering_have_one_consumer() -> None:
    found = read_service_provider(sp_metadata(make_keyring(), SP, ACS, SLO, answers=("artifact",)))
    by_artifact = Consumer(ACS, ARTIFACT)
    assert (found.consumers, found.default_consumer) == ({"1": by_artifact}, by_artifact)


def test_our_metadata_has_the_right_shape() -> None:
    root = etree.fromstring(sp_metadata(make_keyring(), SP, ACS, SLO))
    check_metadata(root)
    role = root[0]
    assert (role.get("AuthnRequestsSigned"), role.get("WantAssertionsSigned")) == ("true", "true")


def test_the_next_key_is_known_before_it_signs() -> None:
    more = [
        make_private_key(KeyUse.SAML_SIGNING, "RSA", state, str(state))
        for state in (KeyState.RETIRING, KeyState.NEXT)
    ]
    found = read_service_provider(
        sp_metadata(KeyRing((*make_keyring().keys, *more)), SP, ACS, SLO)
    ).signing
    active = make_keyring().active(KeyUse.SAML_SIGNING, "RSA")
    assert found == (active.certificate, more[1].certificate, more[0].certificate)


@pytest.mark.slow
def test_pysaml2_reads_our_metadata() -> None:
    from saml2.mdstore import InMemoryMetaData

    store = InMemoryMetaData((), "")
    store.parse(sp_metadata(make_keyring(), SP, ACS, SLO).decode())
    (service,) = store.service(SP, "spsso_descriptor", "assertion_consumer_service", POST)
    assert service["location"] == ACS
    assert len(store.certs(SP, "spsso", "signing")) == 1
    assert len(store.certs(SP, "spsso", "encryption")) == 1
