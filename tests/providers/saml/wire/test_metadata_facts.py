"""What there is to trust in metadata is found, whoever reads it later, and what bounds it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from lxml import etree

from keys.certificates import to_pem
from providers.saml.metadata import read_metadata
from providers.saml.wire.entities import IDP, SP
from providers.saml.wire.metadata_document import Signers
from providers.saml.wire.metadata_facts import MetadataFacts, read_facts
from providers.saml.wire.metadata_keys import fingerprint
from providers.saml.wire.metadata_refused import MetadataRefused
from tests.admin.metadata.publishing import document
from tests.broker.saml.portals import ENTITY, metadata
from tests.clocks import START
from tests.providers.saml.maker import ENTITY_ID, base64_of, certificate, key_descriptor

DAY = timedelta(days=1)


def facts(text: str, signers: Signers | None = None) -> MetadataFacts:
    return read_facts(text, ENTITY_ID, IDP, signers)


def test_keys_and_addresses_of_a_makelaar() -> None:
    found = facts(document("makelaar", "next"))
    assert {key.fingerprint for key in found.keys} == {
        fingerprint(certificate("makelaar")),
        fingerprint(certificate("next")),
    }
    assert [one.location for one in found.addresses] == [
        "https://makelaar.example/sso/Redirect?tenant=1",
        "https://makelaar.example/sso/POST?tenant=1",
    ]


def test_the_same_facts_in_another_order_of_keys_are_the_same() -> None:
    assert facts(document("a", "b")).says_the_same(facts(document("b", "a")))
    assert not facts(document("a")).says_the_same(facts(document("b")))


@pytest.mark.parametrize(
    "addition",
    [
        '<md:ArtifactResolutionService index="0" Binding="urn:x:SOAP" Location="https://x/ars"/>',
        '<md:SingleLogoutService Binding="urn:x:Redirect" Location="https://x.example/slo"/>',
        '<md:SingleSignOnService Binding="urn:x:Artifact" Location="https://x.example/sso"/>',
        '<md:ManageNameIDService Binding="urn:x:Redirect" Location="https://x.example/mni"/>',
        key_descriptor(certificate("more"), "encryption"),
        key_descriptor(certificate("more"), None),
    ],
)
def test_whatever_a_login_may_come_to_use_counts_as_a_change(addition: str) -> None:
    """Also what nobody reads today."""
    text = document("makelaar")
    more = text.replace("</md:IDPSSODescriptor>", f"{addition}</md:IDPSSODescriptor>")
    assert not facts(more).says_the_same(facts(text))


@pytest.mark.parametrize(
    "before",
    [
        "<md:KeyDescriptor><ds:KeyInfo><ds:KeyName>x</ds:KeyName></ds:KeyInfo></md:KeyDescriptor>"
        * 300,
        "<md:KeyDescriptor/>" * 1000,
    ],
    ids=["by name", "empty"],
)
def test_a_key_behind_many_that_are_none_is_seen(before: str) -> None:
    """What is cut off would be a key that nobody approved."""
    text = document("makelaar")
    thief = before + key_descriptor(certificate("thief"), "signing")
    more = text.replace("<md:SingleSignOnService", f"{thief}<md:SingleSignOnService", 1)
    assert certificate("thief") in read_metadata(more).signing
    assert not facts(more).says_the_same(facts(text))


def test_a_certificate_behind_many_that_cannot_be_read_is_seen() -> None:
    text = document("makelaar")
    hidden = "\n".join(
        f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----"
        for body in ["AAAA"] * 40 + [base64_of(certificate("thief"))]
    )
    thief = key_descriptor(certificate("makelaar"), "signing").replace(
        base64_of(certificate("makelaar")), hidden
    )
    more = text.replace("<md:SingleSignOnService", f"{thief}<md:SingleSignOnService", 1)
    assert certificate("thief") in read_metadata(more).signing
    assert not facts(more).says_the_same(facts(text))


def test_more_certificates_than_count_are_refused() -> None:
    text = document("makelaar")
    names = [f"many-{number}" for number in range(17)]
    pems = "".join(to_pem(certificate(name)) for name in names)
    keys = key_descriptor(certificate("makelaar"), None).replace(
        base64_of(certificate("makelaar")), pems
    )
    with pytest.raises(MetadataRefused) as refused:
        facts(text.replace("<md:SingleSignOnService", f"{keys}<md:SingleSignOnService", 1))
    assert (refused.value.reason, refused.value.seen) == ("certificates", "17")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<md:IDPSSODescriptor ", '<md:IDPSSODescriptor WantAuthnRequestsSigned="true" '),
        ("/sso/POST?tenant=1", "/sso/POST?tenant=2"),
        ("bindings:HTTP-POST", "bindings:HTTP-Artifact"),
    ],
)
def test_a_changed_word_counts(old: str, new: str) -> None:
    text = document("makelaar")
    assert not facts(text.replace(old, new, 1)).says_the_same(facts(text))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<md:IDPSSODescriptor ", '<md:IDPSSODescriptor WantAuthnRequestsSigned="false" '),
        ("<md:IDPSSODescriptor ", '<md:IDPSSODescriptor errorURL="https://x.example/" '),
    ],
)
def test_what_no_login_trusts_is_no_change(old: str, new: str) -> None:
    text = document("makelaar")
    assert facts(text.replace(old, new, 1)).says_the_same(facts(text))


def test_of_a_portal_its_answer_addresses_and_services_count() -> None:
    asks = (
        '<md:AttributeConsumingService index="1"><md:RequestedAttribute Name="urn:x:1"/>'
        "</md:AttributeConsumingService>"
    )
    text = metadata(role='AuthnRequestsSigned="true"', services=asks)
    found = read_facts(text, ENTITY, SP)
    assert {one.service for one in found.addresses} == {"AssertionConsumerService"}
    for old, new in (
        ("/saml/acs", "/saml/elders"),
        ('isDefault="true"', 'isDefault="false"'),
        ('AuthnRequestsSigned="true"', 'AuthnRequestsSigned="false"'),
        ("urn:x:1", "urn:x:2"),
        ('Service index="1"', 'Service index="2"'),
    ):
        assert old in text
        assert not read_facts(text.replace(old, new), ENTITY, SP).says_the_same(found)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("PT6H", timedelta(hours=6)),
        ("PT604800S", timedelta(days=7)),
        ("P7D", timedelta(days=7)),
        ("P1DT2H3M4.5S", timedelta(days=1, hours=2, minutes=3, seconds=4)),
        (" P1Y ", timedelta(days=365)),
        ("P1M", timedelta(days=30)),
        ("P9999Y", timedelta(days=3650)),
        # cannot be read, and restricts nothing
        ("P", None),
        ("PT", None),
        ("-P1D", None),
        ("604800", None),
        ("P1W", None),
        ("P" + "9" * 400 + "D", None),
    ],
)
def test_cache_duration_as_products_write_it(written: str, read: timedelta | None) -> None:
    assert facts(document("makelaar", cache=written)).cache_for == read


def test_the_shortest_of_role_entity_and_list_counts() -> None:
    text = document("makelaar", cache="P2D").replace(
        "<md:IDPSSODescriptor ", '<md:IDPSSODescriptor cacheDuration="P1D" '
    )
    assert facts(text).cache_for == DAY


def test_when_they_were_made_is_read_of_the_nearest_that_says_it() -> None:
    assert facts(document("makelaar")).created is None
    assert facts(document("makelaar", created=-60)).created == START - timedelta(minutes=1)
    broken = document("makelaar", created=0).replace("2026-11-02T", "yesterday")
    assert facts(broken).created is None


def test_they_end_with_the_last_signing_key_or_as_a_whole() -> None:
    last = certificate("makelaar").not_valid_after_utc
    assert facts(document("makelaar")).ends_at == last
    assert facts(document("makelaar", until=86400)).ends_at == START + DAY
    assert facts(document("makelaar", until=10**9)).ends_at == last


def test_more_than_can_be_looked_at_is_refused() -> None:
    one = '<md:SingleLogoutService Binding="urn:x" Location="https://x.example/slo"/>'
    text = document("makelaar")
    many = text.replace("</md:IDPSSODescriptor>", one * 2000 + "</md:IDPSSODescriptor>")
    with pytest.raises(MetadataRefused) as refused:
        facts(many)
    assert (refused.value.reason, refused.value.expected) == ("too_large", "2000 at most")
    fewer = text.replace("</md:IDPSSODescriptor>", one * 1900 + "</md:IDPSSODescriptor>")
    assert len(facts(fewer).addresses) == 1902


# Who signed.


def with_certificate(signer: str, name: str) -> str:
    """Signed by one key, with the certificate of a name in the signature."""
    text = document("makelaar", signer=signer)
    body = "".join(to_pem(certificate(name)).split("\n")[1:-2])
    info = (
        f"<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{body}</ds:X509Certificate>"
        "</ds:X509Data></ds:KeyInfo></ds:Signature>"
    )
    assert "</ds:Signature>" in text
    return text.replace("</ds:Signature>", info, 1)


def pinned(*names: str) -> Signers:
    return Signers(fingerprints=frozenset(fingerprint(certificate(name)) for name in names))


def test_a_fingerprint_admits_the_certificate_that_stands_in_the_signature() -> None:
    text = with_certificate("federation", "federation")
    assert facts(text, pinned("federation")).entity_id == ENTITY_ID
    assert facts(text, pinned("other", "federation")).entity_id == ENTITY_ID


@pytest.mark.parametrize(
    ("text", "signers", "reason"),
    [
        (with_certificate("thief", "thief"), pinned("federation"), "signature_key"),
        (with_certificate("thief", "federation"), pinned("federation"), "signature_invalid"),
        (document("makelaar", signer="federation"), pinned("federation"), "signature_key"),
        (document("makelaar"), pinned("federation"), "signature_missing"),
        (
            document("makelaar", signer="thief"),
            Signers((certificate("federation"),)),
            "signature_invalid",
        ),
    ],
)
def test_no_other_signer_will_do(text: str, signers: Signers, reason: str) -> None:
    with pytest.raises(MetadataRefused) as refused:
        facts(text, signers)
    assert refused.value.reason == reason


def test_one_of_several_signers_is_enough() -> None:
    both = Signers((certificate("old-federation"), certificate("federation")))
    for signer in ("federation", "old-federation"):
        assert facts(document("makelaar", signer=signer), both).entity_id == ENTITY_ID


def test_what_is_refused_says_what_was_seen_and_what_is_expected() -> None:
    wrong = etree.tostring(etree.fromstring(document("makelaar")).find("{*}IDPSSODescriptor"))
    with pytest.raises(MetadataRefused) as refused:
        facts(wrong.decode())
    assert refused.value.seen == "'IDPSSODescriptor'"
    assert refused.value.expected == "EntityDescriptor or EntitiesDescriptor"
