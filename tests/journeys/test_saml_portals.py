"""Logins of a portal that speaks SAML: from its request over both bindings to the assertion, by the
same journey as every portal's.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import select

from broker.sso.grants import Grant
from keys.keyring import KeyState, KeyUse, PrivateKey
from keys.xml.encryption import decrypt_element
from sandbox.browser import Page
from sandbox.portal.clients import BODEM, GRONDWATER, LOZING
from state import audit, trace
from state.audit import EventTag
from tests.broker.saml.in_world import (
    ACS,
    ENTITY,
    HOST,
    METADATA,
    RELAY,
    SECOND,
    SamlPortal,
    document,
    make_saml_world,
    numbered,
)
from tests.broker.saml.portals import (
    EH2_PLUS,
    EH3,
    NAMES,
    PERSISTENT,
    TRANSIENT,
    contexts,
    policy,
)
from tests.keys_for_tests import rsa_key
from tests.world import ADDRESSES, World

BACK = "Terug bij Waterkaart"
PROVIDER = "Wie is uw makelaar?"
CONSENT = "Deze gegevens geven wij door"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_saml_world(tmp_path_factory.mktemp("world"))


@pytest.fixture
def own_world(tmp_path: Path) -> World:
    return make_saml_world(tmp_path)


def by(portal: SamlPortal, binding: str, **asked: Any) -> Page:
    request = portal.asked(**asked)
    return portal.by_redirect(request) if binding == "redirect" else portal.by_post(request)


both_bindings = pytest.mark.parametrize("binding", ["redirect", "post"])


@both_bindings
def test_a_portal_gets_a_signed_assertion(world: World, binding: str) -> None:
    portal = SamlPortal(world)
    page = by(portal, binding)
    assert page.heading == PROVIDER
    page = portal.walk(page)
    assert page.heading == BACK, page.text
    arrived = portal.arrived()
    assert arrived.url == ACS
    assert arrived.fields["RelayState"] == RELAY
    assert arrived.status == ("Success",)
    assert arrived.text("AuthnContextClassRef") == EH3
    assert arrived.text("Audience") == ENTITY
    values = arrived.values
    assert values["urn:etoegang:1.9:EntityConcernedID:KvKnr"] == ["90001201"]
    assert values["urn:etoegang:core:ServiceUUID"] == [BODEM.uuid]
    assert values["urn:oid:2.16.840.1.113730.3.1.241"] == ["Jan de Vries"]


def name_of(portal: SamlPortal) -> tuple[str | None, str | None]:
    name_id = portal.arrived().assertion.find(".//saml:NameID", NAMES)
    assert name_id is not None
    return name_id.get("Format"), name_id.text


def log_in(world: World, person: str = "jan", **asked: Any) -> SamlPortal:
    """A whole login at Meldportaal Bodem, unless another service is asked."""
    portal = SamlPortal(world)
    page = portal.walk(by(portal, "redirect", **asked), person, on_behalf_of="Korenmolen")
    assert page.heading == BACK, page.text
    return portal


def test_a_person_has_a_name_of_this_portal_and_another_has_another(world: World) -> None:
    names = [name_of(log_in(world, person)) for person in ("jan", "jan", "sanne")]
    assert {one[0] for one in names} == {PERSISTENT}
    assert names[0] == names[1] != names[2]


def test_a_name_of_this_login_is_another_one_each_time(world: World) -> None:
    wish = policy(Format=TRANSIENT, AllowCreate="true")
    names = [name_of(log_in(world, inner=wish)) for _ in range(2)]
    assert {one[0] for one in names} == {TRANSIENT}
    assert names[0] != names[1]


def test_an_answer_goes_to_the_address_that_was_chosen(world: World) -> None:
    portal = log_in(world, attributes={"AssertionConsumerServiceIndex": "1"})
    assert portal.arrived().url == SECOND
    assert portal.arrived().response.get("Destination") == SECOND


@pytest.mark.parametrize(
    ("language", "heading", "button"),
    [
        ("nl", "U gaat naar Waterkaart", "Ga verder naar Waterkaart"),
        ("en", "You are going to Water map", "Continue to Water map"),
    ],
)
def test_without_script_a_button_brings_the_answer(
    world: World, language: str, heading: str, button: str
) -> None:
    """SAML asks for no language, so that of the browser counts on this page as on the others."""
    portal = SamlPortal(world)
    portal.browser = world.browser(javascript=False)
    portal.browser.speak(language)
    before = portal.count()
    portal.by_redirect(portal.asked())
    portal.browser.click("Zekerweg")
    portal.browser.press("person", "jan")
    page = portal.browser.page
    assert page is not None
    page = portal.walk(page)
    assert page.heading == heading, page.text
    assert portal.count() == before
    assert portal.browser.click(button).heading == BACK
    assert portal.arrived().fields["RelayState"] == RELAY


@pytest.mark.parametrize(
    ("language", "cancel", "heading"),
    [
        ("nl", "Annuleer en ga terug", "U gaat naar Waterkaart"),
        ("en", "Cancel and go back", "You are going to Water map"),
    ],
)
def test_who_stops_goes_back_in_the_language_of_the_page(
    world: World, language: str, cancel: str, heading: str
) -> None:
    portal = SamlPortal(world)
    portal.browser = world.browser(javascript=False)
    portal.browser.speak(language)
    portal.by_redirect(portal.asked())
    assert portal.browser.click(cancel).heading == heading


@both_bindings
def test_a_second_factor_lifts_a_login(own_world: World, binding: str) -> None:
    portal = SamlPortal(own_world)
    page = portal.walk(by(portal, binding, attributes=numbered(LOZING)), "roos", "Brugwacht")
    assert page.heading == BACK, page.text
    arrived = portal.arrived()
    assert arrived.text("AuthnContextClassRef") == EH2_PLUS
    assert arrived.values["urn:sluis:attribute:second_factor"] == ["local"]
    assert arrived.values["urn:sluis:attribute:provider_level"] == [
        "urn:etoegang:core:assurance-class:loa2"
    ]


@both_bindings
def test_a_level_that_is_asked_is_reached_or_told(world: World, binding: str) -> None:
    portal = SamlPortal(world)
    exact = contexts(EH3, comparison="exact")
    assert portal.walk(by(portal, binding, inner=exact)).heading == BACK
    assert portal.arrived().text("AuthnContextClassRef") == EH3
    page = by(portal, binding, inner=contexts("urn:x:unknown", comparison="minimum"))
    assert page.heading == BACK
    assert portal.arrived().status == ("Responder", "NoAuthnContext")


def test_somebody_chooses_for_whom(world: World) -> None:
    portal = SamlPortal(world)
    page = portal.walk(portal.by_redirect(portal.asked()), "sanne")
    if page.heading == "Namens wie logt u in?":
        page = portal.walk(page, "sanne", on_behalf_of="Korenmolen")
    assert page.heading == BACK, page.text
    assert portal.arrived().values["urn:etoegang:1.9:EntityConcernedID:KvKnr"]


def test_what_leaves_is_shown_first_and_agreed_to(own_world: World) -> None:
    portal = SamlPortal(own_world)
    page = portal.by_redirect(portal.asked())
    page = portal.browser.click("Polderpoort")
    page = portal.browser.press("person", "jan")
    assert page.heading == CONSENT
    assert "Waterkaart" in page.text and "Jan de Vries" in page.text
    before = portal.count()
    assert portal.browser.press("agree", "yes").heading == BACK
    assert portal.count() == before + 1


def test_who_does_not_agree_goes_back_without_anything(own_world: World) -> None:
    portal = SamlPortal(own_world)
    portal.by_redirect(portal.asked())
    portal.browser.click("Polderpoort")
    page = portal.browser.press("person", "jan")
    assert page.heading == CONSENT
    page = portal.browser.click("Geef niet door en ga terug")
    assert page.heading == BACK
    assert portal.arrived().status == ("Responder", "AuthnFailed")
    assert portal.arrived().response.find("saml:Assertion", NAMES) is None


def test_who_stops_at_the_makelaar_is_told_as_that(world: World) -> None:
    portal = SamlPortal(world)
    page = portal.walk(portal.by_redirect(portal.asked()), cancel_at_makelaar=True)
    assert page.heading == BACK, page.text
    arrived = portal.arrived()
    assert arrived.status == ("Responder", "AuthnFailed")
    assert arrived.fields["RelayState"] == RELAY
    assert "reference" in arrived.message


def test_I_06_a_passive_request_without_a_session_sees_no_page(world: World) -> None:
    portal = SamlPortal(world)
    page = portal.by_redirect(portal.asked({"IsPassive": "true"}))
    assert page.heading == BACK
    assert portal.arrived().status == ("Responder", "NoPassive")
    page = portal.by_post(portal.asked({"IsPassive": "true", "ForceAuthn": "true"}))
    assert page.heading == BACK
    assert portal.arrived().status == ("Responder", "NoPassive")


def test_I_06_a_session_answers_and_a_forced_login_is_a_new_one(own_world: World) -> None:
    portal = SamlPortal(own_world)
    assert portal.walk(portal.by_redirect(portal.asked())).heading == BACK
    first = portal.arrived().assertion.find(".//saml:AuthnStatement", NAMES)
    assert first is not None
    page = portal.by_redirect(portal.asked(numbered(GRONDWATER)))
    assert page.heading == CONSENT  # nobody was asked for a makelaar
    assert portal.browser.press("agree", "yes").heading == BACK
    again = portal.arrived().assertion.find(".//saml:AuthnStatement", NAMES)
    assert again is not None
    assert again.get("AuthnInstant") == first.get("AuthnInstant")
    assert again.get("SessionIndex") == first.get("SessionIndex")
    page = portal.by_redirect(portal.asked({**numbered(GRONDWATER), "ForceAuthn": "true"}))
    assert page.heading == PROVIDER


def test_I_08_only_the_makelaars_that_a_request_names_may_answer(world: World) -> None:
    portal = SamlPortal(world)
    records = world.runtime.configuration.providers
    saml = records["polderpoort"].saml
    assert saml is not None
    entry = f'<samlp:IDPEntry ProviderID="{saml.entity_id}"/>'
    scoping = f"<samlp:Scoping><samlp:IDPList>{entry}</samlp:IDPList></samlp:Scoping>"
    page = portal.by_redirect(portal.asked(inner=scoping))
    assert page.url.startswith(ADDRESSES.makelaars), page.text
    assert portal.walk(page).heading == BACK
    assert portal.arrived().text("AuthenticatingAuthority") == saml.entity_id


def test_a_person_without_a_mandate_is_told_after_the_page_that_says_so(world: World) -> None:
    portal = SamlPortal(world)
    page = portal.walk(portal.by_redirect(portal.asked(numbered(LOZING))), "fatima", "Veerhuis")
    assert page.status == 403
    page = portal.browser.click("terug naar Waterkaart")
    assert page.heading == BACK
    assert portal.arrived().status == ("Responder", "RequestDenied")


def test_an_assertion_is_encrypted_where_that_was_registered(own_world: World) -> None:
    own_world.apply(yaml.safe_dump(document(saml={"encrypt_assertion": "always"})))
    portal = log_in(own_world)
    response = portal.arrived().response
    sealed = response.find("saml:EncryptedAssertion", NAMES)
    assert sealed is not None and response.find("saml:Assertion", NAMES) is None
    key = PrivateKey("p", KeyUse.SAML_ENCRYPTION, "RSA", rsa_key("portal"), None, KeyState.ACTIVE)
    inner = decrypt_element(sealed, [key])
    assert inner.findtext(".//saml:Audience", None, NAMES) == ENTITY


def test_what_a_login_leaves_behind_is_that_of_every_portal(own_world: World) -> None:
    portal = log_in(own_world)
    with own_world.session() as session:
        (event,) = audit.recent(session, tags=[EventTag.LOGIN_SUCCEEDED])
        (grant,) = session.scalars(select(Grant).where(Grant.client_id == "waterkaart"))
        (record,) = [
            trace.record_of(row)
            for row in session.query(trace.Trace).filter_by(client_id="waterkaart")
        ]
    assert event.client_id == "waterkaart" and grant.person_id == "jan"
    assert record.steps[0].measured["protocol"] == "saml"
    assert record.reference == event.reference
    page = portal.browser.open(f"{ADDRESSES.broker}/logout")
    page = portal.browser.click("overal uit")
    assert "Meldportaal Bodem" in page.text  # where they must log out as well


def test_a_portal_that_left_gets_nothing(own_world: World) -> None:
    portal = SamlPortal(own_world)
    portal.by_redirect(portal.asked())
    other = document(
        saml={"metadata": document()["saml"]["metadata"].replace(HOST, "127.0.0.7:9001")}
    )
    own_world.apply(yaml.safe_dump(other))
    before = portal.count()
    page = portal.walk(portal.browser.click("Polderpoort"))
    assert page.status == 410, page.text
    assert portal.count() == before


def test_our_metadata_are_there_before_any_portal(world: World) -> None:
    answer = world.wire.request("GET", METADATA)
    assert answer.status == 200
    assert (answer.header("Content-Type") or "").startswith("application/samlmetadata+xml")
    assert answer.header("Cross-Origin-Resource-Policy") == "cross-origin"
