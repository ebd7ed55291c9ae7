"""A portal that fetches its answers: the browser brings an artifact, and the Response comes over
SOAP, once and to nobody else.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from lxml import etree
from sqlalchemy import select

from broker.saml.kept_answers import SECONDS
from broker.sso import logout
from state.audit import AuditRow, EventTag
from state.db import writing
from tests.broker.saml.artifact_portal import (
    ARTIFACT,
    FETCHED,
    ONLY,
    RESOLUTION,
    ArtifactPortal,
    made_up,
    make_artifact_world,
)
from tests.broker.saml.in_world import ACS, ENTITY, METADATA, RELAY
from tests.broker.saml.portals import NAMES
from tests.world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_artifact_world(tmp_path_factory.mktemp("world"))


@pytest.fixture
def portal(world: World) -> ArtifactPortal:
    return ArtifactPortal(world)


BY_ARTIFACT = {"ProtocolBinding": ARTIFACT}


def refusals(world: World) -> list[AuditRow]:
    with world.session() as session:
        found = select(AuditRow).where(AuditRow.tag == EventTag.ARTIFACT_REFUSED)
        return list(session.scalars(found.order_by(AuditRow.id)))


@pytest.mark.parametrize(
    "asked",
    [
        {"ProtocolBinding": ARTIFACT},
        {"ProtocolBinding": ARTIFACT, "AssertionConsumerServiceURL": FETCHED.replace("&", "&amp;")},
        {"AssertionConsumerServiceURL": FETCHED},
        {"AssertionConsumerServiceIndex": "2"},
    ],
    ids=["binding", "binding and address", "address", "number"],
)
def test_a_login_whose_answer_is_fetched(portal: ArtifactPortal, asked: dict[str, str]) -> None:
    page = portal.walk(portal.by_redirect(portal.asked(asked)))
    assert page.heading == "Terug bij Waterkaart"
    method, path, fields = portal.last()
    assert (method, path, fields["taal"]) == ("GET", "/opgehaald", "nl")
    assert (fields["RelayState"], "SAMLResponse" in fields) == (RELAY, False)
    found = portal.fetched()
    assert found.status == ("Success",)
    assert found.response is not None
    assert found.response.get("Destination") == FETCHED
    data = found.response.find(".//saml:SubjectConfirmationData", NAMES)
    assert data is not None and data.get("Recipient") == FETCHED
    assert found.text("Audience") == ENTITY
    assert found.text("AuthnContextClassRef") == "http://eidas.europa.eu/LoA/substantial"


def test_by_post_the_same_portal_has_the_answer_at_once(portal: ArtifactPortal) -> None:
    """What its metadata call the default, and what it asks."""
    for asked in ({}, {"AssertionConsumerServiceURL": ACS}):
        portal.walk(portal.by_redirect(portal.asked(asked)))
        method, path, fields = portal.last()
        assert (method, path, "SAMLResponse" in fields) == ("POST", "/acs", True)


def test_a_portal_whose_metadata_have_artifacts_alone_need_not_ask(world: World) -> None:
    portal = ArtifactPortal(world, ONLY)
    portal.walk(portal.by_post(portal.asked()))
    assert portal.last()[:2] == ("GET", "/opgehaald")
    assert portal.fetched().status == ("Success",)


def test_an_address_that_is_too_long_travels_in_a_form(portal: ArtifactPortal) -> None:
    relay = "r" * 1000 + "/" * 24
    long = portal.asked({"ProtocolBinding": ARTIFACT})
    page = portal.walk(portal.by_redirect(long, relay * 1))
    assert page.heading == "Terug bij Waterkaart"
    assert portal.last()[2]["RelayState"] == relay
    assert portal.fetched().status == ("Success",)


def test_a_refusal_is_fetched_too(portal: ArtifactPortal) -> None:
    page = portal.by_redirect(portal.asked({**BY_ARTIFACT, "IsPassive": "true"}))
    assert page.heading == "Terug bij Waterkaart"
    assert portal.fetched().status == ("Responder", "NoPassive")


def test_a_request_that_cannot_be_met_is_told_by_artifact(portal: ArtifactPortal) -> None:
    inner = "<saml:Subject><saml:NameID>iemand</saml:NameID></saml:Subject>"
    page = portal.by_redirect(portal.asked(BY_ARTIFACT, inner))
    assert page.heading == "Terug bij Waterkaart"
    assert portal.fetched().status == ("Requester", "UnknownPrincipal")


def logged_in(portal: ArtifactPortal) -> str:
    portal.walk(portal.by_redirect(portal.asked(BY_ARTIFACT)))
    return portal.artifact


def test_S_78_an_artifact_is_resolved_once(portal: ArtifactPortal) -> None:
    artifact = logged_in(portal)
    assert portal.fetched(artifact).response is not None
    before = len(refusals(portal.world))
    assert portal.fetched(artifact).response is None
    (event,) = refusals(portal.world)[before:]
    assert (event.client_id, event.reason, event.reference is not None) == (
        "waterkaart",
        "saml_artifact",
        True,
    )
    assert event.details == {"seen": "used"}


def test_S_78_of_many_at_once_one_has_it(portal: ArtifactPortal) -> None:
    artifact = logged_in(portal)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: portal.fetched(artifact).response, range(8)))
    assert sum(one is not None for one in found) == 1


def test_S_78_another_portal_has_nothing_and_takes_nothing(portal: ArtifactPortal) -> None:
    artifact = logged_in(portal)
    other = ArtifactPortal(portal.world, "urn:andere")
    assert other.fetched(artifact).response is None
    event = refusals(portal.world)[-1]
    assert (event.client_id, event.details) == ("andere", {"seen": "of another portal"})
    assert portal.fetched(artifact).response is not None


def test_S_78_who_logged_out_everywhere_is_not_let_in_by_what_waits(portal: ArtifactPortal) -> None:
    """The portal comes for it a moment later; by a code it would have nothing either."""
    artifact = logged_in(portal)
    world = portal.world
    with world.session() as session, writing(session):
        logout.end_everywhere(session, world.process, "jan", "blocked")
    assert portal.fetched(artifact).response is None
    assert refusals(world)[-1].details == {"seen": "logged out"}
    again = ArtifactPortal(world)
    assert again.fetched(logged_in(again)).response is not None


def test_S_78_what_was_never_given_leaves_no_audit_event(portal: ArtifactPortal) -> None:
    before = len(refusals(portal.world))
    for artifact in (made_up(), made_up("https://other.example/"), "AAAA", "geen base64"):
        assert portal.fetched(artifact).response is None
    assert len(refusals(portal.world)) == before


def test_S_78_an_answer_waits_for_two_minutes(portal: ArtifactPortal) -> None:
    clock = portal.world.clock
    fresh = logged_in(portal)
    clock.advance(seconds=SECONDS - 5)
    assert portal.fetched(fresh).response is not None
    late = logged_in(portal)
    clock.advance(seconds=SECONDS + 5)
    assert portal.fetched(late).response is None


def test_what_waits_is_sealed_and_kept_under_no_artifact(portal: ArtifactPortal) -> None:
    artifact = logged_in(portal)
    with portal.world.session() as session:
        rows = session.connection().exec_driver_sql("select * from ephemeral").fetchall()
    said = repr(rows)
    assert artifact not in said and "Assertion" not in said
    assert portal.fetched(artifact).response is not None


def test_our_metadata_name_the_address(world: World) -> None:
    root = etree.fromstring(world.wire.request("GET", METADATA).body)
    (service,) = root.iterfind(".//{*}ArtifactResolutionService")
    assert dict(service.attrib) == {
        "Binding": "urn:oasis:names:tc:SAML:2.0:bindings:SOAP",
        "Location": RESOLUTION,
        "index": "0",
        "isDefault": "true",
    }


def test_nothing_of_an_artifact_is_logged(
    portal: ArtifactPortal, capsys: pytest.CaptureFixture[str]
) -> None:
    artifact = logged_in(portal)
    portal.fetched(artifact)
    portal.fetched(artifact)
    said = "".join(capsys.readouterr())
    assert artifact not in said and artifact[:40] not in said
