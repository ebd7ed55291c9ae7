"""An administrator gives mandates to one or many in steps that keep what was chosen, and nothing
happens that was not shown.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import pytest
from sqlalchemy import select

from directory import dates
from directory.consoles import BEHEER
from directory.people import Membership
from sandbox.browser import Browser
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.clocks import in_years
from tests.journeys.beheer import (
    BODEM,
    GARDEN,
    LOZING,
    begin,
    choose,
    enter,
    held,
    send,
)
from tests.operators import at_console, later
from tests.world import World

NEXT_YEAR: Final = in_years(1)


@pytest.fixture
def sanne(own_world: World) -> Browser:
    browser = at_console(own_world, "sanne", BEHEER)
    enter(own_world, browser)
    return browser


def today(world: World) -> date:
    return dates.day_of(world.clock())


def test_one_service_to_two_people_at_once(own_world: World, sanne: Browser) -> None:
    world = own_world
    page = choose(sanne, ("fatima", "els"))
    assert page.heading == "Controleer de machtigingen"
    assert "2 gebruikers, 1 dienst" in page.text
    page = sanne.click("Leg 2 machtigingen vast")
    assert page.heading == "2 machtigingen zijn vastgelegd"
    five_years = dates.years_after(today(world), 5)
    for person in ("fatima", "els"):
        (given,) = [one for one in held(world, person) if one.service_uuid == LOZING]
        assert dates.day_of(given.valid_until) == five_years and given.granted_by == "sanne"
    assert world.walk("Lozing melden", "Veerhuis", "fatima").run().heading == "U bent ingelogd"
    mails = {m["recipient"]: m["text"] for m in world.deliver_mail()}
    assert "Lozing melden: nieuw, tot en met" in mails["fatima@voorbeeld.example"]
    with world.session() as session:
        events = audit.recent(session, tags=[EventTag.MANDATE_GRANTED])
    assert {event.details["person"] for event in events} == {"fatima", "els"}


def test_what_was_chosen_is_there_after_back_and_reload(own_world: World, sanne: Browser) -> None:
    page = choose(sanne, ("fatima",), until=NEXT_YEAR.isoformat())
    draft = page.url.rpartition("/")[0]
    page = sanne.open(f"{draft}/diensten")
    chosen = page.tree.xpath("//input[@name='dienst'][@checked]/@value")
    assert chosen == [LOZING]
    page = sanne.open(f"{draft}/gebruikers")
    assert page.tree.xpath("//input[@name='gebruiker'][@checked]/@value") == ["fatima"]
    page = sanne.open(f"{draft}/einddatum")
    assert page.tree.xpath("//input[@name='until']/@value") == [NEXT_YEAR.isoformat()]
    assert sanne.open(f"{draft}/controle").heading == "Controleer de machtigingen"


def test_a_search_keeps_what_is_ticked(own_world: World, sanne: Browser) -> None:
    draft = begin(sanne)
    page = send(sanne, f"{draft}/diensten", ("dienst", LOZING), ("q", "bodem"), ("zoek", "ja"))
    names = page.tree.xpath("//input[@name='dienst']/@value")
    assert LOZING in names and BODEM in names and "Subsidieloket" not in page.text
    assert page.tree.xpath("//input[@name='dienst'][@checked]/@value") == [LOZING]


def test_the_check_groups_what_changes_and_shorter_must_be_seen(
    own_world: World, sanne: Browser
) -> None:
    """Roos and Yara have it for three years from a document; Joost is made longer by hand first."""
    world = own_world
    far = dates.years_after(today(world), 4).isoformat()
    choose(sanne, ("joost",), until=far)
    sanne.click("Leg 1 machtiging vast")
    two = dates.years_after(today(world), 2)
    page = choose(sanne, ("fatima", "roos", "joost"), until=two.isoformat())
    titles = [h.text_content() for h in page.tree.xpath("//section//h2")]
    assert titles == ["Ingekort", "Nieuw"]
    page = sanne.click("Leg 3 machtigingen vast")
    assert page.status == 422 and "Er wordt iets korter" in page.text
    assert held(world, "fatima") == []
    sanne.fill("gezien", "ja")
    sanne.click("Leg 3 machtigingen vast")
    for person in ("fatima", "roos", "joost"):
        assert [dates.day_of(one.valid_until) for one in held(world, person)] == [two], person
    page = choose(sanne, ("fatima",), until=two.isoformat())
    assert "Ongewijzigd" in page.text and "Er is niets om vast te leggen" in page.text
    page = choose(sanne, ("fatima",), until=far)
    assert [h.text_content() for h in page.tree.xpath("//section//h2")] == ["Verlengd"]


def test_what_is_skipped_stays_as_it_was(own_world: World, sanne: Browser) -> None:
    world = own_world
    before = [one.valid_until for one in held(world, "roos")]
    choose(sanne, ("fatima", "roos"), until=(today(world) + timedelta(days=400)).isoformat())
    page = sanne.page
    assert page is not None
    digest = page.tree.xpath("//input[@name='gezien-plan']/@value")[0]
    skipped = ("sla-over", f"roos:{LOZING}")
    page = send(sanne, page.url, ("gezien-plan", digest), skipped)
    assert page.heading == "1 machtiging is vastgelegd"
    assert [one.valid_until for one in held(world, "roos")] == before


def test_sending_twice_gives_once(own_world: World, sanne: Browser) -> None:
    page = choose(sanne, ("fatima",))
    form = next(f for f in page.forms if f.get("action", "").endswith("/controle"))
    fields = [(name, value) for name, value in form.form_values()]
    for _ in range(2):
        page = sanne.post(page.url.replace("/klaar", "/controle"), fields)
        assert page.heading == "1 machtiging is vastgelegd"
    assert len(held(own_world, "fatima")) == 1
    assert sanne.open(page.url).heading == "1 machtiging is vastgelegd", "a reload changes nothing"


def test_what_changed_meanwhile_is_shown_before_anything_is_done(
    own_world: World, sanne: Browser
) -> None:
    world = own_world
    other = at_console(world, "sanne", BEHEER)
    choose(sanne, ("fatima",), until=in_years(2).isoformat())
    enter(world, other)
    choose(other, ("fatima",), until=in_years(3).isoformat())
    other.click("Leg 1 machtiging vast")
    page = sanne.click("Leg 1 machtiging vast")
    assert page.status == 409 and "Er is intussen iets veranderd" in page.text
    (left,) = held(world, "fatima")
    assert dates.day_of(left.valid_until) == in_years(3)


@pytest.mark.parametrize(
    ("days", "years", "status"),
    [(0, 0, 422), (1, 0, 200), (0, 5, 200), (1, 5, 422), (-1, 0, 422)],
    ids=["today", "tomorrow", "five years", "a day more", "yesterday"],
)
def test_an_end_date_is_from_tomorrow_to_five_years(
    own_world: World, sanne: Browser, days: int, years: int, status: int
) -> None:
    day = dates.years_after(today(own_world), years) + timedelta(days=days)
    draft = begin(sanne, gebruiker="fatima")
    send(sanne, f"{draft}/diensten", ("dienst", LOZING), ("algemeen", ""))
    send(sanne, f"{draft}/gebruikers", ("gebruiker", "fatima"))
    page = send(sanne, f"{draft}/einddatum", ("jaren", ""), ("until", day.isoformat()))
    assert page.status == status
    if status == 422:
        assert page.title.startswith("Fout:")
        assert page.tree.xpath("//input[@aria-invalid]/@id") == ["until"]
        assert page.tree.xpath("//a[@href='#until']")


@pytest.mark.parametrize(
    ("years", "text", "until"),
    [
        ("3", "", "3"),
        (
            "5",
            NEXT_YEAR.isoformat(),
            NEXT_YEAR.isoformat(),
        ),  # ticked by itself, and a day filled in
        ("", NEXT_YEAR.isoformat(), NEXT_YEAR.isoformat()),
    ],
    ids=["years", "both", "a day"],
)
def test_a_day_that_is_filled_in_counts(
    own_world: World, sanne: Browser, years: str, text: str, until: str
) -> None:
    draft = begin(sanne, gebruiker="fatima")
    send(sanne, f"{draft}/diensten", ("dienst", LOZING), ("algemeen", ""))
    send(sanne, f"{draft}/gebruikers", ("gebruiker", "fatima"))
    send(sanne, f"{draft}/einddatum", ("jaren", years), ("until", text))
    day = dates.years_after(today(own_world), int(until)) if len(until) == 1 else None
    day = day or date.fromisoformat(until)
    sanne.click("Leg 1 machtiging vast")
    assert dates.day_of(held(own_world, "fatima")[0].valid_until) == day
    page = begin(sanne, gebruiker="els")
    send(sanne, f"{page}/diensten", ("dienst", LOZING), ("algemeen", ""))
    send(sanne, f"{page}/gebruikers", ("gebruiker", "els"))
    send(sanne, f"{page}/einddatum", ("jaren", years), ("until", text))
    send(sanne, f"{page}/einddatum", ("jaren", "1"), ("until", text))
    sanne.click("Leg 1 machtiging vast")
    back = dates.day_of(held(own_world, "els")[-1].valid_until)
    assert back == dates.years_after(today(own_world), 1), "went back and ticked another"


@pytest.mark.parametrize("text", ["", "gisteren", "2027-02-30", "31-13-2027", "2027-1-1", "२०२७"])
def test_what_is_no_day_is_asked_again(own_world: World, sanne: Browser, text: str) -> None:
    draft = begin(sanne, gebruiker="fatima")
    send(sanne, f"{draft}/diensten", ("dienst", LOZING), ("algemeen", ""))
    send(sanne, f"{draft}/gebruikers", ("gebruiker", "fatima"))
    assert send(sanne, f"{draft}/einddatum", ("jaren", ""), ("until", text)).status == 422


def test_a_general_mandate_holds_for_a_service_that_comes_later(
    own_world: World, sanne: Browser
) -> None:
    world = own_world
    page = choose(sanne, ("fatima",), services=(), general="EH2+")
    assert "Algemene bevoegdheid tot en met EH2+" in page.text
    sanne.click("Leg 1 machtiging vast")
    (given,) = held(world, "fatima")
    assert given.service_uuid is None and given.level.label == "EH2+"
    assert world.walk("Lozing melden", "Veerhuis", "fatima").run().heading == "U bent ingelogd"


def test_services_above_the_own_level_are_shown_with_the_reason_and_cannot_be_chosen(
    own_world: World, sanne: Browser
) -> None:
    draft = begin(sanne)
    page = sanne.open(f"{draft}/diensten")
    box = page.tree.xpath("//label[contains(., 'Meldportaal Bodem')]")[0]
    assert box.xpath(".//input[@disabled]")
    assert "hoger niveau dan waarmee u bent ingelogd" in box.text_content()
    refused = send(sanne, f"{draft}/diensten", ("dienst", BODEM), ("algemeen", ""))
    assert refused.status == 403 and refused.title.startswith("Fout:")
    refused = send(sanne, f"{draft}/diensten", ("algemeen", "EH3"))
    assert refused.status == 403


def test_who_does_not_reach_the_level_is_shown_with_the_reason_and_cannot_be_chosen(
    own_world: World, sanne: Browser
) -> None:
    """Piet's makelaar goes to EH2+, but Bas has no active means at all."""
    world = own_world
    enter(world, sanne, GARDEN)
    draft = begin(sanne)
    send(sanne, f"{draft}/diensten", ("dienst", LOZING), ("algemeen", ""))
    page = sanne.open(f"{draft}/gebruikers")
    box = page.tree.xpath("//label[contains(., 'Bas Smit')]")[0]
    assert box.xpath(".//input[@disabled]")
    assert "De activatie van het inlogmiddel is verlopen" in box.text_content()
    assert send(sanne, f"{draft}/gebruikers", ("gebruiker", "bas")).status == 403
    assert send(sanne, f"{draft}/gebruikers", ("gebruiker", "jan")).status == 404


def test_giving_asks_a_login_of_now_and_nothing_is_lost(own_world: World) -> None:
    world = own_world
    with world.session() as session, writing(session):
        for row in session.scalars(select(Membership)):
            row.since -= timedelta(days=1)
    with later(world, minutes=-11):
        sanne = at_console(world, "sanne", BEHEER)
        enter(world, sanne)
        address = choose(sanne, ("fatima",)).url
    page = sanne.open(address)
    assert "Log opnieuw in" in page.text and "Leg 1" not in page.text
    sanne.click("Log opnieuw in")
    sanne.click("Polderpoort")
    page = sanne.press("person", "sanne")
    assert page.url == address, "back where it was, in the same company"
    assert sanne.click("Leg 1 machtiging vast").heading == "1 machtiging is vastgelegd"
