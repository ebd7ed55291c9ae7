"""Whatever arrives at the single sign-on service: it is understood, or refused in one of two ways,
and nothing else ever comes out.
"""

from __future__ import annotations

import base64
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from broker.saml import messages
from broker.saml.authn_request import parse
from broker.saml.errors import StatusRefused, UntrustedRequest
from broker.saml.messages import ReceivedRequest
from broker.saml.request_target import request_target
from tests.broker.examples import SERVICE, a_record, a_service
from tests.broker.saml.portals import (
    ENTITY,
    IDP,
    PERSISTENT,
    SSO,
    Asked,
    a_portal,
    contexts,
    form,
    policy,
    query,
)
from tests.clocks import START

RICH = Asked(
    {"ID": "_fuzz", "ForceAuthn": "true", "AssertionConsumerServiceIndex": "1"},
    f'<saml:Subject><saml:NameID Format="{PERSISTENT}">abc</saml:NameID></saml:Subject>'
    + policy(Format=PERSISTENT, AllowCreate="true")
    + contexts("http://eidas.europa.eu/LoA/low", comparison="minimum")
    + '<samlp:Scoping ProxyCount="1"><samlp:IDPList><samlp:IDPEntry ProviderID="zekerweg"/>'
    "</samlp:IDPList></samlp:Scoping>",
).text()
PORTALS = {ENTITY: a_portal()}
SERVICES = {SERVICE: a_service(level="EH2")}
RECORD = a_record()


def judged(received: ReceivedRequest) -> bool:
    """All the way to a login request. Raises UntrustedRequest, StatusRefused."""
    target = request_target(received, PORTALS, sso_url=SSO, now=START)
    asked = parse(target, SERVICES, {RECORD.id: RECORD}, idp_entity_id=IDP, now=START)
    return asked.service_uuid == SERVICE


def test_the_message_itself_is_in_order() -> None:
    assert judged(messages.from_post(form(RICH)))
    assert judged(messages.from_redirect(query(RICH, key=None).encode()))


@given(st.binary(max_size=300))
def test_any_bytes(raw: bytes) -> None:
    with suppress(UntrustedRequest, StatusRefused):
        judged(messages.from_redirect(raw))
    with suppress(UntrustedRequest, StatusRefused):
        judged(messages.from_post([("SAMLRequest", base64.b64encode(raw).decode())]))


@given(st.data())
def test_a_message_of_which_something_was_changed(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(RICH) - 1))
    length = data.draw(st.integers(0, 12))
    inserted = data.draw(
        st.one_of(
            st.binary(max_size=6),
            st.sampled_from(
                [b"<!-- x -->", b"<?x?>", b'"', b">", b"&lt;", b"<x/>", b"-1", b"99999999999", b" "]
            ),
        )
    )
    changed = RICH[:at] + inserted + RICH[at + length :]
    with suppress(UntrustedRequest, StatusRefused):
        judged(messages.from_post(form(changed)))
    with suppress(UntrustedRequest, StatusRefused):
        judged(messages.from_redirect(query(changed, key=None).encode()))


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["SAMLRequest", "RelayState", "SigAlg", "Signature", "SAMLEncoding"]),
            st.text(max_size=20),
        ),
        max_size=6,
    )
)
def test_any_fields(fields: list[tuple[str, str]]) -> None:
    with suppress(UntrustedRequest, StatusRefused):
        judged(messages.from_post(fields))
    text = "&".join(f"{name}={value}" for name, value in fields)
    with suppress(UntrustedRequest, StatusRefused):
        judged(messages.from_redirect(text.encode(errors="replace")))
