"""Metadata of a portal: what is used is judged, the rest is not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from broker.saml.portal_metadata import (
    PortalMetadata,
    PortalMetadataRefused,
    read_portal_metadata,
    sealing_certificate,
)
from tests.broker.saml.portals import (
    ACS,
    ADDRESSES,
    ENTITY,
    OTHER_ACS,
    SAMLP,
    acs,
    certificate,
    key_descriptor,
    metadata,
)
from tests.clocks import START

SERVICES = (
    '<md:AttributeConsumingService index="1"><md:ServiceName xml:lang="nl">A</md:ServiceName>'
    '<md:RequestedAttribute Name="urn:etoegang:DV:1:services:1"/></md:AttributeConsumingService>'
    '<md:AttributeConsumingService index="2" isDefault="true">'
    '<md:RequestedAttribute Name="urn:nl-eid-gdi:1.0:ServiceUUID">'
    "<saml:AttributeValue>een-uuid</saml:AttributeValue></md:RequestedAttribute>"
    "</md:AttributeConsumingService>"
)


def read(text: str) -> PortalMetadata:
    return read_portal_metadata(text, ENTITY)


def test_what_is_used_is_read() -> None:
    found = read(
        metadata(
            role='AuthnRequestsSigned="true"',
            services=SERVICES,
            entity='validUntil="2027-01-01T00:00:00Z"',
        )
    )
    assert [(one.url, one.index, one.is_default) for one in found.answers] == [
        (ACS, 0, True),
        (OTHER_ACS, 1, None),
    ]
    assert found.signs_requests and len(found.signing) == 1 and found.encryption == ()
    assert [(one.index, one.is_default) for one in found.services] == [(1, False), (2, True)]
    assert "urn:etoegang:DV:1:services:1" in found.services[0].names
    assert "een-uuid" in found.services[1].names
    assert found.until is not None and found.until.year == 2027


@pytest.mark.parametrize(
    ("addresses", "url"),
    [
        (ADDRESSES, ACS),
        (acs(OTHER_ACS, 1) + acs(ACS, 0), OTHER_ACS),
        (acs(OTHER_ACS, 1, more='isDefault="false"') + acs(ACS, 0), ACS),
        (acs(OTHER_ACS, 1, more='isDefault="false"'), OTHER_ACS),
        (acs(OTHER_ACS, 1) + acs(ACS, 0, more='isDefault="1"'), ACS),
        (acs("https://x.example/art", 0, "HTTP-Artifact") + acs(ACS, 1), ACS),
        (acs("https://x.example/art", 0, "HTTP-Artifact"), "https://x.example/art"),
        (
            acs(ACS, 0) + acs("https://x.example/art", 1, "HTTP-Artifact", 'isDefault="true"'),
            "https://x.example/art",
        ),
    ],
)
def test_an_answer_goes_by_default_where_the_standard_says(addresses: str, url: str) -> None:
    assert read(metadata(addresses=addresses)).default_answer.url == url


HABITS = {
    "Shibboleth: extensions and an own role beside it": metadata(
        more='<md:Extensions><x:y xmlns:x="urn:x" z="1"/></md:Extensions>'
        f'<md:IDPSSODescriptor protocolSupportEnumeration="{SAMLP}"/>'
    ),
    "PEM lines around a certificate": metadata(
        keys=key_descriptor(
            f"\n-----BEGIN CERTIFICATE-----\n{certificate('portal')}\n-----END CERTIFICATE-----\n"
        )
    ),
    "one key for both uses": metadata(keys=key_descriptor(certificate("portal"), None)),
    "white space in an address": metadata(addresses=acs(f"\n  {ACS} ", 0)),
    "an address without a number": metadata(addresses=acs(ACS, None)),
    "several protocols": metadata().replace(
        f'protocolSupportEnumeration="{SAMLP}"',
        f'protocolSupportEnumeration="{SAMLP} urn:oasis:names:tc:SAML:1.1:protocol"',
    ),
    "inside a federation": (
        '<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">'
        + metadata(entity_id="urn:other")
        + f"<md:EntitiesDescriptor>{metadata()}</md:EntitiesDescriptor></md:EntitiesDescriptor>"
    ),
    "AD FS: one address for three bindings, one of which no answer uses": metadata(
        addresses=acs(ACS, 0, more='isDefault="true"')
        + acs(ACS, 1, "HTTP-Artifact")
        + acs(ACS, 2, "HTTP-Redirect")
    ),
    "Shibboleth: a form without a signature of XML": metadata(
        addresses=acs(ACS, 1) + acs("https://x.example/simple", 2, "HTTP-POST-SimpleSign")
    ),
    "ServiceNow: one address under two numbers": metadata(
        addresses=acs(ACS, 0, more='isDefault="true"') + acs(ACS, 1)
    ),
    "PAOS beside HTTP-POST": metadata(
        addresses=acs(ACS, 0) + acs("https://x.example/ecp", 1, "PAOS")
    ),
    "a style sheet for browsers": '<?xml-stylesheet href="metadata.xsl"?>' + metadata(),
    "an encoding that a text has no more": (
        '<?xml version="1.0" encoding="ISO-8859-1"?>' + metadata()
    ),
    "the hour of the Netherlands": metadata(entity='validUntil="2030-01-01T00:00:00+01:00"'),
    "a list of very many": (
        '<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">'
        + '<md:EntityDescriptor entityID="urn:x"/>' * 5000
        + metadata()
        + "</md:EntitiesDescriptor>"
    ),
    "another entity in an extension": metadata(
        more='<md:Extensions><md:EntityDescriptor entityID="https://waterkaart.example/saml"/></md:Extensions>'
    ),
    "two certificates as PEM in one element": metadata(
        keys=key_descriptor(
            "".join(
                f"-----BEGIN CERTIFICATE-----\n{certificate(one)}\n-----END CERTIFICATE-----\n"
                for one in ("portal", "next")
            )
        )
    ),
    "two keys while one is replaced": metadata(
        keys=key_descriptor(certificate("portal")) + key_descriptor(certificate("next"))
    ),
}


@pytest.mark.parametrize("habit", HABITS)
def test_what_products_write_is_read(habit: str) -> None:
    assert read(HABITS[habit]).default_answer.url == ACS
    assert read(HABITS[habit]).signing


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(
            metadata(addresses=acs("javascript:alert(1)", 0)), "Location", id="I-02 script"
        ),
        pytest.param(metadata(addresses=acs("data:text/html,x", 0)), "Location", id="I-02 data"),
        pytest.param(
            metadata(addresses=acs("http://portal.example/acs", 0)), "http", id="I-02 http"
        ),
        pytest.param(
            metadata(addresses=ADDRESSES + acs("https://a@b.example/", 7)),
            "user name",
            id="I-02 user name",
        ),
        pytest.param(metadata(addresses=acs("https://x.example/#a", 0)), "fragment", id="I-02 #"),
        pytest.param(metadata(addresses=acs("", 0)), "empty", id="I-02 empty"),
        (metadata(addresses=acs(ACS, 0, "PAOS")), "HTTP-POST"),
        (metadata(keys="", addresses=acs(ACS, 0, "HTTP-Artifact")), "HTTP-POST"),
        (metadata(addresses=acs(ACS, 0) + acs(OTHER_ACS, 0)), "index 0"),
        (metadata(addresses=acs(ACS, 70000)), "index"),
        (metadata(entity_id="urn:other"), "urn:other"),
        (metadata().replace("SPSSODescriptor", "IDPSSODescriptor"), "one SPSSODescriptor"),
        (metadata(keys=key_descriptor("AAAA")), "certificate"),
        (metadata(entity='validUntil="morgen"'), "validUntil"),
        ("<nothing/>", "EntityDescriptor"),
        ("<!DOCTYPE x><x/>", "dtd"),
        ("niets", "not_well_formed"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_sentence(text: str, said: str) -> None:
    assert read(metadata()).answers
    with pytest.raises(PortalMetadataRefused, match=said):
        read(text)


def test_who_cannot_prove_himself_fetches_nothing() -> None:
    """Products name HTTP-Artifact beside HTTP-POST; without a key it is passed over."""
    both = acs(ACS, 0) + acs("https://x.example/art", 1, "HTTP-Artifact")
    assert [one.url for one in read(metadata(addresses=both, keys="")).answers] == [ACS]
    assert len(read(metadata(addresses=both)).answers) == 2


def test_a_key_is_encrypted_for_while_it_is_strong_and_valid() -> None:
    def sealing(*keys: str) -> bool:
        found = read(metadata(keys="".join(keys)))
        return sealing_certificate(found, START) is not None

    good = key_descriptor(certificate("portal"), "encryption")
    weak = key_descriptor(certificate("weak", bits=1024), "encryption")
    over = key_descriptor(certificate("portal", begins=-10, days=5), "encryption")
    curve = key_descriptor(certificate("ec-portal"), "encryption")
    assert sealing(good) and sealing(weak, over, curve, good)
    assert sealing(key_descriptor(certificate("portal"), None))
    for bad in (weak, over, curve, key_descriptor(certificate("portal"), "signing")):
        assert not sealing(bad)


def test_the_first_end_of_what_surrounds_a_role_counts() -> None:
    text = metadata(
        role='validUntil="2026-06-01T00:00:00Z"', entity='validUntil="2027-06-01T00:00:00Z"'
    )
    until = read(text).until
    assert until is not None and until.year == 2026 and until < START + timedelta(days=3650)
