"""An administrator sees every mandate, changes its end, takes it back and undoes that."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from broker.sso.grants import Grant
from consent.mandates import UNDO
from directory import dates
from directory.consoles import BEHEER
from sandbox.browser import Browser
from state import audit
from state.audit import EventTag
from tests.broker.portal import set_clock
from tests.journeys.beheer import (
    GARDEN,
    HERE,
    LOZING,
    enter,
    held,
    rows,
    send,
)
from tests.operators import at_console, later
from tests.world import World


@pytest.fixture
def sanne(own_world: World) -> Browser:
    browser = at_console(own_world, "sanne", BEHEER)
    enter(own_world, browser)
    return browser


def today(world: World) -> date:
    return dates.day_of(world.clock())


def _grants(world: World, person_id: str) -> list[str]:
    """What portals hold of this person's logins."""
    with world.session() as session:
        query = select(Grant.id).where(
            Grant.person_id == person_id,
            Grant.revoked_at.is_(None),
            Grant.client_id != BEHEER.client_id,
        )
        return list(session.scalars(query))


def test_every_mandate_is_in_the_list_and_can_be_taken_back(
    own_world: World, sanne: Browser
) -> None:
    """Jan's is of a document; that document does not bring it back."""
    world = own_world
    set_clock(world)
    assert world.walk("Meldportaal Bodem", "Polderpoort", "jan").run().heading == "U bent ingelogd"
    assert _grants(world, "jan")
    page = sanne.open(f"{HERE}/machtigingen")
    assert any("Jan de Vries Algemene bevoegdheid" in row for row in rows(page))
    page = sanne.click("Trek in: de machtiging van Jan de Vries")
    assert "De machtiging is ingetrokken" in page.text
    assert _grants(world, "jan") == [], "the next refresh or introspection finds nothing"
    assert world.walk("Meldportaal Bodem", "Polderpoort", "jan").run().heading != "U bent ingelogd"
    text = (world.demo.registrations / "50-mandates.yaml").read_text(encoding="utf-8")
    world.apply(text, "50-mandates.yaml")
    assert held(world, "jan") == []
    assert world.walk("Meldportaal Bodem", "Polderpoort", "jan").run().heading != "U bent ingelogd"


def test_taking_back_can_be_undone_for_thirty_seconds(own_world: World, sanne: Browser) -> None:
    world = own_world
    before = [(one.id, one.valid_until) for one in held(world, "roos")]
    sanne.open(f"{HERE}/gebruikers/roos")
    page = sanne.click("Trek in: de machtiging van Roos Willems")
    assert page.url.startswith(f"{HERE}/gebruikers/roos") and held(world, "roos") == []
    assert "U kunt dit nog 30 seconden ongedaan maken" in page.text
    with later(world, seconds=30):
        page = sanne.click("Maak ongedaan")
        assert "De machtiging geldt weer" in page.text
        letters = world.deliver_mail()
    assert [(one.id, one.valid_until) for one in held(world, "roos")] == before
    subjects = [m["subject"] for m in letters if m["recipient"] == "roos@voorbeeld.example"]
    assert subjects == [
        "Uw machtiging is ingetrokken: Lozing melden",
        "Uw machtiging geldt weer: Lozing melden",
    ]
    with world.session() as session:
        (event,) = audit.recent(session, tags=[EventTag.MANDATE_RESTORED])
    assert (event.person_id, event.details["person"]) == ("sanne", "roos")


def test_after_that_it_is_added_again_with_the_same_values(
    own_world: World, sanne: Browser
) -> None:
    world = own_world
    (before,) = held(world, "roos")
    sanne.open(f"{HERE}/gebruikers/roos")
    sanne.click("Trek in: de machtiging van Roos Willems")
    with later(world, seconds=UNDO.total_seconds() + 1):
        page = sanne.click("Maak ongedaan")
        assert "Ongedaan maken kan niet meer" in page.text and held(world, "roos") == []
        page = sanne.click("Voeg opnieuw toe")
        assert page.heading == "Controleer de machtigingen"
        sanne.click("Leg 1 machtiging vast")
    (again,) = held(world, "roos")
    assert dates.day_of(again.valid_until) == dates.day_of(before.valid_until)
    assert (again.service_uuid, again.granted_by) == (LOZING, "sanne")


def test_nobody_else_undoes_what_an_administrator_took_back(
    own_world: World, sanne: Browser
) -> None:
    world = own_world
    (mandate,) = held(world, "roos")
    sanne.open(f"{HERE}/gebruikers/roos")
    sanne.click("Trek in: de machtiging van Roos Willems")
    world.apply(
        "kind: Person\nid: nel\nname: Nel Vos\nidentities: []\n"
        'organisations: [{kvk: "90001201", role: administrator}]\n'
    )
    set_clock(world)
    nel = at_console(world, "nel", BEHEER)
    page = nel.open(f"{HERE}/gebruikers/roos")
    assert page.status == 404 or "Maak ongedaan" not in page.text
    nel.open(f"{HERE}/machtigingen")
    page = send(nel, f"{HERE}/machtiging/{mandate.id}/ongedaan")
    assert "Ongedaan maken kan niet meer" in page.text and held(world, "roos") == []


