"""An administrator gives an intermediary chain mandates, sees what stands, and stops it in a
second.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from consent import chains
from consent.chains import ChainMandate
from consent.mandates import UNDO
from directory import dates
from directory.consoles import BEHEER
from sandbox.browser import Browser, Page
from state import audit
from state.audit import EventTag
from tests.broker.portal import set_clock
from tests.journeys.beheer import (
    BAKERY,
    BODEM,
    GARDEN,
    HERE,
    OFFICE,
    enter,
    organisation,
    rows,
    send,
)
from tests.operators import at_console, later
from tests.world import World

GROENDAK = "dca90db1-d8a3-4222-a83f-779a69fd8bb8"
NAME, ENDED = "Bakkerij De Korenmolen B.V.", ("niet meer", "weer")
GRONDWATER = "34b69f52-4f2f-4b6d-accc-50c15aef38b9"


def today(world: World) -> date:
    return dates.day_of(world.clock())


def standing(world: World, kvk: str = BAKERY, through: str = OFFICE) -> dict[str, ChainMandate]:
    """What the intermediary may do, by service."""
    with world.session() as session:
        found = chains.of_client(
            session,
            organisation(world, kvk),
            world.clock(),
            intermediary_id=organisation(world, through),
        )
        return {one.service_uuid: one for one in chains.shown(found, world.clock())}


def log_in_higher(browser: Browser) -> Page:
    browser.click("Log in met EH3")
    browser.click("Polderpoort")
    return browser.press("person", "sanne")


def begin(browser: Browser, kvk: str = "9000 1542") -> str:
    """Up to the services, logged in high enough; the address of the draft."""
    browser.open(f"{HERE}/ketenmachtigingen")
    page = browser.click("Geef een ketenmachtiging")
    draft = page.url.rpartition("/")[0]
    browser.fill("kvk", kvk)
    page = browser.click("Zoek dit bedrijf")
    assert "Is dit de goede?" in page.text
    page = browser.click("Ja, verder naar diensten")
    if "Log eerst in met EH3" in page.text:
        page = log_in_higher(browser)
    assert page.heading == "Kies de diensten"
    return draft


def choose(browser: Browser, *services: str, until: str = "") -> Page:
    draft = begin(browser)
    send(browser, f"{draft}/diensten", *[("dienst", one) for one in services])
    if until:
        return send(browser, f"{draft}/einddatum", ("jaren", ""), ("until", until))
    return browser.click("Verder naar controleren")


@pytest.fixture
def sanne(own_world: World) -> Browser:
    set_clock(own_world)
    browser = at_console(own_world, "sanne", BEHEER)
    enter(own_world, browser)
    return browser


def test_who_an_intermediary_is_stands_there_before_it_gets_anything(
    own_world: World, sanne: Browser
) -> None:
    sanne.open(f"{HERE}/ketenmachtigingen")
    page = sanne.click("Geef een ketenmachtiging")
    for text, sentence in (
        ("000090015421", "Dit is een vestigingsnummer"),
        ("123456782", "Dit zijn 9 cijfers, zoals een RSIN"),
        ("90001201", "Dit is uw eigen KvK-nummer"),
        ("12345678", "Wij kennen geen bedrijf met dit nummer"),
        ("kantoor", "Een KvK-nummer heeft 8 cijfers"),
        ("", "Een KvK-nummer heeft 8 cijfers"),
    ):
        sanne.fill("kvk", text)
        page = sanne.click("Zoek dit bedrijf")
        assert page.status == 422 and sentence in page.text, text
    for text in ("9000 1542", "KvK 9000.1542", "kvk-nummer: 90001542"):
        sanne.fill("kvk", text)
        page = sanne.click("Zoek dit bedrijf")
        assert "Administratiekantoor Yilmaz B.V." in page.text and "Kade 30" in page.text, text


def test_services_at_several_levels_are_given_and_the_intermediary_hears_what_it_needs(
    own_world: World, sanne: Browser
) -> None:
    world = own_world
    draft = begin(sanne)
    page = sanne.open(f"{draft}/diensten")
    assert "Bij deze dienst kan geen intermediair voor u handelen." in page.text
    send(sanne, f"{draft}/diensten", ("dienst", BODEM), ("dienst", GROENDAK))
    page = sanne.click("Verder naar controleren")
    assert [h.text_content() for h in page.tree.xpath("//section//h2")] == ["Nieuw", "Verlengd"]
    page = sanne.click("Leg 2 ketenmachtigingen vast")
    assert page.heading == "De ketenmachtigingen zijn vastgelegd" and GROENDAK in page.text
    found, five = standing(world), dates.years_after(today(world), 5)
    assert {dates.day_of(found[uuid].valid_until) for uuid in (BODEM, GROENDAK)} == {five}
    assert found[GROENDAK].level.label == "EH3", "the service itself asks EH2+"
    mails = {m["recipient"]: m["text"] for m in world.deliver_mail()}
    text = mails["sanne@voorbeeld.example"]  # who administers the office as well
    for part in ("KvK 90001201", "KvK 90001542", BODEM, GROENDAK, "nieuw, van", "verlengd, tot"):
        assert part in text
    with world.session() as session:
        events = audit.recent(
            session, tags=[EventTag.CHAIN_MANDATE_GRANTED, EventTag.CHAIN_MANDATE_CHANGED]
        )
    assert {event.person_id for event in events} == {"sanne"} and len(events) == 2
    assert sanne.open(f"{draft}/controle").heading == "De ketenmachtigingen zijn vastgelegd"


def test_what_becomes_shorter_must_be_seen_and_a_document_does_not_make_it_long_again(
    own_world: World, sanne: Browser
) -> None:
    world = own_world
    soon = today(world) + timedelta(days=30)
    page = choose(sanne, BODEM, until=soon.isoformat())
    assert "Ingekort" in page.text
    page = sanne.click("Leg 1 ketenmachtiging vast")
    assert page.status == 422 and "Er wordt iets korter" in page.text
    sanne.fill("gezien", "ja")
    sanne.click("Leg 1 ketenmachtiging vast")
    assert dates.day_of(standing(world)[BODEM].valid_until) == soon
    text = (world.demo.registrations / "50-mandates.yaml").read_text(encoding="utf-8")
    world.apply(text, "50-mandates.yaml")
    assert dates.day_of(standing(world)[BODEM].valid_until) == soon
    page = sanne.open(HERE)
    assert any("Administratiekantoor Yilmaz" in row for row in rows(page)), "in Te doen"
    page = sanne.click("Verleng de ketenmachtiging van Administratiekantoor Yilmaz")
    assert page.heading == "Kies de einddatum"
    sanne.click("Verder naar controleren")
    sanne.click("Leg 1 ketenmachtiging vast")
    page = sanne.open(HERE)
    assert not any("Administratiekantoor Yilmaz" in row for row in rows(page))


def test_M_11_mo_acts_for_a_client_until_the_client_takes_it_back(
    own_world: World, sanne: Browser
) -> None:
    world = own_world
    walk = world.walk("Meldportaal Bodem", "Zekerweg", "mo", on_behalf_of="De Korenmolen")
    assert walk.run().heading == "U bent ingelogd"
    sanne.open(f"{HERE}/ketenmachtigingen")
    page = sanne.click("Administratiekantoor Yilmaz B.V.")
    assert page.heading == "Administratiekantoor Yilmaz B.V." and "Kade 30" in page.text
    page = sanne.click("Trek in: Meldportaal Bodem")
    assert "De ketenmachtiging is ingetrokken" in page.text and standing(world) == {}
    with later(world, seconds=30):
        page = sanne.click("Maak ongedaan")
        assert "De ketenmachtiging geldt weer" in page.text
        told = [m["subject"] for m in world.deliver_mail() if m["subject"]]
        assert told == [f"Uw organisatie mag {one} handelen namens {NAME}" for one in ENDED]
    assert BODEM in standing(world)
    page = sanne.open(f"{HERE}/ketenmachtigingen")
    page = sanne.click("Trek alles in")
    assert "U kunt dit nog 30 seconden ongedaan maken" in page.text and standing(world) == {}
    with later(world, seconds=UNDO.total_seconds() + 1):
        page = sanne.click("Maak ongedaan")
        assert "Ongedaan maken kan niet meer" in page.text and standing(world) == {}


def test_what_was_taken_back_is_added_again_with_the_same_day(
    own_world: World, sanne: Browser
) -> None:
    world = own_world
    before = standing(world)[BODEM]
    begin(sanne)  # logged in high enough
    sanne.open(f"{HERE}/ketenmachtigingen/{before.intermediary_id}")
    sanne.click("Trek in: Meldportaal Bodem")
    with later(world, seconds=UNDO.total_seconds() + 1):
        sanne.open(f"{HERE}/ketenmachtigingen/{before.intermediary_id}")
        page = sanne.click("Voeg opnieuw toe")
        assert page.heading == "Controleer de ketenmachtigingen", page.text
        sanne.click("Leg 1 ketenmachtiging vast")
    again = standing(world)[BODEM]
    assert dates.day_of(again.valid_until) == dates.day_of(before.valid_until)
    assert (again.granted_by, again.id != before.id) == ("sanne", True)


def test_the_list_takes_words_and_filters_and_can_be_taken_along(
    own_world: World, sanne: Browser
) -> None:
    world = own_world
    page = sanne.open(f"{HERE}/ketenmachtigingen?zoek=yilmaz+bodem")
    assert len(rows(page)) == 1
    page = sanne.open(f"{HERE}/ketenmachtigingen?dienst={GRONDWATER}")
    assert "Geen intermediair past bij wat u zoekt" in page.text
    sanne.open(f"{HERE}/ketenmachtigingen?zoek=yilmaz")
    page = sanne.click("Download csv")
    text = page.answer.body.decode()
    assert BODEM in text and "90001542" in text
    assert "Geldt" in text and "active" not in text
    with world.session() as session:
        (event,) = audit.recent(session, tags=[EventTag.EXPORT_MADE])
    assert event.details["kind"] == "chain_mandates" and event.organisation_id is not None


def test_a_chain_of_another_company_is_nobodys_here(own_world: World, sanne: Browser) -> None:
    world = own_world
    enter(world, sanne, GARDEN)
    with world.session() as session:
        query = select(ChainMandate).where(
            ChainMandate.organisation_id == organisation(world, BAKERY)
        )
        of_bakery = session.scalars(query).first()
    assert of_bakery is not None
    address = f"{HERE}/ketenmachtigingen/{of_bakery.intermediary_id}"
    for path, field in (
        (f"{address}/intrekken", "keten"),
        (f"{address}/ongedaan", "keten"),
        (f"{HERE}/ketenmachtiging", "wijzig"),
        (f"{HERE}/ketenmachtiging", "opnieuw"),
    ):
        sanne.open(HERE)
        page = send(sanne, path, (field, of_bakery.id))
        assert page.status == 404 and "Bakkerij De Korenmolen" in page.text, "an own company"
    assert BODEM in standing(world)
