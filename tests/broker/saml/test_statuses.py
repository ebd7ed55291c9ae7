"""What a portal hears of a login that ended without success: a signed status for every reason."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest
from lxml import etree

from broker.downstream import DownstreamName, LoginRefused, RefusalCode
from broker.errors import PageError
from broker.saml import errors
from directory.services import RelyingParty
from keys.keyring import KeyRing, KeyState, KeyUse
from keys.xml import schema
from tests.broker.examples import (
    a_client,
    a_request,
    a_result,
)
from tests.broker.runtimes import make_configuration
from tests.broker.saml.answering import (
    TO,
    configuration,
    downstream,
    our_certificate,
    prepared,
)
from tests.broker.saml.portals import (
    ACS,
    NAMES,
    RELAY,
    STATUS,
    a_portal,
    acs,
    metadata,
    response_in,
    status_in,
    verified,
)
from tests.clocks import START
from tests.keys_for_tests import make_keyring

EXPECTED = {
    RefusalCode.CANCELLED: ("AuthnFailed", "AuthnFailed"),
    RefusalCode.LOGIN_REQUIRED: ("AuthnFailed", "NoPassive"),
    RefusalCode.INTERACTION_REQUIRED: ("AuthnFailed", "NoPassive"),
    RefusalCode.CONSENT_REQUIRED: ("RequestDenied", "NoPassive"),
    RefusalCode.ACCOUNT_SELECTION_REQUIRED: ("AuthnFailed", "NoPassive"),
    RefusalCode.LEVEL_UNREACHABLE: ("NoAuthnContext", "NoAuthnContext"),
    RefusalCode.MANDATE_MISSING: ("RequestDenied", "RequestDenied"),
    RefusalCode.NOT_ALLOWED: ("RequestDenied", "RequestDenied"),
    RefusalCode.PROVIDER_FAILED: ("AuthnFailed", "AuthnFailed"),
    RefusalCode.UNAVAILABLE: (None, None),
    RefusalCode.SERVER_ERROR: (None, None),
}


@pytest.mark.parametrize("passive", [False, True])
@pytest.mark.parametrize("code", RefusalCode)
def test_every_refusal_is_a_signed_status(code: RefusalCode, *, passive: bool) -> None:
    request = a_request(downstream=DownstreamName.SAML, passive=passive, reply_to=TO.stored())
    reply = downstream().refuse(a_portal(), request, LoginRefused(code, "key"), "AB12CD34")
    assert reply.url == ACS and reply.fields["RelayState"] == RELAY
    raw = base64.b64decode(reply.fields["SAMLResponse"])
    response = verified(raw, our_certificate())
    schema.check_protocol(etree.fromstring(raw))
    second = EXPECTED[code][passive]
    assert status_in(response) == ("Responder", *((second,) if second else ()))
    assert response.get("InResponseTo") == "_asked"
    assert response.find("saml:Assertion", NAMES) is None
    message = response.findtext(".//samlp:StatusMessage", "", NAMES)
    assert "AB12-CD34" in message or "AB12CD34" in message
    assert set(errors.OF_REFUSAL) == set(RefusalCode)


def test_somebody_else_is_an_unknown_principal() -> None:
    request = a_request(downstream=DownstreamName.SAML, reply_to=TO.stored())
    why = LoginRefused(RefusalCode.LOGIN_REQUIRED, "other_user")
    reply = downstream().refuse(a_portal(), request, why, "AB12CD34")
    assert status_in(response_in(reply.fields)) == ("Responder", "UnknownPrincipal")
    assert STATUS.endswith(":status:")


@pytest.mark.parametrize(
    "portal",
    [
        None,
        a_client(),
        a_portal(metadata(addresses=acs("https://waterkaart.example/nieuw", 0))),
        a_portal("<weg/>"),
    ],
    ids=["gone", "OpenID Connect now", "another address", "other metadata"],
)
def test_nothing_is_sent_to_an_address_that_left(portal: RelyingParty | None) -> None:
    request = a_request(downstream=DownstreamName.SAML, reply_to=TO.stored())
    why = LoginRefused(RefusalCode.CANCELLED, "cancelled")
    for act in (
        lambda: downstream().prepare(portal, a_result(request=request), START),
        lambda: downstream().refuse(portal, request, why, "AB12CD34"),
    ):
        with pytest.raises(PageError) as page:
            act()
        assert page.value.status == 410


def test_a_service_that_left_gives_nothing() -> None:
    with pytest.raises(LoginRefused) as refused:
        prepared(known=make_configuration())
    assert refused.value.code is RefusalCode.NOT_ALLOWED


def test_the_active_key_signs() -> None:
    ring = make_keyring()
    other = replace(ring.active(KeyUse.SAML_IDP_SIGNING, "RSA"), state=KeyState.RETIRING, kid="old")
    both_keys = KeyRing((other, *ring.keys))
    known = replace(configuration(), keyring=both_keys)
    raw = base64.b64decode(prepared(known=known).reply.fields["SAMLResponse"])
    assert verified(raw, our_certificate()) is not None
