"""An intermediary sees its clients, shares them out among its people, and gives one up."""

from __future__ import annotations

import pytest

from broker.sso.grants import Grant
from consent.mandates import UNDO
from directory.consoles import BEHEER
from sandbox.browser import Browser
from state import audit
from state.audit import EventTag
from tests.broker.portal import set_clock
from tests.journeys.beheer import BAKERY, BODEM, GARDEN, HERE, OFFICE, enter, organisation, rows
from tests.operators import at_console, later
from tests.world import World

SERVICE = "Meldportaal Bodem"


@pytest.fixture
def sanne(own_world: World) -> Browser:
    set_clock(own_world)
    browser = at_console(own_world, "sanne", BEHEER)
    enter(own_world, browser, OFFICE)
    return browser


def grants(world: World) -> int:
    with world.session() as session:
        query = session.query(Grant).where(Grant.person_id == "mo", Grant.revoked_at.is_(None))
        return query.count()


def log_in(world: World, client: str) -> str:
    """What Mo sees in the end."""
    walk = world.walk(SERVICE, "Zekerweg", "mo", on_behalf_of=client)
    try:
        return walk.run().heading
    except Exception as error:
        return str(error)


def test_mo_gets_the_clients_that_he_is_allocated_and_no_others(
    own_world: World, sanne: Browser
) -> None:
    world = own_world
    assert log_in(world, "De Korenmolen") == "U bent ingelogd" and grants(world) == 1
    page = sanne.open(f"{HERE}/toewijzen")
    assert any("Mo Yilmaz" in row and "Alle klanten" in row for row in rows(page))
    page = sanne.click("Wijzig Mo Yilmaz")
    assert page.heading == "Voor welke klanten handelt Mo Yilmaz?"
    sanne.fill("soort", "gekozen")
    garden = organisation(world, GARDEN)
    box = page.tree.xpath(f"//input[@name='klant'][@value='{garden}.']")[0]
    box.checked = True
    page = sanne.click("Leg vast")
    assert "De klanten zijn toegewezen" in page.text
    assert any("Mo Yilmaz" in row and "1 klant" in row for row in rows(page))
    assert grants(world) == 0, "what he had of the bakery is over"
    assert "nothing says" in log_in(world, "De Korenmolen")
    assert log_in(world, "Groenrijk") == "U bent ingelogd"
    mails = {m["recipient"]: m["text"] for m in world.deliver_mail() if m["subject"]}
    assert "- Hoveniersbedrijf Groenrijk" in mails["mo@voorbeeld.example"]
    page = sanne.open(f"{HERE}/klanten/{organisation(world, BAKERY)}")
    assert "Mo Yilmaz" not in page.text
    with later(world, minutes=11):
        page = sanne.open(f"{HERE}/toewijzen/mo")
        assert "U logde langer dan 10 minuten geleden in" in page.text
        sanne.fill("soort", "alle")
        assert sanne.click("Leg vast").status == 403, "more takes a login of the last minutes"
    page = sanne.open(f"{HERE}/toewijzen/mo")
    assert "U logde langer" not in page.text
    sanne.fill("soort", "alle")
    sanne.click("Leg vast")
    assert log_in(world, "De Korenmolen") == "U bent ingelogd"


def test_clients_are_listed_and_given_up(own_world: World, sanne: Browser) -> None:
    world = own_world
    page = sanne.open(f"{HERE}/klanten")
    assert len(rows(page)) == 2
    page = sanne.click("Bakkerij De Korenmolen B.V.")
    assert "Molenweg 1" in page.text and BODEM in page.text and "Mo Yilmaz" in page.text
    page = sanne.click("Geef deze klant op")
    assert "U handelt niet meer namens deze klant" in page.text
    assert "nothing says" in log_in(world, "De Korenmolen")
    with later(world, seconds=30):
        page = sanne.click("Maak ongedaan")
        assert "De ketenmachtiging geldt weer" in page.text
    assert log_in(world, "De Korenmolen") == "U bent ingelogd"
    sanne.open(f"{HERE}/klanten/{organisation(world, BAKERY)}")
    sanne.click("Geef deze klant op")
    with later(world, seconds=UNDO.total_seconds() + 1):
        page = sanne.click("Maak ongedaan")
        assert "Vraag de klant om een nieuwe ketenmachtiging" in page.text
    subjects = [m["subject"] for m in world.deliver_mail()]
    assert "Administratiekantoor Yilmaz B.V. handelt niet meer namens uw organisatie" in subjects
    with world.session() as session:
        event = audit.recent(session, tags=[EventTag.CHAIN_MANDATE_REVOKED])[0]
    assert (event.reason, event.person_id) == ("given_up", "sanne")


def test_the_list_of_clients_is_taken_along(own_world: World, sanne: Browser) -> None:
    sanne.open(f"{HERE}/klanten?zoek=groenrijk")
    page = sanne.click("Download csv")
    text = page.answer.body.decode()
    assert GARDEN in text and BAKERY not in text
    assert "Stopt binnen twee maanden" in text and "soon" not in text
    with own_world.session() as session:
        (event,) = audit.recent(session, tags=[EventTag.EXPORT_MADE])
    assert event.details["kind"] == "clients"


def test_a_client_of_another_company_is_nobody_here(own_world: World, sanne: Browser) -> None:
    enter(own_world, sanne, GARDEN)
    bakery = organisation(own_world, BAKERY)
    assert sanne.open(f"{HERE}/klanten/{bakery}").status == 404
    assert sanne.open(f"{HERE}/toewijzen/mo").status == 404
