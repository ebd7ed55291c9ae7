"""The answer to a portal: a Response that other libraries accept."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest
from lxml import etree

from assurance.levels import AssuranceLevel
from broker.downstream import LoginRefused, RefusalCode
from broker.saml.reply_to import SamlReplyTo
from consent.authority import AuthorityKind, Party, PartyIdType
from directory.saml_portals import SamlServiceProvider
from directory.sectors import pairwise_sub
from keys.keyring import KeyState, KeyUse, PrivateKey
from keys.xml import schema
from keys.xml.encryption import decrypt_element
from tests.broker.examples import (
    GRANT,
    SERVICE,
    a_client,
    a_result,
    an_authority,
    an_identity,
)
from tests.broker.saml.answering import (
    CLAIMS,
    SEALER,
    SETTINGS,
    TO,
    L,
    answered,
    configuration,
    downstream,
    our_certificate,
    prepared,
    values,
)
from tests.broker.saml.logging_out import single_logout
from tests.broker.saml.portals import (
    ACS,
    EH2_PLUS,
    EH3,
    ENTITY,
    IDP,
    NAMES,
    PERSISTENT,
    RELAY,
    TRANSIENT,
    a_portal,
    acs,
    certificate,
    key_descriptor,
    metadata,
    status_in,
    verified,
)
from tests.clocks import START
from tests.keys_for_tests import rsa_key


def test_the_browser_carries_the_answer_to_the_address_of_the_request() -> None:
    found = prepared()
    assert found.reply.url == ACS
    assert found.reply.fields["RelayState"] == RELAY
    assert set(found.reply.fields) == {"SAMLResponse", "RelayState"}
    assert "RelayState" not in prepared(to=replace(TO, relay_state=None)).reply.fields
    assert prepared(to=replace(TO, relay_state="")).reply.fields["RelayState"] == ""
    assert found.operations == () and not found.reply.cookies


def test_an_answer_is_what_the_profile_asks() -> None:
    response = answered(a_portal(claims=CLAIMS), authority=an_authority())
    schema.check_protocol(response)
    assert status_in(response) == ("Success",)
    assert response.get("InResponseTo") == "_asked" and response.get("Destination") == ACS
    issuers = [one.text for one in response.iterfind(".//saml:Issuer", NAMES)]
    assert issuers == [IDP, IDP]
    (said,) = response.findall("saml:Assertion", NAMES)
    (data,) = said.iterfind(".//saml:SubjectConfirmationData", NAMES)
    assert (data.get("Recipient"), data.get("InResponseTo")) == (ACS, "_asked")
    assert data.get("NotBefore") is None
    conditions = said.find("saml:Conditions", NAMES)
    assert conditions is not None
    window = {conditions.get("NotOnOrAfter"), data.get("NotOnOrAfter")}
    assert window == {(START + timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%SZ")}
    assert [one.text for one in said.iterfind(".//saml:Audience", NAMES)] == [ENTITY]
    (statement,) = said.findall("saml:AuthnStatement", NAMES)
    assert statement.get("AuthnInstant") == START.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert said.findtext(".//saml:AuthnContextClassRef", None, NAMES) == EH3
    ids = [one.get("ID") for one in response.iter() if one.get("ID")]
    assert len(set(ids)) == len(ids) == 2
    again = answered(a_portal(claims=CLAIMS))
    assert not set(ids) & {one.get("ID") for one in again.iter()}


def test_signxml_verifies_both_signatures() -> None:
    raw = base64.b64decode(prepared().reply.fields["SAMLResponse"])
    whole = verified(raw, our_certificate())
    assert whole.tag == f"{{{NAMES['samlp']}}}Response"
    inner = etree.fromstring(raw).find("saml:Assertion", NAMES)
    assert inner is not None
    said = verified(etree.tostring(inner), our_certificate())
    assert said.tag == f"{{{NAMES['saml']}}}Assertion"
    assert said.findtext(".//saml:Audience", None, NAMES) == ENTITY


def test_pysaml2_reads_our_response() -> None:
    from saml2.samlp import response_from_string

    raw = base64.b64decode(prepared(a_portal(claims=CLAIMS)).reply.fields["SAMLResponse"])
    found = response_from_string(raw.decode())
    assert found is not None
    assert found.in_response_to == "_asked" and found.destination == ACS
    (said,) = found.assertion
    assert said.subject.name_id.format == PERSISTENT
    assert said.signature is not None and found.signature is not None
    assert said.authn_statement[0].authn_context.authn_context_class_ref.text == EH3


def test_the_name_is_a_pseudonym_of_this_portal_or_of_this_login() -> None:
    name_id = answered().find(".//saml:NameID", NAMES)
    assert name_id is not None
    assert name_id.text == pairwise_sub(SEALER, a_portal(), "jan")
    assert (name_id.get("Format"), name_id.get("NameQualifier")) == (PERSISTENT, IDP)
    assert name_id.get("SPNameQualifier") == ENTITY
    transient = [
        answered(to=replace(TO, name_id="transient")).find(".//saml:NameID", NAMES)
        for _ in range(2)
    ]
    assert {one.get("Format") for one in transient if one is not None} == {TRANSIENT}
    assert len({one.text for one in transient if one is not None}) == 2
    other = answered(a_portal(client_id="elders")).findtext(".//saml:NameID", None, NAMES)
    assert other != name_id.text


def test_portals_of_one_sector_know_the_same_person() -> None:
    shared = {"sector_identifier": "portaal.example"}
    mine = pairwise_sub(SEALER, a_portal(**shared), "jan")
    assert answered(a_portal(**shared)).findtext(".//saml:NameID", None, NAMES) == mine
    client = a_client(redirect_uris=("https://portaal.example/terug",))
    assert mine == pairwise_sub(SEALER, client, "jan")


# Attributes.


def test_a_registration_without_claims_gets_the_level_and_the_service_alone() -> None:
    response = answered(authority=an_authority())
    assert values(response) == {
        "urn:sluis:attribute:loa": [L.EH3.loa],
        "urn:etoegang:core:ServiceUUID": [SERVICE],
    }
    assert response.find(".//saml:AuthenticatingAuthority", NAMES) is None


def test_every_claim_has_its_attributes() -> None:
    authority = an_authority(
        represented=Party(
            PartyIdType.KVK, "90001201", "De Korenmolen", (PartyIdType.RSIN, "800001643")
        ),
        branches=("000012345678", "000012345679"),
    )
    found = answered(
        a_portal(claims=CLAIMS), authority=authority, second_factor="local", factor_method="totp"
    )
    assert values(found) == {
        "urn:sluis:attribute:loa": [L.EH3.loa],
        "urn:etoegang:1.9:EntityConcernedID:KvKnr": ["90001201"],
        "urn:etoegang:1.9:EntityConcernedID:RSIN": ["800001643"],
        "urn:etoegang:1.11:attribute-represented:CompanyName": ["De Korenmolen"],
        "urn:etoegang:1.9:ServiceRestriction:Vestigingsnr": ["000012345678", "000012345679"],
        "urn:etoegang:core:ServiceUUID": [SERVICE],
        "urn:etoegang:core:ServiceID": ["urn:etoegang:DV:1:services:1"],
        "urn:sluis:attribute:mandate_level": [L.EH3.loa],
        "urn:sluis:attribute:mandate_kind": ["direct"],
        "urn:sluis:attribute:mandate_register": ["urn:sluis:register"],
        "urn:sluis:attribute:mandate_valid_until": [
            (START + timedelta(days=365)).strftime("%Y-%m-%dT%H:%M:%SZ")
        ],
        "urn:sluis:attribute:idp": ["https://makelaar.example"],
        "urn:sluis:attribute:provider_level": [L.EH3.loa],
        "urn:sluis:attribute:proofing_level": [L.EH3.loa],
        "urn:sluis:attribute:second_factor": ["local"],
        "urn:oid:2.16.840.1.113730.3.1.241": ["Jan de Vries"],
        "urn:oid:0.9.2342.19200300.100.1.3": ["jan@voorbeeld.example"],
    }
    assert found.findtext(".//saml:AuthenticatingAuthority", None, NAMES) == (
        "https://makelaar.example"
    )


def test_a_chain_names_both_parties() -> None:
    authority = an_authority(
        kind=AuthorityKind.CHAIN,
        intermediary=Party(PartyIdType.KVK, "90001202", "Advies"),
        valid_until=None,
    )
    found = values(answered(a_portal(claims=CLAIMS), authority=authority))
    assert found["urn:etoegang:1.9:IntermediateEntityID:KvKnr"] == ["90001202"]
    assert found["urn:etoegang:1.13:attribute-intermediate:CompanyName"] == ["Advies"]
    assert found["urn:etoegang:1.9:EntityConcernedID:KvKnr"] == ["90001201"]
    assert "urn:sluis:attribute:mandate_valid_until" not in found


def test_a_name_never_leaves_where_nobody_sees_a_page_about_it() -> None:
    found = values(answered(a_portal(claims=CLAIMS), known=configuration(consent="none")))
    assert "urn:oid:2.16.840.1.113730.3.1.241" not in found
    assert "urn:oid:0.9.2342.19200300.100.1.3" not in found
    assert "urn:sluis:attribute:idp" in found


def test_I_10_what_a_value_holds_is_never_markup() -> None:
    evil = "</saml:AttributeValue><saml:Attribute Name='urn:x'>&lt;\x00\x1b]]>"
    found = answered(a_portal(claims=CLAIMS), display_name=evil)
    schema.check_protocol(found)
    said = values(found)
    assert "urn:x" not in said
    assert said["urn:oid:2.16.840.1.113730.3.1.241"] == [
        "</saml:AttributeValue><saml:Attribute Name='urn:x'>&lt;]]>"
    ]
    assert status_in(found) == ("Success",)


# Level.


@pytest.mark.parametrize(
    ("portal", "to", "reached", "said"),
    [
        (a_portal(), TO, L.EH3, EH3),
        (a_portal(acr="etd"), TO, L.EH3, L.EH3.loa),
        (a_portal(acr="digid"), TO, L.EH3, L.EH3.digid),
        (a_portal(), replace(TO, classes=f"{EH2_PLUS} {EH3}"), L.EH4, EH3),
        (a_portal(), replace(TO, most="EH2+"), L.EH4, EH2_PLUS),
        (a_portal(), TO, L.EMAIL, L.EMAIL.loa),
    ],
)
def test_the_level_is_said_in_the_words_that_were_asked(
    portal: SamlServiceProvider, to: SamlReplyTo, reached: AssuranceLevel, said: str
) -> None:
    found = answered(portal, to, level=reached)
    assert found.findtext(".//saml:AuthnContextClassRef", None, NAMES) == said
    assert values(found)["urn:sluis:attribute:loa"] == [reached.loa]


def test_a_class_that_was_not_reached_is_not_said() -> None:
    to = replace(TO, classes=EH3)
    assert prepared(to=to).reply.fields
    with pytest.raises(LoginRefused) as refused:
        prepared(to=to, level=L.EH2)
    assert refused.value.code is RefusalCode.LEVEL_UNREACHABLE


def test_I_09_somebody_else_than_the_subject_is_refused() -> None:
    jan = pairwise_sub(SEALER, a_portal(), "jan")
    assert prepared(to=replace(TO, subject=jan)).reply.fields
    with pytest.raises(LoginRefused) as refused:
        prepared(to=replace(TO, subject=jan), person_id="roos")
    assert refused.value.public_key == "other_user"


# Session.


def test_a_session_ends_with_that_of_the_makelaar_or_ours() -> None:
    found = answered().find(".//saml:AuthnStatement", NAMES)
    assert found is not None
    ours = START + timedelta(hours=SETTINGS.sessions.hours)
    assert found.get("SessionNotOnOrAfter") == ours.strftime("%Y-%m-%dT%H:%M:%SZ")
    soon = START + timedelta(minutes=20)
    facts = replace(a_result().facts, identity=an_identity(session_until=soon))
    grant = prepared(facts=facts).grant
    assert grant is not None and grant.expires_at == soon
    assert (grant.id, grant.client_id, grant.session_id) == (GRANT, "waterkaart", "a-session")


def test_a_session_has_another_name_at_each_portal() -> None:
    found = answered().find(".//saml:AuthnStatement", NAMES)
    assert found is not None
    here = downstream().session_id(a_portal(), "a-session")
    assert found.get("SessionIndex") == here
    assert here != downstream().session_id(a_portal(client_id="elders"), "a-session")
    assert here is not None and "a-session" not in here
    assert downstream().held_in({"a": "b"}, cast(Any, None)) == {}


@pytest.mark.parametrize(
    ("bindings", "called", "visited"),
    [
        ((), False, False),
        (("SOAP",), True, False),
        (("HTTP-POST",), False, True),
        (("HTTP-Redirect", "SOAP"), True, True),
        (("HTTP-Artifact",), False, False),
    ],
)
def test_a_portal_is_told_of_a_logout_as_its_metadata_offer(
    bindings: tuple[str, ...], called: bool, visited: bool
) -> None:
    addresses = single_logout("https://waterkaart.example/slo", *bindings) + acs()
    portal = a_portal(metadata(addresses=addresses))
    name = prepared().names[0]
    told: dict[str, Any] = {"person_id": "jan", "session_id": "a-session", "reference": "AB12CD34"}
    told |= {"now": START, "names": (name,)}
    message = downstream().logout_message(portal, **told)
    assert (message is not None) is called
    assert downstream().can_be_visited(portal, (name,)) is visited
    assert (downstream().logout_visit(portal, (name,), "_a") is not None) is visited
    assert downstream().logout_message(portal, **{**told, "names": ()}) is None
    assert not downstream().can_be_visited(portal, ())
    if message is not None:
        assert (message.channel, message.recipient) == ("logout", "waterkaart")
        assert name.name in message.text and name.name not in repr(message)


def test_a_clock_of_the_makelaar_that_is_ahead_is_no_login_in_the_future() -> None:
    found = answered(authenticated_at=START + timedelta(seconds=30))
    statement = found.find(".//saml:AuthnStatement", NAMES)
    assert statement is not None
    assert statement.get("AuthnInstant") == START.strftime("%Y-%m-%dT%H:%M:%SZ")


# Encryption.

SIGNS = key_descriptor(certificate("portal"))
OPENS = key_descriptor(certificate("portal"), "encryption")
OVER = key_descriptor(certificate("portal", begins=-10, days=5), "encryption")


@pytest.mark.parametrize(
    ("wish", "keys", "seals"),
    [
        ("never", SIGNS + OPENS, False),
        ("when_possible", SIGNS + OPENS, True),
        ("when_possible", SIGNS, False),
        ("when_possible", SIGNS + OVER, False),
        ("always", SIGNS + OVER + OPENS, True),
    ],
)
def test_an_assertion_is_encrypted_as_registered(wish: str, keys: str, *, seals: bool) -> None:
    portal = a_portal(metadata(keys=keys), saml={"encrypt_assertion": wish}, claims=CLAIMS)
    raw = base64.b64decode(prepared(portal).reply.fields["SAMLResponse"])
    response = etree.fromstring(raw)
    schema.check_protocol(response)
    verified(raw, our_certificate())
    assert (response.find("saml:Assertion", NAMES) is None) is seals
    if seals:
        assert b"Jan de Vries" not in raw
        sealed = response.find("saml:EncryptedAssertion", NAMES)
        assert sealed is not None
        theirs = PrivateKey(
            "p", KeyUse.SAML_ENCRYPTION, "RSA", rsa_key("portal"), None, KeyState.ACTIVE
        )
        inner = etree.tostring(decrypt_element(sealed, [theirs]))
        alone = etree.fromstring(inner)
        schema.check_protocol(alone)
        assert verified(inner, our_certificate()).tag == alone.tag
        assert "Jan de Vries" in inner.decode()


def test_I_14_without_a_key_nothing_leaves_that_must_be_encrypted() -> None:
    portal = a_portal(metadata(keys=SIGNS + OVER), saml={"encrypt_assertion": "always"})
    with pytest.raises(LoginRefused) as refused:
        prepared(portal)
    assert refused.value.public_key == "encryption_key_missing"
