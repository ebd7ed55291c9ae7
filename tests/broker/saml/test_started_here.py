"""Logins that begin here: which links begin one, and what a Response that nobody asked for says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from broker.downstream import LoginRefused, LoginRequest, RefusalCode
from broker.errors import PageError
from broker.saml import started_here
from broker.saml.errors import UntrustedRequest
from broker.saml.reply_to import SamlReplyTo
from directory.saml_portals import SamlServiceProvider
from keys.xml import schema
from tests.broker.examples import OTHER_SERVICE, SERVICE, a_request
from tests.broker.saml.answering import TO, answered, downstream, prepared
from tests.broker.saml.asking import SERVICES
from tests.broker.saml.portals import (
    ACS,
    ADDRESSES,
    NAMES,
    a_portal,
    certificate,
    key_descriptor,
    metadata,
    response_in,
    status_in,
)
from tests.clocks import START

ON = {"idp_initiated": True}
PORTAL = a_portal(saml=ON)
TWO = a_portal(saml=ON, services=(SERVICE, OTHER_SERVICE))
UNASKED = replace(TO, request_id=None, relay_state=None)


def start(*fields: tuple[str, str], portal: SamlServiceProvider = PORTAL) -> LoginRequest:
    return started_here.start(fields, portal, SERVICES, START)


def refused(*fields: tuple[str, str], portal: SamlServiceProvider = PORTAL) -> UntrustedRequest:
    with pytest.raises(UntrustedRequest) as caught:
        start(*fields, portal=portal)
    return caught.value


def test_a_link_begins_a_login_where_the_registration_switches_it_on() -> None:
    asked = start()
    to = SamlReplyTo.of(asked)
    assert (asked.client_id, asked.service_uuid) == ("waterkaart", SERVICE)
    assert asked.level == SERVICES[SERVICE].level and asked.minimum is None
    assert (to.acs_url, to.request_id, to.relay_state) == (ACS, None, None)
    assert refused(portal=a_portal()).reason == "saml_start_off"
    assert refused(portal=a_portal(saml={"idp_initiated": False})).reason == "saml_start_off"


@pytest.mark.parametrize(
    ("portal", "named", "service"),
    [
        (PORTAL, None, SERVICE),
        (TWO, SERVICE, SERVICE),
        (TWO, OTHER_SERVICE, OTHER_SERVICE),
        (TWO, "urn:etoegang:DV:1:services:2", OTHER_SERVICE),
        (a_portal(saml=ON, services=(SERVICE, OTHER_SERVICE), default_service=OTHER_SERVICE),
         None, OTHER_SERVICE),
        (a_portal(metadata(services='<md:AttributeConsumingService index="2" isDefault="true">'
                           f'<md:RequestedAttribute Name="{OTHER_SERVICE}"/>'
                           "</md:AttributeConsumingService>"),
                  saml=ON, services=(SERVICE, OTHER_SERVICE)), None, OTHER_SERVICE),
    ],
    ids=["only", "UUID", "another UUID", "ServiceID", "registered default", "default of metadata"],
)  # fmt: skip
def test_the_service_is_named_or_the_default(
    portal: SamlServiceProvider, named: str | None, service: str
) -> None:
    fields = (("service", named),) if named else ()
    assert start(*fields, portal=portal).service_uuid == service


@pytest.mark.parametrize(
    ("portal", "fields"),
    [
        (TWO, ()),
        (PORTAL, (("service", OTHER_SERVICE),)),
        (PORTAL, (("service", ""),)),
        (PORTAL, (("service", SERVICE.upper()),)),
        (PORTAL, (("service", SERVICE), ("service", SERVICE))),
        (PORTAL, (("ForceAuthn", "true"),)),
        (PORTAL, (("relaystate", "/kaart"),)),
        (PORTAL, (("AssertionConsumerServiceURL", ACS),)),
    ],
    ids=[
        "none of two", "of another portal", "empty", "in capitals", "twice", "a limit",
        "another spelling", "an address",
    ],
)  # fmt: skip
def test_what_is_not_understood_begins_nothing(
    portal: SamlServiceProvider, fields: tuple[tuple[str, str], ...]
) -> None:
    assert refused(*fields, portal=portal).reason == "saml_start"
    assert start(("service", SERVICE), ("ui", "en"), portal=portal).service_uuid == SERVICE


@pytest.mark.parametrize(
    "sent",
    [
        "kaart-3", "a" * 80, "/", "/kaart?laag=3&x=1#top", "/" + "a" * 1023,
        "https://waterkaart.example/kaart", "https://WATERKAART.example/kaart?a=//b",
        "https://waterkaart.example", "https://waterkaart.example:443/",
    ],
)  # fmt: skip
def test_a_relay_state_is_a_word_a_path_or_an_address_of_the_portal(sent: str) -> None:
    assert SamlReplyTo.of(start(("RelayState", sent))).relay_state == sent


@pytest.mark.parametrize(
    "sent",
    [
        "a" * 81, "/" + "a" * 1024, "/\u20ac" * 400, "//kwaad.example/", "/\\kwaad.example",
        "\\\\kwaad.example", "/kaart\\..", "/\tkwaad", "/ /kwaad.example", "kaart 3",
        "kaart\r\nx: y",
        "javascript:alert(1)", "data:text/html,x", "https:kwaad.example", "https:/kwaad.example",
        "https://kwaad.example/", "http://waterkaart.example/kaart",
        "https://waterkaart.example:8443/", "https://waterkaart.example.kwaad.example/",
        "https://waterkaart.example@kwaad.example/", "https://waterkaart.example\\@kwaad.example/",
        "https://waterkaart.example:x/", "HTTPS://kwaad.example/", "mailto:a@b.example",
    ],
)  # fmt: skip
def test_a_relay_state_that_leads_away_begins_nothing(sent: str) -> None:
    error = refused(("RelayState", sent))
    assert (error.reason, error.detail) == ("saml_start", "relay_state")
    assert "https://waterkaart.example" in str(error.found["expected"])


def test_an_empty_relay_state_is_none() -> None:
    assert SamlReplyTo.of(start(("RelayState", ""))).relay_state is None


def test_metadata_that_ended_and_a_key_that_ended_begin_nothing() -> None:
    ended = a_portal(metadata(role='validUntil="2020-01-01T00:00:00Z"'), saml=ON)
    assert refused(portal=ended).reason == "saml_address"
    sealed = {**ON, "encrypt_assertion": "always"}
    assert refused(portal=a_portal(saml=sealed)).detail == "encryption key"
    keys = key_descriptor(certificate("portal"), "encryption")
    assert start(portal=a_portal(metadata(keys=keys, addresses=ADDRESSES), saml=sealed))


def test_a_response_that_nobody_asked_for_answers_no_request() -> None:
    response = answered(PORTAL, to=UNASKED)
    schema.check_protocol(response)
    assert not [one for one in response.iter() if "InResponseTo" in one.attrib]
    assert response.get("Destination") == ACS and status_in(response) == ("Success",)
    (data,) = response.iterfind(".//saml:SubjectConfirmationData", NAMES)
    assert data.get("Recipient") == ACS and data.get("NotOnOrAfter")
    assert "RelayState" not in prepared(PORTAL, to=UNASKED).reply.fields


def test_the_switch_counts_at_the_end_as_well() -> None:
    assert prepared(PORTAL, to=UNASKED).reply.url == ACS
    with pytest.raises(PageError) as caught:
        prepared(a_portal(), to=UNASKED)
    assert caught.value.status == 410
    assert prepared(a_portal()).reply.url == ACS  # who was asked is answered


def test_a_login_that_ended_otherwise_is_told_signed_and_answers_no_request() -> None:
    request = replace(a_request(client_id="waterkaart"), reply_to=UNASKED.stored())
    why = LoginRefused(RefusalCode.CANCELLED, "cancelled")
    reply = downstream().refuse(PORTAL, request, why, "K7QM4RXT")
    response = response_in(reply.fields)
    assert status_in(response) == ("Responder", "AuthnFailed")
    assert response.get("InResponseTo") is None
    with pytest.raises(PageError):
        downstream().refuse(a_portal(), request, why, "K7QM4RXT")


def test_what_a_request_left_is_read_back_as_it_was() -> None:
    for to in (TO, UNASKED, replace(TO, request_id="")):
        assert SamlReplyTo.of(replace(a_request(), reply_to=to.stored())) == to
