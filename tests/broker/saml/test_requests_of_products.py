"""AuthnRequests as portals of products send them, each in order; what is no habit is refused beside
them in ``test_authn_request`` and ``test_request_target``.
"""

from __future__ import annotations

import pytest

from broker.saml.authn_request import UNSPECIFIED_NAME
from broker.saml.errors import RefusedRequest, UntrustedRequest
from tests.broker.examples import SERVICE
from tests.broker.saml.asking import asked, by_post, target
from tests.broker.saml.portals import (
    ACS,
    BINDING,
    EH2_PLUS,
    EH3,
    ENTITY,
    PERSISTENT,
    POST,
    TRANSIENT,
    Asked,
    a_portal,
    acs,
    contexts,
    metadata,
    policy,
)
from tests.clocks import START

ART = "https://waterkaart.example/art"
WITH_ARTIFACT = a_portal(metadata(addresses=acs(ACS, 0) + acs(ART, 1, "HTTP-Artifact")))
HABITS = {
    "python3-saml: unspecified name and an exact password class": Asked(
        {"ProtocolBinding": POST, "AssertionConsumerServiceURL": ACS, "ProviderName": "Kaart"},
        policy(Format="urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified", AllowCreate="true")
        + contexts(
            "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport", comparison="exact"
        ),
    ),
    "mod_auth_mellon: a transient name, AllowCreate and Consent": Asked(
        {"Consent": "urn:oasis:names:tc:SAML:2.0:consent:current-implicit"},
        policy(Format=TRANSIENT, AllowCreate="true"),
    ),
    "SimpleSAMLphp: no wishes but a minimum": Asked(
        {"ProtocolBinding": POST, "AssertionConsumerServiceURL": ACS},
        contexts(EH2_PLUS, comparison="minimum"),
    ),
    "Shibboleth: an address by number": Asked({"AssertionConsumerServiceIndex": "1"}),
    "Spring Security: white space in an address": Asked(
        {"AssertionConsumerServiceURL": f" {ACS}\n"}
    ),
    "a fraction of a second": Asked({"IssueInstant": "2026-01-05T10:00:00.1234567Z"}),
    "a Sluis before this one: a ServiceUUID in Extensions": Asked(
        inner='<samlp:Extensions><saml:Attribute Name="urn:nl-eid-gdi:1.0:ServiceUUID">'
        f"<saml:AttributeValue>{SERVICE}</saml:AttributeValue></saml:Attribute>"
        "</samlp:Extensions>"
    ),
    "Extensions of a scheme that is not ours": Asked(
        inner='<samlp:Extensions><x:SPType xmlns:x="urn:x">public</x:SPType></samlp:Extensions>'
    ),
    "an Audience that is the portal": Asked(
        inner=f"<saml:Conditions><saml:AudienceRestriction><saml:Audience>{ENTITY}"
        "</saml:Audience></saml:AudienceRestriction></saml:Conditions>"
    ),
    "a confirmation that is plain bearer": Asked(
        inner="<saml:Subject><saml:SubjectConfirmation "
        'Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"/></saml:Subject>'
    ),
    "an Issuer with its format": Asked(
        issuer=None,
        inner='<saml:Issuer Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity">'
        f"{ENTITY}</saml:Issuer>",
    ),
    "authentik and pysaml2: the binding of the request in ProtocolBinding": Asked(
        {"ProtocolBinding": f"{BINDING}HTTP-Redirect", "AssertionConsumerServiceURL": ACS}
    ),
    "the same without an address": Asked({"ProtocolBinding": f"{BINDING}HTTP-Redirect"}),
    "Keycloak: persistent, AllowCreate and both wishes said": Asked(
        {
            "ForceAuthn": "false",
            "IsPassive": "false",
            "ProtocolBinding": POST,
            "AssertionConsumerServiceURL": ACS,
        },
        policy(AllowCreate="true", Format=PERSISTENT) + contexts(EH3, comparison="minimum"),
    ),
    "AD FS: a policy without a format, and Consent unspecified": Asked(
        {"Consent": "urn:oasis:names:tc:SAML:2.0:consent:unspecified"}, policy(AllowCreate="true")
    ),
    "empty Conditions": Asked(inner="<saml:Conditions/>"),
    "Shibboleth: AllowCreate as a number": Asked(
        {"ProtocolBinding": POST, "AssertionConsumerServiceURL": ACS}, policy(AllowCreate="1")
    ),
    "wishes as numbers, and a name for people": Asked(
        {"ForceAuthn": "0", "IsPassive": "0", "ProviderName": "SAP"},
        policy(Format=UNSPECIFIED_NAME, AllowCreate="1"),
    ),
    "Salesforce: no policy at all": Asked(
        {"ProtocolBinding": POST, "AssertionConsumerServiceURL": ACS}
    ),
    "Sustainsys: Scoping that only bounds": Asked(inner='<samlp:Scoping ProxyCount="5"/>'),
    "an empty Scoping": Asked(inner="<samlp:Scoping/>"),
    "ruby-saml: an ID that is a UUID": Asked({"ID": "_0f6c8f0e-1111-4444-8888-0123456789ab"}),
    "an ID of two signs": Asked({"ID": "_1"}),
    "a policy that names the portal itself": Asked(
        inner=policy(Format=PERSISTENT, SPNameQualifier=f" {ENTITY} ")
    ),
    "a class on a line of its own": Asked(inner=contexts(f"\n   {EH3}\n  ")),
    "eIDAS node: extensions of its own": Asked(
        inner="<samlp:Extensions><eidas:SPType "
        'xmlns:eidas="http://eidas.europa.eu/saml-extensions">public</eidas:SPType>'
        "</samlp:Extensions>"
    ),
    "words for people in Extensions": Asked(
        inner='<samlp:Extensions><mdui:UIInfo xmlns:mdui="urn:oasis:names:tc:SAML:metadata:ui">'
        '<mdui:DisplayName xml:lang="nl">x</mdui:DisplayName></mdui:UIInfo></samlp:Extensions>'
    ),
    "Shibboleth 3: attributes that it would like": Asked(
        inner="<samlp:Extensions><r:RequestedAttributes "
        'xmlns:r="urn:oasis:names:tc:SAML:protocol:ext:req-attr"/></samlp:Extensions>'
    ),
    "SPID libraries: an Issuer that qualifies itself": Asked(
        issuer=None, inner=f'<saml:Issuer NameQualifier="{ENTITY}">{ENTITY}</saml:Issuer>'
    ),
    "a comment of a template": Asked(inner="<!-- template -->"),
    "a place for its schema": Asked(
        {
            "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
            "xsi:schemaLocation": "urn:oasis:names:tc:SAML:2.0:protocol saml.xsd",
        }
    ),
    "RequesterID in Scoping": Asked(
        inner="<samlp:Scoping ProxyCount='2'><samlp:RequesterID>urn:x</samlp:RequesterID>"
        "</samlp:Scoping>"
    ),
}


