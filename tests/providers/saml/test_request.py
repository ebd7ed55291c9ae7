"""The AuthnRequest: what is asked, and that others verify it."""

from __future__ import annotations

import base64
import zlib
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml import etree
from signxml.exceptions import SignXMLException
from signxml.verifier import XMLVerifier

from assurance.levels import AssuranceLevel
from keys.certificates import to_pem
from keys.keyring import KeyUse
from keys.xml.schema import check_protocol
from providers.interface import AuthenticationRequest, Departure, ProviderUnavailable
from providers.saml.request import contexts_for, new_id
from providers.trouble import Trouble
from tests.clocks import START
from tests.keys_for_tests import make_keyring
from tests.providers.saml.maker import (
    ACS,
    NAMES,
    SERVICE,
    SERVICE_ID,
    SP,
    certificate,
    metadata_of,
    provider_for,
)

LOA = "urn:etoegang:core:assurance-class:"


def leave(settings: dict[str, Any] | None = None, **asked: Any) -> Departure:
    base: dict[str, Any] = {
        "relay_state": "a-login.1",
        "level": AssuranceLevel.EH3,
        "service_uuid": SERVICE,
        "service_name": "Meldportaal",
    }
    ask = AuthenticationRequest(**{**base, **asked})
    return provider_for(**(settings or {})).begin(ask, START)


def request_in(departure: Departure) -> etree._Element:
    """What the makelaar reads."""
    if departure.fields:
        return etree.fromstring(base64.b64decode(departure.fields["SAMLRequest"]))
    query = parse_qs(urlsplit(departure.url).query)
    return etree.fromstring(zlib.decompress(base64.b64decode(query["SAMLRequest"][0]), -15))


BINDINGS = pytest.mark.parametrize("binding", ["redirect", "post"])


@BINDINGS
def test_what_is_asked(binding: str) -> None:
    departure = leave({"request_binding": binding})
    request = request_in(departure)
    check_protocol(request)
    kind = "Redirect" if binding == "redirect" else "POST"
    address = f"https://makelaar.example/sso/{kind}?tenant=1"
    assert departure.url.startswith(address)
    wanted = {
        "ID": departure.remembered.request_id,
        "Version": "2.0",
        "IssueInstant": "2026-11-02T09:00:00Z",
        "Destination": address,
        "AssertionConsumerServiceURL": ACS,
        "ProtocolBinding": "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST",
    }
    assert dict(request.attrib) == wanted
    assert request.findtext("saml:Issuer", None, NAMES) == SP
    context = request.find("samlp:RequestedAuthnContext", NAMES)
    assert context is not None
    assert context.get("Comparison") == "minimum"
    assert [reference.text for reference in context] == [LOA + "loa3"]
    values = request.findall("samlp:Extensions/saml:Attribute/saml:AttributeValue", NAMES)
    assert [value.text for value in values] == [SERVICE]


def test_what_is_remembered() -> None:
    kept = leave(service_id=SERVICE_ID, force_authn=True, max_age=300).remembered
    assert (kept.provider_id, kept.requested_at, kept.level) == (
        "polderpoort",
        START,
        AssuranceLevel.EH3,
    )
    assert dict(kept.values) == {
        "service_uuid": SERVICE,
        "service_id": SERVICE_ID,
        "fresh": "true",
        "max_age": "300",
    }
    assert dict(leave().remembered.values) == {"service_uuid": SERVICE}


@pytest.mark.parametrize(
    ("asked", "fresh"),
    [({}, None), ({"force_authn": True}, "true"), ({"max_age": 600}, "true")],
)
def test_a_new_login_is_asked_for_where_age_counts(asked: dict[str, Any], fresh: str) -> None:
    assert request_in(leave(**asked)).get("ForceAuthn") == fresh


def test_ids_are_new_names_each_time() -> None:
    made = {new_id() for _ in range(100)}
    assert len(made) == 100
    assert all(one.startswith("_") and len(one) == 41 for one in made)
    assert leave().remembered.request_id != leave().remembered.request_id


@pytest.mark.parametrize(
    ("level", "own", "names"),
    [
        (AssuranceLevel.EH2_PLUS, {}, (LOA + "loa2plus",)),
        (AssuranceLevel.EH3, {"hoog": AssuranceLevel.EH3}, ("hoog",)),
        (
            AssuranceLevel.EH3,
            {"eerste": AssuranceLevel.EH3, "tweede": AssuranceLevel.EH3},
            ("eerste",),
        ),
        (AssuranceLevel.EH4, {"hoog": AssuranceLevel.EH3}, (LOA + "loa4",)),
    ],
)
def test_a_level_is_asked_in_the_words_of_the_makelaar(
    level: AssuranceLevel, own: dict[str, AssuranceLevel], names: tuple[str, ...]
) -> None:
    assert contexts_for(level, own) == names


def test_others_verify_the_form() -> None:
    fields = leave({"request_binding": "post"}).fields
    assert fields["RelayState"] == "a-login.1"
    raw = base64.b64decode(fields["SAMLRequest"])
    ours = make_keyring().active(KeyUse.SAML_SIGNING, "RSA").certificate
    assert ours is not None
    found = XMLVerifier().verify(raw, x509_cert=to_pem(ours), id_attribute="ID")
    assert found.signed_xml.get("AssertionConsumerServiceURL") == ACS
    changed = raw.replace(ACS.encode(), b"https://elsewhere.example/acs")
    with pytest.raises(SignXMLException):
        XMLVerifier().verify(changed, x509_cert=to_pem(ours), id_attribute="ID")
    order = [etree.QName(child).localname for child in etree.fromstring(raw)]
    assert order[:2] == ["Issuer", "Signature"]


def test_a_makelaar_without_the_binding_is_not_reachable() -> None:
    only_post = metadata_of(certificate()).replace(b"HTTP-Redirect", b"Other-1")
    ask = AuthenticationRequest("x.1", AssuranceLevel.EH3, SERVICE, "Meldportaal")
    assert provider_for(only_post, request_binding="post").begin(ask, START).fields
    with pytest.raises(ProviderUnavailable) as caught:
        provider_for(only_post).begin(ask, START)
    assert caught.value.trouble is Trouble.BINDING
    assert caught.value.measured == {
        "setting": "saml.request_binding",
        "registered": "redirect",
        "seen": "post",
    }


@pytest.mark.slow
@BINDINGS
def test_pysaml2_reads_our_request(binding: str) -> None:
    from saml2.samlp import authn_request_from_string

    request = request_in(leave({"request_binding": binding}, force_authn=True))
    found = authn_request_from_string(etree.tostring(request))
    assert found is not None
    found.verify()
    assert (found.issuer.text, found.assertion_consumer_service_url) == (SP, ACS)
    assert found.requested_authn_context.comparison == "minimum"
    assert found.force_authn == "true"
