"""What a request asks, as a login or as the status that the portal hears; every refusal beside the
request that is in order.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from assurance.levels import AssuranceLevel
from broker.saml.errors import StatusRefused
from broker.saml.reply_to import SamlReplyTo
from directory.saml_portals import SamlServiceProvider
from tests.broker.examples import OTHER_SERVICE, SERVICE, a_service
from tests.broker.saml.asking import (
    GOOD,
    PORTAL,
    L,
    asked,
    to,
)
from tests.broker.saml.portals import (
    ACS,
    EH2_PLUS,
    EH3,
    EH4,
    ENTITY,
    IDP,
    PERSISTENT,
    RELAY,
    TRANSIENT,
    Asked,
    a_portal,
    certificate,
    contexts,
    key_descriptor,
    metadata,
    policy,
)

# What is in order.


def test_a_request_without_wishes_leaves_all_to_the_registration() -> None:
    found = asked(GOOD)
    assert (found.client_id, found.service_uuid) == ("waterkaart", SERVICE)
    assert (found.level, found.minimum) == (L.EH2, None)
    assert not (found.passive or found.force_authn or found.choose_again)
    assert found.makelaars is None and found.released is None
    left = SamlReplyTo.of(found)
    assert (left.acs_url, left.relay_state, left.name_id) == (ACS, RELAY, "persistent")
    assert (left.subject, left.classes, left.most) == (None, None, None)
    assert left == SamlReplyTo(**left.stored())  # type: ignore[arg-type]


@pytest.mark.parametrize("value", ["true", "1"])
def test_I_06_passive_and_forced_logins_are_asked(value: str) -> None:
    assert asked(Asked({"IsPassive": value})).passive
    assert asked(Asked({"ForceAuthn": value})).force_authn
    both = asked(Asked({"IsPassive": value, "ForceAuthn": value}))
    assert both.passive and both.force_authn
    neither = asked(Asked({"IsPassive": "false", "ForceAuthn": "0"}))
    assert not (neither.passive or neither.force_authn)


# What the portal hears.


def told(request: Asked, portal: SamlServiceProvider = PORTAL) -> tuple[str, str]:
    assert asked(GOOD, portal).client_id == portal.client_id
    with pytest.raises(StatusRefused) as refused:
        asked(request, portal)
    status = refused.value.status
    assert status.message
    return tuple(one.rpartition(":")[2] for one in (status.first, status.second or ""))  # type: ignore[return-value]


EH3_SERVICE = a_portal(services=(OTHER_SERVICE,))


@pytest.mark.parametrize(
    ("classes", "comparison", "level", "minimum"),
    [
        ((EH3,), "minimum", L.EH3, L.EH3),
        ((EH3,), "exact", L.EH3, L.EH3),
        ((EH3,), None, L.EH3, L.EH3),
        ((EH2_PLUS,), "better", L.EH3, L.EH3),
        ((EH3,), "maximum", L.EH2, None),
    ],
)
def test_a_level_is_asked(
    classes: tuple[str, ...],
    comparison: str | None,
    level: AssuranceLevel,
    minimum: AssuranceLevel | None,
) -> None:
    found = asked(Asked(inner=contexts(*classes, comparison=comparison)))
    assert (found.level, found.minimum) == (level, minimum)


@pytest.mark.parametrize(
    "inner",
    [
        contexts("urn:x:unknown", comparison="minimum"),
        contexts("urn:x:unknown"),
        contexts(EH4, comparison="better"),
        contexts(EH2_PLUS, comparison="exact"),
        contexts(EH2_PLUS, comparison="maximum"),
        contexts(EH3.replace("eidas", "EIDAS"), comparison="minimum"),
        "<samlp:RequestedAuthnContext><saml:AuthnContextDeclRef>urn:x</saml:AuthnContextDeclRef>"
        "</samlp:RequestedAuthnContext>",
    ],
)
def test_I_07_a_level_that_cannot_be_is_no_authn_context(inner: str) -> None:
    assert told(Asked(inner=inner), EH3_SERVICE) == ("Responder", "NoAuthnContext")


def test_I_07_the_minimum_of_the_service_holds() -> None:
    found = asked(Asked(inner=contexts(EH2_PLUS, comparison="minimum")), EH3_SERVICE)
    assert (found.level, found.minimum) == (L.EH3, L.EH2_PLUS)


def test_a_portal_that_sends_exact_unasked_is_read_as_minimum() -> None:
    exact = Asked(inner=contexts(EH2_PLUS))
    lenient = a_portal(services=(OTHER_SERVICE,), saml={"exact_is_minimum": True})
    assert told(exact, EH3_SERVICE) == ("Responder", "NoAuthnContext")
    assert asked(exact, lenient).level is L.EH3


IDP_LIST = "<samlp:Scoping{count}><samlp:IDPList>{entries}</samlp:IDPList></samlp:Scoping>"


def scoping(*names: str, count: str = "") -> str:
    entries = "".join(f'<samlp:IDPEntry ProviderID="{name}"/>' for name in names)
    return IDP_LIST.format(count=count, entries=entries)


def test_makelaars_that_a_request_names_alone_may_answer() -> None:
    for name in ("zekerweg", "https://makelaar.example"):
        found = asked(Asked(inner=scoping("urn:x:unknown", name)))
        assert found.makelaars == ("zekerweg",)
        assert found.admits("zekerweg") and not found.admits("polder")
    assert asked(GOOD).admits("polder")


@pytest.mark.parametrize(
    ("inner", "status"),
    [
        (scoping("urn:x:unknown"), ("Requester", "NoSupportedIDP")),
        (scoping("rust"), ("Responder", "NoAvailableIDP")),
        ('<samlp:Scoping ProxyCount="0"/>', ("Responder", "ProxyCountExceeded")),
        (scoping("zekerweg", count=' ProxyCount="0"'), ("Responder", "ProxyCountExceeded")),
    ],
)
def test_I_08_a_makelaar_that_cannot_be_used_is_told(inner: str, status: tuple[str, str]) -> None:
    assert told(Asked(inner=inner)) == status


def test_I_08_a_makelaar_that_the_service_does_not_admit_is_told() -> None:
    with pytest.raises(StatusRefused) as refused:
        asked(
            Asked(inner=scoping("zekerweg")),
            **{SERVICE: a_service(level="EH2", makelaars=("polder",))},
        )
    assert (refused.value.status.second or "").endswith("NoSupportedIDP")


def subject(text: str, more: str = "", **said: str) -> str:
    attributes = " ".join(f'{name}="{value}"' for name, value in said.items())
    return f"<saml:Subject><saml:NameID {attributes}>{text}</saml:NameID>{more}</saml:Subject>"


def test_a_persistent_name_of_ours_must_log_in() -> None:
    ours = {"Format": PERSISTENT, "NameQualifier": IDP, "SPNameQualifier": ENTITY}
    assert to(Asked(inner=subject("abc", **ours))).subject == "abc"
    assert to(Asked(inner=subject("abc", Format=PERSISTENT))).subject == "abc"


@pytest.mark.parametrize(
    ("inner", "second"),
    [
        (subject("jan@x.example"), "UnknownPrincipal"),
        (subject("abc", Format=TRANSIENT), "UnknownPrincipal"),
        (subject("abc", Format=PERSISTENT, NameQualifier="urn:x"), "UnknownPrincipal"),
        (subject("abc", Format=PERSISTENT, SPNameQualifier="urn:x"), "UnknownPrincipal"),
        (subject(" ", Format=PERSISTENT), "UnknownPrincipal"),
        (
            '<saml:Subject><saml:SubjectConfirmation Method="urn:x"/></saml:Subject>',
            "RequestUnsupported",
        ),
    ],
)
def test_I_09_a_person_that_we_cannot_know_is_told(inner: str, second: str) -> None:
    assert told(Asked(inner=inner)) == ("Requester", second)


@pytest.mark.parametrize(
    ("registered", "inner", "name_id"),
    [
        ("persistent", "", "persistent"),
        ("transient", "", "transient"),
        ("persistent", policy(AllowCreate="false"), "persistent"),
        ("persistent", policy(Format=PERSISTENT), "persistent"),
        ("persistent", policy(Format=TRANSIENT, AllowCreate="true"), "transient"),
        ("transient", policy(Format=TRANSIENT, SPNameQualifier=ENTITY), "transient"),
    ],
)
def test_a_name_has_the_format_that_both_want(registered: str, inner: str, name_id: str) -> None:
    portal = a_portal(saml={"name_id": registered})
    assert to(Asked(inner=inner), portal).name_id == name_id


@pytest.mark.parametrize(
    ("registered", "inner"),
    [
        ("transient", policy(Format=PERSISTENT)),
        ("persistent", policy(Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress")),
        ("persistent", policy(Format="urn:oasis:names:tc:SAML:2.0:nameid-format:encrypted")),
        ("persistent", policy(SPNameQualifier="urn:x:affiliation")),
    ],
)
def test_a_name_that_is_not_given_is_told(registered: str, inner: str) -> None:
    portal = a_portal(saml={"name_id": registered})
    assert told(Asked(inner=inner), portal) == ("Requester", "InvalidNameIDPolicy")


@pytest.mark.parametrize(
    "inner",
    [
        '<saml:Conditions NotOnOrAfter="2026-01-01T00:00:00Z"/>',
        "<saml:Conditions><saml:OneTimeUse/></saml:Conditions>",
        "<saml:Conditions><saml:AudienceRestriction><saml:Audience>urn:x</saml:Audience>"
        "</saml:AudienceRestriction></saml:Conditions>",
    ],
)
def test_conditions_that_limit_are_not_passed_over(inner: str) -> None:
    assert told(Asked(inner=inner)) == ("Requester", "RequestUnsupported")


# Which service.

NUMBERED = metadata(
    services='<md:AttributeConsumingService index="1">'
    '<md:RequestedAttribute Name="urn:etoegang:DV:1:services:1"/></md:AttributeConsumingService>'
    '<md:AttributeConsumingService index="4"><md:RequestedAttribute '
    'Name="0d4b8a57-3b0e-4d0b-8e0f-6a9a3cf1f6b2"/></md:AttributeConsumingService>'
    '<md:AttributeConsumingService index="5"><md:RequestedAttribute '
    'Name="urn:etoegang:DV:1:services:9"/></md:AttributeConsumingService>'
    '<md:AttributeConsumingService index="2">'
    '<md:RequestedAttribute Name="urn:nl-eid-gdi:1.0:ServiceUUID"><saml:AttributeValue>'
    f"{OTHER_SERVICE}</saml:AttributeValue></md:RequestedAttribute></md:AttributeConsumingService>"
    '<md:AttributeConsumingService index="3"><md:RequestedAttribute Name="mail"/>'
    "</md:AttributeConsumingService>"
)
ANOTHER = (
    '<saml:Attribute Name="urn:nl-eid-gdi:1.0:ServiceUUID">'
    f"<saml:AttributeValue>{SERVICE}</saml:AttributeValue></saml:Attribute>"
)
TWO = a_portal(NUMBERED, services=(SERVICE, OTHER_SERVICE), default_service=SERVICE)


def numbered(index: int) -> Asked:
    return Asked({"AttributeConsumingServiceIndex": str(index)})


def extended(uuid: str) -> Asked:
    return Asked(
        inner='<samlp:Extensions><saml:Attribute Name="urn:nl-eid-gdi:1.0:ServiceUUID">'
        f"<saml:AttributeValue>{uuid}</saml:AttributeValue></saml:Attribute></samlp:Extensions>"
    )


@pytest.mark.parametrize(
    ("request_", "uuid"),
    [
        (GOOD, SERVICE),
        (numbered(1), SERVICE),
        (numbered(2), OTHER_SERVICE),
        (numbered(3), SERVICE),
        (Asked({"AttributeConsumingServiceIndex": "0" * 5000 + "2"}), OTHER_SERVICE),
        (extended(OTHER_SERVICE), OTHER_SERVICE),
    ],
)
def test_a_request_names_its_service(request_: Asked, uuid: str) -> None:
    assert asked(request_, TWO).service_uuid == uuid


def test_a_registration_says_which_number_is_which_service() -> None:
    by_hand = {"services_by_index": {"7": OTHER_SERVICE, "1": OTHER_SERVICE}}
    portal = a_portal(NUMBERED, services=(SERVICE, OTHER_SERVICE), saml=by_hand)
    assert asked(numbered(7), portal).service_uuid == OTHER_SERVICE
    assert asked(numbered(1), portal).service_uuid == OTHER_SERVICE


def test_without_a_default_in_the_registration_that_of_the_metadata_counts() -> None:
    text = NUMBERED.replace('index="2"', 'index="2" isDefault="true"')
    portal = a_portal(text, services=(SERVICE, OTHER_SERVICE))
    assert asked(GOOD, portal).service_uuid == OTHER_SERVICE
    with pytest.raises(StatusRefused, match="name a service"):
        asked(GOOD, a_portal(NUMBERED, services=(SERVICE, OTHER_SERVICE)))


@pytest.mark.parametrize(
    "request_",
    [
        numbered(9),
        extended("0d4b8a57-3b0e-4d0b-8e0f-6a9a3cf1f6b2"),
        extended(""),
        numbered(4),  # of a service that was withdrawn
        numbered(5),  # of one that the scheme knows and nobody here
        Asked(
            inner=extended(OTHER_SERVICE).inner.replace(
                "<saml:Attribute N", f"{ANOTHER}<saml:Attribute N"
            )
        ),
        replace(extended(OTHER_SERVICE), attributes={"AttributeConsumingServiceIndex": "1"}),
    ],
)
def test_a_service_that_is_not_offered_is_told(request_: Asked) -> None:
    assert told(request_, TWO) == ("Requester", "RequestUnsupported")


def test_I_14_nobody_logs_in_for_an_answer_that_cannot_be_encrypted() -> None:
    signs = key_descriptor(certificate("portal"))
    over = signs + key_descriptor(certificate("portal", begins=-10, days=5), "encryption")
    valid = signs + key_descriptor(certificate("portal"), "encryption")
    always = {"encrypt_assertion": "always"}
    assert asked(GOOD, a_portal(metadata(keys=valid), saml=always)).service_uuid == SERVICE
    with pytest.raises(StatusRefused, match="encryption key"):
        asked(GOOD, a_portal(metadata(keys=over), saml=always))