@pytest.mark.parametrize("habit", HABITS)
def test_what_products_send_is_in_order(habit: str) -> None:
    request = HABITS[habit]
    if "fraction" in habit:
        moment = START.strftime("%Y-%m-%dT%H:%M:%S.1234567Z")
        request = Asked({"IssueInstant": moment})
    assert asked(request).service_uuid == SERVICE


@pytest.mark.parametrize("zone", ["Z", "+00:00", "-00:00", ".123456789Z", ".1Z"])
def test_dot_net_and_go_write_utc_in_ways_of_their_own(zone: str) -> None:
    said = Asked({"IssueInstant": START.strftime("%Y-%m-%dT%H:%M:%S") + zone})
    assert asked(said).service_uuid == SERVICE


def test_authentik_names_the_binding_of_its_request_and_the_metadata_say_that_of_the_answer() -> (
    None
):
    """The address is one of the metadata all the same, by the binding that it has there."""
    said = {"ProtocolBinding": f"{BINDING}HTTP-Redirect"}
    for url, binding in ((ACS, "post"), (ART, "artifact")):
        found = target(
            by_post(Asked({**said, "AssertionConsumerServiceURL": url})), WITH_ARTIFACT
        ).answer
        assert (found.url, found.binding.value) == (url, binding)
    elsewhere = {**said, "AssertionConsumerServiceURL": "https://elders.example/acs"}
    with pytest.raises(UntrustedRequest) as refused:
        target(by_post(Asked(elsewhere)), WITH_ARTIFACT)
    assert refused.value.reason is RefusedRequest.ADDRESS
