"""Fatima asks for a mandate, Sanne grants it in the console, and Fatima logs in."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from sqlalchemy import select

from assurance.levels import AssuranceLevel
from consent.mandates import Mandate
from consent.requests import MandateRequest
from directory.organisations import Organisation
from directory.people import Membership, Person, Role
from sandbox.browser import Browser, Page
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.journeys.beheer import GARDEN, HERE, enter
from tests.world import World

LOZING = "Lozing melden"
AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")


def _fatima_asks(world: World) -> tuple[Browser, Page]:
    browser = world.browser()
    page = world.walk(LOZING, "Veerhuis", "fatima", browser=browser).run()
    assert page.heading == "U mag nog niet inloggen bij Lozing melden"
    assert "Sanne Bakker" in page.text
    assert "955e37c2-b10f-42aa-828f-babfddc46bbe" in page.text
    browser.fill("message", "Mag ik morgen al?")
    return browser, browser.click("Stuur verzoek naar mijn beheerder")


def _sanne(world: World) -> Browser:
    """Logged in to the console."""
    browser = world.browser()
    page = browser.open(f"{world.demo.addresses.broker}/beheer")
    page = browser.click("Log in bij Beheer") if "Log in" in page.heading else page
    if "provider" in {b.get("name") for f in page.forms for b in f.iter("button")}:
        browser.click("Polderpoort")
    page = browser.press("person", "sanne")
    assert page.heading == "Te doen", page.text
    enter(world, browser)
    return browser


def _give(sanne: Browser, name: str = "Fatima Bouzid") -> Page:
    """Straight on from the request of this person, as it is filled in."""
    page = sanne.click(f"Behandel het verzoek van {name}")
    assert page.heading == "Kies de einddatum"
    assert sanne.click("Verder naar controleren").heading == "Controleer de machtigingen"
    return sanne.click("Leg 1 machtiging vast")


def test_a_request_becomes_a_mandate(own_world: World) -> None:
    world = own_world
    browser, page = _fatima_asks(world)
    assert "Uw verzoek is verstuurd" in page.text
    letters = world.deliver_mail()
    assert [letter["recipient"] for letter in letters] == ["sanne@voorbeeld.example"]
    assert "Fatima Bouzid" in letters[0]["text"]
    assert "Mag ik morgen al?" not in letters[0]["subject"]
    address = next(word for word in letters[0]["text"].split() if word.startswith(HERE))

    sanne = _sanne(world)
    assert "Bij een ander bedrijf van u" not in sanne.open(HERE).text, "it is here"
    page = enter(world, sanne, GARDEN)
    assert "Bij een ander bedrijf van u wachten verzoeken" in page.text
    page = sanne.click("Ga naar Bakkerij De Korenmolen B.V. (1 verzoek)")
    assert "Mag ik morgen al?" in page.text
    enter(world, sanne, GARDEN)
    page = sanne.open(address)
    assert page.heading == "Dit hoort bij een ander bedrijf", "the mail leads there all the same"
    page = sanne.click("Ga naar Bakkerij")
    assert page.heading == "Verzoek van Fatima Bouzid" and "Mag ik morgen al?" in page.text
    sanne.open(HERE)
    assert _give(sanne).heading == "1 machtiging is vastgelegd"
    page = sanne.click("Ga naar Te doen")
    assert "Er zijn geen verzoeken" in page.text

    page = browser.click("Ga terug naar Bronhouderportaal")
    assert "access_denied" in page.text
    after = world.walk(LOZING, "Veerhuis", "fatima").run()
    assert after.heading == "U bent ingelogd"
    recipients = [letter["recipient"] for letter in world.deliver_mail()]
    assert recipients.count("fatima@voorbeeld.example") == 1
    with world.session() as session:
        granted = audit.recent(session, tags=[EventTag.MANDATE_GRANTED])
        assert len(granted) == 1


def _granted(world: World) -> Browser:
    """Sanne in the console, after she gave Fatima the mandate."""
    _fatima_asks(world)
    sanne = _sanne(world)
    _give(sanne)
    sanne.open(f"{HERE}/machtigingen?zoek=fatima&stand=active")
    world.deliver_mail()
    return sanne


def test_what_was_granted_can_be_taken_back(own_world: World) -> None:
    world = own_world
    sanne = _granted(world)
    assert world.walk(LOZING, "Veerhuis", "fatima").run().heading == "U bent ingelogd"
    page = sanne.click("Lozing melden")
    assert page.heading == "Machtiging van Fatima Bouzid"
    assert "Laatst gebruikt Nog niet" not in page.text
    page = sanne.click("Trek in")
    assert "De machtiging is ingetrokken" in page.text
    page = sanne.open(f"{HERE}/machtigingen?zoek=fatima&stand=active")
    assert "Geen machtiging past" in page.text, "nothing is left in the list"
    refused = world.walk(LOZING, "Veerhuis", "fatima").run()
    assert refused.status == 403 and "ingetrokken" in refused.text
    letters = [m for m in world.deliver_mail() if m["recipient"] == "fatima@voorbeeld.example"]
    assert [one["subject"] for one in letters] == [
        "Uw verzoek is goedgekeurd: Lozing melden",
        "Uw machtiging is ingetrokken: Lozing melden",
    ]
    with world.session() as session:
        (event,) = audit.recent(session, tags=[EventTag.MANDATE_REVOKED])
        assert (event.person_id, event.details["person"]) == ("sanne", "fatima")


def test_M_11_a_mandate_is_taken_back_once_and_in_the_middle_of_a_login(own_world: World) -> None:
    world = own_world
    sanne = _granted(world)
    browser = world.browser()
    browser.open(f"{world.demo.addresses.portal}/")
    browser.click(LOZING)
    browser.click("Veerhuis")
    asked = sanne.click("Lozing melden")
    other = sanne.duplicate()
    other.open(asked.url)
    sanne.click("Trek in")
    other.click("Trek in")
    page = browser.press("person", "fatima")
    assert page.heading == "U mag nog niet inloggen bij Lozing melden"
    with world.session() as session:
        assert len(audit.recent(session, tags=[EventTag.MANDATE_REVOKED])) == 1


def test_a_request_can_be_refused(own_world: World) -> None:
    world = own_world
    _fatima_asks(world)
    sanne = _sanne(world)
    sanne.click("Bekijk het verzoek van Fatima Bouzid")
    page = sanne.click("Wijs het verzoek af")
    assert page.heading == "Het verzoek van Fatima Bouzid afwijzen?"
    page = sanne.click("Wijs het verzoek af")
    assert page.status == 422 and "Schrijf een reden" in page.text
    sanne.fill("reason", "U werkt nog niet lang genoeg bij ons.")
    page = sanne.click("Wijs het verzoek af")
    assert "Het verzoek is afgewezen" in page.text
    browser = world.browser()
    still = world.walk(LOZING, "Veerhuis", "fatima", browser=browser).run()
    assert still.status == 403
    assert "Uw vorige verzoek is afgewezen" in still.text
    assert "“U werkt nog niet lang genoeg bij ons.”" in still.text
    assert "Uw verzoek is verstuurd" in browser.click("Stuur verzoek naar mijn beheerder").text
    told = [m for m in world.deliver_mail() if m["recipient"] == "fatima@voorbeeld.example"]
    assert ["\n> U werkt nog niet lang genoeg bij ons.\n" in m["text"] for m in told] == [True]


def test_who_comes_back_sees_that_the_request_waits(own_world: World) -> None:
    world = own_world
    _fatima_asks(world)
    browser = world.browser()
    page = world.walk(LOZING, "Veerhuis", "fatima", browser=browser).run()
    assert page.heading == "U mag nog niet inloggen bij Lozing melden"
    assert "U vroeg al om een machtiging" in page.text
    asked = format_datetime(world.clock().astimezone(AMSTERDAM), "d MMMM y", locale="nl")
    assert f"U vroeg het aan Bakkerij De Korenmolen B.V. op {asked}" in page.text
    assert "nog niet beslist" in page.text and "Sanne Bakker" in page.text
    assert "Stuur verzoek" not in page.text, "there is nothing to send again"
    assert page.text.count("terug naar Bronhouderportaal") == 1
    page = browser.click("Ga terug naar Bronhouderportaal")
    assert "access_denied" in page.text


def test_what_was_sent_has_one_way_back(own_world: World) -> None:
    _browser, page = _fatima_asks(own_world)
    assert page.text.count("terug naar Bronhouderportaal") == 1
    assert "De beheerder van Bakkerij De Korenmolen B.V. kan er nu over beslissen." in page.text


def test_a_decision_is_only_promised_where_there_is_an_address(own_world: World) -> None:
    world = own_world
    _browser, page = _fatima_asks(world)
    assert "U krijgt een e-mail" in page.text
    with world.session() as session, writing(session):
        session.get_one(Person, "fatima").email = None
    page = world.walk(LOZING, "Veerhuis", "fatima").run()
    assert "U krijgt een e-mail" not in page.text
    assert "Wij hebben geen e-mailadres van u" in page.text


def test_another_organisation_can_still_be_asked(own_world: World) -> None:
    world = own_world
    _fatima_asks(world)
    with world.session() as session, writing(session):
        other = session.scalars(select(Organisation).where(Organisation.kvk == "90001542")).one()
        session.add(
            Membership(
                person_id="fatima",
                organisation_id=other.id,
                role=Role.MEMBER,
                since=world.clock() - timedelta(days=1),
            )
        )
    browser = world.browser()
    page = world.walk(LOZING, "Veerhuis", "fatima", browser=browser).run()
    assert "U vroeg al om een machtiging" in page.text
    assert "Wilt u het ergens anders vragen?" in page.text
    page = browser.click("Stuur verzoek naar mijn beheerder")
    assert "De beheerder van Administratiekantoor Yilmaz B.V. kan" in page.text
    with world.session() as session:
        assert len(session.scalars(select(MandateRequest)).all()) == 2


def test_sending_an_old_form_again_is_one_request_and_one_event(own_world: World) -> None:
    """Two windows with the form, both sent."""
    world = own_world
    first, second = world.browser(), world.browser()
    for browser in (first, second):
        world.walk(LOZING, "Veerhuis", "fatima", browser=browser).run()
    for browser in (first, second):
        assert "Uw verzoek is verstuurd" in browser.click("Stuur verzoek naar mijn beheerder").text
    assert len(world.deliver_mail()) == 1
    with world.session() as session:
        assert len(session.scalars(select(MandateRequest)).all()) == 1
        assert len(audit.recent(session, tags=[EventTag.MANDATE_REQUESTED])) == 1


def test_an_administrator_sees_and_decides_only_for_own_organisations(
    own_world: World,
) -> None:
    """Jan is a member, no administrator: he sees no request and no page of one."""
    world = own_world
    _fatima_asks(world)
    with world.session() as session:
        request_id = session.scalars(select(MandateRequest.id)).one()
    browser = world.browser()
    page = browser.open(f"{world.demo.addresses.broker}/beheer")
    page = browser.click("Log in bij Beheer") if "Log in" in page.heading else page
    browser.click("Polderpoort")
    page = browser.press("person", "jan")
    assert page.heading == "Mijn machtigingen"
    page = browser.open(f"{world.demo.addresses.broker}/beheer/verzoek/{request_id}")
    assert page.status in (403, 404) or page.heading == "U bent geen beheerder"
    assert "Fatima" not in page.text
    sanne = _sanne(world)  # the good twin
    assert "Fatima Bouzid" in sanne.click("Bekijk het verzoek van Fatima Bouzid").text


def test_the_console_asks_to_log_in_again_after_logging_out(own_world: World) -> None:
    sanne = _sanne(own_world)
    page = sanne.click("Log uit")
    assert "U bent uitgelogd" in page.text
    page = sanne.open(f"{own_world.demo.addresses.broker}/beheer")
    assert page.heading != "Te doen"


def test_what_is_asked_for_is_what_a_mandate_lacked_and_helps(own_world: World) -> None:
    world = own_world
    browser = world.browser()
    page = world.walk("Grondwateronttrekking", "Polderpoort", "tim", browser=browser).run()
    assert "om een machtiging voor de hele organisatie." in page.text
    browser.click("Stuur verzoek naar mijn beheerder")
    sanne = _sanne(world)
    with world.session() as session:
        place = session.scalars(select(MandateRequest)).one().organisation_id
        kvk = session.get_one(Organisation, place).kvk
    enter(world, sanne, kvk)
    _give(sanne, "Tim Mulder")
    after = world.walk("Grondwateronttrekking", "Polderpoort", "tim").run()
    assert after.heading == "U bent ingelogd"


def test_a_mandate_for_a_lower_level_names_the_level_to_ask_for(own_world: World) -> None:
    world = own_world
    with world.session() as session, writing(session):
        for mandate in session.scalars(select(Mandate).where(Mandate.person_id == "jan")):
            mandate.level = AssuranceLevel.EH2
    page = world.walk("Meldportaal Bodem", "Polderpoort", "jan").run()
    assert "geldt voor een lager niveau dan deze dienst vraagt." in page.text
    assert "om een machtiging voor niveau EH3." in page.text
    fatima = world.walk(LOZING, "Veerhuis", "fatima").run()
    assert "Vraag de beheerder van uw organisatie om een machtiging." in fatima.text
