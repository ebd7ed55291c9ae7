"""An administrator brings a file: reads what it would change, and does all of it or nothing."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from directory import dates
from directory.consoles import BEHEER
from directory.people import Person
from sandbox.browser import Browser, Page
from sandbox.portal.clients import LOZING
from state import audit
from state.audit import EventTag
from tests.clocks import in_years
from tests.journeys.beheer import GARDEN, HERE, enter, held, rows, send, token
from tests.operators import at_console, later
from tests.world import World

IMPORT = f"{HERE}/importeren"
NEXT_YEAR = in_years(1)


@pytest.fixture
def sanne(own_world: World) -> Browser:
    browser = at_console(own_world, "sanne", BEHEER)
    enter(own_world, browser)
    return browser


def bring(browser: Browser, kind: str, text: str) -> Page:
    page = browser.open(IMPORT)
    return browser.bring(f"{IMPORT}/{kind}", [("csrf_token", token(page))], "bestand", text)


def test_people_are_added_by_a_file_and_can_be_given_mandates(
    own_world: World, sanne: Browser
) -> None:
    page = bring(
        sanne,
        "gebruikers",
        "Naam;E-mailadres;Rol\r\nNina Nieuw;nina@x.example;\r\nRoos Willems;"
        "roos@voorbeeld.example;Gebruiker\r\n",
    )
    assert page.heading == "Controleer het bestand", page.text
    assert any("Nina Nieuw nina@x.example hoorde er niet bij Gebruiker 2" in r for r in rows(page))
    assert any("Roos Willems" in row for row in rows(page)) and "Ongewijzigd" in page.text
    page = sanne.click("Leg 1 wijziging vast")
    assert page.heading == "Klaar" and "1 wijziging is vastgelegd" in page.text
    assert any("Nina Nieuw" in row for row in rows(sanne.open(f"{HERE}/gebruikers?zoek=nina")))
    assert any("U bent gebruiker van" in mail["subject"] for mail in own_world.deliver_mail())
    found = rows(sanne.open(f"{HERE}/wijzigingen"))
    assert "Bestand ingelezen: Gebruikers" in found[0] and "Gebruiker toegevoegd" in found[1]
    page = bring(sanne, "gebruikers", "Naam,E-mailadres\nNina Nieuw,nina@x.example\n")
    assert "alles in het bestand is al zo" in page.text
    assert "Leg" not in " ".join(b.text_content() for b in page.tree.iter("button"))


def test_M_13_a_file_with_one_fault_changes_nothing_and_says_where(
    own_world: World, sanne: Browser
) -> None:
    page = bring(
        sanne,
        "machtigingen",
        f"UniekID;Dienst;Einde\nfatima;{LOZING.uuid};{NEXT_YEAR}\nliv;{LOZING.uuid};{NEXT_YEAR}\n"
        "roos;=1+1;morgen\n",
    )
    assert (page.status, page.heading) == (422, "Het bestand klopt nog niet")
    found = rows(page)
    assert "Regel 3 UniekID liv Het UniekID van iemand bij uw bedrijf" in found
    assert "Regel 4 Einde morgen Een dag, zoals 31-12-2027" in found
    assert held(own_world, "fatima") == [] and "Liv " not in page.text
    page = bring(sanne, "machtigingen", "")
    assert page.status == 422 and "Kies eerst een bestand." in page.text
    page = bring(sanne, "gebruikers", "Naam;E-mailadres;Vestiging\na;b;c\n")
    assert page.status == 422 and "De kolom Vestiging kennen wij niet" in page.text
    assert page.tree.xpath("//input[@aria-invalid='true']")


def test_mandates_are_given_by_a_file_that_was_seen(own_world: World, sanne: Browser) -> None:
    roos = held(own_world, "roos")[0].valid_until
    sooner = dates.day_of(roos) - timedelta(days=30)
    text = f"UniekID;Dienst;Einde\nfatima;{LOZING.uuid};{NEXT_YEAR}\nroos;{LOZING.uuid};{sooner}\n"
    page = bring(sanne, "machtigingen", text)
    assert "Ingekort" in page.text and "Nieuw" in page.text
    page = sanne.click("Leg 2 wijzigingen vast")
    assert page.status == 422 and "Er wordt iets korter" in page.text
    assert held(own_world, "fatima") == []
    sanne.fill("gezien", "ja")
    page = sanne.click("Leg 2 wijzigingen vast")
    assert page.heading == "Klaar"
    assert len(held(own_world, "fatima")) == 1
    assert held(own_world, "roos")[0].valid_until < roos
    with own_world.session() as session:
        (event,) = audit.recent(session, tags=[EventTag.IMPORT_MADE])
    assert event.details == {"kind": "mandates", "rows": 2, "changed": 2}
    assert sanne.open(page.url).heading == "Klaar", "reading it again does nothing"


def test_a_login_of_long_ago_reads_a_file_and_does_not_do_it(
    own_world: World, sanne: Browser
) -> None:
    with later(own_world, minutes=11):
        page = bring(sanne, "gebruikers", "Naam;E-mailadres\nNina Nieuw;nina@x.example\n")
        assert "U logde langer dan 10 minuten geleden in" in page.text
        digest = page.tree.xpath("//input[@name='gezien-plan']/@value")[0]
        page = send(sanne, page.url, ("gezien-plan", digest))
        assert page.status == 403
    with own_world.session() as session:
        query = select(Person).where(Person.email == "nina@x.example")
        assert session.scalars(query).first() is None


def test_a_file_that_was_brought_is_of_one_administrator_and_company(
    own_world: World, sanne: Browser
) -> None:
    page = bring(sanne, "gebruikers", "Naam;E-mailadres\nNina Nieuw;nina@x.example\n")
    address = page.url
    enter(own_world, sanne, GARDEN)
    assert sanne.open(address).status == 404
    assert sanne.open(f"{IMPORT}/01ABC/controle").status == 404


def test_the_template_has_the_columns_that_are_read(own_world: World, sanne: Browser) -> None:
    sanne.open(IMPORT)
    page = sanne.open(f"{IMPORT}/machtigingen/sjabloon/xlsx")
    sheet = load_workbook(io.BytesIO(page.answer.body)).active
    assert sheet is not None
    head = [cell.value for cell in next(sheet.iter_rows())]
    assert head == ["UniekID", "E-mailadres", "Dienst", "Niveau", "Einde"]
    text = sanne.open(f"{IMPORT}/gebruikers/sjabloon/csv").answer.body.decode("utf-8-sig")
    assert text == "UniekID;Naam;E-mailadres;Rol\r\n"
    assert bring(sanne, "gebruikers", text).status == 422
    assert sanne.open(f"{IMPORT}/gebruikers/sjabloon/pdf").status == 404
    assert sanne.open(f"{IMPORT}/diensten/sjabloon/csv").status == 404
