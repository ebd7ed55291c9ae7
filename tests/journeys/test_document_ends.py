"""Scans of identity documents at their bounds: how much is read, and how long they are kept."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from admin.means.drafts import MEANS_DRAFTS
from admin.operations.jobs import erase_documents
from assurance.means_requests import MeansRequest
from broker.web import bodies
from directory.dates import day_of
from state import audit
from state.audit import EventTag
from tests import scans
from tests.journeys.beheer import BAKERY, organisation, send
from tests.journeys.documents import (
    VALID,
    asked,
    begin,
    bring,
    helpdesk,
    rows,
)
from tests.world import World, make_world


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("world"), identity_documents={"asked": True})


@pytest.fixture
def own_world_asking(tmp_path: Path) -> World:
    return make_world(tmp_path, identity_documents={"asked": True})


def photo(size: int) -> bytes:
    return scans.jpeg(scan=b"\x80" * size)


def test_photos_of_a_phone_are_too_large_and_nothing_else_is_lost(world: World) -> None:
    sanne, draft = begin(world)
    two = [(part, "a.jpg", photo(6 * 2**20)) for part in ("voorkant", "achterkant")]
    page = bring(sanne, draft, *two, soort="identity_card")
    assert page.status == 422 and page.text.count("Dit bestand is groter dan 5 MB") == 2
    assert page.tree.xpath("//input[@name='soort'][@checked]/@value") == ["identity_card"]
    assert page.tree.xpath("//input[@name='geldig']/@value") == [VALID.isoformat()]


def test_a_body_that_is_too_large_is_not_read_and_the_step_says_so(world: World) -> None:
    sanne, draft = begin(world)
    page = bring(sanne, draft, ("voorkant", "a.pdf", b"\0" * bodies.MOST_SCANS))
    assert page.status == 413 and page.heading.startswith("Identiteitsbewijs van")
    assert "samen te groot" in page.text and "Inloggen is niet gelukt" not in page.text
    page = bring(sanne, draft, ("voorkant", "a.pdf", scans.pdf()))
    assert page.heading == "Brief en tweede factor"


def test_the_person_has_an_id_before_a_file_comes(world: World) -> None:
    """Two that come in at one moment would each choose one."""
    _, draft = begin(world)
    kept = MEANS_DRAFTS.find(
        world.process.store,
        world.process.sealer,
        draft.rpartition("/")[2],
        person_id="sanne",
        organisation_id=organisation(world, BAKERY),
    )
    assert kept is not None and kept.new_person is not None


def test_of_a_request_that_nobody_decides_the_scan_goes_and_the_page_says_so(
    own_world_asking: World,
) -> None:
    world = own_world_asking
    address = asked(world, "Nel Traag")
    text = helpdesk(world).open(address).text
    assert "zonder besluit op" in text and "is gewist" not in text
    world.clock.advance(timedelta(days=90).total_seconds())
    erase_documents(world.process)
    assert rows(world) == 0
    text = helpdesk(world).open(address).text
    assert "Het identiteitsbewijs is gewist" in text and "Keur de aanvraag af" in text


def test_without_the_scan_nobody_approves_who_was_not_checked_in_another_way(
    own_world_asking: World,
) -> None:
    world = own_world_asking
    address = asked(world, "Nel Traag")
    assert "Keur de aanvraag goed" in helpdesk(world).open(address).text, "with the scan"
    world.clock.advance(timedelta(days=90).total_seconds())
    erase_documents(world.process)
    desk = helpdesk(world)
    assert "Keur de aanvraag goed" not in desk.open(address).text
    page = send(desk, f"{address}/goedkeuren")
    assert page.status == 403 and "Zonder scan kunt u niet goedkeuren" in page.text
    day = day_of(world.clock()).isoformat()
    checked = (("proof", "in_person"), ("kenmerk", "BALIE 42"), ("dag", day))
    page = send(desk, f"{address}/identificatie", *checked)
    assert "De identificatie is vastgelegd" in page.text
    assert send(desk, f"{address}/goedkeuren").status == 403, "a colleague does"
    colleague = helpdesk(world)
    colleague.open(address)
    page = send(colleague, f"{address}/goedkeuren")
    assert "De aanvraag is goedgekeurd" in page.text and "BALIE 42" in page.text


def test_the_worker_erases_it_thirty_days_after_the_decision(own_world_asking: World) -> None:
    world = own_world_asking
    address = asked(world, "Fien Bakker")
    desk = helpdesk(world)
    desk.open(address)
    page = send(desk, f"{address}/afkeuren", ("reden", "De scan is onleesbaar"))
    assert "De aanvraag is afgekeurd" in page.text and "wissen wij het" in page.text
    world.clock.advance(timedelta(days=29, hours=23).total_seconds())
    erase_documents(world.process)
    assert rows(world) == 1
    world.clock.advance(timedelta(hours=1).total_seconds())
    erase_documents(world.process)
    assert rows(world) == 0
    with world.session() as session:
        (event,) = audit.recent(session, tags=[EventTag.IDENTITY_DOCUMENT_ERASED])
        assert session.get(MeansRequest, event.details["request"]) is not None
    page = helpdesk(world).open(address)
    assert "Paspoort" not in page.text