def test_a_mandate_that_ends_within_two_months_is_extended_in_one_go(own_world: World) -> None:
    world = own_world
    sanne = at_console(world, "sanne", BEHEER)
    page = enter(world, sanne, GARDEN)
    assert any("Liv Larsen" in row for row in rows(page)), "in Te doen"
    sanne.click("Verleng de machtiging van Liv Larsen")
    page = sanne.page
    assert page is not None and "niveau EH3" in page.text and "Verleng in één keer" not in page.text
    sanne.click("Log in met EH3")
    sanne.click("Polderpoort")
    page = sanne.press("person", "sanne")
    assert page.heading == "Tot wanneer mag Liv Larsen inloggen?"
    page = sanne.press("jaren", "3")
    assert "De einddatum is veranderd" in page.text
    assert dates.day_of(held(world, "liv", GARDEN)[-1].valid_until) == dates.years_after(
        today(world), 3
    )
    assert not any("Liv Larsen" in row for row in rows(sanne.open(HERE)))
    mails = {m["recipient"]: m["text"] for m in world.deliver_mail()}
    assert "extended, up to and including" in mails["liv@voorbeeld.example"]
    with world.session() as session:
        (event,) = audit.recent(session, tags=[EventTag.MANDATE_CHANGED])
    assert event.reason == "extended" and event.details["person"] == "liv"


def test_a_mandate_of_a_document_is_made_shorter_for_good(own_world: World) -> None:
    world = own_world
    sanne = at_console(world, "sanne", BEHEER)
    enter(world, sanne)
    (mandate,) = held(world, "roos")
    tomorrow = today(world) + timedelta(days=1)
    sanne.open(f"{HERE}/machtiging/{mandate.id}/einddatum")
    sanne.fill("until", tomorrow.isoformat())
    page = sanne.click("Verander de einddatum")
    assert "De einddatum is veranderd" in page.text
    text = (world.demo.registrations / "50-mandates.yaml").read_text(encoding="utf-8")
    world.apply(text, "50-mandates.yaml")
    assert [dates.day_of(one.valid_until) for one in held(world, "roos")] == [tomorrow]


def test_a_day_is_typed_as_people_here_write_it(own_world: World, sanne: Browser) -> None:
    """Where a browser has no calendar for it; a day that does not exist is told."""
    world = own_world
    (mandate,) = held(world, "roos")
    tomorrow = today(world) + timedelta(days=1)
    sanne.open(f"{HERE}/machtiging/{mandate.id}/einddatum")
    for typed in ("29-2-2027", "31-02-2027", "1/2/2027"):
        sanne.fill("until", typed)
        assert sanne.click("Verander de einddatum").status == 422, typed
    sanne.fill("until", f"{tomorrow.day}-{tomorrow.month}-{tomorrow.year}")
    assert "De einddatum is veranderd" in sanne.click("Verander de einddatum").text
    assert [dates.day_of(one.valid_until) for one in held(world, "roos")] == [tomorrow]


def test_the_list_takes_words_and_filters_and_can_be_taken_along(
    own_world: World, sanne: Browser
) -> None:
    page = sanne.open(f"{HERE}/machtigingen?zoek=roos+lozing")
    assert len(rows(page)) == 1 and "Roos Willems" in rows(page)[0]
    page = sanne.open(f"{HERE}/machtigingen?dienst=algemeen")
    assert all("Algemene bevoegdheid" in row for row in rows(page)) and rows(page)
    page = sanne.open(f"{HERE}/machtigingen?stand=future")
    assert "Geen machtiging past bij wat u zoekt" in page.text
    sanne.open(f"{HERE}/machtigingen?zoek=roos")
    page = sanne.click("Download csv")
    text = page.answer.body.decode()
    assert "Roos Willems" in text and "Jan de Vries" not in text
    with own_world.session() as session:
        (event,) = audit.recent(session, tags=[EventTag.EXPORT_MADE])
    assert event.details["kind"] == "mandates" and event.organisation_id is not None


def test_a_list_is_taken_along_for_excel_as_it_was_filtered(
    own_world: World, sanne: Browser
) -> None:
    sanne.open(f"{HERE}/gebruikers?zoek=roos")
    page = sanne.click("Download Excel")
    disposition = page.answer.header("Content-Disposition")
    assert disposition == 'attachment; filename="gebruikers.xlsx"'
    sheet = load_workbook(io.BytesIO(page.answer.body), read_only=True).active
    assert sheet is not None
    head, *found = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert head == [
        *("UniekID", "Naam", "E-mailadres", "Rol", "Status", "Niveau", "OTP- of sms-nummer"),
    ]
    assert [row[:2] + row[3:5] for row in found] == [
        ["roos", "Roos Willems", "Gebruiker", "Actief"]
    ]
    with own_world.session() as session:
        (event,) = audit.recent(session, tags=[EventTag.EXPORT_MADE])
    assert event.details == {"kind": "people", "layout": "xlsx", "filters": "zoek"}
    sanne.open(f"{HERE}/gebruikers")
    assert send(sanne, f"{HERE}/gebruikers/lijst", ("layout", "pdf")).status == 404


def test_people_are_listed_with_how_high_they_can_log_in(own_world: World, sanne: Browser) -> None:
    page = sanne.open(f"{HERE}/gebruikers?zoek=sanne")
    (row,) = rows(page)
    assert "dit bent u" in row and "Beheerder" in row
    page = sanne.open(f"{HERE}/gebruikers")
    assert any("Tim Mulder" in row and "Gebruiker" in row for row in rows(page))
    page = sanne.click("Bekijk Tim Mulder")
    assert page.heading == "Tim Mulder" and "Alleen vestiging 0000 9001 2021" in page.text
