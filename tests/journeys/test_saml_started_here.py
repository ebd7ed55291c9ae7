"""Logins that begin here, for SAML portals that switch that on: from a link to the Response."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
import yaml

from sandbox.browser import Page
from sandbox.portal.clients import GRONDWATER
from state import trace
from tests.attacks.test_saml_requests import shows_page
from tests.broker.saml.in_world import ACS, HOST, SamlPortal, document, make_saml_world
from tests.broker.saml.portals import EH3
from tests.world import ADDRESSES, World

START = f"{ADDRESSES.broker}/saml/idp/start"
BACK = "Terug bij Waterkaart"
PROVIDER = "Wie is uw makelaar?"


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = make_saml_world(tmp_path)
    made.apply(yaml.safe_dump(document(saml={"idp_initiated": True})))
    return made


def begun(portal: SamlPortal, query: str = "") -> Page:
    return portal.browser.open(f"{START}/waterkaart{query}")


def test_a_link_ends_in_a_response_that_nobody_asked_for(world: World) -> None:
    portal = SamlPortal(world)
    page = begun(portal, f"?service={GRONDWATER.uuid}&RelayState=/kaart%3Flaag=3")
    assert page.heading == PROVIDER, page.text
    assert portal.walk(page).heading == BACK
    arrived = portal.arrived()
    assert (arrived.url, arrived.status) == (ACS, ("Success",))
    assert arrived.fields["RelayState"] == "/kaart?laag=3"
    for element in (*arrived.response.iter(), *arrived.assertion.iter()):
        assert "InResponseTo" not in element.attrib
    assert arrived.text("AuthnContextClassRef") == EH3
    assert arrived.values["urn:etoegang:core:ServiceUUID"] == [GRONDWATER.uuid]


def test_who_stops_is_told_to_the_portal_signed(world: World) -> None:
    portal = SamlPortal(world)
    begun(portal)
    assert portal.browser.click("Annuleer en ga terug naar Waterkaart").heading == BACK
    arrived = portal.arrived()
    assert arrived.status == ("Responder", "AuthnFailed")
    assert arrived.response.get("InResponseTo") is None


def test_off_unless_the_registration_switches_it_on(world: World) -> None:
    portal = SamlPortal(world)
    for client, registered in (("stil", "stil"), ("nergens", None), ("bronhouderportaal", None)):
        answer = world.wire.request("GET", f"{START}/{client}")
        record = shows_page(world, answer, "SLS-4108")
        assert (record.reason, record.client_id) == ("saml_start_off", registered)
    assert begun(portal).heading == PROVIDER
    before = portal.count()
    world.apply(yaml.safe_dump(document()))
    page = portal.walk(portal.browser.click("Polderpoort"))
    assert page.status == 410, page.text
    assert portal.count() == before


def test_a_link_that_leads_away_ends_on_a_page_with_the_way_to_the_portal(world: World) -> None:
    portal = SamlPortal(world)
    page = begun(portal, "?RelayState=https://kwaad.example/?token=geheim")
    assert page.status == 400 and "SLS-4109" in page.text
    links = [str(a.get("href")) for a in page.tree.iter("a")]
    assert f"http://{HOST}/" in links
    assert not any(urlsplit(urljoin(page.url, link)).hostname == "kwaad.example" for link in links)
    english = portal.browser.click("English")
    assert english.status == 400, "the language of a page of error begins no login"
    with world.session() as session:
        rows = session.query(trace.Trace).filter_by(reason="saml_start").all()
        records = [trace.record_of(row) for row in rows]
    assert records and "geheim" not in str(records)
    assert records[0].steps[0].measured["sent"] == "https://kwaad.example/"
