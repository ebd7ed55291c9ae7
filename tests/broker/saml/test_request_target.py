"""Who asks and where the answer goes: with these in doubt a page here says so. Over both bindings,
every refusal beside the request that is in order.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from broker.saml import messages
from broker.saml.errors import RefusedRequest, UntrustedRequest
from directory.saml_portals import SamlServiceProvider
from tests.broker.saml.asking import (
    BINDINGS,
    GOOD,
    PORTAL,
    SIGNING,
    by_post,
    by_redirect,
    target,
)
from tests.broker.saml.portals import (
    ACS,
    EH3,
    ENTITY,
    IDP,
    OTHER_ACS,
    POST,
    RELAY,
    SSO,
    Asked,
    a_portal,
    acs,
    certificate,
    contexts,
    form,
    key_descriptor,
    metadata,
    signed,
)
from tests.clocks import START


@pytest.mark.parametrize("binding", BINDINGS)
@pytest.mark.parametrize("relay", [None, "", "staat", RELAY, "é" * 400])
def test_a_request_is_read_over_both_bindings(binding: Any, relay: str | None) -> None:
    found = target(binding(GOOD, relay), SIGNING)
    assert found.portal is SIGNING and found.acs_url == ACS
    assert found.received.relay_state == relay


def test_an_unsigned_request_may_leave_out_where_it_goes() -> None:
    silent = Asked({"Destination": None})
    assert target(by_redirect(silent, key=None)).acs_url == ACS
    with pytest.raises(UntrustedRequest) as refused:
        target(by_redirect(silent))
    assert refused.value.reason is RefusedRequest.DESTINATION


# Where the answer goes.


@pytest.mark.parametrize(
    ("attributes", "url"),
    [
        ({}, ACS),
        ({"AssertionConsumerServiceURL": OTHER_ACS}, OTHER_ACS),
        ({"AssertionConsumerServiceURL": ACS, "ProtocolBinding": POST}, ACS),
        ({"AssertionConsumerServiceIndex": "0"}, ACS),
        ({"AssertionConsumerServiceIndex": "1"}, OTHER_ACS),
        ({"ProtocolBinding": POST}, ACS),
    ],
)
def test_an_answer_goes_where_the_metadata_say(attributes: dict[str, str], url: str) -> None:
    assert target(by_post(Asked(attributes))).acs_url == url


ARTIFACT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact"
ART = "https://waterkaart.example/art"
WITH_PAOS = a_portal(metadata(addresses=acs(ACS, 0) + acs(ART, 1, "PAOS")))
WITH_ARTIFACT = a_portal(metadata(addresses=acs(ACS, 0) + acs(ART, 1, "HTTP-Artifact")))
SAME = a_portal(metadata(addresses=acs(ACS, 0) + acs(ACS, 0, "HTTP-Artifact")))


@pytest.mark.parametrize("carried", BINDINGS)
@pytest.mark.parametrize(
    ("portal", "attributes", "url", "binding"),
    [
        (WITH_ARTIFACT, {}, ACS, "post"),
        (WITH_ARTIFACT, {"ProtocolBinding": ARTIFACT}, ART, "artifact"),
        (WITH_ARTIFACT, {"AssertionConsumerServiceURL": ART}, ART, "artifact"),
        (WITH_ARTIFACT, {"AssertionConsumerServiceIndex": "1"}, ART, "artifact"),
        (
            WITH_ARTIFACT,
            {"AssertionConsumerServiceURL": ART, "ProtocolBinding": ARTIFACT},
            ART,
            "artifact",
        ),
        (SAME, {}, ACS, "post"),
        (SAME, {"AssertionConsumerServiceURL": ACS}, ACS, "post"),
        (SAME, {"AssertionConsumerServiceIndex": "0"}, ACS, "post"),
        (SAME, {"AssertionConsumerServiceURL": ACS, "ProtocolBinding": ARTIFACT}, ACS, "artifact"),
    ],
)
def test_an_answer_goes_by_the_binding_that_is_asked(
    carried: Any, portal: SamlServiceProvider, attributes: dict[str, str], url: str, binding: str
) -> None:
    found = target(carried(Asked(attributes)), portal).answer
    assert (found.url, found.binding.value) == (url, binding)


@pytest.mark.parametrize(
    "attributes",
    [
        {"AssertionConsumerServiceURL": ART, "ProtocolBinding": POST},
        {"AssertionConsumerServiceURL": ACS, "ProtocolBinding": ARTIFACT},
        {"AssertionConsumerServiceIndex": "1", "ProtocolBinding": ARTIFACT},
        {"AssertionConsumerServiceIndex": "1", "AssertionConsumerServiceURL": ART},
    ],
)
def test_I_01_an_address_of_another_binding(attributes: dict[str, str]) -> None:
    with pytest.raises(UntrustedRequest) as refused:
        target(by_post(Asked(attributes)), WITH_ARTIFACT)
    assert refused.value.reason is RefusedRequest.ADDRESS


@pytest.mark.parametrize("binding", BINDINGS)
@pytest.mark.parametrize(
    "attributes",
    [
        {"AssertionConsumerServiceURL": "https://waterkaart.example/saml/acs2"},
        {"AssertionConsumerServiceURL": "https://waterkaart.example/saml/acs/"},
        {"AssertionConsumerServiceURL": "https://waterkaart.example/saml/../saml/acs"},
        {"AssertionConsumerServiceURL": "https://waterkaart.example/saml/acs?x=1"},
        {"AssertionConsumerServiceURL": "https://WATERKAART.example/saml/acs"},
        {"AssertionConsumerServiceURL": "https://waterkaart.example:443/saml/acs"},
        {"AssertionConsumerServiceURL": "https://waterkaart.example@evil.example/saml/acs"},
        {"AssertionConsumerServiceURL": "http://waterkaart.example/saml/acs"},
        {"AssertionConsumerServiceURL": "javascript:alert(1)"},
        {"AssertionConsumerServiceURL": ""},
        {"AssertionConsumerServiceURL": "https://waterkaart.example/art"},
        {"AssertionConsumerServiceIndex": "7"},
        {"AssertionConsumerServiceIndex": "1"},
        {"AssertionConsumerServiceIndex": "0", "AssertionConsumerServiceURL": ACS},
        {"AssertionConsumerServiceIndex": "0", "ProtocolBinding": POST},
        {"ProtocolBinding": ARTIFACT},
        {"ProtocolBinding": ARTIFACT, "AssertionConsumerServiceURL": ACS},
    ],
)
def test_I_01_an_address_that_is_not_in_the_metadata_is_told_on_a_page(
    binding: Any, attributes: dict[str, str]
) -> None:
    assert target(binding(GOOD), WITH_PAOS).acs_url == ACS
    with pytest.raises(UntrustedRequest) as refused:
        target(binding(Asked(attributes)), WITH_PAOS)
    assert refused.value.reason is RefusedRequest.ADDRESS
    assert refused.value.found["registered"] == f"0: {ACS}"
    assert "?x" not in str(refused.value.found["sent"])


# Who asks.


@pytest.mark.parametrize("binding", BINDINGS)
@pytest.mark.parametrize("portal", [SIGNING, a_portal(saml={"require_signed_requests": True})])
def test_I_03_a_portal_that_signs_always_signs(binding: Any, portal: SamlServiceProvider) -> None:
    assert target(binding(GOOD), portal).acs_url == ACS
    with pytest.raises(UntrustedRequest) as refused:
        target(binding(GOOD, key=None), portal)
    assert refused.value.reason is RefusedRequest.SIGNATURE
    assert refused.value.client_id == portal.client_id
    assert target(binding(GOOD, key=None), PORTAL).acs_url == ACS  # that does not sign


@pytest.mark.parametrize("binding", BINDINGS)
@pytest.mark.parametrize("portal", [PORTAL, SIGNING])
def test_I_04_a_signature_that_is_there_must_be_the_portals(
    binding: Any, portal: SamlServiceProvider
) -> None:
    assert target(binding(GOOD), portal).acs_url == ACS
    with pytest.raises(UntrustedRequest) as refused:
        target(binding(GOOD, key="other"), portal)
    assert refused.value.reason is RefusedRequest.SIGNATURE


def test_I_04_a_signed_form_that_was_changed_is_refused() -> None:
    good = signed(Asked({"ForceAuthn": "true"}).text())
    assert target(messages.from_post(form(good))).acs_url == ACS
    for bad in (good.replace(b'ForceAuthn="true"', b'ForceAuthn="false"'),):
        assert bad != good
        with pytest.raises(UntrustedRequest) as refused:
            target(messages.from_post(form(bad)))
        assert refused.value.reason is RefusedRequest.SIGNATURE


def test_I_04_a_key_for_encryption_signs_nothing() -> None:
    keys = key_descriptor(certificate("other")) + key_descriptor(
        certificate("portal"), "encryption"
    )
    for binding in BINDINGS:
        assert target(binding(GOOD, key="other"), a_portal(metadata(keys=keys))).acs_url == ACS
        with pytest.raises(UntrustedRequest) as refused:
            target(binding(GOOD), a_portal(metadata(keys=keys)))
        assert refused.value.reason is RefusedRequest.SIGNATURE


def test_a_portal_in_the_middle_of_a_new_key_signs_with_both() -> None:
    keys = key_descriptor(certificate("portal")) + key_descriptor(certificate("next"))
    portal = a_portal(metadata(role='AuthnRequestsSigned="1"', keys=keys))
    for binding in BINDINGS:
        for key in ("portal", "next"):
            assert target(binding(GOOD, key=key), portal).acs_url == ACS


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": "https://elders.example"},
        {"issuer": f"{ENTITY} "},
        {"issuer": ENTITY.upper()},
        {"issuer": ""},
        {"issuer": None},
    ],
)
def test_I_05_an_unknown_portal_is_told_on_a_page(changes: dict[str, Any]) -> None:
    assert target(by_redirect(GOOD)).acs_url == ACS
    with pytest.raises(UntrustedRequest) as refused:
        target(by_redirect(replace(GOOD, **changes)))
    assert refused.value.reason is RefusedRequest.PORTAL
    assert refused.value.client_id is None


@pytest.mark.parametrize("binding", BINDINGS)
@pytest.mark.parametrize(
    "destination",
    ["https://elders.example/sso", f"{SSO}/", SSO.upper(), f"{SSO}?x=1", "", IDP],
)
def test_I_05_a_request_for_another_destination_is_told_on_a_page(
    binding: Any, destination: str
) -> None:
    assert target(binding(GOOD)).acs_url == ACS
    with pytest.raises(UntrustedRequest) as refused:
        target(binding(Asked({"Destination": destination})))
    assert refused.value.reason is RefusedRequest.DESTINATION
    assert refused.value.found["expected"] == SSO


@pytest.mark.parametrize(
    ("seconds", "fits"),
    [(0, True), (180, True), (181, False), (-480, True), (-481, False), (-86400, False)],
)
def test_I_05_an_old_request_is_told_on_a_page(seconds: int, *, fits: bool) -> None:
    request = by_post(replace(GOOD, at=START + timedelta(seconds=seconds)))
    if fits:
        assert target(request).acs_url == ACS
        return
    with pytest.raises(UntrustedRequest) as refused:
        target(request)
    assert refused.value.reason is RefusedRequest.TIME
    assert refused.value.found["clock_seconds"] == seconds


@pytest.mark.parametrize("value", ["2026-01-05T10:00:00", "2026-01-05T10:00:00+01:00"])
def test_a_time_that_is_not_utc_is_told_on_a_page(value: str) -> None:
    with pytest.raises(UntrustedRequest) as refused:
        target(by_post(Asked({"IssueInstant": value})))
    assert refused.value.reason is RefusedRequest.TIME


def test_I_05_a_request_is_once_of_its_portal() -> None:
    same = {"ID": "_same"}
    one, again = (target(by_redirect(Asked(same))).once for _ in range(2))
    other = a_portal(metadata(entity_id="urn:other"), saml={"entity_id": "urn:other"})
    theirs = target(by_redirect(Asked(same, issuer="urn:other")), other).once
    assert one.key == again.key != theirs.key
    assert one.ttl > 11 * 60  # longer than any clock lets it in
    assert one.issued_at == START


# What cannot be read.


@pytest.mark.parametrize(
    ("request_", "seen"),
    [
        (replace(GOOD, tag="LogoutRequest"), "not_a_request"),
        (Asked({"ID": None}), "schema"),
        (Asked({"ID": "1"}), "id"),
        (Asked({"Version": None}), "schema"),
        (Asked({"Version": "1.1"}), "version"),
        (Asked({"IssueInstant": "gisteren"}), "schema"),
        (Asked({"IsPassive": "ja"}), "schema"),
        (Asked({"AssertionConsumerServiceIndex": "-1"}), "schema"),
        (Asked(inner="<samlp:Status/>"), "schema"),
        (Asked(inner=contexts(EH3, comparison="roughly")), "schema"),
        (Asked(inner="<!-- x --><?x y?>"), "processing_instruction"),
    ],
    ids=range(11),
)
def test_what_is_no_authn_request_is_told_on_a_page(request_: Asked, seen: str) -> None:
    for binding in BINDINGS:
        assert target(binding(GOOD)).acs_url == ACS
        with pytest.raises(UntrustedRequest) as refused:
            target(binding(request_, key=None))
        assert refused.value.reason is RefusedRequest.UNREADABLE
        assert refused.value.found["failure"] == seen


def test_an_issuer_of_another_format_is_told_as_that_and_not_as_unknown() -> None:
    """Products that write ``unspecified`` name a portal that is registered (Core §3.4.1)."""
    form = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"
    inner = f'<saml:Issuer Format="{form}">{ENTITY}</saml:Issuer>'
    with pytest.raises(UntrustedRequest) as refused:
        target(by_redirect(Asked(issuer=None, inner=inner)))
    assert refused.value.reason is RefusedRequest.UNREADABLE
    assert (refused.value.client_id, refused.value.found["seen"]) == ("waterkaart", form)


DEEP = "<x:a xmlns:x='urn:x'>" * 70 + "</x:a>" * 70


@pytest.mark.parametrize(
    ("inner", "seen"),
    [
        (
            f"<samlp:Extensions><x:a xmlns:x='urn:x'>{'x' * 70_000}</x:a></samlp:Extensions>",
            "too_large",
        ),
        (f"<samlp:Extensions>{DEEP}</samlp:Extensions>", "too_deep"),
        (
            "<samlp:Extensions>" + "<x:a xmlns:x='urn:x'/>" * 400 + "</samlp:Extensions>",
            "too_many_elements",
        ),
    ],
    ids=["I-11 large", "I-11 deep", "I-11 many"],
)
def test_a_request_has_bounds(inner: str, seen: str) -> None:
    small = "<samlp:Extensions>" + "<x:a xmlns:x='urn:x'/>" * 100 + "</samlp:Extensions>"
    for binding in BINDINGS:
        assert target(binding(Asked(inner=small), key=None)).acs_url == ACS
        with pytest.raises(UntrustedRequest) as refused:
            target(binding(Asked(inner=inner), key=None))
        assert refused.value.found["failure"] == seen


@pytest.mark.parametrize("relay", ["x" * 1025, "a\nb", "a\rb", "a\x00b", "é" * 513])
def test_a_relay_state_that_no_form_carries_unchanged_is_refused(relay: str) -> None:
    for received in (
        lambda: by_redirect(GOOD, relay),
        lambda: by_post(GOOD, relay),
    ):
        with pytest.raises(UntrustedRequest) as refused:
            received()
        assert refused.value.found["failure"] == "relay_state"


@pytest.mark.parametrize(
    ("fields", "seen"),
    [
        ([], "message_missing"),
        ([("SAMLRequest", "A"), ("SAMLRequest", "A")], "repeated_parameter"),
        ([("SAMLRequest", "AAAA"), ("RelayState", "a"), ("RelayState", "b")], "repeated_parameter"),
        ([("SAMLRequest", "AAAA"), ("SAMLResponse", "AAAA")], "binding"),
        ([("SAMLRequest", "AA!!")], "base64"),
        ([("SAMLRequest", "AAAA")], "encoding"),
    ],
)
def test_another_form_is_refused(fields: list[tuple[str, str]], seen: str) -> None:
    with pytest.raises(UntrustedRequest) as refused:
        messages.from_post(fields)
    assert refused.value.found["failure"] == seen


@pytest.mark.parametrize("zeros", [0, 5000])
def test_a_number_may_have_zeros_before_it(zeros: int) -> None:
    asked = Asked({"AssertionConsumerServiceIndex": "0" * zeros + "9"})
    with pytest.raises(UntrustedRequest) as refused:
        target(by_redirect(asked))
    assert refused.value.reason is RefusedRequest.ADDRESS


@pytest.mark.parametrize(("day", "stands"), [(-1, False), (1, True)])
def test_I_04_metadata_that_ended_send_nobody_anywhere(day: int, stands: bool) -> None:
    until = (START + timedelta(days=day)).strftime("%Y-%m-%dT%H:%M:%SZ")
    text = metadata().replace(
        "<md:EntityDescriptor ", f'<md:EntityDescriptor validUntil="{until}" '
    )
    assert until in text
    if stands:
        assert target(by_redirect(), a_portal(text)).acs_url == ACS
        return
    with pytest.raises(UntrustedRequest) as refused:
        target(by_redirect(), a_portal(text))
    assert refused.value.reason is RefusedRequest.ADDRESS
